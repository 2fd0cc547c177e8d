"""Tenders in which independent bidders ask exactly the same price."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import awaits_bids, bidders_of, price, submitted

SAME_PRICE = ("pid", "lot", "amount", "currency")


@share(
    code="P028",
    title="Identical bid prices",
    question="How often do independent bidders ask exactly the same price?",
    unit="share of tenders with at least two submitted bids for one lot",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R028; Cardinal 0.0.8, R028",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="pairs of bids",
)
def identical_bid_prices(tender: Table, bid: Table, party: Table) -> Outcome:
    """Hit when two submitted bids of a lot have the same price and no firm in common."""
    handed_in = ibis.coalesce(submitted(bid), False)
    priced = price(bid.amount).notnull() & bid.currency.notnull()
    lots = bid.group_by("pid", "lot").agg(
        bids=bid.count(where=handed_in),
        untold=bid.count(where=bid.status.isnull()),
        unpriced=bid.count(where=handed_in & ~priced),
        nameless=bid.count(where=handed_in & (bid.tenderers == 0)),
    )
    counts = lots.group_by("pid").agg(
        most=lots.bids.max(),
        untold=lots.untold.sum(),
        unpriced=lots.unpriced.sum(where=lots.bids + lots.untold > 1),
        nameless=lots.nameless.sum(where=lots.bids + lots.untold > 1),
    )
    calls = tender.left_join(counts, "pid").drop("pid_right")
    same = _pairs(bid.filter(handed_in, priced, bid.tenderers > 0), party)
    calls = calls.left_join(same, "pid").drop("pid_right")
    pairs = ibis.coalesce(calls.pairs, 0)
    found = pairs > 0
    alone = ibis.coalesce((calls.most < 2) & (calls.untold == 0), False)
    return outcome(
        calls,
        applies=awaits_bids(calls) & ~alone,
        needs={
            "bids/details": calls.most,
            "bids/details/status": ibis.ifelse(found | (calls.untold == 0), calls.most, None),
            "bids/details/value": ibis.ifelse(found | (calls.unpriced == 0), calls.most, None),
            "bids/details/tenderers/id": ibis.ifelse(
                found | (calls.nameless == 0), calls.most, None
            ),
        },
        hit=found,
        value=pairs,
    )


def _pairs(bids: Table, party: Table) -> Table:
    """Processes with `pairs`: how many pairs of equal bids have no firm in common.

    All pairs of equal bids, less those that share a firm; so no list of all pairs is made.
    """
    equal = bids.group_by(*SAME_PRICE).agg(bids=bids.count())
    equal = equal.filter(equal.bids > 1)
    theirs = bids.select(*SAME_PRICE, "bid_no").join(equal, list(SAME_PRICE))
    theirs = theirs.join(bidders_of(party), ["pid", "bid_no"])
    firms = theirs.group_by(*SAME_PRICE, "firm", "bid_no").agg(rows=theirs.count())
    others = firms.view().rename(other_no="bid_no")
    shared = firms.join(others, [*SAME_PRICE, "firm", firms.bid_no < others.other_no])
    shared = shared.select(*SAME_PRICE, "bid_no", "other_no").distinct()
    sharing = shared.group_by("pid").agg(sharing=shared.count())
    all_pairs = equal.bids * (equal.bids - 1)
    totals = equal.group_by("pid").agg(doubled=all_pairs.sum())
    joined = totals.left_join(sharing, "pid").drop("pid_right")
    pairs = (joined.doubled.cast("float64") / 2).floor() - ibis.coalesce(joined.sharing, 0)
    return joined.select("pid", pairs=pairs)

"""Tenders in which independent bidders ask exactly the same price."""

import ibis

from troth.indicators.base import Direction, Outcome, Parts, Status, Table, Verified, outcome, share
from troth.indicators.shared import TENDER_COLUMNS, awaits_bids, lots_with_bids


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
def identical_bid_prices(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Hit when two submitted bids of a lot have the same price and no firm in common."""
    lots = lots_with_bids(tender, bid, award, party)
    several = lots.submitted + lots.untold > 1
    figures = {
        "most": lots.submitted.max(),
        "untold": lots.untold.sum(),
        "unpriced": lots.unpriced.sum(where=several),
        "nameless": lots.nameless.sum(where=several),
        "pairs": lots.pairs.sum(),
    }
    parts = Parts(lots, ("pid",), figures)
    calls = parts.of(tender, *TENDER_COLUMNS)
    pairs = ibis.coalesce(calls.pairs, 0)
    found = pairs > 0
    alone = ibis.coalesce((calls.most < 2) & (calls.untold == 0), False)
    return outcome(
        calls,
        parts=parts,
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

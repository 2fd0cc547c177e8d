"""Tenders in which the best losing price lies unusually close to the winning one."""

from dataclasses import replace

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import Fence, from_lots, lots_with_bids

#: Ratios are compared on a log scale; a millionth stands for prices closer than that, or equal.
SMALLEST_RATIO = 1e-6


@share(
    code="P024",
    title="Price close to winning bid",
    question="How often is the best losing price unusually close to the winning price?",
    unit="share of tenders with a known winning and a known higher losing price",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R024; Cardinal 0.0.8, R024",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="(losing price - winning price) / winning price",
    thresholds={
        "fence": "lower Tukey fence of log(ratio) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all",
        "SMALLEST_RATIO": "ratios below 0.000001 are taken as 0.000001, so that they have a "
        "logarithm",
    },
)
def price_close_to_winner(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Open where a lot has one winner with a price and a rival with the same or a higher price.

    Only valid bids are compared; of several lots the closest counts.
    """
    lots = lots_with_bids(tender, bid, award, party)
    several_currencies = lots.first_currency != lots.last_currency
    ratio = (lots.losing_price - lots.winning_price) / lots.winning_price.nullif(0)
    known = (lots.unclear == 0) & ~several_currencies & ratio.notnull()
    several_winners = (lots.unclear == 0) & ((lots.active != 1) | (lots.pending > 0))
    alone = (lots.winning > 0) & (lots.valid_rivals + lots.untold + lots.nameless == 0)
    beaten_on_price = known & (ratio < 0)
    said = from_lots(
        tender,
        lots,
        concerned=~(several_winners | alone | beaten_on_price),
        hit=ibis.ifelse(known, known, None),
        lacks={
            "awards/status": lots.unclear > 0,
            "bids/details/status": lots.untold > 0,
            "bids/details/tenderers/id": lots.nameless > 0,
            "awards/suppliers/id": lots.winning == 0,
            "bids/details/value/currency": several_currencies,
            "bids/details/value": ratio.isnull(),
        },
        value=ratio.min(where=known & ~several_winners & (ratio >= 0)),
    )
    closest = said.cases.value
    bounded = ibis.ifelse(closest <= SMALLEST_RATIO, SMALLEST_RATIO, closest)
    return replace(said, hit=None, keep={"log": bounded.ln()})


#: Closer than the lower fence of comparable tenders.
price_close_to_winner.compared(Fence("log", "low"))

"""Tenders in which the best losing price lies unusually close to the winning one."""

from dataclasses import replace

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import SMALLEST_RATIO, Fence, lots_with_bids, winner_and_rival


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
    said = winner_and_rival(tender, lots_with_bids(tender, bid, award, party), "min")
    closest = said.cases.value
    bounded = ibis.ifelse(closest <= SMALLEST_RATIO, SMALLEST_RATIO, closest)
    return replace(said, hit=None, keep={"log": bounded.ln()})


#: Closer than the lower fence of comparable tenders.
price_close_to_winner.compared(Fence("log", "low"))

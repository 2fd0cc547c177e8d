"""Tenders in which the winning price lies unusually far below the best losing one."""

from dataclasses import replace

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import SMALLEST_RATIO, Fence, lots_with_bids, winner_and_rival


@share(
    code="P058",
    title="Heavily discounted bid",
    question="How often is the winning price unusually far below the best losing price?",
    unit="share of tenders with a known winning and a known higher losing price",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R058; Cardinal 0.0.8, R058",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="(losing price - winning price) / winning price",
    thresholds={
        "fence": "upper Tukey fence of log(ratio) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all",
        "SMALLEST_RATIO": "ratios below 0.000001 are taken as 0.000001, so that they have a "
        "logarithm",
    },
)
def price_far_below_rivals(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Open where a lot has one winner with a price and a rival with the same or a higher price.

    Only valid bids are compared; of several lots the one with the largest distance counts.
    """
    said = winner_and_rival(tender, lots_with_bids(tender, bid, award, party), "max")
    farthest = said.cases.value
    bounded = ibis.ifelse(farthest <= SMALLEST_RATIO, SMALLEST_RATIO, farthest)
    return replace(said, hit=None, keep={"log": bounded.ln()})


#: Further than the upper fence of comparable tenders.
price_far_below_rivals.compared(Fence("log", "high"))

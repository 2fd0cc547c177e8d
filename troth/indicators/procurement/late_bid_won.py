"""Tenders won by a bid that came after the deadline."""

from dataclasses import replace

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import TIME_ZONE, from_lots, lots_with_bids


@share(
    code="P030",
    title="Late bid won",
    question="How often does a bid win that came after the deadline?",
    unit="share of awarded tenders in which the winning bid, its date and the deadline are known",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R030; Cardinal 0.0.8, R030",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="late winning bids",
)
def late_bid_won(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Hit when a valid bid of the firms that won was received after the deadline, as a moment."""
    lots = lots_with_bids(tender, bid, award, party)
    said = from_lots(
        tender,
        lots,
        hit=ibis.cases(
            (lots.late, True),
            (~lots.late & (lots.undated + lots.unclear == 0), False),
            else_=None,
        ),
        lacks={
            "awards/status": lots.unclear > 0,
            "bids/details/status": (lots.winning == 0) & (lots.untold > 0),
            "bids/details/tenderers/id": (lots.winning == 0) & (lots.nameless > 0),
            "awards/suppliers/id": lots.winning == 0,
            "bids/details/date": lots.undated > 0,
            TIME_ZONE: lots.late.isnull(),
        },
        value=lots.winning.sum(where=lots.late),
    )
    deadline = {"tender/tenderPeriod/endDate": said.cases.period_end}
    return replace(said, needs={**deadline, **said.needs})

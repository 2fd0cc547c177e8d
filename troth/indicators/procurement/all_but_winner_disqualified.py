"""Tenders in which every competitor of the winner was disqualified."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import from_lots, lots_with_bids


@share(
    code="P035",
    title="All except winning bid disqualified",
    question="When several bid, how often is everyone but the winner disqualified?",
    unit="share of awarded tenders in which the winner had at least one rival",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R035; Cardinal 0.0.8, R035",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="disqualified bids of rivals",
)
def all_but_winner_disqualified(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Hit when a lot has one winner, no valid bid of a rival, and a disqualified one."""
    lots = lots_with_bids(tender, bid, award, party)
    several_winners = lots.first_winner != lots.last_winner
    unsettled = lots.rivals - lots.valid_rivals - lots.disqualified_rivals
    unsure = lots.unclear + lots.untold + lots.nameless + unsettled
    hit = ibis.cases(
        (several_winners & (lots.unclear == 0), False),
        (lots.winning == 0, None),
        ((lots.valid_rivals > 0) & (lots.unclear == 0), False),
        (unsure > 0, None),
        else_=lots.disqualified_rivals > 0,
    )
    alone = (lots.winning > 0) & (lots.rivals + lots.untold + lots.nameless == 0)
    return from_lots(
        tender,
        lots,
        concerned=(lots.pending == 0) & ~alone,
        hit=hit,
        lacks={
            "awards/status": lots.unclear > 0,
            "bids/details/status": lots.untold + unsettled > 0,
            "bids/details/tenderers/id": lots.nameless > 0,
            "awards/suppliers/id": lots.winning == 0,
        },
        value=ibis.coalesce(lots.disqualified_rivals.sum(where=ibis.coalesce(hit, False)), 0),
    )

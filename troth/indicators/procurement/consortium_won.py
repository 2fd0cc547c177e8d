"""Awards to several firms together."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_STATUSES, known

#: Our own definition for R026: two firms or more.
FEWEST_FIRMS = 2


@share(
    code="P026",
    title="Awards to consortia",
    question="How often does an award go to several firms together?",
    unit="share of active awards with known suppliers",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R026 (name and fields); "
    "the plain share by count is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="firms",
    thresholds={"FEWEST_FIRMS": "2 firms or more"},
)
def consortium_won(award: Table) -> Outcome:
    """Hit when at least two different firms are named as suppliers of one award."""
    status = known(award.status, AWARD_STATUSES)
    return outcome(
        award,
        applies=status == "active",
        needs={"awards/status": status, "awards/suppliers/id": award.supplier_key},
        hit=award.suppliers >= FEWEST_FIRMS,
        value=award.suppliers,
    )

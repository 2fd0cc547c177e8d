"""Contracts of which a milestone was met late, or is overdue."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import Overdue, day_number, was_signed


@share(
    code="P067",
    title="Delivery failure",
    question="How often is a milestone of a contract met late, or not at all?",
    unit="share of contracts with milestones that have a due date",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R067 (name and fields); "
    "that a day is late already is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="milestones met late",
)
def milestone_missed(contract: Table) -> Outcome:
    """Open for every contract with a milestone of which it can be told whether it was met in time."""
    return outcome(
        contract,
        applies=was_signed(contract),
        needs={
            "contracts/implementation/milestones": contract.milestones,
            "contracts/implementation/milestones/dueDate": contract.milestones.nullif(0),
        },
        value=contract.milestones_late,
        keep={
            "late": contract.milestones_late,
            "due": day_number(contract.milestone_due),
        },
    )


#: Met on a later day than it was due, or due before the day of judgement and not met.
milestone_missed.compared(Overdue())

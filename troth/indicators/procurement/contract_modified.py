"""Contracts that were changed after signature."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import CONTRACT_STATUSES, NEVER_SIGNED, known

#: Our own definition for R064: one amendment or more; the body's share is what is shown.
FEWEST_CHANGES = 1


@share(
    code="P064",
    title="Contract has modifications",
    question="How often is a contract changed after it was signed?",
    unit="share of contracts in force or ended",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R064 (name and fields); "
    "one amendment is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="amendments",
    thresholds={"FEWEST_CHANGES": "1 amendment or more"},
)
def contract_modified(contract: Table) -> Outcome:
    """Hit when at least one amendment is published; not asked of contracts never signed."""
    status = known(contract.status, CONTRACT_STATUSES)
    return outcome(
        contract,
        applies=~status.isin(NEVER_SIGNED),
        needs={"contracts/status": status},
        hit=contract.changes >= FEWEST_CHANGES,
        value=contract.changes,
    )

"""Awards of which a part is passed on to others."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_STATUSES, known


@share(
    code="P072",
    title="Use of subcontracting",
    question="How often is a part of what was awarded subcontracted?",
    unit="share of active awards that say whether a part is subcontracted",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R072 (name and fields); "
    "the plain share by count is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
)
def award_subcontracted(award: Table) -> Outcome:
    """Hit when the award says that a part is subcontracted."""
    status = known(award.status, AWARD_STATUSES)
    return outcome(
        award,
        applies=status == "active",
        needs={"awards/status": status, "awards/hasSubcontracting": award.subcontracted},
        hit=award.subcontracted,
    )

"""Awards of which at least half is passed on to others."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_STATUSES, known

#: Our own definition for R071: half of the value; exactly half is most of it.
MOST_OF_IT = 0.5


@share(
    code="P071",
    title="Most of the work is subcontracted",
    question="Where work is subcontracted, how often is it at least half of it?",
    unit="share of active awards with subcontracting whose share is known",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R071 (name and fields); "
    "half of the value is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="the least share of the value that is subcontracted",
    thresholds={"MOST_OF_IT": "at least 0.5 of the value"},
)
def mostly_subcontracted(award: Table) -> Outcome:
    """Hit when the least share to be subcontracted is half or more."""
    status = known(award.status, AWARD_STATUSES)
    return outcome(
        award,
        applies=(status == "active") & award.subcontracted,
        needs={
            "awards/status": status,
            "awards/hasSubcontracting": award.subcontracted,
            "awards/subcontracting/minimumPercentage": award.subcontracted_share,
        },
        hit=award.subcontracted_share >= MOST_OF_IT,
        value=award.subcontracted_share,
    )

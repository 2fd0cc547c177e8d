"""By how much of the time first planned deadlines have been moved."""

import ibis

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Scale,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import with_deadlines


@statistic(
    by="median",
    additive=True,
    code="I04",
    title="Relative drift",
    question="By how much of the time first planned has the deadline of half of the commitments "
    "been moved?",
    unit="days moved over days first planned, median",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I04 and A.2; schedule slip as project management has it; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.RATIO,
    value_unit="days moved over days first planned",
    confounds=(
        "Where fewer than half of the deadlines were moved the median is 0.",
        "A body that never moves a deadline and lets it pass has no drift: see I02.",
    ),
    beside=("I02",),
)
def relative_drift(commitment: Table, commitment_rev: Table, as_of: Day) -> Outcome:
    """A case is a commitment with a first deadline; it is listed when that was put off."""
    cases = with_deadlines(commitment, commitment_rev, as_of)
    planned = cases.original_due.delta(cases.announced, unit="day")
    slip = cases.current_due.delta(cases.original_due, unit="day")
    return outcome(
        cases,
        applies=cases.original_due.notnull() & cases.lawful_on.isnull(),
        needs={"announced": cases.announced},
        faults={"due on the day it was announced, or before": planned <= 0},
        hit=slip > 0,
        value=slip.cast("float64") / ibis.ifelse(planned > 0, planned, None).nullif(0),
        when=cases.announced,
    )

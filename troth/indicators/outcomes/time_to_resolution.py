"""How long cases take, those still open counted with the days so far."""

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
from troth.indicators.shared import CALENDAR_DAYS, INFORMATION


@statistic(
    by="resolution",
    additive=True,
    code="O03",
    title="Time to resolution",
    question="After how many days is half of the cases closed?",
    unit="days from receipt to closure, median (Kaplan-Meier)",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O03; Kaplan and Meier 1958; the complaint handling code of the Local Government and "
    "Social Care Ombudsman for the share within a time allowed; the median over open cases too is our "
    "own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from receipt to closure, or to the day of judgement while it is open",
    window=12,
    confounds=(
        "A body with many small matters closes half of its cases sooner.",
        "A case can be closed before it is solved: see how many come back (O05).",
    ),
    beside=("O05",),
    scale=Scale.DAYS,
)
def time_to_resolution(case: Table, as_of: Day) -> Outcome:
    """A case is anything but a request for information; listed when it took longer than allowed.

    A time allowed in working days cannot be laid beside calendar days: such a case is in the median,
    and not in the share within the time allowed.
    """
    ended = ibis.coalesce(case.closed <= as_of, False)
    days = ibis.ifelse(ended, case.closed, as_of).delta(case.received, unit="day")
    calendar = ibis.coalesce(case.sla_days_kind == CALENDAR_DAYS, False)
    allowed = ibis.ifelse(calendar, case.sla_days, None)
    return outcome(
        case,
        applies=case.channel != INFORMATION,
        needs={"received": case.received},
        faults={"closed before it was received": case.closed < case.received},
        hit=ibis.coalesce(days > allowed, False),
        value=days,
        keep={"days": days, "ended": ended, "allowed": allowed},
        when=case.received,
    )

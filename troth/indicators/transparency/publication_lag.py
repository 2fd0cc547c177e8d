"""How long after the last day things are published that must be."""

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
from troth.indicators.shared import absent_until, was_found


@statistic(
    by="publication_lag",
    additive=True,
    code="T07",
    title="Publication lag",
    question="How many days after the last day is half of what is due published?",
    unit="days from the last day to the day it was found, median (Kaplan-Meier)",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS T07, after CASS; Kaplan and Meier 1958; counting what comes early as in time, "
    "and what is still missing, is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days late, or late so far while it is missing",
    window=12,
    confounds=(
        "A thing is found on the day of a look: where looks are far apart, it is found late.",
        "What was there already when somebody first looked, after the last day, is left out.",
    ),
    beside=("T06", "T08"),
    scale=Scale.DAYS,
)
def publication_lag(disc_obs: Table, as_of: Day) -> Outcome:
    """A case is a thing due; it is late only if it was looked for after the last day and not there."""
    found, due = was_found(disc_obs, as_of), disc_obs.deadline
    absent = absent_until(disc_obs, as_of)
    late = disc_obs.first_seen > due
    # Looked for on the last day itself, it may have come later that day.
    missed = ibis.coalesce(disc_obs.absent_on > due, False)
    lag = ibis.ifelse(missed, disc_obs.first_seen.delta(due, unit="day"), 0)
    days = ibis.ifelse(found, lag, absent.delta(due, unit="day"))
    return outcome(
        disc_obs,
        applies=due < as_of,
        needs={
            "deadline": due,
            "absent_on": ibis.ifelse(found & late, disc_obs.absent_on, as_of),
            "checked": ibis.ifelse(found, as_of, ibis.ifelse(absent > due, absent, None)),
        },
        faults={
            "looked for in vain after it was first seen": disc_obs.absent_on > disc_obs.first_seen
        },
        hit=days > 0,
        value=days,
        keep={"days": days, "ended": found},
        when=due,
    )

"""What was published and is not there any more."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import has_disappeared, last_there, was_found

SEEN_DAYS = 30
YEAR_DAYS = 365


@share(
    code="T08",
    title="Publications gone",
    question="How much of what was published has disappeared within a year?",
    unit="share of things that had been there for 30 days",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS T08; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days on which it could be reached, from the first to the last",
    thresholds={
        "SEEN_DAYS": "30 days: what was there for less may have been put there by mistake",
        "YEAR_DAYS": "365 days: what went before that is not counted any more",
    },
    window=None,
    confounds=(
        "A new web site that leads no old address to a new one makes everything disappear.",
        "Not there is true of the address: the thing may be elsewhere.",
    ),
    beside=("T06", "T09"),
)
def publications_gone(disc_obs: Table, as_of: Day) -> Outcome:
    """Hit when it has not been reached for more than 14 days and no archive is named.

    What went more than a year before the day of judgement is left out.
    """
    found, gone = was_found(disc_obs, as_of), has_disappeared(disc_obs, as_of)
    last = last_there(disc_obs, as_of)
    seen = last.delta(disc_obs.first_seen, unit="day")
    since = as_of.delta(disc_obs.unreachable_since, unit="day")
    long_gone = gone & ibis.coalesce(since > YEAR_DAYS, False)
    return outcome(
        disc_obs,
        applies=found & ~long_gone & ((seen >= SEEN_DAYS) | (seen < 0)),
        needs={"last_seen": last},
        faults={"last seen before it was first seen": seen < 0},
        hit=gone,
        value=seen,
    )

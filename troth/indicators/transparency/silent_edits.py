"""Numbers that were changed after they were published, and nothing said so."""

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import was_found


@statistic(
    by="silent_edits",
    tables=("disc_item",),
    code="T09",
    title="Silent edits",
    question="In how much of what is published were numbers changed and nothing said so?",
    unit="share of published things that could be compared with what had stood there",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS T09; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    window=None,
    confounds=(
        "Numbers that a page makes anew each day look like edits.",
        "Which things show a body well or badly is said by who wrote the list of duties.",
    ),
    beside=("T06", "T08"),
)
def silent_edits(disc_obs: Table, as_of: Day) -> Outcome:
    """Hit when a number that stood there does not stand there any more, and no note says why."""
    return outcome(
        disc_obs,
        applies=was_found(disc_obs, as_of),
        needs={"altered_without_note": disc_obs.altered_without_note},
        hit=disc_obs.altered_without_note,
    )

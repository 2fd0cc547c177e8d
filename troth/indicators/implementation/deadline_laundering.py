"""By how much punctuality looks better when deadlines that were moved are taken as they stand."""

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
from troth.indicators.shared import with_deadlines, with_proven_end


@statistic(
    by="laundering",
    additive=True,
    code="I03",
    title="Deadline laundering",
    question="How much better does punctuality look by the deadlines that stand now?",
    unit="difference of two shares: on time by the current deadline less by the first one "
    "(0.01 is one percentage point)",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I03 and A.2; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.PERCENTAGE_POINTS,
    value_unit="days from the first to the current deadline",
    confounds=(
        "A deadline may be moved for a good reason, such as a court's order.",
        "Commitments whose deadline was moved into the future are in the share by the first "
        "deadline only.",
    ),
    beside=("I02",),
)
def deadline_laundering(
    commitment: Table,
    commitment_rev: Table,
    commitment_update: Table,
    proof: Table,
    as_of: Day,
) -> Outcome:
    """A case is a commitment one of whose deadlines has passed; listed when its deadline was moved.

    What was withdrawn by its current deadline with a legal basis and compensation is left out.
    """
    cases = with_deadlines(commitment, commitment_rev, as_of)
    cases = with_proven_end(cases, commitment_update, proof, as_of)
    first, now, done = cases.original_due, cases.current_due, cases.done_on
    passed = ibis.coalesce(first <= as_of, False) | ibis.coalesce(now <= as_of, False)
    slip = now.delta(first, unit="day")
    return outcome(
        cases,
        applies=passed & ~ibis.coalesce(cases.lawful_on <= now, False),
        faults={"due before it was announced": first < cases.announced},
        hit=ibis.coalesce(slip > 0, False),
        value=slip,
        keep={
            "by_original": ibis.ifelse(first <= as_of, ibis.coalesce(done <= first, False), None),
            "by_current": ibis.ifelse(now <= as_of, ibis.coalesce(done <= now, False), None),
            "moved": now != first,
        },
        when=ibis.ifelse(first <= as_of, first, now),
    )

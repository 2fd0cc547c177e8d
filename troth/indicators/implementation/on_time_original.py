"""Commitments that were done by the deadline first given."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import with_deadlines, with_proven_end


@share(
    code="I02",
    title="On time by the first deadline",
    question="How many of the commitments that fell due were done by the deadline first given?",
    unit="share of commitments whose first deadline has passed",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS I02 and A.2; Polimeter for judging a promise by its first words; the day of the "
    "first proven statement as the day of completion is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from the first deadline to completion, or to the day of judgement",
    confounds=(
        "The day of completion is that on which it was first published with proof: "
        "a body that publishes late looks late.",
    ),
    beside=("I03",),
    optional=("commitment_rev",),
)
def on_time_original(
    commitment: Table,
    commitment_rev: Table,
    commitment_update: Table,
    proof: Table,
    as_of: Day,
) -> Outcome:
    """Hit when it was done by the first deadline, however often that was moved later.

    What was withdrawn by then with a legal basis and compensation is left out.
    """
    cases = with_deadlines(commitment, commitment_rev, as_of)
    cases = with_proven_end(cases, commitment_update, proof, as_of)
    due = cases.original_due
    lawful = ibis.coalesce(cases.lawful_on <= due, False)
    return outcome(
        cases,
        applies=ibis.coalesce(due <= as_of, False) & ~lawful,
        faults={"due before it was announced": due < cases.announced},
        hit=ibis.coalesce(cases.done_on <= due, False),
        value=ibis.coalesce(cases.done_on, as_of).delta(due, unit="day"),
        when=due,
    )

"""How many closed cases are followed by another about the same thing in the same place."""

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import INFORMATION, with_next_alike

#: Days after closure in which another case is a recurrence (METHODS O05).
SAME_AGAIN = 180


@share(
    code="O05",
    title="Recurrence",
    question="How many closed cases are followed by another on the same topic in the same place?",
    unit="share of closed cases with a topic and a place",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O05; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from closure to the next case alike",
    thresholds={
        "SAME_AGAIN": "within 180 days of closure; cases closed later are not judged yet",
    },
    window=12,
    confounds=(
        "Where many people live, another case on the same topic comes by chance.",
        "Topics and places of one source are finer than those of another: compare only bodies with "
        "the same lists.",
    ),
)
def recurrence(case: Table, as_of: Day) -> Outcome:
    """Hit when a case of the same body, topic and place came in within 180 days after the closure."""
    cases = with_next_alike(case, as_of)
    gap = cases.next_alike.delta(cases.closed, unit="day")
    age = as_of.delta(cases.closed, unit="day")
    return outcome(
        cases,
        applies=(cases.channel != INFORMATION) & (age >= SAME_AGAIN).fill_null(False),
        needs={"topic_key": cases.topic_key, "place_key": cases.place_key},
        faults={"closed before it was received": cases.closed < cases.received},
        hit=(gap <= SAME_AGAIN).fill_null(False),
        value=gap,
        when=cases.closed,
    )

"""Cases that come back to a unit which had them before."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import ODD_ORDER, ODD_START, with_path


@share(
    code="I08",
    title="Ping-pong cases",
    question="How many cases come back to a unit that had them before?",
    unit="share of cases whose way through the units is known",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I08 and A.2; the question is that of the BPI Challenge 2013; its use for public "
    "bodies is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    value_unit="hand-offs",
    window=12,
    confounds=(
        "A log that names small units shows more returns than one that names departments: "
        "compare only bodies that keep their log on the same platform.",
        "A case that is sent back to be completed comes back too.",
    ),
    beside=("I11",),
)
def ping_pong(case: Table, case_event: Table, as_of: Day) -> Outcome:
    """Hit when a unit stands twice in the way of a case; a transfer to the unit that has it is none.

    A case whose log does not begin with its receipt, or goes back in time, cannot be followed.
    """
    cases = with_path(case, case_event, as_of)
    return outcome(
        cases,
        needs={"case_event.event": cases.events, "case_event.unit": cases.handoffs},
        faults={
            ODD_START: ibis.coalesce(cases.odd_start, False),
            ODD_ORDER: ibis.coalesce(cases.odd_order, False),
        },
        hit=cases.ping_pong,
        value=cases.handoffs,
        when=cases.received,
    )

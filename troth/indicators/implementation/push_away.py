"""How often a unit passes on what it was handed."""

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
from troth.indicators.shared import ODD_ORDER, ODD_START, with_path

#: From so many hand-offs on a case is listed.
MANY = 2


@statistic(
    by="push_away",
    tables=("case", "case_event"),
    additive=True,
    code="I09",
    title="Push-away rate",
    question="How much of what a unit is handed does it pass on?",
    unit="transfers out over receipts, mean over units by their receipts",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I09 and A.2; the question is that of the BPI Challenge 2013; what an intake is, "
    "and the mean over units, are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.RATIO,
    value_unit="hand-offs",
    thresholds={
        "MANY": "2 hand-offs or more: the case is listed among the cases",
        "intake": "the unit that took a case in is its intake: what it passes on of that case does "
        "not count",
        "shrinkage": "each unit's rate is drawn towards that of all units of its body, by as much "
        "as its receipts are few (beta-binomial, by moments)",
    },
    window=12,
    confounds=(
        "A log that names small units shows more hand-offs than one that names departments: "
        "compare only bodies that keep their log on the same platform.",
        "A unit that exists to prepare cases for others passes on by duty.",
    ),
    beside=("I11",),
)
def push_away(case: Table, case_event: Table, as_of: Day) -> Outcome:
    """A case is one whose way through the units is known; listed when it was handed on twice."""
    cases = with_path(case, case_event, as_of)
    return outcome(
        cases,
        needs={"case_event.event": cases.events, "case_event.unit": cases.handoffs},
        faults={
            ODD_START: ibis.coalesce(cases.odd_start, False),
            ODD_ORDER: ibis.coalesce(cases.odd_order, False),
        },
        hit=cases.handoffs >= MANY,
        value=cases.handoffs,
        keep={"known_until": as_of},
        when=cases.received,
    )

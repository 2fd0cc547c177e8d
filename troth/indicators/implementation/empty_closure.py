"""Closures that came to nothing: reopened, repeated, or without a decision."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import put_beside

#: The same matter again within so many days after closure (METHODS I11).
SAME_AGAIN = 60


@share(
    code="I11",
    title="Reopened or empty closure",
    question="How many closures were reopened, repeated within 60 days, or without a decision?",
    unit="share of cases closed at least 60 days ago",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I11; the Local Government and Social Care Ombudsman and the 311 services for "
    "repeated cases; the three together are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from closure to the same matter again",
    thresholds={
        "SAME_AGAIN": "60 days after closure; cases closed later are not judged yet",
    },
    window=12,
    confounds=(
        "A platform that keeps no decisions in its log makes every closure look empty: "
        "compare only bodies that keep their log on the same platform.",
        "Only what the source itself marks as a repetition is one.",
    ),
    beside=("O05",),
)
def empty_closure(case: Table, case_event: Table, as_of: Day) -> Outcome:
    """Hit when the case was opened again, when the source says that a later case repeats it, or when
    its log has no decision. What was taken back is left out.
    """
    known = case_event.filter(case_event.ts.date() <= as_of)
    log = known.group_by("case_id").agg(
        events=known.count(),
        decisions=known.count(where=known.event == "decision"),
        reopenings=known.count(where=known.event == "reopened"),
        withdrawals=known.count(where=known.event == "withdrawn"),
    )
    closed_on = case.select(of="case_id", closed_on="closed")
    later = case.filter(case.repeat_of.notnull(), case.received <= as_of)
    later = later.select("received", "repeat_of").join(closed_on, [later.repeat_of == closed_on.of])
    gap = later.received.delta(later.closed_on, unit="day")
    again = later.mutate(gap=gap).filter((gap >= 0) & (gap <= SAME_AGAIN))
    again = again.group_by("of").agg(again=again.gap.min()).rename(case_id="of")
    cases = put_beside(put_beside(case, log, "case_id"), again, "case_id")
    age = as_of.delta(cases.closed, unit="day")
    opened_again = (cases.reopenings > 0) | ibis.coalesce(cases.reopened_date <= as_of, False)
    return outcome(
        cases,
        applies=ibis.coalesce(age >= SAME_AGAIN, False)
        & ibis.coalesce(cases.withdrawals == 0, True),
        needs={"case_event.event": cases.events},
        faults={"closed before it was received": cases.closed < cases.received},
        hit=opened_again | cases.again.notnull() | (cases.decisions == 0),
        value=cases.again,
        when=cases.closed,
    )

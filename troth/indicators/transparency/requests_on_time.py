"""Requests for information that were answered within their term."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import is_counted_twice, report_end


@share(
    code="T01",
    title="Requests answered in time",
    question="How many of the requests for information that fell due were answered in time?",
    unit="share of requests whose term is over",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS T01 and A.4; Alaveteli and the New Zealand Public Service Commission for the "
    "share; the body's own counts where requests are too few are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from the last day of the term to the answer, or to the day of judgement",
    window=12,
    confounds=(
        "Bodies that are asked for more, or for harder things, answer later (case mix).",
        "A body's own counts are its own account; requests one by one are those of a platform or "
        "register, and need not be all.",
    ),
    beside=("T02", "T10"),
)
def requests_on_time(foi: Table, as_of: Day) -> Outcome:
    """Hit when the answer came by the last day of the term, with a lawful extension."""
    end = ibis.ifelse(foi.answered <= as_of, foi.answered, as_of)
    return outcome(
        foi,
        applies=foi.due < as_of,
        needs={"due": foi.due},
        faults={
            "answered before it was received": foi.answered < foi.received,
            "due before it was received": foi.due < foi.received,
        },
        hit=ibis.coalesce(foi.answered <= foi.due, False),
        value=ibis.coalesce(end, as_of).delta(foi.due, unit="day"),
        when=foi.due,
    )


@requests_on_time.otherwise
def from_reports(foi_annual: Table) -> Outcome:
    """A report adds the requests that it counts; a half-year is left out where the year is there."""
    return outcome(
        foi_annual,
        applies=~is_counted_twice(foi_annual),
        needs={"on_time": foi_annual.on_time, "total": foi_annual.total},
        faults={"more in time than in all": foi_annual.on_time > foi_annual.total},
        of=foi_annual.total,
        hits=foi_annual.on_time,
        when=report_end(foi_annual),
    )

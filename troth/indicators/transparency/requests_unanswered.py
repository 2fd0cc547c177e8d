"""Requests for information that had no answer when twice their term was over."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import is_counted_twice, report_end

#: Alaveteli's last step of lateness: 40 days where the term is 20.
TERMS = 2


@share(
    code="T02",
    title="Requests left unanswered",
    question="How many requests for information had no answer when twice their term was over?",
    unit="share of requests whose term is over twice",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS T02 and A.4; Alaveteli for twice the term; the term with its lawful extension "
    "and the body's own counts are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from receipt to the answer, or to the day of judgement",
    thresholds={"TERMS": "2 terms: the last step of lateness of Alaveteli, 40 days instead of 20"},
    window=12,
    confounds=(
        "Answers that were sent and not entered on the platform look like none.",
        "Few bodies count in their own reports what stays unanswered.",
    ),
    beside=("T01", "T10"),
)
def requests_unanswered(foi: Table, as_of: Day) -> Outcome:
    """Hit when no answer had come by twice the term; any answer counts, whatever it says."""
    term = foi.due.delta(foi.received, unit="day") * TERMS
    end = ibis.coalesce(ibis.ifelse(foi.answered <= as_of, foi.answered, as_of), as_of)
    return outcome(
        foi,
        applies=as_of.delta(foi.received, unit="day") > term,
        needs={"due": foi.due},
        faults={
            "answered before it was received": foi.answered < foi.received,
            "due before it was received": foi.due < foi.received,
        },
        hit=~ibis.coalesce(foi.answered.delta(foi.received, unit="day") <= term, False),
        value=end.delta(foi.received, unit="day"),
        when=foi.due,
    )


@requests_unanswered.otherwise
def from_reports(foi_annual: Table) -> Outcome:
    """A report adds the requests that it counts; a half-year is left out where the year is there."""
    return outcome(
        foi_annual,
        applies=~is_counted_twice(foi_annual),
        needs={"silent": foi_annual.silent, "total": foi_annual.total},
        faults={"more unanswered than in all": foi_annual.silent > foi_annual.total},
        of=foi_annual.total,
        hits=foi_annual.silent,
        when=report_end(foi_annual),
    )

"""Answers to requests that did not stand when they were disputed."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import is_counted_twice, report_end

UPHELD, CORRECTED = "upheld", "corrected"


@share(
    code="T04",
    title="Answers overturned",
    question="How many of the answers that were disputed had to be corrected?",
    unit="share of disputes that were decided for or against the answer",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS T04; State Council General Office 2021 no. 30, table 4; review and litigation "
    "counted together, and requests one by one where there is no report, are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    window=12,
    confounds=(
        "Few dispute an answer, and those who do think that they will win.",
        "A matter that was reviewed and then litigated is counted twice.",
    ),
    beside=("T03", "T11"),
)
def answers_overturned(foi_annual_dispute: Table) -> Outcome:
    """A report adds the disputes that it counts as upheld or corrected; the others are left out."""
    disputes = foi_annual_dispute
    decided = disputes.result.isin([UPHELD, CORRECTED])
    return outcome(
        disputes,
        applies=decided & ~is_counted_twice(disputes),
        needs={"disputes": disputes.disputes},
        of=disputes.disputes,
        hits=ibis.ifelse(disputes.result == CORRECTED, disputes.disputes, 0),
        when=report_end(disputes),
    )


@answers_overturned.otherwise
def from_requests(foi: Table, as_of: Day) -> Outcome:
    """A request whose appeal was decided; the day is that of the answer."""
    ended = foi.appeal_outcome
    appealed = ibis.coalesce(foi.appealed, ibis.ifelse(ended.notnull(), True, None))
    decided = ibis.ifelse(ended.isnull(), appealed, ended.isin([UPHELD, CORRECTED]))
    return outcome(
        foi,
        applies=decided & ibis.coalesce(foi.answered <= as_of, True),
        needs={"appealed": appealed, "appeal_outcome": ended},
        faults={"an appeal that was not made has an outcome": ~foi.appealed & ended.notnull()},
        hit=ended == CORRECTED,
        when=foi.answered,
    )

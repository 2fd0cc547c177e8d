"""What became of the recommendations that auditors made four years before."""

import ibis

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

#: Years from the one in which a recommendation was made to the one in which it is judged (GAO).
LAG = 4

IMPLEMENTED = "implemented"


@statistic(
    by="cohort",
    settings={"lag": LAG},
    tables=("recommendation",),
    code="I12",
    title="Audit recommendations, 4-year cohort",
    question="How many of the recommendations made four years before have been implemented?",
    unit="share of the recommendations made in the fourth calendar year before",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS I12; the United States Government Accountability Office for the lag of four "
    "years; calendar years in place of fiscal ones are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from the recommendation to its closure, or to the day of judgement",
    thresholds={
        "LAG": "4 years: judged in 2024, the recommendations made in 2020",
    },
    confounds=(
        "Auditors differ in what they recommend, and in how soon they close a recommendation.",
    ),
)
def audit_recommendations(recommendation: Table, as_of: Day) -> Outcome:
    """A case is a recommendation of the cohort; listed when it is not implemented.

    One that was closed otherwise, also as superseded, is not implemented.
    """
    closed = recommendation.closed <= as_of
    over = ibis.coalesce(closed, False)
    done = over & (recommendation.closed_as == IMPLEMENTED)
    end = ibis.ifelse(over, recommendation.closed, as_of)
    return outcome(
        recommendation,
        applies=recommendation.issued.year() == as_of.year() - LAG,
        needs={"closed_as": ibis.ifelse(over, recommendation.closed_as, "open")},
        faults={"closed before it was made": recommendation.closed < recommendation.issued},
        hit=~done,
        value=end.delta(recommendation.issued, unit="day"),
        keep={"known_until": as_of},
        when=recommendation.issued,
    )

"""How many of those who were asked were content with how their case was handled."""

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
from troth.indicators.shared import NO_SHARE, OVER_ASKED, is_no_share

SATISFACTION = "satisfaction"


@statistic(
    by="satisfaction",
    additive=True,
    code="O06",
    title="Satisfaction with bounds",
    question="How many of those who answered were content with how their case was handled?",
    unit="share of those who answered, over all surveys by their answers",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS O06; call-backs of the 12345 hotlines for the question; bounds for those who did "
    "not answer after Manski 1989; how surveys are put together is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    value_unit="share of answers",
    thresholds={"answers": "30 answers: the figure rests on answers, not on surveys"},
    window=12,
    confounds=(
        "Those who answer may be the most or the least content: the bounds beside the figure say how "
        "far it could be off.",
        "Questions differ in their words from survey to survey.",
    ),
)
def satisfaction(survey: Table, as_of: Day) -> Outcome:
    """A case is one question of one survey of one body; none is listed."""
    asked_by = survey.date <= as_of
    return outcome(
        survey,
        applies=ibis.coalesce(survey.about == SATISFACTION, False) & ibis.coalesce(asked_by, True),
        needs={"date": survey.date, "share_or_mean": survey.share_or_mean},
        faults={
            NO_SHARE: is_no_share(survey),
            OVER_ASKED: survey.n > survey.asked,
        },
        value=survey.share_or_mean,
        keep={
            "answers": survey.n,
            "effective": survey.n_eff,
            "asked": survey.asked,
            "error": survey.se,
        },
        when=survey.date,
    )

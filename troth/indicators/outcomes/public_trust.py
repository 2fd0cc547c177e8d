"""How many residents trust the body, as a survey of them found."""

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
from troth.indicators.shared import NO_SHARE, is_no_share

TRUST = "trust"


@statistic(
    by="design_share",
    additive=True,
    code="O07",
    title="Public trust",
    question="How many residents trust the body with 6 or more on a scale from 0 to 10?",
    unit="share of residents, over all surveys by their effective answers",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS O07; the OECD Survey on Drivers of Trust in Public Institutions for the question and "
    "the scale; how waves are put together is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=200,
    version=1,
    status=Status.PUBLISHED,
    value_unit="share of residents",
    thresholds={
        "answers": "200 effective answers: answers after weights, which is what the figure rests on",
    },
    window=12,
    confounds=(
        "Trust follows the news and the economy more than the conduct of one body.",
        "A sample of a country says little of a town: only surveys of the body's own residents count.",
    ),
)
def public_trust(survey: Table, as_of: Day) -> Outcome:
    """A case is one question of one wave of one body; none is listed.

    How sure it is comes from the survey's design: its standard error, or else its effective answers.
    """
    asked_by = survey.date <= as_of
    sure = ibis.coalesce(survey.se, survey.n_eff.cast("float64"))
    return outcome(
        survey,
        applies=ibis.coalesce(survey.about == TRUST, False) & ibis.coalesce(asked_by, True),
        needs={"date": survey.date, "share_or_mean": survey.share_or_mean, "n_eff": sure},
        faults={NO_SHARE: is_no_share(survey)},
        value=survey.share_or_mean,
        keep={"answers": survey.n, "effective": survey.n_eff, "error": survey.se},
        when=survey.date,
    )

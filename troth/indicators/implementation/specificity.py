"""How much of what makes a commitment one that can be checked is there."""

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
from troth.indicators.shared import elements, with_assessed

#: The question of the codebook, and its answers: 0 to 5 elements.
QUESTION = "specificity"
ELEMENTS = 5

#: So many elements make a commitment concrete (METHODS A.2).
CONCRETE = 4


@statistic(
    by="assessed_mean",
    settings={"code": QUESTION, "steps": 1},
    tables=("assessment", "body_year"),
    additive=True,
    code="I05",
    title="Specificity",
    question="How much of what can be checked do commitments name?",
    unit="mean of elements named, out of five, from 0 to 1",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS I05 and A.2; the OGP Independent Reporting Mechanism asks whether a commitment "
    "is verifiable; the five elements are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    value_unit="elements named, out of five, from 0 to 1",
    thresholds={
        "ELEMENTS": "5 elements: a deadline, a count with its target, money, a unit, whom it is for",
        "CONCRETE": "fewer than 4 elements: the commitment is listed among the cases",
        "alpha": "where assessed: withheld where Krippendorff's alpha (ordinal) of the assessors is "
        "below 0.667; with reserve below 0.80",
    },
    confounds=("What was published elsewhere than in the text that was read counts as not named.",),
    optional=("assessment", "body_year"),
)
def specificity(commitment: Table, assessment: Table, as_of: Day) -> Outcome:
    """A case is a commitment, with what two assessors or more say; else with what its entry names.

    Two who differ leave it open until a third has answered.
    """
    cases = with_assessed(commitment, assessment, QUESTION, 1, as_of)
    assessed = ibis.coalesce(cases.assessors > 1, False)
    named = ibis.ifelse(assessed, cases.agreed, elements(cases))
    return outcome(
        cases,
        needs={"assessment.value": named},
        faults={
            "an answer is no step of the codebook": assessed
            & (ibis.coalesce(cases.off_step, False) | (named < 0) | (named > ELEMENTS))
        },
        hit=named < CONCRETE,
        value=named.cast("float64") / ELEMENTS,
        keep={"assessed": assessed, "known_until": as_of},
        when=cases.announced,
    )

"""How far commitments that fell due have been carried out, as far as proof shows."""

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
from troth.indicators.shared import (
    VERIFIES,
    with_assessed,
    with_claims,
    with_deadlines,
)

#: The question of the codebook, and its answers: 0, 1/3, 2/3, 1.
QUESTION = "completion"
STEPS = 3


@statistic(
    by="verified_completion",
    settings={"code": QUESTION, "steps": STEPS},
    tables=("assessment", "body_year"),
    additive=True,
    code="I01",
    title="Verified completion",
    question="How far have the commitments that fell due been carried out, as far as proof shows?",
    unit="mean completion, from 0 (not started) to 1 (complete)",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS I01 and A.2; the five steps of completion are the OGP Independent Reporting "
    "Mechanism's; what counts as proof and the four values are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    value_unit="completion, from 0 to 1",
    thresholds={
        "STEPS": "3 steps: assessors answer 0, 1/3, 2/3 or 1",
        "alpha": "withheld where Krippendorff's alpha (ordinal) of the assessors is below 0.667; "
        "with reserve below 0.80",
    },
    confounds=(
        "Easy commitments are completed more often than hard ones.",
        "What is done and was never documented counts as not done.",
    ),
    beside=("I06", "I07"),
    optional=("commitment_rev", "body_year"),
)
def verified_completion(
    commitment: Table,
    commitment_rev: Table,
    commitment_update: Table,
    proof: Table,
    assessment: Table,
    as_of: Day,
) -> Outcome:
    """A case is a commitment that fell due; it is listed when it is not shown to be complete.

    What was withdrawn with a legal basis and compensation is left out; withdrawn without counts 0.
    """
    cases = with_deadlines(commitment, commitment_rev, as_of)
    cases = with_claims(cases, commitment_update, proof, as_of)
    cases = with_assessed(cases, assessment, QUESTION, STEPS, as_of)
    shown = ibis.coalesce(cases.best_grade.isin(VERIFIES), False)
    given_up = cases.withdrawn_on.notnull()
    step = ibis.ifelse(given_up, 0, cases.agreed)
    value = ibis.ifelse(shown, step, 0).cast("float64") / STEPS
    return outcome(
        cases,
        applies=ibis.coalesce(cases.original_due <= as_of, False) & cases.lawful_on.isnull(),
        needs={"assessment.value": step},
        faults={
            "an answer is no step of the codebook": ~given_up
            & (ibis.coalesce(cases.off_step, False) | (step < 0) | (step > STEPS))
        },
        hit=value < 1,
        value=value,
        keep={"proven": shown, "known_until": as_of},
        when=cases.original_due,
    )

"""Commitments that name hardly anything, or whose progress rests on a bare claim."""

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
    BARE_CLAIM,
    IN_PROGRESS,
    elements,
    with_assessed,
    with_claims,
)

#: The question of the codebook, and the most elements of which a commitment can name.
QUESTION = "specificity"
ELEMENTS = 5

#: With so many elements at most hardly anything can be checked (METHODS A.2).
HARDLY_ANY = 1


@statistic(
    by="assessed_share",
    settings={"code": QUESTION, "steps": 1},
    tables=("assessment", "body_year"),
    additive=True,
    code="I06",
    title="Lip service",
    question="How many commitments name hardly anything, or make progress by a bare claim only?",
    unit="share of commitments",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I06 and A.2; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    value_unit="elements named, out of five",
    thresholds={
        "ELEMENTS": "5 elements, as in I05",
        "HARDLY_ANY": "1 element at most",
        "alpha": "where assessed: withheld where Krippendorff's alpha (ordinal) of the assessors is "
        "below 0.667; with reserve below 0.80",
    },
    confounds=(
        "Proof that was not linked to a statement counts as not there.",
        "A speech names less than a plan; where commitments were made differs from body to body.",
    ),
    optional=("assessment", "body_year"),
)
def lip_service(
    commitment: Table,
    commitment_update: Table,
    proof: Table,
    assessment: Table,
    as_of: Day,
) -> Outcome:
    """Hit when it names one element at most, or when what was last said of it is that it is under
    way or done and all that was ever shown for it is a bare claim, or nothing.
    """
    cases = with_claims(commitment, commitment_update, proof, as_of)
    cases = with_assessed(cases, assessment, QUESTION, 1, as_of)
    assessed = ibis.coalesce(cases.assessors > 1, False)
    named = ibis.ifelse(assessed, cases.agreed, elements(cases))
    claims = ibis.coalesce(cases.claim.isin(IN_PROGRESS), False)
    bare = ibis.coalesce(cases.best_grade, ibis.literal(BARE_CLAIM)) == BARE_CLAIM
    return outcome(
        cases,
        needs={"assessment.value": named},
        faults={
            "an answer is no step of the codebook": assessed
            & (ibis.coalesce(cases.off_step, False) | (named < 0) | (named > ELEMENTS))
        },
        hit=(named <= HARDLY_ANY) | (claims & bare),
        value=named,
        keep={"assessed": assessed, "known_until": as_of, "bare": claims & bare},
        when=cases.announced,
    )

"""How much more is said to be complete than assessors found complete."""

import ibis

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Scale,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import COMPLETE, VERIFIES, with_assessed, with_claims

#: The question of the codebook, and its answers: 0, 1/3, 2/3, 1.
QUESTION = "completion"
STEPS = 3


@statistic(
    by="claim_gap",
    settings={"code": QUESTION, "steps": STEPS},
    tables=("assessment", "body_year"),
    additive=True,
    code="I07",
    title="Claim-evidence gap",
    question="How much more of its commitments does a body call complete than was verified?",
    unit="difference of two shares: said to be complete less verified as complete "
    "(0.01 is one percentage point)",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I07 and A.2; the OGP sets self-assessments beside its Independent Reporting "
    "Mechanism's; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.PERCENTAGE_POINTS,
    value_unit="1 said and not verified, -1 verified and not said, 0 otherwise",
    thresholds={
        "STEPS": "3 steps: assessors answer 0, 1/3, 2/3 or 1",
        "alpha": "withheld where Krippendorff's alpha (ordinal) of the assessors is below 0.667; "
        "with reserve below 0.80",
    },
    confounds=(
        "What was completed after the assessors looked and before the last statement is a gap.",
    ),
    beside=("I01",),
    optional=("body_year",),
)
def claim_evidence_gap(
    commitment: Table,
    commitment_update: Table,
    proof: Table,
    assessment: Table,
    as_of: Day,
) -> Outcome:
    """A case is a commitment of which the body has said how far it is; listed when it was called
    complete and was not verified: by the assessors, and with proof of grade A or B.
    """
    cases = with_claims(commitment, commitment_update, proof, as_of)
    cases = with_assessed(cases, assessment, QUESTION, STEPS, as_of)
    shown = ibis.coalesce(cases.best_grade.isin(VERIFIES), False)
    said, verified = cases.claim == COMPLETE, shown & (cases.agreed == STEPS)
    return outcome(
        cases,
        needs={"commitment_update.claimed_status": cases.claim, "assessment.value": cases.agreed},
        faults={
            "an answer is no step of the codebook": ibis.coalesce(cases.off_step, False)
            | (cases.agreed < 0)
            | (cases.agreed > STEPS)
        },
        hit=said & ~verified,
        value=said.cast("int64") - verified.cast("int64"),
        keep={"said": said, "verified": verified, "known_until": as_of},
        when=cases.announced,
    )

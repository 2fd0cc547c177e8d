"""Procedures without competition for which no reason is published."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, NON_COMPETITIVE, is_blank, known, not_cancelled


@share(
    code="P010",
    title="Non-competitive procedure without a reason",
    question="How often is no reason published for a procedure without competition?",
    unit="share of limited and direct procedures",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R010 (name and fields); "
    "that a blank rationale is what counts is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
)
def non_competitive_unjustified(tender: Table) -> Outcome:
    """Hit when the rationale of a limited or direct procedure is absent or blank."""
    method = known(tender.method, METHODS)
    return outcome(
        tender,
        applies=not_cancelled(tender) & method.isin(NON_COMPETITIVE),
        needs={"tender/procurementMethod": method},
        hit=is_blank(tender.rationale),
    )

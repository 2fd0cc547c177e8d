"""Procedures in which suppliers do not compete."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, NON_COMPETITIVE, known, not_cancelled


@share(
    code="P013",
    title="Use of non-competitive methods",
    question="How often does the body buy without open competition?",
    unit="share of tenders with a known method",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R013 (name and fields); "
    "the plain share by count is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
)
def non_competitive_method(tender: Table) -> Outcome:
    """Hit when the method is limited or direct."""
    method = known(tender.method, METHODS)
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={"tender/procurementMethod": method},
        hit=method.isin(NON_COMPETITIVE),
    )

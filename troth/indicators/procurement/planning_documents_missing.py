"""Tenders without a document that says why and how something is to be bought."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import not_cancelled, unless


@share(
    code="P001",
    title="Planning documents not available",
    question="How often is no planning document published with a tender?",
    unit="share of tenders of publishers that list planning documents",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R001 (name and fields); "
    "which types count is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="planning documents",
)
def planning_documents_missing(tender: Table) -> Outcome:
    """Hit when none of the listed documents plans; one of an unknown type may be the one."""
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={
            "planning/documents": tender.plans,
            "planning/documents/documentType": unless(
                (tender.plans == 0) & (tender.plans_untold > 0)
            ),
        },
        hit=tender.plans == 0,
        value=tender.plans,
    )

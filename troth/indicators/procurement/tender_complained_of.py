"""Tenders about which somebody complained."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import not_cancelled

#: Our own definition for R020: one complaint or more; the body's share is what is shown.
FEWEST_COMPLAINTS = 1


@share(
    code="P020",
    title="Tender has a complaint",
    question="How often is there a complaint about a tender?",
    unit="share of tenders of publishers that list complaints",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R020 (name and fields); "
    "one complaint is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="complaints",
    thresholds={"FEWEST_COMPLAINTS": "1 complaint or more"},
)
def tender_complained_of(tender: Table) -> Outcome:
    """Hit when a complaint is listed; without a list nothing is known."""
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={"complaints": tender.complaints},
        hit=tender.complaints >= FEWEST_COMPLAINTS,
        value=tender.complaints,
    )

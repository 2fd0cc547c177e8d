"""Competitive procedures that drew one bid."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, bidders, drew_bidders, known


@share(
    code="P018",
    title="Single bid",
    question="How often does a competitive procedure draw only one bid?",
    unit="share of competitive procedures known to have drawn at least one bidder",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R018; Cardinal 0.0.8, R018",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="bidders",
)
def single_bid(tender: Table) -> Outcome:
    """Hit when exactly one bidder came; an unknown number of bidders stays unknown."""
    number = bidders(tender)
    return outcome(
        tender,
        applies=drew_bidders(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/numberOfTenderers": number,
        },
        hit=number == 1,
        value=number,
    )

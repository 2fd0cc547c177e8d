"""Tenders in which more than the price decides."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_CRITERIA, METHODS, PRICE_CRITERIA, awaits_bids, known


@share(
    code="P021",
    title="Use of discretionary criteria",
    question="How often does more than the price or cost decide?",
    unit="share of tenders with known award criteria",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R021 (name and fields); "
    "the plain share by count is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
)
def discretionary_criteria(tender: Table) -> Outcome:
    """Hit when the criteria are others than price or cost; a direct award weighs no bids."""
    criteria = known(tender.award_criteria, AWARD_CRITERIA)
    return outcome(
        tender,
        applies=awaits_bids(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/awardCriteria": criteria,
        },
        hit=~criteria.isin(PRICE_CRITERIA),
    )

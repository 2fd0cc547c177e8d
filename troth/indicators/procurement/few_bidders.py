"""Competitive procedures that drew far fewer bidders than comparable ones."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, PartOfMedian, bidders, drew_bidders, known

#: Our own definition for R019: less than half the median. The other usual test, the 10th
#: percentile, flags every case of a group in which most procedures draw equally few bidders.
FEW_PART = 0.5


@share(
    code="P019",
    title="Few bidders for the item",
    question="How often do far fewer bidders come than to comparable procedures?",
    unit="share of competitive procedures known to have drawn at least one bidder",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R019 (name and fields); "
    "half the median of peers is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="bidders",
    thresholds={
        "FEW_PART": "fewer than 0.5 times the median of at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all"
    },
)
def few_bidders(tender: Table) -> Outcome:
    """Open for every competitive procedure with a known number of bidders."""
    number = bidders(tender)
    return outcome(
        tender,
        applies=drew_bidders(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/numberOfTenderers": number,
        },
        value=number,
    )


#: Fewer bidders than half the median of comparable procedures.
few_bidders.compared(PartOfMedian("value", FEW_PART))

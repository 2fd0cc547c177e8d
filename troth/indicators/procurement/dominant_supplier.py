"""Awards to a supplier that holds most of a body's awards of the year."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_STATUSES, HeldByCount, known

#: Our own definition for R040: half of the awards, where half is at least three of them.
DOMINANT_SHARE = 0.5
FEWEST_AWARDS = 5


@share(
    code="P040",
    title="Dominant supplier",
    question="How many awards go to a supplier that holds at least half of the body's awards?",
    unit="share of active awards of years in which the body made at least 5",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R040 (name and fields); "
    "half of at least 5 awards by count is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=FEWEST_AWARDS,
    version=1,
    status=Status.PUBLISHED,
    value_unit="the supplier's share of the body's active awards of the year",
    thresholds={
        "DOMINANT_SHARE": "at least 0.5 of the body's active awards of the year",
        "FEWEST_AWARDS": "of at least 5 awards",
    },
)
def dominant_supplier(award: Table) -> Outcome:
    """Open for every active award with a known supplier; a group of firms counts as one."""
    status = known(award.status, AWARD_STATUSES)
    return outcome(
        award,
        applies=status == "active",
        needs={"awards/status": status, "awards/suppliers/id": award.supplier_key},
        keep={"supplier": award.supplier_key},
    )


#: The supplier's awards among all of the body's awards of the year.
dominant_supplier.compared(
    HeldByCount("supplier", ("body_key", "year"), at_least=DOMINANT_SHARE, fewest=FEWEST_AWARDS)
)

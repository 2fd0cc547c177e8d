"""Small purchases of one kind within a month that together are no longer small."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import NON_COMPETITIVE, InWindow, awards_under_law, purchase

#: Our own definition for R011: so many purchases, within so many days.
FEWEST_PURCHASES = 2
DAYS_TOGETHER = 30


@share(
    code="P011",
    title="Purchases split below the threshold",
    question="How many small purchases reach the legal threshold together with others of the month?",
    unit="share of awards without competition, below the threshold of their day",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R011 (name and fields); "
    "two purchases within 30 days are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="amount of the award",
    thresholds={
        "FEWEST_PURCHASES": "at least 2 awards, each below the threshold",
        "DAYS_TOGETHER": "at most 30 days apart, by one body, of one item class of 4 digits, "
        "which together reach the threshold",
    },
)
def split_purchases(award: Table, tender: Table, process: Table, law: Table) -> Outcome:
    """Open for every limited or direct award whose item, day and amount are known."""
    decided = awards_under_law(award, tender, process, law)
    classified = {
        "awards/items/classification/scheme": decided.item_scheme,
        "awards/items/classification/id": decided.item_code,
    }
    return purchase(decided, NON_COMPETITIVE, classified)


#: Others of the same body and class within the month, that reach the threshold with it.
split_purchases.compared(
    InWindow(("body_key", "class4"), DAYS_TOGETHER, FEWEST_PURCHASES, reaching=True, below=True)
)

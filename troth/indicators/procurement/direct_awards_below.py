"""Direct awards below the threshold to a supplier that gets one after the other."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import DIRECT, InWindow, awards_under_law, purchase

#: Our own definition for R049: so many direct awards, within a year.
FEWEST_AWARDS = 3
DAYS_OF_YEAR = 365


@share(
    code="P049",
    title="Repeated direct awards below the threshold",
    question="How many direct awards below the threshold go to a supplier that gets three a year?",
    unit="share of direct awards below the threshold of their day",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R049 (name and fields); "
    "three awards within a year are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="amount of the award",
    thresholds={
        "FEWEST_AWARDS": "at least 3 direct awards by one body to one supplier",
        "DAYS_OF_YEAR": "at most 365 days apart, each below the threshold",
    },
)
def direct_awards_below(award: Table, tender: Table, process: Table, law: Table) -> Outcome:
    """Open for every direct award whose supplier, day and amount are known."""
    return purchase(awards_under_law(award, tender, process, law), [DIRECT])


#: With others of the same body to the same supplier within the year.
direct_awards_below.compared(
    InWindow(("body_key", "supplier"), DAYS_OF_YEAR, FEWEST_AWARDS, reaching=False, below=True)
)

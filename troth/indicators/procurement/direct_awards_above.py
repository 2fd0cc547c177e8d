"""Direct awards to one supplier that reach the threshold together within a year."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import DIRECT, InWindow, awards_under_law, purchase

#: The Partnership's method for R055 adds up what one supplier gets; a year is our choice.
FEWEST_AWARDS = 2
DAYS_OF_YEAR = 365


@share(
    code="P055",
    title="Direct awards above the threshold together",
    question="How many direct awards reach the legal threshold with others to the same supplier?",
    unit="share of direct awards whose threshold is known",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R055, and its makers' words on the sum and on "
    "the lowest of several thresholds",
    verified=Verified.AGAINST_THREADS,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="amount of the award",
    thresholds={
        "FEWEST_AWARDS": "at least 2 direct awards by one body to one supplier",
        "DAYS_OF_YEAR": "at most 365 days apart, whose sum reaches the threshold",
    },
)
def direct_awards_above(award: Table, tender: Table, process: Table, law: Table) -> Outcome:
    """Open for every direct award whose supplier, day and amount are known."""
    return purchase(awards_under_law(award, tender, process, law), [DIRECT])


#: With others of the same body to the same supplier within the year, above the threshold together.
direct_awards_above.compared(
    InWindow(("body_key", "supplier"), DAYS_OF_YEAR, FEWEST_AWARDS, reaching=True, below=False)
)

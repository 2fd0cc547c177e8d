"""Awards to a supplier that holds a large share of its market."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import HeldByValue, market_award

#: Our own definition for R050; exactly 30 % is high.
HIGH_SHARE = 0.3


@share(
    code="P050",
    title="High market share",
    question="How many awards go to a supplier that holds at least 30 % of the market?",
    unit="share of active awards in markets of at least 20 awards a year",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R050 (name and fields); "
    "30 % of the value of at least 20 awards is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="the supplier's share of the market's value of the year",
    thresholds={
        "HIGH_SHARE": "at least 0.3 of the value of the market: item class of 2 digits, year "
        "and currency",
        "FEWEST_MARKET_AWARDS": "a market of at least 20 active awards",
    },
)
def market_share_high(award: Table) -> Outcome:
    """Open for every active award that says who won what for how much."""
    return market_award(award)


#: The supplier's share of the value of all awards of the market.
market_share_high.compared(HeldByValue(at_least=HIGH_SHARE))

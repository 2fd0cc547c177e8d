"""Awards in a market that few suppliers share."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import Concentration, market_award

#: Our own definition for R051: the index of four equal suppliers (Herfindahl and Hirschman).
CONCENTRATED_INDEX = 2_500

#: Shares are squared as whole billionths, so that the sum of squares is a whole number and the
#: same in whatever order the suppliers come.
BILLION = 1_000_000_000

#: The index of a market with one supplier.
LARGEST_INDEX = 10_000


@share(
    code="P051",
    title="High market concentration",
    question="How many awards are made in a market that few suppliers share?",
    unit="share of active awards in markets of at least 20 awards a year",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R051 (name and fields); "
    "an index of 2,500 over at least 20 awards is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="Herfindahl-Hirschman index of the market, 0 to 10,000",
    thresholds={
        "CONCENTRATED_INDEX": "an index of at least 2,500 in the market: item class of 2 digits, "
        "year and currency",
        "FEWEST_MARKET_AWARDS": "a market of at least 20 active awards",
        "LARGEST_INDEX": "the index is the sum of squared shares of value, times 10,000",
        "BILLION": "shares are rounded to whole billionths (1,000,000,000)",
    },
)
def market_concentrated(award: Table) -> Outcome:
    """Open for every active award that says who won what for how much."""
    return market_award(award)


#: The sum of squared shares of the market's suppliers.
market_concentrated.compared(
    Concentration(at_least=CONCENTRATED_INDEX, largest=LARGEST_INDEX, whole=BILLION)
)

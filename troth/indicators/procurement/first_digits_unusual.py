"""Awards of markets whose amounts begin with other digits than amounts of such markets do."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_STATUSES, FirstDigits, known, money, price

#: Our own definition for R029: more than this is called nonconformity in the literature on it.
MOST_DISTANCE = 0.015

#: Of fewer amounts the shares of nine digits say more about chance.
FEWEST_AMOUNTS = 300

#: Amounts must reach over two orders of magnitude: of amounts that are all alike the law says nothing.
SPAN = 100

#: So many of the smallest unit make one.
CENTS = 100


@share(
    code="P029",
    title="First digits unlike Benford's law",
    question="How many awards lie in markets whose amounts do not follow Benford's law?",
    unit="share of active awards in markets of at least 300 amounts that span two magnitudes",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R029 (name and fields); "
    "the mean distance and its limit are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="mean distance of the nine shares of the market from Benford's",
    thresholds={
        "MOST_DISTANCE": "a mean distance of more than 0.015",
        "FEWEST_AMOUNTS": "a market (item class of 2 digits and currency) of at least 300 awards",
        "SPAN": "whose largest amount is at least 100 times the smallest",
        "CENTS": "the first digit of the amount in hundredths (100 to one), so not of less",
    },
)
def first_digits_unusual(award: Table) -> Outcome:
    """Open for every active award with an amount of at least a hundredth; its market decides."""
    status = known(award.status, AWARD_STATUSES)
    exact = money(price(award.amount))
    cents = (exact.cast("float64") * CENTS).round().cast("int64")
    amount = (cents > 0).ifelse(exact.cast("float64"), None)
    return outcome(
        award,
        applies=status == "active",
        needs={
            "awards/status": status,
            "awards/value/amount": amount,
            "awards/value/currency": award.currency,
            "awards/items/classification/scheme": award.item_scheme,
            "awards/items/classification/id": award.item_code,
        },
        keep={
            "digit": cents.cast("string").substr(0, 1).cast("int8"),
            "amount": amount,
            "currency": award.currency,
        },
    )


#: The digits of all amounts of the market.
first_digits_unusual.compared(FirstDigits(most=MOST_DISTANCE, fewest=FEWEST_AMOUNTS, span=SPAN))

"""Awards to a supplier from whom the body first bought something small and direct."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import (
    AWARD_STATUSES,
    DIRECT,
    METHODS,
    MuchLarger,
    day_number,
    known,
    price,
)

#: Our own definition for R052: so many times the first purchase is much more.
MUCH_LARGER = 5

#: Two years of days.
DAYS_AFTER = 730


@share(
    code="P052",
    title="Small first purchase, then much larger ones",
    question="After a direct first purchase, how often is a later one at least 5 times as large?",
    unit="share of active awards within two years of a direct first purchase from the supplier",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R052 (name and fields); "
    "five times within two years is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="the award as a multiple of the first",
    thresholds={
        "MUCH_LARGER": "at least 5 times the amount of the first award",
        "DAYS_AFTER": "on a later day, at most 730 days after the first",
    },
)
def small_first_then_large(award: Table, tender: Table) -> Outcome:
    """Open for every active award that says to whom, how, when and for how much."""
    calls = tender.select("pid", "method")
    decided = award.left_join(calls, "pid").drop("pid_right")
    status, method = known(decided.status, AWARD_STATUSES), known(decided.method, METHODS)
    amount = price(decided.amount)
    return outcome(
        decided,
        applies=status == "active",
        needs={
            "awards/status": status,
            "tender/procurementMethod": method,
            "awards/suppliers/id": decided.supplier_key,
            "awards/date": decided.date,
            "awards/value/amount": amount,
            "awards/value/currency": decided.currency,
        },
        keep={
            "supplier": decided.supplier_key,
            "day": day_number(decided.date),
            "amount": amount,
            "currency": decided.currency,
            "direct": ibis.coalesce(method == DIRECT, False),
        },
    )


#: Much larger than what the same body first bought from the same supplier in the same currency.
small_first_then_large.compared(MuchLarger(at_least=MUCH_LARGER, days=DAYS_AFTER))

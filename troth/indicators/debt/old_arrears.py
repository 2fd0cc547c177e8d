"""How much of what is overdue has been overdue for more than a year."""

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import terms

#: The last day of the ages of arrears but the oldest (PEFA PI-22.2).
OLD_DAYS = 365


@statistic(
    by="old_arrears",
    code="D05",
    title="Old arrears",
    question="How much of what is overdue has been so for more than a year?",
    unit="share of the overdue amount",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D05; PEFA 2016, PI-22.2 asks for the age of arrears; the share beyond a year "
    "is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=5,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days past the due date, less days of suspension",
    thresholds={
        "OLD_DAYS": "more than 365 days past the due date is old",
        "DEFAULT_TERM": "due 30 days after receipt where no due date is stated (PEFA PI-22.1)",
    },
    window=None,
    confounds=(
        "Invoices in a dispute that the register does not show look overdue.",
        "A body with amounts in several currencies has no figure: they are never added up.",
    ),
    beside=("D04", "D06"),
    optional=("invoice_suspension",),
)
def old_arrears(invoice: Table, invoice_suspension: Table, as_of: Day) -> Outcome:
    """A case is an invoice that was overdue on the day of judgement; a hit is one of over a year."""
    known = terms(invoice, invoice_suspension, as_of)
    here = known.received_date.isnull() | (known.received_date <= as_of)
    return outcome(
        known,
        applies=here & ~known.paid & (known.late > 0) & (known.amount > 0),
        needs={
            "due_date": known.due,
            "amount": known.amount,
            "currency": known.currency,
        },
        hit=known.late > OLD_DAYS,
        value=known.late,
        keep={"amount": known.amount, "currency": known.currency},
    )

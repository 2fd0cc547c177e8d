"""How far what is overdue is lower on the days on which it is reported."""

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

#: The last month of each period for which a stock is reported.
REPORTING_MONTHS = (3, 6, 9, 12)


@statistic(
    by="window_dressing",
    settings={"reporting_months": REPORTING_MONTHS},
    tables=("invoice", "invoice_suspension"),
    code="D09",
    title="Lower arrears on reporting days",
    question="How far is the overdue amount lower on reporting days than on all days?",
    unit="difference of means over the mean of all days",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D09; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=4,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days past the due date, less days of suspension",
    thresholds={
        "REPORTING_MONTHS": "reporting days are the last days of March, June, September, December",
        "REBOUND": "15 days after a reporting day is how long a rebound is looked for",
        "DEFAULT_TERM": "due 30 days after receipt where no due date is stated (PEFA PI-22.1)",
    },
    window=12,
    confounds=(
        "Budgets that are released at the end of a quarter let arrears fall then anyhow.",
        "A body that reports on other days is looked at on the wrong ones.",
        "A body with amounts in several currencies has no figure: they are never added up.",
    ),
    beside=("D04",),
    optional=("invoice_suspension",),
)
def window_dressing(invoice: Table, invoice_suspension: Table, as_of: Day) -> Outcome:
    """A case is an invoice that was overdue on a day of the window; the figure walks the days."""
    known = terms(invoice, invoice_suspension, as_of)
    return outcome(
        known,
        applies=(known.late > 0) & (known.amount > 0),
        needs={
            "due_date": known.due,
            "amount": known.amount,
            "currency": known.currency,
        },
        faults={"paid before it was received": known.paid_date < known.received_date},
        value=known.late,
        keep={"currency": known.currency},
        when=known.end,
    )

"""How much of what was overdue, or became so, was paid within the year."""

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Scale,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import terms


@statistic(
    by="clearance_ratio",
    tables=("invoice", "invoice_suspension"),
    code="D06",
    title="Clearance of arrears",
    question="How much of what was or fell overdue was paid within the year?",
    unit="share of the amount overdue at the start of the window or since",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS D06; Flynn and Pessoa, IMF Technical Notes and Manuals 14/03; as a share of "
    "stock and inflow together it is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=5,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.RATIO,
    value_unit="days past the due date, less days of suspension",
    thresholds={
        "DEFAULT_TERM": "due 30 days after receipt where no due date is stated (PEFA PI-22.1)",
    },
    window=12,
    confounds=(
        "What fell overdue shortly before the day of judgement had little time to be paid.",
        "A body with amounts in several currencies has no figure: they are never added up.",
    ),
    beside=("D04", "D05"),
    optional=("invoice_suspension",),
)
def clearance_ratio(invoice: Table, invoice_suspension: Table, as_of: Day) -> Outcome:
    """A case is an invoice paid late in the window or overdue at its end; a hit is still unpaid."""
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
        hit=~known.paid,
        value=known.late,
        keep={
            "part": known.paid.ifelse(known.amount, 0.0),
            "whole": known.amount,
            "currency": known.currency,
        },
        when=known.end,
    )

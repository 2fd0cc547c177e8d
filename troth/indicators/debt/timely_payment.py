"""How many days after the due date a body pays, each euro counting as much as another."""

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
    by="timely_payment",
    code="D02",
    title="Days after the due date",
    question="How many days after their due date are invoices paid, weighted by amount?",
    unit="days from due date to payment, weighted by amount; below 0 is early",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D02; Italy, DPCM 22 September 2014 article 9; over twelve months rather than "
    "a quarter it is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.DAYS,
    value_unit="days from due date to payment, less days of suspension",
    thresholds={},
    window=12,
    confounds=(
        "What is not paid does not count, so old invoices left unpaid make it lower.",
        "A body with amounts in several currencies has no figure: they are never added up.",
    ),
    beside=("D03", "D04", "D05", "D10"),
    optional=("invoice_suspension",),
)
def timely_payment(invoice: Table, invoice_suspension: Table, as_of: Day) -> Outcome:
    """A case is an invoice paid in the window; days of suspension are taken off, early is below 0."""
    known = terms(invoice, invoice_suspension, as_of)
    days = known.end.delta(known.due_date, unit="day") - known.held
    return outcome(
        known,
        applies=known.paid & (known.amount > 0),
        needs={
            "due_date": known.due_date,
            "amount": known.amount,
            "currency": known.currency,
        },
        faults={"paid before it was received": known.paid_date < known.received_date},
        hit=days > 0,
        value=days,
        keep={"amount": known.amount, "currency": known.currency},
        when=known.end,
    )

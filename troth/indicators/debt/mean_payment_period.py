"""How long a body takes to pay, each euro counting as much as another; what is pending counts too."""

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
from troth.indicators.shared import last_known, paid_by

#: The period of Directive 2011/7/EU, Art. 4.
STATUTORY_DAYS = 30


@statistic(
    by="mean_payment_period",
    tables=("invoice_suspension",),
    code="D01",
    title="Mean payment period",
    question="How many days, weighted by amount, do invoices take that are paid or still pending?",
    unit="days since receipt, weighted by amount",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D01; Spain, RD 635/2014 article 5 as changed by RD 1040/2017; over twelve "
    "months rather than a quarter, and from receipt in every country, it is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.DAYS,
    value_unit="days from receipt to payment, or to the day of judgement while it is unpaid",
    thresholds={"STATUTORY_DAYS": "more than 30 days: the invoice is listed among the cases"},
    window=12,
    confounds=(
        "Not comparable with series that were counted as RD 635/2014 did until March 2018.",
        "A body with amounts in several currencies has no figure: they are never added up.",
        "A few large invoices can carry the figure.",
    ),
    beside=("D03", "D05", "D10"),
    optional=("invoice_suspension",),
)
def mean_payment_period(invoice: Table, as_of: Day) -> Outcome:
    """A case is an invoice paid in the window or pending at its end; credit notes are none."""
    end = last_known(invoice, as_of)
    days = end.delta(invoice.received_date, unit="day")
    return outcome(
        invoice,
        applies=invoice.amount > 0,
        needs={
            "received_date": invoice.received_date,
            "amount": invoice.amount,
            "currency": invoice.currency,
        },
        faults={"paid before it was received": invoice.paid_date < invoice.received_date},
        hit=days > STATUTORY_DAYS,
        value=days,
        keep={
            "amount": invoice.amount,
            "currency": invoice.currency,
            "paid": paid_by(invoice, as_of),
        },
        when=end,
    )

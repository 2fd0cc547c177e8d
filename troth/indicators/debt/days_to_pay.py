"""How long invoices wait for their money, those still waiting counted with the days so far."""

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

#: The period of the United Kingdom's section 69 reports and of Directive 2011/7/EU, Art. 4.
STATUTORY_DAYS = 30


@statistic(
    by="days_to_pay",
    additive=True,
    code="D03",
    title="Days to pay",
    question="After how many days is half of the invoices paid?",
    unit="days from receipt to payment, median (Kaplan-Meier)",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D03; UK Procurement Act 2023 section 69; Kaplan and Meier 1958; "
    "the median over open invoices too is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from receipt to payment, or to the day of judgement while it is unpaid",
    thresholds={
        "STATUTORY_DAYS": "more than 30 days: the invoice is listed among the cases",
        "BUNCH": "days 29 and 30 against a line through days 20 to 28 and 31 to 40 (METHODS B.9)",
    },
    window=12,
    confounds=("A body whose invoices are mostly small or mostly undisputed pays faster.",),
    beside=("D05", "D10"),
)
def days_to_pay(invoice: Table, as_of: Day) -> Outcome:
    """A case is every invoice received; it is listed when it waited longer than 30 days."""
    paid = invoice.paid_date.notnull() & (invoice.paid_date <= as_of)
    end = paid.ifelse(invoice.paid_date, as_of)
    days = end.delta(invoice.received_date, unit="day")
    return outcome(
        invoice,
        needs={"received_date": invoice.received_date},
        faults={"paid before it was received": invoice.paid_date < invoice.received_date},
        hit=days > STATUTORY_DAYS,
        value=days,
        keep={"days": days, "ended": paid},
        when=invoice.received_date,
    )

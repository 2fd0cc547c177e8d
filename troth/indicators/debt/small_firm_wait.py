"""How much longer small firms wait for their money than large ones."""

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
    by="small_firm_wait",
    settings={"of_each": 20},
    code="D11",
    title="Longer wait of small firms",
    question="How many days longer do small firms wait for their money than large ones?",
    unit="days, difference of medians (Kaplan-Meier) within terciles of amount",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D11; Regulation 802/2025 of the State Council; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=40,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.DAYS,
    value_unit="days from receipt to payment, or to the day of judgement while it is unpaid",
    thresholds={
        "STATUTORY_DAYS": "more than 30 days: the invoice is listed among the cases",
        "of_each": "at least 20 invoices of small firms and 20 of large ones",
        "TERCILES": "3 parts of a body's amounts, each compared within itself",
    },
    window=12,
    confounds=(
        "Small and large firms deliver different things, which are accepted differently fast.",
        "A body with amounts in several currencies has no figure: they are never compared.",
    ),
    beside=("D03",),
)
def small_firm_wait(invoice: Table, as_of: Day) -> Outcome:
    """A case is an invoice received in the window from a firm whose size is known."""
    end = last_known(invoice, as_of)
    days = end.delta(invoice.received_date, unit="day")
    return outcome(
        invoice,
        applies=invoice.amount > 0,
        needs={
            "received_date": invoice.received_date,
            "amount": invoice.amount,
            "currency": invoice.currency,
            "supplier_sme": invoice.supplier_sme,
        },
        faults={"paid before it was received": invoice.paid_date < invoice.received_date},
        hit=(days > STATUTORY_DAYS) & invoice.supplier_sme,
        value=days,
        keep={
            "amount": invoice.amount,
            "currency": invoice.currency,
            "small": invoice.supplier_sme,
            "paid": paid_by(invoice, as_of),
        },
        when=invoice.received_date,
    )

"""Whether suppliers who were paid late stop bidding."""

import ibis

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
from troth.indicators.shared import price, with_bids_around

#: Days after the first invoice was due in which a supplier can bid again (METHODS O09: 24 months).
TWO_YEARS = 730


@statistic(
    by="supplier_exit",
    settings={"steps": 2},
    code="O09",
    title="Supplier exit",
    question="How many times the odds of others have suppliers who were paid late of bidding no more?",
    unit="odds of never bidding again for 24 months, paid late over paid in time",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O09; Mantel and Haenszel 1959 and Robins, Breslow and Greenland 1986 for the odds "
    "ratio; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    value_unit="amount of the first invoice",
    thresholds={
        "TWO_YEARS": "730 days from the day the first invoice was due",
        "suppliers": "30 suppliers paid late and 30 paid in time, each with one of the other kind to be "
        "matched with: the figure rests on the smaller number",
        "steps": "matched by the class of their last bid and by amount, in half powers of ten",
    },
    confounds=(
        "A supplier of one good job may have no reason to bid again.",
        "Suppliers who deliver badly may be paid late for that, and stay away for that.",
    ),
    scale=Scale.RATIO,
)
def supplier_exit(invoice: Table, offer: Table, as_of: Day) -> Outcome:
    """A case is a supplier's first invoice to the body; listed when no bid followed in 24 months.

    Late is paid after it was due, or not at all. Suppliers who never bid have no class to be matched by.
    """
    named = invoice.supplier_key.notnull() & invoice.due_date.notnull()
    first = ibis.window(
        group_by=["body_no", "supplier_key", named],
        order_by=[invoice.due_date, invoice.invoice_id],
    )
    cases = invoice.mutate(named=named, number=ibis.row_number().over(first))
    cases = with_bids_around(cases, offer, TWO_YEARS)
    seen = (cases.number == 0) & (as_of.delta(cases.due_date, unit="day") >= TWO_YEARS)
    late = cases.paid_date.isnull() | (cases.paid_date > cases.due_date)
    return outcome(
        cases,
        applies=ibis.ifelse(cases.named, seen, None),
        needs={
            "supplier_key": cases.supplier_key,
            "due_date": cases.due_date,
            "amount": cases.amount,
            "currency": cases.currency,
            "offer.classification": cases.bid_class,
        },
        faults={"an amount of 0 or less": price(cases.amount).isnull()},
        hit=cases.bids_after.fill_null(0) == 0,
        value=cases.amount,
        keep={"late": late, "class": cases.bid_class, "currency": cases.currency},
        when=cases.due_date,
    )

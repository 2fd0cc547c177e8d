"""How many invoices are sent back again and again, or come a second time."""

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

#: Sent back more often than so is churn.
RETURNED = 1

#: The same amount, give or take so much, asked again within so many days, is the same invoice.
ABOUT, SOON = 0.01, 90


@statistic(
    by="rejection_churn",
    code="D10",
    title="Invoices sent back or registered anew",
    question="How many invoices are sent back more than once, or replace one never paid?",
    unit="share of invoices",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D10; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    value_unit="times it was sent back",
    thresholds={
        "RETURNED": "sent back more than 1 time",
        "ABOUT": "the amount differs by at most 0.01 of the earlier one",
        "SOON": "received at most 90 days after the earlier one",
    },
    window=12,
    confounds=(
        "Suppliers that make mistakes get more invoices back.",
        "An equal sum asked anew while the first is unpaid may be a second delivery.",
    ),
)
def rejection_churn(invoice: Table, as_of: Day) -> Outcome:
    """A hit was sent back twice, or asks again for what an earlier one asked that was never paid."""
    earlier = invoice.filter(
        invoice.supplier_key.notnull(),
        invoice.paid_date.isnull() | (invoice.paid_date > as_of),
    ).select(
        of_body=invoice.body_no,
        of_supplier=invoice.supplier_key,
        of_currency=invoice.currency,
        of_amount=invoice.amount,
        of_received=invoice.received_date,
    )
    pairs = invoice.select(
        "entry", "body_no", "supplier_key", "currency", "amount", "received_date"
    ).join(
        earlier,
        [
            ("body_no", "of_body"),
            ("supplier_key", "of_supplier"),
            ("currency", "of_currency"),
        ],
    )
    gap = pairs.received_date.delta(pairs.of_received, unit="day")
    apart = (pairs.amount - pairs.of_amount).abs()
    again = pairs.filter(
        gap > 0, gap <= SOON, pairs.of_amount > 0, apart <= pairs.of_amount * ABOUT
    )
    again = again.select(again_entry=again.entry).distinct()
    known = invoice.left_join(again, invoice.entry == again.again_entry)
    accepted = known.accepted_date.notnull() & (known.accepted_date <= as_of)
    settled = known.paid_date.notnull() & (known.paid_date <= as_of)
    end = accepted.ifelse(known.accepted_date, as_of)
    # Paid without an acceptance on record: nobody knows its day.
    lag = (settled & ~accepted).ifelse(None, end.delta(known.received_date, unit="day"))
    return outcome(
        known,
        applies=known.amount > 0,
        needs={
            "received_date": known.received_date,
            "amount": known.amount,
            "currency": known.currency,
            "supplier_key": known.supplier_key,
            "returned_count": known.returned_count,
        },
        hit=(known.returned_count > RETURNED) | known.again_entry.notnull(),
        value=known.returned_count,
        keep={
            "again": known.again_entry.notnull(),
            "days": lag,
            "ended": accepted,
        },
        when=known.received_date,
    )

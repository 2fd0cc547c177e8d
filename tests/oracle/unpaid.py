"""Terms of invoices, slow and obvious: the calendar is walked through day by day."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Invoice:
    amount: float
    received: int
    due: int
    paid: int | None
    held: tuple[tuple[int, int | None], ...] = ()  # (from, to], None while it lasts


def is_held(invoice: Invoice, day: int) -> bool:
    return day > invoice.received and any(
        begin < day and (end is None or day <= end) for begin, end in invoice.held
    )


def late_days(invoice: Invoice, until: int) -> list[int]:
    """The days on which an invoice was late, if it was not paid before."""
    held = sum(is_held(invoice, day) for day in range(invoice.received + 1, invoice.due + 1))
    # Days that the term still has to run after its due date, because it stood still before.
    left, found = held, []
    for day in range(invoice.due + 1, until + 1):
        if is_held(invoice, day):
            continue
        if left > 0:
            left -= 1
        else:
            found.append(day)
    return found


def is_overdue(invoice: Invoice, day: int) -> bool:
    there = invoice.received <= day and (invoice.paid is None or invoice.paid > day)
    return there and len(late_days(invoice, day)) > 0


def stock(invoices: Sequence[Invoice], day: int) -> float:
    return sum(invoice.amount for invoice in invoices if is_overdue(invoice, day))


def paid_while_an_older_waited(invoices: Sequence[Invoice], which: int) -> bool:
    """Whether an undisputed invoice received on an earlier day was unpaid when this one was paid."""
    one = invoices[which]
    assert one.paid is not None
    return any(
        other.received < one.received
        and not other.held
        and (other.paid is None or other.paid > one.paid)
        for other in invoices
    )

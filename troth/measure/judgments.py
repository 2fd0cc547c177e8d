"""Judgments and other sums that a body must pay: when they were paid in full, and what is hidden.

Definitions: METHODS A.3 (judgments), D08, D12, D13.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from troth.errors import UsageError
from troth.measure.grouped import DAY, NO_DAY, Array, days_between, ratio, total
from troth.measure.intervals import Z_95
from troth.measure.survival import Curve, curves_by

#: Payments that fall short of the sum by less than this have settled it: cents are rounded.
SETTLED = 0.005

#: Share of a milestone's value that must have been paid, and days after it was met (METHODS D12).
PAID_SHARE, PAID_WITHIN = 0.90, 60


@dataclass(frozen=True)
class Owed:
    """Sums in one currency, and the payments towards them; `payment_of` is the index of the sum."""

    currency: str
    body: Array
    bodies: int
    amount: Array
    due: Array  # final date of a judgment, due date of a debt
    payment_of: Array
    paid_on: Array
    paid: Array
    payment_currency: str

    def __post_init__(self) -> None:
        if self.payment_currency != self.currency:
            raise UsageError(
                f"Sums in {self.currency} and payments in {self.payment_currency} cannot be set"
                " against each other: measure each currency by itself."
            )


def paid_by(owed: Owed, as_of: np.datetime64) -> Array:
    """What had been paid towards each sum by the end of a day."""
    made = owed.paid_on <= as_of
    return total(owed.payment_of[made], len(owed.amount), owed.paid[made])


def settled_on(owed: Owed) -> Array:
    """The day on which payments first reached each sum; NaT while they have not."""
    order = np.lexsort((owed.paid_on, owed.payment_of))
    order = order[~np.isnat(owed.paid_on[order])]
    of = owed.payment_of[order]
    sums = np.cumsum(owed.paid[order])
    begin = np.searchsorted(of, np.arange(len(owed.amount)))
    before = np.concatenate([[0.0], sums])[begin]
    reached = np.flatnonzero(sums - before[of] >= owed.amount[of] - SETTLED)
    found = np.full(len(owed.amount), NO_DAY)
    # Written from the last to the first, so that the first day stays.
    found[of[reached][::-1]] = owed.paid_on[order][reached][::-1]
    return found.astype(DAY)


def time_to_settle(owed: Owed, as_of: np.datetime64, z: float = Z_95) -> list[Curve]:
    """By body, the curve of days from `due` to full payment; S(180) is what D08 asks for."""
    ended = settled_on(owed)
    happened = ended <= as_of
    days = days_between(owed.due, np.where(happened, ended, as_of))
    which = np.flatnonzero((owed.due <= as_of) & ~np.isnan(owed.amount) & ((days > 0) | happened))
    return curves_by(
        owed.body[which], owed.bodies, np.maximum(days[which], 0.5), happened[which], z=z
    )


@dataclass(frozen=True)
class Outstanding:
    """What is due and unpaid on a day, by body."""

    amount: Array
    share: Array  # of all that has fallen due
    n: Array  # sums that have fallen due
    n_unpaid: Array
    mean_age: Array  # days, weighed by what is unpaid


def outstanding(owed: Owed, as_of: np.datetime64) -> Outstanding:
    """Overdue principal and interest over what was due (D13); unpaid judgments (D08)."""
    fallen = np.flatnonzero((owed.due < as_of) & ~np.isnan(owed.amount))
    body = owed.body[fallen]
    unpaid = np.maximum(owed.amount - paid_by(owed, as_of), 0.0)[fallen]
    unpaid = np.where(unpaid < SETTLED, 0.0, unpaid)
    age = days_between(owed.due[fallen], as_of)
    amount = total(body, owed.bodies, unpaid)
    return Outstanding(
        amount,
        ratio(amount, total(body, owed.bodies, owed.amount[fallen])),
        total(body, owed.bodies),
        total(body, owed.bodies, unpaid > 0).astype(np.int64),
        ratio(total(body, owed.bodies, age * unpaid), amount),
    )


def listed_days(since: Array, until: Array, first: np.datetime64, last: np.datetime64) -> Array:
    """Days of a window on which a body stood on the public list of defaulters, by judgment.

    `since` and `until` are its first and last day there, `until` NaT while it lasts.
    """
    one = np.timedelta64(1, "D")
    begin = np.maximum(since, first)
    end = np.where(np.isnat(until) | (until > last), last, until) + one
    days = days_between(begin, end)
    return np.where(np.isnan(days), 0.0, np.maximum(days, 0.0))


def hidden_arrears(owed: Owed, as_of: np.datetime64) -> Array:
    """D12: value of milestones met over 60 days ago and not paid to 90 %, over all met, by body.

    `due` of `owed` is the day on which the milestone was met, its payments those of the contract
    that belong to it. No invoice is needed: this is what never entered the register.
    """
    met = np.flatnonzero((owed.due <= as_of) & ~np.isnan(owed.amount))
    old = owed.due[met] < as_of - np.timedelta64(PAID_WITHIN, "D")
    short = paid_by(owed, as_of)[met] < PAID_SHARE * owed.amount[met] - SETTLED
    body = owed.body[met]
    value = owed.amount[met]
    return ratio(total(body, owed.bodies, value * (old & short)), total(body, owed.bodies, value))

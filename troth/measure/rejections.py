"""Invoices that are sent back or registered anew, and how long acceptance and payment take.

Definitions: METHODS A.3 and D03, D10, D11 of its catalogue. Times are Kaplan-Meier: what is still
open counts with the days it has waited so far, so a body gains nothing by letting old ones lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from troth.measure.grouped import DAY, NO_DAY, Array, Share, days_between, ratio
from troth.measure.intervals import Z_90
from troth.measure.payments import Invoices
from troth.measure.survival import Curve, curves_by, each_curve, quantile

#: Sent back more often than so is churn (METHODS D10).
RETURNED = 1

#: The same supplier asks for the same amount, give or take so much, within so many days (D10).
ABOUT, SOON = 0.01, 90

#: Pairs of invoices that are compared at once.
_AT_ONCE = 4_000_000


def time_to_pay(invoices: Invoices, as_of: np.datetime64) -> list[Curve]:
    """By body, the curve of days from receipt to payment; unpaid invoices are lost from sight.

    Invoices paid on the day they came count as half a day.
    """
    known = invoices.seen(as_of)
    return _curves(known, known.paid, as_of)


def time_to_accept(invoices: Invoices, accepted: Array, as_of: np.datetime64) -> list[Curve]:
    """By body, the curve of days from receipt to acceptance, up to `as_of`.

    Invoices that were paid without an acceptance on record are left out: nobody knows its day.
    """
    known = invoices.seen(as_of)
    ends = np.where(accepted <= as_of, accepted, NO_DAY)
    return _curves(known, ends, as_of, ~np.isnat(ends) | np.isnat(known.paid))


#: What ends on its first day lasted less than a day.
_SAME_DAY = 0.5


def _curves(
    known: Invoices, end: Array, as_of: np.datetime64, told: Array | None = None
) -> list[Curve]:
    days = days_between(known.received, np.where(np.isnat(end), as_of, end))
    # What ended before the invoice was registered took no time; one of today has waited none yet.
    happened = ~np.isnat(end)
    which = known.dated & ((days > 0) | happened)
    which = np.flatnonzero(which if told is None else which & told)
    return curves_by(
        known.body[which],
        known.bodies,
        np.maximum(days[which], _SAME_DAY),
        happened[which],
    )


def churn(invoices: Invoices, supplier: Array, returned: Array, as_of: np.datetime64) -> Share:
    """The share of invoices that were sent back more than once, or are another one registered anew.

    Registered anew: the same supplier asks the same body for the same amount, give or take 1 %, on
    a later day and at most 90 days after, and the earlier invoice was never paid. The last
    condition is ours: without it every monthly rent would count. `supplier` is a number, below 0
    where it is unknown; `returned` NaN where nobody says. Unknown in either, and not churn by the
    other, is not counted.
    """
    known = invoices.seen(as_of)
    again = _registered_anew(known, supplier)
    sent_back = returned > RETURNED
    told = known.dated & (again | sent_back | (~np.isnan(returned) & (supplier >= 0)))
    hits, n = known.count(told & (again | sent_back)), known.count(told)
    return Share(ratio(hits, n), hits, n)


def _registered_anew(known: Invoices, supplier: Array) -> Array:
    """Which invoices repeat an earlier one that was never paid.

    Earlier ones are sorted by body and supplier, stretch of 90 days, and amount; a later one looks
    into its own stretch and the one before. Linear but for suppliers with many unpaid invoices of
    one amount.
    """
    found = np.zeros(len(known), np.bool_)
    named = known.dated & (supplier >= 0)
    lost = np.flatnonzero(named & np.isnat(known.paid))
    if not len(lost):
        return found
    _, who = np.unique(
        known.body[named] * (int(supplier.max()) + 1) + supplier[named], return_inverse=True
    )
    pair = np.full(len(known), -1)
    pair[named] = who
    day = known.received.astype(DAY).astype(np.int64)
    stretch = np.where(named, (day - day[named].min()) // SOON + 1, 0)
    amounts = np.unique(known.amount[lost])
    wide, tall = int(stretch.max()) + 1, len(amounts) + 1
    place = (pair[lost] * wide + stretch[lost]) * tall + np.searchsorted(
        amounts, known.amount[lost]
    )
    order = np.argsort(place, kind="stable")
    lost, place = lost[order], place[order]
    asks = np.flatnonzero(named & np.isin(pair, pair[lost]))
    ends = np.sort(
        np.stack([known.amount[asks] / (1 + ABOUT), known.amount[asks] / (1 - ABOUT)]), axis=0
    )
    least = np.searchsorted(amounts, ends[0] * (1 - _DUST), side="left")
    most = np.searchsorted(amounts, ends[1] * (1 + _DUST), side="right")
    for back in (0, 1):
        base = (pair[asks] * wide + stretch[asks] - back) * tall
        first = np.searchsorted(place, base + least)
        last = np.searchsorted(place, base + most)
        for row, at in _pairs(first, last):
            later, earlier = asks[row], lost[at]
            gap = day[later] - day[earlier]
            apart = np.abs(known.amount[later] - known.amount[earlier])
            same = apart <= ABOUT * np.abs(known.amount[earlier])
            found[later[same & (gap > 0) & (gap <= SOON)]] = True
    return found


#: Bounds are widened by this before the exact comparison of two amounts.
_DUST = 1e-9


def _pairs(first: Array, last: Array) -> Iterator[tuple[Array, Array]]:
    """(row, place) for every place in first[row] <= place < last[row], some millions at once."""
    many = np.maximum(last - first, 0)
    begin = np.concatenate([[0], np.cumsum(many)])
    start = 0
    while start < len(many):
        stop = int(np.searchsorted(begin, begin[start] + _AT_ONCE, side="right")) - 1
        stop = max(stop, start + 1)
        rows = np.repeat(np.arange(start, stop), many[start:stop])
        yield rows, first[rows] + np.arange(len(rows)) + begin[start] - begin[rows]
        start = stop


@dataclass(frozen=True)
class Gap:
    """How much longer one kind of supplier waits than the other, by body."""

    value: Array  # days
    n_small: Array
    n_large: Array
    terciles: Array  # of amount, in which both have a median
    std_err: Array


TERCILES = 3


def small_firm_gap(invoices: Invoices, small: Array, as_of: np.datetime64) -> Gap:
    """Median days to pay small firms less large ones, within terciles of a body's amounts (D11).

    The mean over the terciles in which both medians are known; `small` is 1, 0, or NaN where it is
    unknown, and those are left out. NaN where no tercile has both. The error of a median is the
    width of its interval over 2 z, those of the medians are independent; NaN where one has none.
    """
    known = invoices.seen(as_of)
    kept, cell = _by_tercile(known, small)
    ends = np.where(np.isnat(known.paid[kept]), as_of, known.paid[kept])
    days = days_between(known.received[kept], ends)
    happened = ~np.isnat(known.paid[kept])
    risked = (days > 0) | happened
    kept, cell = kept[risked], cell[risked]
    curves = each_curve(
        cell,
        known.bodies * TERCILES * 2,
        np.maximum(days[risked], _SAME_DAY),
        happened[risked],
        z=Z_90,
    )
    found = [quantile(curve) for curve in curves]
    medians = np.array([one.value for one in found]).reshape(known.bodies, TERCILES, 2)
    ends = np.array([(one.low, one.high) for one in found]).reshape(known.bodies, TERCILES, 2, 2)
    # Where the upper end is not reached yet, the lower side says how wide it is.
    errors = np.where(
        np.isnan(ends[..., 1]),
        (medians - ends[..., 0]) / Z_90,
        (ends[..., 1] - ends[..., 0]) / (2 * Z_90),
    )
    gaps = medians[:, :, 1] - medians[:, :, 0]
    terciles = (~np.isnan(gaps)).sum(axis=1)
    value = ratio(np.nansum(gaps, axis=1), terciles)
    of_small = known.count(kept[small[kept] == 1])
    squares = np.where(np.isnan(gaps), 0.0, (errors**2).sum(axis=2)).sum(axis=1)
    return Gap(
        value, of_small, known.count(kept[small[kept] == 0]), terciles,
        ratio(np.sqrt(squares), terciles),
    )  # fmt: skip


def _by_tercile(known: Invoices, small: Array) -> tuple[Array, Array]:
    """The invoices of known kind, and of each a number for its body, tercile of amount and kind."""
    which = np.flatnonzero(known.dated & ~np.isnan(small))
    order = which[np.lexsort((known.amount[which], known.body[which]))]
    amount, body = known.amount[order], known.body[order]
    begin = np.searchsorted(body, np.arange(known.bodies + 1))
    # Equal amounts stand in one tercile: that of the first of them.
    new = np.ones(len(order), np.bool_)
    new[1:] = (amount[1:] != amount[:-1]) | (body[1:] != body[:-1])
    first = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    tercile = (first - begin[body]) * TERCILES // np.maximum(np.diff(begin)[body], 1)
    return order, (body * TERCILES + tercile) * 2 + small[order].astype(np.int64)

"""How fast a body pays its invoices: the measures that laws define, and how each can be flattered.

Definitions: METHODS A.3 and B.9. All days are calendar days; (a, b] has b - a of them. `as_of` is the
last day of which anything is known: an invoice paid after it is unpaid, one received after it is not
there. Every result has one element a body, NaN where nothing stands behind it, and `n` beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import UsageError
from troth.measure.grouped import DAY, NO_DAY, Array, Share, days_between, ratio, total

#: Spain's RD 635/2014 takes off the 30 days of the law; RD 1040/2017 counts from the start.
RD635, RD1040 = "RD635", "RD1040"
METHODS = {RD635: 30, RD1040: 0}

#: The last day of each band of days to pay (Procurement Act 2023, section 69; METHODS A.3).
PROMPT, SLOW = 30, 60

Window = tuple[np.datetime64, np.datetime64]  # both days belong to it


@dataclass(frozen=True)
class Suspensions:
    """Stretches (from, to] in which the term of an invoice did not run; `to` NaT while it lasts."""

    invoice: Array  # index of the invoice
    since: Array
    until: Array


NO_SUSPENSIONS = Suspensions(np.zeros(0, np.int64), np.zeros(0, DAY), np.zeros(0, DAY))


@dataclass(frozen=True)
class Invoices:
    """Invoices in one currency. `body` counts from 0; days are datetime64[D], NaT where unknown."""

    currency: str
    body: Array
    bodies: int
    amount: Array
    received: Array
    due: Array
    paid: Array
    suspensions: Suspensions = NO_SUSPENSIONS
    row: Array | None = None  # of each in the table it was read from

    def __post_init__(self) -> None:
        lengths = {len(a) for a in (self.body, self.amount, self.received, self.due, self.paid)}
        if len(lengths) != 1:
            raise UsageError(f"Columns of invoices have different lengths: {sorted(lengths)}.")

    def __len__(self) -> int:
        return len(self.amount)

    def seen(self, as_of: np.datetime64) -> Invoices:
        """The same invoices as they looked on `as_of`: later payments had not been made.

        Invoices received later keep their place and lose their amount. One received on no known
        day is there: what it was due or paid on says more.
        """
        return replace(
            self,
            amount=np.where(self.received > as_of, np.nan, self.amount),
            paid=np.where(self.paid <= as_of, self.paid, NO_DAY),
        )

    @property
    def there(self) -> Array:
        """Whether an invoice has an amount, and so is there."""
        return np.asarray(~np.isnan(self.amount))

    @property
    def dated(self) -> Array:
        """Whether an invoice is there, and it is known since when."""
        return np.asarray(self.there & ~np.isnat(self.received))

    def paid_in(self, window: Window) -> Array:
        """Whether an invoice was paid on a day of the window."""
        return np.asarray(self.there & (self.paid >= window[0]) & (self.paid <= window[1]))

    @property
    def unpaid(self) -> Array:
        """Whether an invoice is there and has not been paid."""
        return np.asarray(self.there & np.isnat(self.paid))

    def sum(self, which: Array) -> Array:
        """Amounts of some invoices, by body."""
        return total(self.body[which], self.bodies, self.amount[which])

    def count(self, which: Array) -> Array:
        """Number of some invoices, by body."""
        return total(self.body[which], self.bodies)

    def weighted(self, days: Array, which: Array) -> Array:
        """Mean of days over some invoices, each weighing its amount."""
        weighed = total(self.body[which], self.bodies, days[which] * self.amount[which])
        return ratio(weighed, self.sum(which))


def by_currency(
    invoice: pa.Table, body_ids: Sequence[str], suspension: pa.Table | None = None
) -> dict[str, Invoices]:
    """The rows of the table `invoice`, currencies apart; `body_ids` says which body has which number.

    Amounts in different currencies are never added. Rows without an amount or a currency can be
    added to nothing and are left out; a body that is not among `body_ids` is an error.
    """
    numbers = pc.index_in(invoice["body_id"], value_set=pa.array(body_ids, pa.string()))
    if numbers.null_count:
        place = pc.index(pc.is_null(numbers), True).as_py()
        lost = invoice["body_id"][place].as_py()
        raise UsageError(f"The invoices name the body {lost}, which is not in the list of bodies.")
    body = numbers.to_numpy().astype(np.int64)
    held = _suspensions(invoice, suspension)
    amount = invoice["amount"].cast(pa.float64()).to_numpy()
    currency = invoice["currency"].combine_chunks().dictionary_encode()
    code = currency.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = {}
    for number, name in enumerate(currency.dictionary.to_pylist()):
        rows = np.flatnonzero((code == number) & ~np.isnan(amount))
        new = np.full(len(body), -1)
        new[rows] = np.arange(len(rows))
        mine = new[held.invoice] >= 0
        found[name] = Invoices(
            name,
            body[rows],
            len(body_ids),
            amount[rows],
            _days(invoice["received_date"])[rows],
            _days(invoice["due_date"])[rows],
            _days(invoice["paid_date"])[rows],
            Suspensions(new[held.invoice[mine]], held.since[mine], held.until[mine]),
            rows,
        )
    return dict(sorted(found.items()))


def cannot_be_added(invoice: pa.Table) -> int:
    """How many rows `by_currency` leaves out, because they have no amount or no currency."""
    return int(
        pc.sum(pc.or_(pc.is_null(invoice["amount"]), pc.is_null(invoice["currency"]))).as_py() or 0
    )


def _suspensions(invoice: pa.Table, suspension: pa.Table | None) -> Suspensions:
    if suspension is None:
        return NO_SUSPENSIONS
    place = pc.index_in(suspension["invoice_id"], value_set=invoice["invoice_id"])
    mine = ~np.asarray(pc.is_null(place))
    index = np.asarray(place.fill_null(0)).astype(np.int64)[mine]
    return Suspensions(
        index, _days(suspension["from_date"])[mine], _days(suspension["to_date"])[mine]
    )


def _days(column: pa.ChunkedArray) -> Array:
    found: Array = column.to_numpy()
    return found.astype(DAY)


def one_currency(invoices: Sequence[Invoices]) -> str:
    """The currency that all of these are in; refuses to go on where there are several."""
    found = sorted({each.currency for each in invoices})
    if len(found) != 1:
        raise UsageError(
            f"Amounts in {', '.join(found) or 'no currency'} cannot be added: measure each currency"
            " by itself (payments.by_currency)."
        )
    return found[0]


def suspended_days(invoices: Invoices, until: Array) -> Array:
    """h_i(t): days of suspension of each invoice within (received, until]; overlaps count once."""
    held = invoices.suspensions
    found = np.zeros(len(invoices))
    end = until[held.invoice]
    # A receipt on no known day cuts nothing off.
    since = np.fmax(held.since, invoices.received[held.invoice])
    upto = np.where(np.isnat(held.until), end, np.minimum(held.until, end))
    real = np.flatnonzero(since < upto)
    if not len(real):
        return found
    order = real[np.lexsort((since[real], held.invoice[real]))]
    which, since, upto = held.invoice[order], since[order], upto[order]
    # Each begins where the latest end before it lies, within the same invoice.
    low = since.min()
    span = int((upto.max() - low).astype(np.int64)) + 1
    reach = np.maximum.accumulate(which * span + (upto - low).astype(np.int64))
    begins = which * span + (since - low).astype(np.int64)
    before = np.concatenate([[-1], reach[:-1]])
    new = reach - np.maximum(begins, before)
    return np.bincount(which, new, len(invoices)).astype(np.float64)


@dataclass(frozen=True)
class Pmp:
    """Spain's mean time to pay (periodo medio de pago), by body; the two methods never mix."""

    method: str
    ratio_paid: Array
    amount_paid: Array
    ratio_pending: Array
    amount_pending: Array
    value: Array
    n_paid: Array
    n_pending: Array


def combined(
    ratio_paid: Array, amount_paid: Array, ratio_pending: Array, amount_pending: Array
) -> Array:
    """(ratio paid x paid + ratio pending x pending) / (paid + pending); a ratio of 0 paid is nothing."""
    weighed = np.where(amount_paid == 0, 0.0, ratio_paid * amount_paid) + np.where(
        amount_pending == 0, 0.0, ratio_pending * amount_pending
    )
    return ratio(weighed, amount_paid + amount_pending)


def pmp(
    invoices: Invoices,
    window: Window,
    *,
    method: str = RD1040,
    counted_from: Array | None = None,
) -> Pmp:
    """RD 635/2014 article 5: days of what was paid in the window, and of what is pending at its end.

    `counted_from` is the day from which the law counts (acceptance of the works, conformity, or
    entry of the invoice), `received` where it is not given. Series of two methods are not joined:
    `method` is "RD635" for quarters before April 2018, "RD1040" from then on.
    """
    if method not in METHODS:
        raise UsageError(f"No method {method} of mean time to pay: {' or '.join(METHODS)}.")
    last = window[1]
    known = invoices.seen(last)
    begin = known.received if counted_from is None else counted_from
    counts = ~np.isnat(begin) & (begin <= last)
    paid, pending = known.paid_in(window) & counts, known.unpaid & counts
    less = METHODS[method]
    ratio_paid = known.weighted(days_between(begin, known.paid) - less, paid)
    ratio_pending = known.weighted(days_between(begin, last) - less, pending)
    amount_paid, amount_pending = known.sum(paid), known.sum(pending)
    return Pmp(
        method,
        ratio_paid,
        amount_paid,
        ratio_pending,
        amount_pending,
        combined(ratio_paid, amount_paid, ratio_pending, amount_pending),
        known.count(paid),
        known.count(pending),
    )


def pmp_of_all(found: Pmp) -> float:
    """The mean time to pay of several bodies together, each weighing what it paid and has pending."""
    amount = found.amount_paid + found.amount_pending
    there = ~np.isnan(found.value)
    return float(ratio((found.value[there] * amount[there]).sum(), amount[there].sum()))


@dataclass(frozen=True)
class Itp:
    """Italy's indicator of timely payment, by body: days after the due date, negative is early."""

    value: Array
    n: Array


def itp(invoices: Invoices, window: Window) -> Itp:
    """DPCM 22 September 2014, article 9: sum of (paid - due - disputed days) x amount / amounts.

    Only what was paid in the window counts, so a body improves it by leaving old invoices unpaid:
    it is shown with the arrears ratio and the age of arrears, never alone.
    """
    known = invoices.seen(window[1])
    paid = known.paid_in(window) & ~np.isnat(known.due)
    days = days_between(known.due, known.paid) - suspended_days(known, known.paid)
    return Itp(known.weighted(days, paid), known.count(paid))


@dataclass(frozen=True)
class Shares:
    """How long what was paid in a window took, by body; shares are of invoices, unless said."""

    mean_days: Array  # unweighted
    within_30: Array
    from_31_to_60: Array
    over_60: Array
    late: Array
    late_by_value: Array
    n: Array  # of known receipt: what the mean and the bands are of
    n_due: Array  # with a due date: what the late shares are of


def shares(invoices: Invoices, window: Window) -> Shares:
    """Procurement Act 2023, section 69: mean days and bands by count; and what was paid late."""
    known = invoices.seen(window[1])
    paid = known.paid_in(window) & known.dated
    days = days_between(known.received, known.paid)
    n = known.count(paid)
    due = known.paid_in(window) & ~np.isnat(known.due)
    late = due & (days_between(known.due, known.paid) > suspended_days(known, known.paid))
    return Shares(
        ratio(total(known.body[paid], known.bodies, days[paid]), n),
        ratio(known.count(paid & (days <= PROMPT)), n),
        ratio(known.count(paid & (days > PROMPT) & (days <= SLOW)), n),
        ratio(known.count(paid & (days > SLOW)), n),
        ratio(known.count(late), known.count(due)),
        ratio(known.sum(late), known.sum(due)),
        n,
        known.count(due),
    )


def age_inversion(invoices: Invoices, window: Window) -> Share:
    """Of what was paid in the window, the share paid while an older invoice of the body waited.

    Older is received on an earlier day. Invoices that were ever suspended do not count as waiting:
    they may have been in dispute.
    """
    known = invoices.seen(window[1])
    disputed = np.zeros(len(known), np.bool_)
    disputed[known.suspensions.invoice] = True
    rows = np.flatnonzero(known.dated)
    order = rows[np.lexsort((known.received[rows], known.body[rows]))]
    body = known.body[order]
    day = known.received[order].astype(np.int64)
    forever = np.iinfo(np.int32).max
    gone = np.where(np.isnat(known.paid[order]), forever, known.paid[order].astype(np.int64))
    waits = np.where(disputed[order], -forever, gone)
    # The latest payment among those received earlier: a running maximum that starts anew a body.
    step = 4 * forever
    running = np.maximum.accumulate(body * step + waits + forever) if len(order) else waits
    new_day = np.ones(len(order), np.bool_)
    new_day[1:] = (body[1:] != body[:-1]) | (day[1:] != day[:-1])
    first_of_day = np.maximum.accumulate(np.where(new_day, np.arange(len(order)), 0))
    before = first_of_day - 1
    earlier = np.where(before >= 0, running[before] - body * step - forever, -forever)
    inverted = np.zeros(len(known), np.bool_)
    inverted[order] = earlier > gone
    paid = known.paid_in(window) & known.dated
    hits, n = known.count(paid & inverted), known.count(paid)
    return Share(ratio(hits, n), hits, n)


#: The days whose invoices are too many when a body pays just in time for the statistic, and the days
#: that say how many there should be (METHODS B.9).
BUNCH, AROUND = (29, 30), (20, 40)


@dataclass(frozen=True)
class Bunching:
    """Payments on days 29 and 30 against a line through days 20 to 28 and 31 to 40, by body."""

    count: Array
    expected: Array
    z: Array
    n: Array  # payments on days 20 to 40


def bunching(invoices: Invoices, window: Window) -> Bunching:
    """How many more invoices are paid on days 29 and 30 than the days around let expect.

    z is the excess over the root of its variance if counts of days were Poisson: that of the two
    days, and that of the line. NaN where no payment falls on the days around.
    """
    known = invoices.seen(window[1])
    paid = known.paid_in(window) & known.dated
    days = days_between(known.received, known.paid)
    low, high = AROUND
    near = np.flatnonzero(paid & (days >= low) & (days <= high))
    width = high - low + 1
    cell = known.body[near] * width + (days[near] - low).astype(np.int64)
    counts = np.bincount(cell, minlength=known.bodies * width).reshape(known.bodies, width)
    day = np.arange(low, high + 1)
    bunch = np.isin(day, BUNCH)
    line = np.stack([np.ones(width), day - day.mean()], axis=1)
    weights = line[bunch].sum(axis=0) @ np.linalg.pinv(line[~bunch])
    seen, rest = counts[:, bunch].sum(axis=1), counts[:, ~bunch]
    expected = np.maximum(rest @ weights, 0.0)
    variance = expected + rest @ weights**2
    z = ratio(seen - expected, np.sqrt(variance))
    return Bunching(seen, np.where(rest.sum(axis=1) > 0, expected, np.nan), z, counts.sum(axis=1))

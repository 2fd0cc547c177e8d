"""What a body owes past its due date on a day: the stock, its age, its interest, how it is cleared.

Definitions: METHODS A.3. The term of an invoice runs on the days on which it is not suspended; an
invoice is overdue from the day after its term has run out until it is paid. So lateness never falls
from one day to the next, and what is overdue stays so until it is paid.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from troth.errors import UsageError
from troth.measure.grouped import DAY, NO_DAY, Array, days_between, ratio, total
from troth.measure.payments import Invoices, Window, suspended_days

#: The last day of each age; the last age has none (METHODS A.3).
AGES = (30, 60, 90, 180, 365)

#: PEFA PI-22.1: largest arrears ratio of each grade, held in two of the last three years.
PEFA = (("A", 0.02), ("B", 0.06), ("C", 0.10))
PEFA_YEARS, PEFA_OF = 2, 3

#: Directive 2011/7: points above the reference rate, fixed sum for each late claim, and its currency.
EU_POINTS, EU_FIXED = 0.08, 40.0

#: China, where nothing is agreed: 0.05 % a day (METHODS A.3).
CN_DAILY = 0.0005

_YEAR = 365


def lateness(invoices: Invoices, on: Array) -> Array:
    """L_i(t) = max(0, (t - due) - suspended days until t); NaN without a due date."""
    past = days_between(invoices.due, on) - suspended_days(invoices, on)
    return np.asarray(np.maximum(past, 0.0), np.float64)


def overdue_from(invoices: Invoices) -> Array:
    """The first day on which each invoice is overdue if it is not paid; NaT where it never is."""
    held = invoices.suspensions
    day = invoices.due + np.timedelta64(1, "D")
    since = np.fmax(held.since, invoices.received[held.invoice])
    order = np.lexsort((since, held.invoice))
    which, since, until = held.invoice[order], since[order], held.until[order]
    real = np.isnat(until) | (since < until)
    which, since, until = which[real], since[real], until[real]
    begin = np.searchsorted(which, which)
    rank = np.arange(len(which)) - begin
    reach = np.full(len(invoices), NO_DAY)
    # One pass for each suspension an invoice can have: few, whatever the number of invoices.
    for number in range(int(rank.max()) + 1 if len(rank) else 0):
        at = np.flatnonzero(rank == number)
        of = which[at]
        # What an earlier suspension covered is not suspended twice.
        starts = np.where(np.isnat(reach[of]), since[at], np.maximum(since[at], reach[of]))
        stops = (starts < day[of]) & (np.isnat(until[at]) | (starts < until[at]))
        day[of[stops]] += (until[at] - starts)[stops]
        reach[of] = np.where(np.isnat(reach[of]), until[at], np.maximum(reach[of], until[at]))
    return day.astype(DAY)


def overdue(invoices: Invoices, as_of: np.datetime64) -> Array:
    """Whether each invoice, as things stood on `as_of`, was unpaid and past its term."""
    known = invoices.seen(as_of)
    return known.unpaid & (lateness(known, np.full(len(known), as_of)) > 0)


@dataclass(frozen=True)
class Stock:
    """Overdue invoices on one day, by body; `ages` is (bodies, 6): 1-30, ... 181-365, over 365 days."""

    amount: Array
    n: Array
    ages: Array
    mean_age: Array  # weighed by amount
    old_share: Array  # of the amount, over 365 days
    without_due: Array  # unpaid invoices of which nobody can tell whether they are late


def stock(invoices: Invoices, as_of: np.datetime64) -> Stock:
    """The arrears of each body on one day, with their age."""
    known = invoices.seen(as_of)
    late = lateness(known, np.full(len(known), as_of))
    which = np.flatnonzero(known.unpaid & (late > 0))
    age = np.searchsorted(AGES, late[which])
    many = len(AGES) + 1
    ages = total(known.body[which] * many + age, known.bodies * many, known.amount[which])
    ages = ages.reshape(known.bodies, many)
    amount = known.sum(which)
    return Stock(
        amount,
        known.count(which),
        ages,
        known.weighted(late, which),
        ratio(ages[:, -1], amount),
        known.count(known.unpaid & np.isnat(known.due)),
    )


def pefa_grade(ratios: Sequence[float]) -> str | None:
    """PI-22.1 from the arrears ratios of the last three years; None if too few are known to tell.

    A ratio is stock over total expenditure. A grade is held if two years reach it, D if none is;
    with a year unknown it is given only where that year could not change it.
    """
    if len(ratios) != PEFA_OF:
        raise UsageError(f"PEFA PI-22.1 looks at {PEFA_OF} years, not {len(ratios)}.")

    def of(years: Sequence[float]) -> str:
        for grade, most in PEFA:
            if sum(year <= most for year in years) >= PEFA_YEARS:
                return grade
        return "D"

    known = [year for year in ratios if not np.isnan(year)]
    gaps = PEFA_OF - len(known)
    best, worst = of([*known, *[0.0] * gaps]), of([*known, *[np.inf] * gaps])
    return best if best == worst else None


def pefa_grade_of_year(share: float) -> str | None:
    """The grade that the ratio of one year alone would have; None where it is unknown."""
    return pefa_grade([share] * PEFA_OF)


@dataclass(frozen=True)
class Interest:
    """Interest that the law gives for late payment, by body, in the currency of the invoices."""

    amount: Array
    fixed: Array  # compensation for each late claim
    n: Array  # late claims


def _late(invoices: Invoices, window: Window) -> tuple[Invoices, Array, Array]:
    """Invoices as seen at the end; the day to which each is late; which were late in the window.

    Late in the window: paid late on a day of it, or overdue at its end.
    """
    known = invoices.seen(window[1])
    until = np.where(np.isnat(known.paid), window[1], known.paid)
    in_time = known.paid_in(window) | known.unpaid
    return known, until, np.flatnonzero(in_time & (lateness(known, until) > 0))


def some(invoices: Invoices, which: Array) -> Invoices:
    """Some of the invoices, with their suspensions."""
    new = np.full(len(invoices), -1)
    new[which] = np.arange(len(which))
    held = invoices.suspensions
    mine = new[held.invoice] >= 0
    return Invoices(
        invoices.currency,
        invoices.body[which],
        invoices.bodies,
        invoices.amount[which],
        invoices.received[which],
        invoices.due[which],
        invoices.paid[which],
        type(held)(new[held.invoice[mine]], held.since[mine], held.until[mine]),
    )


def interest_cn(invoices: Invoices, window: Window, daily: Array | float = CN_DAILY) -> Interest:
    """Amount x late days x rate a day: 0.05 % where nothing is agreed, else the agreed rate."""
    known, until, which = _late(invoices, window)
    rate = np.broadcast_to(np.asarray(daily, np.float64), len(known))
    owed = known.amount * lateness(known, until) * rate
    n = known.count(which)
    return Interest(total(known.body[which], known.bodies, owed[which]), np.zeros(known.bodies), n)


def interest_eu(
    invoices: Invoices,
    window: Window,
    reference: Mapping[np.datetime64, float],
    fixed: float = EU_FIXED,
) -> Interest:
    """Directive 2011/7: (reference rate + 8 points) / 365 for each late day, and 40 for each claim.

    `reference` has the rate in force from the first day of each half-year (1 January, 1 July), as a
    share: 0.029 is 2.9 %. A late day in a half-year without a rate is refused. `fixed` is in the
    currency of the invoices: 40 in euro, its equivalent in others.
    """
    known, until, which = _late(invoices, window)
    late, ends = some(known, which), until[which]
    n = known.count(which)
    if not len(which):
        return Interest(np.zeros(known.bodies), np.zeros(known.bodies), n)
    starts = _half_years(late.due.min() + np.timedelta64(1, "D"), ends.max())
    owed, counted = np.zeros(len(late)), np.zeros(len(late))
    for start, after in pairwise(starts):
        # Late days are counted up to the last day of the half-year, so each falls into one.
        upto = lateness(late, np.minimum(ends, after - np.timedelta64(1, "D")))
        days, counted = upto - counted, upto
        if not days.any():
            continue
        rate = reference.get(start)
        if rate is None:
            raise UsageError(
                f"No reference rate for the half-year from {start}, in which {int((days > 0).sum())}"
                " invoices were late. Add it to the rates; none is assumed."
            )
        owed += late.amount * days * (rate + EU_POINTS) / _YEAR
    return Interest(total(late.body, late.bodies, owed), n * fixed, n)


#: Rates of the Directive in euro, by the first day of their half-year.
RATES = Path(__file__).with_name("reference_rates.csv")


def reference_rates(path: Path = RATES) -> dict[np.datetime64, float]:
    """The reference rates of Directive 2011/7 in euro as shares, by the first day of each half-year."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            np.datetime64(row["from"], "D"): float(row["percent"]) / 100
            for row in csv.DictReader(file)
        }


def _half_years(first: np.datetime64, last: np.datetime64) -> Array:
    """The first days of the half-years from that of `first` to the one after that of `last`."""
    month = first.astype("datetime64[M]").astype(np.int64)
    begin = month - month % 6
    end = last.astype("datetime64[M]").astype(np.int64)
    return np.arange(begin, end - end % 6 + 7, 6).astype("datetime64[M]").astype(DAY)


@dataclass(frozen=True)
class Clearance:
    """Arrears paid in a window over the opening stock and what became overdue in it, by body."""

    value: Array
    paid: Array
    opening: Array
    new: Array
    n: Array  # invoices in the denominator


def clearance(invoices: Invoices, window: Window) -> Clearance:
    """The clearance ratio (IMF TNM 14/03): 1 if all that was or fell overdue was paid."""
    opened = overdue(invoices, window[0] - np.timedelta64(1, "D"))
    known, _, late = _late(invoices, window)
    fell = np.zeros(len(known), np.bool_)
    fell[late] = True
    new = fell & ~opened
    paid = fell & known.paid_in(window)
    opening, amount = known.sum(opened), known.sum(new)
    return Clearance(
        ratio(known.sum(paid), opening + amount),
        known.sum(paid),
        opening,
        amount,
        known.count(opened | new),
    )


@dataclass(frozen=True)
class Dressing:
    """How far arrears are lower on reporting days than on others, by body; rebound after 15 days."""

    value: Array  # (mean of all days - mean of reporting days) / mean of all days
    rebound: Array  # mean rise in the 15 days after a reporting day / mean of all days
    mean_stock: Array
    reporting_days: int
    std_err: Array  # of the mean over reporting days; NaN where there is but one


#: Days after a reporting day in which arrears that were hidden come back (METHODS, D09).
REBOUND = 15


def daily_stock(invoices: Invoices, window: Window) -> Array:
    """(bodies, days): the overdue amount of each body at the end of each day of the window."""
    known = invoices.seen(window[1])
    first, days = window[0], int((window[1] - window[0]).astype(np.int64)) + 1
    begins = overdue_from(known)
    which = np.flatnonzero(known.there & ~np.isnat(begins))
    begin = np.clip(days_between(first, begins[which]), 0, days).astype(np.int64)
    # An invoice that came in after its term is overdue from the day it is there.
    came = np.nan_to_num(days_between(first, known.received[which]))
    came = np.clip(came, 0, days).astype(np.int64)
    begin = np.maximum(begin, came)
    end = np.nan_to_num(days_between(first, known.paid[which]), nan=days)
    end = np.clip(end, 0, days).astype(np.int64)
    real = begin < end
    cell = known.body[which][real] * (days + 1)
    amount = known.amount[which][real]
    size = known.bodies * (days + 1)
    change = total(cell + begin[real], size, amount) - total(cell + end[real], size, amount)
    return np.asarray(np.cumsum(change.reshape(known.bodies, days + 1), axis=1)[:, :-1])


def window_dressing(
    invoices: Invoices, window: Window, reporting: Sequence[np.datetime64]
) -> Dressing:
    """Arrears on reporting days against those of every day of the window (D09).

    `reporting` are days of the window; those in its last 15 days have no rebound to be seen. NaN
    where a body had no arrears at all.
    """
    days = np.array(reporting, DAY)
    if not len(days) or (days < window[0]).any() or (days > window[1]).any():
        raise UsageError(
            f"{len(days)} reporting days: at least one is needed, and all in the window from"
            f" {window[0]} to {window[1]}."
        )
    at = (days - window[0]).astype(np.int64)
    held = daily_stock(invoices, window)
    # Sums of amounts that come and go leave dust where nothing is owed.
    mean = held.mean(axis=1)
    mean = np.where(mean > np.abs(held).max(axis=1, initial=0.0) * 1e-12, mean, np.nan)
    value = ratio(mean - held[:, at].mean(axis=1), mean)
    std_err = np.full(len(mean), np.nan)
    if len(at) > 1:
        std_err = ratio(held[:, at].std(axis=1, ddof=1) / np.sqrt(len(at)), mean)
    later = at[at + REBOUND < held.shape[1]]
    if len(later):
        rebound = ratio((held[:, later + REBOUND] - held[:, later]).mean(axis=1), mean)
    else:
        rebound = np.full(len(mean), np.nan)
    return Dressing(value, rebound, mean, len(days), std_err)

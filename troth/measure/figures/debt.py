"""Figures of what bodies owe and how they pay: the measures of `payments`, `arrears` and their kin.

Amounts in different currencies are never added: a body whose cases are in several has no figure in
which amounts weigh. Arrays of invoices hold all bodies at once, each in the one currency of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.measure import arrears, judgments, payments, rejections
from troth.measure.figures.base import Array, Judged, Reckoned, Z, figure, with_error
from troth.measure.figures.plain import median_days, ratio_of_sums
from troth.measure.grouped import DAY, days_between, months_before, ratio, total
from troth.measure.intervals import wilson
from troth.measure.payments import NO_SUSPENSIONS, RD1040, Invoices, Suspensions, Window
from troth.measure.survival import each_curve, quantile

#: Days after receipt by which an invoice is due where nobody says otherwise (`indicators/shared`).
DEFAULT_TERM = 30

SEVERAL = "its amounts are in several currencies, which are never added up"
OTHER_CURRENCY = "it has invoices in another currency than its expenditure"
SILENT = "no invoice received in the last 12 months is known, so that none can be seen overdue"
TOO_FEW_OF_EACH = "fewer than {} invoices of small firms, or of large ones"
NO_RATE = "no reference rate is known for a half-year in which its invoices were late"

LEFT_OUT = "invoices left out for want of an amount or a currency"

#: Ages of arrears in words, as `arrears.AGES` cuts them.
AGES = ("1-30", "31-60", "61-90", "91-180", "181-365", "over 365")

#: Days after a judgment that D08 asks for, and those that stand beside it.
SATISFIED_WITHIN, EARLIER = 180, 90

BASIS_POINTS = 10_000

_YEAR = 12  # months


# -- what cases are made of ----------------------------------------------------------------------


def _window(judged: Judged) -> Window:
    """The period as both of its days."""
    return judged.first + np.timedelta64(1, "D"), judged.last


def _invoices(judged: Judged, rows: Array, held: bool = True) -> Invoices:
    """These rows of the table of invoices, due 30 days after receipt where nothing else is said."""
    table = judged.tables["invoice"]
    picked = pa.array(rows)

    def days(name: str) -> Array:
        found: Array = table[name].to_numpy()[rows].astype(DAY)
        return found

    received, due = days("received_date"), days("due_date")
    due = np.where(np.isnat(due), received + np.timedelta64(DEFAULT_TERM, "D"), due)
    suspensions = NO_SUSPENSIONS
    if held and judged.tables["invoice_suspension"].num_rows:
        suspensions = _suspensions(
            judged.tables["invoice_suspension"], table["invoice_id"].take(picked)
        )
    return Invoices(
        "the one of each body",
        table["body_no"].to_numpy()[rows].astype(np.int64),
        judged.bodies,
        table["amount"].to_numpy()[rows],
        received,
        due,
        days("paid_date"),
        suspensions,
        rows,
    )


def _by_amount(judged: Judged, rows: Array) -> Array:
    """These rows in an order that is not the ledger's, so that the last digit of a sum is not either."""
    table = judged.tables["invoice"]
    keys = [table[name].to_numpy()[rows] for name in ("paid_date", "due_date", "received_date")]
    found: Array = rows[np.lexsort((*keys, table["amount"].to_numpy()[rows]))]
    return found


def _suspensions(table: pa.Table, ids: pa.ChunkedArray) -> Suspensions:
    """Suspensions of the invoices with these identifiers, by their place among them."""
    wanted = table["invoice_id"].unique()
    code = pc.index_in(ids, value_set=wanted)
    there = np.flatnonzero(np.asarray(pc.is_valid(code)))
    place = np.full(len(wanted), -1)
    place[pc.drop_null(code).to_numpy()] = there
    of = place[pc.index_in(table["invoice_id"], value_set=wanted).to_numpy()]
    mine = of >= 0
    since: Array = table["from_date"].to_numpy()
    until: Array = table["to_date"].to_numpy()
    return Suspensions(of[mine], since[mine].astype(DAY), until[mine].astype(DAY))


def _currencies(judged: Judged, code: Array | None = None) -> tuple[Array, Array]:
    """Of each body the code of its one currency (-1 if it has no case), and whether it has several."""
    code = judged.kept["currency"] if code is None else code
    known = code >= 0
    there = np.zeros((judged.bodies, int(code.max(initial=-1)) + 1), np.bool_)
    there[judged.body[known], code[known]] = True
    many = there.sum(axis=1)
    if not there.shape[1]:
        return np.full(judged.bodies, -1), many > 1
    return np.where(many > 0, there.argmax(axis=1), -1), many > 1


def _unless(reasons: Sequence[tuple[Array, str]], bodies: int) -> list[str | None]:
    """Of each body the first reason that holds for it."""
    found: list[str | None] = [None] * bodies
    for holds, why in reversed(reasons):
        for body in np.flatnonzero(holds):
            found[body] = why
    return found


def _in(names: Sequence[str], code: Array, name: str, amount: Array) -> dict[str, Array]:
    """An amount under a name that says its currency, for the bodies that have that currency."""
    return {
        f"{name}, amount in {currency}": np.where(code == number, amount, np.nan)
        for number, currency in enumerate(names)
        if (code == number).any()
    }


def _sure(found: Reckoned) -> Reckoned:
    """The figure without an error where its cases are all alike: then nobody can tell how sure it is."""
    return replace(found, std_err=np.where(found.std_err > 0, found.std_err, np.nan))


def share(part: Array, whole: Array, body: Array, bodies: int) -> Reckoned:
    """The share of a whole that is a part of it, each case weighing its own whole.

    The interval is Wilson's for as many cases as the weights are worth, (sum w)^2 / sum w^2 (Kish
    1965), so that it is none of width 0 where all or nothing is part; the standard error is its width
    over 2 z. Sums are drawn in the order of the amounts: the last digit does not depend on the ledger's.
    """
    order = np.lexsort((part, whole))
    part, whole, body = part[order], whole[order], body[order]
    whole_sum = total(body, bodies, whole)
    value = np.clip(ratio(total(body, bodies, part), whole_sum), 0.0, 1.0)
    worth = ratio(whole_sum**2, total(body, bodies, whole**2))
    low, high = wilson(value * worth, worth)
    return Reckoned(value, low, high, (high - low) / (2 * Z), total(body, bodies))


def _weighted_days(judged: Judged, days: Array) -> Reckoned:
    """The mean of days, each case weighing its amount, with the error of a ratio estimator."""
    amount = judged.kept["amount"]
    # The last digit of a sum must not depend on the order of the ledger.
    order = np.lexsort((days, amount))
    amount = amount[order]
    kept = {"part": days[order] * amount, "whole": amount}
    return _sure(ratio_of_sums(replace(judged, kept=kept, body=judged.body[order])))


# -- paying --------------------------------------------------------------------------------------


@figure("mean_payment_period")
def mean_payment_period(judged: Judged) -> Reckoned:
    """D01: RD 635/2014 in its version of 2018, over the window; with what it is made of."""
    invoices = _invoices(judged, judged.entry)
    window = _window(judged)
    made = payments.pmp(invoices, window)
    code, several = _currencies(judged)
    names = judged.texts.get("currency", ())
    first_in = payments.age_inversion(invoices, window)
    found = _weighted_days(judged, judged.value)
    return replace(
        found,
        withheld=_unless([(several, SEVERAL)], judged.bodies),
        details={
            "ratio of what was paid, days": made.ratio_paid,
            "ratio of what is pending, days": made.ratio_pending,
            **_in(names, code, "paid", made.amount_paid),
            **_in(names, code, "pending", made.amount_pending),
            "less the 30 days of RD 635/2014 as it first was, days": made.value
            - payments.METHODS[payments.RD635],
            "paid while an older invoice waited, share of invoices": first_in.value,
        },
        words={"method": [RD1040] * judged.bodies},
    )


@figure("timely_payment")
def timely_payment(judged: Judged) -> Reckoned:
    """D02: `value` weighted by amount; beside it how much was paid late at all."""
    _, several = _currencies(judged)
    late = judged.value > 0
    n = total(judged.body, judged.bodies)
    amount = judged.kept["amount"]
    part = total(judged.body[late], judged.bodies, amount[late])
    return replace(
        _weighted_days(judged, judged.value),
        withheld=_unless([(several, SEVERAL)], judged.bodies),
        details={
            "paid late, share of invoices": ratio(total(judged.body[late], judged.bodies), n),
            "paid late, share of the amount": ratio(
                part, total(judged.body, judged.bodies, amount)
            ),
        },
    )


@figure("days_to_pay")
def days_to_pay(judged: Judged) -> Reckoned:
    """D03: the median with those still waiting; shares and mean are of what was paid in the period.

    They are as section 69 of the Procurement Act has them: of every payment made in the period,
    whenever the invoice came.
    """
    table = judged.tables["invoice"]
    paid, body = table["paid_date"].to_numpy(), table["body_no"].to_numpy()
    in_period = (paid > judged.first) & (paid <= judged.last) & (body >= 0)
    rows = np.flatnonzero(in_period & (table["received_date"].to_numpy() <= paid))
    invoices = _invoices(judged, rows, held=False)
    # Shares by count: an invoice without an amount is one all the same.
    invoices = replace(invoices, amount=np.ones(len(rows)))
    window = _window(judged)
    of, bunched = payments.shares(invoices, window), payments.bunching(invoices, window)
    return replace(
        _sure(median_days(judged)),
        details={
            "paid within 30 days, share of invoices": of.within_30,
            "paid on day 31 to 60, share of invoices": of.from_31_to_60,
            "paid after 60 days, share of invoices": of.over_60,
            "days to pay what was paid, unweighted mean": of.mean_days,
            "invoices paid in the period": np.asarray(of.n, np.float64),
            "more paid on days 29 and 30 than the days around let expect, z": bunched.z,
        },
    )


@figure("rejection_churn")
def rejection_churn(judged: Judged) -> Reckoned:
    """D10: the share of flagged cases; beside it the median time to acceptance."""
    n = total(judged.body, judged.bodies)
    found = share(
        judged.flagged.astype(np.float64), np.ones(len(judged)), judged.body, judged.bodies
    )
    again = judged.kept["again"] == 1
    days = judged.kept["days"]
    ended = judged.kept["ended"] == 1
    lag = np.full(judged.bodies, np.nan)
    # What ended on the day it began lasted less than a day; what came today has not waited yet.
    known = ~np.isnan(days) & (days >= 0) & ((days > 0) | ended)
    curves = each_curve(
        judged.body[known], judged.bodies, np.maximum(days[known], 0.5), ended[known], z=Z
    )
    for body, curve in enumerate(curves):
        if curve.n:
            lag[body] = quantile(curve).value
    return replace(
        found,
        details={
            "registered anew, share of invoices": ratio(
                total(judged.body[again], judged.bodies), n
            ),
            "days from receipt to acceptance, median (Kaplan-Meier)": lag,
        },
    )


@figure("small_firm_wait")
def small_firm_wait(judged: Judged) -> Reckoned:
    """D11: within terciles of amount; at least so many invoices of each kind of firm."""
    invoices = _invoices(judged, judged.entry, held=False)
    gap = rejections.small_firm_gap(invoices, judged.kept["small"].astype(float), judged.last)
    _, several = _currencies(judged)
    least = judged.settings["of_each"]
    few = np.minimum(gap.n_small, gap.n_large) < least
    found = with_error(gap.value, np.where(gap.std_err > 0, gap.std_err, np.nan))
    return replace(
        found,
        n=gap.n_small + gap.n_large,
        withheld=_unless([(several, SEVERAL), (few, TOO_FEW_OF_EACH.format(least))], judged.bodies),
        details={
            "invoices of small firms": gap.n_small.astype(np.float64),
            "invoices of large firms": gap.n_large.astype(np.float64),
        },
    )


# -- arrears -------------------------------------------------------------------------------------


@figure("old_arrears")
def old_arrears(judged: Judged) -> Reckoned:
    """D05: the share over a year old of what is overdue, and the whole table of ages."""
    amount, late, body = judged.kept["amount"], judged.value, judged.body
    found = share(np.where(judged.flagged, amount, 0.0), amount, body, judged.bodies)
    code, several = _currencies(judged)
    names = judged.texts.get("currency", ())
    many = len(AGES)
    cell = body * many + np.searchsorted(arrears.AGES, late)
    amounts = total(cell, judged.bodies * many, amount).reshape(judged.bodies, many)
    counts = total(cell, judged.bodies * many).reshape(judged.bodies, many)
    details: dict[str, Array] = {}
    for place, age in enumerate(AGES):
        details |= _in(names, code, f"overdue {age} days", amounts[:, place])
    for place, age in enumerate(AGES):
        details[f"overdue {age} days, invoices"] = counts[:, place].astype(np.float64)
    whole = total(body, judged.bodies, amount)
    details |= _in(names, code, "overdue", whole)
    details["age of arrears, days weighted by amount"] = ratio(
        total(body, judged.bodies, late * amount), whole
    )
    return replace(found, withheld=_unless([(several, SEVERAL)], judged.bodies), details=details)


@figure("share_of_value")
def share_of_value(judged: Judged) -> Reckoned:
    """The sum of the kept `part` over that of `whole`, within the one `currency` of a body."""
    found = share(judged.kept["part"], judged.kept["whole"], judged.body, judged.bodies)
    code, several = _currencies(judged)
    names = judged.texts.get("currency", ())
    part = total(judged.body, judged.bodies, judged.kept["part"])
    whole = total(judged.body, judged.bodies, judged.kept["whole"])
    return replace(
        found,
        withheld=_unless([(several, SEVERAL)], judged.bodies),
        details={**_in(names, code, "part", part), **_in(names, code, "whole", whole)},
    )


@figure("clearance_ratio")
def clearance_ratio(judged: Judged) -> Reckoned:
    """D06: what was paid late in the window over what was overdue at its start or became so."""
    of = arrears.clearance(_invoices(judged, judged.entry), _window(judged))
    found = share_of_value(judged)
    code, _ = _currencies(judged)
    names = judged.texts.get("currency", ())
    return replace(
        found,
        details={
            **_in(names, code, "overdue at the start", of.opening),
            **_in(names, code, "newly overdue", of.new),
            **_in(names, code, "paid of both", of.paid),
        },
    )


@figure("window_dressing")
def window_dressing(judged: Judged) -> Reckoned:
    """D09: reporting days are the ends of the months that the card names; n is their number."""
    window = _window(judged)
    days = month_ends(window, judged.settings["reporting_months"])
    found = arrears.window_dressing(
        _invoices(judged, _by_amount(judged, judged.entry)), window, days
    )
    code, several = _currencies(judged)
    names = judged.texts.get("currency", ())
    any_case = total(judged.body, judged.bodies) > 0
    return replace(
        with_error(found.value, np.where(found.std_err > 0, found.std_err, np.nan)),
        n=np.where(any_case, found.reporting_days, 0),
        withheld=_unless([(several, SEVERAL)], judged.bodies),
        details={
            **_in(names, code, "overdue, mean of all days", found.mean_stock),
            "rise in the 15 days after a reporting day, share of the mean": found.rebound,
        },
    )


def month_ends(window: Window, months: Sequence[int]) -> list[np.datetime64]:
    """The last days of these months of the year (1 to 12) that lie in the window."""
    first, last = (day.astype("datetime64[M]") for day in window)
    every = np.arange(first, last + 1)
    every = every[np.isin(every.astype(np.int64) % _YEAR + 1, months)]
    ends = (every + 1).astype(DAY) - np.timedelta64(1, "D")
    return list(ends[ends <= window[1]])


# -- against expenditure -------------------------------------------------------------------------


def _latest(judged: Judged) -> tuple[Array, Array, Array, Array]:
    """Of each body: expenditure of three fiscal years (the latest first), the latest known, its year
    back, and the code of its currency; NaN and -1 where there is none."""
    back = (judged.last.astype("datetime64[Y]") - judged.when.astype("datetime64[Y]")).astype(int)
    years = np.full((judged.bodies, arrears.PEFA_OF), np.nan)
    years[judged.body, back] = judged.value
    known = ~np.isnan(years)
    first = known.argmax(axis=1)
    rows = np.arange(judged.bodies)
    currency = np.full((judged.bodies, arrears.PEFA_OF), -1)
    currency[judged.body, back] = judged.kept["currency"]
    # Years in another currency than the latest one are set against nothing.
    years[currency != currency[rows, first][:, None]] = np.nan
    return years, years[rows, first], first, currency[rows, first]


@dataclass(frozen=True)
class _Against:
    """What is set against expenditure."""

    late: Invoices  # that waited past their due date on a day after a given one
    usual: Array  # of each body, what an invoice of the last year comes to on average
    withheld: list[str | None]
    left_out: Array  # invoices without an amount or a currency, which can be added to nothing


def _against(judged: Judged, code: Array, since: np.datetime64) -> _Against:
    """The invoices in the currency of each body's expenditure, and why a body cannot be told of."""
    table = judged.tables["invoice"]
    body, amount = table["body_no"].to_numpy(), table["amount"].to_numpy()
    received = table["received_date"].to_numpy()
    body = np.where(body >= 0, body, -1)
    told = (body >= 0) & (amount > 0) & ~(received > judged.last)
    recent = told & (received > months_before(judged.last, _YEAR))
    names = judged.texts.get("currency", ())
    currency = pc.index_in(table["currency"], value_set=pa.array(names, pa.string()))
    own = currency.fill_null(-1).to_numpy()
    paid = table["paid_date"].to_numpy()
    told &= ~(paid <= since)
    unknown = (body >= 0) & ~(received > judged.last) & ~(paid <= since)
    unknown &= np.isnan(amount) | (own < 0) & np.asarray(pc.is_null(table["currency"]))
    other = told & ~unknown
    other[other] = own[other] != code[body[other].astype(np.int64)]
    told &= ~(paid < received) & ~other & ~unknown
    due = table["due_date"].to_numpy()
    due = np.where(np.isnat(due), received + np.timedelta64(DEFAULT_TERM, "D"), due)
    late = np.flatnonzero(told & ~(paid <= due) & (due < judged.last))

    def count(which: Array) -> Array:
        return total(body[which].astype(np.int64), judged.bodies)

    by_amount = np.flatnonzero(recent)
    by_amount = by_amount[np.argsort(amount[by_amount], kind="stable")]
    recent_sum = total(body[by_amount].astype(np.int64), judged.bodies, amount[by_amount])
    mean = ratio(recent_sum, count(recent))
    reasons = [(count(recent) == 0, SILENT), (count(other) > 0, OTHER_CURRENCY)]
    return _Against(
        _invoices(judged, _by_amount(judged, late)),
        mean,
        _unless(reasons, judged.bodies),
        count(unknown).astype(np.float64),
    )


@figure("arrears_ratio")
def arrears_ratio(judged: Judged) -> Reckoned:
    """D04: the stock on the last day over the latest expenditure; the PEFA grade of three years.

    A year back is counted from the day of judgement. The variance is that of a sum of so many amounts
    as came (compound Poisson): the sum of their squares, and of that of one more of average size, so
    that a body without arrears is not held to be sure of none.
    """
    years, latest, back, code = _latest(judged)
    days = [months_before(judged.last, _YEAR * number) for number in range(arrears.PEFA_OF)]
    against = _against(judged, code, days[-1])
    invoices, usual = against.late, against.usual
    stocks = [arrears.stock(invoices, day) for day in days]
    now = arrears.overdue(invoices, judged.last)
    squares = total(invoices.body[now], judged.bodies, invoices.amount[now] ** 2)
    std_err = ratio(np.sqrt(squares + usual**2), latest)
    value = ratio(stocks[0].amount, latest)
    by_year = ratio(np.stack([one.amount for one in stocks], axis=1), years)
    names = judged.texts.get("currency", ())
    found = with_error(value, std_err, total(judged.body, judged.bodies))
    return replace(
        found,
        low=np.maximum(found.low, 0.0),
        withheld=against.withheld,
        details={
            **_in(names, code, "overdue", stocks[0].amount),
            "overdue invoices": stocks[0].n.astype(np.float64),
            **_in(names, code, "total expenditure", latest),
            "fiscal year of the expenditure": _fiscal_year(judged, back, latest),
            LEFT_OUT: against.left_out,
            "the same a year earlier, share": by_year[:, 1],
            "the same two years earlier, share": by_year[:, 2],
        },
        words={
            "PEFA PI-22.1, three years": [arrears.pefa_grade(list(row)) for row in by_year],
            "PEFA PI-22.1, of this year alone": [arrears.pefa_grade_of_year(one) for one in value],
        },
    )


def _fiscal_year(judged: Judged, back: Array, latest: Array) -> Array:
    last = judged.last.astype("datetime64[Y]").astype(int) + 1970
    return np.where(np.isnan(latest), np.nan, last - back)


@figure("default_interest")
def default_interest(judged: Judged) -> Reckoned:
    """D07: interest on what was late in the last year, in the law of the country, over expenditure.

    The law is that of the currency: cases are there only where country and currency go together. An
    error is that of a sum of so many claims as came (compound Poisson); none without a claim.
    """
    _, latest, back, code = _latest(judged)
    window = (months_before(judged.last, _YEAR) + np.timedelta64(1, "D"), judged.last)
    against = _against(judged, code, window[0] - np.timedelta64(1, "D"))
    invoices = against.late
    names = judged.texts.get("currency", ())
    own = code[invoices.body]
    rates = arrears.reference_rates()
    interest, fixed = np.zeros(len(invoices)), np.zeros(len(invoices))
    claim = np.zeros(len(invoices), np.bool_)
    lacking = np.zeros(judged.bodies, np.bool_)
    for law, currency in judged.settings.items():
        if currency not in names:
            continue
        rows = np.flatnonzero(own == names.index(currency))
        # Each invoice is looked at as if it were a body of its own.
        each = replace(arrears.some(invoices, rows), body=np.arange(len(rows)), bodies=len(rows))
        if law == "EU":
            covered = _covered(each, judged.last, rates)
            lacking[invoices.body[rows[~covered]]] = True
            rows, each = rows[covered], arrears.some(each, np.flatnonzero(covered))
            each = replace(each, body=np.arange(len(rows)), bodies=len(rows))
            got = arrears.interest_eu(each, window, rates)
        else:
            got = arrears.interest_cn(each, window)
        interest[rows], fixed[rows], claim[rows] = got.amount, got.fixed, got.n > 0
    both = interest + fixed

    def of(values: Array) -> Array:
        return total(invoices.body, judged.bodies, values)

    value = BASIS_POINTS * ratio(of(both), latest)
    std_err = BASIS_POINTS * ratio(np.sqrt(of(both**2)), latest)
    found = with_error(
        value, np.where(std_err > 0, std_err, np.nan), total(judged.body, judged.bodies)
    )
    withheld = [
        why or (NO_RATE if lacks else None)
        for why, lacks in zip(against.withheld, lacking, strict=True)
    ]
    return replace(
        found,
        low=np.maximum(found.low, 0.0),
        withheld=withheld,
        details={
            **_in(names, code, "interest", of(interest)),
            **_in(names, code, "fixed compensation", of(fixed)),
            "late claims": of(claim.astype(np.float64)),
            LEFT_OUT: against.left_out,
            "fiscal year of the expenditure": _fiscal_year(judged, back, latest),
        },
    )


def _covered(
    invoices: Invoices, last: np.datetime64, rates: Mapping[np.datetime64, float]
) -> Array:
    """Whether the rate of every half-year in which an invoice may have been late is known."""
    known = np.array(sorted(rates), DAY)
    month = np.timedelta64(6, "M")
    ends = (known.astype("datetime64[M]") + month).astype(DAY)
    # From the first half-year without a gap up to the last one.
    gaps = np.flatnonzero(known[1:] != ends[:-1])
    first = known[gaps[-1] + 1] if len(gaps) else known[0]
    until = np.where(np.isnat(invoices.paid), last, np.minimum(invoices.paid, last))
    return np.asarray((invoices.due + np.timedelta64(1, "D") >= first) & (until < ends[-1]))


# -- judgments and reports -----------------------------------------------------------------------


@figure("unpaid_judgments")
def unpaid_judgments(judged: Judged) -> Reckoned:
    """D08: the share not paid in full after 180 days, Kaplan-Meier.

    The interval is the curve's own; where nothing or all was paid it is Wilson's for those that were
    seen so long. The standard error is Greenwood's, or the width of that interval over 2 z.
    """
    table, paid = judged.tables["judgment"], judged.tables["judgment_payment"]
    ids = table["judgment_id"].take(pa.array(judged.entry))
    of = pc.index_in(paid["judgment_id"], value_set=ids.combine_chunks())
    mine = np.flatnonzero(np.asarray(pc.is_valid(of)))
    owed = judgments.Owed(
        "the one of each",
        judged.body,
        judged.bodies,
        judged.kept["amount"],
        judged.when,
        np.asarray(of.fill_null(0)).astype(np.int64)[mine],
        paid["date"].to_numpy()[mine].astype(DAY),
        np.nan_to_num(paid["amount"].to_numpy()[mine]),
        "the one of each",
    )
    curves = judgments.time_to_settle(owed, judged.last, z=Z)
    value, low, high, std_err, earlier = (np.full(judged.bodies, np.nan) for _ in range(5))
    for body, curve in enumerate(curves):
        if not curve.n:
            continue
        value[body] = curve.at(SATISFIED_WITHIN)[0]
        earlier[body] = curve.at(EARLIER)[0]
        low[body], high[body] = (one[0] for one in curve.interval_at(SATISFIED_WITHIN))
        std_err[body] = curve.error_at(SATISFIED_WITHIN)[0]
    whole = (value <= 0) | (value >= 1)
    days = days_between(judged.when, judged.last)
    seen = total(judged.body[days >= SATISFIED_WITHIN], judged.bodies).astype(np.float64)
    ends = wilson(np.where(whole, value * seen, 0.0), seen)
    low, high = np.where(whole, ends[0], low), np.where(whole, ends[1], high)
    std_err = np.where(whole, (high - low) / (2 * Z), std_err)
    stock = judgments.outstanding(owed, judged.last)
    code, several = _currencies(judged)
    names = judged.texts.get("currency", ())
    single = np.where(several, -1, code)
    details = {
        "not paid in full after 90 days, share": earlier,
        **_in(names, single, "unpaid", stock.amount),
        "age of what is unpaid, days weighted by amount": np.where(several, np.nan, stock.mean_age),
        "unpaid, share of expenditure": _of_expenditure(
            judged, np.where(several, np.nan, stock.amount), names, code
        ),
        "days listed as defaulter in the last 12 months": _listed(judged),
    }
    return Reckoned(value, low, high, std_err, total(judged.body, judged.bodies), details=details)


def _listed(judged: Judged) -> Array:
    """Days of the last year on which a body stood on the list for any of its judgments, summed."""
    table = judged.tables["judgment"]
    since = table["defaulter_listed_from"].to_numpy()[judged.entry].astype(DAY)
    until = table["defaulter_listed_to"].to_numpy()[judged.entry].astype(DAY)
    window = (months_before(judged.last, _YEAR) + np.timedelta64(1, "D"), judged.last)
    days = judgments.listed_days(since, until, *window)
    return total(judged.body, judged.bodies, days)


def _of_expenditure(judged: Judged, amount: Array, names: Sequence[str], code: Array) -> Array:
    """An amount over the expenditure of the latest fiscal year known, in the same currency."""
    table = judged.tables["body_year"]
    body = table["body_no"].to_numpy()
    year = table["fiscal_year"].to_numpy()
    spent = table["expenditure_total"].to_numpy()
    currency = pc.index_in(table["currency"], value_set=pa.array(names, pa.string()))
    last = judged.last.astype("datetime64[Y]").astype(int) + 1970
    known = (body >= 0) & ~np.isnan(spent) & (year <= last) & (year > last - arrears.PEFA_OF)
    rows = np.flatnonzero(known)
    rows = rows[currency.fill_null(-1).to_numpy()[rows] == code[body[rows].astype(np.int64)]]
    latest = np.full(judged.bodies, np.nan)
    order = rows[np.lexsort((year[rows], body[rows]))]
    latest[body[order].astype(np.int64)] = spent[order]
    return ratio(amount, latest)


@figure("whole_reports")
def whole_reports(judged: Judged) -> Reckoned:
    """D14: a report is what one body owes for one period under one law; it is whole when stock, age
    and composition were all there in time. One of which a part was not looked for does not count."""
    parts = 3
    report = judged.body * (int(judged.kept["report"].max(initial=-1)) + 1) + judged.kept["report"]
    numbers, which = np.unique(report, return_inverse=True)
    seen = np.zeros((len(numbers), parts), np.bool_)
    late = np.zeros(len(numbers), np.bool_)
    part = judged.kept["part"].astype(np.int64)
    seen[which, part] = True
    late[which[judged.flagged]] = True
    body = np.zeros(len(numbers), np.int64)
    body[which] = judged.body
    whole = seen.all(axis=1)
    found = share(
        (~late[whole]).astype(np.float64), np.ones(int(whole.sum())), body[whole], judged.bodies
    )
    unsure = total(body[~whole], judged.bodies).astype(np.float64)
    return replace(found, details={"reports of which a part was not looked for": unsure})

"""Figures of continuity: what becomes of contracts, bills and promises when office changes.

Changes of office come from the ledger `term` by `exposure.changes`, post by post. A contract is
exposed from a change on and never before it: `exposure.Rows` refuses any other form.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.measure import cox, exposure, interrupted, rates
from troth.measure.agreement import Scale, Standing, krippendorff
from troth.measure.exposure import PLACEBO_SHIFTS, Changes, Rows
from troth.measure.figures.base import Array, Judged, Reckoned, Z, figure, with_error
from troth.measure.grouped import DAY, NO_DAY, days_between, first_after, ratio, total
from troth.measure.intervals import wilson
from troth.measure.judgments import Owed, settled_on
from troth.measure.pooling import pulled
from troth.measure.survival import Curve, aalen_johansen, curves_by, kaplan_meier, quantile
from troth.measure.titles import ALIKE, cosines

#: Breaches that all bodies together, and that one body, must have (METHODS C01).
POOLED_EVENTS, BODY_EVENTS = 50, 5

#: The least reliability with which a body's own ratio is shown (METHODS B.7).
RELIABLE = 0.5

#: The comparison of C02 begins so many days before the change, and both look so far ahead.
PLACEBO, MONTHS_24, DAYS_A_MONTH = -365, 730.0, 365.25 / 12

#: Inherited contracts, milestones and bills that each side must have (METHODS C02, C04, C05).
INHERITED, MILESTONES, INVOICES = 30, 20, 50

#: Quarters after the change of which the mean is taken (METHODS C05).
FIRST_QUARTERS = (0, 1, 2)

#: Characters of the code of what is bought that must be the same (METHODS C07: CPV-4).
CLASS_DIGITS = 4

#: What a body says of a promise that it has nothing more to do for.
CLOSED = ("complete", "withdrawn")

#: Each sum is set against payments in its own currency only, which `_satisfied` sees to.
OWN_CURRENCY = "its own"

#: Years after which the works abandoned by then are told.
YEARS_5 = 5 * 365.0


def office(judged: Judged) -> tuple[Changes, Array]:
    """The changes of office up to the day of judgement, and by body the day from which all its
    posts' terms are known (NaT where none is)."""
    term = judged.tables["term"]
    body = pc.fill_null(term["body_no"], -1).to_numpy()
    mine = body >= 0
    body = body[mine]
    post = np.unique(_text(term["post"])[mine], return_inverse=True)[1].astype(np.int64)
    start, end = days(term["start_date"])[mine], days(term["end_date"])[mine]
    # Where nobody says whether a short term was acting, it counts as acting.
    acting = pc.fill_null(term["acting"], True).to_numpy(zero_copy_only=False)[mine]
    begun = np.where(start <= judged.last, start, NO_DAY)
    holds = body * (int(post.max()) + 1 if len(post) else 1) + post
    names, of = np.unique(holds, return_inverse=True)
    of = of.astype(np.int64)
    body_of = np.zeros(len(names), np.int64)
    body_of[of] = body
    found = exposure.changes(of, begun, end, judged.last, acting=acting)
    since = exposure.known_from(of, begun, len(names))
    known = np.full(judged.bodies, np.datetime64("0001-01-01", "D"))
    dated = ~np.isnat(since)
    np.maximum.at(known, body_of[dated], since[dated])
    none = np.ones(judged.bodies, np.bool_)
    none[body_of[dated]] = False
    known[none] = NO_DAY
    changed = body_of[found.body]
    later = found.on > known[changed]
    pairs = np.unique(
        np.stack([changed[later], found.on[later].astype(DAY).astype(np.int64)], axis=1), axis=0
    )
    return Changes(pairs[:, 0], pairs[:, 1].astype(DAY)), known


def days(column: pa.ChunkedArray) -> Array:
    """A column of days as datetime64[D], NaT where it is empty."""
    return np.asarray(column.cast(pa.date32()).to_numpy()).astype(DAY)


def _text(column: pa.ChunkedArray) -> Array:
    return np.asarray(
        pc.fill_null(column.cast(pa.string()), "").to_numpy(zero_copy_only=False), str
    )


def _share(hits: Array, n: Array, **more: Any) -> Reckoned:
    """A share with Wilson's interval; its standard error is the interval's width over 2 z."""
    low, high = wilson(hits, n)
    return Reckoned(ratio(hits, n), low, high, (high - low) / (2 * Z), n.astype(np.int64), **more)


# -- C01 -------------------------------------------------------------------------------------------


@figure("breach_ratio")
def breach_ratio(judged: Judged) -> Reckoned:
    """Each body's ratio of rates of breach, soon after a change over at other times, shrunk.

    The hazard ratios of all bodies together (Cox, exposure that changes in time, Efron, errors
    clustered by body) and the placebos are `pooled`. A body's log ratio is drawn to the mean of all;
    withheld below 50 breaches in all, 5 of the body, or a reliability of 0.5.
    """
    kept, bodies = judged.kept, judged.bodies
    change, known = office(judged)
    breached = kept["breached"] == 1
    given = (judged.body, kept["signed"], kept["ended"], breached, change, judged.last)
    rows = exposure.rows(*given, known)
    time = rates.person_time(rows, bodies)
    logs = rates.log_ratios(time)
    # A body that was never exposed, or always, has no ratio, and is not drawn to any.
    shrunk = pulled(logs.value, np.sqrt(logs.variance))
    events = int(rows.event.sum())
    withheld = [
        _why_no_ratio(events, int(own), value, reliability)
        for own, value, reliability in zip(logs.events, logs.value, shrunk.reliability, strict=True)
    ]
    value = np.exp(shrunk.estimate)
    pooled = {"all bodies: breaches": float(events)}
    if events >= POOLED_EVENTS:
        pooled |= _pooled_ratios(judged, rows)
        for shift, found in rates.placebo(*given, known=known, shifts=PLACEBO_SHIFTS).items():
            name = f"all bodies: rate ratio with changes shifted by {shift:+d} days (placebo)"
            pooled |= {name: found.value, f"{name}, p": found.p}
        pooled["all bodies: mean rate ratio that bodies are drawn to"] = float(np.exp(shrunk.mean))
    return Reckoned(
        value,
        np.exp(shrunk.estimate - Z * shrunk.std_err),
        np.exp(shrunk.estimate + Z * shrunk.std_err),
        value * shrunk.std_err,
        withheld=withheld,
        details={
            "breaches within 365 days after a change": time.events_exposed,
            "breaches at other times": time.events,
            "days at risk within 365 days after a change": time.days_exposed,
            "days at risk at other times": time.days,
            "rate ratio before it is drawn to the others": np.exp(logs.value),
            "reliability": shrunk.reliability,
        },
        pooled=pooled,
    )


def _why_no_ratio(pooled: int, events: int, value: float, reliability: float) -> str | None:
    if pooled < POOLED_EVENTS:
        return f"{pooled} breaches of all bodies together, fewer than {POOLED_EVENTS}"
    if np.isnan(value):
        return "no contract was under way both soon after a change of office and at other times"
    if events < BODY_EVENTS:
        return f"{events} {'breach' if events == 1 else 'breaches'}, fewer than {BODY_EVENTS}"
    if reliability < RELIABLE:
        return f"reliability {reliability:.2f}, below {RELIABLE}: only the ratio of all is told"
    return None


def _pooled_ratios(judged: Judged, rows: Rows) -> dict[str, float]:
    """Hazard ratios of all bodies: with the logarithm of the value, and within strata."""
    kept = judged.kept
    amount, currency, kind = kept["amount"], kept["currency"], kept["kind"]
    usable = (amount > 0) & (currency >= 0)
    log_value = np.log(np.where(usable, amount, np.nan))
    told: dict[str, float] = {}
    # Amounts of different currencies are never compared: each has a hazard of its own.
    priced = _only(rows, usable[rows.contract])
    if len(priced.stop):
        x = np.stack([priced.soon, log_value[priced.contract]], axis=1)
        by_value = cox.fit(
            priced.stop, priced.event, x, start=priced.start, cluster=priced.body,
            stratum=currency[priced.contract], names=("soon", "log value"),
        )  # fmt: skip
        told |= _hazard("within 365 days after a change, value held equal", by_value, 0)
        told["all bodies: p that this ratio is the same at all times"] = float(
            cox.proportional(by_value).p[0]
        )
    third = _thirds(log_value, currency)
    split, half = halved(rows, kept["signed"])
    stratum = _together(_together(kind, third)[split.contract], half)
    strict = cox.fit(
        split.stop, split.event, np.stack([split.soon, split.later], axis=1),
        start=split.start, stratum=stratum, cluster=split.body, names=("soon", "later"),
    )  # fmt: skip
    like = "like compared with like (kind, third of value, half-year)"
    told |= _hazard(f"within 365 days after a change, {like}", strict, 0)
    told |= _hazard(f"more than 365 days after a change, {like}", strict, 1)
    told["all bodies: contracts at risk"] = float(len(np.unique(rows.contract)))
    told["all bodies: bodies with a contract at risk"] = float(len(np.unique(rows.body)))
    return told


def _hazard(name: str, found: cox.Fit, which: int) -> dict[str, float]:
    name = f"all bodies: hazard ratio {name}"
    return {
        name: float(found.hazard_ratio[which]),
        f"{name}, low (95 %)": float(found.low[which]),
        f"{name}, high (95 %)": float(found.high[which]),
    }


def _only(rows: Rows, which: Array) -> Rows:
    return dataclasses.replace(
        rows,
        **{
            name: getattr(rows, name)[which]
            for name in (
                "contract", "body", "start", "stop", "event", "soon", "later", "first_change",
            )
        },
    )  # fmt: skip


def _thirds(log_value: Array, currency: Array) -> Array:
    """The third of its currency's contracts that a value belongs to (0 to 2); 3 where unknown."""
    found = np.full(len(log_value), 3)
    for one in np.unique(currency[currency >= 0]):
        own = np.flatnonzero((currency == one) & ~np.isnan(log_value))
        if len(own):
            found[own] = np.searchsorted(
                np.quantile(log_value[own], (1 / 3, 2 / 3)), log_value[own], side="right"
            )
    # A third is one within its currency.
    return np.asarray(found + 4 * (currency + 1))


def halved(rows: Rows, signed: Array) -> tuple[Rows, Array]:
    """The rows cut where half-years of the calendar end, and the half-year of each piece.

    Cutting adds no day and no event: each piece carries the exposure of its row, and the event
    stays with the last.
    """
    begun = signed[rows.contract].astype(DAY)
    first = begun + rows.start.astype(np.int64) + 1
    last = begun + rows.stop.astype(np.int64)
    low, high = _half_year(first), _half_year(last)
    many = high - low + 1
    at = np.repeat(np.arange(len(many)), many)
    half = low[at] + np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many)
    # The last day of a half-year, in days from signature.
    ends = days_between(begun[at], _first_day(half + 1) - np.timedelta64(1, "D"))
    begins = days_between(begun[at], _first_day(half) - np.timedelta64(1, "D"))
    pieces = _only(rows, at)
    stop = np.minimum(pieces.stop, ends)
    return dataclasses.replace(
        pieces,
        start=np.maximum(pieces.start, begins),
        stop=stop,
        event=pieces.event & (half == high[at]),
    ), half


def _half_year(day: Array) -> Array:
    return np.asarray(day.astype("datetime64[M]").astype(np.int64) // 6)


def _first_day(half: Array) -> Array:
    return np.asarray((half * 6).astype("datetime64[M]").astype(DAY))


# -- C02 -------------------------------------------------------------------------------------------


@figure("survival_lost")
def survival_lost(judged: Judged) -> Reckoned:
    """Months without breach within 24 months: of what was open 365 days before a change, less of
    what was open at it. The error is the infinitesimal jackknife over contracts, which may stand in
    both and more than once.
    """
    kept, bodies = judged.kept, judged.bodies
    change, _ = office(judged)
    given = (judged.body, kept["signed"], kept["ended"], kept["breached"] == 1)
    sides = [
        exposure.inherited(*given, moved, judged.last)
        for moved in (change.shifted(PLACEBO), change)
    ]
    counts = [total(side.body, bodies) for side in sides]
    value, std_err = np.full(bodies, np.nan), np.full(bodies, np.nan)
    withheld: list[str | None] = [None] * bodies
    orders = [np.argsort(side.body, kind="stable") for side in sides]
    edges = [
        np.searchsorted(side.body[order], np.arange(bodies + 1))
        for side, order in zip(sides, orders, strict=True)
    ]
    for one in np.flatnonzero(counts[1] >= INHERITED):
        if counts[0][one] < INHERITED:
            withheld[one] = (
                f"{counts[0][one]} contracts open a year before the change, fewer than {INHERITED}"
            )
            continue
        means, contracts, pushes = [], [], []
        for side, order, edge, sign in zip(sides, orders, edges, (1.0, -1.0), strict=True):
            own = order[edge[one] : edge[one + 1]]
            mean, influence = restricted_mean_influence(side.days[own], side.event[own])
            means.append(sign * mean)
            contracts.append(side.contract[own])
            pushes.append(sign * influence)
        value[one] = sum(means)
        if np.isnan(value[one]):
            withheld[one] = "no contract was watched for 24 months after the change"
            continue
        of = np.unique(np.concatenate(contracts), return_inverse=True)[1]
        std_err[one] = np.sqrt((np.bincount(of, np.concatenate(pushes)) ** 2).sum())
    return with_error(
        value / DAYS_A_MONTH,
        std_err / DAYS_A_MONTH,
        counts[1],
        withheld=withheld,
        details={"contracts open 365 days before a change": counts[0].astype(np.float64)},
    )


def restricted_mean_influence(length: Array, event: Array) -> tuple[float, Array]:
    """The mean time without the event within 730 days, and what each row adds to its error.

    Row i moves it by -sum over event times t_j of A_j (dN_ij - Y_ij d_j / n_j) / (n_j - d_j), where
    A_j is the area under the curve from t_j to the end. NaN where nobody was seen for so long.
    """
    curve = kaplan_meier(length, event)
    if not np.isfinite(curve.at(MONTHS_24)[0]):
        return np.nan, np.zeros(len(length))
    early = curve.time <= MONTHS_24
    time, survival = curve.time[early], curve.survival[early]
    areas = np.diff(np.concatenate([[0.0], time, [MONTHS_24]])) * np.concatenate([[1.0], survival])
    beyond = np.cumsum(areas[:0:-1])[::-1]
    n, d = curve.at_risk[early], curve.events[early]
    # Where all at risk had the event, no area is left to be moved.
    pace = np.divide(beyond, n - d, out=np.zeros(len(n)), where=n > d)
    at_risk = np.concatenate([[0.0], np.cumsum(pace * d / n)])
    influence = at_risk[np.searchsorted(time, length, side="right")]
    own = np.flatnonzero(event & (length <= MONTHS_24))
    place = np.searchsorted(time, length[own])
    influence[own] -= pace[place]
    return float(areas.sum()), influence


# -- C04 -------------------------------------------------------------------------------------------


@figure("gap_of_medians")
def gap_of_medians(judged: Judged) -> Reckoned:
    """The median of the kept `days` (some still running) of inherited cases less that of own ones.

    Days may be below 0. The errors of the two medians, from the intervals of their curves, are
    taken as independent.
    """
    bodies, slip = judged.bodies, judged.kept["days"]
    ended, inherited = judged.kept["ended"] == 1, judged.kept["inherited"] == 1
    shift = 1.0 - min(float(slip.min()), 0.0) if len(slip) else 1.0
    sides = []
    for side in (inherited, ~inherited):
        curves = curves_by(judged.body[side], bodies, slip[side] + shift, ended[side], z=Z)
        sides.append(_medians(curves, shift))
    (old, old_err), (own, own_err) = sides
    counts = [total(judged.body[side], bodies) for side in (inherited, ~inherited)]
    withheld = [
        None if min(old_n, own_n) >= MILESTONES
        else f"{old_n} inherited and {own_n} own milestones: at least {MILESTONES} of each are"
        " needed"
        for old_n, own_n in zip(*(one.tolist() for one in counts), strict=True)
    ]  # fmt: skip
    return with_error(
        old - own,
        np.hypot(old_err, own_err),
        counts[0] + counts[1],
        withheld=withheld,
        details={
            "inherited milestones": counts[0].astype(np.float64),
            "own milestones": counts[1].astype(np.float64),
            "median slip of inherited milestones, days": old,
            "median slip of own milestones, days": own,
        },
    )


def _medians(curves: list[Curve], shift: float) -> tuple[Array, Array]:
    value, std_err = np.full(len(curves), np.nan), np.full(len(curves), np.nan)
    for one, curve in enumerate(curves):
        if not curve.n:
            continue
        found = quantile(curve)
        value[one] = found.value - shift
        std_err[one] = (
            (found.value - found.low) / Z
            if np.isnan(found.high)
            else (found.high - found.low) / (2 * Z)
        )
    return value, std_err


# -- C05 -------------------------------------------------------------------------------------------


@figure("payment_gap")
def payment_gap(judged: Judged) -> Reckoned:
    """Mean days to pay, soon after a change less soon before it, on inherited contracts, by body.

    Bills of one contract are one cluster. The event study of all bodies against those that had not
    changed yet is `pooled`: the mean of its first three quarters, and the test that bodies did not
    part before the change.
    """
    kept, bodies = judged.kept, judged.bodies
    after, before = kept["after"] == 1, kept["before"] == 1
    counts = [total(judged.body[side], bodies) for side in (after, before)]
    means = [
        ratio(total(judged.body[side], bodies, kept["days"][side]), n)
        for side, n in zip((after, before), counts, strict=True)
    ]
    std_err = _clustered_gap(judged, (after, before), counts, means)
    withheld = [
        None if min(a, b) >= INVOICES
        else f"{b} bills before and {a} after a change: at least {INVOICES} of each are needed"
        for a, b in zip(*(one.tolist() for one in counts), strict=True)
    ]  # fmt: skip
    return with_error(
        means[0] - means[1],
        std_err,
        counts[0] + counts[1],
        withheld=withheld,
        details={
            "bills soon after a change": counts[0].astype(np.float64),
            "bills soon before a change": counts[1].astype(np.float64),
            "mean days soon after a change": means[0],
            "mean days soon before a change": means[1],
        },
        pooled=_study(judged),
    )


def _clustered_gap(
    judged: Judged, sides: tuple[Array, Array], counts: list[Array], means: list[Array]
) -> Array:
    """Standard errors of differences of two means, with one draw a contract (G / (G - 1))."""
    bodies = judged.bodies
    push = np.zeros(len(judged))
    for side, n, mean, sign in zip(sides, counts, means, (1.0, -1.0), strict=True):
        body = judged.body[side]
        push[side] = sign * (judged.kept["days"][side] - mean[body]) / n[body]
    used = sides[0] | sides[1]
    keys = judged.body[used] * (len(judged.texts.get("contract", ())) + 1)
    keys = keys + judged.kept["contract"][used]
    of, first, which = np.unique(keys, return_index=True, return_inverse=True)
    sums = np.bincount(which, push[used], len(of)) if len(of) else np.zeros(0)
    body = judged.body[used][first]
    clusters = total(body, bodies)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = total(body, bodies, sums**2) * clusters / (clusters - 1)
    return np.where(clusters > 1, np.sqrt(variance), np.nan)


def _study(judged: Judged) -> dict[str, float]:
    """The event study over quarters: bills before each body's first change, or inherited at it."""
    kept, bodies = judged.kept, judged.bodies
    change, _ = office(judged)
    first = np.full(bodies, NO_DAY)
    first[change.body[::-1]] = change.on[::-1]  # in order of days: the first stays
    on = first[judged.body]
    there = np.flatnonzero(np.isnat(on) | (kept["received"] < on) | (kept["signed"] < on))
    quarter = _quarter(kept["received"][there])
    if not len(there):
        return {}
    low, span = int(quarter.min()), int(quarter.max() - quarter.min()) + 1
    cells, of = np.unique(judged.body[there] * span + quarter - low, return_inverse=True)
    mean = np.bincount(of, kept["days"][there]) / np.bincount(of)
    body = cells // span
    changed = np.where(np.isnat(first), np.nan, _quarter(first).astype(np.float64))
    found = interrupted.event_study(body, cells % span + low, mean, changed[body])
    if found.problem:
        return {}
    taken = np.flatnonzero(np.isin(found.quarter, FIRST_QUARTERS))
    delta = found.delta[taken]
    error = float(np.sqrt(found.covariance[np.ix_(taken, taken)].sum()) / len(taken))
    name = "all bodies: days more in the three quarters after a change (event study)"
    mean_delta = float(delta.mean())
    return {
        name: mean_delta,
        f"{name}, low (90 %)": mean_delta - Z * error,
        f"{name}, high (90 %)": mean_delta + Z * error,
        "all bodies: p that bodies did not part before the change": found.pre_p,
        "all bodies: bodies that changed, in the event study": float(found.bodies),
        "all bodies: bodies that had not, in the event study": float(found.controls),
    }


def _quarter(day: Array) -> Array:
    return np.asarray(day.astype("datetime64[M]").astype(np.int64) // 3)


# -- C06 -------------------------------------------------------------------------------------------


@figure("gap_of_shares")
def gap_of_shares(judged: Judged) -> Reckoned:
    """The share `first_hit` of `first` less the share `second_hit` of `second`, by body.

    Newcombe's interval from the two Wilson intervals (1998, method 10), the shares taken as
    independent; the standard error is its width over 2 z. `n` is that of the first.
    """
    kept, bodies = judged.kept, judged.bodies
    shares = []
    for name in ("first", "second"):
        side, hit = kept[name] == 1, kept[f"{name}_hit"] == 1
        n = total(judged.body[side], bodies)
        hits = total(judged.body[side & hit], bodies)
        shares.append((ratio(hits, n), *wilson(hits, n), n))
    (p1, low1, high1, n1), (p2, low2, high2, n2) = shares
    value = p1 - p2
    low = value - np.hypot(p1 - low1, high2 - p2)
    high = value + np.hypot(high1 - p1, p2 - low2)
    return Reckoned(
        value,
        low,
        high,
        (high - low) / (2 * Z),
        n1,
        withheld=[
            None if n >= INHERITED
            else f"{n} contracts open a year before the change, fewer than {INHERITED}"
            for n in n2.tolist()
        ],
        details={
            "share in the 365 days after the change": p1,
            "share in the 365 days before it": p2,
            "contracts open 365 days before the change": n2.astype(np.float64),
        },
    )  # fmt: skip


# -- C07 -------------------------------------------------------------------------------------------


@figure("contracted_again")
def contracted_again(judged: Judged) -> Reckoned:
    """The share of breached contracts after which the same body signed one for the same object.

    The same object: the first 4 characters of its code, the place, and a title of cosine 0.8 or
    more; signed after the breach, within the card's days.
    """
    contract = judged.tables["registered_contract"]
    bodies, entries = judged.bodies, judged.entry
    code = np.array(
        [
            one.rsplit(":", 1)[-1].strip()[:CLASS_DIGITS]
            for one in _text(contract["classification"])
        ],
        str,
    )
    place = np.array([" ".join(one.split()).casefold() for one in _text(contract["place"])], str)
    body = pc.fill_null(contract["body_no"], -1).to_numpy()
    signed = days(contract["date_signed"])
    object_of = _together(body, code, place)
    first, second = _later(
        object_of, signed, entries, judged.kept["breached_on"], int(judged.settings["days"]),
        judged.last,
    )  # fmt: skip
    named = np.unique(np.concatenate([entries[first], second]))
    titles = contract["title"].take(pa.array(named))
    at = np.searchsorted(named, entries[first]), np.searchsorted(named, second)
    alike = cosines([one or "" for one in titles.to_pylist()], *at) >= ALIKE - 1e-12
    hit = np.zeros(len(judged), np.bool_)
    hit[first[alike]] = True
    return _share(total(judged.body[hit], bodies), total(judged.body, bodies))


def _together(*columns: Array) -> Array:
    """A number for each distinct combination of the columns' values."""
    found = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes = np.unique(column, return_inverse=True)[1]
        found = found * (int(codes.max()) + 1 if len(codes) else 1) + codes
        found = np.unique(found, return_inverse=True)[1].astype(np.int64)
    return found


def _later(
    object_of: Array, signed: Array, case: Array, since: Array, within: int, last: np.datetime64
) -> tuple[Array, Array]:
    """Pairs: a case, and an entry of the same object signed after `since`, within so many days."""
    dated = np.flatnonzero(~np.isnat(signed) & (signed <= last))
    order = dated[np.lexsort((signed[dated], object_of[dated]))]
    if not len(order) or not len(case):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    low = min(signed[order].min(), since.min())
    high = max(signed[order].max(), since.max() + np.timedelta64(within, "D"))
    span = int((high - low).astype(np.int64)) + 2
    keys = object_of[order] * span + (signed[order] - low).astype(np.int64)
    begin = object_of[case] * span + (since - low).astype(np.int64)
    first = np.searchsorted(keys, begin, side="right")
    end = np.searchsorted(keys, begin + within, side="right")
    many = end - first
    of = np.repeat(np.arange(len(case)), many)
    at = np.repeat(first, many) + np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)
    return of, order[at]


# -- C08, C09 --------------------------------------------------------------------------------------

#: What ends the waiting for completion, in the words of Aalen and Johansen.
_COMPLETE, _OTHERWISE, _STILL = 1, 2, 3


@figure("abandoned")
def abandoned(judged: Judged) -> Reckoned:
    """The share of value that is flagged, each body within its one currency.

    Wilson's interval for as many cases as the values are worth: (sum w)^2 / sum w^2 (Kish 1965).
    Beside it, by number of works: how many were abandoned, and complete, five years after they
    began (Aalen-Johansen).
    """
    kept, bodies, body = judged.kept, judged.bodies, judged.body
    amount, currency = kept["amount"], kept["currency"]
    whole = total(body, bodies, amount)
    share = ratio(total(body, bodies, amount * judged.flagged), whole)
    worth = ratio(whole**2, total(body, bodies, amount**2))
    low, high = wilson(share * worth, worth)
    withheld: list[str | None] = [None] * bodies
    least, most = np.full(bodies, np.iinfo(np.int64).max), np.full(bodies, -1)
    np.minimum.at(least, body, currency)
    np.maximum.at(most, body, currency)
    for one in np.flatnonzero((most >= 0) & (least < most)):
        withheld[one] = "amounts in several currencies, which are never added together"
    begun, last, ended = (kept[name] for name in ("begun", "last", "ended"))
    until = last + np.timedelta64(int(judged.settings["still"]), "D")
    status = np.array([*judged.texts.get("status", ()), ""])[kept["status"]]
    gone = judged.flagged
    over = ~np.isnat(ended) & ~gone
    stop = np.where(gone, until, np.where(over, ended, judged.last))
    cause = np.where(gone, _STILL, np.where(over, _OTHERWISE, 0))
    cause[over & (status == "complete")] = _COMPLETE
    length = np.maximum(days_between(begun, stop), 0.5)
    lost, done = _incidence(body, bodies, length, cause, YEARS_5, (_STILL, _COMPLETE))
    return Reckoned(
        share,
        low,
        high,
        (high - low) / (2 * Z),
        total(body, bodies),
        withheld=withheld,
        details={
            "share of works that lie still, by number": ratio(
                total(body, bodies, judged.flagged), total(body, bodies)
            ),
            "share abandoned within 5 years after they began, by number": lost[0],
            "share complete within 5 years after they began, by number": done[0],
        },
    )


@figure("completed_by")
def completed_by(judged: Judged) -> Reckoned:
    """The share complete so many days after the planned end; ending otherwise competes.

    Time runs from the planned end and may be below 0; what is open is lost from sight at the day
    of judgement. At 0 and 1 the interval is Wilson's, as the curve has none.
    """
    kept, bodies, body = judged.kept, judged.bodies, judged.body
    length = kept["days"]
    shift = 1.0 - min(float(length.min()), 0.0) if len(length) else 1.0
    over, complete = kept["over"] == 1, kept["complete"] == 1
    cause = np.where(complete, _COMPLETE, np.where(over, _OTHERWISE, 0))
    until = float(judged.settings["days"])
    both = (_COMPLETE, _OTHERWISE)
    done, otherwise = _incidence(body, bodies, length + shift, cause, until + shift, both)
    value, std_err, low, high = done
    n = total(body, bodies)
    edge_low, edge_high = wilson(np.where(np.isnan(value), 0.0, np.rint(value) * n), n)
    edge = (value < 1e-9) | (value > 1 - 1e-9)
    low, high = np.where(edge, edge_low, low), np.where(edge, edge_high, high)
    std_err = np.where(edge, (high - low) / (2 * Z), std_err)
    return Reckoned(
        value, low, high, std_err, n, details={"share that ended otherwise by then": otherwise[0]}
    )


def _incidence(
    body: Array, bodies: int, length: Array, cause: Array, until: float, causes: tuple[int, ...]
) -> list[tuple[Array, Array, Array, Array]]:
    """By cause and body: cumulative incidence at a time, its standard error, low and high."""
    found = [tuple(np.full(bodies, np.nan) for _ in range(4)) for _ in causes]
    order = np.argsort(body, kind="stable")
    edges = np.searchsorted(body[order], np.arange(bodies + 1))
    for one in np.flatnonzero(np.diff(edges)):
        own = order[edges[one] : edges[one + 1]]
        curve = aalen_johansen(length[own], cause[own], [until], z=Z)
        for columns, which in zip(found, causes, strict=True):
            if which in curve.causes:
                place = curve.causes.index(which)
                told = (curve.value, curve.std_err, curve.low, curve.high)
                for column, values in zip(columns, told, strict=True):
                    column[one] = values[0, place]
            elif np.isfinite(curve.free[0]):
                columns[0][one] = 0.0  # it happened to none of those that were watched
    return [(a, b, c, d) for a, b, c, d in found]


# -- C10, C11 --------------------------------------------------------------------------------------


@figure("lawful_change")
def lawful_change(judged: Judged) -> Reckoned:
    """The share with reason, legal basis and compensation, of contracts and promises together."""
    bodies = judged.bodies
    n, hits = total(judged.body, bodies), total(judged.body[judged.flagged], bodies)
    revised = judged.tables["commitment_rev"]
    promise = judged.tables["commitment"]
    place = pc.index_in(revised["commitment_id"], value_set=_ids(promise["commitment_id"]))
    bodies_of = np.append(pc.fill_null(promise["body_no"], -1).to_numpy(), -1)
    body = bodies_of[pc.fill_null(place, -1).to_numpy()]
    on = days(revised["date"])
    altered = (
        pc.fill_null(revised["withdrawn"], False).to_numpy(zero_copy_only=False)
        | ~np.isnat(days(revised["new_due"]))
        | pc.is_valid(revised["new_target"]).to_numpy(zero_copy_only=False)
    )
    mine = (body >= 0) & (body < bodies) & altered & (on > judged.first) & (on <= judged.last)
    every = np.ones(len(body), np.bool_)
    for name in ("reason", "legal_basis", "compensation"):
        every &= np.char.strip(_text(revised[name])) != ""
    promises, lawful = total(body[mine], bodies), total(body[mine & every], bodies)
    return _share(
        hits + lawful,
        n + promises,
        details={
            "changes of contracts": n.astype(np.float64),
            "of these with all three": hits.astype(np.float64),
            "changes of promises": promises.astype(np.float64),
            "of those promises with all three": lawful.astype(np.float64),
        },
    )


def _ids(column: pa.ChunkedArray) -> pa.Array:
    return column.cast(pa.string()).combine_chunks()


@figure("coded_share")
def coded_share(judged: Judged) -> Reckoned:
    """The share of flagged items, withheld where the assessors of all items agree too little.

    Krippendorff's alpha of yes and no over every item that was coded twice in the period, also of
    those on which the assessors are divided and that have no verdict.
    """
    bodies = judged.bodies
    ratings = _ratings(judged)
    found = krippendorff(ratings, Scale.NOMINAL, np.random.default_rng(0), resamples=0)
    why = {
        Standing.UNKNOWN: "agreement of assessors cannot be told: they gave one answer only",
        Standing.WITHHELD: f"assessors agree too little: alpha {found.alpha or 0:.3f}, below 0.667",
    }.get(found.standing)
    alpha = np.nan if found.alpha is None else found.alpha
    reserve = found.standing is Standing.WITH_RESERVE
    word = "with reserve: alpha below 0.8" if reserve else "without reserve"
    return _share(
        total(judged.body[judged.flagged], bodies),
        total(judged.body, bodies),
        withheld=[why] * bodies,
        words={"how far the assessors agree": [word] * bodies},
        pooled={
            "all bodies: Krippendorff's alpha of the codings": alpha,
            "all bodies: items coded at least twice": float(found.units),
        },
    )


def _ratings(judged: Judged) -> Array:
    """Yes (1) and no (0) of shape (codings, items): the last one of each assessor of each item."""
    rows = judged.tables["assessment"]
    on, body = days(rows["date"]), pc.fill_null(rows["body_no"], -1).to_numpy()
    value = pc.fill_null(rows["value"].cast(pa.float64()), np.nan).to_numpy()
    asked = _text(rows["code"]) == judged.settings["question"]
    used = np.flatnonzero(
        asked & (body >= 0) & (on > judged.first) & (on <= judged.last) & np.isin(value, range(4))
    )
    item = _together(body[used], _text(rows["item_id"])[used])
    coder = _together(item, _text(rows["assessor"])[used])
    order = np.lexsort((used, on[used], coder))
    newest = np.append(coder[order][1:] != coder[order][:-1], True) if len(order) else order == 0
    last = order[newest]
    last = last[np.argsort(item[last], kind="stable")]
    items = item[last]
    place = np.arange(len(last)) - np.searchsorted(items, items)
    units = int(items.max()) + 1 if len(items) else 0
    ratings = np.full((int(place.max()) + 1 if len(place) else 0, units), np.nan)
    ratings[place, items] = value[used][last] > 0
    return ratings


# -- C12 -------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Obligations:
    """What may be open at a change of office, and every act on it; one element an obligation."""

    table: str
    ids: pa.Array
    body: Array
    begun: Array
    over: Array  # NaT while open
    act_of: Array
    act_on: Array


@figure("handed_over")
def handed_over(judged: Judged) -> Reckoned:
    """The share of what was open at the changes of office that a published list named in time.

    Open: contracts signed, judgments final, bills due and promises announced before the change, and
    not over at it. Beside it the median days to the first act on each (Kaplan-Meier).
    """
    bodies = judged.bodies
    pairs = np.unique(
        np.stack([judged.body, judged.when.astype(DAY).astype(np.int64)], axis=1), axis=0
    )
    change = Changes(pairs[:, 0], pairs[:, 1].astype(DAY))
    within = np.timedelta64(int(judged.settings["days"]), "D")
    one = np.timedelta64(1, "D")
    handover = judged.tables["handover"]
    body, listed, waited, acted = [], [], [], []
    counts = {}
    for kind in _obligations(judged):
        open_then = exposure.inherited(
            kind.body,
            kind.begun,
            kind.over,
            np.zeros(len(kind.body), np.bool_),
            change,
            judged.last,
        )
        item, on = open_then.contract, open_then.on
        list_of, list_on = _listed(handover, kind)
        # The first list that is not older than it may be.
        found = first_after(item, on - within - one, list_of, list_on)
        named = found <= on + within
        act = first_after(item, on, kind.act_of, kind.act_on)
        happened = act <= judged.last
        body.append(open_then.body)
        listed.append(named)
        waited.append(days_between(on, np.where(happened, act, judged.last)))
        acted.append(happened)
        counts[f"open at a change: {kind.table}"] = total(open_then.body, bodies).astype(np.float64)
    whose, seen = np.concatenate(body), np.concatenate(listed)
    curves = curves_by(
        whose, bodies, np.maximum(np.concatenate(waited), 0.5), np.concatenate(acted), z=Z
    )
    medians = np.array([quantile(one).value if one.n else np.nan for one in curves])
    return _share(
        total(whose[seen], bodies),
        total(whose, bodies),
        details={"median days from the change to the first act on each": medians, **counts},
    )


def _listed(handover: pa.Table, kind: _Obligations) -> tuple[Array, Array]:
    """Which obligations the lists of their own bodies name, and the day of each list."""
    rows = handover.filter(pc.equal(handover["item_table"].cast(pa.string()), kind.table))
    place = pc.fill_null(pc.index_in(rows["item_id"].cast(pa.string()), value_set=kind.ids), -1)
    at = place.to_numpy()
    body = pc.fill_null(rows["body_no"], -1).to_numpy()
    own = (at >= 0) & (np.append(kind.body, -2)[at] == body)
    return at[own], days(rows["listed_on"])[own]


def _obligations(judged: Judged) -> list[_Obligations]:
    """Contracts, judgments, bills and promises, with what ended them and what was done about them."""
    tables, last = judged.tables, judged.last
    contract, judgment = tables["registered_contract"], tables["judgment"]
    invoice, promise = tables["invoice"], tables["commitment"]
    update, revised = tables["commitment_update"], tables["commitment_rev"]
    paid = tables["judgment_payment"]
    contracts, judgments = _ids(contract["registered_contract_id"]), _ids(judgment["judgment_id"])
    promises = _ids(promise["commitment_id"])
    closing = pc.is_in(update["claimed_status"].cast(pa.string()), pa.array(CLOSED))
    given_up = pc.fill_null(revised["withdrawn"], False)
    closed = _acts(
        promises,
        (update.filter(closing), "commitment_id", "date"),
        (revised.filter(given_up), "commitment_id", "date"),
    )
    by_contract = "registered_contract_id"
    return [
        _open(
            "registered_contract", contract, contracts, "date_signed",
            days(contract["final_status_date"]), last,
            _acts(
                contracts,
                (tables["registered_change"], by_contract, "date"),
                (tables["registered_milestone"], by_contract, "date_met"),
                (tables["registered_payment"], by_contract, "date"),
            ),
        ),
        _open(
            "judgment", judgment, judgments, "final_date",
            _satisfied(judgment, paid, judgments, last), last,
            _acts(judgments, (paid, "judgment_id", "date")),
        ),
        _open(
            "invoice", invoice, _ids(invoice["invoice_id"]), "due_date",
            days(invoice["paid_date"]), last, _acts(_ids(invoice["invoice_id"])),
        ),
        _open(
            "commitment", promise, promises, "announced", _first_day_of(len(promises), closed), last,
            _acts(
                promises, (update, "commitment_id", "date"), (revised, "commitment_id", "date")
            ),
        ),
    ]  # fmt: skip


def _acts(ids: pa.Array, *parts: tuple[pa.Table, str, str]) -> tuple[Array, Array]:
    """What entries of these tables say of their parents: index of the parent, and the day."""
    index, on = [np.zeros(0, np.int64)], [np.zeros(0, DAY)]
    for rows, parent, column in parts:
        at = pc.fill_null(pc.index_in(rows[parent].cast(pa.string()), value_set=ids), -1).to_numpy()
        when = days(rows[column])
        mine = (at >= 0) & ~np.isnat(when)
        index.append(at[mine].astype(np.int64))
        on.append(when[mine])
    return np.concatenate(index), np.concatenate(on)


def _first_day_of(size: int, acts: tuple[Array, Array]) -> Array:
    """The earliest of these days of each; NaT where there is none."""
    index, on = acts
    found = np.full(size, NO_DAY)
    latest_first = np.argsort(on, kind="stable")[::-1]
    found[index[latest_first]] = on[latest_first]
    return found


def _open(
    name: str, rows: pa.Table, ids: pa.Array, begun: str, over: Array, last: np.datetime64,
    acts: tuple[Array, Array],
) -> _Obligations:  # fmt: skip
    body = pc.fill_null(rows["body_no"], -1).to_numpy()
    # What is of no known body was never open with anybody.
    since = np.where(body >= 0, days(rows[begun]), NO_DAY)
    over = np.where(over <= last, over, NO_DAY)
    ended = np.flatnonzero(~np.isnat(over))
    act_of, act_on = acts
    return _Obligations(
        name,
        ids,
        np.maximum(body, 0),
        since,
        over,
        np.concatenate([act_of, ended]),
        np.concatenate([act_on, over[ended]]),
    )


def _satisfied(judgment: pa.Table, payment: pa.Table, ids: pa.Array, last: np.datetime64) -> Array:
    """The day on which the payments in a judgment's own currency first reached its sum."""
    at = pc.fill_null(pc.index_in(payment["judgment_id"].cast(pa.string()), value_set=ids), -1)
    of, on = at.to_numpy(), days(payment["date"])
    currency = np.append(_text(judgment["currency"]), " ")
    mine = (of >= 0) & (on <= last) & (_text(payment["currency"]) == currency[of])
    paid = pc.fill_null(payment["amount"].cast(pa.float64()), 0.0).to_numpy()
    body = pc.fill_null(judgment["body_no"], 0).to_numpy()
    return settled_on(
        Owed(
            OWN_CURRENCY, body, int(body.max(initial=0)) + 1,
            pc.fill_null(judgment["amount"].cast(pa.float64()), np.nan).to_numpy(),
            days(judgment["final_date"]), of[mine], on[mine], paid[mine], OWN_CURRENCY,
        )
    )  # fmt: skip

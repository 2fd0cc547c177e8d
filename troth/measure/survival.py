"""Time until something happens, when some are still waiting: survival without a model.

Rows are (start, stop]: a row is at risk after `start` and until `stop`, at which it has the event or
is lost from sight. `start` is 0 where nothing is said; later than 0 it is left truncation. No
weights. Times are calendar days, as numbers. Definitions: METHODS A.1; Kaplan and Meier 1958,
Greenwood 1926, Aalen and Johansen 1978. Proven against R's `survival` in
tests/conformance/test_survival.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import special

from troth.errors import UsageError
from troth.measure.grouped import Array
from troth.measure.intervals import Z_95

#: Two survivals closer than this are the same number, computed twice.
_SAME = 1e-9


@dataclass(frozen=True)
class Risk:
    """Who is at risk at which event time, within strata; sets of rows are ranges of event times.

    Row i is at risk at the event times `enters[i] <= j < leaves[i]`.
    """

    time: Array  # (J,) event times, ordered by stratum, then time
    stratum: Array  # (J,)
    enters: Array  # (n,)
    leaves: Array  # (n,)

    def sums(self, rows: Array, weight: Array | None = None) -> Array:
        """Sum of `weight` over the given rows at risk at each event time; their number if None.

        Summed from the latest time back, so that small late sets do not drown in large early ones.
        """
        size = len(self.time) + 1
        weights = None if weight is None else weight[rows]
        gone = np.bincount(self.leaves[rows], weights, size)
        come = np.bincount(self.enters[rows], weights, size)
        return np.cumsum((gone - come)[:0:-1])[::-1]


def checked(stop: Array, event: Array, start: Array | None) -> tuple[Array, Array, Array]:
    """Stop, event and start as arrays of numbers; refuses rows that are no stretch of time."""
    ends = np.asarray(stop, np.float64)
    begins = np.zeros(len(ends)) if start is None else np.asarray(start, np.float64)
    happened = np.asarray(event)
    if not len(ends) == len(begins) == len(happened):
        raise UsageError(
            f"{len(begins)} starts, {len(ends)} stops and {len(happened)} events: every row needs"
            " one of each."
        )
    wrong = np.flatnonzero(~(begins < ends))
    if len(wrong):
        row = wrong[0]
        raise UsageError(
            f"Row {row}: ({begins[row]:g}, {ends[row]:g}] is no stretch of time, nor are"
            f" {len(wrong) - 1} others. Leave out rows that were never at risk, and say how many."
        )
    return ends, happened, begins


def risk(stop: Array, event: Array, start: Array, stratum: Array | None = None) -> Risk:
    """The risk sets of checked rows; `event` is true where something happened."""
    strata = np.zeros(len(stop), np.int64)
    if stratum is not None:
        strata = np.unique(stratum, return_inverse=True)[1].astype(np.int64)
    times = np.unique(stop[event])
    width = len(times) + 1
    found = np.unique(strata[event] * width + np.searchsorted(times, stop[event]))
    # The place of a moment among the event times of all strata. Ties: who stops at an event time
    # was at risk at it, who starts at it was not.
    enters = np.searchsorted(found, strata * width + np.searchsorted(times, start, side="right"))
    leaves = np.searchsorted(found, strata * width + np.searchsorted(times, stop, side="right"))
    return Risk(times[found % width] if len(found) else times, found // width, enters, leaves)


@dataclass(frozen=True)
class Curve:
    """A survival curve, at its event times."""

    time: Array
    at_risk: Array
    events: Array
    survival: Array
    std_err: Array  # of the survival; NaN where it is 0
    low: Array
    high: Array
    n: int
    last: float  # the last moment at which anybody was seen; NaN without rows

    @property
    def n_events(self) -> int:
        return int(self.events.sum())

    def at(self, times: Array | float) -> Array:
        """Survival at given times; NaN after the last moment at which anybody was seen."""
        return self._step(self.survival, times, 1.0)

    def interval_at(self, times: Array | float) -> tuple[Array, Array]:
        """The ends of the interval of the survival at given times."""
        return self._step(self.low, times, 1.0), self._step(self.high, times, 1.0)

    def error_at(self, times: Array | float) -> Array:
        """The standard error of the survival at given times (Greenwood)."""
        return self._step(self.std_err, times, 0.0)

    def _step(self, values: Array, times: Array | float, before: float) -> Array:
        asked = np.atleast_1d(np.asarray(times, np.float64))
        steps = np.concatenate([[before], values])
        found = steps[np.searchsorted(self.time, asked, side="right")]
        over = self.n_events > 0 and self.survival[-1] == 0
        seen = (asked <= self.last) | np.bool_(over)
        return np.where(seen, found, np.nan)


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error and interval; NaN where it cannot be told."""

    value: float
    std_err: float
    low: float
    high: float


def kaplan_meier(stop: Array, event: Array, start: Array | None = None, z: float = Z_95) -> Curve:
    """The Kaplan-Meier curve, Greenwood's variance, and intervals on the scale of log(-log S).

    With left truncation a risk set can empty early; the curve is 0 from there on, as the formula
    has it, and `at_risk` shows why.
    """
    stop, event, start = checked(stop, event, start)
    happened = event.astype(np.bool_)
    sets = risk(stop, happened, start)
    everybody = np.arange(len(stop))
    n = np.rint(sets.sums(everybody))
    d = np.bincount(sets.leaves[happened] - 1, minlength=len(sets.time)).astype(np.float64)
    survival = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(d / (n * (n - d)))
        std_err = survival * np.sqrt(variance)
    low, high = log_log(survival, np.sqrt(variance), z)
    last = float(stop.max()) if len(stop) else np.nan
    return Curve(sets.time, n, d, survival, std_err, low, high, len(stop), last)


def log_log(survival: Array, relative: Array, z: float) -> tuple[Array, Array]:
    """S ** exp(±z * se / log S), where se is the standard error of log S; NaN where S is 0 or 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * relative / np.log(survival)
        low, high = survival ** np.exp(-half), survival ** np.exp(half)
    inside = (survival > 0) & (survival < 1)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def quantile(curve: Curve, share: float = 0.5) -> Estimate:
    """The time by which `share` have had the event, with its interval; NaN where not yet so many.

    Where the curve lies exactly at the level for a while, the middle of that while. The interval is
    where the ends of the curve's own interval cross the level (Brookmeyer and Crowley 1982).
    """
    level = 1 - share
    return Estimate(
        _crossing(curve.time, curve.survival, level),
        np.nan,
        _crossing(curve.time, curve.low, level),
        _crossing(curve.time, curve.high, level),
    )


def _crossing(time: Array, values: Array, level: float) -> float:
    below = np.flatnonzero(values <= level + _SAME)
    if not len(below):
        return np.nan
    first = below[0]
    if abs(values[first] - level) > _SAME:
        return float(time[first])
    lower = np.flatnonzero(values < level - _SAME)
    until = time[lower[0]] if len(lower) else time[-1]
    return float((time[first] + until) / 2)


def restricted_mean(curve: Curve, tau: float, z: float = Z_95) -> Estimate:
    """Mean time without the event within the first `tau` days, with the variance of that estimate.

    Var = sum of A_i^2 d_i / (n_i (n_i - d_i)), A_i the area under the curve from t_i to tau.
    NaN where nobody was seen for so long and some had not had the event.
    """
    if not np.isfinite(curve.at(tau)[0]):
        return Estimate(np.nan, np.nan, np.nan, np.nan)
    early = curve.time <= tau
    time, survival = curve.time[early], curve.survival[early]
    edges = np.concatenate([[0.0], time, [tau]])
    areas = np.diff(edges) * np.concatenate([[1.0], survival])
    # What is left of the area after each event time.
    beyond = np.cumsum(areas[:0:-1])[::-1]
    n, d = curve.at_risk[early], curve.events[early]
    spread = np.divide(d, n * (n - d), out=np.zeros(len(d)), where=n > d)
    value, std_err = float(areas.sum()), float(np.sqrt((beyond**2 * spread).sum()))
    return Estimate(value, std_err, value - z * std_err, value + z * std_err)


def curves_by(
    group: Array,
    groups: int,
    stop: Array,
    event: Array,
    start: Array | None = None,
    z: float = Z_95,
) -> list[Curve]:
    """One Kaplan-Meier curve a group; one sort, then one short step a group."""
    return list(each_curve(group, groups, stop, event, start, z))


def each_curve(
    group: Array,
    groups: int,
    stop: Array,
    event: Array,
    start: Array | None = None,
    z: float = Z_95,
) -> Iterator[Curve]:
    """The same, one after the other: thousands of curves are larger than what they are of."""
    stop, event, start = checked(stop, event, start)
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(groups + 1))
    stop, event, start = stop[order], event[order], start[order]
    for first, last in pairwise(edges):
        part = slice(first, last)
        yield kaplan_meier(stop[part], event[part], start[part], z)


@dataclass(frozen=True)
class LogRank:
    """Whether groups have the event at the same pace."""

    observed: Array  # (K,) events of each group
    expected: Array  # (K,) events if the pace were one
    variance: Array  # (K, K) of observed - expected
    chi_square: float
    degrees: int
    p: float


def log_rank(
    stop: Array,
    event: Array,
    group: Array,
    start: Array | None = None,
    stratum: Array | None = None,
) -> LogRank:
    """The log-rank test of two or more groups, within strata where they are given.

    NaN where there is nothing to compare: one group only, or no event at risk in two groups.
    """
    stop, event, start = checked(stop, event, start)
    happened = event.astype(np.bool_)
    sets = risk(stop, happened, start, stratum)
    names, which = np.unique(group, return_inverse=True)
    at_risk = np.empty((len(names), len(sets.time)))
    died = np.empty_like(at_risk)
    for k in range(len(names)):
        at_risk[k] = np.rint(sets.sums(np.flatnonzero(which == k)))
        gone = sets.leaves[happened & (which == k)] - 1
        died[k] = np.bincount(gone, minlength=len(sets.time))
    n, d = at_risk.sum(axis=0), died.sum(axis=0)
    share = at_risk / n
    pace = np.divide(d * (n - d), n - 1, out=np.zeros(len(n)), where=n > 1)
    observed, expected = died.sum(axis=1), (share * d).sum(axis=1)
    variance = np.diag((share * pace).sum(axis=1)) - (share * pace) @ share.T
    met = np.flatnonzero(np.diag(variance) > 0)
    degrees = len(met) - 1
    if degrees < 1:
        return LogRank(observed, expected, variance, np.nan, 0, np.nan)
    less = met[:-1]
    gap = (observed - expected)[less]
    chi_square = float(gap @ np.linalg.solve(variance[np.ix_(less, less)], gap))
    p = float(special.chdtrc(degrees, chi_square))
    return LogRank(observed, expected, variance, chi_square, degrees, p)


@dataclass(frozen=True)
class Incidence:
    """How many have had each kind of event by given times, when the first one ends the waiting.

    Arrays are (times, causes), but for `free` and `at_risk`, which are (times,).
    """

    times: Array
    causes: tuple[int, ...]
    value: Array
    std_err: Array
    low: Array
    high: Array
    free: Array  # share without any event
    at_risk: Array
    events: Array  # (causes,) in all


def aalen_johansen(
    stop: Array,
    cause: Array,
    times: Sequence[float] | Array,
    start: Array | None = None,
    subject: Array | None = None,
    z: float = Z_95,
) -> Incidence:
    """Cumulative incidence F_k(t) = sum of S(t_i-) d_ki / n_i of each cause at given times.

    `cause` is 0 for rows lost from sight, 1, 2, ... for what happened. Standard errors are the
    infinitesimal jackknife over subjects (rows, where no `subject` is given), as R's `survfit`
    gives them; intervals lie on the scale of log(-log(1 - F)). NaN after the last moment at which
    anybody was seen, unless nobody is left.
    """
    stop, cause, start = checked(stop, cause, start)
    happened = cause > 0
    causes = tuple(int(k) for k in np.unique(cause[happened]))
    sets = risk(stop, happened, start)
    n = np.rint(sets.sums(np.arange(len(stop))))
    own = sets.leaves - 1
    d = np.stack(
        [np.bincount(own[cause == k], minlength=len(sets.time)) for k in causes]
        or [np.zeros(len(sets.time), np.int64)]
    ).astype(np.float64)
    hazard = d / n
    survival = np.cumprod(1 - hazard.sum(axis=0))
    before = np.concatenate([[1.0], survival])[: len(survival)]
    incidence = np.cumsum(before * hazard, axis=1)
    asked = np.asarray(times, np.float64)
    last = np.searchsorted(sets.time, asked, side="right")
    of = np.arange(len(stop))
    if subject is not None:
        of = np.unique(subject, return_inverse=True)[1]
    shape = (len(asked), len(causes))
    value, std_err = np.zeros(shape), np.zeros(shape)
    for place, upto in enumerate(last):
        for k, code in enumerate(causes):
            value[place, k] = incidence[k, upto - 1] if upto else 0.0
            push = before[:upto] / n[:upto]
            room = 1 - hazard[:, :upto].sum(axis=0)
            missed = incidence[k, upto - 1] - incidence[k, :upto] if upto else np.zeros(0)
            # An event of any kind takes away the incidence still to come; none is left where the
            # risk set died out.
            pull = np.divide(missed, room * n[:upto], out=np.zeros(upto), where=room > _SAME)
            paid = push * hazard[k, :upto] - pull * hazard[:, :upto].sum(axis=0)
            paid = np.concatenate([[0.0], np.cumsum(paid)])
            influence = paid[np.minimum(sets.enters, upto)] - paid[np.minimum(sets.leaves, upto)]
            dead = happened & (own < upto)
            influence[dead] -= pull[own[dead]]
            its = dead & (cause == code)
            influence[its] += push[own[its]]
            std_err[place, k] = np.sqrt((np.bincount(of, influence) ** 2).sum())
    free = np.concatenate([[1.0], survival])[last]
    seen = np.ones(len(asked), np.bool_)
    if len(stop):
        over = len(survival) > 0 and survival[-1] < _SAME
        seen = (asked <= stop.max()) | np.bool_(over)
    low, high = log_log(1 - value, std_err / np.maximum(1 - value, _SAME), z)
    value = np.where(seen[:, None], value, np.nan)
    return Incidence(
        asked,
        causes,
        value,
        np.where(seen[:, None], std_err, np.nan),
        np.where(seen[:, None], 1 - high, np.nan),
        np.where(seen[:, None], 1 - low, np.nan),
        np.where(seen, free, np.nan),
        ((start < asked[:, None]) & (stop >= asked[:, None])).sum(axis=1),
        d.sum(axis=1)[: len(causes)],
    )

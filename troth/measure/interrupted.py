"""What a series does at a change of office: one body before and after, and many beside the others.

Ordinary least squares, with standard errors that allow for a series that remembers (Newey and West
1987) or for bodies that differ (clusters). Definitions: METHODS A.1. Proven against R's `lm` and
`sandwich` in tests/conformance/test_its.py, and against dense dummies in tests/oracle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from troth.errors import UsageError
from troth.measure.grouped import Array
from troth.measure.intervals import Z_95

#: Months of memory that the standard errors allow for (METHODS A.1).
LAG = 12

#: Months with a value that a series must have before and after (METHODS A.1).
BEFORE, AFTER = 24, 12

#: Quarters before and after the change that an event study looks at (METHODS A.1).
WINDOW = 8

#: The quarter everything is compared with: the last one before the change.
BASE = -1

_MONTHS = 12

#: A column whose part of its own length is smaller than this says nothing that others do not.
_RANK = 1e-9


@dataclass(frozen=True)
class Regression:
    """Least squares: coefficients, residuals, and (X'X)^-1 for the variance."""

    coef: Array
    residual: Array
    bread: Array
    std_err: Array  # as if residuals were independent and alike

    def newey_west(self, x: Array, lag: int = LAG, *, corrected: bool = False) -> Array:
        """Covariance with Bartlett weights 1 - j / (lag + 1); `corrected` multiplies by n / (n - p).

        Rows are months in order. A month without a value stands as a row of NaN residual: it adds
        nothing, and keeps the distance between those around it (Datta and Du 2012).
        """
        score = np.where(np.isnan(self.residual), 0.0, self.residual)[:, None] * x
        meat = score.T @ score
        for distance in range(1, min(lag, len(score) - 1) + 1):
            together = score[distance:].T @ score[:-distance]
            meat += (1 - distance / (lag + 1)) * (together + together.T)
        found: Array = self.bread @ meat @ self.bread
        if corrected:
            n = int((~np.isnan(self.residual)).sum())
            found = found * n / (n - x.shape[1])
        return found

    def clustered(self, x: Array, cluster: Array) -> Array:
        """Covariance with one draw a cluster, times G / (G - 1)."""
        which = np.unique(cluster, return_inverse=True)[1]
        score = self.residual[:, None] * x
        sums = np.stack([np.bincount(which, column) for column in score.T], axis=1)
        many = len(sums)
        if many < 2:
            return np.full(self.bread.shape, np.nan)
        found: Array = self.bread @ (sums.T @ sums) @ self.bread * many / (many - 1)
        return found


def least_squares(y: Array, x: Array, absorbed: int = 0) -> Regression | None:
    """Regress y (n,) on x (n, p), passing over rows where y is NaN; None where x is not of full rank.

    `absorbed` is how many degrees of freedom were already taken out of both.
    """
    there = ~np.isnan(y)
    seen = x[there]
    left = len(seen) - x.shape[1] - absorbed
    length = np.sqrt((seen**2).sum(axis=0))
    if left <= 0 or (length == 0).any():
        return None
    q, r = np.linalg.qr(seen / length)
    if np.abs(np.diag(r)).min() < _RANK:
        return None
    inverse = np.linalg.inv(r) / length[:, None]
    coef = inverse @ (q.T @ y[there])
    residual = y - x @ coef
    bread = inverse @ inverse.T
    spread = float((residual[there] ** 2).sum() / left)
    return Regression(coef, residual, bread, np.sqrt(spread * np.diag(bread)))


@dataclass(frozen=True)
class Interrupted:
    """One body's monthly series around one change; NaN, and `problem` says why, if it cannot be told.

    `level` is the step of log y at the change, `slope` how much more it rises a month from then on;
    standard errors are Newey-West's. `coef` has all terms, in the order of `terms`.
    """

    terms: tuple[str, ...]
    coef: Array
    std_err_plain: Array
    std_err: Array
    before: int
    after: int
    problem: str = ""

    def estimate(self, term: str, z: float = Z_95) -> tuple[float, float, float]:
        """A term with the ends of its interval."""
        at = self.terms.index(term)
        value, half = float(self.coef[at]), z * float(self.std_err[at])
        return value, value - half, value + half


def interrupted(
    y: Array,
    first: np.datetime64,
    change: np.datetime64,
    *,
    slope: bool = True,
    lag: int = LAG,
    corrected: bool = False,
) -> Interrupted:
    """log y = a + b1 t + b2 [t >= T0] + b3 (t - T0)+ + month of the year, from month `first` on.

    `y` has one value a month, NaN where it is unknown; `change` is the month of the change, the
    first of the time after. Withheld with fewer than 24 known months before or 12 after, and where
    a value is 0 or less, of which there is no logarithm.
    """
    months = np.arange(len(y))
    began = first.astype("datetime64[M]")
    at = int((change.astype("datetime64[M]") - began).astype(np.int64))
    post = months >= at
    calendar = (began.astype(np.int64) + months) % _MONTHS
    terms = ["start", "t", "level", *(["slope"] if slope else [])]
    columns = [
        np.ones(len(y)),
        months + 1.0,
        post,
        *([np.maximum(months - at, 0)] if slope else []),
    ]
    # January is in `start`.
    for month in range(1, _MONTHS):
        terms.append(f"month {month + 1}")
        columns.append(calendar == month)
    x = np.stack(columns, axis=1).astype(np.float64)
    known = ~np.isnan(y)
    before, after = int((known & ~post).sum()), int((known & post).sum())
    problem, found = "", None
    if before < BEFORE or after < AFTER:
        problem = (
            f"{before} months before and {after} after: at least {BEFORE} and {AFTER} are needed"
        )
    elif (y[known] <= 0).any():
        problem = "a month has the value 0 or less, of which there is no logarithm"
    else:
        logs = np.log(np.where(known, y, np.nan))
        found = least_squares(logs, x)
        problem = "" if found else "some month of the year has no value"
    if found is None:
        gap = np.full(len(terms), np.nan)
        return Interrupted(tuple(terms), gap, gap, gap, before, after, problem)
    std_err = np.sqrt(np.diag(found.newey_west(x, lag, corrected=corrected)))
    return Interrupted(tuple(terms), found.coef, found.std_err, std_err, before, after)


@dataclass(frozen=True)
class EventStudy:
    """The path of y around a change, against bodies that had not changed; NaN where unknown.

    `quarter` runs from -8 to 8 without -1, the quarter that all are compared with, whose delta is 0
    by definition. `pre_f` tests that all deltas before it are 0: a small `pre_p` says the bodies
    went apart before the change, and that the rest shows nothing about it.
    """

    quarter: Array
    delta: Array
    std_err: Array
    low: Array
    high: Array
    pre_f: float
    pre_p: float
    bodies: int  # that changed
    controls: int  # that had not yet
    cohorts: int
    cohorts_left_out: int  # without a control
    problem: str = ""
    covariance: Array = field(default_factory=lambda: np.zeros((0, 0)))  # of `delta`


def event_study(
    body: Array,
    quarter: Array,
    y: Array,
    change: Array,
    *,
    window: int = WINDOW,
    z: float = Z_95,
) -> EventStudy:
    """Stacked cohorts with clean controls: y = body of cohort + quarter of cohort + delta_k.

    One row a body and quarter (whole numbers), y NaN where unknown, `change` the quarter of the
    body's first change on each of its rows, NaN if there was none. A cohort is all bodies that
    changed in one quarter, and beside them those that do not change until `window` quarters after
    it, or at all. Staggered changes in one two-way regression would compare bodies with those that
    changed before them. Standard errors are clustered by body, which counts once however many
    cohorts it serves.
    """
    known = ~np.isnan(y)
    body, quarter, y, change = body[known], quarter[known], y[known], change[known]
    later = np.where(np.isnan(change), np.inf, change)
    ks = np.array([k for k in range(-window, window + 1) if k != BASE])
    parts, left_out = [], 0
    cohorts = np.unique(change[np.isfinite(change)])
    for cohort in cohorts:
        near = np.abs(quarter - cohort) <= window
        treated = near & (later == cohort)
        control = near & (later > cohort + window)
        if not control.any():
            left_out += 1
            continue
        rows = np.flatnonzero(treated | control)
        parts.append((np.full(len(rows), cohort), rows))
    gap = np.full(len(ks), np.nan)
    if not parts:
        problem = "no body changed while others had not"
        return EventStudy(
            ks, gap, gap, gap, gap, np.nan, np.nan, 0, 0, len(cohorts), left_out, problem
        )
    cohort = np.concatenate([part[0] for part in parts])
    rows = np.concatenate([part[1] for part in parts])
    treated = later[rows] == cohort
    distance = quarter[rows] - cohort
    x = (treated[:, None] & (distance[:, None] == ks)).astype(np.float64)
    many = len(np.unique(body[rows][treated])), len(np.unique(body[rows][~treated]))
    of_body = np.unique(np.stack([cohort, body[rows]]), axis=1, return_inverse=True)[1].ravel()
    of_quarter = np.unique(np.stack([cohort, quarter[rows]]), axis=1, return_inverse=True)[
        1
    ].ravel()
    columns = absorbed(np.concatenate([y[rows][:, None], x], axis=1), of_body, of_quarter)
    # A quarter that no body reached, or that the means explain, has no delta.
    told = (columns[:, 1:] ** 2).sum(axis=0) > _RANK * np.maximum(x.sum(axis=0), 1.0)
    taken = int(of_body.max()) + 1 + int(of_quarter.max()) + 1 - len(parts)
    left = columns[:, 1:][:, told]
    found = least_squares(columns[:, 0], left, taken)
    if found is None:
        problem = "some quarter around the change cannot be told from the others"
        return EventStudy(
            ks, gap, gap, gap, gap, np.nan, np.nan, *many, len(parts), left_out, problem
        )
    delta, std_err = gap.copy(), gap.copy()
    covariance = found.clustered(left, body[rows])
    whole = np.full((len(ks), len(ks)), np.nan)
    whole[np.ix_(told, told)] = covariance
    delta[told], std_err[told] = found.coef, np.sqrt(np.diag(covariance))
    pre = np.flatnonzero(ks[told] < BASE)
    degrees = len(np.unique(body[rows])) - 1
    pre_f = _wald(found.coef[pre], covariance[np.ix_(pre, pre)])
    return EventStudy(
        ks,
        delta,
        std_err,
        delta - z * std_err,
        delta + z * std_err,
        pre_f,
        float(special.fdtrc(len(pre), degrees, pre_f))
        if degrees and np.isfinite(pre_f)
        else np.nan,
        *many,
        len(parts),
        left_out,
        covariance=whole,
    )


def _wald(coef: Array, covariance: Array) -> float:
    """F of all coefficients being 0; NaN where there are too few clusters to tell."""
    scale = np.sqrt(np.diag(covariance))
    if not len(coef) or not np.isfinite(scale).all() or (scale == 0).any():
        return np.nan
    spread = np.linalg.eigvalsh(covariance / np.outer(scale, scale))
    if spread[0] < _RANK:
        return np.nan
    return float(coef @ np.linalg.solve(covariance, coef) / len(coef))


#: Rounds after which two sets of means must have been taken out, and the change that counts as none.
_ROUNDS, _DONE = 10_000, 1e-12


def absorbed(columns: Array, first: Array, second: Array) -> Array:
    """Columns (n, p) without what the means of two groupings explain, by alternating projections."""
    left = columns - columns.mean(axis=0)
    size = np.maximum(np.abs(left).max(axis=0), 1.0)
    for _ in range(_ROUNDS):
        moved = 0.0
        for group in (first, second):
            n = np.bincount(group)
            means = np.stack([np.bincount(group, column) / n for column in left.T], axis=1)
            left = left - means[group]
            moved = max(moved, float((np.abs(means) / size).max()))
        if moved < _DONE:
            return np.asarray(left, np.float64)
    raise UsageError(
        f"The means of bodies and quarters could not be told apart in {_ROUNDS} rounds: the panel"
        " falls into parts that hardly touch. Leave out bodies with few quarters."
    )

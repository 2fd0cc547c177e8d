"""The Cox model with covariates that change in time: how a hazard differs, whatever its course.

Rows are (start, stop], as in `survival.py`; ties by Efron's approximation; strata each with a hazard
of their own; standard errors also from the sandwich, which holds when rows of one cluster (a body)
are not independent. Definitions: METHODS A.1; Efron 1977, Lin and Wei 1989, Grambsch and Therneau
1994. Every step is a sum over rows or over events: linear in both.

Proven against R's `survival` in tests/conformance/test_survival.py and test_continuity.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from troth.errors import UsageError
from troth.measure.exposure import Rows
from troth.measure.grouped import Array
from troth.measure.intervals import Z_95
from troth.measure.survival import Risk, checked, kaplan_meier, risk

#: Newton's step, in standard errors, below which the estimate is found.
_STILL = 1e-9

#: An estimate that still moves after so many steps runs away to infinity.
_STEPS = 50

#: Halvings of a step that does not raise the likelihood.
_HALVINGS = 30

#: An information matrix worse conditioned than this tells nothing about some covariate.
_SINGULAR = 1e-10


@dataclass(frozen=True)
class Fit:
    """What a Cox model found, by covariate; all NaN, and `problem` says why, where nothing can be.

    `std_err` and `covariance` are model-based, the `robust_` ones from the sandwich over clusters
    (over rows, where no cluster was given). `z`, `p`, `low`, `high` go by the robust ones if a
    cluster was given.
    """

    names: tuple[str, ...]
    coef: Array
    std_err: Array
    robust_std_err: Array
    covariance: Array
    robust_covariance: Array
    low: Array  # of the hazard ratio
    high: Array
    z: Array
    p: Array
    loglik_null: float
    loglik: float
    n: int
    n_events: int
    clusters: int
    steps: int
    problem: str = ""
    model: _Model = field(repr=False, compare=False, kw_only=True)

    @property
    def hazard_ratio(self) -> Array:
        """exp(coef): how many times the hazard is, for one unit more of each covariate."""
        return np.asarray(np.exp(self.coef), np.float64)


@dataclass(frozen=True)
class _Model:
    """The rows at risk at any event time, covariates centred and scaled, and where the ties are."""

    x: Array  # (n, p)
    sets: Risk
    rows: Array  # which of the rows that were given these are
    events: Array  # rows with an event, in the order of their event time
    at: Array  # (E,) event time of each
    tied: Array  # (E,) share r / d of the tied events that Efron takes away
    elapsed: Array  # (E,) 1 - S(t-) of everybody, all strata together
    scale: Array

    @property
    def upper(self) -> tuple[Array, Array]:
        return np.triu_indices(self.x.shape[1])


@dataclass(frozen=True)
class _Moments:
    """At one beta: log likelihood, score, information, and what the residuals need."""

    loglik: float
    weight: Array  # exp(x beta) of each row
    denominator: Array  # (E,)
    mean: Array  # (E, p) of the covariates of those at risk
    variance: Array  # (E, p, p)

    @property
    def information(self) -> Array:
        return np.asarray(self.variance.sum(axis=0), np.float64)


def fit(
    stop: Array,
    event: Array,
    x: Array,
    *,
    start: Array | None = None,
    stratum: Array | None = None,
    cluster: Array | None = None,
    names: Sequence[str] | None = None,
    z: float = Z_95,
) -> Fit:
    """Fit log hazard = log baseline of the stratum + x beta, by Newton's method.

    `x` is (n, p). A contract's exposure to a change of office comes from `exposure.rows`, which
    refuses the fixed form; anything else in `x` must be known at `start` of its row.
    """
    stop, event, start = checked(stop, event, start)
    x = np.asarray(x, np.float64).reshape(len(stop), -1)
    if not np.isfinite(x).all():
        row = int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0])
        raise UsageError(
            f"Row {row} has a covariate that is unknown. Leave such rows out, and say how many:"
            " nothing is filled in here."
        )
    said = tuple(names) if names is not None else tuple(f"x{i + 1}" for i in range(x.shape[1]))
    model = _model(stop, event.astype(np.bool_), start, stratum, x)
    clusters = len(stop) if cluster is None else len(np.unique(cluster))
    beta = np.zeros(x.shape[1])
    moments = _moments(model, beta)
    null = moments.loglik
    steps, problem = 0, "" if len(model.events) else "no event happened"
    while not problem:
        score = model.x[model.events].sum(axis=0) - moments.mean.sum(axis=0)
        information = moments.information
        if _singular(information):
            problem = "a covariate does not vary among those at risk, or runs away to infinity"
            break
        step = np.linalg.solve(information, score)
        if np.sqrt(step @ information @ step) < _STILL:
            break
        if steps == _STEPS:
            problem = "the estimate runs away to infinity: a covariate decides who has the event"
            break
        for _ in range(_HALVINGS):
            tried = _moments(model, beta + step)
            if tried.loglik >= moments.loglik - _STILL * abs(moments.loglik):
                break
            step = step / 2
        else:
            problem = "no step along the score raises the likelihood"
            break
        beta, moments, steps = beta + step, tried, steps + 1
    return _told(said, model, beta, moments, null, problem, steps, len(stop), cluster, clusters, z)


def after_change(
    rows: Rows,
    covariates: Array | None = None,
    *,
    names: Sequence[str] = (),
    stratum: Array | None = None,
    z: float = Z_95,
) -> Fit:
    """The hazard of breach in the first 365 days after a change of office, and later (METHODS A.1).

    `covariates` (contracts, k) and `stratum` (contracts,) are by contract; bodies are the clusters.
    `Rows` cannot hold an exposure that begins before its change, so this cannot fit one.
    """
    x = np.stack([rows.soon, rows.later], axis=1).astype(np.float64)
    if covariates is not None:
        x = np.concatenate([x, covariates[rows.contract]], axis=1)
    return fit(
        rows.stop,
        rows.event,
        x,
        start=rows.start,
        stratum=None if stratum is None else stratum[rows.contract],
        cluster=rows.body,
        names=("soon", "later", *names),
        z=z,
    )


def _model(stop: Array, event: Array, start: Array, stratum: Array | None, x: Array) -> _Model:
    sets = risk(stop, event, start, stratum)
    curve = kaplan_meier(stop, event, start)
    # Rows at risk at no event time say nothing: they are looked at once, here.
    rows = np.flatnonzero(sets.enters < sets.leaves)
    sets = Risk(sets.time, sets.stratum, sets.enters[rows], sets.leaves[rows])
    x, event = x[rows], event[rows]
    centre = x.mean(axis=0) if len(x) else np.zeros(x.shape[1])
    scale = x.std(axis=0) if len(x) else np.ones(x.shape[1])
    scale[scale == 0] = 1.0
    events = np.flatnonzero(event)
    events = events[np.argsort(sets.leaves[events], kind="stable")]
    at = sets.leaves[events] - 1
    d = np.bincount(at, minlength=len(sets.time))
    before = np.cumsum(d) - d
    tied = (np.arange(len(events)) - before[at]) / d[at]
    left = np.concatenate([[1.0], curve.survival])
    elapsed = 1 - left[np.searchsorted(curve.time, sets.time[at])]
    return _Model((x - centre) / scale, sets, rows, events, at, tied, elapsed, scale)


def _moments(model: _Model, beta: Array) -> _Moments:
    # The likelihood does not change when all weights of a stratum are multiplied; it is centred on
    # the mean of all rows, and a step too far shows as a likelihood that is not finite.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        eta = model.x @ beta
        weight = np.exp(eta)
        sums = _efron(model, weight)
        mean = np.stack([_efron(model, weight * column) / sums for column in model.x.T], axis=1)
        variance = np.empty((len(sums), len(beta), len(beta)))
        for i, j in zip(*model.upper, strict=True):
            second = _efron(model, weight * model.x[:, i] * model.x[:, j]) / sums
            variance[:, i, j] = variance[:, j, i] = second - mean[:, i] * mean[:, j]
        loglik = float(eta[model.events].sum() - np.log(sums).sum())
    return _Moments(loglik if np.isfinite(loglik) else -np.inf, weight, sums, mean, variance)


def _efron(model: _Model, weight: Array) -> Array:
    """For each event, the sum over those at risk less the share r / d of those tied with it."""
    at_risk = model.sets.sums(np.arange(len(weight)), weight)
    died = np.bincount(model.at, weight[model.events], len(model.sets.time))
    return np.asarray(at_risk[model.at] - model.tied * died[model.at])


def _singular(information: Array) -> bool:
    if not np.isfinite(information).all():
        return True
    spread = np.linalg.eigvalsh(information)
    return bool(spread[0] <= _SINGULAR * max(spread[-1], 1.0))


def _told(
    names: tuple[str, ...],
    model: _Model,
    beta: Array,
    moments: _Moments,
    null: float,
    problem: str,
    steps: int,
    n: int,
    cluster: Array | None,
    clusters: int,
    z: float,
) -> Fit:
    p = len(beta)
    if problem:
        gap, square = np.full(p, np.nan), np.full((p, p), np.nan)
        return Fit(
            names, gap, gap, gap, square, square, gap, gap, gap, gap, null, np.nan, n,
            len(model.events), clusters, steps, problem, model=model,
        )  # fmt: skip
    scale = np.outer(model.scale, model.scale)
    covariance = np.linalg.inv(moments.information)
    moved = _score_residuals(model, moments) @ covariance
    if cluster is not None:
        which = np.unique(cluster, return_inverse=True)[1][model.rows]
        moved = np.stack([np.bincount(which, column) for column in moved.T], axis=1)
    covariance, robust = covariance / scale, moved.T @ moved / scale
    coef = beta / model.scale
    std_err, robust_std_err = np.sqrt(np.diag(covariance)), np.sqrt(np.diag(robust))
    used = std_err if cluster is None else robust_std_err
    found = coef / used
    return Fit(
        names,
        coef,
        std_err,
        robust_std_err,
        covariance,
        robust,
        np.exp(coef - z * used),
        np.exp(coef + z * used),
        found,
        2 * special.ndtr(-np.abs(found)),
        null,
        moments.loglik,
        n,
        len(model.events),
        clusters,
        steps,
        model=model,
    )


def _score_residuals(model: _Model, moments: _Moments) -> Array:
    """(n, p): what each row adds to the score; its parts while at risk are sums over event times."""
    size = len(model.sets.time)
    pace = 1 / moments.denominator
    both = np.concatenate([np.ones((len(pace), 1)), moments.mean], axis=1) * pace[:, None]

    def by_time(of: Array) -> Array:
        return np.stack([np.bincount(model.at, column, size) for column in of.T], axis=1)

    until = np.concatenate([np.zeros((1, both.shape[1])), np.cumsum(by_time(both), axis=0)])
    paid = until[model.sets.leaves] - until[model.sets.enters]
    # Those tied at an event time are at risk there only in part.
    partly = by_time(both * model.tied[:, None])
    paid[model.events] -= partly[model.at]
    residual = -moments.weight[:, None] * (model.x * paid[:, :1] - paid[:, 1:])
    d = np.bincount(model.at, minlength=size)
    mean = by_time(moments.mean) / d[:, None]
    residual[model.events] += model.x[model.events] - mean[model.at]
    return np.asarray(residual)


@dataclass(frozen=True)
class Proportional:
    """Whether hazard ratios stay the same over time; small p: they do not."""

    names: tuple[str, ...]
    chi_square: Array
    p: Array
    overall: float
    overall_p: float


def proportional(found: Fit) -> Proportional:
    """The score test that a coefficient changes with g(t), t on the scale 1 - S(t-) of everybody.

    With one covariate it is the test of the scaled Schoenfeld residuals against g (Grambsch and
    Therneau 1994), here with the exact information instead of its average, as R's `cox.zph` does
    it since survival 3.0. NaN where the fit has none.
    """
    model, p = found.model, len(found.coef)
    if found.problem:
        gap = np.full(p, np.nan)
        return Proportional(found.names, gap, gap, np.nan, np.nan)
    moments = _moments(model, found.coef * model.scale)
    g = model.elapsed - model.elapsed.mean()
    schoenfeld = model.x[model.events] - moments.mean
    gained = (g[:, None] * schoenfeld).sum(axis=0)
    information = np.empty((2 * p, 2 * p))
    for row, column, by in ((0, 0, 0), (0, p, 1), (p, 0, 1), (p, p, 2)):
        information[row : row + p, column : column + p] = np.einsum(
            "e,eij->ij", g**by, moments.variance
        )

    def test(of: Sequence[int]) -> float:
        kept = [*range(p), *(p + one for one in of)]
        score = np.concatenate([np.zeros(p), gained[list(of)]])
        return float(score @ np.linalg.solve(information[np.ix_(kept, kept)], score))

    single = np.array([test([one]) for one in range(p)])
    overall = test(range(p))
    return Proportional(
        found.names,
        single,
        special.chdtrc(1, single),
        overall,
        float(special.chdtrc(p, overall)),
    )

"""Priors of peer groups, fitted for many groups and indicators at once.

A *fit* is one group in one indicator. `Cells` are the known values of all fits in one long row, with
the number of the fit to which each belongs; sums over a fit are then one call, and so ten thousand
fits cost little more than one. A sum over units of a function of a whole number is a sum over its
distinct values times how often they occur (`Tally`): log-gammas are taken of distinct values only.

Likelihoods are written in the location (logit of the mean share, log of the mean rate) and the log
of the prior's size. Formulas: METHODS B.7; Skellam 1948 (beta-binomial), Greenwood and Yule 1920
(gamma-Poisson).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from troth.errors import UsageError
from troth.measure import pooling, special

Array = np.ndarray

#: Shrinkages of a typical unit over which a prior is averaged: midpoints of equal parts.
SHRINKAGES = (np.arange(16) + 0.5) / 16

#: Nodes and weights over the location, for each size (Gauss and Hermite).
_NODES, _NODE_WEIGHTS = np.polynomial.hermite.hermgauss(5)

#: Newton's method, to full precision of the gradient or as far as doubles carry it.
_STEPS = 80
_HALVINGS = 20
_FLAT = 1e-9
_LONGEST_STEP = 2.0

#: Steps towards the highest location: at the first size of a grid, and from one size to the next.
_FIRST_STEPS = 6
_NEXT_STEPS = 2


@dataclass(frozen=True)
class Cells:
    """Known values in a row, their sizes (cases, exposure or error), and the fit of each."""

    x: Array
    size: Array
    fit: Array
    known: Array
    group: Array
    labels: tuple[str, ...]
    columns: int

    @property
    def fits(self) -> int:
        return len(self.labels) * self.columns

    def sum(self, values: Array) -> Array:
        return _sums(self.fit, values, self.fits)

    def count(self) -> Array:
        return np.bincount(self.fit, minlength=self.fits)

    def largest_size(self) -> Array:
        """By fit; 1 where no size is above 0."""
        found = np.zeros(self.fits)
        np.maximum.at(found, self.fit, self.size)
        return np.where(found > 0, found, 1.0)

    def median_size(self) -> Array:
        """The (lower) middle one of the sizes above 0, by fit; 1 where there is none."""
        some = self.size > 0
        order = np.lexsort((self.size[some], self.fit[some]))
        fit, size = self.fit[some][order], self.size[some][order]
        count = np.bincount(fit, minlength=self.fits)
        first = np.cumsum(count) - count
        there = count > 0
        found = np.ones(self.fits)
        found[there] = size[(first + (count - 1) // 2)[there]]
        return found

    def put(self, values: Array) -> Array:
        """Values of the known cells in the shape of the input; NaN where it is unknown."""
        found = np.full(self.known.shape, np.nan)
        found[self.known] = values
        return found

    def spread(self, by_fit: Array) -> Array:
        """A value of each fit in the shape of the input, known or not."""
        return np.asarray(self.table(by_fit)[self.group])

    def table(self, by_fit: Array) -> Array:
        """Values of the fits by group, or by group and indicator, as the input was."""
        shape = (len(self.labels), self.columns) if self.known.ndim == 2 else len(self.labels)
        return by_fit.reshape(shape)


def cells(values: Array, sizes: Array, groups: Array | None) -> Cells:
    """The known cells of values and sizes, each (units,) or (units, indicators), by group label."""
    values, sizes = np.asarray(values, float), np.asarray(sizes, float)
    if values.shape != sizes.shape or values.ndim not in (1, 2):
        raise UsageError(
            f"values have shape {values.shape} and their sizes {sizes.shape}: give both as"
            " (units,) or as (units, indicators)"
        )
    labels = np.zeros(len(values), "U1") if groups is None else np.asarray(groups).astype(str)
    if labels.shape != values.shape[:1]:
        raise UsageError(f"{len(values)} units, and labels of shape {labels.shape}: give one each")
    names, group = np.unique(labels, return_inverse=True)
    columns = values.shape[1] if values.ndim == 2 else 1
    known = np.isfinite(values) & np.isfinite(sizes)
    fit = (group[:, None] * columns + np.arange(columns)).reshape(values.shape)
    return Cells(values[known], sizes[known], fit[known], known, group, tuple(names), columns)


def _sums(fit: Array, values: Array, fits: int) -> Array:
    """Sums by fit; of nothing they are 0.0, where numpy alone would give a whole number."""
    return np.bincount(fit, values, fits).astype(np.float64)


@dataclass(frozen=True)
class Tally:
    """Distinct whole numbers above 0 by fit, and how often each occurs."""

    fit: Array
    value: Array
    times: Array

    def rises(self, at: Array, order: int) -> Array:
        """By fit, the sum of f(value + at) - f(at): log-gamma (order 0), digamma, trigamma."""
        function = (special.gammaln, special.psi, trigamma)[order]
        each = function(self.value + at[self.fit]) - function(at)[self.fit]
        return _sums(self.fit, self.times * each, len(at))

    def only(self, fits: Array, total: int) -> Tally:
        """Of these fits alone, renumbered in their order."""
        place = np.full(total, -1)
        place[fits] = np.arange(len(fits))
        keep = place[self.fit] >= 0
        return Tally(place[self.fit[keep]], self.value[keep], self.times[keep])


def trigamma(x: Array) -> Array:
    """The second derivative of log-gamma for x > 0, to 1e-12.

    Recurrence up to 8, then the asymptotic series (Abramowitz and Stegun 6.4.6, 6.4.12): a tenth of
    the time of scipy's, which goes by the Hurwitz zeta function.
    """
    y = np.array(x, float)
    carried = np.zeros(y.shape)
    below = np.flatnonzero(y < 8)
    while len(below):
        carried[below] += 1 / y[below] ** 2
        y[below] += 1
        below = below[y[below] < 8]
    t = 1 / y
    s = t * t
    series = 1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - s * 691 / 2730))))
    return np.asarray(carried + t * (1 + t * (0.5 + t * series)))


def tally(fit: Array, values: Array) -> Tally:
    width = int(values.max(initial=0)) + 1
    key, times = np.unique(fit * width + values.astype(np.int64), return_counts=True)
    # A value of 0 adds nothing to a difference.
    some = key % width > 0
    key, times = key[some], times[some]
    return Tally(key // width, (key % width).astype(float), times.astype(float))


@dataclass(frozen=True)
class Slope:
    """First and second derivatives of a log-likelihood in location and log size, by fit."""

    location: Array
    size: Array
    location_twice: Array
    both: Array
    size_twice: Array


class Likelihood(Protocol):
    """What a model says of its fits at a location and a log size, each an array by fit."""

    def value(self, location: Array, log_size: Array) -> Array: ...

    def slope(self, location: Array, log_size: Array) -> Slope: ...

    def bend(self, location: Array, log_size: Array) -> tuple[Array, Array]:
        """Of `slope`, the two derivatives in the location alone."""
        ...

    def prior(self, location: Array) -> tuple[Array, Array, Array]:
        """Jeffreys' log prior of the mean as a density of the location, and two derivatives."""
        ...

    def mean(self, location: Array) -> Array: ...

    def only(self, fits: Array) -> Likelihood: ...


@dataclass(frozen=True)
class BetaBinomial:
    """Hits out of cases; location is the logit of the mean share, size is a + b."""

    fits: int
    hits: Tally
    rest: Tally
    cases: Tally

    def value(self, location: Array, log_size: Array) -> Array:
        size = np.exp(log_size)
        a, b = special.expit(location) * size, special.expit(-location) * size
        return np.asarray(self.hits.rises(a, 0) + self.rest.rises(b, 0) - self.cases.rises(size, 0))

    def slope(self, location: Array, log_size: Array) -> Slope:
        size = np.exp(log_size)
        mean, other = special.expit(location), special.expit(-location)
        a, b, c = mean * size, other * size, mean * other * size
        a1, b1, n1 = self.hits.rises(a, 1), self.rest.rises(b, 1), self.cases.rises(size, 1)
        a2, b2, n2 = self.hits.rises(a, 2), self.rest.rises(b, 2), self.cases.rises(size, 2)
        by_size = a * a1 + b * b1 - size * n1
        return Slope(
            location=c * (a1 - b1),
            size=by_size,
            location_twice=c * c * (a2 + b2) + c * (other - mean) * (a1 - b1),
            both=c * (a1 - b1 + a * a2 - b * b2),
            size_twice=by_size + a * a * a2 + b * b * b2 - size * size * n2,
        )

    def bend(self, location: Array, log_size: Array) -> tuple[Array, Array]:
        size = np.exp(log_size)
        mean, other = special.expit(location), special.expit(-location)
        a, b, c = mean * size, other * size, mean * other * size
        apart = self.hits.rises(a, 1) - self.rest.rises(b, 1)
        curve = self.hits.rises(a, 2) + self.rest.rises(b, 2)
        return c * apart, c * c * curve + c * (other - mean) * apart

    def prior(self, location: Array) -> tuple[Array, Array, Array]:
        mean, other = special.expit(location), special.expit(-location)
        log = 0.5 * (special.log_expit(location) + special.log_expit(-location))
        return log, 0.5 * (other - mean), -mean * other

    def mean(self, location: Array) -> Array:
        return np.asarray(special.expit(location))

    def only(self, fits: Array) -> BetaBinomial:
        parts = (one.only(fits, self.fits) for one in (self.hits, self.rest, self.cases))
        return BetaBinomial(len(fits), *parts)


def beta_binomial(known: Cells) -> BetaBinomial:
    return BetaBinomial(
        known.fits,
        tally(known.fit, known.x),
        tally(known.fit, known.size - known.x),
        tally(known.fit, known.size),
    )


@dataclass(frozen=True)
class GammaPoisson:
    """Events in an exposure; location is the log of the mean rate, size is the rate parameter."""

    fits: int
    events: Tally
    x: Array
    exposure: Array
    fit: Array

    def _sum(self, values: Array) -> Array:
        return _sums(self.fit, values, self.fits)

    def value(self, location: Array, log_size: Array) -> Array:
        size = np.exp(log_size)
        shape, own = np.exp(location) * size, size[self.fit]
        spent = self._sum(np.log1p(self.exposure / own))
        rest = self._sum(self.x * np.log(own + self.exposure))
        return np.asarray(self.events.rises(shape, 0) - shape * spent - rest)

    def slope(self, location: Array, log_size: Array) -> Slope:
        size = np.exp(log_size)
        a, own = np.exp(location) * size, size[self.fit]
        part = self.exposure / (own + self.exposure)
        spent = self._sum(np.log1p(self.exposure / own))
        part_1, part_2 = self._sum(part), self._sum(part * (1 - part))
        rest_1, rest_2 = self._sum(self.x * (1 - part)), self._sum(self.x * part * (1 - part))
        first = a * (self.events.rises(a, 1) - spent)
        second = first + a * a * self.events.rises(a, 2)
        return Slope(
            location=first,
            size=first + a * part_1 - rest_1,
            location_twice=second,
            both=second + a * part_1,
            size_twice=second + 2 * a * part_1 - a * part_2 - rest_2,
        )

    def bend(self, location: Array, log_size: Array) -> tuple[Array, Array]:
        size = np.exp(log_size)
        a = np.exp(location) * size
        first = a * (self.events.rises(a, 1) - self._sum(np.log1p(self.exposure / size[self.fit])))
        return first, first + a * a * self.events.rises(a, 2)

    def prior(self, location: Array) -> tuple[Array, Array, Array]:
        return 0.5 * location, np.full(location.shape, 0.5), np.zeros(location.shape)

    def mean(self, location: Array) -> Array:
        return np.asarray(np.exp(location))

    def only(self, fits: Array) -> GammaPoisson:
        place = np.full(self.fits, -1)
        place[fits] = np.arange(len(fits))
        keep = place[self.fit] >= 0
        return GammaPoisson(
            len(fits),
            self.events.only(fits, self.fits),
            self.x[keep],
            self.exposure[keep],
            place[self.fit[keep]],
        )


def gamma_poisson(known: Cells) -> GammaPoisson:
    events = tally(known.fit, known.x)
    return GammaPoisson(known.fits, events, known.x, known.size, known.fit)


def maximise(
    likelihood: Likelihood, location: Array, log_size: Array, least: Array, most: Array
) -> tuple[Array, Array]:
    """Location and log size of the highest likelihood, by fit, with log size in [least, most].

    Newton's method with halved steps, all fits side by side; a fit leaves when its gradient is
    flat, or when it leans on an end of its range and would go further.
    """
    location, log_size = location.copy(), np.clip(log_size, least, most)
    open_fits = np.arange(len(location))
    part = likelihood
    for _ in range(_STEPS):
        if not len(open_fits):
            break
        at, size = location[open_fits], log_size[open_fits]
        low, high = least[open_fits], most[open_fits]
        slope = part.slope(at, size)
        leaning = ((size >= high) & (slope.size > 0)) | ((size <= low) & (slope.size < 0))
        to_location, to_size = _newton_step(slope, leaning)
        value = part.value(at, size)
        scale = np.ones(len(at))
        new_at, new_size = at, size
        for _ in range(_HALVINGS):
            new_at = at + scale * to_location
            new_size = np.clip(size + scale * to_size, low, high)
            worse = ~(part.value(new_at, new_size) >= value - 1e-12 * np.abs(value))
            if not worse.any():
                break
            scale = np.where(worse, scale / 2, scale)
        location[open_fits], log_size[open_fits] = new_at, new_size
        flat = np.abs(slope.location) + np.where(leaning, 0, np.abs(slope.size)) < _FLAT
        still = (np.abs(new_at - at) + np.abs(new_size - size)) < 1e-12
        going = ~(flat | still)
        if not going.all():
            open_fits = open_fits[going]
            part = likelihood.only(open_fits)
    return location, log_size


def _newton_step(slope: Slope, leaning: Array) -> tuple[Array, Array]:
    """Uphill from a slope; along the location alone where the size leans on an end."""
    h11 = -slope.location_twice
    h12 = -slope.both
    h22 = -slope.size_twice
    # The smaller eigenvalue says how much must be added for the step to lead uphill.
    middle, spread = (h11 + h22) / 2, np.hypot((h11 - h22) / 2, h12)
    smallest = middle - spread
    floor = 1e-6 * (np.abs(middle) + spread) + 1e-300
    lift = np.where(smallest < floor, floor - smallest, 0)
    h11, h22 = h11 + lift, h22 + lift
    determinant = h11 * h22 - h12 * h12
    to_location = (h22 * slope.location - h12 * slope.size) / determinant
    to_size = (h11 * slope.size - h12 * slope.location) / determinant
    along = slope.location / np.maximum(np.abs(slope.location_twice), floor)
    to_location = np.where(leaning, along, to_location)
    to_size = np.where(leaning, 0.0, to_size)
    longest = np.maximum(np.abs(to_location), np.abs(to_size))
    scale = np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, 1e-300))
    return to_location * scale, to_size * scale


@dataclass(frozen=True)
class Grid:
    """A prior averaged over its size: for each size, its weight and the mean's two moments.

    Arrays of shape (sizes, fits); the weights of a fit add up to 1.
    """

    size: Array
    weight: Array
    mean: Array
    mean_square: Array


def grid(likelihood: Likelihood, typical: Array, location: Array) -> Grid:
    """The posterior of a prior's mean and size, on sizes for which the shrinkage of a unit of
    `typical` size is spread evenly over 0 to 1.

    For each size the mean is integrated around its own highest point. `location` is a start.
    """
    sizes: list[Array] = []
    logs: list[Array] = []
    means: list[Array] = []
    squares: list[Array] = []
    for shrinkage in SHRINKAGES:
        size = typical * shrinkage / (1 - shrinkage)
        log_size = np.log(size)
        for _ in range(_FIRST_STEPS if not sizes else _NEXT_STEPS):
            first, second = likelihood.bend(location, log_size)
            _, prior_first, prior_second = likelihood.prior(location)
            bend = np.minimum(second + prior_second, -1e-3)
            location = location - np.clip((first + prior_first) / bend, -2, 2)
        width = np.sqrt(2 / -bend)
        at = location + _NODES[:, None] * width
        heights = np.array([likelihood.value(x, log_size) for x in at])
        heights += likelihood.prior(at)[0] + (np.log(_NODE_WEIGHTS) + _NODES**2)[:, None]
        top = heights.max(axis=0)
        weights = np.exp(heights - top)
        total = weights.sum(axis=0)
        mean = likelihood.mean(at)
        sizes.append(size)
        logs.append(top + np.log(total) + np.log(width))
        means.append((weights * mean).sum(axis=0) / total)
        squares.append((weights * mean**2).sum(axis=0) / total)
    return Grid(np.array(sizes), normalised(np.array(logs)), np.array(means), np.array(squares))


def normalised(logs: Array) -> Array:
    """Weights that add up to 1 along the first axis, from their logarithms."""
    weights = np.exp(logs - logs.max(axis=0))
    return np.asarray(weights / weights.sum(axis=0))


def weighted_mean(known: Cells, between: Array) -> tuple[Array, Array, Array]:
    """By fit, for normal values: mean, its variance, and the sum of weighted squares about it."""
    return pooling.weighted_mean(known.x, known.size, between, known.fit, known.fits)


def paule_mandel(known: Cells) -> Array:
    """Variance between units, by fit: where the weighted squares equal their k - 1 (0 if below)."""
    return pooling.paule_mandel(known.x, known.size, known.fit, known.fits)


def normal_grid(known: Cells) -> Grid:
    """As `grid`, for normal values: `size` is the variance between units, and the mean is
    integrated exactly (restricted likelihood)."""
    variance = known.size**2
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = known.count() / known.sum(1 / variance)
    harmonic = np.where(np.isfinite(harmonic), harmonic, 1.0)
    sizes: list[Array] = []
    logs: list[Array] = []
    means: list[Array] = []
    squares: list[Array] = []
    for shrinkage in SHRINKAGES:
        between = harmonic * (1 - shrinkage) / shrinkage
        mean, mean_variance, square = weighted_mean(known, between)
        spread = known.sum(np.log(variance + between[known.fit]))
        sizes.append(between)
        with np.errstate(invalid="ignore"):
            logs.append(0.5 * (np.log(mean_variance) - spread - square))
        means.append(mean)
        squares.append(mean**2 + mean_variance)
    return Grid(np.array(sizes), normalised(np.array(logs)), np.array(means), np.array(squares))

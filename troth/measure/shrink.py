"""Small counts are pulled towards their peers, by as much as they are small.

Three models, each fitted by empirical Bayes inside peer groups: shares (beta-binomial), means and
log-ratios (normal-normal), counts with an exposure (gamma-Poisson). Source: METHODS B.7.

Every function takes values of one axis (units) or of two (units, indicators) and fits one prior for
each group and indicator, all at once. NaN is unknown and stays so; a unit without a case is given
its group's prior and a reliability of 0.

The point estimate is the plug-in one, which anybody can check by hand: (hits + a) / (n + a + b).
The plug-in *interval* takes the fitted prior as if it were known, and that is why it is too narrow:
with 18 bodies to a group it held the planted share in 76 of 100 cases instead of 90, with 8 bodies
in 64. Mostly the fault lies where no over-dispersion was found though there was some. Therefore,
unless `prior_known` is asked for, the prior's own uncertainty is added, in the manner of Morris
(1983) and of Kass and Steffey (1989): the prior is averaged over its mean and its size, weighed by
how well each explains the peers, and the posterior keeps the plug-in mean but takes the mean square
error about it that this average gives. Beforehand all shrinkages of a typical unit (the median, or
for variances the harmonic mean) are equally likely (Daniels 1999; Christiansen and Morris 1997),
and a mean share or rate has Jeffreys' prior. With 18 bodies to a group this held 88.4 of 100 shares,
90.1 of means and 88.2 of rates (`troth/score/calibrate.py`, 500 countries); at the edges it held 86
of shares (8 bodies that differ much) and 96 (bodies that hardly differ).

Cost, measured on two shared cores: 20,000 units by 110 indicators in 11 to 16 seconds with 20 peer
groups (2,200 fits), 35 to 63 with 4,000 of them (440,000 fits).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from troth.errors import UsageError
from troth.measure import priors, special
from troth.measure.priors import Array, Cells, Grid, Likelihood

#: The least reliability with which a body's own figure is published (METHODS B.7).
PUBLISH = 0.5

#: The least reliability with which a body enters ranks (METHODS B.7).
RANK = 0.7

#: Two-sided coverage of every interval (METHODS B.7).
LEVEL = 0.90

#: A prior size above this many times the largest unit means that no over-dispersion was found:
#: then the pooled value is the prior mean, and this is its size (METHODS B.7).
LARGEST_SIZE = 10.0

#: No prior of a share is weaker than the one case that Jeffreys' prior is worth.
SMALLEST_SIZE = 1.0

#: As little of the largest exposure is the least that a prior rate can be worth.
SMALLEST_EXPOSURE = 1e-6


class Family(StrEnum):
    """Of which kind a posterior is, and what its two parameters are called."""

    BETA = "beta"  # alpha, beta
    NORMAL = "normal"  # mean, variance
    GAMMA = "gamma"  # shape, rate


@dataclass(frozen=True)
class Prior:
    """What the peers say, by group, or by group and indicator; NaN where they say nothing.

    `size` is counted in the unit of the data: cases (beta) or exposure (gamma); for normal values
    it is the variance between units. `found` is False where no over-dispersion was found and the
    size is the stated one.
    """

    groups: tuple[str, ...]
    mean: Array
    size: Array
    found: Array


@dataclass(frozen=True)
class Shrunk:
    """Estimates with their intervals, and the posterior from which `draws` are made.

    `group` says, by unit, which of `prior.groups` it was compared with. `first` and `second` are
    the posterior's parameters, as `Family` names them.
    """

    family: Family
    prior: Prior
    group: Array
    estimate: Array
    low: Array
    high: Array
    reliability: Array
    first: Array
    second: Array

    @property
    def publishable(self) -> Array:
        """Whose own figure may be shown."""
        return np.asarray(self.reliability >= PUBLISH)

    @property
    def rankable(self) -> Array:
        """Who may enter ranks."""
        return np.asarray(self.reliability >= RANK)


def beta_binomial(
    hits: Array,
    n: Array,
    groups: Array | None = None,
    *,
    prior_known: bool = False,
    level: float = LEVEL,
) -> Shrunk:
    """Shares: hits out of n, towards the Beta prior of the group, fitted by maximum likelihood.

    `hits` and `n` are whole numbers, `groups` are labels of shape (units,). The search starts from
    the moments of METHODS B.7. Where the likelihood is highest at a size above 10 times the largest
    n, or keeps rising, the prior is the pooled share with that size. Where nobody or everybody is
    hit, the pooled share is (hits + 1/2) / (n + 1): a mean of 0 or 1 would claim certainty.
    """
    fitted = _fit_shares(hits, n, groups)
    known, mean, prior_size = fitted.known, fitted.mean, fitted.size
    x, size = known.x, known.size
    a, worth = (mean * prior_size)[known.fit], prior_size[known.fit]
    first, second = x + a, size - x + worth - a
    if not prior_known:
        estimate = first / (first + second)
        wide = priors.grid(fitted.likelihood, known.median_size(), special.logit(fitted.pooled))
        square = _square_about(estimate, known, wide, _beta_moments)
        # No distribution on 0 to 1 has more variance than the one at its two ends.
        widest = estimate * (1 - estimate)
        cases_worth = widest / np.minimum(square, 0.999 * widest) - 1
        first, second = estimate * cases_worth, (1 - estimate) * cases_worth
    return Shrunk(
        family=Family.BETA,
        prior=fitted.prior,
        group=known.group,
        reliability=known.put(size / (size + worth)),
        **_beta_interval(known.put(first), known.put(second), level),
    )


@dataclass(frozen=True)
class _FittedShares:
    """Priors of shares by fit, and what they were found from."""

    known: Cells
    likelihood: Likelihood
    pooled: Array
    mean: Array
    size: Array
    prior: Prior


def beta_prior(hits: Array, n: Array, groups: Array | None = None) -> tuple[Prior, Array]:
    """The priors of `beta_binomial` alone, and which of `prior.groups` each unit belongs to."""
    fitted = _fit_shares(hits, n, groups)
    return fitted.prior, fitted.known.group


def _fit_shares(hits: Array, n: Array, groups: Array | None) -> _FittedShares:
    known = priors.cells(hits, n, groups)
    x, size = known.x, known.size
    _refuse_unless(bool(np.all((x >= 0) & (x <= size))), "0 <= hits <= n")
    _refuse_unless(_whole(x) and _whole(size), "whole numbers of hits and of cases")
    total, cases = known.sum(x), known.sum(size)
    most = LARGEST_SIZE * known.largest_size()
    same = (total == 0) | (total == cases)
    pooled = (total + 0.5 * same) / np.maximum(cases + same, 1)
    # Tarone 1979: from no over-dispersion the likelihood rises only if this is above 0.
    rest = size - x
    rise = known.sum(x * (x - 1)) / pooled + known.sum(rest * (rest - 1)) / (1 - pooled)
    rise -= known.sum(size * (size - 1))
    searched = (rise > 1e-9 * cases) & ~same
    start = np.clip(moment_size(known, pooled), SMALLEST_SIZE, most)
    likelihood = priors.beta_binomial(known)
    fitted = np.flatnonzero(searched)
    location, log_size = priors.maximise(
        likelihood.only(fitted),
        special.logit(pooled[fitted]),
        np.log(start[fitted]),
        np.full(len(fitted), np.log(SMALLEST_SIZE)),
        np.log(most[fitted]),
    )
    mean, prior_size, found = _fitted(fitted, special.expit(location), log_size, pooled, most)
    # A group without a case says nothing, and nothing is said of its units.
    mean = np.where(cases > 0, mean, np.nan)
    prior = _prior(known, mean, prior_size, found, cases > 0)
    return _FittedShares(known, likelihood, pooled, mean, prior_size, prior)


def beta_posterior(
    hits: Array,
    n: Array,
    prior_mean: Array | float,
    prior_size: Array | float,
    *,
    level: float = LEVEL,
) -> Shrunk:
    """Shares under a prior that is given: (hits + a) / (n + a + b), and the Beta interval."""
    x, cases, mean, size = np.broadcast_arrays(
        *(np.asarray(one, float) for one in (hits, n, prior_mean, prior_size))
    )
    first, second = x + mean * size, cases - x + (1 - mean) * size
    unknown = np.isnan(first + second)
    return Shrunk(
        family=Family.BETA,
        prior=Prior(("given",), mean, size, ~unknown),
        group=np.zeros(x.shape[:1], np.int64),
        reliability=np.where(unknown, np.nan, cases / (cases + size)),
        **_beta_interval(first, second, level),
    )


def normal_normal(
    values: Array,
    errors: Array,
    groups: Array | None = None,
    *,
    prior_known: bool = False,
    level: float = LEVEL,
) -> Shrunk:
    """Means and log-ratios with known standard errors, towards the mean of the group.

    The variance between units is Paule and Mandel's (1982). With B = s^2 / (s^2 + tau^2) the
    estimate is mu + (1 - B)(y - mu), its variance (1 - B) s^2 + B^2 Var(mu), and its reliability
    1 - B.
    """
    known = priors.cells(values, errors, groups)
    _refuse_unless(bool(np.all(known.size > 0)), "standard errors above 0")
    between = priors.paule_mandel(known)
    mean, mean_variance, _ = priors.weighted_mean(known, between)
    y, own = known.x, known.size**2
    pull = own / (own + between[known.fit])
    estimate = y + pull * (mean[known.fit] - y)
    variance = (1 - pull) * own + pull**2 * mean_variance[known.fit]
    if not prior_known:
        variance = _square_about(estimate, known, priors.normal_grid(known), _normal_moments)
    half = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(variance)
    return Shrunk(
        family=Family.NORMAL,
        prior=_prior(known, mean, between, between > 0, known.count() > 0),
        group=known.group,
        estimate=known.put(estimate),
        low=known.put(estimate - half),
        high=known.put(estimate + half),
        reliability=known.put(1 - pull),
        first=known.put(estimate),
        second=known.put(variance),
    )


def normal_prior(values: Array, errors: Array, groups: Array | None = None) -> tuple[Prior, Array]:
    """The priors of `normal_normal` alone, and which of `prior.groups` each unit belongs to."""
    known = priors.cells(values, errors, groups)
    _refuse_unless(bool(np.all(known.size > 0)), "standard errors above 0")
    between = priors.paule_mandel(known)
    mean, _, _ = priors.weighted_mean(known, between)
    return _prior(known, mean, between, between > 0, known.count() > 0), known.group


def gamma_poisson(
    events: Array,
    exposure: Array,
    groups: Array | None = None,
    *,
    prior_known: bool = False,
    level: float = LEVEL,
) -> Shrunk:
    """Rates: events in an exposure, towards the Gamma prior of the group by maximum likelihood.

    The prior's size is its rate parameter, which is an exposure; reliability is exposure /
    (exposure + size). Where there is no over-dispersion the rule is that of shares, and a group
    without an event is given half of one.
    """
    known = priors.cells(events, exposure, groups)
    x, size = known.x, known.size
    _refuse_unless(bool(np.all((x >= 0) & (size >= 0))), "no number below 0")
    _refuse_unless(_whole(x), "whole numbers of events")
    _refuse_unless(bool(np.all((size > 0) | (x == 0))), "no event without exposure")
    total, exposed = known.sum(x), known.sum(size)
    most = LARGEST_SIZE * known.largest_size()
    pooled = np.where(total > 0, total, 0.5) / np.where(exposed > 0, exposed, 1)
    # The likelihood rises from no over-dispersion only if the squares exceed the events.
    rise = known.sum((x - pooled[known.fit] * size) ** 2 - x)
    searched = (rise > 1e-9 * total) & (total > 0)
    least = SMALLEST_EXPOSURE * most
    likelihood = priors.gamma_poisson(known)
    fitted = np.flatnonzero(searched)
    start = np.clip(
        (pooled * known.sum(size**2))[fitted] / rise[fitted], least[fitted], most[fitted]
    )
    location, log_size = priors.maximise(
        likelihood.only(fitted),
        np.log(pooled[fitted]),
        np.log(start),
        np.log(least[fitted]),
        np.log(most[fitted]),
    )
    mean, prior_size, found = _fitted(fitted, np.exp(location), log_size, pooled, most)
    mean = np.where(exposed > 0, mean, np.nan)
    shape, rate = x + (mean * prior_size)[known.fit], size + prior_size[known.fit]
    estimate = shape / rate
    if not prior_known:
        wide = priors.grid(likelihood, known.median_size(), np.log(pooled))
        rate = estimate / _square_about(estimate, known, wide, _gamma_moments)
        shape = estimate * rate
    return Shrunk(
        family=Family.GAMMA,
        prior=_prior(known, mean, prior_size, found, exposed > 0),
        group=known.group,
        reliability=known.put(size / (size + prior_size[known.fit])),
        **_gamma_interval(known.put(shape), known.put(rate), level),
    )


def draws(posterior: Shrunk, rng: np.random.Generator, n: int) -> Array:
    """`n` draws of every value, of shape (n, *estimate.shape); NaN where it is unknown."""
    first, second = posterior.first, posterior.second
    known = ~np.isnan(first + second)
    shape = (n, int(known.sum()))
    if posterior.family is Family.BETA:
        drawn = rng.beta(first[known], second[known], shape)
    elif posterior.family is Family.GAMMA:
        drawn = rng.gamma(first[known], 1 / second[known], shape)
    else:
        drawn = rng.normal(first[known], np.sqrt(second[known]), shape)
    found = np.full((n, *first.shape), np.nan)
    found[:, known] = drawn
    return found


def _whole(values: Array) -> bool:
    return bool(np.all(np.rint(values) == values))


def _refuse_unless(holds: bool, what: str) -> None:
    if not holds:
        raise UsageError(f"expected {what} among the known values; write NaN for what is unknown")


def moment_size(known: Cells, pooled: Array) -> Array:
    """Prior size of shares by moments (METHODS B.7), by fit; 1 where they give none."""
    x, size = known.x, known.size
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(size > 0, x / size, 0)
        squares = known.sum(size * (share - pooled[known.fit]) ** 2)
        even = pooled * (1 - pooled)
        cases, units = known.sum(size), known.sum(size > 0)
        apart = even * (cases - known.sum(size**2) / cases - (units - 1))
        found = apart / (squares - even * (units - 1)) - 1
    return np.where(np.isfinite(found) & (found > 0), found, 1.0)


def _fitted(
    fitted: Array, mean: Array, log_size: Array, pooled: Array, most: Array
) -> tuple[Array, Array, Array]:
    """Mean, size and whether they were found, of all fits; the stated rule for the others."""
    inside = log_size < np.log(most[fitted]) - 1e-9
    found = np.zeros(len(pooled), bool)
    found[fitted] = inside
    means, sizes = pooled.copy(), most.copy()
    means[found], sizes[found] = mean[inside], np.exp(log_size[inside])
    return means, sizes, found


def _prior(known: Cells, mean: Array, size: Array, found: Array, there: Array) -> Prior:
    return Prior(
        groups=known.labels,
        mean=known.table(np.where(there, mean, np.nan)),
        size=known.table(np.where(there, size, np.nan)),
        found=known.table(found & there),
    )


def _square_about(
    estimate: Array, known: Cells, wide: Grid, moments: Callable[..., tuple[Array, Array]]
) -> Array:
    """Mean square distance of the truth from the estimate, the prior being averaged over `wide`."""
    found = np.zeros(len(estimate))
    for size, weight, mean, square in zip(
        wide.size, wide.weight, wide.mean, wide.mean_square, strict=True
    ):
        fit = known.fit
        first, second = moments(known.x, known.size, size[fit], mean[fit], square[fit])
        found += weight[fit] * (second - 2 * estimate * first + estimate**2)
    return found


def _beta_moments(x: Array, n: Array, size: Array, m: Array, mm: Array) -> tuple[Array, Array]:
    worth = n + size
    second = x * (x + 1) + size * (2 * x + 1) * m + size**2 * mm
    return (x + size * m) / worth, second / (worth * (worth + 1))


def _gamma_moments(x: Array, e: Array, size: Array, m: Array, mm: Array) -> tuple[Array, Array]:
    worth = e + size
    second = x * (x + 1) + size * (2 * x + 1) * m + size**2 * mm
    return (x + size * m) / worth, second / worth**2


def _normal_moments(y: Array, s: Array, size: Array, m: Array, mm: Array) -> tuple[Array, Array]:
    pull = s**2 / (s**2 + size)
    first = y + pull * (m - y)
    return first, first**2 + (1 - pull) * s**2 + pull**2 * (mm - m**2)


def _beta_interval(first: Array, second: Array, level: float) -> dict[str, Array]:
    from scipy.special import betainccinv, betaincinv

    tail = (1 - level) / 2
    estimate = first / (first + second)
    low, high = betaincinv(first, second, tail), betainccinv(first, second, tail)
    return _around(first, second, estimate, low, high)


def _gamma_interval(shape: Array, rate: Array, level: float) -> dict[str, Array]:
    from scipy.special import gammainccinv, gammaincinv

    tail = (1 - level) / 2
    low, high = gammaincinv(shape, tail) / rate, gammainccinv(shape, tail) / rate
    return _around(shape, rate, shape / rate, low, high)


def _around(
    first: Array, second: Array, estimate: Array, low: Array, high: Array
) -> dict[str, Array]:
    """A very skew posterior has its mean beyond its own 95th percentile: the interval reaches it."""
    return {
        "first": first,
        "second": second,
        "estimate": estimate,
        "low": np.minimum(low, estimate),
        "high": np.maximum(high, estimate),
    }

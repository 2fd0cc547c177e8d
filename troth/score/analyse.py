"""What a table of indicators looks like, before and after it becomes an index.

Values are float64 of shape (..., units, indicators), NaN where unknown. Nothing here changes an
index: these are the checks that OECD/JRC 2008 (steps 2, 4 and 8) asks for, whose outcomes are
published beside it (METHODS B.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from troth.errors import InputError, UsageError
from troth.score.aggregate import places
from troth.score.normalise import mean_and_sd
from troth.score.sensitivity import mean_rank_shift
from troth.score.treat import kurtosis, passes, skewness

#: Two indicators so alike say one thing twice (METHODS B.1).
TWINS = 0.92
#: Below these shares COINr flags an indicator.
FEW_AVAILABLE = 0.65
FEW_NON_ZERO = 0.5
FEW_UNIQUE = 0.5


@dataclass(frozen=True)
class Statistics:
    """What can be said of each indicator alone; each array has shape (..., indicators)."""

    minimum: np.ndarray
    maximum: np.ndarray
    mean: np.ndarray
    median: np.ndarray
    #: Standard deviation, n-1.
    sd: np.ndarray
    skewness: np.ndarray
    kurtosis: np.ndarray
    #: Units of which it is known; of these not zero; different values; the most units with one.
    available: np.ndarray
    non_zero: np.ndarray
    unique: np.ndarray
    same: np.ndarray
    units: int

    @property
    def few_available(self) -> np.ndarray:
        """Known of less than 65 % of the units."""
        return _share_below(self.available, np.asarray(self.units), FEW_AVAILABLE)

    @property
    def few_non_zero(self) -> np.ndarray:
        """Not zero in less than half of the units of which it is known."""
        return _share_below(self.non_zero, self.available, FEW_NON_ZERO)

    @property
    def few_unique(self) -> np.ndarray:
        """Different values in less than half of the units of which it is known."""
        return _share_below(self.unique, self.available, FEW_UNIQUE)

    @property
    def outlying(self) -> np.ndarray:
        """Would be treated as skewed by outliers (`treat.passes`)."""
        found: np.ndarray = ~passes(self.skewness, self.kurtosis)
        return found


def statistics(values: np.ndarray) -> Statistics:
    """Ends, middle, spread and shape of each indicator, and how many units say something."""
    known = ~np.isnan(values)
    mean, sd = mean_and_sd(values)
    ordered = np.sort(values, axis=-2)  # what is unknown goes last
    n = known.sum(axis=-2, keepdims=True)
    lower = np.take_along_axis(ordered, np.maximum(n - 1, 0) // 2, axis=-2)
    upper = np.take_along_axis(ordered, np.minimum(n // 2, values.shape[-2] - 1), axis=-2)
    alike = values[..., :, None, :] == values[..., None, :, :]
    copies = alike.sum(axis=-2)
    with np.errstate(divide="ignore"):
        unique = np.rint(np.where(known, 1 / np.maximum(copies, 1), 0.0).sum(axis=-2))
    return Statistics(
        minimum=np.fmin.reduce(values, axis=-2),
        maximum=np.fmax.reduce(values, axis=-2),
        mean=mean[..., 0, :],
        median=((lower + upper) / 2)[..., 0, :],
        sd=sd[..., 0, :],
        skewness=skewness(values),
        kurtosis=kurtosis(values),
        available=n[..., 0, :],
        non_zero=(known & (values != 0)).sum(axis=-2),
        unique=unique.astype(np.int64),
        same=copies.max(axis=-2),
        units=values.shape[-2],
    )


@dataclass(frozen=True)
class Correlations:
    """Pearson correlation of every two indicators, over the units known of both.

    Each array has shape (..., indicators, indicators). `p` is that of the two-sided t test of no
    correlation. Below 3 units, or where one indicator is the same for all, r and p are NaN.
    """

    r: np.ndarray
    p: np.ndarray
    units: np.ndarray


def correlations(values: np.ndarray) -> Correlations:
    """How far indicators go together, pair by pair."""
    known = ~np.isnan(values)
    mean, sd = mean_and_sd(values)
    scale = np.where(sd > 0, sd, np.nan)
    x = np.where(known, (values - mean) / scale, 0.0)
    k = known.astype(np.float64)
    xt, kt = np.swapaxes(x, -1, -2), np.swapaxes(k, -1, -2)
    n = kt @ k
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = xt @ k  # of the row's indicator, over the units known of both
        squares = np.swapaxes(x**2, -1, -2) @ k
        own = squares - sums**2 / n
        both = xt @ x - sums * np.swapaxes(sums, -1, -2) / n
        r = both / np.sqrt(own * np.swapaxes(own, -1, -2))
    r = np.where((n >= 3) & np.isfinite(r), np.clip(r, -1, 1), np.nan)
    flat = np.arange(values.shape[-1])
    r[..., flat, flat] = np.where(np.isnan(r[..., flat, flat]), np.nan, 1.0)
    # Student's t with n-2 degrees of freedom, written as an incomplete beta function.
    p: np.ndarray = np.asarray(betainc(np.maximum(n - 2, 0.5) / 2, 0.5, 1 - r**2))
    return Correlations(r=r, p=np.where(np.isnan(r), np.nan, p), units=n.astype(np.int64))


@dataclass(frozen=True)
class Screening:
    """What the correlation screen flags: (indicator, its pillar, r) and (one, the other, r)."""

    against_own_pillar: tuple[tuple[str, str, float], ...]
    twins: tuple[tuple[str, str, float], ...]


def screen_correlations(
    values: np.ndarray,
    names: Sequence[str],
    parents: Sequence[str],
    pillars: np.ndarray,
    pillar_names: Sequence[str],
    twins_above: float = TWINS,
) -> Screening:
    """Indicators that go against their own pillar (r < 0), and pairs that are nearly one (r > 0.92).

    Takes one table: `values` (units, indicators) normalised so that more is better, and `pillars`
    (units, pillars), the pillars' values. What is flagged is looked at by people; nothing is left
    out because of it.
    """
    both = correlations(np.concatenate([values, pillars], axis=-1)).r
    k = values.shape[-1]
    unknown = sorted(set(parents) - set(pillar_names))
    if unknown:
        raise UsageError(f"screen_correlations: pillars without values: {unknown}")
    column = {name: k + at for at, name in enumerate(pillar_names)}
    against = [
        (name, parent, float(both[at, column[parent]]))
        for at, (name, parent) in enumerate(zip(names, parents, strict=True))
        if both[at, column[parent]] < 0
    ]
    twins = [
        (names[one], names[other], float(both[one, other]))
        for one in range(k)
        for other in range(one + 1, k)
        if both[one, other] > twins_above
    ]
    return Screening(tuple(against), tuple(twins))


@dataclass(frozen=True)
class Components:
    """Principal components of the correlation matrix, the strongest first.

    `eigenvalues` (..., components) add up to the number of indicators. `directions`
    (..., indicators, components) have length 1 each and the sign that makes their sum positive;
    times the square root of the eigenvalue they are loadings.
    """

    eigenvalues: np.ndarray
    directions: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        """Standard deviations of the components, as prcomp in R gives them."""
        found: np.ndarray = np.sqrt(self.eigenvalues)
        return found

    @property
    def explained(self) -> np.ndarray:
        """Part of the variance of each component."""
        found: np.ndarray = self.eigenvalues / self.eigenvalues.shape[-1]
        return found

    @property
    def loadings(self) -> np.ndarray:
        """Correlations of indicators (rows) and components (columns)."""
        found: np.ndarray = self.directions * self.sd[..., None, :]
        return found


def principal_components(values: np.ndarray) -> Components:
    """Components of a table without gaps; refuses one with gaps, or with an indicator all equal."""
    gaps = int(np.isnan(values).sum())
    if gaps:
        raise InputError(
            f"principal components need a table without gaps, and {gaps} values are missing: "
            "leave out the units or indicators concerned, or impute (troth.score.prepare)"
        )
    r = correlations(values).r
    if np.isnan(r).any():
        raise InputError(
            "principal components need 3 units or more, and indicators that differ between units"
        )
    ascending, directions = np.linalg.eigh(r)
    eigenvalues = np.maximum(np.flip(ascending, axis=-1), 0.0)
    directions = np.flip(directions, axis=-1)
    sign = np.where(directions.sum(axis=-2, keepdims=True) < 0, -1.0, 1.0)
    return Components(eigenvalues, directions * sign)


def cronbach_alpha(values: np.ndarray, standardised: bool = True) -> np.ndarray:
    """How far the indicators of a pillar measure one thing: shape (...), 1 at best.

    α = k/(k-1) · (1 - Σ variances / variance of the sum) over the units without gaps (Cronbach
    1951); standardised, indicators count alike whatever their unit: k·r̄ / (1 + (k-1)·r̄).
    """
    k = values.shape[-1]
    if k < 2:
        raise UsageError("Cronbach's alpha is of two indicators or more")
    whole = np.where(np.isnan(values).any(axis=-1, keepdims=True), np.nan, values)
    if standardised:
        r = correlations(whole).r
        mean = (r.sum(axis=(-1, -2)) - np.trace(r, axis1=-2, axis2=-1)) / (k * (k - 1))
        alpha: np.ndarray = np.asarray(k * mean / (1 + (k - 1) * mean))
        return alpha
    _, sd = mean_and_sd(whole)
    _, of_sum = mean_and_sd(whole.sum(axis=-1, keepdims=True))
    parts = (sd**2).sum(axis=-1)[..., 0]
    total = (of_sum**2)[..., 0, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.where(total > 0, k / (k - 1) * (1 - parts / total), np.nan)
    return found


def rank_shift(reference: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Mean number of places by which units move from one score to another (METHODS B.5).

    Both have shape (..., units); units without a place in either are not counted.
    """
    return mean_rank_shift(places(reference), places(scores))


def removal_shifts(index: Callable[[np.ndarray], np.ndarray], weights: np.ndarray) -> np.ndarray:
    """The rank shift when each element is left out in turn: shape (elements,).

    `index` gives the scores (units,) for weights (elements,); to leave an element out is to give
    it the weight 0. An element that moves nobody has no say, whatever its weight.
    """
    reference = index(weights)
    shifts = []
    for at in range(len(weights)):
        without = np.array(weights, dtype=np.float64)
        without[at] = 0.0
        shifts.append(float(rank_shift(reference, index(without))))
    return np.array(shifts)


def _share_below(count: np.ndarray, of: np.ndarray, least: float) -> np.ndarray:
    """Whether count / of lies below; an indicator of which nothing is known is below too."""
    found: np.ndarray = ~(count >= least * of) | (of == 0)
    return found

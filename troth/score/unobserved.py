"""One unobserved quality behind several sources, each with its own error: the model of the WGI.

For sources that ask experts or the public and cover different units. The estimate of a unit is the
mean of its sources, weighted by how little each of them errs, and comes with its standard error
(METHODS B.6; Kaufmann, Kraay & Mastruzzi 2010, The Worldwide Governance Indicators: Methodology).

What it takes for granted is that the errors of two sources are independent: sources that copy each
other make standard errors too small. A change of sources between two years is no change of the
units: fix the set of sources before comparing years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from troth.errors import InputError, UsageError

#: With two sources the model has more parameters than the data have moments.
FEWEST_SOURCES = 3

#: An own variance below this part of the source's variance: the source would be the quality itself
#: (a Heywood case), and the likelihood has no maximum to report.
LEAST_OWN_VARIANCE = 1e-8

#: The World Bank's 90 % bands use 1.64, not 1.645: with it all published bands come out (METHODS B.6).
Z_OF_WGI = 1.64


@dataclass(frozen=True)
class Sources:
    """The fitted model y = alpha + beta (g + e), with g ~ N(0, 1) and e ~ N(0, sigma2).

    Each array has shape (sources,). `psi` is beta² sigma2, the own variance in the source's unit.
    """

    alpha: np.ndarray
    beta: np.ndarray
    psi: np.ndarray
    log_likelihood: float
    steps: int

    @property
    def sigma2(self) -> np.ndarray:
        """Error variance on the scale of the quality: what the weights are made of."""
        found: np.ndarray = self.psi / self.beta**2
        return found


@dataclass(frozen=True)
class Estimates:
    """The quality of each unit, its standard error, how many sources it has: shape (units,).

    `weights` has shape (units, sources): 0 where a source is silent. They add up to less than one;
    what is missing is the pull towards the mean of all units.
    """

    estimate: np.ndarray
    standard_error: np.ndarray
    sources: np.ndarray
    weights: np.ndarray


def fit(values: np.ndarray, tolerance: float = 1e-12, most_steps: int = 200_000) -> Sources:
    """Maximum likelihood by EM, of values with shape (units, sources), NaN where a source is silent.

    Ends when no parameter moves by more than `tolerance` of its source's standard deviation. The
    sign of the quality is free in the model; it is chosen so that the sources rise with it on
    the whole. Refuses fewer than three sources, a source that says nothing or always the same, and
    a fit that has no maximum.
    """
    y = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(y)
    n = known.sum(axis=0)
    if y.ndim != 2 or y.shape[1] < FEWEST_SOURCES:
        raise UsageError(
            f"the model needs a table of at least {FEWEST_SOURCES} sources, not shape {y.shape}"
        )
    filled = np.where(known, y, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n, 1)
    spread = np.sqrt((known * (filled - mean) ** 2).sum(axis=0) / np.maximum(n, 1))
    silent = np.flatnonzero((n < 3) | ~(spread > 0))
    if silent.size:
        raise InputError(
            f"sources {silent.tolist()} cover fewer than three units, or say the same of all: "
            "leave them out"
        )
    # Standardised, so that one tolerance means the same for all sources.
    z = np.where(known, (filled - mean) / spread, 0.0)
    alpha, psi = np.zeros(len(n)), np.full(len(n), 0.5)
    beta = _first_slopes(z)
    for step in range(1, most_steps + 1):
        quality, variance = _quality(z, known, alpha, beta, psi)
        square = quality**2 + variance
        sum_g, sum_gg = quality @ known, square @ known
        sum_y, sum_gy = z.sum(axis=0), quality @ z
        below = n * sum_gg - sum_g**2
        new_beta = (n * sum_gy - sum_g * sum_y) / below
        new_alpha = (sum_y - new_beta * sum_g) / n
        off = known * (z - new_alpha - quality[:, None] * new_beta)
        new_psi = ((off**2).sum(axis=0) + new_beta**2 * (variance @ known)) / n
        if (new_psi < LEAST_OWN_VARIANCE).any():
            raise InputError(
                f"source {int(new_psi.argmin())} would be the quality itself, without any error: "
                "leave it out, or add sources"
            )
        moved = max(
            np.abs(new_alpha - alpha).max(),
            np.abs(new_beta - beta).max(),
            np.abs(new_psi - psi).max(),
        )
        alpha, beta, psi = new_alpha, new_beta, new_psi
        if moved < tolerance:
            beta = beta if beta.sum() >= 0 else -beta
            found = (mean + spread * alpha, spread * beta, spread**2 * psi)
            return Sources(*found, _log_likelihood(y, *found), step)
    raise InputError(
        f"the fit still moves after {most_steps} steps: the sources may share no quality"
    )


def estimate(values: np.ndarray, model: Sources) -> Estimates:
    """The quality of each unit given what its sources say. A unit of which all are silent: NaN.

    Precisions are 1/sigma2; the weight of a source is its precision by one plus the sum of those
    that cover the unit, and the standard error is one over the root of that sum (METHODS B.6).
    """
    y = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(y)
    precision = np.where(known, 1 / model.sigma2, 0.0)
    whole = 1 + precision.sum(axis=1)
    weights = precision / whole[:, None]
    own = np.where(known, (y - model.alpha) / model.beta, 0.0)
    covered = known.any(axis=1)
    return Estimates(
        np.where(covered, (weights * own).sum(axis=1), np.nan),
        np.where(covered, whole**-0.5, np.nan),
        known.sum(axis=1),
        weights,
    )


@dataclass(frozen=True)
class PercentileBand:
    """Percentile rank of each unit (0 worst, 100 best) and the ends of its band."""

    rank: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def percentile_bands(
    estimates: np.ndarray, standard_errors: np.ndarray, z: float = Z_OF_WGI
) -> PercentileBand:
    """Where the estimate less and plus z standard errors would stand among all estimates.

    With N estimates: rank 100 #(below)/(N-1); lower max(0, #(below est - z SE) - 1) and upper
    #(below est + z SE) - 1, both times 100/(N-1) (METHODS B.6). The upper end of a unit whose error
    is so small that nobody lies within it is its rank less one place; that is the source's rule,
    cut off at 0. Units without estimate take no part and are NaN; a unit alone has no rank.
    """
    found, error = (np.asarray(each, dtype=np.float64) for each in (estimates, standard_errors))
    known = ~np.isnan(found)
    others = known.sum() - 1
    if others < 1:
        nothing = np.full(found.shape, np.nan)
        return PercentileBand(nothing, nothing.copy(), nothing.copy())
    ordered = np.sort(found[known])

    def share(limit: np.ndarray, less: int) -> np.ndarray:
        below = np.searchsorted(ordered, limit, side="left")
        shares: np.ndarray = np.maximum(0, below - less) / others * 100
        return np.where(known & ~np.isnan(limit), shares, np.nan)

    return PercentileBand(share(found, 0), share(found - z * error, 1), share(found + z * error, 1))


def _first_slopes(z: np.ndarray) -> np.ndarray:
    """Slopes to start from: the first principal direction, with its signs."""
    _, vectors = np.linalg.eigh(z.T @ z)
    first = vectors[:, -1] * (1 if vectors[:, -1].sum() >= 0 else -1)
    # A source at right angles to the others would never leave 0.
    found: np.ndarray = np.where(np.abs(first) < 0.1, np.where(first < 0, -0.1, 0.1), first)
    return found


def _quality(
    z: np.ndarray, known: np.ndarray, alpha: np.ndarray, beta: np.ndarray, psi: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each unit's quality, given its sources and the parameters."""
    variance = 1 / (1 + known @ (beta**2 / psi))
    return variance * ((known * (z - alpha)) @ (beta / psi)), variance


def _log_likelihood(y: np.ndarray, alpha: np.ndarray, beta: np.ndarray, psi: np.ndarray) -> float:
    """Of the known values, with the quality integrated out (matrix determinant lemma)."""
    known = ~np.isnan(y)
    off = np.where(known, y - alpha, 0.0)
    precision = 1 + known @ (beta**2 / psi)
    square = (off**2) @ (1 / psi) - (off @ (beta / psi)) ** 2 / precision
    log_determinant = known @ np.log(psi) + np.log(precision)
    constant = known.sum() * np.log(2 * np.pi)
    return float(-0.5 * (square.sum() + log_determinant.sum() + constant))

"""Likelihoods written out term by term, and a search that tries many priors."""

import math
from collections.abc import Callable

import numpy as np


def beta_binomial(hits: np.ndarray, n: np.ndarray, mean: float, size: float) -> float:
    """Skellam's likelihood as a product of urns: each hit makes the next one likelier."""
    total = 0.0
    for x, cases in zip(hits.tolist(), n.tolist(), strict=True):
        total += sum(math.log(mean * size + i) for i in range(x))
        total += sum(math.log((1 - mean) * size + i) for i in range(cases - x))
        total -= sum(math.log(size + i) for i in range(cases))
    return total


def gamma_poisson(events: np.ndarray, exposure: np.ndarray, mean: float, size: float) -> float:
    total = 0.0
    for x, e in zip(events.tolist(), exposure.tolist(), strict=True):
        total += sum(math.log(mean * size + i) for i in range(x))
        total += mean * size * math.log(size / (size + e)) - x * math.log(size + e)
    return total


def _search(
    likelihood: Callable[[float, float], float], means: np.ndarray, sizes: np.ndarray
) -> float:
    return max(likelihood(mean, size) for mean in means.tolist() for size in sizes.tolist())


def beta_binomial_by_search(
    hits: np.ndarray, n: np.ndarray, mean: float, size: float
) -> tuple[float, float]:
    """The highest likelihood over a wide and a near grid, and the one at (mean, size)."""

    def at(m: float, s: float) -> float:
        return beta_binomial(hits, n, m, s)

    most = 10 * n.max()
    wide = _search(at, np.linspace(0.02, 0.98, 13), np.exp(np.linspace(0, math.log(most), 9)))
    near_means = np.clip(mean + np.array([-0.01, 0, 0.01]), 1e-6, 1 - 1e-6)
    near_sizes = np.clip(size * np.array([0.95, 1, 1.05]), 1, most)
    return max(wide, _search(at, near_means, near_sizes)), at(mean, size)


def gamma_poisson_by_search(
    events: np.ndarray, exposure: np.ndarray, mean: float, size: float
) -> tuple[float, float]:
    def at(m: float, s: float) -> float:
        return gamma_poisson(events, exposure, m, s)

    most, pooled = 10 * exposure.max(), events.sum() / exposure.sum()
    wide = _search(at, pooled * np.geomspace(0.2, 5, 13), most * np.geomspace(1e-4, 1, 9))
    near = _search(
        at, mean * np.array([0.97, 1, 1.03]), np.minimum(size * np.array([0.95, 1, 1.05]), most)
    )
    return max(wide, near), at(mean, size)

"""Which choice of method the results depend on: every choice tried with every other.

The choices behind an index are few and discrete, so all their combinations can be run, and the
Sobol indices follow exactly, without sampling noise (METHODS B.5; Saltelli et al. 2008, Global
Sensitivity Analysis: The Primer; Saisana, Saltelli & Tarantola 2005, JRSS-A 168: 307-323).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from troth.errors import UsageError

#: A variance this small, as a part of the mean square, is rounding: nothing varies.
ROUNDING = 1e-24


def factorial(
    factors: Mapping[str, Sequence[Any]], outcome: Callable[..., np.ndarray | float]
) -> np.ndarray:
    """The outcome of every combination of levels: shape (levels of factor 1, ..., outcome's own).

    `outcome` is called once for each combination, with one level of each factor by name.
    """
    shape = tuple(len(levels) for levels in factors.values())
    if 0 in shape or not shape:
        raise UsageError("a factorial needs at least one factor, and each at least one level")
    results = [
        np.asarray(outcome(**dict(zip(factors, levels, strict=True))), dtype=np.float64)
        for levels in product(*factors.values())
    ]
    return np.stack(results).reshape(*shape, *results[0].shape)


@dataclass(frozen=True)
class Sobol:
    """First-order and total index of each factor: shape (factors, ...)."""

    first: np.ndarray
    total: np.ndarray


def sobol(outcomes: np.ndarray, factors: int | None = None) -> Sobol:
    """Exact Sobol indices of a full factorial whose levels are all equally likely.

    `outcomes` has one axis for each factor, then any others, over which the indices are given one
    by one; without `factors` all axes are factors. With population variances, the first-order index
    is the variance of the mean given the factor's level, the total index the mean of the variance
    over the factor when all others are held, both as a part of the whole variance (METHODS B.5).
    Where nothing varies no factor has a share in it: NaN. So where an outcome is unknown.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    count = y.ndim if factors is None else factors
    if not 1 <= count <= y.ndim:
        raise UsageError(f"outcomes of {y.ndim} axes cannot come from {count} factors")
    axes = tuple(range(count))
    variance = y.var(axis=axes)
    square = np.square(y).mean(axis=axes)
    variance = np.where(variance <= ROUNDING * square, np.nan, variance)
    first, total = [], []
    for factor in axes:
        others = tuple(axis for axis in axes if axis != factor)
        first.append(y.mean(axis=others).var(axis=0) / variance)
        total.append(y.var(axis=factor).mean(axis=tuple(range(count - 1))) / variance)
    return Sobol(np.stack(first), np.stack(total))


def mean_rank_shift(reference: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """How many places a unit moves on average: mean of |reference - rank| (METHODS B.5, RS).

    Both have shape (..., units) and broadcast; units without a rank in either take no part.
    """
    shifts = np.abs(np.asarray(reference, dtype=np.float64) - ranks)
    known = ~np.isnan(shifts)
    n = known.sum(axis=-1)
    total = np.where(known, shifts, 0.0).sum(axis=-1)
    found: np.ndarray = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    return found


@dataclass(frozen=True)
class RankStatistics:
    """The ranks of each unit over all variants; each of shape (units,), quantiles of type 7."""

    mean: np.ndarray
    median: np.ndarray
    q05: np.ndarray
    q95: np.ndarray
    least: np.ndarray
    most: np.ndarray
    share_in_top: np.ndarray


def rank_statistics(ranks: np.ndarray, top: int) -> RankStatistics:
    """Over ranks of shape (variants, units). `top` is the last rank that counts as being on top.

    A unit that has no rank in some variant has no statistics: NaN.
    """
    table = np.asarray(ranks, dtype=np.float64)
    low, middle, high = np.quantile(table, (0.05, 0.5, 0.95), axis=0)
    in_top = np.where(np.isnan(table), np.nan, table <= top).mean(axis=0)
    return RankStatistics(
        table.mean(axis=0), middle, low, high, table.min(axis=0), table.max(axis=0), in_top
    )


@dataclass(frozen=True)
class Dependence:
    """What one unit's rank depends on, one factor a row: the table for its page.

    `first` and `total` are the factor's Sobol indices for this unit's rank, NaN where its rank never
    moves; `by_level` is its mean rank at each level, and `spread` the most that these differ: how
    many places the choice is worth on average.
    """

    factor: str
    levels: tuple[str, ...]
    by_level: tuple[float, ...]
    spread: float
    first: float
    total: float


def rank_depends_on(
    factors: Mapping[str, Sequence[Any]], ranks: np.ndarray, unit: int
) -> tuple[Dependence, ...]:
    """The table "what the ranking depends on" of one unit, the largest total index first.

    `ranks` has shape (levels of factor 1, ..., units), as `factorial` gives it.
    """
    expected = tuple(len(levels) for levels in factors.values())
    if ranks.shape[:-1] != expected:
        raise UsageError(
            f"ranks of shape {ranks.shape} do not belong to factors with {expected} levels"
        )
    own = np.asarray(ranks, dtype=np.float64)[..., unit]
    indices = sobol(own)
    rows = []
    for at, (factor, levels) in enumerate(factors.items()):
        means = own.mean(axis=tuple(axis for axis in range(own.ndim) if axis != at))
        rows.append(
            Dependence(
                factor,
                tuple(str(level) for level in levels),
                tuple(means.tolist()),
                float(means.max() - means.min()),
                float(indices.first[at]),
                float(indices.total[at]),
            )
        )
    return tuple(sorted(rows, key=lambda row: -np.nan_to_num(row.total)))

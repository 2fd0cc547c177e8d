"""Indicators of different units on one scale.

Values are float64 of shape (..., units, indicators), NaN where unknown. Every function works over
the units (axis -2), broadcasts over the axes before, and leaves unknown what was unknown. An
indicator that gives no scale, because all its units are equal, is unknown throughout: a number
there would be made up.

`direction` is +1 where more is better and -1 where less is, one for all indicators or an array of
shape (indicators,); afterwards more is always better. The headline uses `goalposts`, which move for
nobody (METHODS B.2); the others depend on who else is in the table and serve the analysis of
uncertainty (OECD/JRC 2008, Handbook on Constructing Composite Indicators, step 5; the functions of
COINr 1.1.14, which are named where they differ in name).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from troth.errors import UsageError

#: One number for all indicators, or one each.
Each = np.ndarray | float


def directed(values: np.ndarray, direction: Each = 1) -> np.ndarray:
    """Values times direction, so that more is better; refuses a direction that is not +1 or -1."""
    signs = np.asarray(direction, dtype=np.float64)
    if not np.isin(signs, (-1.0, 1.0)).all():
        raise UsageError(
            f"direction is +1 (more is better) or -1 (less is better), for each indicator: "
            f"found {np.unique(signs).tolist()}"
        )
    found: np.ndarray = np.asarray(values, dtype=np.float64) * signs
    return found


def min_max(
    values: np.ndarray, direction: Each = 1, lower: float = 0.0, upper: float = 100.0
) -> np.ndarray:
    """`lower` for the worst unit, `upper` for the best, in proportion between (COINr n_minmax)."""
    x = directed(values, direction)
    worst, best = _ends(x)
    return lower + (upper - lower) * _divided(x - worst, best - worst)


def z_scores(
    values: np.ndarray, direction: Each = 1, mean: float = 0.0, sd: float = 1.0
) -> np.ndarray:
    """Standard deviations (n-1) from the mean of the units, moved to `mean` and stretched to `sd`.

    `mean=100, sd=10` is the scale of the Mazziotta-Pareto index.
    """
    x = directed(values, direction)
    middle, spread = mean_and_sd(x)
    return mean + sd * _divided(x - middle, spread)


def mean_and_sd(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (n-1) over the known units, with the units' axis kept."""
    known = ~np.isnan(values)
    n = known.sum(axis=-2, keepdims=True)
    mean = _divided(np.where(known, values, 0.0).sum(axis=-2, keepdims=True), n)
    squares = np.where(known, values - mean, 0.0) ** 2
    # All units equal: rounding in the mean must not pass for a spread.
    low, high = _ends(values)
    variance = np.where(
        low == high, 0.0, _divided(squares.sum(axis=-2, keepdims=True), np.maximum(n - 1, 0))
    )
    return mean, np.sqrt(np.where(n > 1, variance, np.nan))


def ranks(
    values: np.ndarray, direction: Each = 1, ties: Literal["min", "mean"] = "min"
) -> np.ndarray:
    """1 for the worst unit, counting up (COINr n_rank, Handbook Table 15).

    Units that are equal share the lowest of their ranks, or with `ties="mean"` the mean of them.
    """
    x = np.moveaxis(directed(values, direction), -2, -1)
    n = x.shape[-1]
    order = np.argsort(x, axis=-1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=-1)
    place = np.arange(n)
    differs = ordered[..., 1:] != ordered[..., :-1]
    edge = np.ones((*x.shape[:-1], 1), dtype=bool)
    first = np.concatenate([edge, differs], axis=-1)
    lowest = np.maximum.accumulate(np.where(first, place, 0), axis=-1)
    rank = lowest.astype(np.float64)
    if ties == "mean":
        last = np.concatenate([differs, edge], axis=-1)
        highest = np.flip(
            np.minimum.accumulate(np.flip(np.where(last, place, n), axis=-1), axis=-1), axis=-1
        )
        rank = (lowest + highest) / 2
    found = np.empty_like(x)
    np.put_along_axis(found, order, rank + 1, axis=-1)
    found[np.isnan(x)] = np.nan
    return np.moveaxis(found, -1, -2)


def borda_points(values: np.ndarray, direction: Each = 1) -> np.ndarray:
    """How many units are worse: rank - 1 (COINr n_borda)."""
    return ranks(values, direction) - 1


def percentile_ranks(values: np.ndarray, direction: Each = 1) -> np.ndarray:
    """The share of the other units that are worse, in per cent (COINr n_prank times 100).

    A unit that is alone in the table has no other to compare with: NaN.
    """
    others = (~np.isnan(values)).sum(axis=-2, keepdims=True) - 1
    return 100 * _divided(borda_points(values, direction), others)


def goalposts(values: np.ndarray, worst: Each, best: Each) -> np.ndarray:
    """0 at the worst goalpost and beyond, 100 at the best and beyond, in proportion between.

    `worst` and `best` are given in the indicator's own unit and say its direction by their order.
    No unit moves because another one did (METHODS B.2).
    """
    zero, hundred = np.asarray(worst, dtype=np.float64), np.asarray(best, dtype=np.float64)
    if not (np.isfinite(zero).all() and np.isfinite(hundred).all() and (zero != hundred).all()):
        raise UsageError("goalposts must be known, and worst and best must differ")
    found: np.ndarray = 100 * np.clip((values - zero) / (hundred - zero), 0, 1)
    return found


def around_reference(
    values: np.ndarray, reference: Each, lowest: Each, highest: Each, direction: Each = 1
) -> np.ndarray:
    """The scale of the adjusted Mazziotta-Pareto index: 100 at the reference, 70 to 130 around it.

    `lowest` and `highest` are the ends of the indicator over all units and years that are to be
    compared; half their distance lies on either side of the reference. Values beyond are not
    cut off. (Mazziotta & Pareto 2016, Social Indicators Research 127: 983-1003.)
    """
    half = (np.asarray(highest, dtype=np.float64) - np.asarray(lowest, dtype=np.float64)) / 2
    if not (half > 0).all():
        raise UsageError("the highest value must lie above the lowest, for each indicator")
    signs = directed(np.ones(1), direction)
    found: np.ndarray = 100 + 30 * signs * (values - np.asarray(reference)) / half
    return found


def distance_to_best(values: np.ndarray, direction: Each = 1) -> np.ndarray:
    """1 for the best unit, less its distance as a part of the whole range (COINr n_dist2max)."""
    return min_max(values, direction, 0.0, 1.0)


def distance_to_unit(values: np.ndarray, unit: int, direction: Each = 1) -> np.ndarray:
    """1 for the unit at that place, 0 for the worst, in proportion, also above 1 (COINr n_dist2ref).

    Where that unit is itself the worst, or unknown, there is no scale: NaN. (COINr gives Inf.)
    """
    x = directed(values, direction)
    worst, _ = _ends(x)
    reference = np.take(x, [unit], axis=-2)
    return 1 - _divided(reference - x, reference - worst)


def share_of_best(values: np.ndarray, direction: Each = 1) -> np.ndarray:
    """Each value divided by the best one (COINr n_fracmax; Handbook: ratio to the leader).

    Meant for quantities with a zero of their own. Where the best is 0: NaN. (COINr gives Inf.)
    """
    x = directed(values, direction)
    _, best = _ends(x)
    return _divided(x, best)


def ratio_to(values: np.ndarray, reference: Each) -> np.ndarray:
    """Each value divided by a reference: the mean, the best, a year's value (Handbook Table 15).

    The Handbook's other form, the relative difference, is this less 1.
    """
    return _divided(np.asarray(values, dtype=np.float64), np.asarray(reference, dtype=np.float64))


def above_or_below(values: np.ndarray, reference: Each, margin: float = 0.2) -> np.ndarray:
    """+1 above the reference by more than the margin, -1 below it by more, 0 around it.

    The margin is a part of the reference: 0.2 leaves a fifth on either side (Handbook Table 15).
    """
    ratio = ratio_to(values, reference)
    side = np.where(ratio > 1 + margin, 1.0, np.where(ratio < 1 - margin, -1.0, 0.0))
    return np.where(np.isnan(ratio), np.nan, side)


def categories(
    values: np.ndarray, cuts: np.ndarray, points: np.ndarray, direction: Each = 1
) -> np.ndarray:
    """Points by share of rank: `points[0]` up to and with `cuts[0]`, and so on (Handbook Table 15).

    The share is rank / n in per cent; `cuts` rise and are one fewer than `points`.
    """
    edges, given = np.asarray(cuts, dtype=np.float64), np.asarray(points, dtype=np.float64)
    if len(given) != len(edges) + 1 or (np.diff(edges) <= 0).any():
        raise UsageError("cuts must rise, and there must be one more number of points than cuts")
    n = (~np.isnan(values)).sum(axis=-2, keepdims=True)
    share = 100 * _divided(ranks(values, direction), n)
    found: np.ndarray = given[np.searchsorted(edges, share).clip(0, len(edges))]
    return np.where(np.isnan(share), np.nan, found)


def _ends(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest known value of each indicator, with the units' axis kept."""
    low: np.ndarray = np.fmin.reduce(x, axis=-2, keepdims=True)
    high: np.ndarray = np.fmax.reduce(x, axis=-2, keepdims=True)
    return low, high


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Above by below; NaN where below is 0, whatever is above."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.where(below == 0, np.nan, above / below)
    return found

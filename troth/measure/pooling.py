"""Values of several bodies with known errors, pooled: their mean, and how far the bodies differ.

One element a value; `group` says which of `groups` each belongs to. Definitions: METHODS B.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from troth.measure.grouped import Array

#: Newton's steps after which the variance between bodies must be found.
_STEPS = 80


def weighted_mean(
    value: Array, error: Array, between: Array, group: Array, groups: int
) -> tuple[Array, Array, Array]:
    """By group: the mean, its variance, and the sum of weighted squares about it."""
    weight = 1 / (error**2 + between[group])
    total = np.bincount(group, weight, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(group, weight * value, groups) / total
        variance = 1 / total
    squares = np.bincount(group, weight * (value - mean[group]) ** 2, groups)
    return mean, variance, squares


def paule_mandel(value: Array, error: Array, group: Array, groups: int) -> Array:
    """Variance between units by group: where the weighted squares equal their k - 1 (0 if below).

    Newton's method from 0 climbs to the root without passing it, because the squares fall ever
    more slowly (DerSimonian and Kacker 2007).
    """
    between = np.zeros(groups)
    count = np.bincount(group, minlength=groups)
    for _ in range(_STEPS):
        mean, _, squares = weighted_mean(value, error, between, group, groups)
        excess = squares - (count - 1)
        weight = 1 / (error**2 + between[group])
        fall = np.bincount(group, weight**2 * (value - mean[group]) ** 2, groups)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where((excess > 0) & (fall > 0) & (count > 1), excess / fall, 0.0)
        if (step <= 1e-13 * between).all():
            break
        between = between + step
    return between


@dataclass(frozen=True)
class Pulled:
    """Values drawn towards their common mean; NaN where a value is unknown."""

    estimate: Array
    std_err: Array
    reliability: Array
    mean: float
    between: float  # variance between bodies


def pulled(value: Array, error: Array) -> Pulled:
    """Each value drawn to the mean of all by B = s^2 / (s^2 + tau^2), tau^2 as above.

    The estimate is mu + (1 - B)(y - mu), its variance (1 - B) s^2 + B^2 Var(mu), its reliability
    1 - B. The prior is taken as known, as METHODS B.7 has it; with few bodies the error is then
    somewhat too small (`score/shrink.py` adds what is missing where levels are made).
    """
    known = np.flatnonzero(np.isfinite(value) & np.isfinite(error))
    estimate, std_err, reliability = (np.full(len(value), np.nan) for _ in range(3))
    if not len(known):
        return Pulled(estimate, std_err, reliability, np.nan, np.nan)
    y, s, one = value[known], error[known], np.zeros(len(known), np.int64)
    between = paule_mandel(y, s, one, 1)
    mean, variance, _ = weighted_mean(y, s, between, one, 1)
    pull = s**2 / (s**2 + between[0])
    estimate[known] = y + pull * (mean[0] - y)
    std_err[known] = np.sqrt((1 - pull) * s**2 + pull**2 * variance[0])
    reliability[known] = 1 - pull
    return Pulled(estimate, std_err, reliability, float(mean[0]), float(between[0]))

"""Quartiles and fences as Cardinal computes them, to the last bit.

Quantiles are of type 8 (Hyndman and Fan 1996, "Sample quantiles in statistical packages"), the
median-unbiased ones. A fence multiplies and adds in one step, rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

#: How many interquartile ranges beyond a quartile a fence lies (Tukey 1977).
RANGES = 1.5

#: Meta shows so many decimals.
DECIMALS = 10_000.0


@dataclass(frozen=True)
class Quartiles:
    """The first and third quartile; NaN where there is nothing."""

    first: float
    third: float

    @property
    def lower_fence(self) -> float:
        return multiply_add(self.third - self.first, -RANGES, self.first)

    @property
    def upper_fence(self) -> float:
        return multiply_add(self.third - self.first, RANGES, self.third)


def quartiles(values: Iterable[float]) -> Quartiles:
    """The quartiles of some values, in any order; what is no number counts as greatest."""
    ordered = sorted(values, key=lambda value: (math.isnan(value), value))
    return Quartiles(quantile(ordered, 0.25), quantile(ordered, 0.75))


def quantile(ordered: list[float], share: float) -> float:
    """The quantile of type 8 of values in ascending order; NaN for none, or a share beyond 1."""
    if not ordered or not 0 <= share <= 1:
        return math.nan
    count = len(ordered)
    position = (count + 1 / 3) * share + 1 / 3
    below = int(position)
    if below <= 0 or share == 0:
        return ordered[0]
    if below >= count or share == 1:
        return ordered[-1]
    low, high = ordered[below - 1], ordered[below]
    return low + (position - below) * (high - low)


def multiply_add(value: float, by: float, plus: float) -> float:
    """value * by + plus, rounded once."""
    if not all(map(math.isfinite, (value, by, plus))):
        return value * by + plus
    try:
        return float(Fraction(value) * Fraction(by) + Fraction(plus))
    except OverflowError:
        return value * by + plus


def shown(value: float) -> float:
    """A figure as Meta shows it: four decimals, halves away from zero."""
    scaled = value * DECIMALS
    if not math.isfinite(scaled):
        return scaled
    whole = math.trunc(scaled)
    if abs(scaled - whole) >= 0.5:
        whole += 1 if scaled > 0 else -1
    return math.copysign(whole / DECIMALS, value)

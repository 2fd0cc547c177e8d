"""Outliers, before indicators are put on a scale that outliers would stretch.

The rule of COINr (METHODS B.2): an indicator passes if |skewness| < 2 or kurtosis < 3.5. If not, its
most extreme units are brought in, one step at a time on the side of the skew, up to five units. If
that does not help, the logarithm of the original is taken. What was done is recorded, indicator by
indicator. Goalposts need none of this: a value beyond them is cut off there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from troth.errors import UsageError

#: METHODS B.2, after COINr: both must be reached for an indicator to be treated.
MOST_SKEW = 2.0
MOST_KURTOSIS = 3.5
#: More units brought in than this, and it is no longer a matter of outliers.
MOST_POINTS = 5
#: Keeps the lowest unit's logarithm finite: this part of the range is added.
LOG_OFFSET = 0.01

UNTREATED, WINSORISED, LOGARITHM = "untreated", "winsorised", "logarithm"


def skewness(values: np.ndarray) -> np.ndarray:
    """Sample skewness G1 of each indicator, shape (..., indicators); unknown below 3 units.

    G1 = √n Σx³ / (Σx²)^1.5 · √(n(n-1)) / (n-2), x from the mean: type 2 of Joanes & Gill 1998.
    """
    n, x = _centred(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        g1 = np.sqrt(n) * (x**3).sum(axis=-2) / (x**2).sum(axis=-2) ** 1.5
        found: np.ndarray = np.where(n >= 3, g1 * np.sqrt(n * (n - 1)) / (n - 2), np.nan)
    return found


def kurtosis(values: np.ndarray) -> np.ndarray:
    """Sample excess kurtosis G2 of each indicator, shape (..., indicators); unknown below 4 units.

    G2 = ((n+1)(r-3) + 6)(n-1) / ((n-2)(n-3)), r = n Σx⁴ / (Σx²)²: type 2 of Joanes & Gill 1998.
    """
    n, x = _centred(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = n * (x**4).sum(axis=-2) / (x**2).sum(axis=-2) ** 2
        g2 = ((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return np.where(n >= 4, g2, np.nan)


def passes(skew: np.ndarray, kurt: np.ndarray) -> np.ndarray:
    """Whether the rule leaves an indicator as it is; one whose shape is unknown is left."""
    found: np.ndarray = ~((np.abs(skew) >= MOST_SKEW) & (kurt >= MOST_KURTOSIS))
    return found


@dataclass(frozen=True)
class Record:
    """What was done to one indicator, and its shape before and after."""

    indicator: str
    #: "untreated", "winsorised" or "logarithm".
    action: str
    #: The places of the units that were brought in.
    units: tuple[int, ...]
    skewness_before: float
    kurtosis_before: float
    skewness_after: float
    kurtosis_after: float
    #: Whether the rule is met now. Not even a logarithm tames every indicator.
    passes: bool


@dataclass(frozen=True)
class Treated:
    """Treated values, and what was done; `action` and the shapes are (..., indicators)."""

    values: np.ndarray
    action: np.ndarray
    #: The units brought in, shape of the values.
    winsorised: np.ndarray
    skewness_before: np.ndarray
    kurtosis_before: np.ndarray
    skewness_after: np.ndarray
    kurtosis_after: np.ndarray

    def records(self, indicators: Sequence[str]) -> tuple[Record, ...]:
        """One record an indicator, for a single table of units and indicators."""
        if self.values.ndim != 2 or len(indicators) != self.values.shape[-1]:
            raise UsageError("records are of one table: name each of its indicators once")
        ok = passes(self.skewness_after, self.kurtosis_after)
        return tuple(
            Record(
                indicator=name,
                action=str(self.action[at]),
                units=tuple(np.flatnonzero(self.winsorised[:, at]).tolist()),
                skewness_before=float(self.skewness_before[at]),
                kurtosis_before=float(self.kurtosis_before[at]),
                skewness_after=float(self.skewness_after[at]),
                kurtosis_after=float(self.kurtosis_after[at]),
                passes=bool(ok[at]),
            )
            for at, name in enumerate(indicators)
        )


def treat(values: np.ndarray, most_points: int = MOST_POINTS) -> Treated:
    """Values with their outliers treated by the rule, and what was done to each indicator."""
    original = np.asarray(values, dtype=np.float64)
    skew, kurt = skewness(original), kurtosis(original)
    brought_in, changed = winsorise(original, most_points)
    settled = passes(skewness(brought_in), kurtosis(brought_in))
    started = changed.any(axis=-2)
    by_log = ~passes(skew, kurt) & ~settled
    treated = np.where(by_log[..., None, :], logarithm(original, skew), brought_in)
    action = np.where(by_log, LOGARITHM, np.where(started, WINSORISED, UNTREATED))
    return Treated(
        values=treated,
        action=action,
        winsorised=changed & ~by_log[..., None, :],
        skewness_before=skew,
        kurtosis_before=kurt,
        skewness_after=skewness(treated),
        kurtosis_after=kurtosis(treated),
    )


def winsorise(values: np.ndarray, most_points: int = MOST_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """The most extreme units of each indicator moved to the next value, until it passes.

    Gives the values and which were moved. Equal units move together; a step that would bring the
    number of units moved above `most_points` is not taken.
    """
    x = np.array(values, dtype=np.float64)
    moved = np.zeros(x.shape, dtype=bool)
    going = np.ones((*x.shape[:-2], 1, x.shape[-1]), dtype=bool)
    for _ in range(most_points):
        skew = skewness(x)
        going = going & ~passes(skew, kurtosis(x))[..., None, :]
        if not going.any():
            break
        side = np.where(skew > 0, 1.0, -1.0)[..., None, :]
        out = x * side
        furthest = np.fmax.reduce(out, axis=-2, keepdims=True)
        extreme = out == furthest
        following = np.fmax.reduce(np.where(extreme, np.nan, out), axis=-2, keepdims=True)
        after = moved | extreme
        going = going & (after.sum(axis=-2, keepdims=True) <= most_points)
        x = np.where(going & extreme, following * side, x)
        moved = np.where(going, after, moved)
    return x, moved


def logarithm(values: np.ndarray, skew: np.ndarray) -> np.ndarray:
    """log(x - min + 0.01 · range), which draws in the long side of a skew to the right.

    For a skew to the left the same is done in the mirror, -log(max - x + 0.01 · range), since
    otherwise the long side would become longer. Order is kept. `skew` has shape (..., indicators).
    """
    low = np.fmin.reduce(values, axis=-2, keepdims=True)
    high = np.fmax.reduce(values, axis=-2, keepdims=True)
    offset = LOG_OFFSET * (high - low)
    left = (skew < 0)[..., None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.where(
            left, -np.log(high - values + offset), np.log(values - low + offset)
        )
    return found


def _centred(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of known units of each indicator, and distances from their mean, 0 where unknown."""
    known = ~np.isnan(values)
    n = known.sum(axis=-2).astype(np.float64)
    total = np.where(known, values, 0.0).sum(axis=-2)
    mean = total / np.where(n == 0, np.nan, n)
    x = np.where(known, values - mean[..., None, :], 0.0)
    equal = np.fmin.reduce(values, axis=-2) == np.fmax.reduce(values, axis=-2)
    return n, np.where(equal[..., None, :], 0.0, x)

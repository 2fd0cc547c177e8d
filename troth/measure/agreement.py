"""Whether those who judge a text would judge it alike: Krippendorff's alpha, gold items, drift.

Assessments are judged twice, blindly; what follows from them is published only where the two agree
well enough (METHODS A.2). Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability;
Krippendorff 2004, Content Analysis, chapter 11, for the two gates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from troth.errors import UsageError
from troth.measure.intervals import wilson

Array = np.ndarray

#: Below the first nothing is published; from the second on, without reserve.
TENTATIVE = 0.667
RELIABLE = 0.80

#: Two-sided coverage of intervals, and how often units are drawn again for them (METHODS A.2).
LEVEL = 0.90
RESAMPLES = 1_000

#: Of so many resamples alpha must be defined, or there is no interval.
_DEFINED = 0.95


class Scale(StrEnum):
    """What a difference between two codes means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Standing(StrEnum):
    """What an agreement allows."""

    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    WITH_RESERVE = "with_reserve"
    WITHOUT_RESERVE = "without_reserve"


@dataclass(frozen=True)
class Agreement:
    """Alpha with its interval, from so many units judged at least twice, by so many values.

    Alpha is None where it is not defined: nothing was judged twice, or only one code was given,
    so that nobody can say whether the assessors could have differed.
    """

    alpha: float | None
    low: float | None
    high: float | None
    units: int
    values: int

    @property
    def standing(self) -> Standing:
        if self.alpha is None:
            return Standing.UNKNOWN
        if self.alpha < TENTATIVE:
            return Standing.WITHHELD
        return Standing.WITH_RESERVE if self.alpha < RELIABLE else Standing.WITHOUT_RESERVE


@dataclass(frozen=True)
class Accuracy:
    """How often an assessor gave the code that was agreed on beforehand, with Wilson's interval."""

    right: int
    n: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Drift:
    """What became of judgements on the same items from one wave to the next.

    `change` is the mean of second minus first with its interval; `shifted` is whether that interval
    leaves out 0; `agreement` is alpha with the two waves as assessors. None where no item was
    judged in both.
    """

    items: int
    change: float | None
    low: float | None
    high: float | None
    shifted: bool
    agreement: Agreement


def krippendorff(
    ratings: Array, scale: Scale, rng: np.random.Generator, *, resamples: int = RESAMPLES
) -> Agreement:
    """Alpha of ratings of shape (assessors, units), numbers with NaN where nobody judged.

    Units with fewer than two values do not count. The interval is from units drawn again with
    replacement; resamples in which only one code is left have no alpha, and where these are more
    than one in twenty no interval is given.
    """
    ratings = np.asarray(ratings, float)
    if ratings.ndim != 2:
        raise UsageError(f"ratings have shape {ratings.shape}: give (assessors, units)")
    twice = np.count_nonzero(~np.isnan(ratings), axis=0) >= 2
    kept = ratings[:, twice]
    units = kept.shape[1]
    values = int(np.count_nonzero(~np.isnan(kept)))
    codes = np.unique(kept[~np.isnan(kept)])
    if scale is Scale.RATIO and (codes < 0).any():
        raise UsageError("ratings on a ratio scale are not below 0")
    pairs = _pairs(kept, codes)
    alpha = _alphas(pairs.sum(axis=0)[None], codes, scale)[0]
    if np.isnan(alpha):
        return Agreement(None, None, None, units, values)
    low = high = None
    if resamples:
        # Units that were judged in the same way are drawn together: they are few kinds.
        kinds, many = np.unique(pairs.reshape(units, -1), axis=0, return_counts=True)
        times = rng.multinomial(units, many / units, size=resamples)
        drawn = (times @ kinds).reshape(resamples, len(codes), len(codes))
        found = _alphas(drawn, codes, scale)
        found = found[~np.isnan(found)]
        if len(found) >= _DEFINED * resamples:
            low, high = (float(q) for q in np.quantile(found, ((1 - LEVEL) / 2, (1 + LEVEL) / 2)))
    return Agreement(float(alpha), low, high, units, values)


def gold_accuracy(ratings: Array, gold: Array) -> list[Accuracy]:
    """For each assessor how many gold items were coded right; items not judged do not count."""
    ratings, gold = np.asarray(ratings, float), np.asarray(gold, float)
    if ratings.ndim != 2 or ratings.shape[1:] != gold.shape:
        raise UsageError(f"ratings {ratings.shape} and gold {gold.shape}: one gold code an item")
    judged = ~np.isnan(ratings) & ~np.isnan(gold)
    n = np.count_nonzero(judged, axis=1)
    right = np.count_nonzero(judged & (ratings == gold), axis=1)
    low, high = wilson(right, n)
    return [
        Accuracy(r, m, r / m, a, b) if m else Accuracy(0, 0, None, None, None)
        for r, m, a, b in zip(right.tolist(), n.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def drift(
    first: Array,
    second: Array,
    scale: Scale,
    rng: np.random.Generator,
    *,
    resamples: int = RESAMPLES,
) -> Drift:
    """How judgements of the same items, in arrays of shape (items,), moved between two waves."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape or first.ndim != 1:
        raise UsageError(f"waves have shapes {first.shape} and {second.shape}: give (items,) twice")
    both = ~np.isnan(first) & ~np.isnan(second)
    agreement = krippendorff(np.array([first, second]), scale, rng, resamples=resamples)
    moved = (second - first)[both]
    items = len(moved)
    if not items:
        return Drift(0, None, None, None, False, agreement)
    means = moved[rng.integers(0, items, (max(resamples, 1), items))].mean(axis=1)
    low, high = (float(q) for q in np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2)))
    return Drift(items, float(moved.mean()), low, high, low > 0 or high < 0, agreement)


def _pairs(ratings: Array, codes: Array) -> Array:
    """Coincidences of each unit, of shape (units, codes, codes): ordered pairs / (m - 1)."""
    given = (ratings[:, :, None] == codes).sum(axis=0).astype(float)
    m = given.sum(axis=1)
    own = np.einsum("uc,ck->uck", given, np.eye(len(codes)))
    return np.asarray((given[:, :, None] * given[:, None, :] - own) / (m - 1)[:, None, None])


def _alphas(coincidences: Array, codes: Array, scale: Scale) -> Array:
    """Alpha of each table of coincidences; NaN where fewer than two codes were given."""
    totals = coincidences.sum(axis=2)
    n = totals.sum(axis=1)
    distance = _distances(totals, codes, scale)
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distance).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)


def _distances(totals: Array, codes: Array, scale: Scale) -> Array:
    """Squared differences between codes; on an ordinal scale they depend on how many there are."""
    if scale is Scale.NOMINAL:
        return np.asarray((codes[:, None] != codes[None, :]).astype(float)[None])
    apart = codes[:, None] - codes[None, :]
    if scale is Scale.INTERVAL:
        return np.asarray(apart**2)[None]
    if scale is Scale.RATIO:
        total = codes[:, None] + codes[None, :]
        return np.asarray((apart / np.where(total > 0, total, 1)) ** 2)[None]
    # From the middle of one code's values to the middle of the other's.
    middle = np.cumsum(totals, axis=1) - totals / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)

"""Ranks, and how sure they are.

Rank 1 is the highest value. A point rank says nothing about chance; a confidence set of ranks holds
every rank that the data do not rule out. Source: Mogstad, Romano, Shaikh and Wilhelm 2024, Review
of Economic Studies 91:476-518; METHODS B.7. A value of NaN has no rank, and no other is counted
against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from troth.errors import UsageError

Array = np.ndarray

#: Two-sided, as for every other interval (METHODS B.7).
LEVEL = 0.90

#: Draws of the largest t-statistic; a quantile of 1,000 is sure to about a hundredth of itself.
DRAWS = 1_000

#: Of the largest error.
_NO_ERROR = 1e-12

#: Differences held at once: 256 KB, which stay near the processor.
_BLOCK = 1 << 16


@dataclass(frozen=True)
class RankSet:
    """Confidence sets low..high of every unit's rank, both ends included; NaN without a rank.

    `simultaneous` says of what the level speaks: of all sets together, or of each alone.
    """

    rank: Array
    low: Array
    high: Array
    level: float
    simultaneous: bool

    @property
    def ranked(self) -> int:
        """How many units have a rank."""
        return int(np.count_nonzero(~np.isnan(self.rank)))


@dataclass(frozen=True)
class Comparison:
    """Whether two bodies, chosen beforehand, can be told apart; `higher` says which is higher."""

    difference: float
    error: float
    level: float
    told_apart: bool
    higher: int | None


def point_ranks(values: Array) -> Array:
    """1 for the highest; equal values share the better rank ("min"); NaN stays NaN."""
    values = np.asarray(values, float)
    known = ~np.isnan(values)
    ordered = np.sort(values[known])
    found = np.full(values.shape, np.nan)
    found[known] = 1 + len(ordered) - np.searchsorted(ordered, values[known], side="right")
    return found


def marginal(
    values: Array,
    errors: Array,
    rng: np.random.Generator,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
) -> RankSet:
    """For each unit a set that holds its rank with this probability.

    A unit's differences from all others are compared at once, by parametric bootstrap of the
    largest |t| among them, stepwise: what is told apart is left out, and the rest is compared with
    a smaller critical value, until nothing more is told apart.
    """
    return _sets(values, errors, rng, level, draws, simultaneous=False)


def simultaneous(
    values: Array,
    errors: Array,
    rng: np.random.Generator,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
) -> RankSet:
    """For all units sets that hold all their ranks together with this probability.

    As `marginal`, with the largest |t| among all pairs. "The worst" and "the best" are said of a
    unit only by these sets: see `only_last` and `only_first`.
    """
    return _sets(values, errors, rng, level, draws, simultaneous=True)


def only_last(sets: RankSet) -> Array:
    """Who may be called the last: whose simultaneous set is the last rank alone."""
    _need_simultaneous(sets)
    return np.asarray((sets.low == sets.ranked) & (sets.high == sets.ranked))


def only_first(sets: RankSet) -> Array:
    """Who may be called the first: whose simultaneous set is the first rank alone."""
    _need_simultaneous(sets)
    return np.asarray((sets.low == 1) & (sets.high == 1))


def told_apart(
    values: Array, errors: Array, first: int, second: int, *, level: float = LEVEL
) -> Comparison:
    """Whether two units differ beyond chance, for a pair that was not chosen by its values.

    Who picks a pair because it looks different must read the simultaneous sets instead. A unit of
    which nothing is known cannot be told apart from any.
    """
    difference = float(values[first] - values[second])
    error = float(np.hypot(errors[first], errors[second]))
    apart = abs(difference) > special.ndtri(0.5 + level / 2) * error
    higher = (first if difference > 0 else second) if apart else None
    return Comparison(difference, error, level, bool(apart), higher)


def rank_intervals(drawn: Array, level: float = LEVEL) -> tuple[Array, Array]:
    """Lowest and highest rank of each unit over posterior draws of shape (draws, units).

    Ends are ranks that were drawn (the first at which the tail is reached), so that the set holds
    at least this share of the draws. This speaks of the posterior; `marginal` of repeated data.
    """
    ranks = np.apply_along_axis(point_ranks, 1, drawn)
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = np.quantile(ranks, tails, axis=0, method="inverted_cdf")
    return low, high


def _need_simultaneous(sets: RankSet) -> None:
    if not sets.simultaneous:
        raise UsageError(
            "marginal sets speak of one unit that was chosen beforehand; whoever asks which unit is"
            " first or last needs the simultaneous sets"
        )


def _sets(
    values: Array,
    errors: Array,
    rng: np.random.Generator,
    level: float,
    draws: int,
    *,
    simultaneous: bool,
) -> RankSet:
    values, errors = np.asarray(values, float), np.asarray(errors, float)
    if values.ndim != 1 or values.shape != errors.shape:
        raise UsageError(f"one error for each value: got {values.shape} and {errors.shape}")
    if not 0.5 < level < 1:
        raise UsageError(f"a confidence level lies between 0.5 and 1, got {level}")
    known = ~np.isnan(values + errors)
    theta, own = values[known], errors[known]
    if (own < 0).any():
        raise UsageError("a standard error is never below 0")
    # So little beside the largest error is none, and would leave the range of single floats.
    own = np.where(own > _NO_ERROR * own.max(initial=0), own, 0.0)
    higher, lower = _told_apart(theta, own, rng, level, draws, simultaneous)
    units = len(theta)
    low, high = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    low[known], high[known] = 1 + lower.sum(axis=1), units - higher.sum(axis=1)
    rank = np.full(values.shape, np.nan)
    rank[known] = point_ranks(theta)
    return RankSet(rank, low, high, level, simultaneous)


def _told_apart(
    theta: Array,
    errors: Array,
    rng: np.random.Generator,
    level: float,
    draws: int,
    together: bool,
) -> tuple[Array, Array]:
    """Tables (unit, other): the unit is surely higher, or surely lower, than the other.

    Each ordered pair is a claim of its own, "not higher". Rejecting it leaves the reverse claim
    standing, which goes on to count in the next step. In marginal sets the claims about a unit
    have a critical value of their own; in simultaneous ones all claims share one.
    """
    units = len(theta)
    largest_error = errors.max(initial=0)
    if largest_error > 0:
        theta, errors = theta / largest_error, errors / largest_error
    noise = (rng.standard_normal((units, draws)) * errors[:, None]).astype(np.float32)
    spread = np.hypot(errors[:, None], errors[None, :])
    difference = theta[:, None] - theta[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(difference == 0, 0.0, difference / spread)
        scale = np.where(spread > 0, 1 / spread, 0.0).astype(np.float32)
    # Two values without error are compared without chance.
    higher, lower = np.isposinf(t), np.isneginf(t)
    stale = np.arange(units)
    critical = np.full(units, np.inf)
    while len(stale):
        largest = np.zeros(draws, np.float32)
        for row in stale:
            others = slice(row, None) if together else slice(None)
            found = _largest(
                noise[others],
                noise[row],
                scale[row, others],
                ~higher[row, others],
                ~lower[row, others],
            )
            if together:
                np.maximum(largest, found, out=largest)
            else:
                critical[row] = np.quantile(found, level)
        if together:
            critical[:] = np.quantile(largest, level)
        now_higher = higher | (t > critical[:, None])
        now_lower = lower | (t < -critical[:, None])
        changed = ((now_higher != higher) | (now_lower != lower)).any(axis=1)
        higher, lower = now_higher, now_lower
        stale = np.arange(units) if together and changed.any() else np.flatnonzero(changed)
    return higher, lower


def _largest(noise: Array, own: Array, scale: Array, above: Array, below: Array) -> Array:
    """By draw, the largest t of a unit against others, for the claims that stand each way; not
    below 0, which no quantile above one half notices."""
    found = np.zeros(len(own), np.float32)
    for which, sign in ((above & below, 0), (above & ~below, 1), (below & ~above, -1)):
        places = np.flatnonzero(which)
        step = max(1, _BLOCK // max(len(own), 1))
        for start in range(0, len(places), step):
            some = places[start : start + step]
            run = some[-1] - some[0] + 1 == len(some)
            theirs = noise[some[0] : some[-1] + 1] if run else noise[some]
            t = own - theirs if sign >= 0 else theirs - own
            if sign == 0:
                np.abs(t, out=t)
            t *= scale[some, None]
            np.maximum(found, t.max(axis=0), out=found)
    return found

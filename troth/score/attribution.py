"""Which part of a score comes from which indicator, and why it changed: parts that add up.

Every split here is exact: the parts sum to the difference that they explain, up to rounding in the
last digits (1e-12), and the parts of a change between two releases to the last digit (METHODS C.2).
Values are of shape (..., indicators), NaN where unknown, as in `troth.score.aggregate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from troth.errors import UsageError
from troth.score.aggregate import spread

#: Scores are compared in whole millionths of a point, so that differences are exact.
MICRO = 1_000_000

#: Below this relative difference two means are one: the logarithmic mean is then their middle.
SAME = 1e-9


def arithmetic_parts(
    values: np.ndarray, reference: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Points by which each indicator lifts the weighted mean over the reference's: w (s - s_ref).

    The reference (a peer median, say) has the shape of the values or broadcasts to them. Weights
    are spread over what is known of the unit; an unknown indicator has no part: 0. The reference
    is read with the unit's own weights, so that only indicators known of the unit are compared;
    where the reference is unknown and the value is not, the part is unknown: NaN.
    """
    parts = spread(values, weights)
    return np.where(np.isnan(values) & ~np.isnan(parts), 0.0, parts * (values - reference))


def geometric_parts(
    values: np.ndarray,
    reference: np.ndarray,
    weights: np.ndarray | None = None,
    floor: float = 1.0,
) -> np.ndarray:
    """Logarithms of the factors by which each indicator multiplies the reference's score.

    w (log s - log s_ref), with values raised to the floor as `aggregate.geometric` does. They add
    up to the logarithm of score / reference score, and `np.exp` of them are the factors, whose
    product is that ratio. Unknowns as in `arithmetic_parts`.
    """
    if not floor > 0:
        raise UsageError(f"logarithms need a floor above 0, not {floor}")
    raised, other = np.maximum(values, floor), np.maximum(reference, floor)
    return arithmetic_parts(np.log(raised), np.log(other), weights)


def points_of_logarithms(
    logarithms: np.ndarray, score: np.ndarray, reference_score: np.ndarray
) -> np.ndarray:
    """Logarithmic parts of shape (..., parts) as points that add up to score - reference score.

    Each is multiplied by the logarithmic mean of the two scores, (a - b) / (log a - log b): the one
    number that makes shares of a ratio shares of a difference (Ang 2004, Energy Policy 32: 1131).
    """
    found: np.ndarray = logarithms * logarithmic_mean(score, reference_score)[..., None]
    return found


def logarithmic_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(a - b) / (log a - log b), which lies between a and b; a where they are equal."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if (first <= 0).any() or (second <= 0).any():
        raise UsageError("the logarithmic mean is of two numbers above 0")
    same = np.abs(first - second) <= SAME * np.maximum(first, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.where(
            same, (first + second) / 2, (first - second) / (np.log(first) - np.log(second))
        )
    return found


@dataclass(frozen=True)
class Waterfall:
    """An index of pillars from a reference's score to the unit's own, indicator by indicator.

    `logarithms` and `points` have shape (..., indicators), `score` and `reference` (...). Points
    add up to score - reference, logarithms to log(score / reference).
    """

    score: np.ndarray
    reference: np.ndarray
    logarithms: np.ndarray
    points: np.ndarray


def waterfall(
    values: np.ndarray,
    reference: np.ndarray,
    pillars: Sequence[str],
    weights: np.ndarray,
    pillar_weights: Mapping[str, float],
    floor: float = 1.0,
) -> Waterfall:
    """For the headline: arithmetic inside a pillar, geometric across pillars (METHODS B.4).

    A pillar's logarithm is shared out among its indicators as their points in the pillar's mean
    are, through the logarithmic mean. A pillar that the floor raises, in the unit or the
    reference, counts as the floor, and its indicators carry what is left of their difference in
    proportion; where that has no proportion (their points cancel out) they share it by weight.
    """
    names = tuple(dict.fromkeys(pillars))
    if len(pillars) != values.shape[-1] or set(names) != set(pillar_weights):
        raise UsageError(
            f"name one pillar for each of {values.shape[-1]} indicators, and one weight for each "
            f"of the pillars {list(names)}"
        )
    seen = np.where(np.isnan(values), np.nan, np.broadcast_to(reference, values.shape))
    inside = np.zeros(values.shape)
    shares = np.zeros(values.shape)
    own_means: list[np.ndarray] = []
    other_means: list[np.ndarray] = []
    for name in names:
        at = np.flatnonzero([pillar == name for pillar in pillars])
        shares[..., at] = np.nan_to_num(spread(values[..., at], weights[at]))
        unknown = np.isnan(values[..., at]).all(axis=-1)
        for table, means in ((values, own_means), (seen, other_means)):
            known = np.where(np.isnan(values[..., at]), 0.0, table[..., at])
            mean = (shares[..., at] * known).sum(axis=-1)
            means.append(np.where(unknown, np.nan, mean))
        inside[..., at] = shares[..., at] * np.where(
            np.isnan(values[..., at]), 0.0, values[..., at] - seen[..., at]
        )
    own, other = np.stack(own_means, axis=-1), np.stack(other_means, axis=-1)
    across = np.array([pillar_weights[name] for name in names])
    by_pillar = geometric_parts(own, other, across, floor)
    logarithms = np.zeros(values.shape)
    for at_pillar, name in enumerate(names):
        at = np.flatnonzero([pillar == name for pillar in pillars])
        moved = (own - other)[..., at_pillar, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(np.abs(moved) > SAME, inside[..., at] / moved, shares[..., at])
        logarithms[..., at] = np.nan_to_num(part) * by_pillar[..., at_pillar, None]
    parts = spread(own, across)
    raised = [np.log(np.maximum(table, floor)) for table in (own, other)]
    score, reference_score = (
        np.exp(np.where(parts == 0, 0.0, parts * np.nan_to_num(table)).sum(axis=-1))
        for table in raised
    )
    points = points_of_logarithms(logarithms, score, reference_score)
    return Waterfall(score, reference_score, logarithms, points)


@dataclass(frozen=True)
class Named:
    """Something a score is made from, and what it is called where it can be looked up.

    `name` is a release, a version or a digest: what a row of a change is traced by.
    """

    name: str
    value: Any


@dataclass(frozen=True)
class Inputs:
    """All that scores are made from: each may be any value that `run` understands.

    `corrections` are applied to data by `run`: those that were decided after the earlier release
    and concern its own period, so that repairing an old fault is not taken for new conduct.
    """

    data: Named
    method: Named
    peers: Named
    corrections: Named


#: Faults of the earlier release first, then what happened since, then who one is compared with, and
#: the yardstick last: each step is then read with everything before it in its newest state.
ORDER = ("corrections", "data", "peers", "method")


@dataclass(frozen=True)
class ChangeStep:
    """One replacement: which input, from what to what, scores before and after, and the part.

    Scores and part are float64 of shape (units,) that hold whole millionths of a point, so that
    parts sum to the change to the last digit; NaN for a unit without a score on either side.
    """

    replaced: str
    old: str
    new: str
    before: np.ndarray
    after: np.ndarray

    @property
    def part(self) -> np.ndarray:
        found: np.ndarray = self.after - self.before
        return found


def change(
    run: Callable[[Inputs], np.ndarray],
    old: Inputs,
    new: Inputs,
    order: Sequence[str] = ORDER,
) -> tuple[ChangeStep, ...]:
    """The change of every unit's score between two releases, in one part for each input.

    Starts from the old inputs and replaces one after the other by the new, running the same pure
    function each time (METHODS C.2). Parts depend on the order, which is fixed and printed: it is
    the order of the rows. An input whose name did not change is run no second time, and its
    part is 0. The sum of the parts is the change, exactly, in millionths of a point.
    """
    known = {field.name for field in fields(Inputs)}
    if set(order) != known or len(order) != len(known):
        raise UsageError(f"the order names each of {sorted(known)} once, not {list(order)}")
    steps = []
    now, before = old, _whole(run(old))
    for replaced in order:
        own, other = getattr(old, replaced), getattr(new, replaced)
        if own.name == other.name:
            after = before
        else:
            now = replace(now, **{replaced: other})
            after = _whole(run(now))
            if after.shape != before.shape:
                raise UsageError(
                    f"with new {replaced} the scores have shape {after.shape} instead of "
                    f"{before.shape}: run both releases over the same list of units, NaN for those "
                    "that one of them lacks"
                )
        steps.append(ChangeStep(replaced, own.name, other.name, before, after))
        before = after
    return tuple(steps)


def total_change(steps: Sequence[ChangeStep]) -> np.ndarray:
    """New less old score of each unit in millionths of a point: what the parts add up to."""
    found: np.ndarray = steps[-1].after - steps[0].before
    return found


def _whole(scores: np.ndarray) -> np.ndarray:
    """Scores as whole millionths: float64 holds these, and their differences, without rounding."""
    found: np.ndarray = np.rint(np.asarray(scores, dtype=np.float64) * MICRO)
    return found

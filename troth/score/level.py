"""A level and its parts, which add up to it exactly.

A headline level rests on estimates among peers (METHODS B.7), on the way from the worst to the best
goalpost. Parts are whole millionths of a point, shared out by largest remainder, so that their sum *is* the
level: not nearly, but to the last digit (METHODS C.2). Inside a pillar points are averaged, across
pillars the mean is geometric, with every pillar at least at `FLOOR` (METHODS B.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from troth.score.cells import (
    Cells,
    Priors,
    cells_for,
    estimates,
    groups_of,
    points_of,
    posts_of,
    priors_of,
    reliabilities,
)
from troth.score.missing import Code, Reason, fill, index_gate, pillar_gate
from troth.score.recipe import Recipe

MICRO = 1_000_000

#: Below this a pillar counts as this in a geometric mean (METHODS B.4).
FLOOR = 1.0

#: The least reliability of a figure of its own, and of one that is ranked by (METHODS B.7).
SHOWN, RANKED = 0.5, 0.7


@dataclass(frozen=True)
class Levels:
    """Levels of all bodies under one recipe, and all that they are made of.

    Arrays of shape (bodies, indicators): `estimate` (NaN without a case; of the last published ones
    where the body fell silent), `value` and `points` (what
    enters, silence filled; NaN takes no part), `imputed`, `micropoints`, `weight`, `reliability`.
    Of shape (bodies,): `weight_measured`, `published`, `level` (0 where not published), `lowest`,
    `highest`, `ranked` (reliable enough to be ranked), `reason` (texts).
    """

    recipe: Recipe
    cells: Cells
    groups: np.ndarray
    priors: Priors
    estimate: np.ndarray
    reliability: np.ndarray
    value: np.ndarray
    points: np.ndarray
    imputed: np.ndarray
    micropoints: np.ndarray
    weight: np.ndarray
    weight_measured: np.ndarray
    published: np.ndarray
    reason: tuple[str, ...]
    level: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    ranked: np.ndarray

    @property
    def pillars(self) -> tuple[str, ...]:
        """The pillar of each indicator."""
        return tuple(code[0] for code in self.cells.codes)


def levels(
    measurement: pa.Table, body: pa.Table, recipe: Recipe, last: pa.Table | None = None
) -> Levels:
    """Levels of every measured body from these measurements, among the peers that `body` tells.

    An indicator of which the body has no case takes no part, and its weight is spread over the
    others of its pillar. One that the body does not publish is filled in as METHODS B.8 says, so
    that silence never raises a level; `last` says what bodies published last (`last_published`).
    A body of which too little is measured has no level, only the reason.
    """
    cells = cells_for(measurement, recipe, last=last)
    groups = groups_of(cells.bodies, body, recipe)
    return levels_from(cells, groups, priors_of(cells, groups, recipe), recipe)


def levels_from(
    cells: Cells, groups: np.ndarray, priors: Priors, recipe: Recipe, gates: bool = True
) -> Levels:
    """Levels from counts and the word of peers, which may come from other measurements.

    Without gates every body has a level, however little of it is measured: a step between two
    releases may mix the measurements of one with the recipe of the other.
    """
    codes = cells.codes
    pillars = tuple(code[0] for code in codes)
    weights = np.array([recipe.weights[code] for code in codes])
    estimate = estimates(cells, priors.mean, priors.size, priors.sd)
    known = points_of(estimate, recipe, codes)
    points = np.where(cells.silent, np.nan, known)
    # What none of its peers publishes either is no silence of the body: it takes no part.
    silent = cells.silent & np.isnan(points) & ~np.isnan(priors.points_median)
    filled = fill(
        points,
        np.where(
            np.isnan(points), np.where(silent, Code.NOT_PUBLISHED, Code.NOT_APPLICABLE), Code.PUBLISHED
        ),
        np.where(cells.kept, known, np.nan),
        priors.points_median,
        priors.points_high,
        weights,
        pillars,
    )  # fmt: skip
    # What concerns no case of a body counts here as too little known. If it did not count at all,
    # the level of a body that never tenders openly would rest on what little remains.
    gate = pillar_gate(
        np.where(
            cells.published, Code.PUBLISHED, np.where(silent, Code.NOT_PUBLISHED, Code.TOO_SMALL)
        ),
        weights,
        pillars,
        recipe.minimum_weight,
    )
    of_pillar = np.array([recipe.pillars[name] for name in gate.pillars])
    measured = gate.published @ (of_pillar / sum(recipe.pillars.values()))
    published = index_gate(gate, recipe.minimum_pillars, recipe.essential) == Reason.PASSED
    pillar_enters = gate.enters
    if not gates:
        published = np.ones(len(published), bool)
        pillar_enters = pillar_enters | ~pillar_enters.any(axis=1, keepdims=True)
    enters = pillar_enters[:, [gate.pillars.index(one) for one in pillars]] & published[:, None]
    headline = np.where(enters, filled.headline, np.nan)
    micro, shares = contributions(headline, weights, pillars, recipe.pillars)
    lowest, highest = (
        contributions(np.where(enters, bound, np.nan), weights, pillars, recipe.pillars)[0].sum(
            axis=1
        )
        / MICRO
        for bound in (filled.pessimistic, filled.optimistic)
    )
    level = micro.sum(axis=1) / MICRO
    worst, best = posts_of(recipe, codes)
    imputed = silent & ~np.isnan(headline)
    reliability = reliabilities(cells, priors)
    of_level = _reliability(reliability, priors, shares, 100 / (best - worst))
    return Levels(
        recipe=recipe,
        cells=cells,
        groups=groups,
        priors=priors,
        estimate=estimate,
        reliability=reliability,
        value=np.where(imputed, worst + headline / 100 * (best - worst), estimate),
        points=headline,
        imputed=imputed,
        micropoints=micro,
        weight=shares,
        weight_measured=measured,
        published=published,
        reason=tuple(
            _reason(share, int(passed), recipe, ok)
            for share, passed, ok in zip(
                measured.tolist(), gate.passed.sum(axis=1), published.tolist(), strict=True
            )
        ),
        level=level,
        # Rounding may put a bound a millionth beyond the level that it bounds.
        lowest=np.minimum(lowest, level),
        highest=np.maximum(highest, level),
        ranked=published & (of_level >= RANKED),
    )  # fmt: skip


def _reliability(
    reliability: np.ndarray, priors: Priors, shares: np.ndarray, steep: np.ndarray
) -> np.ndarray:
    """Of each level: the mean reliability of its indicators, each counted by how much of the
    differences between levels comes from it, (weight * points per unit)^2 * variance between peers.

    For one indicator it is that indicator's. One on which all bodies are alike tells none apart, and
    is not asked. 0 where no difference between peers was found at all.
    """
    # Of a share the variance of a Beta, of any other figure that between peers.
    of_shares = priors.mean * (1 - priors.mean) / (priors.size + 1)
    spread = np.where(np.isnan(priors.sd), of_shares, priors.sd**2)
    counted = np.nan_to_num((shares * steep) ** 2 * spread)
    total = counted.sum(axis=1)
    found: np.ndarray = np.divide(
        (counted * reliability).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0
    )
    return found


def _reason(share: float, pillars: int, recipe: Recipe, published: bool) -> str:
    measured = f"{100 * share:.0f} % of the recipe's weight measured"
    if len(recipe.pillars) == 1:
        least = f", fewer than {100 * recipe.minimum_weight:.0f} %"
        return measured if published else measured + least
    passed = f"{measured}, {pillars} of {len(recipe.pillars)} pillars"
    if published:
        return passed
    essential = f" with {' or '.join(recipe.essential)} among them" if recipe.essential else ""
    return (
        f"{passed}; needed are {recipe.minimum_pillars}{essential}, each with at least "
        f"{100 * recipe.minimum_weight:.0f} % of its weight"
    )


def contributions(
    normalised: np.ndarray,
    weights: np.ndarray,
    pillars: Sequence[str] = (),
    pillar_weights: Mapping[str, float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Micropoints (whole numbers) and weights of each part, both (bodies, indicators).

    `normalised` are points of that shape; NaN takes no part, and its weight is spread over the
    others of its pillar. Without pillars, or with one, the level is the weighted mean. With several
    it is the geometric mean of their means, and an indicator's part is what its share in the
    logarithm of the level is: of a pillar, its weight times its logarithm; inside it, its points.
    Where a pillar is at or below the floor its indicators share by weight. Each row of micropoints
    sums to the row's level, rounded to a millionth.
    """
    names = tuple(dict.fromkeys(pillars))
    measured = ~np.isnan(normalised)
    points = np.where(measured, normalised, 0.0)
    if len(names) <= 1:
        shares = _spread(measured * weights)
        return whole_parts(points * shares * MICRO), shares
    assert pillar_weights is not None
    inside = np.zeros(normalised.shape)
    means = np.zeros((len(normalised), len(names)))
    there = np.zeros(means.shape)
    for place, name in enumerate(names):
        own = np.flatnonzero([one == name for one in pillars])
        inside[:, own] = _spread(measured[:, own] * weights[own])
        means[:, place] = (inside[:, own] * points[:, own]).sum(axis=1)
        there[:, place] = measured[:, own].any(axis=1) * pillar_weights[name]
    across = _spread(there)
    logs = across * np.log(np.maximum(means, FLOOR))
    whole = logs.sum(axis=1, keepdims=True)
    levels = np.where(there.any(axis=1), np.exp(whole[:, 0]), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_pillar = np.where(whole > 0, logs / whole, across)
        parts = np.zeros(normalised.shape)
        for place, name in enumerate(names):
            own = np.flatnonzero([one == name for one in pillars])
            mean = means[:, place, None]
            part = np.where(mean > FLOOR, inside[:, own] * points[:, own] / mean, inside[:, own])
            parts[:, own] = part * of_pillar[:, place, None]
    shares = inside * across[:, [names.index(one) for one in pillars]]
    return whole_parts(parts * levels[:, None] * MICRO), shares


def whole_parts(exact: np.ndarray) -> np.ndarray:
    """Whole numbers by row whose sum is the row's sum, rounded: what rounding leaves over goes to
    the largest remainders, the first of equal ones first.
    """
    floors = np.floor(exact)
    whole = floors.astype(np.int64)
    left = np.rint(exact.sum(axis=1)).astype(np.int64) - whole.sum(axis=1)
    order = np.argsort(-(exact - floors), axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(order.shape[1])[None, :], axis=1)
    found: np.ndarray = whole + (place < left[:, None])
    return found


def _spread(weights: np.ndarray) -> np.ndarray:
    """Weights of each row as parts of 1; 0 throughout where there are none."""
    total = weights.sum(axis=1, keepdims=True)
    found: np.ndarray = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
    return found

"""The ways in which an index could have been made: which are valid, and what each gives.

A variant is one choice of each: how values become points, what stands for a value that was not
published, weights, aggregation across pillars, what is left out. Five pairs of the first two are
valid, three weights, three aggregations: 45 variants for each thing left out, nothing included. The
analysis of the headline leaves out nothing, each of the five pillars, and each of the two optional
indicators (C02, D07; METHODS E): eight, so 360 variants.

What a variant takes from the table as a whole (ends of scale, treatment of outliers, percentiles,
weights by principal components) is found once, at the posterior medians, and then held: a variant
is a method as it could have been published, frozen before the data vary (METHODS C.4), and a body can
repeat it by hand. A value beyond the best median gets 100 points, one beyond the worst 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from troth.errors import UsageError
from troth.score.aggregate import Step, arithmetic, geometric, mazziotta_pareto, nested
from troth.score.normalise import goalposts, min_max, percentile_ranks
from troth.score.treat import treat
from troth.score.weights import capped, factor_analysis

#: How values become points, and what stands for a value that was not published (METHODS B.5).
#: "percentiles" with the pessimistic bound is not valid: a percentile scale has no lowest point, only
#: a last place, and bodies that are put there lift all others. What comes out bounds nothing.
VALUES = (
    ("goalposts", "peers"),
    ("goalposts", "pessimistic"),
    ("min_max", "peers"),
    ("min_max", "pessimistic"),
    ("percentiles", "peers"),
)
WEIGHTS = ("equal", "budget", "principal_components")
AGGREGATIONS = ("geometric", "arithmetic", "mazziotta_pareto")

#: Below this a pillar counts as this in a geometric mean (METHODS B.4).
FLOOR = 1.0

#: The adjusted Mazziotta-Pareto index works on 70 to 130: 70 at the worst goalpost. The penalty is
#: taken there, and the result put back on 0 to 100, so that scores of all variants are comparable.
LOWEST_OF_AMPI, PART_OF_AMPI = 70.0, 0.6

#: Points of a held scale, at most. Between them it is straight: of many bodies, a percentile may be
#: off by 0.2, which is how far apart the points are.
KNOTS = 513


@dataclass(frozen=True)
class Index:
    """What is scored: indicators, the pillar of each, goalposts, experts' points for BAP weights.

    `worst` and `best` are in the indicator's own unit and give its direction; `budget` is what
    experts would give to each indicator of a budget of any size. All have shape (indicators,).
    """

    indicators: tuple[str, ...]
    pillars: tuple[str, ...]
    worst: np.ndarray
    best: np.ndarray
    budget: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.indicators)
        if {len(self.pillars), len(self.worst), len(self.best), len(self.budget)} != {n}:
            raise UsageError(f"index: pillar, goalposts and budget for each of {n} indicators")
        names = [*self.indicators, *self.pillar_names]
        if len(set(names)) != len(names):
            raise UsageError("index: an indicator or pillar is named twice")
        if not (self.budget > 0).all():
            raise UsageError("index: experts' points are above 0; leave an indicator out instead")

    @property
    def pillar_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.pillars))

    @property
    def membership(self) -> np.ndarray:
        """1 where an indicator (row) belongs to a pillar (column)."""
        found: np.ndarray = np.array(self.pillars)[:, None] == np.array(self.pillar_names)
        return found.astype(np.float64)


@dataclass(frozen=True)
class Variant:
    """One choice of each. `excluded` names an indicator or a pillar, or is None."""

    normalisation: str = "goalposts"
    missing: str = "peers"
    weights: str = "equal"
    aggregation: str = "geometric"
    excluded: str | None = None

    def __post_init__(self) -> None:
        if (self.normalisation, self.missing) not in VALUES:
            raise UsageError(
                f"{self.normalisation} with {self.missing} is not valid; valid pairs: "
                f"{[' with '.join(pair) for pair in VALUES]}"
            )
        if self.weights not in WEIGHTS or self.aggregation not in AGGREGATIONS:
            raise UsageError(f"weights are one of {WEIGHTS}, aggregation one of {AGGREGATIONS}")


#: The headline.
DEFAULT = Variant()


def variants(excluded: Sequence[str | None] = (None,)) -> tuple[Variant, ...]:
    """Every valid variant: 45 for each thing left out, in the order of `factors`."""
    return tuple(
        Variant(normalisation, missing, weights, aggregation, out)
        for (normalisation, missing), weights, aggregation, out in product(
            VALUES, WEIGHTS, AGGREGATIONS, excluded
        )
    )


def factors(excluded: Sequence[str | None] = (None,)) -> Mapping[str, tuple[str, ...]]:
    """The same as a full factorial: values are one factor of five levels, since one pair is not valid.

    Results in the order of `variants` reshape to (5, 3, 3, exclusions, ...).
    """
    return {
        "values": tuple(" with ".join(pair) for pair in VALUES),
        "weights": WEIGHTS,
        "aggregation": AGGREGATIONS,
        "excluded": tuple(out or "nothing" for out in excluded),
    }


@dataclass(frozen=True)
class Scale:
    """A scale that was held: points at each knot, straight between, level beyond.

    `knots` and `points` have one array for each indicator; none where it gave no scale.
    """

    knots: tuple[np.ndarray, ...]
    points: tuple[np.ndarray, ...]

    def of(self, column: int, values: np.ndarray) -> np.ndarray:
        """Points of values of one indicator; NaN where unknown, and where it gave no scale."""
        if self.knots[column].size == 0:
            return np.full(values.shape, np.nan)
        found: np.ndarray = np.interp(values, self.knots[column], self.points[column])
        return found


@dataclass(frozen=True)
class Method:
    """All that the variants take from the table as a whole, held."""

    index: Index
    scales: Mapping[str, Scale]
    #: By normalisation and missing: weights inside the pillars, shape (indicators,).
    by_components: Mapping[tuple[str, str], np.ndarray]

    def points(self, normalisation: str, values: np.ndarray) -> np.ndarray:
        """Points 0 to 100 of values of shape (..., indicators), NaN where unknown."""
        if normalisation == "goalposts":
            return goalposts(values, self.index.worst, self.index.best)
        scale = self.scales[normalisation]
        return np.stack([scale.of(at, values[..., at]) for at in range(values.shape[-1])], axis=-1)

    def weights(self, variant: Variant) -> tuple[np.ndarray, np.ndarray]:
        """Of the indicators inside their pillar (each pillar's add up to 1), and of the pillars.

        What is excluded has weight 0 and its pillar's others, or the other pillars, all.
        """
        names, inside = self.index.pillar_names, np.ones(len(self.index.indicators))
        across = np.full(len(names), 1 / len(names))
        if variant.weights == "budget":
            inside, across = self.index.budget, self._pillars_by_budget
        elif variant.weights == "principal_components":
            inside = self.by_components[variant.normalisation, variant.missing]
        if variant.excluded in names:
            across = np.where(np.array(names) == variant.excluded, 0.0, across)
        elif variant.excluded is not None:
            if variant.excluded not in self.index.indicators:
                raise UsageError(f"there is no indicator or pillar {variant.excluded} to exclude")
            inside = np.where(np.array(self.index.indicators) == variant.excluded, 0.0, inside)
        membership = self.index.membership
        of_pillar = membership @ (inside @ membership)
        inside = np.divide(inside, of_pillar, out=np.zeros(len(inside)), where=of_pillar > 0)
        return inside, across / across.sum()

    @cached_property
    def _pillars_by_budget(self) -> np.ndarray:
        if len(self.index.pillar_names) == 1:
            return np.ones(1)
        return capped(self.index.budget @ self.index.membership, self.index.pillar_names)


def hold(index: Index, medians: np.ndarray, imputed: np.ndarray) -> Method:
    """Scales and weights as the posterior medians give them, shape (units, indicators).

    Imputed cells take part with their peers' median. An indicator of which all medians are equal
    gives no scale of its own: it is unknown under `min_max` and `percentiles`. Weights by principal
    components are of points, inside each pillar, with a gap counted as the indicator's mean.
    """
    scales = hold_scales(index, medians)
    unweighted = Method(index, scales, {})
    by_components = {}
    for normalisation, missing in VALUES:
        points = _filled(unweighted.points(normalisation, medians), imputed, missing)
        by_components[normalisation, missing] = _components(index, points)
    return Method(index, scales, by_components)


def hold_scales(index: Index, medians: np.ndarray) -> Mapping[str, Scale]:
    """What the scales that depend on the table make of each value: min-max after treatment of
    outliers, and percentiles.
    """
    signs = np.where(index.best > index.worst, 1.0, -1.0)
    return {
        "min_max": _scale(medians, min_max(treat(medians).values, signs)),
        "percentiles": _scale(medians, percentile_ranks(medians, signs)),
    }


def score(method: Method, variant: Variant, values: np.ndarray, imputed: np.ndarray) -> np.ndarray:
    """Scores of values (..., units, indicators) under a variant: shape (..., units).

    The plain way, step by step; `troth.score.uncertainty` does the same for many draws at once.
    A unit without any known pillar has no score: NaN.
    """
    points = _filled(method.points(variant.normalisation, values), imputed, variant.missing)
    inside, across = method.weights(variant)
    pillars = nested(points, [Step(method.index.pillars, arithmetic, inside)])[0]
    return aggregate(variant.aggregation, pillars, across)


def aggregate(name: str, pillars: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pillars of 0 to 100 points as one score of 0 to 100, by the aggregation of that name."""
    if name == "arithmetic":
        return arithmetic(pillars, weights)
    if name == "geometric":
        return geometric(pillars, weights, floor=FLOOR)
    adjusted = LOWEST_OF_AMPI + PART_OF_AMPI * pillars
    return (mazziotta_pareto(adjusted, weights, ddof=0) - LOWEST_OF_AMPI) / PART_OF_AMPI


def _filled(points: np.ndarray, imputed: np.ndarray, missing: str) -> np.ndarray:
    return np.where(imputed, 0.0, points) if missing == "pessimistic" else points


def _scale(medians: np.ndarray, points: np.ndarray) -> Scale:
    knots, heights = [], []
    for column in range(medians.shape[1]):
        known = ~np.isnan(points[:, column])
        at, first = np.unique(medians[known, column], return_index=True)
        if at.size < 2:
            at, first = at[:0], first[:0]
        some = np.unique(np.linspace(0, max(len(at) - 1, 0), min(KNOTS, len(at))).astype(np.int64))
        knots.append(at[some])
        heights.append(points[known, column][first][some])
    return Scale(tuple(knots), tuple(heights))


def _components(index: Index, points: np.ndarray) -> np.ndarray:
    """Weights by factor analysis inside each pillar; 0 for an indicator that says the same of all."""
    known = ~np.isnan(points)
    means = np.where(known, points, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    table = np.where(known, points, means)
    varies = np.ptp(table, axis=0) > 0
    weights = np.zeros(points.shape[1])
    for name in index.pillar_names:
        own = np.flatnonzero((np.array(index.pillars) == name) & varies)
        weights[own] = 1.0 if own.size < 2 else factor_analysis(table[:, own]).weights
    return weights

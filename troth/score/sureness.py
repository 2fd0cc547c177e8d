"""How sure the levels of a recipe are: draws of every cell, and what they make of levels and ranks.

The draws are those of `troth.score.uncertainty`: 2,000 of every cell, independent of each other,
from a stream that the recipe's seed begins (METHODS B.5, first layer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from troth.measure.shrink import Shrunk
    from troth.score.level import Levels
    from troth.score.posterior import Posterior
    from troth.score.variants import Index, Variant

#: Nobody's silence is known to be perfect or hopeless: what stands for it stays off the ends.
_OFF_THE_ENDS = 1e-4


#: Decimals of an interval in points: draws have steps of a fortieth.
DIGITS = 4


@dataclass(frozen=True)
class Sureness:
    """Of shape (bodies,), NaN where there is no level or no rank; `bands` is (bodies, bands).

    `rank`, `rank_low` and `rank_high` are NaN throughout where `rank_kept` is False: then ranks are
    too unsure under this recipe to be published (METHODS B.5).
    """

    low: np.ndarray
    high: np.ndarray
    bands: np.ndarray
    rank: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    rank_kept: bool


def sureness(found: Levels, spread: Shrunk, threads: int = 1) -> Sureness:
    """Intervals of levels and ranks, from the posteriors of the cells (`beta_binomial` of their counts
    inside peer groups). Each reaches the figure that it is around."""
    from troth.score.aggregate import places
    from troth.score.level import MICRO
    from troth.score.uncertainty import BANDS, rank_rows, summarise

    size = len(found.published)
    low, high, rank, rank_low, rank_high = (np.full(size, np.nan) for _ in range(5))
    bands = np.full((size, len(BANDS) + 1), np.nan)
    shown = np.flatnonzero(found.published)
    if shown.size == 0:
        return Sureness(low, high, bands, rank, rank_low, rank_high, False)
    drawn = drawn_levels(found, spread, threads)
    with_rank = found.ranked[shown]
    ranks = rank_rows(np.where(with_rank, drawn, np.float32(np.nan)), threads)
    layer = summarise(drawn, BANDS, threads, ranks=ranks)
    # Draws have steps of a fortieth of a point, and may go a rounding beyond the ends of the scale.
    least, most = (np.round(ends, DIGITS) for ends in (layer.score.q05, layer.score.q95))
    low[shown] = np.clip(np.minimum(least, found.level[shown]), 0, 100)
    high[shown] = np.clip(np.maximum(most, found.level[shown]), 0, 100)
    bands[shown] = np.clip(layer.bands, 0, 1)
    kept = bool(with_rank.any()) and not layer.bands_only
    if kept:
        point = places(np.where(found.ranked, np.rint(found.level * MICRO), np.nan))[shown]
        rank[shown] = np.rint(layer.rank.median)
        rank_low[shown] = np.minimum(np.floor(layer.rank.q05), point)
        rank_high[shown] = np.maximum(np.ceil(layer.rank.q95), point)
    return Sureness(low, high, bands, rank, rank_low, rank_high, kept)


def drawn_levels(found: Levels, spread: Shrunk, threads: int = 1) -> np.ndarray:
    """Draws of the levels that are published, by body in their order: float32, (draws, bodies)."""
    from troth.score.uncertainty import score_draws
    from troth.score.variants import Method

    one = headline(found)
    picked = [one] * found.recipe.draws
    method = Method(index_of(found), {}, {})
    return score_draws(posterior_of(found, spread), method, picked, found.recipe.seed, threads)[1]


def headline(found: Levels) -> Variant:
    """The recipe as one of the variants: its own weights, its own aggregation."""
    from troth.score.variants import Variant

    return Variant(weights="budget", aggregation=found.recipe.aggregation)


def index_of(found: Levels) -> Index:
    """The recipe as an index of which variants can be made: its weights are the experts' points."""
    from troth.score.cells import posts_of
    from troth.score.variants import Index

    worst, best = posts_of(found.recipe, found.cells.codes)
    shares = found.recipe.shares
    budget = np.array([shares[code] for code in found.cells.codes])
    return Index(found.cells.codes, found.pillars, worst, best, budget)


def posterior_of(found: Levels, spread: Shrunk) -> Posterior:
    """The distributions of the cells that enter a published level.

    A value that stands for silence is spread as its peers are.
    """
    from troth.score.posterior import Family, Posterior

    shown = found.published
    enters = ~np.isnan(found.points[shown])
    imputed = found.imputed[shown]
    middle = np.clip(found.value[shown], _OFF_THE_ENDS, 1 - _OFF_THE_ENDS)
    size = np.where(np.isnan(found.priors.size[shown]), 1.0, found.priors.size[shown])
    first = np.where(imputed, middle * size, spread.first[shown])
    second = np.where(imputed, (1 - middle) * size, spread.second[shown])
    return Posterior(
        (Family.BETA,) * found.points.shape[1],
        np.where(enters, first, np.nan),
        np.where(enters, second, np.nan),
        imputed,
    )

"""How sure levels are: intervals that hold what they are around, and ranks only where they say something."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.score.measured import SILENT, bodies, countries, measurement, recipe
from troth.measure.shrink import beta_binomial, draws
from troth.score.cells import known_counts
from troth.score.level import Levels, levels
from troth.score.sureness import Sureness, drawn_levels, sureness

RECIPE = recipe("P013", "P018", "P019")


def found(counts: dict, of: object = RECIPE) -> Levels:
    return levels(measurement(counts), bodies(counts), of)  # type: ignore[arg-type]


def sure(own: Levels, threads: int = 1) -> Sureness:
    return sureness(own, beta_binomial(*known_counts(own.cells), own.groups), threads)


def spread_out(bodies: int, n: int) -> dict:
    """Bodies that differ a lot, with this many cases each."""
    return {
        (f"B{one:02d}", code): (round(n * (one + 0.5) / bodies), n)
        for one in range(bodies)
        for code in RECIPE.codes
    }


@settings(max_examples=25)
@given(countries())
def test_intervals_hold_the_level_and_the_rank_they_are_around(counts: dict) -> None:
    own = found(counts)
    how = sure(own)
    shown = own.published
    assert (how.low[shown] <= own.level[shown]).all()
    assert (own.level[shown] <= how.high[shown]).all()
    assert np.isnan(how.low[~shown]).all()
    ranked = ~np.isnan(how.rank)
    assert (how.rank_low[ranked] <= how.rank[ranked]).all()
    assert (how.rank[ranked] <= how.rank_high[ranked]).all()
    order = np.argsort(-own.level[ranked], kind="stable")
    by_level = np.empty(len(order))
    by_level[order] = 1 + np.arange(len(order))
    if len(set(own.level[ranked])) == len(order):
        assert (how.rank_low[ranked] <= by_level).all()
        assert (by_level <= how.rank_high[ranked]).all()
    assert ranked.any() == (how.rank_kept and own.ranked.any())
    assert np.allclose(how.bands[shown].sum(axis=1), 1)


def test_draws_are_those_of_exact_posteriors() -> None:
    own = found(spread_out(9, 40), recipe("P013", "P018", "P019", draws=4_000))
    spread = beta_binomial(*known_counts(own.cells), own.groups)
    quick = drawn_levels(own, spread)
    exact = 100 * (1 - draws(spread, np.random.Generator(np.random.PCG64(5)), 4_000)).mean(axis=2)
    for share in (0.05, 0.5, 0.95):
        apart = np.quantile(quick, share, axis=0) - np.quantile(exact, share, axis=0)
        assert np.abs(apart).max() < 0.6


def test_of_several_pillars_draws_are_multiplied() -> None:
    several = recipe("C01", "D01", "I01", "T01", draws=1_000)
    counts = {(f"B{b}", code): (5 + 3 * b, 60) for b in range(6) for code in several.codes}
    own = found(counts, several)
    how = sure(own)
    assert (how.low <= own.level).all() and (own.level <= how.high).all()
    assert np.abs(how.low + how.high - 2 * own.level).max() < 6


def test_many_cases_give_ranks_and_few_give_bands_only() -> None:
    assert sure(found(spread_out(12, 400))).rank_kept
    close = {(f"B{one:02d}", code): (8 + one % 5, 30) for one in range(30) for code in RECIPE.codes}
    how = sure(found(close))
    assert not how.rank_kept
    assert np.isnan(how.rank).all() and np.isnan(how.rank_low).all()


def test_threads_change_nothing() -> None:
    own = found(spread_out(40, 50))
    first, second = sure(own, threads=1), sure(own, threads=3)
    for name in ("low", "high", "rank", "rank_low", "rank_high"):
        assert np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True)


def test_what_stands_for_silence_is_spread_as_peers_are() -> None:
    counts = spread_out(10, 100)
    full, silent = sure(found(counts)), sure(found(counts | {("B03", "P018"): SILENT}))
    assert silent.high[3] - silent.low[3] > 1.5 * (full.high[3] - full.low[3])


def test_without_any_level_nothing_is_said() -> None:
    how = sure(found({("A", "P013"): (1, 3)}))
    assert np.isnan(how.low).all() and not how.rank_kept


@pytest.mark.parametrize("seed", [1, 2])
def test_the_seed_of_the_recipe_decides(seed: int) -> None:
    own = found(spread_out(9, 40), recipe(*RECIPE.codes, seed=seed))
    other = found(spread_out(9, 40), recipe(*RECIPE.codes, seed=seed + 10))
    assert sure(own).low.tolist() == sure(own).low.tolist()
    assert sure(own).low.tolist() != sure(other).low.tolist()

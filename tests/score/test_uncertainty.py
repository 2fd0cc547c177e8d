"""How sure scores and ranks are: fast draws against exact ones, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from tests.oracle import uncertain_scores as exact
from tests.score.indices import PILLARS, made
from troth.errors import UsageError
from troth.score import uncertainty
from troth.score.aggregate import places
from troth.score.posterior import Posterior, medians, nodes
from troth.score.sensitivity import mean_rank_shift
from troth.score.uncertainty import (
    BLOCK,
    Layer,
    analyse,
    bands_only,
    pick,
    rank_rows,
    score_draws,
    score_variants,
    summarise,
)
from troth.score.variants import DEFAULT, FLOOR, Index, Method, hold, score, variants

EXCLUDED = (None, "C", "D", "T", "P", "C2", "P9")
TRIED = variants(EXCLUDED)


def held(posterior: Posterior, index: Index) -> Method:
    return hold(index, medians(posterior), posterior.imputed)


# -- the fast way is the exact way ----------------------------------------------------------------


def test_of_known_values_every_draw_is_the_score_of_its_variant() -> None:
    posterior, index = made(sd=0)
    method = held(posterior, index)
    data, varied = score_draws(posterior, method, TRIED, seed=1)
    headline = score(method, DEFAULT, posterior.first, posterior.imputed)
    # Points in fortieths, weights in parts of 4,096: that far from double precision.
    np.testing.assert_allclose(data, np.tile(headline, (len(TRIED), 1)), atol=0.02)
    for variant, row in zip(TRIED, varied, strict=True):
        expected = score(method, variant, posterior.first, posterior.imputed)
        np.testing.assert_allclose(row, expected, atol=0.1, err_msg=str(variant))


@pytest.fixture(scope="module")
def three_times() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Both layers: our draws, exact ones, and exact ones by another seed."""
    posterior, index = made()
    method = held(posterior, index)
    picked = pick(TRIED, 3_000, seed=5)
    return (
        score_draws(posterior, method, picked, seed=1),
        exact.score_draws(posterior, method, picked, seed=1),
        exact.score_draws(posterior, method, picked, seed=2),
    )


@pytest.mark.parametrize("layer", [0, 1])
def test_quantiles_of_scores_are_as_near_to_exact_ones_as_those_to_each_other(
    three_times: tuple[tuple[np.ndarray, np.ndarray], ...], layer: int
) -> None:
    ours, once, again = (each[layer] for each in three_times)
    sd = once.std(axis=0)
    off = np.abs(exact.interval(ours) - exact.interval(once)) / sd
    chance = np.abs(exact.interval(again) - exact.interval(once)) / sd
    # Chance leaves some 0.03 standard deviations; the approximation adds nothing that shows.
    assert off.mean() < 1.3 * chance.mean()
    # Where a pillar of one cell may lie on the floor, an end of the interval has two places to be.
    assert off.max() < 1.5 * chance.max()
    np.testing.assert_allclose(ours.std(axis=0), sd, rtol=0.07)


@pytest.mark.parametrize("layer", [0, 1])
def test_quantiles_of_ranks_are_as_near_to_exact_ones_as_those_to_each_other(
    three_times: tuple[tuple[np.ndarray, np.ndarray], ...], layer: int
) -> None:
    ours, once, again = (exact.interval(exact.ranks(each[layer])) for each in three_times)
    assert np.abs(ours - once).mean() < 1.3 * np.abs(again - once).mean() + 0.05
    assert np.abs(ours - once).max() <= 2


@pytest.mark.parametrize("normalisation", ["goalposts", "min_max", "percentiles"])
@pytest.mark.parametrize("bodies", [10, 20_000])
def test_points_of_nodes_are_those_of_the_scale(normalisation: str, bodies: int) -> None:
    """Looked up at equal distances where that is near enough, which takes many bodies."""
    posterior, index = made(bodies)
    posterior.first[:, 8] = np.where(posterior.known[:, 8], 0.4, np.nan)
    posterior.second[:, 8] = np.where(posterior.known[:, 8], 9.0, np.nan)
    method = held(posterior, index)
    plan = uncertainty._plan(method, TRIED, 14)
    values = nodes(posterior, 0, 10)
    steps = uncertainty._steps(method, plan, normalisation, values)
    wanted = method.points(normalisation, np.moveaxis(values, 1, 2))
    np.testing.assert_allclose(
        np.moveaxis(steps, 1, 2) / uncertainty.STEPS_IN_A_POINT,
        wanted,
        atol=uncertainty.MOST_OFF + 0.5 / uncertainty.STEPS_IN_A_POINT,
    )
    coarse = {name: set(one.coarse) for name, one in plan.lookups.items()}
    # The last indicator has the same median everywhere: no scale.
    assert all(8 in columns for columns in coarse.values())
    assert (len(coarse["percentiles"]) > 4) == (bodies == 10)


def test_draws_of_two_bodies_are_independent() -> None:
    posterior, index = made(bodies=60)
    data, _ = score_draws(posterior, held(posterior, index), [DEFAULT] * 4_000, seed=1)
    between = np.corrcoef(data.T)
    assert np.abs(between[~np.eye(60, dtype=bool)]).max() < 5 / np.sqrt(4_000)


def test_a_pillar_of_one_cell_is_that_cell() -> None:
    """The hardest case for 64 values a cell: nothing evens out."""
    posterior, index = made(bodies=30)
    one = [0]
    alone = Posterior(
        posterior.families[:1],
        posterior.first[:, one],
        posterior.second[:, one],
        np.zeros((30, 1), bool),
    )
    only = Index(("C1",), ("C",), index.worst[:1] * 0, index.best[:1] * 0 + 1, index.budget[:1])
    ours, _ = score_draws(alone, held(alone, only), [DEFAULT] * 20_000, seed=1)
    known = alone.known[:, 0]
    a, b = alone.first[known, 0], alone.second[known, 0]
    shares = np.array([[0.5], [0.05], [0.95]])
    wanted = np.maximum(100 * betaincinv(a, b, shares), FLOOR)
    sd = 100 * np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    assert (np.abs(exact.interval(ours[:, known]) - wanted) < 0.15 * sd).all()
    assert np.isnan(ours[:, ~known]).all()


def test_holding_the_scales_moves_scores_by_less_than_the_choice_of_method_does() -> None:
    """What it costs to find the scales at the medians, not anew in each draw."""
    posterior, index = made(bodies=80)
    method = held(posterior, index)
    picked = pick(TRIED, 500, seed=5)
    _, ours = exact.score_draws(posterior, method, picked, seed=1)
    anew = exact.refitted(posterior, method, picked, seed=1)
    moved = np.abs(exact.interval(ours) - exact.interval(anew)).mean(axis=1)
    low, high = exact.interval(ours)[1:].mean(axis=1)
    assert (moved < 0.1 * (high - low)).all()


# -- however the work is cut up -------------------------------------------------------------------


@given(
    st.integers(0, 2**40), st.integers(1, 90), st.integers(1, 40), st.integers(1, 50),
    st.integers(1, 3),
)  # fmt: skip
def test_results_depend_on_the_seed_alone(
    seed: int, bodies: int, draws: int, draws_at_a_time: int, threads: int
) -> None:
    posterior, index = made(bodies=90)
    method = held(posterior, index)
    some = Posterior(
        posterior.families,
        posterior.first[:bodies],
        posterior.second[:bodies],
        posterior.imputed[:bodies],
        {5: posterior.values[5][:bodies]},
    )
    picked = pick(TRIED, draws, seed)
    once = score_draws(some, method, picked, seed)
    again = score_draws(some, method, picked, seed, threads, draws_at_a_time)
    for first, second in zip(once, again, strict=True):
        assert first.tobytes() == second.tobytes()


def test_a_body_has_the_same_draws_whoever_is_in_later_blocks() -> None:
    posterior, index = made(bodies=3 * BLOCK)
    method = held(posterior, index)
    picked = pick(TRIED, 20, 1)
    whole = score_draws(posterior, method, picked, 1)
    fewer = Posterior(
        posterior.families,
        posterior.first[:BLOCK],
        posterior.second[:BLOCK],
        posterior.imputed[:BLOCK],
        {5: posterior.values[5][:BLOCK]},
    )
    for all_, first in zip(whole, score_draws(fewer, method, picked, 1), strict=True):
        assert all_[:, :BLOCK].tobytes() == first.tobytes()


def test_other_seeds_give_other_draws() -> None:
    posterior, index = made()
    method = held(posterior, index)
    one, other = (score_draws(posterior, method, [DEFAULT] * 5, seed)[0] for seed in (1, 2))
    assert not np.isclose(one, other, atol=1e-3).all()


def test_both_layers_are_the_same_draws() -> None:
    posterior, index = made()
    data, varied = score_draws(posterior, held(posterior, index), [DEFAULT] * 9, seed=1)
    assert data.tobytes() == varied.tobytes()


# -- variants, ranks, summaries -------------------------------------------------------------------


def test_all_variants_at_once_are_each_variant() -> None:
    posterior, index = made()
    posterior.first[7], posterior.second[7] = np.nan, np.nan
    posterior.values[5][7], posterior.imputed[7] = np.nan, False
    middle, method = medians(posterior), held(posterior, index)
    found = score_variants(method, TRIED, middle, posterior.imputed)
    for variant, row in zip(TRIED, found, strict=True):
        np.testing.assert_allclose(
            row, score(method, variant, middle, posterior.imputed), rtol=1e-10
        )
    assert np.isnan(found[:, 7]).all()


@given(st.integers(0, 1_000), st.booleans())
def test_ranks_are_places(seed: int, gaps: bool) -> None:
    scores = np.random.default_rng(seed).integers(0, 8, size=(4, 9)).astype(np.float32)
    if gaps:
        scores[scores == 3] = np.nan
    np.testing.assert_array_equal(rank_rows(scores), [places(row) for row in scores])


def test_a_summary_is_quantiles_and_shares() -> None:
    scores = np.random.default_rng(0).uniform(0, 100, size=(200, 40)).astype(np.float32)
    found = summarise(scores, bands=(25, 50))
    ranks = exact.ranks(scores)
    for interval, table in ((found.score, scores), (found.rank, ranks)):
        wanted = np.quantile(table.astype(np.float64), (0.5, 0.05, 0.95), axis=0)
        np.testing.assert_allclose([interval.median, interval.q05, interval.q95], wanted, rtol=1e-6)
    np.testing.assert_allclose(found.bands[:, 0], (scores < 25).mean(axis=0))
    np.testing.assert_allclose(found.bands.sum(axis=1), 1)
    np.testing.assert_allclose(found.top_decile, (ranks <= 4).mean(axis=0))
    np.testing.assert_allclose(found.bottom_decile, (ranks > 36).mean(axis=0))
    assert found.scores is None


def test_a_body_without_a_score_in_some_draw_is_unknown() -> None:
    scores = np.random.default_rng(0).uniform(0, 100, size=(50, 5))
    scores[3, 2] = np.nan
    found = summarise(scores, keep_scores=True)
    for table in (
        found.score.median, found.rank.q95, found.bands[:, 0], found.top_decile,
        found.bottom_decile,
    ):  # fmt: skip
        assert np.isnan(table).tolist() == [False, False, True, False, False]
    assert found.scores is scores


def test_ranks_too_wide_are_not_published() -> None:
    ends = np.array([1.0, 1, 1, 1, 1, 1])
    assert not bands_only(ends, ends + 2)
    assert not bands_only(ends, ends + [3, 3, 3, 2, 2, 2])
    assert bands_only(ends, ends + [3, 3, 3, 3, 2, 2])
    assert not bands_only(ends, ends + [2, 1, 1, np.nan, np.nan, np.nan])
    assert bands_only(np.array([np.nan]), np.array([np.nan]))


def test_picks_are_equally_likely() -> None:
    counts = [pick(TRIED[:4], 8_000, 1).count(variant) for variant in TRIED[:4]]
    assert sum(counts) == 8_000
    assert min(counts) > 1_850
    with pytest.raises(UsageError, match="one draw"):
        pick(TRIED, 0, 1)


# -- the whole ------------------------------------------------------------------------------------


@given(st.integers(0, 10_000))
def test_the_interval_of_a_rank_holds_its_median_and_probabilities_add_up(seed: int) -> None:
    posterior, index = made(bodies=30, seed=seed % 7)
    found = analyse(posterior, index, seed, draws=40)
    for layer in (found.data, found.method, found.variants):
        check(layer)


def check(layer: Layer) -> None:
    for interval in (layer.score, layer.rank):
        known = ~np.isnan(interval.median)
        assert (interval.q05[known] <= interval.median[known]).all()
        assert (interval.median[known] <= interval.q95[known]).all()
        np.testing.assert_allclose(layer.bands[known].sum(axis=1), 1)
    known = ~np.isnan(layer.rank.median)
    assert (layer.rank.q05[known] >= 1).all()
    assert (layer.rank.q95[known] <= len(layer.rank.median)).all()


def test_an_analysis_says_what_the_variants_do() -> None:
    posterior, index = made()
    found = analyse(posterior, index, 3, EXCLUDED, draws=200, threads=2, keep_scores=True)
    assert len(found.tried) == 45 * len(EXCLUDED) == len(found.ranks) == len(found.shifts)
    reference = found.ranks[found.tried.index(DEFAULT)]
    assert found.shifts[found.tried.index(DEFAULT)] == 0
    np.testing.assert_allclose(found.shifts, mean_rank_shift(reference, found.ranks))
    assert found.factors_tried == ("values", "weights", "aggregation", "excluded")
    assert (found.indices.first <= found.indices.total + 1e-9).all()
    assert found.data.scores is not None and found.data.scores.shape == (200, 40)
    wider = found.method.score.q95 - found.method.score.q05
    assert np.nanmean(wider) > np.nanmean(found.data.score.q95 - found.data.score.q05)


def test_a_surer_body_has_a_narrower_interval() -> None:
    posterior, index = made()
    surer = replace(posterior, second=posterior.second.copy(), first=posterior.first.copy())
    shares = [at for at in range(len(PILLARS)) if at % 2 == 0]
    surer.first[0, shares] *= 100
    surer.second[0, shares] *= 100
    before, after = (analyse(one, index, 3, draws=400).data.score for one in (posterior, surer))
    assert after.q95[0] - after.q05[0] < before.q95[0] - before.q05[0]


def test_nothing_left_out_must_be_among_the_variants() -> None:
    posterior, index = made()
    with pytest.raises(UsageError, match="None for nothing"):
        analyse(posterior, index, 1, ("C",))
    with pytest.raises(UsageError, match="must rise"):
        summarise(np.ones((2, 2)), bands=(50, 40))
    with pytest.raises(UsageError, match="draws_at_a_time"):
        score_draws(posterior, held(posterior, index), [DEFAULT], 1, draws_at_a_time=0)

"""Published levels and ranks hold the truth that was planted."""

import numpy as np
import pytest

from troth.score.calibrate_whole import RECIPE, MadeCountry, _true_levels, made_releases
from troth.score.level import contributions

SMALL = MadeCountry(groups=2, bodies=12)


def test_the_true_level_is_that_of_the_scorer_without_chance() -> None:
    truth = np.random.default_rng(3).uniform(0, 0.8, (20, 6))
    truth[:, 2:4] = 200 * truth[:, 2:4]
    points = 100 * np.clip((0.6 - truth) / 0.6, 0, 1)
    points[:, 2:4] = 100 * np.clip((120 - truth[:, 2:4]) / 90, 0, 1)
    pillars = [code[0] for code in RECIPE.codes]
    micro, _ = contributions(points, np.ones(6), pillars, RECIPE.pillars)
    assert _true_levels(truth) == pytest.approx(micro.sum(axis=1) / 1e6, abs=1e-6)


def test_nine_in_ten_published_levels_and_ranks_hold_it() -> None:
    held = made_releases(60, 5)
    assert 0.86 < held.levels.mean() < 0.94
    assert held.ranked_countries > 10
    assert 0.86 < held.ranks.mean() < 0.96


def test_with_huge_counts_every_interval_shrinks_and_still_holds() -> None:
    held = made_releases(20, 5, MadeCountry(median_cases=20_000, bodies=20))
    assert held.levels.mean() > 0.85 and len(held.levels) == 20 * 60


def test_the_same_seed_gives_the_same_countries() -> None:
    first, second, other = (made_releases(3, seed, SMALL) for seed in (1, 1, 2))
    assert first.levels.tolist() == second.levels.tolist()
    assert first.levels.tolist() != other.levels.tolist()

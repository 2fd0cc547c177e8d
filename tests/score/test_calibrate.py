"""Intervals hold the truth as often as they say, in countries whose truth was planted."""

import pytest

from troth.score.calibrate import COVERED, FALSE_ALARMS, Calibration, World, calibrate


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrate(countries=120, seed=7, draws=300)


@pytest.mark.parametrize(
    "what", ["shares", "means", "rates", "scores", "rank_intervals", "published_levels"]
)
def test_nine_in_ten_are_covered(found: Calibration, what: str) -> None:
    coverage = getattr(found, what)
    slack = 3 * coverage.error
    assert COVERED[0] - slack <= coverage.share <= COVERED[1] + slack
    assert coverage.error < 0.01


def test_sets_of_ranks_cover_at_least_what_they_say(found: Calibration) -> None:
    assert found.rank_sets.share >= COVERED[0]


def test_nothing_planted_nothing_found(found: Calibration) -> None:
    assert found.alarms_even.share < FALSE_ALARMS
    assert found.alarms_spread.share < FALSE_ALARMS
    assert found.holds


def test_a_prior_taken_as_known_covers_too_little(found: Calibration) -> None:
    """Why the prior's own uncertainty is added."""
    assert found.shares_prior_known.share < 0.82


def test_the_same_seed_gives_the_same_figures() -> None:
    world = World(groups=2, bodies=10, indicators=2)
    first, second = (calibrate(6, 3, world, draws=50) for _ in range(2))
    assert first == second
    assert calibrate(6, 4, world, draws=50) != first
    assert first.shares.things == 6 * 2 * 10 * 2

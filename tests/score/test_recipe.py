"""A recipe says all its choices, and refuses what cannot be meant."""

import pytest

from troth.errors import UsageError
from troth.indicators import catalogue
from troth.indicators.base import Direction
from troth.score.recipe import FIRST, Goalposts, Recipe

POSTS = Goalposts(worst=1.0, best=0.0, reason="ends of a share", dated="2026-01-01")


def test_goalposts_that_are_the_same_are_refused() -> None:
    with pytest.raises(UsageError, match="must differ"):
        Goalposts(worst=0.5, best=0.5, reason="", dated="")


def test_a_weight_without_goalposts_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="P018"):
        Recipe("r", 1, "R", {"P013": POSTS}, {"P013": 1.0, "P018": 1.0}, 0.5)


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="above 0"):
        Recipe("r", 1, "R", {"P013": POSTS}, {"P013": 0.0}, 0.5)


def test_the_first_recipe_weighs_only_indicators_whose_direction_is_decided() -> None:
    cards = {code: indicator.card for code, indicator in catalogue().items()}
    for code in FIRST.weights:
        assert cards[code].direction is not Direction.UNDECIDED
        lower = cards[code].direction is Direction.LOWER_IS_BETTER
        assert (FIRST.goalposts[code].worst > FIRST.goalposts[code].best) == lower


def test_every_goalpost_says_why_and_since_when() -> None:
    assert all(posts.reason and posts.dated for posts in FIRST.goalposts.values())

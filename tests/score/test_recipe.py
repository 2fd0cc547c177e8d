"""A recipe says all its choices, and refuses what cannot be meant."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.indicators import catalogue
from troth.indicators.base import Direction
from troth.score.peers import BY_LEVEL
from troth.score.recipe import FIRST, Goalposts, Recipe

POSTS = Goalposts(worst=1.0, best=0.0, reason="ends of a share", dated="2026-01-01")


def of(*codes: str, **other: object) -> Recipe:
    return Recipe(
        "r", 1, "R", dict.fromkeys(codes, POSTS), dict.fromkeys(codes, 1.0), **other  # type: ignore[arg-type]
    )  # fmt: skip


def test_goalposts_that_are_the_same_are_refused() -> None:
    with pytest.raises(UsageError, match="must differ"):
        Goalposts(worst=0.5, best=0.5, reason="", dated="")
    with pytest.raises(UsageError, match="of another figure, say its unit"):
        Goalposts(worst=120.0, best=30.0, reason="", dated="")
    with pytest.raises(UsageError, match="finite"):
        Goalposts(worst=float("inf"), best=30.0, reason="", dated="", unit="days")
    assert Goalposts(worst=120.0, best=-30.0, reason="", dated="", unit="days").best == -30.0


def test_a_weight_without_goalposts_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="P018"):
        Recipe("r", 1, "R", {"P013": POSTS}, {"P013": 1.0, "P018": 1.0}, 0.5)


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="above 0"):
        Recipe("r", 1, "R", {"P013": POSTS}, {"P013": 0.0}, 0.5)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"pillars": {"C": 3.0, "D": 1.0, "I": 1.0}}, "pillar C has 60 % of the weight"),
        ({"pillars": {"C": 1.0, "D": 1.0}}, "weights of pillars"),
        ({"pillars": {"C": 1.0, "D": 1.0, "I": float("nan")}}, "above 0"),
        ({"minimum_pillars": 4}, "from 1 to the 3 there are"),
        ({"essential": ("T",)}, "essential pillars"),
        ({"minimum_weight": 1.5}, "minimum_weight"),
        ({"draws": 10}, "draws are from"),
        ({"seed": -1}, "a seed is 0 or more"),
    ],
)
def test_choices_that_cannot_be_meant_are_refused(other: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        of("C01", "D01", "I01", **other)


def test_outcomes_never_enter_a_level() -> None:
    with pytest.raises(UsageError, match="Outcomes"):
        of("P013", "O01")


def test_weights_are_shared_inside_pillars_and_pillars_among_each_other() -> None:
    shares = of("C01", "C02", "D01").shares
    assert shares == {"C01": 0.25, "C02": 0.25, "D01": 0.5}


def test_one_pillar_is_a_mean_and_several_are_multiplied() -> None:
    assert of("P013", "P018").aggregation == "arithmetic"
    assert of("C01", "D01").aggregation == "geometric"


def test_an_index_of_five_pillars_needs_four_and_debt_or_continuity() -> None:
    five = of("C01", "D01", "I01", "T01", "P013")
    assert (five.minimum_pillars, five.essential) == (4, ("C", "D"))
    assert (of("P013").minimum_pillars, of("P013").essential) == (1, ())


def test_the_first_recipe_weighs_only_indicators_whose_direction_is_decided() -> None:
    cards = {code: indicator.card for code, indicator in catalogue().items()}
    for code in FIRST.weights:
        assert cards[code].direction is not Direction.UNDECIDED
        lower = cards[code].direction is Direction.LOWER_IS_BETTER
        assert (FIRST.goalposts[code].worst > FIRST.goalposts[code].best) == lower


def test_every_goalpost_says_why_and_since_when() -> None:
    assert all(posts.reason and posts.dated for posts in FIRST.goalposts.values())


# --- as a file ---


def test_a_recipe_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    five = of(
        "C01", "C02", "D01", "I01", "T01",
        pillars={"C": 2.0, "D": 1.5, "I": 1.0, "T": 0.5}, peers=BY_LEVEL, draws=500, seed=7,
    )  # fmt: skip
    for recipe in (FIRST, five):
        path = tmp_path / "r.toml"
        path.write_text(recipe.as_toml(), encoding="utf-8")
        assert Recipe.from_toml(path) == recipe
        assert Recipe.from_json(recipe.as_json()) == recipe


@given(st.text(max_size=60), st.text(min_size=1, max_size=60).filter(lambda t: t.strip()))
def test_any_words_survive_the_file(
    tmp_path_factory: pytest.TempPathFactory, title: str, why: str
) -> None:
    if any("\ud800" <= char <= "\udfff" for char in title + why):
        return
    posts = Goalposts(1.0, 0.0, why, "2026-01-01")
    recipe = Recipe("r", 1, title, {"P013": posts}, {"P013": 1.0})
    path = tmp_path_factory.mktemp("recipe") / "r.toml"
    path.write_text(recipe.as_toml(), encoding="utf-8")
    assert Recipe.from_toml(path) == recipe


LINES = FIRST.as_toml()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 2", "version = 2\ncolour = 1", r"r.toml, line 3: colour = 1: is unknown here"),
        ("worst = 1.0\n", "", r"line 14: worst missing in \[indicators.P013\]\. Goalposts need"),
        (
            "weight = 1.0",
            "weight = 0",
            r"line 15: indicators.P013.weight = 0: a weight is a number",
        ),
        ("weight = 1.0", "weight = true", r"weight = True: expected a number"),
        (
            "worst = 1.0",
            "worst = 100",
            r"worst = 100: expected a share from 0 to 1 \(30 % is 0.3\)",
        ),
        ("best = 0.0", "best = 1.0", r"best = 1.0: goalposts must differ"),
        ("dated = 2026-11-22", 'dated = "soon"', r"dated = 'soon': expected a date without quotes"),
        ("dated = 2026-11-22", "dated = 2026-02-30", r"is not TOML"),
        ("dated = 2026-11-22", "dated = 2026-11-22T00:00:00", r"dated = 2026-11-22T00:00:00: exp"),
        ("P = 1.0", "P = -1", r"line 12: pillars.P = -1: a weight"),
        ('name = "open-competition"', "", r"r.toml: name missing\. Add it"),
        ("version = 2", 'version = "2"', r"version = '2': expected a whole number"),
        (
            "[indicators.P018]",
            "[indicators.X1]",
            r"r.toml: recipe open-competition: \['X1'\] are no",
        ),
        ("draws = 2000", "draws = 5", r"r.toml: recipe open-competition: draws are from"),
        ('peers = "size-5', 'peers = "size', r"r.toml: recipe|peers|names no peer groups|is not"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "r.toml"
    assert old in LINES
    path.write_text(LINES.replace(old, new, 1), encoding="utf-8")
    if "size" in old:
        assert Recipe.from_toml(path).peers.name == "size"
        return
    with pytest.raises(UsageError, match=said):
        Recipe.from_toml(path)


def test_a_file_that_is_not_there_tells_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape("`troth recipe show > mine.toml`")):
        Recipe.from_toml(tmp_path / "none.toml")


def test_two_pillars_may_have_half_each_and_no_more(tmp_path: Path) -> None:
    text = of("C01", "D01").as_toml()
    path = tmp_path / "r.toml"
    path.write_text(text, encoding="utf-8")
    assert Recipe.from_toml(path).pillars == {"C": 1.0, "D": 1.0}
    path.write_text(text.replace("C = 1.0", "C = 1.2"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"r\.toml: recipe r: pillar C has 55 % of the weight"):
        Recipe.from_toml(path)

"""`troth recipe show`: a file to start from."""

from pathlib import Path

from tests.line.troth import troth
from troth.score.kept_word import KEPT_WORD
from troth.score.recipe import FIRST, Recipe


def test_what_is_shown_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(troth("recipe", "show").out)
    assert Recipe.from_toml(path) == FIRST


def test_as_data_it_is_what_a_release_publishes(made) -> None:
    assert troth("recipe", "show", "--out", made[1], "--format", "json").json == FIRST.as_json()


def test_a_recipe_that_comes_with_troth_is_shown_by_its_name(made, tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(troth("recipe", "show", "--recipe", "kept-word").out)
    assert Recipe.from_toml(path) == KEPT_WORD
    assert troth("recipe", "show", "--recipe", "kept-word", "--out", made[1]).code == 2

"""`troth recipe show`: a file to start from."""

from pathlib import Path

from tests.line.troth import troth
from troth.score.recipe import FIRST, Recipe


def test_what_is_shown_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(troth("recipe", "show").out)
    assert Recipe.from_toml(path) == FIRST


def test_as_data_it_is_what_a_release_publishes(made) -> None:
    assert troth("recipe", "show", "--out", made[1], "--format", "json").json == FIRST.as_json()

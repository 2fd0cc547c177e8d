"""Recipes by name, and in files."""

from pathlib import Path

import pytest

from troth.errors import UsageError
from troth.score.kept_word import KEPT_WORD
from troth.score.named import NAMED, recipe_of
from troth.score.recipe import FIRST


def test_names_are_those_of_the_recipes() -> None:
    assert {name: one.name for name, one in NAMED.items()} == {name: name for name in NAMED}
    assert recipe_of("kept-word") is KEPT_WORD and recipe_of(Path("open-competition")) is FIRST


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(KEPT_WORD.as_toml(), encoding="utf-8")
    assert recipe_of(path) == KEPT_WORD


def test_what_is_neither_is_refused_with_the_names() -> None:
    with pytest.raises(UsageError, match="open-competition, kept-word"):
        recipe_of("keptword")
    with pytest.raises(UsageError, match="cannot be read"):
        recipe_of("mine.toml")

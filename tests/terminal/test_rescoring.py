"""A release scored anew: by its own recipe unless another is brought."""

import json
from pathlib import Path

import pytest

from tests.line.towns import TOWN_A
from troth.errors import VerificationError
from troth.terminal.rescoring import rescored, shown_levels


def test_without_a_recipe_it_is_that_of_the_release(made) -> None:
    found = rescored(made[1], None)
    assert found.recipe.label == "open-competition v2"
    published = {body.body_id: score for body, score in found.release.levels()}
    now = shown_levels(found.levels)
    assert now[TOWN_A]["level"] == published[TOWN_A].level
    assert now[TOWN_A]["rank_high"] == published[TOWN_A].rank_high


def test_a_release_of_another_version_says_how_to_make_it_again(out: Path) -> None:
    (path,) = out.glob("releases/*/json/recipe.json")
    recipe = json.loads(path.read_text())
    del recipe["peers"]
    path.write_text(json.dumps(recipe))
    with pytest.raises(
        VerificationError, match="made by another version; make it again: troth run"
    ):
        rescored(out, None)

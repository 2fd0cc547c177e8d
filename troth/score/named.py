"""The recipes that come with Troth, by name; and a recipe that is named or lies in a file."""

from __future__ import annotations

from pathlib import Path

from troth.errors import UsageError
from troth.score.kept_word import KEPT_WORD
from troth.score.recipe import FIRST, Recipe

#: Name -> recipe. The first is what `troth run` uses where nothing is asked for.
NAMED: dict[str, Recipe] = {one.name: one for one in (FIRST, KEPT_WORD)}


def recipe_of(asked: Path | str) -> Recipe:
    """The recipe of this name, else that in this file. A name goes before a file called like it."""
    text = str(asked)
    if text in NAMED:
        return NAMED[text]
    if not Path(text).exists() and not Path(text).suffix:
        raise UsageError(
            f"no recipe {text!r}, and no file of that name. Named recipes are {', '.join(NAMED)}; for "
            "one of your own start from: troth recipe show > mine.toml"
        )
    return Recipe.from_toml(Path(text))

"""`troth recipe show`: a recipe as a file, to start one's own from."""

from __future__ import annotations

from pathlib import Path

from troth.errors import UsageError
from troth.publish.current import current_release
from troth.publish.views import open_release
from troth.terminal.rescoring import published_recipe
from troth.terminal.screen import Format, say, say_json


def show(release: Path | None, named: str | None, form: Format) -> None:
    """The recipe of a release or of this name, or else the one that `troth run` uses."""
    from troth.score.named import recipe_of
    from troth.score.recipe import FIRST

    if release is not None and named is not None:
        raise UsageError("a recipe of a release, or one of a name: give --out or --recipe")
    recipe = FIRST if named is None else recipe_of(named)
    if release is not None:
        recipe = published_recipe(open_release(current_release(release)))
    if form is Format.JSON:
        say_json(recipe.as_json())
        return
    say(
        "# Change what you like, give it a name of your own, and score with it:",
        "#     troth score --recipe THIS-FILE --out RELEASE",
        "# Weights are relative: of indicators inside their pillar, of pillars among each other.",
        *recipe.as_toml().rstrip("\n").split("\n"),
    )

"""`troth recipe show`: a recipe as a file, to start one's own from."""

from __future__ import annotations

from pathlib import Path

from troth.publish.current import current_release
from troth.publish.views import open_release
from troth.terminal.rescoring import published_recipe
from troth.terminal.screen import Format, say, say_json


def show(release: Path | None, form: Format) -> None:
    """The recipe of a release, or the one that `troth run` uses."""
    from troth.score.recipe import FIRST

    recipe = FIRST if release is None else published_recipe(open_release(current_release(release)))
    if form is Format.JSON:
        say_json(recipe.as_json())
        return
    say(
        "# Change what you like, give it a name of your own, and score with it:",
        "#     troth score --recipe THIS-FILE --out RELEASE",
        "# Weights are relative: of indicators inside their pillar, of pillars among each other.",
        *recipe.as_toml().rstrip("\n").split("\n"),
    )

"""A release scored anew from its own tables, under its own recipe or one that a reader brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import UsageError, VerificationError
from troth.publish.current import current_release
from troth.publish.views import HIGHER_IS_BETTER, LOWER_IS_BETTER, Release, open_release

if TYPE_CHECKING:
    from troth.score.level import Levels
    from troth.score.recipe import Recipe


@dataclass(frozen=True)
class Rescored:
    """A release, the recipe it is scored by now, and the levels that this gives."""

    release: Release
    recipe: Recipe
    levels: Levels


def rescored(folder: Path, recipe: Path | None) -> Rescored:
    """The release that a folder is or means, scored by this recipe, or else by its own."""
    from troth.score.level import levels
    from troth.score.named import NAMED, recipe_of

    release = open_release(current_release(folder))
    if recipe is None:
        asked = published_recipe(release)
    else:
        asked = recipe_of(recipe)
        if str(recipe) in NAMED:
            asked = asked.among(release.catalogue)
        refuse_unknown(asked, release, recipe)
    measurement, body = release.scoring_tables()
    return Rescored(release, asked, levels(measurement, body, asked, release.last_published()))


def published_recipe(release: Release) -> Recipe:
    """The recipe that the release was made with."""
    from troth.score.recipe import Recipe

    try:
        return Recipe.from_json(release.recipe_json())
    except KeyError as missing:
        raise VerificationError(
            f"{release.folder}: its recipe lacks {missing}. The release was made by another version; "
            "make it again: troth run"
        ) from None


def refuse_unknown(recipe: Recipe, release: Release, path: Path) -> None:
    """Refuse indicators that the release has not, and goalposts that stand the wrong way round."""
    for code in recipe.codes:
        card = release.catalogue.get(code)
        if card is None:
            raise UsageError(
                f"{path}: indicators.{code}: this release has no such indicator. It has "
                f"{', '.join(release.catalogue)}"
            )
        posts = recipe.goalposts[code]
        lower = posts.best < posts.worst
        if (card.direction == LOWER_IS_BETTER and not lower) or (
            card.direction == HIGHER_IS_BETTER and lower
        ):
            raise UsageError(
                f"{path}: indicators.{code}: worst = {posts.worst:g}, best = {posts.best:g}, but of "
                f"{card.title.lower()} {card.direction}. Turn the goalposts round"
            )


def shown_levels(found: Levels, threads: int = 2) -> dict[str, Mapping[str, Any]]:
    """The row of `score` of every body by identifier, with intervals."""
    from troth.score.index import scores

    return {row["body_id"]: row for row in scores(found, threads).score.to_pylist()}

"""`troth compare`: whether two bodies can be told apart, and nothing stronger than that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from troth.errors import UsageError
from troth.publish.wording import one_digit, sentence
from troth.terminal.explain import body_of
from troth.terminal.rescoring import Rescored, rescored, shown_levels
from troth.terminal.score import rank_in_words
from troth.terminal.screen import Format, columns, plain, say, say_json, strong

if TYPE_CHECKING:
    from troth.publish.views import BodyName
    from troth.score.compare import Comparison


@dataclass(frozen=True)
class Compared:
    """Two bodies with their levels, and how the draws of one stand to those of the other."""

    bodies: tuple[BodyName, BodyName]
    scores: tuple[Any, Any]
    comparison: Comparison


def compare(first: str, second: str, folder: Path, recipe: Path | None, form: Format) -> None:
    """Tell how the levels of two bodies stand to each other."""
    found = rescored(folder, recipe)
    compared = _compared(found, first, second)
    if form is Format.JSON:
        say_json(_as_data(found, compared))
    else:
        say(*_in_words(found, compared))


def _compared(found: Rescored, first: str, second: str) -> Compared:
    from troth.measure.shrink import beta_binomial
    from troth.score.cells import known_counts
    from troth.score.compare import compare as compare_draws
    from troth.score.sureness import drawn_levels

    bodies = body_of(found.release, first), body_of(found.release, second)
    if bodies[0] == bodies[1]:
        raise UsageError(f"{first!r} and {second!r} are one body; name another one to compare with")
    scores = shown_levels(found.levels)
    for body in bodies:
        row = scores.get(body.body_id)
        if row is None or row["level"] is None:
            reason = "nothing of it is measured" if row is None else row["reason"]
            raise UsageError(
                f"{plain(body.shown)} has no level under {found.recipe.label}: {reason}. Compare "
                f"single figures instead: troth explain {body.body_id}"
            )
    cells = found.levels.cells
    drawn = drawn_levels(found.levels, beta_binomial(*known_counts(cells), found.levels.groups))
    published = np.flatnonzero(found.levels.published)
    ids = [cells.bodies[int(place)].as_py() for place in published]
    columns_of = [drawn[:, ids.index(body.body_id)] for body in bodies]
    return Compared(
        bodies,
        (scores[bodies[0].body_id], scores[bodies[1].body_id]),
        compare_draws(columns_of[0], columns_of[1]),
    )


_SHOWN = ("level", "low", "high", "band", "band_probability", "rank_low", "rank", "rank_high")


def _as_data(found: Rescored, compared: Compared) -> dict[str, Any]:
    return {
        "release": found.release.release_id,
        "recipe": found.recipe.label,
        "bodies": [
            {"body": body} | {name: row[name] for name in (*_SHOWN, "ranked_of")}
            for body, row in zip(compared.bodies, compared.scores, strict=True)
        ],
        "comparison": compared.comparison,
        "sentence": told(compared.comparison, *(body.shown for body in compared.bodies)),
    }


def told(comparison: Comparison, first: str, second: str) -> str:
    """What the draws allow to be said, and no more."""
    above = comparison.above
    higher, lower, share = (
        (first, second, above) if above >= 0.5 else (second, first, 1 - above)
    )  # fmt: skip
    slots = {
        "higher": higher,
        "lower": lower,
        "share": percent_of_draws(share),
        "difference": one_digit(abs(comparison.difference)),
        "low": one_digit(comparison.low if above >= 0.5 else -comparison.high),
        "high": one_digit(comparison.high if above >= 0.5 else -comparison.low),
    }
    return sentence("told_apart" if comparison.told_apart else "not_told_apart", "en", **slots)


def percent_of_draws(share: float) -> str:
    """A share of draws in per cent: never 100, since draws do not prove."""
    return ">99" if share > 0.99 else f"{100 * share:.0f}"


def _in_words(found: Rescored, compared: Compared) -> list[str]:
    rows = [("", "level", "90 % interval", "band", "of draws in it", "rank, 90 % interval")]
    for body, row in zip(compared.bodies, compared.scores, strict=True):
        rows.append(
            (
                plain(body.shown),
                one_digit(row["level"]),
                f"{one_digit(row['low'])} to {one_digit(row['high'])}",
                row["band"],
                f"{percent_of_draws(row['band_probability'])} %",
                rank_in_words(row),
            )
        )
    shown = [plain(body.shown) for body in compared.bodies]
    return [
        strong(f"release {found.release.release_id} under {found.recipe.label}"),
        *columns(rows, right=(1, 2, 4)),
        f"  {told(compared.comparison, *shown)}",
    ]

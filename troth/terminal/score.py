"""`troth score`: a release scored anew by a recipe that a reader brings, beside what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from troth.publish.wording import one_digit, sentence
from troth.terminal.rescoring import Rescored, rescored, shown_levels
from troth.terminal.screen import ListFormat, columns, cut, plain, say, say_csv, say_json, strong

#: Lines on a screen; all of them as CSV.
BODIES_SHOWN = 40

NAME_WIDTH = 44

COLUMNS = (
    "body_id", "name", "recipe", "level", "low", "high", "lowest", "highest", "band",
    "band_probability", "rank_low", "rank", "rank_high", "ranked_of", "status", "reason",
    "published_recipe", "published_level", "published_low", "published_high",
)  # fmt: skip

_OWN = COLUMNS[2:16]


def score(folder: Path, recipe: Path, form: ListFormat) -> None:
    """Levels of every body under this recipe, with those that were published beside them."""
    found = rescored(folder, recipe)
    rows = _rows(found)
    if form is ListFormat.CSV:
        say_csv(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    elif form is ListFormat.JSON:
        say_json(
            {
                "release": found.release.release_id,
                "recipe": found.recipe.as_json(),
                "bodies": rows,
            }
        )
    else:
        say(*_in_words(found, rows))


def _rows(found: Rescored) -> list[dict[str, Any]]:
    """Every body by name: its level now, and the one that was published."""
    now = shown_levels(found.levels)
    rows = []
    for body, before in found.release.levels():
        own: Mapping[str, Any] = now[body.body_id]
        rows.append(
            {"body_id": body.body_id, "name": body.name and plain(body.name)}
            | {name: own[name] for name in _OWN}
            | {
                "published_recipe": before.recipe,
                "published_level": before.level,
                "published_low": before.low,
                "published_high": before.high,
            }
        )
    return rows


def _in_words(found: Rescored, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    shown = [row for row in rows if row["level"] is not None]
    before = sum(1 for row in rows if row["published_level"] is not None)
    lines = [
        strong(f"release {found.release.release_id} under {found.recipe.label}"),
        f"  {plain(found.recipe.title)}",
        f"  {len(shown):,} of {len(rows):,} bodies have a level; {before:,} have one as published",
    ]
    table = [("", "level", "90 % interval", "rank", "as published", "90 % interval")]
    for row in shown[:BODIES_SHOWN]:
        table.append(
            (
                cut(plain(row["name"] or row["body_id"]), NAME_WIDTH),
                one_digit(row["level"]),
                _interval(row["low"], row["high"]),
                rank_in_words(row),
                "none" if row["published_level"] is None else one_digit(row["published_level"]),
                _interval(row["published_low"], row["published_high"]),
            )
        )
    lines += columns(table, right=(1, 2, 3, 4, 5)) if shown else []
    if len(shown) > BODIES_SHOWN:
        lines.append(f"  {len(shown) - BODIES_SHOWN:,} more: --format csv")
    if shown and shown[0]["rank"] is None and not any(row["rank"] for row in shown):
        lines.append(f"  {sentence('rank_bands_only')}")
    return lines


def rank_in_words(row: Mapping[str, Any]) -> str:
    """The interval of a rank, never the rank alone."""
    if row["rank"] is None:
        return "not ranked"
    return f"{row['rank_low']:,} to {row['rank_high']:,} of {row['ranked_of']:,}"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{one_digit(low)} to {one_digit(high)}"

"""`troth diff`: what changed between two releases, and through what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.publish.current import current_release
from troth.publish.views import Release, Score, open_release
from troth.publish.wording import one_digit, sentence
from troth.terminal.rescoring import published_recipe
from troth.terminal.screen import ListFormat, columns, cut, plain, say, say_csv, say_json, strong

if TYPE_CHECKING:
    from troth.score.difference import Change, Difference, Side

#: Bodies on a screen; all of them as CSV.
BODIES_SHOWN = 40

NAME_WIDTH = 40

CAUSES = ("data", "peers", "method", "correction")

COLUMNS = (
    "body_id", "indicator", "cause", "old", "new", "before", "after", "change",
    "old_hits", "old_n", "new_hits", "new_n", "old_value", "new_value",
)  # fmt: skip


def diff(old: Path, new: Path, form: ListFormat) -> None:
    """Split the change of every level; CSV gives every part, in millionths of a point."""
    from troth.score.difference import difference

    releases = [open_release(current_release(folder)) for folder in (old, new)]
    found = difference(*(_side(release) for release in releases))
    if form is ListFormat.CSV:
        say_csv(COLUMNS, [[getattr(part, name) for name in COLUMNS] for part in found.parts])
    elif form is ListFormat.JSON:
        say_json(_as_data(releases, found))
    else:
        say(*_in_words(releases, found))


def _side(release: Release) -> Side:
    from troth.score.difference import Side

    measurement, body = release.scoring_tables()
    score, contribution = release.level_tables()
    recipe = published_recipe(release)
    return Side(
        release.release_id, measurement, body, recipe, score, contribution,
        release.run.code_version, release.last_published(),
    )  # fmt: skip


def _as_data(releases: list[Release], found: Difference) -> dict[str, Any]:
    return {
        "old": releases[0].release_id,
        "new": releases[1].release_id,
        "unit": "millionths of a point",
        "bodies": [
            {
                "body_id": one.body_id,
                "before": one.before,
                "after": one.after,
                "change": one.change,
                "by_cause": one.by_cause,
            }
            for one in found.changes
        ],
        "parts": [{name: getattr(part, name) for name in COLUMNS} for part in found.parts],
        "level_only_in_old": found.only_old,
        "level_only_in_new": found.only_new,
    }


def _in_words(releases: list[Release], found: Difference) -> list[str]:
    old, new = releases
    before, after = ({body.body_id: s for body, s in one.levels()} for one in releases)
    names = {body.body_id: body.shown for body, _ in new.levels()}
    moved = sorted(
        (one for one in found.changes if one.change),
        key=lambda one: (-abs(one.change), one.body_id),
    )
    same = len(found.changes) - len(moved)
    lines = [
        strong(f"from release {old.release_id} to {new.release_id}"),
        f"  {len(found.changes):,} bodies have a level in both; {same:,} of these did not change",
        f"  {len(found.only_old):,} have one in the old release alone, "
        f"{len(found.only_new):,} in the new alone",
    ]
    rows: list[tuple[str, ...]] = [("", "before", "after", "change", *CAUSES, "")]
    for one in moved[:BODIES_SHOWN]:
        rows.append(
            (
                cut(plain(names.get(one.body_id, one.body_id)), NAME_WIDTH),
                one_digit(one.before / 1_000_000),
                one_digit(one.after / 1_000_000),
                signed(one.change),
                *(signed(one.by_cause[cause]) for cause in CAUSES),
                _beyond_chance(one, before, after),
            )
        )
    lines += columns(rows, right=tuple(range(1, 8))) if moved else []
    if len(moved) > BODIES_SHOWN:
        lines.append(f"  {len(moved) - BODIES_SHOWN:,} more, and every part of each: --format csv")
    if moved:
        lines += [
            "  points; the four causes add up to the change, exactly (--format csv)",
            "  data: the body's own cases. peers: what the bodies it is compared with say.",
            "  method: recipe and code. correction: none is recorded in these releases.",
        ]
    return lines


def signed(micropoints: int) -> str:
    """Millionths of a point as points with their sign, every digit shown."""
    whole, rest = divmod(abs(micropoints), 1_000_000)
    sign = "-" if micropoints < 0 else "+" if micropoints else " "
    return f"{sign}{whole}.{rest:06d}"


def _beyond_chance(one: Change, before: dict[str, Score], after: dict[str, Score]) -> str:
    """What the two intervals allow to be said."""
    first, second = before[one.body_id], after[one.body_id]
    ends = (first.low, first.high, second.low, second.high)
    if any(end is None for end in ends):
        return ""
    overlap = first.low <= second.high and second.low <= first.high  # type: ignore[operator]
    return sentence("change_untold" if overlap else "change_told")

"""`troth simulate --calibrate`: whether intervals hold what they promise, in made countries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import UsageError
from troth.terminal.screen import Format, as_plain_data, columns, note, say, say_json, strong

if TYPE_CHECKING:
    from troth.score.calibrate import Calibration

#: Field of the calibration -> what it is, and what it promises.
FIGURES = {
    "shares": ("a share's 90 % interval holds the planted share", "88 to 92 %"),
    "shares_prior_known": (
        "the same if the fitted prior were taken as known (not used)",
        "shown for comparison",
    ),
    "means": ("a mean's 90 % interval holds the planted mean", "88 to 92 %"),
    "rates": ("a rate's 90 % interval holds the planted rate", "88 to 92 %"),
    "scores": ("a score's 90 % interval holds the planted score", "88 to 92 %"),
    "rank_intervals": ("a rank's 90 % interval holds the planted rank", "88 to 92 %"),
    "rank_sets": ("a 90 % set of ranks holds the planted rank", "at least 88 %"),
    "published_levels": (
        "a published level's 90 % interval holds the planted level",
        "88 to 92 %",
    ),
    "published_ranks": ("a published rank's interval holds the planted rank", "88 to 92 %"),
    "published_ranks_few": ("the same in countries of 54 bodies", "at least 88 %"),
    "alarms_even": ("a funnel raises an alarm where all bodies are alike", "below 0.4 %"),
    "alarms_spread": ("a funnel raises an alarm where none stands apart", "below 0.4 %"),
}


def simulate(calibrate: bool, countries: int, seed: int, write: Path | None, form: Format) -> None:
    """Make countries whose truth is known, and count how often the intervals hold it."""
    if not calibrate:
        raise UsageError("say what to simulate: troth simulate --calibrate")
    from troth.score.calibrate import calibrate as calibrated

    found = calibrated(countries, seed)
    if write is not None:
        text = json.dumps(as_data(found), indent=2)
        write.write_text(text + "\n", encoding="utf-8")
        note(f"wrote {write}")
    if form is Format.JSON:
        say_json(as_data(found))
    else:
        say(*_in_words(found))


def as_data(found: Calibration) -> dict[str, Any]:
    """Everything that was counted, as plain data."""
    data: dict[str, Any] = as_plain_data(found)
    return data | {"holds": found.holds}


def _in_words(found: Calibration) -> list[str]:
    rows = [("how often", "found", "give or take", "promised")]
    for name, (what, promised) in FIGURES.items():
        one = getattr(found, name)
        rows.append((what, f"{100 * one.share:.2f} %", f"{100 * one.error:.2f}", promised))
    holds = "every promise is kept" if found.holds else "not every promise is kept"
    return [
        strong(f"{found.countries:,} made countries, seed {found.seed}"),
        *columns(rows, right=(1, 2)),
        f"  {holds}, within three times what chance in so many countries gives",
    ]

"""`troth simulate`: data whose truth is known.

`--calibrate` asks whether intervals hold what they promise, in many countries of bare figures;
`ruritania` writes one country entry by entry, and asks a release of it whether it shows what was
planted there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import UsageError
from troth.terminal.screen import Format, as_plain_data, columns, note, say, say_json, strong

if TYPE_CHECKING:
    from troth.made_up.check import Apart, Checked
    from troth.score.calibrate import Calibration

RURITANIA = "ruritania"

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
        raise UsageError(
            "say what to simulate: troth simulate --calibrate, or troth simulate ruritania --out DIR"
        )
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


@dataclass(frozen=True)
class Wanted:
    """Which country, where to write it, and which release of it to check."""

    country: str
    out: Path | None
    check: Path | None
    seed: int
    size: float


def made_up(wanted: Wanted, form: Format) -> None:
    """Write an invented country, or check a release of it, or both."""
    if wanted.country != RURITANIA:
        raise UsageError(f"no country {wanted.country!r} can be made: there is {RURITANIA}")
    if wanted.out is None and wanted.check is None:
        raise UsageError(
            "say where to write the country, or which release of it to check: troth simulate"
            " ruritania --out DIR, or --check RELEASE"
        )
    data: dict[str, Any] = {}
    lines: list[str] = []
    if wanted.out is not None:
        _written(wanted, wanted.out, data, lines)
    if wanted.check is not None:
        _checked(wanted.check, data, lines)
    if form is Format.JSON:
        say_json(data)
    else:
        say(*lines)


def _written(wanted: Wanted, out: Path, data: dict[str, Any], lines: list[str]) -> None:
    from troth.made_up.country import PLAINLY
    from troth.made_up.ruritania import make, write

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there and not an empty folder: name a new one, or empty it")
    made = make(wanted.seed, wanted.size)
    files = write(made, out)
    data["written"] = {
        "folder": str(out), "seed": wanted.seed, "size": wanted.size, "entries": made.entries,
        "files": files,
    }  # fmt: skip
    lines += [
        strong(f"Ruritania, seed {wanted.seed}: {made.entries:,} entries in {out}"),
        *columns([(name, f"{many:,}") for name, many in files.items()], right=(1,)),
        f"  {PLAINLY}",
        f"  what was planted: {out / 'truth.json'}",
    ]


def _checked(release: Path, data: dict[str, Any], lines: list[str]) -> None:
    import pyarrow.parquet as pq

    from troth.made_up.check import check
    from troth.made_up.country import truth
    from troth.publish.current import current_release

    folder = current_release(release) / "parquet"
    body = pq.read_table(folder / "body.parquet", columns=["body_id", "level"])
    level_of = dict(zip(body["body_id"].to_pylist(), body["level"].to_pylist(), strict=True))
    told = truth()
    if not set(told["bodies"]) & set(level_of):
        raise UsageError(
            f"{release} is no release of Ruritania: none of its bodies is there. Make the country"
            " (troth simulate ruritania --out DIR) and measure it"
        )
    found = check(pq.read_table(folder / "measurement.parquet"), level_of, told)
    shares = {
        "found": found.found, "recall": found.recall,
        "recall_of_measured": found.recall_of_measured,
        "false_alarm_share": found.false_alarm_share,
    }  # fmt: skip
    data["checked"] = as_plain_data(found) | shares
    lines += _check_in_words(found)


def _check_in_words(found: Checked) -> list[str]:
    rows = [("planted", "body", "", "")]
    for one in found.planted:
        if one.indicator not in found.not_measured:
            came = "found" if one.found else f"not found: {one.why_not}"
            rows.append((one.indicator, one.body_id, one.direction, came))
    lines = [strong("What was planted, and what the release shows")]
    lines += [*columns(rows), ""] if len(rows) > 1 else []
    lines.append(f"  recall        {_of(found.found, len(found.planted))} of what was planted")
    if found.not_measured:
        rest = sum(one.indicator not in found.not_measured for one in found.planted)
        lines += [
            f"                {_of(found.found, rest)} of indicators that the release has",
            f"                it has no figure of {', '.join(found.not_measured)}",
        ]
    lines.append(
        f"  false alarms  {_of(len(found.false_alarms), found.elsewhere)}"
        " of figures with nothing planted"
    )
    for each in found.false_alarms:
        lines.append(f"                {each.indicator} of {each.body_id}: {each.alarm}")
    for apart in found.apart:
        if apart is not found.honest_town:
            lines.append(
                f"  {apart.body_id} ({apart.behaviour}) must not stand out: {_stands(apart)}"
            )
    town = found.honest_town
    if town.stands_out:
        verdict = f"is accused on {', '.join(town.stands_out)}: that must not be"
    else:
        verdict = "is not accused of anything"
    lines.append(f"  The honest town {town.body_id} {verdict} ({_many(town.figures)}).")
    return lines


def _stands(apart: Apart) -> str:
    if not apart.figures:
        return "the release has no such figure of it"
    where = f"it does on {', '.join(apart.stands_out)}" if apart.stands_out else "it does not"
    return f"{where} ({_many(apart.figures)})"


def _many(figures: int) -> str:
    return f"{figures:,} published figure{'' if figures == 1 else 's'} of it"


def _of(part: int, whole: int) -> str:
    share = f" ({100 * part / whole:.1f} %)" if whole else ""
    return f"{part:,} of {whole:,}{share}"

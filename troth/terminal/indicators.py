"""`troth indicators`: the rules, with their words, thresholds and SQL."""

from __future__ import annotations

import dataclasses
import difflib
import textwrap
from typing import TYPE_CHECKING, Any

from troth.errors import UsageError
from troth.terminal.screen import Format, ListFormat, columns, say, say_csv, say_json, strong

if TYPE_CHECKING:
    from troth.indicators.base import Indicator

#: Columns of text that are read with ease.
TEXT_WIDTH = 100

#: Codes are so short that one wrong character in four still counts as near.
CODE_CUTOFF = 0.55

LISTED = ("code", "name", "pillar", "title", "question", "minimum_cases", "version", "status")


def list_all(form: ListFormat) -> None:
    """Every indicator, one line each."""
    from troth.indicators import catalogue

    rows = [_listed(indicator) for indicator in catalogue().values()]
    if form is ListFormat.JSON:
        say_json(rows)
    elif form is ListFormat.CSV:
        say_csv(LISTED, [list(row.values()) for row in rows])
    else:
        say(
            *columns(
                [(row["code"], row["pillar"], row["title"], row["question"]) for row in rows],
                indent=0,
            )
        )


def show(code: str, *, sql: bool, form: Format) -> None:
    """One indicator; `sql` gives its query alone, as it runs."""
    from troth.measure.plan import plan
    from troth.publish.methodology import catalogue_entries

    indicator = indicator_of(code)
    entry = next(one for one in catalogue_entries(plan()) if one["code"] == indicator.code)
    if form is Format.JSON:
        say_json({"code": entry["code"], "sql": entry["sql"]} if sql else entry)
    elif sql:
        say(entry["sql"])
    else:
        say(*_in_words(entry))


def indicator_of(code: str) -> Indicator:
    """The indicator with this code or name, in capitals or not."""
    from troth.indicators import catalogue

    known = catalogue()
    names = {one.name: one for one in known.values()}
    found = known.get(code.upper()) or names.get(code.lower())
    if found is not None:
        return found
    close = difflib.get_close_matches(code.upper(), list(known), n=3, cutoff=CODE_CUTOFF)
    close += difflib.get_close_matches(code.lower(), list(names), n=3)
    near = (
        f" Did you mean {' or '.join(close)}?" if close else " All of them: troth indicators list"
    )
    raise UsageError(f"no indicator {code!r}.{near}")


def _listed(indicator: Indicator) -> dict[str, Any]:
    card = dataclasses.asdict(indicator.card)
    found = {
        **card,
        "name": indicator.name,
        "pillar": indicator.pillar,
        "status": indicator.card.status.value,
    }
    return {name: found[name] for name in LISTED}


def _in_words(entry: dict[str, Any]) -> list[str]:
    lines = [strong(f"{entry['code']} {entry['title']}"), entry["question"], ""]
    facts = [
        ("unit", entry["unit"]),
        ("better", entry["direction"]),
        ("minimum", f"{entry['minimum_cases']} cases that can be judged"),
        ("pillar", entry["pillar"]),
        ("version", f"{entry['version']}, {entry['status']}"),
        ("source", entry["source"]),
        ("verified", entry["verified"]),
        ("looks at", ", ".join(entry["tables"])),
        *(("needs", field) for field in entry["fields"]),
        *(("refuses", fault) for fault in entry["faults"]),
        *((name, value) for name, value in sorted(entry["thresholds"].items())),
    ]
    lines += columns(facts, indent=0)
    for heading, name in (
        ("WHY IT MATTERS", "why"),
        ("WHAT CAN MISLEAD", "misleads"),
        ("WHAT WOULD CLEAR IT", "clears"),
    ):
        lines += ["", strong(heading), *_wrapped(entry[name])]
    lines += [
        "",
        strong("WORKED EXAMPLES"),
        *(f"- {example['title']}" for example in entry["examples"]),
    ]
    return [*lines, "", f"The query: troth indicators show {entry['code']} --sql"]


def _wrapped(text: str) -> list[str]:
    """Paragraphs and lists of a Markdown text, each point beginning a line."""
    lines: list[str] = []
    for line in text.splitlines():
        starts = not line or line.startswith(("- ", "|", "#")) or not lines or not lines[-1]
        if starts:
            lines.append(line)
        else:
            lines[-1] += f" {line.strip()}"
    return [
        part
        for line in lines
        for part in (
            textwrap.wrap(line, TEXT_WIDTH, subsequent_indent="  " if line.startswith("- ") else "")
            or [""]
        )
    ]

"""Writes CHANGELOG.md from the notes in this folder.

    python changes/gather.py

See README.md here for how a note is written. A test compares CHANGELOG.md with the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CHANGELOG = FOLDER.parent / "CHANGELOG.md"

#: Kind of note -> its heading, in the order of the changelog: readers of figures come first.
KINDS = {
    "figures": "Figures that moved",
    "upgrade": "To do when upgrading",
    "added": "Added",
    "changed": "Changed",
    "fixed": "Fixed",
    "removed": "Removed",
}

DATE = "date.txt"

HEAD = """\
# Changelog

<!-- Written by `python changes/gather.py` from the notes in changes/: add a note, then run it. -->
"""


def versions(folder: Path = FOLDER) -> list[Path]:
    """The folder of each version, the newest first."""
    found = [path for path in folder.iterdir() if re.fullmatch(r"\d+\.\d+\.\d+", path.name)]
    return sorted(found, key=_number, reverse=True)


def changelog(folder: Path = FOLDER) -> str:
    """The whole changelog, the newest version first."""
    return "\n".join([HEAD, *(line for one in versions(folder) for line in _version(one))])


def faults(folder: Path = FOLDER) -> list[str]:
    """What is wrong with the notes, a sentence each."""
    found = []
    for note in (note for version in versions(folder) for note in sorted(version.iterdir())):
        if note.name == DATE:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}\n", note.read_text(encoding="utf-8")):
                found.append(f"{note}: expected one line, the day of the release: 2026-11-22")
            continue
        kind = note.name.split(".")[-2] if note.name.count(".") == 2 else ""
        if kind not in KINDS or note.suffix != ".md":
            found.append(f"{note}: call it SUBJECT.KIND.md, with a kind of {', '.join(KINDS)}")
        elif not note.read_text(encoding="utf-8").strip().endswith("."):
            found.append(f"{note}: expected sentences, ending with a full stop")
    return found


def _number(version: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in version.name.split("."))


def _version(version: Path) -> Iterator[str]:
    date = version / DATE
    when = date.read_text(encoding="utf-8").strip() if date.exists() else "not yet released"
    yield f"## {version.name}, {when}\n"
    for kind, heading in KINDS.items():
        notes = sorted(version.glob(f"*.{kind}.md"))
        if notes:
            yield f"### {heading}\n"
            yield from (_item(note.read_text(encoding="utf-8")) for note in notes)
            yield ""


def _item(text: str) -> str:
    """A note as one item of a list; its further lines are set in."""
    first, *rest = text.strip().splitlines()
    return "\n".join([f"- {first}", *(f"  {line}" if line else "" for line in rest)])


if __name__ == "__main__":
    for fault in faults():
        raise SystemExit(fault)
    CHANGELOG.write_text(changelog(), encoding="utf-8")

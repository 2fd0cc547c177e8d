"""The record behind a case, as it may be shown, with the place that the case points at.

It comes from the input itself where the working tables of the folder are those the release was
made from and the input has not changed since; else from the release, which holds the records of
some cases. Where neither has it, the reason is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import InputError, TrothError, UsageError
from troth.terminal.screen import plain

if TYPE_CHECKING:
    from troth.publish.views import Case, Release

FROM_INPUT, FROM_RELEASE = "the input", "the release"

MEMORY = "512MB"


@dataclass(frozen=True)
class Shown:
    """A record, redacted; where it was taken from; digest of its bytes as the file has them."""

    record: Mapping[str, Any]
    taken_from: str
    sha256: str


@dataclass(frozen=True)
class Absent:
    """Why a record cannot be shown."""

    reason: str


def records_of(cases: Iterable[Case], release: Release, out: Path) -> dict[int, Shown | Absent]:
    """The record of each case by its pid."""
    wanted = {case.pid: case for case in cases}
    found: dict[int, Shown | Absent] = dict(_from_input(wanted, release, out))
    for pid in sorted(wanted.keys() - found.keys()):
        found[pid] = _from_release(pid, release)
    return found


def _from_release(pid: int, release: Release) -> Shown | Absent:
    try:
        view = release.process(pid)
    except UsageError:
        return Absent(
            "the release does not hold this record, and the input it stands in is not there as it "
            "was read. Run again with the same input, or with a larger --records."
        )
    assert isinstance(view.record, dict)
    return Shown(view.record, FROM_RELEASE, view.sha256)


def _from_input(
    wanted: Mapping[int, Case], release: Release, out: Path
) -> Iterator[tuple[int, Shown]]:
    """The records that the inputs still hold as the release was made from them."""
    from troth.sources.ocds.piece import source_number
    from troth.sources.records import records
    from troth.sources.state import is_as_seen, state_of
    from troth.store.generations import STORE, Working
    from troth.store.plain import over

    try:
        working = Working(out / STORE)
        if working.current() == 0:
            return
        reading = working.read()
    except TrothError:
        return  # no working tables that can be read: the release has to do
    try:
        state = state_of(reading.path)
        if state is None:
            return
        engine = over(reading.path, threads=1, memory=MEMORY)
        try:
            same = _same_files(release, engine)
            unchanged = {
                one.source.number: one.source.shown for one in state.seen if is_as_seen(one)
            }
            pids = [
                pid
                for pid, case in sorted(wanted.items())
                if case.file in same and unchanged.get(source_number(pid)) == case.file
            ]
            for record in records(reading.path, engine, pids):
                if record.shown.get("ocid") == wanted[record.pid].ocid:
                    yield record.pid, Shown(record.shown, FROM_INPUT, record.sha256)
        except InputError:
            return
        finally:
            engine.close()
    finally:
        reading.close()


def _same_files(release: Release, engine: Any) -> set[str]:
    """The inputs of which release and working tables say the same digest."""
    held = set(engine.sql("SELECT file, sha256 FROM input").fetchall())
    return {one.file for one in release.quality().inputs if (one.file, one.sha256) in held}


# --- a record with a place in it ---


def steps_of(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON pointer (RFC 6901)."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


NOTHING = object()


def at(record: object, pointer: str) -> object:
    """What stands at a JSON pointer, or `NOTHING`."""
    value = record
    for step in steps_of(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return NOTHING
    return value


def lines_of(record: object, pointer: str) -> list[tuple[bool, str]]:
    """The record as indented JSON, line by line, each with whether it belongs to the pointer."""
    return [(inside, plain(line)) for inside, line in _lines(record, (), steps_of(pointer), "", "")]


def _lines(
    value: object,
    here: tuple[str, ...],
    wanted: tuple[str, ...],
    name: str,
    end: str,
    depth: int = 0,
) -> Iterator[tuple[bool, str]]:
    inside = here[: len(wanted)] == wanted
    gap = "  " * depth
    if not isinstance(value, dict | list) or not value:
        yield inside, f"{gap}{name}{json.dumps(value, ensure_ascii=False)}{end}"
        return
    parts: Sequence[tuple[str, str, object]]
    if isinstance(value, dict):
        opening, closing = "{", "}"
        parts = [
            (key, json.dumps(key, ensure_ascii=False) + ": ", inner) for key, inner in value.items()
        ]
    else:
        opening, closing = "[", "]"
        parts = [(str(number), "", inner) for number, inner in enumerate(value)]
    yield inside, f"{gap}{name}{opening}"
    for number, (key, label, inner) in enumerate(parts, start=1):
        comma = "," if number < len(parts) else ""
        yield from _lines(inner, (*here, key), wanted, label, comma, depth + 1)
    yield inside, f"{gap}{closing}{end}"

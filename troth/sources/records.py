"""One record again, from the file it came from: for a page, or when somebody asks to see it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from troth.errors import InputError
from troth.sources.files import fetch
from troth.sources.ocds import careful
from troth.sources.ocds.merge import merged
from troth.sources.ocds.piece import MERGED, OFFSET_MASK, source_number
from troth.sources.ocds.redact import redact
from troth.sources.ocds.resolve import MEMBERS
from troth.sources.ocds.whole import whole
from troth.sources.state import State, secret_of, state_of
from troth.tables.procurement import HOT, ON_DEMAND


@dataclass(frozen=True)
class Record:
    """A record as it may be shown, with the digest of its bytes as they stand in the file."""

    pid: int
    sha256: str
    shown: dict[str, Any]
    left_out: int

    @property
    def offset(self) -> int:
        return self.pid & OFFSET_MASK

    @property
    def json(self) -> str:
        return json.dumps(self.shown, ensure_ascii=False, separators=(",", ":"))


def records(generation: Path, engine: Any, pids: Sequence[int]) -> Iterator[Record]:
    """The records of these processes as they may be shown, in the order of the files.

    Raises `InputError` where the input is gone or has changed since it was read.
    """
    for pid, raw, value in values(generation, engine, pids):
        shown, left_out = redact(value)
        yield Record(pid, hashlib.sha256(raw).hexdigest(), shown, left_out)


def load_whole(generation: Path, engine: Any, pids: Sequence[int]) -> dict[str, pa.Table]:
    """Every procurement table of these processes, read again from the files they came from.

    `generation` is a folder of working tables and `engine` is open over it. Raises `InputError`
    where an input is gone or has changed.
    """
    secret = secret_of(generation.parent.parent)
    sql = 'SELECT pid, chunk, "row", length FROM process WHERE pid IN (SELECT unnest(?))'
    places = {pid: place for pid, *place in engine.execute(sql, [list(pids)]).fetchall()}
    found = [table.empty() for table in (*HOT, *ON_DEMAND)]
    for pid, _, record in values(generation, engine, pids):
        chunk, row, length = places[pid]
        one = whole(record, pid, secret, chunk=chunk, row=row, length=length)
        found = [
            pa.concat_tables([before, one[table.name]])
            for before, table in zip(found, (*HOT, *ON_DEMAND), strict=True)
        ]
    return {table.name: rows for table, rows in zip((*HOT, *ON_DEMAND), found, strict=True)}


def values(
    generation: Path, engine: Any, pids: Sequence[int]
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Of these processes in the order of the files: pid, bytes of the record, the parsed record.

    A merged process gives the merged record, and the bytes of its latest release.
    """
    state = state_of(generation)
    assert state is not None
    wanted = engine.execute(
        "SELECT pid, length FROM process WHERE pid IN (SELECT unnest(?))", [list(pids)]
    ).fetchall()
    wanted.sort(key=lambda one: one[0] & ~MERGED)
    members = _members(engine, [pid for pid, _ in wanted if pid & MERGED])
    versions = dict(
        _fetched(state, sorted({place for group in members.values() for place in group}))
    )
    for pid, raw in _fetched(state, wanted):
        try:
            if pid in members:
                value = merged([careful.parse(versions[version]) for version, _ in members[pid]])
            else:
                value = careful.parse(raw)
        except careful.Unreadable as unreadable:
            source = state.sources[source_number(pid)].shown
            message = f"byte {pid & OFFSET_MASK}: not what it was when it was read: {unreadable}"
            raise InputError(f"{source}, {message}. Run `troth run` again.") from None
        yield pid, raw, value


def _fetched(state: State, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """The bytes of each (pid, length), which come in the order of files and offsets."""
    wanted = [
        (state.sources[source_number(pid)], pid & OFFSET_MASK, length) for pid, length in places
    ]
    for (pid, _), raw in zip(places, fetch(wanted), strict=True):
        yield pid, raw


def _members(engine: Any, pids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Of each merged process, the releases it was made of: pid and length."""
    found: dict[int, list[tuple[int, int]]] = {}
    if pids:
        sql = f"SELECT pid, version, length FROM {MEMBERS} WHERE pid IN (SELECT unnest(?)) ORDER BY pid, number"
        for pid, version, length in engine.execute(sql, [list(pids)]).fetchall():
            found.setdefault(pid, []).append((version, length))
    return found

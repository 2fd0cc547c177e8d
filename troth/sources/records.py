"""One record again, from the file it came from: for a page, or when somebody asks to see it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from troth.sources.files import fetch
from troth.sources.load import state_of
from troth.sources.ocds import careful
from troth.sources.ocds.piece import MERGED, OFFSET_MASK, source_number
from troth.sources.ocds.redact import redact


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
    """The records of these processes, in the order of the files; a merged process gives the merged one.

    Raises `InputError` where the input is gone or has become shorter since it was read.
    """
    state = state_of(generation)
    assert state is not None
    merged = _merged(engine, pids)
    wanted = engine.execute(
        "SELECT pid, length FROM process WHERE pid IN (SELECT unnest(?))", [list(pids)]
    ).fetchall()
    wanted.sort(key=lambda one: one[0] & ~MERGED)
    places = [(state.sources[source_number(pid)], pid & OFFSET_MASK, length) for pid, length in wanted]
    for (pid, _), raw in zip(wanted, fetch(places), strict=True):
        text = merged.get(pid)
        value = careful.parse(raw if text is None else text.encode())
        shown, left_out = redact(value)
        yield Record(pid, hashlib.sha256(raw).hexdigest(), shown, left_out)


def _merged(engine: Any, pids: Sequence[int]) -> dict[int, str]:
    names = {row[0] for row in engine.sql("SELECT view_name FROM duckdb_views()").fetchall()}
    if "merged" not in names:
        return {}
    found = engine.execute(
        "SELECT pid, json FROM merged WHERE pid IN (SELECT unnest(?))", [list(pids)]
    ).fetchall()
    return dict(found)

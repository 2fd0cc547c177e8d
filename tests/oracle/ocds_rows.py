"""What reading lines of OCDS must give: plain Python, one line after the other.

The rows of a record come from `troth.sources.ocds.whole`, which is plain Python and knows nothing
of the hot pass; here stands the rest: lines, JSON, several releases of one process.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocdsmerge import Merger

from troth.sources.ocds.merge import _RULES
from troth.sources.ocds.whole import Seen, see

MERGED = 1 << 62
HOT = ("process", "tender", "bid", "award", "contract", "party")


class Beyond(str):
    """A number that fits no type."""


@dataclass
class Expected:
    """Rows by table, rejected things as tuples, and records in and out."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in HOT}
    )
    rejected: list[tuple[Any, ...]] = field(default_factory=list)
    firms: dict[int, dict[str, Any]] = field(default_factory=dict)
    rows_in: int = 0


@dataclass
class Release:
    value: dict[str, Any]
    pid: int
    length: int
    file: str
    line: int
    offset: int
    seen: Seen


def expected(files: Sequence[Path], secret: bytes) -> Expected:
    """What must come of these JSON Lines files, numbered in the order of their names."""
    found = Expected()
    releases: list[Release] = []
    for number, path in enumerate(sorted(files)):
        offset = 0
        for line, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
            if raw.strip():
                found.rows_in += 1
                code, value = parsed(raw)
                if code is not None:
                    ocid = None
                    found.rejected.append(("record", code, path.name, line, offset, ocid))
                else:
                    pid = (number << 44) + offset
                    seen = see(value, pid, secret, hot_only=True)
                    releases.append(Release(value, pid, len(raw), path.name, line, offset, seen))
            offset += len(raw) + 1
    for release in releases:
        for fault in release.seen.faults:
            shown = None if fault.value is None else fault.shown_value
            found.rejected.append(
                (
                    "field",
                    fault.code,
                    release.file,
                    release.line,
                    release.offset,
                    fault.ocid,
                    fault.path,
                    shown,
                )
            )
        for key, firm in release.seen.firms.items():
            found.firms.setdefault(key, firm)
    by_ocid: dict[str, list[Release]] = {}
    for release in releases:
        by_ocid.setdefault(release.value["ocid"], []).append(release)
    merged_last = []
    for same in by_ocid.values():
        if len(same) == 1:
            keep(found, same[0], same[0].pid, same[0].seen)
        else:
            merged_last += several(found, same, secret)
    for release in sorted(merged_last, key=lambda one: one.pid):
        for key, firm in release.seen.firms.items():
            found.firms.setdefault(key, firm)
    return found


def several(found: Expected, same: list[Release], secret: bytes) -> list[Release]:
    """What becomes of several releases of one process; gives the merged one."""

    def moment(one: Release) -> tuple[bool, Any, int]:
        at = one.seen.rows["process"][0]["released_at"]
        return at is not None, at, one.pid

    same = sorted(same, key=moment_key(moment))
    last = same[-1]
    if last.seen.rows["process"][0]["compiled"]:
        keep(found, last, last.pid, last.seen)
        for one in same[:-1]:
            found.rejected.append(
                ("record", "E007", one.file, one.line, one.offset, one.value["ocid"])
            )
        return []
    try:
        with warnings.catch_warnings(action="ignore"):
            value = Merger(merge_rules=_RULES).create_compiled_release([one.value for one in same])
    except Exception:  # noqa: BLE001  what the library raises is many types
        for one in same:
            found.rejected.append(
                ("record", "E008", one.file, one.line, one.offset, one.value["ocid"])
            )
        return []
    pid = last.pid | MERGED
    seen = see(value, pid, secret, hot_only=True)
    keep(found, last, pid, seen)
    return [Release(value, pid, last.length, last.file, last.line, last.offset, seen)]


def moment_key(moment: Any) -> Any:
    """Those without a date first, then by date, then by place."""
    import functools

    def compare(one: Release, other: Release) -> int:
        (has, at, pid), (other_has, other_at, other_pid) = moment(one), moment(other)
        if has != other_has:
            return -1 if other_has else 1
        if has and at != other_at:
            return -1 if at < other_at else 1
        return -1 if pid < other_pid else 1

    return functools.cmp_to_key(compare)


def keep(found: Expected, release: Release, pid: int, seen: Seen) -> None:
    for name in HOT:
        for row in seen.rows[name]:
            row = {**row, "pid": pid}
            if name == "process":
                row |= {"file": release.file, "line": release.line, "length": release.length}
            found.rows[name].append(row)


def parsed(raw: bytes) -> tuple[str | None, Any]:
    """The code of what is wrong with a whole line, or the release in it."""
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=refuse, parse_int=whole, parse_float=real
        )
    except UnicodeDecodeError:
        return "E002", None
    except ValueError:
        return "E001", None
    except RecursionError:
        return "E003", None
    if not isinstance(value, dict):
        return "E004", None
    ocid = value.get("ocid")
    if not isinstance(ocid, str) or not ocid or any("\ud800" <= one <= "\udfff" for one in ocid):
        return "E005", None
    return None, value


def refuse(name: str) -> None:
    raise ValueError(name)


def whole(digits: str) -> int | Beyond:
    return int(digits) if len(digits) <= 4_300 else Beyond(digits)


def real(digits: str) -> float | Beyond:
    number = float(digits)
    return number if abs(number) < float("inf") else Beyond(digits)

"""What watching leaves on disk: every look, the copies, and the two ledgers made from them.

    looks.jsonl     one line for one look at one duty, only ever added to
    archive/        the copies (`archive.py`)
    disc_item.csv   what must be published
    disc_obs.csv    what the looks at each duty add up to

The ledgers hold the duties of the list as it is now; the looks at a duty that was taken out of the
list stay where they are, and count again when it comes back.
"""

from __future__ import annotations

import csv
import fcntl
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from troth.errors import UsageError, VerificationError
from troth.sources.fetch.archive import put
from troth.sources.fetch.duties import Duty
from troth.sources.fetch.observe import Key, Look, Standing
from troth.tables.base import Table
from troth.tables.information import DISC_ITEM, DISC_OBS

LOOKS = "looks.jsonl"

_LOCK = ".watch-lock"

#: What every ledger leaves out: of what kind a body is, which the register says.
_NOT_IN_LEDGERS = "body_kind"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for one command alone. Raises `UsageError` where another one works in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / _LOCK, "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"{folder}: another `troth watch` works in this folder. Wait until it is done"
            ) from None
        yield


def looks_in(folder: Path) -> list[Look]:
    """Every look so far, in order. Raises `VerificationError` where the file is not what it was."""
    path = folder / LOOKS
    if not path.exists():
        return []
    found: list[Look] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            look = msgspec.json.decode(line, type=Look)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise VerificationError(
                f"{path}, line {number}: no look at an address: {error}. Put the file back from a "
                "backup, or start a new folder"
            ) from None
        if look.at.tzinfo is None or (found and look.at < found[-1].at):
            raise VerificationError(
                f"{path}, line {number}, at = {look.at.isoformat()}: before the line above it, or "
                "without a time zone. Put the file back from a backup, or start a new folder"
            )
        found.append(look)
    return found


def write(
    folder: Path, looks: Sequence[Look], duties: Sequence[Duty], standing: Mapping[Key, Standing]
) -> None:
    """Write all looks and the ledgers. The looks come first: the ledgers are made from them."""
    put(folder / LOOKS, b"".join(msgspec.json.encode(look) + b"\n" for look in looks))
    items = {duty.item.item_id: duty.item for duty in duties}
    put(
        folder / "disc_item.csv",
        _ledger(
            DISC_ITEM,
            [
                {name: getattr(item, name, None) for name in DISC_ITEM.names}
                for _, item in sorted(items.items())
            ],
        ),
    )
    put(
        folder / "disc_obs.csv",
        _ledger(
            DISC_OBS,
            [_entry(duty, standing[duty.key]) for duty in sorted(duties, key=lambda d: d.key)],
        ),
    )


def _entry(duty: Duty, standing: Standing) -> dict[str, object]:
    found = standing.found
    return {
        "item_id": duty.item.item_id,
        "body_id": duty.body_id,
        "period": duty.period,
        "first_seen": standing.first_seen,
        "url": (found.final_url if found else None) or duty.url,
        "sha256": found.sha256 if found else None,
        "fmt": found.fmt if found else None,
        "archived": standing.archived,
        "last_seen": standing.last_seen,
        "altered_without_note": standing.altered_without_note,
        "deadline": duty.deadline,
        "absent_on": standing.absent_on,
        "checked": standing.checked,
        "unreachable_since": standing.unreachable_since,
    }


def _ledger(table: Table, entries: Sequence[Mapping[str, object]]) -> bytes:
    names = [name for name in table.names if name != _NOT_IN_LEDGERS]
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(entry.get(name)) for name in names] for entry in entries)
    return made.getvalue().encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else value

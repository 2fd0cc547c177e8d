"""What a person gives as data, sorted out: records, ledgers, and the register of bodies.

A file that ends in `.csv` is a ledger, or the register of bodies where its header says so; everything
else holds contracting processes. A folder or a pattern may hold both.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from troth.errors import InputError, UsageError
from troth.sources.bodies_csv import KNOWN, NEEDED
from troth.sources.files import SUFFIXES
from troth.sources.ledgers.given import Given

#: How the name of a ledger ends that is found by itself.
LEDGER_SUFFIXES = (".csv", ".csv.gz", ".csv.zst")

#: So much of a file is looked at for its header.
_HEAD = 64 * 1024


@dataclass(frozen=True)
class Inputs:
    """`records` as `sources.files.find` takes them, ledgers, and perhaps a register of bodies."""

    records: tuple[str, ...]
    ledgers: tuple[Given, ...]
    bodies: Path | None


def sorted_out(
    data: Sequence[str], ledgers: Sequence[str] = (), bodies: Path | None = None
) -> Inputs:
    """The inputs that were given as `data`, as `--ledger` and as `--bodies`.

    A ledger is FILE, FORMAT=FILE, or FORMAT:BODY=FILE where the file does not say of which body it
    is. Raises `InputError` where a file is missing, or a second register of bodies is found.
    """
    records: list[str] = []
    found = [ledger_of(one) for one in ledgers]
    registers: list[Path] = [] if bodies is None else [bodies]
    for one in data:
        rest, files = _csv_files(one)
        records += [one] if rest else []
        for path in files:
            if _is_register_of_bodies(path):
                if bodies is None or path.resolve() != bodies.resolve():
                    registers.append(path)
            else:
                found.append(Given(path))
    if len(registers) > 1:
        raise InputError(
            f"two registers of bodies: {registers[0]} and {registers[1]}. Put them into one file"
        )
    return Inputs(tuple(records), tuple(found), registers[0] if registers else None)


def ledger_of(text: str) -> Given:
    """A ledger from FILE, FORMAT=FILE or FORMAT:BODY=FILE."""
    told, is_told, path = text.partition("=")
    if not is_told or Path(text).is_file():
        return Given(Path(text))
    name, _, body = told.partition(":")
    if not name or not path:
        raise UsageError(
            f"ledger {text!r}: expected FILE, FORMAT=FILE or FORMAT:BODY=FILE. "
            "`troth template` lists the formats"
        )
    return Given(Path(path), name, body or None)


def _csv_files(given: str) -> tuple[bool, list[Path]]:
    """Whether records may be in it too, and the CSV files in it, by name."""
    path = Path(given)
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*") if one.is_file())
    elif not path.is_file() and has_magic(given):
        inside = sorted(Path(one) for one in glob(given, recursive=True) if Path(one).is_file())
    else:
        return not _is_csv(path), [path] if _is_csv(path) and path.is_file() else []
    files = [one for one in inside if _is_csv(one)]
    others = [one for one in inside if not _is_csv(one)]
    if path.is_dir():
        others = [one for one in others if one.suffix.lower() in SUFFIXES]
    return bool(others) or not files, files


def _is_csv(path: Path) -> bool:
    return path.name.lower().endswith(LEDGER_SUFFIXES)


def _is_register_of_bodies(path: Path) -> bool:
    """Whether the header is that of the register of bodies, and of no ledger."""
    try:
        with path.open("rb") as file:
            head = gzip.open(file).read(_HEAD) if path.suffix == ".gz" else file.read(_HEAD)
    except OSError:
        return False
    first = head.decode("utf-8-sig", "replace").partition("\n")[0]
    header = {name.strip() for name in next(csv.reader(io.StringIO(first)), [])}
    return set(NEEDED) <= header <= set(KNOWN)

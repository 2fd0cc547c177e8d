"""The register of bodies: a CSV file that says of each body its level of government and population.

    body_id,name,level,population
    FR-SIRET-21750001600019,Ville de Paris,municipality,2102650

`body_id` is written as the records write it. `name` is for whoever looks at the file, and is not
read. An empty cell is unknown. A row or a value that cannot be used is a row of `rejected` like any
other fault; a file without the columns is an error.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from troth.errors import InputError
from troth.sources.base import Account
from troth.sources.ocds.faults import Fault
from troth.sources.short_csv import text_of
from troth.tables.body import BODY
from troth.tables.results import INPUT, REJECTED

NEEDED = ("body_id", "level", "population")
KNOWN = (*NEEDED, "name")

#: More people than live anywhere under one government.
MOST_PEOPLE = 3_000_000_000

_LONGEST_LEVEL = 60


@dataclass(frozen=True)
class Described:
    """What the register says of one body; None is unknown."""

    level: str | None
    population: int | None


@dataclass(frozen=True)
class BodyRegister:
    """The bodies of a register by identifier, and what the file gave: rows of `input`, `rejected`."""

    bodies: dict[str, Described]
    input: pa.Table
    rejected: pa.Table


def read_bodies(path: Path) -> BodyRegister:
    """The register in this file."""
    data, text = text_of(path, "the register of bodies")
    reading = _Reading(path.name)
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(rows, [])]
    lacking = [name for name in NEEDED if header.count(name) != 1]
    if lacking:
        raise InputError(
            f"{path}, line 1: expected the columns {', '.join(NEEDED)}, each once; "
            f"{', '.join(lacking)} is not. Put the names of the columns into the first line"
        )
    for name in header:
        if name not in KNOWN:
            reading.reject("E054", 1, name, name, "a column that is not known", field=True)
    try:
        for row in rows:
            if row:
                whole = len(row) == len(header)
                reading.row(dict(zip(header, row, strict=False)), rows.line_num, whole)
    except csv.Error as error:
        raise InputError(
            f"{path}, line {rows.line_num}: not CSV ({error}). Mend the line"
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    account = Account(
        path.name, digest, len(data), reading.rows_in, len(reading.bodies), reading.rows_rejected,
        reading.fields_rejected,
    )  # fmt: skip
    return BodyRegister(
        reading.bodies, INPUT.rows([asdict(account)]), REJECTED.rows(list(reading.rejected))
    )


def described(body: pa.Table, register: BodyRegister) -> pa.Table:
    """The table `body` with the level and population that the register gives."""
    nothing = Described(None, None)
    found = [register.bodies.get(one, nothing) for one in body["body_id"].to_pylist()]
    for name, values in (
        ("level", [one.level for one in found]),
        ("population", [one.population for one in found]),
    ):
        field = BODY[name].arrow
        body = body.set_column(body.column_names.index(name), field, pa.array(values, field.type))
    return body


class _Reading:
    """A register while it is read: rows kept, and faults with their places."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.bodies: dict[str, Described] = {}
        self.rejected: list[dict[str, object]] = []
        self.rows_in = self.rows_rejected = self.fields_rejected = 0

    def row(self, cells: dict[str, str], line: int, whole: bool) -> None:
        self.rows_in += 1
        body_id = cells.get("body_id", "").strip()
        if not whole:
            self.reject("E053", line, "", None, "the row has more or fewer cells than the header")
        elif not body_id:
            self.reject("E051", line, "body_id", None, "the row has no identifier")
        elif body_id in self.bodies:
            self.reject("E051", line, "body_id", body_id, "an earlier row has this identifier")
        else:
            self.bodies[body_id] = Described(
                self._level(cells["level"].strip(), line),
                self._population(cells["population"].strip(), line),
            )

    def _level(self, text: str, line: int) -> str | None:
        if not text:
            return None
        if len(text) > _LONGEST_LEVEL or not text.isprintable() or "/" in text:
            self.reject("E055", line, "level", text, "not a short word or two", field=True)
            return None
        return text

    def _population(self, text: str, line: int) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or int(text) > MOST_PEOPLE:
            self.reject("E052", line, "population", text, "not a whole number", field=True)
            return None
        return int(text)

    def reject(
        self, code: str, line: int, path: str, value: str | None, message: str, field: bool = False
    ) -> None:
        fault = Fault(code, path or "$", value, message)
        if field:
            self.fields_rejected += 1
        else:
            self.rows_rejected += 1
        self.rejected.append(fault.row(self.file, line))


def no_register() -> BodyRegister:
    """Nothing is known of any body."""
    return BodyRegister({}, INPUT.empty(), REJECTED.empty())


def names_of(inputs: Sequence[str], register: BodyRegister) -> BodyRegister:
    """The register under a name that no other input has."""
    (name,) = register.input["file"].to_pylist()
    number, unused = 2, name
    while unused in inputs:
        unused, number = f"{name} ({number})", number + 1
    return BodyRegister(
        register.bodies, _renamed(register.input, unused), _renamed(register.rejected, unused)
    )


def _renamed(table: pa.Table, file: str) -> pa.Table:
    at = table.column_names.index("file")
    return table.set_column(at, table.schema.field(at), pa.repeat(file, table.num_rows))

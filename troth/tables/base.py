"""What a table is: columns with a type, a unit, a meaning and a promise.

A table is declared once, here in `troth/tables`, and everything else is made from the declaration:
the Arrow schema that readers fill, the checks of `check.py`, the reference pages, the schema in a
release's datapackage.json, and the rows that tests invent (`troth.tables.sample`).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from troth.errors import UsageError


class Type(enum.Enum):
    """The types a column may have; `arrow` and `frictionless` are their names elsewhere."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"  # a moment, kept in UTC

    @property
    def arrow(self) -> pa.DataType:
        return _ARROW[self]

    @property
    def frictionless(self) -> str:
        return _FRICTIONLESS[self]


_ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.DATE: pa.date32(),
    Type.INSTANT: pa.timestamp("us", tz="UTC"),
}

_FRICTIONLESS = {
    Type.TEXT: "string",
    Type.INTEGER: "integer",
    Type.NUMBER: "number",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.INSTANT: "datetime",
}


@dataclass(frozen=True)
class Promise:
    """What holds for every value of a column that is not null; `required` forbids null."""

    required: bool = False
    one_of: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    matches: str = ""
    refers_to: str = ""  # "table.column"

    def in_words(self) -> str:
        """The promise as a reader would say it."""
        words = []
        if self.required:
            words.append("always present")
        if self.one_of:
            words.append("one of " + ", ".join(self.one_of))
        if self.at_least is not None:
            words.append(f"at least {self.at_least:g}")
        if self.at_most is not None:
            words.append(f"at most {self.at_most:g}")
        if self.matches:
            words.append(f"looks like {self.matches}")
        if self.refers_to:
            words.append(f"a {self.refers_to}")
        return "; ".join(words)


NOTHING_PROMISED = Promise()
REQUIRED = Promise(required=True)


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning, unit (where the type leaves a doubt) and promise."""

    name: str
    type: Type
    meaning: str
    unit: str = ""
    promise: Promise = NOTHING_PROMISED

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise UsageError(f"column name {self.name!r}: use lower case words joined by _")
        if not self.meaning:
            raise UsageError(f"column {self.name}: say what it means")

    @property
    def arrow(self) -> pa.Field:
        return pa.field(self.name, self.type.arrow, nullable=not self.promise.required)


@dataclass(frozen=True)
class Table:
    """One table of the vocabulary; `key` names the columns that together are unique."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    source: str = ""
    group: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise UsageError(f"table {self.name}: columns declared twice: {sorted(twice)}")
        unknown = set(self.key) - set(names)
        if unknown:
            raise UsageError(f"table {self.name}: key names no column: {sorted(unknown)}")

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(f"table {self.name} has no column {name!r}; it has {list(self.names)}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def arrow(self) -> pa.Schema:
        return pa.schema([column.arrow for column in self.columns])

    def empty(self) -> pa.Table:
        return self.arrow.empty_table()

    def rows(self, rows: list[dict[str, object]]) -> pa.Table:
        """An Arrow table of these rows; a name that is no column is an error, a gap is null."""
        for row in rows:
            unknown = set(row) - set(self.names)
            if unknown:
                raise UsageError(f"table {self.name} has no column {sorted(unknown)}")
        return pa.Table.from_pylist(rows, schema=self.arrow)

    def frictionless(self) -> dict[str, object]:
        """The table's schema as Frictionless Table Schema (Data Package v2)."""
        schema: dict[str, object] = {"fields": [_frictionless_field(c) for c in self.columns]}
        if self.key:
            schema["primaryKey"] = list(self.key)
        return schema


def _frictionless_field(column: Column) -> dict[str, object]:
    promise = column.promise
    constraints: dict[str, object] = {}
    if promise.required:
        constraints["required"] = True
    if promise.one_of:
        constraints["enum"] = list(promise.one_of)
    if promise.at_least is not None:
        constraints["minimum"] = promise.at_least
    if promise.at_most is not None:
        constraints["maximum"] = promise.at_most
    if promise.matches:
        constraints["pattern"] = promise.matches
    described: dict[str, object] = {
        "name": column.name,
        "type": column.type.frictionless,
        "description": column.meaning + (f" ({column.unit})" if column.unit else ""),
    }
    if constraints:
        described["constraints"] = constraints
    return described

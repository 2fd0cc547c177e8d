"""Which rows break a promise of their table. It reports and never repairs.

Once a table has passed, the code behind relies on its promises without asking again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import UsageError
from troth.tables.base import Column, Table, Type


@dataclass(frozen=True)
class Broken:
    """One promise of one column, the first row (from 0) that breaks it, and how many rows do.

    `row` and `value` are None where the fault is the column itself: absent, unknown, mistyped.
    """

    table: str
    column: str
    promise: str
    row: int | None
    value: object
    count: int

    def __str__(self) -> str:
        where = "" if self.row is None else f", row {self.row} has {self.value!r}"
        return (
            f"table {self.table}, column {self.column}: {self.promise}{where} ({self.count} rows)"
        )


def check(
    table: Table, data: pa.Table, others: Mapping[str, pa.Table] | None = None
) -> list[Broken]:
    """Every promise that `data` breaks, in the order of the columns, the key last.

    `others` are the tables that its columns refer to, by name. A table that is referred to and not
    given is an error of the caller: a promise that nobody looked at must not pass for kept.
    """
    broken = list(_shape(table, data))
    unsound = {one.column for one in broken}
    for column in table:
        if column.name not in unsound:
            broken += _column(table, column, data, others or {})
    if table.key and not unsound & set(table.key):
        broken += _key(table, data)
    return broken


def _shape(table: Table, data: pa.Table) -> Iterator[Broken]:
    for column in table:
        found = data.schema.get_all_field_indices(column.name)
        if len(found) != 1:
            promise = "is there once"
            yield Broken(table.name, column.name, promise, None, None, data.num_rows)
            continue
        type_found = data.schema.field(found[0]).type
        if type_found != column.type.arrow:
            promise = f"is of type {column.type.arrow}, not {type_found}"
            yield Broken(table.name, column.name, promise, None, None, data.num_rows)
    for name in dict.fromkeys(data.column_names):
        if name not in table.names:
            yield Broken(table.name, name, "is no column of it", None, None, data.num_rows)


def _column(
    table: Table, column: Column, data: pa.Table, others: Mapping[str, pa.Table]
) -> Iterator[Broken]:
    values = data.column(column.name)
    for promise, breaks in _breaks(table, column, values, data, others):
        count = pc.sum(breaks, min_count=0).as_py()
        if count:
            row = pc.index(breaks, True).as_py()
            yield Broken(table.name, column.name, promise, row, values[row].as_py(), count)


def _breaks(
    table: Table,
    column: Column,
    values: pa.ChunkedArray,
    data: pa.Table,
    others: Mapping[str, pa.Table],
) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Each promise in words, and true for the rows that break it. Null breaks `required` only."""
    promise = column.promise
    if promise.required:
        yield "always present", pc.is_null(values)
    if column.type is Type.NUMBER:
        yield "a finite number", _untrue(pc.is_finite(values))
    if promise.one_of:
        allowed = pa.array(promise.one_of, values.type)
        yield "one of " + ", ".join(promise.one_of), _among(values, allowed)
    if promise.at_least is not None:
        yield f"at least {promise.at_least:g}", _untrue(pc.greater_equal(values, promise.at_least))
    if promise.at_most is not None:
        yield f"at most {promise.at_most:g}", _untrue(pc.less_equal(values, promise.at_most))
    if promise.matches:
        fits = pc.match_substring_regex(values, f"^(?:{promise.matches})$")
        yield f"looks like {promise.matches}", _untrue(fits)
    if promise.refers_to:
        known = _referred_to(table, column, data, others)
        yield f"a {promise.refers_to}", _among(values, known)


def _untrue(holds: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.invert(holds), False)


def _among(values: pa.ChunkedArray, allowed: pa.Array) -> pa.ChunkedArray:
    return pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=allowed)))


def _referred_to(
    table: Table, column: Column, data: pa.Table, others: Mapping[str, pa.Table]
) -> pa.Array:
    name, _, wanted = column.promise.refers_to.partition(".")
    if name == table.name:
        return _column_of(data, wanted)
    if name not in others:
        raise UsageError(
            f"table {table.name} cannot be checked: its column {column.name} refers to"
            f" {column.promise.refers_to}, and no table {name!r} was given. Give it in `others`."
        )
    return _column_of(others[name], wanted)


def _column_of(data: pa.Table, name: str) -> pa.Array:
    """The column; nothing is in one that is missing, which its own table reports."""
    if name not in data.column_names:
        return pa.array([], pa.string())
    return data.column(name).combine_chunks()


def _key(table: Table, data: pa.Table) -> Iterator[Broken]:
    """Rows whose key an earlier row has. Null in a key is a value like any other."""
    keys = data.select(list(table.key))
    numbered = keys.append_column("row number", pa.array(range(data.num_rows), pa.int64()))
    groups = numbered.group_by(list(table.key)).aggregate([("row number", "min")])
    repeated = data.num_rows - groups.num_rows
    if repeated == 0:
        return
    first = groups.column("row number_min").combine_chunks()
    again = pc.invert(pc.is_in(numbered.column("row number"), value_set=first))
    row = pc.index(again, True).as_py()
    value = tuple(keys.column(name)[row].as_py() for name in table.key)
    yield Broken(
        table.name, ", ".join(table.key), "a key that no other row has", row, value, repeated
    )

"""What formulas say of the entries of ledgers: one state a case, and what its figure is made of.

A ledger is small enough to be looked at whole, so each formula is one query over the tables as they
were read; nothing is stored. The arrays are in the order of the entries, whatever the engine.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.indicators.base import AS_OF, BODY_NO, ENTRY, Indicator, Outcome, state
from troth.measure.grouped import DAY
from troth.tables import LEDGERS
from troth.tables.base import Table

#: Stands for the day of judgement in SQL that is printed.
PRINTED_DAY = date(9999, 12, 31)

#: Columns that every entry carries while formulas look at it.
CARRIED = pa.schema([pa.field(ENTRY, pa.int64()), pa.field(BODY_NO, pa.int64())])


@dataclass(frozen=True)
class Said:
    """What one formula says of every entry of its ledger that is a case.

    One element a case, in the order of entries: `entry` (row of the table), `body` (number of the
    body), `when` (NaT where it is not known), `state` (`tables/states.py`), `value` (NaN), and the
    columns that the formula keeps: numbers as float64 (NaN), days as datetime64[D] (NaT), yes and no
    as int8 (1, 0; -1 unknown), texts as codes (-1 unknown) of `texts`. `dated` says whether the
    formula places its cases in time at all. `of` and `hits` are what a case adds to n and to hits;
    None where the formula counts nothing else: one, and one if it is flagged.
    """

    entry: np.ndarray
    body: np.ndarray
    when: np.ndarray
    state: np.ndarray
    value: np.ndarray
    kept: Mapping[str, np.ndarray]
    texts: Mapping[str, tuple[str, ...]]
    dated: bool
    of: np.ndarray | None
    hits: np.ndarray | None


def speak(indicator: Indicator, tables: Mapping[str, ir.Table], day: date) -> Outcome:
    """The formula applied to the tables it names, as of this day."""
    given = {**tables, AS_OF: ibis.literal(day, type="date")}
    return indicator(*(given[name] for name in indicator.parameters))


def told(indicator: Indicator, tables: Mapping[str, ir.Table], day: date) -> ir.Table:
    """One row a case: its entry, its body, when it was, its state, its value, what is kept of it."""
    return _rows(indicator, speak(indicator, tables, day))


def _rows(indicator: Indicator, spoken: Outcome) -> ir.Table:
    nothing, no_number = ibis.null("date"), ibis.null("float64")
    counted = {}
    if spoken.of is not None and spoken.hits is not None:
        counted = {"of": spoken.of.cast("int64"), "hits": spoken.hits.cast("int64")}
    return spoken.cases.select(
        ENTRY,
        BODY_NO,
        when=nothing if spoken.when is None else spoken.when.cast("date"),
        state=state(spoken, is_share=indicator.figure is None),
        value=no_number if spoken.value is None else spoken.value.cast("float64"),
        **counted,
        **{f"kept_{name}": value for name, value in spoken.keep.items()},
    )


def said(indicator: Indicator, engine: Any, day: date) -> Said:
    """What the indicator says of the ledgers that `engine`, a DuckDB connection, holds."""
    spoken = speak(indicator, unbound_ledgers(), day)
    (size,) = engine.sql(f'SELECT count(*) FROM "{indicator.case_kind}"').fetchone()
    # Part after part, so that a large ledger is not held twice.
    sql = str(ibis.to_sql(_rows(indicator, spoken), dialect="duckdb"))
    rows = engine.sql(sql).to_arrow_reader(ROWS_AT_ONCE)
    return _gathered(rows.schema, rows, size, spoken.when is not None)


#: Rows that are taken from the engine at once.
ROWS_AT_ONCE = 250_000


def as_said(rows: pa.Table, *, is_dated: bool) -> Said:
    """The rows of `told` as arrays, in the order of entries."""
    size = pc.max(rows[ENTRY]).as_py() + 1 if rows.num_rows else 0
    return _gathered(rows.schema, rows.to_batches(), size, is_dated)


def _gathered(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], size: int, is_dated: bool
) -> Said:
    """Rows of `told` in any order, of a ledger of so many entries: each goes to its place."""
    columns = {
        field.name: _Gathered(field.name, field.type, size)
        for field in schema
        if field.name != ENTRY
    }
    there, count = np.zeros(size, np.bool_), 0
    for batch in batches:
        at = batch[ENTRY].to_numpy()
        there[at] = True
        count += len(at)
        for name, column in columns.items():
            column.put(at, batch[name])
    entry = np.flatnonzero(there)
    assert len(entry) == count, "an entry is a case once at most"
    found, texts = {}, {}
    for name in list(columns):
        values, words = columns.pop(name).taken(None if count == size else entry)
        found[name] = values
        if words is not None:
            texts[name.removeprefix("kept_")] = words
    kept = {name.removeprefix("kept_"): found[name] for name in found if name.startswith("kept_")}
    return Said(
        entry, found[BODY_NO], found["when"], found["state"], found["value"], kept, texts, is_dated,
        found.get("of"), found.get("hits"),
    )  # fmt: skip


class _Gathered:
    """One column of the entries of a ledger as numpy has it, filled in part by part."""

    def __init__(self, name: str, kind: pa.DataType, size: int) -> None:
        self.words: dict[str, int] | None = None
        self.nothing: Any = 0
        dtype: np.dtype[Any]
        if name == BODY_NO:
            dtype, self.nothing = np.dtype(np.int32), -1
        elif name in ("state", "of", "hits"):
            dtype = np.dtype(kind.to_pandas_dtype())
        elif pa.types.is_boolean(kind):
            dtype, self.nothing = np.dtype(np.int8), -1
        elif pa.types.is_temporal(kind):
            dtype = DAY
        elif _is_text(kind):
            dtype = np.dtype(np.int32)
            self.words = {}
        else:
            dtype, self.nothing = np.dtype(np.float64), np.nan
        self.values = np.empty(size, dtype)

    def put(self, at: np.ndarray, column: pa.Array) -> None:
        """The values of the entries at these places."""
        if self.words is not None:
            coded = column
            if not pa.types.is_dictionary(column.type):
                coded = column.dictionary_encode()
            words = self.words
            place = [words.setdefault(one, len(words)) for one in coded.dictionary.to_pylist()]
            codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            self.values[at] = np.array([*place, -1], np.int32)[codes]
        elif self.values.dtype == DAY:
            days = column.cast(pa.date32()).to_numpy(zero_copy_only=False)
            self.values[at] = days.astype(DAY)
        else:
            plain = column.cast(pa.from_numpy_dtype(self.values.dtype))
            self.values[at] = pc.fill_null(plain, self.nothing).to_numpy(zero_copy_only=False)

    def taken(self, entry: np.ndarray | None) -> tuple[np.ndarray, tuple[str, ...] | None]:
        """The column of these entries (None: of all), and the texts that its codes stand for."""
        values = self.values if entry is None else self.values[entry]
        if self.words is None:
            return values, None
        # In the order of the texts, not in that in which an engine met them.
        names = sorted(self.words)
        place = np.empty(len(names) + 1, np.int32)
        place[[self.words[name] for name in names]] = np.arange(len(names))
        place[-1] = -1
        return place[values], tuple(names)


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
    )


@functools.cache
def unbound_ledgers() -> Mapping[str, ir.Table]:
    """The ledgers without an engine, for formulas that are compiled to SQL."""
    return {
        name: ibis.table(ibis.Schema.from_pyarrow(carrying(table)), name=name)
        for name, table in LEDGERS.items()
    }


def carrying(table: Table) -> pa.Schema:
    """The schema of a ledger while formulas look at it; nothing is said to be never empty."""
    plain = [field.with_nullable(True) for field in [*table.arrow, *CARRIED]]
    return pa.schema(
        field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
        for field in plain
    )


def carried(table: Table, rows: pa.Table, bodies: pa.Array) -> pa.Table:
    """The entries of a ledger with their numbers and those of their bodies, as `carrying` says.

    `bodies` are the identifiers that a body's number counts; an entry of none of them has no number
    (its body is not in the register) and is nobody's case.
    """
    count = rows.num_rows
    number = pa.nulls(count, pa.int64())
    if "body_id" in table.names:
        ids = rows["body_id"]
        number = pc.index_in(ids.cast(pa.string()), value_set=bodies).cast(pa.int64())
    rows = rows.select([*table.names])
    rows = rows.append_column(CARRIED.field(ENTRY), pa.array(np.arange(count)))
    return rows.append_column(CARRIED.field(BODY_NO), number).cast(carrying(table))


def _as_sql(indicator: Indicator) -> str:
    return str(ibis.to_sql(told(indicator, unbound_ledgers(), PRINTED_DAY), dialect="duckdb"))


def printed(indicator: Indicator) -> str:
    """The SQL of one indicator as its page shows it; `:as_of` is the day of judgement."""
    sql = _as_sql(indicator)
    if indicator.second is not None:
        sql += f"\n\n-- where that says too little:\n\n{_as_sql(indicator.second)}"
    day = PRINTED_DAY
    for form in (
        f"MAKE_DATE({day.year}, {day.month}, {day.day})",
        f"CAST('{day.isoformat()}' AS DATE)",
        f"DATE '{day.isoformat()}'",
    ):
        sql = sql.replace(form, ":as_of")
    return sql

"""Worked examples, asked of an engine: what an indicator really says of the rows of an example.

The examples stand beside each formula (`indicators/words.py`). The same function answers on DuckDB
and on Spark, so that a page prints what every engine was seen to give.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from troth.indicators.base import Indicator
from troth.indicators.words import Example
from troth.law import law
from troth.measure.entries import PRINTED_DAY, as_said, carried, told, unbound_ledgers
from troth.measure.entries import speak as speak_of_entries
from troth.measure.facts import facts, judged, speak, unbound_tables
from troth.tables import LEDGERS
from troth.tables.law import LAW
from troth.tables.procurement import HOT
from troth.tables.states import CASE_KEYS, NO_PEERS, OPEN, in_words

Row = dict[str, Any]

#: The tables that every fact row is drawn from, whatever the formula asks for.
ALWAYS = ("process", "tender")

_TABLES = {table.name: table for table in HOT}


def evaluate(example: Example, indicator: Indicator, connection: Any) -> list[Row]:
    """What the indicator says of each case of an example: pid, part_no, state, field; in order.

    `connection` is an Ibis backend. `part_no` is the number of the award or contract, and null
    where the case is the process.
    """
    if indicator.of_ledger:
        second = indicator.second
        asked = second if second is not None and example.kind == second.case_kind else indicator
        return _of_ledger(example, asked, connection)
    kind = indicator.case_kind
    names = dict.fromkeys([kind, *ALWAYS, *indicator.tables])
    made = {
        name: law()
        if name == LAW.name
        else _TABLES[name].rows([dict(row) for row in example.tables.get(name, ())])
        for name in names
    }
    with registered(made, connection) as tables:
        fact = facts([indicator], kind, tables)
        states = _states(fact, indicator.code, kind, connection)
        if indicator.comparison is not None:
            as_of = ibis.literal(example.as_of, type="date")
            decided = judged(indicator, fact.mutate(as_of=as_of))
            states |= _states(decided, "state", kind, connection)
    missing, faults = names_of(indicator)
    return [_told(key, state, missing, faults) for key, state in sorted(states.items())]


def _of_ledger(example: Example, indicator: Indicator, connection: Any) -> list[Row]:
    """The same of entries: the key of each case, state, field; in the order of the ledger."""
    table = LEDGERS[indicator.case_kind]
    day = example.as_of or PRINTED_DAY
    given = {
        name: LEDGERS[name].rows([dict(row) for row in example.tables.get(name, ())])
        for name in indicator.asked
    }
    bodies = pa.array(
        sorted({one for rows in given.values() if "body_id" in rows.column_names
                for one in rows["body_id"].to_pylist()}),
        pa.string(),
    )  # fmt: skip
    made = {name: carried(LEDGERS[name], rows, bodies) for name, rows in given.items()}
    with registered(made, connection) as tables:
        rows = connection.to_pyarrow(told(indicator, tables, day))
    spoken = as_said(rows, is_dated=True)
    keys = given[table.name].select(list(table.key)).to_pylist()
    missing, faults = names_of(indicator)
    told_of = []
    for entry, one in zip(spoken.entry.tolist(), spoken.state.tolist(), strict=True):
        words, field = in_words(one, missing, faults)
        told_of.append({**keys[entry], "state": words, "field": field})
    return told_of


def names_of(indicator: Indicator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names behind an indicator's states: what may be missing, what may contradict itself."""
    if indicator.of_ledger:
        spoken = speak_of_entries(indicator, unbound_ledgers(), PRINTED_DAY)
    else:
        spoken = speak(indicator, unbound_tables())
    return (*spoken.needs, NO_PEERS), tuple(spoken.faults)


def decoded(indicator: Indicator, state: int) -> tuple[str, str]:
    """A state of a fact table in words, and the missing field or contradiction behind it."""
    missing, faults = names_of(indicator)
    return in_words(state, missing, faults)


def _told(
    key: tuple[int, ...], state: int, missing: tuple[str, ...], faults: tuple[str, ...]
) -> Row:
    pid, part_no = (*key, None)[:2]
    words, field = ("open", "") if state == OPEN else in_words(state, missing, faults)
    return {"pid": pid, "part_no": part_no, "state": words, "field": field}


def _states(table: ir.Table, column: str, kind: str, connection: Any) -> dict[tuple[int, ...], int]:
    key = CASE_KEYS[kind]
    rows = connection.to_pyarrow(table.select(*key, state=table[column])).to_pylist()
    found = {tuple(int(row[name]) for name in key): int(row["state"]) for row in rows}
    assert len(found) == len(rows), f"{len(rows) - len(found)} cases were given twice"
    return found


def _in_utc(rows: pa.Table) -> pa.Table:
    """Moments with their zone: without one they are of another type on Spark, which it cannot count."""
    moment = pa.timestamp("us", tz="UTC")
    return rows.cast(
        pa.schema(
            field.with_type(moment) if pa.types.is_timestamp(field.type) else field
            for field in rows.schema
        )
    )


@contextlib.contextmanager
def registered(made: Mapping[str, pa.Table], connection: Any) -> Iterator[dict[str, ir.Table]]:
    """The tables on the engine: in memory on DuckDB, elsewhere through Parquet files.

    Never through pandas, by which Ibis makes a whole column of whole numbers null for one gap.
    """
    if connection.name == "duckdb":
        yield {
            name: connection.create_table(name, rows, temp=True, overwrite=True)
            for name, rows in made.items()
        }
        return
    with tempfile.TemporaryDirectory() as folder:
        tables = {}
        for name, rows in made.items():
            path = Path(folder) / f"{name}.parquet"
            pq.write_table(_in_utc(rows), path)
            tables[name] = connection.read_parquet(str(path), table_name=f"example_{name}")
        yield tables

"""The default engine: DuckDB in this process, over the Parquet files of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.backends.sql import SQLBackend

from troth.settings import Settings
from troth.store.base import Store, arrow_schema
from troth.store.generations import Working
from troth.store.plain import in_memory

_SQL_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def connect(settings: Settings) -> Backend:
    """A DuckDB in memory with our settings, reading and showing every moment in UTC."""
    return Backend.from_connection(in_memory(settings.threads, settings.memory))


class DuckDBStore(Store):
    """See `Store`."""

    engine = "duckdb"

    def __init__(self, working: Working, version: int | None, settings: Settings) -> None:
        super().__init__(working, version)
        self._backend = connect(settings)

    @property
    def backend(self) -> SQLBackend:
        return self._backend

    def run(self, expression: ir.Table) -> pa.Table:
        expression = expression.as_table()
        # Not `to_pyarrow`, which needs pandas.
        rows: pa.Table = self._backend.con.sql(self._backend.compile(expression)).to_arrow_table()
        return rows.cast(arrow_schema(expression))

    def _view(self, view: str, schema: pa.Schema, parts: Sequence[Path]) -> None:
        if parts:
            columns = ", ".join(_quoted(name) for name in schema.names)
            files = ", ".join(_text(str(part)) for part in parts)
            rows = f"SELECT {columns} FROM read_parquet([{files}], hive_partitioning = false)"
        else:
            columns = ", ".join(
                f"CAST(NULL AS {_SQL_TYPES[column.type]}) AS {_quoted(column.name)}"
                for column in schema
            )
            rows = f"SELECT {columns} WHERE false"
        self._backend.raw_sql(f"CREATE OR REPLACE VIEW {_quoted(view)} AS {rows}")

    def _disconnect(self) -> None:
        self._backend.disconnect()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

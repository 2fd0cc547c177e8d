"""The default engine: DuckDB in this process, over the Parquet files of the store."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.backends.sql import SQLBackend

from troth.settings import Settings
from troth.store.base import Store, arrow_schema
from troth.store.generations import Working

_SQL_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def engine_settings(settings: Settings) -> dict[str, str | int | bool]:
    """What every DuckDB connection of ours is started with.

    - Nothing is ever downloaded: the wheel has all we use (Parquet, time zones).
    - Rows keep no order that a query does not ask for: it costs a third of the time of a large
      write, and an order nobody asked for is not one to rely on.
    - What does not fit into memory goes to the system's folder for temporary files.
    """
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "temp_directory": str(Path(tempfile.gettempdir()) / "troth-spill"),
    }


def connect(settings: Settings) -> Backend:
    """A DuckDB in memory with our settings, reading and showing every moment in UTC."""
    backend = ibis.duckdb.connect(**engine_settings(settings))
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend


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
        return self._backend.to_pyarrow(expression).cast(arrow_schema(expression))

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

"""The second engine: anything that speaks Spark Connect, such as Apache Spark or Sail.

Tables reach it as Parquet files under a path that the server sees as we do, and in no other way:
Ibis would send a table in memory through pandas, where a column of whole numbers with one gap turns
into fractions or nulls.
"""

from __future__ import annotations

import contextlib
import re
import socket
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.sql import SQLBackend

from troth.errors import TrothError, UsageError
from troth.store.base import Store
from troth.store.generations import Working

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from troth.store.translation import Backend

#: Without these a moment is shown in the server's zone, a fault gives null instead of an error, and
#: a day before 1582 is refused or moved to the Julian calendar.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}

SECONDS_TO_ANSWER = 10

_SQL_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "STRING",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP",
}


def connect(server: str) -> tuple[SparkSession, Backend]:
    """A session of its own on this server (`sc://...`, or `local[2]`), with our settings."""
    try:
        with _no_word_of_pandas():
            from pyspark.sql import SparkSession

            from troth.store.translation import Backend
    except ImportError as missing:
        raise TrothError(
            f"{missing}: Spark needs its client. Install it: pip install 'troth[spark]'"
        ) from None
    _knock(server)
    try:
        with _no_word_of_pandas():
            session: SparkSession = SparkSession.builder.remote(server).create()
            for name, value in SESSION.items():
                session.conf.set(name, value)
            Backend.register_options()
            made: Backend = Backend().connect(session)
    except Exception as fault:
        # Every kind of error comes out here: gRPC's, Spark's, and plain ones of the client.
        first = (str(fault).strip() or type(fault).__name__).splitlines()[0]
        hint = (
            "a Spark in this process needs all of pyspark, which cannot stand beside pyspark-client"
            if server.startswith("local")
            else "is it a Spark Connect server that listens there?"
        )
        raise TrothError(f"{server}: cannot open a Spark session ({first}); {hint}") from fault
    return session, made


def _knock(server: str) -> None:
    """See whether anybody listens; the client itself would go on trying for ten minutes."""
    listens = re.match(r"sc://(.+?):([0-9]+)", server)
    if listens is None:
        return
    try:
        socket.create_connection((listens[1], int(listens[2])), timeout=SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as fault:
        raise TrothError(
            f"{server}: nobody answers there ({fault}); is a Spark Connect server running?"
        ) from None


class SparkStore(Store):
    """See `Store`."""

    engine = "spark"

    def __init__(self, working: Working, version: int | None, server: str) -> None:
        self._session, self._backend = connect(server)
        super().__init__(working, version)

    @property
    def backend(self) -> SQLBackend:
        return self._backend

    def run(self, expression: ir.Table) -> pa.Table:
        with _no_word_of_pandas():
            found: pa.Table = self._backend.to_pyarrow(expression.as_table())
        return found

    def _view(self, view: str, schema: pa.Schema, parts: Sequence[Path]) -> None:
        if parts:
            described = ", ".join(f"`{c.name}` {_sql_type(c)}" for c in schema)
            rows = self._session.read.schema(described).parquet(*(str(part) for part in parts))
        else:
            columns = ", ".join(f"CAST(NULL AS {_sql_type(c)}) AS `{c.name}`" for c in schema)
            rows = self._session.sql(f"SELECT {columns} WHERE false")
        rows.createOrReplaceTempView(view)

    def _disconnect(self) -> None:
        self._session.stop()


@contextlib.contextmanager
def _no_word_of_pandas() -> Iterator[None]:
    """Without the client's warning about new versions of pandas, through which we send nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        yield


def _sql_type(column: pa.Field) -> str:
    if column.type not in _SQL_TYPES:
        raise UsageError(
            f"column {column.name} has the type {column.type}, which Spark reads otherwise; "
            f"the types that both engines read alike are {[str(kind) for kind in _SQL_TYPES]}"
        )
    return _SQL_TYPES[column.type]

"""Working tables without Ibis: in a reading process, and for questions over all of them.

The fast path runs SQL that was compiled before (`measure/plan.py`); importing Ibis would take
longer than the work. `store/duckdb.py` has the same settings.
"""

from __future__ import annotations

import ctypes
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

#: Rows of these processes were replaced by later ones (`sources/renew.py`).
DEAD = "dead"

#: The day as of which everything is judged.
AS_OF = "as_of"

PARTS = "part-*.parquet"


def settings(threads: int, memory: str) -> dict[str, str | bool | int | float | list[str]]:
    """What every DuckDB connection of ours is started with. Nothing is ever downloaded; rows keep
    no order that a query does not ask for; what does not fit into memory is spilled."""
    return {
        "threads": threads,
        "memory_limit": memory,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "temp_directory": str(Path(tempfile.gettempdir()) / "troth-spill"),
    }


def load_engine() -> None:
    """Load the engine's code and open nothing, so that processes forked from here find it there."""
    import duckdb  # noqa: F401


def in_memory(threads: int, memory: str) -> Any:
    """A connection to an empty database, reading and showing every moment in UTC."""
    import duckdb

    engine = duckdb.connect(config=settings(threads, memory))
    # A progress bar would be drawn among the data.
    engine.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return engine


def give_back() -> None:
    """Hand memory that nothing needs any more back to the system, where it lets itself be told so.

    Else much of what a large table took stays with the process, in pieces, beside the next one.
    """
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        # Only the C library of GNU has it.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def over(folder: Path, *, threads: int, memory: str) -> Any:
    """A connection with a view of each table of a generation, without rows of dead processes.

    Fact tables get the column `as_of`, which comparisons ask for; `judged_as_of` says the day.
    """
    engine = in_memory(threads, memory)
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    if DEAD in names:
        engine.execute(f"CREATE TEMP TABLE {DEAD} AS SELECT pid FROM {parts_sql(folder / DEAD)}")
    has_dead = DEAD in names and engine.sql(f"SELECT count(*) FROM {DEAD}").fetchone()[0] > 0
    for name in names:
        parts = sorted((folder / name).glob("part-*.parquet"))
        if name == DEAD or not parts:
            continue
        also = f", getvariable('{AS_OF}')::DATE AS {AS_OF}" if name.startswith("fact_") else ""
        rows = f"SELECT *{also} FROM {parts_sql(folder / name)}"
        if (
            has_dead
            and "pid" in engine.sql(f"SELECT * FROM {parts_sql(folder / name)} LIMIT 0").columns
        ):
            rows += f" WHERE pid NOT IN (SELECT pid FROM {DEAD})"
        engine.execute(f'CREATE VIEW "{name}" AS {rows}')
    return engine


def rows_of(folder: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a table of a generation, also those of dead processes, without an engine. Texts
    come coded, as they are stored."""
    return pa.concat_tables(_rows(path, columns) for path in sorted((folder / name).glob(PARTS)))


def _rows(path: Path, columns: Sequence[str] | None) -> pa.Table:
    schema = pq.read_schema(path)
    names = schema.names if columns is None else list(columns)
    texts = [name for name in names if pa.types.is_string(schema.field(name).type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        rows: pa.Table = file.read(columns=names)
    return rows


def dead_in(folder: Path) -> pa.ChunkedArray:
    """The processes of a generation that later ones replaced."""
    return rows_of(folder, DEAD, ["pid"])["pid"]


def judged_as_of(engine: Any, day: date) -> None:
    """Say as of which day the facts that `engine` holds are judged."""
    engine.execute(f"SET VARIABLE {AS_OF} = DATE '{day.isoformat()}'")


def parts_sql(folder: Path, names: str = "*.parquet") -> str:
    """What to select from for the rows of a table's parts, or of those with such names."""
    quoted = str(folder / f"part-{names}").replace("'", "''")
    return f"read_parquet('{quoted}', hive_partitioning = false)"

"""Parts of working tables, written as fast as they can be read again."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

#: Facts and the names of bodies are read at every run, and nearly all that is in them stands in many
#: rows; the other tables are read for what somebody looks at.
_READ_OFTEN = ("fact_", "process")

#: Texts that are different in nearly every row: a dictionary of them is only in the way.
_DIFFERENT = frozenset(("ocid",))


def part_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of the working table that `path` lies in the folder of: half the time of the
    defaults, a third larger (they are scratch)."""
    repeated = [
        column.name
        for column in schema
        if path.parent.name.startswith(_READ_OFTEN)
        and column.name not in _DIFFERENT
        and not pa.types.is_int64(column.type)
        and not pa.types.is_floating(column.type)
    ]
    return pq.ParquetWriter(
        path, schema, compression="lz4", write_statistics=False, use_dictionary=repeated
    )


def write_part(path: Path, rows: pa.Table) -> None:
    """A part that is written at once."""
    with part_writer(path, rows.schema) as writer:
        writer.write_table(rows)

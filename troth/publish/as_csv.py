"""A table as CSV: RFC 4180, UTF-8, text in quotes, decimal point, ISO dates.

Absent is empty without quotes; an empty text is a pair of quotes. A text that a spreadsheet would
run as a formula gets an apostrophe in front; numbers are left alone.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from troth.tables.base import Table, Type

#: How a text begins that some spreadsheet takes for a formula, or for the end of a cell.
FORMULA = r"^[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"

LINE_END = "\r\n"

#: Rows put together at once; a matter of memory only, the bytes are the same.
ROWS_AT_ONCE = 16_384

TEXT = pa.large_string()


def write_csv(table: Table, data: pa.Table, path: Path) -> None:
    """`data`, whose columns are those of `table`, as one CSV file with a header."""
    with path.open("wb") as file:
        file.write((",".join(table.names) + LINE_END).encode())
        for batch in data.to_batches(max_chunksize=ROWS_AT_ONCE):
            file.write(_bytes_of(_lines(table, batch)))


def _lines(table: Table, batch: pa.RecordBatch) -> pa.Array:
    cells = [_cells(column.type, batch.column(column.name)) for column in table]
    row = pc.binary_join_element_wise(
        *cells, pa.scalar(",", TEXT), null_handling="replace", null_replacement=""
    )
    return pc.binary_join_element_wise(row, pa.scalar("", TEXT), pa.scalar(LINE_END, TEXT))


def _cells(kind: Type, values: pa.Array) -> pa.Array:
    if kind is Type.TEXT:
        return _quoted(values.cast(TEXT))
    return plain_text(kind, values)


def _quoted(values: pa.Array) -> pa.Array:
    escaped = pc.replace_substring(values, '"', '""')
    risky = pc.match_substring_regex(values, FORMULA)
    opening = pc.if_else(risky, pa.scalar("\"'", TEXT), pa.scalar('"', TEXT))
    return pc.binary_join_element_wise(opening, escaped, pa.scalar('"', TEXT), pa.scalar("", TEXT))


def plain_text(kind: Type, values: pa.Array) -> pa.Array:
    """Numbers, truths, days and moments as JSON and CSV write them, without quotes."""
    if kind is Type.INSTANT:
        written = values.cast(pa.timestamp("us")).cast(TEXT)
        return pc.binary_join_element_wise(
            pc.replace_substring(written, " ", "T"), pa.scalar("Z", TEXT), pa.scalar("", TEXT)
        )
    return values.cast(TEXT)


def _bytes_of(texts: pa.Array) -> memoryview:
    """The texts one after the other, as they lie in memory."""
    if len(texts) == 0:
        return memoryview(b"")
    _, offsets, data = texts.buffers()
    edges = pa.Array.from_buffers(pa.int64(), len(texts) + texts.offset + 1, [None, offsets])
    return memoryview(data)[edges[texts.offset].as_py() : edges[-1].as_py()]

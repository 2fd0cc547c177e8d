"""The fast way of reading lines, where it is installed: `native.cpp`, and what it asks of Python.

It takes the lines that are beyond doubt and leaves the others to the careful way, so that what is
reported, and why, is decided in one place (`piece.py`). Where it could not be compiled all lines go
that way: the same rows, more slowly.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from troth.sources.ocds import shapes
from troth.sources.ocds.flatten import Memory, Rows, group_key
from troth.tables.procurement import HOT

#: The compiled module, or nothing.
_module: Any
try:
    _module = importlib.import_module("troth.sources.ocds._native")
except ImportError:
    _module = None

IS_THERE: bool = _module is not None

_ROLES = pa.array(["tenderer", "supplier"])


@dataclass(frozen=True)
class Taken:
    """What was made of a piece: how many lines, and which are left (start, end, row)."""

    lines: int
    left: np.ndarray
    newlines: int


class Native:
    """Reads lines for one reading process, whose memory of firms and bodies it shares."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        # Nothing here is bound to `self`: a cycle through the compiled module is never collected.
        meet = functools.partial(_meet, memory)
        self.reader = _module.open(memory.firm_key, memory.body_key, meet, group_key)

    def take(self, data: bytes, first_pid: int, chunk: int) -> Taken:
        """Read the lines of a piece that are beyond doubt; they are kept until `rows`."""
        left, lines, newlines = _module.read(self.reader, data, first_pid, chunk)
        return Taken(lines, np.frombuffer(left, np.int64).reshape(-1, 3), newlines)

    def rows(self) -> Rows:
        """The tables of all lines taken since the last time."""
        made = _module.taken(self.reader)
        count = made["process"]["pid"][0]
        return {
            table.name: pa.table(
                [
                    pa.repeat("buyer", count)
                    if column.name == "body_role"
                    else _column(column.type, *made[table.name][column.name])
                    for column in table.arrow
                ],
                names=table.arrow.names,
            )
            for table in HOT
        }


def _meet(
    memory: Memory, text: str, name: str | None, scheme: str | None, inner: str | None,
    stated: bool, raw: bytes, pid: int,
) -> None:  # fmt: skip
    supplier = shapes.Organization(text, name, shapes.Identifier(scheme, inner))
    memory.meet(memory.firm_key(text), text, supplier, stated, raw, pid)


def _column(kind: pa.DataType, rows: int, valid: bytes | None, *buffers: bytes) -> pa.Array:
    """A column of the canonical tables over the bytes that the compiled module made."""
    held = [None if valid is None else pa.py_buffer(valid), *map(pa.py_buffer, buffers)]
    if pa.types.is_boolean(kind):
        return pa.Array.from_buffers(pa.int64(), rows, held).cast(kind)
    if len(buffers) == 1 and pa.types.is_string(kind):
        numbers = pa.Array.from_buffers(pa.int64(), rows, held)
        return pa.DictionaryArray.from_arrays(numbers.cast(pa.int8()), _ROLES)
    return pa.Array.from_buffers(kind, rows, held)

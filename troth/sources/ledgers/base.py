"""What a format of ledgers is: how it is told by its header, and how its rows become entries.

A format translates and nothing else. It is given a block of rows as the text that stands in the
file, and gives back, for one table or several, the same cells under the names of that table's
template. Strict reading of the values, keys, references, faults and the account are the same for
all formats (`entries.py`, `read.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.persons import Shown

#: The column of an entry that says in which line of its file the row begins, counted from 1.
LINE = "line"

#: The one column of `Cells` of a format whose rows are whole JSON values: their text.
RECORD = "record"


@dataclass(frozen=True)
class Cells:
    """Rows of a file as text under the file's own column names, and the line in which each begins.

    Texts are trimmed and null where nothing stands. `file` is the file's name, `body` the public
    body that whoever gave the file says it is of, for formats that do not say so themselves.
    `secret` keys the suppliers where a format makes their keys itself.
    """

    rows: pa.Table
    lines: pa.Array
    file: str = ""
    body: str | None = None
    secret: bytes = b""

    def __getitem__(self, name: str) -> pa.Array:
        """The texts of a column; all null where the file has none of this name."""
        if name not in self.rows.column_names:
            return pa.nulls(len(self), pa.string())
        return self.rows.column(name).combine_chunks()

    def __len__(self) -> int:
        return len(self.lines)

    def always(self, text: str | None) -> pa.Array:
        """A column that says the same in every row."""
        return pa.repeat(pa.scalar(text, pa.string()), len(self))

    def where(self, chosen: pa.Array) -> Cells:
        """The rows for which `chosen` is true."""
        sure = pc.fill_null(chosen, False)
        return replace(self, rows=self.rows.filter(sure), lines=self.lines.filter(sure))


@dataclass(frozen=True)
class Entries:
    """Entries of one table as texts under the names of its template, and the line of each.

    A column that is not given is empty. `called` gives the file's own name of a column, so that a
    fault can name what stands in the file. `lines` may repeat a line that makes several entries.
    """

    table: str
    columns: Mapping[str, pa.Array]
    lines: pa.Array
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """Rows, or values of rows, that a format itself cannot use; the code says which of the two."""

    code: str
    lines: pa.Array
    path: str
    values: pa.Array | None
    message: str


@dataclass(frozen=True)
class Translated:
    """What a format made of a block. A row may be in several tables; it is kept or rejected whole,
    so that no half of it is ever counted. A row in none of them, and not refused, is refused.

    `firms` are suppliers of whom a format makes the keys itself (its entries have `supplier_key`
    in place of `supplier`): by key, what each is shown to be, and the scheme of its identifier.
    """

    entries: tuple[Entries, ...]
    refused: tuple[Refused, ...] = ()
    firms: Mapping[int, tuple[Shown, str | None]] = field(default_factory=dict)


Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Format:
    """One way of writing ledgers.

    `needed` are the columns that tell it: a header that has them all is of this format. `optional`
    are read where they are there. Where `closed`, a header with any further column is of another
    format; else further columns are not read. `rows_of_document` takes one parsed JSON document
    (whose keys are its header) apart into rows; a format without it is read from CSV and JSON
    Lines. `needs_body`: the file does not say of which body it is, so whoever gives it has to.
    `nested`: rows are JSON values read as a whole (`RECORD`), one a line or parts of a document; no
    column tells such a format, so that it is read only where it is named.
    """

    name: str
    meaning: str
    source: str
    fills: tuple[str, ...]
    needed: tuple[str, ...]
    read: Callable[[Cells], Translated]
    optional: tuple[str, ...] = ()
    closed: bool = False
    needs_body: bool = False
    rows_of_document: Callable[[Any], Rows] | None = None
    nested: bool = False

    def recognises(self, header: Sequence[str]) -> bool:
        found = set(header)
        return set(self.needed) <= found and not (self.closed and found - self.known)

    @property
    def known(self) -> set[str]:
        return {*self.needed, *self.optional}


def renamed(table: str, cells: Cells, called: Mapping[str, str], **given: pa.Array) -> Entries:
    """Entries of one table, one for each row: `called` says for a column of its template what the
    file calls it, `given` are columns made otherwise (`called` may still name their origin)."""
    columns = {ours: cells[theirs] for ours, theirs in called.items()}
    return Entries(table, {**columns, **given}, cells.lines, called)


def stacked(table: str, parts: Sequence[Entries]) -> Entries:
    """Several entries of a row as entries of one table, in the order of the lines."""
    lines = pa.concat_arrays([part.lines for part in parts])
    order = pc.sort_indices(pa.table({"line": lines, "part": _numbers(parts)}), _BY_LINE)
    names = dict.fromkeys(name for part in parts for name in part.columns)
    columns = {
        name: pa.concat_arrays(
            [part.columns.get(name, pa.nulls(len(part.lines), pa.string())) for part in parts]
        ).take(order)
        for name in names
    }
    called = {ours: theirs for part in parts for ours, theirs in part.called.items()}
    return Entries(table, columns, lines.take(order), called)


_BY_LINE = [("line", "ascending"), ("part", "ascending")]


def _numbers(parts: Sequence[Entries]) -> pa.Array:
    return pa.concat_arrays(
        [pa.repeat(number, len(part.lines)) for number, part in enumerate(parts)]
    )

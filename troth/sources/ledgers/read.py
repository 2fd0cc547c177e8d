"""Ledgers read: files in, canonical tables out, with an account of every row.

A row of a file is kept whole or rejected whole. It is rejected when it lacks what an entry must
have, when an earlier row has its key, or when it belongs to an entry that is nowhere. Any other
value that cannot be used becomes null. Each fault is a row of `rejected`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import InputError, UsageError
from troth.sources.base import Account
from troth.sources.files import sha256
from troth.sources.ledgers import cells, formats
from troth.sources.ledgers.base import LINE, Cells, Format, Refused, Translated
from troth.sources.ledgers.entries import (
    Read,
    fault_rows,
    most_frequent,
    read_entries,
    with_file,
)
from troth.sources.ledgers.given import Given
from troth.sources.ledgers.suppliers import Suppliers
from troth.sources.ledgers.templates import HOLDER
from troth.sources.ledgers.terms import joined
from troth.tables import LEDGERS
from troth.tables.base import Column, Table
from troth.tables.results import INPUT, REJECTED

FILE = "file"


@dataclass(frozen=True)
class Ledgers:
    """What files of ledgers gave.

    `tables` has each table for which a file was given, though it may have no entry: its columns,
    and for each entry the `file` (a dictionary of texts) and the `line` where it stands. A table
    for which no file was given is not there: of it nothing is known. `bodies` are those that the
    entries are about, with their names where a file has them. `firms` are the suppliers, without
    name and identifier. `input` and `rejected` are rows of those tables.
    """

    tables: dict[str, pa.Table]
    bodies: dict[str, str | None]
    firms: pa.Table
    input: pa.Table
    rejected: pa.Table

    def without_entries(self) -> Ledgers:
        """The same with empty tables: what is still asked of them when their entries are measured."""
        return replace(self, tables={name: rows.slice(0, 0) for name, rows in self.tables.items()})


def read(files: Sequence[Path | str | tuple[str, Path | str] | Given], secret: bytes) -> Ledgers:
    """The ledgers in these files, the same whatever order they are given in.

    A pair is (format, path). `secret` keys the suppliers, as it does where OCDS is read. Raises
    `InputError` where a file is no ledger, or cannot be read as one.
    """
    suppliers = Suppliers(secret)
    held = [_read_file(name, given, suppliers, secret) for name, given in _named(files)]
    _settle(held)
    tables = _tables(held)
    for one in held:
        one.close()
    in_use = {
        body
        for table in tables.values()
        if "body_id" in table.column_names
        for body in pc.unique(table.column("body_id")).to_pylist()
    }
    names: Counter[tuple[str, str]] = Counter()
    for one in held:
        names.update(one.read.names)
    return Ledgers(
        tables,
        most_frequent(names, sorted(in_use)),
        suppliers.firms(),
        INPUT.rows([asdict(one.account) for one in held]),
        _rejected(held),
    )


def _named(
    files: Sequence[Path | str | tuple[str, Path | str] | Given],
) -> list[tuple[str, Given]]:
    """The files under short names of which no two are alike, in the order of those."""
    given = [_given(one) for one in files]
    if not given:
        return []
    paths = [os.path.abspath(one.path) for one in given]
    twice = [path for path, count in Counter(paths).items() if count > 1]
    if twice:
        raise UsageError(f"{twice[0]} is given twice: give each ledger once")
    shared = os.path.commonpath([os.path.dirname(path) for path in paths])
    names = [os.path.relpath(path, shared).replace(os.sep, "/") for path in paths]
    shown = [name.encode("utf-8", "backslashreplace").decode() for name in names]
    return sorted(zip(shown, given, strict=True), key=lambda one: one[0])


def _given(one: Path | str | tuple[str, Path | str] | Given) -> Given:
    if isinstance(one, Given):
        return one
    if isinstance(one, tuple):
        return Given(Path(one[1]), one[0])
    return Given(Path(one))


class _Held:
    """A file that was read: its entries so far, what is wrong with it, and its account."""

    def __init__(self, name: str, path: Path, fills: Sequence[str]) -> None:
        self.read = Read()
        self.fills = fills
        self.account = Account(name, sha256(str(path)), os.path.getsize(path))
        self.rows: dict[str, pa.Table] = {}
        #: Lines of rows that cannot be used.
        self.dead = np.array([], np.int64)
        #: Terms that became a part of another one.
        self.joined = 0

    def reject(self, refused: Refused) -> None:
        """One more fault of the file, found when its entries were compared with others."""
        self.read.faults.append(fault_rows(refused))

    def bury(self, lines: np.ndarray) -> None:
        """Leave out all that came of these lines."""
        if len(lines):
            self.dead = np.union1d(self.dead, lines)
            self.rows = {name: _without(rows, lines) for name, rows in self.rows.items()}

    def add(self, block: Read) -> None:
        """One more block; rows that cannot be used leave nothing behind."""
        lines = np.unique(np.concatenate([self.dead[:0], *block.dead]))
        self.dead = np.concatenate([self.dead, lines])
        self.read.faults += block.faults
        self.read.names.update(block.names)
        for name, parts in block.rows.items():
            kept = [_without(part, lines) for part in parts]
            self.read.rows.setdefault(name, []).extend(kept)

    def settle(self) -> None:
        """Put the blocks together."""
        for name in self.fills:
            table = LEDGERS[name]
            blocks = self.read.rows.pop(name, [])
            extra = [HOLDER.arrow] if name == "term" and _has(blocks, HOLDER.name) else []
            schema = pa.schema([*table.arrow, *extra, pa.field(LINE, pa.int64())])
            blocks = [block.cast(_nullable(schema)) for block in blocks]
            self.rows[name] = pa.concat_tables([_nullable(schema).empty_table(), *blocks])
        if "term" in self.rows:
            self.rows["term"], self.joined = joined(self.rows["term"])

    def close(self) -> None:
        """The account, from what is in the tables."""
        self.account.rows_kept = _different_lines(self.rows.values()) + self.joined
        self.account.rows_rejected = len(self.dead)
        self.account.fields_rejected = sum(
            pc.sum(pc.equal(faults.column("level"), "field")).as_py() or 0
            for faults in self.faults()
        )
        assert self.account.balances(), self.account

    def faults(self) -> list[pa.Table]:
        """All faults; those of single values only where the row was kept."""
        gone = pa.array(self.dead, pa.int64())
        found = []
        for faults in self.read.faults:
            lost = pc.and_(
                pc.equal(faults.column("level"), "field"),
                pc.is_in(faults.column(LINE), value_set=gone),
            )
            found.append(faults.filter(pc.invert(lost)))
        return found


def _different_lines(tables: Iterable[pa.Table]) -> int:
    lines = [_lines(rows.column(LINE)) for rows in tables if rows.num_rows]
    if len(lines) == 1 and bool((np.diff(lines[0]) > 0).all()):
        return len(lines[0])
    return len(np.unique(np.concatenate(lines))) if lines else 0


def _has(blocks: Sequence[pa.Table], name: str) -> bool:
    return any(name in block.column_names for block in blocks)


def _nullable(schema: pa.Schema) -> pa.Schema:
    """What is not yet settled may lack a value that must be there in the end."""
    return pa.schema([field.with_nullable(True) for field in schema])


def _without(rows: pa.Table, lines: np.ndarray) -> pa.Table:
    """The rows that are of none of these lines; stretches that lose nothing are not copied."""
    if not len(lines):
        return rows
    kept = []
    for batch in rows.to_batches():
        inside = np.isin(_lines(batch.column(LINE)), lines)
        kept.append(batch.filter(pa.array(~inside)) if inside.any() else batch)
    return pa.Table.from_batches(kept, rows.schema)


def _read_file(name: str, given: Given, suppliers: Suppliers, secret: bytes) -> _Held:
    chosen = None if given.format is None else formats.named(given.format)
    known = formats.is_known if chosen is None else chosen.recognises
    path = Path(given.path)
    if chosen is not None and chosen.nested and chosen.rows_of_document is not None:
        opened = cells.open_records(path, chosen.rows_of_document)
    else:
        opened = cells.open_ledger(path, known, _document_reader(chosen))
    if chosen is None:
        chosen = formats.recognised(opened.header, path, opened.header_line)
    else:
        formats.must_be(chosen, opened.header, path, opened.header_line)
    if chosen.needs_body and given.body is None:
        raise InputError(
            f"{path}: {chosen.name} does not say of which body it is. Say so when you give it"
        )
    held = _Held(name, path, chosen.fills)
    for block in opened.blocks:
        _read_block(
            block,
            chosen,
            Cells(block.rows, block.lines, name, given.body, secret),
            suppliers,
            held,
        )
    held.settle()
    return held


def _document_reader(chosen: Format | None) -> cells.OfDocument:
    def of_document(header: Sequence[str]) -> cells.Apart | None:
        among = formats.FORMATS.values() if chosen is None else (chosen,)
        return next(
            (
                f.rows_of_document
                for f in among
                if f.rows_of_document and not f.nested and f.recognises(header)
            ),
            None,
        )

    return of_document


def _read_block(
    block: cells.Block, chosen: Format, rows: Cells, suppliers: Suppliers, held: _Held
) -> None:
    held.account.rows_in += len(rows) + sum(len(refused.lines) for refused in block.refused)
    read = Read()
    for refused in (*block.refused, *_unread(block, chosen)):
        read.add(refused)
    # What the rows of a document are called is known to its format alone.
    empty = pa.nulls(len(rows), pa.bool_()) if chosen.rows_of_document else _blank(rows, chosen)
    if pc.any(empty, min_count=0).as_py():
        read.add(Refused("E069", rows.lines.filter(empty), "$", None, _NOTHING_READ))
        rows = rows.where(pc.invert(empty))
    translated = chosen.read(rows)
    suppliers.meet(translated.firms)
    for refused in translated.refused:
        read.add(refused)
    unseen = _unseen(rows, translated)
    if len(unseen):
        read.add(Refused("E069", pa.array(unseen, pa.int64()), "$", None, _NOTHING_READ))
    for entries in translated.entries:
        read_entries(LEDGERS[entries.table], entries, suppliers, read)
    held.add(read)


_NOTHING_READ = "nothing in the row that this format reads"


def _blank(rows: Cells, chosen: Format) -> pa.Array:
    """The rows in which no column is filled that the format knows."""
    empty = pa.array(np.ones(len(rows), np.bool_))
    for name in sorted(chosen.known & set(rows.rows.column_names)):
        empty = pc.and_(empty, pc.is_null(rows[name]))
    return empty


def _unseen(rows: Cells, translated: Translated) -> np.ndarray:
    """The lines of which nothing was made and nothing was said."""
    if any(one.lines.equals(rows.lines) for one in translated.entries):
        return np.array([], np.int64)
    seen = [_lines(one.lines) for one in translated.entries]
    seen += [_lines(one.lines) for one in translated.refused]
    return np.setdiff1d(_lines(rows.lines), np.concatenate([np.array([], np.int64), *seen]))


def _unread(block: cells.Block, chosen: Format) -> Iterator[Refused]:
    """What in JSON rows a header could not show: values that are none, names that are unknown."""
    for name, lines in block.nested.items():
        if name in chosen.known:
            inside = np.intersect1d(np.array(lines), _lines(block.lines))
            said = "a list or an object where one value is expected"
            yield Refused("E071", pa.array(inside, pa.int64()), name, None, said)
    for name in block.rows.column_names:
        if chosen.closed and name not in chosen.known:
            there = pc.is_valid(block.rows.column(name).combine_chunks())
            said = f"{chosen.name} has no column of this name"
            yield Refused("E073", block.lines.filter(there), name, None, said)


def _lines(lines: pa.Array) -> np.ndarray:
    return np.asarray(lines.to_numpy(zero_copy_only=False), np.int64)


# Keys and references, over all files


def _settle(held: Sequence[_Held]) -> None:
    """Reject keys that are there twice and entries that belong to nothing, until none is left."""
    names = [name for name in LEDGERS if any(name in one.rows for one in held)]
    for name in names:
        _reject_repeated(LEDGERS[name], held)
    while any([_reject_lost(LEDGERS[name], held) for name in names]):
        pass


def _all(held: Sequence[_Held], name: str) -> list[tuple[_Held, pa.Table]]:
    return [(one, one.rows[name]) for one in held if name in one.rows]


def _reject_repeated(table: Table, held: Sequence[_Held]) -> None:
    """The first entry with a key stands, in the order of files and lines."""
    parts = _all(held, table.name)
    hashes = [_hashes(rows, table.key) for _, rows in parts]
    alike = _found_twice(np.concatenate(hashes))
    if not len(alike):
        return
    first: set[tuple[object, ...]] = set()
    for (one, rows), mine in zip(parts, hashes, strict=True):
        suspects = np.flatnonzero(np.isin(mine, alike))
        again = []
        columns = rows.select(list(table.key)).take(pa.array(suspects))
        for row, key in zip(suspects, _keys(columns), strict=True):
            if key in first:
                again.append(row)
            first.add(key)
        if again:
            repeated = rows.take(pa.array(again))
            lines = repeated.column(LINE).combine_chunks()
            said = "an earlier entry has this key"
            one.reject(
                Refused("E062", lines, ", ".join(table.key), _joined(table.key, repeated), said)
            )
            one.bury(_lines(lines))


def _hashes(rows: pa.Table, key: Sequence[str]) -> np.ndarray:
    """A number for the key of each row. Two keys may have the same one: it only raises suspicion,
    so that a set of all keys, which would fill the memory, is not needed."""
    batches = rows.select(list(key)).to_batches()
    parts = [np.fromiter(map(hash, _keys(batch)), np.int64, batch.num_rows) for batch in batches]
    return np.concatenate([np.array([], np.int64), *parts])


def _keys(rows: pa.Table | pa.RecordBatch) -> Iterable[tuple[object, ...]]:
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _found_twice(hashes: np.ndarray) -> np.ndarray:
    in_order = np.sort(hashes)
    return np.unique(in_order[1:][in_order[1:] == in_order[:-1]])


def _joined(key: Sequence[str], rows: pa.Table) -> pa.Array:
    texts = [rows.column(name).combine_chunks().cast(pa.string()) for name in key]
    return pc.binary_join_element_wise(*texts, ", ", null_handling="skip")


def _reject_lost(table: Table, held: Sequence[_Held]) -> bool:
    """Deal with references of a table to entries that are nowhere; gives whether there were any."""
    found = False
    for column in table:
        name, _, wanted = column.promise.refers_to.partition(".")
        if name in LEDGERS and not (name == table.name and column.name in table.key):
            found |= _reject_absent(held, table, column, LEDGERS[name], wanted)
    if table.name == "handover":
        for name in table["item_table"].promise.one_of:
            target = LEDGERS[name]
            item = table["item_id"]
            found |= _reject_absent(held, table, item, target, target.key[0], listed_in=name)
    return found


def _reject_absent(
    held: Sequence[_Held],
    table: Table,
    column: Column,
    target: Table,
    wanted: str,
    listed_in: str | None = None,
) -> bool:
    """Deal with values of `column` that are no `wanted` of `target`; of a handover, with those of
    the rows that say that they are listed in it."""
    found = False
    there = _there(held, table.name, column.name, target.name, wanted)
    for one, rows in _all(held, table.name):
        values = rows.column(column.name).combine_chunks()
        lost = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=there)))
        if listed_in is not None:
            lost = pc.and_(lost, pc.equal(rows.column("item_table").combine_chunks(), listed_in))
        found |= _lose(one, table, column, lost, _nowhere(held, target.name))
    return found


def _there(held: Sequence[_Held], table: str, column: str, target: str, wanted: str) -> pa.Array:
    """The different values of a column that stand in the column `wanted` of another table."""
    asked = [pc.unique(rows.column(column)) for _, rows in _all(held, table)]
    values = pc.unique(pa.concat_arrays(asked))
    seen = np.zeros(len(values), np.bool_)
    for _, rows in _all(held, target):
        for chunk in rows.column(wanted).chunks:
            at = pc.drop_null(pc.index_in(chunk, value_set=values))
            seen[at.to_numpy(zero_copy_only=False)] = True
    return values.filter(pa.array(seen))


def _nowhere(held: Sequence[_Held], name: str) -> str:
    if not _all(held, name):
        return f"no ledger of {name} was given"
    return f"no entry of {name} has this identifier"


def _lose(one: _Held, table: Table, column: Column, lost: pa.Array, said: str) -> bool:
    if not pc.any(lost, min_count=0).as_py():
        return False
    rows = one.rows[table.name]
    which = rows.filter(lost)
    lines = which.column(LINE).combine_chunks()
    values = which.column(column.name).combine_chunks()
    code = "E063" if column.promise.required else "E070"
    one.reject(Refused(code, lines, column.name, values, said))
    if column.promise.required:
        one.bury(lines.to_numpy())
    else:
        at = rows.column_names.index(column.name)
        texts = rows.column(column.name).combine_chunks()
        kept = pc.if_else(lost, pa.scalar(None, texts.type), texts)
        one.rows[table.name] = rows.set_column(at, rows.schema.field(at), kept)
    return True


# What is handed out


def _tables(held: Sequence[_Held]) -> dict[str, pa.Table]:
    files = pa.array([one.account.file for one in held], pa.string())
    found = {}
    for name, table in LEDGERS.items():
        parts = [
            _with_place(table, rows, number, files)
            for number, one in enumerate(held)
            if (rows := one.rows.get(name)) is not None
        ]
        if parts:
            found[name] = pa.concat_tables(parts)
    return found


def _with_place(table: Table, rows: pa.Table, number: int, files: pa.Array) -> pa.Table:
    indices = pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)
    file = pa.DictionaryArray.from_arrays(indices, files)
    schema = pa.schema(
        [
            *table.arrow,
            pa.field(FILE, file.type, nullable=False),
            pa.field(LINE, pa.int64(), nullable=False),
        ]
    )
    columns = [rows.column(name) for name in table.names]
    return pa.table([*columns, file, rows.column(LINE)], schema=schema)


def _rejected(held: Sequence[_Held]) -> pa.Table:
    """Every fault in the order of files, lines and columns."""
    parts = [
        with_file(faults, one.account.file).append_column(
            "number", pa.repeat(pa.scalar(number), faults.num_rows)
        )
        for number, one in enumerate(held)
        for faults in one.faults()
        if faults.num_rows
    ]
    if not parts:
        return REJECTED.empty()
    order = [
        ("number", "ascending"),
        (LINE, "ascending"),
        ("path", "ascending"),
        ("code", "ascending"),
    ]
    whole = pa.concat_tables(parts).sort_by(order)
    return whole.select(list(REJECTED.names)).cast(REJECTED.arrow)

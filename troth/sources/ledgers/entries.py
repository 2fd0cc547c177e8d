"""Entries made of text: values read strictly, promises of the columns checked, faults listed.

Whatever stands here is done for a block at once. A value that cannot be used becomes null and is a
fault of its own; an entry that lacks what it must have is left out with its row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.fields import identifier
from troth.sources.ledgers.base import LINE, Entries, Refused
from troth.sources.ledgers.suppliers import Suppliers
from troth.sources.ledgers.templates import BODY_NAME, HOLDER, SUPPLIER, SUPPLIER_KEY
from troth.sources.ledgers.values import Bad, read_column
from troth.sources.ocds.faults import FAULTS, LONGEST_VALUE
from troth.sources.persons import is_natural_person
from troth.tables.base import Column, Table
from troth.tables.body import PUBLIC_BODY
from troth.tables.results import REJECTED

#: Codes of faults of a whole entry that is left out because of a value it must have.
ABSENT, UNUSABLE = "E060", "E061"


@dataclass
class Read:
    """What reading a block, or a whole file, gave.

    `rows` are entries with `line`, by table; `dead` the lines of rows that cannot be used;
    `names` how often each (body, name) was met.
    """

    rows: dict[str, list[pa.Table]] = field(default_factory=dict)
    faults: list[pa.Table] = field(default_factory=list)
    dead: list[np.ndarray] = field(default_factory=list)
    names: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, refused: Refused) -> None:
        self.faults.append(fault_rows(refused))
        if FAULTS[refused.code][0] == "record":
            self.dead.append(refused.lines.to_numpy(zero_copy_only=False))


def fault_rows(refused: Refused) -> pa.Table:
    """Rows of `rejected` without the file's name."""
    count = len(refused.lines)
    level, next_step = FAULTS[refused.code]
    values = pa.nulls(count, pa.string()) if refused.values is None else _shown(refused.values)
    return pa.table(
        {
            "level": _always(level, count),
            "code": _always(refused.code, count),
            LINE: refused.lines,
            "path": _always(refused.path, count),
            "value": values,
            "message": _always(refused.message, count),
            "next_step": _always(next_step, count),
        }
    )


def with_file(faults: pa.Table, file: str) -> pa.Table:
    """The same as rows of `rejected`."""
    count = faults.num_rows
    given = {
        "file": _always(file, count),
        "offset": pa.nulls(count, pa.int64()),
        "ocid": pa.nulls(count, pa.string()),
    }
    columns = [given[name] if name in given else faults.column(name) for name in REJECTED.names]
    return pa.table(columns, schema=REJECTED.arrow)


def _always(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)


def _shown(values: pa.Array) -> pa.Array:
    """The values as found, shortened."""
    long = pc.fill_null(pc.greater(pc.utf8_length(values), LONGEST_VALUE), False)
    if not pc.any(long, min_count=0).as_py():
        return values
    short = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(values, 0, LONGEST_VALUE - 1), "…", ""
    )
    return pc.if_else(long, short, values)


def read_entries(table: Table, entries: Entries, suppliers: Suppliers, into: Read) -> None:
    """Read the entries strictly and add what they gave to `into`."""
    count = len(entries.lines)
    if count == 0:
        return
    sound = _Sound(entries, into)
    bodies = _bodies(table, entries, sound)
    columns: dict[str, pa.Array] = {}
    for column in table:
        if column.name == "body_kind":
            columns[column.name] = _always(PUBLIC_BODY, count)
        elif column.name == "body_id":
            columns[column.name] = bodies
        elif column.name == SUPPLIER_KEY:
            columns[column.name] = _supplier_keys(entries, suppliers, bodies)
        else:
            columns[column.name] = _column(column, entries, sound)
    if table.name == "term" and HOLDER.name in entries.columns:
        columns[HOLDER.name] = entries.columns[HOLDER.name]
    rows = pa.table({**columns, LINE: entries.lines})
    alive = sound.alive()
    if alive is not None:
        rows = rows.filter(alive)
    into.rows.setdefault(table.name, []).append(rows)
    if BODY_NAME.name in entries.columns and bodies is not None:
        _count_names(bodies, entries.columns[BODY_NAME.name], alive, into)


def _supplier_keys(entries: Entries, suppliers: Suppliers, bodies: pa.Array) -> pa.Array:
    if SUPPLIER_KEY in entries.columns:
        return entries.columns[SUPPLIER_KEY]
    texts = entries.columns.get(SUPPLIER.name)
    if texts is None:
        return pa.nulls(len(entries.lines), pa.int64())
    return suppliers.keys(texts, bodies)


@dataclass
class _Sound:
    """Which of the entries can be used, while their columns are read."""

    entries: Entries
    into: Read
    unusable: pa.Array | None = None

    def fault(
        self, code: str, which: pa.Array, name: str, texts: pa.Array | None, said: str
    ) -> None:
        lines = self.entries.lines.filter(which)
        if len(lines) == 0:
            return
        called = self.entries.called.get(name, name)
        values = None if texts is None else texts.filter(which)
        self.into.add(Refused(code, lines, called, values, said))
        if FAULTS[code][0] == "record":
            self.unusable = which if self.unusable is None else pc.or_(self.unusable, which)

    def alive(self) -> pa.Array | None:
        return None if self.unusable is None else pc.invert(self.unusable)


def _column(column: Column, entries: Entries, sound: _Sound) -> pa.Array:
    texts = entries.columns.get(column.name)
    if texts is None:
        texts = pa.nulls(len(entries.lines), pa.string())
    values, bad = read_column(column, texts)
    for one in bad:
        _tell(column, one, texts, sound)
    if column.promise.required and texts.null_count:
        absent = pc.is_null(texts)
        sound.fault(ABSENT, absent, column.name, None, "nothing stands where something must")
    return values


def _tell(column: Column, bad: Bad, texts: pa.Array, sound: _Sound) -> None:
    code = UNUSABLE if column.promise.required else bad.code
    sound.fault(code, bad.which, column.name, texts, bad.expected)


def _bodies(table: Table, entries: Entries, sound: _Sound) -> pa.Array | None:
    """The identifiers of the bodies: no placeholder, and not that of a natural person."""
    if "body_id" not in table.names:
        return None
    texts = entries.columns.get("body_id")
    if texts is None:
        texts = pa.nulls(len(entries.lines), pa.string())
    encoded = texts.dictionary_encode()
    known = [_body(text) for text in encoded.dictionary.to_pylist()]
    bodies = pa.array(known, pa.string()).take(encoded.indices)
    absent = pc.is_null(texts)
    sound.fault(ABSENT, absent, "body_id", None, "the entry does not say of which body it is")
    bad = pc.and_(pc.is_valid(texts), pc.is_null(bodies))
    # Such a text may be somebody's tax number: it is not shown.
    said = "expected the identifier of a public body, not a placeholder or a natural person's"
    sound.fault(UNUSABLE, bad, "body_id", None, said)
    return bodies


def _body(text: str) -> str | None:
    found = identifier(text)
    return None if found is None or is_natural_person(found) else found


def _count_names(bodies: pa.Array, names: pa.Array, alive: pa.Array | None, into: Read) -> None:
    pairs = pa.table({"body": bodies, "name": names})
    if alive is not None:
        pairs = pairs.filter(alive)
    counted = pairs.group_by(["body", "name"]).aggregate([([], "count_all")])
    for body, name, count in zip(
        *(counted.column(n).to_pylist() for n in ("body", "name", "count_all")), strict=True
    ):
        if body is not None and name is not None:
            into.names[body, name] += count


def most_frequent(names: Counter[tuple[str, str]], bodies: Sequence[str]) -> dict[str, str | None]:
    """The name that each body is given most often, the first of them in alphabetical order."""
    best: dict[str, tuple[int, str]] = {}
    for (body, name), count in names.items():
        if body not in best or (-count, name) < best[body]:
            best[body] = (-count, name)
    return {body: best[body][1] if body in best else None for body in bodies}

"""Templates: the format that each ledger has here, made from the declaration of its table.

A template has the columns of the table except those that say who a row is about in our own keys:
`body_kind` is always the same, and a firm's key is made of what stands in `supplier`. Every
template may have `body_name`, and `term` has `holder`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from troth.errors import UsageError
from troth.sources.ledgers.base import Cells, Entries, Format, Translated
from troth.tables import LEDGERS
from troth.tables.base import REQUIRED, Column, Table, Type

BODY_NAME = Column("body_name", Type.TEXT, "the body's name, for pages")

SUPPLIER_KEY = "supplier_key"
SUPPLIER = Column(
    "supplier",
    Type.TEXT,
    "the supplier: identifier (scheme and number) or else name; made a key when it is read, the"
    " text is not kept",
)

HOLDER = Column(
    "holder",
    Type.TEXT,
    "whatever tells one holder of the post from the next; terms in a row of the same one are put"
    " together when they are read, and it is not kept",
)

#: Words of everyday use that no closed list of the table says, for the invented example.
_EXAMPLES = {
    "body_id": "XX-REG-0001",
    "body_name": "Town of Example",
    "supplier": "XX-FIRM-12345",
    "holder": "A",
    "currency": "EUR",
    "bucket": "31-60",
    "assessor": "A1",
    "item_id": "EXAMPLE-ITEM-1",
}


def columns_of(table: Table) -> tuple[Column, ...]:
    """The columns of a table's template."""
    found = [BODY_NAME] if "body_id" in table.names else []
    for column in table:
        if column.name == SUPPLIER_KEY:
            found.append(SUPPLIER)
        elif column.name != "body_kind":
            found.append(column)
    if table.name == "term":
        found.append(HOLDER)
    if found and found[0] is BODY_NAME:
        # Behind the identifier that it belongs to.
        found.insert(1 + [column.name for column in found].index("body_id"), BODY_NAME)
        del found[0]
    return tuple(found)


def template(table: Table) -> Format:
    """The template of a table as a format."""
    columns = columns_of(table)

    def read(cells: Cells) -> Translated:
        given = {c.name: cells[c.name] for c in columns if c.name in cells.rows.column_names}
        return Translated((Entries(table.name, given, cells.lines),))

    required = [c.name for c in columns if c.promise.required]
    return Format(
        name=table.name,
        meaning=table.meaning,
        source="the template of this table",
        fills=(table.name,),
        needed=tuple(required),
        optional=tuple(c.name for c in columns if not c.promise.required),
        read=read,
        closed=True,
    )


TEMPLATES: Mapping[str, Format] = {name: template(table) for name, table in LEDGERS.items()}


def named(name: str) -> Table:
    """The ledger of this name."""
    if name not in LEDGERS:
        raise UsageError(
            f"no ledger is called {name!r}. There are: {', '.join(LEDGERS)}. `troth template`"
            " lists them with their meaning"
        )
    return LEDGERS[name]


def written(table: Table) -> str:
    """The template as CSV: what each column means in comments, then an example, then the header."""
    return "".join(f"{line}\n" for line in _lines(table))


def _lines(table: Table) -> Iterator[str]:
    columns = columns_of(table)
    yield f"# {table.name}: {table.meaning}"
    yield "# One row for each entry, below the line of column names. A column that is not always"
    yield "# present may be left out. Lines like these, above the column names, are not read."
    yield "#"
    for column in columns:
        yield f"# {column.name}: {column.meaning} ({_form(column)})"
    yield "#"
    yield "# An invented row, as an example; it is not read:"
    yield f"# {_row([_example(column) for column in columns])}"
    yield _row([column.name for column in columns])


def _form(column: Column) -> str:
    """Type or unit, and promise; what it refers to is said in the reader's own words."""
    form = {
        Type.DATE: "date, 2024-05-31",
        Type.INSTANT: "moment, 2024-05-31T12:00:00Z",
        Type.BOOLEAN: "yes or no",
        Type.INTEGER: "whole number",
        Type.NUMBER: "number, 1234.50",
        Type.TEXT: "text",
    }[column.type]
    promise = column.promise.in_words()
    return "; ".join(part for part in (form, column.unit, promise) if part)


def _example(column: Column) -> str:
    promise = column.promise
    if promise.one_of:
        return promise.one_of[0]
    if column.name in _EXAMPLES:
        return _EXAMPLES[column.name]
    if column.type is Type.TEXT:
        if promise.matches:
            return ""
        return f"EXAMPLE-{column.name.upper().removesuffix('_ID')}-1" if _identifies(column) else ""
    return {
        Type.DATE: "2024-05-31",
        Type.INSTANT: "2024-05-31T12:00:00Z",
        Type.BOOLEAN: "yes",
        Type.INTEGER: "2024" if column.name in ("year", "fiscal_year") else "0",
        Type.NUMBER: "0.5" if promise.at_most == 1 else "1234.50",
    }[column.type]


def _identifies(column: Column) -> bool:
    return column.promise == REQUIRED or column.promise.refers_to != "" or column.promise.required


def _row(cells: list[str]) -> str:
    into = io.StringIO()
    csv.writer(into, lineterminator="").writerow(cells)
    return into.getvalue()

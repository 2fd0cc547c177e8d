"""A release as one SQLite file that opens anywhere, and that refuses figures about anybody else.

The walls are in the file itself and hold for whoever writes to it by hand: every result row needs
a public body (a CHECK, a composite foreign key, and a trigger, because SQLite looks at foreign
keys only where a connection asks for it), the kind of an entity never changes, and an office of
one person without staff is no body to be measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import repeat
from pathlib import Path

import pyarrow as pa

from troth.publish.as_csv import plain_text
from troth.tables.base import Column, Table, Type
from troth.tables.body import PUBLIC_BODY

#: Version of this layout, as `PRAGMA user_version` gives it.
LAYOUT = 1

ROWS_AT_ONCE = 50_000

_TYPES = {
    Type.TEXT: "TEXT",
    Type.INTEGER: "INTEGER",
    Type.NUMBER: "REAL",
    Type.BOOLEAN: "INTEGER",
    Type.DATE: "TEXT",
    Type.INSTANT: "TEXT",
}

ENTITY = """CREATE TABLE entity (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('public_body', 'legal_person', 'natural_person', 'unknown')),
  UNIQUE (id, kind)
)"""

#: Everybody a release speaks of. A firm's identifier here is `firm:` and its key.
_ENTITY_TRIGGERS = (
    """CREATE TRIGGER entity_kind_is_fixed BEFORE UPDATE ON entity
BEGIN SELECT RAISE(ABORT, 'the kind of an entity does not change'); END""",
    """CREATE TRIGGER entity_kind_is_not_replaced BEFORE INSERT ON entity
WHEN EXISTS (SELECT 1 FROM entity WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the kind of an entity does not change'); END""",
    """CREATE TRIGGER entity_stays BEFORE DELETE ON entity
BEGIN SELECT RAISE(ABORT, 'an entity of a release stays in it'); END""",
)

_ONE_PERSON = "NEW.seats = 1 AND NEW.staffed IS NOT 1"

_ALONE = "RAISE(ABORT, 'an office of one person is not measured')"


def write_sqlite(tables: Mapping[str, tuple[Table, pa.Table]], path: Path) -> None:
    """These tables, `body` and `firm` among them, as one SQLite file: the same rows, same bytes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in (
            "page_size = 4096",
            "encoding = 'UTF-8'",
            "journal_mode = OFF",  # a file that is not finished is thrown away whole
            "synchronous = OFF",  # the caller makes the finished file durable
            f"user_version = {LAYOUT}",
        ):
            connection.execute(f"PRAGMA {setting}")
        declared = [table for table, _ in tables.values()]
        connection.execute("BEGIN")
        for statement in table_statements(declared):
            connection.execute(statement)
        _insert_entities(connection, tables["body"][1], tables["firm"][1])
        for table, data in tables.values():
            _insert(connection, table, data)
        for statement in trigger_statements(declared):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("VACUUM")


def table_statements(tables: list[Table]) -> list[str]:
    return [ENTITY, *(_create(table) for table in tables)]


def trigger_statements(tables: list[Table]) -> list[str]:
    made = list(_ENTITY_TRIGGERS)
    for table in tables:
        if table.name == "body":
            made += _body_triggers()
        elif "body_kind" in table.names:
            made += _result_triggers(table.name)
    return made


def _create(table: Table) -> str:
    lines = [_declared(column) for column in table]
    if table.key:
        lines.append(f"PRIMARY KEY ({', '.join(map(_quoted, table.key))})")
    if table.name == "body":
        lines.append("UNIQUE (body_id, body_kind)")
        lines.append("FOREIGN KEY (body_id, body_kind) REFERENCES entity (id, kind)")
    elif "body_kind" in table.names:
        lines.append("FOREIGN KEY (body_id, body_kind) REFERENCES body (body_id, body_kind)")
        lines.append("FOREIGN KEY (body_id, body_kind) REFERENCES entity (id, kind)")
    elif table.name == "firm":
        lines.append("CHECK (kind = 'legal_person' OR (name IS NULL AND firm_id IS NULL))")
    never_null = table.key and all(table[name].promise.required for name in table.key)
    by_key = " WITHOUT ROWID" if never_null else ""  # one tree instead of a table and its index
    return f"CREATE TABLE {_quoted(table.name)} (\n  " + ",\n  ".join(lines) + f"\n){by_key}"


def _declared(column: Column) -> str:
    declared = f"{_quoted(column.name)} {_TYPES[column.type]}"
    if column.promise.required:
        declared += " NOT NULL"
    if column.name == "body_kind":
        declared += f" CHECK (body_kind = '{PUBLIC_BODY}')"
    return declared


def _quoted(name: str) -> str:
    return f'"{name}"'


def _body_triggers() -> list[str]:
    missing = "NOT EXISTS (SELECT 1 FROM entity WHERE id = NEW.body_id AND kind = NEW.body_kind)"
    return [
        f"CREATE TRIGGER body_is_an_office_of_several BEFORE INSERT ON body\n"
        f"WHEN {_ONE_PERSON} BEGIN SELECT {_ALONE}; END",
        f"CREATE TRIGGER body_stays_an_office_of_several BEFORE UPDATE ON body\n"
        f"WHEN {_ONE_PERSON} BEGIN SELECT {_ALONE}; END",
        f"CREATE TRIGGER body_is_registered BEFORE INSERT ON body\n"
        f"WHEN {missing} BEGIN SELECT RAISE(ABORT, 'not a registered public body'); END",
        "CREATE TRIGGER body_is_fixed BEFORE UPDATE OF body_id, body_kind ON body\n"
        "BEGIN SELECT RAISE(ABORT, 'the identifier and kind of a body do not change'); END",
    ]


def _result_triggers(name: str) -> Iterator[str]:
    missing = (
        "NOT EXISTS (SELECT 1 FROM body WHERE body_id = NEW.body_id AND body_kind = NEW.body_kind)"
        " OR NOT EXISTS (SELECT 1 FROM entity WHERE id = NEW.body_id AND kind = NEW.body_kind)"
    )
    for event in ("insert", "update"):
        yield (
            f"CREATE TRIGGER {name}_about_bodies_on_{event}\n"
            f"BEFORE {event.upper()} ON {_quoted(name)}\n"
            f"WHEN {missing}\n"
            f"BEGIN SELECT RAISE(ABORT, 'figures are about registered public bodies only'); END"
        )


def _insert_entities(connection: sqlite3.Connection, body: pa.Table, firm: pa.Table) -> None:
    ids = body.column("body_id").to_pylist()
    firms = (f"firm:{key}" for key in firm.column("firm_key").to_pylist())
    insert = "INSERT INTO entity VALUES (?, ?)"
    connection.executemany(insert, zip(ids, repeat(PUBLIC_BODY), strict=False))
    connection.executemany(insert, zip(firms, firm.column("kind").to_pylist(), strict=True))


def _insert(connection: sqlite3.Connection, table: Table, data: pa.Table) -> None:
    places = ", ".join("?" * len(table.names))
    insert = f"INSERT INTO {_quoted(table.name)} VALUES ({places})"
    for batch in data.to_batches(max_chunksize=ROWS_AT_ONCE):
        columns = [_stored(column.type, batch.column(column.name)) for column in table]
        connection.executemany(insert, zip(*columns, strict=True))


def _stored(kind: Type, values: pa.Array) -> list[object]:
    if kind in (Type.DATE, Type.INSTANT):
        values = plain_text(kind, values)
    elif kind is Type.BOOLEAN:
        values = values.cast(pa.int8())
    stored: list[object] = values.to_pylist()
    return stored


def faults(path: Path, tables: Mapping[str, tuple[Table, pa.Table]]) -> list[str]:
    """What in the file is not as `write_sqlite` makes it: layout, walls, or number of rows."""
    declared = [table for table, _ in tables.values()]
    wanted = sorted(table_statements(declared) + trigger_statements(declared))
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as connection:
        try:
            return list(_faults(connection, wanted, tables))
        except sqlite3.DatabaseError as error:
            return [f"{path.name}: not a readable SQLite file ({error})"]


def _faults(
    connection: sqlite3.Connection, wanted: list[str], tables: Mapping[str, tuple[Table, pa.Table]]
) -> Iterator[str]:
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    if sorted(sql for (sql,) in found) != wanted:
        yield "troth.sqlite: its tables and triggers are not those of a release"
        return
    for (state,) in connection.execute("PRAGMA integrity_check"):
        if state != "ok":
            yield f"troth.sqlite: {state}"
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        yield "troth.sqlite: a row is about nobody in it"
    for name, (_, data) in tables.items():
        query = f"SELECT count(*) FROM {_quoted(name)}"
        (rows,) = connection.execute(query).fetchone()
        if rows != data.num_rows:
            yield f"troth.sqlite: {name} has {rows} rows, its Parquet file {data.num_rows}"

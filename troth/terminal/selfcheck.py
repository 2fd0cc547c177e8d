"""`troth selfcheck persons`: try to break each wall that keeps figures about persons out.

Each attempt must be stopped. One that gets through is told, and the command leaves with 4
(docs/no-persons.md).
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from troth.errors import PersonError
from troth.terminal.screen import Format, columns, say, say_json

#: An identifier in the form of a natural person's (an Italian tax code of 16 characters, invented).
A_PERSON = "IT-CF-RSSMRA80A01H501U"

STOPPED, THROUGH = "stopped", "GOT THROUGH"


@dataclass(frozen=True)
class Attempt:
    """One attempt on one wall; `stopped` says whether the wall held."""

    wall: str
    attempt: str
    stopped: bool


def persons(release: Path | None, form: Format) -> None:
    """Try every wall, and look through a release where one is named."""
    tried = attempts()
    leaks = [] if release is None else _leaks(release)
    if form is Format.JSON:
        say_json({"attempts": tried, "leaks": leaks})
    else:
        rows = [(STOPPED if one.stopped else THROUGH, one.wall, one.attempt) for one in tried]
        say(*columns(rows, indent=0))
        if release is not None:
            say(*leaks or [f"{release}: nothing about a person"])
    broken = [one.attempt for one in tried if not one.stopped]
    if broken or leaks:
        raise PersonError(
            f"{len(broken)} of {len(tried)} attempts got through, {len(leaks)} leaks. "
            "Publish nothing; see docs/no-persons.md."
        )


def attempts() -> list[Attempt]:
    """Every attempt, made now."""
    return [Attempt(wall, words, held()) for wall, words, held in _ATTEMPTS]


def _leaks(release: Path) -> list[str]:
    from troth.publish.current import current_release
    from troth.publish.persons import leaks

    return [str(leak) for leak in leaks(current_release(release))]


def _vocabulary_holds() -> bool:
    from troth.tables import VOCABULARY, walls

    return not walls.breaches(VOCABULARY.values())


def _table_is_refused() -> bool:
    from troth.tables import walls
    from troth.tables.base import REQUIRED, Column, Table, Type

    who = Column("official_id", Type.TEXT, "an attempt", "", REQUIRED)
    level = Column("level", Type.NUMBER, "an attempt")
    return bool(walls.breaches([Table("official_score", "An attempt.", (who, level))]))


def _door_knows() -> bool:
    from troth.sources.persons import shown

    return shown(A_PERSON, None, None, "Rossi Maria").kind != "legal_person"


def _record_is_redacted() -> bool:
    from troth.sources.ocds.redact import redact

    person = {"id": A_PERSON, "name": "Rossi Maria", "contactPoint": {"email": "m@example.org"}}
    record = {
        "ocid": "ocds-x-1",
        "awards": [{"id": "1", "suppliers": [person]}],
        "contactPoint": {"name": "Rossi"},
    }
    shown, _ = redact(record)
    text = json.dumps(shown)
    return not any(one in text for one in ("Rossi", A_PERSON, "example.org", "contactPoint"))


def _register_refuses() -> bool:
    from troth.link.register import refusals
    from troth.sources.persons import is_natural_person
    from troth.tables.body import BODY, PUBLIC_BODY

    row: dict[str, object] = {"body_kind": PUBLIC_BODY, "body_key": 1, "names": 1, "processes": 1}
    office = {**row, "body_id": "XX-GOV-1", "seats": 1, "staffed": False}
    rows = BODY.rows([{**row, "body_id": A_PERSON}, office])
    return len(refusals(rows, is_natural_person)) == int(rows.num_rows)


def _nobody_else_makes_a_body_id() -> bool:
    from troth.link.register import BodyId

    try:
        BodyId()
    except PersonError:
        return True
    return False


def _database_refuses() -> bool:
    from troth.publish.as_sqlite import write_sqlite
    from troth.publish.release import TABLES

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "attempt.sqlite"
        write_sqlite({name: (table, table.empty()) for name, table in TABLES.items()}, path)
        with closing(sqlite3.connect(path)) as connection:
            return all(_is_refused(connection, statement) for statement in _STATEMENTS)


_SCORE = (
    "INSERT INTO score (body_id, body_kind, recipe, level, weight_measured, status) "
    "VALUES ('somebody', '{kind}', 'r', 50, 1, 'published')"
)

#: As what it is, and in the guise of a body that nobody registered.
_STATEMENTS = (_SCORE.format(kind="natural_person"), _SCORE.format(kind="public_body"))


def _is_refused(connection: sqlite3.Connection, statement: str) -> bool:
    try:
        connection.execute(statement)
    except sqlite3.IntegrityError:
        return True
    return False


def _last_look_finds() -> bool:
    from troth.publish.persons import in_json

    planted: tuple[object, ...] = (
        {"buyer": {"contactPoint": {"email": "m@example.org"}}},
        {"kind": "natural_person", "name": "Rossi Maria"},
        {"kind": "natural_person", "level": 50},
    )
    return all(any(True for _ in in_json(value)) for value in planted)


_ATTEMPTS: tuple[tuple[str, str, Callable[[], bool]], ...] = (
    ("at the door", "a supplier with a person's tax code is to have a name", _door_knows),
    ("at the door", "a record is to show a person and a contact point", _record_is_redacted),
    ("in the vocabulary", "a table is to score officials", _table_is_refused),
    (
        "in the vocabulary",
        "a table that is declared holds a figure about a person",
        _vocabulary_holds,
    ),
    ("in the code", "a BodyId is to be made by hand", _nobody_else_makes_a_body_id),
    (
        "in the register",
        "a person, and an office of one, are to be registered as bodies",
        _register_refuses,
    ),
    ("in the database", "a score of a person is to be written by hand", _database_refuses),
    (
        "at the last look",
        "a contact point and a figure about a person are to be published",
        _last_look_finds,
    ),
)

"""The walls inside the SQLite file: each test writes to it by hand and must be turned away.

A plain connection is used, with foreign keys off as they are by default, and once with them on.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.given import TOWN, written

RESULTS = ("measurement", "missing", "evidence", "score", "contribution")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("out")) / "troth.sqlite"


@pytest.fixture(params=[False, True], ids=["foreign keys off", "foreign keys on"])
def by_hand(
    file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[sqlite3.Connection]:
    copy = shutil.copy(file, tmp_path / "troth.sqlite")
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute(f"PRAGMA foreign_keys = {'ON' if request.param else 'OFF'}")
    yield connection
    connection.close()


def insert_copy(
    connection: sqlite3.Connection, table: str, verb: str = "INSERT", **changes: str | None
) -> None:
    """The first row of a table once more, with changes."""
    cursor = connection.execute(f"SELECT * FROM {table} LIMIT 1")
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchone(), strict=True)) | changes
    places = ", ".join("?" * len(names))
    connection.execute(f"{verb} INTO {table} VALUES ({places})", list(row.values()))


def test_who_is_in_it_and_what_they_are(by_hand: sqlite3.Connection) -> None:
    kinds = dict(by_hand.execute("SELECT id, kind FROM entity"))
    assert kinds[TOWN] == "public_body"
    assert (kinds["firm:1"], kinds["firm:2"], kinds["firm:3"]) == (
        "legal_person",
        "natural_person",
        "unknown",
    )


def test_a_row_about_a_body_can_be_written(by_hand: sqlite3.Connection) -> None:
    """A negative control: what the other tests are refused is refused for its body alone."""
    insert_copy(by_hand, "score", recipe="another-1")
    assert by_hand.execute("SELECT count(*) FROM score WHERE recipe = 'another-1'").fetchone() == (
        1,
    )


@pytest.mark.parametrize("table", RESULTS)
@pytest.mark.parametrize("entity", ["firm:1", "firm:2", "firm:3", "nobody", "John Doe"])
def test_a_row_about_a_firm_a_person_or_nobody_is_refused(
    by_hand: sqlite3.Connection, table: str, entity: str
) -> None:
    for kind in ("public_body", "legal_person", "natural_person", "unknown", None):
        with pytest.raises(sqlite3.IntegrityError):
            insert_copy(by_hand, table, body_id=entity, body_kind=kind)
        with pytest.raises(sqlite3.IntegrityError):
            by_hand.execute(f"UPDATE {table} SET body_id = ?, body_kind = ?", (entity, kind))


@pytest.mark.parametrize("table", RESULTS)
def test_a_row_about_a_body_under_another_kind_is_refused(
    by_hand: sqlite3.Connection, table: str
) -> None:
    for kind in ("natural_person", None, "PUBLIC_BODY", ""):
        for verb in ("INSERT", "INSERT OR REPLACE"):
            with pytest.raises(sqlite3.IntegrityError):
                insert_copy(by_hand, table, verb, body_kind=kind)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entity SET kind = 'public_body' WHERE id = 'firm:2'",
        "UPDATE entity SET kind = 'natural_person' WHERE id = :town",
        "UPDATE OR REPLACE entity SET id = :town WHERE id = 'firm:2'",
        "INSERT OR REPLACE INTO entity VALUES ('firm:2', 'public_body')",
        "REPLACE INTO entity VALUES (:town, 'natural_person')",
        "INSERT INTO entity VALUES ('firm:2', 'public_body')",
        "INSERT INTO entity VALUES ('firm:2', 'public_body')"
        " ON CONFLICT DO UPDATE SET kind = 'public_body'",
        "DELETE FROM entity WHERE id = 'firm:2'",
        "INSERT INTO entity VALUES ('x', 'king')",
    ],
)
def test_the_kind_of_an_entity_never_changes(by_hand: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        by_hand.execute(statement, {"town": TOWN} if ":town" in statement else {})


@pytest.mark.parametrize("staffed", ["0", "NULL"])
def test_an_office_of_one_person_is_refused(by_hand: sqlite3.Connection, staffed: str) -> None:
    by_hand.execute("INSERT INTO entity VALUES ('notary', 'public_body')")
    row = f"VALUES ('notary', 'public_body', 9, 'Notary', NULL, NULL, NULL, 1, 1, NULL, NULL, 1, {staffed})"
    for verb in ("INSERT", "INSERT OR REPLACE"):
        with pytest.raises(sqlite3.IntegrityError, match="office of one person"):
            by_hand.execute(f"{verb} INTO body {row}")
    with pytest.raises(sqlite3.IntegrityError, match="office of one person"):
        by_hand.execute(f"UPDATE body SET seats = 1, staffed = {staffed}")
    with pytest.raises(sqlite3.IntegrityError):  # and without a row in `body` it has no figures
        insert_copy(by_hand, "score", body_id="notary")


def test_an_office_of_one_with_staff_is_not_refused(by_hand: sqlite3.Connection) -> None:
    by_hand.execute("UPDATE body SET seats = 1, staffed = 1 WHERE body_id = ?", (TOWN,))
    assert by_hand.execute("SELECT seats FROM body WHERE body_id = ?", (TOWN,)).fetchone() == (1,)


def test_a_body_is_an_entity_and_stays_the_one_it_is(by_hand: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        insert_copy(by_hand, "body", body_id="firm:2")
    with pytest.raises(sqlite3.IntegrityError):
        by_hand.execute("UPDATE body SET body_id = 'firm:2' WHERE body_id = ?", (TOWN,))


@pytest.mark.parametrize("firm", [2, 3])
def test_a_firm_that_may_be_a_person_gets_no_name(by_hand: sqlite3.Connection, firm: int) -> None:
    for column in ("name", "firm_id"):
        with pytest.raises(sqlite3.IntegrityError):
            by_hand.execute(f"UPDATE firm SET {column} = 'Maria Rossi' WHERE firm_key = ?", (firm,))


def test_the_file_opens_read_only_and_says_which_layout_it_has(file: Path) -> None:
    with sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

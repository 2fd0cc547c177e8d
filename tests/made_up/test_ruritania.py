"""The country as files: the same bytes for a seed, tables as declared, and plainly invented."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.made_up.given import country, tiny
from troth.made_up import cases, publishing, ruritania
from troth.made_up.country import BODIES, CURRENCY, TOWN, Making, truth
from troth.made_up.ruritania import COLUMNS, NOT_KEPT, make, write
from troth.sources.bodies_csv import read_bodies
from troth.tables import cases as case_tables
from troth.tables import information, money, obligations
from troth.tables.base import Table, Type
from troth.tables.body import TERM

TABLES = {
    table.name: table
    for table in (
        TERM, *money.TABLES, *obligations.TABLES, *information.TABLES, case_tables.CASE,
        case_tables.CASE_EVENT, case_tables.SURVEY,
    )
    if table.name not in NOT_KEPT
}  # fmt: skip


FORMS = {
    Type.TEXT: re.compile(r"(?!np\.|True|False|None)\S(.*\S)?"),
    Type.INTEGER: re.compile(r"-?\d+"),
    Type.NUMBER: re.compile(r"-?\d+(\.\d+)?"),
    Type.BOOLEAN: re.compile(r"true|false"),
    Type.DATE: re.compile(r"\d{4}-\d\d-\d\d"),
    Type.INSTANT: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        write(make(seed, 0.02), tmp_path / name)
    first, again, other = (digests(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    same = {name for name in first if first[name] == other[name]}
    assert same == {"bodies.csv", "disc_item.csv"}  # what chance has no part in


def test_a_table_more_changes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawing_first(inner: Callable[[Making], None]) -> Callable[[Making], None]:
        def made(making: Making) -> None:
            making.draws("a table that is new").random(100)
            inner(making)

        return made

    monkeypatch.setattr(ruritania, "publishing", drawing_first(publishing.publishing))
    monkeypatch.setattr(ruritania, "cases", drawing_first(cases.cases))
    assert make(1, 0.05).rows == tiny().rows


def test_a_body_more_changes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruritania, "BODIES", BODIES[5:])
    kept = {body.body_id for body in BODIES[5:]}
    found = make(1, 0.05).rows["invoice"]
    assert found == [row for row in tiny().rows["invoice"] if row["body_id"] in kept]


def test_there_are_forty_bodies_and_about_as_many_entries_as_a_country_needs() -> None:
    assert {row["body_id"] for row in country().rows["invoice"]} == {b.body_id for b in BODIES}
    assert 250_000 < country().entries < 400_000


def test_the_town_has_its_seven_cases_at_every_size() -> None:
    for made in (tiny(), country()):
        assert sum(row["body_id"] == TOWN for row in made.rows["case"]) == 7


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_rows_keep_what_their_table_promises(table: Table) -> None:
    made = tiny().rows[table.name]
    assert made
    keys = set()
    for row in made:
        for column in table:
            if column.name in {"body_kind", "supplier_key"}:
                continue
            value, promise = row.get(column.name), column.promise
            assert value is not None or not promise.required, (column.name, row)
            if value is None:
                continue
            if promise.one_of:
                assert value in promise.one_of
            if promise.at_least is not None:
                assert value >= promise.at_least
            if column.type is Type.INTEGER:
                assert isinstance(value, int)
        keys.add(tuple(row.get(name) for name in table.key))
    assert len(keys) == len(made)


@pytest.mark.parametrize(
    ("name", "key", "of"),
    [
        ("invoice_suspension", "invoice_id", "invoice"),
        ("judgment_payment", "judgment_id", "judgment"),
        ("debt_payment", "debt_id", "debt"),
        ("commitment_rev", "commitment_id", "commitment"),
        ("commitment_update", "commitment_id", "commitment"),
        ("commitment_update", "evidence_id", "proof"),
        ("case_event", "case_id", "case"),
        ("disc_obs", "item_id", "disc_item"),
        ("registered_change", "registered_contract_id", "registered_contract"),
        ("registered_milestone", "registered_contract_id", "registered_contract"),
        ("registered_payment", "registered_contract_id", "registered_contract"),
    ],
)
def test_what_a_row_refers_to_is_there(name: str, key: str, of: str) -> None:
    there = {row[key] for row in tiny().rows[of]} | {None}
    assert {row[key] for row in tiny().rows[name]} <= there


def test_handed_over_is_what_there_is() -> None:
    keys = {
        "registered_contract": "registered_contract_id",
        "judgment": "judgment_id",
        "commitment": "commitment_id",
    }
    there = {(t, row[key]) for t, key in keys.items() for row in country().rows[t]}
    listed = {(row["item_table"], row["item_id"]) for row in country().rows["handover"]}
    assert listed and listed <= there


def test_nothing_is_known_of_days_after_the_last(tmp_path: Path) -> None:
    last = "2024-12-31"
    planned = {
        "due_date", "due", "original_due", "new_due", "period_end", "old_end", "new_end",
        "original_due_date", "extension_until_max",
    }  # fmt: skip
    write(tiny(), tmp_path / "x")
    for name in COLUMNS:
        with (tmp_path / "x" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, value in row.items():
                    if len(value) == len(last) and value[4:5] == "-" and column not in planned:
                        assert value <= last, (name, column, value)


def test_cells_are_plain_numbers_days_and_true_or_false(tmp_path: Path) -> None:
    write(tiny(), tmp_path / "x")
    for name, table in TABLES.items():
        with (tmp_path / "x" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column in table:
                    cell = row.get(column.name, "")
                    if cell:
                        assert FORMS[column.type].fullmatch(cell), (name, column.name, cell)
    with (tmp_path / "x" / "registered_change.csv").open(encoding="utf-8", newline="") as file:
        assert all(FORMS[Type.NUMBER].fullmatch(row["new_amount"]) for row in csv.DictReader(file))


def test_the_files_are_there_and_say_that_they_are_invented(tmp_path: Path) -> None:
    written = write(tiny(), tmp_path / "ruritania")
    folder = tmp_path / "ruritania"
    assert {path.name for path in folder.iterdir()} == {
        *written, "bodies.csv", "truth.json", "README.md",
    }  # fmt: skip
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert told.items() >= json.loads(json.dumps(truth())).items()
    assert "no real place, body or firm" in (folder / "README.md").read_text(encoding="utf-8")
    register = read_bodies(folder / "bodies.csv")
    assert len(register.bodies) == 40 and register.rejected.num_rows == 0
    with (folder / "invoice.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS["invoice"]
    assert all("(invented)" in row["body_name"] and row["currency"] == CURRENCY for row in rows)
    assert all(row["supplier"].startswith("XR-FIRM-") for row in rows)
    lines = gzip.decompress((folder / "procurement.jsonl.gz").read_bytes()).splitlines()
    assert len(lines) == written["procurement.jsonl.gz"]
    assert all(json.loads(line)["buyer"]["id"].startswith("XR-") for line in lines)


def test_columns_are_those_of_the_tables_with_the_supplier_in_words() -> None:
    for name, table in TABLES.items():
        there = set(table.names) - {"body_kind", "supplier_key"}
        assert there <= set(COLUMNS[name])
        assert set(COLUMNS[name]) - there <= {"supplier", "body_name"}

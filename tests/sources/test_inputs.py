"""What a person gives as data, sorted out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from troth.errors import InputError, UsageError
from troth.sources.inputs import ledger_of, sorted_out
from troth.sources.ledgers.read import Given

REGISTER = "body_id,name,level,population\nA,,municipality,100\n"


def test_records_ledgers_and_the_register_of_bodies_are_told_apart(tmp_path: Path) -> None:
    for name, text in (
        ("a.jsonl", "{}"), ("invoice.csv", "invoice_id\n"), ("bodies.csv", REGISTER),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = [str(tmp_path / "a.jsonl"), str(tmp_path / "invoice.csv"), str(tmp_path / "bodies.csv")]
    found = sorted_out(given)
    assert found.records == (given[0],)
    assert found.ledgers == (Given(Path(given[1])),)
    assert found.bodies == Path(given[2])
    # A folder that holds them all says the same.
    whole = sorted_out([str(tmp_path)])
    assert whole.records == (str(tmp_path),)
    assert (whole.ledgers, whole.bodies) == (found.ledgers, found.bodies)


def test_a_packed_register_is_known_by_its_header_too(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv.gz"
    path.write_bytes(gzip.compress(REGISTER.encode()))
    assert sorted_out([str(path)]).bodies == path


def test_a_folder_of_ledgers_alone_holds_no_records(tmp_path: Path) -> None:
    (tmp_path / "invoice.csv").write_text("invoice_id\n", encoding="utf-8")
    assert sorted_out([str(tmp_path)]).records == ()
    assert sorted_out([str(tmp_path / "*.csv")]).records == ()


def test_what_is_not_there_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    """The reader of records says what is missing, and how to go on."""
    assert sorted_out([str(tmp_path / "nothing.jsonl"), "-"]).records == (
        str(tmp_path / "nothing.jsonl"),
        "-",
    )


def test_two_registers_of_bodies_are_one_too_many(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(REGISTER, encoding="utf-8")
    with pytest.raises(InputError, match=r"two registers of bodies: .*one\.csv and .*two\.csv"):
        sorted_out([str(tmp_path)])
    # Given twice, it is one.
    same = sorted_out([str(tmp_path / "one.csv")], bodies=tmp_path / "one.csv")
    assert same.bodies == tmp_path / "one.csv"


def test_a_ledger_with_its_format_and_its_body() -> None:
    assert ledger_of("bills.csv") == Given(Path("bills.csv"))
    assert ledger_of("uk-spend:GB-LAE-SLF=spending.csv") == Given(
        Path("spending.csv"), "uk-spend", "GB-LAE-SLF"
    )
    assert ledger_of("term=a=b.csv") == Given(Path("a=b.csv"), "term")
    with pytest.raises(UsageError, match="FORMAT:BODY=FILE"):
        ledger_of("=bills.csv")

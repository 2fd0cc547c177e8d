"""A template is the format of one table, says what it wants, and is read back."""

from pathlib import Path

import pytest

from troth.errors import UsageError
from troth.sources.ledgers.formats import FORMATS, is_about_a_person
from troth.sources.ledgers.read import read
from troth.sources.ledgers.templates import TEMPLATES, columns_of, named, written
from troth.tables import LEDGERS


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_its_columns_are_those_of_no_other_format(name: str) -> None:
    one = TEMPLATES[name]
    for header in (one.needed, (*one.needed, *one.optional), tuple(reversed(one.needed))):
        assert [f.name for f in FORMATS.values() if f.recognises(header)] == [name]
    assert not one.recognises([*one.needed, "surprise"])
    assert not one.recognises(one.needed[1:])


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_what_is_written_is_read_and_its_example_is_a_good_entry(name: str, tmp_path: Path) -> None:
    text = written(LEDGERS[name])
    path = tmp_path / "empty.csv"
    path.write_text(text, encoding="utf-8")
    found = read([path], b"secret")
    assert found.tables[name].num_rows == 0
    assert found.input["rows_in"].to_pylist() == [0]

    *_, example, header = text.rstrip("\n").split("\n")
    path.write_text(f"{header}\n{example.removeprefix('# ')}\n", encoding="utf-8")
    found = read([path], b"secret")
    faults = {
        (f["code"], f["message"].startswith("no ledger of")) for f in found.rejected.to_pylist()
    }
    assert faults <= {("E063", True), ("E070", True), ("E070", False)}


def test_every_column_is_explained_and_our_own_keys_are_not_asked_for() -> None:
    for name, table in LEDGERS.items():
        text = written(table)
        for column in columns_of(table):
            assert f"# {column.name}: {column.meaning}" in text, name
        assert "supplier_key" not in text
        assert "body_kind" not in text


def test_no_template_asks_for_a_person_but_to_tell_terms_apart() -> None:
    asked = {(n, c.name) for n, t in LEDGERS.items() for c in columns_of(t)}
    assert {one for one in asked if is_about_a_person(one[1])} == {("term", "holder")}


def test_an_unknown_ledger_is_answered_with_those_there_are() -> None:
    with pytest.raises(
        UsageError, match=r"no ledger is called 'bill'\. There are: term, body_year"
    ):
        named("bill")

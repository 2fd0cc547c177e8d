"""`troth template`: which ledgers there are, and one to fill."""

from pathlib import Path

from tests.line.troth import troth
from troth.sources.ledgers.templates import written
from troth.tables import LEDGERS


def test_without_a_name_it_lists_them_with_their_meaning() -> None:
    lines = troth("template").out.splitlines()
    assert [line.split()[0] for line in lines] == list(LEDGERS)
    assert lines[0].endswith(LEDGERS["term"].meaning)


def test_one_is_written_out_or_to_a_new_file(tmp_path: Path) -> None:
    assert troth("template", "invoice").out == written(LEDGERS["invoice"])
    path = tmp_path / "invoices.csv"
    assert troth("template", "invoice", "--out", path).code == 0
    assert path.read_text(encoding="utf-8") == written(LEDGERS["invoice"])
    again = troth("template", "invoice", "--out", path)
    assert (again.code, "there already" in again.err) == (2, True)


def test_a_wrong_name_a_wrong_place_and_no_name_for_a_file_are_said(tmp_path: Path) -> None:
    assert "no ledger is called 'bill'" in troth("template", "bill").err
    assert "name it" in troth("template", "--out", tmp_path / "x").err
    assert "cannot be written" in troth("template", "foi", "--out", tmp_path / "no" / "x").err

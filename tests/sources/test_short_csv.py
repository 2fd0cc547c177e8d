"""Short CSV files that people write by hand: opened, told apart from what they are not, refused whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from troth.errors import InputError
from troth.sources.short_csv import Faults, rows_of, text_of, unlike


def nothing_wrong(_: object) -> None:
    return None


def test_rows_come_with_their_lines_after_the_header() -> None:
    text = ' a ,b\n1,2\n\n"x\ny",3\n'
    assert list(rows_of(Path("f.csv"), text, nothing_wrong)) == [
        (1, ["a", "b"]),
        (2, ["1", "2"]),
        (5, ["x\ny", "3"]),
    ]


def test_what_is_wrong_with_a_header_is_told_with_its_line() -> None:
    with pytest.raises(InputError, match=r"f\.csv, line 1: no"):
        list(rows_of(Path("f.csv"), "a\n", lambda header: "no" if header == ["a"] else None))
    assert unlike(["a", "x", "x"], ["a", "b"], ["a", "b"]) == (
        "lacks 'b'; does not know 'x', 'x'; has twice 'x'"
    )
    assert unlike(["b", "a"], ["a"], ["a", "b"]) == ""


def test_a_file_that_is_missing_no_text_or_no_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: the list cannot be read \(No such file"):
        text_of(tmp_path / "none.csv", "the list")
    (tmp_path / "f.csv").write_bytes(b"ab\xff")
    with pytest.raises(InputError, match=r"byte 2: not UTF-8\. Save the file as UTF-8"):
        text_of(tmp_path / "f.csv", "the list")
    with pytest.raises(InputError, match=r"line 2: not CSV \(.*\)\. Mend the line"):
        list(rows_of(Path("f.csv"), 'a\n"b"c\n', nothing_wrong))


def test_faults_are_told_together_and_the_rest_counted() -> None:
    faults = Faults()
    faults.refuse(Path("f.csv"))
    for line in range(2, 14):
        faults.line = line
        faults.add("a", "x", "no number", "Write one")
    assert len(faults) == 12
    with pytest.raises(InputError) as refused:
        faults.refuse(Path("f.csv"))
    told = str(refused.value).splitlines()
    assert told[0] == "f.csv, line 2, a = 'x': no number. Write one"
    assert told[-1] == "and 2 more faults"
    assert len(told) == 11


def test_a_row_that_is_not_whole_and_a_day_that_is_none_are_faults() -> None:
    faults = Faults()
    assert faults.is_whole(["1"], ["a"])
    assert faults.day("on", "2024-02-29") == date(2024, 2, 29)
    assert len(faults) == 0
    assert not faults.is_whole(["1", "2"], ["a"])
    for text in ("2024-02-30", "29.2.2024", "\uff12\uff10\uff12\uff14-01-01"):
        assert faults.day("on", text) is None
    assert len(faults) == 4

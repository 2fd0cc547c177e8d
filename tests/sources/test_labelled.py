"""Labelled bids: read strictly, and every fault with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from troth.errors import InputError
from troth.sources.labelled import read_labelled

HEADER = "tender,bid_value,label,date,market,reserve"


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "bids.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_bids_and_their_tenders(tmp_path: Path) -> None:
    found = read_labelled(
        written(
            tmp_path,
            "T2,104.5,1,2019-03-04,roads,110",
            "T1,99,0,,,",
            "T2,105,1,2019-03-04,roads,110",
            "T3,7.25,0,2020-01-01,bridges,",
        )
    )
    assert (found.names, found.markets) == (("T1", "T2", "T3"), ("bridges", "roads"))
    assert found.tender.tolist() == [1, 0, 1, 2]
    assert found.price.tolist() == [104.5, 99, 105, 7.25]
    assert found.label.tolist() == [False, True, False]
    assert found.day.astype(str).tolist() == ["NaT", "2019-03-04", "2020-01-01"]
    assert found.market.tolist() == [-1, 1, 0]
    np.testing.assert_array_equal(found.reserve, [np.nan, 110, np.nan])


def test_what_is_optional_may_be_left_out_and_columns_stand_in_any_order(tmp_path: Path) -> None:
    found = read_labelled(written(tmp_path, "1,50,T", "1,51,T", header="label,bid_value,tender"))
    assert (found.names, found.label.tolist(), found.price.tolist()) == (("T",), [True], [50, 51])
    assert (found.markets, found.market.tolist()) == ((), [-1])
    assert np.isnat(found.day).all() and np.isnan(found.reserve).all()


GOOD = {
    "tender": "T", "bid_value": "5", "label": "1", "date": "2020-01-01", "market": "m", "reserve": "9",
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("tender", "", "empty. Fill it in, or take the line out"),
        ("tender", "a\u202eb", "hidden characters"),
        ("bid_value", "", "empty. Fill it in"),
        ("bid_value", "-5", "no amount. Write it with a point"),
        ("bid_value", "1e6", "no amount"),
        ("bid_value", '"1,000"', "no amount"),
        ("bid_value", "nan", "no amount"),
        ("bid_value", "٥", "no amount"),
        ("bid_value", "0.00", "an amount of nothing"),
        ("label", "", "not 0 or 1. Write 1 where the tender was found to be rigged"),
        ("label", "true", "not 0 or 1"),
        ("label", "0.5", "not 0 or 1"),
        ("date", "04/03/2019", "no day of the calendar. Write it as 2024-05-31"),
        ("date", "2019-02-30", "no day of the calendar"),
        ("market", "x" * 201, "too long"),
        ("reserve", "none", "no amount"),
        ("reserve", "0", "an amount of nothing"),
    ],
)
def test_a_fault_is_told_with_line_column_and_value(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    path = written(tmp_path, "S,4,0,,,", ",".join({**GOOD, column: value}.values()))
    with pytest.raises(InputError) as told:
        read_labelled(path)
    assert str(told.value).startswith(f"{path}, line 3, {column} = ")
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("T,6,0,2020-01-01,m,9", "label = '0': line 2 says '1' of tender 'T'"),
        ("T,6,1,2020-01-02,m,9", "date = '2020-01-02': line 2 says '2020-01-01'"),
        ("T,6,1,2020-01-01,,9", "market = '': line 2 says 'm'"),
        ("T,6,1,2020-01-01,m,8", "reserve = '8': line 2 says '9'"),
    ],
)
def test_a_tender_says_the_same_on_each_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(InputError, match="A tender is judged as a whole") as told:
        read_labelled(written(tmp_path, ",".join(GOOD.values()), line))
    assert f"line 3, {words}" in str(told.value)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("tender,bid_value", "lacks 'label'"),
        ("tender,bid_value,label,bidder", "does not know 'bidder'"),
        ("tender,bid_value,label,label", "has twice 'label'"),
        ("", "lacks 'tender', 'bid_value', 'label'"),
    ],
)
def test_another_header_is_refused(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(InputError, match="line 1: the header") as told:
        read_labelled(written(tmp_path, header=header))
    assert words in str(told.value)
    assert "and take others out" in str(told.value)


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file"):
        read_labelled(tmp_path / "none.csv")
    with pytest.raises(InputError, match="no line but the header"):
        read_labelled(written(tmp_path))
    with pytest.raises(InputError, match=r"line 2: 2 cells, and the header has 6"):
        read_labelled(written(tmp_path, "T,5"))
    with pytest.raises(InputError, match="line 2: not CSV"):
        read_labelled(written(tmp_path, '"T"x,5,1,,,'))
    latin = tmp_path / "latin.csv"
    latin.write_bytes(HEADER.encode() + b"\nT\xe9,5,1,,,\n")
    with pytest.raises(InputError, match="byte 44: not UTF-8"):
        read_labelled(latin)


def test_no_more_than_ten_faults_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="and 2 more faults") as told:
        read_labelled(written(tmp_path, *["T,x,1,,,"] * 12))
    assert str(told.value).count("\n") == 10

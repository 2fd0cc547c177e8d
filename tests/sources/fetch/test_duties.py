"""The list of what is watched: read strictly, and every fault with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from troth.errors import InputError
from troth.sources.fetch.duties import COLUMNS, read_duties

LINE = {
    "item_id": "budget",
    "body_id": "XX-1",
    "body_name": "Example City",
    "period": "2024",
    "url": "https://example.org/budget",
    "deadline": "2024-01-31",
    "duty_source": "Act 7",
    "title": "Budget",
    "weight": "1.5",
    "machine_readable_required": "true",
    "tag": "neutral",
}


def written(path: Path, *lines: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    rows = [",".join(columns), *(",".join(one.get(name, "") for name in columns) for one in lines)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_list_is_read_in_its_order(tmp_path: Path) -> None:
    bare = {**LINE, "body_id": "XX-2", "body_name": "", "deadline": ""}

    first, second = read_duties(written(tmp_path / "d.csv", LINE, bare))

    assert first.key == ("budget", "XX-1", "2024")
    assert (first.deadline, first.body_name) == (date(2024, 1, 31), "Example City")
    assert (first.item.weight, first.item.machine_readable_required) == (1.5, True)
    assert (second.deadline, second.body_name, second.item) == (None, None, first.item)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("url", "http://user:word@example.org/", "a user name or password in it"),
        ("url", "", "empty. Fill it in"),
        ("item_id", "", "empty. Fill it in"),
        ("body_id", "N/A", "a placeholder"),
        ("deadline", "31/01/2024", "no day of the calendar. Write it as 2024-05-31"),
        ("deadline", "2024-02-30", "no day of the calendar"),
        ("weight", "-1", "no number from 0"),
        ("weight", "nan", "no number from 0"),
        ("machine_readable_required", "yes", "not true or false"),
        ("tag", "bad", "Write one of favourable, unfavourable, neutral"),
        ("title", "a\u202eb", "hidden characters"),
    ],
)
def test_a_fault_is_told_with_line_column_and_value(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    path = written(tmp_path / "d.csv", LINE, {**LINE, "period": "2025", column: value})
    with pytest.raises(InputError) as told:
        read_duties(path)
    assert f"{path}, line 3, {column} = {value!r}: " in str(told.value)
    assert words in str(told.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    lines = [{**LINE, "period": str(n), "tag": "x"} for n in range(12)]
    with pytest.raises(InputError) as told:
        read_duties(written(tmp_path / "d.csv", *lines))
    assert str(told.value).count("tag = 'x'") == 10
    assert str(told.value).endswith("and 2 more faults")


def test_the_same_duty_twice_and_an_item_of_two_minds_are_faults(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 3, item_id = 'budget': line 2 has the same item"):
        read_duties(written(tmp_path / "d.csv", LINE, LINE))
    other = {**LINE, "period": "2025", "weight": "2"}
    with pytest.raises(InputError, match=r"line 3, weight = '2\.0': line 2 says otherwise"):
        read_duties(written(tmp_path / "d.csv", LINE, other))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "line 1: the header lacks 'item_id'"),
        (b"item_id,item_id,colour\n", "does not know 'colour'; has twice 'item_id'"),
        (",".join(COLUMNS).encode() + b"\n", "no line but the header"),
        (",".join(COLUMNS).encode() + b"\na,b\n", "line 2: 2 cells, and the header has 11"),
        (b"\xff\xfe", "byte 0: not UTF-8"),
        (b'"a"b\n', "not CSV"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(text)
    with pytest.raises(InputError, match=words):
        read_duties(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_duties(tmp_path / "none.csv")

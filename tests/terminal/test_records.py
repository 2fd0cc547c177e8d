"""A place in a record: found by its JSON pointer, and marked where the record is shown."""

import json
from pathlib import Path

import pytest

from tests.line import towns
from tests.line.towns import TOWN_A
from tests.line.troth import case_of, troth
from troth.terminal.records import NOTHING, at, lines_of

RECORD = {
    "ocid": "x",
    "a/b": {"~": 1},
    "awards": [{"id": "1"}, {"id": "2", "value": None}],
    "none": [],
}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", RECORD),
        ("/a~1b/~0", 1),
        ("/awards/1/id", "2"),
        ("/awards/1/value", None),
        ("/awards/2", NOTHING),
        ("/awards/-", NOTHING),
        ("/ocid/x", NOTHING),
        ("/tender", NOTHING),
    ],
)
def test_a_pointer_leads_to_its_value_or_to_nothing(pointer: str, found: object) -> None:
    assert at(RECORD, pointer) is found or at(RECORD, pointer) == found


def test_the_lines_are_the_record_and_those_of_the_place_are_marked() -> None:
    lines = lines_of(RECORD, "/awards/1")

    assert json.loads("\n".join(line for _, line in lines)) == RECORD
    marked = "\n".join(line for inside, line in lines if inside)
    assert json.loads(marked) == RECORD["awards"][1]


def test_a_place_that_is_not_there_marks_nothing() -> None:
    assert not any(inside for inside, _ in lines_of(RECORD, "/tender"))


def test_a_record_comes_from_the_release_where_the_input_has_changed(tmp_path: Path) -> None:
    data, out = towns.write(tmp_path / "towns.jsonl"), tmp_path / "out"
    troth("run", data, "--out", out, "--until", "release")
    data.write_text("something else\n")

    told = troth("explain", TOWN_A, "--out", out, "--records", "--format", "json").json

    case = case_of(told, "P018")
    assert case["record"]["taken_from"] == "the release"
    assert case["record"]["record"]["ocid"] == case["ocid"]


def test_where_nobody_has_the_record_the_reason_is_told(tmp_path: Path) -> None:
    data, out = towns.write(tmp_path / "towns.jsonl"), tmp_path / "out"
    troth("run", data, "--out", out, "--until", "release", "--records", 0)
    shown = troth("explain", TOWN_A, "--out", out, "--records")
    data.unlink()

    gone = troth("explain", TOWN_A, "--out", out, "--records")

    assert "the record, from the input" in shown.out
    assert gone.code == 0
    assert "no record: the release does not hold this record" in gone.out


def test_the_working_tables_of_another_run_are_not_taken_for_those_of_the_release(
    made, out
) -> None:
    """After a later run, a place in the release may be another record in the working tables."""
    other = out.parent / "towns.jsonl"
    other.write_text("".join(f"{line}\n" for line in reversed(made[0].read_text().splitlines())))
    troth("run", other, "--out", out, "--until", "score")

    told = troth("explain", TOWN_A, "--out", out, "--records", "--format", "json").json

    case = case_of(told, "P018")
    assert case["record"]["taken_from"] == "the release"
    assert case["record"]["record"]["ocid"] == case["ocid"]

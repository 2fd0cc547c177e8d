"""`troth check`: what is wrong with the data, where, and what to do about it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.line import towns
from tests.line.towns import BROKEN, NO_NUMBER
from tests.line.troth import troth


def test_check_sorts_faults_by_kind_with_place_value_and_next_step(made) -> None:
    data, _, _ = made

    ran = troth("check", data)

    assert ran.code == 0
    assert "E001 error" in ran.out
    assert f"around it: {BROKEN[:40]}" in ran.out
    assert "E011 warning: expected a whole number" in ran.out
    assert "ocds-towns-no-number, /tender/numberOfTenderers = three" in ran.out
    assert "what next: Publish the value in the type" in ran.out
    assert "1 error, 1 warning, 0 notes" in ran.out


@pytest.mark.parametrize(
    ("lines", "fail_on", "code"),
    [
        ([], "warning", 0),
        ([NO_NUMBER], "error", 0),
        ([NO_NUMBER], "warning", 1),
        ([BROKEN], "error", 1),
    ],
)
def test_check_fails_only_on_what_it_is_told_to(tmp_path: Path, lines, fail_on, code) -> None:
    data = towns.write(tmp_path / "towns.jsonl", *lines)

    assert troth("check", data, "--fail-on", fail_on).code == code
    assert troth("check", data).code == 0


def test_check_gives_every_fault_as_csv_and_every_kind_as_json(tmp_path: Path) -> None:
    data = towns.write(
        tmp_path / "towns.jsonl", *[NO_NUMBER.replace("-no-", f"-{n}-") for n in range(9)]
    )

    rows = list(csv.DictReader(io.StringIO(troth("check", data, "--format", "csv").out)))
    told = troth("check", data, "--format", "json").json

    assert [int(row["line"]) for row in rows] == list(range(83, 92))
    (kind,) = told["faults"]
    assert (kind["code"], kind["count"], kind["severity"]) == ("E011", 9, "warning")
    first = kind["places"][0]
    line = data.read_bytes()[first["offset"] :].partition(b"\n")[0]
    assert json.loads(line)["ocid"] == first["ocid"] == "ocds-towns-0-number"


def test_a_value_that_a_spreadsheet_would_run_is_disarmed(tmp_path: Path) -> None:
    data = towns.write(tmp_path / "towns.jsonl", NO_NUMBER.replace("three", "=1+1"))

    (row,) = csv.DictReader(io.StringIO(troth("check", data, "--format", "csv").out))

    assert row["value"] == "'=1+1"


def test_ledgers_and_the_register_of_bodies_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "spend.csv").write_text(
        "spend_id,body_id,paid_date,amount,currency\na,XR-A,2024-02-30,1,EUR\n", encoding="utf-8"
    )
    (tmp_path / "bodies.csv").write_text(
        "body_id,level,population\nXR-A,town,many\n", encoding="utf-8"
    )

    ran = troth("check", tmp_path, "--fail-on", "warning")

    assert ran.code == 1
    assert "spend.csv, line 2, paid_date = 2024-02-30" in ran.out
    assert "bodies.csv, line 2, population = many" in ran.out
    assert "0 errors, 2 warnings, 0 notes" in ran.out

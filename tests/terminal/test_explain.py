"""`troth explain`: from the points of a body down to the bytes of a file."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
from pathlib import Path

from tests.line import towns
from tests.line.towns import NAME_A, TOWN_A, TOWN_B, TOWN_C
from tests.line.troth import case_of, troth
from tests.shared import shared


def test_explain_goes_from_the_points_to_the_bytes_of_the_file(made) -> None:
    data, out, _ = made

    told = troth("explain", TOWN_A, "--out", out, "--records", "--format", "json").json

    (score,) = told["scores"]
    assert sum(part["micropoints"] for part in score["parts"]) == round(score["level"] * 1_000_000)
    part = next(part for part in score["parts"] if part["indicator"] == "P018")
    assert part["normalised"] == 100 * (1 - part["value"])
    estimate = next(one for one in score["estimates"] if one["indicator"] == "P018")
    own = 30 + estimate["prior_mean"] * estimate["prior_size"]
    assert part["value"] == estimate["estimate"] == own / (40 + estimate["prior_size"])
    assert score["low"] <= score["level"] <= score["high"]
    assert score["rank_low"] <= score["rank"] <= score["rank_high"] <= score["ranked_of"] == 2
    (single,) = (one for one in told["indicators"] if one["code"] == "P018")
    assert (single["figure"]["n"], single["figure"]["hits"]) == (40, 30)
    assert single["figure"]["low"] < 0.75 < single["figure"]["high"]
    assert single["standing"] == "above"
    case = case_of(told, "P018")
    raw = data.read_bytes()[case["offset"] :].partition(b"\n")[0]
    assert json.loads(raw)["ocid"] == case["ocid"]
    assert data.read_bytes()[: case["offset"]].count(b"\n") + 1 == case["line"]
    assert case["pointer"] == "/tender"
    assert case["pointed_at"]["numberOfTenderers"] == case["value"] == 1
    assert case["record"]["taken_from"] == "the input"


def test_explain_shows_the_record_without_its_persons_and_marks_the_place(made) -> None:
    _, out, _ = made

    ran = troth(
        "explain", NAME_A, "--indicator", "single_bid", "--records", "--cases", 1, "--out", out
    )

    assert ran.code == 0
    assert f"{NAME_A}  ({TOWN_A})" in ran.out
    assert "30 of 40 competitive procedures" in ran.out
    marked = [line for line in ran.out.splitlines() if line.lstrip().startswith("> ")]
    assert any('"numberOfTenderers": 1' in line for line in marked)
    assert not any('"buyer"' in line for line in marked)
    assert '"buyer"' in ran.out
    assert "Rossi" not in ran.out
    assert "P013 " not in ran.out.partition("P018 Single bid\n")[2]


def test_no_rank_and_no_level_stands_without_its_interval(made) -> None:
    _, out, _ = made

    said = troth("explain", TOWN_A, "--out", out, "--cases", 0).out

    assert "38.499788 of 100 points (90 % interval " in said.replace("\u00a0", " ")
    assert "Rank 2 to 2 of 2 (90 % interval, median 2)" in said.replace("\u00a0", " ")
    assert "Band D (20 to 40 points)" in said or "Cannot be placed in one band" in said
    assert "75 %  30 of 40      73 %" in said
    assert "the value of its peers stands for it" in said


def test_a_character_that_moves_the_cursor_is_spelled_out(made) -> None:
    _, out, _ = made

    ran = troth("explain", TOWN_B, "--out", out)

    assert "Stadt \\u001b[31mB" in ran.out
    assert "\x1b" not in ran.out


def test_explain_answers_for_every_body_of_the_release(made) -> None:
    _, out, _ = made
    for town in towns.TOWNS:
        ran = troth("explain", town, "--out", out)
        assert ran.code == 0
        assert town in ran.out
    few = troth("explain", TOWN_C, "--out", out).out
    assert "withheld:" in few
    assert "Cases that could be judged: 2; at least 20 are needed" in few


def test_a_body_is_found_by_a_part_of_its_name_if_that_is_enough(made) -> None:
    _, out, _ = made

    unique = troth("explain", "stadt", "--out", out)
    several = troth("explain", "town", "--out", out)
    misspelt = troth("explain", "XX-GOV-D", "--out", out)

    assert (unique.code, several.code, misspelt.code) == (0, 2, 2)
    assert TOWN_B in unique.out
    assert f"{TOWN_A}  {NAME_A}" in several.err
    assert f"{TOWN_C}  Town C" in several.err
    assert "Did you mean" in misspelt.err
    assert TOWN_A in misspelt.err


def test_a_wrong_indicator_names_the_nearest(made) -> None:
    _, out, _ = made

    ran = troth("explain", TOWN_A, "--indicator", "P0188", "--out", out)

    assert ran.code == 2
    assert "Did you mean P018" in ran.err


def test_csv_gives_every_case(made) -> None:
    _, out, _ = made

    ran = troth("explain", TOWN_A, "--indicator", "P018", "--format", "csv", "--out", out)

    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == len({row["ocid"] for row in rows}) == 30
    assert {row["body_id"] for row in rows} == {TOWN_A}


def test_the_release_written_last_is_the_one_that_is_explained(made, out: Path) -> None:
    data, _, _ = made
    first = (out / "CURRENT-RELEASE").read_text().strip()
    troth("run", data, "--out", out, "--until", "release", "--as-of", "2024-05-01")

    said = troth("explain", TOWN_A, "--out", out, "--format", "json").json

    assert said["as_of"] == "2024-05-01"
    named = out / "releases" / first
    assert (
        troth("explain", TOWN_A, "--out", named, "--format", "json").json["as_of"] == "2024-06-30"
    )


def test_a_folder_without_a_release_says_how_to_make_one(tmp_path: Path) -> None:
    ran = troth("explain", TOWN_A, "--out", tmp_path)

    assert ran.code == 3
    assert f"troth run DATA... --out {tmp_path}" in ran.err


def test_real_processes_are_explained_down_to_the_record(tmp_path: Path) -> None:
    with gzip.open(shared("data/ocds/real.jsonl.gz")) as file:
        lines = itertools.islice(file, 0, None, 60)
        (tmp_path / "real.jsonl").write_bytes(b"".join(lines))

    told = troth(
        "run",
        tmp_path / "real.jsonl",
        "--out",
        tmp_path / "out",
        "--until",
        "release",
        "--format",
        "json",
    ).json

    assert told["total"]["rows_in"] == told["total"]["rows_kept"] + told["total"]["rows_rejected"]
    body = next(one for one in told["next"] if one.startswith("troth explain")).split()[2]
    explained = troth(
        "explain", body, "--out", tmp_path / "out", "--records", "--format", "json"
    ).json
    cases = [case for one in explained["indicators"] for case in one["cases"]]
    assert cases
    assert all(case["record"]["record"]["ocid"] == case["ocid"] for case in cases)
    assert any(case["pointed_at"] for case in cases)

"""`troth diff`: what changed between two releases, and through what."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.line import towns
from tests.line.towns import TOWN_A
from tests.line.troth import troth
from troth.terminal.diff import signed


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same towns after twenty more procedures of town A, each with one bidder."""
    folder = tmp_path_factory.mktemp("later")
    more = [
        json.dumps({**towns._process(TOWN_A, number, 1), "ocid": f"ocds-towns-more-{number}"})
        for number in range(20)
    ]
    data = towns.write(folder / "towns.jsonl", *more)
    out = folder / "out"
    ran = troth("run", data, "--out", out, "--as-of", "2024-06-30", "--until", "release")
    assert ran.code == 0
    return out


def test_parts_add_up_to_the_change_and_are_traced_to_indicators(made, later: Path) -> None:
    found = troth("diff", made[1], later, "--format", "json").json
    for body in found["bodies"]:
        parts = [part for part in found["parts"] if part["body_id"] == body["body_id"]]
        assert sum(part["change"] for part in parts) == body["change"]
        assert sum(body["by_cause"].values()) == body["change"] == body["after"] - body["before"]
    town = next(body for body in found["bodies"] if body["body_id"] == TOWN_A)
    assert town["by_cause"]["data"] and town["by_cause"]["method"] == 0
    traced = next(
        part for part in found["parts"]
        if (part["body_id"], part["indicator"], part["cause"]) == (TOWN_A, "P018", "data")
    )  # fmt: skip
    assert (traced["old_hits"], traced["old_n"]) == (30, 40)
    assert (traced["new_hits"], traced["new_n"]) == (50, 60)
    assert traced["change"] < 0


def test_csv_gives_every_part(made, later: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(troth("diff", made[1], later, "--format", "csv").out)))
    assert all(int(row["after"]) - int(row["before"]) == int(row["change"]) for row in rows)
    assert {row["cause"] for row in rows} == {"data", "peers"}


def test_on_a_screen_it_says_what_the_intervals_allow(made, later: Path) -> None:
    said = troth("diff", made[1], later).out
    assert "2 bodies have a level in both" in said
    assert "intervals overlap" in said
    assert "correction: none is recorded" in said


def test_a_release_does_not_differ_from_itself(made) -> None:
    said = troth("diff", made[1], made[1]).out
    assert "2 of these did not change" in said
    assert troth("diff", made[1], made[1], "--format", "csv").out.count("\n") == 1


def test_points_are_written_with_every_digit() -> None:
    assert [signed(one) for one in (1, -1_500_000, 0)] == ["+0.000001", "-1.500000", " 0.000000"]

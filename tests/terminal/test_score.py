"""`troth score`: levels by a recipe of one's own, beside those that were published."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.line.towns import TOWN_A, TOWN_C
from tests.line.troth import troth


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A recipe that weighs single bids nine times as much."""
    path = tmp_path / "mine.toml"
    text = troth("recipe", "show").out.replace('"open-competition"', '"mine"')
    head, _, tail = text.partition("[indicators.P018]")
    path.write_text(head + "[indicators.P018]" + tail.replace("weight = 1.0", "weight = 9.0", 1))
    return path


def test_a_release_is_scored_anew_beside_what_it_published(made, mine: Path) -> None:
    _, out, _ = made
    ran = troth("score", "--recipe", mine, "--out", out, "--format", "json")
    assert ran.code == 0
    first = next(one for one in ran.json["bodies"] if one["body_id"] == TOWN_A)
    assert first["recipe"] == "mine v2" and first["published_recipe"] == "open-competition v2"
    assert first["level"] < first["published_level"]
    assert first["low"] <= first["level"] <= first["high"]
    withheld = next(one for one in ran.json["bodies"] if one["body_id"] == TOWN_C)
    assert withheld["level"] is None and withheld["status"] == "withheld"


def test_the_published_recipe_gives_the_published_levels(made, tmp_path: Path) -> None:
    _, out, _ = made
    same = tmp_path / "same.toml"
    same.write_text(troth("recipe", "show", "--out", out).out)
    rows = troth("score", "--recipe", same, "--out", out, "--format", "json").json["bodies"]
    names = ("level", "low", "high")
    assert [[row[n] for n in names] for row in rows] == [
        [row[f"published_{n}"] for n in names] for row in rows
    ]


def test_a_rank_is_told_as_an_interval_alone(made, mine: Path) -> None:
    _, out, _ = made
    said = troth("score", "--recipe", mine, "--out", out).out
    assert "2 to 2 of 2" in said and "\x1b" not in said
    rows = list(
        csv.DictReader(
            io.StringIO(troth("score", "--recipe", mine, "--out", out, "--format", "csv").out)
        )
    )
    assert len(rows) == 3 and all(row["rank_low"] for row in rows if row["rank"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[indicators.P013]", "[indicators.P999]", "this release has no such indicator"),
        ("worst = 1.0\nbest = 0.0", "worst = 0.0\nbest = 1.0", "Turn the goalposts round"),
        ("weight = 1.0", "weight = nan", "indicators.P013.weight = nan"),
    ],
)
def test_a_recipe_that_does_not_fit_the_release_is_refused(
    made, mine: Path, old: str, new: str, said: str
) -> None:
    mine.write_text(mine.read_text().replace(old, new, 1))
    ran = troth("score", "--recipe", mine, "--out", made[1])
    assert (ran.code, ran.out) == (2, "")
    assert str(mine) in ran.err and said in ran.err


def test_a_run_may_be_scored_by_a_recipe_and_a_register(made, mine: Path, tmp_path: Path) -> None:
    data, _, _ = made
    register = tmp_path / "bodies.csv"
    register.write_text(f"body_id,level,population\n{TOWN_A},town,1 000\n{TOWN_C},town,1000\n")
    told = troth(
        "run", data, "--out", tmp_path / "out", "--until", "release", "--as-of", "2024-06-30",
        "--recipe", mine, "--bodies", register, "--format", "json",
    ).json  # fmt: skip
    assert told["recipe"] == "mine v2"
    account = next(one for one in told["inputs"] if one["file"] == "bodies.csv")
    assert (account["rows_in"], account["rows_kept"], account["fields_rejected"]) == (2, 2, 1)
    release = Path(told["release"])
    assert "E052" in (release / "csv" / "rejected.csv").read_text()
    assert '"town"' in (release / "csv" / "body.csv").read_text()
    assert troth("verify", release).code == 0


def test_a_register_alone_is_no_run(tmp_path: Path) -> None:
    data, register = tmp_path / "x.jsonl", tmp_path / "bodies.csv"
    data.write_text("nothing\n")
    register.write_text("body_id,level,population\nA,town,5\n")
    ran = troth("run", data, "--bodies", register, "--out", tmp_path / "out")
    assert ran.code == 3 and "nothing here can be used" in ran.err

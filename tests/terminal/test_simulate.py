"""`troth simulate --calibrate`: whether intervals hold what they promise."""

import json
from pathlib import Path

from tests.line.troth import troth
from troth.score.calibrate import Calibration, Coverage
from troth.terminal.simulate import FIGURES


def test_a_few_countries_are_made_and_counted(tmp_path: Path) -> None:
    kept = tmp_path / "calibration.json"
    ran = troth("simulate", "--calibrate", "--countries", 5, "--write", kept, "--format", "json")
    assert ran.code == 0
    assert json.loads(kept.read_text()) == ran.json
    assert ran.json["countries"] == 5 and ran.json["shares"]["things"] == 5 * 3 * 18 * 6
    said = troth("simulate", "--calibrate", "--countries", 5).out
    assert "5 made countries, seed 1" in said and "below 0.4 %" in said


def test_every_figure_of_a_calibration_is_shown() -> None:
    counted = {
        name for name, of in Calibration.__annotations__.items() if of in (Coverage, "Coverage")
    }
    assert counted == set(FIGURES)


def test_something_must_be_asked_for() -> None:
    ran = troth("simulate")
    assert ran.code == 2 and "--calibrate" in ran.err


def test_a_country_is_written_and_says_that_it_is_invented(tmp_path: Path) -> None:
    out = tmp_path / "country"
    ran = troth("simulate", "ruritania", "--out", out, "--size", 0.02, "--seed", 3)
    assert ran.code == 0 and "no real place, body or firm" in ran.out
    told = json.loads((out / "truth.json").read_text())
    assert told["seed"] == 3 and f"{told['entries']:,} entries" in ran.out
    again = troth("simulate", "ruritania", "--out", out, "--size", 0.02)
    assert again.code == 2 and "not an empty folder" in again.err


def test_a_release_of_it_is_checked(tmp_path: Path) -> None:
    country, out = tmp_path / "country", tmp_path / "out"
    assert troth("simulate", "ruritania", "--out", country, "--size", 0.5).code == 0
    data = country / "procurement.jsonl.gz"
    bodies = country / "bodies.csv"
    ran = troth(
        "run", data, "--bodies", bodies, "--out", out, "--as-of", "2024-12-31", "--until",
        "release", "-q",
    )  # fmt: skip
    assert ran.code == 0
    said = troth("simulate", "ruritania", "--check", out)
    assert said.code == 0
    assert "recall" in said.out and "false alarms" in said.out
    assert "The honest town XR-MUN-festenburg is not accused of anything" in said.out
    data_of = troth("simulate", "ruritania", "--check", out, "--format", "json").json["checked"]
    found = {one["indicator"]: one["found"] for one in data_of["planted"]}
    assert found["P018"] and found["P003"] and not found["C01"]
    assert data_of["recall_of_measured"] == 1.0 and data_of["false_alarm_share"] < 0.02


def test_a_release_of_somewhere_else_is_refused(tmp_path: Path) -> None:
    nowhere = troth("simulate", "ruritania", "--check", tmp_path)
    assert nowhere.code == 3 and "no release here" in nowhere.err
    example = Path(__file__).parents[2] / "examples" / "italy-france" / "france.jsonl.gz"
    assert troth("run", example, "--out", tmp_path, "--until", "release", "-q").code == 0
    ran = troth("simulate", "ruritania", "--check", tmp_path)
    assert ran.code == 2 and "no release of Ruritania" in ran.err


def test_only_ruritania_can_be_made_and_somewhere_must_be_named() -> None:
    assert "there is ruritania" in troth("simulate", "atlantis", "--out", "x").err
    ran = troth("simulate", "ruritania")
    assert ran.code == 2 and "--out DIR, or --check RELEASE" in ran.err

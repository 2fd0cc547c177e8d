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

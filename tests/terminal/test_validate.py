"""`troth validate screens` on made tenders in which cover bids were planted."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.line.troth import Ran, troth
from troth.measure.discrimination import MEASURES
from troth.measure.screens import SCREENS
from troth.terminal.validate import PLAINLY

HEADER = ["tender", "bid_value", "label", "date", "market", "reserve"]


def made(seed: int = 1, tenders: int = 200, rigged: float = 0.3) -> list[list[str]]:
    """Competitors ask between 70 and 100 % of the reserve; cover bids lie close above the winner."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for number in range(tenders):
        label = rng.random() < rigged
        bids = 70 + 30 * rng.random(int(rng.integers(2, 7)))
        if label:
            bids = 95 + np.r_[0, 2 + 0.5 * rng.random(len(bids) - 1)]
        reserve = 1_000 * int(rng.integers(1, 100))
        day = date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 1000)))
        market = "roads" if number % 2 else "bridges"
        rows += [
            [f"T{number}", f"{bid * reserve / 100:.2f}", str(int(label)), str(day), market, str(reserve)]
            for bid in bids
        ]  # fmt: skip
    return rows


def written(path: Path, rows: list[list[str]], columns: list[str] = HEADER) -> Path:
    kept = [HEADER.index(name) for name in columns]
    lines = [",".join(columns), *(",".join(row[n] for n in kept) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def validate(path: Path, *more: object) -> Ran:
    return troth("validate", "screens", path, "--resamples", 200, *more)


@pytest.fixture
def bids(tmp_path: Path) -> Path:
    return written(tmp_path / "bids.csv", made())


def by_screen(ran: Ran) -> dict[str, dict]:
    assert ran.code == 0, ran.err
    return {one["screen"]: one for one in ran.json["screens"]}


def test_cover_bids_that_were_planted_are_found_on_the_expected_side(bids: Path) -> None:
    found = by_screen(validate(bids, "--format", "json"))
    assert list(found) == [*(screen.code for screen in SCREENS), "CV peer rank"]
    for name, side in (("CV", "low"), ("SPD", "low"), ("SKEW", "low"), ("RD", "high")):
        auc = found[name]["found"]["roc_auc"]
        assert found[name]["side"] == side
        assert auc["value"] > 0.9 and (auc["low"] or 0.9) > 0.85, name
    assert found["CV"]["found"]["lowest_lift"]["value"] > 2.5
    assert found["CV"]["found"]["highest_lift"]["value"] == 0
    assert found["CV peer rank"]["found"]["roc_auc"]["value"] > 0.9


def test_labels_at_random_are_told_by_nothing(tmp_path: Path) -> None:
    rng = np.random.Generator(np.random.PCG64(9))
    coin = {f"T{number}": str(int(rng.random() < 0.4)) for number in range(300)}
    rows = [[row[0], row[1], coin[row[0]], *row[3:]] for row in made(tenders=300, rigged=0)]
    found = by_screen(validate(written(tmp_path / "b.csv", rows), "--format", "json"))
    for name in ("CV", "RD", "SKEW", "CV peer rank"):
        auc = found[name]["found"]["roc_auc"]
        assert auc["low"] < 0.5 < auc["high"] or abs(auc["value"] - 0.5) < 0.08, name


def test_the_text_says_what_screens_are_not(bids: Path) -> None:
    ran = validate(bids)
    assert (ran.code, ran.err) == (0, "")
    assert PLAINLY in ran.out and "not evidence of collusion" in ran.out
    assert "no trained classifier" in ran.out
    first, second, *_ = ran.out.splitlines()
    assert first.startswith("bids.csv: 200 tenders with 2 bids or more, ")
    assert "base rate 0." in second
    for screen in SCREENS:
        assert ran.out.count(f"\n  {screen.code}  ") == 3, screen.code
    assert "Cut at the tenth of 140 tenders up to 202" in ran.out
    assert "no side is expected" in ran.out


def test_the_order_of_lines_and_the_run_make_no_difference(bids: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    turned = written(other / "bids.csv", list(reversed(made())))
    for form in ("text", "json", "csv"):
        first = validate(bids, "--format", form)
        assert first.out == validate(turned, "--format", form).out
        assert first.out != validate(bids, "--format", form, "--seed", 2).out


def test_csv_has_a_row_a_screen_and_part_and_agrees_with_json(bids: Path) -> None:
    ran = validate(bids, "--format", "csv")
    assert PLAINLY in ran.err
    assert validate(bids, "--format", "csv", "--quiet").err == ""
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["part"] for row in rows] == ["all"] * 12 + ["later"] * 12
    for row in rows[:12]:
        told = by_screen(validate(bids, "--format", "json"))[row["screen"]]["found"]
        for name in MEASURES:
            assert row[name] == ("" if told[name]["value"] is None else str(told[name]["value"]))
            low = told[name]["low"]
            assert row[f"{name}_interval_low"] == ("" if low is None else str(low))


def test_later_tenders_are_told_at_the_cut_of_the_earlier(bids: Path) -> None:
    later = validate(bids, "--format", "json").json["later"]
    rows = made()
    days = sorted({row[0]: row[3] for row in rows}.values())
    assert later["until"] == days[139]
    assert later["later"] == sum(day > days[139] for day in days)
    (cv,) = (one for one in later["screens"] if one["screen"] == "CV")
    assert cv["found"]["roc_auc"]["value"] > 0.9
    assert cv["found"]["lowest_precision"]["value"] > 0.8


def test_what_is_not_in_the_file_is_said(tmp_path: Path) -> None:
    bare = written(tmp_path / "b.csv", made(), ["tender", "bid_value", "label"])
    ran = validate(bare)
    assert "Not tried on later tenders: the file has no column date" in ran.out
    assert "No market was tested for missing bids: the file has no column reserve" in ran.out
    found = validate(bare, "--format", "json").json
    assert (found["later"], found["missing_bids"]) == (None, None)
    # Without markets the file is one, so that peers are there.
    assert {one["screen"]: one["found"]["cases"] for one in found["screens"]}["CV peer rank"] == 200


def test_one_day_for_all_leaves_none_later(tmp_path: Path) -> None:
    rows = [[*row[:3], "2020-05-05", *row[4:]] for row in made()]
    ran = validate(written(tmp_path / "b.csv", rows))
    assert "Not tried on later tenders: no tender is later" in ran.out


def test_an_unknown_market_has_no_peers_and_is_in_no_test(tmp_path: Path) -> None:
    rows = [[*row[:4], "", row[5]] if row[4] == "roads" else row for row in made()]
    found = validate(written(tmp_path / "b.csv", rows), "--format", "json").json
    assert {one["screen"]: one["found"]["cases"] for one in found["screens"]}["CV peer rank"] == 100
    assert [one["market"] for one in found["missing_bids"]] == ["bridges"]


def test_the_market_where_near_margins_are_missing_has_a_low_p_value(tmp_path: Path) -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    rows = []
    for number in range(200):
        missing = number < 100
        gap = 0.5 + rng.random() if missing else 1.2 * rng.random()
        for bid in (80.0, 80 + gap):
            market = "missing" if missing else "there"
            rows.append([f"T{number}", f"{bid:.4f}", str(int(missing)), "", market, "100"])
    path = written(tmp_path / "b.csv", rows)
    missing, there = validate(path, "--format", "json").json["missing_bids"]
    assert (missing["market"], missing["near"], missing["share"]) == ("missing", 0, 0.0)
    assert missing["p_value"] < 1e-6 and there["p_value"] > 0.1
    assert sum(there["distribution"]) > 0
    assert "Missing bids: margins over the winner below 0.5 % of the reserve" in validate(path).out


def test_tenders_with_few_bids_are_left_out_and_counted(bids: Path, tmp_path: Path) -> None:
    rows = [*made(), ["alone", "5", "1", "", "", ""]]
    path = written(tmp_path / "b.csv", rows)
    assert "200 tenders with 2 bids or more (1 with fewer are left out)" in validate(path).out
    found = validate(path, "--minimum-bids", 4, "--format", "json").json
    many = sum(sum(row[0] == name for row in rows) >= 4 for name in {row[0] for row in rows})
    assert (found["tenders"], found["with_fewer_bids"]) == (many, 201 - many)
    none = validate(path, "--minimum-bids", 30)
    assert none.code == 3
    assert "bid_value: no tender has 30 bids or more" in none.err


def test_too_few_labelled_tenders_are_told_nothing_of(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", [[*row[:2], "0", *row[3:]] for row in made()])
    found = by_screen(validate(path, "--format", "json"))
    assert (found["CV"]["found"]["cases"], found["CV"]["found"]["labelled"]) == (200, 0)
    assert found["CV"]["found"]["roc_auc"] == {"value": None, "low": None, "high": None}
    assert "fewer than 5 of either label" in validate(path).out


def test_a_fault_stops_the_command_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", [["T1", "5", "maybe", "", "", ""]])
    ran = validate(path)
    assert (ran.code, ran.out) == (3, "")
    assert "b.csv, line 2, label = 'maybe': not 0 or 1" in ran.err

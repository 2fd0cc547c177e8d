"""The release that a run is held against: verified, not later, and with all that came before it."""

import datetime as dt
from pathlib import Path

import pytest

from tests.publish.given import BODY, IDLE, MINISTRY, TOWN, tables, written
from troth.errors import InputError, UsageError, VerificationError
from troth.publish.previous import Previous, previous_of, still_needed
from troth.tables.results import LAST_PUBLISHED, MEASUREMENT

LATER = dt.date(2027, 1, 1)


def shown(found: Previous) -> dict[tuple[str, str], tuple[int, str]]:
    rows = found.last.to_pylist()
    return {(row["body_id"], row["indicator"]): (row["hits"], row["release"]) for row in rows}


def test_what_is_published_there_and_before_it_is_known(tmp_path: Path) -> None:
    folder = written(tmp_path)
    found = previous_of(folder, LATER)
    assert (found.release, found.run_id) == (folder.name, "a1b2c3d4e5f6")
    both = {
        (body, code): (3, folder.name) for body in (TOWN, MINISTRY) for code in ("P018", "P019")
    }
    assert shown(found) == both | {(IDLE, "P018"): (4, "2025-11-01-f6e5d4")}
    assert found.last.schema == LAST_PUBLISHED.arrow


def test_an_output_folder_means_its_current_release(tmp_path: Path) -> None:
    assert previous_of(tmp_path, LATER) if written(tmp_path) else None


def test_a_folder_without_a_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no release here"):
        previous_of(tmp_path, LATER)


def test_a_broken_release_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    folder = written(tmp_path)
    path = folder / "csv" / "measurement.csv"
    path.write_text(path.read_text().replace("0.1", "0.2"))
    with pytest.raises(VerificationError, match=r"csv/measurement\.csv: its bytes.*troth verify"):
        previous_of(folder, LATER)


def test_a_later_release_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    same_day = dt.date(2026, 11, 1)
    assert previous_of(folder, same_day).as_of == same_day
    with pytest.raises(UsageError, match="as of 2026-11-01, which is later than this run"):
        previous_of(folder, dt.date(2026, 10, 31))


VERSIONS = {"P018": 1, "P019": 1}


def test_only_what_is_not_published_now_is_carried_on(tmp_path: Path) -> None:
    before = previous_of(written(tmp_path), LATER)
    body = tables()["body"]
    row = tables()["measurement"].to_pylist()[0]
    now = [
        row | {"body_id": TOWN, "indicator": "P018", "period": "all"},
        row | {"body_id": TOWN, "indicator": "P019", "period": "2024"},
        row | {"body_id": MINISTRY, "indicator": "P018", "period": "all", "value": None,
               "low": None, "high": None, "status": "not_measurable"},
    ]  # fmt: skip
    kept = still_needed(before, MEASUREMENT.rows(now), body, VERSIONS)
    assert [(one["body_id"], one["indicator"]) for one in kept.to_pylist()] == [
        (TOWN, "P019"), (MINISTRY, "P018"), (MINISTRY, "P019"), (IDLE, "P018"),
    ]  # fmt: skip


def test_another_question_and_an_unknown_body_are_left_out(tmp_path: Path) -> None:
    before = previous_of(written(tmp_path), LATER)
    body = tables()["body"]
    nothing = MEASUREMENT.rows([])
    kept = still_needed(before, nothing, body, {"P018": 2, "P019": 1})
    assert {one["indicator"] for one in kept.to_pylist()} == {"P019"}
    assert still_needed(before, nothing, body.slice(0, 0), VERSIONS).num_rows == 0
    assert still_needed(before, nothing, body, {}).num_rows == 0
    assert set(kept["body_kind"].to_pylist()) == {BODY["body_kind"]}

"""Verifying a release: what is sound passes, and each kind of damage is named."""

import json
import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.publish.given import TOWN, written
from troth.errors import UsageError
from troth.publish.release import _seal
from troth.publish.verify import verify


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return written(tmp_path)


def changed(made: Path, name: str, column: str, value: object) -> list[str]:
    """What is found after the first row of a table was changed and the manifest written anew."""
    path = made / "parquet" / f"{name}.parquet"
    data = pq.read_table(path)
    field = data.schema.field(column)
    values = [value, *data.column(column).to_pylist()[1:]]
    index = data.column_names.index(column)
    pq.write_table(
        data.set_column(index, field.with_nullable(True), pa.array(values, field.type)), path
    )
    _seal(made, made.name)
    return verify(made)


def test_a_sound_release_passes(made: Path) -> None:
    assert verify(made) == []


def test_something_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Name the folder"):
        verify(tmp_path / "none")


@pytest.mark.parametrize(
    "path", ["csv/score.csv", "troth.sqlite", "json/recipe.json", "parquet/body.parquet"]
)
def test_one_changed_bit_is_found(made: Path, path: str) -> None:
    content = bytearray((made / path).read_bytes())
    content[len(content) // 2] ^= 1
    (made / path).write_bytes(content)
    assert f"{path}: its bytes are not those in the manifest" in verify(made)


def test_a_missing_file_and_one_too_many_are_named(made: Path) -> None:
    (made / "csv" / "score.csv").unlink()
    (made / "csv" / "persons.txt").write_text("x")
    found = verify(made)
    assert "csv/score.csv: missing" in found
    assert "csv/persons.txt: not in the manifest" in found


def test_a_manifest_that_was_changed_is_found(made: Path) -> None:
    listed = json.loads((made / "manifest.json").read_text("utf-8"))
    listed["files"] = [one for one in listed["files"] if one["path"] != "csv/score.csv"]
    (made / "manifest.json").write_text(json.dumps(listed))
    found = verify(made)
    assert "csv/score.csv: not in the manifest" in found
    assert "manifest.sha256: does not say what manifest.json says" in found


def test_a_manifest_that_points_outside_is_not_followed(made: Path) -> None:
    listed = json.loads((made / "manifest.json").read_text("utf-8"))
    listed["files"].append({"path": "../../secret", "bytes": 1, "sha256": "0" * 64})
    (made / "manifest.json").write_text(json.dumps(listed))
    assert "../../secret: outside the release" in verify(made)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sha256"])
def test_a_manifest_that_is_gone_is_named(made: Path, name: str) -> None:
    (made / name).unlink()
    assert "cannot be read" in verify(made)[0]


def test_a_level_that_is_not_the_sum_of_its_parts_is_found_to_the_last_millionth(
    made: Path,
) -> None:
    assert changed(made, "contribution", "micropoints", 33_333_334) == [
        f"score of {TOWN} under first-1: 45.333334 is not the sum of its parts, 45.333335"
    ]


def test_a_published_level_that_is_empty_is_found(made: Path) -> None:
    assert changed(made, "score", "level", None) == [
        f"score of {TOWN} under first-1: published, and yet empty"
    ]


def test_a_withheld_level_that_is_shown_is_found(made: Path) -> None:
    assert changed(made, "score", "status", "withheld") == [
        f"score of {TOWN} under first-1: withheld, and yet 45.333334"
    ]


def test_parts_of_no_score_are_found(made: Path) -> None:
    assert f"contributions of {TOWN} under first-1 belong to no score" in changed(
        made, "score", "recipe", "other-1"
    )


def test_a_broken_promise_is_found_behind_a_fresh_manifest(made: Path) -> None:
    assert changed(made, "measurement", "std_err", -0.5) == [
        "table measurement, column std_err: at least 0, row 0 has -0.5 (1 rows)"
    ]


def test_a_figure_about_a_person_is_found_behind_a_fresh_manifest(made: Path) -> None:
    found = changed(made, "score", "body_kind", "natural_person")
    assert any("is not marked as public_body" in one for one in found)


def test_a_table_without_a_column_is_named_and_nothing_breaks(made: Path) -> None:
    path = made / "parquet" / "missing.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["cases"]), path)
    _seal(made, made.name)
    assert verify(made) == ["table missing, column cases: is there once (1 rows)"]


def test_a_row_taken_out_of_the_database_is_found(made: Path) -> None:
    with sqlite3.connect(made / "troth.sqlite") as connection:
        connection.execute("DELETE FROM missing")
    _seal(made, made.name)
    assert verify(made) == ["troth.sqlite: missing has 0 rows, its Parquet file 1"]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER score_about_bodies_on_insert",
        "CREATE TABLE person_rank (person TEXT, rank INTEGER)",
        "CREATE VIEW best AS SELECT * FROM score",
    ],
)
def test_a_wall_taken_out_of_the_database_is_found(made: Path, statement: str) -> None:
    with sqlite3.connect(made / "troth.sqlite") as connection:
        connection.execute(statement)
    _seal(made, made.name)
    assert verify(made) == ["troth.sqlite: its tables and triggers are not those of a release"]


def test_a_leak_in_a_page_of_the_release_is_found(made: Path) -> None:
    (made / "json" / "bodies" / "extra.json").write_text('{"buyer": {"email": "m@example.org"}}')
    _seal(made, made.name)
    assert verify(made) == ["json/bodies/extra.json, $.buyer.email: is about a person"]


def test_tables_that_cannot_be_read_are_named(made: Path) -> None:
    (made / "parquet" / "score.parquet").write_bytes(b"PAR1")
    found = verify(made)
    assert "parquet/score.parquet: its bytes are not those in the manifest" in found
    assert "cannot be read" in found[-1]


def test_levels_of_the_example_are_sums_as_people_add_them(made: Path) -> None:
    parts = pq.read_table(made / "parquet" / "contribution.parquet")
    total = pc.sum(
        parts.filter(pc.equal(parts.column("body_id"), TOWN)).column("micropoints")
    ).as_py()
    assert total == 45_333_334


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("rank_low", None, "rank 1 is not in its interval, None to 2"),
        ("rank_high", None, "rank 1 is not in its interval, 1 to None"),
        ("rank_low", 2, "rank 1 is not in its interval, 2 to 2"),
        ("rank_kept", False, "ranks are not kept under this recipe, and yet rank 1"),
        ("high", 1.0, "is not between"),
        ("lowest", 99.0, "is not between 99.0 and"),
    ],
)
def test_a_level_or_a_rank_outside_its_interval_is_found(
    made: Path, column: str, value: object, said: str
) -> None:
    assert any(said in one for one in changed(made, "score", column, value))

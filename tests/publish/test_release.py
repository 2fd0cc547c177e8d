"""Writing a release: what is in it, that it never changes, and that nothing can tear it."""

import csv
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.publish.given import IDLE, LICENCES, MINISTRY, NAMES, TOWN, files, tables, written
from tests.tables.strategies import tables_of
from troth.errors import PersonError, TrothError, VerificationError
from troth.publish import release
from troth.publish.as_csv import write_csv
from troth.publish.as_json import objects
from troth.publish.release import TABLES, body_slug, in_order, write
from troth.tables.base import Column, Table, Type

EVERY_TYPE = Table(
    "every_type",
    "One column of each type.",
    tuple(Column(kind.value, kind, "a value of this type") for kind in Type),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("out"))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


# --- what is in it ---


def test_it_is_named_after_its_day_and_its_run(made: Path) -> None:
    assert made.name == "2026-11-01-a1b2c3"
    assert made.parent.name == "releases"


def test_every_table_is_there_in_every_form(made: Path) -> None:
    for name in TABLES:
        assert (
            pq.read_table(made / "parquet" / f"{name}.parquet").num_rows == tables()[name].num_rows
        )
        assert len(read_csv(made / "csv" / f"{name}.csv")) == tables()[name].num_rows
    with closing(sqlite3.connect(made / "troth.sqlite")) as connection:
        names = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert names == {*TABLES, "entity"} - {"record"}


def test_rows_stand_in_the_order_of_their_key(made: Path) -> None:
    cases = (
        pq.read_table(made / "parquet" / "evidence.parquet").select(["pid", "part_no"]).to_pylist()
    )
    assert [(case["pid"], case["part_no"]) for case in cases] == [
        (5, 0), (5, 1), (5, None), (7, 0), (7, 1), (7, None)
    ]  # fmt: skip


def test_parquet_carries_nothing_but_the_declared_columns(made: Path) -> None:
    for name, table in TABLES.items():
        file = pq.ParquetFile(made / "parquet" / f"{name}.parquet")
        assert file.schema_arrow.equals(table.arrow, check_metadata=True)
        assert file.metadata.metadata is None


def test_a_formula_in_a_name_is_only_text_to_a_spreadsheet(made: Path) -> None:
    cells = {row["body_id"]: row["name"] for row in read_csv(made / "csv" / "body.csv")}
    assert cells[TOWN] == "'" + str(NAMES[TOWN])
    assert cells[MINISTRY] == NAMES[MINISTRY]


def test_the_twin_of_a_body_says_what_the_tables_say(made: Path) -> None:
    twin = json.loads((made / "json" / "bodies" / f"{body_slug(TOWN)}.json").read_text("utf-8"))
    assert twin["release"] == made.name
    assert twin["body"] == next(
        row for row in tables()["body"].to_pylist() if row["body_id"] == TOWN
    )
    assert twin["score"][0]["level"] == 45.333334
    assert sum(part["micropoints"] for part in twin["contribution"]) == 45_333_334
    assert [one["period"] for one in twin["measurement"]] == ["2024", "all"] * 2
    assert twin["missing"][0]["field"] == "tender/numberOfTenderers"


def test_a_body_without_a_process_has_no_page_and_no_twin(made: Path) -> None:
    twins = {path.name for path in (made / "json" / "bodies").iterdir()}
    assert twins == {f"{body_slug(TOWN)}.json", f"{body_slug(MINISTRY)}.json"}
    assert IDLE in {row["body_id"] for row in read_csv(made / "csv" / "body.csv")}


def test_very_many_bodies_are_lines_of_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "BODY_FILES", 1)
    folder = written(tmp_path)
    lines = (folder / "json" / "bodies.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["body"]["body_id"] for line in lines] == [TOWN, MINISTRY]
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    (described,) = [one for one in package["resources"] if one["name"] == "json-bodies"]
    assert described["path"] == "json/bodies.jsonl"
    assert "a body a line" in described["description"]


def test_the_package_describes_every_table_with_its_digest(made: Path) -> None:
    package = json.loads((made / "datapackage.json").read_text("utf-8"))
    assert package["$schema"].endswith("/2.0/datapackage.json")
    assert package["licenses"] == LICENCES
    described = {one["path"]: one for one in package["resources"] if isinstance(one["path"], str)}
    for name, table in TABLES.items():
        one = described[f"csv/{name}.csv"]
        content = (made / one["path"]).read_bytes()
        assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert one["bytes"] == len(content)
        assert [field["name"] for field in one["schema"]["fields"]] == list(table.names)
    keys = described["csv/measurement.csv"]["schema"]["foreignKeys"]
    assert keys == [
        {"fields": ["body_id"], "reference": {"resource": "body", "fields": ["body_id"]}}
    ]


def test_anybody_can_check_it_with_sha256sum(made: Path) -> None:
    listed = {line.split("  ")[1] for line in (made / "manifest.sha256").read_text().splitlines()}
    assert listed == files(made).keys() - {"manifest.sha256"}
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not on this machine")
    subprocess.run(
        ["sha256sum", "--check", "--quiet", "--strict", "manifest.sha256"], cwd=made, check=True
    )


# --- how values are written ---


@settings(max_examples=60, deadline=None)
@given(tables_of(EVERY_TYPE))
def test_csv_and_json_give_back_what_went_in(
    tmp_path_factory: pytest.TempPathFactory, data: pa.Table
) -> None:
    """Through Python's own readers. An apostrophe in front of a formula is all that CSV changes."""
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    write_csv(EVERY_TYPE, data, path)
    with path.open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file, strict=True)) if b"\0" not in path.read_bytes() else None
    json_rows = [json.loads(text) for text in objects(EVERY_TYPE, data).to_pylist()]
    for number, row in enumerate(data.to_pylist()):
        day = row["date"] and row["date"].isoformat()
        moment = row["instant"] and row["instant"].strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
        told = {key: json_rows[number][key] for key in ("text", "integer", "number", "boolean")}
        assert told == {key: row[key] for key in told}
        assert json_rows[number]["date"] == day
        assert json_rows[number]["instant"] == moment
        if cells is not None:
            assert cells[number] == {
                "text": guarded(row["text"]),
                "integer": "" if row["integer"] is None else str(row["integer"]),
                "number": cells[number]["number"],
                "boolean": "" if row["boolean"] is None else str(row["boolean"]).lower(),
                "date": day or "",
                "instant": moment or "",
            }
            number_cell = cells[number]["number"]
            assert (float(number_cell) if number_cell else None) == row["number"]


def guarded(text: str | None) -> str:
    if text is None:
        return ""
    return "'" + text if text[:1] and text[:1] in "=+-@\t\r\n＝＋－＠" else text


def test_csv_is_as_rfc_4180_has_it(tmp_path: Path) -> None:
    rows = [{"text": 'say "hi", you', "integer": -5, "boolean": True}, {"text": ""}, {"text": None}]
    write_csv(EVERY_TYPE, EVERY_TYPE.rows(rows), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == (
        b"text,integer,number,boolean,date,instant\r\n"
        b'"say ""hi"", you",-5,,true,,\r\n'
        b'"",,,,,\r\n'
        b",,,,,\r\n"
    )


# --- file names of bodies ---

IDENTIFIERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(st.lists(IDENTIFIERS, unique=True, max_size=20))
def test_different_bodies_have_different_files_whatever_the_file_system(ids: list[str]) -> None:
    slugs = [body_slug(one).casefold() for one in ids]
    assert len(set(slugs)) == len(ids)


@given(IDENTIFIERS)
def test_a_file_name_is_safe_everywhere(body_id: str) -> None:
    slug = body_slug(body_id)
    assert slug
    assert len(slug) <= 120
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert not slug.startswith(".")
    assert not slug.endswith(".")


@pytest.mark.parametrize(
    ("body_id", "slug"),
    [
        ("fr-217", "fr-217"),
        ("FR-217", "fr-217.3"),
        ("Fr-217", "fr-217.2"),
        ("XX-T:é/1", "xx-t_3a_c3_a9_2f1.7"),
        ("../../etc", "_2e_2e_2f_2e_2e_2fetc"),
        ("nul", "_6eul"),
        ("NUL", "_6eul.7"),
        ("", "_"),
    ],
)
def test_a_body_s_file_name(body_id: str, slug: str) -> None:
    assert body_slug(body_id) == slug


def test_a_very_long_identifier_is_cut_and_told_apart() -> None:
    one, other = body_slug("a" * 400), body_slug("a" * 401)
    assert one != other
    assert len(one) < 130


# --- the same tables give the same bytes ---


def test_order_pieces_and_metadata_of_the_input_leave_no_trace(tmp_path: Path) -> None:
    changed = {}
    for name, data in tables().items():
        backwards = data.take(list(range(data.num_rows))[::-1]).select(data.column_names[::-1])
        pieces = [backwards.slice(row, 1) for row in range(backwards.num_rows)]
        changed[name] = pa.concat_tables(pieces).replace_schema_metadata({"pandas": "{}"})
    assert files(written(tmp_path / "a")) == files(written(tmp_path / "b", changed))


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_order_of_any_rows_gives_the_same_table(data: st.DataObject) -> None:
    table = TABLES[data.draw(st.sampled_from(sorted(TABLES)))]
    rows = data.draw(tables_of(table, min_size=2))
    order = data.draw(st.permutations(range(rows.num_rows)))
    assert in_order(table, rows.take(order)).equals(in_order(table, rows))


@settings(max_examples=4, deadline=None)
@given(seed=st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_release(
    tmp_path_factory: pytest.TempPathFactory, seed: Any
) -> None:
    out = tmp_path_factory.mktemp("out")
    shuffled = {}
    for name, data in tables().items():
        order = list(range(data.num_rows))
        seed.shuffle(order)
        shuffled[name] = data.take(order)
    assert files(written(out / "a")) == files(written(out / "b", shuffled))


def test_the_number_of_threads_leaves_no_trace(tmp_path: Path) -> None:
    threads = pa.cpu_count()
    try:
        pa.set_cpu_count(1)
        alone = files(written(tmp_path / "a"))
        pa.set_cpu_count(4)
        assert files(written(tmp_path / "b")) == alone
    finally:
        pa.set_cpu_count(threads)


# --- a release never changes ---


def test_writing_it_again_changes_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert written(tmp_path) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_other_bytes_under_the_same_name_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    before = files(folder)
    fewer = {"missing": TABLES["missing"].empty()}
    with pytest.raises(VerificationError, match="is not what these tables give"):
        written(tmp_path, fewer)
    assert files(folder) == before


def test_a_release_that_somebody_changed_does_not_pass_for_the_same(tmp_path: Path) -> None:
    (written(tmp_path) / "csv" / "score.csv").write_text("level\r\n100\r\n")
    with pytest.raises(VerificationError, match=r"csv/score\.csv"):
        written(tmp_path)


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    with (
        release._only_writer(tmp_path / "releases"),
        pytest.raises(TrothError, match="another run"),
    ):
        written(tmp_path)


# --- a write that is killed ---


class Killed(BaseException):
    """As if the process had ended there: nothing of ours catches it, nothing is cleaned up."""


def test_a_write_killed_at_any_step_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps are every file written, every fsync and the rename."""
    earlier = tables()["run"].to_pylist()[0] | {"run_id": "000000000000"}
    before = written(tmp_path, {"run": TABLES["run"].rows([earlier])})
    content, wanted = files(before), files(written(tmp_path / "other"))
    for step in range(1, 500):
        with monkeypatch.context() as patched:
            kill_at(patched, step)
            try:
                folder = written(tmp_path)
            except Killed:
                shown = {
                    path.name for path in (tmp_path / "releases").iterdir() if path.name[0] != "."
                }
                assert {before.name} <= shown <= {before.name, "2026-11-01-a1b2c3"}
                assert files(before) == content
                if len(shown) == 2:  # killed after the rename: then it is complete
                    assert files(tmp_path / "releases" / "2026-11-01-a1b2c3") == wanted
                    shutil.rmtree(tmp_path / "releases" / "2026-11-01-a1b2c3")
                continue
        assert step > 60
        assert files(folder) == wanted
        assert [path.name for path in folder.parent.glob(".*.partial")] == []
        return
    pytest.fail("the write never came to its end")


def kill_at(patched: pytest.MonkeyPatch, step: int) -> None:
    left = [step]

    def counted(function: Any) -> Any:
        def called(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return function(*arguments, **named)

        return called

    patched.setattr(os, "fsync", counted(os.fsync))
    patched.setattr(os, "rename", counted(os.rename))
    patched.setattr(pq, "write_table", counted(pq.write_table))
    patched.setattr(release, "write_csv", counted(release.write_csv))
    patched.setattr(release, "write_sqlite", counted(release.write_sqlite))
    patched.setattr(Path, "write_text", counted(Path.write_text))


def test_every_file_is_on_disk_before_the_release_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A negative control for the test above, which cannot see a missing fsync."""
    done: list[str] = []
    names: dict[int, str] = {}
    real_open, real_fsync, real_rename = os.open, os.fsync, os.rename

    def opened(path: Any, *arguments: Any, **named: Any) -> int:
        handle = real_open(path, *arguments, **named)
        names[handle] = str(path)
        return handle

    def renamed(source: Any, target: Any) -> None:
        done.append("rename")
        real_rename(source, target)

    def synced(handle: int) -> None:
        done.append(names[handle])
        real_fsync(handle)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    folder = written(tmp_path)
    aside = folder.parent / f".{folder.name}.partial"
    before, after = done[: done.index("rename")], done[done.index("rename") + 1 :]
    assert {str(aside / path.relative_to(folder)) for path in folder.rglob("*")} | {
        str(aside)
    } == set(before)
    assert after[0] == str(folder.parent)


# --- what is refused before anything is written ---


def attempt(tmp_path: Path, name: str, row: dict[str, Any]) -> None:
    """A release with one more row, or the error; in any case no release of a refused table."""
    schema = pa.schema([field.with_nullable(True) for field in TABLES[name].arrow])
    more = pa.Table.from_pylist([tables()[name].to_pylist()[0] | row], schema=schema)
    data = pa.concat_tables([tables()[name].cast(schema), more])
    try:
        written(tmp_path, {name: data})
    finally:
        assert not list(tmp_path.glob("releases/2*"))


@pytest.mark.parametrize(
    "name", ["measurement", "missing", "evidence", "score", "contribution", "record"]
)
@pytest.mark.parametrize(
    "row",
    [
        {"body_kind": "natural_person"},
        {"body_kind": "legal_person"},
        {"body_kind": None},
        {"body_id": "FR-RCS-1"},
        {"body_id": "firm:2"},
        {"body_id": None},
    ],
    ids=str,
)
def test_a_figure_about_anybody_else_is_refused(
    tmp_path: Path, name: str, row: dict[str, Any]
) -> None:
    with pytest.raises(PersonError):
        attempt(tmp_path, name, row)


@pytest.mark.parametrize(
    "row",
    [
        {"body_id": "notary", "seats": 1, "staffed": False},
        {"body_id": "judge", "seats": 1, "staffed": None},
        {"body_id": "IT-CF-RSSMRA80A01H501U"},
        {"body_id": "x", "body_kind": "natural_person"},
    ],
    ids=str,
)
def test_a_body_that_is_one_person_is_refused(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(PersonError):
        attempt(tmp_path, "body", row)


@pytest.mark.parametrize("kind", ["natural_person", "unknown"])
@pytest.mark.parametrize("named", [{"name": "Maria Rossi"}, {"firm_id": "IT-CF-1"}], ids=str)
def test_a_firm_that_may_be_a_person_is_not_named(
    tmp_path: Path, kind: str, named: dict[str, str]
) -> None:
    row = {"firm_key": 9, "kind": kind, "name": None, "firm_id": None} | named
    with pytest.raises(PersonError, match="not shown to be a legal person"):
        attempt(tmp_path, "firm", row)


def test_a_record_with_a_contact_point_is_refused(tmp_path: Path) -> None:
    leaking = json.dumps({"buyer": {"name": "A town", "contactPoint": {"name": "Maria Rossi"}}})
    with pytest.raises(
        PersonError, match=r"csv/record\.csv, row 3, column json \$\.buyer\.contactPoint"
    ):
        attempt(tmp_path, "record", {"pid": 9, "json": leaking})


def test_a_broken_promise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="table measurement, column std_err: at least 0"):
        attempt(tmp_path, "measurement", {"std_err": -0.5, "period": "2023"})


def test_a_release_lacks_no_table_and_has_no_other(tmp_path: Path) -> None:
    changed = {name: data for name, data in tables().items() if name != "score"}
    changed["person"] = pa.table({"rank": [1]})
    with pytest.raises(VerificationError, match=r"Missing: \['score'\]; unknown: \['person'\]"):
        write(changed, catalogue=[], recipe={}, out=tmp_path)


def test_two_runs_are_no_release(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="a release is of one run"):
        attempt(tmp_path, "run", {"run_id": "ffffffffffff"})

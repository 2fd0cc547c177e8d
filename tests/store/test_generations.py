"""Working tables: a write is there whole or not at all, whatever stops it; readers stay safe."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from troth.errors import TrothError, UsageError, VerificationError
from troth.store.generations import Working
from troth.tables.procurement import TENDER

ROOT = Path(__file__).parents[2]


def notes(value: int) -> pa.Table:
    return pa.table({"value": pa.array([value], pa.int64())})


def write(working: Working, value: int, names: tuple[str, ...] = ("one", "two")) -> None:
    with working.begin() as generation:
        for name in names:
            generation.write(name, notes(value))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def values(working: Working, version: int | None = None) -> dict[str, list[int]]:
    reading = working.read(version)
    try:
        return {
            name: [
                v for part in reading.parts(name) for v in pq.read_table(part)["value"].to_pylist()
            ]
            for name in reading.names()
        }
    finally:
        reading.close()


def test_reading_an_empty_place_gives_nothing_and_creates_nothing(tmp_path: Path) -> None:
    working = Working(tmp_path / "store")
    assert (working.current(), working.versions(), values(working)) == (0, [], {})
    assert not (tmp_path / "store").exists()


def test_a_write_is_read_whole(tmp_path: Path) -> None:
    working = Working(tmp_path / "deep" / "store")
    write(working, 1)
    assert values(working) == {"one": [1], "two": [1]}
    assert (working.path / "CURRENT").read_text() == "1\n"


def test_what_is_neither_kept_nor_written_is_gone(tmp_path: Path) -> None:
    working = Working(tmp_path)
    write(working, 1)
    with working.begin() as generation:
        generation.keep("two")
        generation.write("three", [notes(2), notes(3)])
    assert values(working) == {"three": [2, 3], "two": [1]}
    assert values(working, 1) == {"one": [1], "two": [1]}


def test_a_kept_table_is_the_same_file(tmp_path: Path) -> None:
    working = Working(tmp_path)
    write(working, 1)
    with working.begin() as generation:
        generation.keep("two")
    before, after = (tmp_path / f"generations/{n}/two/part-00000.parquet" for n in (1, 2))
    assert before.samefile(after)


def test_parts_can_be_kept_one_by_one_and_new_ones_come_after(tmp_path: Path) -> None:
    working = Working(tmp_path)
    with working.begin() as generation:
        generation.write("one", [notes(0), notes(1), notes(2)])
    with working.begin() as generation:
        generation.keep("one", ["part-00002.parquet"])
        generation.write("one", notes(9))
    assert values(working) == {"one": [2, 9]}


def test_a_table_that_is_not_there_cannot_be_kept(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table 'one' to keep"), Working(tmp_path).begin() as g:
        g.keep("one")


def test_an_exception_discards_the_write(tmp_path: Path) -> None:
    working = Working(tmp_path)
    write(working, 1)
    with pytest.raises(ZeroDivisionError), working.begin() as generation:
        generation.write("one", (notes(1 // 0) for _ in range(1)))
    assert values(working) == {"one": [1], "two": [1]}
    assert names_in(tmp_path / "generations") == ["1"]


def test_the_last_two_generations_stay(tmp_path: Path) -> None:
    working = Working(tmp_path)
    for value in (1, 2, 3, 4):
        write(working, value)
    assert working.versions() == [3, 4]
    assert values(working, 3) == {"one": [3], "two": [3]}
    with pytest.raises(UsageError, match=r"no version 2; there are \[3, 4\]"):
        working.read(2)


def test_a_generation_that_is_read_stays_until_it_is_closed(tmp_path: Path) -> None:
    working = Working(tmp_path)
    write(working, 1)
    reading = working.read()
    for value in (2, 3, 4):
        write(working, value)
    assert pq.read_table(reading.parts("one")[0])["value"].to_pylist() == [1]
    assert working.versions() == [1, 3, 4]
    reading.close()
    write(working, 5)
    assert working.versions() == [4, 5]


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from troth.store.generations import Working\n"
        "with Working(Path(sys.argv[1])).begin(): pass"
    )
    run = [sys.executable, "-c", script, str(tmp_path)]
    with Working(tmp_path).begin():
        other = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
        assert f"{tmp_path}: process {os.getpid()} is writing there. Wait" in other.stderr
        with pytest.raises(TrothError, match="this process is writing there already"):
            write(Working(tmp_path), 1)
    write(Working(tmp_path), 2)
    assert subprocess.run(run, cwd=ROOT, check=False).returncode == 0


def test_killed_at_any_moment_the_store_reads_whole(tmp_path: Path) -> None:
    kills = 100
    script = Path(__file__).with_name("killed.py")
    told = subprocess.run(
        [sys.executable, script, tmp_path / "s", str(kills), "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    in_a_write = int(told.stdout.split(" kills, ")[1].split()[0])
    assert in_a_write > kills / 4, "the kills fall beside the writes: make them longer"


class Failing:
    """File operations that fail from the n-th on: only that one, or all after it as well."""

    OPERATIONS = ("open", "mkdir", "rename", "replace", "link", "fsync", "unlink", "rmdir",
                  "listdir", "scandir", "ftruncate", "pwrite", "stat")  # fmt: skip

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int | None, lasting: bool) -> None:
        self.at, self.lasting, self.count = at, lasting, 0
        for name in self.OPERATIONS:
            monkeypatch.setattr(os, name, self.counted(getattr(os, name)))
        monkeypatch.setattr(Path, "open", self.counted(Path.open))
        monkeypatch.setattr(Path, "write_text", self.half_written_text(Path.write_text))
        monkeypatch.setattr(pq, "write_table", self.half_written(pq.write_table))

    def fails(self) -> bool:
        self.count += 1
        if self.at is None:
            return False
        return self.count >= self.at if self.lasting else self.count == self.at

    def counted(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            if self.fails():
                raise OSError(5, f"planted fault at operation {self.count}")
            return operation(*args, **kwargs)

        return run

    def half_written_text(self, write_text: Callable[..., int]) -> Callable[..., int]:
        def run(path: Path, text: str, **kwargs: Any) -> int:
            if self.fails():
                write_text(path, text[: len(text) // 2], **kwargs)
                raise OSError(28, "planted fault: no space left")
            return write_text(path, text, **kwargs)

        return run

    def half_written(self, write_table: Callable[..., None]) -> Callable[..., None]:
        def run(table: pa.Table, file: Any, **kwargs: Any) -> None:
            fails = self.fails()
            write_table(table, file, **kwargs)
            if fails:
                file.flush()
                os.truncate(file.fileno(), file.tell() // 2)
                raise OSError(28, "planted fault: no space left")

        return run


def update(working: Working) -> None:
    with working.begin() as generation:
        generation.keep("two")
        generation.write("one", notes(3))
        generation.write("tender", TENDER.rows([{"pid": 3}]))


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_a_fault_in_any_file_operation_leaves_the_old_state_or_the_new(
    tmp_path: Path, lasting: bool
) -> None:
    def prepared(folder: Path) -> Working:
        working = Working(folder)
        write(working, 1)
        write(working, 2)
        return working

    with pytest.MonkeyPatch.context() as monkeypatch:
        working = prepared(tmp_path / "whole")
        operations = Failing(monkeypatch, None, lasting)
        update(working)
        steps = operations.count
    assert steps > 40

    outcomes = []
    for at in range(1, steps + 1):
        working = prepared(tmp_path / str(at))
        with pytest.MonkeyPatch.context() as monkeypatch:
            Failing(monkeypatch, at, lasting)
            try:
                update(working)
                raised = False
            except (OSError, TrothError):
                raised = True
        reading = working.read()
        number, names = reading.number, reading.names()
        one = pq.read_table(reading.parts("one")[0])["value"].to_pylist()
        two = pq.read_table(reading.parts("two")[0])["value"].to_pylist()
        reading.close()
        old, new = (2, ["one", "two"], [2]), (3, ["one", "tender", "two"], [3])
        assert (number, names, one) in (old, new), f"fault at operation {at}"
        assert two == [2]
        assert raised or number == 3, f"operation {at} failed in silence"
        outcomes.append(number)

        update(working)  # and the next write clears up what was left
        assert values_of_one(working) == [3]
        left = names_in(working.path / "generations")
        assert left == [str(n) for n in working.versions()]
        assert names_in(working.path) == ["CURRENT", "LOCK", "generations"]
    assert set(outcomes) == {2, 3}, "the faults must fall on both sides of the swap"


def values_of_one(working: Working) -> list[int]:
    reading = working.read()
    try:
        found: list[int] = pq.read_table(reading.parts("one")[0])["value"].to_pylist()
        return found
    finally:
        reading.close()


def test_all_is_on_disk_before_current_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill does not show a missing fsync, a power cut does: so look at the order of calls."""
    working = Working(tmp_path)
    write(working, 1)
    synced: set[Path] = set()
    checked: list[Path] = []
    fsync, rename, replace = os.fsync, os.rename, os.replace

    def note_sync(file: int) -> None:
        fsync(file)
        synced.add(Path(f"/proc/self/fd/{file}").readlink())

    def note_rename(source: Path, target: Path) -> None:
        rename(source, target)
        for path in [p for p in synced if p.is_relative_to(source)]:
            synced.add(target / path.relative_to(source))
        synced.discard(target.parent)  # the new name is not on disk yet

    def note_replace(source: Path, target: Path) -> None:
        new = tmp_path / "generations" / "2"
        kept = new / "two" / "part-00000.parquet"  # on disk since the generation before
        wanted = {new, *new.rglob("*"), new.parent, source} - {kept}
        assert wanted - synced == set()
        checked.extend(wanted)
        synced.discard(tmp_path)
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "rename", note_rename)
    monkeypatch.setattr(os, "replace", note_replace)
    update(working)
    assert len(checked) == 8  # 3 folders, 2 new files, the generation, its parent, CURRENT aside
    assert tmp_path in synced, "the folder that holds CURRENT"


@pytest.mark.parametrize("content", ["", "three\n", "3", "-1\n", "0\n", "9\n"])
def test_a_broken_current_is_refused_and_says_what_to_do(tmp_path: Path, content: str) -> None:
    write(Working(tmp_path), 1)
    (tmp_path / "CURRENT").write_text(content)
    with pytest.raises(VerificationError, match="CURRENT"):
        Working(tmp_path).read()


@pytest.mark.parametrize("name", ["a*b", "a[1]", "x=1", "{a}"])
def test_a_path_that_engines_read_as_a_pattern_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="must not contain"):
        Working(tmp_path / name)


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="this is a file"):
        Working(tmp_path / "file")


@pytest.mark.parametrize("name", ["", "..", "a/b", "Tender", ".hidden"])
def test_a_table_name_cannot_leave_the_generation(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="table name"), Working(tmp_path).begin() as generation:
        generation.folder(name)


def test_a_table_of_the_vocabulary_gets_its_declared_types_and_order(tmp_path: Path) -> None:
    rows = TENDER.rows([{"pid": 1, "tenderers_stated": 2}])
    small = rows.set_column(0, "pid", rows["pid"].cast(pa.int32())).select(TENDER.names[::-1])
    with Working(tmp_path).begin() as generation:
        generation.write("tender", small)
    (part,) = (tmp_path / "generations/1/tender").iterdir()
    assert pq.read_table(part).equals(rows)


def test_a_table_of_the_vocabulary_without_rows_has_its_columns(tmp_path: Path) -> None:
    with Working(tmp_path).begin() as generation:
        generation.write("tender", [])
    (part,) = (tmp_path / "generations/1/tender").iterdir()
    assert pq.read_schema(part).names == list(TENDER.names)
    refused = pytest.raises(UsageError, match="give at least one table")
    with refused, Working(tmp_path).begin() as generation:
        generation.write("notes", [])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda t: t.drop_columns(["status"]), r"columns missing: \['status'\]"),
        (lambda t: t.append_column("colour", t["status"]), r"not declared: \['colour'\]"),
        (lambda t: t.append_column("status", t["status"]), "columns missing"),
        (lambda t: t.set_column(0, "pid", pa.array(["x"])), "Failed to parse"),
        (lambda t: t.set_column(0, "pid", pa.array([None], pa.int64())), "null"),
    ],
    ids=["missing", "extra", "twice", "text for a number", "null where a value is promised"],
)
def test_other_columns_or_values_than_declared_are_refused(
    tmp_path: Path, wrong: Callable[[pa.Table], pa.Table], words: str
) -> None:
    table = wrong(TENDER.rows([{"pid": 1}]))
    with pytest.raises(VerificationError, match=words), Working(tmp_path).begin() as generation:
        generation.write("tender", table)
    assert Working(tmp_path).versions() == []


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (
            lambda p: pq.write_table(notes(1), p / "part-a.parquet"),
            "expected the columns of tender",
        ),
        (lambda p: (p / "part-a.parquet").write_bytes(b"PAR1"), "not readable as Parquet"),
        (lambda p: (p / "notes.txt").write_text("x"), "not called part-"),
        (
            lambda p: pq.write_table(
                TENDER.empty().set_column(0, "pid", pa.array([], pa.int32())), p / "part-a.parquet"
            ),
            "column pid must be int64, not int32",
        ),
    ],
    ids=["columns", "not Parquet", "name", "type"],
)
def test_files_put_there_by_hand_are_checked_too(
    tmp_path: Path, put: Callable[[Path], object], words: str
) -> None:
    with pytest.raises(VerificationError, match=words), Working(tmp_path).begin() as generation:
        put(generation.folder("tender"))
    assert Working(tmp_path).versions() == []

"""Working tables on disk: built aside, swapped in at once, never changed afterwards.

    STORE/CURRENT                                 the number of the generation to read
    STORE/LOCK                                    held by the one process that writes
    STORE/generations/7/tender/part-00000.parquet
    STORE/generations/8.building.4711/            what process 4711 is writing

A write fills a folder aside, then: fsync every file, fsync every folder, rename the folder to its
number, fsync, write `CURRENT` aside, fsync, replace, fsync. Whoever is killed before the replace
leaves the old generation current, and after it the new one; there is nothing between. The last two
generations stay, and older ones for as long as somebody reads them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from troth.errors import TrothError, UsageError, VerificationError
from troth.tables import body, law, procurement, results
from troth.tables.base import Table

#: Every table of the vocabulary by its name.
DECLARED: dict[str, Table] = {
    table.name: table for table in (*body.TABLES, *law.TABLES, *procurement.TABLES, *results.TABLES)
}

#: The folder of working tables in an output folder.
STORE = "store"

CURRENT = "CURRENT"
LOCK = "LOCK"
GENERATIONS = "generations"
BUILDING = ".building."
REMOVED = ".removed"

#: How many generations stay: the current one and the one before, for those who still read it.
KEPT = 2

#: The generation of a store in which nothing was written yet.
NOTHING = 0

#: Characters that one engine or the other reads as a pattern or a partition in a path.
NOT_IN_PATHS = "*?[]{}="

#: A disk takes several requests at once as fast as one.
SYNCED_AT_A_TIME = 8

#: zstd at its fastest: measured as small as the higher levels need, at a fraction of their time.
COMPRESSION, COMPRESSION_LEVEL = "zstd", 1


class Working:
    """The working tables under one folder. Reading creates nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        odd = sorted(set(str(self.path)) & set(NOT_IN_PATHS))
        if odd:
            raise UsageError(
                f"{self.path}: a store's path must not contain {' '.join(odd)}, "
                "which engines read as a pattern; choose another folder"
            )
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path}: a store is a folder, and this is a file")

    def current(self) -> int:
        """The number of the generation to read; 0 where nothing was written yet."""
        try:
            text = (self.path / CURRENT).read_text(encoding="ascii")
        except FileNotFoundError:
            return NOTHING
        except UnicodeDecodeError:
            text = "bytes that are no text"
        if not re.fullmatch(r"[1-9][0-9]*\n", text):
            raise VerificationError(
                f"{self.path / CURRENT}: expected the number of a generation, found {text!r}. "
                f"Write there the highest number in {self.path / GENERATIONS}."
            )
        return int(text)

    def versions(self) -> list[int]:
        """The generations that can be read, oldest first; the last is the current one."""
        current = self.current()
        return [number for number in self._numbers() if number <= current]

    def read(self, version: int | None = None) -> Reading:
        """A hold on one generation (the current one by default): nobody removes it meanwhile."""
        if version is not None:
            return self._read_version(version)
        while True:
            number = self.current()
            try:
                return Reading(self.path, number)
            except FileNotFoundError:
                # Two writes may have come between reading the number and taking hold.
                if self.current() == number:
                    raise VerificationError(
                        f"{self.path}: {CURRENT} names generation {number}, which is not there. "
                        f"The generations there are {self._numbers()}; load the data again."
                    ) from None

    def begin(self) -> Generation:
        """A new generation to fill. See `Generation`."""
        return Generation(self)

    def _read_version(self, version: int) -> Reading:
        if version in self.versions():
            with contextlib.suppress(FileNotFoundError):  # removed since we looked
                return Reading(self.path, version)
        raise UsageError(f"{self.path}: no version {version}; there are {self.versions()}")

    def _numbers(self) -> list[int]:
        try:
            names = _names(self.path / GENERATIONS)
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isdecimal())


class Reading:
    """One generation as somebody reads it. It stays on disk until `close`."""

    def __init__(self, store: Path, number: int) -> None:
        self.number = number
        self.path = store / GENERATIONS / str(number)
        self._hold: int | None = None
        if number == NOTHING:
            return
        # Whoever removes old generations asks for this lock alone, and leaves those it cannot get.
        hold = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(hold, fcntl.LOCK_SH)
            self.path.stat()  # it may have been removed while we waited
        except BaseException:
            os.close(hold)
            raise
        self._hold = hold

    def names(self) -> list[str]:
        """The folders of this generation, in alphabetical order."""
        if self.number == NOTHING:
            return []
        return _names(self.path)

    def parts(self, name: str) -> list[Path]:
        """The Parquet files of one table, in the order of their names; none where it is missing."""
        return sorted((self.path / name).glob("part-*.parquet"))

    def close(self) -> None:
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None


class Generation:
    """One write. Use it in a `with` block: a clean end publishes it, an exception discards it.

    Starts empty: `keep` takes a table over from the generation before, `folder` gives a place to
    put files. What is neither kept nor written is not in the new generation.
    """

    def __init__(self, working: Working) -> None:
        self._working = working
        self._lock: _Lock | None = None
        self._kept: set[Path] = set()
        self._published = False

    def __enter__(self) -> Generation:
        store = self._working.path
        _make_folders(store / GENERATIONS)
        self._lock = _Lock(store / LOCK)
        try:
            self._previous = self._working.read()
            self.number = self._previous.number + 1
            _tidy(store / GENERATIONS, self.number)
            self._path = store / GENERATIONS / f"{self.number}{BUILDING}{os.getpid()}"
            self._path.mkdir()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._commit()
        finally:
            self._end()

    def folder(self, name: str) -> Path:
        """The folder of one table, made if need be, in which to put `part-*.parquet`.

        After `keep` it holds the files of the generation before: add to them or unlink them, but
        never write into one, because the generation before has the same file.
        """
        _check_name(name)
        path = self._path / name
        path.mkdir(exist_ok=True)
        return path

    def previous(self) -> list[str]:
        """The names that can be kept."""
        return self._previous.names()

    def keep(self, name: str, parts: Iterable[str] | None = None) -> None:
        """Take a table over as it is, or only these of its files; hard links, so nothing is copied.

        A table that the generation before does not have is an error.
        """
        if name not in self.previous():
            raise UsageError(
                f"no table {name!r} to keep; the generation before has {self.previous()}"
            )
        source = self._previous.path / name
        target = self.folder(name)
        for part in _names(source) if parts is None else sorted(parts):
            (target / part).hardlink_to(source / part)
            self._kept.add(target / part)

    def write(self, name: str, data: pa.Table | Iterable[pa.Table]) -> None:
        """Put tables into a folder, one file each, after those that are there.

        A table of the vocabulary must have its columns, and gets its declared types.
        """
        folder = self.folder(name)
        number = first = _next_number(folder)
        for table in [data] if isinstance(data, pa.Table) else data:
            _write_part(folder / f"part-{number:05d}.parquet", _as_declared(name, table))
            number += 1
        if number == first == 0:
            if name not in DECLARED:
                raise UsageError(f"table {name!r}: give at least one table, for its columns")
            _write_part(folder / "part-00000.parquet", DECLARED[name].empty())

    def _commit(self) -> None:
        store = self._working.path
        for name in _names(self._path):
            if name in DECLARED:
                self._check_parts(name)
        _sync_tree(self._path, self._kept)
        final = store / GENERATIONS / str(self.number)
        self._path.rename(final)
        self._path = final
        sync(store / GENERATIONS)

        fresh = store / f"{CURRENT}{BUILDING}{os.getpid()}"
        fresh.write_text(f"{self.number}\n", encoding="ascii")
        sync(fresh)
        fresh.replace(store / CURRENT)
        self._published = True
        sync(store)

        self._previous.close()
        # The new generation stands. What cannot be removed now, the next write tries again.
        with contextlib.suppress(OSError):
            _remove_old(store / GENERATIONS, self.number)

    def _check_parts(self, name: str) -> None:
        """Refuse a file that does not hold what the vocabulary says today, kept or new."""
        for path in sorted((self._path / name).iterdir()):
            if not re.fullmatch(r"part-.*\.parquet", path.name):
                raise VerificationError(f"table {name}: {path.name} is not called part-*.parquet")
            check_part(name, path)

    def _end(self) -> None:
        try:
            if not self._published and hasattr(self, "_path"):
                shutil.rmtree(self._path, ignore_errors=True)
            if hasattr(self, "_previous"):
                self._previous.close()
        finally:
            if self._lock is not None:
                self._lock.release()


class _Lock:
    """One writer at a time: a lock on a file, which the system lifts when its holder dies.

    The lock is of the process (a worker it forks does not have it), so that orphaned workers do not
    hold it; `_held` keeps two writers of one process apart.
    """

    _held: ClassVar[set[tuple[int, Path]]] = set()
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self._key = (os.getpid(), path)
        with self._guard:
            if self._key in self._held:
                raise TrothError(f"{path.parent}: this process is writing there already")
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, str(os.getpid()).encode(), 0)
            except OSError as fault:
                holder = os.pread(self._file, 20, 0).decode(errors="replace")
                os.close(self._file)
                if not isinstance(fault, (BlockingIOError, PermissionError)):
                    raise
                raise TrothError(
                    f"{path.parent}: process {holder or 'unknown'} is writing there. "
                    "Wait until it ends, or use another store."
                ) from None
            self._held.add(self._key)

    def release(self) -> None:
        with self._guard:
            os.close(self._file)
            self._held.discard(self._key)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(f"table name {name!r}: use lower case words joined by _")


def _write_part(path: Path, table: pa.Table) -> None:
    with path.open("xb") as file:
        pq.write_table(table, file, compression=COMPRESSION, compression_level=COMPRESSION_LEVEL)


def _as_declared(name: str, table: pa.Table) -> pa.Table:
    """The table with the columns and types of the vocabulary; any other table as it is."""
    if name not in DECLARED:
        return table
    declared = DECLARED[name]
    if set(table.column_names) != set(declared.names) or len(declared.names) != table.num_columns:
        missing = [column for column in declared.names if column not in table.column_names]
        odd = [column for column in table.column_names if column not in declared.names]
        raise VerificationError(f"table {name}: columns missing: {missing}; not declared: {odd}")
    try:
        return table.select(declared.names).cast(declared.arrow)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as fault:
        raise VerificationError(f"table {name}: {fault}") from None


def check_part(name: str, path: Path) -> None:
    """Refuse a Parquet file that has not the columns and types of the vocabulary, in its order."""
    declared, found = DECLARED[name].arrow, part_schema(path)
    if found.names != declared.names:
        raise VerificationError(
            f"{path}: expected the columns of {name}, {declared.names}, found {found.names}. "
            "Another version of troth may have written it: load the data again."
        )
    for wanted, given in zip(declared, found, strict=True):
        if given.type != wanted.type:
            raise VerificationError(
                f"{path}: column {wanted.name} must be {wanted.type}, not {given.type}. "
                "Another version of troth may have written it: load the data again."
            )


def part_schema(path: Path) -> pa.Schema:
    """The columns of a Parquet file, each of the type that is in the file."""
    try:
        found = pq.read_schema(path)
    except pa.ArrowInvalid as fault:
        raise VerificationError(f"{path}: not readable as Parquet: {fault}") from None
    return pa.schema([pa.field(column.name, _plain(column.type)) for column in found])


def _next_number(folder: Path) -> int:
    """One more than the highest number in `part-<number>.parquet`; 0 in an empty folder."""
    numbered = (re.fullmatch(r"part-([0-9]+)\.parquet", name) for name in _names(folder))
    return max((int(name[1]) + 1 for name in numbered if name), default=0)


def _names(folder: Path) -> list[str]:
    """What is in a folder, in alphabetical order."""
    return sorted(path.name for path in folder.iterdir())


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type without how Arrow lays it out in memory, which the file does not keep."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    return pa.string() if pa.types.is_large_string(kind) else kind


def _make_folders(path: Path) -> None:
    """Make a folder and its parents, so that they survive a power cut."""
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            sync(folder.parent)


def sync(path: Path) -> None:
    """Have a file, or the entries of a folder, on disk before going on."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sync_tree(folder: Path, done: set[Path]) -> None:
    """Have everything in a folder on disk; several at a time, since it is the disk that takes long."""
    with ThreadPoolExecutor(SYNCED_AT_A_TIME) as pool:
        list(pool.map(sync, [path for path in _walk(folder) if path not in done]))


def _walk(folder: Path) -> Iterator[Path]:
    """Everything in a folder, then the folder."""
    for name in _names(folder):
        path = folder / name
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path
    yield folder


def _tidy(generations: Path, number: int) -> None:
    """Remove what writers left that were killed: parts of a write, and a write never published."""
    for name in _names(generations):
        left_over = BUILDING in name or name.endswith(REMOVED)
        unpublished = name.isdecimal() and int(name) >= number
        if left_over or unpublished:
            shutil.rmtree(generations / name)
    for path in sorted(generations.parent.glob(f"{CURRENT}{BUILDING}*")):
        path.unlink()


def _remove_old(generations: Path, number: int) -> None:
    """Remove all but the last `KEPT` generations, except those that somebody reads."""
    for name in _names(generations):
        if not name.isdecimal() or int(name) > number - KEPT:
            continue
        hold = os.open(generations / name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Renamed first: a generation half removed must not look like one to read.
            removed = generations / f"{name}{REMOVED}"
            (generations / name).rename(removed)
            shutil.rmtree(removed)
        except BlockingIOError:
            continue
        finally:
            os.close(hold)

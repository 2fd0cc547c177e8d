"""Reading OCDS at scale: pieces of input go to one process per core, each leaves Parquet parts.

A reading process decodes and flattens its pieces, hands every batch of them to `each` (which makes
the facts), and writes both. What is small and belongs to the whole (firms, names of bodies, what
was rejected, where lines begin) comes back to the parent. Which process reads which piece is left
to chance; nothing that is published depends on it.
"""

from __future__ import annotations

import copy
import gc
import hashlib
import multiprocessing
import queue
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from troth.errors import InputError, TrothError
from troth.sources.base import Account, EachBatch, Reading
from troth.sources.files import Piece, Source, pieces, sha256
from troth.sources.firms import Met
from troth.sources.ocds import documents, native
from troth.sources.ocds import piece as one_piece
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.flatten import Batch, Memory, Rows, flatten, together
from troth.sources.ocds.native import Native
from troth.sources.ocds.parts import part_writer
from troth.sources.ocds.piece import OFFSET_BITS, Read, source_number
from troth.sources.packing import Broken
from troth.store.plain import load_engine
from troth.tables.procurement import CHUNK
from troth.tables.results import REJECTED

#: A batch is what is looked at together: large enough that a query's fixed cost is nothing, small
#: enough that two processes stay under a gigabyte (ENGINE 6.7: 190 MiB against 64 MiB is a
#: third less time per process).
PIECES_A_BATCH = 24

#: Of releases that the compiled reader left, so many are made into tables at a time: few enough that
#: they take little memory, with their bytes.
DOUBTFUL_AT_A_TIME = 1_000

#: Up to so many runs of memory copying them into one costs more than it saves.
FEW_RUNS = 4

#: Below this, starting processes costs more than they save.
ONE_PROCESS_UPTO = 24 * 1024 * 1024

#: Packed input is unpacked by the parent; so many pieces may wait for a reader.
WAITING = 4


@dataclass
class _Left:
    """What one reading process hands back when it is done."""

    counts: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    newlines: dict[int, int] = field(default_factory=dict)  # chunk -> line ends in it
    faults: list[tuple[Fault, int, int, int]] = field(default_factory=list)  # chunk, row, offset
    firms: dict[int, Met] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)


class _Reader:
    """Reads pieces one after the other and writes a part of every table."""

    def __init__(
        self, folder: Path, part: str, secret: bytes, each: EachBatch, audit: bool
    ) -> None:
        self.folder = folder
        self.part = part
        self.each = each
        self.audit = audit
        self.memory = Memory(secret)
        self.native = Native(self.memory) if native.IS_THERE else None
        self.left = _Left()
        self.doubtful: list[Batch] = []
        self.waiting: list[Rows] = []
        self.taken = self.pieces = 0
        self.writers: dict[str, pq.ParquetWriter] = {}

    def take(self, piece: Piece) -> Read:
        """Read one piece; returns it so that a strict run can stop at its first fault."""
        found = one_piece.read(piece, self.audit, self.native)
        self._account(piece, found)
        self.taken += found.taken
        if found.batch.releases:
            self.doubtful.append(found.batch)
        held = sum(len(batch.releases) for batch in self.doubtful)
        # Making tables takes as long for one release as for hundreds.
        if self.native is None or self.audit or held >= DOUBTFUL_AT_A_TIME:
            found.faults += self._flatten()
        self.pieces += 1
        if self.pieces >= PIECES_A_BATCH:
            self.flush()
        return found

    def _account(self, piece: Piece, found: Read) -> None:
        rejected = found.rows_rejected
        self._count(
            piece.source,
            (found.rows_in, found.rows_in - rejected, rejected, len(found.faults) - rejected),
        )
        self.left.newlines[piece.number] = found.newlines
        for fault, (row, offset) in zip(found.faults, found.places, strict=True):
            self.left.faults.append((fault, piece.number, row, offset))

    def _count(self, source: int, added: tuple[int, int, int, int]) -> None:
        before = self.left.counts.get(source, (0, 0, 0, 0))
        self.left.counts[source] = tuple(map(sum, zip(before, added, strict=True)))  # type: ignore[assignment]

    def _flatten(self) -> list[Fault]:
        """Make tables of the releases that were decoded; gives the faults of single fields."""
        if not self.doubtful:
            return []
        batch = together(self.doubtful)
        self.doubtful = []
        rows, faults = flatten(batch, self.memory)
        self.waiting.append(rows)
        place = {pid: n for n, pid in enumerate(batch.pids.tolist())} if faults else {}
        for fault in faults:
            assert fault.pid is not None
            source, n = source_number(fault.pid), place[fault.pid]
            offset = fault.pid - (source << OFFSET_BITS)
            self._count(source, (0, 0, 0, 1))
            self.left.faults.append((fault, int(batch.chunks[n]), int(batch.rows[n]), offset))
        return faults

    def flush(self) -> None:
        """Hand the waiting pieces on as one batch and write it."""
        self._flatten()
        if self.native is not None and self.taken:
            self.waiting.append(self.native.rows())
        if not self.waiting:
            return
        tables = {
            name: pa.concat_tables([rows[name] for rows in self.waiting])
            for name in self.waiting[0]
        }
        if len(self.waiting) > FEW_RUNS:
            # An engine takes rows in vectors, and many short runs of memory leave them empty.
            tables = {name: rows.combine_chunks() for name, rows in tables.items()}
        self.waiting, self.taken, self.pieces = [], 0, 0
        for name, rows in {**tables, **self.each(tables)}.items():
            self._write(name, rows)

    def _write(self, name: str, rows: pa.Table) -> None:
        writer = self.writers.get(name)
        if writer is None:
            folder = self.folder / name
            folder.mkdir(parents=True, exist_ok=True)
            writer = self.writers[name] = part_writer(
                folder / f"part-{self.part}.parquet", rows.schema
            )
        writer.write_table(rows)

    def close(self) -> _Left:
        self.flush()
        for writer in self.writers.values():
            writer.close()
        self.left.firms = self.memory.firms
        self.left.bodies = self.memory.bodies
        return self.left


class Strict(InputError):
    """The first fault of a strict run."""


def read(
    sources: Sequence[Source],
    folder: Path,
    *,
    secret: bytes,
    each: EachBatch,
    jobs: int,
    part: str = "0",
    first_chunk: int = 0,
    audit: bool = False,
    strict: bool = False,
    progress: Any = None,
) -> Reading:
    """Read all sources into Parquet parts under `folder`, one folder a table.

    `each` sees every batch of canonical tables and adds tables of its own. With `strict` the first
    fault raises `Strict` (then everything is read carefully, by one process, in order).
    """
    size = sum(Path(s.path).stat().st_size for s in sources)
    if strict or jobs <= 1 or size <= ONE_PROCESS_UPTO:
        return _read_here(
            sources, folder, secret, each, part, first_chunk, audit or strict, strict, progress
        )
    return _read_apart(sources, folder, secret, each, jobs, part, first_chunk, audit, progress)


def _pour(
    sources: Sequence[Source],
    first: int,
    accounts: list[Account],
    broken: list[tuple[Source, Broken]],
) -> Iterator[Piece]:
    """All pieces of all sources, numbered on; fills in hashes and sizes as it goes."""
    number = first
    hashed: dict[str, str] = {}
    for source, account in zip(sources, accounts, strict=True):
        # The members of an archive share its digest.
        hasher = None if source.path in hashed else hashlib.sha256()
        try:
            for piece in pieces(source, number, documents.looks_like_lines, hasher):
                number = piece.number + 1
                yield piece
        except Broken as error:
            broken.append((source, error))
            hashed.setdefault(source.path, sha256(source.path))
        if hasher is not None:
            hashed.setdefault(source.path, hasher.hexdigest())
        account.sha256 = hashed[source.path]
        account.bytes = Path(source.path).stat().st_size


def _read_here(
    sources: Sequence[Source], folder: Path, secret: bytes, each: EachBatch, part: str,
    first_chunk: int, audit: bool, strict: bool, progress: Any,
) -> Reading:  # fmt: skip
    accounts = [Account(source.shown) for source in sources]
    broken: list[tuple[Source, Broken]] = []
    reader = _Reader(folder, part, secret, each, audit)
    chunks: list[Piece] = []
    gc_was_on = gc.isenabled()
    gc.disable()  # millions of small acyclic structs: collecting them finds nothing
    try:
        for piece in _pour(sources, first_chunk, accounts, broken):
            if strict and broken:
                break
            chunks.append(_without_data(piece))
            found = reader.take(piece)
            if strict and found.faults:
                first_of_file = next(one.number for one in chunks if one.source == piece.source)
                _stop_at_first(reader.left, sources, piece, first_of_file)
            if progress is not None:
                progress(piece.length)
        left = reader.close()
    finally:
        if gc_was_on:
            gc.enable()
    if strict and broken:
        source, error = broken[0]
        raise strict_stop(
            Fault(error.code, "$", None, error.message), source.shown, None, error.offset
        )
    return _together(sources, accounts, chunks, [left], broken)


def _stop_at_first(left: _Left, sources: Sequence[Source], piece: Piece, first_chunk: int) -> None:
    fault, _, row, offset = min(left.faults, key=lambda one: (one[1], one[3]))
    first_line = (
        sum(n for chunk, n in left.newlines.items() if first_chunk <= chunk < piece.number) + 1
    )
    source = sources[piece.source - sources[0].number]
    raise strict_stop(fault, source.shown, first_line + row, offset)


def strict_stop(fault: Fault, file: str, line: int | None, offset: int) -> Strict:
    """What a strict run ends with."""
    place = f"{fault.code} {file}, {'' if line is None else f'line {line}, '}byte {offset}"
    ocid = "" if fault.ocid is None else f", {fault.ocid}"
    value = "" if fault.shown_value is None else f" = {fault.shown_value}"
    return Strict(f"{place}{ocid}, {fault.path}{value}: {fault.message}. {fault.next_step}")


def _context() -> BaseContext:
    """Forking is the fastest start, and safe here: no engine runs in the parent yet."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _read_apart(
    sources: Sequence[Source], folder: Path, secret: bytes, each: EachBatch, jobs: int, part: str,
    first_chunk: int, audit: bool, progress: Any,
) -> Reading:  # fmt: skip
    load_engine()
    context = _context()
    accounts = [Account(source.shown) for source in sources]
    broken: list[tuple[Source, Broken]] = []
    work: Any = context.Queue(WAITING)
    done: Any = context.Queue()
    workers = [
        context.Process(  # type: ignore[attr-defined]
            target=_work, args=(work, done, folder, f"{part}-{n}", secret, each, audit), daemon=True
        )
        for n in range(jobs)
    ]
    for worker in workers:
        worker.start()
    chunks: list[Piece] = []
    try:
        for piece in _pour(sources, first_chunk, accounts, broken):
            _put(work, piece, workers, done)
            chunks.append(_without_data(piece))
            if progress is not None:
                progress(piece.length)
        for _ in workers:
            _put(work, None, workers, done)
        lefts = [_get(done, workers) for _ in workers]
    finally:
        for worker in workers:
            worker.join(timeout=5)
            if worker.is_alive():
                worker.terminate()
    return _together(sources, accounts, chunks, lefts, broken)


def _without_data(piece: Piece) -> Piece:
    return Piece(
        piece.number, piece.source, piece.offset, piece.length, piece.path, None, piece.document
    )


def _put(work: Any, piece: Piece | None, workers: Sequence[Any], done: Any) -> None:
    while True:
        try:
            work.put(piece, timeout=1)
            return
        except queue.Full:
            _check_alive(workers, done)


def _get(done: Any, workers: Sequence[Any]) -> _Left:
    while True:
        try:
            found = done.get(timeout=1)
        except queue.Empty:
            _check_alive(workers, done)
            continue
        if isinstance(found, str):
            raise TrothError(f"a reading process failed:\n{found}")
        assert isinstance(found, _Left)
        return found


def _check_alive(workers: Sequence[Any], done: Any) -> None:
    for worker in workers:
        if worker.exitcode not in (None, 0):
            try:
                reason = done.get(timeout=1)
            except queue.Empty:
                reason = f"it ended with {worker.exitcode}; with -9 the system ran out of memory: use fewer --jobs"
            raise TrothError(f"a reading process failed: {reason}")


def _work(
    work: Any, done: Any, folder: Path, part: str, secret: bytes, each: EachBatch, audit: bool
) -> None:
    gc.disable()  # as in `_read_here`
    pa.set_cpu_count(1)
    try:
        # A copy of `each` has no engine open: one that was opened before the fork must not be used here.
        reader = _Reader(folder, part, secret, copy.copy(each), audit)
        while (piece := work.get()) is not None:
            reader.take(piece)
        done.put(reader.close())
    except BaseException:  # noqa: BLE001 - whatever it was, the parent must hear of it
        done.put(traceback.format_exc())
        raise SystemExit(1) from None


def _together(
    sources: Sequence[Source], accounts: list[Account], chunks: Sequence[Piece], lefts: Sequence[_Left],
    broken: Sequence[tuple[Source, Broken]],
) -> Reading:  # fmt: skip
    """One reading of what all processes left: sums, lines, firms by their first record."""
    first = sources[0].number if sources else 0
    newlines = {chunk: n for left in lefts for chunk, n in left.newlines.items()}
    first_lines, next_line = {}, dict.fromkeys((source.number for source in sources), 1)
    for piece in chunks:
        first_lines[piece.number] = next_line[piece.source]
        next_line[piece.source] += newlines[piece.number]
    source_of = {piece.number: piece.source - first for piece in chunks}
    reading = Reading(accounts)
    rejected: list[dict[str, object]] = []
    for left in lefts:
        for number, counts in left.counts.items():
            accounts[number - first].add(*counts)
        for fault, chunk, row, offset in left.faults:
            file = sources[source_of[chunk]].shown
            rejected.append(fault.row(file, first_lines[chunk] + row, offset))
        reading.bodies |= left.bodies
    for source, error in broken:
        accounts[source.number - first].add(1, 0, 1, 0)
        fault = Fault(error.code, "$", None, error.message)
        rejected.append(fault.row(source.shown, next_line[source.number], error.offset))
    for account in accounts:
        if not account.balances():
            raise TrothError(
                f"{account.file}: {account.rows_in} records in, but {account.rows_kept} kept and "
                f"{account.rows_rejected} rejected"
            )
    reading.rejected = REJECTED.rows(rejected)
    reading.chunk = CHUNK.rows(
        [
            {
                "chunk": p.number,
                "file": sources[source_of[p.number]].shown,
                "first_line": first_lines[p.number],
            }
            for p in chunks
        ]
    )
    reading.firms = _firms(lefts)
    return reading


def _firms(lefts: Sequence[_Left]) -> dict[int, Met]:
    """Each firm once, as the record with the lowest pid describes it."""
    firms: dict[int, Met] = {}
    for left in lefts:
        for key, met in left.firms.items():
            if key not in firms or met.pid < firms[key].pid:
                firms[key] = met
    return firms

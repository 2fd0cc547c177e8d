"""A new generation of working tables: of inputs that are read, added, or only mapped anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from troth.errors import InputError
from troth.law import law
from troth.sources.base import Reading
from troth.sources.firms import firm_table
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.parts import part_writer, write_part
from troth.sources.ocds.piece import MERGED, source_number
from troth.sources.ocds.read import read, strict_stop
from troth.sources.ocds.resolve import Resolved, Version, resolve, versions_sql
from troth.sources.state import STATE, How, Seen, State, keep_state, secret_of
from troth.store.generations import Generation, Working
from troth.store.plain import DEAD, in_memory, parts_sql
from troth.tables.law import LAW
from troth.tables.procurement import HOT, PROCESS
from troth.tables.results import INPUT, REJECTED

_HOT_NAMES = tuple(table.name for table in HOT)

#: The parts of merged processes, which hold nothing else.
MERGED_PARTS = "*merged.parquet"


def has_all_columns(folder: Path) -> bool:
    """Whether the hot tables of a generation have the columns that are declared today."""
    firsts = ((table, sorted((folder / table.name).glob("part-*.parquet"))[:1]) for table in HOT)
    return all(
        set(pq.read_schema(part).names) == set(table.names)
        for table, parts in firsts
        for part in parts
    )


def anew(seen: Sequence[Seen], working: Working, how: How) -> None:
    """Read all inputs from the first byte."""
    with working.begin() as generation:
        folder = generation.folder(STATE).parent
        secret = secret_of(working.path)
        reading = read(
            [one.source for one in seen], folder, secret=secret, each=how.each, jobs=how.jobs,
            audit=how.audit, strict=how.strict, progress=how.progress,
        )  # fmt: skip
        state = State(how.digest, tuple(seen), _chunks(reading, 0), how.audit)
        _close(generation, reading, state, secret, how)


def _chunks(reading: Reading, before: int) -> int:
    assert reading.chunk is not None
    return before + int(reading.chunk.num_rows)


def _close(
    generation: Generation, reading: Reading, state: State, secret: bytes, how: How,
    only: pa.Table | None = None, part: str = "merged",
) -> None:  # fmt: skip
    """Decide between several releases of one process, and write the small tables."""
    folder = generation.folder(STATE).parent
    nothing_read = not any(generation.folder("process").iterdir())
    for table in HOT:
        if not any(generation.folder(table.name).iterdir()):
            generation.write(table.name, table.empty())
    if nothing_read:
        for name, rows in how.each({table.name: table.empty() for table in HOT}).items():
            generation.write(name, rows)
    resolved = _resolve(folder, state, secret, how, only, part)
    rows = _charge(reading, resolved, state)
    if how.strict and resolved.faults:
        fault, version = resolved.faults[0]
        raise strict_stop(
            fault, state.sources[source_number(version.pid)].shown, None, version.offset
        )
    assert reading.rejected is not None and reading.chunk is not None
    known = _known_firms(folder)
    met = resolved.firms | reading.firms
    generation.write("firm", firm_table({key: met[key] for key in met.keys() - known}))
    generation.write("rejected", pa.concat_tables([reading.rejected, REJECTED.rows(rows)]))
    generation.write("chunk", reading.chunk)
    generation.write(LAW.name, law())
    generation.write("input", INPUT.rows([asdict(account) for account in reading.accounts]))
    bodies = reading.bodies | resolved.bodies
    generation.write(
        "body_id",
        pa.table(
            {
                "body_key": pa.array(list(bodies), pa.int64()),
                "body_id": pa.array(list(bodies.values()), pa.string()),
            }
        ),
    )
    generation.write(DEAD, pa.table({"pid": pa.array(resolved.dead, pa.int64())}))
    keep_state(folder, state)


def _known_firms(folder: Path) -> set[int]:
    """The firms of the generation before, which keep the description they have."""
    paths = sorted((folder / "firm").glob("part-*.parquet"))
    return {key for path in paths for key in _read(path, ["firm_key"])["firm_key"].to_pylist()}


def _resolve(
    folder: Path, state: State, secret: bytes, how: How, only: pa.Table | None, part: str
) -> Resolved:
    process = folder / "process"
    with in_memory(how.jobs, how.memory) as engine:
        changed = ""
        if only is not None:
            changed = "changed"
            engine.register(changed, only)
            _forget(folder, _merged_before(engine, process, changed), part)
        found = engine.execute(versions_sql(parts_sql(process), changed)).fetchall()
    versions = [Version(*row) for row in found]
    return resolve(versions, state.sources, folder, secret=secret, each=how.each, part=part)


def _merged_before(engine: Any, process: Path, changed: str) -> list[int]:
    """The processes that were merged from several releases, and are merged anew now."""
    if not any(process.glob(f"part-{MERGED_PARTS}")):
        return []
    merged = parts_sql(process, MERGED_PARTS)
    sql = f"SELECT pid FROM {merged} WHERE pid >= {MERGED} AND ocid IN (SELECT ocid FROM {changed})"
    return [row[0] for row in engine.execute(sql).fetchall()]


def _forget(folder: Path, pids: Sequence[int], part: str) -> None:
    """Take merged processes out of the working tables, because they are merged anew.

    Files of the generation before are left alone: what remains goes into files of other names, the
    same for all tables.
    """
    gone = pa.array(pids, pa.int64())
    names = sorted(path.name for path in (folder / "process").glob(f"part-{MERGED_PARTS}"))
    for number, name in enumerate(names if len(gone) else ()):
        for path in sorted(folder.glob(f"*/{name}")):
            rows = _read(path)
            kept = rows.filter(pc.invert(pc.is_in(rows["pid"], gone)))
            path.unlink()
            write_part(path.with_name(f"part-{part}-kept{number}-merged.parquet"), kept)


def _charge(reading: Reading, resolved: Resolved, state: State) -> list[dict[str, object]]:
    """Enter superseded and unmergeable releases into the accounts of the files they came from;
    gives their rows of `rejected`.

    In an update, a release that was kept before and is replaced now stays accounted for as kept.
    """
    accounts = {account.file: account for account in reading.accounts}
    lines = (
        {}
        if reading.chunk is None
        else {r["chunk"]: r["first_line"] for r in reading.chunk.to_pylist()}
    )
    rows = []
    faults = [*resolved.faults]
    message = "another release of this process is later, and compiled"
    faults += [(Fault("E007", "$", None, message, ocid=v.ocid), v) for v in resolved.superseded]
    for fault, version in faults:
        file = state.sources[source_number(version.pid)].shown
        account = accounts.get(file)
        if account is None:
            continue
        account.rows_kept -= 1
        account.rows_rejected += 1
        rows.append(fault.row(file, lines[version.chunk] + version.row, version.offset))
    return rows


def update(seen: Sequence[Seen], before: State, working: Working, how: How) -> None:
    """Add inputs to what is there. An input that was there before is an error."""
    known = {(one.source.path, one.source.member): one for one in before.seen}
    for one in seen:
        earlier = known.get((one.source.path, one.source.member))
        if earlier is not None:
            what = (
                "was loaded before"
                if (earlier.size, earlier.mtime_ns) == (one.size, one.mtime_ns)
                else "has changed since it was loaded"
            )
            raise InputError(
                f"{one.source.shown}: this file {what}. Give --update only new files, or run "
                f"without it."
            )
    if before.digest != how.digest:
        remap(before, working, how)
    first = max(before.sources) + 1
    names = {one.source.name for one in before.seen}
    added = [
        replace(
            one, source=replace(one.source, number=first + n, name=_unused(one.source.name, names))
        )
        for n, one in enumerate(seen)
    ]
    with working.begin() as generation:
        for name in generation.previous():
            if name not in (STATE, LAW.name):
                generation.keep(name)
        folder = generation.folder(STATE).parent
        secret = secret_of(working.path)
        part = f"u{first}"
        reading = read(
            [one.source for one in added], folder, secret=secret, each=how.each, jobs=how.jobs,
            part=part, first_chunk=before.chunks, audit=how.audit, strict=how.strict,
            progress=how.progress,
        )  # fmt: skip
        parts = sorted((folder / "process").glob(f"part-{part}*.parquet"))
        none = PROCESS.empty().select(["ocid"])
        changed = pa.concat_tables(
            [none, *(_read(one, ["ocid"]).cast(none.schema) for one in parts)]
        )
        audited = before.audited or how.audit
        state = State(how.digest, (*before.seen, *added), _chunks(reading, before.chunks), audited)
        _close(generation, reading, state, secret, how, only=changed, part=f"{part}-merged")


def _unused(name: str, names: set[str]) -> str:
    """The name, or the name with a number where an earlier input has it."""
    number, found = 2, name
    while found in names:
        found = f"{name} ({number})"
        number += 1
    names.add(found)
    return found


def remap(before: State, working: Working, how: How) -> None:
    """Make the facts anew from the stored tables."""
    with working.begin() as generation:
        kept = [
            name
            for name in generation.previous()
            if name not in (STATE, LAW.name) and not name.startswith("fact_")
        ]
        for name in kept:
            generation.keep(name)
        generation.write(LAW.name, law())
        folder = generation.folder(STATE).parent
        for path in sorted((folder / "process").glob("part-*.parquet")):
            with ExitStack() as opened:
                writers: dict[str, pq.ParquetWriter] = {}
                for tables in _batches(folder, path.name):
                    for name, rows in how.each(tables).items():
                        if name not in writers:
                            part = generation.folder(name) / path.name
                            writers[name] = opened.enter_context(part_writer(part, rows.schema))
                        writers[name].write_table(rows)
        keep_state(folder, replace(before, digest=how.digest))


def _batches(folder: Path, part: str) -> Iterator[dict[str, pa.Table]]:
    """The tables of one part, which belong to the same processes, in the batches in which they were
    written (a row group of each), so that memory does not grow with the part."""
    with ExitStack() as opened:
        files = {
            name: opened.enter_context(pq.ParquetFile(folder / name / part))
            for name in _HOT_NAMES
            if (folder / name / part).exists()
        }
        groups = {file.num_row_groups for file in files.values()}
        # A table of very many rows is cut into more row groups than the others: then all at once.
        numbers = range(groups.pop()) if len(groups) == 1 else [None]
        for number in numbers:
            found = {
                name: file.read() if number is None else file.read_row_group(number)
                for name, file in files.items()
            }
            yield {table.name: found.get(table.name, table.empty()) for table in HOT}


def _read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    with pq.ParquetFile(path) as file:
        rows: pa.Table = file.read(columns=None if columns is None else list(columns))
    return rows

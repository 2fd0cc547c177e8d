"""Loading: inputs made into a generation of working tables, read again only where they changed.

Three ways, the same result:

- *read*: the inputs are new or changed, and are read from the first byte.
- *reuse*: nothing changed, neither inputs nor formulas; the facts are there already.
- *remap*: only the formulas changed; facts are made from the stored tables, without the inputs.

`update` adds inputs to what is there: a process in them replaces (or is merged with) its earlier
releases, and only they are read.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from troth.errors import InputError, UsageError
from troth.sources.base import EachBatch, Reading
from troth.sources.files import Source, find
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.piece import source_number
from troth.sources.ocds.read import as_rejected, read
from troth.sources.ocds.resolve import VERSIONS_SQL, Resolved, Version, resolve
from troth.store.generations import Generation, Working
from troth.store.plain import DEAD, over
from troth.tables.body import FIRM
from troth.tables.procurement import HOT
from troth.tables.results import INPUT, REJECTED

STATE = "reading"
_STATE_FILE = "state.json"
_HOT_NAMES = tuple(table.name for table in HOT)
SECRET_BYTES = 32

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Seen:
    """An input as it was when it was read, so that a change of it is noticed."""

    source: Source
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class State:
    """What a generation was made from."""

    digest: str
    seen: tuple[Seen, ...]
    chunks: int

    @property
    def sources(self) -> dict[int, Source]:
        return {one.source.number: one.source for one in self.seen}


def state_of(generation: Path) -> State | None:
    """What a generation was made from; nothing for a generation of another kind."""
    path = generation / STATE / _STATE_FILE
    if not path.exists():
        return None
    kept = json.loads(path.read_text())
    seen = tuple(Seen(Source(**one.pop("source")), **one) for one in kept["seen"])
    return State(kept["digest"], seen, kept["chunks"])


def secret_of(store: Path) -> bytes:
    """The secret that keys the hashes of firms in this store, made at its first use.

    It is never published; without it a hash in the store says nothing about whom it stands for.
    """
    path = store / "secret"
    if not path.exists():
        store.mkdir(parents=True, exist_ok=True)
        aside = store / f"secret.{os.getpid()}"
        aside.write_bytes(secrets.token_bytes(SECRET_BYTES))
        aside.chmod(0o600)
        # Linking fails where another process was first; then its secret holds.
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        aside.unlink()
    return path.read_bytes()


def load(
    given: Sequence[str],
    working: Working,
    *,
    each: EachBatch,
    digest: str,
    jobs: int,
    memory: str,
    audit: bool = False,
    strict: bool = False,
    update: bool = False,
    progress: Progress | None = None,
) -> str:
    """Make the store hold these inputs; gives the way that was taken: read, reuse, remap, update.

    `each` makes facts of a batch of tables and `digest` names the formulas it makes them with.
    """
    sources = find(given, working.path / "inputs" / "stdin.jsonl")
    seen = [_seen(source) for source in sources]
    held = working.read()
    try:
        before = state_of(held.path) if held.number else None
    finally:
        held.close()
    if update:
        if before is None:
            raise UsageError(f"{working.path}: nothing to update; run without --update first")
        return _update(seen, before, working, each, digest, jobs, memory, audit, strict, progress)
    same_inputs = before is not None and [s for s in before.seen] == seen
    if same_inputs and before is not None and not (audit or strict):
        if before.digest == digest:
            return "reuse"
        _remap(before, working, each, digest, memory)
        return "remap"
    with working.begin() as generation:
        folder = generation.folder(STATE).parent
        secret = secret_of(working.path)
        reading = read(
            sources, folder, secret=secret, each=each, jobs=jobs, audit=audit, strict=strict, progress=progress
        )
        _close(generation, reading, State(digest, tuple(seen), _chunks(reading, 0)), secret, each, memory)
    return "read"


def _seen(source: Source) -> Seen:
    found = os.stat(source.path)
    return Seen(source, found.st_size, found.st_mtime_ns)


def _chunks(reading: Reading, before: int) -> int:
    assert reading.chunk is not None
    return before + reading.chunk.num_rows


def _close(
    generation: Generation, reading: Reading, state: State, secret: bytes, each: EachBatch, memory: str,
    only: pa.Table | None = None, part: str = "merged",
) -> None:  # fmt: skip
    """Decide between several releases of one process, and write the small tables."""
    folder = generation.folder(STATE).parent
    for table in HOT:
        if not any(generation.folder(table.name).iterdir()):
            generation.write(table.name, table.empty())
    resolved = _resolve(folder, state, secret, each, memory, only, part)
    _charge(reading, resolved, state, replaced_before=only is not None)
    assert reading.rejected is not None and reading.chunk is not None and reading.firm is not None
    firms = {row["firm_key"]: row for row in resolved.firms.values()}
    known = set(reading.firm["firm_key"].to_pylist())
    more = [{n: v for n, v in row.items() if n != "pid"} for key, row in sorted(firms.items()) if key not in known]
    generation.write("firm", pa.concat_tables([reading.firm, FIRM.rows(more)]))
    generation.write("rejected", reading.rejected)
    generation.write("chunk", reading.chunk)
    generation.write("input", INPUT.rows([asdict(account) for account in reading.accounts]))
    bodies = reading.bodies | resolved.bodies
    generation.write("body_id", pa.table({"body_key": pa.array(list(bodies), pa.int64()), "body_id": pa.array(list(bodies.values()), pa.string())}))
    generation.write(DEAD, pa.table({"pid": pa.array(resolved.dead, pa.int64())}))
    (folder / STATE / _STATE_FILE).write_text(json.dumps(asdict(state)))


def _resolve(
    folder: Path, state: State, secret: bytes, each: EachBatch, memory: str, only: pa.Table | None, part: str
) -> Resolved:
    engine = over(folder, threads=1, memory=memory)
    sql = VERSIONS_SQL
    if only is not None:
        engine.register("changed", only)
        sql = VERSIONS_SQL.replace("GROUP BY ocid", "WHERE ocid IN (SELECT ocid FROM changed) GROUP BY ocid")
    versions = [Version(*row) for row in engine.sql(sql).fetchall()]
    engine.close()
    return resolve(versions, state.sources, folder, secret=secret, each=each, part=part)


def _charge(reading: Reading, resolved: Resolved, state: State, replaced_before: bool) -> None:
    """Enter superseded and unmergeable releases into the accounts of the files they came from.

    In an update, a release that was kept before and is replaced now stays accounted for as kept.
    """
    accounts = {account.file: account for account in reading.accounts}
    lines = {} if reading.chunk is None else {r["chunk"]: r["first_line"] for r in reading.chunk.to_pylist()}
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
        rows.append(as_rejected(fault, file, lines[version.chunk] + version.row, version.offset))
    assert reading.rejected is not None
    reading.rejected = pa.concat_tables([reading.rejected, REJECTED.rows(rows)])


def _update(
    seen: Sequence[Seen], before: State, working: Working, each: EachBatch, digest: str, jobs: int,
    memory: str, audit: bool, strict: bool, progress: Progress | None,
) -> str:  # fmt: skip
    """Add inputs to what is there; see the module."""
    known = {(one.source.path, one.source.member): one for one in before.seen}
    for one in seen:
        earlier = known.get((one.source.path, one.source.member))
        if earlier is not None:
            what = "was loaded before" if (earlier.size, earlier.mtime_ns) == (one.size, one.mtime_ns) else "has changed since it was loaded"
            raise InputError(f"{one.source.shown}: this file {what}. Give --update only new files, or run without it.")
    if before.digest != digest:
        _remap(before, working, each, digest, memory)
    first = max(before.sources) + 1
    names = {one.source.name for one in before.seen}
    added = [
        replace(one, source=replace(one.source, number=first + n, name=_unused(one.source.name, names)))
        for n, one in enumerate(seen)
    ]
    with working.begin() as generation:
        for name in generation.previous():
            if name != STATE:
                generation.keep(name)
        folder = generation.folder(STATE).parent
        secret = secret_of(working.path)
        part = f"u{first}"
        reading = read(
            [one.source for one in added], folder, secret=secret, each=each, jobs=jobs, part=part,
            first_chunk=before.chunks, audit=audit, strict=strict, progress=progress,
        )  # fmt: skip
        changed = pa.concat_tables(
            [pq.read_table(path, columns=["ocid"]) for path in sorted((folder / "process").glob(f"part-{part}*.parquet"))]
        )
        state = State(digest, (*before.seen, *added), _chunks(reading, before.chunks))
        _close(generation, reading, state, secret, each, memory, only=changed, part=f"{part}-merged")
    return "update"


def _unused(name: str, names: set[str]) -> str:
    """The name, or the name with a number where an earlier input has it."""
    number, found = 2, name
    while found in names:
        found = f"{name} ({number})"
        number += 1
    names.add(found)
    return found


def _remap(before: State, working: Working, each: EachBatch, digest: str, memory: str) -> None:
    """Make the facts anew from the stored tables."""
    with working.begin() as generation:
        kept = [name for name in generation.previous() if name != STATE and not name.startswith("fact_")]
        for name in kept:
            generation.keep(name)
        folder = generation.folder(STATE).parent
        for path in sorted((folder / "process").glob("part-*.parquet")):
            # Parts of one name belong to the same processes, so each can be mapped alone.
            tables = {name: pq.read_table(folder / name / path.name) for name in _HOT_NAMES if (folder / name / path.name).exists()}
            for name, rows in each({table.name: tables.get(table.name, table.empty()) for table in HOT}).items():
                pq.write_table(rows, generation.folder(name) / path.name, compression="zstd", compression_level=1)
        (folder / STATE / _STATE_FILE).write_text(json.dumps(asdict(replace(before, digest=digest))))

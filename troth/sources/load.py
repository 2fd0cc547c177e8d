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
import pyarrow.compute as pc
import pyarrow.parquet as pq

from troth.errors import InputError, UsageError
from troth.sources.base import EachBatch, Reading
from troth.sources.files import Source, find
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.parts import write_part
from troth.sources.ocds.piece import MERGED, source_number
from troth.sources.ocds.read import as_rejected, read, strict_stop
from troth.sources.ocds.resolve import Resolved, Version, resolve, versions_sql
from troth.store.generations import Generation, Working
from troth.store.plain import DEAD, in_memory
from troth.tables.body import FIRM
from troth.tables.procurement import HOT, PROCESS
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
    sources = find(given, working.path / "inputs")
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
    same_inputs = before is not None and list(before.seen) == seen
    if same_inputs and before is not None and not (audit or strict):
        if before.digest == digest:
            return "reuse"
        _remap(before, working, each, digest)
        return "remap"
    with working.begin() as generation:
        folder = generation.folder(STATE).parent
        secret = secret_of(working.path)
        reading = read(
            sources,
            folder,
            secret=secret,
            each=each,
            jobs=jobs,
            audit=audit,
            strict=strict,
            progress=progress,
        )
        _close(
            generation,
            reading,
            State(digest, tuple(seen), _chunks(reading, 0)),
            secret,
            each,
            memory,
            strict,
        )
    return "read"


def _seen(source: Source) -> Seen:
    found = os.stat(source.path)
    return Seen(source, found.st_size, found.st_mtime_ns)


def is_as_seen(seen: Seen) -> bool:
    """Whether an input is there as it was when it was read."""
    try:
        return _seen(seen.source) == seen
    except OSError:
        return False


def _chunks(reading: Reading, before: int) -> int:
    assert reading.chunk is not None
    return before + int(reading.chunk.num_rows)


def _close(
    generation: Generation, reading: Reading, state: State, secret: bytes, each: EachBatch, memory: str,
    strict: bool, only: pa.Table | None = None, part: str = "merged",
) -> None:  # fmt: skip
    """Decide between several releases of one process, and write the small tables."""
    folder = generation.folder(STATE).parent
    nothing_read = not any(generation.folder("process").iterdir())
    for table in HOT:
        if not any(generation.folder(table.name).iterdir()):
            generation.write(table.name, table.empty())
    if nothing_read:
        for name, rows in each({table.name: table.empty() for table in HOT}).items():
            generation.write(name, rows)
    resolved = _resolve(folder, state, secret, each, memory, only, part)
    rows = _charge(reading, resolved, state)
    if strict and resolved.faults:
        fault, version = resolved.faults[0]
        raise strict_stop(
            fault, state.sources[source_number(version.pid)].shown, None, version.offset
        )
    assert reading.rejected is not None and reading.chunk is not None
    known = _known_firms(folder)
    met = resolved.firms | reading.firms
    generation.write("firm", FIRM.rows([_firm(met[key]) for key in sorted(met.keys() - known)]))
    generation.write("rejected", pa.concat_tables([reading.rejected, REJECTED.rows(rows)]))
    generation.write("chunk", reading.chunk)
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
    (folder / STATE / _STATE_FILE).write_text(json.dumps(asdict(state)))


def _firm(met: dict[str, object]) -> dict[str, object]:
    """A row of `firm` without the pid that says whose description stands."""
    return {name: value for name, value in met.items() if name != "pid"}


def _known_firms(folder: Path) -> set[int]:
    """The firms of the generation before, which keep the description they have."""
    paths = sorted((folder / "firm").glob("part-*.parquet"))
    return {
        key
        for path in paths
        for key in pq.read_table(path, columns=["firm_key"])["firm_key"].to_pylist()
    }


def _resolve(
    folder: Path,
    state: State,
    secret: bytes,
    each: EachBatch,
    memory: str,
    only: pa.Table | None,
    part: str,
) -> Resolved:
    engine = in_memory(1, memory)
    quoted = str(folder / "process" / "part-*.parquet").replace("'", "''")
    process = f"read_parquet('{quoted}', hive_partitioning = false)"
    changed = ""
    if only is not None:
        changed = "changed"
        engine.register(changed, only)
        sql = f"SELECT pid FROM {process} WHERE pid >= {MERGED} AND ocid IN (SELECT ocid FROM {changed})"
        _forget(folder, [row[0] for row in engine.sql(sql).fetchall()], part)
    versions = [Version(*row) for row in engine.sql(versions_sql(process, changed)).fetchall()]
    engine.close()
    return resolve(versions, state.sources, folder, secret=secret, each=each, part=part)


def _forget(folder: Path, pids: Sequence[int], part: str) -> None:
    """Take merged processes out of the working tables, because they are merged anew.

    Files of the generation before are left alone: what remains goes into files of other names, the
    same for all tables.
    """
    gone = pa.array(pids, pa.int64())
    names = sorted(path.name for path in (folder / "process").glob("part-*merged.parquet"))
    for number, name in enumerate(names if len(gone) else ()):
        for path in sorted(folder.glob(f"*/{name}")):
            rows = pq.read_table(path)
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
        rows.append(as_rejected(fault, file, lines[version.chunk] + version.row, version.offset))
    return rows


def _update(
    seen: Sequence[Seen], before: State, working: Working, each: EachBatch, digest: str, jobs: int,
    memory: str, audit: bool, strict: bool, progress: Progress | None,
) -> str:  # fmt: skip
    """Add inputs to what is there; see the module."""
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
    if before.digest != digest:
        _remap(before, working, each, digest)
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
            if name != STATE:
                generation.keep(name)
        folder = generation.folder(STATE).parent
        secret = secret_of(working.path)
        part = f"u{first}"
        reading = read(
            [one.source for one in added], folder, secret=secret, each=each, jobs=jobs, part=part,
            first_chunk=before.chunks, audit=audit, strict=strict, progress=progress,
        )  # fmt: skip
        parts = sorted((folder / "process").glob(f"part-{part}*.parquet"))
        none = PROCESS.empty().select(["ocid"])
        changed = pa.concat_tables(
            [none, *(pq.read_table(path, columns=["ocid"]).cast(none.schema) for path in parts)]
        )
        state = State(digest, (*before.seen, *added), _chunks(reading, before.chunks))
        _close(
            generation,
            reading,
            state,
            secret,
            each,
            memory,
            strict,
            only=changed,
            part=f"{part}-merged",
        )
    return "update"


def _unused(name: str, names: set[str]) -> str:
    """The name, or the name with a number where an earlier input has it."""
    number, found = 2, name
    while found in names:
        found = f"{name} ({number})"
        number += 1
    names.add(found)
    return found


def _remap(before: State, working: Working, each: EachBatch, digest: str) -> None:
    """Make the facts anew from the stored tables."""
    with working.begin() as generation:
        kept = [
            name for name in generation.previous() if name != STATE and not name.startswith("fact_")
        ]
        for name in kept:
            generation.keep(name)
        folder = generation.folder(STATE).parent
        for path in sorted((folder / "process").glob("part-*.parquet")):
            # Parts of one name belong to the same processes, so each can be mapped alone.
            tables = {
                name: pq.read_table(folder / name / path.name)
                for name in _HOT_NAMES
                if (folder / name / path.name).exists()
            }
            for name, rows in each(
                {table.name: tables.get(table.name, table.empty()) for table in HOT}
            ).items():
                write_part(generation.folder(name) / path.name, rows)
        (folder / STATE / _STATE_FILE).write_text(
            json.dumps(asdict(replace(before, digest=digest)))
        )

"""Several releases of one process made into one row of the tables.

The hot pass reads every release as if it stood alone. Afterwards the processes that have more than
one are looked at again: where the latest is compiled it stands, and the others are superseded;
otherwise all are merged into one compiled release, which is read like any other. The rows they had
before are dead: named in `dead`, and left out whenever tables are read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from troth.sources.base import EachBatch
from troth.sources.files import Source, fetch
from troth.sources.firms import Met
from troth.sources.ocds import careful
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.flatten import Batch, Memory, flatten
from troth.sources.ocds.merge import merged
from troth.sources.ocds.parts import part_writer
from troth.sources.ocds.piece import MERGED, OFFSET_MASK, source_number

#: The table that says which releases a merged process was made of, in their order.
MEMBERS = "merged"

#: So many processes are merged and written together.
GROUPS_A_BATCH = 5_000


@dataclass(frozen=True)
class Version:
    """One release of a process: where it stands, and what decides between it and the others."""

    ocid: str
    pid: int
    length: int
    chunk: int
    row: int
    compiled: bool

    @property
    def offset(self) -> int:
        return self.pid & OFFSET_MASK


@dataclass
class Resolved:
    """What came of it: rows that no longer count, faults with their place, firms and bodies met."""

    dead: list[int] = field(default_factory=list)
    superseded: list[Version] = field(default_factory=list)
    faults: list[tuple[Fault, Version]] = field(default_factory=list)
    firms: dict[int, Met] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)


def versions_sql(process: str, changed: str = "") -> str:
    """All releases of processes that have several, the latest last; of releases of one moment, the
    one that stands later in the input. `process` is what to select from, `changed` names a table of
    the only ocids to look at.

    Rows of releases that were replaced before count, and rows that were merged before do not: what
    is decided depends on the releases alone, not on the order in which they came.
    """
    # A few of them are looked for once and kept; all of them are rather read twice than kept.
    kept = "MATERIALIZED" if changed else ""
    only = f"AND ocid IN (SELECT ocid FROM {changed})" if changed else ""
    columns = 'ocid, pid, length, chunk, "row", compiled, released_at'
    return f"""
        WITH one AS {kept} (SELECT {columns} FROM {process} WHERE pid < {MERGED} {only})
        SELECT ocid, pid, length, chunk, "row", compiled FROM one
        WHERE ocid IN (SELECT ocid FROM one GROUP BY ocid HAVING count(*) > 1)
        ORDER BY ocid, released_at NULLS FIRST, pid
    """


def resolve(
    versions: Sequence[Version],
    sources: dict[int, Source],
    folder: Path,
    *,
    secret: bytes,
    each: EachBatch,
    part: str,
) -> Resolved:
    """Decide between the releases of each process; write parts for the merged ones.

    `versions` come grouped by ocid, the latest last, and `sources` by file number.
    """
    resolved = Resolved()
    to_merge: list[list[Version]] = []
    for _, same in groupby(versions, key=lambda v: v.ocid):
        group = list(same)
        if group[-1].compiled:
            resolved.superseded += group[:-1]
            resolved.dead += [v.pid for v in group[:-1]]
        else:
            to_merge.append(group)
    writers: dict[str, pq.ParquetWriter] = {}
    for start in range(0, len(to_merge), GROUPS_A_BATCH):
        _merge(
            to_merge[start : start + GROUPS_A_BATCH],
            sources,
            folder,
            part,
            secret,
            each,
            resolved,
            writers,
        )
    for writer in writers.values():
        writer.close()
    return resolved


def _merge(
    groups: Sequence[list[Version]], sources: dict[int, Source], folder: Path, part: str, secret: bytes,
    each: EachBatch, resolved: Resolved, writers: dict[str, pq.ParquetWriter],
) -> None:  # fmt: skip
    wanted = sorted({v.pid: v for group in groups for v in group}.values(), key=lambda v: v.pid)
    raws = dict(
        zip(
            [v.pid for v in wanted],
            fetch((sources[source_number(v.pid)], v.offset, v.length) for v in wanted),
            strict=True,
        )
    )
    kept: list[tuple[list[Version], Any, bytes]] = []
    for group in groups:
        try:
            value = merged([careful.parse(raws[v.pid]) for v in group])
            text = json.dumps(value).encode()
            release, faults = careful.release(value)
        except careful.Unreadable as unreadable:
            resolved.faults += [(unreadable.fault, v) for v in group]
            resolved.dead += [v.pid for v in group]
            continue
        # The faults of single fields were reported when each release was read.
        del faults
        resolved.dead += [v.pid for v in group]
        kept.append((group, release, text))
    if not kept:
        return
    kept.sort(key=lambda one: one[0][-1].pid)
    last = [group[-1] for group, _, _ in kept]
    pids = np.array([v.pid | MERGED for v in last], np.int64)
    batch = Batch(
        [release for _, release, _ in kept],
        lambda index: kept[index][2],
        pids,
        np.array([v.chunk for v in last], np.int64),
        np.array([v.row for v in last], np.int64),
        np.array([v.length for v in last], np.int64),
    )
    memory = Memory(secret)
    rows, _ = flatten(batch, memory)
    members = [
        {"pid": group[-1].pid | MERGED, "number": number, "version": v.pid, "length": v.length}
        for group, _, _ in kept
        for number, v in enumerate(group)
    ]
    for name, table in {**rows, **each(rows), MEMBERS: pa.Table.from_pylist(members)}.items():
        if name not in writers:
            (folder / name).mkdir(parents=True, exist_ok=True)
            writers[name] = part_writer(folder / name / f"part-{part}.parquet", table.schema)
        writers[name].write_table(table)
    resolved.firms |= {key: row for key, row in memory.firms.items() if key not in resolved.firms}
    resolved.bodies |= memory.bodies

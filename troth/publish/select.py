"""What of the working tables a release holds, where it does not hold all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.records import records
from troth.tables.body import FIRM, PUBLIC_BODY
from troth.tables.results import RECORD

#: Of each body and indicator so many cases are shown with their record, before any gets more.
CASES_FIRST = 5


def firms_for_release(firm: pa.Table) -> pa.Table:
    """The firms, numbered instead of keyed: the key of the working tables rests on a secret.

    Rows that say the same (persons do, since nothing of them is kept) are interchangeable, so the
    numbers say nothing about them, and are the same wherever the release is made.
    """
    said = [name for name in FIRM.names if name != "firm_key"]
    ordered = firm.select(said).sort_by([(name, "ascending") for name in said])
    numbers = pa.array(range(1, ordered.num_rows + 1), pa.int64())
    return (
        ordered.add_column(0, FIRM["firm_key"].arrow, numbers).select(FIRM.names).cast(FIRM.arrow)
    )


def records_for_release(
    generation: Path, engine: Any, evidence: pa.Table, body_ids: Mapping[int, str], limit: int
) -> pa.Table:
    """The records that pages show: all where there are no more than `limit`, else cases first.

    The first cases of every body and indicator come first, then further cases, in the order of
    pids; so no body is left without examples because another has many.
    """
    count = engine.sql("SELECT count(*) FROM process WHERE body_key IS NOT NULL").fetchone()[0]
    if count <= limit:
        pids = [
            row[0]
            for row in engine.sql("SELECT pid FROM process WHERE body_key IS NOT NULL").fetchall()
        ]
    else:
        pids = _cases_first(evidence, limit)
    engine.register("shown", pa.table({"pid": pa.array(pids, pa.int64())}))
    places = {
        pid: (ocid, body_key, file, line)
        for pid, ocid, body_key, file, line in engine.sql(
            'SELECT pid, ocid, body_key, file, first_line + "row" FROM process '
            "JOIN chunk USING (chunk) WHERE pid IN (SELECT pid FROM shown)"
        ).fetchall()
    }
    engine.unregister("shown")
    rows = []
    for record in records(generation, engine, pids):
        ocid, body_key, file, line = places[record.pid]
        if body_key not in body_ids:
            continue
        rows.append(
            {
                "pid": record.pid,
                "ocid": ocid,
                "body_id": body_ids[body_key],
                "body_kind": PUBLIC_BODY,
                "file": file,
                "line": line,
                "offset": record.offset,
                "sha256": record.sha256,
                "json": record.json,
            }
        )
    return RECORD.rows(rows)


def _cases_first(evidence: pa.Table, limit: int) -> list[int]:
    """At most `limit` pids of flagged cases: the first of each body and indicator, then more."""
    ordered = evidence.select(["body_id", "indicator", "pid"]).sort_by(
        [("body_id", "ascending"), ("indicator", "ascending"), ("pid", "ascending")]
    )
    changes = (
        pc.or_(
            pc.not_equal(
                ordered["body_id"].combine_chunks()[1:], ordered["body_id"].combine_chunks()[:-1]
            ),
            pc.not_equal(
                ordered["indicator"].combine_chunks()[1:],
                ordered["indicator"].combine_chunks()[:-1],
            ),
        ).to_pylist()
        if ordered.num_rows > 1
        else []
    )
    place, places = 0, [0] * ordered.num_rows
    for row, change in enumerate(changes, start=1):
        place = 0 if change else place + 1
        places[row] = place
    ranked = sorted(
        zip((max(0, p - CASES_FIRST + 1) for p in places), ordered["pid"].to_pylist(), strict=True)
    )
    chosen: dict[int, None] = {}
    for _, pid in ranked:
        if len(chosen) >= limit:
            break
        chosen[pid] = None
    return sorted(chosen)

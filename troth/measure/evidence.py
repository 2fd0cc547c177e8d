"""The cases behind the figures, each with the place where its record stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from troth.measure.counts import cases_sql
from troth.measure.plan import Plan, Planned
from troth.tables.body import PUBLIC_BODY
from troth.tables.results import EVIDENCE
from troth.tables.states import FLAGGED

#: The byte offset is the low bits of a pid (`tables/procurement.py`).
_OFFSET = (1 << 44) - 1


def evidence(engine: Any, plan: Plan, body_ids: Mapping[int, str]) -> pa.Table:
    """The table `evidence`: every flagged case of a body, by indicator, pid and part.

    Needs `counts.judge` to have run, and views of `process` and `chunk` in `engine`.
    """
    engine.register("known_body", _known(body_ids))
    found = [_of(engine, planned) for planned in plan.of_processes]
    engine.unregister("known_body")
    return pa.concat_tables(found)


def _known(body_ids: Mapping[int, str]) -> pa.Table:
    return pa.table(
        {
            "body_key": pa.array(list(body_ids), pa.int64()),
            "body_id": pa.array(list(body_ids.values()), pa.string()),
        }
    )


def _of(engine: Any, planned: Planned) -> pa.Table:
    part = "NULL::BIGINT" if planned.kind == "tender" else f"cases.{planned.kind}_no"
    pointer = f"'{planned.pointer}'"
    if planned.kind != "tender":
        pointer = f"'{planned.pointer}/' || {part}"
    sql = f"""
        SELECT body_id, '{PUBLIC_BODY}' AS body_kind, '{planned.code}' AS indicator,
               coalesce(cases.year::VARCHAR, 'undated') AS period, cases.pid, process.ocid,
               {part} AS part_no, cases.value, {pointer} AS pointer, chunk.file,
               chunk.first_line + process."row" AS line, cases.pid & {_OFFSET} AS "offset"
        FROM ({cases_sql(planned)}) AS cases
        JOIN known_body ON known_body.body_key = cases.body_key
        JOIN process ON process.pid = cases.pid
        JOIN chunk ON chunk.chunk = process.chunk
        WHERE cases.state = {FLAGGED}
        ORDER BY cases.pid, part_no
    """
    rows: pa.Table = engine.sql(sql).to_arrow_table()
    return rows.cast(EVIDENCE.arrow)


def cases(engine: Any, planned: Planned, body_key: int) -> pa.Table:
    """Every case of one body with its state, for `explain`: pid, part_no, year, value, state."""
    part = "NULL::BIGINT" if planned.kind == "tender" else f"{planned.kind}_no"
    found: pa.Table = engine.sql(
        f"SELECT pid, {part} AS part_no, year, value, state FROM ({cases_sql(planned)}) "
        f"WHERE body_key = {body_key:d} ORDER BY pid, part_no"
    ).to_arrow_table()
    return found

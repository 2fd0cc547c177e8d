"""From facts to counts: how many cases of each body and year ended in which state.

Counts add up over years, bodies and parts of the data, so everything later is sums of these rows.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from troth.tables.states import CASE_KEYS, OPEN
from troth.measure.plan import Plan, Planned

#: One row per body, year and state: `cases`, and for cases that count several things `of`, `hits`.
SCHEMA = pa.schema(
    [
        ("body_key", pa.int64()),
        ("year", pa.int64()),
        ("state", pa.int8()),
        ("cases", pa.int64()),
        ("of", pa.int64()),
        ("hits", pa.int64()),
    ]
)


def judge(engine: Any, plan: Plan) -> None:
    """Decide the open cases of every indicator with a comparison: tables `judged_<code>`."""
    for planned in plan.indicators:
        if planned.judge:
            engine.execute(f'CREATE OR REPLACE TEMP TABLE "judged_{planned.code}" AS {planned.judge}')


def cases_sql(planned: Planned) -> str:
    """Every case of an indicator with its final state: key, body_key, year, value, state."""
    code, fact = planned.code, f"fact_{planned.kind}"
    key = ", ".join(CASE_KEYS[planned.kind])
    value = f'"{code}_value"' if planned.has_value else "CAST(NULL AS DOUBLE)"
    sql = f'SELECT {key}, body_key, year, {value} AS value, "{code}" AS state FROM {fact}'
    if not planned.judge:
        return sql
    return (
        f'{sql} WHERE "{code}" <> {OPEN} UNION ALL '
        f'SELECT {key}, body_key, year, value, state FROM "judged_{code}"'
    )


def counts(engine: Any, planned: Planned) -> pa.Table:
    """The counts of one indicator (`SCHEMA`), in the order of body, year and state."""
    code, fact = planned.code, f"fact_{planned.kind}"
    tail = "GROUP BY ALL ORDER BY body_key, year, state"
    if planned.counted:
        sql = (
            f'SELECT body_key, year, "{code}" AS state, count(*) AS cases, '
            f'sum("{code}_of")::BIGINT AS "of", sum("{code}_hits")::BIGINT AS hits FROM {fact} {tail}'
        )
    else:
        sql = (
            "SELECT body_key, year, state, count(*) AS cases, NULL::BIGINT AS \"of\", "
            f"NULL::BIGINT AS hits FROM ({_states_sql(planned)}) {tail}"
        )
    found: pa.Table = engine.sql(sql).to_arrow_table().cast(SCHEMA)
    return found


def _states_sql(planned: Planned) -> str:
    """As `cases_sql`, only what counting needs."""
    code, fact = planned.code, f"fact_{planned.kind}"
    sql = f'SELECT body_key, year, "{code}" AS state FROM {fact}'
    if not planned.judge:
        return sql
    return (
        f'{sql} WHERE "{code}" <> {OPEN} UNION ALL SELECT body_key, year, state FROM "judged_{code}"'
    )

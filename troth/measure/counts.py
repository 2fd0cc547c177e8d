"""From facts to counts: how many cases of each body and year ended in which state.

Counts add up over years, bodies and parts of the data, so everything later is sums of these rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.measure.plan import Plan, Planned
from troth.tables.states import CASE_KEYS, OPEN

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
            engine.execute(
                f'CREATE OR REPLACE TEMP TABLE "judged_{planned.code}" AS {planned.judge}'
            )


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


#: States are 8-bit numbers that are never negative.
_MOST_STATES = 128


class Facts:
    """The facts of one kind of case as arrays, read once however many indicators count them."""

    def __init__(self, engine: Any, plan: Plan, kind: str) -> None:
        self.engine = engine
        codes = [planned.code for planned in plan.of_kind(kind)]
        counted = [p.code for p in plan.of_kind(kind) if p.counted]
        names = [*codes, *(f"{code}_{what}" for code in counted for what in ("of", "hits"))]
        columns = ", ".join(f'"{name}"' for name in names)
        self.rows: pa.Table = engine.sql(
            f"SELECT body_key, year, {columns} FROM fact_{kind}"
        ).to_arrow_table()
        self.pairs, self.pair = _pairs(self.rows)

    def counts(self, planned: Planned) -> pa.Table:
        """The counts of one indicator (`SCHEMA`), in the order of body, year and state."""
        found = self._count(planned, self.rows, planned.code, self.pairs, self.pair)
        if not planned.judge:
            return found
        undecided = pc.equal(found["state"], OPEN)
        judged: pa.Table = self.engine.sql(
            f'SELECT body_key, year, state FROM "judged_{planned.code}"'
        ).to_arrow_table()
        decided = self._count(planned, judged, "state", *_pairs(judged))
        together = pa.concat_tables([found.filter(pc.invert(undecided)), decided])
        summed = together.group_by(["body_key", "year", "state"]).aggregate(
            [("cases", "sum"), ("of", "sum"), ("hits", "sum")]
        )
        ordered = summed.sort_by([(name, "ascending") for name in ("body_key", "year", "state")])
        return ordered.rename_columns(SCHEMA.names).cast(SCHEMA)

    def _count(
        self, planned: Planned, rows: pa.Table, state_column: str, pairs: pa.Table, pair: np.ndarray
    ) -> pa.Table:
        state = _whole(rows[state_column])
        states = np.flatnonzero(np.bincount(state, minlength=_MOST_STATES))
        width = max(len(states), 1)
        place_of = np.zeros(_MOST_STATES, np.int64)
        place_of[states] = np.arange(len(states))
        cell = pair * width + place_of[state]
        size = pairs.num_rows * width
        cases = np.bincount(cell, minlength=size)
        at = np.flatnonzero(cases)
        sums = []
        for what in ("of", "hits"):
            if planned.counted:
                weights = _whole(rows[f"{planned.code}_{what}"].fill_null(0)).astype(np.float64)
                # Counts of bids stay far below 2**53, so sums of doubles are exact.
                sums.append(pa.array(np.bincount(cell, weights, size)[at].astype(np.int64)))
            else:
                sums.append(pa.nulls(len(at), pa.int64()))
        which_pair = pairs.take(pa.array(at // width))
        return pa.table(
            [
                which_pair["body_key"],
                which_pair["year"],
                pa.array(states[at % width], pa.int8()),
                pa.array(cases[at], pa.int64()),
                *sums,
            ],
            schema=SCHEMA,
        )


def _pairs(rows: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """Every different (body, year) in order, and which of them each row has."""
    bodies = rows["body_key"].combine_chunks().dictionary_encode(null_encoding="encode")
    years = rows["year"].combine_chunks().dictionary_encode(null_encoding="encode")
    wide = max(len(years.dictionary), 1)
    together = _whole(bodies.indices).astype(np.int64) * wide + _whole(years.indices)
    different = pa.array(together).dictionary_encode()
    found, which = _whole(different.dictionary), _whole(different.indices)
    pairs = pa.table(
        {
            "body_key": bodies.dictionary.take(pa.array(found // wide)),
            "year": years.dictionary.take(pa.array(found % wide)),
            "was": np.arange(len(found)),
        }
    ).sort_by([("body_key", "ascending"), ("year", "ascending")])
    place = np.empty(len(found), np.int64)
    place[pairs["was"].to_numpy()] = np.arange(len(found))
    return pairs, place[which]


def _whole(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Whole numbers without gaps, as an array."""
    found: np.ndarray = np.asarray(column)
    return found

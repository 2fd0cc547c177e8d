"""From facts to counts: how many cases of each body and year ended in which state.

Counts add up over years, bodies and parts of the data, so everything later is sums of these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from troth.measure import compare
from troth.measure.cases import Ask, Cases, ReadFacts
from troth.measure.plan import Plan, Planned
from troth.tables.states import CASE_KEYS, OPEN, REPLACED


@dataclass(frozen=True)
class Counts:
    """One entry per body, year and state, in no order: `cases`, and for cases that count several
    things `of` and `hits` (0 otherwise)."""

    body_key: pa.Array
    year: pa.Array
    state: np.ndarray
    cases: np.ndarray
    of: np.ndarray
    hits: np.ndarray


def judge(engine: Any, plan: Plan) -> None:
    """Decide the open cases of every indicator with a comparison: tables `judged_<code>`."""
    for planned in plan.indicators:
        if planned.judge:
            engine.execute(
                f'CREATE OR REPLACE TEMP TABLE "judged_{planned.code}" AS {planned.judge}'
            )


def cases_sql(planned: Planned) -> str:
    """Every case of an indicator with its final state: key, body_key, year, value, state.

    Needs `judge` to have run.
    """
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


def counts_of(kind: str, indicators: Sequence[Planned], read: ReadFacts) -> dict[str, Counts]:
    """The counts of the indicators over one kind of case, without those whose comparison arrays
    cannot decide."""
    cases = Cases(*read(kind, _columns(indicators)))
    found = {planned.code: _counts_of(planned, cases) for planned in indicators}
    return {code: counts for code, counts in found.items() if counts is not None}


def _counts_of(planned: Planned, cases: Cases) -> Counts | None:
    states = cases.states(planned.code)
    if planned.judge:
        rows = cases.open(states)
        verdicts = compare.verdicts(planned.comparison, cases, rows)
        if verdicts is None:
            return None
        states[rows] = compare.as_states(verdicts, planned.no_peers)
    # One more place than there are states, for cases that count nowhere.
    there = np.flatnonzero(np.bincount(states, minlength=REPLACED + 1)[:REPLACED])
    wide = len(there) + 1
    place_of = np.full(REPLACED + 1, len(there), np.int64)
    place_of[there] = np.arange(len(there))
    cell, place = cases.scratch
    np.multiply(cases.cell, wide, out=cell)
    cell += np.take(place_of, states, out=place, mode="clip")
    size = cases.cells * wide
    counted = np.bincount(cell, minlength=size).reshape(-1, wide)[:, :-1]
    where, which = np.nonzero(counted)
    sums = []
    for what in ("of", "hits"):
        if planned.counted:
            # Counts of bids stay far below 2**53, so sums of floating numbers are exact.
            weights = np.nan_to_num(cases.numbers(f"{planned.code}_{what}"))
            summed = np.bincount(cell, weights, size).reshape(-1, wide)[where, which]
            sums.append(summed.astype(np.int64))
        else:
            sums.append(np.zeros(len(where), np.int64))
    body_key, year = cases.taken_apart(where)
    return Counts(body_key, year, there[which], counted[where, which], *sums)


def counts_by_sql(ask: Ask, planned: Planned) -> Counts:
    """The counts of an indicator that counts one thing a case, its comparison decided by its SQL."""
    code, fact = planned.code, f"fact_{planned.kind}"
    found = ask(
        f"""
        SELECT body_key, year::BIGINT AS year, state::BIGINT AS state, count(*) AS cases FROM (
            SELECT body_key, year, "{code}" AS state FROM {fact} WHERE "{code}" <> {OPEN}
            UNION ALL SELECT body_key, year, state FROM ({planned.judge})
        ) GROUP BY ALL
        """
    )
    nothing = np.zeros(found.num_rows, np.int64)
    return Counts(
        found["body_key"].combine_chunks(), found["year"].combine_chunks(),
        found["state"].to_numpy(), found["cases"].to_numpy(), nothing, nothing,
    )  # fmt: skip


def _columns(indicators: Sequence[Planned]) -> list[str]:
    """The columns of facts that counting looks at."""
    names = ["body_key", "year"]
    for one in indicators:
        names.append(one.code)
        names += [f"{one.code}_{what}" for what in ("of", "hits") if one.counted]
        names += compare.columns(one.comparison)
    return list(dict.fromkeys(names))

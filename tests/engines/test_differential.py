"""Every indicator says the same of random processes on DuckDB and on the second engine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from tests.engines.processes import Process, drawn, tables_of
from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.law import law
from troth.measure.facts import facts, judged
from troth.store import Store, open_store
from troth.tables.law import LAW
from troth.tables.procurement import HOT
from troth.tables.states import CASE_KEYS, FIRST_MISSING, FLAGGED, NOT_FLAGGED

#: Enough for peer groups of twenty, few enough to be quick; each batch is other processes.
PROCESSES = 400
BATCHES = (2, 3, 8)

DIGITS = 12
AS_OF = date(2023, 6, 1)

INDICATORS = [one for one in catalogue().values() if not one.of_ledger]

#: What so few processes do not bring about; the worked examples show it on both engines.
TOO_FEW_FOR = {
    "P029": "300 awards of one market",
    "P048": "20 suppliers with 20 processes each",
    "P058": "20 tenders with a rival, and one whose rival asks many times as much",
    "P051": "a market in which no sum is as large as the thresholds of the law",
}

Key = tuple[int, ...]
Rows = dict[Key, dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """All facts of one kind of case, or the cases that one comparison decides."""

    kind: str
    compared: Indicator | None = None

    def __str__(self) -> str:
        return f"facts of {self.kind}s" if self.compared is None else self.compared.code

    def of(self, store: Store) -> ir.Table:
        tables = store.tables(*(table.name for table in HOT), LAW.name)
        if self.compared is None:
            return facts(INDICATORS, self.kind, tables)
        fact = facts([self.compared], self.kind, tables)
        return judged(self.compared, fact.mutate(as_of=ibis.literal(AS_OF)))

    def answered_by(self, store: Store) -> Rows:
        return by_key(store.run(self.of(store)), CASE_KEYS[self.kind])


QUESTIONS = [
    *(Question(kind) for kind in CASE_KEYS),
    *(Question(one.case_kind, one) for one in INDICATORS if one.comparison is not None),
]


@dataclass(frozen=True)
class Batch:
    """Random processes, where their tables stand, and what DuckDB answers to each question."""

    made: Sequence[Process]
    path: Path
    answers: Mapping[str, Rows]


def by_key(table: pa.Table, key: tuple[str, ...]) -> Rows:
    """Rows by their key, in its order, with numbers to `DIGITS` digits."""
    rows = {
        tuple(row[name] for name in key): {n: rounded(v) for n, v in row.items() if n not in key}
        for row in table.to_pylist()
    }
    assert len(rows) == table.num_rows, "a case stands twice"
    return dict(sorted(rows.items()))


def rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return "NaN" if math.isnan(value) else float(f"{value:.{DIGITS}g}") + 0.0  # and no -0.0


@pytest.fixture(scope="session")
def batches(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Batch]:
    return {number: made_batch(number, tmp_path_factory.mktemp("batch")) for number in BATCHES}


def made_batch(number: int, path: Path) -> Batch:
    made = drawn(PROCESSES, number)
    with open_store(path) as store:
        with store.begin() as generation:
            for name, rows in {**tables_of(made), LAW.name: law()}.items():
                generation.write(name, rows)
        return Batch(made, path, {str(asked): asked.answered_by(store) for asked in QUESTIONS})


@pytest.fixture(scope="module", params=BATCHES, ids=lambda number: f"batch {number}")
def batch(request: pytest.FixtureRequest, batches: dict[int, Batch]) -> Batch:
    return batches[request.param]


@pytest.fixture(scope="module")
def second(batch: Batch, second_engine: str) -> Iterator[Store]:
    with open_store(f"{second_engine};{batch.path}") as store:
        yield store


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_both_engines_say_the_same(batch: Batch, second: Store, question: Question) -> None:
    first, other = batch.answers[str(question)], question.answered_by(second)
    assert list(first) == list(other), "not the same cases"
    differing = [at for at in first if first[at] != other[at]]
    told = [difference(at, first[at], other[at], batch.made[at[0]]) for at in differing[:3]]
    assert not differing, f"{len(differing)} of {len(first)} cases differ:\n" + "\n".join(told)


def difference(at: Key, first: dict[str, Any], other: dict[str, Any], process: Process) -> str:
    values = [f"{n}: {first[n]!r} / {other[n]!r}" for n in first if first[n] != other[n]]
    return f"case {at}: {', '.join(values)}\n    process: {process}"


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_the_random_processes_bring_about_what_is_to_be_compared(
    batches: dict[int, Batch], indicator: Indicator
) -> None:
    """Otherwise the engines would agree on nothing much."""
    states: set[int] = set()
    for batch in batches.values():
        facts_of_kind = batch.answers[str(Question(indicator.case_kind))]
        states |= {row[indicator.code] for row in facts_of_kind.values()}
        states |= {row["state"] for row in batch.answers.get(indicator.code, {}).values()}
    if indicator.code not in TOO_FEW_FOR:
        assert {FLAGGED, NOT_FLAGGED} <= states
    assert any(state >= FIRST_MISSING for state in states)

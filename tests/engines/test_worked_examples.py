"""The worked examples of every indicator, on every engine: what the page says is what comes out.

All examples go into one set of tables, each under pids of its own, so that a question is asked once
per kind of case; only comparisons, which look at all cases there are, are asked example by example.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import ibis
import pyarrow as pa
import pytest

from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.indicators.words import Example, words_of
from troth.law import law
from troth.measure.examples import evaluate, names_of
from troth.measure.facts import facts, judged
from troth.store import Store, open_store
from troth.tables.law import LAW
from troth.tables.procurement import HOT
from troth.tables.states import CASE_KEYS, OPEN, in_words

Row = dict[str, Any]

INDICATORS = [one for one in catalogue().values() if not one.of_ledger]

#: Examples write small pids; each example gets as many as nobody writes.
PIDS = 1_000_000


@dataclass(frozen=True)
class Placed:
    """One example, and where its pids begin in the common tables."""

    indicator: Indicator
    example: Example
    first: int

    @property
    def name(self) -> str:
        return f"{self.indicator.code}: {self.example.title}"


PLACED = [
    Placed(indicator, example, PIDS * number)
    for (indicator, example), number in zip(
        (
            (indicator, example)
            for indicator in INDICATORS
            for example in words_of(indicator).examples
        ),
        count(),
        strict=False,
    )
]


def together() -> dict[str, pa.Table]:
    """The tables of all examples, and the law."""
    made = {
        table.name: table.rows(
            [
                {**row, "pid": row["pid"] + placed.first}
                for placed in PLACED
                for row in placed.example.tables.get(table.name, ())
            ]
        )
        for table in HOT
    }
    return {**made, LAW.name: law()}


States = dict[tuple[int, ...], int]


class Answers:
    """What one engine says of all examples."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.begin() as generation:
            for name, rows in together().items():
                generation.write(name, rows)
        tables = store.tables(*(table.name for table in HOT), LAW.name)
        made = {kind: store.run(facts(INDICATORS, kind, tables)) for kind in CASE_KEYS}
        with store.begin() as generation:
            for kind, rows in made.items():
                generation.write(f"fact_{kind}", rows)
        self.facts = {kind: rows.to_pylist() for kind, rows in made.items()}

    def of(self, placed: Placed) -> list[Row]:
        """The cases of an example as its table writes them."""
        indicator, kind = placed.indicator, placed.indicator.case_kind
        mine = [row for row in self.facts[kind] if row["pid"] // PIDS == placed.first // PIDS]
        states = _states(mine, indicator.code, kind)
        if indicator.comparison is not None and OPEN in states.values():
            fact = self.store.tables(f"fact_{kind}")[f"fact_{kind}"]
            fact = fact.filter(fact.pid >= placed.first, fact.pid < placed.first + PIDS)
            as_of = ibis.literal(placed.example.as_of, type="date")
            decided = self.store.run(judged(indicator, fact.mutate(as_of=as_of)))
            states |= _states(decided.to_pylist(), "state", kind)
        return [_written(indicator, placed.first, *at) for at in sorted(states.items())]


def _states(rows: list[Row], column: str, kind: str) -> States:
    return {tuple(row[name] for name in CASE_KEYS[kind]): row[column] for row in rows}


def _written(indicator: Indicator, first: int, key: tuple[int, ...], state: int) -> Row:
    """A case as an example writes it."""
    numbers = dict(zip(CASE_KEYS[indicator.case_kind], (key[0] - first, *key[1:]), strict=True))
    words, field = in_words(state, *_names(indicator.code))
    return {**numbers, "state": words, "field": field}


@functools.cache
def _names(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return names_of(catalogue()[code])


def expected(placed: Placed) -> list[Row]:
    """The cases of an example, in the order of their numbers."""
    key = CASE_KEYS[placed.indicator.case_kind]
    rows = [dict(case) for case in placed.example.cases]
    return sorted(rows, key=lambda row: [row[name] for name in key])


@pytest.fixture(
    scope="module", params=["duckdb", "sail", pytest.param("spark", marks=pytest.mark.spark)]
)
def answers(request: pytest.FixtureRequest) -> Iterator[Answers]:
    engine = request.param
    with open_store("duckdb:" if engine == "duckdb" else request.getfixturevalue(engine)) as store:
        yield Answers(store)


@pytest.mark.parametrize("placed", PLACED, ids=lambda placed: placed.name)
def test_an_example_comes_out_as_it_is_written(answers: Answers, placed: Placed) -> None:
    assert answers.of(placed) == expected(placed)


@pytest.mark.parametrize("code", ["P018", "P062"])
def test_an_example_asked_alone_comes_out_the_same(second_engine: str, code: str) -> None:
    """As a page asks it, of an engine that has nothing else in it."""
    placed = next(placed for placed in PLACED if placed.indicator.code == code)
    with open_store(second_engine) as store:
        found = evaluate(placed.example, placed.indicator, store.backend)
    states = [(case["pid"], case["state"], case["field"]) for case in found]
    assert states == [(case["pid"], case["state"], case["field"]) for case in expected(placed)]


def test_every_indicator_has_examples() -> None:
    assert {placed.indicator.code for placed in PLACED} == {one.code for one in INDICATORS}

"""Every indicator over a ledger says the same of an invented country on both engines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.made_up.ruritania import make, write
from troth.measure.entries import carried, told
from troth.measure.examples import registered
from troth.sources.inputs import sorted_out
from troth.sources.ledgers.read import read
from troth.store import open_store
from troth.tables import LEDGERS

AS_OF = date(2024, 6, 30)
DIGITS = 12
SECRET = b"not a secret"

#: The indicators, and the second formulas of those that have one.
FORMULAS = [
    formula
    for one in catalogue().values()
    if one.of_ledger
    for formula in (one, one.second)
    if formula is not None
]


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """The ledgers of a small country, as formulas look at them."""
    folder = tmp_path_factory.mktemp("country")
    write(make(seed=5, size=0.05), folder)
    found = read(list(sorted_out([str(folder / "*.csv")]).ledgers), SECRET)
    bodies = pa.array(sorted(found.bodies), pa.string())
    return {
        name: carried(table, found.tables.get(name, table.empty()), bodies)
        for name, table in LEDGERS.items()
    }


Tables = dict[str, ir.Table]


@pytest.fixture(scope="module")
def first(entries: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with ExitStack() as stack:
        store = stack.enter_context(open_store(tmp_path_factory.mktemp("first")))
        yield store.backend, stack.enter_context(registered(entries, store.backend))


@pytest.fixture(scope="module")
def second(entries: dict[str, pa.Table], second_engine: str) -> Iterator[Any]:
    with ExitStack() as stack:
        store = stack.enter_context(open_store(second_engine))
        yield store.backend, stack.enter_context(registered(entries, store.backend))


def said(formula: Indicator, engine: tuple[Any, Tables]) -> list[dict[str, Any]]:
    backend, tables = engine
    rows = backend.to_pyarrow(told(formula, tables, AS_OF)).to_pylist()
    return sorted(
        ({name: rounded(value) for name, value in row.items()} for row in rows),
        key=lambda row: int(row["entry"]),
    )


def rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return "NaN" if math.isnan(value) else float(f"{value:.{DIGITS}g}") + 0.0  # and no -0.0


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda one: f"{one.code} {one.case_kind}")
def test_both_engines_say_the_same(formula: Indicator, first: Any, second: Any) -> None:
    here, there = said(formula, first), said(formula, second)
    assert [row["entry"] for row in here] == [row["entry"] for row in there], "not the same cases"
    differing = [(one, other) for one, other in zip(here, there, strict=True) if one != other]
    assert not differing, f"{len(differing)} of {len(here)} differ: {differing[:3]}"


#: What so small a country has no case of.
WITHOUT_CASE = {"D12 registered_contract", "O08 offer", "T12 publication_depth"}


def test_the_country_has_cases_for_nearly_all(first: Any) -> None:
    """Or else engines would be compared over nothing."""
    without = {f"{one.code} {one.case_kind}" for one in FORMULAS if not said(one, first)}
    assert without == WITHOUT_CASE

"""A comparison means the same over arrays as in its SQL, which is the one that is reviewed."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.indicators import catalogue
from troth.measure import compare
from troth.measure.cases import Cases
from troth.measure.facts import judged
from troth.measure.plan import Planned, plan
from troth.store.plain import in_memory
from troth.tables.states import CASE_KEYS, FLAGGED, NOT_FLAGGED, OPEN

PLANNED = {planned.code: planned for planned in plan().indicators}
KNOWN = [code for code, planned in PLANNED.items() if compare.knows(planned.comparison)]

#: What few cases are enough for, of the comparisons that ask for many.
MILDER: dict[str, dict[str, Any]] = {
    "P011": {"days": 3},
    "P016": {"fewest": 3, "limit": 1},
    "P029": {"fewest": 2, "span": 2, "most": 0.15},
    "P048": {"fewest": 2, "firms": 2, "width": 0.1, "lower": 0.1, "upper": 0.9},
    "P049": {"days": 4, "fewest": 2},
    "P052": {"days": 9, "at_least": 1.5},
    "P055": {"days": 4},
}

few = st.sampled_from
group = few(["a", "b", "c", None])
#: Numbers as they come: many equal, many different, and far apart.
number = st.integers(0, 5).map(float) | st.floats(0, 10) | st.floats(-1e6, 1e9) | st.none()
day = st.integers(19_860, 19_890).map(float) | st.none()
money = st.integers(0, 10_000).map(lambda cents: cents / 100) | st.floats(0, 1e7)

COLUMNS = (
    "body_key", "year", "class4", "class2", "category", "value", "log", "method", "supplier",
    "amount", "threshold", "currency", "direct", "digit", "late", "signed_day", "day", "due",
)  # fmt: skip

cases = st.lists(
    st.fixed_dictionaries(
        {
            "body_key": few([1, 2, None]),
            "year": few([2020, 2021, None]),
            "class4": group,
            "class2": group,
            "category": group,
            "value": number,
            "log": number,
            "method": few(["open", "direct", None]),
            "supplier": st.integers(1, 4),
            "amount": money,
            "threshold": few([0.0, 50.0, 1e4, None]),
            "currency": few(["EUR", "USD"]),
            "direct": few([True, True, False]),
            "digit": st.integers(1, 9),
            "late": few([0, 2, None]),
            "signed_day": day,
            "day": day,
            "due": day,
            "state": few([OPEN, OPEN, OPEN, OPEN, FLAGGED, 10]),
        }
    ),
    max_size=150,
)


@functools.cache
def _engine() -> Any:
    return in_memory(1, "256MB")


def _facts(planned: Planned, drawn: Sequence[dict[str, Any]]) -> pa.Table:
    """Facts of the kind that the indicator judges, each with its number as key."""
    code = planned.code
    texts = ("class4", "class2", "category", "currency", "method")
    types = dict.fromkeys(("body_key", "year", "supplier", "digit", "late"), pa.int64())
    types |= {**dict.fromkeys(texts, pa.string()), "direct": pa.bool_()}
    base = ("body_key", "year", "class4", "class2", "category")
    columns = {
        name if name in base else f"{code}_{name}": pa.array(
            [one[name] for one in drawn], types.get(name, pa.float64())
        )
        for name in COLUMNS
    }
    columns |= {
        stored: columns[f"{code}_{name}"]
        # Where two names are of one column, the first, by which the comparison calls it.
        for name, stored in reversed(planned.comparison["columns"].items())
        if f"{code}_{name}" in columns
    }
    count, parts = len(drawn), _parts(planned)
    return pa.table(
        {
            "pid": pa.array([one // parts for one in range(count)], pa.int64()),
            **{
                name: pa.array([one % parts for one in range(count)], pa.int64())
                for name in CASE_KEYS[planned.kind][1:]
            },
            **columns,
            code: pa.array([one["state"] for one in drawn], pa.int8()),
            "as_of": pa.array([date(2024, 6, 30)] * count, pa.date32()),
        }
    )


def _parts(planned: Planned) -> int:
    """How many cases of a process there are, where it can have several."""
    return 2 if CASE_KEYS[planned.kind][1:] else 1


def _by_sql(planned: Planned, facts: pa.Table) -> dict[int, int]:
    engine = _engine()
    engine.register(f"fact_{planned.kind}", facts)
    part, *_ = (*CASE_KEYS[planned.kind][1:], "0")
    number = f"pid * {_parts(planned)} + {part}"
    found = engine.sql(f"SELECT {number}, state FROM ({planned.judge})").fetchall()
    engine.unregister(f"fact_{planned.kind}")
    return dict(found)


def _by_arrays(planned: Planned, facts: pa.Table) -> dict[int, int] | None:
    made = Cases(facts)
    rows = made.open(made.states(planned.code))
    found = compare.verdicts(planned.comparison, made, rows)
    if found is None:
        return None
    states = compare.as_states(found, planned.no_peers)
    return dict(zip(rows.tolist(), states.tolist(), strict=True))


def test_the_comparisons_known_to_arrays_are_these() -> None:
    fences = {"P014", "P015", "P022", "P024", "P058", "P060", "P061", "P062"}
    firms = {"P040", "P048", "P050", "P051", "P052"}
    markets_and_peers, days = {"P016", "P019", "P029"}, {"P011", "P049", "P055", "P063", "P067"}
    assert set(KNOWN) == fences | firms | markets_and_peers | days


def test_no_comparison_of_the_catalogue_is_left_to_the_sql() -> None:
    assert [code for code, planned in PLANNED.items() if planned.judge and code not in KNOWN] == []


@pytest.mark.parametrize("code", KNOWN)
@given(drawn=cases)
def test_arrays_say_what_the_sql_says(code: str, drawn: list[dict[str, Any]]) -> None:
    planned = PLANNED[code]
    facts = _facts(planned, drawn)
    assert _by_arrays(planned, facts) == _by_sql(planned, facts)


@functools.cache
def _milder(code: str) -> Planned:
    """An indicator whose comparison a few cases are enough for."""
    planned, indicator = PLANNED[code], catalogue()[code]
    comparison: Any = indicator.comparison
    mild = replace(comparison, **MILDER[code])
    fact = ibis.table(
        ibis.Schema.from_pyarrow(_facts(planned, []).schema), name=f"fact_{planned.kind}"
    )
    said = judged(replace(indicator, comparison=mild), fact)
    own = {**planned.comparison, **MILDER[code]}
    return replace(planned, comparison=own, judge=str(ibis.to_sql(said, dialect="duckdb")))


@pytest.mark.parametrize("code", MILDER)
@given(drawn=cases)
def test_they_agree_where_few_are_enough(code: str, drawn: list[dict[str, Any]]) -> None:
    planned = _milder(code)
    facts = _facts(planned, drawn)
    assert _by_arrays(planned, facts) == _by_sql(planned, facts)


@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("different", [3, 50, 100_000])
@pytest.mark.parametrize("suppliers", [2, 20_000])
@pytest.mark.parametrize("room", ["wide", "narrow"])
def test_they_agree_over_many_cases(
    code: str, different: int, suppliers: int, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is counted where a table of counts has room is sorted where it has none."""
    if room == "narrow":
        monkeypatch.setattr(compare, "CELLS_A_CASE", 0)
        monkeypatch.setattr(compare, "CELLS_ANYWAY", 0)
    drawn = np.random.Generator(np.random.PCG64(different + suppliers))
    count = 6_000
    numbers = np.exp(drawn.integers(0, different, count) / different * 9).tolist()
    supplier = (suppliers * drawn.random(count) ** 3).astype(int).tolist()
    rows = [
        {
            "body_key": int(body), "year": 2000 + int(body) % 7, "class4": f"CPV:{body % 40}",
            "class2": f"CPV:{body % 3}", "category": None, "value": value, "log": value,
            "method": "open", "supplier": firm, "amount": value, "currency": "EUR",
            "threshold": 100.0, "direct": body % 9 > 0, "digit": int(str(value)[0]),
            "signed_day": 19_800 + 100 * (firm % 2), "day": 19_800 + one * 38 % 999, "late": body % 2,
            "due": 19_900 + firm % 2, "state": 10 if value < 1.01 else OPEN,
        }
        for one, body, value, firm in zip(
            range(count), drawn.integers(0, 90, count), numbers, supplier, strict=True
        )
    ]  # fmt: skip
    planned = _milder(code) if code in MILDER else PLANNED[code]
    facts = _facts(planned, rows)
    found = _by_arrays(planned, facts)
    assert found == _by_sql(planned, facts)
    # Firms that all win the same three classes are not to be told apart.
    alike = code == "P048" and suppliers == 2
    assert alike or {FLAGGED, NOT_FLAGGED} & set(found.values())


@pytest.mark.parametrize("code", ["P050", "P051", "P055"])
def test_sums_that_would_not_be_exact_are_left_to_the_sql(code: str) -> None:
    rows = [
        {
            "body_key": 1, "year": 2020, "class4": None, "class2": "CPV:1", "category": None,
            "value": None, "log": None, "method": None, "supplier": 1, "amount": amount,
            "threshold": 1e15, "currency": "EUR", "direct": True, "digit": 1, "late": 0,
            "signed_day": None, "day": 19_860, "due": None, "state": OPEN,
        }
        for amount in [1e14] * 25
    ]  # fmt: skip
    assert _by_arrays(PLANNED[code], _facts(PLANNED[code], rows)) is None


@given(st.lists(st.integers(0, 1 << 40), max_size=50))
def test_whole_numbers_are_sorted_by_their_digits(numbers: list[int]) -> None:
    drawn = np.array(numbers, np.int64)
    assert drawn[compare._order_of(drawn, 1 << 41)].tolist() == sorted(numbers)

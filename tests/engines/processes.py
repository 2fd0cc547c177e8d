"""Contracting processes invented by Hypothesis: small, awkward, and often alike.

What differs between engines differs at the edges: gaps, ties, equal prices, several currencies,
lots, days of the first and the last year, text of every script. So values are drawn from short
lists that hold the ordinary (often, so that rules have something to say) and the odd.

Many processes go into one set of tables, each under its own `pid`, because a question to an engine
costs the same for one process as for a thousand.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider

from troth.tables.base import Column, Table, Type
from troth.tables.procurement import HOT

Row = dict[str, Any]
Process = dict[str, list[Row]]

DAY = timedelta(days=1)
START = datetime(2023, 3, 25, 23, 0, tzinfo=UTC)  # the night before clocks go forward in Europe

#: Ordinary moments lie days or seconds apart, some of them equal; the odd are at the ends of time.
MOMENTS = [
    *(
        START + days * DAY
        for days in (0, 0, 1, 2, 3, 5, 8, 14, 15, 16, 20, 29, 30, 31, 60, 90, 400)
    ),
    *(START + DAY + timedelta(seconds=s) for s in (-3600, -1, 0.000001, 0.999999, 1, 3600, 43200)),
    *(datetime(2024, 2, 29, hour, tzinfo=UTC) for hour in (0, 12)),
]
ODD_MOMENTS = [  # a date outside 1900 to 2199 is rejected at the door
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]
#: Sums on either side of what the law of some days asks for more from.
NEAR_THRESHOLDS = [38_500.0, 41_000.0, 139_000.0]
AMOUNTS = [
    *NEAR_THRESHOLDS,
    100.0,
    100.0,
    100.01,
    105.0,
    110.0,
    120.0,
    125.5,
    130.0,
    150.0,
    300.3,
    330.33,
    400.0,
]
ODD_AMOUNTS = [
    1e6 + 0.005,
    0.0,
    -0.0,
    -1.0,
    0.1 + 0.2,
    0.3,
    1e-9,
    0.005,
    1.005,
    1e15,
    1e15 + 1,
    1e300,
    5e-324,
]
PRICES = [100 + 2.5 * step for step in range(60)]  # so many that few are equal
TEXTS = ["because", "", " ", "\t", "\u00a0", "İstanbul ß", "株式会社", "%_\\", "'\"", "a.b|c"]
FIRMS = [11, 22, 33, 44, -(2**62), 2**62]

#: The odd words are none of the codelist; they must end in the same state everywhere.
WORDS: dict[tuple[str, str], list[Any]] = {
    ("tender", "method"): ["open"] * 6 + ["selective"] * 2 + ["limited", "direct", "Open", ""],
    ("tender", "status"): ["active", "complete", "complete", "cancelled", "unsuccessful", "?"],
    ("tender", "award_criteria"): ["priceOnly"] * 4 + ["lowestCost", "ratedCriteria", "x"],
    ("bid", "status"): ["valid"] * 6
    + ["disqualified"] * 3
    + ["invited", "pending", "withdrawn", "x"],
    ("award", "status"): ["active"] * 8 + ["pending", "cancelled", "unsuccessful", "x"],
    ("process", "country"): ["IT", "IT", "FR", "DE", "XX"],
    ("tender", "category"): ["goods", "services", "works", "Obras"],
    ("contract", "status"): ["active"] * 4 + ["pending", "cancelled", "terminated", "x"],
}
#: By the name of a column, ordinary values and odd ones.
POOLS: dict[str, tuple[list[Any], list[Any]]] = {
    "body_key": ([1, 1, 1, 2, 3], [-(2**62), 2**62]),
    "year": ([2023, 2023, 2023, 2024], [1, 9999]),
    "category": (["goods", "works", "services"], [*TEXTS]),
    "item_scheme": (["CPV", "CPV", "CPV", "UNSPSC"], ["", "é"]),
    "item_code": (["45000000", "45210000", "4521", "33", "33100000-1"], ["", "4", "株式会社株"]),
    "currency": (["EUR", "EUR", "EUR", "USD"], ["XXX"]),
    "lot": ([0, 0, 1, 1, 2], [3]),
    "amount": (AMOUNTS, ODD_AMOUNTS),
    "award_id": (["a", "a", "b", "c"], ["", "A", "ß"]),
    "supplier_key": ([1, 1, *range(1, 13)], FIRMS[3:]),
    "date_form": (["zoned", "zoned", "zoned", "day"], ["local"]),
    "tenderers": ([1, 1, 1, 2], [0]),
    "suppliers": ([1, 1, 1, 2], [0]),
    "rationale": ([None, "because"], TEXTS),
    "subcontracted_share": ([0.0, 0.3, 0.5, 0.8, 1.0], [0.49999999999]),
    "fee_amount": ([0.0, 0.1, 0.5, 1.0, 5.0], ODD_AMOUNTS),
    "paid_amount": (AMOUNTS, ODD_AMOUNTS),
    "fee_currency": (["EUR", "EUR", "USD"], ["XXX"]),
    "paid_currency": (["EUR", "EUR", "USD"], ["XXX"]),
    "key_kinds": ([3, 4, 4], [0]),
    "complaints": ([0, 0, 1, 2], [7]),
    "documents_untold": ([0, 0, 1], [7]),
    "plans": ([0, 1], [3]),
    "plans_untold": ([0, 0, 1], [7]),
    "notices": ([0, 1, 1], [3]),
    "enquiries_unanswered": ([0, 0, 1], [3]),
    "milestones_late": ([0, 0, 1], [3]),
}
COUNTS = ([1, 1, 2, 3, 5, 8], [0, 2**31, 2**53 + 1])

#: Of the values of an untidy process, about so many are odd, and as many missing.
ONE_IN = 8


def _value(table: Table, column: Column, tidy: bool) -> st.SearchStrategy[Any]:
    """An ordinary value; in an untidy process now and then an odd one, or a gap."""
    ordinary, odd = _pool(table, column)
    if tidy:
        return st.sampled_from(ordinary)
    choices = [*ordinary] * (ONE_IN * max(len(odd), 1) // len(ordinary) + 1) + odd
    gaps = [] if column.promise.required else [None] * (len(choices) // ONE_IN + 1)
    return st.sampled_from([*choices, *gaps])


def _pool(table: Table, column: Column) -> tuple[list[Any], list[Any]]:
    if (table.name, column.name) == ("bid", "amount"):
        return PRICES, [*AMOUNTS, *ODD_AMOUNTS]
    if (table.name, column.name) in WORDS:
        return WORDS[table.name, column.name], []
    if column.name in POOLS:
        return POOLS[column.name]
    if column.name.endswith("_form"):
        return POOLS["date_form"]
    if column.promise.one_of:
        return list(column.promise.one_of), []
    if column.type is Type.INSTANT:
        return MOMENTS, ODD_MOMENTS
    if column.type is Type.BOOLEAN:
        return [True, False], []
    if column.type is Type.INTEGER:
        return COUNTS
    if column.type is Type.TEXT:
        return ["x", "y"], TEXTS
    raise AssertionError(f"{table.name}.{column.name}: say in POOLS which values it may have")


TABLES = {table.name: table for table in HOT}
NUMBERED = {"bid": "bid_no", "award": "award_no", "contract": "contract_no"}
MOST_ROWS = {"bid": 5, "award": 3, "contract": 3}
FEWEST_OF_CONTEST = {"bid": 2, "award": 1, "contract": 0}
SET_HERE = ("pid", "ocid", "chunk", "row", *NUMBERED.values())


@functools.cache
def _rows(name: str, tidy: bool) -> st.SearchStrategy[Row]:
    table = TABLES[name]
    drawn = [column for column in table if column.name not in SET_HERE]
    return st.fixed_dictionaries({column.name: _value(table, column, tidy) for column in drawn})


@st.composite
def processes(draw: st.DrawFn) -> Process:
    """The rows of one process, without its pid.

    Half of the processes are tidy, so that some come as far as a verdict. In most, all is of one
    lot and one currency. Many are a contest: one award, to the firm of the first of several bids.
    """
    tidy = draw(st.booleans())
    common: Row = {} if draw(st.integers(0, 3)) == 0 else {"lot": 0, "currency": "EUR"}
    made: Process = {"process": [draw(_rows("process", tidy))], "tender": []}
    if tidy or draw(st.integers(0, 9)):
        made["tender"] = [draw(_rows("tender", tidy))]
    contest = draw(st.booleans())
    for name, number in NUMBERED.items():
        fewest = FEWEST_OF_CONTEST[name] if contest else 0
        rows = draw(st.lists(_rows(name, tidy), min_size=fewest, max_size=MOST_ROWS[name]))
        shared = {key: value for key, value in common.items() if key in TABLES[name].names}
        made[name] = [{**row, **shared, number: at} for at, row in enumerate(rows)]
    if contest:
        made["award"] = [{**made["award"][0], "status": "active", "suppliers": 1}]
        made["bid"][0].update(status="valid", tenderers=1)
    first = [0, 0] if contest else [draw(st.integers(0, len(FIRMS) - 1)) for _ in range(2)]
    made["party"] = [
        *_parties("tenderer", made["bid"], "bid_no", "tenderers", first[0]),
        *_parties("supplier", made["award"], "award_no", "suppliers", first[1]),
    ]
    return made


def _parties(role: str, rows: list[Row], number: str, count: str, first: int) -> list[Row]:
    """The firms behind each bid or award: neighbours on a short list, from `first` on."""
    return [
        {
            "role": role,
            "part_no": row[number],
            "firm_key": FIRMS[(first + row[number] + more) % len(FIRMS)],
        }
        for row in rows
        for more in range(row[count])
    ]


def _no_constant(*_: object, **__: object) -> None:
    """Hypothesis likes to draw constants that stand in whatever code is imported at the moment: then
    processes would depend on which tests ran before."""


@functools.cache
def drawn(count: int, number: int) -> Sequence[Process]:
    """`count` processes; the same for the same number, on every machine and after whatever tests."""
    made: list[Process] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(processes())
    def collect(process: Process) -> None:
        made.append(process)

    with patch.object(HypothesisProvider, "_maybe_draw_constant", _no_constant):
        collect()
    return made


def tables_of(made: Sequence[Process]) -> dict[str, pa.Table]:
    """The canonical tables of these processes; `pid` is the place in the list."""
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for pid, process in enumerate(made):
        for name, found in process.items():
            rows[name] += [{"pid": pid, **row} for row in found]
    for row in rows["process"]:
        row.update(ocid=f"ocds-x-{row['pid']}", chunk=0, row=row["pid"])
    return {name: TABLES[name].rows(rows[name]) for name in TABLES}

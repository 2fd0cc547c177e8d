"""Hypothesis strategies made from a table's declaration: rows that keep every promise, and awkward.

Text has quotes, line ends, formulas, control characters and every script; dates are at the ends of
the calendar; numbers are as large as their promise allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from troth.tables.base import Column, Table, Type

LARGEST = 2**53

#: Everything but surrogates, which UTF-8 cannot write.
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r", 'a "b", c', "a\r\nb", "", "'", "\\"]
    ),
)


def tables_of(
    table: Table,
    *,
    others: Mapping[str, pa.Table] | None = None,
    min_size: int = 0,
    max_size: int = 6,
) -> st.SearchStrategy[pa.Table]:
    """Arrow tables with rows of `table`, no two with the same key."""
    row = st.fixed_dictionaries(
        {column.name: values(table, column, others or {}) for column in table}
    )
    unique = (
        {"unique_by": lambda made: tuple(made[name] for name in table.key)} if table.key else {}
    )
    rows: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
        row, min_size=min_size, max_size=max_size, **unique
    )
    return rows.map(table.rows)


def values(table: Table, column: Column, others: Mapping[str, pa.Table]) -> st.SearchStrategy[Any]:
    """Values that keep the promise of `column`; null among them where it may be."""
    name, _, wanted = column.promise.refers_to.partition(".")
    if name in others and name != table.name:
        present = st.sampled_from(others[name].column(wanted).drop_null().to_pylist())
    else:
        present = _of_type(column)
    if column.promise.required or column.name in table.key:
        return present
    return st.none() | present


def _of_type(column: Column) -> st.SearchStrategy[Any]:
    promise = column.promise
    if promise.one_of:
        return st.sampled_from(promise.one_of)
    if column.type is Type.TEXT:
        return _fitting(promise.matches) if promise.matches else TEXT
    if column.type is Type.BOOLEAN:
        return st.booleans()
    if column.type is Type.DATE:
        return st.dates(date(1, 1, 1), date(9999, 12, 31))
    if column.type is Type.INSTANT:
        naive = st.datetimes(datetime(1678, 1, 1), datetime(2261, 1, 1))
        return naive.map(lambda moment: moment.replace(tzinfo=UTC))
    if column.type is Type.INTEGER:
        low = None if promise.at_least is None else int(promise.at_least)
        high = None if promise.at_most is None else int(promise.at_most)
        return st.integers(-LARGEST if low is None else low, LARGEST if high is None else high)
    return st.floats(promise.at_least, promise.at_most, allow_nan=False, allow_infinity=False)


def _fitting(pattern: str) -> st.SearchStrategy[str]:
    """Whole texts that look like `pattern`, whose classes mean ASCII as they do in Arrow."""
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True).filter(_ends_on_its_line)


def _ends_on_its_line(text: str) -> bool:
    return not text.endswith("\n")  # `$` lets Python's `re` add one

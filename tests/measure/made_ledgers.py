"""Ledgers of a few rows, measured: what a test of an indicator over entries begins with."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from troth.link.register import Register
from troth.measure.ledgers import LedgersMeasured, measure_ledgers
from troth.measure.plan import Plan, plan
from troth.tables import LEDGERS
from troth.tables.base import Type
from troth.tables.body import BODY, PUBLIC_BODY

Row = Mapping[str, Any]

#: What a column that is never empty says where a test leaves it out.
DEFAULTS: Mapping[Type, Any] = {
    Type.TEXT: "x",
    Type.INTEGER: 0,
    Type.NUMBER: 0.0,
    Type.BOOLEAN: False,
    Type.DATE: date(2024, 1, 1),
    Type.INSTANT: datetime(2024, 1, 1, tzinfo=UTC),
}


def ledger(name: str, rows: Sequence[Row]) -> pa.Table:
    """Entries of a ledger, each from a line of its own; a body left out is A."""
    table = LEDGERS[name]
    required: dict[str, Any] = {
        column.name: (column.promise.one_of[0] if column.promise.one_of else DEFAULTS[column.type])
        for column in table
        if column.promise.required
    }
    if "body_id" in table.names:
        required |= {"body_id": "A"}
    return lined(name, table.rows([{**required, **row} for row in rows]))


def lined(name: str, rows: pa.Table) -> pa.Table:
    """Entries as a file of their own gives them: with its name, and each from a line of its own."""
    count = rows.num_rows
    rows = rows.append_column("file", pa.array([f"{name}.csv"] * count).dictionary_encode())
    return rows.append_column("line", pa.array(np.arange(count) + 2))


def of_columns(name: str, **columns: Any) -> pa.Table:
    """Entries of a ledger from whole columns, for crowds; columns left out are empty."""
    table = LEDGERS[name]
    size = len(next(iter(columns.values())))
    if "body_kind" in table.names:
        columns["body_kind"] = [PUBLIC_BODY] * size
    made = [
        pa.array(columns[column.name], column.type.arrow)
        if column.name in columns
        else pa.nulls(size, column.type.arrow)
        for column in table
    ]
    return lined(name, pa.table(made, names=list(table.names)))


@functools.cache
def _planned(code: str) -> Plan:
    whole = plan()
    return dataclasses.replace(
        whole, indicators=tuple(one for one in whole.indicators if one.code == code)
    )


def registered(bodies: Sequence[str]) -> Register:
    """The register of these bodies."""
    needed = {column.name: 0 for column in BODY if column.promise.required}
    rows = [
        {**needed, "body_id": one, "body_kind": PUBLIC_BODY, "body_key": number}
        for number, one in enumerate(bodies)
    ]
    return Register(BODY.rows(rows), is_person=lambda _: False)


def measured(
    code: str, day: date, bodies: Sequence[str] = ("A", "B"), /, **ledgers: Sequence[Row] | pa.Table
) -> LedgersMeasured:
    """What measuring these ledgers gives of one indicator, as of this day."""
    made = {
        name: rows if isinstance(rows, pa.Table) else ledger(name, rows)
        for name, rows in ledgers.items()
    }
    return measure_ledgers(
        made, _planned(code), registered(bodies), pa.array(bodies, pa.string()), day
    )


def of(found: LedgersMeasured, code: str, body: str = "A", period: str = "all") -> dict[str, Any]:
    """The one row of `measurement` of an indicator, a body and a period."""
    rows = [
        row
        for row in found.measurement.to_pylist()
        if (row["body_id"], row["period"], row["indicator"]) == (body, period, code)
    ]
    assert len(rows) == 1, rows
    return rows[0]


def beside(
    found: LedgersMeasured, code: str, body: str = "A", period: str = "all"
) -> dict[str, Any]:
    """What stands beside a figure: name -> number, or word."""
    return {
        row["what"]: row["value"] if row["words"] is None else row["words"]
        for row in found.detail.to_pylist()
        if (row["body_id"], row["period"], row["indicator"]) == (body, period, code)
    }

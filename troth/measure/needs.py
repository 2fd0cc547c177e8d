"""How far the fields that indicators need reach in a data set: what can be computed, from what.

Every need of every formula is looked at by itself, not only the first that is missing, so that a
publisher learns in one go which fields would let an indicator be computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from troth.indicators import catalogue
from troth.indicators.base import Indicator, Outcome
from troth.measure.facts import speak, unbound_tables
from troth.tables.base import Table
from troth.tables.procurement import HOT

_TABLES = {table.name: table for table in HOT}


@dataclass(frozen=True)
class Need:
    """One field that an indicator needs, and in how many of the cases that may concern it it is
    known. `places` says, where several fields can give it, in how many cases each is the first
    that does.
    """

    indicator: str
    kind: str
    field: str
    cases: int
    known: int
    places: tuple[tuple[str, int], ...]


def needs(engine: Any) -> list[Need]:
    """The needs of every indicator over processes, in the order of codes and of the formula.

    `engine` is a DuckDB connection that holds the canonical tables.
    """
    tables = unbound_tables()
    of_processes = (one for one in catalogue().values() if not one.of_ledger)
    return [one for indicator in of_processes for one in _of(indicator, tables, engine)]


def _of(indicator: Indicator, tables: Mapping[str, ir.Table], engine: Any) -> list[Need]:
    """The needs of one indicator; a case that surely does not concern it is left out."""
    spoken = speak(indicator, tables)
    kind = indicator.case_kind
    concerned = _concerned(spoken)
    asked: dict[str, ir.Value] = {"cases": spoken.cases.count(where=concerned)}
    places = [_places(value, _TABLES[kind]) for value in spoken.needs.values()]
    for number, value in enumerate(spoken.needs.values()):
        asked[f"known_{number}"] = spoken.cases.count(where=_both(concerned, value.notnull()))
        for place, first in enumerate(_first_known(places[number])):
            asked[f"place_{number}_{place}"] = spoken.cases.count(where=_both(concerned, first))
    found = _answer(spoken.cases.aggregate(**asked), engine)
    return [
        Need(
            indicator.code,
            kind,
            field,
            found["cases"],
            found[f"known_{number}"],
            tuple(
                (name, found[f"place_{number}_{n}"]) for n, (name, _) in enumerate(places[number])
            ),
        )
        for number, field in enumerate(spoken.needs)
    ]


def _concerned(spoken: Outcome) -> ir.BooleanValue | None:
    """Where the rule applies, or may; nothing where it applies to every case."""
    return None if spoken.applies is None else ibis.coalesce(spoken.applies, True)


def _both(one: ir.BooleanValue | None, other: ir.BooleanValue) -> ir.BooleanValue:
    return other if one is None else one & other


def _places(value: ir.Value, table: Table) -> list[tuple[str, ir.Value]]:
    """The columns that give a value in turn, by what they mean; none where there is but one."""
    operation = value.op()
    if not isinstance(operation, ops.Coalesce):
        return []
    fields = [
        one for one in operation.arg if isinstance(one, ops.Field) and one.name in table.names
    ]
    if len(fields) < len(operation.arg):
        return []
    return [(table[one.name].meaning, one.to_expr()) for one in fields]


def _first_known(places: list[tuple[str, ir.Value]]) -> list[ir.BooleanValue]:
    """For each place: whether it is the first that says something."""
    found = []
    for number, (_, value) in enumerate(places):
        known = value.notnull()
        for _, earlier in places[:number]:
            known &= earlier.isnull()
        found.append(known)
    return found


def _answer(asked: ir.Table, engine: Any) -> dict[str, int]:
    rows = engine.sql(str(ibis.to_sql(asked, dialect="duckdb"))).to_arrow_table().to_pylist()
    return {name: int(value) for name, value in rows[0].items()}

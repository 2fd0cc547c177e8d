"""Invented rows that keep every promise of their table, the same ones for the same seed.

For tests, and for pages that show what a table looks like. The values are plain and harmless;
tests that look for trouble draw from `tests/tables/strategies.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from troth.errors import UsageError
from troth.tables.base import Column, Table, Type

FIRST_DAY = date(2015, 1, 1)
DAYS = 4000
ONE_IN = 5  # one value in five is absent, where it may be
ATTEMPTS = 200  # before we say that a key has no more values to give

Row = dict[str, object]


def rows(
    table: Table, count: int, *, seed: int = 0, others: Mapping[str, pa.Table] | None = None
) -> pa.Table:
    """`count` rows of `table`. A column that refers to a table in `others` takes its values there;
    one that refers to a table not given makes them up, and they point nowhere.
    """
    chance = random.Random(f"{seed} {table.name}")  # noqa: S311
    targets = _targets(table, others or {})
    made: list[Row] = []
    taken: set[tuple[object, ...]] = set()
    for number in range(count):
        row = _row(table, chance, number, count, targets)
        for _ in range(ATTEMPTS):
            if not table.key or tuple(row[name] for name in table.key) not in taken:
                break
            row = _row(table, chance, number, count, targets)
        else:
            raise UsageError(f"table {table.name}: no {count} rows with different keys can be made")
        taken.add(tuple(row[name] for name in table.key))
        made.append(row)
    return table.rows(made)


def related(tables: Iterable[Table], count: int, *, seed: int = 0) -> dict[str, pa.Table]:
    """`count` rows of each table, so that what refers to another of them finds its row there."""
    wanted = {table.name: table for table in tables}
    made: dict[str, pa.Table] = {}

    def make(table: Table) -> None:
        for column in table:
            name = column.promise.refers_to.partition(".")[0]
            if name in wanted and name != table.name and name not in made:
                make(wanted[name])
        made[table.name] = rows(table, count, seed=seed, others=made)

    for table in wanted.values():
        if table.name not in made:
            make(table)
    return {name: made[name] for name in wanted}


def _targets(table: Table, others: Mapping[str, pa.Table]) -> dict[str, list[object]]:
    found = {}
    for column in table:
        name, _, wanted = column.promise.refers_to.partition(".")
        if name in others and name != table.name:
            found[column.name] = others[name].column(wanted).drop_null().to_pylist()
    return found


def _row(
    table: Table,
    chance: random.Random,
    number: int,
    count: int,
    targets: Mapping[str, list[object]],
) -> Row:
    row: Row = {}
    for column in table:
        may_lack = not column.promise.required and column.name not in table.key
        points_inwards = column.promise.refers_to.startswith(f"{table.name}.")
        if may_lack and (points_inwards or chance.randrange(ONE_IN) == 0):
            row[column.name] = None
        elif column.name in targets:
            row[column.name] = chance.choice(targets[column.name])
        else:
            row[column.name] = _value(column, chance, number, count)
    return _ACROSS.get(table.name, _unchanged)(row)


def _value(column: Column, chance: random.Random, number: int, count: int) -> object:
    promise = column.promise
    if promise.one_of:
        return chance.choice(promise.one_of)
    if column.type is Type.TEXT:
        return fitting(promise.matches, chance) if promise.matches else f"{column.name}-{number}"
    if column.type is Type.BOOLEAN:
        return chance.random() < 0.5
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    if column.type is Type.DATE:
        return day
    if column.type is Type.INSTANT:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return moment + timedelta(seconds=chance.randrange(86_400))
    low = promise.at_least if promise.at_least is not None else 0
    high = promise.at_most if promise.at_most is not None else low + 1000 + 20 * count
    if column.type is Type.INTEGER:
        return chance.randint(int(low), int(high))
    return round(chance.uniform(low, high), 2)


def _unchanged(row: Row) -> Row:
    return row


def _firm(row: Row) -> Row:
    """Only a legal person has a name and an identifier."""
    if row["kind"] != "legal_person":
        return row | {"firm_id": None, "name": None}
    return row


def _body(row: Row) -> Row:
    """A one-person office is measured only if it has staff."""
    return row | {"staffed": True} if row["seats"] == 1 else row


#: What holds across the columns of a row, which no promise of a single column can say.
_ACROSS: dict[str, Callable[[Row], Row]] = {"body": _body, "firm": _firm}

# What our patterns are made of: a group, a class, \d or a plain character, and how often.
_PIECE = re.compile(
    r"(?:\((?P<group>[^()]*)\)|\[(?P<set>[^\]]+)\]|(?P<digit>\\d)|(?P<plain>[\w:./-]))"
    r"(?:\{(?P<least>\d+)(?:,(?P<most>\d+))?\})?"
)


def fitting(pattern: str, chance: random.Random) -> str:
    """A text that looks like `pattern`: groups with `|`, classes, `\\d`, and `{m,n}` are known."""
    left = pattern.removeprefix("^").removesuffix("$")
    made = []
    while left:
        piece = _PIECE.match(left)
        if piece is None:
            raise UsageError(f"cannot make a text that looks like {pattern}: stopped at {left!r}")
        least = int(piece["least"] or 1)
        for _ in range(chance.randint(least, int(piece["most"] or least))):
            made.append(_fitting_piece(piece, chance))
        left = left[piece.end() :]
    return "".join(made)


def _fitting_piece(piece: re.Match[str], chance: random.Random) -> str:
    if piece["group"] is not None:
        return fitting(chance.choice(piece["group"].split("|")), chance)
    if piece["set"] is not None:
        return chance.choice(_members(piece["set"]))
    return chance.choice("0123456789") if piece["digit"] else str(piece["plain"])


def _members(ranges: str) -> str:
    """The characters of a class such as `a-f0-9` or `CID`."""
    return re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), ranges)

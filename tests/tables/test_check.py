"""Every kind of promise, kept and broken."""

import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables.strategies import tables_of
from troth.errors import UsageError
from troth.tables import VOCABULARY
from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.check import Broken, check
from troth.tables.sample import related

TOWN = Table(
    "town", "A town.", (Column("town_id", Type.TEXT, "the town", "", REQUIRED),), key=("town_id",)
)

TOLL = Table(
    "toll",
    "A toll on a road.",
    (
        Column("road", Type.TEXT, "the road", "", Promise(required=True, matches=r"^[AB]\d{1,3}$")),
        Column("gate", Type.INTEGER, "which gate", "", Promise(at_least=1)),
        Column("kind", Type.TEXT, "what pays", "", Promise(one_of=("car", "cart"))),
        Column("share", Type.NUMBER, "share of the price", "share", Promise(at_least=0, at_most=1)),
        Column("town", Type.TEXT, "who takes it", "", Promise(refers_to="town.town_id")),
        Column("day", Type.DATE, "when"),
    ),
    key=("road", "gate"),
)

TOWNS = {"town": TOWN.rows([{"town_id": "Ur"}])}
SOUND: dict[str, Any] = {
    "road": "A1",
    "gate": 1,
    "kind": "car",
    "share": 0.5,
    "town": "Ur",
    "day": datetime.date(2024, 5, 1),
}


def toll(*changes: dict[str, Any]) -> pa.Table:
    """One sound row for each change, with that change; gates number the rows from 1."""
    rows = [SOUND | {"gate": number + 1} | change for number, change in enumerate(changes)]
    return pa.Table.from_pylist(rows, schema=pa.schema([f.with_nullable(True) for f in TOLL.arrow]))


def test_sound_rows_break_nothing() -> None:
    nothing_known = {"kind": None, "share": None, "town": None, "day": None, "gate": None}
    assert check(TOLL, toll({}, nothing_known, {"share": 0.0}, {"share": 1.0}), TOWNS) == []


@pytest.mark.parametrize(
    ("column", "value", "promise"),
    [
        ("road", None, "always present"),
        ("road", "C1", r"looks like ^[AB]\d{1,3}$"),
        ("road", "A1\n", r"looks like ^[AB]\d{1,3}$"),
        ("road", "xA1", r"looks like ^[AB]\d{1,3}$"),
        ("gate", 0, "at least 1"),
        ("kind", "ship", "one of car, cart"),
        ("share", 1.01, "at most 1"),
        ("share", -0.01, "at least 0"),
        ("town", "Atlantis", "a town.town_id"),
    ],
)
def test_a_broken_promise_is_named_with_its_row_and_value(
    column: str, value: Any, promise: str
) -> None:
    broken = check(
        TOLL,
        toll({}, {column: value}, {}, {column: value, "gate": value if column == "gate" else 9}),
        TOWNS,
    )
    assert [one for one in broken if one.promise == promise] == [
        Broken("toll", column, promise, 1, value, 2)
    ]


def test_a_number_must_be_finite() -> None:
    broken = check(TOLL, toll({"share": float("nan")}), TOWNS)
    assert "a finite number" in [one.promise for one in broken]


def test_the_second_row_with_a_key_breaks_it() -> None:
    data = toll({"gate": 7}, {"gate": 8}, {"gate": 7}, {"gate": 7})
    assert check(TOLL, data, TOWNS) == [
        Broken("toll", "road, gate", "a key that no other row has", 2, ("A1", 7), 2)
    ]


def test_null_in_a_key_is_a_value_like_any_other() -> None:
    (broken,) = check(TOLL, toll({"gate": None}, {"gate": 1}, {"gate": None}), TOWNS)
    assert (broken.row, broken.value) == (2, ("A1", None))


def test_a_promise_that_cannot_be_looked_at_does_not_pass_for_kept() -> None:
    with pytest.raises(UsageError, match="no table 'town' was given"):
        check(TOLL, toll({}))


def test_a_column_too_few_too_many_or_of_another_type_is_named() -> None:
    data = toll({}).drop_columns(["kind"]).append_column("score", pa.array([1]))
    data = data.set_column(1, "gate", pa.array(["one"]))
    told = {one.column: one.promise for one in check(TOLL, data, TOWNS)}
    assert told == {
        "kind": "is there once",
        "score": "is no column of it",
        "gate": "is of type int64, not string",
    }


def test_it_says_what_where_and_how_many() -> None:
    (broken,) = check(TOLL, toll({}, {"kind": "ship"}), TOWNS)
    assert str(broken) == "table toll, column kind: one of car, cart, row 1 has 'ship' (1 rows)"


def test_nothing_is_repaired() -> None:
    data = toll({"kind": "ship", "share": 7.0})
    before = data.to_pylist()
    check(TOLL, data, TOWNS)
    assert data.to_pylist() == before


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_rows_made_from_a_declaration_keep_it(data: st.DataObject) -> None:
    table = VOCABULARY[data.draw(st.sampled_from(sorted(VOCABULARY)))]
    others = related(VOCABULARY.values(), 3)
    made = data.draw(tables_of(table, others=others))
    points_inwards = {
        column.name for column in table if column.promise.refers_to.startswith(table.name + ".")
    }
    assert [one for one in check(table, made, others) if one.column not in points_inwards] == []

"""Values read many at once, and the same values read one by one by plain Python."""

import datetime as dt
import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.sources.ledgers.values import read_column
from troth.tables.base import Column, Promise, Type


def column(kind: Type, promise: Promise | None = None) -> Column:
    return Column("c", kind, "something", "", promise or Promise())


def plainly(kind: Type, text: str) -> object:
    """The value, or None where it is none: slow and obvious."""
    if kind is Type.DATE:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return None
        try:
            day = dt.date(*map(int, text.split("-")))
        except ValueError:
            return None
        return day if 1900 <= day.year <= 2199 else None
    if kind is Type.INTEGER:
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None
    if kind is Type.NUMBER:
        if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
            return None
        return float(text) if abs(float(text)) < 1e15 else None
    if kind is Type.BOOLEAN:
        said = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
        return said.get(text.lower())
    return text


WRITTEN = {
    Type.DATE: st.one_of(
        st.dates().map(str), st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{2}", fullmatch=True), st.just("2024-01-01T00:00")
    ),
    Type.INTEGER: st.one_of(st.integers().map(str), st.sampled_from(["1.0", "+1", "1 000", "-0", "٣"])),
    Type.NUMBER: st.one_of(
        st.floats().map(repr), st.decimals().map(str), st.sampled_from(["1,5", ".5", "5.", "1e3", "inf", "-1.50", "1_0", "٣"])
    ),
    Type.BOOLEAN: st.sampled_from(["yes", "YES", "no", "True", "false", "0", "1", "2", "ja", "y"]),
    Type.TEXT: st.text(min_size=1, max_size=5),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(WRITTEN))
@given(data=st.data())
def test_many_at_once_are_what_they_are_one_by_one(kind: Type, data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.none() | WRITTEN[kind], max_size=6))
    values, bad = read_column(column(kind), pa.array(texts, pa.string()))
    expected = [None if text is None else plainly(kind, text) for text in texts]
    assert values.to_pylist() == expected
    assert values.type == kind.arrow
    found = [any(one.which[row].as_py() for one in bad) for row in range(len(texts))]
    assert found == [t is not None and e is None for t, e in zip(texts, expected, strict=True)]


@given(st.lists(st.sampled_from([None, "2024-05-31T12:00:00Z", "2024-05-31T12:00:00+02:00", "2024-05-31", "noon", "1899-12-31T00:00:00Z"]), max_size=5))  # fmt: skip
def test_a_moment_may_be_a_day_alone(texts: list[str | None]) -> None:
    said = {
        "2024-05-31T12:00:00Z": dt.datetime(2024, 5, 31, 12, tzinfo=dt.UTC),
        "2024-05-31T12:00:00+02:00": dt.datetime(2024, 5, 31, 10, tzinfo=dt.UTC),
        "2024-05-31": dt.datetime(2024, 5, 31, tzinfo=dt.UTC),
    }
    values, _ = read_column(column(Type.INSTANT), pa.array(texts, pa.string()))
    assert values.to_pylist() == [said.get(text) for text in texts]


@pytest.mark.parametrize(
    ("kind", "promise", "texts", "code", "kept"),
    [
        (Type.TEXT, Promise(one_of=("a", "b")), ["a", "c", None], "E067", ["a", None, None]),
        (Type.TEXT, Promise(matches=r"^[A-Z]\d$"), ["A1", "A12", None], "E067", ["A1", None, None]),
        (Type.INTEGER, Promise(at_least=0), ["0", "-1", None], "E068", [0, None, None]),
        (Type.NUMBER, Promise(at_least=0, at_most=1), ["1", "1.1", "-0.1"], "E068", [1, None, None]),
    ],
)  # fmt: skip
def test_a_promise_that_a_value_breaks_makes_it_null(
    kind: Type, promise: Promise, texts: list[str | None], code: str, kept: list[object]
) -> None:
    values, (bad,) = read_column(column(kind, promise), pa.array(texts, pa.string()))
    assert bad.code == code
    assert values.to_pylist() == kept

"""Columns of text read strictly, many values at once: nothing is repaired and nothing is guessed.

Each reader gives an array with null for what cannot be used, and which values those were. It tries
the whole column at once, and looks at single values only when that fails.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.sources import fields
from troth.sources.fields import FIRST_YEAR, INSTANT, LAST_YEAR
from troth.sources.ocds.shapes import LARGEST_AMOUNT
from troth.tables.base import Column, Promise, Type

YES = ("yes", "true", "1")
NO = ("no", "false", "0")

#: More digits than fit into a signed 64-bit integer.
_WHOLE = r"^-?\d{1,18}$"
_NUMBER = r"^-?\d+(?:\.\d+)?$"

_FIRST_DAY = pa.scalar(dt.date(FIRST_YEAR, 1, 1))
_LAST_DAY = pa.scalar(dt.date(LAST_YEAR, 12, 31))

_DATE_SAID = f"expected a date such as 2024-05-31, from {FIRST_YEAR} to {LAST_YEAR}"
_MOMENT_SAID = (
    f"expected a date or a moment such as 2024-05-31T12:00:00Z, from {FIRST_YEAR} to {LAST_YEAR}"
)


class Bad(NamedTuple):
    """Values of a column that could not be used: which, the code of the fault, what was expected."""

    which: pa.Array
    code: str
    expected: str


def read_column(column: Column, texts: pa.Array) -> tuple[pa.Array, list[Bad]]:
    """The values of a column whose texts are trimmed and null where nothing stands."""
    values, bad = _READERS[column.type](texts)
    found = [bad] if bad is not None else []
    for broken in _broken(column, values):
        found.append(broken)
        values = pc.if_else(broken.which, pa.scalar(None, values.type), values)
    return values, found


def _dates(texts: pa.Array) -> tuple[pa.Array, Bad | None]:
    try:
        days = texts.cast(pa.date32())
    except pa.ArrowInvalid:
        days = _one_by_one(texts, _day, pa.date32())
    days = _within(days, _FIRST_DAY, _LAST_DAY)
    return days, _bad(texts, days, "E064", _DATE_SAID)


def _day(text: str) -> dt.date | None:
    if len(text) != len("2024-05-31") or not text.isascii() or text[4] != "-":
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _moments(texts: pa.Array) -> tuple[pa.Array, Bad | None]:
    try:
        moments = texts.cast(INSTANT)
        first = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC)
        last = dt.datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
        moments = _within(moments, pa.scalar(first, INSTANT), pa.scalar(last, INSTANT))
    except pa.ArrowInvalid:
        moments = _one_by_one(texts, _moment, INSTANT)
    return moments, _bad(texts, moments, "E064", _MOMENT_SAID)


def _moment(text: str) -> dt.datetime | None:
    try:
        return fields.instant(text)[0]
    except fields.BadDate:
        return None


def _one_by_one(texts: pa.Array, read: Callable[[str], object], into: pa.DataType) -> pa.Array:
    """Each different text read once."""
    encoded = texts.dictionary_encode()
    values = pa.array([read(text) for text in encoded.dictionary.to_pylist()], into)
    return values.take(encoded.indices)


def _within(values: pa.Array, first: pa.Scalar, last: pa.Scalar) -> pa.Array:
    span = pc.min_max(values)
    if not span["min"].is_valid or (
        pc.greater_equal(span["min"], first).as_py() and pc.less_equal(span["max"], last).as_py()
    ):
        return values
    inside = pc.and_(pc.greater_equal(values, first), pc.less_equal(values, last))
    return pc.if_else(inside, values, pa.scalar(None, values.type))


def _whole_numbers(texts: pa.Array) -> tuple[pa.Array, Bad | None]:
    fits = _fitting(texts, _WHOLE)
    values = fits.cast(pa.int64())
    return values, _bad(texts, values, "E065", "expected a whole number such as 12")


def _numbers(texts: pa.Array) -> tuple[pa.Array, Bad | None]:
    values = _fitting(texts, _NUMBER).cast(pa.float64())
    sane = pc.less(pc.abs(values), LARGEST_AMOUNT)
    values = pc.if_else(sane, values, pa.scalar(None, values.type))
    return values, _bad(texts, values, "E065", "expected a number such as 1234.50")


def _fitting(texts: pa.Array, pattern: str) -> pa.Array:
    """The texts that fit; null for the others."""
    fits = pc.match_substring_regex(texts, pattern)
    if pc.all(fits, skip_nulls=True, min_count=0).as_py():
        return texts
    return pc.if_else(fits, texts, pa.scalar(None, texts.type))


def _truths(texts: pa.Array) -> tuple[pa.Array, Bad | None]:
    lower = pc.utf8_lower(texts)
    yes = pc.is_in(lower, value_set=pa.array(YES))
    known = pc.is_in(lower, value_set=pa.array((*YES, *NO)))
    values = pc.if_else(known, yes, pa.scalar(None, pa.bool_()))
    return values, _bad(texts, values, "E066", "expected yes or no")


def _texts(texts: pa.Array) -> tuple[pa.Array, Bad | None]:
    return texts, None


def _bad(texts: pa.Array, values: pa.Array, code: str, expected: str) -> Bad | None:
    if texts.null_count == values.null_count:
        return None
    return Bad(pc.and_(pc.is_valid(texts), pc.is_null(values)), code, expected)


_READERS = {
    Type.TEXT: _texts,
    Type.INTEGER: _whole_numbers,
    Type.NUMBER: _numbers,
    Type.BOOLEAN: _truths,
    Type.DATE: _dates,
    Type.INSTANT: _moments,
}


def _broken(column: Column, values: pa.Array) -> list[Bad]:
    """Which values break a promise that can be seen from the value alone."""
    promise, found = column.promise, []
    if promise.one_of:
        among = pc.is_in(values, value_set=pa.array(promise.one_of, values.type))
        which = pc.and_(pc.is_valid(values), pc.invert(among))
        found.append(Bad(which, "E067", "expected one of " + ", ".join(promise.one_of)))
    if promise.matches:
        which = pc.fill_null(
            pc.invert(pc.match_substring_regex(values, f"^(?:{promise.matches})$")), False
        )
        code = "E032" if column.name == "currency" else "E067"
        found.append(Bad(which, code, f"expected a text that looks like {promise.matches}"))
    if promise.at_least is not None or promise.at_most is not None:
        found.append(Bad(_outside(values, promise), "E068", f"expected {_limits(promise)}"))
    return [one for one in found if pc.any(one.which, min_count=0).as_py()]


def _outside(values: pa.Array, promise: Promise) -> pa.Array:
    outside = pa.array(np.zeros(len(values), np.bool_))
    if promise.at_least is not None:
        outside = pc.or_(outside, pc.fill_null(pc.less(values, promise.at_least), False))
    if promise.at_most is not None:
        outside = pc.or_(outside, pc.fill_null(pc.greater(values, promise.at_most), False))
    return outside


def _limits(promise: Promise) -> str:
    limits = Promise(at_least=promise.at_least, at_most=promise.at_most)
    return limits.in_words().replace("; ", " and ")

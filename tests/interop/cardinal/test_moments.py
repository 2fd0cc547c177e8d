"""Moments with a zone are read, all else is none; days are cut off towards zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.interop.cardinal.moments import moment, whole_days

EPOCH = moment("1970-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "2000-01-01T18:00:00-05:00",
        "2000-01-01T23:00:00Z",
        "2000-01-01t23:00:00z",
        "2000-01-01 23:00:00+00:00",
        "2000-01-01T23:00:00.000Z",
        "2000-01-01T18:00:00\u221205:00",
        "2000-01-01T22:59:60Z",
    ],
)
def test_one_moment_has_several_spellings(text: str) -> None:
    assert moment(text) == moment("2000-01-01T23:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "", "invalid", "2000-01-01", "2000-01-01T00:00:00", "2000-02-30T00:00:00Z",
        "2000-01-01T24:00:00Z", "2000-01-01T00:60:00Z", "2000-01-01T00:00:61Z",
        "2000-01-01T00:00:00+0200", "2000-01-01T00:00:00+24:00", "2000-01-01T00:00:00+01:60",
        "2000-1-1T00:00:00Z", " 2000-01-01T00:00:00Z", "2000-01-01T00:00Z",
        "2000-01-01T00:00:00.Z", "\u0662000-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_without_date_time_and_zone_there_is_no_moment(text: str) -> None:
    assert moment(text) is None


ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES))
def test_it_is_the_moment_that_python_reads(when: datetime) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = (when - epoch) // timedelta(microseconds=1)
    assert moment(when.isoformat()) == EPOCH + Fraction(microseconds, 10**6)


def test_the_year_0_lies_before_the_year_1() -> None:
    first, last = moment("0000-01-01T00:00:00Z"), moment("0001-01-01T00:00:00Z")
    assert first is not None
    assert last is not None
    assert whole_days(first, last) == 366


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2000-01-01T18:00:00Z", "2000-01-16T17:59:59Z", 14),
        ("2000-01-01T18:00:00Z", "2000-01-16T18:00:00Z", 15),
        ("2000-01-02T00:00:00Z", "2000-01-01T00:00:01Z", 0),
        ("2000-01-03T00:00:00Z", "2000-01-01T00:00:01Z", -1),
        ("2000-01-01T00:00:00.5Z", "2000-01-02T00:00:00Z", 0),
    ],
)
def test_days_are_cut_off_towards_zero(start: str, end: str, days: int) -> None:
    began, ended = moment(start), moment(end)
    assert began is not None
    assert ended is not None
    assert whole_days(began, ended) == days

"""Single values, read strictly."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.ocds.strategies import DATES
from troth.sources.fields import (
    BadDate,
    identifier,
    instant,
    instants,
    is_currency,
    keyed_hash,
    numbered,
    public_key_of,
    spread,
    why_bad,
)


@pytest.mark.parametrize(
    ("text", "moment", "form"),
    [
        ("2024-05-31", datetime(2024, 5, 31, tzinfo=UTC), "day"),
        ("2024-05-31T12:00:00Z", datetime(2024, 5, 31, 12, tzinfo=UTC), "zoned"),
        ("2024-05-31T12:00:00+02:00", datetime(2024, 5, 31, 10, tzinfo=UTC), "zoned"),
        ("2024-05-31T12:00:00-0330", datetime(2024, 5, 31, 15, 30, tzinfo=UTC), "zoned"),
        ("2024-05-31T23:30-02", datetime(2024, 6, 1, 1, 30, tzinfo=UTC), "zoned"),
        ("2024-05-31 12:00:00", datetime(2024, 5, 31, 12, tzinfo=UTC), "local"),
        (
            "2024-05-31T12:00:00.123456789Z",
            datetime(2024, 5, 31, 12, 0, 0, 123456, tzinfo=UTC),
            "zoned",
        ),
        ("1900-01-01", datetime(1900, 1, 1, tzinfo=UTC), "day"),
        ("2199-12-31T23:59:59.9Z", datetime(2199, 12, 31, 23, 59, 59, 900000, tzinfo=UTC), "zoned"),
    ],
)
def test_a_date_is_a_moment_in_utc_and_how_it_was_written(
    text: str, moment: datetime, form: str
) -> None:
    assert instant(text) == (moment, form)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0001-01-01T00:00:00Z", "a year from 1900 to 2199"),
        ("2301-01-01", "a year from 1900 to 2199"),
        ("1899-12-31T23:59:59Z", "a year from 1900 to 2199"),
        ("2024-02-30", "no such day"),
        ("2024-05-31T24:00:00Z", "no such day or time"),
        ("2024-05-31T12:00:60Z", "no such day or time"),
        ("2024-05-31T12:00:00+99:00", "no such day or time"),
        ("31/05/2024", "expected a date such as"),
        ("2017-03-22+01:00T00:00:00Z", "expected a date such as"),
        ("2024-1-1", "expected a date such as"),
        (" 2024-01-01", "expected a date such as"),
        ("٢٠٢٤-٠١-٠١", "expected a date such as"),
    ],
)
def test_what_is_no_date_says_why(text: str, why: str) -> None:
    with pytest.raises(BadDate, match=why):
        instant(text)
    assert why in why_bad(text)


@given(
    st.lists(
        st.sampled_from([*DATES, None, "2024-05-31T12:00:00.5+01:00", "1899-12-31T23:30:00-01:00"]),
        max_size=6,
    )
)
def test_many_dates_are_read_as_one_is(texts: list[str | None]) -> None:
    moments, forms, bad = instants(texts)
    for row, text in enumerate(texts):
        try:
            expected = (None, None) if text is None else instant(text)
        except BadDate:
            expected = (None, None)
            assert row in bad
        assert (moments[row].as_py(), forms[row].as_py()) == expected
    assert len(bad) == len(set(bad))


@given(
    st.datetimes(datetime(1890, 1, 1), datetime(2210, 1, 1)),
    st.sampled_from(["", "Z", "+05:30", "-11:00"]),
    st.integers(0, 9),
)
def test_arrow_and_python_read_every_moment_alike(moment: datetime, zone: str, digits: int) -> None:
    text = (
        moment.strftime("%Y-%m-%dT%H:%M:%S")
        + (f".{moment.microsecond:06d}000"[: digits + 1] if digits else "")
        + zone
    )
    try:
        expected = instant(text)
    except BadDate:
        expected = (None, None)
    moments, forms, _ = instants([text])
    assert (moments[0].as_py(), forms[0].as_py()) == expected


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" IT-CF-00215150236 ", "IT-CF-00215150236"),
        (20012345, "20012345"),
        (20012345.0, "20012345"),  # the same number, and the same key of a dictionary
        (2.5, "2.5"),
        ("80012345-0", "80012345-0"),  # a check digit
        ("PY-RUC-80012345-0", "PY-RUC-80012345-0"),
        ("12345678-X", "12345678-X"),
        ("party-0", "party-0"),
        ("Tbd", "Tbd"),
    ],
)
def test_an_identifier_is_text_without_spaces_around_it(raw: str | int | float, text: str) -> None:
    assert identifier(raw) == text


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        "IT-CF-NAN",
        "IT-CF-nan",
        "IT-CF-",
        "IT-CF-00000000000",
        "FR-RCS-None",
        "NULL",
        "n/a",
        "NA",
        "0",
        0,
        0.0,
        "-",
        "...",
        "xxx",
        "IT-CF-XXXX",
        "undefined",
        "unknown",
        "PE-RUC:0",
    ],
)
def test_what_publishers_write_where_they_have_none_is_none(raw: str | float | None) -> None:
    assert identifier(raw) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("EUR", True), ("eur", False), ("EURO", False), ("€", False), ("", False), ("EUR\n", False)],
)
def test_a_currency_is_three_capital_letters(text: str, is_one: bool) -> None:
    assert is_currency(text) is is_one


@given(st.text(min_size=1))
def test_keys_fit_a_signed_integer_and_depend_on_the_secret(text: str) -> None:
    assert 0 <= public_key_of(text) < 2**63
    one, other = keyed_hash(text, b"a" * 32), keyed_hash(text, b"b" * 32)
    assert 0 <= one < 2**63
    assert one != other
    assert one == keyed_hash(text, b"a" * 32)


def test_children_are_numbered_within_their_parents() -> None:
    counts = np.array([2, 0, 3])
    assert numbered(counts).tolist() == [0, 1, 0, 1, 2]
    assert spread(np.array([7, 8, 9]), counts).tolist() == [7, 7, 9, 9, 9]

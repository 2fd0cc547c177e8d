"""Working days, by a list of days on which nobody works."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.measure.working import Calendar, calendar, calendars, deadline, working_days


def days(*written: str) -> np.ndarray:
    return np.array(written, "datetime64[D]")


#: October 2025: a holiday on Wednesday 1, and Saturday 11 worked in exchange.
OCTOBER = calendar(
    "made", *days("2025-10-01", "2025-10-31"), days("2025-10-01"), days("2025-10-11")
)


def test_the_first_day_is_not_counted_and_the_last_is() -> None:
    # Thursday 2 to Tuesday 7: Friday, Monday, Tuesday.
    assert working_days(days("2025-10-02"), days("2025-10-07"), OCTOBER).tolist() == [3]
    assert working_days(days("2025-10-02"), days("2025-10-02"), OCTOBER).tolist() == [0]
    assert working_days(days("2025-10-07"), days("2025-10-02"), OCTOBER).tolist() == [-3]


def test_a_saturday_that_is_worked_counts() -> None:
    assert working_days(days("2025-10-10"), days("2025-10-12"), OCTOBER).tolist() == [1]
    assert deadline(days("2025-10-10"), np.array([1]), OCTOBER).astype(str) == ["2025-10-11"]


def test_a_term_of_no_days_ends_where_it_begins() -> None:
    assert deadline(days("2025-10-05"), np.array([0]), OCTOBER).astype(str) == ["2025-10-05"]


def test_unknown_days_stay_unknown() -> None:
    unknown = days("NaT", "2025-10-02")
    assert np.isnan(working_days(unknown, days("2025-10-07", "NaT"), OCTOBER)).all()
    assert np.isnat(deadline(unknown, np.array([1, 1]), OCTOBER)).tolist() == [True, False]


def test_outside_its_days_a_calendar_counts_nothing() -> None:
    with pytest.raises(UsageError, match="2025-11-01 lies outside the calendar made"):
        working_days(days("2025-10-02"), days("2025-11-01"), OCTOBER)
    with pytest.raises(UsageError, match="5 working days from 2025-10-29 ends after 2025-10-31"):
        deadline(days("2025-10-29"), np.array([5]), OCTOBER)


def test_days_off_stand_in_order_and_within_the_calendar() -> None:
    for off in (days("2025-10-02", "2025-10-01"), days("2025-11-01")):
        with pytest.raises(UsageError, match="in order, each once"):
            Calendar("made", *days("2025-10-01", "2025-10-31"), off)


@given(st.sets(st.integers(0, 99), max_size=60), st.integers(0, 99), st.integers(0, 99))
def test_counting_is_looking_at_each_day(off: set[int], begin: int, end: int) -> None:
    made = Calendar(
        "made",
        np.datetime64(0, "D"),
        np.datetime64(99, "D"),
        np.array(sorted(off), np.int64).astype("datetime64[D]"),
    )
    first, last = min(begin, end), max(begin, end)
    walked = [day for day in range(first + 1, last + 1) if day not in off]
    ends = (np.array([np.datetime64(day, "D")]) for day in (first, last))
    assert working_days(*ends, made).tolist() == [len(walked)]
    if walked:
        found = deadline(np.array([np.datetime64(first, "D")]), np.array([len(walked)]), made)
        assert found.astype(int).tolist() == [walked[-1]]


def rows(*said: tuple[str, str, str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    names, on, kinds = zip(*said, strict=True)
    return np.array(names), days(*on), np.array(kinds)


def test_calendars_are_made_of_rows_and_cover_whole_years() -> None:
    found = calendars(
        *rows(
            ("CN", "2024-10-01", "off"),
            ("CN", "2024-09-29", "worked"),
            ("XX", "2023-12-25", "off"),
            ("XX", "2024-12-25", "off"),
        )
    )
    assert (str(found["CN"].first), str(found["CN"].last)) == ("2024-01-01", "2024-12-31")
    assert str(found["XX"].first) == "2023-01-01"
    # From Friday to Monday: Sunday 29 September is worked in one of them.
    begin, end = days("2024-09-27"), days("2024-09-30")
    assert working_days(begin, end, found["CN"]).tolist() == [2]
    assert working_days(begin, end, found["XX"]).tolist() == [1]


def test_a_year_without_days_off_is_missing_and_not_one_without_holidays() -> None:
    with pytest.raises(UsageError, match="The calendar XX has no day off in 2023"):
        calendars(*rows(("XX", "2022-12-26", "off"), ("XX", "2024-12-25", "off")))
    with pytest.raises(UsageError, match="no day off in 2025"):
        calendars(*rows(("XX", "2024-12-25", "off"), ("XX", "2025-01-04", "worked")))
    with pytest.raises(UsageError, match="no day off in 2025"):
        calendars(*rows(("XX", "2025-01-04", "worked")))

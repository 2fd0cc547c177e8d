"""Sums by body, and what comes next."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from troth.measure.grouped import (
    days_between,
    enough,
    first_after,
    months_before,
    ratio,
    share,
    total,
)


def test_sums_and_ratios_by_body() -> None:
    body, amount = np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0])
    assert total(body, 3).tolist() == [1, 0, 2]
    assert total(body, 3, amount).tolist() == [1, 0, 5]
    assert np.array_equal(
        ratio(total(body, 3, amount), total(body, 3)), [1, np.nan, 2.5], equal_nan=True
    )


def test_too_few_cases_is_unknown_and_not_0() -> None:
    found = enough(np.array([0.5, 0.5]), np.array([19, 20]), 20)
    assert np.array_equal(found, [np.nan, 0.5], equal_nan=True)


def test_unknown_cases_are_in_no_share() -> None:
    found = share(np.array([1, 0, np.nan, np.nan]), np.array([0, 0, 0, 1]), 2)
    assert np.array_equal(found.value, [0.5, np.nan], equal_nan=True)
    assert (found.hits.tolist(), found.n.tolist()) == ([1, 0], [2, 0])


def test_days_are_counted_without_the_first() -> None:
    days = np.array(["2024-02-28", "NaT"], "datetime64[D]")
    found = days_between(days, np.datetime64("2024-03-01"))
    assert found[0] == 2 and np.isnan(found[1])


DAY = st.one_of(st.none(), st.integers(-30, 30))
DATED = st.lists(st.tuples(st.integers(0, 3), DAY), max_size=15)


@given(DATED, DATED)
def test_the_next_day_is_the_one_found_by_looking(
    asked: list[tuple[int, int | None]], known: list[tuple[int, int | None]]
) -> None:
    def columns(rows: list[tuple[int, int | None]]) -> tuple[np.ndarray, np.ndarray]:
        days = [np.datetime64("NaT") if d is None else np.datetime64(d, "D") for _, d in rows]
        return np.array([g for g, _ in rows], np.int64), np.array(days, "datetime64[D]")

    found = first_after(*columns(asked), *columns(known))
    for (group, day), next_day in zip(asked, found, strict=True):
        later = [
            d for g, d in known if g == group and d is not None and day is not None and d > day
        ]
        assert (None if np.isnat(next_day) else int(next_day.astype(int))) == min(
            later, default=None
        )


def test_months_before_a_day_that_a_month_has_not() -> None:
    assert months_before(np.datetime64("2024-12-31"), 12) == np.datetime64("2023-12-31")
    assert months_before(np.datetime64("2024-03-31"), 1) == np.datetime64("2024-02-29")
    assert months_before(np.datetime64("2024-01-15"), 1) == np.datetime64("2023-12-15")

"""Quartiles of type 8 as numpy has them, fences rounded once, figures cut to four decimals."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.interop.cardinal.quartiles import multiply_add, quantile, quartiles, shown

NUMBERS = st.floats(-1e6, 1e6)


@given(
    st.lists(NUMBERS, min_size=1, max_size=30), st.sampled_from([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
)
def test_they_are_the_median_unbiased_ones(values: list[float], share: float) -> None:
    expected = float(np.quantile(values, share, method="median_unbiased"))
    assert quantile(sorted(values), share) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_of_nothing_and_beyond_all_there_is_none() -> None:
    assert math.isnan(quantile([], 0.5))
    assert math.isnan(quantile([1.0], 1.01))
    assert math.isnan(quartiles([]).lower_fence)


def test_fences_lie_one_and_a_half_ranges_beyond() -> None:
    found = quartiles([0, 100, 100, 100, 100])
    assert (found.first, found.third) == (pytest.approx(66.6667, abs=1e-4), 100)
    assert found.lower_fence == pytest.approx(16.6667, abs=1e-4)
    assert found.upper_fence == pytest.approx(150)


def test_where_all_are_equal_the_fences_are_their_value_exactly() -> None:
    found = quartiles([0.1] * 7)
    assert found.lower_fence == found.upper_fence == 0.1


def test_what_is_no_number_changes_nothing_by_its_place() -> None:
    values = [math.nan, 1.0, 2.0, math.inf, 3.0]
    assert repr(quartiles(values)) == repr(quartiles(reversed(values)))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_sum_of_products_is_rounded_once(value: float, by: float, plus: float) -> None:
    exact = Fraction(value) * Fraction(by) + Fraction(plus)
    assert multiply_add(value, by, plus) == float(exact)


def test_infinite_sums_are_as_floats_have_them() -> None:
    assert multiply_add(math.inf, 1.5, 1.0) == math.inf
    assert multiply_add(1e308, 1e308, 0.0) == math.inf


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.00005, 0.0001), (-0.00005, -0.0001), (0.00004, 0.0), (66.66666, 66.6667), (1e300, 1e300)],
)
def test_halves_are_rounded_away_from_zero(value: float, expected: float) -> None:
    assert shown(value) == expected


def test_what_is_not_finite_stays_so() -> None:
    assert math.isnan(shown(math.nan))
    assert shown(math.inf) == math.inf

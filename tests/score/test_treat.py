"""Outliers: who is brought in, how far, and what is written down about it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.oracle import composite
from troth.errors import UsageError
from troth.score.treat import (
    MOST_POINTS,
    kurtosis,
    logarithm,
    passes,
    skewness,
    treat,
    winsorise,
)

NAN = float("nan")

#: Days until payment: twelve bodies as usual, and one that took three years.
DAYS = np.array([*range(28, 40), 1100], float)[:, None]


def column(values: list[float]) -> np.ndarray:
    return np.array(values, float)[:, None]


def rule(values: list[float]) -> bool:
    return bool(passes(skewness(column(values)), kurtosis(column(values)))[0])


def test_one_body_far_out_is_brought_in() -> None:
    treated = treat(DAYS)
    (record,) = treated.records(["days"])
    assert record.action == "winsorised"
    assert record.units == (12,)
    assert treated.values[12, 0] == 39
    assert (treated.values[:12] == DAYS[:12]).all()
    assert record.skewness_before > 2 > record.skewness_after
    assert record.passes


def test_nothing_is_done_without_need() -> None:
    values = column([1, 2, 3, 4, 5, NAN])
    treated = treat(values)
    assert np.array_equal(treated.values, values, equal_nan=True)
    assert treated.records(["a"])[0].action == "untreated"


def test_equal_bodies_move_together_and_no_more_than_five() -> None:
    """Six at the same far end are no outliers; the logarithm of the original is taken instead."""
    values = column([*range(100), *[10_000] * 5])
    assert treat(values).records(["a"])[0].units == (100, 101, 102, 103, 104)
    six = column([*range(200), *[10_000] * 6])
    treated = treat(six)
    (record,) = treated.records(["a"])
    assert (record.action, record.units) == ("logarithm", ())
    assert treated.values[:, 0] == pytest.approx(np.log(six[:, 0] + 100))


def test_a_logarithm_may_not_be_enough_and_says_so() -> None:
    values = column([*[0.0] * 60, *[1e6] * 6])
    (record,) = treat(values).records(["a"])
    assert record.action == "logarithm"
    assert not record.passes


def test_the_low_side_is_treated_as_the_high_one() -> None:
    high, low = treat(DAYS), treat(-DAYS)
    assert (low.values == -high.values).all()
    skew = np.array([3.0])
    values = column([0, 1, 50, 100])
    assert logarithm(-values, -skew) == pytest.approx(-logarithm(values, skew))


def test_too_few_to_have_a_shape_are_left() -> None:
    values = column([1, 2, 1000])
    assert np.isnan(kurtosis(values)).all() and np.isnan(skewness(values[:2])).all()
    assert treat(values).records(["a"])[0].action == "untreated"
    assert np.isnan(skewness(column([5, 5, 5, 5]))).all(), "all equal: no shape"


def test_records_are_of_one_table() -> None:
    with pytest.raises(UsageError, match="one table"):
        treat(np.stack([DAYS, DAYS])).records(["days"])
    with pytest.raises(UsageError, match="one table"):
        treat(DAYS).records(["days", "more"])


skewed = st.integers(0, 9).map(float) | st.sampled_from([100.0, -100.0, 1e4, NAN])


@given(st.lists(skewed, min_size=4, max_size=14), st.integers(1, 5))
def test_winsorising_step_by_step(values: list[float], most: int) -> None:
    found, moved = winsorise(column(values), most)
    slow, slow_moved = composite.winsorised(values, most, rule)
    assert np.array_equal(found[:, 0], slow, equal_nan=True)
    assert np.flatnonzero(moved).tolist() == slow_moved


@given(hnp.arrays(np.float64, (3, 12, 4), elements=skewed))
def test_what_holds_of_every_treatment(values: np.ndarray) -> None:
    treated = treat(values)
    alone = np.stack([treat(one).values for one in values])
    assert np.array_equal(treated.values, alone, equal_nan=True)
    assert (np.isnan(treated.values) == np.isnan(values)).all()
    assert treated.winsorised.sum(axis=-2).max() <= MOST_POINTS
    for table in range(3):
        for at in range(4):
            known = ~np.isnan(values[table, :, at])
            order = np.argsort(values[table, known, at], kind="stable")
            assert (np.diff(treated.values[table, known, at][order]) >= 0).all(), "order is kept"


@given(st.lists(skewed, min_size=4, max_size=12), st.floats(0.1, 10), st.randoms())
def test_unit_and_order_say_nothing(values: list[float], factor: float, random) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    for shape in (skewness, kurtosis):
        whole = shape(column(values))
        assert shape(column(values) * factor) == pytest.approx(whole, rel=1e-6, nan_ok=True)
        assert shape(column(values)[order]) == pytest.approx(whole, rel=1e-6, nan_ok=True)

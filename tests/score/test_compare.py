"""Whether two bodies can be told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import InputError, UsageError
from troth.score.compare import compare, probability_above


def draws(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal([50, 52, 60], 2, size=(4_000, 3))


def test_far_apart_is_told_apart_and_near_is_not() -> None:
    first, second, third = draws().T
    far, near = compare(third, first), compare(second, first)
    assert far.told_apart and far.above > 0.99 and far.low > 0
    assert not near.told_apart
    assert near.above == pytest.approx(0.76, abs=0.02)
    assert near.low < 0 < near.difference < near.high


def test_intervals_that_overlap_may_still_be_told_apart() -> None:
    shared_by_both = np.random.default_rng(0).normal(50, 10, size=2_000)
    found = compare(shared_by_both + 1, shared_by_both)
    assert (found.above, found.low, found.high) == (1.0, pytest.approx(1), pytest.approx(1))


def test_equal_draws_count_half() -> None:
    found = compare(np.array([1.0, 1.0, 2.0, 0.0]), np.ones(4))
    assert (found.above, found.equal, found.draws) == (0.5, 0.5, 4)
    assert not found.told_apart


def test_draws_without_a_score_take_no_part() -> None:
    found = compare(np.array([2.0, np.nan, 3.0]), np.array([1.0, 1.0, np.nan]))
    assert (found.draws, found.above) == (1, 1.0)
    with pytest.raises(InputError, match="nothing to compare"):
        compare(np.array([np.nan]), np.array([1.0]))


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="one shape"):
        compare(np.ones(2), np.ones(3))
    with pytest.raises(UsageError, match="level"):
        compare(np.ones(2), np.ones(2), level=90)
    with pytest.raises(UsageError, match="sure enough"):
        compare(np.ones(2), np.ones(2), sure_enough=0.4)


@given(st.integers(0, 100))
def test_the_table_of_pairs_says_what_each_pair_says(seed: int) -> None:
    scores = np.round(draws(seed)[:50])
    scores[:5, 1] = np.nan
    table = probability_above(scores)
    np.testing.assert_allclose(table + table.T, 1)
    for row in range(3):
        for column in range(3):
            pair = compare(scores[:, row], scores[:, column])
            assert table[row, column] == pytest.approx(pair.above)
            back = compare(scores[:, column], scores[:, row])
            assert pair.told_apart == back.told_apart
            assert pair.low == pytest.approx(-back.high)


def test_a_pair_without_any_draw_is_unknown() -> None:
    table = probability_above(np.array([[1.0, np.nan], [2.0, np.nan]]))
    assert np.isnan(table[0, 1]) and table[0, 0] == 0.5

"""A rank comes with all the ranks that the data do not rule out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.slow_ranks import sets_by_claims
from troth.errors import UsageError
from troth.score import ranks


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


units = st.lists(st.tuples(st.floats(-10, 10), st.floats(0.0, 5)), min_size=1, max_size=9)
plain_units = st.lists(
    st.tuples(st.integers(-20, 20), st.sampled_from([0, 0.5, 1, 2.5])), min_size=1, max_size=8
)


@given(units, st.booleans())
def test_the_set_holds_the_point_rank(drawn: list[tuple[float, float]], together: bool) -> None:
    values, errors = np.array(drawn).T
    make = ranks.simultaneous if together else ranks.marginal
    found = make(values, errors, rng(), draws=200)
    assert (found.low <= found.rank).all() and (found.rank <= found.high).all()
    assert (found.low >= 1).all() and (found.high <= len(values)).all()


@given(plain_units, st.booleans())
def test_sets_are_those_of_one_claim_after_the_other(
    drawn: list[tuple[float, float]], together: bool
) -> None:
    values, errors = np.array(drawn).T
    make = ranks.simultaneous if together else ranks.marginal
    found = make(values, errors, rng(), draws=100)
    low, high = sets_by_claims(values, errors, rng(), 0.9, 100, together=together)
    assert found.low.tolist() == low
    assert found.high.tolist() == high


def test_simultaneous_sets_are_wider() -> None:
    values, errors = np.linspace(0, 8, 20), np.full(20, 0.7)
    each, all_of_them = (
        ranks.marginal(values, errors, rng()),
        ranks.simultaneous(values, errors, rng()),
    )
    assert (all_of_them.low <= each.low).all() and (all_of_them.high >= each.high).all()


def test_equal_values_share_the_better_rank_and_unknown_has_none() -> None:
    found = ranks.point_ranks(np.array([3.0, 7.0, np.nan, 7.0, 1.0]))
    assert found[[0, 1, 3, 4]].tolist() == [3, 1, 1, 4]
    assert np.isnan(found[2])


def test_unknown_has_no_set_and_counts_for_nobody() -> None:
    values, errors = np.array([1.0, np.nan, 9.0]), np.array([0.1, 0.1, 0.1])
    found = ranks.simultaneous(values, errors, rng())
    assert found.ranked == 2
    assert found.low[[0, 2]].tolist() == [2, 1] and found.high[[0, 2]].tolist() == [2, 1]
    assert np.isnan([found.low[1], found.high[1], found.rank[1]]).all()


def test_the_last_is_said_only_of_a_set_that_is_the_last_rank_alone() -> None:
    clear = ranks.simultaneous(np.array([9.0, 8.0, 1.0]), np.full(3, 0.5), rng())
    assert ranks.only_last(clear).tolist() == [False, False, True]
    assert ranks.only_first(clear).tolist() == [False, False, False]
    close = ranks.simultaneous(np.array([9.0, 8.0, 7.5]), np.full(3, 0.5), rng())
    assert not ranks.only_last(close).any()


def test_the_last_is_not_read_from_marginal_sets() -> None:
    each = ranks.marginal(np.array([9.0, 1.0]), np.full(2, 0.5), rng())
    with pytest.raises(UsageError, match="simultaneous"):
        ranks.only_last(each)
    with pytest.raises(UsageError, match="simultaneous"):
        ranks.only_first(each)


def test_a_pair_is_told_apart_beyond_chance_alone() -> None:
    values, errors = np.array([60.0, 50.0, np.nan]), np.array([3.0, 4.0, 1.0])
    # The error of the difference is 5; 90 % of chance lies within 8.2.
    apart = ranks.told_apart(values, errors, 1, 0)
    assert (apart.told_apart, apart.higher, apart.difference, apart.error) == (True, 0, -10.0, 5.0)
    assert ranks.told_apart(values, errors, 0, 1, level=0.99).higher is None
    assert not ranks.told_apart(values, errors, 0, 2).told_apart


def test_without_error_order_is_certain_and_equals_are_equal() -> None:
    found = ranks.simultaneous(np.array([1.0, 2.0, 2.0]), np.zeros(3), rng())
    assert found.low.tolist() == [3, 1, 1] and found.high.tolist() == [3, 2, 2]


def test_posterior_ranks_are_those_of_the_draws() -> None:
    drawn = np.array([[3.0, 2, 1]] * 90 + [[2.0, 3, 1]] * 10)
    low, high = ranks.rank_intervals(drawn)
    assert low.tolist() == [1, 1, 3] and high.tolist() == [2, 2, 3]
    low, high = ranks.rank_intervals(np.array([[3.0, 2, 1]] * 96 + [[2.0, 3, 1]] * 4))
    assert high.tolist() == [1, 2, 3]


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UsageError, match="one error"):
        ranks.marginal(np.ones(2), np.ones(3), rng())
    with pytest.raises(UsageError, match="below 0"):
        ranks.marginal(np.ones(2), np.array([1.0, -1.0]), rng())
    with pytest.raises(UsageError, match=r"0\.5"):
        ranks.marginal(np.ones(2), np.ones(2), rng(), level=0.3)

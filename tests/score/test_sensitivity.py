"""What results depend on: factorials, exact Sobol indices, shifts of ranks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.oracle.sobol_indices import indices
from troth.errors import UsageError
from troth.score.sensitivity import (
    factorial,
    mean_rank_shift,
    rank_depends_on,
    rank_statistics,
    sobol,
)

FACTORS = {"slope": (1.0, 2.0, 3.0), "offset": (0.0, 10.0)}


def test_every_combination_is_run_once() -> None:
    found = factorial(FACTORS, lambda slope, offset: np.array([slope, slope + offset]))
    assert found.shape == (3, 2, 2)
    assert found[2, 1].tolist() == [3.0, 13.0]


def test_what_adds_up_has_no_interaction() -> None:
    found = sobol(factorial(FACTORS, lambda slope, offset: slope + offset))
    whole = 2 / 3 + 25
    np.testing.assert_allclose(found.first, [2 / 3 / whole, 25 / whole])
    np.testing.assert_allclose(found.total, found.first)


def test_what_only_acts_together_has_no_effect_alone() -> None:
    found = sobol(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    np.testing.assert_allclose(found.first, [0, 0], atol=1e-15)
    np.testing.assert_allclose(found.total, [1, 1])


@given(
    arrays.arrays(
        np.float64,
        arrays.array_shapes(min_dims=1, max_dims=4, max_side=4),
        elements=st.floats(-100, 100).map(lambda x: round(x, 3)),
    )
)
def test_indices_are_those_of_the_definition(outcomes: np.ndarray) -> None:
    found = sobol(outcomes)
    slow = indices(outcomes)
    if np.ptp(outcomes) == 0:
        assert np.isnan(found.first).all() and np.isnan(found.total).all()
        return
    np.testing.assert_allclose(found.first, slow[0], atol=1e-9)
    np.testing.assert_allclose(found.total, slow[1], atol=1e-9)
    assert (found.first <= found.total + 1e-9).all()
    assert found.first.sum() <= 1 + 1e-9


def test_other_axes_are_taken_one_by_one() -> None:
    outcomes = np.random.default_rng(0).normal(size=(3, 2, 4, 5))
    found = sobol(outcomes, factors=3)
    assert found.first.shape == (3, 5)
    np.testing.assert_allclose(found.total[:, 2], sobol(outcomes[..., 2]).total)
    outcomes[0, 0, 0, 1] = np.nan
    assert np.isnan(sobol(outcomes, factors=3).first).any(axis=0).tolist() == [
        False, True, False, False, False,
    ]  # fmt: skip


def test_what_makes_no_factorial_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        factorial({"none": ()}, lambda none: 0.0)
    with pytest.raises(UsageError, match="3 factors"):
        sobol(np.zeros((2, 2)), factors=3)
    with pytest.raises(UsageError, match="do not belong"):
        rank_depends_on(FACTORS, np.zeros((2, 2, 1)), 0)


def test_shifts_are_places_moved_and_unknown_ranks_are_not_counted() -> None:
    assert mean_rank_shift(np.array([1, 2, 3]), np.array([3, 2, 1])) == pytest.approx(4 / 3)
    assert mean_rank_shift(np.array([1, np.nan, 3]), np.array([2, 2, np.nan])) == 1
    assert np.isnan(mean_rank_shift(np.array([np.nan]), np.array([1.0])))


def test_rank_statistics_are_by_unit() -> None:
    found = rank_statistics(np.array([[1, 2, 3], [1, 3, 2], [2, 1, np.nan]]), top=1)
    np.testing.assert_allclose(found.mean, [4 / 3, 2, np.nan])
    np.testing.assert_allclose(found.q95, [1.9, 2.9, np.nan])
    np.testing.assert_allclose(found.share_in_top, [2 / 3, 1 / 3, np.nan])


def test_the_table_of_one_unit_names_the_strongest_choice_first() -> None:
    ranks = factorial(FACTORS, lambda slope, offset: np.array([slope + offset, 1.0]))
    rows = rank_depends_on(FACTORS, ranks, 0)
    assert [row.factor for row in rows] == ["offset", "slope"]
    assert rows[0].levels == ("0.0", "10.0")
    assert rows[0].by_level == (2.0, 12.0)
    assert (rows[0].spread, rows[1].spread) == (10.0, 2.0)
    unmoved = rank_depends_on(FACTORS, ranks, 1)
    assert all(np.isnan(row.total) and row.spread == 0 for row in unmoved)

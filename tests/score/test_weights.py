"""Weights: where they come from, and which are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.oracle import composite
from troth.errors import InputError, UsageError
from troth.score.aggregate import arithmetic, geometric
from troth.score.weights import (
    ahp,
    benefit_of_the_doubt,
    budget_allocation,
    capped,
    effective,
    equal,
    factor_analysis,
    varimax,
)

NAMES = ["continuity", "debt", "transparency"]


def test_equal() -> None:
    assert equal(4).tolist() == [0.25] * 4
    with pytest.raises(UsageError):
        equal(0)


def test_no_pillar_decides_alone() -> None:
    assert capped(np.array([2.0, 1.0, 1.0]), NAMES).tolist() == [0.5, 0.25, 0.25]
    with pytest.raises(UsageError, match=r"50 % of all.*debt has 60\.0 %"):
        capped(np.array([1.0, 3.0, 1.0]), NAMES)
    with pytest.raises(UsageError, match="name each weight"):
        capped(np.ones(2), NAMES)
    with pytest.raises(UsageError, match="not below 0"):
        capped(np.array([1.0, -1.0, 1.0]), NAMES)


def test_each_expert_has_the_same_to_give() -> None:
    assert budget_allocation(np.array([[50.0, 50.0], [3.0, 1.0]])).tolist() == [0.625, 0.375]
    with pytest.raises(UsageError, match="points"):
        budget_allocation(np.array([[0.0, 0.0]]))
    with pytest.raises(UsageError, match="row for each expert"):
        budget_allocation(np.array([1.0, 2.0]))


def test_comparisons_that_agree_give_back_their_weights() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    found = ahp(weights[:, None] / weights[None, :])
    assert found.weights == pytest.approx(weights)
    assert found.eigenvalue == pytest.approx(3)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-12)
    assert ahp(np.array([[1.0, 3.0], [1 / 3, 1.0]])).weights == pytest.approx([0.75, 0.25])


def test_comparisons_in_a_circle_are_refused_unless_asked_for() -> None:
    circle = np.array([[1, 3, 1 / 3], [1 / 3, 1, 3], [3, 1 / 3, 1]])
    with pytest.raises(InputError, match=r"consistency ratio 1\.149"):
        ahp(circle)
    assert ahp(circle, accept_inconsistent=True).weights == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (np.ones((2, 3)), "square"),
        (np.ones((11, 11)), "square"),
        (np.array([[1.0, -2.0], [-0.5, 1.0]]), "above 0"),
        (np.array([[1.0, 3.0], [3.0, 1.0]]), "row 1, column 2 .* not reciprocal"),
    ],
)
def test_what_is_no_matrix_of_comparisons(matrix: np.ndarray, why: str) -> None:
    with pytest.raises(InputError, match=why):
        ahp(matrix)


def two_subjects() -> np.ndarray:
    """Three indicators of one thing, two of another that has nothing to do with it."""
    generator = np.random.Generator(np.random.PCG64(1))
    one, other = generator.normal(size=(2, 200, 1))
    noise = generator.normal(scale=0.3, size=(200, 5))
    return np.concatenate([one, one, one, other, other], axis=1) + noise


def test_factors_find_what_goes_together() -> None:
    found = factor_analysis(two_subjects())
    assert len(set(found.factor[:3])) == len(set(found.factor[3:])) == 1
    assert found.factor[0] != found.factor[3]
    assert found.weights.sum() == pytest.approx(1)
    assert found.explained.sum() > 0.9


def test_factors_need_a_table_without_gaps() -> None:
    values = two_subjects()
    values[0, 0] = np.nan
    with pytest.raises(InputError, match="1 values are missing"):
        factor_analysis(values)
    with pytest.raises(UsageError, match="factors"):
        factor_analysis(two_subjects(), factors=6)


def test_a_rotation_changes_no_communality() -> None:
    loadings = np.array([[0.8, 0.3], [0.7, 0.4], [0.2, 0.9], [0.0, 0.0]])
    turned = varimax(loadings)
    assert (turned**2).sum(axis=1) == pytest.approx((loadings**2).sum(axis=1))
    assert ((turned**2).var(axis=0)).sum() >= ((loadings**2).var(axis=0)).sum()


def test_each_body_under_the_weights_that_suit_it() -> None:
    """Both ends are best by their own weights. The third does best where these are even."""
    values = np.array([[100.0, 20.0], [20.0, 100.0], [50.0, 15.0]])
    found = benefit_of_the_doubt(values, lower=0.2, upper=0.8)
    assert found.scores[:2].tolist() == [1, 1]
    assert found.scores[2] == pytest.approx(32.5 / 60)
    shares = found.weights / found.weights.sum(axis=1, keepdims=True)
    assert shares[0] == pytest.approx([0.8, 0.2])
    assert shares[1] == pytest.approx([0.2, 0.8])


def test_bounds_must_leave_room() -> None:
    with pytest.raises(UsageError, match=r"upper ones to 0\.300"):
        benefit_of_the_doubt(np.ones((3, 2)))
    with pytest.raises(InputError, match="without gaps"):
        benefit_of_the_doubt(np.full((3, 8), np.nan))


def test_where_nobody_has_anything_there_is_no_score() -> None:
    with pytest.raises(InputError, match="no unit has a value above 0"):
        benefit_of_the_doubt(np.zeros((3, 8)))


@given(
    hnp.arrays(np.float64, st.tuples(st.integers(2, 6), st.just(2)), elements=st.integers(0, 50)),
    st.sampled_from([(0.0, 1.0), (0.1, 0.9), (0.4, 0.55)]),
)
def test_benefit_of_the_doubt_by_trying_all_turning_points(values, bounds) -> None:
    values = values + 1.0
    found = benefit_of_the_doubt(values, *bounds)
    slow = composite.benefit_of_the_doubt_of_two([tuple(row) for row in values.tolist()], *bounds)
    assert found.scores == pytest.approx(slow, abs=1e-7)


def test_a_weight_is_not_what_an_element_is_worth() -> None:
    """Two pillars that say the same move the index, the third of equal weight hardly does."""
    generator = np.random.Generator(np.random.PCG64(2))
    one, other = generator.uniform(20, 80, size=(2, 100, 1))
    pillars = np.concatenate([one, one + 1, other * 0.1 + 45], axis=1)
    for index in (arithmetic, geometric):
        found = effective(pillars, np.ones(3), index)
        assert found.declared == pytest.approx([1 / 3] * 3)
        assert found.correlation_squared[0] > 0.9
        assert found.correlation_squared[2] < 0.2
        assert found.rank_shift[2] < 3


@pytest.mark.parametrize("seed", range(60))
def test_loadings_of_chance_are_turned_until_nothing_is_gained(seed: int) -> None:
    """Factors that differ in little settle slowly; what is left to gain then is rounding."""
    rng = np.random.default_rng(seed)
    loadings = rng.normal(size=(int(rng.integers(3, 30)), int(rng.integers(2, 4))))

    turned = varimax(loadings)

    assert np.allclose((turned**2).sum(axis=1), (loadings**2).sum(axis=1))
    assert np.allclose((varimax(turned) ** 2), turned**2, atol=1e-6)

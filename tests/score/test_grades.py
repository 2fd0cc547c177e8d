"""One grade above another only where the data can bear it; no grading earns more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.every_grading import best_gain, gain, gradings
from troth.errors import UsageError
from troth.score import grades as g


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> np.ndarray:
    """Any probabilities at all, in order or not."""
    units = draw(st.integers(1, most))
    pi = np.full((units, units), np.nan)
    for i in range(units):
        for j in range(i + 1, units):
            pi[i, j] = draw(st.sampled_from([0, 0.1, 0.3, 0.5, 0.7, 0.79, 0.81, 0.9, 1]))
            pi[j, i] = 1 - pi[i, j]
    return pi


@settings(max_examples=150)
@given(tables())
def test_no_grading_earns_more(pi: np.ndarray) -> None:
    found = g.grades(pi)
    assert found.optimal
    assert found.gain == pytest.approx(best_gain(pi, g.LAMBDA), abs=1e-6)
    grading = tuple(int(one) for one in found.grade)
    assert gain(pi, grading, g.LAMBDA) == pytest.approx(found.gain, abs=1e-9)
    assert set(grading) == set(range(1, max(grading) + 1))


@pytest.mark.parametrize("seed", range(3))
def test_no_grading_of_seven_earns_more(seed: int) -> None:
    made = np.random.Generator(np.random.PCG64(seed))
    pi = g.pairwise_normal(made.normal(0, 2, 7), made.exponential(1, 7) ** 2)
    assert sum(1 for _ in gradings(7)) == 47_293
    assert g.grades(pi).gain == pytest.approx(best_gain(pi, g.LAMBDA), abs=1e-6)


def test_the_threshold_is_four_in_five() -> None:
    assert g.threshold() == 0.8
    for probability, apart in ((0.81, True), (0.79, False)):
        pi = np.array([[np.nan, probability], [1 - probability, np.nan]])
        assert (len(set(g.grades(pi).grade.tolist())) == 2) == apart


def test_three_in_a_row_that_only_ends_can_be_told_apart() -> None:
    """a and c differ, b differs from neither: b goes with one of them, or the order would break."""
    pi = np.array([[np.nan, 0.7, 0.95], [0.3, np.nan, 0.75], [0.05, 0.25, np.nan]])
    found = g.grades(pi)
    assert found.grade.tolist() == [1, 2, 2] or found.grade.tolist() == [1, 1, 2]
    assert found.optimal


def test_bodies_in_one_order_are_graded_exactly_however_many() -> None:
    made = np.random.Generator(np.random.PCG64(4))
    found = g.grades(g.pairwise_normal(np.sort(made.normal(0, 2, 300)), np.ones(300)))
    assert (found.optimal, found.method) == (True, "blocks")
    assert (np.diff(found.grade) <= 0).all()
    assert found.bound == found.gain


def test_forty_bodies_are_graded_to_the_end() -> None:
    made = np.random.Generator(np.random.PCG64(5))
    mean, variance = made.normal(0, 1.5, 40), np.exp(made.normal(-0.5, 1, 40))
    drawn = made.normal(mean, np.sqrt(variance), (500, 40))
    found = g.grades(g.pairwise_from_draws(drawn))
    assert found.optimal
    # It cannot be bettered by moving any one body to another grade, or to one of its own.
    pi = g.pairwise_from_draws(drawn)
    for body in range(40):
        for grade in np.arange(0.5, found.grade.max() + 1, 0.5):
            other = found.grade.copy()
            other[body] = grade
            assert g.expected_gain(pi, other) <= found.gain + 1e-6


def test_what_is_not_known_to_be_best_says_so() -> None:
    made = np.random.Generator(np.random.PCG64(6))
    pi = g.pairwise_normal(made.normal(0, 2, 120), np.exp(made.normal(0, 1, 120)))
    found = g.grades(pi)
    assert not found.optimal
    assert found.gain < found.bound


def test_work_that_runs_out_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above 40 bodies the programme has so many rounds; here it has none."""
    monkeypatch.setattr(g, "ROUNDS", 0)
    made = np.random.Generator(np.random.PCG64(7))
    pi = g.pairwise_normal(made.normal(0, 2, 45), np.exp(made.normal(0, 1, 45)))
    found = g.grades(pi)
    assert (found.method, found.optimal) == ("blocks", False)
    monkeypatch.undo()
    ended = g.grades(pi)
    assert ended.optimal and ended.gain >= found.gain
    assert ended.bound <= found.bound + 1e-6


def test_draws_and_the_formula_agree() -> None:
    made = np.random.Generator(np.random.PCG64(8))
    mean, variance = np.array([0.0, 1.0, -0.5]), np.array([1.0, 0.5, 2.0])
    drawn = made.normal(mean, np.sqrt(variance), (40_000, 3))
    off = ~np.eye(3, dtype=bool)
    found, exact = g.pairwise_from_draws(drawn), g.pairwise_normal(mean, variance)
    assert np.allclose(found[off], exact[off], atol=0.01)
    assert np.allclose((found + found.T)[off], 1)


def test_equal_draws_count_half() -> None:
    assert g.pairwise_from_draws(np.array([[1.0, 1.0], [2.0, 1.0]]))[0, 1] == 0.75


def test_unknown_has_no_grade() -> None:
    drawn = np.array([[3.0, np.nan, 1.0]] * 5)
    found = g.grades(g.pairwise_from_draws(drawn))
    assert found.grade[[0, 2]].tolist() == [1, 2]
    assert np.isnan(found.grade[1])


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UsageError, match="square"):
        g.grades(np.ones((2, 3)))
    with pytest.raises(UsageError, match="add up to 1"):
        g.grades(np.array([[np.nan, 0.9], [0.9, np.nan]]))
    with pytest.raises(UsageError, match="lambda"):
        g.grades(np.array([[np.nan, 0.5], [0.5, np.nan]]), 0)

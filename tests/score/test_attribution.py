"""Parts of a score, and of its change, that add up."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from troth.errors import UsageError
from troth.score.aggregate import Step, arithmetic, geometric, nested
from troth.score.attribution import (
    MICRO,
    ORDER,
    Inputs,
    Named,
    arithmetic_parts,
    change,
    geometric_parts,
    logarithmic_mean,
    points_of_logarithms,
    total_change,
    waterfall,
)

PILLARS = ("C", "C", "D", "D", "D", "T")
PILLAR_WEIGHTS = {"C": 1.0, "D": 2.0, "T": 1.0}


def tables(gaps: bool = True) -> st.SearchStrategy[np.ndarray]:
    points = st.floats(0, 100)
    cells = st.one_of(points, st.just(np.nan)) if gaps else points
    return arrays.arrays(np.float64, (4, 6), elements=cells)


weights = arrays.arrays(np.float64, (6,), elements=st.floats(0.1, 10))


def headline(values: np.ndarray, own: np.ndarray) -> np.ndarray:
    across = np.array(list(PILLAR_WEIGHTS.values()))
    return nested(values, [Step(PILLARS, arithmetic, own), Step(("all",) * 3, geometric, across)])[
        1
    ][..., 0]


@given(tables(), tables(gaps=False), weights)
def test_arithmetic_parts_add_up(
    values: np.ndarray, reference: np.ndarray, own: np.ndarray
) -> None:
    parts = arithmetic_parts(values, reference, own)
    seen = np.where(np.isnan(values), np.nan, reference)
    difference = arithmetic(values, own) - arithmetic(seen, own)
    np.testing.assert_allclose(parts.sum(axis=1), difference, atol=1e-12)
    assert (parts[np.isnan(values) & ~np.isnan(parts)] == 0).all()


@given(tables(), tables(gaps=False), weights)
def test_geometric_factors_multiply_to_the_ratio(
    values: np.ndarray, reference: np.ndarray, own: np.ndarray
) -> None:
    logarithms = geometric_parts(values, reference, own)
    seen = np.where(np.isnan(values), np.nan, reference)
    score, other = geometric(values, own), geometric(seen, own)
    np.testing.assert_allclose(logarithms.sum(axis=1), np.log(score / other), atol=1e-12)
    np.testing.assert_allclose(np.exp(logarithms).prod(axis=1), score / other, rtol=1e-12)
    known = ~np.isnan(score)
    points = points_of_logarithms(logarithms[known], score[known], other[known])
    np.testing.assert_allclose(points.sum(axis=1), (score - other)[known], atol=1e-12)


@given(tables(), tables(gaps=False), weights)
def test_the_waterfall_of_the_headline_adds_up(
    values: np.ndarray, reference: np.ndarray, own: np.ndarray
) -> None:
    found = waterfall(values, reference, PILLARS, own, PILLAR_WEIGHTS)
    score = headline(values, own)
    other = headline(np.where(np.isnan(values), np.nan, reference), own)
    np.testing.assert_allclose(found.score, score, atol=1e-12)
    np.testing.assert_allclose(found.reference, other, atol=1e-12)
    np.testing.assert_allclose(
        found.logarithms.sum(axis=1), np.log(found.score / found.reference), atol=1e-12
    )
    np.testing.assert_allclose(found.points.sum(axis=1), found.score - found.reference, atol=1e-12)


def test_a_waterfall_by_hand() -> None:
    found = waterfall(
        np.array([[80.0, 40.0, 50.0]]),
        np.array([60.0, 40.0, 50.0]),
        ("C", "C", "D"),
        np.ones(3),
        {"C": 1, "D": 1},
    )
    # C rises from 50 to 60 by the first indicator alone; the index from 50 to the root of 3000.
    assert found.score[0] == pytest.approx(3000**0.5)
    np.testing.assert_allclose(found.logarithms[0], [np.log(1.2) / 2, 0, 0], atol=1e-15)
    np.testing.assert_allclose(found.points[0], [3000**0.5 - 50, 0, 0], atol=1e-12)


def test_a_pillar_whose_indicators_cancel_out_moves_nothing() -> None:
    found = waterfall(
        np.array([[70.0, 30.0]]), np.array([30.0, 70.0]), ("C", "C"), np.ones(2), {"C": 1}
    )
    assert found.points.tolist() == [[0, 0]]


def test_what_the_waterfall_needs_is_said() -> None:
    with pytest.raises(UsageError, match="name one pillar"):
        waterfall(np.ones((1, 2)), np.ones(2), ("C",), np.ones(2), {"C": 1})
    with pytest.raises(UsageError, match="floor above 0"):
        geometric_parts(np.ones(2), np.ones(2), floor=0)
    with pytest.raises(UsageError, match="above 0"):
        logarithmic_mean(np.array([0.0]), np.array([1.0]))


@given(st.floats(1, 100), st.floats(1, 100))
def test_the_logarithmic_mean_lies_between(a: float, b: float) -> None:
    found = float(logarithmic_mean(np.array(a), np.array(b)))
    assert min(a, b) * (1 - 1e-9) <= found <= max(a, b) * (1 + 1e-9)


# -- change between two releases ------------------------------------------------------------------


def run(inputs: Inputs) -> np.ndarray:
    """Data with corrections, pulled halfway to the peers' mean, times the method."""
    data = inputs.data.value + inputs.corrections.value
    return inputs.method.value * (data + inputs.peers.value) / 2


def inputs(release: str, data: list[float], method: float, peers: float, fixed: float) -> Inputs:
    return Inputs(
        data=Named(f"data of {release}", np.array(data)),
        method=Named(f"method of {release}", method),
        peers=Named(f"peers of {release}", peers),
        corrections=Named(f"corrections of {release}", fixed),
    )


OLD = inputs("2026-05", [40.0, 60.0], 1.0, 50.0, 0.0)
NEW = inputs("2026-11", [50.0, 60.0], 1.1, 54.0, -2.0)


def test_each_part_is_what_one_replacement_does() -> None:
    steps = change(run, OLD, NEW)
    assert [step.replaced for step in steps] == list(ORDER)
    points = np.array([step.part for step in steps]) / MICRO
    np.testing.assert_allclose(points[0], [-1, -1])  # corrections
    np.testing.assert_allclose(points[1], [5, 0])  # data
    np.testing.assert_allclose(points[2], [2, 2])  # peers
    np.testing.assert_allclose(points[3], [5.1, 5.6])  # method
    assert (steps[1].old, steps[1].new) == ("data of 2026-05", "data of 2026-11")


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=2),
    st.floats(0.5, 2), st.floats(0, 100), st.floats(-5, 5), st.permutations(ORDER),
)  # fmt: skip
def test_parts_sum_to_the_change_to_the_last_digit(
    data: list[float], method: float, peers: float, fixed: float, order: list[str]
) -> None:
    new = inputs("2026-11", data, method, peers, fixed)
    steps = change(run, OLD, new, order)
    whole = np.rint(run(new) * MICRO) - np.rint(run(OLD) * MICRO)
    assert sum(step.part for step in steps).tolist() == whole.tolist()
    assert total_change(steps).tolist() == whole.tolist()
    for earlier, later in pairwise(steps):
        assert earlier.after.tolist() == later.before.tolist()


def test_what_kept_its_name_is_not_run_again() -> None:
    runs = []

    def counted(given_: Inputs) -> np.ndarray:
        runs.append(given_)
        return run(given_)

    steps = change(counted, OLD, replace(OLD, data=NEW.data))
    assert len(runs) == 2
    assert [step.part.any() for step in steps] == [False, True, False, False]


def test_a_body_that_came_or_went_has_no_parts() -> None:
    gone = replace(OLD, data=Named("without the second", np.array([50.0, np.nan])))
    steps = change(run, OLD, gone)
    assert np.isnan(total_change(steps)).tolist() == [False, True]


def test_another_list_of_bodies_is_refused() -> None:
    more = replace(OLD, data=Named("three bodies", np.ones(3)))
    with pytest.raises(UsageError, match="same list of units"):
        change(run, OLD, more)
    with pytest.raises(UsageError, match="names each"):
        change(run, OLD, NEW, ("data", "method"))

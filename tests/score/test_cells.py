"""Cells, peers and priors: what a recipe finds in the tables."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.score.measured import SILENT, bodies, measurement, published_before, recipe
from troth.score.cells import (
    cells_of,
    estimates,
    groups_of,
    points_of,
    priors_of,
    quantile,
)
from troth.score.recipe import Goalposts, Recipe
from troth.tables.results import MEASUREMENT

COUNTS = {
    ("A", "P013"): (3, 30),
    ("A", "P018"): SILENT,
    ("B", "P013"): (1, 4),
    ("C", "P018"): (0, 25),
}
RECIPE = recipe("P013", "P018")


def test_counts_and_statuses_come_from_the_rows_over_all_years() -> None:
    cells = cells_of(measurement(COUNTS), RECIPE.codes)
    assert cells.bodies.to_pylist() == ["A", "B", "C"]
    assert cells.n.tolist() == [[30, 0], [4, 0], [0, 25]]
    assert cells.hits.tolist() == [[3, 0], [1, 0], [0, 0]]
    assert cells.published.tolist() == [[True, False], [False, False], [False, True]]
    assert cells.silent.tolist() == [[False, True], [False, False], [False, False]]


def test_what_was_published_last_is_kept_where_a_body_fell_silent() -> None:
    before = {("A", "P018"): (6, 60), ("B", "P013"): (9, 90), ("C", "P013"): (2, 40)}
    before |= {("C", "P018"): (20, 20), ("gone", "P013"): (1, 30)}
    cells = cells_of(measurement(COUNTS), RECIPE.codes, last=published_before(before))
    assert cells.bodies.to_pylist() == ["A", "B", "C", "gone"]
    # A none of whose cases can be judged, and C of which no case is left. B has few cases, none of
    # which lacks a field, and C publishes P018: neither is silent.
    assert cells.kept.tolist() == [[False, True], [False, False], [True, False], [True, False]]
    assert cells.n.tolist() == [[30, 60], [4, 0], [40, 25], [30, 0]]
    assert cells.hits.tolist() == [[3, 6], [1, 0], [2, 0], [1, 0]]
    assert cells.silent.tolist() == cells.kept.tolist()
    assert not cells.published[cells.kept].any()


def test_who_lets_a_few_of_many_cases_be_judged_fell_silent() -> None:
    row = measurement({("A", "P013"): (0, 4)}).to_pylist()[0]
    before = published_before({("A", "P013"): (30, 40)})
    for lacking, kept in ((4, False), (5, True)):
        now = MEASUREMENT.rows([row | {"unknown": lacking - 1, "error": 1}])
        assert cells_of(now, ("P013",), last=before).kept.tolist() == [[kept]]


def test_what_concerns_no_case_any_more_is_no_silence() -> None:
    row = measurement({("A", "P013"): (0, 0)}).to_pylist()[0] | {"not_applicable": 40}
    before = published_before({("A", "P013"): (30, 40)})
    assert not cells_of(MEASUREMENT.rows([row]), ("P013",), last=before).kept.any()


def test_cells_of_bodies_that_are_asked_for_alone() -> None:
    cells = cells_of(measurement(COUNTS), RECIPE.codes, pa.array(["C", "nobody"]))
    assert cells.n.tolist() == [[0, 25], [0, 0]]


def test_without_any_level_all_bodies_are_peers() -> None:
    cells = cells_of(measurement(COUNTS), RECIPE.codes)
    assert groups_of(cells.bodies, bodies(COUNTS), RECIPE).tolist() == ["all"] * 3


def test_bodies_of_unknown_level_are_compared_with_each_other() -> None:
    cells = cells_of(measurement(COUNTS), RECIPE.codes)
    known = bodies(COUNTS, {"B": ("municipality", 9_000)})
    assert groups_of(cells.bodies, known, RECIPE).tolist() == [
        "unknown", "municipality/5000-20000", "unknown",
    ]  # fmt: skip


def test_an_estimate_can_be_checked_by_hand() -> None:
    cells = cells_of(measurement(COUNTS), RECIPE.codes)
    found = estimates(cells, np.full((3, 2), 0.2), np.full((3, 2), 10.0))
    assert found[0, 0] == (3 + 0.2 * 10) / (30 + 10)
    assert np.isnan(found[0, 1])


def test_points_go_from_the_worst_to_the_best_goalpost_and_no_further() -> None:
    assert points_of(np.array([[1.0, 0.25]]), RECIPE, RECIPE.codes).tolist() == [[0.0, 75.0]]


@given(
    hnp.arrays(np.float64, (4, 2), elements=st.floats(0, 1)),
    st.sampled_from([0.5, 0.25, 0.125]),
    st.floats(0.1, 1),
)
def test_another_unit_changes_no_points(values: np.ndarray, unit: float, worst: float) -> None:
    """Values and goalposts in halves or quarters: the same points."""

    def of(scale: float) -> np.ndarray:
        posts = Goalposts(worst * scale, 0.0, "a unit", "2026-01-01")
        own = Recipe("r", 1, "R", dict.fromkeys(RECIPE.codes, posts), RECIPE.weights)
        return points_of(values * scale, own, own.codes)

    assert np.allclose(of(1.0), of(unit), rtol=0, atol=1e-9)


def test_peers_are_those_of_the_group_alone() -> None:
    counts = {(f"B{one}", "P013"): (one, 40) for one in range(20)}
    levels = {f"B{one}": ("state" if one < 10 else "town", 1) for one in range(20)}
    one = recipe("P013")
    cells = cells_of(measurement(counts), one.codes)
    priors = priors_of(cells, groups_of(cells.bodies, bodies(counts, levels), one), one)
    low = [body < "B10" and len(body) == 2 for body in cells.bodies.to_pylist()]
    means = priors.mean[:, 0]
    assert set(np.round(means[low], 6)) != set(np.round(means[np.logical_not(low)], 6))
    assert priors.with_points[:, 0].tolist() == [10.0] * 20


@given(
    hnp.arrays(
        np.float64, st.tuples(st.integers(0, 9), st.just(3)),
        elements=st.floats(0, 100) | st.just(float("nan")),
    ),
    st.sampled_from([0.0, 0.5, 0.9, 1.0]),
)  # fmt: skip
def test_a_quantile_is_that_of_the_known_values(values: np.ndarray, share: float) -> None:
    found = quantile(values, share)
    for column in range(3):
        known = values[~np.isnan(values[:, column]), column]
        if len(known):
            assert found[column] == pytest.approx(np.quantile(known, share), rel=1e-12, abs=1e-9)
        else:
            assert np.isnan(found[column])

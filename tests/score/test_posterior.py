"""Distributions of cells: exact draws, and the few values that stand for each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.score.posterior import (
    NODES,
    Family,
    Posterior,
    draw,
    medians,
    nodes,
    standard_normal,
    strata_of_beta,
    strata_of_values,
)


def one_cell(family: Family, first: float, second: float) -> Posterior:
    table = np.ones((1, 1))
    return Posterior((family,), first * table, second * table, np.zeros((1, 1), bool))


def table() -> Posterior:
    """Two bodies: a share, a mean, a bootstrap; the second body's share is unknown."""
    values = np.array([[3.0, 1.0, 2.0, 5.0], [np.nan] * 4])
    return Posterior(
        (Family.BETA, Family.NORMAL, Family.VALUES),
        np.array([[8.0, 1.0, np.nan], [np.nan, -2.0, np.nan]]),
        np.array([[2.0, 0.5, np.nan], [np.nan, 0.0, np.nan]]),
        np.zeros((2, 3), bool),
        {2: values},
    )


def beta_sd(a: float, b: float) -> float:
    return float(np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))))


@given(st.floats(-1.2, 11), st.floats(-1.2, 11))
def test_nodes_of_a_share_have_its_mean_and_spread(log_a: float, log_b: float) -> None:
    a, b = float(np.exp(log_a)), float(np.exp(log_b))
    found = nodes(one_cell(Family.BETA, a, b), 0, 1)[0, 0].astype(np.float64)
    sd = beta_sd(a, b)
    assert abs(found.mean() - a / (a + b)) < 0.003 * sd
    assert found.std() == pytest.approx(sd, rel=1 / 300)
    assert found.min() >= 0
    assert found.max() <= 1


@given(st.floats(-1.2, 11), st.floats(-1.2, 11))
def test_nodes_between_the_grid_are_those_of_the_cell(log_a: float, log_b: float) -> None:
    a, b = float(np.exp(log_a)), float(np.exp(log_b))
    strata = strata_of_beta(np.array([a]), np.array([b]))[0]
    sd, mean = beta_sd(a, b), a / (a + b)
    stretched = np.clip(mean + (strata - strata.mean()) / strata.std() * sd, 0, 1)
    found = nodes(one_cell(Family.BETA, a, b), 0, 1)[0, 0]
    assert np.abs(found - stretched).max() < 0.012 * sd


def test_nodes_of_a_very_uneven_share_are_the_means_of_its_strata() -> None:
    found = nodes(one_cell(Family.BETA, 0.1, 0.2), 0, 1)[0, 0]
    np.testing.assert_allclose(found, strata_of_beta(np.array(0.1), np.array(0.2)), rtol=1e-6)
    assert found.mean() == pytest.approx(1 / 3, rel=1e-6)


def test_strata_of_a_beta_are_what_many_draws_give() -> None:
    many = np.sort(np.random.default_rng(1).beta(2, 5, size=640_000)).reshape(NODES, -1)
    np.testing.assert_allclose(
        strata_of_beta(np.array(2.0), np.array(5.0)), many.mean(axis=1), atol=0.003
    )


def test_nodes_of_a_mean_are_normal() -> None:
    found = nodes(one_cell(Family.NORMAL, 3.0, 0.5), 0, 1)[0, 0]
    np.testing.assert_allclose(found, 3 + 0.5 * standard_normal(), rtol=1e-6)
    assert standard_normal().std() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(standard_normal(), -standard_normal()[::-1], atol=1e-6)


def test_a_known_value_has_one_node_many_times() -> None:
    assert set(nodes(one_cell(Family.NORMAL, 3.0, 0.0), 0, 1)[0, 0].tolist()) == {3.0}


@given(st.integers(1, 300), st.integers(0, 99))
def test_strata_of_equally_likely_values_keep_their_mean(count: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(3, count))
    found = strata_of_values(values)
    assert found.shape == (3, NODES)
    np.testing.assert_allclose(found.mean(axis=1), values.mean(axis=1), atol=1e-12)
    assert (np.diff(found, axis=1) >= -1e-12).all()


def test_as_many_values_as_nodes_are_the_nodes() -> None:
    values = np.random.default_rng(0).normal(size=(2, NODES))
    np.testing.assert_allclose(strata_of_values(values), np.sort(values, axis=1), atol=1e-12)


def test_unknown_stays_unknown() -> None:
    posterior = table()
    assert posterior.known.tolist() == [[True, True, True], [False, True, False]]
    found = nodes(posterior, 0, 2)
    assert np.isnan(found).all(axis=2).tolist() == [[False] * 3, [True, False, True]]
    for cells in (medians(posterior), draw(posterior, np.random.default_rng(0))):
        assert np.isnan(cells).tolist() == (~posterior.known).tolist()


def test_medians_are_those_of_the_distributions() -> None:
    found = medians(table())
    share = np.random.default_rng(0).beta(8, 2, size=200_000)
    assert found[0, 0] == pytest.approx(np.median(share), abs=0.002)
    assert found[:, 1].tolist() == [1.0, -2.0]
    assert found[0, 2] == 2.5


def test_draws_are_from_the_distributions() -> None:
    random = np.random.default_rng(0)
    drawn = np.stack([draw(table(), random) for _ in range(4_000)])
    assert drawn[:, 0, 0].mean() == pytest.approx(0.8, abs=0.01)
    assert drawn[:, 0, 1].std() == pytest.approx(0.5, abs=0.02)
    assert set(drawn[:, 0, 2]) == {1.0, 2.0, 3.0, 5.0}


@pytest.mark.parametrize(
    ("family", "first", "second"),
    [(Family.BETA, 0.0, 1.0), (Family.BETA, 1.0, np.nan), (Family.NORMAL, 0.0, -1.0)],
)
def test_parameters_that_make_no_distribution_are_refused(
    family: Family, first: float, second: float
) -> None:
    with pytest.raises(UsageError, match="row 0, column 0"):
        one_cell(family, first, second)


def test_what_is_unknown_cannot_be_imputed() -> None:
    nothing = np.full((1, 1), np.nan)
    with pytest.raises(UsageError, match="imputed"):
        Posterior((Family.BETA,), nothing, nothing, np.ones((1, 1), bool))


def test_values_must_be_there_and_whole() -> None:
    nothing, no = np.full((1, 1), np.nan), np.zeros((1, 1), bool)
    with pytest.raises(UsageError, match="needs `values`"):
        Posterior((Family.VALUES,), nothing, nothing, no)
    with pytest.raises(UsageError, match="by row"):
        Posterior((Family.VALUES,), nothing, nothing, no, {0: np.array([[1.0, np.nan]])})
    with pytest.raises(UsageError, match="shape"):
        Posterior((Family.BETA,), np.ones((2, 1)), np.ones((1, 1)), np.zeros((2, 1), bool))

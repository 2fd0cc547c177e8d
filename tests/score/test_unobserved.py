"""One quality behind several sources."""

import numpy as np
import pytest

from troth.errors import InputError, UsageError
from troth.score.unobserved import Sources, estimate, fit, percentile_bands


def made(units: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    quality = random.normal(size=units)
    alpha, beta, sigma = np.array([50.0, 0.0, 3.0, -1.0]), np.array([10.0, 1.0, 2.0, 0.5]), 0.6
    values = alpha + beta * (quality[:, None] + sigma * random.normal(size=(units, 4)))
    return quality, values


def negative_log_likelihood(values: np.ndarray, model: Sources) -> float:
    """Unit by unit, with the covariance matrix written out."""
    total = 0.0
    for row in values:
        at = ~np.isnan(row)
        if at.any():
            beta = model.beta[at]
            covariance = np.outer(beta, beta) + np.diag(model.psi[at])
            off = row[at] - model.alpha[at]
            total += off @ np.linalg.solve(covariance, off)
            total += np.linalg.slogdet(covariance)[1] + at.sum() * np.log(2 * np.pi)
    return total / 2


def test_a_made_quality_is_found_again() -> None:
    quality, values = made()
    model = fit(values)
    np.testing.assert_allclose(model.alpha, [50, 0, 3, -1], atol=1.0)
    np.testing.assert_allclose(model.sigma2, 0.36, atol=0.12)
    found = estimate(values, model)
    assert np.corrcoef(found.estimate, quality)[0, 1] > 0.9
    within = np.abs(found.estimate - quality) < 1.645 * found.standard_error
    assert within.mean() == pytest.approx(0.9, abs=0.05)


def test_no_neighbour_is_more_likely() -> None:
    _, values = made(60)
    values[np.random.default_rng(1).random(values.shape) < 0.25] = np.nan
    model = fit(values)
    least = negative_log_likelihood(values, model)
    assert model.log_likelihood == pytest.approx(-least, rel=1e-12)
    for name in ("alpha", "beta", "psi"):
        for at in range(4):
            for factor in (0.999, 1.001):
                other = {n: getattr(model, n).copy() for n in ("alpha", "beta", "psi")}
                other[name][at] *= factor
                moved = Sources(**other, log_likelihood=0.0, steps=0)
                assert negative_log_likelihood(values, moved) >= least - 1e-9


def test_units_of_measurement_do_not_matter() -> None:
    _, values = made(50)
    here, there = fit(values), fit(values * [1000, 0.001, 1, 1] + [5, 5, 0, 0])
    np.testing.assert_allclose(here.sigma2, there.sigma2, rtol=1e-8)


def test_a_source_that_falls_with_the_quality_has_a_falling_slope() -> None:
    _, values = made(200)
    values[:, 2] *= -1
    assert np.sign(fit(values).beta).tolist() == [1, 1, -1, 1]


def test_fewer_sources_are_less_sure_and_none_is_unknown() -> None:
    _, values = made(50)
    values[0, 1:] = np.nan
    values[1] = np.nan
    found = estimate(values, fit(values))
    assert found.sources[:3].tolist() == [1, 0, 4]
    assert found.standard_error[0] > found.standard_error[2]
    assert np.isnan(found.estimate[1]) and np.isnan(found.standard_error[1])
    assert found.weights[0, 1:].tolist() == [0, 0, 0]
    assert found.weights[2].sum() < 1


def test_too_little_to_go_by_is_refused() -> None:
    _, values = made(20)
    with pytest.raises(UsageError, match="at least 3 sources"):
        fit(values[:, :2])
    values[:, 1] = 4.0
    with pytest.raises(InputError, match=r"sources \[1\]"):
        fit(values)


def test_a_source_that_is_the_quality_itself_is_refused() -> None:
    quality, values = made(100)
    values[:, 0] = quality
    values[:, 1:] = quality[:, None] + np.random.default_rng(0).normal(size=(100, 3))
    values[:, 1] = quality + 1e-9 * values[:, 2]
    with pytest.raises(InputError, match="would be the quality itself"):
        fit(values)


def test_a_fit_that_does_not_settle_is_refused() -> None:
    _, values = made(30)
    with pytest.raises(InputError, match="still moves after 3 steps"):
        fit(values, most_steps=3)


def test_bands_count_who_is_below() -> None:
    found = percentile_bands(
        np.array([0.0, 1.0, 2.0, 3.0, np.nan]), np.array([0.0, 0.7, 0.0, 9.0, 1.0])
    )
    third = 100 / 3
    np.testing.assert_allclose(found.rank, [0, third, 2 * third, 100, np.nan])
    # 1.64 * 0.7 = 1.148: from below 0 to between 2 and 3.
    np.testing.assert_allclose(found.lower, [0, 0, third, 0, np.nan])
    np.testing.assert_allclose(found.upper, [0, 2 * third, third, 100, np.nan])


def test_a_unit_alone_has_no_rank() -> None:
    found = percentile_bands(np.array([1.0, np.nan]), np.array([1.0, 1.0]))
    assert np.isnan([found.rank, found.lower, found.upper]).all()

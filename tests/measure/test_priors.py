"""The machinery behind shrinkage: sums by fit, derivatives, and averages over a prior."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from troth.measure import priors


def shares() -> priors.Cells:
    made = np.random.Generator(np.random.PCG64(2))
    n = made.integers(1, 50, (12, 2)).astype(float)
    return priors.cells(np.floor(n * made.uniform(0, 0.6, n.shape)), n, np.array(["a", "b"] * 6))


def test_trigamma_is_scipys() -> None:
    x = np.exp(np.linspace(-12, 14, 2_000))
    assert np.allclose(priors.trigamma(x), special.polygamma(1, x), rtol=1e-12)


@given(st.floats(-4, 4), st.floats(-1, 6), st.sampled_from(["beta", "gamma"]))
def test_derivatives_are_those_of_the_value(location: float, log_size: float, model: str) -> None:
    make = priors.beta_binomial if model == "beta" else priors.gamma_poisson
    likelihood = make(shares())
    fits = likelihood.fits
    at, size, step = np.full(fits, location), np.full(fits, log_size), 1e-5

    slope = likelihood.slope(at, size)
    by_location = (likelihood.value(at + step, size) - likelihood.value(at - step, size)) / 2e-5
    by_size = (likelihood.value(at, size + step) - likelihood.value(at, size - step)) / 2e-5
    assert np.allclose(slope.location, by_location, rtol=1e-4, atol=1e-4)
    assert np.allclose(slope.size, by_size, rtol=1e-4, atol=1e-4)
    up, down = likelihood.slope(at + step, size), likelihood.slope(at - step, size)
    assert np.allclose(
        slope.location_twice, (up.location - down.location) / 2e-5, rtol=1e-4, atol=1e-4
    )
    assert np.allclose(slope.both, (up.size - down.size) / 2e-5, rtol=1e-4, atol=1e-4)
    up, down = likelihood.slope(at, size + step), likelihood.slope(at, size - step)
    assert np.allclose(slope.size_twice, (up.size - down.size) / 2e-5, rtol=1e-4, atol=1e-4)
    first, second = likelihood.bend(at, size)
    assert np.allclose(first, slope.location)
    assert np.allclose(second, slope.location_twice)


def test_a_grid_averages_as_an_integral_does() -> None:
    """Weights and moments against adaptive integration over the mean, size by size."""
    known = priors.cells(np.array([1.0, 4, 2, 9]), np.array([20.0, 15, 30, 25]), None)
    likelihood = priors.beta_binomial(known)
    found = priors.grid(likelihood, known.median_size(), np.array([-1.5]))
    evidence = []
    for size, mean, square in zip(found.size, found.mean, found.mean_square, strict=True):

        def height(m: float, power: int, size: float = size[0]) -> float:
            log = likelihood.value(np.array([special.logit(m)]), np.array([np.log(size)]))[0]
            return float(np.exp(log + 70) * m**power / np.sqrt(m * (1 - m)))

        whole, first, second = (
            integrate.quad(height, 0, 1, args=(power,), limit=200)[0] for power in range(3)
        )
        evidence.append(whole)
        assert mean[0] == pytest.approx(first / whole, rel=0.01)
        assert square[0] == pytest.approx(second / whole, rel=0.02)
    assert np.allclose(found.weight[:, 0], np.array(evidence) / sum(evidence), atol=0.005)


def test_fits_without_a_case_do_not_disturb_the_others() -> None:
    known = priors.cells(np.array([0.0, 3, 4]), np.array([0.0, 10, 9]), np.array(["a", "b", "b"]))
    assert known.largest_size().tolist() == [1, 10]
    assert known.median_size().tolist() == [1, 9]
    assert known.spread(np.array([7.0, 8.0])).tolist() == [7, 8, 8]
    assert known.put(np.array([1.0, 2, 3])).tolist() == [1, 2, 3]


def test_paule_and_mandel_stop_where_squares_are_as_many_as_they_should_be() -> None:
    y, error = np.array([1.0, 4.0, -2.0, 3.0]), np.array([0.5, 1.0, 0.7, 0.4])
    known = priors.cells(y, error, None)
    _, _, squares = priors.weighted_mean(known, priors.paule_mandel(known))
    assert squares[0] == pytest.approx(3, abs=1e-9)

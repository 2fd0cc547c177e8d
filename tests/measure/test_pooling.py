"""Values with known errors are drawn towards each other, the uncertain ones further."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.measure.pooling import paule_mandel, pulled, weighted_mean

ONE = np.zeros(4, np.int64)


def test_values_that_hardly_differ_have_no_variance_between_them() -> None:
    found = pulled(np.array([1.0, 1.1, 0.9, 1.0]), np.full(4, 1.0))
    assert found.between == 0
    assert np.allclose(found.estimate, 1.0)
    assert np.allclose(found.reliability, 0.0)
    assert np.allclose(found.std_err, 0.5)  # that of the mean of four


def test_equal_errors_give_the_moments() -> None:
    """With equal errors tau^2 is the variance of the values less the square of the error."""
    y = np.array([0.0, 2.0, 4.0, 6.0])
    found = paule_mandel(y, np.full(4, 1.0), ONE, 1)
    assert found[0] == pytest.approx(y.var(ddof=1) - 1)
    mean, variance, squares = weighted_mean(y, np.full(4, 1.0), found, ONE, 1)
    assert (mean[0], squares[0]) == (pytest.approx(3.0), pytest.approx(3.0))
    assert variance[0] == pytest.approx(y.var(ddof=1) / 4)


def test_the_uncertain_are_drawn_further_and_the_unknown_stay_so() -> None:
    found = pulled(np.array([0.0, 4.0, 4.0, np.nan]), np.array([0.5, 0.5, 2.0, 1.0]))
    assert abs(found.estimate[1] - 4) < abs(found.estimate[2] - 4)
    assert found.reliability[1] > found.reliability[2]
    assert np.isnan(found.estimate[3])
    assert np.isnan(pulled(np.array([np.nan]), np.array([1.0])).mean)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 3)), min_size=2, max_size=30))
def test_an_estimate_lies_between_a_value_and_the_mean(cases: list[tuple[float, float]]) -> None:
    y, s = (np.array(column) for column in zip(*cases, strict=True))
    found = pulled(y, s)
    low, high = np.minimum(y, found.mean), np.maximum(y, found.mean)
    assert ((found.estimate >= low - 1e-9) & (found.estimate <= high + 1e-9)).all()
    assert ((found.reliability >= 0) & (found.reliability < 1)).all()

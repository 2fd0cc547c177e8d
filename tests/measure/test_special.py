"""Special functions in numpy alone, against scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special as scipys

from troth.measure import special

anywhere = st.lists(st.floats(1e-6, 1e8), min_size=1, max_size=20).map(np.array)
numbers = st.lists(st.floats(-700, 700), min_size=1, max_size=20).map(np.array)


@given(anywhere)
def test_log_gamma_and_its_derivative(x: np.ndarray) -> None:
    np.testing.assert_allclose(special.gammaln(x), scipys.gammaln(x), rtol=1e-14, atol=4e-15)
    np.testing.assert_allclose(special.psi(x), scipys.psi(x), rtol=1e-13, atol=4e-15)


@given(numbers)
def test_the_logistic_and_its_logarithm(x: np.ndarray) -> None:
    np.testing.assert_allclose(special.expit(x), scipys.expit(x), rtol=1e-14)
    np.testing.assert_allclose(special.log_expit(x), scipys.log_expit(x), rtol=1e-14)


@given(st.lists(st.floats(1e-9, 1 - 1e-9), min_size=1).map(np.array))
def test_the_logit_turns_the_logistic_round(p: np.ndarray) -> None:
    np.testing.assert_allclose(special.expit(special.logit(p)), p, rtol=1e-12)
    np.testing.assert_allclose(special.logit(p), scipys.logit(p), rtol=1e-11, atol=1e-15)


def test_the_ends_are_infinite() -> None:
    assert special.logit(np.array([0.0, 1.0])).tolist() == [-np.inf, np.inf]


@pytest.mark.parametrize("whole", [1, 2, 5, 20])
def test_of_a_whole_number_it_is_a_sum_of_logarithms(whole: int) -> None:
    expected = sum(np.log(one) for one in range(1, whole))
    assert special.gammaln(np.array([float(whole)]))[0] == pytest.approx(expected, abs=1e-14)

"""What a table of indicators looks like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import pearsonr

from troth.errors import InputError, UsageError
from troth.score.aggregate import arithmetic
from troth.score.analyse import (
    correlations,
    cronbach_alpha,
    principal_components,
    rank_shift,
    removal_shifts,
    screen_correlations,
    statistics,
)

NAN = float("nan")


def test_statistics_of_what_is_known() -> None:
    found = statistics(np.array([[4.0, NAN], [0.0, NAN], [4.0, NAN], [8.0, NAN], [NAN, NAN]]))
    assert (found.minimum[0], found.maximum[0], found.mean[0], found.median[0]) == (0, 8, 4, 4)
    assert found.sd[0] == pytest.approx(np.sqrt(32 / 3))
    assert (found.available[0], found.non_zero[0], found.unique[0], found.same[0]) == (4, 3, 3, 2)
    assert found.few_available.tolist() == [False, True]
    assert found.few_non_zero.tolist() == [False, True]
    assert found.few_unique.tolist() == [False, True]
    assert found.outlying.tolist() == [False, False]
    assert np.isnan(found.mean[1]) and np.isnan(found.median[1])


def test_correlations_over_the_units_known_of_both() -> None:
    found = correlations(
        np.array([[1.0, 2.0, 5.0], [2.0, 4.0, 5.0], [3.0, 6.0, 5.0], [9.0, NAN, 5.0]])
    )
    assert found.r[0, 1] == pytest.approx(1)
    assert found.units[0, 1] == 3
    assert np.isnan(found.r[0, 2]) and np.isnan(found.r[2, 2]), "the same for all"


@given(
    hnp.arrays(
        np.float64, (2, 7, 3), elements=st.integers(-9, 9).map(float) | st.just(float("nan"))
    )
)
def test_correlations_pair_by_pair(values: np.ndarray) -> None:
    found = correlations(values)
    for table in range(2):
        for i in range(3):
            for j in range(i):
                both = values[table][:, [i, j]]
                both = both[~np.isnan(both).any(axis=1)]
                if len(both) < 3 or (both == both[0]).all(axis=0).any():
                    assert np.isnan(found.r[table, i, j])
                    continue
                r, p = pearsonr(both[:, 0], both[:, 1])
                assert found.r[table, i, j] == pytest.approx(r, abs=1e-9)
                assert found.p[table, i, j] == pytest.approx(p, abs=1e-6)


def test_the_screen_names_what_goes_against_its_pillar_and_what_is_said_twice() -> None:
    speed = np.array([10.0, 20.0, 30.0, 40.0])
    values = np.stack([speed, speed + [0, 1, 0, 1], [3.0, 4.0, 1.0, 2.0]], axis=1)
    found = screen_correlations(
        values, ["days", "hours", "replies"], ["I"] * 3, arithmetic(values)[:, None], ["I"]
    )
    assert [flagged[:2] for flagged in found.against_own_pillar] == [("replies", "I")]
    assert [flagged[:2] for flagged in found.twins] == [("days", "hours")]
    with pytest.raises(UsageError, match="'D'"):
        screen_correlations(values, ["a", "b", "c"], ["D"] * 3, values[:, :1], ["I"])


def test_components_of_indicators_that_say_one_thing() -> None:
    one = np.arange(6.0)
    found = principal_components(np.stack([one, 2 * one, -one], axis=1))
    assert found.eigenvalues == pytest.approx([3, 0, 0], abs=1e-12)
    assert found.explained[0] == pytest.approx(1)
    assert np.abs(found.loadings[:, 0]) == pytest.approx([1, 1, 1])


def test_components_are_not_of_gaps() -> None:
    with pytest.raises(InputError, match="1 values are missing"):
        principal_components(np.array([[1.0, NAN], [2.0, 3.0], [3.0, 1.0]]))
    with pytest.raises(InputError, match="differ between units"):
        principal_components(np.ones((4, 2)))


def test_cronbach() -> None:
    """Indicators that repeat one another agree wholly, those that are unrelated not at all."""
    one = np.array([1.0, 2.0, 3.0, 4.0])
    same = np.stack([one, one, one], axis=1)
    assert cronbach_alpha(same) == pytest.approx(1)
    assert cronbach_alpha(same, standardised=False) == pytest.approx(1)
    unrelated = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    assert cronbach_alpha(unrelated) == pytest.approx(0)
    assert cronbach_alpha(unrelated, standardised=False) == pytest.approx(0)
    # By hand: variances 5/3 and 20/3, of the sum 15, so 2 (1 - 25/45).
    assert cronbach_alpha(np.stack([one, 2 * one], axis=1), standardised=False) == pytest.approx(
        8 / 9
    )
    with pytest.raises(UsageError, match="two indicators"):
        cronbach_alpha(one[:, None])


def test_a_unit_with_a_gap_is_not_in_alpha() -> None:
    values = np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 7.0], [9.0, NAN]])
    for standardised in (True, False):
        assert cronbach_alpha(values, standardised) == pytest.approx(
            cronbach_alpha(values[:3], standardised)
        )


def test_places_moved_on_average() -> None:
    reference = np.array([90.0, 80.0, 70.0, NAN])
    assert rank_shift(reference, np.array([70.0, 80.0, 90.0, 50.0])) == pytest.approx(4 / 3)
    assert rank_shift(reference, reference * 2) == 0
    assert np.isnan(rank_shift(np.array([NAN]), np.array([1.0])))


def test_an_element_that_moves_nobody_has_no_say() -> None:
    values = np.array([[10.0, 50.0, 3.0], [20.0, 50.0, 2.0], [30.0, 50.0, 1.0]])
    shifts = removal_shifts(lambda weights: arithmetic(values, weights), np.array([1.0, 1.0, 1.0]))
    assert shifts.tolist() == [pytest.approx(4 / 3), 0, 0]


@given(hnp.arrays(np.float64, (6, 3), elements=st.integers(-9, 9).map(float)), st.floats(0.1, 50))
def test_the_unit_of_an_indicator_says_nothing(values: np.ndarray, factor: float) -> None:
    rescaled = values * np.array([factor, 1.0, 1.0])
    assert correlations(rescaled).r == pytest.approx(correlations(values).r, abs=1e-9, nan_ok=True)
    assert cronbach_alpha(rescaled) == pytest.approx(cronbach_alpha(values), abs=1e-6, nan_ok=True)

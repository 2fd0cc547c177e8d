"""Before an index: sizes, gaps, who is left out, what is put in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from troth.errors import UsageError
from troth.score.prepare import BY_NOTHING, availability, denominate, impute, screen

NAN = float("nan")


def test_complaints_by_inhabitants_and_a_share_by_nothing() -> None:
    complaints_and_share = np.array([[50.0, 0.3], [50.0, 0.4], [50.0, 0.5], [50.0, 0.6]])
    inhabitants = np.array([[1000.0], [5000.0], [0.0], [NAN]])
    found = denominate(complaints_and_share, inhabitants, np.array([0, BY_NOTHING]))
    assert np.array_equal(found[:, 0], [0.05, 0.01, NAN, NAN], equal_nan=True)
    assert found[:, 1].tolist() == [0.3, 0.4, 0.5, 0.6]


@pytest.mark.parametrize("which", [[0], [0, 1], [0, -2]])
def test_a_denominator_that_is_not_there_is_refused(which: list[int]) -> None:
    with pytest.raises(UsageError, match="denominate"):
        denominate(np.ones((2, 2)), np.ones((2, 1)), np.array(which))


def test_what_is_known_of_each_body() -> None:
    found = availability(np.array([[1.0, 0.0, NAN, 2.0], [NAN, NAN, NAN, NAN]]))
    assert found.missing.tolist() == [1, 4]
    assert found.zero.tolist() == [1, 0]
    assert found.available.tolist() == [0.75, 0]
    assert np.array_equal(found.non_zero, [2 / 3, NAN], equal_nan=True)


def test_who_says_too_little_is_left_out() -> None:
    values = np.array([[1.0, 0.0, NAN, 2.0], [NAN, NAN, NAN, NAN], [1.0, 2.0, 3.0, 0.0]])
    assert screen(values, minimum_available=0.75).tolist() == [True, False, True]
    assert screen(values, 0.0).tolist() == [True, True, True]
    assert screen(values, 0.0, minimum_non_zero=0.7).tolist() == [False, False, True]
    with pytest.raises(UsageError, match="share"):
        screen(values, minimum_available=75)


def test_gaps_are_filled_from_peers_and_marked() -> None:
    values = np.array([[10.0], [20.0], [60.0], [NAN], [90.0], [NAN]])
    groups = np.array(["town", "town", "town", "town", "city", "village"])
    mean, filled = impute(values, groups)
    assert mean[3, 0] == 30
    assert filled[:, 0].tolist() == [False, False, False, True, False, False]
    assert np.isnan(mean[5, 0]), "no village is known"
    assert impute(values, groups, by="median")[0][3, 0] == 20
    assert impute(values)[0][5, 0] == 45
    assert impute(values, by="median")[0][5, 0] == 40
    with pytest.raises(UsageError, match="group"):
        impute(values, groups[:2])


@given(
    hnp.arrays(
        np.float64, (2, 5, 3), elements=st.integers(-9, 9).map(float) | st.just(float("nan"))
    ),
    st.lists(st.integers(0, 2), min_size=5, max_size=5),
    st.sampled_from(["mean", "median"]),
)
def test_what_is_known_stays_and_gaps_get_the_middle_of_the_group(values, groups, by) -> None:
    before = values.copy()
    found, filled = impute(values, np.array(groups), by)
    assert np.array_equal(values, before, equal_nan=True)
    known = ~np.isnan(values)
    assert (found[known] == values[known]).all()
    for table, unit, indicator in zip(*np.nonzero(~known), strict=True):
        peers = [
            values[table, k, indicator]
            for k in range(5)
            if groups[k] == groups[unit] and known[table, k, indicator]
        ]
        assert filled[table, unit, indicator] == bool(peers)
        if peers:
            middle = np.mean(peers) if by == "mean" else np.median(peers)
            assert found[table, unit, indicator] == pytest.approx(middle)

"""A funnel widens where cases are few, and where bodies differ anyway."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from tests.oracle.binomial import interpolated_limit
from troth.errors import UsageError
from troth.score import funnel


@given(st.integers(1, 120), st.floats(0.005, 0.995), st.sampled_from([0.001, 0.025, 0.975, 0.999]))
def test_limits_are_the_interpolated_quantiles(n: int, target: float, p: float) -> None:
    found = funnel.limits(np.array([n]), target, (p,))[0, 0]
    assert found == pytest.approx(interpolated_limit(n, target, p), abs=1e-9)


@given(st.integers(1, 400), st.floats(0.01, 0.99))
def test_limits_hold_the_target_and_the_outer_hold_the_inner(n: int, target: float) -> None:
    low, inner_low, inner_high, high = funnel.limits(
        np.array([n]), target, (funnel.OUTER[0], *funnel.INNER, funnel.OUTER[1])
    )[0]
    assert 0 <= low <= inner_low <= target + 1 / n
    assert target - 1 / n <= inner_high <= high <= 1


def test_no_cases_no_limits_no_alarm() -> None:
    assert np.isnan(funnel.limits(np.array([0]), 0.2, funnel.OUTER)).all()
    hits, n = np.array([0, 3, 2, 4]), np.array([0, 20, 20, 20])
    assert np.isnan(funnel.dispersion(hits, n).z[0])
    assert funnel.alarms(hits, n).tolist() == [0, 0, 0, 0]


def test_winsorising_leaves_two_thirds_of_the_variance() -> None:
    """Of a standard normal: an even grid of its quantiles, drawn in to the 10th and the 90th."""
    z = special.ndtri((np.arange(100_000) + 0.5) / 100_000)
    drawn_in = np.clip(z, *np.quantile(z, funnel.WINSORISED))
    assert np.mean(drawn_in**2) == pytest.approx(funnel.LEFT_BY_WINSORISING, abs=1e-4)


def test_a_body_far_from_the_rest_is_an_alarm_on_its_side() -> None:
    hits = np.array([*[10, 12, 9, 11, 8, 10, 12, 9], 60, 0])
    n = np.array([*[100] * 8, 100, 300])
    assert funnel.alarms(hits, n, 0.1).tolist() == [0] * 8 + [1, -1]


def test_where_bodies_differ_anyway_the_same_body_is_none() -> None:
    n = np.full(10, 400)
    alike = np.array([38, 42, 40, 39, 41, 40, 43, 37, 40, 64])
    apart = np.array([15, 66, 40, 20, 61, 40, 69, 12, 40, 64])
    assert funnel.alarms(alike, n)[-1] == 1
    assert funnel.alarms(apart, n)[-1] == 0
    assert funnel.dispersion(apart, n).between > 0


def test_nobody_hit_is_no_alarm() -> None:
    found = funnel.dispersion(np.zeros(3), np.full(3, 10))
    assert found.z.tolist() == [0, 0, 0] and found.between == 0
    assert funnel.alarms(np.zeros(3), np.full(3, 10)).tolist() == [0, 0, 0]


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UsageError, match="strictly between"):
        funnel.limits(np.array([10]), 0.0, funnel.OUTER)
    with pytest.raises(UsageError, match="no unit has cases"):
        funnel.dispersion(np.array([0]), np.array([0]))


@given(
    st.lists(st.tuples(st.integers(1, 300), st.floats(0, 1)), min_size=2, max_size=25),
)
def test_a_share_lies_outside_the_widened_limits_exactly_if_it_gives_an_alarm(
    bodies: list[tuple[int, float]],
) -> None:
    n = np.array([cases for cases, _ in bodies])
    hits = np.array([round(cases * share) for cases, share in bodies])
    given_alarms = funnel.alarms(hits, n)
    low, high = funnel.widened(n, hits, n, funnel.OUTER).T
    share = hits / n
    sure = np.minimum(np.abs(share - low), np.abs(share - high)) > 1e-9

    outside = (share > high).astype(int) - (share < low).astype(int)
    assert (outside[sure] == given_alarms[sure]).all()
    if 0 < hits.sum() < n.sum():
        inner_low, inner_high = funnel.widened(n, hits, n, funnel.INNER).T
        assert (low <= inner_low).all()
        assert (inner_high <= high).all()

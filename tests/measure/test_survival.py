"""Waiting times: what is still open counts for as long as it has waited."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import waiting
from troth.errors import UsageError
from troth.measure import survival

A_ROW = st.tuples(st.integers(0, 12), st.integers(1, 12), st.booleans()).map(
    lambda row: (float(row[0]), float(row[0] + row[1]), row[2])
)
ROWS = st.lists(A_ROW, min_size=1, max_size=25)


def columns(rows: list[tuple[float, float, bool]]) -> tuple[np.ndarray, ...]:
    start, stop, event = (np.array(column) for column in zip(*rows, strict=True))
    return stop, event, start


def test_an_open_invoice_counts_with_the_days_it_has_waited() -> None:
    # Two paid after 10 and 20 days, one still unpaid after 15.
    curve = survival.kaplan_meier(np.array([10.0, 15.0, 20.0]), np.array([True, False, True]))
    assert curve.time.tolist() == [10, 20]
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.survival == pytest.approx([2 / 3, 0])
    assert survival.quantile(curve).value == 20
    assert curve.at([5, 10, 19]) == pytest.approx([1, 2 / 3, 2 / 3])


def test_nobody_knows_what_comes_after_the_last_look() -> None:
    curve = survival.kaplan_meier(np.array([10.0, 15.0]), np.array([True, False]))
    assert np.isnan(curve.at(16)).all()
    assert curve.at(15) == pytest.approx([0.5])
    assert np.isnan(survival.restricted_mean(curve, 16).value)
    assert survival.restricted_mean(curve, 15).value == pytest.approx(10 + 5 / 2)


def test_after_the_last_event_of_all_survival_is_0() -> None:
    curve = survival.kaplan_meier(np.array([10.0, 15.0]), np.array([True, True]))
    assert curve.at(1000) == pytest.approx([0])
    assert survival.restricted_mean(curve, 1000).value == pytest.approx(12.5)


def test_without_events_there_is_no_median() -> None:
    curve = survival.kaplan_meier(np.array([10.0, 15.0]), np.array([False, False]))
    assert curve.n_events == 0
    assert np.isnan(survival.quantile(curve).value)
    assert curve.at(15) == pytest.approx([1])


def test_without_rows_nothing_is_known() -> None:
    nothing = np.zeros(0)
    curve = survival.kaplan_meier(nothing, nothing.astype(bool))
    assert np.isnan(curve.at(0)).all()
    assert np.isnan(survival.quantile(curve).value)
    found = survival.aalen_johansen(nothing, nothing.astype(int), [10])
    assert found.causes == ()
    assert np.isnan(survival.log_rank(nothing, nothing.astype(bool), nothing).chi_square)


def test_a_row_that_is_no_stretch_of_time_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Row 1: \(5, 5\] is no stretch of time"):
        survival.kaplan_meier(np.array([7.0, 5.0]), np.array([1, 1]), np.array([0.0, 5.0]))
    with pytest.raises(UsageError, match="no stretch of time"):
        survival.kaplan_meier(np.array([np.nan]), np.array([1]))
    with pytest.raises(UsageError, match="every row needs"):
        survival.kaplan_meier(np.array([1.0, 2.0]), np.array([1]))


def test_who_comes_late_is_at_risk_only_from_then_on() -> None:
    start, stop = np.array([0.0, 8.0]), np.array([5.0, 10.0])
    curve = survival.kaplan_meier(stop, np.array([True, True]), start)
    assert curve.at_risk.tolist() == [1, 1]


def test_groups_have_their_own_curves() -> None:
    group = np.array([2, 0, 2, 0])
    days, event = np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4, bool)
    first, second, third = survival.curves_by(group, 3, days, event)
    assert first.time.tolist() == [2, 4]
    assert second.n == 0
    assert third.time.tolist() == [1, 3]


def test_one_group_cannot_be_compared() -> None:
    found = survival.log_rank(np.array([1.0, 2.0]), np.array([1, 1]), np.array([0, 0]))
    assert np.isnan(found.chi_square) and found.degrees == 0


@given(ROWS)
def test_risk_sets_are_those_looked_up_row_by_row(rows: list[waiting.Row]) -> None:
    curve, expected = survival.kaplan_meier(*columns(rows)), waiting.kaplan_meier(rows)
    found = zip(curve.time, curve.at_risk, curve.events, strict=True)
    assert [tuple(row) for row in found] == [row[:3] for row in expected]
    assert curve.survival == pytest.approx([row[3] for row in expected])


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_with_all_seen_the_curve_is_the_share_above(days: list[int]) -> None:
    values = np.array(days, float)
    curve = survival.kaplan_meier(values, np.ones(len(values), bool))
    asked = np.arange(0, 32)
    share = (values > asked[:, None]).mean(axis=1)
    assert np.allclose(curve.at(asked), share, atol=1e-12)
    assert survival.quantile(curve).value == np.median(values)
    assert survival.restricted_mean(curve, 40).value == pytest.approx(values.mean())


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=30),
    st.integers(1, 90),
    st.integers(0, 30),
)
def test_a_later_day_of_judgement_takes_no_event_back(
    begun: list[tuple[int, int]], as_of: int, more: int
) -> None:
    """What was seen to end stays ended, on the same day; and no one is at risk for less time."""

    def seen(day: int) -> tuple[np.ndarray, np.ndarray]:
        start = np.array([begin for begin, _ in begun])
        end = start + np.array([length for _, length in begun])
        return np.minimum(end, day) - start, end <= day

    earlier, later = seen(as_of), seen(as_of + more)
    assert (later[1] >= earlier[1]).all()
    assert (later[0][earlier[1]] == earlier[0][earlier[1]]).all()
    assert (later[0] >= earlier[0]).all()
    there = earlier[0] > 0
    if there.any():
        first = survival.kaplan_meier(earlier[0][there], earlier[1][there])
        second = survival.kaplan_meier(later[0][there], later[1][there])
        assert second.n_events >= first.n_events
        assert set(first.time) <= set(second.time)


@given(st.lists(st.tuples(A_ROW, st.integers(0, 2)), min_size=1, max_size=20), st.integers(1, 24))
def test_competing_events_are_those_looked_up_row_by_row(
    drawn: list[tuple[waiting.Row, int]], until: int
) -> None:
    rows = [(start, stop, cause) for (start, stop, _), cause in drawn]
    start, stop, cause = (np.array(column) for column in zip(*rows, strict=True))
    found = survival.aalen_johansen(stop, cause, [until], start)
    for place, each in enumerate(found.causes):
        if not np.isnan(found.value[0, place]):
            expected = waiting.incidence(rows, each, until)
            assert found.value[0, place] == pytest.approx(expected, abs=1e-12)
    assert np.nansum(found.value) + np.nan_to_num(found.free[0]) == pytest.approx(
        0.0 if np.isnan(found.free[0]) else 1.0
    )


def test_the_error_of_an_incidence_is_how_it_moves_without_each_subject() -> None:
    """The infinitesimal jackknife is the limit of weighing each subject a little less."""
    generator = np.random.Generator(np.random.PCG64(7))
    stop = generator.integers(1, 15, 40).astype(float)
    cause = generator.integers(0, 3, 40)
    found = survival.aalen_johansen(stop, cause, [9.0])
    left_out = []
    for one in range(40):
        rest = np.arange(40) != one
        left_out.append(survival.aalen_johansen(stop[rest], cause[rest], [9.0]).value[0])
    spread = ((np.array(left_out) - found.value[0]) ** 2).sum(axis=0)
    assert found.std_err[0] == pytest.approx(np.sqrt(spread), rel=0.1)


def test_rows_of_one_subject_move_together() -> None:
    """A contract cut in two at a date says what the whole one says."""
    stop, cause = np.array([4.0, 6.0, 9.0, 9.0]), np.array([1, 0, 2, 1])
    whole = survival.aalen_johansen(stop, cause, [8.0])
    cut = survival.aalen_johansen(
        np.array([3.0, 4.0, 6.0, 9.0, 9.0]),
        np.array([0, 1, 0, 2, 1]),
        [8.0],
        start=np.array([0.0, 3.0, 0.0, 0.0, 0.0]),
        subject=np.array([0, 0, 1, 2, 3]),
    )
    assert cut.value.tolist() == whole.value.tolist()
    assert np.allclose(cut.std_err, whole.std_err, atol=1e-14)


def test_the_error_at_a_time_is_greenwoods_and_0_before_anything_happened() -> None:
    curve = survival.kaplan_meier(
        np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, False])
    )
    assert curve.error_at(0.5) == pytest.approx([0.0])
    assert curve.error_at(2.5) == pytest.approx([np.sqrt(0.5 * 0.5 / 4)])
    assert np.isnan(curve.error_at(9.0)[0])

"""Series around a change of office."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import panel
from troth.errors import UsageError
from troth.measure.interrupted import absorbed, event_study, interrupted, least_squares

FIRST, CHANGE = np.datetime64("2018-01"), np.datetime64("2021-01")


def series(months: int = 60, level: float = 0.3, slope: float = 0.02) -> np.ndarray:
    t = np.arange(months)
    at = 36
    season = 0.1 * np.sin(2 * np.pi * t / 12)
    noise = np.random.Generator(np.random.PCG64(2)).normal(0, 0.01, months)
    return np.exp(
        3 + 0.005 * t + level * (t >= at) + slope * np.maximum(t - at, 0) + season + noise
    )


def test_a_step_and_a_bend_are_found() -> None:
    found = interrupted(series(), FIRST, CHANGE)
    assert found.problem == ""
    for term, true in (("level", 0.3), ("slope", 0.02), ("t", 0.005)):
        value, low, high = found.estimate(term)
        assert value == pytest.approx(true, abs=0.03)
        assert low < value < high


def test_a_day_within_the_month_is_that_month() -> None:
    day = interrupted(series(), np.datetime64("2018-01-01"), np.datetime64("2021-01-17"))
    assert day.coef.tolist() == interrupted(series(), FIRST, CHANGE).coef.tolist()


@pytest.mark.parametrize(("begin", "months", "known"), [(13, 60, 23), (0, 47, 11)])
def test_too_short_a_series_is_withheld(begin: int, months: int, known: int) -> None:
    found = interrupted(series()[begin:months], FIRST + begin, CHANGE)
    assert np.isnan(found.coef).all() and np.isnan(found.std_err).all()
    assert str(known) in found.problem and "at least 24 and 12" in found.problem


def test_exactly_enough_months_are_enough() -> None:
    assert interrupted(series()[12:48], FIRST + 12, CHANGE).problem == ""


def test_an_unknown_month_stays_unknown() -> None:
    y = series()
    y[20] = np.nan
    found = interrupted(y, FIRST, CHANGE)
    assert (found.before, found.after) == (35, 24)
    assert found.estimate("level")[0] == pytest.approx(0.3, abs=0.03)


def test_a_month_of_nothing_has_no_logarithm() -> None:
    y = series()
    y[20] = 0
    assert "no logarithm" in interrupted(y, FIRST, CHANGE).problem


def test_a_month_of_the_year_that_never_has_a_value() -> None:
    y = series()
    y[5::12] = np.nan
    assert "no value" in interrupted(y, FIRST, CHANGE).problem


def test_columns_that_say_the_same_are_not_told_apart() -> None:
    x = np.stack([np.ones(9), np.arange(9.0), 2 * np.arange(9.0)], axis=1)
    assert least_squares(np.arange(9.0), x) is None
    assert least_squares(np.arange(2.0), np.ones((2, 2))) is None


def made(effect: float, lost: float = 0.0, seed: int = 4) -> tuple[np.ndarray, ...]:
    """30 bodies over 30 quarters, of which 20 change in one of four quarters."""
    generator = np.random.Generator(np.random.PCG64(seed))
    body, quarter = (a.ravel() for a in np.meshgrid(np.arange(30), np.arange(30), indexing="ij"))
    change = np.where(np.arange(30) < 20, 10.0 + np.arange(30) % 4 * 3, np.nan)[body]
    since = quarter - change
    y = (
        generator.normal(size=30)[body]
        + 0.1 * generator.normal(size=30)[quarter]
        + np.where(since >= 0, effect * np.minimum(since + 1, 4), 0.0)
        + generator.normal(0, 0.2, len(body))
    )
    y[generator.random(len(y)) < lost] = np.nan
    return body, quarter, y, change


def test_a_growing_effect_is_followed_quarter_by_quarter() -> None:
    found = event_study(*made(0.5))
    assert found.problem == ""
    assert (found.bodies, found.cohorts) == (20, 4)
    path = dict(zip(found.quarter.tolist(), found.delta, strict=True))
    for k, true in ((-5, 0.0), (0, 0.5), (1, 1.0), (3, 2.0), (8, 2.0)):
        assert path[k] == pytest.approx(true, abs=0.3)
    assert -1 not in path
    assert found.pre_p > 0.01


def test_bodies_that_go_apart_before_the_change_are_noticed() -> None:
    body, quarter, y, change = made(0.0)
    y = y + np.where(np.isnan(change), 0.0, 0.2 * quarter)
    assert event_study(body, quarter, y, change).pre_p < 1e-6


@pytest.mark.parametrize("lost", [0.0, 0.15])
def test_it_is_what_dense_dummies_give(lost: float) -> None:
    drawn = made(0.5, lost)
    found = event_study(*drawn, window=4)
    known = ~np.isnan(drawn[2])
    delta, std_err = panel.stacked(*(column[known] for column in drawn), window=4)
    assert found.delta == pytest.approx(list(delta.values()), abs=1e-8)
    assert found.std_err == pytest.approx(list(std_err.values()), rel=1e-6)


def test_cohorts_without_a_control_are_left_out_and_counted() -> None:
    body, quarter, y, change = made(0.5)
    all_change = ~np.isnan(change)
    found = event_study(
        body[all_change], quarter[all_change], y[all_change], change[all_change], window=2
    )
    assert found.cohorts_left_out == 1  # the last to change has nobody left beside it
    assert found.cohorts == 3
    alone = event_study(body[:30], quarter[:30], y[:30], change[:30])
    assert "no body changed while others had not" in alone.problem
    assert np.isnan(alone.delta).all()


def test_a_quarter_that_nobody_reached_has_no_delta() -> None:
    body, quarter, y, change = made(0.5)
    early = quarter < 22
    found = event_study(
        body[early], quarter[early], y[early], np.where(change < 19, np.nan, change)[early]
    )
    by_quarter = dict(zip(found.quarter.tolist(), found.delta, strict=True))
    assert np.isnan(by_quarter[8]) and not np.isnan(by_quarter[2])


@given(st.integers(0, 1000))
def test_what_means_explain_is_taken_out_whole(seed: int) -> None:
    generator = np.random.Generator(np.random.PCG64(seed))
    first, second = generator.integers(0, 4, 40), generator.integers(0, 5, 40)
    values = generator.normal(size=(40, 2))
    moved = values + np.stack([first * 1.5, second * -2.0], axis=1)
    first, second = (np.unique(g, return_inverse=True)[1] for g in (first, second))
    assert np.allclose(absorbed(values, first, second), absorbed(moved, first, second), atol=1e-9)


def test_a_panel_in_parts_that_hardly_touch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.measure.interrupted._ROUNDS", 2)
    first, second = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 2, 2])
    with pytest.raises(UsageError, match="hardly touch"):
        absorbed(np.arange(5.0)[:, None] ** 2, first, second)

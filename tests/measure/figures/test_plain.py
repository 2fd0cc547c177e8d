"""Figures that any pillar may use, held against slow and obvious second versions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.measure.figures.base import Judged, mean_of
from troth.measure.figures.plain import mean, median, median_days, ratio_of_sums


def judged(
    body: list[int],
    value: list[float],
    kept: Mapping[str, list[float]] | None = None,
    bodies: int = 2,
) -> Judged:
    size = len(body)
    return Judged(
        bodies=bodies,
        body=np.array(body, np.int64),
        entry=np.arange(size),
        when=np.full(size, np.datetime64("NaT", "D")),
        value=np.array(value, np.float64),
        flagged=np.zeros(size, bool),
        kept={name: np.array(values) for name, values in (kept or {}).items()},
        texts={},
        first=np.datetime64("2023-12-31"),
        last=np.datetime64("2024-12-31"),
        tables={},
        settings={},
    )


numbers = st.lists(st.tuples(st.integers(0, 1), st.floats(-1e6, 1e6)), min_size=1, max_size=60)


@given(numbers)
def test_mean_and_median_are_those_of_the_textbook(cases: list[tuple[int, float]]) -> None:
    bodies, values = [body for body, _ in cases], [value for _, value in cases]
    means, medians = mean(judged(bodies, values)), median(judged(bodies, values))
    for one in (0, 1):
        own = [value for body, value in cases if body == one]
        if own:
            assert means.value[one] == pytest.approx(np.mean(own), abs=1e-6)
            assert medians.value[one] == np.median(own)
            assert medians.low[one] <= medians.value[one] <= medians.high[one]
        else:
            assert np.isnan(means.value[one])
            assert np.isnan(medians.value[one])


def test_the_error_of_a_mean() -> None:
    found = mean_of(np.array([1.0, 2.0, 3.0, np.nan]), np.zeros(4, np.int64), 1)
    assert found.n is not None
    assert (found.value[0], found.n[0]) == (2.0, 3)
    assert found.std_err[0] == pytest.approx(1 / np.sqrt(3))


def test_one_case_has_no_interval() -> None:
    found = mean(judged([0], [7.0]))
    assert found.value[0] == 7
    assert np.isnan(found.low[0])


def test_a_median_interval_covers_the_truth_nine_times_of_ten() -> None:
    rng = np.random.default_rng(1)
    bodies = 2_000
    body = np.repeat(np.arange(bodies), 41)
    found = median(judged(list(body), list(rng.lognormal(size=len(body))), bodies=bodies))
    covered = np.mean((found.low <= 1.0) & (found.high >= 1.0))
    assert 0.88 <= covered <= 0.94


def test_a_ratio_of_sums_and_how_sure_it_is() -> None:
    kept = {"part": [1.0, 2.0, 5.0], "whole": [2.0, 2.0, 0.0]}
    found = ratio_of_sums(judged([0, 0, 1], [np.nan] * 3, kept))
    assert found.value[0] == 0.75
    assert np.isnan(found.value[1]), "a whole of nothing has no part"
    # By hand: deviations 1 - .75 * 2 = -.5 and 2 - .75 * 2 = .5; sqrt(.5 * 2 / 1) / 4.
    assert found.std_err[0] == pytest.approx(0.25)


def test_a_time_that_still_runs_counts_with_its_days_so_far() -> None:
    kept = {"days": [1.0, 2.0, 3.0, 4.0, 9.0], "ended": [1, 1, 1, 0, 0]}
    found = median_days(judged([0] * 5, [np.nan] * 5, kept))
    assert found.value[0] == 3
    running = {"days": [1.0, 2.0, 3.0], "ended": [1, 0, 0]}
    assert np.isnan(median_days(judged([0] * 3, [np.nan] * 3, running)).value[0])


def test_what_ended_on_the_day_it_began_took_no_time_and_the_rest_has_not_waited() -> None:
    kept = {"days": [0.0, 0.0, 0.0, 5.0], "ended": [1, 1, 0, 1]}
    found = median_days(judged([0] * 4, [np.nan] * 4, kept))
    assert found.n is not None
    assert (found.value[0], found.n[0]) == (0, 3)

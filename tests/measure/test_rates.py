"""Breaches per day at risk, before and after a change of office."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.measure import exposure, rates
from troth.measure.exposure import Changes

AS_OF = np.datetime64("2026-01-01")


def test_days_and_breaches_of_each_body_in_and_out_of_the_first_year() -> None:
    change = Changes(np.array([0]), np.array(["2022-04-11"], "datetime64[D]"))
    found = exposure.rows(
        np.array([0, 1]),
        np.array(["2022-01-01", "2022-01-01"], "datetime64[D]"),
        np.array(["2022-04-21", "2022-01-31"], "datetime64[D]"),
        np.array([True, False]),
        change,
        AS_OF,
    )
    time = rates.person_time(found, 3)
    assert time.days.tolist() == [100, 30, 0]
    assert time.days_exposed.tolist() == [10, 0, 0]
    assert time.events.tolist() == [0, 0, 0]
    assert time.events_exposed.tolist() == [1, 0, 0]

    ratios = rates.log_ratios(time)
    assert ratios.value[0] == pytest.approx(np.log((1.5 / 10) / (0.5 / 100)))
    assert ratios.variance[0] == pytest.approx(1 / 1.5 + 1 / 0.5)
    # Without a day in one of the states there is nothing to compare.
    assert np.isnan(ratios.value[1:]).all() and np.isnan(ratios.variance[1:]).all()


def test_the_exact_ratio_by_hand() -> None:
    # Three of four events in half of the time: p = P(4 or 3 or 1 or 0 of 4) = 10 / 16.
    found = rates.rate_ratio(3, 100, 1, 100)
    assert found.value == 3
    assert found.p == pytest.approx(10 / 16)


def test_no_event_on_one_side_has_an_open_end() -> None:
    assert rates.rate_ratio(0, 100, 5, 100).low == 0
    found = rates.rate_ratio(6, 100, 0, 100)
    assert found.value == np.inf and found.high == np.inf and found.low > 1


def test_nothing_happened_or_nobody_was_at_risk() -> None:
    for nothing in (rates.rate_ratio(0, 100, 0, 100), rates.rate_ratio(1, 100, 1, 0)):
        assert np.isnan([nothing.value, nothing.low, nothing.high, nothing.p]).all()


@given(st.integers(0, 30), st.integers(0, 30), st.floats(1, 1e4), st.floats(1, 1e4))
def test_the_interval_holds_the_ratio_and_turns_over_with_it(
    first: int, second: int, days1: float, days0: float
) -> None:
    found = rates.rate_ratio(first, days1, second, days0)
    other = rates.rate_ratio(second, days0, first, days1)
    if first + second:
        assert found.low <= found.value <= found.high
        assert 0 <= found.p <= 1
        assert found.p == pytest.approx(other.p)
    if first and second:
        assert found.low * other.high == pytest.approx(1)


def made() -> tuple[np.ndarray, ...]:
    """Contracts of 200 bodies that are breached three times as often in the year after a change."""
    generator = np.random.Generator(np.random.PCG64(11))
    n = 4000
    body = generator.integers(0, 200, n)
    change = np.datetime64("2019-01-01") + generator.integers(0, 1000, 200)
    signed = np.datetime64("2016-01-01") + generator.integers(0, 1800, n)
    daily = 0.0004
    day = signed.copy()
    ended = np.full(n, np.datetime64("NaT"), "datetime64[D]")
    for _ in range(1500):
        day = day + 1
        since = (day - 1 - change[body]).astype(int)
        exposed = (change[body] > signed) & (since >= 0) & (since < 365)
        dies = np.isnat(ended) & (generator.random(n) < daily * np.where(exposed, 3, 1))
        ended[dies] = day[dies]
    breached = ~np.isnat(ended)
    ended[~breached] = day[~breached]
    return body, signed, ended, breached, Changes(np.arange(200), change)


def test_a_true_effect_is_found_and_a_placebo_shows_none() -> None:
    contracts = made()
    true = rates.pooled(exposure.rows(*contracts, AS_OF))
    assert true.low < 3 < true.high
    found = rates.placebo(*contracts, AS_OF)
    assert set(found) == {-365, 730}
    for ratio in found.values():
        assert ratio.value < 1.5
        assert ratio.low < 1.1


def test_a_shift_of_no_days_is_no_placebo() -> None:
    with pytest.raises(UsageError, match="not a placebo"):
        rates.placebo(*made(), AS_OF, shifts=(0,))

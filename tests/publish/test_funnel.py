"""A funnel ready to be drawn: its limits and its alarms are of one mind."""

import numpy as np

from troth.publish.funnel import funnel


def test_without_bodies_there_is_no_funnel() -> None:
    assert funnel([], []) is None


def test_limits_hold_one_another_and_close_in_as_cases_grow() -> None:
    made = funnel([5, 30, 260], [20, 100, 1000])
    assert made is not None
    first, last = made.limits[0], made.limits[-1]

    assert first.n <= 20
    assert last.n >= 1000
    for one in made.limits:
        assert one.outer_low <= one.inner_low <= one.inner_high <= one.outer_high
    assert last.outer_high - last.outer_low < first.outer_high - first.outer_low


def test_only_the_body_far_from_the_others_is_outside() -> None:
    hits, n = [24] * 19 + [80], [100] * 20
    made = funnel(hits, n)

    assert made is not None
    assert made.outside == (False,) * 19 + (True,)


def test_where_it_never_happened_nobody_is_outside() -> None:
    made = funnel([0, 0], [20, 50])

    assert made is not None
    assert made.outside == (False, False)
    assert all(one.outer_high == 0 for one in made.limits)


def test_bodies_that_differ_anyway_widen_the_limits() -> None:
    chance = np.random.Generator(np.random.PCG64(1))
    shares = chance.beta(4, 12, 60)
    n = np.full(60, 200)
    made = funnel(chance.binomial(n, shares).tolist(), n.tolist())

    assert made is not None
    at = min(made.limits, key=lambda one: abs(one.n - 200))
    by_chance_alone = 2 * 3.09 * np.sqrt(0.25 * 0.75 / 200)
    assert at.outer_high - at.outer_low > 2 * by_chance_alone
    assert not any(made.outside)

"""Small counts are drawn to their peers, and say how sure they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.slow_priors import beta_binomial_by_search, gamma_poisson_by_search
from troth.errors import UsageError
from troth.measure import shrink


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_a_unit_with_six_tickets_is_not_the_worst_of_lianyungang() -> None:
    """A bulletin of August 2021 ranks a unit last: one of its six tickets was closed late. The
    platform closes 96.27 % in time. With that as prior mean, worth 50 tickets, the unit's share is
    94.9 % (89.3 to 98.6), not 83.3 % (METHODS 0, finding 2)."""
    found = shrink.beta_posterior(np.array([5]), np.array([6]), 0.9627, 50.0)
    assert found.estimate[0] == pytest.approx(0.949, abs=5e-4)
    assert found.low[0] == pytest.approx(0.893, abs=5e-4)
    assert found.high[0] == pytest.approx(0.986, abs=5e-4)
    assert not found.publishable[0] and not found.rankable[0]
    # Signing, in the same bulletin, one late of seven: much the same.
    signed = shrink.beta_posterior(np.array([6]), np.array([7]), 0.9627, 50.0)
    assert signed.estimate[0] == pytest.approx(0.950, abs=5e-4)


counts = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=12,
)


@given(counts)
def test_intervals_hold_the_estimate_and_know_their_order(units: list[tuple[int, int]]) -> None:
    hits, n = np.array(units).T
    for known in (True, False):
        found = shrink.beta_binomial(hits, n, prior_known=known)
        if n.sum() == 0:
            assert np.isnan(found.estimate).all() and (found.reliability == 0).all()
            continue
        assert (found.low >= 0).all() and (found.high <= 1).all()
        assert (found.low <= found.estimate).all() and (found.estimate <= found.high).all()
        a = found.prior.mean[0] * found.prior.size[0]
        assert np.allclose(found.estimate, (hits + a) / (n + found.prior.size[0]))


@given(counts)
def test_the_search_finds_the_highest_likelihood(units: list[tuple[int, int]]) -> None:
    hits, n = np.array(units).T
    found = shrink.beta_binomial(hits, n, prior_known=True)
    if not found.prior.found[0]:
        return
    mean, size = found.prior.mean[0], found.prior.size[0]
    highest, here = beta_binomial_by_search(hits, n, mean, size)
    assert here >= highest - 1e-6


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.5, 20)), min_size=2, max_size=8))
def test_the_search_finds_the_highest_likelihood_of_rates(units: list[tuple[int, float]]) -> None:
    events, exposure = np.array([u[0] for u in units]), np.array([u[1] for u in units])
    found = shrink.gamma_poisson(events, exposure, prior_known=True)
    if not found.prior.found[0]:
        return
    highest, here = gamma_poisson_by_search(
        events, exposure, found.prior.mean[0], found.prior.size[0]
    )
    assert here >= highest - 1e-6


@given(st.integers(1, 200), st.floats(0.01, 0.99), st.floats(1, 500))
def test_one_more_hit_never_improves(n: int, mean: float, size: float) -> None:
    """With hits as things that went wrong: estimate and both ends rise with every one of them."""
    hits = np.arange(n + 1)
    found = shrink.beta_posterior(hits, np.full(n + 1, n), mean, size)
    for series in (found.estimate, found.low, found.high):
        assert (np.diff(series) >= -1e-12).all()


@given(counts, st.data())
def test_one_more_hit_never_improves_even_as_it_moves_the_prior(
    units: list[tuple[int, int]], data: st.DataObject
) -> None:
    hits, n = np.array(units).T
    open_units = np.flatnonzero(hits < n)
    if not len(open_units):
        return
    one = data.draw(st.sampled_from(open_units.tolist()))
    more = hits.copy()
    more[one] += 1
    before, after = shrink.beta_binomial(hits, n), shrink.beta_binomial(more, n)
    assert after.estimate[one] > before.estimate[one]


@given(st.integers(0, 10), st.integers(1, 40), st.floats(0.05, 0.95), st.floats(1, 200))
def test_shrinkage_grows_as_cases_fall(tenths: int, times: int, mean: float, size: float) -> None:
    """The same share from fewer cases lies nearer to the peers and is less reliable."""
    n = 10 * np.array([times, times + 1])
    found = shrink.beta_posterior(tenths * n / 10, n, mean, size)
    far = np.abs(found.estimate - mean)
    assert far[0] <= far[1] + 1e-12
    assert found.reliability[0] < found.reliability[1]


def test_without_over_dispersion_the_prior_is_the_pooled_share_and_ten_of_the_largest() -> None:
    hits, n = np.array([2, 4, 6]), np.array([20, 40, 60])
    found = shrink.beta_binomial(hits, n)
    assert not found.prior.found[0]
    assert (found.prior.mean[0], found.prior.size[0]) == (0.1, 600.0)
    assert found.reliability[2] == pytest.approx(60 / 660)


def test_where_nobody_is_hit_nobody_is_certain() -> None:
    found = shrink.beta_binomial(np.zeros(5, int), np.full(5, 10))
    assert found.prior.mean[0] == pytest.approx(0.5 / 51)
    assert (found.estimate > 0).all() and (found.high > 0.01).all()
    all_hit = shrink.beta_binomial(np.full(5, 10), np.full(5, 10))
    assert np.allclose(1 - all_hit.estimate, found.estimate)


def test_bodies_of_all_or_nothing_have_the_weakest_prior() -> None:
    found = shrink.beta_binomial(np.array([0, 10, 0, 10]), np.full(4, 10))
    assert found.prior.size[0] == pytest.approx(shrink.SMALLEST_SIZE)
    assert found.prior.mean[0] == pytest.approx(0.5)


def test_unknown_stays_unknown_and_no_case_is_the_prior() -> None:
    found = shrink.beta_binomial(np.array([3, np.nan, 0, 9.0]), np.array([20, np.nan, 0, 20.0]))
    assert np.isnan([found.estimate[1], found.low[1], found.high[1], found.reliability[1]]).all()
    assert found.reliability[2] == 0
    assert found.estimate[2] == pytest.approx(found.prior.mean[0])
    drawn = shrink.draws(found, rng(), 10)
    assert drawn.shape == (10, 4)
    assert np.isnan(drawn[:, 1]).all() and not np.isnan(drawn[:, [0, 2, 3]]).any()


def test_groups_and_indicators_are_fitted_each_alone() -> None:
    made = rng(3)
    n = made.integers(1, 40, (30, 3))
    hits = made.binomial(n, made.beta(2, 6, (30, 3)))
    groups = np.array(["a", "b", "c"] * 10)
    together = shrink.beta_binomial(hits, n, groups)
    assert together.prior.mean.shape == (3, 3)
    for column in range(3):
        for row, group in enumerate(together.prior.groups):
            inside = groups == group
            alone = shrink.beta_binomial(hits[inside, column], n[inside, column])
            assert together.prior.size[row, column] == pytest.approx(alone.prior.size[0], rel=1e-6)
            assert np.allclose(together.low[inside, column], alone.low, atol=1e-7)
            assert np.allclose(together.high[inside, column], alone.high, atol=1e-7)


def test_a_prior_that_is_not_known_widens_the_interval() -> None:
    hits, n = np.array([1, 4, 2, 6, 3]), np.array([20, 22, 25, 21, 24])
    plain = shrink.beta_binomial(hits, n, prior_known=True)
    wide = shrink.beta_binomial(hits, n)
    assert np.allclose(plain.estimate, wide.estimate)
    assert (wide.high - wide.low > plain.high - plain.low).all()


def test_draws_have_the_mean_and_the_ends_of_the_posterior() -> None:
    n = np.array([20, 30, 8])
    for found in (
        shrink.beta_binomial(np.array([3, 12, 1]), n),
        shrink.gamma_poisson(np.array([3, 40, 1]), n),
        shrink.normal_normal(np.array([0.3, 2.0, -1.0]), np.array([0.5, 0.4, 1.0])),
    ):
        drawn = shrink.draws(found, rng(), 40_000)
        assert np.allclose(drawn.mean(axis=0), found.estimate, atol=0.02)
        inside = ((found.low <= drawn) & (drawn <= found.high)).mean(axis=0)
        assert np.allclose(inside, shrink.LEVEL, atol=0.01)


def test_means_that_agree_share_one_mean() -> None:
    """Paule and Mandel find no variance between them, so all are the weighted mean."""
    found = shrink.normal_normal(np.array([1.0, 1.2, 0.9]), np.array([1.0, 2.0, 1.0]))
    assert found.prior.size[0] == 0
    weighted = (1 + 1.2 / 4 + 0.9) / 2.25
    assert np.allclose(found.estimate, weighted)
    assert found.reliability.tolist() == [0, 0, 0]


def test_means_far_apart_stay_where_they_are() -> None:
    y, error = np.array([-50.0, 0.0, 70.0]), np.full(3, 0.5)
    found = shrink.normal_normal(y, error)
    assert np.allclose(found.estimate, y, atol=0.05)
    assert (found.reliability > 0.99).all()
    squares = ((y - y.mean()) ** 2).sum() / (0.25 + found.prior.size[0])
    assert squares == pytest.approx(2)


def test_a_lone_mean_is_its_own() -> None:
    found = shrink.normal_normal(np.array([3.0]), np.array([0.5]))
    assert found.estimate[0] == 3
    assert found.second[0] == pytest.approx(0.25)


def test_rates_without_an_event_are_small_and_not_nothing() -> None:
    found = shrink.gamma_poisson(np.zeros(4), np.full(4, 5.0))
    assert found.prior.mean[0] == pytest.approx(0.5 / 20)
    assert (found.low >= 0).all() and (found.high > found.estimate).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: shrink.beta_binomial(np.array([3]), np.array([2])), "0 <= hits <= n"),
        (lambda: shrink.beta_binomial(np.array([0.5]), np.array([2])), "whole numbers"),
        (lambda: shrink.beta_binomial(np.ones(2), np.ones(3)), "shape"),
        (lambda: shrink.beta_binomial(np.ones(2), np.ones(2), np.array(["a"])), "one each"),
        (lambda: shrink.normal_normal(np.ones(2), np.array([1.0, 0.0])), "above 0"),
        (lambda: shrink.gamma_poisson(np.array([1]), np.array([0.0])), "without exposure"),
        (lambda: shrink.gamma_poisson(np.array([-1]), np.array([1.0])), "below 0"),
        (lambda: shrink.gamma_poisson(np.array([0.5]), np.array([1.0])), "whole numbers"),
    ],
)
def test_what_cannot_be_meant_is_refused(call: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        call()

"""Collusion screens of many tenders at once, against one tender at a time."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.oracle import slow_screens
from troth.errors import UsageError
from troth.measure.screens import (
    BANDS,
    BINS,
    SCREENS,
    MissingBids,
    Screens,
    margins,
    missing_bids,
    peer_rank,
    screens,
)

# Cents, as bids are written: few of them, so that ties come often.
prices = st.one_of(st.integers(1, 6), st.integers(1, 10**13)).map(lambda cents: cents / 100)
many_tenders = st.lists(st.lists(prices, max_size=7), max_size=6)

RATIOS = [screen.field for screen in SCREENS]


def of(*tenders: list[float]) -> Screens:
    tender = np.repeat(np.arange(len(tenders)), [len(bids) for bids in tenders])
    return screens(tender, np.array([bid for bids in tenders for bid in bids]), len(tenders))


def values(found: Screens) -> dict[str, np.ndarray]:
    return {name: getattr(found, name) for name in RATIOS}


@given(many_tenders)
def test_every_screen_is_what_one_tender_at_a_time_gives(tenders: list[list[float]]) -> None:
    found = of(*tenders)
    assert found.bids.tolist() == [len(bids) for bids in tenders]
    for number, bids in enumerate(tenders):
        expected = slow_screens.screens(bids)
        for name, value in values(found).items():
            # KS grows with b/s and everything else is a figure near 1 or a ratio.
            assert value[number] == pytest.approx(expected[name], rel=1e-6, abs=1e-9, nan_ok=True)


@given(many_tenders, st.randoms(use_true_random=False))
def test_the_order_of_bids_makes_no_difference(tenders: list[list[float]], chance) -> None:
    rows = [(number, bid) for number, bids in enumerate(tenders) for bid in bids]
    shuffled = chance.sample(rows, len(rows))
    first, second = (
        screens(
            np.array([number for number, _ in some], int),
            np.array([bid for _, bid in some], float),
            len(tenders),
        )
        for some in (rows, shuffled)
    )
    for field in dataclasses.fields(Screens):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


@given(many_tenders, st.integers(-40, 40))
def test_every_screen_is_the_same_in_another_currency(
    tenders: list[list[float]], power: int
) -> None:
    scaled = [[math.ldexp(bid, power) for bid in bids] for bids in tenders]
    for name, value in values(of(*tenders)).items():
        np.testing.assert_array_equal(value, getattr(of(*scaled), name))


@given(st.lists(st.lists(st.integers(1, 10**6), min_size=2, max_size=7), max_size=5))
def test_a_rate_that_rounds_changes_no_more_than_rounding(tenders: list[list[int]]) -> None:
    plain = of(*([float(bid) for bid in bids] for bids in tenders))
    changed = of(*([bid * 655.957 for bid in bids] for bids in tenders))
    for name, value in values(plain).items():
        np.testing.assert_allclose(getattr(changed, name), value, rtol=1e-6, atol=1e-8)


def test_moments_and_distance_are_those_of_scipy() -> None:
    bids = [100.0, 104.0, 107.5, 121.0, 150.0]
    found = of(bids)
    assert found.skew[0] == pytest.approx(stats.skew(bids, bias=False))
    assert found.kurt[0] == pytest.approx(stats.kurtosis(bids, bias=False))
    uniform = stats.kstest((np.array(bids) - 100) / 50, "uniform")
    assert found.kstest[0] == pytest.approx(uniform.statistic)


def test_a_tender_by_hand() -> None:
    found = of([100.0, 110.0, 120.0, 130.0])
    assert found.cv[0] == pytest.approx(math.sqrt(500 / 3) / 115)
    assert (found.spd[0], found.diffp[0]) == (pytest.approx(0.3), pytest.approx(0.1))
    # The losing bids 110, 120, 130 have a standard deviation of 10.
    assert found.rd[0] == pytest.approx(1.0)
    assert (found.rdnor[0], found.rdalt[0]) == (pytest.approx(1.0), pytest.approx(1.0))
    assert found.skew[0] == pytest.approx(0.0, abs=1e-12)


def test_rd_is_not_the_column_that_leaves_the_highest_bid_out() -> None:
    bids = [100.0, 110.0, 120.0, 150.0]
    assert of(bids).rd[0] == pytest.approx(10 / np.std(bids[1:], ddof=1))
    assert of(bids).rd[0] != pytest.approx(10 / np.std(bids[:-1], ddof=1))


def test_one_bid_says_nothing_and_no_bid_neither() -> None:
    for name, value in values(of([100.0], [])).items():
        assert np.isnan(value).all(), name


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.code)
def test_a_screen_is_there_from_its_least_number_of_bids_on(screen) -> None:
    bids = [100.0, 103.0, 109.0, 118.0, 130.0]
    value = getattr(of(bids[: screen.least - 1], bids[: screen.least]), screen.field)
    assert np.isnan(value).tolist() == [True, False]


def test_equal_bids_have_no_spread_and_nothing_to_divide_by() -> None:
    found = of([0.1, 0.1, 0.1, 0.1])
    assert (found.cv[0], found.spd[0], found.diffp[0]) == (0, 0, 0)
    for name in ("diffp_distinct", "rd", "rdnor", "rdalt", "kurt", "skew", "kstest", "ks"):
        assert np.isnan(getattr(found, name)[0]), name


def test_tied_lowest_bids_have_a_gap_only_to_the_next_distinct_one() -> None:
    found = of([100.0, 100.0, 105.0])
    assert (found.diffp[0], found.diffp_distinct[0]) == (0.0, pytest.approx(0.05))


def test_equal_losing_bids_leave_rd_without_an_answer() -> None:
    found = of([100.0, 110.0, 110.0])
    assert np.isnan(found.rd[0]) and np.isnan(found.rdalt[0])
    assert found.rdnor[0] == pytest.approx(2.0)


def test_a_bid_of_nothing_leaves_ratios_to_it_without_an_answer() -> None:
    found = of([0.0, 10.0, 20.0], [0.0, 0.0])
    assert np.isnan(found.spd).all() and np.isnan(found.diffp).all()
    assert found.cv[0] == pytest.approx(1.0) and np.isnan(found.cv[1])


@pytest.mark.parametrize(
    ("tender", "price", "words"),
    [
        ([0, 0], [1.0], "one of each a bid"),
        ([0, 2], [1.0, 2.0], "not among 0 to 1"),
        ([0, -1], [1.0, 2.0], "not among 0 to 1"),
        ([0, 1], [1.0, -2.0], "bid 1 has the price -2.0"),
        ([0, 1], [math.nan, 2.0], "bid 0 has the price nan"),
        ([0, 1], [1.0, math.inf], "bid 1 has the price inf"),
    ],
)
def test_bids_that_cannot_be_are_named(tender: list[int], price: list[float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        screens(np.array(tender), np.array(price), 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.1, 0.2, 0.5, math.nan]), st.integers(-1, 2), st.integers(1, 12)
        ),
        max_size=25,
    ),
    st.integers(0, 4),
)
def test_the_peer_rank_is_counted_one_by_one(
    tenders: list[tuple[float, int, int]], minimum: int
) -> None:
    value, market, bids = (np.array(column) for column in zip(*tenders, strict=True)) if tenders else (
        np.empty(0), np.empty(0, int), np.empty(0, int)
    )  # fmt: skip
    bands = [sum(one >= band for band in BANDS) for one in bids]
    share, peers = peer_rank(value, market, bids, minimum)
    expected = slow_screens.peer_rank(value.tolist(), market.tolist(), bands, minimum)
    np.testing.assert_allclose(share, expected)
    assert not peers[np.isnan(value) | (market < 0)].any()


def test_the_peer_rank_of_the_lowest_is_nothing_and_of_the_highest_everything() -> None:
    value = np.arange(11) / 10
    share, peers = peer_rank(value, np.zeros(11, int), np.full(11, 3))
    assert (share[0], share[-1], peers.tolist()) == (0.0, 1.0, [10] * 11)
    fewer, _ = peer_rank(value[:-1], np.zeros(10, int), np.full(10, 3))
    assert np.isnan(fewer).all()


def test_a_margin_is_to_the_lowest_other_bid() -> None:
    tender, price = np.array([0, 1, 0, 0, 2, 2]), np.array([110.0, 5.0, 100.0, 130.0, 7.0, 8.0])
    found = margins(tender, price, 3, np.array([200.0, 10.0, np.nan]))
    np.testing.assert_allclose(found, [0.05, np.nan, -0.05, 0.15, np.nan, np.nan])


def test_tied_bids_have_a_margin_of_nothing() -> None:
    found = margins(np.zeros(3, int), np.array([5.0, 5.0, 6.0]), 1, np.array([10.0]))
    np.testing.assert_allclose(found, [0, 0, 0.1])


def market_of(gaps: list[float]) -> MissingBids:
    """One market of tenders with two bids each, the lower 80 % of the reserve."""
    tender = np.repeat(np.arange(len(gaps)), 2)
    price = np.array([bid for gap in gaps for bid in (80.0, 80.0 + 100 * gap)])
    return missing_bids(
        tender, price, np.full(len(gaps), 100.0), np.zeros(len(gaps), int), 1, near=0.005
    )


def test_a_market_without_near_margins_stands_out() -> None:
    found = market_of([0.001] * 2 + [0.007] * 22 + [0.05] * 10)
    assert (found.tenders[0], found.near[0], found.around[0]) == (34, 2, 22)
    assert found.share[0] == pytest.approx(2 / 24)
    assert found.p_value[0] == pytest.approx(stats.binom.cdf(2, 24, 0.5))
    assert found.distribution[0].tolist() == [0, 0, 22, 2, 2, 22, 0, 0]
    assert len(found.edges) == 2 * BINS + 1


def test_a_market_with_as_many_near_as_around_does_not() -> None:
    assert market_of([0.001] * 12 + [0.007] * 12).p_value[0] > 0.5


def test_ties_count_for_the_market() -> None:
    found = market_of([0.0] * 12 + [0.007] * 12)
    assert (found.tied[0], found.near[0], found.distribution[0].sum()) == (12, 12, 24)


def test_a_market_with_too_few_tenders_says_nothing() -> None:
    found = market_of([0.007] * 19)
    assert (found.around[0], np.isnan(found.p_value[0]), np.isnan(found.share[0])) == (
        19,
        True,
        True,
    )


def test_markets_are_apart_and_what_is_unknown_is_in_none() -> None:
    tender, price = np.repeat(np.arange(4), 2), np.array([80, 80.1] * 4)
    reserve = np.array([100.0, np.nan, 100.0, 100.0])
    found = missing_bids(tender, price, reserve, np.array([0, 0, 1, -1]), 2)
    assert (found.tenders.tolist(), found.near.tolist()) == ([1, 1], [1, 1])


def test_by_chance_few_competitive_markets_stand_out() -> None:
    rng = np.random.Generator(np.random.PCG64(7))
    markets, each, bidders = 200, 400, 4
    tender = np.repeat(np.arange(markets * each), bidders)
    price = 70 + 30 * rng.random(len(tender))
    market = np.repeat(np.arange(markets), each)
    found = missing_bids(tender, price, np.full(markets * each, 100.0), market, markets)
    assert not np.isnan(found.p_value).any()
    assert np.mean(found.p_value < 0.05) <= 0.06


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.code)
def test_a_screen_says_what_it_is_and_how_sure(screen) -> None:
    assert screen.checked in {"ran", "memory"} and screen.side in {"low", "high"}
    assert screen.field in {field.name for field in dataclasses.fields(Screens)}

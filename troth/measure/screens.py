"""Collusion screens: figures of the bids of one tender, and one test of a whole market.

A screen is a review prompt, not evidence of collusion: it says that the bids of a tender lie close
together, or far apart where bids of competitors would not. What each is worth in a country is asked
of labelled tenders there (`troth validate screens`); no trained classifier comes with troth, since
models did not carry over between the six published countries (PROCUREMENT 4.3).

Bids are flat arrays: `tender` says whose each bid is, a number from 0, and `price` what was bid, in
one currency within a tender. Results have one element a tender, NaN where a screen is not defined.

Source: the definitions of PROCUREMENT 4.2. Its mark `ran` says that a formula was compared with the
columns which García Rodríguez et al. (2022) published with six sets of bids, and `compared` with what
result; `memory` that it was written down from general knowledge of the literature (Imhof; Wallimann,
Imhof, Huber) and compared with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from troth.errors import UsageError
from troth.measure.grouped import ratio, total

Array = np.ndarray


@dataclass(frozen=True)
class Screen:
    """What is said of a screen: its formula over bids b1 <= ... <= bn with mean m and sd s.

    `side` is where cover bidding without side payments is expected to put it; `expected` is False
    where PROCUREMENT 4.2 names no side, and ours is a convention. `least` is the number of bids.
    """

    code: str
    field: str
    formula: str
    least: int
    side: str
    expected: bool
    checked: str
    compared: str


_ALL = "gives the published column in all six sets"
_NOT = "not compared"

SCREENS = (
    Screen("CV", "cv", "s / m", 2, "low", True, "ran", _ALL),
    Screen("SPD", "spd", "(bn - b1) / b1", 2, "low", True, "ran", _ALL),
    Screen(
        "DIFFP", "diffp", "(b2 - b1) / b1", 2, "high", True, "ran",
        "gives 22 to 100 % of the published column, by set",
    ),
    Screen(
        "DIFFP distinct", "diffp_distinct", "DIFFP with b2 the second lowest distinct bid",
        2, "high", True, "ran", "what the published column of Ticino has",
    ),
    Screen(
        "RD", "rd", "(b2 - b1) / sd of b2 ... bn", 3, "high", True, "ran",
        "as in the literature; the published columns use another, such as the sd of all bids but "
        "the highest (100 % of Brazil, 92 % of Italy)",
    ),
    Screen(
        "RDNOR", "rdnor", "(b2 - b1) / mean gap between neighbours",
        2, "high", True, "memory", _NOT,
    ),
    Screen(
        "RDALT", "rdalt", "(b2 - b1) / mean gap between losing neighbours",
        3, "high", True, "memory", _NOT,
    ),
    Screen(
        "KURT", "kurt",
        "n(n+1) / ((n-1)(n-2)(n-3)) * sum ((bi - m) / s)^4 - 3(n-1)^2 / ((n-2)(n-3))",
        4, "high", False, "ran", _ALL,
    ),
    Screen(
        "SKEW", "skew", "n / ((n-1)(n-2)) * sum ((bi - m) / s)^3", 3, "low", True, "ran", _ALL
    ),
    Screen(
        "KSTEST", "kstest",
        "max over i of i/n - ui and ui - (i-1)/n, with ui = (bi - b1) / (bn - b1)",
        2, "high", False, "ran", _ALL,
    ),
    Screen(
        "KS", "ks", "max over i of |bi/s - i/(n+1)|, the version of Imhof",
        2, "high", False, "memory", "not compared; the published KSTEST is another",
    ),
)  # fmt: skip

#: Numbers of bids that are compared with each other: 2, 3, 4, 5 and 6, 7 to 9, 10 and more. Our own.
BANDS = (2, 3, 4, 5, 7, 10)

#: With fewer others of its market and band a tender has no peer rank. Our own.
MINIMUM_PEERS = 10

#: Below this share of the reserve price a margin is near. Our own.
NEAR = 0.005

#: With fewer tenders in the window the market test says nothing. Our own.
MINIMUM_TENDERS = 20

#: Bins of the distribution of margins on each side of 0, each as wide as `near`.
BINS = 4


@dataclass(frozen=True)
class Screens:
    """Every screen, one element a tender; `bids` is how many bids it had."""

    bids: Array
    cv: Array
    spd: Array
    diffp: Array
    diffp_distinct: Array
    rd: Array
    rdnor: Array
    rdalt: Array
    kurt: Array
    skew: Array
    kstest: Array
    ks: Array


@dataclass(frozen=True)
class MissingBids:
    """Margins of tenders near 0 in each market; one element a market.

    `tenders` could be looked at: two bids or more and a reserve price. `near` of them have a margin
    below `near` of the reserve, `tied` of these a margin of 0; `around` lie between one and two
    times that. `share` is near / (near + around), `p_value` how often a share as low comes by
    chance where it should be half; NaN with fewer than the minimum in both. `distribution` counts
    all bids by (own - lowest other) / reserve between `edges`, without those that are exactly 0.
    """

    tenders: Array
    near: Array
    tied: Array
    around: Array
    share: Array
    p_value: Array
    edges: Array
    distribution: Array


def screens(tender: Array, price: Array, tenders: int) -> Screens:
    """Every screen of every tender; the order of bids makes no difference.

    RD is that of the literature: the first gap over the standard deviation of the losing bids.
    Columns called RD in published data use another one in places, such as that of all bids except
    the highest, and are not comparable. KURT and SKEW are those of scipy with `bias=False`. Where
    published columns have a 0 that stands for too few bids (KURT below 4, SKEW below 3, KSTEST of
    1), here is NaN; so it is where a denominator is 0, such as wherever all bids are equal.
    """
    low = _sorted(tender, price, tenders)
    n, above, at = low.n, low.above, low.tender
    spread = _at(low, low.n - 1) - _at(low, 0 * n)
    first = _at(low, 0 * n)
    gap = np.where(n >= 2, _at(low, np.minimum(1, n - 1)) - first, np.nan)
    mean = ratio(total(at, tenders, above), n)
    away = above - mean[at]
    s = _sd(at, away, n, spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = away / np.where(s > 0, s, np.nan)[at]
        skew = n / ((n - 1.0) * (n - 2)) * total(at, tenders, z**3)
        kurt = n * (n + 1.0) / ((n - 1.0) * (n - 2) * (n - 3)) * total(at, tenders, z**4)
        kurt -= 3 * (n - 1.0) ** 2 / ((n - 2.0) * (n - 3))
        gaps = ratio(spread, n - 1.0)
        losing_gaps = ratio(spread - gap, n - 2.0)
        place = low.rank + 1.0
        u = (above - first[at]) / np.where(spread > 0, spread, np.nan)[at]
        uniform = np.maximum(place / n[at] - u, u - (place - 1) / n[at])
        x = low.price / np.where(s > 0, s, np.nan)[at]
        imhof = np.abs(x - place / (n[at] + 1))
    lowest = low.lowest
    return Screens(
        n,
        _from(2, n, ratio(s, lowest + mean)),
        _from(2, n, ratio(spread, lowest)),
        _from(2, n, ratio(gap, lowest)),
        _from(2, n, ratio(_second_distinct(low, tenders), lowest)),
        _from(3, n, ratio(gap, _losing_sd(low, tenders, spread - gap))),
        _from(2, n, ratio(gap, gaps)),
        _from(3, n, ratio(gap, losing_gaps)),
        _from(4, n, kurt),
        _from(3, n, skew),
        _from(2, n, _largest(low, uniform, tenders)),
        _from(2, n, _largest(low, imhof, tenders)),
    )


def peer_rank(
    value: Array, market: Array, bids: Array, minimum: int = MINIMUM_PEERS
) -> tuple[Array, Array]:
    """Share of a tender's peers with a lower value, and how many peers it has.

    Peers are the other tenders of its market with a like number of bids (`BANDS`) and a value. The
    share is NaN where the value is, and with fewer peers than `minimum`; `market` -1 is unknown and
    has no peers.
    """
    value = np.asarray(value, np.float64)
    known = np.flatnonzero(~np.isnan(value) & (market >= 0))
    band = np.searchsorted(BANDS, bids[known], side="right")
    group = np.asarray(market)[known].astype(np.int64) * (len(BANDS) + 1) + band
    order = np.lexsort((value[known], group))
    ordered, its_group = value[known][order], group[order]
    place = np.arange(len(order))
    new_group = np.r_[True, its_group[1:] != its_group[:-1]][: len(order)]
    new_value = new_group | np.r_[True, ordered[1:] != ordered[:-1]][: len(order)]
    begins = np.maximum.accumulate(np.where(new_group, place, 0))
    equal_from = np.maximum.accumulate(np.where(new_value, place, 0))
    size = np.bincount(np.cumsum(new_group) - 1)[np.cumsum(new_group) - 1] if len(order) else place
    peers = np.zeros(len(value), np.int64)
    share = np.full(len(value), np.nan)
    peers[known[order]] = size - 1
    with np.errstate(invalid="ignore"):
        found = (equal_from - begins) / np.where(size > 1, size - 1.0, np.nan)
    share[known[order]] = np.where(size - 1 >= minimum, found, np.nan)
    return share, peers


def margins(tender: Array, price: Array, tenders: int, reserve: Array) -> Array:
    """(own bid - lowest other bid of the tender) / reserve of each bid, in the order given.

    Below 0 is the winner by price. NaN where there is no other bid or no reserve (NaN) is known.
    Source: Chassang, Kawai, Nakabayashi, Ortner, the statistic of their study of missing bids.
    """
    low = _sorted(tender, price, tenders)
    first, second = _at(low, 0 * low.n), _at(low, np.minimum(1, low.n - 1))
    other = np.where(low.rank == 0, second[low.tender], first[low.tender])
    found = np.full(len(low.price), np.nan)
    held = np.asarray(reserve, np.float64)[low.tender]
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.ldexp(low.above - other, low.exponent[low.tender]) / held
    found[low.order] = np.where(low.n[low.tender] >= 2, own, np.nan)
    return found


def missing_bids(
    tender: Array,
    price: Array,
    reserve: Array,
    market: Array,
    markets: int,
    near: float = NEAR,
    minimum: int = MINIMUM_TENDERS,
) -> MissingBids:
    """Whether margins just above 0 are missing in a market, which competition would not leave out.

    `reserve` and `market` have one element a tender. The idea is that of Chassang, Kawai,
    Nakabayashi and Ortner: a firm that competes gains by asking a little more wherever nobody bids
    just above it. The test is our own operationalisation. The margin just above 0 is that of the
    runner-up, and the winner's is its mirror image, so each tender counts once. Of the margins in the
    window from 0 to 2 `near`, half or more should lie in the nearer half, where the density
    of margins does not rise with their size; the p-value is the lower tail of a binomial distribution with one half.
    Tenders are taken as independent, and exact ties count as near. A low p-value is a reason to look
    at a market, and says nothing of a tender or of a firm.
    """
    tenders = len(reserve)
    of_bid = margins(tender, price, tenders, reserve)
    margin = np.full(tenders, np.inf)
    losing = of_bid >= 0
    np.minimum.at(margin, np.asarray(tender)[losing], of_bid[losing])
    seen = np.isfinite(margin) & (market >= 0)
    in_market, margin = np.asarray(market)[seen], margin[seen]
    is_near, is_around = margin < near, (margin >= near) & (margin < 2 * near)
    n_near = total(in_market[is_near], markets)
    n_around = total(in_market[is_around], markets)
    window = n_near + n_around
    said = (window >= minimum) & (window > 0)
    edges = near * np.arange(-BINS, BINS + 1)
    shown = ~np.isnan(of_bid) & (of_bid != 0) & (np.asarray(market)[tender] >= 0)
    bins = np.searchsorted(edges, of_bid[shown], side="right") - 1
    held = (bins >= 0) & (bins < 2 * BINS)
    cell = np.asarray(market)[np.asarray(tender)[shown]][held] * 2 * BINS + bins[held]
    return MissingBids(
        total(in_market, markets),
        n_near,
        total(in_market[margin == 0], markets),
        n_around,
        np.where(said, ratio(n_near, window), np.nan),
        np.where(said, bdtr(n_near.astype(np.float64), np.maximum(window, 1), 0.5), np.nan),
        edges,
        np.bincount(cell, minlength=markets * 2 * BINS).reshape(markets, 2 * BINS),
    )


@dataclass(frozen=True)
class _Sorted:
    """Bids by tender and price, each tender scaled by a power of two so that nothing overflows."""

    order: Array
    tender: Array
    price: Array
    above: Array  # price less the lowest of its tender: kept apart, so that near bids stay exact
    rank: Array
    n: Array
    begins: Array
    lowest: Array
    exponent: Array


def _sorted(tender: Array, price: Array, tenders: int) -> _Sorted:
    tender, price = np.asarray(tender), np.asarray(price, np.float64)
    if tender.shape != price.shape or tender.ndim != 1:
        raise UsageError(
            f"tenders have shape {tender.shape} and prices {price.shape}: give one of each a bid"
        )
    if len(tender) and (tender.min() < 0 or tender.max() >= tenders):
        raise UsageError(f"a bid is of a tender that is not among 0 to {tenders - 1}")
    bad = np.flatnonzero(~(np.isfinite(price) & (price >= 0)))
    if len(bad):
        raise UsageError(
            f"bid {bad[0]} has the price {price[bad[0]]}: give a number from 0, or leave it out"
        )
    order = np.lexsort((price, tender))
    tender, price = tender[order], price[order]
    n = np.bincount(tender, minlength=tenders)
    begins = np.cumsum(n) - n
    highest = np.zeros(tenders)
    highest[n > 0] = price[(begins + n - 1)[n > 0]]
    exponent = np.frexp(highest)[1]
    price = np.ldexp(price, -exponent[tender])
    lowest = np.full(tenders, np.nan)
    lowest[n > 0] = price[begins[n > 0]]
    rank = np.arange(len(price)) - begins[tender]
    return _Sorted(order, tender, price, price - lowest[tender], rank, n, begins, lowest, exponent)


def _at(low: _Sorted, rank: Array) -> Array:
    """What the bid of that rank lies above the lowest of its tender; NaN where there is none."""
    found = np.full(len(low.n), np.nan)
    there = low.n > 0
    found[there] = low.above[(low.begins + rank)[there]]
    return found


def _sd(tender: Array, away: Array, n: Array, spread: Array) -> Array:
    """Sample standard deviation by tender; exactly 0 where all are equal, NaN below two."""
    squares = total(tender, len(n), away**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt(squares / np.where(n >= 2, n - 1.0, np.nan))
    return np.where((n >= 2) & (spread == 0), 0.0, found)


def _losing_sd(low: _Sorted, tenders: int, spread: Array) -> Array:
    losing = low.rank >= 1
    tender, n = low.tender[losing], np.maximum(low.n - 1, 0)
    second = _at(low, np.minimum(1, low.n - 1))
    above = low.above[losing] - second[tender]
    away = above - ratio(total(tender, tenders, above), n)[tender]
    return _sd(tender, away, n, spread)


def _second_distinct(low: _Sorted, tenders: int) -> Array:
    """Gap to the second lowest distinct price; NaN where all are equal."""
    found = np.full(tenders, np.inf)
    higher = low.above > 0
    np.minimum.at(found, low.tender[higher], low.above[higher])
    return np.where(np.isfinite(found), found, np.nan)


def _largest(low: _Sorted, value: Array, tenders: int) -> Array:
    found = np.full(tenders, np.nan)
    there = low.n > 0
    if there.any():
        found[there] = np.maximum.reduceat(value, low.begins[there])
    return found


def _from(least: int, n: Array, value: Array) -> Array:
    return np.where((n >= least) & np.isfinite(value), value, np.nan)

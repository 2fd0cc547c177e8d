"""Do the intervals hold what they promise? Countries are made whose truth is known.

Each made country has peer groups of bodies and several indicators. Every group and indicator is
given its own mean share and its own spread between bodies, every body and indicator its own number
of cases, and then cases are drawn. What `shrink`, `ranks` and `funnel` say is compared with the
truth that was planted. The same seed gives the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from troth.measure import shrink
from troth.score import funnel, ranks
from troth.score.calibrate_whole import MadeCountry, made_releases

Array = np.ndarray

#: What a 90 % interval must cover, and the most that may be outside 99.8 % limits for nothing.
COVERED = (0.88, 0.92)
FALSE_ALARMS = 0.004


@dataclass(frozen=True)
class World:
    """What countries are made of. Ranges are drawn from evenly, those of sizes on a log scale.

    Mean shares of 3 to 50 %, prior sizes of 8 to 80 cases (a standard deviation between bodies of
    4 to 10 points at 20 %), and a median of 20 cases: mostly small bodies, where intervals are
    tried hardest.
    """

    groups: int = 3
    bodies: int = 18
    indicators: int = 6
    mean: tuple[float, float] = (0.03, 0.5)
    size: tuple[float, float] = (8.0, 80.0)
    median_cases: float = 20.0
    spread_of_cases: float = 1.0


@dataclass(frozen=True)
class Coverage:
    """A share of so many things, and its Monte Carlo standard error, countries being what is
    repeated (things inside a country are not independent)."""

    share: float
    error: float
    things: int


@dataclass(frozen=True)
class Calibration:
    """What was covered in made countries, and how often nothing raised an alarm.

    `shares_prior_known` is what shares' intervals would cover if the fitted prior were taken as
    known. `rank_intervals` are posterior ones, of scores; `rank_sets` are marginal confidence sets,
    which promise *at least* their level. `alarms_even` are alarms where all bodies have one share,
    `alarms_spread` where they differ as in `World`, with no body apart from the rest.

    `published_levels` and `published_ranks` are those of whole releases (`calibrate_whole`), with
    162 bodies in a country; `published_ranks_few` are the ranks of countries with 54.
    """

    countries: int
    seed: int
    shares: Coverage
    shares_prior_known: Coverage
    means: Coverage
    rates: Coverage
    scores: Coverage
    rank_intervals: Coverage
    rank_sets: Coverage
    alarms_even: Coverage
    alarms_spread: Coverage
    published_levels: Coverage
    published_ranks: Coverage
    published_ranks_few: Coverage

    @property
    def holds(self) -> bool:
        """Whether every figure lies where it should, give or take three Monte Carlo errors."""
        inside = (
            self.shares, self.means, self.rates, self.scores, self.rank_intervals,
            self.published_levels, self.published_ranks,
        )  # fmt: skip
        at_least = (self.rank_sets, self.published_ranks_few)
        return (
            all(
                COVERED[0] - 3 * one.error <= one.share <= COVERED[1] + 3 * one.error
                for one in inside
            )
            and all(one.share >= COVERED[0] - 3 * one.error for one in at_least)
            and max(self.alarms_even.share, self.alarms_spread.share) < FALSE_ALARMS
        )


def calibrate(
    countries: int = 500, seed: int = 1, world: World | None = None, draws: int = 400
) -> Calibration:
    """Coverage of shares, means, rates, scores and ranks, and false alarms of funnels.

    A score is the mean over indicators of 100 (1 - share), with the interval of posterior draws.
    """
    world = world or World()
    rng = np.random.Generator(np.random.PCG64(seed))
    in_country = world.groups * world.bodies
    country = np.repeat(np.arange(countries), in_country)
    group = np.repeat(np.arange(countries * world.groups), world.bodies)
    truth, hits, n = _made_shares(world, group, rng)
    found = shrink.beta_binomial(hits, n, group)
    known = shrink.beta_binomial(hits, n, group, prior_known=True)
    scores, score_low, score_high, rank_hit, set_hit = [], [], [], [], []
    for one in range(countries):
        inside = slice(one * in_country, (one + 1) * in_country)
        part = _part(found, inside)
        drawn = 100 * (1 - shrink.draws(part, rng, draws)).mean(axis=2)
        low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
        true_score = 100 * (1 - truth[inside]).mean(axis=1)
        true_rank = ranks.point_ranks(true_score)
        scores.append(true_score)
        score_low.append(low)
        score_high.append(high)
        first, last = ranks.rank_intervals(drawn)
        rank_hit.append((first <= true_rank) & (true_rank <= last))
        sets = ranks.marginal(drawn.mean(axis=0), drawn.std(axis=0), rng, draws=draws)
        set_hit.append((sets.low <= true_rank) & (true_rank <= sets.high))
    even, spread = _false_alarms(world, hits, n, countries, rng)
    whole = made_releases(countries, seed)
    few = made_releases(countries, seed, MadeCountry(bodies=18))
    return Calibration(
        countries=countries,
        seed=seed,
        shares=_coverage(_inside(truth, found), country),
        shares_prior_known=_coverage(_inside(truth, known), country),
        means=_coverage(*_made_means(world, countries, rng)),
        rates=_coverage(*_made_rates(world, countries, rng)),
        scores=_coverage(
            (np.concatenate(score_low) <= np.concatenate(scores))
            & (np.concatenate(scores) <= np.concatenate(score_high)),
            country,
        ),
        rank_intervals=_coverage(np.concatenate(rank_hit), country),
        rank_sets=_coverage(np.concatenate(set_hit), country),
        alarms_even=even,
        alarms_spread=spread,
        published_levels=_coverage(whole.levels, whole.level_country),
        published_ranks=_coverage(whole.ranks, whole.rank_country),
        published_ranks_few=_coverage(few.ranks, few.rank_country),
    )


def _log_even(rng: np.random.Generator, ends: tuple[float, float], shape: tuple[int, ...]) -> Array:
    return np.exp(rng.uniform(np.log(ends[0]), np.log(ends[1]), shape))


def _made_shares(
    world: World, group: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Planted shares, hits and cases, of shape (bodies, indicators)."""
    groups = int(group.max()) + 1
    mean = rng.uniform(*world.mean, (groups, world.indicators))[group]
    size = _log_even(rng, world.size, (groups, world.indicators))[group]
    truth = rng.beta(mean * size, (1 - mean) * size)
    n = _cases(world, mean.shape, rng)
    return truth, rng.binomial(n, truth), n


def _cases(world: World, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    drawn = rng.lognormal(np.log(world.median_cases), world.spread_of_cases, shape)
    return np.maximum(1, np.rint(drawn)).astype(np.int64)


def _made_means(world: World, countries: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Whether each mean's interval holds the planted one, and its country."""
    group = np.repeat(np.arange(countries * world.groups), world.bodies)
    between = _log_even(rng, (0.2, 2.0), (countries * world.groups,))[group]
    middle = rng.normal(0, 2, countries * world.groups)[group]
    error = rng.lognormal(-0.3, 0.5, len(group))
    truth = rng.normal(middle, between)
    found = shrink.normal_normal(rng.normal(truth, error), error, group)
    return _inside(truth, found), group // world.groups


def _made_rates(world: World, countries: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Whether each rate's interval holds the planted one, and its country."""
    group = np.repeat(np.arange(countries * world.groups), world.bodies)
    mean = _log_even(rng, (0.05, 3.0), (countries * world.groups,))[group]
    size = _log_even(rng, (3.0, 50.0), (countries * world.groups,))[group]
    exposure = rng.lognormal(2.5, 1, len(group))
    truth = rng.gamma(mean * size, 1 / size)
    found = shrink.gamma_poisson(rng.poisson(truth * exposure), exposure, group)
    return _inside(truth, found), group // world.groups


def _false_alarms(
    world: World, hits: Array, n: Array, countries: int, rng: np.random.Generator
) -> tuple[Coverage, Coverage]:
    """Alarms in the first indicator of every group: with one share for all, and as planted."""
    of_group = np.repeat(np.arange(countries), world.groups)
    same = rng.uniform(*world.mean, countries * world.groups)
    even, spread = [], []
    for one, share in enumerate(same):
        inside = slice(one * world.bodies, (one + 1) * world.bodies)
        cases = n[inside, 0]
        even.append(funnel.alarms(rng.binomial(cases, share), cases) != 0)
        spread.append(funnel.alarms(hits[inside, 0], cases) != 0)
    return _coverage(np.array(even), of_group), _coverage(np.array(spread), of_group)


def _part(found: shrink.Shrunk, inside: slice) -> shrink.Shrunk:
    """The posterior of some units, with the prior of all."""
    return shrink.Shrunk(
        found.family,
        found.prior,
        found.group[inside],
        found.estimate[inside],
        found.low[inside],
        found.high[inside],
        found.reliability[inside],
        found.first[inside],
        found.second[inside],
    )


def _inside(truth: Array, found: shrink.Shrunk) -> Array:
    return np.asarray((found.low <= truth) & (truth <= found.high))


def _coverage(hit: Array, country: Array) -> Coverage:
    """The share of hits, with the error of a mean of country means; countries without a thing are
    passed over, and each of the others counts alike. NaN where there is none."""
    if not len(hit):
        return Coverage(float("nan"), float("nan"), 0)
    by_thing = hit.reshape(len(hit), -1).mean(axis=1)
    _, place = np.unique(country, return_inverse=True)
    means = np.bincount(place, by_thing) / np.bincount(place)
    error = float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else float("nan")
    return Coverage(float(means.mean()), error, int(hit.size))

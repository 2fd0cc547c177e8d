"""Do published levels and ranks hold what they promise? Made countries go the way of a release.

Every body is given its true figures: four shares of cases and two waiting times in days. Cases are
drawn and counted, and times are measured with their standard errors, into the tables `measurement`
and `body`; these are scored as a release scores them (`levels`, `scores`): peers, gates, three pillars
with a geometric mean between them, the interval of the level, and ranks only where a release would
publish them. What is published is compared with the level that the true figures give.

Nobody is silent here: what stands for silence is low on purpose (METHODS B.8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from troth.score.aggregate import places
from troth.score.index import scores
from troth.score.level import FLOOR, levels
from troth.score.recipe import Goalposts, Recipe
from troth.tables.body import BODY, PUBLIC_BODY
from troth.tables.results import MEASUREMENT

Array = np.ndarray

_PILLARS = ("C", "D", "P")
_CODES = ("C01", "C02", "D01", "D02", "P013", "P018")

#: Shares are planted around means of 3 to 50 %, so that nearly all lie between these.
_POSTS = Goalposts(
    worst=0.6, best=0.0, reason="holds nearly all planted shares", dated="2026-11-24"
)

#: Those of D01, which hold nearly all planted times too.
_DAYS = Goalposts(worst=120.0, best=30.0, reason="as D01", dated="2026-11-24", unit="days")

_IN_DAYS = ("D01", "D02")
_POSTS_OF = {code: _DAYS if code in _IN_DAYS else _POSTS for code in _CODES}

#: Two indicators for each of three pillars, all alike, as far as a release is scored.
RECIPE = Recipe(
    name="made-countries",
    version=1,
    title="Made countries: six indicators in three pillars",
    goalposts=_POSTS_OF,
    weights=dict.fromkeys(_CODES, 1.0),
)

#: Cases that a figure of its own needs.
MINIMUM = 20


@dataclass(frozen=True)
class MadeCountry:
    """What a country is made of: ranges are drawn from evenly, prior sizes on a log scale.

    `days` is the range of a group's mean waiting time and `between` that of the standard deviation
    between its bodies; a standard error is `one_case` over the root of the cases.
    """

    groups: int = 3
    bodies: int = 54
    mean: tuple[float, float] = (0.03, 0.5)
    size: tuple[float, float] = (8.0, 80.0)
    median_cases: float = 80.0
    spread_of_cases: float = 1.0
    days: tuple[float, float] = (50.0, 100.0)
    between: tuple[float, float] = (3.0, 15.0)
    one_case: float = 40.0


@dataclass(frozen=True)
class Held:
    """Whether each published level, and each published rank, holds the true one; and the number of
    the country it is of. `ranked_countries` is in how many a release would publish ranks."""

    levels: Array
    level_country: Array
    ranks: Array
    rank_country: Array
    ranked_countries: int


def made_releases(countries: int, seed: int, world: MadeCountry | None = None) -> Held:
    """So many countries, each scored as its own release."""
    world = world or MadeCountry()
    rng = np.random.Generator(np.random.PCG64(seed))
    found: list[tuple[Array, Array]] = [_country(world, rng) for _ in range(countries)]
    of_levels, of_ranks = zip(*found, strict=True)
    return Held(
        np.concatenate(of_levels),
        np.repeat(np.arange(countries), [len(one) for one in of_levels]),
        np.concatenate(of_ranks),
        np.repeat(np.arange(countries), [len(one) for one in of_ranks]),
        sum(1 for one in of_ranks if len(one)),
    )


def _country(world: MadeCountry, rng: np.random.Generator) -> tuple[Array, Array]:
    """Whether the true level is in the interval of each published level, and so for ranks."""
    truth, drawn, n, group = _planted(world, rng)
    found = levels(*_tables(world, drawn, n, group), RECIPE)
    table = scores(found).score
    low, high, first, last = (
        np.array(table[name].to_pylist(), dtype=float)
        for name in ("low", "high", "rank_low", "rank_high")
    )
    shown = found.published
    true = _true_levels(truth)
    of_levels = (low <= true) & (true <= high)
    true_place = places(np.where(found.ranked, true, np.nan))
    of_ranks = (first <= true_place) & (true_place <= last)
    return of_levels[shown], of_ranks[~np.isnan(first)]


def _planted(world: MadeCountry, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """True figures, hits or measured days, and cases, of shape (bodies, indicators); and the group of
    each body."""
    group = np.repeat(np.arange(world.groups), world.bodies)
    shape = (world.groups, len(_CODES))
    mean = rng.uniform(*world.mean, shape)[group]
    size = np.exp(rng.uniform(np.log(world.size[0]), np.log(world.size[1]), shape))[group]
    truth = rng.beta(mean * size, (1 - mean) * size)
    cases = rng.lognormal(np.log(world.median_cases), world.spread_of_cases, truth.shape)
    n = np.maximum(1, np.rint(cases)).astype(np.int64)
    drawn = rng.binomial(n, truth).astype(float)
    for code in (_CODES.index(one) for one in _IN_DAYS):
        middle = rng.uniform(*world.days, world.groups)[group]
        between = rng.uniform(*world.between, world.groups)[group]
        truth[:, code] = rng.normal(middle, between)
        drawn[:, code] = rng.normal(truth[:, code], world.one_case / np.sqrt(n[:, code]))
    return truth, drawn, n, group


def _tables(world: MadeCountry, drawn: Array, n: Array, group: Array) -> tuple[pa.Table, pa.Table]:
    """`measurement` and `body` as a release has them, for the columns that are always there."""
    bodies = [f"made-{number:05d}" for number in range(len(group))]
    measurement = MEASUREMENT.rows(
        [
            {
                "body_id": bodies[body],
                "body_kind": PUBLIC_BODY,
                "indicator": _CODES[code],
                "period": "all",
                "version": 1,
                **_figure(world, _CODES[code], float(drawn[body, code]), int(n[body, code])),
                "unknown": 0,
                "not_applicable": 0,
                "error": 0,
                "status": "published" if n[body, code] >= MINIMUM else "too_few_cases",
            }
            for body, code in np.ndindex(n.shape)
        ]
    )
    body = BODY.rows(
        [
            {
                "body_id": name,
                "body_kind": PUBLIC_BODY,
                "body_key": key,
                "level": f"level {group[key]}",
                "population": 10_000,
                "names": 0,
                "processes": 0,
            }
            for key, name in enumerate(bodies)
        ]
    )
    return measurement, body


def _figure(world: MadeCountry, code: str, drawn: float, n: int) -> dict[str, float | int | None]:
    """Counts of a share; of a time, where there are enough cases, the days and their error."""
    if code not in _IN_DAYS:
        return {"n": n, "hits": int(drawn)}
    shown = n >= MINIMUM
    error = world.one_case / n**0.5
    return {
        "n": n,
        "hits": None,
        "value": drawn if shown else None,
        "std_err": error if shown else None,
    }


def _true_levels(truth: Array) -> Array:
    """The level of the true figures, written out."""
    worst, best = (
        np.array([getattr(_POSTS_OF[code], name) for code in _CODES]) for name in ("worst", "best")
    )
    points = 100 * np.clip((truth - worst) / (best - worst), 0, 1)
    pillars = np.stack(
        [points[:, [code[0] == one for code in _CODES]].mean(axis=1) for one in _PILLARS], axis=1
    )
    found: Array = np.exp(np.log(np.maximum(pillars, FLOOR)).mean(axis=1))
    return found

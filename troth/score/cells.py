"""What a recipe finds in the tables: counts of bodies and indicators, and who is compared with whom.

A cell is one indicator of one body, over all years. Every array here has shape (bodies, indicators),
bodies in the order of their identifiers and indicators in that of their codes, so that no figure
depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.measure.shrink import beta_prior
from troth.score import peers
from troth.score.normalise import goalposts
from troth.score.recipe import Recipe

#: The group of every body where of none the level of government is known: all together.
ALL_BODIES = "all"


@dataclass(frozen=True)
class Cells:
    """Counts, and the status of each cell in `measurement`.

    `published` says that there are enough cases for a figure of its own; `silent` that the body does
    not publish what the rule needs: there are cases and none of them could be judged, or it fell
    silent. `kept` marks those that fell silent: `n` and `hits` are what the body published last,
    which `last` holds as a table.
    """

    bodies: pa.Array
    codes: tuple[str, ...]
    n: np.ndarray
    hits: np.ndarray
    published: np.ndarray
    silent: np.ndarray
    kept: np.ndarray
    last: pa.Table | None = None


def cells_of(
    measurement: pa.Table,
    codes: tuple[str, ...],
    bodies: pa.Array | None = None,
    last: pa.Table | None = None,
) -> Cells:
    """The cells of these indicators, for those given or for all bodies that are or were measured.

    `last` is the table `last_published`. A cell in it has fallen silent where no case at all is
    left, where none can be judged, or where too few can because most lack what the rule needs. Its
    last counts then stay where they were, also among its peers, so that no silence moves the
    yardstick. Where the rule concerns none of its cases any more, or cases became few without a
    field being missing, that is another code and no silence (METHODS B.8).
    """
    if bodies is None:
        named = [one["body_id"] for one in (measurement, last) if one is not None]
        bodies = pc.unique(
            pa.chunked_array([part for one in named for part in one.chunks], pa.string())
        ).sort()
    whole = measurement.filter(pc.equal(measurement["period"], "all"))
    rows, at = _placed(whole, bodies, codes)
    shape = (len(bodies), len(codes))
    n, hits = np.zeros(shape), np.zeros(shape)
    published, silent, absent = np.zeros(shape, bool), np.zeros(shape, bool), np.ones(shape, bool)
    n[at], hits[at] = rows["n"].to_numpy(), rows["hits"].to_numpy()
    published[at] = pc.equal(rows["status"], "published").to_numpy()
    silent[at] = pc.equal(rows["status"], "not_measurable").to_numpy()
    absent[at] = False
    kept = np.zeros(shape, bool)
    if last is not None:
        lacking = np.zeros(shape)
        lacking[at] = rows["unknown"].to_numpy() + rows["error"].to_numpy()
        said, there = _placed(last, bodies, codes)
        kept[there] = True
        kept &= ~published & (silent | absent | (lacking > n))
        before = np.zeros((2, *shape))
        before[0][there], before[1][there] = said["n"].to_numpy(), said["hits"].to_numpy()
        n, hits = np.where(kept, before[0], n), np.where(kept, before[1], hits)
    return Cells(bodies, codes, n, hits, published, silent | kept, kept, last)


_Places = tuple[np.ndarray, np.ndarray]


def _placed(table: pa.Table, bodies: pa.Array, codes: tuple[str, ...]) -> tuple[pa.Table, _Places]:
    """The rows about these bodies and indicators, and their places among them."""
    known = pa.array(codes, pa.string())
    wanted = pc.and_(pc.is_in(table["indicator"], known), pc.is_in(table["body_id"], bodies))
    rows = table.filter(wanted)
    body = pc.index_in(rows["body_id"], bodies).to_numpy()
    return rows, (body, pc.index_in(rows["indicator"], known).to_numpy())


def groups_of(bodies: pa.Array, body: pa.Table, recipe: Recipe) -> np.ndarray:
    """The label of each body's peer group.

    Bodies of which level or population is not known are compared with each other; where of no body
    a level is known, that is all of them, and their label says so.
    """
    rows = pc.index_in(bodies, body["body_id"].combine_chunks())
    levels = body["level"].take(rows).to_pylist()
    if not any(levels):
        return np.full(len(bodies), ALL_BODIES)
    populations = body["population"].take(rows).to_pylist()
    return np.array(peers.assign_all(recipe.peers, levels, populations))


@dataclass(frozen=True)
class Priors:
    """What the peers of each body say of each indicator, found from one set of measurements.

    `mean` (a share) and `size` (in cases) are those of the body's group; NaN where its peers have no
    case. `points_median` and `points_high` are the median and the 90th percentile of its peers'
    points, `with_points` how many they are.
    """

    mean: np.ndarray
    size: np.ndarray
    points_median: np.ndarray
    points_high: np.ndarray
    with_points: np.ndarray


def priors_of(cells: Cells, groups: np.ndarray, recipe: Recipe) -> Priors:
    """Priors by empirical Bayes inside peer groups (METHODS B.7), and what peers reach in points."""
    prior, group = beta_prior(*known_counts(cells), groups)
    mean, size = short(prior.mean)[group], short(prior.size)[group]
    points = points_of(estimates(cells, mean, size), recipe, cells.codes)
    median, high, count = (np.full(mean.shape, np.nan) for _ in range(3))
    for place in range(len(prior.groups)):
        own = np.flatnonzero(group == place)
        of_group = points[own]
        median[own], high[own] = quantile(of_group, 0.5), quantile(of_group, 0.9)
        count[own] = (~np.isnan(of_group)).sum(axis=0)
    return Priors(mean, size, median, high, count)


def short(values: np.ndarray) -> np.ndarray:
    """The values to nine significant digits: as sure as a fit is on any machine, and fit to be
    copied by hand.
    """
    digits = [float(f"{value:.9g}") for value in values.ravel().tolist()]
    return np.array(digits, np.float64).reshape(values.shape)


def known_counts(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Hits and cases; NaN where there is no case, which says nothing of anybody."""
    there = cells.n > 0
    return np.where(there, cells.hits, np.nan), np.where(there, cells.n, np.nan)


def estimates(cells: Cells, mean: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(hits + mean * size) / (n + size), which anybody can check by hand; NaN without a case."""
    there = (cells.n > 0) & ~np.isnan(mean)
    found: np.ndarray = np.divide(
        cells.hits + mean * size, cells.n + size, out=np.full(mean.shape, np.nan), where=there
    )
    return found


def points_of(values: np.ndarray, recipe: Recipe, codes: tuple[str, ...]) -> np.ndarray:
    """Values on the way between the recipe's goalposts, 0 to 100; NaN where there is no value."""
    return goalposts(values, *posts_of(recipe, codes))


def posts_of(recipe: Recipe, codes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The worst and the best goalpost of each indicator."""
    return (
        np.array([recipe.goalposts[code].worst for code in codes]),
        np.array([recipe.goalposts[code].best for code in codes]),
    )


def quantile(values: np.ndarray, share: float) -> np.ndarray:
    """A quantile of type 7 of the known values of each column; NaN where there are none."""
    rising = np.sort(values, axis=0)  # NaN last
    known = (~np.isnan(values)).sum(axis=0)
    place = np.maximum(known - 1, 0) * share
    low = place.astype(np.int64)
    columns = np.arange(values.shape[1])
    if not len(values):
        return np.full(values.shape[1], np.nan)
    below = rising[low, columns]
    above = rising[np.minimum(low + 1, np.maximum(known - 1, 0)), columns]
    found: np.ndarray = np.where(known > 0, below + (place - low) * (above - below), np.nan)
    return found

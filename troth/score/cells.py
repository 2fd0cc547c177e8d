"""What a recipe finds in the tables: figures of bodies and indicators, and who is compared with whom.

A figure is a share of cases, with its counts, or anything else with its standard error: days, a
ratio, a part of money. A figure without a standard error is shown and enters no level. A cell is one
indicator of one body, over all years. Every array here has shape (bodies, indicators), bodies in the
order of their identifiers and indicators in that of their codes, so that no figure depends on the
order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import UsageError
from troth.measure.shrink import beta_binomial, beta_prior, normal_normal, normal_prior
from troth.score import peers
from troth.score.normalise import goalposts
from troth.score.recipe import Recipe

#: The group of every body where of none the level of government is known: all together.
ALL_BODIES = "all"

#: A standard error counts as no less than this part of the way between the goalposts: one of 0 says
#: that all cases were alike, not that nothing could be otherwise. Our own measure.
LEAST_ERROR = 1e-3


@dataclass(frozen=True)
class Cells:
    """Counts or figures, and the status of each cell in `measurement`.

    `figure`, of shape (indicators,), says which indicators are no shares: these have `value` and
    `error` where there is anything to weigh, the others `n` and `hits`; NaN, or 0, where not.
    `published` says that there are enough cases for a figure of its own; `silent` that the body does
    not publish what the rule needs: there are cases and none of them could be judged, or it fell
    silent. `kept` marks those that fell silent: counts or figure are what the body published last,
    which `last` holds as a table.
    """

    bodies: pa.Array
    codes: tuple[str, ...]
    n: np.ndarray
    hits: np.ndarray
    figure: np.ndarray
    value: np.ndarray
    error: np.ndarray
    published: np.ndarray
    silent: np.ndarray
    kept: np.ndarray
    last: pa.Table | None = None

    @property
    def there(self) -> np.ndarray:
        """Which cells have a case, or a figure with its error: these say something."""
        return np.asarray(np.where(self.figure, ~np.isnan(self.value), self.n > 0))


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
    published, silent, absent = np.zeros(shape, bool), np.zeros(shape, bool), np.ones(shape, bool)
    figure = _no_shares(rows, at, codes)
    told = _told(rows, at, shape)
    published[at] = pc.equal(rows["status"], "published").to_numpy()
    # Without a standard error nobody can say how sure it is.
    published &= ~figure | ~np.isnan(told[3])
    silent[at] = pc.equal(rows["status"], "not_measurable").to_numpy()
    absent[at] = False
    kept = np.zeros(shape, bool)
    if last is not None:
        lacking = np.zeros(shape)
        lacking[at] = rows["unknown"].to_numpy() + rows["error"].to_numpy()
        said, there = _placed(last, bodies, codes)
        figure |= _no_shares(said, there, codes)
        before = _told(said, there, shape)
        kept[there] = True
        kept &= ~published & (silent | absent | (lacking > told[0]))
        kept &= ~figure | ~np.isnan(before[3])
        told = np.where(kept, before, told)
    n, hits, value, error = told
    # Both or neither, and only of what is no share.
    value = np.where(figure & ~np.isnan(error), value, np.nan)
    error = np.where(np.isnan(value), np.nan, error)
    return Cells(
        bodies, codes, n, np.where(figure, 0.0, hits), figure, value, error,
        published, silent | kept, kept, last,
    )  # fmt: skip


def cells_for(
    measurement: pa.Table,
    recipe: Recipe,
    bodies: pa.Array | None = None,
    last: pa.Table | None = None,
) -> Cells:
    """The cells of a recipe's indicators, no surer than `LEAST_ERROR`; goalposts of a share that are
    no shares are an error."""
    cells = cells_of(measurement, recipe.codes, bodies, last)
    shares = np.asarray(cells.there.any(axis=0)) & ~cells.figure
    for code, share in zip(cells.codes, shares.tolist(), strict=True):
        posts = recipe.goalposts[code]
        if share and not posts.within_a_share:
            raise UsageError(
                f"recipe {recipe.name}: indicators.{code}: worst = {posts.worst:g}, best = "
                f"{posts.best:g} in {posts.unit}, but its figure is a share of cases: write goalposts "
                "from 0 to 1 (30 % is 0.3), and no unit"
            )
    worst, best = posts_of(recipe, cells.codes)
    return replace(cells, error=np.maximum(cells.error, LEAST_ERROR * np.abs(best - worst)))


def _no_shares(rows: pa.Table, at: _Places, codes: tuple[str, ...]) -> np.ndarray:
    """Which indicators have no hits, because their figures are no shares."""
    found = np.zeros(len(codes), bool)
    found[at[1][pc.is_null(rows["hits"]).to_numpy()]] = True
    return found


def _told(rows: pa.Table, at: _Places, shape: tuple[int, int]) -> np.ndarray:
    """Cases, hits, value and its standard error, of shape (4, *shape)."""
    found = np.zeros((4, *shape))
    found[2:] = np.nan
    for place, name in enumerate(("n", "hits", "value", "std_err")):
        if name in rows.column_names:
            known = pc.fill_null(pc.cast(rows[name], pa.float64()), np.nan).to_numpy()
            found[place][at] = np.nan_to_num(known) if place < 2 else known
    return found


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

    `mean` is that of the body's group, in the unit of the figure; NaN where its peers say nothing.
    What it is worth is `size` in cases for a share, and `sd`, the standard deviation between peers,
    for any other figure; the other one is NaN. `points_median` and `points_high` are the median and
    the 90th percentile of its peers' points, `with_points` how many they are.
    """

    mean: np.ndarray
    size: np.ndarray
    sd: np.ndarray
    points_median: np.ndarray
    points_high: np.ndarray
    with_points: np.ndarray


def priors_of(cells: Cells, groups: np.ndarray, recipe: Recipe) -> Priors:
    """Priors by empirical Bayes inside peer groups (METHODS B.7), and what peers reach in points."""
    mean, size, sd = (np.full(cells.n.shape, np.nan) for _ in range(3))
    labels, group = np.unique(groups, return_inverse=True)
    shares, figures = ~cells.figure, cells.figure
    if shares.any():
        hits, n = known_counts(cells)
        prior, own = beta_prior(hits[:, shares], n[:, shares], groups)
        mean[:, shares], size[:, shares] = short(prior.mean)[own], short(prior.size)[own]
    if figures.any():
        values, errors, worst, way = _between_goalposts(cells, recipe)
        prior, own = normal_prior(values, errors, groups)
        mean[:, figures] = short(worst + prior.mean * way)[own]
        sd[:, figures] = short(np.sqrt(prior.size) * np.abs(way))[own]
    points = points_of(estimates(cells, mean, size, sd), recipe, cells.codes)
    median, high, count = (np.full(mean.shape, np.nan) for _ in range(3))
    for place in range(len(labels)):
        own = np.flatnonzero(group == place)
        of_group = points[own]
        median[own], high[own] = quantile(of_group, 0.5), quantile(of_group, 0.9)
        count[own] = (~np.isnan(of_group)).sum(axis=0)
    return Priors(mean, size, sd, median, high, count)


def _between_goalposts(
    cells: Cells, recipe: Recipe
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Figures that are no shares on the way from worst (0) to best (1) and their errors, so that no
    unit changes a fit; and the worst goalposts and the way, by which one comes back."""
    worst, best = (one[cells.figure] for one in posts_of(recipe, cells.codes))
    way = best - worst
    values = (cells.value[:, cells.figure] - worst) / way
    return values, cells.error[:, cells.figure] / np.abs(way), worst, way


@dataclass(frozen=True)
class Spread:
    """How sure each estimate is: its 90 % interval, and the parameters of what is known of it.

    `first` and `second` are those of a Beta for a share, of a normal (mean and standard deviation)
    for any other figure; NaN where nothing is known.
    """

    low: np.ndarray
    high: np.ndarray
    first: np.ndarray
    second: np.ndarray


def spread_of(cells: Cells, groups: np.ndarray, recipe: Recipe) -> Spread:
    """From the posteriors of METHODS B.7 inside peer groups, the prior's own uncertainty included."""
    low, high, first, second = (np.full(cells.n.shape, np.nan) for _ in range(4))
    shares, figures = ~cells.figure, cells.figure
    if shares.any():
        hits, n = known_counts(cells)
        found = beta_binomial(hits[:, shares], n[:, shares], groups)
        low[:, shares], high[:, shares] = found.low, found.high
        first[:, shares], second[:, shares] = found.first, found.second
    if figures.any():
        values, errors, worst, way = _between_goalposts(cells, recipe)
        found = normal_normal(values, errors, groups)
        ends = np.stack([worst + one * way for one in (found.low, found.high)])
        low[:, figures], high[:, figures] = ends.min(axis=0), ends.max(axis=0)
        first[:, figures] = worst + found.first * way
        second[:, figures] = np.sqrt(found.second) * np.abs(way)
    return Spread(low, high, first, second)


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


def estimates(
    cells: Cells, mean: np.ndarray, size: np.ndarray, sd: np.ndarray | None = None
) -> np.ndarray:
    """(hits + mean * size) / (n + size) for a share, (value * sd^2 + mean * error^2) / (sd^2 +
    error^2) for any other figure, which anybody can check by hand; NaN where nothing is known.
    """
    there = cells.there & ~np.isnan(mean)
    above, below = cells.hits + mean * size, cells.n + size
    if sd is not None and cells.figure.any():
        own, between = cells.error**2, sd**2
        above = np.where(cells.figure, cells.value * between + mean * own, above)
        below = np.where(cells.figure, between + own, below)
    found: np.ndarray = np.divide(above, below, out=np.full(mean.shape, np.nan), where=there)
    return found


def reliabilities(cells: Cells, priors: Priors) -> np.ndarray:
    """The part of a body's own cases in its estimate: n / (n + size), or sd^2 / (sd^2 + error^2).

    0 where it says nothing, and where it fell silent: what was published last says nothing of how
    sure one is of today.
    """
    own = np.where(cells.figure, priors.sd**2, cells.n)
    rest = np.where(cells.figure, cells.error**2, priors.size)
    known = cells.there & ~cells.kept & (rest > 0)
    found: np.ndarray = np.divide(own, own + rest, out=np.zeros(own.shape), where=known)
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

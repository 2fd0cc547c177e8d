"""The tables of a recipe: estimates, levels and their parts, and how sure all of it is.

    measurement, body, recipe -> levels (a moment) -> scores (draws and variants as well)

Both are pure functions: the same tables and the same recipe give the same figures, whatever the
order of rows and the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from troth.measure.shrink import Shrunk, beta_binomial
from troth.score.alternatives import alternatives
from troth.score.cells import Cells, known_counts
from troth.score.level import RANKED, SHOWN, Levels
from troth.score.sureness import sureness
from troth.score.uncertainty import BANDS as BAND_CUTS
from troth.tables.body import PUBLIC_BODY
from troth.tables.results import (
    ALTERNATIVE,
    BANDS,
    CONTRIBUTION,
    ESTIMATE,
    SCORE,
    SENSITIVITY,
)

#: Fewer peers than these have no median worth showing.
FEWEST_PEERS = 3

#: Decimals of what rests on functions whose last digits are not the same on every machine.
DIGITS = 6


@dataclass(frozen=True)
class Scores:
    """The tables of a recipe, as `troth/tables/results.py` declares them."""

    estimate: pa.Table
    score: pa.Table
    contribution: pa.Table
    alternative: pa.Table
    sensitivity: pa.Table


def scores(found: Levels, threads: int = 1) -> Scores:
    """The five tables: draws say how sure levels and ranks are, variants what hangs on the method."""
    spread = beta_binomial(*known_counts(found.cells), found.groups)
    sure = sureness(found, spread, threads)
    others = alternatives(found, ranks_kept=sure.rank_kept)
    label = found.recipe.label
    bodies = found.cells.bodies
    shown = found.published
    band = np.digitize(found.level, BAND_CUTS)
    return Scores(
        estimate=_estimate(found, spread),
        score=pa.table(
            [
                bodies,
                pa.repeat(PUBLIC_BODY, len(bodies)),
                pa.repeat(label, len(bodies)),
                _known(found.level, shown),
                found.weight_measured,
                pa.array(np.where(shown, "published", "withheld"), pa.string()),
                pa.array(found.reason, pa.string()),
                pa.array(found.groups, pa.string()),
                _known(sure.low, shown),
                _known(sure.high, shown),
                _known(found.lowest, shown),
                _known(found.highest, shown),
                _word(band, shown),
                _known(sure.bands[np.arange(len(band)), band], shown),
                _other_band(found, band),
                _whole(sure.rank_low),
                _whole(sure.rank_high),
                _whole(sure.rank),
                pa.repeat(sure.rank_kept, len(bodies)),
                pa.repeat(int(found.ranked.sum()), len(bodies)),
            ],
            schema=SCORE.arrow,
        ),
        contribution=_contribution(found),
        alternative=pa.table(
            [
                bodies.take(pa.array(others.body)),
                pa.repeat(PUBLIC_BODY, len(others.body)),
                pa.repeat(label, len(others.body)),
                pa.array(others.variant, pa.string()),
                _known(np.round(others.level, DIGITS), ~np.isnan(others.level)),
                _whole(others.rank),
            ],
            schema=ALTERNATIVE.arrow,
        ),
        sensitivity=pa.table(
            [
                pa.repeat(label, len(others.factors)),
                pa.array(others.factors, pa.string()),
                _known(np.round(others.first_order, DIGITS), ~np.isnan(others.first_order)),
                _known(np.round(others.total, DIGITS), ~np.isnan(others.total)),
                _known(np.round(others.rank_shift, DIGITS), ~np.isnan(others.rank_shift)),
            ],
            schema=SENSITIVITY.arrow,
        ),
    )


def _kept_from(cells: Cells, body: np.ndarray, code: np.ndarray) -> pa.Array:
    """For each of these cells the release in which its counts were published last, if they are kept."""
    if cells.last is None:
        return pa.nulls(len(body), pa.string())
    columns = (cells.last[name].to_pylist() for name in ("body_id", "indicator", "release"))
    release = {(body_id, of): name for body_id, of, name in zip(*columns, strict=True)}
    kept = cells.kept[body, code].tolist()
    keys = zip(cells.bodies.take(pa.array(body)).to_pylist(), code.tolist(), kept, strict=True)
    found = [release[name, cells.codes[at]] if one else None for name, at, one in keys]
    return pa.array(found, pa.string())


def _estimate(found: Levels, spread: Shrunk) -> pa.Table:
    """A row of every cell with a case, or with peers that have one."""
    cells, priors = found.cells, found.priors
    body, code = np.nonzero((cells.n > 0) | ~np.isnan(priors.mean))
    there = cells.n[body, code] > 0
    reliability = found.reliability[body, code]
    use = np.select([reliability >= RANKED, reliability >= SHOWN], ["ranked", "shown"], "pooled")
    estimate = found.estimate[body, code]
    return pa.table(
        [
            cells.bodies.take(pa.array(body)),
            pa.repeat(PUBLIC_BODY, len(body)),
            pa.repeat(found.recipe.label, len(body)),
            pa.array(cells.codes, pa.string()).take(pa.array(code)),
            pa.array(found.groups[body], pa.string()),
            cells.n[body, code].astype(np.int64),
            cells.hits[body, code].astype(np.int64),
            _kept_from(cells, body, code),
            _known(priors.mean[body, code], ~np.isnan(priors.mean[body, code])),
            _known(priors.size[body, code], ~np.isnan(priors.size[body, code])),
            _known(estimate, there),
            # Digits that differ from machine to machine are left out, the estimate inside never is.
            _known(np.fmin(np.round(spread.low[body, code], DIGITS), estimate), there),
            _known(np.fmax(np.round(spread.high[body, code], DIGITS), estimate), there),
            reliability,
            pa.array(use, pa.string()),
        ],
        schema=ESTIMATE.arrow,
    )


def _contribution(found: Levels) -> pa.Table:
    body, code = np.nonzero(~np.isnan(found.points))
    peer_points = found.priors.points_median[body, code]
    enough = found.priors.with_points[body, code] >= FEWEST_PEERS
    return pa.table(
        [
            found.cells.bodies.take(pa.array(body)),
            pa.repeat(PUBLIC_BODY, len(body)),
            pa.repeat(found.recipe.label, len(body)),
            pa.array(found.cells.codes, pa.string()).take(pa.array(code)),
            found.value[body, code],
            found.points[body, code],
            found.weight[body, code],
            found.micropoints[body, code],
            _known(peer_points, enough),
            found.imputed[body, code],
        ],
        schema=CONTRIBUTION.arrow,
    )


def _known(values: np.ndarray, known: np.ndarray) -> pa.Array:
    return pa.array(np.asarray(values, np.float64), pa.float64(), mask=~known)


def _whole(values: np.ndarray) -> pa.Array:
    """Whole numbers, empty where NaN."""
    unknown = np.isnan(values)
    return pa.array(np.where(unknown, 0, values).astype(np.int64), pa.int64(), mask=unknown)


def _word(band: np.ndarray, shown: np.ndarray) -> pa.Array:
    return pa.array(np.array(BANDS)[band], pa.string(), mask=~shown)


def _other_band(found: Levels, band: np.ndarray) -> pa.Array:
    low, high = np.digitize(found.lowest, BAND_CUTS), np.digitize(found.highest, BAND_CUTS)
    other = np.where(low != band, low, high)
    return _word(other, found.published & (other != band))

"""From measurements to one level a body, whose parts add up to it exactly.

Parts are whole millionths of a point, shared out by largest remainder, so that their sum *is* the
level: not nearly, but to the last digit (METHODS C.2).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.score.recipe import Recipe
from troth.tables.body import PUBLIC_BODY
from troth.tables.results import CONTRIBUTION, SCORE

MICRO = 1_000_000


def score(measurement: pa.Table, recipe: Recipe) -> tuple[pa.Table, pa.Table]:
    """The tables `score` and `contribution` of every measured body under this recipe.

    Only published figures over all years enter. An indicator that could not be measured takes no
    part, and its weight is spread over the others; a body of which less than the recipe's minimum
    weight was measured has no level, only the reason.
    """
    codes = sorted(recipe.weights)
    rows = measurement.filter(
        pc.and_(
            pc.equal(measurement["period"], "all"),
            pc.is_in(measurement["indicator"], pa.array(codes)),
        )
    )
    bodies = pc.unique(measurement["body_id"]).sort()
    body = pc.index_in(rows["body_id"], bodies).to_numpy()
    code = pc.index_in(rows["indicator"], pa.array(codes)).to_numpy()
    values = np.full((len(bodies), len(codes)), np.nan)
    values[body, code] = rows["value"].to_numpy()
    weights = np.array([recipe.weights[one] for one in codes])
    measured = ~np.isnan(values)
    weight_measured = (measured * weights).sum(axis=1) / weights.sum()
    published = weight_measured >= recipe.minimum_weight
    normalised = _normalised(values, recipe, codes)
    micro, shares = contributions(normalised, weights)
    levels = micro.sum(axis=1) / MICRO
    scores = pa.table(
        [
            bodies,
            pa.repeat(PUBLIC_BODY, len(bodies)),
            pa.repeat(recipe.label, len(bodies)),
            pa.array(levels, pa.float64(), mask=~published),
            weight_measured,
            pa.array(np.where(published, "published", "withheld"), pa.string()),
            pa.array(
                [
                    _reason(share, recipe, ok)
                    for share, ok in zip(weight_measured.tolist(), published.tolist(), strict=True)
                ],
                pa.string(),
            ),
        ],
        schema=SCORE.arrow,
    )
    at_body, at_code = np.nonzero(measured & published[:, None])
    parts = pa.table(
        [
            bodies.take(pa.array(at_body)),
            pa.repeat(PUBLIC_BODY, len(at_body)),
            pa.repeat(recipe.label, len(at_body)),
            pa.array(codes, pa.string()).take(pa.array(at_code)),
            values[at_body, at_code],
            normalised[at_body, at_code],
            shares[at_body, at_code],
            micro[at_body, at_code],
        ],
        schema=CONTRIBUTION.arrow,
    )
    return scores, parts


def _normalised(values: np.ndarray, recipe: Recipe, codes: list[str]) -> np.ndarray:
    """0 at the worst goalpost, 100 at the best, no further; NaN where there is no value."""
    worst = np.array([recipe.goalposts[code].worst for code in codes])
    best = np.array([recipe.goalposts[code].best for code in codes])
    found: np.ndarray = 100 * np.clip((values - worst) / (best - worst), 0, 1)
    return found


def contributions(normalised: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Micropoints (whole numbers) and weights of each part; NaN takes no part.

    Each row of micropoints sums to the row's weighted mean, rounded to a millionth: what rounding
    leaves over goes to the largest remainders, the first of equal ones first.
    """
    measured = ~np.isnan(normalised)
    total = (measured * weights).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(measured, weights / total, 0.0)
    exact = np.where(measured, normalised, 0.0) * shares * MICRO
    floors = np.floor(exact)
    whole = floors.astype(np.int64)
    left = np.rint(exact.sum(axis=1)).astype(np.int64) - whole.sum(axis=1)
    order = np.argsort(-(exact - floors), axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(order.shape[1])[None, :], axis=1)
    return whole + (place < left[:, None]), shares


def _reason(share: float, recipe: Recipe, published: bool) -> str:
    measured = f"{100 * share:.0f} % of the recipe's weight measured"
    return measured if published else f"{measured}, fewer than {100 * recipe.minimum_weight:.0f} %"

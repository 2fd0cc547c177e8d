"""From indicators on one scale to one number a unit.

Values are float64 of shape (..., units, indicators), NaN where unknown, more is better. Every
function works over the indicators (axis -1), broadcasts over the axes before, and gives an array of
shape (..., units). Weights have shape (indicators,) or broadcast to the values; they are not below
0 and need not add up to one. An unknown indicator takes no part, and its weight is spread over the
others. A unit of which less than `minimum_weight` of the weight is known (1: any gap at all) has no
result: NaN. So has one of which nothing is known.

Within a pillar the arithmetic mean is declared, across pillars the geometric one, so that a body
cannot make up for unpaid judgments with a good website; the others are variants (METHODS B.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from troth.errors import UsageError
from troth.score.normalise import ranks

#: From values and weights to one number a unit: each function here that needs no more than these.
Aggregator = Callable[[np.ndarray, np.ndarray], np.ndarray]

#: Below this, two sums of weights are the same sum, rounded differently.
ROUNDING = 1e-12

#: 9 units stand in 362,880 orders, which are all tried; more would need another way of searching.
MOST_UNITS_IN_ALL_ORDERS = 9


def spread(
    values: np.ndarray, weights: np.ndarray | None = None, minimum_weight: float = 0.0
) -> np.ndarray:
    """The part of each indicator in each unit: shape of values, rows add up to 1, 0 where unknown.

    Without weights all are equal. A unit with less than the minimum known has NaN throughout.
    """
    given = _known_weights(values, weights)
    if not 0 <= minimum_weight <= 1:
        raise UsageError(f"minimum_weight is a share between 0 and 1, not {minimum_weight}")
    known = np.where(np.isnan(values), 0.0, given)
    total = known.sum(axis=-1, keepdims=True)
    whole = np.broadcast_to(given, known.shape).sum(axis=-1, keepdims=True)
    enough = (total > 0) & (total >= minimum_weight * whole * (1 - ROUNDING))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts: np.ndarray = np.where(enough, known / total, np.nan)
    return parts


def arithmetic(
    values: np.ndarray, weights: np.ndarray | None = None, minimum_weight: float = 0.0
) -> np.ndarray:
    """The weighted mean: a low value is made up for by a high one, one for one."""
    parts = spread(values, weights, minimum_weight)
    return _sum(parts, values)


def geometric(
    values: np.ndarray,
    weights: np.ndarray | None = None,
    minimum_weight: float = 0.0,
    floor: float | None = 1.0,
) -> np.ndarray:
    """The product of max(value, floor) to the power of its weight (METHODS B.4).

    With the floor of 1 on a scale of 0 to 100 one zero lowers the result without wiping it out.
    `floor=None` takes values as they are, and refuses any below 0.
    """
    parts = spread(values, weights, minimum_weight)
    with np.errstate(divide="ignore"):
        logarithms = np.log(_raised(values, floor))
    found: np.ndarray = np.exp(_sum(parts, logarithms))
    return found


def harmonic(
    values: np.ndarray,
    weights: np.ndarray | None = None,
    minimum_weight: float = 0.0,
    floor: float | None = 1.0,
) -> np.ndarray:
    """One over the weighted mean of 1 / max(value, floor); floor as in `geometric`."""
    parts = spread(values, weights, minimum_weight)
    with np.errstate(divide="ignore"):
        found: np.ndarray = 1 / _sum(parts, 1 / _raised(values, floor))
    return found


def mazziotta_pareto(
    values: np.ndarray,
    weights: np.ndarray | None = None,
    minimum_weight: float = 0.0,
    penalty: int = -1,
    ddof: int = 1,
) -> np.ndarray:
    """Mean with a penalty for being uneven: M + penalty · S²/M.

    S is the standard deviation over the unit's known indicators. Penalty -1 is for an index in
    which more is better, +1 for one in which more is worse, such as poverty. (Compind calls -1
    "POS" and +1 "NEG", after the sense of the index.) The MPI divides by n-1 and takes
    `z_scores(mean=100, sd=10)`; the adjusted MPI divides by n (`ddof=0`) and takes
    `around_reference` (METHODS B.4; Mazziotta & Pareto 2016).

    With weights, M and S are weighted, and S² is multiplied by n/(n-ddof); equal weights give the
    published form. With as many known as `ddof` S is unknown, and so is the result.
    """
    if penalty not in {-1, 1}:
        raise UsageError(f"penalty is -1 (more is better) or +1 (more is worse), not {penalty}")
    parts = spread(values, weights, minimum_weight)
    mean = _sum(parts, values)
    variance = _sum(parts, (values - mean[..., None]) ** 2)
    n = (parts > 0).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = (
            mean + penalty * variance * np.where(n > ddof, n / (n - ddof), np.nan) / mean
        )
    return found


def outranking(values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """How much of the weight says that one unit (row) is better than another (column).

    Shape (..., units, units): the weight of the indicators in which row is above column, and half
    of that in which they are equal, as a part of the weight known of both (METHODS B.4). Row and
    column add up to 1; the diagonal is 0; two units with nothing known of both are NaN.
    """
    for_row, both = _compared(values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.where(both > 0, 0.5 + 0.5 * for_row / both, np.nan)
    same = np.arange(found.shape[-1])
    found[..., same, same] = 0.0
    return found


def copeland(
    values: np.ndarray, weights: np.ndarray | None = None, minimum_weight: float = 0.0
) -> np.ndarray:
    """Units that a unit outranks (by more than half the weight) less those that outrank it.

    No scale enters, only who is above whom. Two units with nothing known of both are not compared.
    """
    parts = spread(values, weights, minimum_weight)
    for_row, both = _compared(values, weights)
    won = np.sign(np.where(np.abs(for_row) > ROUNDING * both, for_row, 0.0)).sum(axis=-1)
    return np.where(np.isnan(parts[..., 0]), np.nan, won)


def borda(
    values: np.ndarray, weights: np.ndarray | None = None, minimum_weight: float = 0.0
) -> np.ndarray:
    """Mean number of units that a unit beats, half for each that it equals: rows of `outranking`.

    Times the sum of the weights this is the Borda count, where weights are numbers of voters.
    """
    parts = spread(values, weights, minimum_weight)
    return np.where(
        np.isnan(parts[..., 0]), np.nan, np.nansum(outranking(values, weights), axis=-1)
    )


def condorcet(outranks: np.ndarray) -> tuple[int, ...] | None:
    """The order in which every unit outranks all behind it, best first; None where there is none.

    Takes one outranking matrix (units, units). There is no such order where preferences go in a
    circle, or where two units are even.
    """
    wins = (outranks > 0.5 + ROUNDING).sum(axis=1)
    order = np.argsort(-wins, kind="stable")
    if sorted(wins.tolist()) != list(range(len(wins))):
        return None
    return tuple(order.tolist())


@dataclass(frozen=True)
class KemenyOrders:
    """The highest agreement that any order reaches, and every order that reaches it, best first."""

    agreement: float
    orders: tuple[tuple[int, ...], ...]


def kemeny(outranks: np.ndarray) -> KemenyOrders:
    """The orders of units that agree with most of the weight, pair by pair (Kemeny 1959, Young).

    Takes one outranking matrix (units, units), or one of numbers of voters, and tries all orders:
    exact, for up to 9 units. Several orders may be equally good, and all are given.
    """
    n = outranks.shape[-1]
    if n > MOST_UNITS_IN_ALL_ORDERS:
        raise UsageError(
            f"kemeny tries all orders and takes up to {MOST_UNITS_IN_ALL_ORDERS} units, not {n}: "
            "take copeland, or the few units in question"
        )
    if np.isnan(outranks).any():
        raise UsageError("kemeny needs every pair of units compared: two share no known indicator")
    orders = np.array(list(permutations(range(n))), dtype=np.int64).reshape(-1, n)
    agreement = np.zeros(len(orders))
    for ahead in range(n):
        for behind in range(ahead + 1, n):
            agreement += outranks[orders[:, ahead], orders[:, behind]]
    best = agreement.max()
    found = orders[agreement >= best - ROUNDING * max(1.0, abs(best))]
    return KemenyOrders(float(best), tuple(tuple(order) for order in found.tolist()))


def kemeny_agreement(outranks: np.ndarray, order: Sequence[int]) -> float:
    """What `kemeny` maximises, for one order, best first: the support of each unit over those behind."""
    return float(np.triu(outranks[np.ix_(order, order)], 1).sum())


def places(scores: np.ndarray) -> np.ndarray:
    """1 for the best unit; equal ones share the better place, and the next ones are left out.

    Takes scores of shape (..., units). A unit without a score has no place: NaN.
    """
    return ranks(np.asarray(scores, dtype=np.float64)[..., None], direction=-1)[..., 0]


@dataclass(frozen=True)
class Step:
    """One step up a hierarchy: the parent of each column, its weight there, and how they are added.

    `aggregate` is given the values of one parent's columns and their weights. Bind options with
    `functools.partial`, for example `partial(geometric, minimum_weight=0.65)`.
    """

    parents: tuple[str, ...]
    aggregate: Aggregator = arithmetic
    weights: np.ndarray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The parents, each once, in the order in which they appear: the columns of the result."""
        return tuple(dict.fromkeys(self.parents))


def nested(values: np.ndarray, steps: Sequence[Step]) -> tuple[np.ndarray, ...]:
    """Indicators into pillars, pillars into the index: the result of each step, in turn.

    Each has shape (..., units, parents), with columns as `Step.names` says; the last step of an
    index has one. A step takes the columns that the one before gave.
    """
    results = []
    for step in steps:
        if len(step.parents) != values.shape[-1]:
            raise UsageError(
                f"a step names {len(step.parents)} parents {step.names}, and there are "
                f"{values.shape[-1]} columns: name one for each"
            )
        weights = np.ones(len(step.parents)) if step.weights is None else step.weights
        columns = []
        for name in step.names:
            own = [at for at, parent in enumerate(step.parents) if parent == name]
            columns.append(step.aggregate(values[..., own], weights[..., own]))
        values = np.stack(columns, axis=-1)
        results.append(values)
    return tuple(results)


def _known_weights(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """The weights, or as many ones; refuses weights that are unknown or below 0."""
    if weights is None:
        return np.ones(values.shape[-1])
    given = np.asarray(weights, dtype=np.float64)
    if not (np.isfinite(given).all() and (given >= 0).all()):
        raise UsageError("weights must be known and not below 0")
    return given


def _sum(parts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Weighted sum over the indicators with a part; NaN where the parts are."""
    found: np.ndarray = np.where(parts == 0, 0.0, parts * np.where(parts == 0, 0.0, values)).sum(
        axis=-1
    )
    return found


def _raised(values: np.ndarray, floor: float | None) -> np.ndarray:
    if floor is not None:
        raised: np.ndarray = np.maximum(values, floor)
        return raised
    if (values < 0).any():
        raise UsageError(
            "a mean of this kind needs values of 0 and more: normalise, or set a floor"
        )
    return values


def _compared(values: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """For each pair: weight for the row less weight against it, and the weight known of both.

    One indicator at a time, since all at once would need units x units x indicators.
    """
    given = _known_weights(values, weights)
    given = np.broadcast_to(given, np.broadcast_shapes(given.shape, values.shape))
    shape = (*given.shape[:-1], given.shape[-2])
    for_row, both = np.zeros(shape), np.zeros(shape)
    for at in range(values.shape[-1]):
        x, w = values[..., at], given[..., at][..., None]
        sign = np.sign(x[..., :, None] - x[..., None, :])
        known = ~np.isnan(sign)
        for_row += w * np.where(known, sign, 0.0)
        both += w * known
    return for_row, both

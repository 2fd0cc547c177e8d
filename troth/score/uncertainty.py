"""How sure scores and ranks are, given how sure the data are and which method was taken.

Three layers (METHODS B.5):

1. *data*: every cell drawn from its posterior, R = 2,000 times, scored by the headline's method;
2. *method*: the same draws, each scored by a variant picked at random, so that the difference from
   the first layer is the method's doing alone;
3. *variants*: every valid variant at the posterior medians (see `troth.score.variants`).

How draws are made fast. Each cell of each draw is drawn on its own, and nothing is shared between
bodies, cells or draws; what is approximated is where a cell's values lie. A cell is `NODES` equally
likely values of right mean and variance (`troth.score.posterior.nodes`), turned into points once for
each scale; one byte of chance chooses among them. Points are whole fortieths of a point, weights
inside a pillar whole parts of 4,096. Sums are then whole numbers below 2**24, which single precision
adds without rounding in any order: results do not depend on how the work is cut up, on the number
of threads or on the machine's linear algebra. The aggregation across pillars is in single
precision (1e-4 points). Tests compare all with exact draws in double precision. Quantiles of scores
and ranks are as far from those of an exact run as those of another exact run are, also with one or
two cells a pillar; of a body with a single cell, up to 0.15 of the cell's standard deviation.

Chance comes from one stream for every `BLOCK` bodies, told by seed and place of the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from troth.errors import UsageError
from troth.score.posterior import NODES, Posterior, medians, nodes
from troth.score.sensitivity import Sobol, mean_rank_shift, sobol
from troth.score.variants import (
    DEFAULT,
    FLOOR,
    LOWEST_OF_AMPI,
    PART_OF_AMPI,
    VALUES,
    Index,
    Method,
    Scale,
    Variant,
    aggregate,
    factors,
    hold,
    variants,
)

#: METHODS B.5.
DRAWS = 2_000

#: Bodies that share a stream of chance. Changing it changes results within their sampling error.
BLOCK = 32

#: Draws of a block that are worked on at a time: a matter of speed alone. With 110 indicators in five
#: pillars, so few that OpenBLAS takes no threads of its own beside ours (2**18 products).
DRAWS_AT_A_TIME = 14

#: Points are drawn in steps of 1/40, weights in parts of 4,096: 4,000 x 4,096 < 2**24.
STEPS_IN_A_POINT = 40
PARTS = 4_096

#: A held scale is looked up in that many places at equal distance, and where that would be off by
#: more than this many points (values crowded into a corner of their range), it is interpolated.
PLACES = 8_192
MOST_OFF = 0.05

#: Columns that are sorted at a time, to bound memory.
BODIES_AT_A_TIME = 256

#: Five bands of equal width, told by the lower ends of all but the first.
BANDS = (20.0, 40.0, 60.0, 80.0)

#: No ranks are published if the 90 % interval of the rank is wider than this part of the units for
#: more than half of them (METHODS B.5).
WIDEST_RANKS = 1 / 3

#: What a seed is used for: picks of variants, or the draws of a block.
_PICKS, _BLOCKS = 0, 1

_FULL = np.iinfo(np.uint64).max


@dataclass(frozen=True)
class Interval:
    """Median and the ends of the 90 % interval, each of shape (units,); quantiles of type 7."""

    median: np.ndarray
    q05: np.ndarray
    q95: np.ndarray


@dataclass(frozen=True)
class Layer:
    """What one layer says of each body. A body without a score in any of its draws is NaN throughout.

    `bands` has shape (units, bands): the probability of each, the worst first. `top_decile` and
    `bottom_decile` are the probabilities of a rank among the first and last tenth of the bodies that
    have one. `scores` are the draws themselves, shape (draws, units), where they were asked for.
    """

    score: Interval
    rank: Interval
    bands: np.ndarray
    top_decile: np.ndarray
    bottom_decile: np.ndarray
    bands_only: bool
    scores: np.ndarray | None = None


@dataclass(frozen=True)
class Uncertainty:
    """The three layers, and what the variants do.

    `picked` says the variant of each draw of the second layer. `ranks` has shape (variants, units);
    `shifts` (variants,) is how many places each variant moves the bodies on average from the
    headline at the medians; `indices` say how much of the variance of these shifts each of
    `factors_tried` explains.
    """

    data: Layer
    method: Layer
    variants: Layer
    tried: tuple[Variant, ...]
    picked: tuple[Variant, ...]
    ranks: np.ndarray
    shifts: np.ndarray
    factors_tried: tuple[str, ...]
    indices: Sobol


def analyse(
    posterior: Posterior,
    index: Index,
    seed: int,
    excluded: Sequence[str | None] = (None,),
    draws: int = DRAWS,
    threads: int = 1,
    bands: Sequence[float] = BANDS,
    keep_scores: bool = False,
) -> Uncertainty:
    """All three layers of an index, with every valid variant for each thing left out.

    `excluded` says what variants leave out, one after the other: indicators, pillars, or None for
    nothing, which must be among them.
    """
    if None not in excluded or len(set(excluded)) != len(excluded):
        raise UsageError("excluded names each thing left out once, and None for nothing")
    middle = medians(posterior)
    method = hold(index, middle, posterior.imputed)
    tried = variants(excluded)
    picked = pick(tried, draws, seed)
    data, varied = score_draws(posterior, method, picked, seed, threads)
    data_layer = summarise(data, bands, threads, keep_scores)
    del data
    method_layer = summarise(varied, bands, threads, keep_scores)
    del varied
    scores = score_variants(method, tried, middle, posterior.imputed, threads)
    ranks = rank_rows(scores, threads)
    reference = ranks[tried.index(DEFAULT)]
    shifts = mean_rank_shift(reference, ranks)
    names = factors(excluded)
    shape = tuple(len(levels) for levels in names.values())
    return Uncertainty(
        data_layer,
        method_layer,
        summarise(scores, bands, threads, keep_scores, ranks),
        tried,
        picked,
        ranks,
        shifts,
        tuple(names),
        sobol(shifts.reshape(shape)),
    )


def pick(among: Sequence[Variant], draws: int, seed: int) -> tuple[Variant, ...]:
    """A variant for each draw, all equally likely, in the order of `among`.

    Draws are alike, so their order says nothing; neighbours with the same scale are faster.
    """
    if draws < 1 or not among:
        raise UsageError("picking needs one draw and one variant or more")
    chosen = np.sort(_random(seed, _PICKS).integers(len(among), size=draws))
    return tuple(among[at] for at in chosen.tolist())


def score_draws(
    posterior: Posterior,
    method: Method,
    picked: Sequence[Variant],
    seed: int,
    threads: int = 1,
    draws_at_a_time: int = DRAWS_AT_A_TIME,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of as many draws as variants are picked, by the headline and by the variant picked.

    Two arrays of float32, shape (draws, units); row r of both is the same draw of the data. NaN
    for a body without a score.
    """
    plan = _plan(method, picked, draws_at_a_time)
    shape = (len(picked), posterior.units)
    data, varied = np.empty(shape, np.float32), np.empty(shape, np.float32)

    def one(start: int) -> None:
        stop = min(start + BLOCK, posterior.units)
        random = _random(seed, _BLOCKS, start // BLOCK)
        data[:, start:stop], varied[:, start:stop] = _block(
            posterior, method, plan, start, stop, random
        )

    _each(one, range(0, posterior.units, BLOCK), threads)
    return data, varied


def score_variants(
    method: Method,
    tried: Sequence[Variant],
    values: np.ndarray,
    imputed: np.ndarray,
    threads: int = 1,
) -> np.ndarray:
    """Scores of one table of values under each variant: float64, shape (variants, units).

    The same as `troth.score.variants.score` one by one, with what variants share done once.
    """
    membership = method.index.membership
    found = np.empty((len(tried), len(values)))

    def some(place: int) -> None:
        pair = VALUES[place]
        own = [at for at, one in enumerate(tried) if (one.normalisation, one.missing) == pair]
        if not own:
            return
        points = method.points(pair[0], values)
        if pair[1] == "pessimistic":
            points = np.where(imputed, 0.0, points)
        known = ~np.isnan(points)
        weights = [method.weights(tried[at]) for at in own]
        different = {inside.tobytes(): inside for inside, _ in weights}
        matrix = np.concatenate(
            [inside[:, None] * membership for inside in different.values()], axis=1
        )
        with np.errstate(invalid="ignore"):
            pillars = np.where(known, points, 0.0) @ matrix / (known.astype(np.float64) @ matrix)
        by_weights = np.split(pillars, len(different), axis=1)
        kinds = {key: at for at, key in enumerate(different)}
        for at, (inside, across) in zip(own, weights, strict=True):
            found[at] = aggregate(
                tried[at].aggregation, by_weights[kinds[inside.tobytes()]], across
            )

    _each(some, range(len(VALUES)), threads)
    return found


def rank_rows(scores: np.ndarray, threads: int = 1) -> np.ndarray:
    """1 for the best of each row, equal ones share the better place: float32, shape of scores.

    The same as `troth.score.aggregate.places`, a row at a time. A body without a score has none.
    """
    found = np.empty(scores.shape, np.float32)
    counting = np.arange(1, scores.shape[1] + 1, dtype=np.float32)

    def one(row: int) -> None:
        own = scores[row]
        order = np.argsort(-own)
        ordered = own[order]
        differs = ordered[1:] != ordered[:-1]
        places = counting
        if not differs.all():
            first = np.concatenate([[True], differs])
            places = np.maximum.accumulate(np.where(first, counting, 0))
        found[row, order] = places
        if np.isnan(ordered[-1:]).any():
            found[row, np.isnan(own)] = np.nan

    _each(one, range(len(scores)), threads)
    return found


def summarise(
    scores: np.ndarray,
    bands: Sequence[float] = BANDS,
    threads: int = 1,
    keep_scores: bool = False,
    ranks: np.ndarray | None = None,
) -> Layer:
    """A layer from its draws of shape (draws, units), with ranks where they are there already."""
    edges = np.asarray(bands, dtype=np.float64)
    if (np.diff(edges) <= 0).any():
        raise UsageError("the ends of bands must rise")
    if ranks is None:
        ranks = rank_rows(scores, threads)
    units = scores.shape[1]
    ranked = units - np.isnan(scores).sum(axis=1)
    score, rank = np.empty((3, units)), np.empty((3, units))
    in_band = np.empty((units, len(edges) + 1))
    deciles = np.empty((2, units))

    def some(start: int) -> None:
        at = slice(start, start + BODIES_AT_A_TIME)
        own = np.sort(np.ascontiguousarray(scores[:, at].T), axis=1)
        unknown = np.isnan(own[:, -1])
        score[:, at] = _quantiles(own)
        reached = [np.ones(len(own)), *((own >= edge).mean(axis=1) for edge in edges)]
        in_band[at] = -np.diff(np.stack([*reached, np.zeros(len(own))], axis=1), axis=1)
        in_band[at][unknown] = np.nan
        places = ranks[:, at]
        deciles[0, at] = (places <= ranked[:, None] / 10).mean(axis=0)
        deciles[1, at] = (places > ranked[:, None] * 9 / 10).mean(axis=0)
        deciles[:, at][:, unknown] = np.nan
        rank[:, at] = _quantiles(np.sort(np.ascontiguousarray(places.T), axis=1))

    _each(some, range(0, units, BODIES_AT_A_TIME), threads)
    return Layer(
        Interval(*score),
        Interval(*rank),
        in_band,
        deciles[0],
        deciles[1],
        bands_only(rank[1], rank[2]),
        scores if keep_scores else None,
    )


def bands_only(q05: np.ndarray, q95: np.ndarray) -> bool:
    """Whether ranks are too unsure to be published: the rule of METHODS B.5.

    True if q95 - q05 of the rank is more than a third of the units for more than half of them; units
    without a rank are not counted, and where there is none there is nothing to publish.
    """
    width = (q95 - q05)[~np.isnan(q95 - q05)]
    return bool(width.size == 0 or (width > WIDEST_RANKS * width.size).mean() > 1 / 2)


def _quantiles(rising: np.ndarray) -> np.ndarray:
    """5th, 50th and 95th percentile of type 7 of sorted rows, median first: shape (3, rows)."""
    last = rising.shape[1] - 1
    found = []
    for share in (0.5, 0.05, 0.95):
        place = share * last
        low = int(place)
        below, above = rising[:, low].astype(np.float64), rising[:, min(low + 1, last)]
        found.append(below + (place - low) * (above - below))
    unknown = np.isnan(rising[:, -1])
    return np.where(unknown, np.nan, np.stack(found))


def _each(work: Callable[[int], None], places: Iterable[int], threads: int) -> None:
    """The work at each place, which writes its own part of the results."""
    if threads == 1:
        for place in places:
            work(place)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, places):
            pass


def _random(seed: int, *use: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=use)))


@dataclass(frozen=True)
class _Piece:
    """Neighbouring draws that are scored with the same table of points and the same weights."""

    rows: slice
    table: int
    kernel: int


@dataclass(frozen=True)
class _Lookup:
    """A held scale at equal distances: points in whole steps, (indicators, PLACES + 1)."""

    lowest: np.ndarray
    by_distance: np.ndarray
    steps: np.ndarray
    #: Indicators for which this is not near enough, or which have no scale.
    coarse: tuple[int, ...]


@dataclass(frozen=True)
class _Plan:
    """What all blocks have in common. Kernels are whole-number weights (indicators, pillars)."""

    pieces: tuple[_Piece, ...]
    lookups: Mapping[str, _Lookup]
    kernels: np.ndarray
    #: Each pair of table and kernel in use; the first is the headline's.
    pairs: tuple[tuple[int, int], ...]
    #: The place in `pairs` of each draw, and its weights of pillars (draws, pillars).
    pair_of_draw: np.ndarray
    across: np.ndarray
    default_across: np.ndarray
    #: The draws of each aggregation.
    rows_of: tuple[tuple[str, np.ndarray], ...]


def _plan(method: Method, picked: Sequence[Variant], draws_at_a_time: int) -> _Plan:
    if draws_at_a_time < 1:
        raise UsageError(f"draws_at_a_time is 1 or more, not {draws_at_a_time}")
    kernels: dict[bytes, int] = {}
    matrices: list[np.ndarray] = []
    membership = method.index.membership

    def kernel(inside: np.ndarray) -> int:
        whole = np.where(inside > 0, np.maximum(np.floor(inside * (PARTS - len(inside))), 1), 0.0)
        key = whole.tobytes()
        if key not in kernels:
            kernels[key] = len(matrices)
            matrices.append((whole[:, None] * membership).astype(np.float32))
        return kernels[key]

    found: dict[Variant, tuple[tuple[int, int], np.ndarray]] = {}
    for one in (DEFAULT, *picked):
        if one not in found:
            inside, across = method.weights(one)
            table = VALUES.index((one.normalisation, one.missing))
            found[one] = (table, kernel(inside)), across.astype(np.float32)
    pairs = tuple(dict.fromkeys(pair for pair, _ in found.values()))
    pair_of_draw = np.array([pairs.index(found[one][0]) for one in picked])
    pieces = []
    first = 0
    while first < len(picked):
        pair = pair_of_draw[first]
        last = first
        most = min(first + draws_at_a_time, len(picked))
        while last < most and pair_of_draw[last] == pair:
            last += 1
        pieces.append(_Piece(slice(first, last), *pairs[pair]))
        first = last
    aggregations = np.array([one.aggregation for one in picked])
    return _Plan(
        tuple(pieces),
        {name: _lookup(scale) for name, scale in method.scales.items()},
        np.stack(matrices),
        pairs,
        pair_of_draw,
        np.stack([found[one][1] for one in picked]),
        found[DEFAULT][1],
        tuple(
            (str(name), np.flatnonzero(aggregations == name)) for name in np.unique(aggregations)
        ),
    )


def _lookup(scale: Scale) -> _Lookup:
    n = len(scale.knots)
    lowest, by_distance = np.zeros((n, 1), np.float32), np.zeros((n, 1), np.float32)
    steps = np.zeros((n, PLACES + 1), np.float32)
    coarse = []
    for column, knots in enumerate(scale.knots):
        if knots.size == 0:
            coarse.append(column)
            continue
        range_ = knots[-1] - knots[0]
        at = knots[0] + range_ * np.arange(PLACES + 1) / PLACES
        steps[column] = np.rint(scale.of(column, at) * STEPS_IN_A_POINT)
        lowest[column], by_distance[column] = knots[0], PLACES / range_
        # A broken line rises most, over half a distance, from or to one of its corners.
        half = range_ / PLACES / 2
        rises = (
            scale.of(column, knots + half) - scale.points[column],
            scale.points[column] - scale.of(column, knots - half),
        )
        if np.abs(rises).max() > MOST_OFF:
            coarse.append(column)
    return _Lookup(lowest, by_distance, steps, tuple(coarse))


def _block(
    posterior: Posterior,
    method: Method,
    plan: _Plan,
    start: int,
    stop: int,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores (draws, bodies) of the bodies from start to stop, by the headline and the variants."""
    bodies, indicators = stop - start, len(method.index.indicators)
    cells = bodies * indicators
    draws, pillars = plan.across.shape
    tables = _tables(posterior, method, plan, start, stop)
    first_table, first_kernel = plan.pairs[0]
    sums = np.empty((pillars, draws, bodies), np.float32)
    varied_sums = np.empty((pillars, draws, bodies), np.float32)
    most = max(piece.rows.stop - piece.rows.start for piece in plan.pieces)
    base = np.arange(cells) * NODES
    places = np.empty((most, cells), np.intp)
    points = np.empty((most, cells), np.float32)
    words = -(-cells // 8)
    for piece in plan.pieces:
        count = piece.rows.stop - piece.rows.start
        chance = random.integers(0, _FULL, size=(count, words), dtype=np.uint64, endpoint=True)
        # The same bytes in the same order on every machine.
        byte = chance.astype("<u8", copy=False).view(np.uint8)[:, :cells]
        np.bitwise_and(byte, NODES - 1, out=byte)
        at, drawn = places[:count], points[:count]
        np.add(base, byte, out=at)
        # Places are within the table; "wrap" only spares their check.
        np.take(tables[first_table][0], at, out=drawn, mode="wrap")
        by_indicator = drawn.reshape(-1, indicators)
        own = by_indicator @ plan.kernels[first_kernel]
        sums[:, piece.rows] = own.T.reshape(pillars, count, bodies)
        if (piece.table, piece.kernel) != plan.pairs[0]:
            if piece.table != first_table:
                np.take(tables[piece.table][0], at, out=drawn, mode="wrap")
            own = by_indicator @ plan.kernels[piece.kernel]
        varied_sums[:, piece.rows] = own.T.reshape(pillars, count, bodies)
    weight = np.stack([(tables[table][1] @ plan.kernels[kernel]).T for table, kernel in plan.pairs])
    data = _aggregated(DEFAULT.aggregation, sums, weight[0][:, None], plan.default_across[:, None])
    varied = np.empty_like(data)
    for name, rows in plan.rows_of:
        own_weight = np.moveaxis(weight[plan.pair_of_draw[rows]], 1, 0)
        varied[rows] = _aggregated(name, varied_sums[:, rows], own_weight, plan.across[rows].T)
    return data, varied


def _tables(
    posterior: Posterior, method: Method, plan: _Plan, start: int, stop: int
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """By place in VALUES: points in steps of all nodes of all cells, flat, and which cells are known.

    Points of an unknown cell are 0; its 0 in the second array keeps it out of the weights.
    """
    values = nodes(posterior, start, stop)
    imputed = posterior.imputed[start:stop]
    by_scale: dict[str, np.ndarray] = {}
    found = {}
    for table in sorted({table for table, _ in plan.pairs}):
        normalisation, missing = VALUES[table]
        if normalisation not in by_scale:
            by_scale[normalisation] = _steps(method, plan, normalisation, values)
        steps = by_scale[normalisation]
        known = ~np.isnan(steps[..., 0])
        if missing == "pessimistic":
            steps = np.where(imputed[..., None], np.float32(0), steps)
            known = known | imputed
        found[table] = np.nan_to_num(steps).ravel(), known.astype(np.float32)
    return found


def _steps(method: Method, plan: _Plan, normalisation: str, values: np.ndarray) -> np.ndarray:
    """Points of nodes (bodies, indicators, NODES) in whole steps, NaN where unknown: float32."""
    highest = 100 * STEPS_IN_A_POINT
    if normalisation == "goalposts":
        worst = method.index.worst.astype(np.float32)[:, None]
        range_ = (method.index.best - method.index.worst).astype(np.float32)[:, None]
        steps = values - worst
        steps *= np.float32(highest) / range_
        np.clip(steps, 0, highest, out=steps)
        found: np.ndarray = np.rint(steps, out=steps)
        return found
    lookup = plan.lookups[normalisation]
    distance = values - lookup.lowest
    distance *= lookup.by_distance
    np.clip(distance, 0, PLACES, out=distance)
    unknown = np.isnan(values[..., 0])
    distance[unknown] = 0
    at = np.rint(distance, out=distance).astype(np.intp)
    at += (np.arange(values.shape[1]) * (PLACES + 1))[:, None]
    found = lookup.steps.ravel().take(at)
    found[unknown] = np.nan
    for column in lookup.coarse:
        own = method.scales[normalisation].of(column, values[:, column])
        found[:, column] = np.rint(own * STEPS_IN_A_POINT)
    return found


def _aggregated(name: str, sums: np.ndarray, weight: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Scores (draws, bodies) from sums (pillars, draws, bodies) and the weight known behind them.

    `weight` broadcasts to the sums; `across` has shape (pillars, draws) or (pillars, 1). Pillar by
    pillar, in order: a sum of five has one order then.
    """
    shape = sums.shape[1:]
    whole, total, squares = (np.zeros(shape, np.float32) for _ in range(3))
    levels = []
    for own, known, share in zip(sums, weight, across, strict=True):
        part = share[:, None] * (known > 0)
        pillar = own / (np.maximum(known, 1) * np.float32(STEPS_IN_A_POINT))
        if name == "geometric":
            pillar = np.log(np.maximum(pillar, np.float32(FLOOR)))
        elif name == "mazziotta_pareto":
            pillar *= np.float32(PART_OF_AMPI)
            pillar += np.float32(LOWEST_OF_AMPI)
            levels.append((part, pillar))
        whole += part
        total += part * pillar
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / whole
    if name == "arithmetic":
        found: np.ndarray = mean
    elif name == "geometric":
        found = np.exp(mean)
    else:
        for part, pillar in levels:
            squares += part * (pillar - mean) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (mean - squares / whole / mean - np.float32(LOWEST_OF_AMPI)) / np.float32(
                PART_OF_AMPI
            )
    return found

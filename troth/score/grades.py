"""Grades: bodies are put in order only where the data can bear it.

Source: Kline, Rose and Walters 2024, "A Discrimination Report Card", American Economic Review
114:2472-2525; METHODS B.7. One body stands in a better grade than another only at a price: right,
it earns lambda; wrong, it costs 1. Against that stands the same grade, which earns nothing. Hence
i is put above j only if P(theta_i > theta_j) > 1 / (1 + lambda), and since grades must be in order
(a better than b, b than c, so a than c), all pairs are decided together by an integer programme.

When is the answer exact? `Grades.optimal` says it of every result, and `bound` how much better any
other grading could be.

- Where the bodies stand in one order of dominance (whoever comes earlier is more likely above any
  third body), some best grading cuts that order into blocks; the best blocks are found exactly, for
  any number of bodies.
- Otherwise, up to 40 bodies, by the integer programme (HiGHS), to the end.
- Above 40 bodies the programme is given a stated amount of work, counted in nodes and rounds and
  not in seconds, so that the same input gives the same grades on every machine; above 80 it is not
  tried. Where it did not end, the result is the best grading found, and `optimal` is False unless
  that grading reaches the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse, special

from troth.errors import UsageError

Array = np.ndarray

#: The gain of a right order against the cost of a wrong one: a threshold of 0.8 (METHODS B.7).
LAMBDA = 0.25

#: Up to this many bodies the integer programme runs to its end.
EXACT = 40

#: Above this many bodies the integer programme is not tried.
PROGRAMME = 80

#: Work given to the programme between the two: nodes of a round, and rounds of new conditions.
NODES = 200
ROUNDS = 20

#: Gains that differ by less are the same: it is how far HiGHS goes in telling solutions apart.
_SAME = 1e-6


@dataclass(frozen=True)
class Grades:
    """A grade for each body, 1 the best; NaN for a body of which nothing is known.

    `gain` is the expected gain of this grading, `bound` what no grading can exceed, `method` is
    "blocks" or "programme".
    """

    grade: Array
    gain: float
    bound: float
    optimal: bool
    method: str


def threshold(lam: float = LAMBDA) -> float:
    """The least probability with which one body may stand above another."""
    return 1 / (1 + lam)


def pairwise_from_draws(drawn: Array) -> Array:
    """P(theta_i > theta_j) from posterior draws of shape (draws, units); equal draws count half.

    NaN in the rows and columns of a unit whose draws are NaN, and on the diagonal.
    """
    draws, units = drawn.shape
    found = np.full((units, units), np.nan)
    columns = np.ascontiguousarray(drawn.T)
    for unit in range(units - 1):
        own, others = columns[unit], columns[unit + 1 :]
        above = np.count_nonzero(own > others, axis=1)
        equal = np.count_nonzero(own == others, axis=1)
        found[unit, unit + 1 :] = (above + equal / 2) / draws
        found[unit + 1 :, unit] = 1 - found[unit, unit + 1 :]
    unknown = np.isnan(drawn).any(axis=0)
    found[unknown] = np.nan
    found[:, unknown] = np.nan
    return found


def pairwise_normal(mean: Array, variance: Array) -> Array:
    """P(theta_i > theta_j) of independent normal posteriors; NaN on the diagonal."""
    mean, variance = np.asarray(mean, float), np.asarray(variance, float)
    spread = np.sqrt(variance[:, None] + variance[None, :])
    found = np.asarray(special.ndtr((mean[:, None] - mean[None, :]) / spread))
    np.fill_diagonal(found, np.nan)
    return found


def expected_gain(probability: Array, grade: Array, lam: float = LAMBDA) -> float:
    """What a grading earns: over all pairs i above j, lambda where right less 1 where wrong."""
    above = grade[:, None] < grade[None, :]
    return float(((1 + lam) * probability - 1)[above].sum())


def grades(probability: Array, lam: float = LAMBDA) -> Grades:
    """The grading of highest expected gain, from P(theta_i > theta_j) of shape (units, units)."""
    probability = np.asarray(probability, float)
    if probability.ndim != 2 or probability.shape[0] != probability.shape[1]:
        raise UsageError(f"expected a square table of probabilities, got {probability.shape}")
    if not 0 < lam <= 1:
        raise UsageError(f"lambda is above 0 and at most 1, got {lam}")
    units = len(probability)
    diagonal = np.eye(units, dtype=bool)
    known = ~(np.isnan(probability) | diagonal).all(axis=1) if units > 1 else np.ones(units, bool)
    pi = probability[np.ix_(known, known)].copy()
    np.fill_diagonal(pi, 0.5)
    if not np.allclose(pi + pi.T, 1, atol=1e-6):
        raise UsageError("P(i above j) and P(j above i) must add up to 1 for every pair")
    found = np.full(units, np.nan)
    best, bound, method = _grade(pi, lam)
    found[known] = best
    gain = expected_gain(pi, best, lam)
    return Grades(found, gain, max(bound, gain), bound - gain <= _SAME, method)


def _grade(pi: Array, lam: float) -> tuple[Array, float, str]:
    """Grades, a bound on the gain of any, and how they were found."""
    units = len(pi)
    gain = (1 + lam) * pi - 1
    np.fill_diagonal(gain, 0)
    order = np.lexsort((np.arange(units), -pi.sum(axis=1)))
    blocks = _best_blocks(gain, order)
    earned = _earned(gain, blocks)
    every_pair = float(np.maximum(np.triu(np.maximum(gain, gain.T)), 0).sum())
    if every_pair - earned <= _SAME:
        return blocks, earned, "blocks"
    dominates = _dominates(pi, order)
    if dominates[np.ix_(order, order)][np.triu_indices(units, 1)].all():
        return blocks, earned, "blocks"
    if units > PROGRAMME:
        return blocks, every_pair, "blocks"
    found, bound = _programme(gain, dominates, ends=units <= EXACT)
    if found is None or _earned(gain, found) < earned:
        return blocks, min(bound, every_pair), "blocks"
    return found, min(bound, every_pair), "programme"


def _earned(gain: Array, grade: Array) -> float:
    return float(gain[grade[:, None] < grade[None, :]].sum())


def _best_blocks(gain: Array, order: Array) -> Array:
    """Of all ways to cut this order into grades, the one that earns most (dynamic programme).

    What a cut earns is everything before it against everything after; a block [i, j) loses what
    its own pairs would have earned, so the best end at j is the best start i less that loss.
    """
    units = len(order)
    ordered = np.triu(gain[np.ix_(order, order)], 1)
    # within[j] holds, for each i, the sum over pairs of [i, j).
    best = np.zeros(units + 1)
    cut = np.zeros(units + 1, np.int64)
    within = np.zeros(units + 1)
    for end in range(1, units + 1):
        column = ordered[: end - 1, end - 1]
        within[: end - 1] += np.cumsum(column[::-1])[::-1]
        lost = best[:end] + within[:end]
        cut[end] = int(np.argmin(lost))
        best[end] = lost[cut[end]]
    grade = np.zeros(units)
    end, number = units, 0
    while end > 0:
        number += 1
        grade[order[cut[end] : end]] = -number
        end = int(cut[end])
    return grade + number + 1


def _dominates(pi: Array, order: Array) -> Array:
    """Who is at least as likely as whom to be above the other and above every third.

    Exchanging the grades of two bodies in the wrong order of dominance never loses, so that some
    best grading puts none below whom it dominates. Of two alike the one first in `order` counts.
    """
    units = len(pi)
    place = np.empty(units, np.int64)
    place[order] = np.arange(units)
    found = np.zeros((units, units), bool)
    for i in range(units):
        ahead = pi[i] >= pi
        ahead[:, i] = True
        ahead[np.arange(units), np.arange(units)] = True
        found[i] = ahead.all(axis=1) & (pi[i] >= 0.5) & (place[i] < place)
    return found


def _programme(gain: Array, dominates: Array, *, ends: bool) -> tuple[Array | None, float]:
    """Grades by integer programme, and a bound; None where the work given ran out before any.

    Variable r_ij is 1 where i is graded at least as well as j. Conditions: r_ij + r_ji >= 1, and
    r_ij + r_jk - r_ik <= 1 (an order). i stands above j where r_ji is 0. Conditions of the second
    kind are many and few of them bind: those that a solution breaks are added, until it breaks
    none.
    """
    units = len(gain)
    number = np.full((units, units), -1)
    off = ~np.eye(units, dtype=bool)
    number[off] = np.arange(units * (units - 1))
    first, second = np.nonzero(off)
    # Maximise sum of gain_ij (1 - r_ji); milp minimises, and the constant is added again below.
    cost = gain[second, first]
    constant = float(gain[off].sum())
    lower = np.where(dominates[first, second], 1.0, 0.0)
    i, j = np.triu_indices(units, 1)
    pairs = len(i)
    rows = np.repeat(np.arange(pairs), 2)
    columns = np.column_stack((number[i, j], number[j, i])).ravel()
    cover = sparse.csr_array((np.ones(2 * pairs), (rows, columns)), shape=(pairs, len(cost)))
    constraints = [optimize.LinearConstraint(cover, 1, np.inf)]
    bound = np.inf
    options: dict[str, object] = {"mip_rel_gap": 0.0}
    if not ends:
        options["node_limit"] = NODES
    rounds = 0
    while ends or rounds < ROUNDS:
        rounds += 1
        solved = optimize.milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=optimize.Bounds(lower, 1),
            constraints=constraints,
            options=options,
        )
        if solved.mip_dual_bound is not None:
            # Fewer conditions: what none of these gradings exceeds, no grading exceeds.
            bound = min(bound, constant - float(solved.mip_dual_bound))
        if solved.x is None or solved.status != 0:
            return None, bound
        at_least = np.ones((units, units), bool)
        at_least[first, second] = solved.x > 0.5
        broken = _broken(at_least)
        if not len(broken):
            # In an order, the more bodies one is at least as good as, the better its grade.
            counts = at_least.sum(axis=1)
            _, grade = np.unique(-counts, return_inverse=True)
            return grade + 1.0, bound
        a, b, c = broken.T
        places = np.column_stack((number[a, b], number[b, c], number[a, c])).ravel()
        signs = np.tile([1.0, 1.0, -1.0], len(broken))
        rows = np.repeat(np.arange(len(broken)), 3)
        added = sparse.csr_array((signs, (rows, places)), shape=(len(broken), len(cost)))
        constraints.append(optimize.LinearConstraint(added, -np.inf, 1))
    return None, bound


def _broken(at_least: Array) -> Array:
    """Triples (i, j, k) with i at least j and j at least k but not i at least k."""
    found = []
    for j in range(len(at_least)):
        above, below = np.flatnonzero(at_least[:, j]), np.flatnonzero(at_least[j])
        i, k = np.nonzero(~at_least[np.ix_(above, below)])
        found.append(np.column_stack((above[i], np.full(len(i), j), below[k])))
    return np.concatenate(found)

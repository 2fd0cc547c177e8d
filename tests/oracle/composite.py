"""Slow and obvious second versions of what troth/score computes with arrays."""

from __future__ import annotations

from itertools import permutations
from math import isnan

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def outranks(one: list[float], other: list[float], weights: list[float]) -> float:
    """The part of the weight known of both that says `one` is better; half of it where equal."""
    known = [
        (a, b, w) for a, b, w in zip(one, other, weights, strict=True) if not (isnan(a) or isnan(b))
    ]
    total = sum(w for _, _, w in known)
    if total == 0:
        return float("nan")
    return sum(w if a > b else w / 2 if a == b else 0 for a, b, w in known) / total


def copeland(table: list[list[float]], weights: list[float]) -> list[int]:
    """Wins less losses of each unit; to be called with weights that make no sum ambiguous."""
    scores = []
    for at, one in enumerate(table):
        score = 0
        for where, other in enumerate(table):
            if where != at:
                share = outranks(one, other, weights)
                score += (share > 0.5) - (share < 0.5)
        scores.append(score)
    return scores


def kemeny(matrix: list[list[float]]) -> tuple[float, set[tuple[int, ...]]]:
    """The best agreement and all orders that reach it, found by trying each."""
    best, orders = float("-inf"), set()
    for order in permutations(range(len(matrix))):
        agreement = sum(
            matrix[order[i]][order[j]] for i in range(len(order)) for j in range(i + 1, len(order))
        )
        if agreement > best + 1e-9:
            best, orders = agreement, {order}
        elif agreement > best - 1e-9:
            orders.add(order)
    return best, orders


def kemeny_by_programme(matrix: np.ndarray) -> tuple[float, list[int]]:
    """One best order of many units: a whole-number programme over who is ahead of whom.

    y[i, j] = 1 says that i is ahead of j (i < j); of three units no circle is allowed.
    """
    n = len(matrix)
    pairs = {
        (i, j): at for at, (i, j) in enumerate((i, j) for i in range(n) for j in range(i + 1, n))
    }
    gain = np.array([matrix[i, j] - matrix[j, i] for i, j in pairs])
    rows = []
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                row = np.zeros(len(pairs))
                row[pairs[i, j]], row[pairs[j, k]], row[pairs[i, k]] = 1, 1, -1
                rows.append(row)
    solved = milp(
        -gain,
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), 0, 1),
    )
    assert solved.success, solved.message
    ahead = np.zeros(n)
    for (i, j), at in pairs.items():
        ahead[i if solved.x[at] > 0.5 else j] += 1
    order = np.argsort(-ahead).tolist()
    return sum(matrix[order[i], order[j]] for i in range(n) for j in range(i + 1, n)), order


def benefit_of_the_doubt_of_two(
    table: list[tuple[float, float]], lower: float, upper: float
) -> list[float]:
    """Scores with two indicators, whose shares are w and 1-w with both between the bounds.

    A unit's score is the most, over w, of its sum divided by the best unit's. Between two w at
    which the best unit changes the quotient has no top inside, so ends and crossings are enough.
    """
    ends = [max(lower, 1 - upper), min(upper, 1 - lower)]
    for a, b in table:
        for c, d in table:
            steep = (a - b) - (c - d)
            if steep != 0:
                crossing = (d - b) / steep
                if ends[0] < crossing < ends[1]:
                    ends.append(crossing)
    scores = []
    for a, b in table:
        quotients = []
        for w in ends:
            best = max(w * c + (1 - w) * d for c, d in table)
            if best > 0:
                quotients.append((w * a + (1 - w) * b) / best)
        scores.append(max(quotients))
    return scores


def winsorised(column: list[float], most: int, passes) -> tuple[list[float], list[int]]:
    """One indicator's values with extremes brought in one step at a time, and which were moved."""
    x, moved = list(column), set()
    while not passes(x):
        known = [v for v in x if not isnan(v)]
        mean = sum(known) / len(known)
        high = sum((v - mean) ** 3 for v in known) > 0
        extreme = max(known) if high else min(known)
        here = {at for at, v in enumerate(x) if v == extreme}
        if len(moved | here) > most:
            break
        others = [v for v in known if v != extreme]
        following = max(others) if high else min(others)
        x = [following if at in here else v for at, v in enumerate(x)]
        moved |= here
    return x, sorted(moved)

"""Every way to put a few bodies into grades, tried one after the other."""

from collections.abc import Iterator

import numpy as np


def gradings(units: int) -> Iterator[tuple[int, ...]]:
    """All weak orders: grades 1, 2, ... of each body, with no grade left empty."""
    if units == 0:
        yield ()
        return
    for shorter in gradings(units - 1):
        most = max(shorter, default=0)
        for grade in range(1, most + 1):
            yield (*shorter, grade)
        for between in range(1, most + 2):
            yield (*(g + (g >= between) for g in shorter), between)


def gain(probability: np.ndarray, grading: tuple[int, ...], lam: float) -> float:
    earned = 0.0
    for i, mine in enumerate(grading):
        for j, theirs in enumerate(grading):
            if mine < theirs:
                earned += lam * probability[i, j] - (1 - probability[i, j])
    return earned


def best_gain(probability: np.ndarray, lam: float) -> float:
    return max(gain(probability, one, lam) for one in gradings(len(probability)))

"""Sobol indices by their definition, combination by combination."""

from itertools import product

import numpy as np


def indices(outcomes: np.ndarray) -> tuple[list[float], list[float]]:
    """First-order and total index of each axis."""
    sizes = outcomes.shape
    cells = {at: float(outcomes[at]) for at in product(*(range(size) for size in sizes))}
    whole = variance(list(cells.values()))
    first, total = [], []
    for axis, size in enumerate(sizes):
        means = [mean([y for at, y in cells.items() if at[axis] == level]) for level in range(size)]
        first.append(divided(variance(means), whole))
        rest: dict[tuple[int, ...], list[float]] = {}
        for at, y in cells.items():
            rest.setdefault(at[:axis] + at[axis + 1 :], []).append(y)
        total.append(divided(mean([variance(ys) for ys in rest.values()]), whole))
    return first, total


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def variance(values: list[float]) -> float:
    middle = mean(values)
    return mean([(value - middle) ** 2 for value in values])


def divided(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")

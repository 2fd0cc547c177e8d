"""Krippendorff's alpha from all pairs of values, one after the other."""

import math
from itertools import permutations

import numpy as np


def alpha(ratings: np.ndarray, scale: str) -> float | None:
    """1 - observed / expected disagreement; None where no two values of the data differ."""
    units = [[v for v in column.tolist() if not math.isnan(v)] for column in ratings.T]
    units = [unit for unit in units if len(unit) >= 2]
    values = [v for unit in units for v in unit]
    if len(set(values)) < 2:
        return None

    def distance(a: float, b: float) -> float:
        if scale == "nominal":
            return float(a != b)
        if scale == "interval":
            return (a - b) ** 2
        if scale == "ratio":
            return ((a - b) / (a + b)) ** 2 if a + b else 0.0
        low, high = min(a, b), max(a, b)
        between = sum(1 for v in values if low <= v <= high)
        return (between - (values.count(a) + values.count(b)) / 2) ** 2 if a != b else 0.0

    n = len(values)
    observed = sum(
        sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units
    )
    expected = sum(distance(a, b) for a, b in permutations(values, 2)) / (n - 1)
    return 1 - observed / expected

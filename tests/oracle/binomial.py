"""Binomial probabilities counted out in fractions, for funnel limits."""

from fractions import Fraction
from math import comb


def interpolated_limit(n: int, target: float, probability: float) -> float:
    """(r - alpha) / n within 0 to 1: r is the first number of hits whose cumulated probability
    reaches the wanted one, alpha how far it overshoots, in parts of the probability of r."""
    p, wanted = Fraction(target), Fraction(probability)
    reached = Fraction(0)
    for r in range(n + 1):
        here = comb(n, r) * p**r * (1 - p) ** (n - r)
        reached += here
        if reached >= wanted:
            return float(min(max((r - (reached - wanted) / here) / n, Fraction(0)), Fraction(1)))
    raise AssertionError("cumulated probabilities end at 1")

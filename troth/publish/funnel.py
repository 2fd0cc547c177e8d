"""A funnel of all bodies on one indicator: the limits of `troth.score.funnel`, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from troth.score.funnel import INNER, OUTER, alarms, widened

#: At how many numbers of cases the limits are given, evenly apart on a log scale.
STEPS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a share of n cases may lie from that of all bodies: 95 % (inner), 99.8 % (outer)."""

    n: int
    outer_low: float
    inner_low: float
    inner_high: float
    outer_high: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits from the fewest to the most cases, and for each body whether it lies beyond them."""

    limits: tuple[Limits, ...]
    outside: tuple[bool, ...]


def funnel(hits: Sequence[int], n: Sequence[int]) -> Funnel | None:
    """The funnel of these bodies, widened for over-dispersion (Spiegelhalter 2005; METHODS B.7).

    None where there is no body. `n` are above 0.
    """
    if not n:
        return None
    cases, found = np.asarray(n, np.float64), np.asarray(hits, np.float64)
    fewest, most = float(cases.min()), float(cases.max())
    steps = np.geomspace(fewest * 0.9, max(most * 1.15, fewest * 2), STEPS + 1)
    sizes = np.unique(np.maximum(np.rint(steps), 1))
    asked = (OUTER[0], INNER[0], INNER[1], OUTER[1])
    drawn = widened(sizes, found, cases, asked)
    return Funnel(
        limits=tuple(
            Limits(int(size), *ends) for size, ends in zip(sizes, drawn.tolist(), strict=True)
        ),
        outside=tuple(bool(one) for one in alarms(found, cases) != 0),
    )

"""Whether two bodies can be told apart: from joint draws of their scores.

Draws of one row belong together (the same draw of the data, the same method), so what both share
cancels in the difference. Two intervals that overlap do not answer the question; their difference
does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from troth.errors import InputError, UsageError

#: One is above the other only with a probability over 1/(1 + 0.25) (Kline, Rose & Walters; METHODS
#: B.7, grades).
SURE_ENOUGH = 0.8

#: Rows of the table of all pairs that are worked on at a time, to bound memory.
PAIRS_AT_A_TIME = 64


@dataclass(frozen=True)
class Comparison:
    """How A's score stands to B's over the draws that give both a score.

    `above` is the probability that A is above B, with half of the draws in which they are equal;
    `difference`, `low` and `high` are the median of A - B and the ends of its interval; `draws` is
    how many draws stand behind it. `told_apart` says whether one is above the other with more than
    the wanted probability.
    """

    above: float
    equal: float
    difference: float
    low: float
    high: float
    draws: int
    told_apart: bool


def compare(
    first: np.ndarray, second: np.ndarray, level: float = 0.9, sure_enough: float = SURE_ENOUGH
) -> Comparison:
    """A and B from their draws, both of shape (draws,), row by row the same draw.

    Draws in which either has no score take no part; if that is all of them there is nothing to
    compare, and that is an error. Quantiles of type 7.
    """
    a, b = (np.asarray(each, dtype=np.float64) for each in (first, second))
    if a.ndim != 1 or a.shape != b.shape:
        raise UsageError(
            f"joint draws of two bodies have one shape (draws,), not {a.shape} and {b.shape}"
        )
    _check(level, sure_enough)
    differences = (a - b)[~np.isnan(a - b)]
    if differences.size == 0:
        raise InputError("there is no draw in which both bodies have a score: nothing to compare")
    equal = float((differences == 0).mean())
    above = float((differences > 0).mean()) + equal / 2
    tail = (1 - level) / 2
    low, middle, high = np.quantile(differences, (tail, 0.5, 1 - tail)).tolist()
    return Comparison(
        above, equal, middle, low, high, differences.size, max(above, 1 - above) > sure_enough
    )


def probability_above(scores: np.ndarray) -> np.ndarray:
    """P(row above column) of all pairs of units, from draws of shape (draws, units).

    Equal draws count half, so a pair's two probabilities add up to 1; the diagonal is 0.5. Draws in
    which either has no score take no part; a pair without any draw is NaN. The result has shape
    (units, units): meant for a peer group, not for all bodies of a country.
    """
    columns = np.ascontiguousarray(np.asarray(scores, dtype=np.float64).T)
    units, _ = columns.shape
    found = np.empty((units, units))
    for unit in range(units):
        for start in range(0, units, PAIRS_AT_A_TIME):
            differences = columns[unit] - columns[start : start + PAIRS_AT_A_TIME]
            known = (~np.isnan(differences)).sum(axis=1)
            won = (differences > 0).sum(axis=1) + (differences == 0).sum(axis=1) / 2
            found[unit, start : start + PAIRS_AT_A_TIME] = np.where(
                known > 0, won / np.maximum(known, 1), np.nan
            )
    return found


def _check(level: float, sure_enough: float) -> None:
    if not 0 < level < 1:
        raise UsageError(f"the level of an interval is between 0 and 1, not {level}")
    if not 0.5 <= sure_enough < 1:
        raise UsageError(f"sure enough is from 0.5 to below 1, not {sure_enough}")

"""Survival and the Cox model, slow and obvious: every risk set is looked up row by row."""

import math
from collections.abc import Sequence

import numpy as np

Row = tuple[float, float, bool]  # start, stop, event


def kaplan_meier(rows: Sequence[Row]) -> list[tuple[float, int, int, float]]:
    """(time, at risk, events, survival) at every event time."""
    found, survival = [], 1.0
    for time in sorted({stop for _, stop, event in rows if event}):
        n = sum(start < time <= stop for start, stop, _ in rows)
        d = sum(event and stop == time for _, stop, event in rows)
        survival *= 1 - d / n
        found.append((time, n, d, survival))
    return found


def incidence(rows: Sequence[tuple[float, float, int]], cause: int, until: float) -> float:
    """Share that had the event of one cause first, by a time."""
    free, found = 1.0, 0.0
    for time in sorted({stop for _, stop, which in rows if which and stop <= until}):
        n = sum(start < time <= stop for start, stop, _ in rows)
        found += free * sum(which == cause and stop == time for _, stop, which in rows) / n
        free *= 1 - sum(which > 0 and stop == time for _, stop, which in rows) / n
    return found


def cox_loglik(
    rows: Sequence[Row], x: np.ndarray, beta: np.ndarray, stratum: Sequence[int] | None = None
) -> float:
    """The partial log likelihood with Efron's ties."""
    strata = [0] * len(rows) if stratum is None else list(stratum)
    eta = [float(value) for value in x @ beta]
    found = 0.0
    for each in sorted(set(strata)):
        mine = [i for i, of in enumerate(strata) if of == each]
        for time in sorted({rows[i][1] for i in mine if rows[i][2]}):
            died = [i for i in mine if rows[i][2] and rows[i][1] == time]
            at_risk = [i for i in mine if rows[i][0] < time <= rows[i][1]]
            everybody = sum(math.exp(eta[i]) for i in at_risk)
            tied = sum(math.exp(eta[i]) for i in died)
            for r, i in enumerate(died):
                found += eta[i] - math.log(everybody - r / len(died) * tied)
    return found


def exposed_days(
    signed: int, ended: int | None, as_of: int, changes: Sequence[int]
) -> dict[str, int]:
    """Days of a contract in each state, day by day: before a change, in its first year, after."""
    days = {"before": 0, "soon": 0, "later": 0}
    after = [change for change in changes if change > signed]
    for day in range(signed + 1, min(as_of if ended is None else ended, as_of) + 1):
        since = day - 1 - min(after) if after else -1
        state = "before" if since < 0 else "soon" if since < 365 else "later"
        days[state] += 1
    return days

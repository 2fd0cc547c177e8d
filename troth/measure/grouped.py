"""Sums and ratios by body, and what comes next in time within a group.

Bodies are numbers from 0: an array `body` says whose each row is, `bodies` how many there are. Every
result has one element a body. Days are `datetime64[D]`; NaT is a day that nobody knows or that has
not come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

DAY = np.dtype("datetime64[D]")
NO_DAY = np.datetime64("NaT", "D")


def total(body: Array, bodies: int, amount: Array | None = None) -> Array:
    """Sum of `amount` by body, or the number of rows."""
    if amount is None:
        return np.bincount(body, minlength=bodies)
    return np.bincount(body, amount, bodies)


def ratio(part: Array, whole: Array) -> Array:
    """part / whole, NaN where the whole is 0 or unknown."""
    known = np.where(np.asarray(whole) == 0, np.nan, whole)
    return np.asarray(part / known, np.float64)


def enough(value: Array, n: Array, minimum: int) -> Array:
    """The value where at least `minimum` cases stand behind it, NaN elsewhere: never 0."""
    return np.where(n >= minimum, value, np.nan)


@dataclass(frozen=True)
class Share:
    """A share by body, with what it was counted from."""

    value: Array
    hits: Array
    n: Array


def share(of_case: Array, body: Array, bodies: int) -> Share:
    """What happened (1), did not (0) or is unknown (NaN) by case, as a share of the known by body."""
    known = ~np.isnan(of_case)
    hits = total(body[known], bodies, of_case[known])
    n = total(body[known], bodies)
    return Share(ratio(hits, n), hits, n)


def days_between(first: Array | np.datetime64, last: Array | np.datetime64) -> Array:
    """Calendar days of (first, last], as numbers; NaN where either is unknown."""
    found = np.asarray(last - first).astype("timedelta64[D]")
    return np.where(np.isnat(found), np.nan, found.astype(np.float64))


def months_before(day: np.datetime64, months: int) -> np.datetime64:
    """The same day so many months earlier; the last of a month that has no such day."""
    month = day.astype("datetime64[M]")
    earlier = month - months
    since = (day - month.astype("datetime64[D]")).astype(int)
    longest = ((earlier + 1).astype("datetime64[D]") - earlier.astype("datetime64[D]")).astype(int)
    found: np.datetime64 = earlier.astype("datetime64[D]") + min(since, longest - 1)
    return found


def first_after(group: Array, day: Array, known_group: Array, known_day: Array) -> Array:
    """For each (group, day), the first known day of that group that is later; NaT where none is.

    Known days that are NaT are passed over. O((n + m) log m).
    """
    dated = ~np.isnat(known_day)
    known_group, known_day = known_group[dated], known_day[dated].astype(DAY)
    order = np.lexsort((known_day, known_group))
    known_group, known_day = known_group[order], known_day[order]
    found = np.full(len(day), NO_DAY)
    asked = np.flatnonzero(~np.isnat(day))
    if not len(known_day) or not len(asked):
        return found
    low = min(known_day.min(), day[asked].min())
    span = int((max(known_day.max(), day[asked].max()) - low).astype(np.int64)) + 2
    known = known_group.astype(np.int64) * span + (known_day - low).astype(np.int64)
    wanted = group[asked].astype(np.int64) * span + (day[asked] - low).astype(np.int64)
    place = np.searchsorted(known, wanted, side="right")
    there = place < len(known)
    same = np.zeros(len(asked), np.bool_)
    same[there] = known_group[place[there]] == group[asked[there]]
    found[asked[same]] = known_day[place[same]]
    return found

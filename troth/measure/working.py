"""Working days, counted by a list of days on which nobody works.

The list is data: weekends, holidays, and, where a weekend is made a working day, without that day. No
calendar is built in, because each year's is published anew. Outside the days that a list covers
nothing is counted: it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from troth.errors import UsageError
from troth.measure.grouped import DAY, Array

_WEEK = 7
#: Day 0 of numpy, 1970-01-01, was a Thursday; 0 is Monday.
_FIRST_WEEKDAY = 3
_YEAR = "datetime64[Y]"


@dataclass(frozen=True)
class Calendar:
    """Days from `first` to `last`, of which `off`, in order and each once, are not worked."""

    name: str
    first: np.datetime64
    last: np.datetime64
    off: Array

    def __post_init__(self) -> None:
        outside = (self.off < self.first) | (self.off > self.last)
        if outside.any() or (np.diff(self.off) <= np.timedelta64(0, "D")).any():
            raise UsageError(
                f"The calendar {self.name} needs its days off in order, each once, and all from"
                f" {self.first} to {self.last}."
            )


def calendar(
    name: str,
    first: np.datetime64,
    last: np.datetime64,
    holidays: Array,
    worked: Array,
    weekend: tuple[int, ...] = (5, 6),
) -> Calendar:
    """A calendar of weekends and `holidays`, less the weekend days that are `worked`; 0 is Monday."""
    days = np.arange(first.astype(DAY), last.astype(DAY) + 1)
    weekday = (days.astype(np.int64) + _FIRST_WEEKDAY) % _WEEK
    off = np.isin(weekday, weekend) & ~np.isin(days, worked.astype(DAY))
    off |= np.isin(days, holidays.astype(DAY))
    return Calendar(name, first.astype(DAY), last.astype(DAY), days[off])


def calendars(names: Array, days: Array, kinds: Array) -> dict[str, Calendar]:
    """Calendars out of rows of `working_calendar`, by name, with Saturday and Sunday for a weekend.

    Each covers whole years, from that of its first day off to that of its last. A year between them
    without a day off is not one without holidays but one that is missing, and is refused.
    """
    found = {}
    for name in np.unique(names):
        mine = names == name
        off = np.unique(days[mine & (kinds == "off")].astype(DAY))
        worked = np.unique(days[mine & (kinds == "worked")].astype(DAY))
        years = np.unique(off.astype(_YEAR))
        all_years = np.arange(years.min(), years.max() + 1) if len(years) else years
        missing = [*np.setdiff1d(all_years, years), *np.setdiff1d(worked.astype(_YEAR), all_years)]
        if missing or not len(years):
            raise UsageError(
                f"The calendar {name} has no day off in {missing[0] if missing else 'any year'}:"
                " add the days off of that year. Nothing is counted without them."
            )
        first = all_years[0].astype(DAY)
        last = (all_years[-1] + 1).astype(DAY) - np.timedelta64(1, "D")
        found[str(name)] = calendar(str(name), first, last, off, worked)
    return found


def working_days(begin: Array, end: Array, by: Calendar) -> Array:
    """Working days of (begin, end]: the first day is not counted, the last is; NaN for unknown days.

    Negative where the end lies before the beginning.
    """
    begin, end = begin.astype(DAY), end.astype(DAY)
    _covered(np.concatenate([begin, end]), by)
    days = (end - begin).astype(np.float64)
    off = np.searchsorted(by.off, end, "right") - np.searchsorted(by.off, begin, "right")
    unknown = np.isnat(begin) | np.isnat(end)
    return np.where(unknown, np.nan, days - off)


def deadline(begin: Array, days: Array, by: Calendar) -> Array:
    """The last day of a term of so many working days that begins the day after `begin`."""
    begin = begin.astype(DAY)
    _covered(begin, by)
    every = np.arange(by.first, by.last + 1)
    worked = np.setdiff1d(every, by.off, assume_unique=True)
    unknown = np.isnat(begin)
    start = np.where(unknown, by.first, begin)
    place = np.searchsorted(worked, start, "right") + days.astype(np.int64) - 1
    late = np.flatnonzero(~unknown & (place >= len(worked)))
    if len(late):
        raise UsageError(
            f"A term of {int(days[late[0]])} working days from {begin[late[0]]} ends after"
            f" {by.last}, where the calendar {by.name} ends. Add the days off of the next year."
        )
    # A term of no days ends on the day it begins.
    found = np.where(days > 0, worked[np.clip(place, 0, len(worked) - 1)], start)
    return np.where(unknown, np.datetime64("NaT"), found)


def _covered(days: Array, by: Calendar) -> None:
    outside = days[(days < by.first) | (days > by.last)]
    if len(outside):
        raise UsageError(
            f"{outside[0]} lies outside the calendar {by.name}, which covers {by.first} to"
            f" {by.last}: add the days off of that year. Nothing is counted without them."
        )

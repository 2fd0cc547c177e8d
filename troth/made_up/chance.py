"""Chance that is the same every time: a stream of its own for each body and each table.

A stream is a child of the seed, named by words and not by its place in a row, so that a body or a
table more changes nothing in the others. Days are whole numbers counted from 1970-01-01.
"""

from __future__ import annotations

import datetime as dt
import functools
import zlib

import numpy as np

Array = np.ndarray

_DAY = np.dtype("datetime64[D]")


def number_of(day: str) -> int:
    """The number of an ISO day."""
    return int(np.datetime64(day, "D").astype(np.int64))


#: The first and the last day of which anything is known.
FIRST, AS_OF = number_of("2017-01-01"), number_of("2024-12-31")
YEARS = tuple(range(2017, 2025))

#: Days, as month and day, on which nobody in the country works.
HOLIDAYS = ("01-01", "05-01", "07-14", "12-25", "12-26")

_WORKED = np.busdaycalendar(
    holidays=[np.datetime64(f"{year}-{day}") for year in range(2010, 2036) for day in HOLIDAYS]
)


def stream(seed: int, *names: str) -> np.random.Generator:
    """The stream of chance that these names have under this seed."""
    key = tuple(zlib.crc32(name.encode()) for name in names)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def worked(days: Array | int) -> Array:
    """Each day itself where it is worked, else the next one that is."""
    found = np.busday_offset(_dates(days), 0, roll="forward", busdaycal=_WORKED)
    return np.asarray(found.astype(np.int64))


def working_days_after(days: Array | int, many: Array | int) -> Array:
    """The last day of a term of so many working days."""
    found = np.busday_offset(_dates(days), many, roll="backward", busdaycal=_WORKED)
    return np.asarray(found.astype(np.int64))


def _dates(days: Array | int) -> Array:
    return np.asarray(days, np.int64).astype(_DAY)


@functools.cache
def date_of(day: int) -> dt.date:
    """The date that a number stands for."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def known(day: float | None) -> dt.date | None:
    """The date, None where there is none or it has not come by the last day."""
    return None if day is None or day > AS_OF else date_of(int(day))


def year_of(day: int) -> int:
    """The calendar year of a day."""
    return date_of(day).year


def month_of(days: Array) -> Array:
    """The month of each day, 1 to 12."""
    return np.asarray(_dates(days).astype("datetime64[M]").astype(np.int64) % 12 + 1)


def amounts(draws: np.random.Generator, many: int, median: float, spread: float = 1.3) -> Array:
    """Sums of money: log-normal, and one in a hundred from a tail of Pareto."""
    found = np.exp(draws.normal(np.log(median), spread, many))
    tail = draws.random(many) < 0.01
    found = np.where(tail, 10 * median * (1 + draws.pareto(2.0, many)), found)
    return np.round(np.minimum(found, 300 * median), 2)


def spread_days(draws: np.random.Generator, many: int, median: float, spread: float = 0.5) -> Array:
    """Waiting times in days: log-normal."""
    return np.exp(draws.normal(np.log(median), spread, many))

"""What a figure is reckoned from, and what comes of it: one element a body in every array."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from troth.errors import UsageError
from troth.measure.grouped import ratio, total
from troth.measure.intervals import Z_90, wilson

Array = np.ndarray

#: All intervals of the product are two-sided, 90 %.
Z = Z_90


@dataclass(frozen=True)
class Judged:
    """The cases of one indicator that can be judged, of every body and of one period.

    Arrays have one element a case: `body` (numbers from 0 to `bodies`), `entry` (its row in the
    table of its kind), `when` (datetime64[D], NaT where the formula says none), `value` (NaN where
    there is none), `flagged`, and `kept`: the columns that the formula keeps, as `entries.Said` says.
    The period is (`first`, `last`]: the calendar year, the card's window, or all time; nothing after
    `last` is known. `tables` are the canonical tables that the formula and its figure ask for, each
    with `body_no` beside `body_id` and its rows numbered by `entry`; `settings` are the card's.
    """

    bodies: int
    body: Array
    entry: Array
    when: Array
    value: Array
    flagged: Array
    kept: Mapping[str, Array]
    texts: Mapping[str, tuple[str, ...]]
    first: np.datetime64
    last: np.datetime64
    tables: Mapping[str, pa.Table]
    settings: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.body)


@dataclass(frozen=True)
class Reckoned:
    """A figure of every body: `value` (NaN where there is none) and its 90 % interval.

    `std_err` is what levels draw from; a figure without one is shown and enters no level. `n` is what
    the figure rests on, where that is not the number of cases. `withheld` says, where a figure must
    not be shown however many cases there are, why (a text or None a body). `details` are numbers and
    `words` words that stand beside it; their names give the unit. `pooled` are numbers of all bodies
    together: they stand beside the figure of every body, also of one whose own is withheld.
    """

    value: Array
    low: Array
    high: Array
    std_err: Array
    n: Array | None = None
    withheld: Sequence[str | None] | None = None
    details: Mapping[str, Array] = field(default_factory=dict)
    words: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    pooled: Mapping[str, float] = field(default_factory=dict)


Reckon: TypeAlias = Callable[[Judged], Reckoned]

_REGISTERED: dict[str, Reckon] = {}


def figure(name: str) -> Callable[[Reckon], Reckon]:
    """Make a function known under this name."""

    def register(function: Reckon) -> Reckon:
        if name in _REGISTERED:
            raise UsageError(f"two figures are called {name!r}")
        _REGISTERED[name] = function
        return function

    return register


def registered() -> dict[str, Reckon]:
    return dict(_REGISTERED)


def with_error(value: Array, std_err: Array, n: Array | None = None, **more: Any) -> Reckoned:
    """A figure whose interval is normal around it."""
    return Reckoned(value, value - Z * std_err, value + Z * std_err, std_err, n, **more)


def share_of(hits: Array, n: Array, **more: Any) -> Reckoned:
    """hits / n with Wilson's interval; the standard error is the interval's width over 2 z."""
    low, high = wilson(hits, n)
    return Reckoned(ratio(hits, n), low, high, (high - low) / (2 * Z), n, **more)


def mean_of(value: Array, body: Array, bodies: int) -> Reckoned:
    """The mean by body of the values that are known, with the standard error of a mean."""
    known = ~np.isnan(value)
    n = total(body[known], bodies)
    mean = ratio(total(body[known], bodies, value[known]), n)
    away = (value[known] - mean[body[known]]) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        std_err = np.sqrt(total(body[known], bodies, away) / (n - 1) / n)
    return with_error(mean, np.where(n > 1, std_err, np.nan), n)

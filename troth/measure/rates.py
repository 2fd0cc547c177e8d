"""Breaches per day before and after a change of office: rates, and how far they differ.

Definitions: METHODS A.1, body-level effect and placebo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from troth.errors import UsageError
from troth.measure import exposure
from troth.measure.exposure import PLACEBO_SHIFTS, Changes, Rows
from troth.measure.grouped import Array, ratio, total

#: Added to each count of events, so that a body without any has a rate and a variance.
HALF = 0.5

#: How sure the interval of a ratio is.
LEVEL = 0.95


@dataclass(frozen=True)
class PersonTime:
    """Days at risk and events, by body and state: arrays (bodies,), unexposed and exposed."""

    days: Array
    events: Array
    days_exposed: Array
    events_exposed: Array


def person_time(rows: Rows, bodies: int, exposed: Array | None = None) -> PersonTime:
    """Days and events of each body outside and inside an exposure: the first 365 days, if not said."""
    inside = rows.soon if exposed is None else exposed
    days = rows.stop - rows.start

    def of(which: Array) -> tuple[Array, Array]:
        body = rows.body[which]
        return total(body, bodies, days[which]), total(body, bodies, rows.event[which])

    return PersonTime(*of(~inside), *of(inside))


@dataclass(frozen=True)
class LogRatios:
    """By body, log(r1 / r0) and its variance, to be shrunk; NaN without days in both states."""

    value: Array
    variance: Array
    events: Array


def log_ratios(time: PersonTime) -> LogRatios:
    """y = log((d1 + 0.5) / T1) - log((d0 + 0.5) / T0), s^2 = 1 / (d1 + 0.5) + 1 / (d0 + 0.5)."""
    inside, outside = time.events_exposed + HALF, time.events + HALF
    value = np.log(ratio(inside, time.days_exposed)) - np.log(ratio(outside, time.days))
    variance = np.where(np.isnan(value), np.nan, 1 / inside + 1 / outside)
    return LogRatios(value, variance, time.events + time.events_exposed)


@dataclass(frozen=True)
class RateRatio:
    """Two rates against each other; NaN where either has no days or both have no event."""

    value: float
    low: float
    high: float
    p: float
    events: int


def rate_ratio(events1: int, days1: float, events0: int, days0: float) -> RateRatio:
    """The ratio of two rates, with the exact 95 % interval and p-value given the sum of events.

    Given the sum, the events of the first are binomial; the interval is Clopper and Pearson's, and
    p is the sum over all splits that are no likelier than the one seen.
    """
    n = events1 + events0
    if n == 0 or days1 <= 0 or days0 <= 0:
        return RateRatio(np.nan, np.nan, np.nan, np.nan, n)
    tail = (1 - LEVEL) / 2
    low = special.betaincinv(events1, events0 + 1, tail) if events1 else 0.0
    high = special.betaincinv(events1 + 1, events0, 1 - tail) if events0 else 1.0
    share = days1 / (days1 + days0)
    splits = np.arange(n + 1)
    log_chance = (
        special.gammaln(n + 1)
        - special.gammaln(splits + 1)
        - special.gammaln(n - splits + 1)
        + special.xlogy(splits, share)
        + special.xlog1py(n - splits, -share)
    )
    chance = np.exp(log_chance)
    p = float(chance[chance <= chance[events1] * (1 + 1e-7)].sum())
    scale = days0 / days1

    def odds(q: float) -> float:
        return float(q / (1 - q)) if q < 1 else np.inf

    value = events1 / events0 * scale if events0 else np.inf
    return RateRatio(value, odds(low) * scale, odds(high) * scale, min(p, 1.0), n)


def pooled(rows: Rows) -> RateRatio:
    """The ratio of the rate in the first 365 days after a change to the rate at all other times."""
    time = person_time(rows, int(rows.body.max()) + 1 if len(rows.body) else 1)
    return rate_ratio(
        int(time.events_exposed.sum()),
        float(time.days_exposed.sum()),
        int(time.events.sum()),
        float(time.days.sum()),
    )


def placebo(
    body: Array,
    signed: Array,
    ended: Array,
    breached: Array,
    change: Changes,
    as_of: np.datetime64,
    *,
    known: Array | None = None,
    shifts: Sequence[int] = PLACEBO_SHIFTS,
) -> dict[int, RateRatio]:
    """The pooled ratio with every change shifted by so many days: an effect there is no effect.

    What happens after `as_of` stays unknown also to a change that is shifted.
    """
    if 0 in shifts:
        raise UsageError("A shift of 0 days is the true change, not a placebo: leave it out.")
    return {
        days: pooled(
            exposure.rows(body, signed, ended, breached, change.shifted(days), as_of, known)
        )
        for days in shifts
    }

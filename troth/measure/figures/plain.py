"""Figures that any pillar may use: means, medians, ratios of sums, times that may still run."""

from __future__ import annotations

import numpy as np

from troth.measure.figures.base import Array, Judged, Reckoned, Z, figure, mean_of, with_error
from troth.measure.grouped import ratio, total
from troth.measure.survival import each_curve, quantile

#: Quantiles of a median's rank: an order statistic each side, by the normal approximation.
HALF = 0.5

#: Time of what ended on the day it began: more than none, less than a day.
SAME_DAY = 1e-9


@figure("mean")
def mean(judged: Judged) -> Reckoned:
    """The mean of `value`; with one case there is no interval."""
    return mean_of(judged.value, judged.body, judged.bodies)


@figure("median")
def median(judged: Judged) -> Reckoned:
    """The median of `value`, with the interval between order statistics.

    Of n sorted values those at n/2 -+ z sqrt(n)/2 hold the median with 90 % (binomial, normal
    approximation); the standard error is the interval's width over 2 z.
    """
    value, low, high = (np.full(judged.bodies, np.nan) for _ in range(3))
    known = ~np.isnan(judged.value)
    order = np.lexsort((judged.value[known], judged.body[known]))
    values, body = judged.value[known][order], judged.body[known][order]
    starts = np.searchsorted(body, np.arange(judged.bodies + 1))
    n = np.diff(starts)
    for one in np.flatnonzero(n):
        own = values[starts[one] : starts[one + 1]]
        size = len(own)
        away = Z * np.sqrt(size) / 2
        first = max(0, int(np.floor(size * HALF - away)))
        last = min(size - 1, int(np.ceil(size * HALF + away)) - 1)
        value[one], low[one], high[one] = np.median(own), own[first], own[max(first, last)]
    return Reckoned(value, low, high, (high - low) / (2 * Z), n)


@figure("ratio")
def ratio_of_sums(judged: Judged) -> Reckoned:
    """The sum of the kept `part` over that of `whole`, with the error of a ratio estimator.

    Linearised: Var = sum (part - R whole)^2 * n / (n - 1) / (sum whole)^2 (Cochran 1977, 6.3). With
    one case there is no interval.
    """
    part, whole = judged.kept["part"], judged.kept["whole"]
    known = ~(np.isnan(part) | np.isnan(whole))
    body, part, whole, bodies = judged.body[known], part[known], whole[known], judged.bodies
    n = total(body, bodies)
    sums = total(body, bodies, whole)
    value = ratio(total(body, bodies, part), sums)
    away = total(body, bodies, (part - value[body] * whole) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        std_err = np.sqrt(away * n / (n - 1)) / np.abs(sums)
    return with_error(value, np.where(n > 1, std_err, np.nan), n)


@figure("median_days")
def median_days(judged: Judged) -> Reckoned:
    """The median of the kept `days`, of which some may still run (`ended` is no): Kaplan-Meier."""
    ended = judged.kept["ended"] == 1
    return median_waited(judged.body, judged.bodies, judged.kept["days"], ended)


def median_waited(body: Array, bodies: int, days: Array, ended: Array) -> Reckoned:
    """The median of days by body, of which some still run: Kaplan-Meier.

    None where more than half still run. The interval is that of the curve (log-log); where its
    upper end is not reached yet it is open, and the standard error is that of the lower side.
    """
    # What ended on the day it began took no time; what began on the last day has waited none yet.
    known = (days > 0) | ((days == 0) & ended)
    days = np.maximum(days, SAME_DAY)
    curves = each_curve(body[known], bodies, days[known], ended[known], z=Z)
    value, low, high = (np.full(bodies, np.nan) for _ in range(3))
    n = total(body[known], bodies)
    for one, curve in enumerate(curves):
        if not curve.n:
            continue
        found = quantile(curve)
        value[one], low[one], high[one] = np.round((found.value, found.low, found.high), 6)
    std_err = np.where(np.isnan(high), (value - low) / Z, (high - low) / (2 * Z))
    return Reckoned(value, low, high, std_err, n)

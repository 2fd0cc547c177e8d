"""Funnel plots: how far a share may lie from the target by chance, for so many cases.

Source: Spiegelhalter 2005, Statistics in Medicine 24:1185-1202; METHODS B.7. Bodies differ for
reasons that nobody planted (case mix, reporting), so limits are widened by the over-dispersion
found in the middle of the data, and an alarm is given only outside the 99.8 % limits after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special

from troth.errors import UsageError

Array = np.ndarray

#: The two pairs of limits of a funnel plot, as probabilities: 95 % and 99.8 %.
INNER = (0.025, 0.975)
OUTER = (0.001, 0.999)

#: Z-scores are drawn in to these quantiles before over-dispersion is read from them, so that the
#: bodies one looks for do not hide themselves by widening the limits.
WINSORISED = (0.1, 0.9)

#: What winsorising leaves of the variance of a standard normal: its mean square when drawn in to
#: its 10th and 90th percentile.
_CUT = special.ndtri(WINSORISED[1])
LEFT_BY_WINSORISING = float(
    (1 - 2 * WINSORISED[0])
    - 2 * _CUT * np.exp(-(_CUT**2) / 2) / np.sqrt(2 * np.pi)
    + 2 * WINSORISED[0] * _CUT**2
)


class Scale(StrEnum):
    """On which scale a share is compared with the target."""

    SHARE = "share"
    ARCSINE = "arcsine"  # variance 1 / (4 n), whatever the share


@dataclass(frozen=True)
class Dispersion:
    """Z-scores and what over-dispersion makes of them, by unit; NaN for a unit without cases.

    `phi` is the mean square of z, `phi_winsorised` of z drawn in to its 10th and 90th percentile.
    Where the latter is above 1, `multiplicative` is z / sqrt(phi_winsorised), `between` the
    variance between units on the chosen scale, and `additive` the distance from the target over
    the root of sampling variance plus `between`. Where not, both are z, and `between` is 0.
    """

    target: float
    error: Array
    z: Array
    z_winsorised: Array
    phi: float
    phi_winsorised: float
    between: float
    multiplicative: Array
    additive: Array


def limits(n: Array, target: float, probabilities: Sequence[float]) -> Array:
    """Exact binomial control limits of a share with n cases, of shape (*n.shape, probabilities).

    For probability p the limit is (r - alpha) / n with r the p-quantile of the binomial and
    alpha = (F(r) - p) / f(r): the quantile, interpolated, within [0, 1]. NaN where n is 0.
    """
    cases = np.asarray(n, float)[..., None]
    wanted = np.asarray(probabilities, float)
    if not (0 < target < 1) or ((wanted <= 0) | (wanted >= 1)).any():
        raise UsageError("funnel limits need a target and probabilities strictly between 0 and 1")
    cases, wanted = np.broadcast_arrays(np.where(cases > 0, cases, np.nan), wanted)
    r = _quantile(cases, target, wanted)
    reached = _cumulative(r, cases, target)
    before = _cumulative(r - 1, cases, target)
    alpha = (reached - wanted) / (reached - before)
    return np.asarray(np.clip((r - alpha) / cases, 0, 1))


def dispersion(
    hits: Array, n: Array, target: float | None = None, scale: Scale = Scale.SHARE
) -> Dispersion:
    """How much more the shares hits / n differ than chance would have it.

    The target is the pooled share unless one is given. Quantiles are of type 7, as R's.
    """
    hits, n = np.asarray(hits, float), np.asarray(n, float)
    cases = np.where(n > 0, n, np.nan)
    known = ~np.isnan(hits + cases)
    if target is None:
        if not known.any():
            raise UsageError("no unit has cases: a funnel plot needs a target; pass one")
        target = float(hits[known].sum() / cases[known].sum())
    if scale is Scale.SHARE:
        distance = hits / cases - target
        error = np.sqrt(target * (1 - target) / cases)
    else:
        distance = np.arcsin(np.sqrt(hits / cases)) - np.arcsin(np.sqrt(target))
        error = 1 / (2 * np.sqrt(cases))
    if target in {0.0, 1.0} or not known.any():
        # Nobody or everybody is hit: nothing differs from the target.
        flat = np.where(known, 0.0, np.nan)
        return Dispersion(target, error, flat, flat, 0.0, 0.0, 0.0, flat, flat)
    z = distance / error
    low, high = np.quantile(z[known], WINSORISED)
    drawn_in = np.clip(z, low, high)
    phi = float(np.mean(z[known] ** 2))
    phi_winsorised = float(np.mean(drawn_in[known] ** 2))
    between = _between(phi_winsorised, error[known])
    return Dispersion(
        target=target,
        error=error,
        z=z,
        z_winsorised=drawn_in,
        phi=phi,
        phi_winsorised=phi_winsorised,
        between=between,
        multiplicative=z / np.sqrt(max(phi_winsorised, 1.0)),
        additive=distance / np.sqrt(error**2 + between),
    )


def alarms(hits: Array, n: Array, target: float | None = None) -> Array:
    """+1 above, -1 below, 0 inside the 99.8 % limits after over-dispersion, by unit.

    A unit without cases gives no alarm. Outside means three things at once: outside the exact
    binomial limits (the normal approximation errs where cases are few), and outside the additive
    limits both on the scale of shares and on that of arcsines (which treat the two ends of a skew
    distribution differently). Over-dispersion is read from winsorised z-scores over
    LEFT_BY_WINSORISING, because drawing in leaves only 0.68 of the variance of a normal
    distribution: without that, bodies that differ and nothing else gave false alarms above 1 %.
    """
    hits, n = np.asarray(hits, float), np.asarray(n, float)
    given = [dispersion(hits, n, target, scale) for scale in Scale]
    pooled = given[0].target
    if not 0 < pooled < 1:
        return np.zeros(hits.shape, np.int64)
    ends = limits(n, pooled, OUTER)
    share = hits / np.where(n > 0, n, np.nan)
    above, below = share > ends[..., 1], share < ends[..., 0]
    for found in given:
        known = ~np.isnan(found.z)
        between = _between(found.phi_winsorised / LEFT_BY_WINSORISING, found.error[known])
        z = found.z * found.error / np.sqrt(found.error**2 + between)
        above &= z > special.ndtri(OUTER[1])
        below &= z < special.ndtri(OUTER[0])
    return above.astype(np.int64) - below.astype(np.int64)


def widened(at: Array, hits: Array, n: Array, probabilities: Sequence[float]) -> Array:
    """Limits of a share with `at` cases after over-dispersion, of shape (*at.shape, probabilities).

    The outermost of the three limits that `alarms` asks, so that at 99.8 % a share of `hits / n`
    lies outside exactly if it gives an alarm. Where nobody or everybody is hit, the pooled share.
    """
    hits, n, cases = (np.asarray(each, float) for each in (hits, n, at))
    given = [dispersion(hits, n, None, scale) for scale in Scale]
    pooled = given[0].target
    if not 0 < pooled < 1:
        return np.full((*cases.shape, len(probabilities)), pooled)
    z = special.ndtri(np.asarray(probabilities, float))
    ends = [limits(cases, pooled, probabilities)]
    for scale, found in zip(Scale, given, strict=True):
        known = ~np.isnan(found.z)
        between = _between(found.phi_winsorised / LEFT_BY_WINSORISING, found.error[known])
        if scale is Scale.SHARE:
            error = np.sqrt(pooled * (1 - pooled) / cases + between)[..., None]
            ends.append(np.clip(pooled + z * error, 0, 1))
        else:
            error = np.sqrt(1 / (4 * cases) + between)[..., None]
            angle = np.clip(np.arcsin(np.sqrt(pooled)) + z * error, 0, np.pi / 2)
            ends.append(np.sin(angle) ** 2)
    outermost: Array = np.where(z < 0, np.min(ends, axis=0), np.max(ends, axis=0))
    return outermost


def _between(phi: float, error: Array) -> float:
    """Variance between units by moments (DerSimonian and Laird 1986), 0 where phi is at most 1."""
    weight = 1 / error**2
    total = weight.sum()
    units = len(error)
    if phi <= 1 or units < 2:
        return 0.0
    return float((units * phi - (units - 1)) / (total - (weight**2).sum() / total))


def _quantile(n: Array, p: float, probability: Array) -> Array:
    """The least r with F(r) >= probability; NaN where n is."""
    with np.errstate(invalid="ignore"):
        r = np.ceil(special.bdtrik(probability, n, p))
    r = np.where(_cumulative(np.zeros(n.shape), n, p) >= probability, 0, r)
    # Rounding in the continuous inverse can miss by one either way.
    lower = np.maximum(r - 1, 0)
    r = np.where((r > 0) & (_cumulative(lower, n, p) >= probability), lower, r)
    found = np.where(_cumulative(r, n, p) < probability, r + 1, r)
    return np.where(np.isnan(n), np.nan, found)


def _cumulative(r: Array, n: Array, p: float) -> Array:
    """P(at most r hits of n): 0 below no hit and 1 from n on; NaN where n is."""
    inside = special.betaincc(np.maximum(r, 0) + 1, np.maximum(n - r, 1), p)
    return np.where(r < 0, 0.0, np.where(r >= n, 1.0, inside))

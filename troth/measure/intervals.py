"""Intervals of shares."""

from __future__ import annotations

import numpy as np

#: Two-sided 90 %: the 95th percentile of the standard normal distribution.
Z_90 = 1.6448536269514722

#: Two-sided 95 %, as METHODS A.1 gives hazard ratios and survival.
Z_95 = 1.959963984540054


def wilson(hits: np.ndarray, n: np.ndarray, z: float = Z_90) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of Wilson's interval for hits out of n, element by element.

    NaN where n is 0. Source: Wilson 1927, JASA 22:209-212, without continuity correction.
    """
    trials = np.where(n > 0, n, np.nan).astype(np.float64)
    share = hits / trials
    shrunk = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrunk
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / shrunk
    # At the ends the formula gives 0 and 1 but for rounding.
    low = np.where(hits == 0, 0.0 * trials, np.maximum(centre - half, 0.0))
    high = np.where(hits == n, 1.0 + 0.0 * trials, np.minimum(centre + half, 1.0))
    return low, high

"""Log-gamma, digamma and the logistic, in numpy alone.

A level needs no more of scipy than these, and loading `scipy.special` costs a warm run more than all
its levels do. Recurrence up to 8, then the asymptotic series (Abramowitz and Stegun 6.1.15, 6.1.41,
6.3.5, 6.3.18), to a few units in the last digit of a double. Arguments are above 0.
"""

from __future__ import annotations

import numpy as np

#: From here on the series below are exact to double precision.
_FROM = 8

_HALF_LOG_TWO_PI = 0.5 * np.log(2 * np.pi)


def gammaln(x: np.ndarray) -> np.ndarray:
    """The logarithm of the gamma function."""
    y = np.array(x, float)
    product = np.ones(y.shape)
    below = np.flatnonzero(y < _FROM)
    while len(below):
        product.flat[below] *= y.flat[below]
        y.flat[below] += 1
        below = below[y.flat[below] < _FROM]
    t = 1 / y
    s = t * t
    series = 1 / 1188 - s * (691 / 360360 - s * (1 / 156 - s * (3617 / 122400)))
    series = t * (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * series))))
    found: np.ndarray = (y - 0.5) * np.log(y) - y + _HALF_LOG_TWO_PI + series - np.log(product)
    return found


def psi(x: np.ndarray) -> np.ndarray:
    """The first derivative of log-gamma."""
    y = np.array(x, float)
    carried = np.zeros(y.shape)
    below = np.flatnonzero(y < _FROM)
    while len(below):
        carried.flat[below] += 1 / y.flat[below]
        y.flat[below] += 1
        below = below[y.flat[below] < _FROM]
    s = 1 / (y * y)
    series = 1 / 132 - s * (691 / 32760 - s * (1 / 12 - s * (3617 / 8160)))
    series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * series))))
    found: np.ndarray = np.log(y) - 0.5 / y - series - carried
    return found


def expit(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(x))
    found: np.ndarray = np.where(np.asarray(x) >= 0, 1.0, small) / (1 + small)
    return found


def log_expit(x: np.ndarray) -> np.ndarray:
    """The logarithm of `expit`."""
    found: np.ndarray = np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
    return found


def logit(p: np.ndarray) -> np.ndarray:
    """log(p / (1 - p)); infinite at 0 and 1."""
    with np.errstate(divide="ignore"):
        found: np.ndarray = np.log(p) - np.log1p(-np.asarray(p))
    return found

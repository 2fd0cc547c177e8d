"""Before an index: indicators made comparable in size, gaps counted, units left out, gaps filled.

Values are float64 of shape (..., units, indicators), NaN where unknown, and every function
broadcasts over the axes before. These are the steps of an ordinary composite index (OECD/JRC 2008,
steps 2 and 3), equal to those of COINr 1.1.14. The headline fills no gap this way: there, what was
not published can never raise a level (METHODS B.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from troth.errors import UsageError

#: In `which`: this indicator is divided by nothing.
BY_NOTHING = -1


def denominate(values: np.ndarray, denominators: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Values divided by what makes units of different size comparable: people, area, money.

    `denominators` has shape (..., units, denominators); `which` (indicators,) says for each
    indicator the denominator's column, or `BY_NOTHING`. Unknown or zero denominators give NaN.
    """
    columns = np.asarray(which)
    if columns.shape != values.shape[-1:]:
        raise UsageError("denominate: name one denominator, or BY_NOTHING, for each indicator")
    if ((columns < BY_NOTHING) | (columns >= denominators.shape[-1])).any():
        raise UsageError(f"denominate: there are {denominators.shape[-1]} denominators")
    below = np.where(columns == BY_NOTHING, 1.0, denominators[..., columns])
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = np.where(below == 0, np.nan, values / below)
    return found


@dataclass(frozen=True)
class Availability:
    """What is known of each unit; each array has shape (..., units)."""

    missing: np.ndarray
    zero: np.ndarray
    #: Known indicators, as a share of all.
    available: np.ndarray
    #: Indicators that are not zero, as a share of the known ones; NaN where none is known.
    non_zero: np.ndarray


def availability(values: np.ndarray) -> Availability:
    """How many indicators of each unit are missing, how many are zero, and the shares."""
    missing = np.isnan(values).sum(axis=-1)
    zero = (values == 0).sum(axis=-1)
    known = values.shape[-1] - missing
    with np.errstate(invalid="ignore"):
        non_zero = (known - zero) / np.where(known == 0, np.nan, known)
    return Availability(missing, zero, known / values.shape[-1], non_zero)


def screen(
    values: np.ndarray, minimum_available: float, minimum_non_zero: float = 0.0
) -> np.ndarray:
    """True for each unit to keep: enough of its indicators known, and of those not zero.

    Shape (..., units). A unit that is left out is to be named, not forgotten (METHODS C.1).
    """
    for share in (minimum_available, minimum_non_zero):
        if not 0 <= share <= 1:
            raise UsageError(f"screen: a minimum is a share between 0 and 1, not {share}")
    found = availability(values)
    enough: np.ndarray = (found.available >= minimum_available) & (
        (found.non_zero >= minimum_non_zero) | (minimum_non_zero == 0)
    )
    return enough


def impute(
    values: np.ndarray,
    groups: np.ndarray | None = None,
    by: Literal["mean", "median"] = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gaps filled with the mean or median of the known units, and which cells were filled.

    With `groups` (units,), any labels, only the units of the same group count (COINr i_mean_grp).
    What is unknown of a whole group stays unknown. The second array is true where a number was
    put in, and belongs beside every figure that rests on it.
    """
    labels = np.zeros(values.shape[-2], dtype=np.int64) if groups is None else np.asarray(groups)
    if labels.shape != values.shape[-2:-1]:
        raise UsageError("impute: name one group for each unit")
    filled = np.array(values, dtype=np.float64)
    for label in np.unique(labels):
        own = labels == label
        part = filled[..., own, :]
        middle = _median(part) if by == "median" else _mean(part)
        filled[..., own, :] = np.where(np.isnan(part), middle, part)
    return filled, np.isnan(values) & ~np.isnan(filled)


def _mean(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    n = known.sum(axis=-2, keepdims=True)
    total = np.where(known, values, 0.0).sum(axis=-2, keepdims=True)
    found: np.ndarray = total / np.where(n == 0, np.nan, n)
    return found


def _median(values: np.ndarray) -> np.ndarray:
    ordered = np.sort(values, axis=-2)  # what is unknown goes last
    n = (~np.isnan(values)).sum(axis=-2, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(n - 1, 0) // 2, axis=-2)
    high = np.take_along_axis(ordered, np.minimum(n // 2, values.shape[-2] - 1), axis=-2)
    found: np.ndarray = (low + high) / 2
    return found

"""What is known of each body's true values: one distribution a cell, and draws from them.

A cell is one indicator of one body. Its distribution is a Beta for a share, a normal for a mean or
a log-ratio (both as `METHODS B.7` leaves them after shrinkage), or any values that are equally
likely, such as a bootstrap's. Cells are independent of each other, given what they are based on.

For analyses of thousands of draws a cell is reduced to `NODES` equally likely values (`nodes`): the
means of its strata of equal probability, stretched so that mean and variance stay those of the cell.
What that costs is said there and tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import numpy as np
from scipy.special import betainc, betaincinv, ndtri

from troth.errors import UsageError

#: Values that stand for a cell. A power of two up to 256: one byte of chance chooses among them.
NODES = 64

#: Shapes of Beta distributions between which nodes are interpolated, evenly on the scale of
#: logarithms. Below the first, nodes are computed for the cell itself, which is slow; above the
#: last, standardised nodes have the last one's shape, which is normal but for 1 %.
SHAPES = np.geomspace(0.3, 20_000, 58)


class Family(StrEnum):
    """How a column of cells is given."""

    #: Beta(first, second), on 0 to 1.
    BETA = "beta"
    #: Normal with mean `first` and standard deviation `second`, which may be 0: a known value.
    NORMAL = "normal"
    #: Values that are equally likely, in `values`.
    VALUES = "values"


@dataclass(frozen=True)
class Posterior:
    """Distributions of the cells of a table of units and indicators.

    `families` has one entry for each indicator; `first` and `second` have shape (units, indicators)
    and hold each family's parameters, NaN in both where the cell is unknown. `values` gives for
    the columns of family VALUES an array (units, L) of equally likely values, a row of NaN where the
    cell is unknown. `imputed` marks cells that were not published and carry their peers'
    distribution instead (METHODS B.8): these are the ones that the pessimistic bound sets to
    0 points.
    """

    families: tuple[Family, ...]
    first: np.ndarray
    second: np.ndarray
    imputed: np.ndarray
    values: Mapping[int, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (self.first.shape[0], len(self.families))
        for name in ("first", "second", "imputed"):
            found = getattr(self, name).shape
            if found != shape:
                raise UsageError(f"posterior: {name} has shape {found}, expected {shape}")
        for column, family in enumerate(self.families):
            self._check(column, family)
        if (self.imputed & ~self.known).any():
            raise UsageError("posterior: an imputed cell carries its peers' distribution, not NaN")

    def _check(self, column: int, family: Family) -> None:
        if family is Family.VALUES:
            values = self.values.get(column)
            if values is None or values.ndim != 2 or len(values) != len(self.first):
                raise UsageError(f"posterior: column {column} needs `values` of shape (units, L)")
            gaps = np.isnan(values)
            if (gaps.any(axis=1) & ~gaps.all(axis=1)).any():
                raise UsageError(f"posterior: values of column {column} are known or NaN by row")
            return
        first, second = self.first[:, column], self.second[:, column]
        known = ~np.isnan(first)
        wrong = known != ~np.isnan(second)
        if family is Family.BETA:
            wrong |= known & ~((first > 0) & (second > 0))
        else:
            wrong |= known & ~(second >= 0)
        if wrong.any():
            raise UsageError(
                f"posterior: parameters of row {int(wrong.argmax())}, column {column} make no "
                f"{family} distribution"
            )

    @property
    def units(self) -> int:
        return len(self.first)

    @property
    def known(self) -> np.ndarray:
        """Whether there is a distribution at all: shape (units, indicators)."""
        found: np.ndarray = ~np.isnan(self.first)
        for column, family in enumerate(self.families):
            if family is Family.VALUES:
                found[:, column] = ~np.isnan(self.values[column][:, 0])
        return found


def columns_of(posterior: Posterior, family: Family) -> np.ndarray:
    """The places of the indicators that are given as this family."""
    return np.flatnonzero([one is family for one in posterior.families])


def medians(posterior: Posterior) -> np.ndarray:
    """The median of every cell, of type 7 among equally likely values; NaN where unknown."""
    found = posterior.first.astype(np.float64)
    beta = columns_of(posterior, Family.BETA)
    found[:, beta] = betaincinv(posterior.first[:, beta], posterior.second[:, beta], 0.5)
    for column in columns_of(posterior, Family.VALUES):
        found[:, column] = np.quantile(posterior.values[int(column)], 0.5, axis=1)
    return found


def draw(posterior: Posterior, random: np.random.Generator) -> np.ndarray:
    """One exact draw of the whole table: shape (units, indicators), NaN where unknown."""
    known = posterior.known
    found = np.full(known.shape, np.nan)
    for column, family in enumerate(posterior.families):
        rows = known[:, column]
        first, second = posterior.first[rows, column], posterior.second[rows, column]
        if family is Family.BETA:
            found[rows, column] = random.beta(first, second)
        elif family is Family.NORMAL:
            found[rows, column] = random.normal(first, second)
        else:
            values = posterior.values[column][rows]
            chosen = random.integers(values.shape[1], size=len(values))
            found[rows, column] = values[np.arange(len(values)), chosen]
    return found


def nodes(posterior: Posterior, start: int, stop: int) -> np.ndarray:
    """The `NODES` equally likely values of the cells of some units, rising: float32 of shape
    (stop - start, indicators, NODES), NaN where unknown.

    Mean and variance are those of the cell, to a part in 300 (single precision, and a Beta is cut
    off at 0 and 1). Equally likely values, and a Beta with a parameter below 0.3, keep their mean and
    lose what they vary by inside a stratum. A Beta's standardised nodes are interpolated between
    `SHAPES`: off by up to 0.012 of its standard deviation. A quantile of one cell is off by what
    lies inside a stratum of 1/64; that of a mean of several cells by far less.
    """
    first, second = posterior.first[start:stop], posterior.second[start:stop]
    found = np.empty((*first.shape, NODES), dtype=np.float32)
    beta = columns_of(posterior, Family.BETA)
    found[:, beta] = _of_betas(first[:, beta], second[:, beta])
    normal = columns_of(posterior, Family.NORMAL)
    found[:, normal] = first[:, normal, None] + second[:, normal, None] * standard_normal()
    for column in columns_of(posterior, Family.VALUES):
        found[:, column] = strata_of_values(posterior.values[int(column)][start:stop])
    return found


def _of_betas(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    grid, logarithms = _grid()
    whole = a + b
    mean = a / whole
    sd = np.sqrt(mean * (b / whole) / (whole + 1))
    last = len(SHAPES) - 1
    places, shares = [], []
    for shape in (a, b):
        place = np.clip(np.searchsorted(SHAPES, shape, side="right") - 1, 0, last - 1)
        step = logarithms[place + 1] - logarithms[place]
        share = (np.log(shape) - logarithms[place]) / step
        places.append(place)
        shares.append(np.clip(share, 0, 1).astype(np.float32)[..., None])
    at = places[0] * len(SHAPES) + places[1]
    of_a, of_b = shares
    low = grid[at] + of_b * (grid[at + 1] - grid[at])
    at += len(SHAPES)
    high = grid[at] + of_b * (grid[at + 1] - grid[at])
    low += of_a * (high - low)
    low *= sd.astype(np.float32)[..., None]
    low += mean.astype(np.float32)[..., None]
    sharp = np.minimum(a, b) < SHAPES[0]
    # Nearly all of the variance lies in the outermost stratum there: stretched, they leave 0 to 1.
    low[sharp] = strata_of_beta(a[sharp], b[sharp])
    found: np.ndarray = np.clip(low, 0, 1, out=low)
    return found


@cache
def _grid() -> tuple[np.ndarray, np.ndarray]:
    """Standardised nodes of Beta(SHAPES[i], SHAPES[j]) in row i * len(SHAPES) + j; log SHAPES."""
    a, b = np.meshgrid(SHAPES, SHAPES, indexing="ij")
    table = _stretched(strata_of_beta(a.ravel(), b.ravel()))
    table.setflags(write=False)
    return table, np.log(SHAPES)


def _stretched(strata: np.ndarray) -> np.ndarray:
    """Mean 0 and variance 1 by row."""
    centred = strata - strata.mean(axis=-1, keepdims=True)
    found: np.ndarray = (centred / centred.std(axis=-1, keepdims=True)).astype(np.float32)
    return found


def strata_of_beta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean of Beta(a, b) in each of `NODES` strata of equal probability: shape (..., NODES).

    The integral of x times the density of Beta(a, b) is the mean times the distribution function of
    Beta(a + 1, b).
    """
    first, second = a[..., None], b[..., None]
    cuts = betaincinv(first, second, np.arange(1, NODES) / NODES)
    below = np.empty((*a.shape, NODES + 1))
    below[..., 0], below[..., -1] = 0.0, 1.0
    below[..., 1:-1] = betainc(first + 1, second, cuts)
    strata = np.diff(below, axis=-1) * NODES * (first / (first + second))
    found: np.ndarray = np.maximum.accumulate(strata, axis=-1)
    return found


@cache
def standard_normal() -> np.ndarray:
    """The nodes of the standard normal distribution: mean 0, variance 1."""
    cuts = ndtri(np.arange(NODES + 1) / NODES)
    density = np.exp(-(cuts**2) / 2) / np.sqrt(2 * np.pi)
    table = _stretched((density[:-1] - density[1:]) * NODES)
    table.setflags(write=False)
    return table


def strata_of_values(values: np.ndarray) -> np.ndarray:
    """Mean of equally likely values in each of `NODES` strata: shape (units, NODES)."""
    rising = np.sort(values, axis=1)
    count = rising.shape[1]
    sums = np.concatenate([np.zeros((len(rising), 1)), np.cumsum(rising, axis=1)], axis=1)
    cuts = np.arange(NODES + 1) * count / NODES
    whole = np.minimum(cuts.astype(np.int64), count - 1)
    below = sums[:, whole] + (cuts - whole) * rising[:, whole]
    found: np.ndarray = np.diff(below, axis=1) * NODES / count
    return found

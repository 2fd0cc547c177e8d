"""How well a figure tells labelled cases from the others, with intervals over the cases.

A figure has a side, the one on which labelled cases are expected. Everything here is of ranks: only
the order of values matters, and equal values are never torn apart.

- ROC AUC: how often a labelled case lies further to the side than another, a tie counting half
  (Hanley, McNeil 1982).
- PR-AUC: average precision, the mean over labelled cases of the precision among all cases that lie
  at least as far to the side (Manning, Raghavan, Schütze 2008, chapter 8). Its floor is the base rate.
- Lowest and highest tenth: precision is the share of labelled cases in it, lift is precision over
  the base rate. A tenth holds every case that ties with its last.
- Balanced accuracy: mean of the shares of labelled and of other cases told right, where the tenth
  on the side is called labelled and the rest is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from troth.errors import UsageError

Array = np.ndarray

#: Two-sided coverage of intervals, and how often cases are drawn again for them.
LEVEL = 0.90
RESAMPLES = 1_000

#: With fewer cases, or fewer of either label, nothing is said of a figure. Our own.
MINIMUM_CASES = 30
MINIMUM_OF_EACH = 5

#: One part in so many is looked at on each side.
TENTHS = 10

#: Of so many resamples a figure must be defined, or it has no interval.
_DEFINED = 0.95

#: So many numbers are held at once.
_HELD = 500_000


@dataclass(frozen=True)
class Figure:
    """Values of cases, NaN where there is none, and the side of labelled cases: low or high.

    With `cut`, the tenth on the side is not that of these cases: it is every case as far as `cut`.
    """

    value: Array
    side: str
    cut: float | None = None


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; None where it is not defined or too little stands behind it.

    A value without an interval is one that nearly all draws repeat, such as a tenth that holds nothing
    but labelled cases: draws of these cases cannot show how sure it is.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Discrimination:
    """What a figure tells: of `cases` that have it, `labelled` of them labelled.

    `lowest_n` and `highest_n` are how many cases the tenths hold, ties with their last included;
    `cut` is the last value of the tenth on the side.
    """

    cases: int
    labelled: int
    lowest_n: int | None = None
    highest_n: int | None = None
    cut: float | None = None
    base_rate: Estimate = field(default_factory=Estimate)
    lowest_precision: Estimate = field(default_factory=Estimate)
    lowest_lift: Estimate = field(default_factory=Estimate)
    highest_precision: Estimate = field(default_factory=Estimate)
    highest_lift: Estimate = field(default_factory=Estimate)
    roc_auc: Estimate = field(default_factory=Estimate)
    pr_auc: Estimate = field(default_factory=Estimate)
    balanced_accuracy: Estimate = field(default_factory=Estimate)


#: The estimates of `Discrimination`, in its order.
MEASURES = tuple(one.name for one in fields(Discrimination) if one.type == "Estimate")


def discriminate(
    figures: Sequence[Figure],
    label: Array,
    rng: np.random.Generator,
    *,
    resamples: int = RESAMPLES,
) -> list[Discrimination]:
    """What each figure tells of the labels, in the order given.

    Cases are drawn again with replacement for the intervals, the same for every figure; tenths are
    cut anew in each draw. Figures of fewer than `MINIMUM_CASES` cases or `MINIMUM_OF_EACH` of either
    label have counts and nothing else.
    """
    label = np.asarray(label, np.bool_)
    for one in figures:
        if one.value.shape != label.shape or label.ndim != 1:
            raise UsageError(
                f"values have shape {one.value.shape} and labels {label.shape}: one of each a case"
            )
        if one.side not in {"low", "high"}:
            raise UsageError(f"a side is {one.side!r}: it is low or high")
    tables = [_Table(one, label) for one in figures]
    told = [table for table in tables if table.enough]
    itself = np.ones((1, len(label)), np.int64)
    found = {id(table): table.measures(itself) for table in told}
    drawn: dict[int, list[Mapping[str, Array]]] = {id(table): [] for table in told}
    at_once = max(1, _HELD // max(len(label), 1))
    for begin in range(0, resamples if told else 0, at_once):
        many = min(at_once, resamples - begin)
        times = rng.multinomial(len(label), np.full(len(label), 1 / len(label)), size=many)
        for table in told:
            drawn[id(table)].append(table.measures(times))
    return [
        table.said(found[id(table)], drawn[id(table)])
        if table.enough
        else Discrimination(table.cases, table.labelled)
        for table in tables
    ]


class _Table:
    """Cases of a figure in groups of equal value, from its side on."""

    def __init__(self, figure: Figure, label: Array) -> None:
        self._low = figure.side == "low"
        sign = 1.0 if self._low else -1.0
        known = np.flatnonzero(~np.isnan(figure.value))
        value = sign * figure.value[known]
        self._order = known[np.argsort(value, kind="stable")]
        value = np.sort(value, kind="stable")
        self._begins = np.flatnonzero(np.r_[True, value[1:] != value[:-1]][: len(value)])
        self._values = value[self._begins]
        self._label = label[self._order]
        self._sign = sign
        self._cut_at = (
            None
            if figure.cut is None
            else int(np.searchsorted(self._values, sign * figure.cut, side="right"))
        )
        self.cases = len(known)
        self.labelled = int(self._label.sum())
        self.enough = (
            self.cases >= MINIMUM_CASES
            and min(self.labelled, self.cases - self.labelled) >= MINIMUM_OF_EACH
        )

    def measures(self, times: Array) -> dict[str, Array]:
        """Every measure where case i stands `times[:, i]` times: one element a row of `times`."""
        weights = times[:, self._order]
        labelled = np.add.reduceat(weights * self._label, self._begins, axis=1)
        others = np.add.reduceat(weights * ~self._label, self._begins, axis=1)
        above, below = labelled.cumsum(axis=1), others.cumsum(axis=1)
        all_labelled, all_others = above[:, -1:], below[:, -1:]
        n = all_labelled + all_others
        tenth = -(-n // TENTHS)
        held = above + below
        on_side = _groups(held, tenth) if self._cut_at is None else self._fixed(len(times))
        hits, missed = _up_to(above, on_side), _up_to(below, on_side)
        # The other tenth: what is left when all but the last tenth are taken.
        left = _groups_below(held, n - tenth)
        far_hits = all_labelled[:, 0] - _up_to(above, left)
        far_missed = all_others[:, 0] - _up_to(below, left)
        with np.errstate(divide="ignore", invalid="ignore"):
            base = (all_labelled / n)[:, 0]
            behind = (all_others - below + others / 2) / all_others
            roc = (labelled * behind).sum(axis=1) / all_labelled[:, 0]
            seen = np.where(labelled > 0, above / np.where(held > 0, held, 1), 0.0)
            pr = (labelled * seen).sum(axis=1) / all_labelled[:, 0]
            balanced = (hits / all_labelled[:, 0] + 1 - missed / all_others[:, 0]) / 2
            side = hits / (hits + missed)
            far = far_hits / (far_hits + far_missed)
        lowest, highest = (side, far) if self._low else (far, side)
        ends = (hits + missed, far_hits + far_missed)
        lowest_n, highest_n = ends if self._low else ends[::-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            return {
                "base_rate": base,
                "lowest_precision": lowest,
                "lowest_lift": lowest / base,
                "highest_precision": highest,
                "highest_lift": highest / base,
                "roc_auc": roc,
                "pr_auc": pr,
                "balanced_accuracy": balanced,
                "lowest_n": lowest_n,
                "highest_n": highest_n,
                "on_side": on_side,
            }

    def _fixed(self, rows: int) -> Array:
        return np.full(rows, self._cut_at)

    def said(
        self, found: Mapping[str, Array], drawn: Sequence[Mapping[str, Array]]
    ) -> Discrimination:
        estimates = {
            name: _estimate(float(found[name][0]), [one[name] for one in drawn])
            for name in MEASURES
        }
        groups = int(found["on_side"][0])
        return Discrimination(
            self.cases,
            self.labelled,
            int(found["lowest_n"][0]),
            int(found["highest_n"][0]),
            None if not groups else float(self._sign * self._values[groups - 1]),
            **estimates,
        )


def _groups(held: Array, tenth: Array) -> Array:
    """How many groups from the first on hold at least a tenth."""
    return np.asarray(np.argmax(held >= tenth, axis=1) + 1)


def _groups_below(held: Array, most: Array) -> Array:
    """How many groups from the first on hold no more than so many."""
    return np.asarray(np.count_nonzero(held <= most, axis=1))


def _up_to(sums: Array, groups: Array) -> Array:
    """The sum over the first so many groups."""
    found = sums[np.arange(len(sums)), np.maximum(groups - 1, 0)]
    return np.where(groups > 0, found, 0)


def _estimate(value: float, drawn: Sequence[Array]) -> Estimate:
    if np.isnan(value):
        return Estimate()
    if not drawn:
        return Estimate(value)
    resampled = np.concatenate(drawn)
    known = resampled[~np.isnan(resampled)]
    if len(known) < _DEFINED * len(resampled):
        return Estimate(value)
    low, high = np.quantile(known, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    # Draws of cases that all say the same cannot show what other cases would have said.
    return Estimate(value) if low == high else Estimate(value, float(low), float(high))


def split_in_time(day: Array, share: float) -> tuple[Array, Array]:
    """Which cases are of the earlier days, and which of the later.

    The earlier end with the first day by which at least `share` of the dated cases had come, so
    that no day is torn apart. A case without a day (NaT) is neither.
    """
    dated = np.sort(day[~np.isnat(day)])
    if not len(dated):
        nothing = np.zeros(len(day), np.bool_)
        return nothing, nothing
    last = dated[max(int(np.ceil(share * len(dated))) - 1, 0)]
    return day <= last, day > last

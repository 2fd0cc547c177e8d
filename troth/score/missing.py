"""What is not there, and why: four codes that are never merged, and a silence that never pays.

Source: METHODS B.8. Values are points from 0 to 100 where 100 is good, in arrays of shape (bodies,
items); every item belongs to a pillar and has a weight inside it.

Silence is "required by law and not published". The headline puts in its place the lower of the
peers' median and the body's own last published value; where it never published, the lower of the
peers' median and the mean of its pillar without the item, the items with the lowest medians being
put in first. Without the latter a body below its peers would gain from an item on which it is
silent. What no rule can know is the value of a body that never published and is worse than
its own mean; that is what the pessimistic bound beside the headline is for, and the indicators that
count the silence itself (T06, T09).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np

from troth.errors import UsageError

Array = np.ndarray

#: The least share of a pillar's weight, and the fewest pillars, that must be published.
PILLAR_WEIGHT = 0.65
INDEX_PILLARS = 4

#: Of which one must be among them: debt and continuity.
ESSENTIAL = ("D", "C")


class Code(IntEnum):
    """Whether there is a value, and if not, which of four reasons there is."""

    PUBLISHED = 0
    NOT_APPLICABLE = 1  # the item does not concern the body
    NOT_PUBLISHED = 2  # required by law, and silent
    NOT_YET_DUE = 3  # its day has not come
    TOO_SMALL = 4  # there are cases, and too few to say anything


class Reason(StrEnum):
    """Why a pillar or an index has its gate open or shut."""

    PASSED = "passed"
    NOTHING_APPLIES = "nothing_applies"
    TOO_LITTLE_WEIGHT = "too_little_weight"
    TOO_FEW_PILLARS = "too_few_pillars"
    NO_ESSENTIAL_PILLAR = "no_essential_pillar"


@dataclass(frozen=True)
class Filled:
    """Points with what stands in for silence, of shape (bodies, items); NaN takes no part."""

    headline: Array
    pessimistic: Array
    optimistic: Array


@dataclass(frozen=True)
class PillarGate:
    """Gates of all bodies and pillars, of shape (bodies, pillars).

    `published` is the published share of the weight that concerns the body, `silent` the share on
    which it is silent. `reason` holds values of `Reason`. `enters` says whether the pillar's
    headline goes into an index: also where it fails by silence alone, because a pillar that could
    be left out of an index by falling silent would be.
    """

    pillars: tuple[str, ...]
    published: Array
    silent: Array
    reason: Array
    enters: Array

    @property
    def passed(self) -> Array:
        return np.asarray(self.reason == Reason.PASSED)


def fill(
    values: Array,
    codes: Array,
    last: Array,
    peer_median: Array,
    peer_high: Array,
    weights: Array,
    pillars: Sequence[str],
) -> Filled:
    """What goes into a score for each item: headline, and the bounds beside it.

    `last` is the last published value of shape (bodies, items); `peer_median` and `peer_high` (the
    peers' 90th percentile) broadcast to it; NaN where there is none. Bounds put 0, or the peers'
    90th percentile (100 where there is none), in the place of silence. An item on which nothing is
    known, neither of peers nor of the body, stays out of the headline.
    """
    values, codes, last = (np.asarray(one) for one in (values, codes, last))
    _refuse_unless_coded(values, codes)
    silent = codes == Code.NOT_PUBLISHED
    published = codes == Code.PUBLISHED
    median = np.broadcast_to(np.asarray(peer_median, float), values.shape)
    high = np.broadcast_to(np.asarray(peer_high, float), values.shape)
    own = np.where(published, values, np.nan)
    with_last = np.where(silent & ~np.isnan(last), np.fmin(last, median), own)
    never = silent & np.isnan(last)
    headline = _never_published(with_last, never, median, np.asarray(weights, float), pillars)
    # The bound holds the headline also where a peer percentile is estimated below it.
    best = np.fmax(np.where(np.isnan(high), 100.0, high), headline)
    return Filled(
        headline=headline,
        pessimistic=np.where(silent, 0.0, own),
        optimistic=np.where(silent, best, own),
    )


def pillar_gate(
    codes: Array, weights: Array, pillars: Sequence[str], least: float = PILLAR_WEIGHT
) -> PillarGate:
    """Which pillars have 65 % of their weight published, or whatever `least` is.

    What does not concern a body is no part of its weight. What is not yet due or too small is, and
    is not published: too little is known, whoever is to blame.
    """
    codes, weights = np.asarray(codes), np.asarray(weights, float)
    names = tuple(dict.fromkeys(pillars))
    inside = np.array([[one == name for name in names] for one in pillars])

    def weighed(which: Array) -> Array:
        return np.asarray((which * weights) @ inside)

    applies = weighed(codes != Code.NOT_APPLICABLE)
    with np.errstate(divide="ignore", invalid="ignore"):
        published = weighed(codes == Code.PUBLISHED) / applies
        silent = weighed(codes == Code.NOT_PUBLISHED) / applies
    # A weight of thirteen twentieths is enough whatever doubles make of the sum.
    enough = least - 1e-9
    reason = np.select(
        [applies == 0, published >= enough],
        [Reason.NOTHING_APPLIES.value, Reason.PASSED.value],
        Reason.TOO_LITTLE_WEIGHT.value,
    )
    return PillarGate(names, published, silent, reason, published + silent >= enough)


def index_gate(
    gate: PillarGate, pillars: int = INDEX_PILLARS, essential: Sequence[str] = ESSENTIAL
) -> Array:
    """Why each body has an index, or has none: values of `Reason`, of shape (bodies,).

    So many pillars must have passed, and one of the essential ones, where there are any.
    """
    passed = gate.passed
    places = [place for place, name in enumerate(gate.pillars) if name in essential]
    lacks = ~passed[:, places].any(axis=1) & bool(len(essential))
    return np.select(
        [passed.sum(axis=1) < pillars, lacks],
        [Reason.TOO_FEW_PILLARS.value, Reason.NO_ESSENTIAL_PILLAR.value],
        Reason.PASSED.value,
    )


def straddled(
    pessimistic: float, optimistic: float, cuts: Sequence[float], names: Sequence[str]
) -> tuple[str, ...]:
    """All bands from the pessimistic to the optimistic bound, lowest first; none where unknown.

    `cuts` are the points at which a higher band begins, rising; there is one name more than cuts.
    """
    if len(names) != len(cuts) + 1 or list(cuts) != sorted(set(cuts)):
        raise UsageError("bands need rising cuts, and one name more than there are cuts")
    if np.isnan(pessimistic) or np.isnan(optimistic):
        return ()
    low, high = (sum(value >= cut for cut in cuts) for value in (pessimistic, optimistic))
    return tuple(names[low : high + 1])


def _never_published(
    values: Array, never: Array, median: Array, weights: Array, pillars: Sequence[str]
) -> Array:
    """Values with those of `never` put in, pillar by pillar: each the lower of the peers' median
    and the mean so far, lowest medians first.

    In this order no item raises the mean of the others: each that follows has a median at least as
    high, and the mean never falls below the lowest. Where nothing of a pillar is known, all are the
    lowest median.
    """
    found = values.copy()
    names = np.asarray(pillars)
    rows = np.arange(len(values))
    for name in dict.fromkeys(pillars):
        items = np.flatnonzero(names == name)
        known = ~np.isnan(values[:, items])
        weight = (known * weights[items]).sum(axis=1)
        total = (np.where(known, values[:, items], 0.0) * weights[items]).sum(axis=1)
        waiting = np.where(never[:, items], median[:, items], np.nan)
        for place in np.argsort(waiting, axis=1, kind="stable").T:
            item = items[place]
            with np.errstate(invalid="ignore"):
                put_in = np.fmin(median[rows, item], total / weight)
            use = never[rows, item] & ~np.isnan(put_in)
            found[rows[use], item[use]] = put_in[use]
            total = total + np.where(use, weights[item] * put_in, 0.0)
            weight = weight + np.where(use, weights[item], 0.0)
    return found


def _refuse_unless_coded(values: Array, codes: Array) -> None:
    if values.shape != codes.shape or values.ndim != 2:
        raise UsageError(f"values {values.shape} and codes {codes.shape}: both (bodies, items)")
    odd = np.argwhere(np.isnan(values) != (codes != Code.PUBLISHED))
    if len(odd):
        body, item = odd[0]
        raise UsageError(
            f"body {body}, item {item}: a value is there if and only if its code is PUBLISHED, but"
            f" the value is {values[body, item]} and the code {Code(codes[body, item]).name}"
        )

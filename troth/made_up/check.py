"""Whether a release of Ruritania shows what was planted there, and accuses nobody of anything else.

The rule looks at figures alone, never at what was planted. A published figure of one body over all
periods stands out if it lies beyond the 99.8 % limits of its peers' figures:

- a share (hits of n) outside the funnel of its peers after over-dispersion (`score/funnel.alarms`);
- any other figure if it differs from the median of its peers by more than 3.09 times the root of its
  own variance and of the variance between them. Its own comes from that end of its 90 % interval
  which faces the median, else from its standard error; that between peers from their median absolute
  deviation, less the median of their own variances.

A figure that states no uncertainty never stands out, nor one with fewer than five peers, unless it
is a ratio of rates: that has a value of no effect, 1, and is then held against it. Peers are the
bodies of the same level, or all bodies where fewer than twelve of that level have a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from troth.made_up.country import LOWERED, RAISED
from troth.score.funnel import OUTER, alarms

Array = np.ndarray

ALL_PERIODS, PUBLISHED = "all", "published"

#: Peers of one level that are enough to be compared with alone; figures that a verdict needs.
ALONE, LEAST = 12, 5

#: Figures that have a value of no effect.
NO_EFFECT = {"C01": 1.0}

#: Standard errors from the middle of a normal distribution to its 99.9 % and its 95 % point.
BEYOND, HALF_WIDTH = float(special.ndtri(OUTER[1])), float(special.ndtri(0.95))

#: The median absolute deviation of a normal distribution times this is its standard deviation.
_MAD = float(1 / special.ndtri(0.75))


@dataclass(frozen=True)
class Figure:
    """One published figure: `alarm` is raised, lowered or empty; `told` false where none could be."""

    body_id: str
    indicator: str
    value: float
    alarm: str
    told: bool


@dataclass(frozen=True)
class Planted:
    """What was planted of one indicator of one body, and what came of it."""

    body_id: str
    behaviour: str
    indicator: str
    direction: str
    found: bool
    why_not: str


@dataclass(frozen=True)
class Apart:
    """A body that must not stand out, where it must not, and where it does."""

    body_id: str
    behaviour: str
    figures: int
    stands_out: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What was found of what was planted, and what was found where nothing was."""

    planted: tuple[Planted, ...]
    not_measured: tuple[str, ...]  # planted indicators of which the release has no figure at all
    false_alarms: tuple[Figure, ...]
    elsewhere: int  # figures with a verdict where nothing was planted
    apart: tuple[Apart, ...]
    honest_town: Apart

    @property
    def found(self) -> int:
        """Of what was planted, how much was found."""
        return sum(one.found for one in self.planted)

    @property
    def recall(self) -> float | None:
        """The share of what was planted that was found; None if nothing was."""
        return self.found / len(self.planted) if self.planted else None

    @property
    def recall_of_measured(self) -> float | None:
        """The same among indicators of which the release has figures."""
        rest = [one for one in self.planted if one.indicator not in self.not_measured]
        return sum(one.found for one in rest) / len(rest) if rest else None

    @property
    def false_alarm_share(self) -> float | None:
        """Alarms where nothing was planted, of all figures there; None if there is none."""
        return len(self.false_alarms) / self.elsewhere if self.elsewhere else None


def figures(measurement: pa.Table, level_of: Mapping[str, str | None]) -> tuple[Figure, ...]:
    """Every published figure over all periods, and whether it stands out from its peers'."""
    kept = measurement.filter(
        pc.and_(
            pc.and_(
                pc.equal(measurement["period"], ALL_PERIODS),
                pc.equal(measurement["status"], PUBLISHED),
            ),
            pc.is_valid(measurement["value"]),
        )
    ).sort_by([("indicator", "ascending"), ("body_id", "ascending")])
    by_code: dict[str, list[dict[str, Any]]] = {}
    for row in kept.to_pylist():
        by_code.setdefault(row["indicator"], []).append(row)
    return tuple(one for rows in by_code.values() for one in _of_one(rows, level_of))


def _of_one(rows: list[dict[str, Any]], level_of: Mapping[str, str | None]) -> Iterable[Figure]:
    levels = [level_of.get(row["body_id"]) for row in rows]
    verdicts: dict[int, tuple[int, bool]] = {}
    for level in sorted({level or "" for level in levels}):
        of_level = [i for i, each in enumerate(levels) if (each or "") == level]
        peers = of_level if len(of_level) >= ALONE else list(range(len(rows)))
        found = _verdicts([rows[i] for i in peers])
        verdicts |= {i: found[peers.index(i)] for i in of_level}
    for number, row in enumerate(rows):
        sign, told = verdicts[number]
        alarm = RAISED if sign > 0 else LOWERED if sign < 0 else ""
        yield Figure(row["body_id"], row["indicator"], float(row["value"]), alarm, told)


def _verdicts(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, bool]]:
    """For each figure of a group of peers its alarm, and whether one could be given."""
    if len(rows) <= LEAST:
        nothing = NO_EFFECT.get(rows[0]["indicator"]) if rows else None
        return [(0, False) if nothing is None else _beside(row, nothing) for row in rows]
    if all(row["hits"] is not None for row in rows):
        n = np.array([row["n"] for row in rows], float)
        found = alarms(np.array([row["hits"] for row in rows], float), n)
        return [(int(sign), bool(cases > 0)) for sign, cases in zip(found, n, strict=True)]
    value, low, high, std_err = (
        np.array([row.get(name) for row in rows], float)  # None becomes NaN
        for name in ("value", "low", "high", "std_err")
    )
    return [_verdict(i, value, low, high, std_err) for i in range(len(rows))]


def _beside(row: Mapping[str, Any], nothing: float) -> tuple[int, bool]:
    """The verdict on one figure beside the value of no effect."""
    value, facing = row["value"], row["low"] if row["value"] > nothing else row["high"]
    if facing is None or facing == value:
        return 0, False
    own = abs(value - facing) / HALF_WIDTH
    return int(np.sign(value - nothing)) if abs(value - nothing) > BEYOND * own else 0, True


def _verdict(i: int, value: Array, low: Array, high: Array, std_err: Array) -> tuple[int, bool]:
    others = np.arange(len(value)) != i
    middle = float(np.median(value[others]))
    facing = value[i] - low[i] if value[i] > middle else high[i] - value[i]
    own = facing / HALF_WIDTH if np.isfinite(facing) else std_err[i]
    if not np.isfinite(own):
        return 0, False
    each = np.where(np.isfinite(high - low), (high - low) / (2 * HALF_WIDTH), std_err)[others]
    spread = (_MAD * float(np.median(np.abs(value[others] - middle)))) ** 2
    sampling = float(np.median(each[np.isfinite(each)] ** 2)) if np.isfinite(each).any() else 0.0
    error = np.sqrt(own**2 + max(spread - sampling, 0.0))
    distance = value[i] - middle
    if error == 0:
        # Neither the figure nor its peers leave any doubt: nothing says what a difference means.
        return 0, False
    return int(np.sign(distance)) if abs(distance) > BEYOND * error else 0, True


def check(
    measurement: pa.Table, level_of: Mapping[str, str | None], truth: Mapping[str, Any]
) -> Checked:
    """Compare the figures of a release with what was planted (`country.truth`)."""
    found = figures(measurement, level_of)
    at = {(one.body_id, one.indicator): one for one in found}
    measured = {one.indicator for one in found}
    planted, excused = [], set()
    for one in truth["planted"]:
        excused |= {(one["body_id"], code) for code in (*one["shows"], *one["may_show"])}
        for code, direction in one["shows"].items():
            why_not = _why_not(at.get((one["body_id"], code)), direction, code in measured)
            planted.append(
                Planted(one["body_id"], one["behaviour"], code, direction, not why_not, why_not)
            )
    for one in truth["must_not_stand_out"]:
        excused |= {(one["body_id"], code) for code in one["may_show"]}
    rest = [one for one in found if one.told and (one.body_id, one.indicator) not in excused]
    apart = tuple(_apart(one, found) for one in truth["must_not_stand_out"])
    town = next(one for one in apart if one.body_id == truth["honest_town"])
    return Checked(
        planted=tuple(planted),
        not_measured=tuple(sorted({one.indicator for one in planted} - measured)),
        false_alarms=tuple(one for one in rest if one.alarm),
        elsewhere=len(rest),
        apart=apart,
        honest_town=town,
    )


def _why_not(figure: Figure | None, direction: str, measured: bool) -> str:
    """Why something planted was not found; empty if it was."""
    if figure is None:
        return "no figure of this body" if measured else "the release has no such figure"
    if not figure.told:
        return "the figure states no uncertainty, or has too few peers"
    if figure.alarm == direction:
        return ""
    return f"stands out, but {figure.alarm}" if figure.alarm else "within the limits of its peers"


def _apart(one: Mapping[str, Any], found: Sequence[Figure]) -> Apart:
    looked_at = [
        each
        for each in found
        if each.body_id == one["body_id"]
        and (not one["indicators"] or each.indicator in one["indicators"])
    ]
    stands_out = tuple(each.indicator for each in looked_at if each.alarm)
    return Apart(one["body_id"], one["behaviour"], len(looked_at), stands_out)

"""Levels of all bodies side by side: peers, neighbours, and what enters before it is weighed.

Built from the answers of a release once, and asked for every page. Nothing is computed here that the
release does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from troth.publish.views import BodyName, Contribution, Estimate, Release, Score

#: Labels of groups that say nothing about level or size: its bodies are compared for want of more.
UNSPECIFIC = ("all", "unknown")

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One body with its level under the recipe of the run, or with the reason why it has none."""

    body: BodyName
    score: Score

    @property
    def ranked(self) -> bool:
        """Whether there is a rank: it is there with its interval, or not at all."""
        one = self.score
        return None not in (one.rank_low, one.rank_high, one.rank, one.ranked_of)


@dataclass(frozen=True, slots=True)
class Peers:
    """A peer group and its bodies, by name."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Standings:
    """The levels of a release and the recipe behind them. `rows` are in the order of names."""

    rows: tuple[Row, ...]
    estimates: Mapping[tuple[str, str], Estimate]
    recipe: Mapping[str, Any]

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators that take part, sorted."""
        return tuple(sorted(set(self.recipe["weights"]) - set(self.recipe.get("left_out", ()))))

    @property
    def enough_pillars(self) -> bool:
        """Whether the run has so many pillars that there can be a level at all."""
        return len({code[0] for code in self.codes}) >= int(self.recipe.get("minimum_pillars", 1))

    @property
    def pillars(self) -> tuple[str, ...]:
        """The pillars of the recipe; with more than one, the level is their geometric mean."""
        return tuple(sorted(self.recipe.get("pillars", ())))

    @cached_property
    def _by_body(self) -> Mapping[str, Row]:
        return {row.body.body_id: row for row in self.rows}

    def of(self, body_id: str) -> Row | None:
        """The row of a body; none of one that was not scored."""
        return self._by_body.get(body_id)

    @cached_property
    def groups(self) -> tuple[Peers, ...]:
        """The peer groups, by label."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.score.peer_group or UNSPECIFIC[-1], []).append(row)
        return tuple(Peers(label, tuple(rows)) for label, rows in sorted(found.items()))

    @cached_property
    def by_rank(self) -> tuple[Row, ...]:
        """The ranked bodies from the first median to the last; equal ones by name."""
        ranked = (row for row in self.rows if row.ranked)
        return tuple(sorted(ranked, key=lambda row: row.score.rank or 0))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {row.body.body_id: place for place, row in enumerate(self.by_rank)}

    def nearest(self, body_id: str, most: int) -> tuple[Row, ...]:
        """The ranked bodies nearest to this one, itself among them; none where it is not ranked."""
        if body_id not in self._places:
            return ()
        at = self._places[body_id]
        first = max(0, min(at - most // 2, len(self.by_rank) - most))
        return self.by_rank[first : first + most]


def standings(release: Release) -> Standings:
    """The levels of this release under the recipe of its run."""
    rows = tuple(
        Row(body, score) for body, score in release.levels() if score.recipe == release.run.recipe
    )
    estimates = {(body_id, one.card.code): one for body_id, one in release.estimates()}
    return Standings(rows, estimates, release.recipe_json())


def from_peers(part: Contribution) -> float | None:
    """By how many points a part differs from what the median of its peers would give."""
    if part.peer_points is None:
        return None
    return part.micropoints / MICRO - part.weight * part.peer_points


# --- what enters before it is weighed ---

#: Status of a figure -> its letter in `Weighed.states`: a figure of its own, or silence. What the
#: body fell silent on is silence too, whatever its status is now.
_STATES = {"published": "p", "not_measurable": "s"}

#: Every other status: too few cases, or none.
TOO_LITTLE = "x"


@dataclass(frozen=True, slots=True)
class Weighed:
    """One body before its indicators are weighed: estimates and states in the order of codes.

    States: `p` enough cases for a figure of its own, `s` silence (an estimate is then what the body
    published last), `x` too few cases or none.
    """

    row: Row
    estimates: tuple[float | None, ...]
    states: str


def weighing(release: Release, levels: Standings) -> tuple[Weighed, ...]:
    """All that a level is made of but the weights, for readers who weigh otherwise."""
    codes = levels.codes
    statuses = [release.statuses(code) for code in codes]
    found = []
    for row in levels.rows:
        body_id = row.body.body_id
        known = [levels.estimates.get((body_id, code)) for code in codes]
        shares = tuple(one.estimate if one is not None else None for one in known)
        states = (
            _STATES["not_measurable"]
            if own is not None and own.kept_from is not None
            else _STATES.get(one.get(body_id, ""), TOO_LITTLE)
            for own, one in zip(known, statuses, strict=True)
        )
        found.append(Weighed(row, shares, "".join(states)))
    return tuple(found)

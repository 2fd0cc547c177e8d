"""The choices behind a score, as one frozen value.

A score is a function of measurements and a recipe, and of nothing else: who wants other weights or
goalposts passes another recipe. The index over five pillars, with peers, shrinkage and rank
intervals, is another recipe for the same function's successors; this one is a first, plain one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troth.errors import UsageError


@dataclass(frozen=True)
class Goalposts:
    """The value that gives 0 points and the one that gives 100, why, and since when."""

    worst: float
    best: float
    reason: str
    dated: str

    def __post_init__(self) -> None:
        if self.worst == self.best:
            raise UsageError("goalposts must differ")


@dataclass(frozen=True)
class Recipe:
    """Goalposts and weights by indicator, and how much of the weight must be measured."""

    name: str
    version: int
    title: str
    goalposts: Mapping[str, Goalposts]
    weights: Mapping[str, float]
    minimum_weight: float

    def __post_init__(self) -> None:
        if set(self.goalposts) != set(self.weights):
            odd = sorted(set(self.goalposts) ^ set(self.weights))
            raise UsageError(
                f"recipe {self.name}: goalposts and weights name different indicators: {odd}"
            )
        wrong = [code for code, weight in self.weights.items() if not weight > 0]
        if wrong:
            raise UsageError(
                f"recipe {self.name}: a weight must be above 0; leave {wrong} out instead"
            )

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    def as_json(self) -> dict[str, object]:
        """The recipe as a release publishes it."""
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "aggregation": "arithmetic mean of normalised values, weighted",
            "minimum_weight": self.minimum_weight,
            "goalposts": {
                code: {"worst": g.worst, "best": g.best, "reason": g.reason, "dated": g.dated}
                for code, g in sorted(self.goalposts.items())
            },
            "weights": dict(sorted(self.weights.items())),
        }


#: A share's own ends: they need nobody's judgement, and move for nobody.
_ENDS_OF_A_SHARE = Goalposts(
    worst=1.0,
    best=0.0,
    reason="the ends of a share: 100 % of cases flagged gives 0 points, none gives 100",
    dated="2026-11-22",
)

#: What needs only the method, the number of bidders, and awards with their suppliers: these reach
#: most bodies (PROCUREMENT 1.10). Left out although it reaches far: P010, because most formats
#: have no place for a justification, so its absence says little about the body. The others are
#: shown beside the level and enter with the fuller index.
_WEIGHED = ("P013", "P018", "P019", "P040")

FIRST = Recipe(
    name="open-competition",
    version=1,
    title="Open competition: four indicators, equal weights, arithmetic mean",
    goalposts=dict.fromkeys(_WEIGHED, _ENDS_OF_A_SHARE),
    weights=dict.fromkeys(_WEIGHED, 1.0),
    # As for a pillar in METHODS B.8; below it a level would say more about gaps than conduct.
    minimum_weight=0.65,
)

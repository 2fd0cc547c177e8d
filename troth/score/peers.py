"""Peer groups: bodies of one level of government and of a like size.

A body is compared with its peers and shrunk towards them, so the choice of peers is a choice of the
method: it has a name and a version, and goes into a permalink as one short word. Only context
decides (level and population), never money or party (METHODS B.7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from troth.errors import UsageError

#: The label of a body whose level or population is not known. Such bodies have nothing in common but
#: that; they are compared with each other where there is nobody else to compare them with (decision
#: 0012), and a page says so.
UNKNOWN = "unknown"

#: The fewest bodies in a group. With fewer, a prior says little about its own spread
#: (see the coverage figures in `troth/measure/shrink.py`).
FEWEST = 8

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_WORD = re.compile(
    r"(?P<name>[a-z0-9-]+)\.v(?P<version>\d+)\.(?P<bounds>\d+(?:-\d+)*|all)\.m(?P<m>\d+)"
)


@dataclass(frozen=True)
class PeerGroups:
    """A definition: populations at which a new size class begins, and the fewest bodies in one."""

    name: str
    version: int
    bounds: tuple[int, ...]
    fewest: int = FEWEST

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"peer groups {self.name!r}: a name is of small letters, digits and single hyphens,"
                " because it stands in addresses"
            )
        rising = all(a < b for a, b in zip(self.bounds, self.bounds[1:], strict=False))
        if not rising or any(bound <= 0 for bound in self.bounds):
            raise UsageError(f"peer groups {self.name}: bounds must rise from above 0")
        if self.version < 1 or self.fewest < 1:
            raise UsageError(f"peer groups {self.name}: version and fewest begin at 1")

    def __str__(self) -> str:
        """One word for a permalink, such as `size-5.v1.5000-20000-100000-500000.m8`."""
        bounds = "-".join(str(bound) for bound in self.bounds) or "all"
        return f"{self.name}.v{self.version}.{bounds}.m{self.fewest}"


#: Five classes of population. Round numbers of our own, to be looked at with the first real data.
BY_SIZE = PeerGroups("size-5", 1, (5_000, 20_000, 100_000, 500_000))

#: All bodies of a level together.
BY_LEVEL = PeerGroups("level", 1, ())


def parse(word: str) -> PeerGroups:
    """The definition that `str` wrote, or the reason why it is none."""
    found = _WORD.fullmatch(word)
    if not found:
        raise UsageError(
            f"{word!r} names no peer groups: write name.vVERSION.BOUNDS.mFEWEST, as in {BY_SIZE}"
        )
    bounds = () if found["bounds"] == "all" else tuple(int(b) for b in found["bounds"].split("-"))
    groups = PeerGroups(found["name"], int(found["version"]), bounds, int(found["m"]))
    if str(groups) != word:
        raise UsageError(f"{word!r} is not written as it should be: {groups}")
    return groups


def assign(groups: PeerGroups, level: str | None, population: float | None) -> str:
    """The label of a body's group: `LEVEL/FROM-BELOW`, or "unknown" where an input is.

    A population at a bound is in the upper class. Without bounds a population is not needed.
    """
    if not level:
        return UNKNOWN
    if not groups.bounds:
        return f"{level}/all"
    # A population that is not a number is not known either.
    if population is None or not population >= 0:
        return UNKNOWN
    return _label(level, _classes(groups)[sum(population >= bound for bound in groups.bounds)])


def assign_all(
    groups: PeerGroups, levels: Sequence[str | None], populations: Sequence[float | None]
) -> list[str]:
    """Labels of all bodies, groups of fewer than `fewest` being merged.

    The rule: within a level, the smallest group (of equal ones that of smaller populations) joins
    its neighbour in size with fewer bodies (of equal ones that of smaller populations), until each
    has enough or one is left. Levels are never mixed: a level with too few bodies stays one small
    group. "unknown" is never merged.
    """
    if len(levels) != len(populations):
        raise UsageError(f"{len(levels)} levels for {len(populations)} populations: give one each")
    labels = [assign(groups, *body) for body in zip(levels, populations, strict=True)]
    count = Counter(labels)
    renamed: dict[str, str] = {}
    for level in sorted({level for level in levels if level}):
        spans = [span for span in _classes(groups) if count[_label(level, span)]]
        parts = [([span], count[_label(level, span)]) for span in spans]
        while len(parts) > 1 and min(n for _, n in parts) < groups.fewest:
            at = min(range(len(parts)), key=lambda place: parts[place][1])
            beside = [place for place in (at - 1, at + 1) if 0 <= place < len(parts)]
            to = min(beside, key=lambda place: parts[place][1])
            first, second = min(at, to), max(at, to)
            merged = (parts[first][0] + parts[second][0], parts[first][1] + parts[second][1])
            parts[first : second + 1] = [merged]
        for members, _ in parts:
            whole = _label(level, (members[0][0], members[-1][1]))
            renamed.update({_label(level, span): whole for span in members})
    return [renamed.get(label, label) for label in labels]


_Span = tuple[int, int | None]


def _classes(groups: PeerGroups) -> list[_Span]:
    if not groups.bounds:
        return [(0, None)]
    return list(zip((0, *groups.bounds), (*groups.bounds, None), strict=True))


def _label(level: str, span: _Span) -> str:
    low, high = span
    if low == 0 and high is None:
        return f"{level}/all"
    return f"{level}/{low}+" if high is None else f"{level}/{low}-{high}"

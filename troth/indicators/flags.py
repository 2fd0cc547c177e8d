"""The 73 flags of the Open Contracting Partnership: which fields of a data set each could be computed
from, whether or not there is an indicator for it here. The facts are in `flags.toml`."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

#: Paths that belong together: all of them must be there.
Together = tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """One flag. Each of `needs` is met by the first of its alternatives that is there.

    `asks` and `beyond` say of a flag without an indicator what it would ask, and what it would need.
    """

    code: str
    name: str
    needs: tuple[tuple[Together, ...], ...]
    asks: str = ""
    beyond: str = ""

    @property
    def indicator(self) -> str:
        """The code that an indicator for it has, or would have."""
        return f"P{self.code[1:]}"


@dataclass(frozen=True)
class Reach:
    """How far the fields of a flag reach: of each need the alternatives that are there with the number
    of records that have them, and the needs of which no alternative is."""

    flag: Flag
    met: tuple[tuple[tuple[Together, int], ...], ...]
    missing: tuple[tuple[Together, ...], ...]

    @property
    def possible(self) -> bool:
        return not self.missing


@cache
def flags() -> tuple[Flag, ...]:
    """All of them, in the order of their codes."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Flag(
            code,
            one["name"],
            tuple(tuple(tuple(paths) for paths in alternatives) for alternatives in one["needs"]),
            one.get("asks", ""),
            one.get("beyond", ""),
        )
        for code, one in sorted(found.items())
    )


def in_words(alternatives: Iterable[Together]) -> str:
    """One need as a reader would say it."""
    return " or ".join(" with ".join(paths) for paths in alternatives)


def reach(records: Iterable[Mapping[str, Any]]) -> tuple[int, list[Reach]]:
    """How many records there are, and how far the fields of each flag reach in them."""
    having: Counter[Together] = Counter()
    wanted = {paths for flag in flags() for need in flag.needs for paths in need}
    number = 0
    for record in records:
        number += 1
        there = set(_paths(record, ""))
        having.update(paths for paths in wanted if there.issuperset(paths))
    return number, [_reach(flag, having) for flag in flags()]


def _reach(flag: Flag, having: Mapping[Together, int]) -> Reach:
    found = [tuple((one, having[one]) for one in need if having[one]) for need in flag.needs]
    missing = tuple(need for need, met in zip(flag.needs, found, strict=True) if not met)
    return Reach(flag, tuple(found), missing)


def _paths(value: Any, path: str) -> Iterator[str]:
    """The paths at which something stands, as the flags write them: lists count for nothing."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _paths(inner, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, path)
    elif value is not None and value != "":
        yield path

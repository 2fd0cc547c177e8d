"""The versions that Ibis 12.0.0 works with, checked before the first query.

Outside them the faults are late and hard to read (a syntax error in SQL that nobody wrote, a
missing method), so `troth.store` refuses at once and says what would break.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from troth.errors import TrothError

Version = tuple[int, ...]


@dataclass(frozen=True)
class Pin:
    """From `at_least` on, and below `below`; `breaks` says what happens outside."""

    package: str
    at_least: str
    below: str
    breaks: str

    @property
    def requirement(self) -> str:
        """The pin as pip takes it; a range of one version is an exact pin."""
        if not self.below:
            return f"{self.package}=={self.at_least}"
        return f"{self.package}>={self.at_least},<{self.below}"

    def allows(self, version: str) -> bool:
        found = _numbers(version)
        if not self.below:
            return found == _numbers(self.at_least)
        return _numbers(self.at_least) <= found < _numbers(self.below)


PINS = (
    Pin(
        "ibis-framework",
        "12.0.0",
        "",
        "the formulas are tested with this version on every engine, and another compiles other SQL",
    ),
    Pin(
        "duckdb",
        "1.5.3",
        "2",
        "DuckDB 2 has no fetch_arrow_table, which Ibis 12.0.0 calls for every result",
    ),
    Pin(
        "sqlglot",
        "28",
        "30.18",
        "from 30.18 on, Ibis 12.0.0 writes DROP statements without a name"
        ' (Parser Error: syntax error at or near "EXISTS")',
    ),
)


def check_versions(installed: Callable[[str], str] = metadata.version) -> None:
    """Refuse to start with a version that is known to break, naming it and the remedy."""
    for pin in PINS:
        try:
            version = installed(pin.package)
        except metadata.PackageNotFoundError:
            raise TrothError(
                f"{pin.package} is not installed. Install it: pip install '{pin.requirement}'"
            ) from None
        if not pin.allows(version):
            raise TrothError(
                f"{pin.package} {version} is installed, but troth needs {pin.requirement}: "
                f"{pin.breaks}. Install it: pip install '{pin.requirement}'"
            )


def _numbers(version: str) -> Version:
    """12.0.0 -> (12,): the release numbers, without trailing zeros, so that 12 equals 12.0.0.

    A pre-release such as 2.0.0rc1 counts as its release: it breaks in the same way.
    """
    release = re.match(r"[0-9]+(\.[0-9]+)*", version)
    if release is None:
        raise TrothError(f"version {version!r}: expected numbers joined by dots")
    numbers = [int(number) for number in release.group().split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)

"""The few choices that belong to a machine, not to a method: where each came from is known.

What changes a figure is never a setting: it is in a card or a recipe. A setting is looked for in
five places, and the last one that names it wins:

1. the default below;
2. `troth.toml` in the working folder;
3. `[tool.troth]` in `pyproject.toml` in the working folder;
4. the environment: `TROTH_MEMORY=2GB`;
5. an argument, such as an option of a command.

A new setting is one field of `Settings` and one entry of `_READ`.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from troth.errors import UsageError

FILE = "troth.toml"
PROJECT_FILE = "pyproject.toml"
PREFIX = "TROTH_"
DEFAULT = "default"

#: Variables of the environment that begin like a setting and are none: what reads them.
ELSEWHERE = {
    "TROTH_SHARED": "the folder of shared test data, read by tests only",
    "TROTH_SPARK": "the Spark server of the slow tests, set by .ci/spark",
}


def _usable_cores() -> int:
    """The cores this process may use, which a container may hold below what the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """What holds for one run; `where` says of each value where it was set."""

    threads: int = field(default_factory=_usable_cores)  # processes that read, threads that query
    memory: str = "1GB"  # what the embedded engine may hold before it spills to disk
    store: str = "troth-store"  # address of the working tables, as `open_store` takes it
    contact: str = ""  # page or mail by which whoever is asked by `troth watch` reaches you
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def where(self, name: str) -> str:
        """Where the value of this setting came from, in words."""
        if name not in NAMES:
            raise UsageError(f"no setting {name!r}{_nearest(name)}")
        return self.origins.get(name, DEFAULT)


NAMES = tuple(f.name for f in fields(Settings) if f.name != "origins")


def _threads(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise ValueError("a whole number from 1")
    return int(text)


def _memory(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", value):
        raise ValueError("a number and a unit, such as 512MB or 2GB")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value


_READ: Mapping[str, Callable[[object], int | str]] = {
    "threads": _threads,
    "memory": _memory,
    "store": _text,
    "contact": _text,
}


def load_settings(
    arguments: Mapping[str, object] | None = None,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings that hold here. An argument that is None was not given.

    A name that is no setting, or a value of the wrong form, is an error that says where it stands.
    """
    folder = folder or Path.cwd()
    given: list[tuple[str, Mapping[str, object]]] = [
        (FILE, _read_toml(folder / FILE)),
        (f"{PROJECT_FILE} [tool.troth]", _tool_table(folder / PROJECT_FILE)),
        ("environment", _from_environment(os.environ if environment is None else environment)),
        ("argument", {k: v for k, v in (arguments or {}).items() if v is not None}),
    ]
    values: dict[str, int | str] = {}
    origins: dict[str, str] = {}
    for place, found in given:
        for name, value in found.items():
            origin = f"{place} {PREFIX}{name.upper()}" if place == "environment" else place
            values[name] = _checked(name, value, origin)
            origins[name] = origin
    return Settings(**values, origins=origins)  # type: ignore[arg-type]  # checked name by name


def _checked(name: str, value: object, origin: str) -> int | str:
    if name not in _READ:
        raise UsageError(f"{origin}: no setting {name!r}{_nearest(name)}")
    try:
        return _READ[name](value)
    except ValueError as expected:
        raise UsageError(f"{origin}: {name} must be {expected}, not {value!r}") from None


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), NAMES, n=1)
    listed = ", ".join(NAMES)
    return f"; did you mean {near[0]!r}?" if near else f"; the settings are {listed}"


def _read_toml(path: Path) -> Mapping[str, object]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"{path.name}: not TOML: {fault}") from None


def _tool_table(path: Path) -> Mapping[str, object]:
    tools = _read_toml(path).get("tool", {})
    table = tools.get("troth", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{path.name}: [tool.troth] must be a table, not {table!r}")
    return table


def _from_environment(environment: Mapping[str, str]) -> Mapping[str, object]:
    return {
        name.removeprefix(PREFIX).lower(): environment[name]
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in ELSEWHERE
    }

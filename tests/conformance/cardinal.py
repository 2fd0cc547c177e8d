"""Cardinal's published cases, each run through the command line as a user would run it.

    python -m tests.conformance.cardinal

writes docs/cardinal-conformance.md. A test compares the page with what this would write.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.line.troth import Ran, troth
from tests.shared import FOLDER

CASES = FOLDER / "conformance" / "cardinal"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "cardinal-conformance.md"


@dataclass(frozen=True)
class Case:
    """One case: what it is called, what kind it is, and what raises where it does not come out."""

    name: str
    kind: str
    check: Callable[[], None]

    def passes(self) -> bool:
        try:
            self.check()
        except AssertionError:
            return False
        return True


def cases() -> list[Case]:
    """Every case of the manifest; none where the shared test data are not there."""
    if not (CASES / "MANIFEST.json").exists():
        return []
    manifest = json.loads((CASES / "MANIFEST.json").read_text(encoding="utf-8"))
    return [
        *(Case(_stem(one), "indicators", _fixture(one)) for one in manifest["indicators"]),
        *(
            Case(_stem(one), "indicators, generated", _generated(one))
            for one in manifest["generated"]
        ),
        *(Case(_stem(one), "coverage", _coverage(one)) for one in manifest["coverage"]),
        *(Case(_stem(one), "prepare", _prepare(one)) for one in manifest["prepare"]),
        *(Case(_in_docs(one), "documentation", _example(one)) for one in manifest["docs_examples"]),
    ]


def _in_docs(entry: Mapping[str, Any]) -> str:
    """The file that an example of the documentation reads, below its folder of examples."""
    return shlex.split(entry["command"])[-1].removeprefix("docs/examples/").removesuffix(".jsonl")


def _stem(entry: Mapping[str, Any]) -> str:
    return Path(entry["input"]).stem


def _fixture(entry: Mapping[str, Any]) -> Callable[[], None]:
    def check() -> None:
        given, expected = entry["settings"], _json(CASES / entry["expected"])
        assert _indicators(entry["input"], given, "--no-meta") == expected

    return check


def _generated(entry: Mapping[str, Any]) -> Callable[[], None]:
    def check() -> None:
        given, expected = _json(CASES / entry["settings"]), _json(CASES / entry["expected"])
        assert _indicators(entry["input"], given, "--map") == expected

    return check


def _indicators(name: str, settings: Mapping[str, Any], flag: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.ini"
        file.write_text("\n".join(as_ini(settings)), encoding="utf-8")
        return _done("indicators", "--settings", file, flag, CASES / name).json


def _coverage(entry: Mapping[str, Any]) -> Callable[[], None]:
    def check() -> None:
        assert _done("coverage", CASES / entry["input"]).json == _json(CASES / entry["expected"])

    return check


def _prepare(entry: Mapping[str, Any]) -> Callable[[], None]:
    def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            out, issues = Path(folder) / "out.jsonl", Path(folder) / "issues.csv"
            settings = CASES / entry["settings_ini"]
            _done("prepare", "-s", settings, "-o", out, "-e", issues, CASES / entry["input"])
            assert out.read_bytes() == (CASES / entry["expected_output"]).read_bytes()

    return check


def _example(entry: Mapping[str, Any]) -> Callable[[], None]:
    """A command of the documentation as it stands there; its output as text, to the byte."""

    def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            _, *words = shlex.split(entry["command"])
            arguments = [
                str(CASES / one.replace("docs/examples", "docs-examples"))
                if one.startswith("docs/")
                else os.path.join(folder, one)
                if one.endswith(".jsonl")
                else one
                for one in words
            ]
            assert _done(*arguments).out == entry["stdout"] + "\n"

    return check


def as_ini(settings: Mapping[str, Any], section: str = "") -> Iterator[str]:
    """Nested settings as the lines of a settings file."""
    if section:
        yield f"[{section}]"
    inner = {key: value for key, value in settings.items() if isinstance(value, Mapping)}
    yield from (f"{key} = {value}" for key, value in settings.items() if key not in inner)
    for key, value in inner.items():
        yield from as_ini(value, f"{section}.{key}" if section else key)


def _done(*arguments: object) -> Ran:
    ran = troth("cardinal", *arguments)
    assert ran.code == 0, ran.err
    return ran


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def page() -> str:
    """Every case and whether it passes, as Markdown."""
    found = [(case.name, case.kind, case.passes()) for case in cases()]
    passed = sum(passes for _, _, passes in found)
    rows = [f"| `{name}` | {kind} | {'yes' if passes else 'NO'} |" for name, kind, passes in found]
    head = [
        "# Cardinal's cases, one by one",
        "",
        "<!-- Written by `python -m tests.conformance.cardinal` from a run: run it again. -->",
        "",
        "The fixtures and examples of Cardinal (open-contracting/cardinal-rs, MIT licence, commit",
        "`b04158a`), and 20 data sets whose answers were taken from Cardinal 0.0.8 itself. Each is run",
        "through `troth cardinal`, as a user would run it.",
        "",
        "- `indicators`: the results must be equal, `generated` with `Meta` and `Maps`;",
        "- `coverage`: the counts must be equal;",
        "- `prepare`: the corrected lines must be equal to the byte;",
        "- `documentation`: what is printed must be equal to the byte.",
        "",
        f"{passed} of {len(found)} pass.",
        "",
        "| case | kind | passes |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    if not cases():
        sys.exit(f"{CASES}: not there. Set TROTH_SHARED to the folder of shared test data.")
    PAGE.write_text(page(), encoding="utf-8")

"""`troth` as a person runs it: in this process where that is enough, else in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troth.cli import main

COMMAND = (sys.executable, "-m", "troth.cli")


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def troth(*arguments: object) -> Ran:
    """Run a command here."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(one) for one in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


def troth_apart(
    *arguments: object, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> Ran:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def case_of(explained: dict[str, Any], code: str) -> dict[str, Any]:
    """The first case of an indicator in what `explain --format json` gives."""
    (indicator,) = (one for one in explained["indicators"] if one["code"] == code)
    found: dict[str, Any] = indicator["cases"][0]
    return found

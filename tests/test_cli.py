"""The commands as a whole: there at once, and each says what it does."""

from __future__ import annotations

import subprocess
import sys

from tests.line.troth import troth
from troth.cli import app


def test_the_commands_are_there_at_once() -> None:
    script = (
        "import time; a = time.process_time(); import troth.cli; print(time.process_time() - a)"
    )

    took = [
        float(
            subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        )
        for _ in range(3)
    ]

    assert min(took) < 0.15


def test_every_command_says_what_it_does() -> None:
    assert troth("--version").out.startswith("troth 0.")
    help_of_all = troth().out
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__
        assert f"  {name} " in help_of_all
        told = troth(name, "--help")
        assert told.code == 0
        assert (command.callback.__doc__ or "?") in " ".join(told.out.split())

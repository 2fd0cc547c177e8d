"""How a command ends: the exit code, and words that say what next."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.line.towns import TOWN_A
from tests.line.troth import COMMAND, troth


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["run", "x.jsonl", "--strct"], "Did you mean --strict?"),
        (["run"], "nothing to read: give files, folders, globs or -"),
        (["run", "x.jsonl", "--until", "scor"], "not one of 'score', 'release', 'pages'"),
        (["run", "x.jsonl", "--as-of", "yesterday"], "--as-of"),
        (["run", "x.jsonl", "--memory", "much"], "memory must be a number and a unit"),
        (["run", "x.jsonl", "--language", "tlh"], "no pages in 'tlh'"),
        (["run", "x.jsonl", "--out", __file__], "this is a file"),
        (["indicators", "show", "P81"], "no indicator 'P81'. Did you mean"),
        (["indicators", "show", "singel_bid"], "Did you mean single_bid?"),
        (["indicators"], "Missing command"),
    ],
)
def test_a_wrong_command_line_leaves_with_2_and_names_the_right_one(arguments, said) -> None:
    ran = troth(*arguments)

    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_fault_of_our_own_says_so_and_keeps_its_traceback_for_who_asks(monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr("troth.terminal.config.show", fail)

    ran, debugged = troth("config", "show"), troth("config", "--debug", "show")

    assert (ran.code, debugged.code) == (70, 70)
    assert "a fault of troth's own: ZeroDivisionError: a slip" in ran.err
    assert "Traceback" not in ran.err
    assert "Traceback" in debugged.err


def test_an_interrupted_run_leaves_with_130_and_what_was_there_stands(out: Path) -> None:
    release = (out / "CURRENT-RELEASE").read_text()
    with subprocess.Popen(
        [*COMMAND, "run", "-", "--out", out],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        _wait_for(lambda: any((out / "store").rglob("incoming*")))  # it waits for its input
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        told = running.stderr.read().decode()
        code = running.wait(timeout=30)

    assert code == 130
    assert told.startswith("troth: interrupted")
    assert "Traceback" not in told
    assert (out / "CURRENT-RELEASE").read_text() == release
    assert troth("explain", TOWN_A, "--out", out).code == 0


def _wait_for(there, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it never began"
        time.sleep(0.02)


def test_who_stops_reading_is_not_told_about_pipes() -> None:
    with subprocess.Popen(
        [*COMMAND, "indicators", "list", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        told = running.stderr.read()
        code = running.wait(timeout=30)

    assert (code, told) == (0, b"")

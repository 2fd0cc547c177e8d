"""What is written is what the data say, and nothing that a terminal or a program would misread."""

import json
import os
import pty
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.line.troth import COMMAND, troth, troth_apart
from troth.terminal import screen
from troth.terminal.screen import ListFormat, columns, cut, plain, say_csv, say_json, width_of


@dataclass(frozen=True)
class Town:
    name: str
    since: date
    form: ListFormat


def test_markup_in_a_name_is_printed_as_it_is() -> None:
    assert plain("[bold]Town[/b] [link=x]") == "[bold]Town[/b] [link=x]"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a\x1b[2Jb", "a\\u001b[2Jb"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("市 Café ق", "市 Café ق"),
    ],
)
def test_what_moves_the_cursor_or_turns_its_neighbours_is_spelled_out(name: str, said: str) -> None:
    assert plain(name) == said


def test_columns_stand_below_each_other_also_with_wide_and_combining_characters() -> None:
    lines = columns([("市場", "1"), ("Cafe\u0301", "20")], right=(1,), indent=0)

    assert width_of("市場") == width_of("Cafe\u0301") == 4
    assert lines == ["市場   1", "Cafe\u0301  20"]
    assert columns([]) == []


def test_a_long_name_is_cut_to_its_width_and_says_so() -> None:
    assert cut("市場市場", 5) == "市場…"
    assert cut("short", 5) == "short"


def test_frozen_values_become_plain_json(capsys) -> None:
    say_json([Town("A", date(2024, 1, 31), ListFormat.CSV)])

    assert json.loads(capsys.readouterr().out) == [
        {"name": "A", "since": "2024-01-31", "form": "csv"}
    ]


def test_what_is_no_number_is_never_written_as_one() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        say_json({"value": float("nan")})


def test_csv_quotes_what_needs_it_and_leaves_nothing_empty_that_is_there(capsys) -> None:
    say_csv(("name", "count"), [('a,b\n"c"', 0), ("-1", None), ("@x", -1)])

    assert capsys.readouterr().out == 'name,count\r\n"a,b\n""c""",0\r\n\'-1,\r\n\'@x,-1\r\n'


def test_colour_needs_a_terminal_and_nobody_against_it(monkeypatch, capsys) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    assert screen.strong("x") == "x"  # nothing here is a terminal
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(screen.sys, "stdout", Terminal())
    assert screen.strong("x") == "\x1b[1mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert screen.strong("x") == "x"


def _on_a_terminal(arguments: list[object], environment: dict[str, str]) -> str:
    """What a command writes to a terminal that is both its outputs."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
        env={**os.environ, "TERM": "xterm", **environment},
    ) as running:
        os.close(its)
        written = b""
        while True:
            try:
                block = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            written += block
        assert running.wait(timeout=60) == 0
    os.close(ours)
    return written.decode()


def test_progress_is_for_a_terminal_and_leaves_the_data_alone(made, tmp_path: Path) -> None:
    data, _, _ = made
    arguments = ["run", data, "--out", tmp_path, "--until", "score"]

    watched = _on_a_terminal(arguments, {})
    quiet = _on_a_terminal([*arguments, "--quiet"], {})
    piped = troth_apart(*arguments, "--quiet")

    assert "reading and measuring" in watched
    assert "reading and measuring" not in quiet
    assert piped.err == ""
    assert all("records in =" in one for one in (watched, quiet, piped.out))


def test_nobody_gets_colour_who_did_not_want_it() -> None:
    bold = "\x1b[1m"

    assert bold in _on_a_terminal(["indicators", "show", "P018"], {})
    assert "\x1b" not in _on_a_terminal(["indicators", "show", "P018"], {"NO_COLOR": "1"})
    assert "\x1b" not in troth("indicators", "show", "P018").out

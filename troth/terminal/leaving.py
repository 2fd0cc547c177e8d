"""How a command ends: with which exit code, and with which words.

    0    done; signals found are no error
    1    `check --fail-on` found what it was told to fail on
    2    a wrong option, name, setting or place to write to
    3    an input that cannot be used
    4    a release, table or promise that does not hold
    70   a fault of troth's own
    130  interrupted

An error says what happened, where and what to do next. Python's traceback comes with `--debug`.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from troth.errors import TrothError
from troth.terminal.screen import hush, note

DONE, FOUND, USAGE, INPUT, VERIFICATION, OURS, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130

#: Taken out wherever it stands, so that it need not come before the command.
DEBUG = "--debug"


def ended(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a command; gives its exit code."""
    own, after = _split(arguments)
    debug = DEBUG in own
    _write_what_cannot_be_encoded()
    try:
        given = app(
            args=[one for one in own if one != DEBUG] + after,
            prog_name="troth",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except TyperException as fault:
        _complain(_of_usage(fault), debug)
        return fault.exit_code
    except TrothError as fault:
        _complain(str(fault), debug)
        return fault.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:
        hush()
        return DONE
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        _complain(f"{where}{fault.strerror or fault}", debug)
        return USAGE
    except Exception as fault:  # noqa: BLE001  whatever else it is, it is ours to explain
        text = f"a fault of troth's own: {type(fault).__name__}: {fault}"
        _complain(
            f"{text}\nRun it again with {DEBUG} and open an issue with what it prints.", debug
        )
        return OURS
    if given == INTERRUPTED:
        return _interrupted()
    return given if isinstance(given, int) else DONE


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments before `--`, and it with those after."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return list(arguments[:at]), list(arguments[at:])


def _write_what_cannot_be_encoded() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _complain(text: str, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    note(f"troth: {text}")


def _interrupted() -> int:
    note("troth: interrupted. What stood before still stands; run the command again.")
    return INTERRUPTED


def _of_usage(fault: TyperException) -> str:
    """What was wrong with the command line, what was perhaps meant, and where help is."""
    near = getattr(fault, "possibilities", None)
    text = fault.message if near else fault.format_message()
    if near:
        text = f"{text.rstrip('.')}. Did you mean {' or '.join(sorted(near))}?"
    text = text.replace("Value error, ", "")
    context = getattr(fault, "ctx", None)
    if context is not None:
        text = f"{text}\nHelp: {context.command_path} --help"
    return text

"""Text on a terminal or in a file: data to standard output, notes and progress to standard error.

Nothing that comes from the data is interpreted. A name such as `[bids]` is printed as it is, and a
character that would move the cursor, ring a bell or turn its neighbours round is spelled out.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import enum
import io
import json
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

#: A progress line is drawn anew no more often than this, in seconds.
DRAWN_EVERY = 0.2


class Format(enum.StrEnum):
    """How a command gives its data: for people, or for programs."""

    TEXT = "text"
    JSON = "json"


class ListFormat(enum.StrEnum):
    """As `Format`, for commands whose data is a list."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def say(*lines: str) -> None:
    """Lines of data. Where nobody reads any more (`| head`), the command ends without a word."""
    try:
        for line in lines or ("",):
            sys.stdout.write(line + "\n")
    except BrokenPipeError:
        hush()
        raise typer.Exit(0) from None


def hush() -> None:
    """Let what is still to be written go nowhere, so that the last flush does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def note(text: str) -> None:
    """A remark beside the data, to standard error."""
    sys.stderr.write(text + "\n")


def say_json(value: object) -> None:
    """Data as one JSON document; a figure that is not there is null, never NaN."""
    text = json.dumps(as_plain_data(value), ensure_ascii=False, allow_nan=False, indent=2)
    say(text)


def as_plain_data(value: object) -> Any:
    """Frozen values, words and days as the plain data that JSON knows."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return as_plain_data(named)
    if isinstance(value, Mapping):
        return {str(name): as_plain_data(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain_data(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def say_csv(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Data as CSV with a header; a text that a spreadsheet would run gets an apostrophe first."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)
    say(made.getvalue().removesuffix("\r\n") + "\r")


def _cell(value: object) -> object:
    plain_value = as_plain_data(value)
    if isinstance(plain_value, str) and plain_value[:1] in _FORMULA_BEGINS:
        return "'" + plain_value
    return plain_value


#: As in `publish/as_csv.py`: how a text begins that some spreadsheet takes for a formula.
_FORMULA_BEGINS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def plain(value: object) -> str:
    """A value from the data as one line of text, with everything spelled out that would hide."""
    text = str(value)
    if text.isprintable():
        return text
    from troth.publish.wording import visible

    return visible(text).replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def cut(text: str, width: int) -> str:
    """The text, or as much of it as fits into so many columns of a terminal."""
    if width_of(text) <= width:
        return text
    kept = ""
    for character in text:
        if width_of(kept + character) > width - 1:
            break
        kept += character
    return kept + "…"


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters take two, marks none."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = (), indent: int = 2) -> list[str]:
    """Rows as lines with their cells below each other, aligned right in the columns in `right`."""
    widths = [max(width_of(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = []
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - width_of(cell))
            cells.append(gap + cell if number in right else cell + gap)
        lines.append((" " * indent + "  ".join(cells)).rstrip())
    return lines


def strong(text: str) -> str:
    """The text in bold where a terminal shows it and nobody asked for no colour."""
    return f"\x1b[1m{text}\x1b[0m" if _is_styled(sys.stdout) else text


def _is_styled(stream: IO[str]) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


class Steps:
    """What a long command is doing, on one line of standard error that is gone when it is done.

    Nothing is written where standard error is no terminal, or where quiet was asked for.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = None if progress is None else progress.add_task("", total=None)
        self._drawn = 0.0

    def now(self, doing: str) -> None:
        """Name the next step."""
        if self._progress is not None and self._task is not None:
            self._progress.reset(self._task, description=doing, total=None)
            self._progress.refresh()

    @property
    def read(self) -> Callable[[int], None] | None:
        """Called with every further number of bytes read; none where nobody would see it."""
        return None if self._progress is None else self._advance

    def _advance(self, count: int) -> None:
        assert self._progress is not None
        assert self._task is not None
        self._progress.advance(self._task, count)
        if time.monotonic() - self._drawn > DRAWN_EVERY:
            self._drawn = time.monotonic()
            self._progress.refresh()


@contextlib.contextmanager
def steps(quiet: bool) -> Iterator[Steps]:
    """Steps that are shown while the block runs."""
    if quiet or not sys.stderr.isatty():
        yield Steps(None)
        return
    from rich.console import Console
    from rich.progress import FileSizeColumn, Progress, TextColumn, TimeElapsedColumn

    shown = (TextColumn("{task.description}", markup=False), FileSizeColumn(), TimeElapsedColumn())
    # Drawn by hand and not by a thread: reading forks, and a fork takes no threads along.
    with Progress(
        *shown, console=Console(stderr=True), transient=True, auto_refresh=False
    ) as progress:
        yield Steps(progress)

"""A short CSV file that people write by hand: read whole, with every fault told or none.

What a column may hold is for each reader to say. What is the same for all stands here: how a file is
opened, how a header is told to be wrong, and how faults are gathered and refused together.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from troth.errors import InputError

#: So many faults are told one by one.
_TOLD = 10


def text_of(path: Path, what: str) -> tuple[bytes, str]:
    """The bytes of a file and its text; `what` is what an error calls it. Raises `InputError`."""
    try:
        data = path.read_bytes()
        return data, data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {what} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}, byte {error.start}: not UTF-8. Save the file as UTF-8") from None


def rows_of(
    path: Path, text: str, header_fault: Callable[[Sequence[str]], str | None]
) -> Iterator[tuple[int, list[str]]]:
    """The header and then each row that is not empty, with its line. Raises `InputError`."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if fault := header_fault(header):
            raise InputError(f"{path}, line 1: {fault}")
        yield 1, header
        for row in rows:
            if any(row):
                yield rows.line_num, row
    except csv.Error as error:
        raise InputError(
            f"{path}, line {rows.line_num}: not CSV ({error}). Mend the line"
        ) from None


def unlike(header: Sequence[str], needed: Sequence[str], known: Sequence[str]) -> str:
    """How a header differs from what it should be; an empty text where it does not."""
    lacking = [name for name in needed if name not in header]
    unknown = [name for name in header if name not in known]
    twice = sorted({name for name in header if list(header).count(name) > 1})
    return "; ".join(
        f"{words} {', '.join(map(repr, names))}"
        for words, names in (("lacks", lacking), ("does not know", unknown), ("has twice", twice))
        if names
    )


class Faults:
    """What is wrong with a file, told line by line; `line` is the one that is being read."""

    def __init__(self) -> None:
        self.line = 0
        self._told: list[str] = []

    def __len__(self) -> int:
        return len(self._told)

    def add(self, column: str, value: object, what: str, next_step: str) -> None:
        self._told.append(f"line {self.line}, {column} = {str(value)!r}: {what}. {next_step}")

    def is_whole(self, row: Sequence[str], header: Sequence[str]) -> bool:
        """Whether a row has as many cells as the header; else that is a fault."""
        if len(row) == len(header):
            return True
        self._told.append(
            f"line {self.line}: {len(row)} cells, and the header has {len(header)}. "
            "Put a text with a comma in it into double quotes"
        )
        return False

    def day(self, column: str, value: str) -> date | None:
        """The day of a text that is not empty; none where it is no day, which is a fault."""
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.add(column, value[:80], "no day of the calendar", "Write it as 2024-05-31")
        return None

    def refuse(self, path: Path) -> None:
        """Raise `InputError` with the first of them and how many more there are; not without any."""
        if self._told:
            more = len(self._told) - _TOLD
            lines = [f"{path}, {fault}" for fault in self._told[:_TOLD]]
            raise InputError(
                "\n".join([*lines, *([f"and {more:,} more faults"] if more > 0 else [])])
            )

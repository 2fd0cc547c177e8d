"""`troth cardinal ...`: what Cardinal's own commands do, with its flags, its settings, its output.

Data goes where Cardinal puts it. What Cardinal would log is a note here, to standard error.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from troth.errors import UsageError
from troth.terminal.screen import note, plain, say

if TYPE_CHECKING:
    from troth.interop.cardinal.lines import Line

STANDARD = "-"

#: Lines that are passed over, told one by one without `--verbose`.
TOLD = 3


@dataclass(frozen=True)
class Shown:
    """What `indicators` shows beside the results."""

    meta: bool
    maps: bool
    counts: bool


class _PassedOver:
    """Tells of lines that are passed over: the first few, or all of them, and at the end how many."""

    def __init__(self, file: str, verbose: bool) -> None:
        self.file = "standard input" if file == STANDARD else plain(file)
        self.most = sys.maxsize if verbose else TOLD
        self.count = 0

    def __call__(self, line: int, why: str) -> None:
        self.count += 1
        if self.count <= self.most:
            note(f"{self.file}, line {line}: passed over: {plain(why)}")

    def done(self) -> None:
        if self.count > self.most:
            note(f"{self.file}: {self.count:,} lines passed over; --verbose tells each")


def init(file: str, *, force: bool) -> None:
    """Write the default settings, never over a file unless told to."""
    from troth.interop.cardinal.settings import default_file

    if file == STANDARD:
        say(default_file().removesuffix("\n"))
        return
    path = Path(file)
    if path.exists() and not force:
        raise UsageError(f"{file}: is there already. Write over it with --force.")
    path.write_text(default_file(), encoding="utf-8")
    note(f"wrote {file}")


def coverage(file: str, *, verbose: bool) -> None:
    """Path -> count as one JSON object."""
    from troth.interop.cardinal import coverage as covering
    from troth.interop.cardinal import lines

    passed = _PassedOver(file, verbose)
    read = lines.values(lines.read(file), lines.amounts, passed)
    counts = covering.coverage(value for _, value in read)
    passed.done()
    _in_utf8()
    say(json.dumps(counts, ensure_ascii=False))


def prepare(file: str, settings: Path | None, *, output: str, errors: str, verbose: bool) -> None:
    """Corrected releases to `output`, one a line, and issues as CSV rows to `errors`."""
    from troth.interop.cardinal import lines
    from troth.interop.cardinal import prepare as preparing
    from troth.interop.cardinal.settings import Settings, read_settings

    wanted = (read_settings(settings) if settings else Settings()).preparing
    _refuse_to_overwrite(file, output, errors)
    passed = _PassedOver(file, verbose)
    read = lines.read(file)
    # Before anything is written: an input that is not there must not cost an output that is.
    first = next(read, None)
    with _opened(output) as put, _opened(errors) as tell:
        for one in preparing.prepare(_again(first, read), wanted, passed):
            put(one.text)
            for issue in one.issues:
                tell(issue.as_csv())
    passed.done()


def indicators(file: str, settings: Path | None, shown: Shown, *, verbose: bool) -> None:
    """The results as one JSON object, without those of natural persons."""
    from troth.interop.cardinal import indicators as running
    from troth.interop.cardinal import lines
    from troth.interop.cardinal.settings import Settings, read_settings

    wanted = read_settings(settings) if settings else Settings()
    if not wanted.indicators:
        note("no indicator runs: give --settings with a section for each, such as [R024]")
    if wanted.price_comparison is not None and wanted.no_price_comparison is not None:
        note(
            "no_price_comparison_procurement_methods has no effect, because "
            "price_comparison_procurement_methods is set"
        )
    passed = _PassedOver(file, verbose)
    found = running.indicators(lines.read(file), wanted, passed)
    passed.done()
    if found.other_currencies and (verbose or not wanted.info_currency_mismatches):
        note(
            f"left out for another currency than {plain(found.currency)}: "
            f"{found.other_currencies:,} bids, counted once for each comparison"
        )
    results, of_persons = found.results.without_persons()
    if of_persons:
        note(
            f"left out: {of_persons:,} results of tenderers, buyers or procuring entities whose "
            "identifier is a natural person's, of whom no figure is shown (docs/no-persons.md)"
        )
    _in_utf8()
    say(lines.written(results.as_json(meta=shown.meta, maps=shown.maps)))
    if shown.counts:
        for group, count in results.counts().items():
            note(f"{group}: {count}")


def _again(first: Line | None, rest: Iterator[Line]) -> Iterator[Line]:
    if first is not None:
        yield first
        yield from rest


def _refuse_to_overwrite(file: str, output: str, errors: str) -> None:
    named = [Path(one).resolve() for one in (file, output, errors) if one != STANDARD]
    twice = [path for path in named if named.count(path) > 1]
    if twice:
        raise UsageError(
            f"{twice[0]}: named twice. Input, --output and --errors must be different files."
        )


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Callable[[str], object]]:
    """What writes a line to a file, or to standard output."""
    if path == STANDARD:
        _in_utf8()
        yield say
        return
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        yield lambda line: file.write(line + "\n")


def _in_utf8() -> None:
    """JSON is UTF-8, whatever the terminal speaks."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")

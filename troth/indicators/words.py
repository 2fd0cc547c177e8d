"""The words beside a formula: why it matters, what can mislead, what would clear it, and examples.

Each indicator has a Markdown file of the same name as its formula. Its worked examples are tables,
so that people read them on the indicator's page and every engine is asked them by the tests:

    ### A body that drew one bid in an open procedure

    Given tender

    | pid | method | tenderers_stated |
    | --- | --- | --- |
    | 1 | open | 1 |
    | 2 | open | |

    Expect

    | pid | state | field |
    | --- | --- | --- |
    | 1 | flagged | |
    | 2 | insufficient_data | tender/numberOfTenderers |

- `Given` names a canonical table and `Expect` what the rule must say of every case.
- An empty cell is unknown, and so is a column that is left out. Columns that are never empty have
  a stated default: whole numbers are 0, yes or no is no, `tenderers` and `suppliers` are 1, and an
  `ocid` is made of the pid. Keys of processes and firms (`pid`, `firm_key`) have none.
- A date is written as a day (`2024-01-31`), with a time (`2024-01-31T12:00`) or with a time and a
  zone (`2024-01-31T12:00+02:00`); how it was written fills the column of its form.
- A crowd is written as a range, `1..20` or `2024-01-01..2024-01-20`, both ends included. Ranges of
  one row run side by side and must be equally long; other cells repeat.
- `As of 2024-06-30` is the day on which the cases are judged, where a rule asks for it.
- A process that is mentioned and not given belongs to body 1 and the year 2024.
- An example that gives nothing of the ledger of the cases, but of that of the second formula, is asked
  of that one.
- Entries of a ledger belong to body `B1` where nothing else is said; a text that is never empty has no
  other default, and where it is one of a list, the first. `Expect` names their key.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from troth.errors import UsageError
from troth.indicators.base import Indicator
from troth.tables import LEDGERS
from troth.tables.base import Column, Table, Type
from troth.tables.body import PUBLIC_BODY
from troth.tables.procurement import HOT
from troth.tables.states import CASE_KEYS

Row = Mapping[str, Any]

SECTIONS = ("Why it matters", "What can mislead", "What would clear it", "Worked examples")

STATES = ("flagged", "not_flagged", "not_applicable", "insufficient_data", "error")

#: States that name what was missing, or what contradicts itself.
NAMING_STATES = ("insufficient_data", "error")

#: Whole numbers that stand for themselves where a column that is never empty is left out.
DEFAULTS = {"tenderers": 1, "suppliers": 1}

#: Never empty, and never guessed.
MUST_BE_GIVEN = ("pid", "firm_key")

#: What a process that is mentioned and not given belongs to.
EXAMPLE_BODY, EXAMPLE_YEAR = 1, 2024

#: Texts of entries that are never empty, where an example says nothing of them.
TEXT_DEFAULTS = {"body_id": "B1", "body_kind": PUBLIC_BODY, "currency": "EUR"}

_TABLES = {table.name: table for table in HOT} | LEDGERS
_NUMBERS = re.compile(r"(-?\d+)\.\.(-?\d+)")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_RULE = re.compile(r":?-+:?")


@dataclass(frozen=True)
class Example:
    """One worked example: what is given, the day of judgement, what the rule must say.

    `given` and `expect` are as written, for readers: column -> cell, null where it is empty.
    `tables` and `cases` are what they stand for, for engines: ranges spread out, values in the
    types of their columns, defaults filled in, the processes that are only mentioned added.
    """

    title: str
    given: Mapping[str, tuple[Row, ...]]
    as_of: date | None
    expect: tuple[Row, ...]
    tables: Mapping[str, tuple[Row, ...]]
    cases: tuple[Row, ...]
    kind: str = ""  # of what the cases are


@dataclass(frozen=True)
class Words:
    """What a reader is told about an indicator; the texts are Markdown paragraphs."""

    title: str
    why: str
    misleads: str
    clears: str
    examples: tuple[Example, ...]


def words_of(indicator: Indicator) -> Words:
    """The words beside the formula."""
    path = Path(inspect.getfile(indicator.formula)).with_suffix(".md")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"{path.name}: missing. Every formula has its words beside it; "
            f"write {path.name} with the sections {', '.join(SECTIONS)}."
        ) from None
    second = None if indicator.second is None else indicator.second.case_kind
    return parse(text, path.name, indicator.case_kind, second)


def parse(text: str, name: str, kind: str, second: str | None = None) -> Words:
    """The words in a Markdown text; `kind` is the kind of case that the examples expect.

    Those that give nothing of that kind, but of the `second`, are asked of the second formula.
    """
    return _Reader(text, name, kind, second).words()


class _Reader:
    """Goes through the lines once; every complaint names the file and the line."""

    def __init__(self, text: str, name: str, kind: str, second: str | None) -> None:
        self.lines = text.splitlines()
        self.name = name
        self.kind = self.first = kind
        self.second = second
        self.at = 0

    def fail(self, message: str, line: int | None = None) -> NoReturn:
        number = self.at if line is None else line
        raise UsageError(f"{self.name}, line {number + 1}: {message}")

    def words(self) -> Words:
        if not self.lines or not self.lines[0].startswith("# "):
            self.fail("expected '# ' and the title of the indicator")
        title = self.lines[0][2:].strip()
        self.at = 1
        self._blank()
        texts = [self._section(section) for section in SECTIONS[:-1]]
        self._heading(SECTIONS[-1])
        examples = tuple(self._examples())
        if not examples:
            self.fail("expected at least one worked example: '### ' and its title")
        why, misleads, clears = texts
        return Words(title, why, misleads, clears, examples)

    def _line(self) -> str | None:
        return self.lines[self.at].rstrip() if self.at < len(self.lines) else None

    def _blank(self) -> None:
        while self._line() == "":
            self.at += 1

    def _heading(self, section: str) -> None:
        if self._line() != f"## {section}":
            self.fail(f"expected '## {section}', found {self._line()!r}")
        self.at += 1
        self._blank()

    def _section(self, section: str) -> str:
        self._heading(section)
        start = self.at
        while (line := self._line()) is not None and not line.startswith("#"):
            self.at += 1
        text = "\n".join(self.lines[start : self.at]).strip()
        if not text:
            self.fail(f"the section '{section}' is empty", start)
        return text

    def _examples(self) -> Iterator[Example]:
        titles: set[str] = set()
        while (line := self._line()) is not None:
            if not line.startswith("### "):
                self.fail(f"expected '### ' and the title of an example, found {line!r}")
            title = line[4:].strip()
            if title in titles:
                self.fail(f"two examples are called {title!r}")
            titles.add(title)
            yield self._example(title)

    def _example(self, title: str) -> Example:
        start = self.at
        self.at += 1
        given: dict[str, tuple[Row, ...]] = {}
        tables: dict[str, tuple[Row, ...]] = {}
        as_of: date | None = None
        expect: tuple[Row, ...] = ()
        cases: tuple[Row, ...] = ()
        while True:
            self._blank()
            line = self._line()
            if line is None or line.startswith("#"):
                break
            if line.startswith("Given "):
                table = self._table(line.removeprefix("Given ").strip())
                if table.name in given:
                    self.fail(f"{table.name} is given twice; put its rows into one table")
                given[table.name], tables[table.name] = self._given(table)
            elif line.startswith("As of "):
                as_of = self._day(line.removeprefix("As of ").strip())
                self.at += 1
            elif line == "Expect":
                if expect:
                    self.fail("one example has one Expect")
                self.kind = self.first
                if self.second in given and self.first not in given:
                    self.kind = self.second
                expect, cases = self._expected()
            else:
                self.fail(
                    f"expected 'Given' and a table, 'As of' and a day, or 'Expect', found {line!r}"
                )
        if not given or not expect:
            self.fail(f"the example {title!r} needs a Given and an Expect", start)
        tables = dict(self._with_processes(tables, cases))
        return Example(title, given, as_of, expect, tables, cases, self.kind)

    def _table(self, name: str) -> Table:
        if name not in _TABLES:
            self.fail(f"no table {name!r}; there are {', '.join(_TABLES)}")
        return _TABLES[name]

    def _grid(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows of the next Markdown table with their lines: column -> cell as written."""
        self.at += 1
        self._blank()
        header = self._cells()
        if header is None:
            self.fail("expected a table: | column | column |")
        twice = {name for name in header if header.count(name) > 1}
        if twice:
            self.fail(f"columns named twice: {', '.join(sorted(twice))}")
        self.at += 1
        ruled = self._cells()
        if ruled is None or not all(_RULE.fullmatch(cell) for cell in ruled):
            self.fail("expected the line under the head of the table: | --- | --- |")
        self.at += 1
        while (cells := self._cells()) is not None:
            if len(cells) != len(header):
                self.fail(f"the head has {len(header)} cells and this row {len(cells)}")
            yield self.at, dict(zip(header, cells, strict=True))
            self.at += 1

    def _cells(self) -> list[str] | None:
        line = self._line()
        if line is None or not line.startswith("|"):
            return None
        if not line.endswith("|") or len(line) < 2:
            self.fail("a row of a table begins and ends with |")
        return [cell.strip() for cell in line[1:-1].split("|")]

    def _given(self, table: Table) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The rows of a Given as written, and as what they stand for."""
        written: list[Row] = []
        rows: list[Row] = []
        keys: set[tuple[Any, ...]] = set()
        for line, cells in self._grid():
            unknown = set(cells) - set(table.names)
            if unknown:
                names = ", ".join(table.names)
                self.fail(f"{table.name} has no column {sorted(unknown)}; it has {names}", line)
            written.append(_as_written(cells))
            for single in self._spread(cells, line):
                row = self._row(table, single, line)
                key = tuple(row[name] for name in table.key)
                if table.key and key in keys:
                    self.fail(f"two rows of {table.name} have the key {table.key} = {key}", line)
                keys.add(key)
                rows.append(row)
        if not rows:
            self.fail(f"the table {table.name} has no rows")
        return tuple(written), tuple(rows)

    def _row(self, table: Table, cells: Mapping[str, str], line: int) -> Row:
        row: dict[str, Any] = dict.fromkeys(table.names)
        for name, cell in cells.items():
            if cell:
                row[name] = self._value(table[name], cell, line)
                form = f"{name}_form"
                if table[name].type is Type.INSTANT and form in table.names and not cells.get(form):
                    row[form] = _form(cell)
        for column in table:
            if column.promise.required and row[column.name] is None:
                row[column.name] = self._default(column, row, line)
        return row

    def _default(self, column: Column, row: Row, line: int) -> Any:
        if column.name == "ocid":
            return f"ocds-example-{row['pid']}"
        if column.name in TEXT_DEFAULTS and "pid" not in row:
            return TEXT_DEFAULTS[column.name]
        if column.promise.one_of:
            return column.promise.one_of[0]
        if column.type is Type.INTEGER and column.name not in MUST_BE_GIVEN:
            return DEFAULTS.get(column.name, 0)
        if column.type is not Type.BOOLEAN:
            self.fail(f"{column.name} is never empty and has no default; give it", line)
        return False

    def _value(self, column: Column, cell: str, line: int) -> Any:
        try:
            return _READERS[column.type](cell)
        except ValueError:
            self.fail(f"{column.name}: expected {column.type.value}, found {cell!r}", line)

    def _expected(self) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The rows of an Expect as written, and as the cases they stand for."""
        keys = CASE_KEYS.get(self.kind) or LEDGERS[self.kind].key
        written: list[Row] = []
        rows: list[Row] = []
        for line, cells in self._grid():
            allowed = {*keys, "state", "field"}
            if not {*keys, "state"} <= set(cells) <= allowed:
                wanted = ", ".join([*keys, "state", "field"])
                self.fail(f"an Expect about a {self.kind} has the columns {wanted}", line)
            written.append(_as_written(cells))
            spread = self._spread(cells, line)
            rows.extend(self._expectation(single, keys, line) for single in spread)
        if not rows:
            self.fail("Expect has no rows")
        return tuple(written), tuple(rows)

    def _expectation(self, cells: Mapping[str, str], keys: tuple[str, ...], line: int) -> Row:
        state, field = cells["state"], cells.get("field", "")
        if state not in STATES:
            self.fail(f"no state {state!r}; there are {', '.join(STATES)}", line)
        if (state in NAMING_STATES) != bool(field):
            self.fail("insufficient_data and error name a field, the other states do not", line)
        row: dict[str, Any] = {}
        for key in keys:
            if self.kind in LEDGERS:
                column = LEDGERS[self.kind][key]
                row[key] = self._value(column, cells[key], line) if cells[key] else None
                continue
            if not re.fullmatch(r"\d+", cells[key]):
                self.fail(f"{key}: expected integer, found {cells[key]!r}", line)
            row[key] = int(cells[key])
        return {**row, "state": state, "field": field}

    def _spread(self, cells: Mapping[str, str], line: int) -> Iterator[Mapping[str, str]]:
        """A row with ranges as the rows it stands for; a row without, as it is."""
        found = {name: self._range(cell, line) for name, cell in cells.items()}
        ranges = {name: values for name, values in found.items() if values}
        lengths = {len(values) for values in ranges.values()}
        if len(lengths) > 1:
            told = ", ".join(f"{name} {len(values)}" for name, values in ranges.items())
            self.fail(f"ranges of one row must be equally long: {told}", line)
        for number in range(lengths.pop() if lengths else 1):
            yield {**cells, **{name: values[number] for name, values in ranges.items()}}

    def _range(self, cell: str, line: int) -> list[str]:
        values: list[str] = []
        if found := _NUMBERS.fullmatch(cell):
            first, last = int(found[1]), int(found[2])
            values = [str(number) for number in range(first, last + 1)]
        elif found := _DAYS.fullmatch(cell):
            start, end = self._day(found[1], line), self._day(found[2], line)
            days = range((end - start).days + 1)
            values = [(start + timedelta(days=number)).isoformat() for number in days]
        if found and not values:
            self.fail(f"the range {cell} runs backwards", line)
        return values

    def _day(self, text: str, line: int | None = None) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fail(f"expected a day such as 2024-01-31, found {text!r}", line)

    def _with_processes(
        self, given: Mapping[str, tuple[Row, ...]], expect: tuple[Row, ...]
    ) -> Mapping[str, tuple[Row, ...]]:
        if self.kind in LEDGERS:
            return given
        table = _TABLES["process"]
        rows = list(given.get("process", ()))
        there = {row["pid"] for row in rows}
        mentioned = {row["pid"] for table_rows in given.values() for row in table_rows}
        unheard = sorted({row["pid"] for row in expect} - mentioned)
        if unheard:
            self.fail(f"Expect speaks of processes that nothing is given of: {unheard}")
        for pid in sorted(mentioned - there):
            cells = {"pid": str(pid), "body_key": str(EXAMPLE_BODY), "year": str(EXAMPLE_YEAR)}
            rows.append(self._row(table, cells, self.at))
        return {**given, "process": tuple(rows)}


def _as_written(cells: Mapping[str, str]) -> Row:
    return {name: cell or None for name, cell in cells.items()}


def _form(cell: str) -> str:
    if "T" not in cell:
        return "day"
    return "zoned" if datetime.fromisoformat(cell).tzinfo is not None else "local"


def _instant(cell: str) -> datetime:
    """The moment in UTC; one written without a zone is taken as it stands."""
    written = datetime.fromisoformat(cell)
    if written.tzinfo is None:
        return written.replace(tzinfo=UTC)
    return written.astimezone(UTC)


def _boolean(cell: str) -> bool:
    if cell not in ("true", "false"):
        raise ValueError(cell)
    return cell == "true"


_READERS: Mapping[Type, Callable[[str], Any]] = {
    Type.TEXT: str,
    Type.INTEGER: int,
    Type.NUMBER: float,
    Type.BOOLEAN: _boolean,
    Type.DATE: date.fromisoformat,
    Type.INSTANT: _instant,
}

"""The list of what is watched: a CSV file with one line for one thing, one body and one period.

    item_id,body_id,body_name,period,url,deadline,duty_source,title,weight,machine_readable_required,tag
    budget,XX-1,Example City,2024,https://example.org/budget,2024-01-31,Act 7,Budget,1,true,neutral

Every column is there; `body_name`, `deadline`, `weight`, `machine_readable_required` and `tag` may be
empty. The list is the user's own, so a fault in it stops the command before anybody is asked.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from troth.errors import InputError
from troth.sources.fetch.addresses import BadAddress, address
from troth.sources.fields import identifier
from troth.tables.information import DISC_ITEM

COLUMNS = (
    "item_id",
    "body_id",
    "body_name",
    "period",
    "url",
    "deadline",
    "duty_source",
    "title",
    "weight",
    "machine_readable_required",
    "tag",
)

NEEDED = ("item_id", "body_id", "period", "url", "duty_source", "title")

TAGS = DISC_ITEM["tag"].promise.one_of

#: So many faults are told at once.
_TOLD = 10

_LONGEST = 2_000


@dataclass(frozen=True)
class Item:
    """One thing that must be published, and the rule that says so: a row of `disc_item`."""

    item_id: str
    duty_source: str
    title: str
    weight: float | None
    machine_readable_required: bool | None
    tag: str | None


@dataclass(frozen=True)
class Duty:
    """One thing that one body must publish for one period, and where it should be."""

    item: Item
    body_id: str
    body_name: str | None
    period: str
    url: str
    deadline: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.item.item_id, self.body_id, self.period


def read_duties(path: Path) -> list[Duty]:
    """The duties of a list, in its order. Raises `InputError` with every fault and its place."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: the list cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}, byte {error.start}: not UTF-8. Save the file as UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    reading = _Reading()
    try:
        header = [name.strip() for name in next(rows, [])]
        if sorted(header) != sorted(COLUMNS):
            raise InputError(f"{path}, line 1: {_header_fault(header)}")
        for row in rows:
            if any(row):
                reading.row(dict(zip(header, row, strict=False)), rows.line_num, len(row))
    except csv.Error as error:
        raise InputError(f"{path}, line {rows.line_num}: not CSV: {error}") from None
    if reading.faults:
        more = len(reading.faults) - _TOLD
        lines = [f"{path}, {fault}" for fault in reading.faults[:_TOLD]]
        raise InputError("\n".join([*lines, *([f"and {more:,} more faults"] if more > 0 else [])]))
    if not reading.duties:
        raise InputError(f"{path}: no line but the header. Write one line for each thing to watch")
    return list(reading.duties.values())


def _header_fault(header: list[str]) -> str:
    lacking = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    parts = [
        f"{words} {', '.join(map(repr, names))}"
        for words, names in (("lacks", lacking), ("does not know", unknown), ("has twice", twice))
        if names
    ]
    return f"the header {'; '.join(parts)}. Write: {','.join(COLUMNS)}"


class _Reading:
    """The list while it is read."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.duties: dict[tuple[str, str, str], Duty] = {}
        self._lines: dict[tuple[str, str, str], int] = {}
        self._items: dict[str, tuple[Item, int]] = {}
        self._line = 0

    def row(self, cells: dict[str, str], line: int, count: int) -> None:
        self._line = line
        if count != len(COLUMNS):
            self.faults.append(
                f"line {line}: {count} cells, and the header has {len(COLUMNS)}. "
                "Put a text with a comma in it into double quotes"
            )
            return
        before = len(self.faults)
        given = {name: self._text(name, value.strip()) for name, value in cells.items()}
        for name in ("item_id", "body_id"):
            if given[name] and identifier(given[name]) is None:
                self._fault(name, given[name], "a placeholder", "Write the identifier itself")
        url = ""
        if given["url"]:
            try:
                url = address(given["url"]).url
            except BadAddress as fault:
                self._fault("url", given["url"], str(fault), "Write where the thing should be")
        item = Item(
            given["item_id"],
            given["duty_source"],
            given["title"],
            self._weight(given["weight"]),
            self._yes_or_no(given["machine_readable_required"]),
            self._tag(given["tag"]),
        )
        deadline = self._day(given["deadline"])
        if len(self.faults) == before:
            body_name = given["body_name"] or None
            self._add(Duty(item, given["body_id"], body_name, given["period"], url, deadline))

    def _add(self, duty: Duty) -> None:
        first, line = self._items.setdefault(duty.item.item_id, (duty.item, self._line))
        if first != duty.item:
            names = [
                name
                for name in ("duty_source", "title", "weight", "machine_readable_required", "tag")
                if getattr(first, name) != getattr(duty.item, name)
            ]
            self._fault(
                names[0], getattr(duty.item, names[0]), f"line {line} says otherwise of this item",
                "Say the same of an item on every line, or give it another item_id",
            )  # fmt: skip
        elif duty.key in self.duties:
            self._fault(
                "item_id", duty.item.item_id,
                f"line {self._lines[duty.key]} has the same item, body and period",
                "Keep one of the two lines",
            )  # fmt: skip
        else:
            self.duties[duty.key] = duty
            self._lines[duty.key] = self._line

    def _text(self, name: str, value: str) -> str:
        if name in NEEDED and not value:
            self._fault(name, value, "empty", "Fill it in, or take the line out")
        elif not value.isprintable() or len(value) > _LONGEST:
            self._fault(name, value[:80], "hidden characters, or too long", "Write plain text")
        return value

    def _weight(self, value: str) -> float | None:
        if not value:
            return None
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
            self._fault("weight", value, "no number from 0", "Write it as 1 or 0.5")
            return None
        return float(value)

    def _yes_or_no(self, value: str) -> bool | None:
        if value not in ("", "true", "false"):
            self._fault(
                "machine_readable_required", value, "not true or false", "Write one of them"
            )
        return {"true": True, "false": False}.get(value)

    def _tag(self, value: str) -> str | None:
        if value and value not in TAGS:
            self._fault("tag", value, "no tag that is known", f"Write one of {', '.join(TAGS)}")
        return value or None

    def _day(self, value: str) -> date | None:
        if not value:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self._fault("deadline", value, "no day of the calendar", "Write it as 2024-05-31")
        return None

    def _fault(self, column: str, value: object, what: str, next_step: str) -> None:
        self.faults.append(f"line {self._line}, {column} = {str(value)!r}: {what}. {next_step}")

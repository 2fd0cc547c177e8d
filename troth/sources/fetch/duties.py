"""The list of what is watched: a CSV file with one line for one thing, one body and one period.

    item_id,body_id,body_name,period,url,deadline,duty_source,title,weight,machine_readable_required,tag
    budget,XX-1,Example City,2024,https://example.org/budget,2024-01-31,Act 7,Budget,1,true,neutral

Every column is there; `body_name`, `deadline`, `weight`, `machine_readable_required` and `tag` may be
empty. The list is the user's own, so a fault in it stops the command before anybody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from troth.errors import InputError
from troth.sources.fetch.addresses import BadAddress, address
from troth.sources.fields import identifier
from troth.sources.short_csv import Faults, rows_of, text_of, unlike
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
    _, text = text_of(path, "the list")
    lines = rows_of(path, text, _header_fault)
    _, header = next(lines)
    reading = _Reading(header)
    for line, row in lines:
        reading.row(row, line)
    reading.faults.refuse(path)
    if not reading.duties:
        raise InputError(f"{path}: no line but the header. Write one line for each thing to watch")
    return list(reading.duties.values())


def _header_fault(header: Sequence[str]) -> str | None:
    found = unlike(header, COLUMNS, COLUMNS)
    return f"the header {found}. Write: {','.join(COLUMNS)}" if found else None


class _Reading:
    """The list while it is read."""

    def __init__(self, header: Sequence[str]) -> None:
        self.faults = Faults()
        self._header = header
        self.duties: dict[tuple[str, str, str], Duty] = {}
        self._lines: dict[tuple[str, str, str], int] = {}
        self._items: dict[str, tuple[Item, int]] = {}

    def row(self, row: Sequence[str], line: int) -> None:
        self.faults.line = line
        if not self.faults.is_whole(row, self._header):
            return
        cells = dict(zip(self._header, row, strict=True))
        before = len(self.faults)
        given = {name: self._text(name, value.strip()) for name, value in cells.items()}
        for name in ("item_id", "body_id"):
            if given[name] and identifier(given[name]) is None:
                self.faults.add(name, given[name], "a placeholder", "Write the identifier itself")
        url = ""
        if given["url"]:
            try:
                url = address(given["url"]).url
            except BadAddress as fault:
                self.faults.add("url", given["url"], str(fault), "Write where the thing should be")
        item = Item(
            given["item_id"],
            given["duty_source"],
            given["title"],
            self._weight(given["weight"]),
            self._yes_or_no(given["machine_readable_required"]),
            self._tag(given["tag"]),
        )
        deadline = self.faults.day("deadline", given["deadline"]) if given["deadline"] else None
        if len(self.faults) == before:
            body_name = given["body_name"] or None
            self._add(Duty(item, given["body_id"], body_name, given["period"], url, deadline))

    def _add(self, duty: Duty) -> None:
        first, line = self._items.setdefault(duty.item.item_id, (duty.item, self.faults.line))
        if first != duty.item:
            names = [
                name
                for name in ("duty_source", "title", "weight", "machine_readable_required", "tag")
                if getattr(first, name) != getattr(duty.item, name)
            ]
            self.faults.add(
                names[0], getattr(duty.item, names[0]), f"line {line} says otherwise of this item",
                "Say the same of an item on every line, or give it another item_id",
            )  # fmt: skip
        elif duty.key in self.duties:
            self.faults.add(
                "item_id", duty.item.item_id,
                f"line {self._lines[duty.key]} has the same item, body and period",
                "Keep one of the two lines",
            )  # fmt: skip
        else:
            self.duties[duty.key] = duty
            self._lines[duty.key] = self.faults.line

    def _text(self, name: str, value: str) -> str:
        if name in NEEDED and not value:
            self.faults.add(name, value, "empty", "Fill it in, or take the line out")
        elif not value.isprintable() or len(value) > _LONGEST:
            self.faults.add(name, value[:80], "hidden characters, or too long", "Write plain text")
        return value

    def _weight(self, value: str) -> float | None:
        if not value:
            return None
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
            self.faults.add("weight", value, "no number from 0", "Write it as 1 or 0.5")
            return None
        return float(value)

    def _yes_or_no(self, value: str) -> bool | None:
        if value not in ("", "true", "false"):
            self.faults.add(
                "machine_readable_required", value, "not true or false", "Write one of them"
            )
        return {"true": True, "false": False}.get(value)

    def _tag(self, value: str) -> str | None:
        if value and value not in TAGS:
            self.faults.add("tag", value, "no tag that is known", f"Write one of {', '.join(TAGS)}")
        return value or None

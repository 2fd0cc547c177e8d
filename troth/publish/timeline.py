"""What one record says happened, read without trusting its types.

A record is as its publisher made it: a value may be text where an object belongs, a date may be
none. What can be read becomes events and documents; a date that cannot be read is named.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from troth.publish.wording import amount


@dataclass(frozen=True, slots=True)
class Event:
    """One dated thing of a process; `end` where it lasts."""

    lane: str
    start: dt.date
    end: dt.date | None
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document that a record names."""

    title: str
    kind: str
    url: str


def at(value: object, *path: str) -> object:
    """The value at a path of names; none where a step is missing or is no object."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def text_at(record: object, *path: str) -> str | None:
    """The text at a path; none where there is none, or only spaces, or something else."""
    value = at(record, *path)
    return value if isinstance(value, str) and value.strip() else None


def _money(value: object) -> str:
    """A value object in words; nothing where its amount is no number."""
    number = at(value, "amount")
    if isinstance(number, bool) or not isinstance(number, int | float):
        return ""
    return amount(number, text_at(value, "currency"))


@dataclass
class _Dates:
    """Dates found in a record, and those that could not be read."""

    events: list[Event]
    unreadable: list[str]

    def day(self, value: object) -> dt.date | None:
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value[:10])
            except ValueError:
                pass
        self.unreadable.append(str(value)[:40])
        return None

    def add(self, lane: str, start: object, end: object = None, label: str = "") -> None:
        """An event if one of its ends can be read; a period that ends first is two days."""
        first, last = self.day(start), self.day(end)
        if first is None and last is None:
            return
        if first is not None and last is not None and last < first:
            self.events.append(Event(lane, first, None, label))
            self.events.append(Event(lane, last, None, label))
            return
        begin = first or last
        assert begin is not None
        self.events.append(Event(lane, begin, last if first is not None else None, label))


#: The lanes of a timeline, from top to bottom.
LANES = ("tender", "award", "contract", "amendment", "payment", "milestone")


def events_of(record: object) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """What happened and when, as far as the record says it; and the dates that cannot be read."""
    dates = _Dates([], [])
    period = at(record, "tender", "tenderPeriod")
    dates.add(
        "tender",
        at(period, "startDate"),
        at(period, "endDate"),
        text_at(record, "tender", "procurementMethod") or "",
    )
    for milestone in _list(at(record, "tender", "milestones")):
        _milestone(dates, milestone)
    for award in _list(at(record, "awards")):
        dates.add("award", at(award, "date"), label=_money(at(award, "value")))
    for contract in _list(at(record, "contracts")):
        term = at(contract, "period")
        signed = at(contract, "dateSigned")
        dates.add(
            "contract", at(term, "startDate"), at(term, "endDate"), _money(at(contract, "value"))
        )
        if signed is not None:
            dates.add("contract", signed, label="dateSigned")
        for change in _list(at(contract, "amendments")):
            dates.add("amendment", at(change, "date"), label=text_at(change, "rationale") or "")
        for payment in _list(at(contract, "implementation", "transactions")):
            dates.add("payment", at(payment, "date"), label=_money(at(payment, "value")))
        for milestone in [
            *_list(at(contract, "milestones")),
            *_list(at(contract, "implementation", "milestones")),
        ]:
            _milestone(dates, milestone)
    ordered = sorted(
        dates.events, key=lambda event: (LANES.index(event.lane), event.start, event.label)
    )
    return tuple(ordered), tuple(dates.unreadable)


def _milestone(dates: _Dates, milestone: object) -> None:
    due, met = at(milestone, "dueDate"), at(milestone, "dateMet")
    dates.add("milestone", due, met, text_at(milestone, "title") or "")


def documents_of(record: object) -> tuple[Document, ...]:
    """The documents of the tender, the awards and the contracts that say where they are."""
    owners = [at(record, "tender"), *_list(at(record, "awards")), *_list(at(record, "contracts"))]
    found = []
    for owner in owners:
        for document in _list(at(owner, "documents")):
            url = text_at(document, "url")
            if url is not None:
                kind = text_at(document, "documentType") or ""
                found.append(Document(text_at(document, "title") or url, kind, url))
    return tuple(found)

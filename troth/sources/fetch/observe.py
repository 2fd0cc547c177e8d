"""What many looks at one address add up to: since when it is there, until when it was, what changed.

A look is never changed or taken back. What is known of a duty is made from all its looks, in the
order of their moments, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from troth.sources.fetch.answers import Means, Outcome
from troth.sources.fetch.content import Change

#: Longer than this without being reached, and it has disappeared (METHODS, T08; our own proposal).
GONE_AFTER_DAYS = 14

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Look:
    """One look at the address of one duty, and what came of it."""

    at: datetime  # in UTC; given, not measured
    item_id: str
    body_id: str
    period: str
    url: str
    outcome: Outcome
    detail: str = ""
    status: int | None = None
    final_url: str | None = None
    moved: bool = False
    sha256: str | None = None
    bytes: int | None = None
    fmt: str | None = None
    charset: str | None = None
    language: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    versions: bool = False
    change: Change | None = None
    #: Whether numbers changed and nothing said so; None where that cannot be told.
    silent: bool | None = None

    @property
    def key(self) -> Key:
        return self.item_id, self.body_id, self.period


@dataclass(frozen=True)
class Standing:
    """What the looks at one duty add up to. Days are those of UTC."""

    last: Look
    first_seen: date | None = None
    #: The last day before `first_seen` on which the server said that it was not there.
    absent_on: date | None = None
    last_seen: date | None = None
    #: The last day on which a look told anything.
    checked: date | None = None
    #: Since when it is not reached any more, though it had been seen.
    unreachable_since: date | None = None
    #: The last look that brought the bytes.
    found: Look | None = None
    #: How often it was compared with what had come before, how often that could not be told, and
    #: how often numbers had changed and nothing said so.
    compared: int = 0
    untold: int = 0
    silent: int = 0
    #: Whether the server names a place with earlier versions; None where it says nothing.
    archived: bool | None = None

    @property
    def altered_without_note(self) -> bool | None:
        """One silent change is enough; one that told nothing leaves the whole untold."""
        if self.silent:
            return True
        return None if self.untold or not self.compared else False

    @property
    def disappeared(self) -> bool:
        """Not reached for more than 14 days, and no archive of the body's was named."""
        if self.unreachable_since is None or self.checked is None or self.archived:
            return False
        return (self.checked - self.unreachable_since).days > GONE_AFTER_DAYS


def standings(looks: Iterable[Look]) -> dict[Key, Standing]:
    """What all looks add up to, by duty; looks come in the order of their moments."""
    found: dict[Key, Standing] = {}
    for look in looks:
        found[look.key] = _after(found.get(look.key), look)
    return found


def _after(before: Standing | None, look: Look) -> Standing:
    was = before or Standing(look)
    day = look.at.date()
    now = replace(was, last=look)
    if look.outcome.means is Means.NOT_REACHED:
        unreachable = was.unreachable_since or (day if was.first_seen else None)
        absent = day if look.outcome is Outcome.GONE and not was.first_seen else was.absent_on
        return replace(now, checked=day, unreachable_since=unreachable, absent_on=absent)
    if look.outcome.means is Means.CANNOT_TELL:
        return now
    now = replace(
        now, first_seen=was.first_seen or day, last_seen=day, checked=day, unreachable_since=None
    )
    if look.change not in (None, Change.FIRST):
        now = replace(
            now,
            compared=was.compared + 1,
            untold=was.untold + (look.silent is None),
            silent=was.silent + (look.silent is True),
        )
    if look.outcome is Outcome.FOUND:
        now = replace(now, found=look, archived=True if look.versions else None)
    return now

"""`troth watch`: look at what must be published, and tell what is there, what went and what changed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import UsageError
from troth.terminal.screen import ListFormat, columns, note, plain, say, say_csv, say_json, steps

if TYPE_CHECKING:
    from troth.sources.fetch.duties import Duty
    from troth.sources.fetch.observe import Look, Standing

#: What each change is called; those that are not here are not worth a line.
_CHANGES = {
    "first": "seen for the first time",
    "bytes": "changed; which numbers cannot be told",
    "words": "changed; every number still stands",
    "added": "changed; numbers were added, none went",
    "unsettled": "its numbers differ from look to look",
}

_SILENT = {
    True: "numbers changed and nothing says so",
    False: "numbers changed, and it says that it was changed",
    None: "numbers changed; whether it says so cannot be told",
}

_OUTCOMES = {
    "found": "there",
    "same": "there",
    "too_large": "there, too large to keep",
    "gone": "not there",
    "server_error": "not reached",
    "no_host": "not reached",
    "no_connection": "not reached",
    "timed_out": "not reached",
    "cut_off": "not reached",
    "bad_answer": "not reached",
    "redirects": "not reached",
}


@dataclass(frozen=True)
class Told:
    """What one look told of one duty, for whoever asked."""

    item_id: str
    body_id: str
    body_name: str | None
    period: str
    url: str
    outcome: str
    detail: str
    final_url: str | None
    moved_for_good: bool
    change: str | None
    silent: bool | None
    first_seen: date | None
    last_seen: date | None
    absent_on: date | None
    unreachable_since: date | None
    disappeared: bool
    altered_without_note: bool | None
    archived: bool | None
    sha256: str | None
    copy: str | None


COLUMNS = tuple(Told.__annotations__)


@dataclass(frozen=True)
class Asked:
    """The command as it was given, but for the list and the folder."""

    at: str | None
    contact: str | None
    allow_private: bool
    pause: float
    limit: int
    seconds: float


def watch(path: Path, out: Path, asked: Asked, form: ListFormat, quiet: bool) -> None:
    """Look at every address of the list once, keep what was seen, and tell of it."""
    from troth.settings import load_settings
    from troth.sources.fetch import folder
    from troth.sources.fetch.client import Client, Limits, agent_of
    from troth.sources.fetch.duties import read_duties
    from troth.sources.fetch.observe import standings
    from troth.sources.fetch.round import look_at_all

    for name, seconds in (("--rate", asked.pause), ("--timeout", asked.seconds)):
        if not math.isfinite(seconds):
            raise UsageError(f"{name} {seconds}: expected a number of seconds")
    duties = read_duties(path)
    at = moment(asked.at)
    contact = load_settings({"contact": asked.contact}).contact
    limits = Limits(asked.limit, asked.seconds, asked.pause, asked.allow_private)
    client = Client(agent_of(contact), limits)
    with folder.held(out):
        earlier = folder.looks_in(out)
        if earlier and at <= earlier[-1].at:
            raise UsageError(
                f"--at {_shown(at)}: the last look in {out} was at {_shown(earlier[-1].at)}. "
                "Looks come in the order of time: give a later moment, or start a new folder"
            )
        with steps(quiet) as doing:
            before = standings(earlier)
            looks = look_at_all(duties, before, client, out, at, doing.now)
        standing = standings([*earlier, *looks])
        folder.write(out, [*earlier, *looks], duties, standing)
    told = [_told(duty, look, standing[duty.key]) for duty, look in zip(duties, looks, strict=True)]
    if form is ListFormat.CSV:
        say_csv(COLUMNS, [[getattr(one, name) for name in COLUMNS] for one in told])
    elif form is ListFormat.JSON:
        say_json(_as_data(told, at, out))
    else:
        say(*_in_words(told, at, out))
    left_out = len(standing.keys() - {duty.key for duty in duties})
    if left_out and not quiet:
        note(f"{left_out:,} duties of earlier looks are not in the list any more; see looks.jsonl")


def moment(text: str | None) -> datetime:
    """The moment that counts as now, in UTC and whole seconds; without a text, the real one."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    from troth.sources.fields import BadDate, instant

    try:
        found, form = instant(text)
    except BadDate as fault:
        raise UsageError(f"--at {text}: {fault}") from None
    if form == "local":
        raise UsageError(f"--at {text}: the time zone is missing. Write {text}Z for UTC")
    return found.replace(microsecond=0)


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _told(duty: Duty, look: Look, standing: Standing) -> Told:
    from troth.sources.fetch.archive import path_of

    digest = standing.found.sha256 if standing.found else None
    return Told(
        duty.item.item_id, duty.body_id, duty.body_name, duty.period, duty.url,
        look.outcome.value, look.detail, look.final_url, look.moved,
        look.change.value if look.change else None, look.silent,
        standing.first_seen, standing.last_seen, standing.absent_on, standing.unreachable_since,
        standing.disappeared, standing.altered_without_note, standing.archived, digest,
        path_of(digest) if digest else None,
    )  # fmt: skip


def _sums(told: Sequence[Told]) -> dict[str, int]:
    kinds = [_OUTCOMES.get(one.outcome, "cannot tell").partition(",")[0] for one in told]
    return {
        "looked_at": len(told),
        "there": kinds.count("there"),
        "not_there": kinds.count("not there"),
        "not_reached": kinds.count("not reached"),
        "cannot_tell": kinds.count("cannot tell"),
        "disappeared": sum(one.disappeared for one in told),
        "changed_in_silence": sum(one.silent is True for one in told),
    }


def _as_data(told: Sequence[Told], at: datetime, out: Path) -> Mapping[str, Any]:
    return {"at": _shown(at), "folder": out, "sums": _sums(told), "duties": told}


def _in_words(told: Sequence[Told], at: datetime, out: Path) -> list[str]:
    rows = [
        (
            _OUTCOMES.get(one.outcome, "cannot tell"),
            plain(one.item_id),
            plain(one.body_name or one.body_id),
            plain(one.period),
            plain("; ".join(_remarks(one)) or "as before"),
        )
        for one in told
    ]
    sums = _sums(told)
    return [
        *columns(rows),
        "",
        f"{_shown(at)}: {sums['looked_at']:,} looked at, {sums['there']:,} there, "
        f"{sums['not_there']:,} not there, {sums['not_reached']:,} not reached, "
        f"{sums['cannot_tell']:,} cannot tell",
        f"{sums['disappeared']:,} disappeared; numbers changed without a note in "
        f"{sums['changed_in_silence']:,}. Reasons to look: compare the copies, then ask the body.",
        f"wrote {plain(out)}/disc_obs.csv, disc_item.csv, looks.jsonl and the copies in archive/",
    ]


def _remarks(one: Told) -> list[str]:
    remarks = []
    if one.disappeared:
        remarks.append(f"disappeared: not reached since {one.unreachable_since}")
    elif one.unreachable_since:
        remarks.append(f"not reached since {one.unreachable_since}")
    if one.change == "numbers":
        remarks.append(_SILENT[one.silent])
    elif one.change in _CHANGES:
        remarks.append(_CHANGES[one.change])
    if one.final_url and one.outcome in ("found", "same"):
        for_good = "moved for good" if one.moved_for_good else "led on"
        remarks.append(f"{for_good} to {one.final_url}")
    if one.detail:
        remarks.append(re.sub(r"\s+", " ", one.detail))
    return remarks

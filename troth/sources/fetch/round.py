"""One round: every duty of the list is looked at once, and compared with what was there before."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from troth.sources.fetch import archive
from troth.sources.fetch.answers import OURS_PERHAPS, Answer, Condition, Outcome
from troth.sources.fetch.client import Client
from troth.sources.fetch.content import Change, Content, compared, content
from troth.sources.fetch.duties import Duty
from troth.sources.fetch.observe import Key, Look, Standing

#: After so long the bytes are asked for whatever a server says of them: "the same" is its word.
WHOLE_EVERY = timedelta(days=30)

#: Called with the address that is asked next.
Doing = Callable[[str], None]

AskAgain = Callable[[str], Answer]


def look_at_all(
    duties: Sequence[Duty],
    before: Mapping[Key, Standing],
    client: Client,
    folder: Path,
    at: datetime,
    doing: Doing,
) -> list[Look]:
    """A look at each duty as of the moment `at`; copies go to the archive of the folder.

    An address that stands in the list several times is asked once.
    """
    to_come = Counter(duty.url for duty in duties)
    answers: dict[str, Answer] = {}
    ask_again = functools.cache(client.get)
    looks = []
    for duty in duties:
        url = duty.url
        if url not in answers:
            doing(url)
            founds = [_found_before(before.get(one.key), url) for one in duties if one.url == url]
            answers[url] = _asked(url, founds, client, folder, at)
        looks.append(_look(duty, answers[url], before.get(duty.key), ask_again, folder, at))
        to_come[url] -= 1
        if not to_come[url]:
            del answers[url]
    if client.was_answered:
        return looks
    return [_perhaps_ours(look) for look in looks]


def _perhaps_ours(look: Look) -> Look:
    if look.outcome not in OURS_PERHAPS:
        return look
    detail = f"{look.detail}; and nobody else was reached, so it may be our own network"
    return replace(look, outcome=Outcome.OFFLINE, detail=detail)


def _found_before(standing: Standing | None, url: str) -> Look | None:
    """The look that brought what is to be compared: at this address, not at an earlier one."""
    found = standing.found if standing else None
    return found if found is not None and found.url == url else None


def _asked(
    url: str, founds: Sequence[Look | None], client: Client, folder: Path, at: datetime
) -> Answer:
    """What an address answers; `founds` is what was found there before, for each of its duties."""
    first, condition = founds[0], _condition(founds, folder, at)
    answer = client.get(url, condition)
    if answer.outcome is Outcome.SAME and first and answer.final_url != first.final_url:
        # It leads elsewhere now, and what is there is not what the condition was about.
        return client.get(url)
    return answer


def _condition(founds: Sequence[Look | None], folder: Path, at: datetime) -> Condition | None:
    """What to ask under: none where something is lacking that "the same" could stand for."""
    first = founds[0]
    if first is None or first.sha256 is None or at - first.at > WHOLE_EVERY:
        return None
    if any(found is None or found.sha256 != first.sha256 for found in founds):
        return None
    if not (first.etag or first.last_modified) or archive.read(folder, first.sha256) is None:
        return None
    return Condition(first.etag, first.last_modified)


def _look(
    duty: Duty,
    answer: Answer,
    before: Standing | None,
    ask_again: AskAgain,
    folder: Path,
    at: datetime,
) -> Look:
    item_id, body_id, period = duty.key
    look = Look(
        at, item_id, body_id, period, duty.url, answer.outcome, answer.detail, answer.status,
        answer.final_url, answer.moved,
    )  # fmt: skip
    found = _found_before(before, duty.url)
    if answer.outcome is Outcome.SAME:
        return replace(look, change=Change.NONE, silent=False)
    if answer.outcome is Outcome.TOO_LARGE and found is not None:
        return replace(look, change=Change.BYTES)
    if answer.outcome is not Outcome.FOUND:
        return look
    look = replace(
        look,
        sha256=archive.keep(folder, answer.body),
        bytes=len(answer.body),
        fmt=answer.media_type,
        charset=answer.charset,
        language=answer.language,
        etag=answer.etag,
        last_modified=answer.last_modified,
        versions=answer.versions,
    )
    if found is None:
        return replace(look, change=Change.FIRST)
    if found.sha256 == look.sha256:
        return replace(look, change=Change.NONE, silent=False)
    change, silent = _changed(found, answer, ask_again, folder)
    return replace(look, change=change, silent=silent)


def _changed(
    found: Look, answer: Answer, ask_again: AskAgain, folder: Path
) -> tuple[Change, bool | None]:
    assert found.sha256 is not None
    kept = archive.read(folder, found.sha256)
    old = content(kept, found.fmt, found.charset, found.language) if kept is not None else None
    new = _content(answer)
    if old is None or new is None:
        return Change.BYTES, None
    change, silent = compared(old, new)
    if change is not Change.NUMBERS or silent is False:
        return change, silent
    if answer.final_url != found.final_url:
        return change, None  # it leads elsewhere now, perhaps to the next year's
    if silent:
        # Counters and figures made for each reader change from look to look and are no edit.
        again = _content(ask_again(found.url))
        if again is None or again.numbers != new.numbers:
            return Change.UNSETTLED, None
    return change, silent


def _content(answer: Answer) -> Content | None:
    if answer.outcome is not Outcome.FOUND:
        return None
    return content(answer.body, answer.media_type, answer.charset, answer.language)

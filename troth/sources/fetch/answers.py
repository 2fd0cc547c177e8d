"""What may come of asking an address, and what each says about the thing that should be there."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Means(enum.Enum):
    """What an outcome says. Only the first two say anything about the body."""

    THERE = "there"
    NOT_REACHED = "not reached"
    CANNOT_TELL = "cannot tell"


class Outcome(enum.StrEnum):
    """What came of asking an address once."""

    FOUND = "found"  # and read whole
    SAME = "same"  # the server says that it is what it was (304)
    TOO_LARGE = "too_large"  # there, and larger than is kept

    GONE = "gone"  # 404 or 410
    SERVER_ERROR = "server_error"  # 500 to 599
    NO_HOST = "no_host"
    NO_CONNECTION = "no_connection"
    TIMED_OUT = "timed_out"
    CUT_OFF = "cut_off"  # fewer bytes came than were announced
    BAD_ANSWER = "bad_answer"  # no HTTP
    REDIRECTS = "redirects"  # in a circle, too many, or to nowhere

    ROBOTS = "robots"  # robots.txt keeps it from robots
    NO_ROBOTS = "no_robots"  # robots.txt could not be had, so nothing may be asked for
    BLOCKED = "blocked"  # 401, 403, 429 and other refusals that concern the asker
    REFUSED = "refused"  # led where this program does not go: a private network, another scheme
    CERTIFICATE = "certificate"
    FRONT_PAGE = "front_page"  # led to a front page, which is no answer
    EMPTY = "empty"  # an answer without a byte
    CODING = "coding"  # packed in a way that is not read
    ASKED_TO_WAIT = "asked_to_wait"  # the host wanted to be left alone for a while
    NO_NAMES = "no_names"  # no name server
    OFFLINE = "offline"  # nothing at all was reached, so it may be our own network

    @property
    def means(self) -> Means:
        return _MEANS[self]


_THERE = (Outcome.FOUND, Outcome.SAME, Outcome.TOO_LARGE)
_NOT_REACHED = (
    Outcome.GONE, Outcome.SERVER_ERROR, Outcome.NO_HOST, Outcome.NO_CONNECTION, Outcome.TIMED_OUT,
    Outcome.CUT_OFF, Outcome.BAD_ANSWER, Outcome.REDIRECTS,
)  # fmt: skip
_MEANS = {
    one: Means.THERE
    if one in _THERE
    else Means.NOT_REACHED
    if one in _NOT_REACHED
    else Means.CANNOT_TELL
    for one in Outcome
}

#: Where nobody at all was reached, these may be our own network's fault.
OURS_PERHAPS = (Outcome.NO_HOST, Outcome.NO_CONNECTION, Outcome.TIMED_OUT)


@dataclass(frozen=True)
class Condition:
    """What was had before, so that a server need not send it again."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class Answer:
    """What came of asking an address: an outcome, and with `FOUND` the bytes and what they are."""

    outcome: Outcome
    detail: str = ""
    status: int | None = None
    final_url: str | None = None
    moved: bool = False  # every redirect on the way said: for good
    body: bytes = b""
    media_type: str | None = None
    charset: str | None = None
    language: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: Whether the server names a place where earlier versions can be had (RFC 5829, RFC 7089).
    versions: bool = False

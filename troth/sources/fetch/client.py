"""A polite client: asks seldom, says who it is, obeys robots.txt, and cannot be held up or filled up.

One request at a time. What limits it is counted while bytes come in: the bytes as sent and as
unpacked, the seconds of one read and of the whole answer, the redirects. Clocks only limit; nothing
that is kept depends on them.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from troth import __version__
from troth.errors import UsageError
from troth.sources.fetch import robots
from troth.sources.fetch.addresses import (
    Address,
    BadAddress,
    NoNames,
    NoSuchHost,
    RefusedAddress,
    Resolve,
    address,
    checked,
    led_to,
    look_up,
)
from troth.sources.fetch.answers import Answer, Condition, Outcome

#: As many as RFC 9309 (2.3.1.2) asks of robots, for pages too.
MOST_REDIRECTS = 5

_FOR_GOOD = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)

#: Refusals of a robots.txt that are no "there is none": come back later.
_LATER = (429, 503)

_BLOCK = 64 * 1024

_LONGEST_HEADER = 200

#: Relations of a Link header that lead to earlier versions.
_EARLIER = re.compile(
    r'rel="?[^">]*\b(?:version-history|predecessor-version|timemap|memento)\b', re.IGNORECASE
)

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")

_CONTACT = re.compile(r"[A-Za-z0-9@:/?&=%#._~+-]{5,200}")


@dataclass(frozen=True)
class Limits:
    """How much, how long, how often, and where to."""

    bytes: int = 20 * 1024 * 1024
    seconds: float = 60.0  # for one answer; one read has half of it
    pause: float = 2.0  # seconds between two requests to one host
    allow_private: bool = False


def agent_of(contact: str) -> str:
    """How the client introduces itself. Raises `UsageError` where nobody could be reached by it."""
    if not _CONTACT.fullmatch(contact) or not re.search(r"[@/]", contact):
        raise UsageError(
            f"contact {contact!r}: expected an address of a page or of mail by which whoever is asked"
            " reaches you, such as https://example.org/watch. Give it with --contact or as a setting"
        )
    return f"{robots.PRODUCT}/{__version__} (+{contact})"


class Ended(Exception):
    """Asking came to an end before there was an answer."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome, self.detail = outcome, detail


@dataclass(frozen=True)
class _Reply:
    """Status, headers and body of one exchange."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Asks addresses. It remembers robots.txt and when it asked whom, for one round."""

    def __init__(
        self,
        agent: str,
        limits: Limits,
        *,
        resolve: Resolve = look_up,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.agent = agent
        self.limits = limits
        #: Whether anybody at all answered anything.
        self.was_answered = False
        self._resolve, self._now, self._sleep = resolve, now, sleep
        self._robots: dict[str, robots.Rules | Ended] = {}
        self._next: dict[str, float] = {}  # host -> not before
        self._left_alone: dict[str, str] = {}  # host -> what it said
        self._tls = ssl.create_default_context()

    def get(self, url: str, condition: Condition | None = None) -> Answer:
        """Ask an address and follow where it leads; never raises for what a server does."""
        visited: list[str] = []
        statuses: list[int] = []
        try:
            at = address(url)
            while True:
                _refuse_circles(at, visited)
                visited.append(at.url)
                pause = self._may_ask(at)
                reply = self._exchange(at, pause, condition)
                if reply.status not in _REDIRECTS:
                    break
                statuses.append(reply.status)
                at = _next_address(at, reply)
        except BadAddress as fault:
            return Answer(Outcome.REFUSED, str(fault))
        except Ended as ended:
            where = visited[-1] if len(visited) > 1 else None
            return Answer(ended.outcome, ended.detail, final_url=where)
        answer = _answer(reply, conditional=condition is not None)
        if statuses:
            for_good = all(one in _FOR_GOOD for one in statuses)
            answer = replace(answer, final_url=at.url, moved=for_good)
            if answer.outcome is Outcome.FOUND and at.is_front_page:
                return Answer(Outcome.FRONT_PAGE, f"led to {at.url}", reply.status, at.url)
        return answer

    def _may_ask(self, at: Address) -> float:
        """The pause that robots.txt asks for. Raises `Ended` where it keeps this from robots."""
        if at.origin not in self._robots:
            try:
                self._robots[at.origin] = self._read_robots(at)
            except Ended as ended:
                self._robots[at.origin] = ended
        rules = self._robots[at.origin]
        if isinstance(rules, Ended):
            raise Ended(rules.outcome, rules.detail)
        if not rules.allow(at.target):
            raise Ended(Outcome.ROBOTS, f"{at.origin}/robots.txt keeps it from robots")
        return rules.pause

    def _read_robots(self, of: Address) -> robots.Rules:
        """RFC 9309, 2.3.1: none means that all is allowed, a broken server that nothing is. What
        kept the host from being reached keeps the page from being reached too."""
        at = replace(of, target="/robots.txt")
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._exchange(at, 0.0, None, robots.MOST_BYTES)
            if reply.status in _REDIRECTS:
                try:
                    at = _next_address(at, reply)
                except Ended:
                    return robots.ALL_ALLOWED
                continue
            if reply.status in _LATER or reply.status >= 500:
                raise Ended(Outcome.NO_ROBOTS, f"{at.url} answers {reply.status}")
            return robots.rules_of(reply.body) if reply.status == 200 else robots.ALL_ALLOWED
        return robots.ALL_ALLOWED

    def _exchange(
        self, at: Address, pause: float, condition: Condition | None, at_most: int | None = None
    ) -> _Reply:
        """One request and its reply; with `at_most` the body is cut there, else refused beyond."""
        if at.host in self._left_alone:
            raise Ended(Outcome.ASKED_TO_WAIT, self._left_alone[at.host])
        self._sleep(max(0.0, self._next.get(at.host, 0.0) - self._now()))
        end = self._now() + self.limits.seconds
        try:
            with contextlib.closing(self._connected(at, end)) as line:
                reply = self._asked(at, _Line(line, end, self._now), condition, at_most)
        except RefusedAddress as fault:
            raise Ended(Outcome.REFUSED, str(fault)) from None
        except NoSuchHost as fault:
            raise Ended(Outcome.NO_HOST, str(fault)) from None
        except NoNames as fault:
            raise Ended(Outcome.NO_NAMES, str(fault)) from None
        except ssl.SSLCertVerificationError as fault:
            raise Ended(Outcome.CERTIFICATE, fault.verify_message) from None
        except ssl.SSLError as fault:
            raise Ended(Outcome.NO_CONNECTION, f"no TLS: {fault.reason or 'failed'}") from None
        except TimeoutError:
            raise Ended(
                Outcome.TIMED_OUT, f"no whole answer in {self.limits.seconds:g} s"
            ) from None
        except (http.client.IncompleteRead, EOFError):
            raise Ended(Outcome.CUT_OFF, "fewer bytes came than were announced") from None
        except http.client.HTTPException as fault:
            raise Ended(Outcome.BAD_ANSWER, type(fault).__name__) from None
        except (OSError, ValueError) as fault:
            why = fault.strerror if isinstance(fault, OSError) else None
            raise Ended(Outcome.NO_CONNECTION, why or type(fault).__name__) from None
        finally:
            self._next[at.host] = self._now() + max(self.limits.pause, pause)
        if reply.status in _LATER and "retry-after" in reply.headers:
            self._left_alone[at.host] = f"{at.host} answered {reply.status} and asked to wait"
        return reply

    def _connected(self, at: Address, end: float) -> socket.socket:
        """A line to one of the numbers that were judged; the first that takes it."""
        numbers = checked(
            at,
            allow_private=self.limits.allow_private,
            seconds=self.limits.seconds / 2,
            resolve=self._resolve,
        )
        fault: OSError = OSError("no number to connect to")
        for number in numbers:
            left = end - self._now()
            if left <= 0:
                raise TimeoutError
            try:
                plain = socket.create_connection(
                    (number, at.port), timeout=min(left, self.limits.seconds / 2)
                )
            except OSError as failed:
                fault = failed
                continue
            if at.scheme == "http":
                return plain
            try:
                return self._tls.wrap_socket(plain, server_hostname=at.host)
            except BaseException:
                plain.close()
                raise
        raise fault

    def _asked(
        self, at: Address, line: _Line, condition: Condition | None, at_most: int | None
    ) -> _Reply:
        connection = http.client.HTTPConnection(at.host, at.port)
        connection.sock = line
        connection.putrequest("GET", at.target, skip_host=True, skip_accept_encoding=True)
        headers = {
            "Host": at.host_and_port,
            "User-Agent": self.agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if condition is not None and condition.etag:
            headers["If-None-Match"] = condition.etag
        if condition is not None and condition.last_modified:
            headers["If-Modified-Since"] = condition.last_modified
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        self.was_answered = True
        found = {name.lower(): value for name, value in response.getheaders()}
        if response.status != 200:
            return _Reply(response.status, found, b"")
        limit = self.limits.bytes if at_most is None else at_most
        announced = found.get("content-length", "")
        if at_most is None and announced.isdecimal() and int(announced[:18]) > limit:
            raise Ended(
                Outcome.TOO_LARGE, f"{int(announced[:18]):,} bytes announced; at most {limit:,}"
            )
        body = bytearray()
        for block in _unpacked(_blocks(response, limit), found.get("content-encoding", ""), limit):
            body += block
            if len(body) > limit:
                if at_most is not None:
                    break
                raise Ended(Outcome.TOO_LARGE, f"more than {limit:,} bytes")
        return _Reply(response.status, found, bytes(body[:limit]))


class _Line:
    """A socket as `http.client` needs it, of which no read outlasts what is left of the time."""

    def __init__(self, line: socket.socket, end: float, now: Callable[[], float]) -> None:
        self._line, self._end, self._now = line, end, now
        self._one_read = (end - now()) / 2

    def _hurry(self) -> None:
        left = self._end - self._now()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(min(left, self._one_read))

    def sendall(self, data: Any) -> None:
        self._hurry()
        self._line.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self._hurry()
        return self._line.recv_into(buffer)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), _BLOCK)

    def close(self) -> None:
        """The socket is closed by whoever opened it."""


class _Incoming(io.RawIOBase):
    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._from = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._from.recv_into(buffer)


def _blocks(response: http.client.HTTPResponse, limit: int) -> Iterator[bytes]:
    """The body as it comes, a little over the limit at most."""
    total = 0
    while block := response.read(_BLOCK):
        yield block
        total += len(block)
        if total > limit:
            return
    if response.length:
        raise EOFError


def _unpacked(blocks: Iterator[bytes], coding: str, limit: int) -> Iterator[bytes]:
    """The body as it was before it was packed for the way; a little over the limit at most."""
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        yield from blocks
        return
    if coding not in ("gzip", "x-gzip"):
        raise Ended(Outcome.CODING, f"packed as {coding[:40]!r}, and only gzip is read")
    unpacking = zlib.decompressobj(wbits=31)
    total, begun = 0, False
    try:
        for packed in blocks:
            rest = packed
            while rest:
                begun = True
                block = unpacking.decompress(rest, _BLOCK)
                yield block
                total += len(block)
                if total > limit:
                    return
                rest = unpacking.unconsumed_tail
                if unpacking.eof:
                    rest = unpacking.unused_data
                    unpacking, begun = zlib.decompressobj(wbits=31), False
    except zlib.error:
        raise Ended(Outcome.BAD_ANSWER, "no gzip, though it says so") from None
    if begun:
        raise EOFError


def _refuse_circles(at: Address, visited: list[str]) -> None:
    if at.url in visited:
        raise Ended(Outcome.REDIRECTS, f"in a circle, back to {at.url}")
    if len(visited) > MOST_REDIRECTS:
        raise Ended(Outcome.REDIRECTS, f"more than {MOST_REDIRECTS}")


def _next_address(at: Address, reply: _Reply) -> Address:
    location = reply.headers.get("location", "")
    if not location:
        raise Ended(Outcome.REDIRECTS, f"{reply.status} that leads nowhere")
    try:
        return led_to(at, _as_text(location))
    except BadAddress as fault:
        raise Ended(
            Outcome.REFUSED, f"redirected to an address that is not asked: {fault}"
        ) from None


def _as_text(header: str) -> str:
    """A header as UTF-8, which some servers send; `http.client` takes all for Latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _answer(reply: _Reply, *, conditional: bool) -> Answer:
    status, headers = reply.status, reply.headers
    if status == 304 and conditional:
        return Answer(Outcome.SAME, status=status)
    if status in (404, 410):
        return Answer(Outcome.GONE, f"answers {status}", status)
    if status >= 500:
        return Answer(Outcome.SERVER_ERROR, f"answers {status}", status)
    if status != 200:
        return Answer(Outcome.BLOCKED, f"answers {status}", status)
    if not reply.body:
        return Answer(Outcome.EMPTY, "an answer without a byte", status)
    declared = headers.get("content-type", "").lower()
    media_type = declared.partition(";")[0].strip()
    charset = re.search(r"charset\s*=\s*[\"']?([a-z0-9_.:-]{1,40})", declared)
    return Answer(
        Outcome.FOUND,
        status=status,
        body=reply.body,
        media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else None,
        charset=charset.group(1) if charset else None,
        language=_kept(headers, "content-language"),
        etag=_kept(headers, "etag"),
        last_modified=_kept(headers, "last-modified"),
        versions=_EARLIER.search(headers.get("link", "")) is not None,
    )


def _kept(headers: Mapping[str, str], name: str) -> str | None:
    """A header that may be sent back; none where it is too long or holds what a header may not."""
    value = headers.get(name, "").strip()
    fine = 0 < len(value) <= _LONGEST_HEADER and value.isascii() and value.isprintable()
    return value if fine else None

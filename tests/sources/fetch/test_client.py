"""A polite client among servers that misbehave."""

from __future__ import annotations

import functools
import socket
import time

import pytest

from tests.sources.fetch import misbehaving
from tests.sources.fetch.misbehaving import CERTIFICATE, Page, Server, bomb, html, redirect, serving
from troth.errors import UsageError
from troth.sources.fetch.addresses import NoNames, NoSuchHost
from troth.sources.fetch.answers import Condition, Outcome
from troth.sources.fetch.client import Client, Limits, agent_of

AGENT = agent_of("https://example.org/watch")
QUICK = Limits(bytes=100_000, seconds=30, pause=0, allow_private=True)


def client(**limits: object) -> Client:
    return Client(AGENT, Limits(**{**vars(QUICK), **limits}))


def test_a_page_comes_whole_with_what_it_is(server: Server) -> None:
    server.pages["/a"] = Page(
        b"abc",
        media_type="Text/Plain; Charset=ISO-8859-1",
        etag='"1"',
        headers={
            "Last-Modified": "Tue, 02 Jan 2024 00:00:00 GMT",
            "Content-Language": "fr",
            "Link": '<https://example.org/old>; rel="version-history"',
        },
    )

    answer = client().get(server.url("/a"))

    assert (answer.outcome, answer.body, answer.status) == (Outcome.FOUND, b"abc", 200)
    assert (answer.media_type, answer.charset, answer.language) == (
        "text/plain",
        "iso-8859-1",
        "fr",
    )
    assert (answer.etag, answer.versions, answer.final_url) == ('"1"', True, None)
    _, headers = server.asked[-1]
    assert headers["User-Agent"].startswith("troth/")
    assert headers["User-Agent"].endswith("(+https://example.org/watch)")
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert [path for path, _ in server.asked] == ["/robots.txt", "/a"]


@pytest.mark.parametrize("contact", ["", "me", "a b@c", "x@y)\r\nHost: z", "é@example.org"])
def test_nobody_is_asked_by_somebody_who_cannot_be_reached(contact: str) -> None:
    with pytest.raises(UsageError, match="--contact"):
        agent_of(contact)


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (Page(status=404), Outcome.GONE),
        (Page(status=410), Outcome.GONE),
        (Page(status=500), Outcome.SERVER_ERROR),
        (Page(status=503), Outcome.SERVER_ERROR),
        (Page(status=401), Outcome.BLOCKED),
        (Page(status=403), Outcome.BLOCKED),
        (Page(status=429), Outcome.BLOCKED),
        (Page(status=304), Outcome.BLOCKED),  # nothing was said that it could be the same as
        (Page(b""), Outcome.EMPTY),
        (Page(b"x", headers={"Content-Encoding": "br"}), Outcome.CODING),
        (Page(b"<html>no gzip", headers={"Content-Encoding": "gzip"}), Outcome.BAD_ANSWER),
        (misbehaving.cut_off, Outcome.CUT_OFF),
        (misbehaving.no_http, Outcome.BAD_ANSWER),
        (misbehaving.endless, Outcome.TOO_LARGE),
        (Page(b"x" * 100_001), Outcome.TOO_LARGE),
        (Page(b"x", headers={"Content-Length": "9" * 30}), Outcome.TOO_LARGE),
        (bomb(50_000_000), Outcome.TOO_LARGE),
        (redirect("/a"), Outcome.REDIRECTS),
        (redirect(""), Outcome.REDIRECTS),
        (redirect("ftp://example.org/"), Outcome.REFUSED),
        (redirect("http://169.254.169.254/latest/meta-data/"), Outcome.REFUSED),
        (redirect("http://[::ffff:127.0.0.1]/"), Outcome.REFUSED),
        (redirect("/"), Outcome.FRONT_PAGE),
    ],
)
def test_whatever_a_server_does_has_a_name(server: Server, page, outcome: Outcome) -> None:
    server.pages |= {"/a": page, "/": Page(html("Welcome"))}

    answer = client().get(server.url("/a"))

    assert answer.outcome is outcome, answer
    assert answer.body == b""
    assert answer.detail


def test_packed_answers_are_unpacked_and_a_half_one_is_cut_off(server: Server) -> None:
    whole = bomb(90_000)
    server.pages |= {
        "/whole": whole,
        "/two": Page(whole.body[:0] + bomb(10).body * 2, headers=whole.headers),
        "/half": Page(whole.body[:-9], headers=whole.headers),
    }
    asking = client()

    assert asking.get(server.url("/whole")).body == b"0" * 90_000
    assert asking.get(server.url("/two")).body == b"0" * 20
    assert asking.get(server.url("/half")).outcome is Outcome.CUT_OFF


@pytest.mark.parametrize("how", [misbehaving.slowly, misbehaving.slow_headers])
def test_who_sends_a_byte_now_and_then_is_not_waited_for(server: Server, how) -> None:
    server.pages["/a"] = functools.partial(how, stop=server.stop)
    asking = client(seconds=0.4)
    asking.get(server.url("/robots.txt"))

    began = time.monotonic()
    answer = asking.get(server.url("/a"))

    assert answer.outcome is Outcome.TIMED_OUT
    assert time.monotonic() - began < 10


def test_who_says_nothing_is_not_waited_for(server: Server) -> None:
    server.pages["/a"] = lambda _: server.stop.wait(5) and None
    asking = client(seconds=0.3)
    assert asking.get(server.url("/a")).outcome is Outcome.TIMED_OUT


def test_redirects_are_followed_and_a_move_for_good_is_told(server: Server) -> None:
    server.pages |= {
        "/old": redirect("/newer", 301),
        "/newer": redirect("/new", 308),
        "/for-now": redirect("/new", 302),
        "/new": Page(html("here")),
    }
    asking = client()

    moved, lent = asking.get(server.url("/old")), asking.get(server.url("/for-now"))

    assert (moved.outcome, moved.moved, moved.final_url) == (
        Outcome.FOUND,
        True,
        server.url("/new"),
    )
    assert (lent.outcome, lent.moved, lent.final_url) == (Outcome.FOUND, False, server.url("/new"))


def test_circles_and_endless_chains_of_redirects_end(server: Server) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    server.pages |= {f"/{n}": redirect(f"/{n + 1}") for n in range(20)}
    asking = client()

    assert "in a circle" in asking.get(server.url("/a")).detail
    assert "more than 5" in asking.get(server.url("/0")).detail
    assert server.paths()[-1] == "/5"


def test_private_machines_are_not_asked_unless_allowed(server: Server) -> None:
    server.pages["/a"] = Page(html("inside"))

    answer = client(allow_private=False).get(server.url("/a"))

    assert answer.outcome is Outcome.REFUSED
    assert "--allow-private" in answer.detail
    assert server.asked == []


def test_a_redirect_into_a_private_network_is_not_followed(server: Server) -> None:
    """The first host passes for a public one; the second is what an attacker would like to reach."""
    server.pages["/a"] = redirect(f"http://inside.example:{server.port}/secret")
    numbers = {"outside.example": "127.0.0.1", "inside.example": "169.254.169.254"}
    asking = Client(AGENT, QUICK, resolve=lambda host, port, seconds: [numbers[host]])

    answer = asking.get(f"http://outside.example:{server.port}/a")

    assert answer.outcome is Outcome.REFUSED
    assert "inside.example is 169.254.169.254" in answer.detail
    assert server.paths() == ["/a"]


def test_the_number_that_was_judged_is_the_one_connected_to(server: Server) -> None:
    """A name that stands for another machine a moment later (DNS rebinding) leads nowhere else."""
    server.pages["/a"] = Page(html("here"))
    told: list[str] = []

    def rebinding(host: str, port: int, seconds: float) -> list[str]:
        told.append(host)
        return ["127.0.0.1"]

    asking = Client(AGENT, QUICK, resolve=rebinding)

    answer = asking.get(f"http://no-such-host.invalid:{server.port}/a")

    assert answer.outcome is Outcome.FOUND
    assert told == ["no-such-host.invalid"] * 2  # once for robots.txt, once for the page
    assert server.asked[-1][1]["Host"] == f"no-such-host.invalid:{server.port}"


def test_a_second_number_is_tried_where_the_first_takes_no_line(server: Server) -> None:
    server.pages["/a"] = Page(html("here"))
    asking = Client(AGENT, QUICK, resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])
    assert asking.get(f"http://h.example:{server.port}/a").outcome is Outcome.FOUND


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(NoSuchHost("no such"), Outcome.NO_HOST), (NoNames("no answer"), Outcome.NO_NAMES)],
)
def test_names_that_lead_nowhere(fault: Exception, outcome: Outcome) -> None:
    def resolve(*_: object) -> list[str]:
        raise fault

    assert Client(AGENT, QUICK, resolve=resolve).get("http://h.example/").outcome is outcome


def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asking = client()

    answer = asking.get(f"http://127.0.0.1:{port}/")

    assert answer.outcome is Outcome.NO_CONNECTION
    assert not asking.was_answered


def test_https_is_spoken_to_whoever_can_prove_who_it_is(server: Server) -> None:
    """A server without TLS cannot; its answer is not read as one."""
    answer = client().get(f"https://127.0.0.1:{server.port}/a")
    assert answer.outcome is Outcome.NO_CONNECTION
    assert "no TLS" in answer.detail


def test_tls_is_spoken_with_the_name_and_read_whole() -> None:
    with serving(tls=CERTIFICATE) as server:
        server.pages["/a"] = Page(html("here" * 20_000))
        url = f"https://localhost:{server.port}/a"
        trusting, strange = client(), client()
        trusting._tls.load_verify_locations(CERTIFICATE)

        assert trusting.get(url).body == html("here" * 20_000)
        assert trusting.get(url.replace("localhost", "127.0.0.1")).outcome is Outcome.CERTIFICATE
        assert strange.get(url).outcome is Outcome.CERTIFICATE


def test_what_was_had_before_is_not_sent_again(server: Server) -> None:
    server.pages["/a"] = Page(html("1"), etag='"v1"')

    answer = client().get(server.url("/a"), Condition('"v1"', "Tue, 02 Jan 2024 00:00:00 GMT"))

    assert (answer.outcome, answer.status) == (Outcome.SAME, 304)
    assert server.asked[-1][1]["If-None-Match"] == '"v1"'
    assert server.asked[-1][1]["If-Modified-Since"] == "Tue, 02 Jan 2024 00:00:00 GMT"


def test_headers_that_could_not_be_sent_back_are_not_kept(server: Server) -> None:
    server.pages["/a"] = Page(b"x", etag="é" * 3, headers={"Last-Modified": "x" * 999})
    answer = client().get(server.url("/a"))
    assert (answer.etag, answer.last_modified) == (None, None)


def test_robots_are_obeyed_and_asked_for_once(server: Server) -> None:
    robots = b"User-agent: *\nDisallow: /private"
    server.pages |= {
        "/robots.txt": Page(robots, media_type="text/plain"),
        "/private": Page(html("secret")),
        "/a": redirect("/private"),
        "/b": Page(html("public")),
    }
    asking = client()

    assert asking.get(server.url("/private")).outcome is Outcome.ROBOTS
    assert asking.get(server.url("/a")).outcome is Outcome.ROBOTS
    assert asking.get(server.url("/b")).outcome is Outcome.FOUND
    assert [path for path, _ in server.asked] == ["/robots.txt", "/a", "/b"]


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (Page(status=404), Outcome.FOUND),
        (Page(status=403), Outcome.FOUND),
        (Page(status=500), Outcome.NO_ROBOTS),
        (Page(status=429), Outcome.NO_ROBOTS),
        (redirect("/robots.txt"), Outcome.FOUND),
        (redirect("/real-robots"), Outcome.ROBOTS),
        (redirect("http://169.254.169.254/robots.txt"), Outcome.REFUSED),
        (misbehaving.cut_off, Outcome.CUT_OFF),
        (misbehaving.endless, Outcome.FOUND),
        (bomb(50_000_000), Outcome.FOUND),
    ],
)
def test_robots_that_misbehave(server: Server, robots, outcome: Outcome) -> None:
    server.pages |= {"/robots.txt": robots, "/a": Page(html("here"))}
    server.pages["/real-robots"] = Page(b"User-agent: *\nDisallow: /a")
    assert client().get(server.url("/a")).outcome is outcome


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000.0, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_host_is_asked_no_more_often_than_it_may(server: Server) -> None:
    server.pages |= {"/a": Page(html("a")), "/b": Page(html("b"))}
    clock = Clock()
    asking = Client(
        AGENT, Limits(pause=3, allow_private=True), now=lambda: clock.now, sleep=clock.sleep
    )

    asking.get(server.url("/a"))
    asking.get(server.url("/b"))

    assert clock.slept == [0, 3, 3]


def test_a_host_that_wants_a_longer_pause_gets_it(server: Server) -> None:
    robots = Page(b"User-agent: *\nCrawl-delay: 9", media_type="text/plain")
    server.pages |= {"/robots.txt": robots, "/a": Page(html("a")), "/b": Page(html("b"))}
    clock = Clock()
    asking = Client(
        AGENT, Limits(pause=3, allow_private=True), now=lambda: clock.now, sleep=clock.sleep
    )

    asking.get(server.url("/a"))
    asking.get(server.url("/b"))

    assert clock.slept == [0, 3, 9]


def test_a_host_that_asks_to_be_left_alone_is(server: Server) -> None:
    server.pages["/a"] = Page(status=503, headers={"Retry-After": "3600"})
    asking = client()

    assert asking.get(server.url("/a")).outcome is Outcome.SERVER_ERROR
    assert asking.get(server.url("/b")).outcome is Outcome.ASKED_TO_WAIT
    assert server.paths() == ["/a"]

"""One round after the other, against a server that changes its mind."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.sources.fetch.misbehaving import Page, Server, html, redirect
from tests.sources.fetch.test_client import AGENT, QUICK
from troth.sources.fetch import archive
from troth.sources.fetch.answers import Outcome
from troth.sources.fetch.client import Client
from troth.sources.fetch.content import Change
from troth.sources.fetch.duties import Duty, Item
from troth.sources.fetch.observe import Look, Standing, standings
from troth.sources.fetch.round import look_at_all

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


class Watching:
    """Rounds over duties at paths of a server, each some days after the one before."""

    def __init__(self, server: Server, folder: Path, *paths: str) -> None:
        item = Item("budget", "Act 7", "Budget", 1.0, True, "neutral")
        self.duties = [
            Duty(item, f"XX-{n}", None, "2024", server.url(path), None)
            for n, path in enumerate(paths)
        ]
        self.folder, self.looks = folder, []

    def round(self, day: int) -> list[Look]:
        client = Client(AGENT, QUICK)
        at = BEGIN + timedelta(days=day)
        new = look_at_all(
            self.duties, standings(self.looks), client, self.folder, at, lambda _: None
        )
        self.looks += new
        return new

    @property
    def first(self) -> Standing:
        return standings(self.looks)[self.duties[0].key]


def away() -> Server:
    """Where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Server(free.getsockname()[1])


@pytest.fixture
def watch(server: Server, tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    return lambda *paths: Watching(server, tmp_path, *paths)


def test_what_stays_the_same_is_asked_for_under_a_condition(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"), etag='"1"')
    watching = watch("/a")

    (first,), (second,) = watching.round(0), watching.round(1)

    assert (first.change, first.sha256) == (
        Change.FIRST,
        archive.keep(watching.folder, html("100")),
    )
    assert (second.outcome, second.change, second.silent) == (Outcome.SAME, Change.NONE, False)
    assert watching.first.altered_without_note is False
    assert watching.first.found == first


def test_the_same_is_a_servers_word_and_not_believed_for_ever(server: Server, watch) -> None:
    """It keeps its ETag and changes the number: found out when the bytes are asked for again."""
    server.pages["/a"] = Page(html("100"), etag='"1"')
    watching = watch("/a")
    watching.round(0)
    server.pages["/a"] = Page(html("90"), etag='"1"')

    (soon,), (later,) = watching.round(30), watching.round(31)

    assert soon.outcome is Outcome.SAME
    assert (later.outcome, later.change, later.silent) == (Outcome.FOUND, Change.NUMBERS, True)


def test_the_same_from_elsewhere_is_not_the_same(server: Server, watch) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": Page(html("100"), etag='"1"')}
    watching = watch("/a")
    watching.round(0)
    server.pages |= {"/a": redirect("/c"), "/c": Page(html("7"), etag='"1"')}

    (look,) = watching.round(1)

    assert (look.outcome, look.final_url) == (Outcome.FOUND, server.url("/c"))
    assert (look.change, look.silent) == (Change.NUMBERS, None), "another page, perhaps"


def test_a_changed_number_without_a_note_is_found_and_both_copies_are_kept(
    server: Server, watch
) -> None:
    server.pages["/a"] = Page(html("<p>Arrears: 1,500"))
    watching = watch("/a")
    watching.round(0)
    server.pages["/a"] = Page(html("<p>Arrears: 500"))

    (look,) = watching.round(1)

    assert (look.change, look.silent) == (Change.NUMBERS, True)
    assert watching.first.altered_without_note is True
    kept = {archive.read(watching.folder, one.sha256 or "") for one in watching.looks}
    assert kept == {html("<p>Arrears: 1,500"), html("<p>Arrears: 500")}
    assert server.paths() == ["/a", "/a", "/a"], "what is grave is looked at twice"


def test_a_changed_number_with_a_note_is_no_silent_edit(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("<p>Arrears: 1,500"))
    watching = watch("/a")
    watching.round(0)
    server.pages["/a"] = Page(html("<p>Arrears: 500<p>Corrected on 2 January 2024"))

    (look,) = watching.round(1)

    assert (look.change, look.silent) == (Change.NUMBERS, False)
    assert watching.first.altered_without_note is False


def test_numbers_that_differ_from_look_to_look_are_no_edit(server: Server, watch) -> None:
    made = itertools.count(1)

    def counting(handler: BaseHTTPRequestHandler) -> None:
        body = html(f"Made in {next(made)} steps")
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        handler.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    server.pages["/a"] = counting
    watching = watch("/a")
    watching.round(0)

    (look,) = watching.round(1)

    assert (look.change, look.silent) == (Change.UNSETTLED, None)
    assert watching.first.altered_without_note is None


def test_of_a_kind_that_is_not_read_only_the_bytes_are_compared(server: Server, watch) -> None:
    server.pages["/a"] = Page(b"%PDF 100", media_type="application/pdf")
    watching = watch("/a")
    watching.round(0)
    (same,) = watching.round(1)
    server.pages["/a"] = Page(b"%PDF 90", media_type="application/pdf")

    (changed,) = watching.round(2)

    assert (same.change, same.silent) == (Change.NONE, False)
    assert (changed.change, changed.silent) == (Change.BYTES, None)


def test_what_grew_too_large_is_there_and_what_it_says_is_not_known(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"))
    watching = watch("/a")
    watching.round(0)
    server.pages["/a"] = Page(b"9" * 200_000)

    (look,) = watching.round(1)

    assert look.outcome is Outcome.TOO_LARGE
    assert watching.first.last_seen == (BEGIN + timedelta(days=1)).date()
    assert watching.first.altered_without_note is None


def test_a_server_that_recovers_has_not_disappeared(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"))
    watching = watch("/a")
    watching.round(0)
    server.pages["/a"] = Page(status=500)
    watching.round(1)
    watching.round(10)
    assert watching.first.unreachable_since is not None
    server.pages["/a"] = Page(html("100"))

    watching.round(16)

    assert watching.first.unreachable_since is None
    assert not watching.first.disappeared


def test_what_is_gone_for_more_than_fourteen_days_has_disappeared(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"))
    watching = watch("/a")
    watching.round(0)
    del server.pages["/a"]

    told = [watching.round(day) and watching.first.disappeared for day in (1, 8, 15, 16)]

    assert told == [False, False, False, True]


def test_where_nobody_is_reached_it_may_be_our_own_network(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"))
    watching = watch("/a")
    watching.round(0)
    watching.duties = Watching(away(), watching.folder, "/a").duties

    (look,) = watching.round(1)

    assert look.outcome is Outcome.OFFLINE
    assert "our own network" in look.detail
    assert watching.first.unreachable_since is None


def test_where_others_are_reached_it_is_not(server: Server, watch) -> None:
    server.pages["/b"] = Page(html("100"))
    watching = watch("/b", "/c")
    watching.duties[0] = Watching(away(), watching.folder, "/a").duties[0]

    assert [one.outcome for one in watching.round(0)] == [Outcome.NO_CONNECTION, Outcome.GONE]


def test_an_address_of_several_duties_is_asked_once(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"), etag='"1"')
    watching = watch("/a", "/a", "/a")

    watching.round(0)
    looks = watching.round(1)

    assert server.paths() == ["/a", "/a"]
    assert [one.outcome for one in looks] == [Outcome.SAME] * 3
    server.pages["/a"] = Page(html("90"))
    assert [one.silent for one in watching.round(2)] == [True] * 3
    assert len(server.paths()) == 4


def test_a_duty_that_joins_an_address_gets_the_bytes(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"), etag='"1"')
    watching = watch("/a")
    watching.round(0)
    watching.duties = watch("/a", "/a").duties

    assert [one.change for one in watching.round(1)] == [Change.NONE, Change.FIRST]


def test_a_duty_with_a_new_address_is_not_compared_with_the_old_one(server: Server, watch) -> None:
    server.pages |= {"/a": Page(html("100")), "/b": Page(html("7"))}
    watching = watch("/a")
    watching.round(0)
    watching.duties = watch("/b").duties

    (look,) = watching.round(1)

    assert look.change is Change.FIRST
    assert watching.first.first_seen == BEGIN.date()


def test_a_copy_that_was_thrown_away_is_fetched_again(server: Server, watch) -> None:
    server.pages["/a"] = Page(html("100"), etag='"1"')
    watching = watch("/a")
    (first,) = watching.round(0)
    (watching.folder / archive.path_of(first.sha256 or "")).unlink()

    (again,) = watching.round(1)

    assert again.outcome is Outcome.FOUND
    assert archive.read(watching.folder, first.sha256 or "") == html("100")

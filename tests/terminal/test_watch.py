"""`troth watch`, from the list to the ledgers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line.troth import Ran, troth
from tests.sources.fetch.misbehaving import Page, Server, html, redirect, serving
from tests.sources.fetch.test_duties import LINE, written

CONTACT = ("--contact", "https://example.org/watch")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        one.pages["/budget"] = Page(html("<p>Arrears: 1,500"), etag='"1"')
        yield one


@pytest.fixture
def duties(server: Server, tmp_path: Path) -> Path:
    lines = [
        {**LINE, "url": server.url("/budget")},
        {**LINE, "body_id": "XX-2", "body_name": "", "url": server.url("/moved")},
        {**LINE, "body_id": "XX-3", "body_name": "=1+1", "url": server.url("/none")},
    ]
    server.pages["/moved"] = redirect("/budget", 301)
    return written(tmp_path / "duties.csv", *lines)


def watch(duties: Path, out: Path, day: str, *more: object) -> Ran:
    return troth(
        "watch", duties, "--out", out, "--at", f"{day}T12:00:00Z", "--allow-private", "--rate", 0,
        *CONTACT, *more,
    )  # fmt: skip


def test_what_is_there_what_moved_and_what_is_not(
    server: Server, duties: Path, tmp_path: Path
) -> None:
    ran = watch(duties, tmp_path / "out", "2024-03-01")

    assert (ran.code, ran.err) == (0, "")
    there, moved, none, *_ = ran.out.splitlines()
    assert there.split()[:4] == ["there", "budget", "Example", "City"]
    assert f"moved for good to {server.url('/budget')}" in moved
    assert none.split()[:3] == ["not", "there", "budget"]
    assert "answers 404" in none
    assert "3 looked at, 2 there, 1 not there, 0 not reached, 0 cannot tell" in ran.out


def test_a_silent_edit_and_a_disappearance_are_told_and_are_no_error(
    server: Server, duties: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    watch(duties, out, "2024-03-01")
    server.pages["/budget"] = Page(html("<p>Arrears: 500"), etag='"2"')
    edited = watch(duties, out, "2024-03-02")
    server.pages.pop("/budget")
    watch(duties, out, "2024-03-03")
    gone = watch(duties, out, "2024-03-18")

    assert "numbers changed and nothing says so" in edited.out
    assert "numbers changed without a note in 2" in edited.out
    assert "disappeared: not reached since 2024-03-03" in gone.out
    assert "2 disappeared" in gone.out
    assert (edited.code, gone.code) == (0, 0)
    first, *_ = csv.DictReader(io.StringIO((out / "disc_obs.csv").read_text()))
    assert first == {
        "item_id": "budget", "body_id": "XX-1", "period": "2024", "first_seen": "2024-03-01",
        "url": server.url("/budget"), "sha256": first["sha256"], "fmt": "text/html", "archived": "",
        "last_seen": "2024-03-02", "altered_without_note": "true", "deadline": "2024-01-31",
        "absent_on": "", "checked": "2024-03-18", "unreachable_since": "2024-03-03",
    }  # fmt: skip
    assert (out / "archive" / first["sha256"][:2] / first["sha256"]).is_file()


def test_the_same_answers_give_the_same_bytes(server: Server, duties: Path, tmp_path: Path) -> None:
    for out in ("a", "b"):
        for day in ("2024-03-01", "2024-03-02"):
            watch(duties, tmp_path / out, day)

    one, other = (
        {
            p.relative_to(tmp_path / out): p.read_bytes()
            for p in (tmp_path / out).rglob("*")
            if p.is_file()
        }
        for out in ("a", "b")
    )
    assert one == other
    assert Path("disc_obs.csv") in one


def test_programs_get_every_duty_as_json_and_as_csv(
    server: Server, duties: Path, tmp_path: Path
) -> None:
    told = watch(duties, tmp_path / "a", "2024-03-01", "--format", "json").json
    rows = list(
        csv.DictReader(
            io.StringIO(watch(duties, tmp_path / "b", "2024-03-01", "--format", "csv").out)
        )
    )

    assert told["at"] == "2024-03-01T12:00:00Z"
    assert told["sums"]["there"] == 2
    assert [one["outcome"] for one in told["duties"]] == ["found", "found", "gone"]
    assert told["duties"][1]["moved_for_good"] is True
    assert [row["outcome"] for row in rows] == ["found", "found", "gone"]
    assert rows[2]["body_name"] == "'=1+1"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--at", "2024-03-01T12:00:00"), "the time zone is missing"),
        (("--at", "yesterday"), "--at yesterday: expected a date"),
        (("--contact", "me"), "contact 'me'"),
        (("--rate", "nan"), "--rate nan"),
        (("--timeout", "inf"), "--timeout"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_a_wrong_option_is_told_before_anybody_is_asked(
    server: Server, duties: Path, tmp_path: Path, more: tuple[str, str], words: str
) -> None:
    ran = watch(duties, tmp_path / "out", "2024-03-01", *more)

    assert ran.code == 2
    assert words in ran.err
    assert server.asked == []
    assert not (tmp_path / "out").exists()


def test_without_a_contact_nobody_is_asked(
    server: Server, duties: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("watch", duties, "--out", tmp_path / "out", "--allow-private", "--rate", 0)

    without = troth(*asked)
    (tmp_path / "troth.toml").write_text('contact = "watch@example.org"\n')
    with_one = troth(*asked)

    assert (without.code, with_one.code) == (2, 0)
    assert "--contact" in without.err
    assert server.asked[0][1]["User-Agent"].endswith("(+watch@example.org)")


def test_private_addresses_are_refused_unless_allowed(
    server: Server, duties: Path, tmp_path: Path
) -> None:
    ran = troth("watch", duties, "--out", tmp_path / "out", *CONTACT)
    assert ran.code == 0
    assert "3 cannot tell" in ran.out
    assert "this machine itself (--allow-private lets it through)" in ran.out
    assert server.asked == []


def test_a_faulty_list_and_spoilt_looks_have_codes_of_their_own(
    server: Server, duties: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    bad = written(tmp_path / "bad.csv", {**LINE, "url": "ftp://example.org/"})
    assert watch(bad, out, "2024-03-01").code == 3

    watch(duties, out, "2024-03-01")
    earlier = watch(duties, out, "2024-03-01")
    assert earlier.code == 2
    assert "Looks come in the order of time" in earlier.err

    (out / "looks.jsonl").write_text("{}\n")
    assert watch(duties, out, "2024-03-05").code == 4


def test_a_round_that_is_interrupted_leaves_what_stood_before(
    server: Server, duties: Path, tmp_path: Path, monkeypatch
) -> None:
    out = tmp_path / "out"
    watch(duties, out, "2024-03-01")
    before = {p: p.read_bytes() for p in out.iterdir() if p.is_file()}

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("troth.sources.fetch.client.Client.get", interrupted)
        assert watch(duties, out, "2024-03-02").code == 130

    assert {p: p.read_bytes() for p in out.iterdir() if p.is_file()} == before
    assert watch(duties, out, "2024-03-02").code == 0


def test_what_was_taken_out_of_the_list_is_kept_and_told(
    server: Server, duties: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    watch(duties, out, "2024-03-01")
    shorter = written(tmp_path / "shorter.csv", {**LINE, "url": server.url("/budget")})

    ran = watch(shorter, out, "2024-03-02")

    assert "2 duties of earlier looks are not in the list any more" in ran.err
    assert len((out / "disc_obs.csv").read_text().splitlines()) == 2
    looks = [json.loads(line) for line in (out / "looks.jsonl").read_text().splitlines()]
    assert {one["body_id"] for one in looks} == {"XX-1", "XX-2", "XX-3"}

"""The files that benchmarks run on: always the same, like real ones, and as bad as they say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import make_ocds
from troth.sources.base import Reading
from troth.sources.files import find
from troth.sources.ocds.read import read

LINES = 4_000

#: Of the first 300 lines. A change of the generator makes figures incomparable with earlier ones:
#: take new ones for benchmarks/README.md, then put the new digest here.
FIRST_LINES = "05f4b17538a68dd4de74e8605229adac62163afa5f02c8ac553227f73b6ddaa2"


@pytest.fixture(scope="module")
def releases() -> list[dict[str, Any]]:
    return parsed(make_ocds.block(1, np.arange(LINES)))


def parsed(text: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def share(of: list[bool]) -> float:
    return sum(of) / len(of)


def read_by_us(file: Path, folder: Path) -> Reading:
    sources = find([str(file)], folder / "stdin")
    return read(sources, folder / "tables", secret=b"s" * 32, each=lambda _: {}, jobs=1)


# -- always the same ------------------------------------------------------------------------------


def test_the_lines_are_the_same_on_every_machine() -> None:
    text = make_ocds.block(1, np.arange(300))
    assert hashlib.sha256(text).hexdigest() == FIRST_LINES


def test_a_line_does_not_depend_on_the_lines_around_it() -> None:
    some = np.array([3, 299, 1_234])
    alone = make_ocds.block(1, some).splitlines()
    among = make_ocds.block(1, np.arange(1_300)).splitlines()
    assert alone == [among[number] for number in some]


def test_two_processes_write_the_same_file_as_one(tmp_path: Path) -> None:
    lines = np.arange(make_ocds.BLOCK + 50)
    make_ocds.write(tmp_path / "one", lines, jobs=1)
    make_ocds.write(tmp_path / "two", lines, jobs=2)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_another_seed_gives_other_lines() -> None:
    few = np.arange(20)
    assert make_ocds.block(2, few) != make_ocds.block(1, few)


# -- like real ones -------------------------------------------------------------------------------


def test_a_line_is_as_long_as_a_real_one() -> None:
    text = make_ocds.block(1, np.arange(LINES))
    assert text.count(b"\n") == LINES
    assert 5_300 < len(text) / LINES < 6_000


def test_processes_end_as_real_ones_do(releases: list[dict[str, Any]]) -> None:
    tenders = [one["tender"] for one in releases]
    assert share([t["status"] == "cancelled" for t in tenders]) == pytest.approx(0.02, abs=0.01)
    assert share([t["status"] == "active" for t in tenders]) == pytest.approx(0.06, abs=0.015)
    assert share([t["value"]["currency"] == "EUR" for t in tenders]) == pytest.approx(
        0.01, abs=0.006
    )
    assert share(["lots" in t for t in tenders]) == pytest.approx(0.04, abs=0.015)
    assert not any("awards" in one for one in releases if one["tender"]["status"] != "complete")


def test_bids_are_as_various_as_real_ones(releases: list[dict[str, Any]]) -> None:
    bids = [one["bids"]["details"] for one in releases]
    assert share([len(these) == 1 for these in bids]) == pytest.approx(0.22, abs=0.02)
    assert max(map(len, bids)) == make_ocds.MOST_BIDS
    ends = [one["tender"]["tenderPeriod"]["endDate"] for one in releases]
    late = [any(bid["date"] > end for bid in these) for these, end in zip(bids, ends, strict=True)]
    assert share(late) == pytest.approx(0.012, abs=0.006)
    prices = [[bid["value"]["amount"] for bid in these] for these in bids]
    assert any(len(set(these)) < len(these) for these in prices)
    lowest_out = [
        min(these, key=lambda bid: bid["value"]["amount"])["status"] == "disqualified"
        for these in bids
    ]
    assert share(lowest_out) == pytest.approx(0.02, abs=0.01)


def test_awards_contracts_and_payments_are_there(releases: list[dict[str, Any]]) -> None:
    awards = [one.get("awards", []) for one in releases]
    assert any(len([a for a in these if a["status"] == "active"]) == 2 for these in awards)
    contracts = [contract for one in releases for contract in one.get("contracts", ())]
    assert share([bool(c["implementation"]["transactions"]) for c in contracts]) > 0.7
    assert any(c["implementation"]["milestones"] for c in contracts)
    assert share(["amendments" in c for c in contracts]) == pytest.approx(0.24, abs=0.03)
    kinds = {d["documentType"] for c in contracts for d in c.get("documents", ())}
    assert kinds == {"contractSigned"}


def test_a_few_buyers_and_suppliers_have_much_of_the_work(releases: list[dict[str, Any]]) -> None:
    buyers = [one["buyer"]["id"] for one in releases]
    often = max(buyers.count(buyer) for buyer in set(buyers))
    assert often > 20 * LINES / make_ocds.BUYERS / 2
    assert len(set(buyers)) > 1_000


def test_names_and_texts_are_not_all_ascii() -> None:
    text = make_ocds.block(1, np.arange(50))
    assert "–".encode() in text
    assert b'\\"' in text
    assert b"\\\\" in text
    assert b"\\t" in text


def test_whoever_bids_is_among_the_parties(releases: list[dict[str, Any]]) -> None:
    for one in releases[:500]:
        parties = {party["id"]: party["roles"] for party in one["parties"]}
        for bid in one["bids"]["details"]:
            assert "tenderer" in parties[bid["tenderers"][0]["id"]]
        for award in one.get("awards", ()):
            if award["status"] == "active":
                assert "supplier" in parties[award["suppliers"][0]["id"]]


def test_no_identifier_can_be_a_real_firms() -> None:
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    numbers = [number for scheme, number, _ in make_ocds.world(1).suppliers if scheme == "PE-RUC"]
    assert len(set(numbers)) == len(numbers) > 50_000
    for number in numbers:
        rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
        assert int(number[10]) != {0: 1, 1: 0}.get(rest, 11 - rest)


# -- read by our own reader -----------------------------------------------------------------------


def test_our_reader_rejects_nothing_of_a_good_file(tmp_path: Path) -> None:
    file = tmp_path / "good.jsonl"
    make_ocds.write(file, np.arange(1_000))
    reading = read_by_us(file, tmp_path)
    assert reading.rejected is not None
    assert reading.rejected.to_pylist() == []
    assert [(one.rows_in, one.rows_kept) for one in reading.accounts] == [(1_000, 1_000)]


def test_every_bad_line_is_bad_and_no_other(tmp_path: Path) -> None:
    file, lines = tmp_path / "bad.jsonl", np.arange(1_000)
    make_ocds.write(file, lines, bad=0.2)
    kinds = make_ocds.bad_kinds(1, lines, 0.2)
    wrong = {number: kind for number, kind in enumerate(kinds, 1) if kind is not None}
    assert set(wrong.values()) == set(make_ocds.BAD_KINDS)

    reading = read_by_us(file, tmp_path)
    assert reading.rejected is not None
    rejected = {row["line"]: row for row in reading.rejected.to_pylist()}
    assert set(rejected) == set(wrong)
    for line, row in rejected.items():
        lost = wrong[line] in make_ocds.LOST_KINDS
        assert (wrong[line], row["level"]) == (wrong[line], "record" if lost else "field")


def test_good_lines_stay_as_they_were_among_bad_ones() -> None:
    lines = np.arange(500)
    good = make_ocds.block(1, lines).split(b"\n")
    some_bad = make_ocds.block(1, lines, bad=0.1).split(b"\n")
    kinds = make_ocds.bad_kinds(1, lines, 0.1)
    differing = [n for n in range(500) if good[n] != some_bad[n]]
    assert differing == [n for n, kind in enumerate(kinds) if kind is not None]


# -- a month later --------------------------------------------------------------------------------


def test_a_delta_holds_that_share_of_the_processes_changed_and_later() -> None:
    changed = make_ocds.changed_lines(1, 0.01, 5_000)
    assert len(changed) == len(set(changed.tolist())) == 50
    before = parsed(make_ocds.block(1, changed))
    after = parsed(make_ocds.block(1, changed, changed=True))
    for earlier, later in zip(before, after, strict=True):
        assert later["ocid"] == earlier["ocid"]
        assert later["date"] > earlier["date"]
        assert {**later, "date": 0, "id": 0} != {**earlier, "date": 0, "id": 0}
    assert not any(one["tender"]["status"] == "active" for one in after)


# -- the command ----------------------------------------------------------------------------------


def test_the_command_writes_files_and_deltas(tmp_path: Path) -> None:
    file, delta = tmp_path / "file", tmp_path / "delta"
    assert make_ocds.main([str(file), "400", "--jobs", "1"]) == 0
    assert make_ocds.main([str(delta), "--changed", "0.05", "--of", "400", "--jobs", "1"]) == 0
    ocids = [one["ocid"] for one in parsed(file.read_bytes())]
    later = [one["ocid"] for one in parsed(delta.read_bytes())]
    assert (len(ocids), len(later)) == (400, 20)
    assert set(later) < set(ocids)


@pytest.mark.parametrize(
    "asked", [[], ["100", "--changed", "0.1"], ["--changed", "0.1"], ["100", "--bad", "2"]]
)
def test_the_command_refuses_what_makes_no_sense(tmp_path: Path, asked: list[str]) -> None:
    with pytest.raises(SystemExit):
        make_ocds.main([str(tmp_path / "file"), *asked])
    assert list(tmp_path.iterdir()) == []

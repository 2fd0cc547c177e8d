"""Indicators that add up over all processes, and the fences that they draw."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.cardinal.test_processes import award, bid
from troth.interop.cardinal.indicators import found_in
from troth.interop.cardinal.settings import parse


def run(settings: str, *releases: dict[str, Any]) -> dict[str, Any]:
    """The results of some releases, which get an ocid by their place."""
    numbered = [{"ocid": str(number), **one} for number, one in enumerate(releases)]
    return found_in(numbered, parse(settings, "settings.ini")).results.as_json()


def gap(winning: float, losing: float) -> dict[str, Any]:
    details = [bid("valid", "W", amount=winning), bid("valid", "L", amount=losing)]
    return {"bids": {"details": details}, "awards": [award("W")]}


def halves(disqualified: int, bids: int, buyer: str) -> dict[str, Any]:
    details = [bid("disqualified" if n < disqualified else "valid", f"T{n}") for n in range(bids)]
    return {"bids": {"details": details}, "buyer": {"id": buyer}}


def test_a_close_price_lies_on_the_fence_or_below() -> None:
    found = run("[R024]\nthreshold = 0.1", gap(100, 110), gap(100, 111))
    assert found["OCID"] == {"0": {"R024": 0.1}}
    assert found["Tenderer"] == {"W": {"R024": 0.0}, "L": {"R024": 0.0}}
    assert found["Meta"] == {"R024": {"lower_fence": 0.1}}


def test_a_wide_gap_lies_on_the_fence_or_above_and_flags_the_winner() -> None:
    found = run("[R058]\nthreshold = 0.1", gap(100, 110), gap(100, 109))
    assert found["OCID"] == {"0": {"R058": 0.1}}
    assert found["Tenderer"] == {"W": {"R058": 0.0}}


def test_a_fence_of_0_flags_nobody() -> None:
    assert "OCID" not in run("[R024]\nthreshold = 0\n[R058]\nthreshold = 0", gap(100, 100))


def test_the_lowest_bid_of_each_side_is_compared() -> None:
    details = [bid("valid", one, amount=amount) for one, amount in
               (("W", 120), ("W", 100), ("L", 150), ("M", 110), ("L", 105))]  # fmt: skip
    found = run("[R024]\nthreshold = 0.05", {"bids": {"details": details}, "awards": [award("W")]})
    assert found["OCID"] == {"0": {"R024": 0.05}}
    assert set(found["Tenderer"]) == {"W", "L"}


@pytest.mark.parametrize(
    "release",
    [
        gap(110, 100),
        {**gap(100, 110), "awards": [award("W"), award("W")]},
        {**gap(100, 110), "awards": [award("W", "X")]},
        {**gap(100, 110), "awards": [award("W"), award("W", status="pending")]},
    ],
)
def test_no_gap_where_the_winner_is_undercut_or_not_the_only_one(release: dict[str, Any]) -> None:
    assert "OCID" not in run("[R058]\nthreshold = 0.01", release)


def test_a_winning_price_of_0_is_infinitely_undercut() -> None:
    assert run("[R058]\nthreshold = 0.5", gap(0, 100))["OCID"] == {"0": {"R058": float("inf")}}
    assert "OCID" not in run("[R058]\nthreshold = 0.5", gap(0, 0))


def test_who_bids_often_and_seldom_wins() -> None:
    lost = [
        {
            "bids": {"details": [bid("valid", "F"), bid("valid", "F"), bid("valid", str(n))]},
            "awards": [award(str(n))],
        }
        for n in range(4)
    ]
    found = run("[R025]", *lost)
    assert found["Tenderer"] == {"F": {"R025": 0.0}}
    assert found["Meta"]["R025"]["upper_fence"] == 2.0
    assert "Tenderer" not in run("[R025]\npercentile = 101", *lost)


def test_joint_bids_take_no_part_in_wins() -> None:
    release = {"bids": {"details": [bid("valid", "A", "B")]}, "awards": [award("A")]}
    assert run("[R025]\nthreshold = 1", release)["Meta"]["R025"]["upper_fence"] != 1.0


def test_a_group_is_judged_where_its_bids_reach_the_minimum() -> None:
    """D1: it is the bids that are counted."""
    settings = "[R038]\nthreshold = 0.5\nminimum_contracting_processes = {}"
    assert run(settings.format(4), halves(2, 4, "B"))["Buyer"] == {"B": {"R038": 0.5}}
    assert "Buyer" not in run(settings.format(5), halves(2, 4, "B"))


def test_a_share_of_nothing_flags_nobody() -> None:
    found = run("[R038]", halves(0, 4, "B"), halves(0, 4, "C"))
    assert "Buyer" not in found
    assert found["Meta"]["R038"]["Buyer_upper_fence"] == 0.0


def test_without_bids_there_is_no_figure() -> None:
    assert run("[R038]", {"buyer": {"id": "B"}})["Meta"] == {}


def test_buyers_of_processes_with_a_disqualified_bid_are_mapped() -> None:
    settings = parse("[R038]", "settings.ini")
    given = [{"ocid": str(n), **halves(n, 2, f"B{n}")} for n in range(2)]
    maps = found_in(given, settings).results.as_json(maps=True)["Maps"]
    assert maps["ocid_buyer_r038"] == {"1": "B1"}


def classes(firm: str, *codes: str) -> dict[str, Any]:
    items = [{"classification": {"id": code}} for code in codes]
    return {"awards": [{**award(firm), "items": items}]}


def test_suppliers_of_many_classes() -> None:
    given = [classes("F", "1000", "1100", "2000"), *(classes(str(n), "1000") for n in range(5))]
    settings = "[R048]\nminimum_contracting_processes = 1\n"
    assert run(settings, *given)["Tenderer"] == {"F": {"R048": 3.0}}
    assert run(f"{settings}threshold = 2", *given)["Tenderer"] == {"F": {"R048": 3.0}}
    assert run(f"{settings}threshold = 2\ndigits = 1", *given)["Tenderer"] == {"F": {"R048": 2.0}}


def test_a_supplier_counts_once_in_a_process() -> None:
    twice = {"awards": classes("F", "1000")["awards"] + classes("F", "2000")["awards"]}
    settings = "[R048]\nminimum_contracting_processes = 2"
    assert "Tenderer" not in run(settings, twice)
    assert run(settings, twice, classes("F"), classes("F", "1000"))["Tenderer"] == {
        "F": {"R048": 2.0}
    }

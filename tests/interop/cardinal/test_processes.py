"""Indicators of single processes, on each side of their thresholds."""

from __future__ import annotations

from typing import Any

import pytest

from troth.interop.cardinal.indicators import found_in
from troth.interop.cardinal.settings import parse


def run(settings: str, **release: Any) -> dict[str, Any]:
    """The results of one release."""
    found = found_in([{"ocid": "o", **release}], parse(settings, "settings.ini"))
    return found.results.as_json(meta=False)


def flagged(settings: str, **release: Any) -> bool:
    return "o" in run(settings, **release).get("OCID", {})


def bid(status: str, *firms: str, amount: float | None = None, **more: Any) -> dict[str, Any]:
    value = {} if amount is None else {"value": {"amount": amount, "currency": "USD"}}
    return {"status": status, "tenderers": [{"id": one} for one in firms], **value, **more}


def award(*firms: str, status: str = "active") -> dict[str, Any]:
    return {"status": status, "suppliers": [{"id": one} for one in firms]}


def period(end: str, **more: Any) -> dict[str, Any]:
    return {"tenderPeriod": {"startDate": "2000-01-01T00:00:00Z", "endDate": end}, **more}


@pytest.mark.parametrize(
    ("settings", "end", "expected"),
    [
        ("[R003]", "2000-01-15T23:59:59Z", True),
        ("[R003]", "2000-01-16T00:00:00Z", False),
        ("[R003]\nthreshold = 10", "2000-01-11T00:00:00Z", False),
        ("[R003.procurement_method_details]\nX = 3", "2000-01-04T00:00:00Z", False),
        ("[R003.procurement_method_details]\nX = 3", "2000-01-03T00:00:00Z", True),
        ("[R003]\nprocurement_methods = selective", "2000-01-03T00:00:00Z", False),
        ("[R003]\nprocurement_methods =", "2000-01-03T00:00:00Z", True),
    ],
)
def test_a_short_period(settings: str, end: str, expected: bool) -> None:
    tender = period(end, procurementMethod="open", procurementMethodDetails="X")
    assert flagged(settings, tender=tender) is expected


@pytest.mark.parametrize(
    ("stated", "method", "expected"),
    [
        (1, "open", True), (1, "selective", True), (1, "direct", False), (2, "open", False),
        (1.0, "open", False), (True, "open", False), ("1", "open", False), (1, None, False),
    ],
)  # fmt: skip
def test_a_single_bid_is_one_that_is_stated_as_a_whole_number(stated, method, expected) -> None:
    tender = {"numberOfTenderers": stated, "procurementMethod": method}
    assert flagged("[R018]", tender=tender) is expected


def test_identical_prices_flag_both_sets_of_tenderers() -> None:
    details = [bid("valid", "A", amount=5), bid("disqualified", "B", "C", amount=5.0)]
    assert run("[R028]", bids={"details": details}) == {
        "OCID": {"o": {"R028": 1.0}},
        "Tenderer": {"B": {"R028": 1.0}, "C": {"R028": 1.0}, "A": {"R028": 1.0}},
    }


def test_the_same_tenderers_in_another_order_are_the_same() -> None:
    details = [bid("valid", "A", "B", amount=5), bid("valid", "B", "A", amount=5)]
    assert run("[R028]", bids={"details": details}) == {}


def test_a_firm_is_flagged_against_its_own_group() -> None:
    """D11."""
    details = [bid("valid", "A", amount=5), bid("valid", "A", "B", amount=5)]
    assert run("[R028]", bids={"details": details})["Tenderer"].keys() == {"A", "B"}


@pytest.mark.parametrize(
    ("received", "status", "supplier", "expected"),
    [
        ("2000-01-16T00:00:00Z", "valid", "W", True),
        ("2000-01-15T00:00:00Z", "valid", "W", False),
        ("2000-01-16T00:00:00Z", "pending", "W", False),
        ("2000-01-16T00:00:00Z", "valid", "X", False),
    ],
)
def test_a_late_bid_that_won(received: str, status: str, supplier: str, expected: bool) -> None:
    found = run(
        "[R030]",
        tender=period("2000-01-15T00:00:00Z"),
        bids={"details": [bid(status, "W", date=received)]},
        awards=[award(supplier), award("Y", status="pending")],
    )
    both = {"OCID": {"o": {"R030": 1.0}}, "Tenderer": {"W": {"R030": 1.0}}}
    assert found == (both if expected else {})


def test_all_but_the_winner_disqualified() -> None:
    details = [bid("valid", "W"), bid("disqualified", "L"), bid("disqualified", "M", "W")]
    given = {"bids": {"details": details}, "awards": [award("W"), award("W")]}
    assert run("[R035]", **given) == {
        "OCID": {"o": {"R035": 2.0}},
        "Tenderer": {"W": {"R035": 0.0}},
    }
    assert flagged("[R035]\nthreshold = 2", **given)
    assert not flagged("[R035]\nthreshold = 3", **given)
    assert flagged("[R035]\nthreshold = 0", **given)


def test_a_threshold_of_nobody_counts_as_one() -> None:
    given = {"bids": {"details": [bid("valid", "W")]}, "awards": [award("W")]}
    assert not flagged("[R035]\nthreshold = 0", **given)


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ([("disqualified", 90), ("valid", 100)], True),
        ([("disqualified", 100), ("valid", 100)], True),
        ([("valid", 100), ("disqualified", 100)], False),
        ([("disqualified", 90), ("pending", 100)], False),
        ([("withdrawn", 80), ("disqualified", 90), ("valid", 100)], True),
        ([("valid", 90), ("disqualified", 100)], False),
    ],
)
def test_the_first_lowest_bid_is_disqualified(
    bids: list[tuple[str, float]], expected: bool
) -> None:
    details = [bid(status, "T", amount=amount) for status, amount in bids]
    given = {"bids": {"details": details}, "awards": [award("T"), award("T", status="pending")]}
    assert flagged("[R036]", **given) is expected
    assert not flagged("[R036]", **{**given, "awards": [award("T", status="pending")]})


def test_tenderers_are_mapped_where_an_indicator_adds_them_up() -> None:
    given = {"bids": {"details": [bid("valid", "B", "A"), bid("invited", "C")]}}
    for settings, expected in (("[R038]", {"o": ["A", "B"]}), ("[R024]", {})):
        found = found_in([{"ocid": "o", **given}], parse(settings, "settings.ini"))
        assert found.results.as_json(maps=True)["Maps"]["ocid_tenderer"] == expected

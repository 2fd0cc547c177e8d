"""What counts as a submitted bid, a final award, a price; values of another type count as missing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.interop.cardinal.strategies import JUNK
from troth.interop.cardinal import releases
from troth.interop.cardinal.settings import parse


def with_bids(*statuses: Any) -> dict[str, Any]:
    return {"bids": {"details": [{"status": status} for status in statuses]}}


def test_any_status_but_two_is_submitted() -> None:
    found = releases.submitted_bids(
        with_bids("pending", "valid", "disqualified", "Qualified", "invited", "withdrawn", None, 1)
    )
    assert [bid["status"] for bid in found] == ["pending", "valid", "disqualified", "Qualified"]


@pytest.mark.parametrize(
    ("statuses", "active"),
    [
        (("active", "cancelled", "unsuccessful"), 1),
        (("cancelled",), 0),
        ((), 0),
        (("active", None), 1),
        (("active", "pending"), None),
        (("active", "actve"), None),
    ],
)
def test_one_award_that_is_not_final_drops_the_process(statuses: tuple, active: int | None) -> None:
    release = {**with_bids(), "awards": [{"status": status} for status in statuses]}
    found = releases.final_awards(release)
    assert (None if found is None else len(found)) == active


def test_without_lists_of_awards_and_bids_nothing_is_final() -> None:
    assert releases.final_awards({"awards": []}) is None
    assert releases.final_awards(with_bids()) is None


def test_ids_are_texts() -> None:
    assert releases.ids_of([{"id": "A"}, {"id": 1}, {}, None, {"id": "B"}]) == ["A", "B"]
    assert releases.only_id([{"id": "A"}]) == "A"
    assert releases.only_id([{"id": "A"}, {}]) is None
    assert releases.only_id([{"id": 1}]) is None


def test_a_price_has_an_amount_and_a_currency() -> None:
    assert releases.price_of({"value": {"amount": 0, "currency": "USD"}}) == (0.0, "USD")
    assert releases.price_of({"value": {"amount": "5", "currency": "USD"}}) is None
    assert releases.price_of({"value": {"amount": 5}}) is None
    assert releases.price_of({"value": {"amount": True, "currency": "USD"}}) is None


@pytest.mark.parametrize(
    ("details", "only", "never", "compared"),
    [
        (None, None, None, True),
        (None, "Y", None, False),
        (None, None, "N", True),
        ("Y", "Y", None, True),
        ("X", "Y", None, False),
        ("N", None, "N", False),
        ("X", None, "N", True),
        ("N", "N", "N", True),
        ("X", "", "N", True),
    ],
)
def test_which_prices_may_be_compared(details, only, never, compared) -> None:
    settings = parse(
        "\n".join(
            f"{name} = {value}"
            for name, value in (
                ("price_comparison_procurement_methods", only),
                ("no_price_comparison_procurement_methods", never),
            )
            if value is not None
        ),
        "settings.ini",
    )
    release = {"tender": {} if details is None else {"procurementMethodDetails": details}}
    assert releases.compares_prices(settings)(release) is compared


def test_what_is_called_off_or_excluded_is_left_out() -> None:
    excluded = frozenset({"EXC"})
    assert releases.is_left_out({"tender": {"status": "cancelled"}}, excluded)
    assert releases.is_left_out({"tender": {"procurementMethodDetails": "EXC"}}, excluded)
    assert not releases.is_left_out({"tender": {"procurementMethodDetails": ["EXC"]}}, excluded)
    assert not releases.is_left_out({}, excluded)


@given(JUNK)
def test_nothing_raises_whatever_stands_there(value: Any) -> None:
    for release in (
        {"bids": value, "awards": value, "tender": value},
        {"bids": {"details": [value]}},
    ):
        releases.submitted_bids(release)
        releases.final_awards(release)
        releases.only_supplier(release)
        releases.is_left_out(release, frozenset({"x"}))
    releases.ids_of(value)
    releases.price_of({"value": value})

"""All indicators together: which lines count, and what must hold for any data."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interop.cardinal.strategies import releases, spoiled
from troth.interop.cardinal.indicators import found_in, indicators
from troth.interop.cardinal.lines import numbered, written
from troth.interop.cardinal.settings import parse

EVERYTHING = """\
currency = USD
no_price_comparison_procurement_methods = NPC
[R003]
[R018]
[R024]
threshold = 0.05
[R025]
[R028]
[R030]
[R035]
[R036]
[R038]
[R048]
minimum_contracting_processes = 1
[R058]
"""

ALL = parse(EVERYTHING, "settings.ini")
LATE = parse("[R018]", "settings.ini")


def one_bid(ocid: Any, **tender: Any) -> str:
    made = {"numberOfTenderers": 1, "procurementMethod": "open", **tender}
    return json.dumps({"ocid": ocid, "tender": made})


def test_lines_that_are_no_release_are_passed_over() -> None:
    told: list[int] = []
    text = [one_bid("1"), "", "{", "[]", one_bid(2), one_bid("3", status="cancelled"), one_bid("4")]
    found = indicators(
        numbered(line.encode() for line in text), LATE, lambda line, _why: told.append(line)
    )
    assert list(found.results.groups["OCID"]) == ["1", "4"]
    assert told == [3]


def test_without_a_currency_the_first_one_met_is_the_main_one() -> None:
    def lowest_out(ocid: str, currency: str) -> dict[str, Any]:
        price = {"amount": 1, "currency": currency}
        details = [{"status": "disqualified", "value": price}]
        details.append({"status": "valid", "value": {**price, "amount": 2}})
        return {"ocid": ocid, "bids": {"details": details}, "awards": [{"status": "active"}]}

    given_releases = [lowest_out("1", "EUR"), lowest_out("2", "USD")]
    found = found_in(given_releases, parse("[R036]", "settings.ini"))
    assert list(found.results.groups["OCID"]) == ["1"]
    assert (found.currency, found.other_currencies) == ("EUR", 2)
    set_to = found_in(given_releases, parse("currency = USD\n[R036]", "settings.ini"))
    assert list(set_to.results.groups["OCID"]) == ["2"]


def test_no_section_no_indicator() -> None:
    found = found_in([{"ocid": "1"}], parse("", "settings.ini"))
    assert written(found.results.as_json()) == '{"Meta":{}}'


def outcome(given_releases: list[Any]) -> Any:
    """Everything, as JSON compares it."""
    return json.loads(written(found_in(given_releases, ALL).results.as_json(maps=True)))


@given(releases(), st.randoms())
def test_the_order_of_lines_changes_nothing_where_the_currency_is_set(made, random) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)
    assert outcome(shuffled) == outcome(made)


@given(st.lists(spoiled(), max_size=4))
@settings(max_examples=300)
def test_whatever_stands_in_a_release_is_counted_or_left_out(made: list[Any]) -> None:
    found = outcome(made)
    assert set(found) <= {"OCID", "Buyer", "ProcuringEntity", "Tenderer", "Meta", "Maps"}
    for group in set(found) - {"Meta", "Maps"}:
        assert all(codes for codes in found[group].values())


@given(releases())
def test_a_flagged_tenderer_stands_in_the_maps(made: list[dict[str, Any]]) -> None:
    found = outcome(made)
    for code in ("R024", "R028", "R030", "R035", "R058"):
        mapped = found["Maps"][f"ocid_tenderer_{code.lower()}"]
        assert set(mapped) == {o for o, codes in found.get("OCID", {}).items() if code in codes}
        flagged = {t for t, codes in found.get("Tenderer", {}).items() if code in codes}
        assert {one for ids in mapped.values() for one in ids} == flagged

"""Releases are corrected as the settings say; what remains wrong is a row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from tests.interop.cardinal.strategies import spoiled
from troth.interop.cardinal.lines import numbered
from troth.interop.cardinal.prepare import Prepared, prepare
from troth.interop.cardinal.settings import parse


def prepared(text: str, settings_text: str = "") -> Prepared:
    """One line, prepared."""
    wanted = parse(settings_text, "settings.ini").preparing
    (done,) = prepare(numbered([text.encode()]), wanted, lambda _line, why: pytest.fail(why))
    return done


def rows(release: dict[str, Any], settings_text: str = "") -> list[str]:
    return [issue.as_csv() for issue in prepared(json.dumps(release), settings_text).issues]


def test_what_is_not_set_is_told_and_stays_so() -> None:
    release = {
        "ocid": "o",
        "bids": {
            "details": [
                {"value": {"amount": 0}, "items": [{}, {"classification": {"id": "1"}}]},
                {"status": "valid"},
            ]
        },
        "awards": [{"items": [{"classification": {}}]}],
    }
    assert rows(release) == [
        "1,o,/bids/details[]/value/amount,0,,is zero",
        "1,o,/bids/details[]/value/currency,0,,not set",
        "1,o,/bids/details[]/items[]/classification/scheme,0.1,,not set",
        "1,o,/bids/details[]/status,0,,not set",
        "1,o,/awards[]/items[]/classification/scheme,0.0,,not set",
        "1,o,/awards[]/status,0,,not set",
    ]
    assert json.loads(prepared(json.dumps(release)).text) == release


def test_codes_outside_the_list_are_told_after_mapping() -> None:
    release = {
        "bids": {"details": [{"status": "Qualified"}, {"status": 'a "b", c'}, {"status": None}]},
        "awards": [{"status": "Active"}],
    }
    codes = "[codelists.bid_status]\nQualified = valid\n[defaults]\naward_status = Active\n"
    assert rows(release, codes) == [
        '1,,/bids/details[]/status,1,"a ""b"", c",invalid',
        "1,,/awards[]/status,0,Active,invalid",
    ]


@pytest.mark.parametrize(
    ("ocid", "cell"), [(None, ""), (5, "5"), (1.50, "1.5"), ("a,b", '"a,b"'), (["a"], '"[""a""]"')]
)
def test_the_ocid_is_given_as_it_stands(ocid: Any, cell: str) -> None:
    assert rows({"ocid": ocid, "awards": [{}]}) == [f"1,{cell},/awards[]/status,0,,not set"]


@pytest.mark.parametrize(
    ("settings_text", "before", "after"),
    [
        ("", '{"buyer":{"id":1.10}}', '{"buyer":{"id":"1.10"}}'),
        ("", '{"a":1.10,"b":1E+5}', '{"a":1.10,"b":1E+5}'),
        ("", '{"parties":{"id":1}}', '{"parties":[{"id":"1"}]}'),
        (
            "[redactions]\norganization_id = x",
            '{"buyer":{"id":"x","name":"n","uri":"u","e":1}}',
            '{"buyer":{"e":1,"name":"n","uri":"u"}}',
        ),
        (
            "[redactions]\namount = 99.90",
            '{"bids":{"details":[{"value":{"amount":99.9,"currency":"USD"},"status":"valid"}]}}',
            '{"bids":{"details":[{"value":{"currency":"USD"},"status":"valid"}]}}',
        ),
        (
            "[modifications]\nsplit_procurement_method_details = -",
            '{"tender":{"procurementMethodDetails":"a b \\u00a0- c - d"}}',
            '{"tender":{"procurementMethodDetails":"a b"}}',
        ),
        (
            "[modifications]\nmove_auctions = true",
            '{"auctions":[{"stages":[{"bids":[{"status":"valid"}],"id":1,"x":2},3]},4]}',
            '{"auctions":[{"stages":[{"x":2,"id":1},3]},4],"bids":{"details":[{"status":"valid"}]}}',
        ),
        (
            "[defaults]\nbid_status = valid",
            '{"bids":{"details":[null,{}]}}',
            '{"bids":{"details":[{"status":"valid"},{"status":"valid"}]}}',
        ),
        ("", '{"contracts":[{"awardID":1}]}', '{"contracts":[{"awardID":1}]}'),
        (
            "[corrections]\naward_status_by_contract_status = true",
            '{"contracts":[{"awardID":1}]}',
            '{"contracts":[{"awardID":"1"}]}',
        ),
        (
            "[defaults]\nparty_roles = true\n[modifications]\nprefix_buyer_or_procuring_entity_id = P-",
            '{"parties":[{"id":"P-1"},{"id":"1"}],"buyer":{"id":1}}',
            '{"parties":[{"id":"P-1","roles":["buyer"]},{"id":"1"}],"buyer":{"id":"P-1"}}',
        ),
    ],
)
def test_one_correction(settings_text: str, before: str, after: str) -> None:
    assert prepared(before, settings_text).text == after


def test_auctions_stay_where_there_are_bids_and_that_is_told() -> None:
    told: list[tuple[int, str]] = []
    text = '{"auctions":[],"bids":{}}'
    wanted = parse("[modifications]\nmove_auctions = true", "settings.ini").preparing
    (done,) = prepare(numbered([text.encode()]), wanted, lambda *said: told.append(said))
    assert done.text == text
    assert told == [(1, "its /auctions stay where they are, since there are /bids")]


def test_a_line_that_is_no_object_is_left_out() -> None:
    told: list[tuple[int, str]] = []
    wanted = parse("", "settings.ini").preparing
    lines = numbered([b"[]", b"{}", b"{"])
    assert [one.text for one in prepare(lines, wanted, lambda *said: told.append(said))] == ["{}"]
    assert [line for line, _ in told] == [1, 3]
    assert told[0] == (1, "not a JSON object")


EVERYTHING = """\
[defaults]
currency = USD
item_classification_scheme = CPV
bid_status = valid
award_status = active
party_roles = true
[redactions]
amount = 0
organization_id = D
[corrections]
award_status_by_contract_status = true
[modifications]
move_auctions = true
prefix_tenderer_or_supplier_id = P-
split_procurement_method_details = P
[codelists.bid_status]
odd = valid
"""


@given(spoiled())
@settings(max_examples=300)
def test_what_is_prepared_once_stays_so(release: Any) -> None:
    """Whatever stands in it."""
    wanted = parse(EVERYTHING, "settings.ini").preparing
    once = list(prepare(numbered([json.dumps(release).encode()]), wanted, lambda *_: None))
    twice = list(prepare(numbered(one.text.encode() for one in once), wanted, lambda *_: None))
    assert [one.text for one in twice] == [one.text for one in once]
    assert [one.issues for one in twice] == [one.issues for one in once]

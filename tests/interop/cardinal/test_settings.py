"""A settings file of Cardinal is read as Cardinal reads it, and refused with file, line and key."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.interop.cardinal.settings import (
    CODES,
    Settings,
    default_file,
    parse,
    read_settings,
    separated,
)


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as refused:
        parse(text, "settings.ini")
    return str(refused.value)


def test_an_indicator_runs_where_its_section_stands() -> None:
    found = parse("[R024]\n; threshold = 0.05\n[R038]\nthreshold = 0.5\n", "settings.ini")

    assert list(found.indicators) == ["R024", "R038"]
    assert found.indicators["R024"] == {"threshold": None}
    assert found.indicators["R038"] == {
        "threshold": 0.5,
        "minimum_submitted_bids": 2,
        "minimum_contracting_processes": 2,
    }


def test_an_empty_file_enables_nothing() -> None:
    assert parse("", "settings.ini") == Settings()


def test_the_thresholds_of_methods_enable_their_indicator() -> None:
    found = parse("[R003.procurement_method_details]\nLicitación: 10\n", "settings.ini")

    assert found.indicators["R003"]["procurement_method_details"] == {"Licitación": 10}
    assert found.indicators["R003"]["threshold"] == 15


def test_every_section_ends_where_it_is_used() -> None:
    text = """\
currency = USD
price_comparison_procurement_methods = Reverse Auction|Other
[output]
info_currency_mismatches = true
[defaults]
party_roles = yes
[redactions]
amount = 0|99999999|nothing
organization_id = foo|bar|
[modifications]
split_procurement_method_details = -
[codelists.award_status]
Active = active
[exclusions]
procurement_method_details = A
"""
    found = parse(text, "settings.ini")

    assert found.currency == "USD"
    assert found.price_comparison == {"Reverse Auction", "Other"}
    assert found.no_price_comparison is None
    assert found.info_currency_mismatches
    assert found.excluded == {"A"}
    assert found.preparing.party_roles
    assert found.preparing.amount == {0, 99999999}
    assert found.preparing.organization_id == {"foo", "bar"}
    assert found.preparing.split_procurement_method_details == "-"
    assert found.preparing.award_statuses == {"Active": "active"}


def test_comments_quotes_and_escapes() -> None:
    text = '# head\n ; more\n[modifications]\nsplit_procurement_method_details = " - "\n'
    assert parse(text, "x").preparing.split_procurement_method_details == " - "
    assert parse("currency = U\\\\S\\tD", "x").currency == "U\\S\tD"
    assert parse("\ufeffcurrency: USD", "x").currency == "USD"


def test_a_later_section_replaces_an_earlier_one() -> None:
    found = parse("[R048]\ndigits = 3\n[R048]\nthreshold = 4\n", "x")
    assert (found.indicators["R048"]["digits"], found.indicators["R048"]["threshold"]) == (2, 4)


def test_an_unknown_key_is_refused_with_the_one_that_was_meant() -> None:
    said = refusal("[R024]\n\nthreshhold = 0.05\n")
    assert said.startswith("settings.ini, line 3: unknown key 'threshhold' in [R024].")
    assert "Did you mean 'threshold'?" in said


def test_a_key_in_the_wrong_section_is_told_the_right_one() -> None:
    said = refusal("[R028]\ndigits = 2\n")
    assert "It belongs in [R048]. It has no keys." in said
    assert "the head of the file" in refusal("bid_status = valid\n")


def test_an_unknown_section_is_refused_with_those_there_are() -> None:
    said = refusal("[R024]\n[R44]\n")
    assert said.startswith(
        "settings.ini, line 2: unknown section [R44]. Cardinal 0.0.8 has [output],"
    )
    assert "Did you mean 'R025'?" in refusal("[R0255]\n")
    assert "[codelists.bid_status]" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[R024]\nthreshold = much", "expected a number such as 0.05, found 'much'"),
        ("[R024]\nthreshold =", "expected a number such as 0.05, found ''"),
        ("[R025]\npercentile = 75.5", "expected a whole number from 0, found '75.5'"),
        ("[R025]\npercentile = -1", "expected a whole number from 0, found '-1'"),
        ("[R003.procurement_method_details]\na = b", "a: expected a whole number of days"),
        ("[defaults]\nparty_roles = perhaps", "expected true or false, found 'perhaps'"),
        ("[R024", "expected ] at the end of the section '[R024'"),
        ("[R024]\nthreshold", "expected 'key = value', found 'threshold'"),
        ("currency = 'USD", "the quotation mark ' is never closed"),
    ],
)
def test_what_is_no_value_is_refused_with_its_line(text: str, expected: str) -> None:
    said = refusal(text)
    assert said.startswith(f"settings.ini, line {text.count(chr(10)) + 1}: ")
    assert expected in said


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file\. Write one first: troth cardinal init"):
        read_settings(tmp_path / "settings.ini")
    with pytest.raises(UsageError, match="this is a folder"):
        read_settings(tmp_path)
    (tmp_path / "latin.ini").write_bytes("\ncurrency = \xa3".encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin.ini, line 2: not UTF-8"):
        read_settings(tmp_path / "latin.ini")


def test_a_file_is_found_without_its_ending(tmp_path: Path) -> None:
    (tmp_path / "settings.ini").write_text("[R018]\n")
    assert list(read_settings(tmp_path / "settings").indicators) == ["R018"]


def test_the_default_file_enables_everything_and_sets_nothing() -> None:
    found = parse(default_file(), "settings.ini")
    assert tuple(found.indicators) == CODES
    assert found.currency is None
    uncommented = "\n".join(
        line.removeprefix("; ") if "=" in line else line for line in default_file().splitlines()
    )
    assert parse(uncommented, "settings.ini").preparing.bid_statuses == {"qualified": "valid"}


@pytest.mark.parametrize(
    ("text", "expected"), [("", set()), ("a", {"a"}), ("a|b|", {"a", "b"}), ("|a", {"", "a"})]
)
def test_a_bar_at_the_end_of_a_list_is_ignored(text: str, expected: set[str]) -> None:
    assert separated(text) == expected


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        parse(text, "settings.ini")

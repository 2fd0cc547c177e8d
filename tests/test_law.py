"""The law as data: what the files say, and what is refused in one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from troth.errors import UsageError
from troth.law import files, law, table

HEAD = """
name = "Examplia"
countries = ["XX"]
currency = "EUR"
known_until = 2025-12-31
"""
RULE = """
[[threshold]]
rule = "competition"
categories = ["goods"]
amount = 40_000
from = 2020-01-01
source = "Act 1/2019, article 2"
sure = "known"
"""
PERIOD = """
[[period]]
procedure = "open"
categories = ["goods", "works"]
days = 35
from = 2020-01-01
until = 2021-12-31
source = "Act 1/2019, article 3"
sure = "verified"
"""

Write = Callable[..., list[Path]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*texts: str) -> list[Path]:
        paths = [tmp_path / f"{number}.toml" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        return paths

    return written


def of(country: str, category: str, day: date) -> list[tuple[str, float]]:
    """The thresholds of the installed files: kind of body, or rule where it binds any; and amount."""
    return sorted(
        (row["kind_of_body"] if row["kind_of_body"] != "any" else row["rule"], row["amount"])
        for row in law().to_pylist()
        if row["country"] == country
        and row["category"] == category
        and row["amount"] is not None
        and row["valid_from"] <= day <= row["valid_until"]
    )


def test_a_rule_is_read_for_each_country_and_category(write: Write) -> None:
    rows = table(write(HEAD + RULE + PERIOD)).to_pylist()

    first = rows[0]
    assert (first["country"], first["rule"], first["category"]) == ("XX", "competition", "goods")
    assert (first["amount"], first["currency"], first["days"]) == (40_000, "EUR", None)
    assert [(row["rule"], row["category"], row["days"]) for row in rows[1:]] == [
        ("days_to_bid", "goods", 35),
        ("days_to_bid", "works", 35),
    ]


def test_a_rule_without_an_end_holds_as_long_as_the_file_knows(write: Write) -> None:
    """The law of tomorrow is not guessed."""
    (row,) = table(write(HEAD + RULE)).to_pylist()

    assert (row["valid_from"], row["valid_until"]) == (date(2020, 1, 1), date(2025, 12, 31))


def changed(old: str, new: str, text: str = HEAD + RULE) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "[[threshold", "0.toml: not TOML"),
        (changed("currency", "money"), "0.toml: unknown money"),
        (changed('name = "Examplia"', ""), "0.toml: missing name"),
        (changed('["XX"]', '["Examplia"]'), "countries: expected two capital letters"),
        (changed('"EUR"', '"euro"'), "currency: expected three capital letters"),
        (changed("amount", "ammount"), "[[threshold]] no. 1: unknown ammount"),
        (changed('source = "Act 1/2019, article 2"', ""), "[[threshold]] no. 1: missing source"),
        (changed("Act 1/2019, article 2", " "), "source is empty; name the article"),
        (changed("40_000", '"40,000"'), "amount: '40,000' is of the wrong kind"),
        (changed("40_000", "true"), "amount: True is of the wrong kind"),
        (changed("40_000", "0"), "more than 0"),
        (changed('"goods"', '"books"'), "categories: 'books' is none of goods, services, works"),
        (changed('"competition"', '"secrecy"'), "rule: 'secrecy' is none of"),
        (changed('"known"', '"hoped"'), "sure: 'hoped' is none of verified, known"),
        (changed("from =", 'kind_of_body = "odd"\nfrom ='), "kind_of_body: 'odd' is none of"),
        (changed("from =", "until = 2019-12-31\nfrom ="), "until 2019-12-31 lies before from"),
        (HEAD + RULE + RULE, "no. 2: from 2020-01-01 overlaps with 0.toml, [[threshold]] no. 1"),
    ],
)
def test_a_mistake_is_named_with_its_place(write: Write, text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        table(write(text))
    assert said in str(raised.value)


def test_rules_that_follow_each_other_or_bind_others_do_not_overlap(write: Write) -> None:
    first = changed("from =", "until = 2022-12-31\nfrom =")
    next_one = RULE.replace("2020-01-01", "2023-01-01")
    central = RULE.replace("from =", 'kind_of_body = "central"\nfrom =')

    assert table(write(first + next_one + central)).num_rows == 3


def test_two_files_may_speak_of_one_country_in_one_currency_only(write: Write) -> None:
    other = (HEAD + RULE).replace('"competition"', '"publication"')

    assert table(write(HEAD + RULE, other)).num_rows == 2
    with pytest.raises(UsageError, match=r"1\.toml.*XX has thresholds in USD here and in EUR"):
        table(write(HEAD + RULE, other.replace("EUR", "USD")))


def test_two_files_may_not_say_the_same(write: Write) -> None:
    with pytest.raises(UsageError, match="overlaps"):
        table(write(HEAD + RULE, HEAD + RULE))


@pytest.mark.parametrize(
    ("day", "works", "central", "sub_central"),
    [
        (date(2016, 4, 18), 5_225_000, 135_000, 209_000),
        (date(2019, 12, 31), 5_548_000, 144_000, 221_000),
        (date(2020, 1, 1), 5_350_000, 139_000, 214_000),
        (date(2022, 1, 1), 5_382_000, 140_000, 215_000),
        (date(2023, 12, 31), 5_382_000, 140_000, 215_000),
        (date(2024, 1, 1), 5_538_000, 143_000, 221_000),
        (date(2027, 12, 31), 5_404_000, 140_000, 216_000),
    ],
)
def test_the_thresholds_of_the_european_union_by_day(
    day: date, works: int, central: int, sub_central: int
) -> None:
    assert of("DE", "works", day) == [("publication", works)]
    assert of("DE", "goods", day) == [("central", central), ("sub-central", sub_central)]


@pytest.mark.parametrize(
    ("country", "category", "day", "amount"),
    [
        ("IT", "goods", date(2020, 7, 16), 40_000),
        ("IT", "goods", date(2021, 5, 31), 75_000),
        ("IT", "services", date(2023, 6, 30), 139_000),
        ("IT", "services", date(2023, 7, 1), 140_000),
        ("IT", "works", date(2024, 1, 1), 150_000),
        ("FR", "goods", date(2019, 12, 31), 25_000),
        ("FR", "goods", date(2020, 1, 1), 40_000),
        ("FR", "works", date(2021, 1, 1), 100_000),
    ],
)
def test_the_thresholds_of_two_countries_by_day(
    country: str, category: str, day: date, amount: int
) -> None:
    assert ("competition", amount) in of(country, category, day)


def test_before_a_file_begins_and_after_it_ends_there_is_no_law() -> None:
    assert of("DE", "goods", date(2016, 4, 17)) == []
    assert of("DE", "goods", date(2028, 1, 1)) == []
    assert of("XX", "goods", date(2024, 1, 1)) == []


def test_every_file_names_its_sources_and_is_installed() -> None:
    assert [path.name for path in files()] == ["eu.toml", "france.toml", "italy.toml"]
    rows: list[dict[str, Any]] = law().to_pylist()
    assert all(any(letter.isdigit() for letter in row["source"]) for row in rows)
    assert {row["days"] for row in rows if row["procedure"] == "open"} == {35}

"""The words beside a formula are read strictly: a slip is an error that names file and line."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from troth.errors import UsageError
from troth.indicators import catalogue
from troth.indicators.words import Example, Words, parse, words_of

TEXTS = """\
# Single bid

## Why it matters

One bid is no choice.

## What can mislead

A market of one.

It happens.

## What would clear it

A market study.

## Worked examples
"""

EXAMPLE = """
### One bidder and an unknown number

Given tender

| pid | method | tenderers_stated |
| --- | --- | --- |
| 1 | open | 1 |
| 2 | open | |

Expect

| pid | state | field |
| --- | --- | --- |
| 1 | flagged | |
| 2 | insufficient_data | tender/numberOfTenderers |
"""


def read(example: str = EXAMPLE, kind: str = "tender") -> Words:
    return parse(TEXTS + example, "single_bid.md", kind)


def only(example: str, kind: str = "tender") -> Example:
    (one,) = read(example, kind).examples
    return one


def rows(given: str, table: str = "tender") -> list[dict[str, Any]]:
    """What a Given stands for; the Expect is there because it has to be."""
    expect = "Expect\n\n| pid | state |\n| --- | --- |\n| 1 | flagged |\n"
    return [dict(row) for row in only(f"\n### A story\n\n{given}\n{expect}").tables[table]]


def test_the_texts_are_read_as_they_stand() -> None:
    words = read()
    assert words.title == "Single bid"
    assert words.why == "One bid is no choice."
    assert words.misleads == "A market of one.\n\nIt happens."
    assert words.clears == "A market study."


def test_an_example_is_kept_as_written_for_readers() -> None:
    example = only(EXAMPLE)
    assert example.title == "One bidder and an unknown number"
    assert example.given == {
        "tender": (
            {"pid": "1", "method": "open", "tenderers_stated": "1"},
            {"pid": "2", "method": "open", "tenderers_stated": None},
        )
    }
    assert example.expect[1] == {
        "pid": "2",
        "state": "insufficient_data",
        "field": "tender/numberOfTenderers",
    }


def test_an_empty_cell_and_a_column_left_out_are_unknown() -> None:
    first, second = only(EXAMPLE).tables["tender"]
    assert (first["tenderers_stated"], second["tenderers_stated"]) == (1, None)
    assert first["rationale"] is None


def test_a_process_that_is_only_mentioned_belongs_to_body_1_and_the_year_2024() -> None:
    processes = only(EXAMPLE).tables["process"]
    told = [(row["pid"], row["ocid"], row["body_key"], row["year"]) for row in processes]
    assert told == [(1, "ocds-example-1", 1, 2024), (2, "ocds-example-2", 1, 2024)]


def test_a_process_that_is_given_stays_as_given() -> None:
    given = "Given process\n\n| pid | body_key |\n| --- | --- |\n| 1 | |\n"
    (row,) = rows(given, "process")
    assert (row["body_key"], row["year"]) == (None, None)


def test_columns_that_are_never_empty_have_a_stated_default() -> None:
    given = "Given bid\n\n| pid | status |\n| --- | --- |\n| 1 | valid |\n"
    (row,) = rows(given, "bid")
    assert (row["bid_no"], row["lot"], row["tenderers"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("cell", "moment", "form"),
    [
        ("2024-01-31", datetime(2024, 1, 31, tzinfo=UTC), "day"),
        ("2024-01-31T12:30", datetime(2024, 1, 31, 12, 30, tzinfo=UTC), "local"),
        ("2024-01-31T12:30:00Z", datetime(2024, 1, 31, 12, 30, tzinfo=UTC), "zoned"),
        ("2024-01-31T01:30:00+02:00", datetime(2024, 1, 30, 23, 30, tzinfo=UTC), "zoned"),
    ],
)
def test_a_date_is_a_moment_in_utc_and_keeps_how_it_was_written(
    cell: str, moment: datetime, form: str
) -> None:
    (row,) = rows(f"Given tender\n\n| pid | period_end |\n| --- | --- |\n| 1 | {cell} |\n")
    assert (row["period_end"], row["period_end_form"]) == (moment, form)


def test_ranges_run_side_by_side_and_other_cells_repeat() -> None:
    head = "| pid | method | tenderers_stated | period_end |\n| --- | --- | --- | --- |\n"
    made = rows(
        f"Given tender\n\n{head}| 1..3 | open | 10..12 | 2024-02-28..2024-03-01 |\n| 9 | | | |\n"
    )
    assert [(row["pid"], row["method"], row["tenderers_stated"]) for row in made] == [
        (1, "open", 10),
        (2, "open", 11),
        (3, "open", 12),
        (9, None, None),
    ]
    assert [row["period_end"].day for row in made[:3]] == [28, 29, 1]


def test_ranges_in_expect_are_spread_too() -> None:
    example = only(EXAMPLE.replace("| 1 | flagged | |\n| 2 | insuff", "| 1..2 | insuff"))
    assert [case["pid"] for case in example.cases] == [1, 2]
    assert {case["field"] for case in example.cases} == {"tender/numberOfTenderers"}


def test_the_day_of_judgement_is_a_day() -> None:
    assert only(EXAMPLE).as_of is None
    assert only(EXAMPLE.replace("Expect", "As of 2024-06-30\n\nExpect")).as_of == date(2024, 6, 30)


#: What is slipped into the file, the line that has it, and what the message must say.
SLIPS = [
    ("# Single bid", "Single bid", 1, "expected '# '"),
    ("## What can mislead", "## What misleads", 7, "expected '## What can mislead'"),
    ("A market study.", "", 17, "the section 'What would clear it' is empty"),
    ("### One", "#### One", 19, "expected '### ' and the title"),
    ("Given tender", "Given tenders", 21, "no table 'tenders'"),
    ("| pid | method |", "| pid | methods |", 25, "no column ['methods']"),
    ("| pid | method |", "| pid | pid |", 23, "columns named twice: pid"),
    ("| --- | --- | --- |", "", 24, "expected the line under the head"),
    ("| 1 | open | 1 |", "| 1 | open |", 25, "the head has 3 cells and this row 2"),
    ("| 1 | open | 1 |", "| 1 | open | one |", 25, "expected integer, found 'one'"),
    ("| 1 | open | 1 |", "| 1 | open | 1", 25, "begins and ends with |"),
    ("| 1 | open | 1 |", "| | open | 1 |", 25, "pid is never empty and has no default"),
    ("| 1 | open | 1 |", "| 2 | open | 1 |", 26, "two rows of tender have the key"),
    ("| 1 | open | 1 |", "| 1..3 | open | 1..2 |", 25, "must be equally long: pid 3, tenderers"),
    ("| 1 | open | 1 |", "| 3..1 | open | 1 |", 25, "runs backwards"),
    ("Expect\n", "Expected\n", 28, "expected 'Given' and a table"),
    ("Expect\n", "As of June\n\nExpect\n", 28, "expected a day such as 2024-01-31"),
    ("| pid | state |", "| pid | status |", 32, "has the columns pid, state, field"),
    ("| 1 | flagged | |", "| 1 | flagd | |", 32, "no state 'flagd'"),
    ("| 1 | flagged | |", "| 1 | flagged | method |", 32, "name a field, the other states do not"),
    ("| 1 | flagged | |", "| 1 | error | |", 32, "name a field, the other states do not"),
    ("| 1 | flagged | |", "| one | flagged | |", 32, "pid: expected integer"),
    ("| 1 | flagged | |", "| 7 | flagged | |", 34, "nothing is given of: [7]"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "message"), SLIPS)
def test_a_slip_is_named_with_file_and_line(
    right: str, wrong: str, line: int, message: str
) -> None:
    text = TEXTS + EXAMPLE
    assert right in text
    with pytest.raises(UsageError) as caught:
        parse(text.replace(right, wrong, 1), "single_bid.md", "tender")
    assert str(caught.value).startswith(f"single_bid.md, line {line}: ")
    assert message in str(caught.value)


def test_an_example_needs_what_is_given_and_what_is_expected() -> None:
    for half in ("Given", "Expect"):
        start = EXAMPLE.index(half)
        end = EXAMPLE.index("Expect") if half == "Given" else len(EXAMPLE)
        with pytest.raises(UsageError, match="needs a Given and an Expect"):
            read(EXAMPLE[:start] + EXAMPLE[end:])


def test_a_file_without_examples_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one worked example"):
        read("")


def test_two_examples_of_one_title_are_refused() -> None:
    with pytest.raises(UsageError, match="two examples are called"):
        read(EXAMPLE + EXAMPLE)


def test_a_case_of_an_award_is_named_by_process_and_award() -> None:
    example = """
### Two awards of one process

Given award

| pid | award_no | status |
| --- | --- | --- |
| 1 | 0..1 | active |

Expect

| pid | award_no | state |
| --- | --- | --- |
| 1 | 0..1 | not_flagged |
"""
    cases = only(example, "award").cases
    assert [(case["pid"], case["award_no"], case["state"]) for case in cases] == [
        (1, 0, "not_flagged"),
        (1, 1, "not_flagged"),
    ]
    with pytest.raises(UsageError, match="an Expect about a contract has the columns"):
        only(example, "contract")


@pytest.mark.parametrize("indicator", catalogue().values(), ids=lambda indicator: indicator.code)
def test_every_indicator_has_words_under_its_own_title(indicator: Any) -> None:
    assert words_of(indicator).title == indicator.card.title


def test_an_example_of_the_second_ledger_is_asked_of_the_second_formula() -> None:
    text = (
        TEXTS
        + """
### Of the body's own counts

Given foi_annual

| body_id | year | period_end | total |
| --- | --- | --- | --- |
| B1 | 2024 | | 40 |
| B1 | 2024 | 2024-06-30 | 20 |

Expect

| body_id | year | period_end | state |
| --- | --- | --- | --- |
| B1 | 2024 | | flagged |
| B1 | 2024 | 2024-06-30 | not_flagged |
"""
    )
    (example,) = parse(text, "requests.md", "foi", "foi_annual").examples
    assert example.kind == "foi_annual"
    assert [case["period_end"] for case in example.cases] == [None, date(2024, 6, 30)]
    with pytest.raises(UsageError, match="an Expect about a foi has"):
        parse(text, "requests.md", "foi")

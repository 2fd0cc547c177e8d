"""Ways of writing that publishers have: what fits is rewritten, all else is left to be found."""

import pyarrow as pa
import pytest

from troth.sources.ledgers import written


@pytest.mark.parametrize(
    ("way", "text", "expected"),
    [
        (written.day_month_year, "31/12/2024", "2024-12-31"),
        (written.day_month_year, "1.2.2024", "2024-02-01"),
        (written.day_month_year, "12/31/2024", "2024-31-12"),  # no such month: found later
        (written.day_month_year, "2024-12-31", "2024-12-31"),
        (written.day_month_year, "31/12/24", "31/12/24"),
        (written.month_day_year, "3/4/2024", "2024-03-04"),
        (written.month_day_year, "3.4.2024", "3.4.2024"),
        (written.spreadsheet_day, "41000", "2012-04-01"),
        (written.spreadsheet_day, "41000.0", "2012-04-01"),
        (written.spreadsheet_day, "61", "1900-03-01"),
        (written.spreadsheet_day, "60", "60"),
        (written.spreadsheet_day, "109574", "2199-12-31"),
        (written.spreadsheet_day, "109575", "109575"),
        (written.spreadsheet_day, "41000.5", "41000.5"),
        (written.spreadsheet_day, "2012-04-01", "2012-04-01"),
        (written.english_day, "October 2, 1924", "1924-10-02"),
        (written.english_day, "Dec. 4, 1961", "1961-12-04"),
        (written.english_day, "21 July 2017", "2017-07-21"),
        (written.english_day, "July 1872", "July 1872"),
        (written.english_day, "Thermidor 9, 1994", "Thermidor 9, 1994"),
        (written.decimal_comma, "1.234.567,89", "1234567.89"),
        (written.decimal_comma, "-16,51", "-16.51"),
        (written.decimal_comma, "1.234", "1234"),
        (written.decimal_comma, "1,234.5", "1,234.5"),
        (written.decimal_comma, "12.34", "12.34"),
        (written.grouped_by_commas, "1,234,567.89", "1234567.89"),
        (written.grouped_by_commas, "1,23", "1,23"),
        (written.percent, "97.5%", "0.975"),
        (written.percent, "97.5", "0.975"),
        (written.percent, "most", "most"),
    ],
)
def test_a_text_is_rewritten_where_it_fits_and_left_where_not(way, text, expected) -> None:
    assert way(pa.array([text, None])).to_pylist() == [expected, None]


def test_words_that_stand_for_nothing_are_nothing() -> None:
    texts = pa.array(["REDACTED", "Smith", None])
    assert written.or_nothing(texts, "REDACTED").to_pylist() == [None, "Smith", None]


def test_a_body_that_is_only_named_and_a_row_without_a_key_get_one() -> None:
    assert written.after("XX:", pa.array(["Town", None])).to_pylist() == ["XX:Town", None]
    assert written.key_of("a.csv", pa.array([2, 7])).to_pylist() == ["a.csv:2", "a.csv:7"]

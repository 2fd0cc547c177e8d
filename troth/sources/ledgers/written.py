"""Ways of writing dates and numbers that publishers use, rewritten into the one we read.

Each function rewrites the texts that are written its way and leaves all others as they are, so that
the strict reading finds them and says what is wrong. Nothing here guesses: a format names the ways
that its publisher uses, and `03/04/2024` is one day or another by that alone.
"""

from __future__ import annotations

import datetime as dt
import re

import pyarrow as pa
import pyarrow.compute as pc

#: Day 0 of a spreadsheet. It counts 29 February 1900, which never was, so that only numbers from
#: 61 (1 March 1900) on are days.
_SHEET_EPOCH = dt.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 61, 109_574  # 1900-03-01, 2199-12-31

_NOTHING = pa.scalar(None, pa.string())


def day_month_year(texts: pa.Array) -> pa.Array:
    """`31/12/2024`, `31-12-2024` and `31.12.2024` as 2024-12-31."""
    parts = pc.extract_regex(
        texts, r"^(?P<d>[0-9]{1,2})(?P<s>[/.-])(?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})$"
    )
    return _from_parts(texts, parts)


def month_day_year(texts: pa.Array) -> pa.Array:
    """`12/31/2024` as 2024-12-31."""
    parts = pc.extract_regex(texts, r"^(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})$")
    return _from_parts(texts, parts)


def _from_parts(texts: pa.Array, parts: pa.Array) -> pa.Array:
    year, month, day = (pc.struct_field(parts, name) for name in ("y", "m", "d"))
    padded = [pc.utf8_lpad(part, width=2, padding="0") for part in (month, day)]
    return pc.coalesce(pc.binary_join_element_wise(year, *padded, "-"), texts)


def spreadsheet_day(texts: pa.Array) -> pa.Array:
    """`41000`, the number that a spreadsheet has for a day, as 2012-04-01."""
    encoded = texts.dictionary_encode()
    days = [_of_serial(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(days, pa.string()).take(encoded.indices)


def _of_serial(text: str) -> str:
    whole = text.removesuffix(".0")
    if whole.isascii() and whole.isdigit() and len(whole) < 7:
        number = int(whole)
        if _FIRST_SERIAL <= number <= _LAST_SERIAL:
            return (_SHEET_EPOCH + dt.timedelta(days=number)).isoformat()
    return text


def decimal_comma(texts: pa.Array) -> pa.Array:
    """`1.234.567,89` and `1234567,89` as 1234567.89."""
    fits = pc.match_substring_regex(texts, r"^-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?$")
    plain = pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", ".")
    return pc.if_else(fits, plain, texts)


def grouped_by_commas(texts: pa.Array) -> pa.Array:
    """`1,234,567.89` as 1234567.89."""
    fits = pc.match_substring_regex(texts, r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$")
    return pc.if_else(fits, pc.replace_substring(texts, ",", ""), texts)


def percent(texts: pa.Array) -> pa.Array:
    """`97.5%` and `97.5` as 0.975: for columns that are stated to be percentages."""
    encoded = texts.dictionary_encode()
    shares = [_share(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(shares, pa.string()).take(encoded.indices)


def _share(text: str) -> str:
    from decimal import Decimal, InvalidOperation

    try:
        return format(Decimal(text.removesuffix("%").strip()) / 100, "f")
    except InvalidOperation:
        return text


def or_nothing(texts: pa.Array, *words: str) -> pa.Array:
    """Null where one of these words stands for nothing."""
    return pc.if_else(pc.is_in(texts, value_set=pa.array(words)), _NOTHING, texts)


def after(prefix: str, texts: pa.Array) -> pa.Array:
    """The texts behind a prefix: how a body that is only named gets an identifier."""
    return pc.binary_join_element_wise(pa.scalar(prefix), texts, "")


def key_of(file: str, lines: pa.Array) -> pa.Array:
    """A key for rows that their publisher gives none: the file and the line."""
    return pc.binary_join_element_wise(pa.scalar(file), lines.cast(pa.string()), ":")


_MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_FULL = "january february march april may june july august september october november december"
_MONTHS |= {name: number for number, name in enumerate(_FULL.split(), start=1)}
_MONTHS["sept"] = 9

_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}), ([0-9]{4})")
_DAY_MONTH = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3,9})\.? ([0-9]{4})")


def english_day(texts: pa.Array) -> pa.Array:
    """`October 2, 1924`, `Dec. 4, 1961` and `21 July 2017` as 1924-10-02 and so on."""
    encoded = texts.dictionary_encode()
    days = [_of_english(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(days, pa.string()).take(encoded.indices)


def _of_english(text: str) -> str:
    if found := _MONTH_DAY.fullmatch(text):
        month, day, year = found.groups()
    elif found := _DAY_MONTH.fullmatch(text):
        day, month, year = found.groups()
    else:
        return text
    number = _MONTHS.get(month.lower())
    return text if number is None else f"{year}-{number:02}-{int(day):02}"

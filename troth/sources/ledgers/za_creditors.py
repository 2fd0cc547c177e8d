"""South Africa: what municipalities owe, by age, as the National Treasury gathers it.

A row is one item of one municipality in one period, with a column for each band of age; each band
that is filled becomes an entry. The financial year ends on 30 June: month 1 of 2015 is July 2014.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Entries, Format, Refused, Translated, stacked

#: The file's name of a band of age, and ours (days). The names of the first have five spaces.
BANDS = {
    "L30    AMOUNT": "0-30",
    "L60    AMOUNT": "31-60",
    "L90    AMOUNT": "61-90",
    "L120   AMOUNT": "91-120",
    "L150   AMOUNT": "121-150",
    "L180   AMOUNT": "151-180",
    "L1     AMOUNT": "181-365",
    "G1     AMOUNT": "366+",
    "TOT    AMOUNT": "all",
}

#: The code of the line that adds up the others.
TOTAL = "1000"

_BASES = {"AUDA": "audited", "PAUD": "unaudited"}
_MONTH_ENDS = {7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31, 1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30}  # fmt: skip


def _day_and_basis(period: str) -> tuple[str, str | None]:
    """`2015AUDA` is 30 June 2015, audited; `2015M01` is 31 July 2014. What is written otherwise
    stays as it is, and is found to be no date."""
    year, kind = period[:4], period[4:]
    if not (year.isascii() and year.isdigit()):
        return period, None
    if kind in _BASES:
        return f"{year}-06-30", _BASES[kind]
    if len(kind) == 3 and kind[0] == "M" and kind[1:].isdigit() and 1 <= int(kind[1:]) <= 12:
        month = (int(kind[1:]) + 5) % 12 + 1
        calendar = int(year) - (month > 6)
        leap = month == 2 and calendar % 4 == 0
        return f"{calendar:04}-{month:02}-{_MONTH_ENDS[month] + leap}", "monthly"
    return period, None


def _read(cells: Cells) -> Translated:
    codes = cells["AGE_CDE"]
    largest = pc.fill_null(pc.match_substring_regex(codes, "^(?:TP[0-9]{2}|TOT)$"), False)
    said = "one of the largest creditors, who are in the other lines already"
    twice = Refused("E069", cells.lines.filter(largest), "AGE_CDE", codes.filter(largest), said)
    rows = cells.where(pc.invert(largest))
    periods = rows["YEARPERIOD"].dictionary_encode()
    read = [_day_and_basis(text) for text in periods.dictionary.to_pylist()]
    days = pa.array([day for day, _ in read], pa.string()).take(periods.indices)
    bases = pa.array([basis for _, basis in read], pa.string()).take(periods.indices)
    codes = rows["AGE_CDE"]
    items = pc.if_else(pc.equal(codes, TOTAL), "all", codes)
    bodies = written.after("ZA-MDB-", rows["Demarcation Code"])
    bands = [_band(rows, band, (bodies, days, bases, items)) for band in BANDS]
    return Translated((stacked("arrears_stock", bands),), (twice,))


def _band(cells: Cells, band: str, same: tuple[pa.Array, ...]) -> Entries:
    filled = pc.is_valid(cells[band])
    some = cells.where(filled)
    bodies, days, bases, items = (column.filter(filled) for column in same)
    return Entries(
        "arrears_stock",
        {
            "body_id": bodies,
            "date": days,
            "stock": some.always("creditors"),
            "item": items,
            "bucket": some.always(BANDS[band]),
            "basis": bases,
            "amount": some[band],
            "currency": some.always("ZAR"),
        },
        some.lines,
        {"date": "YEARPERIOD", "basis": "YEARPERIOD", "item": "AGE_CDE", "amount": "AMOUNT"},
    )


ZA_CREDITORS = Format(
    name="za_aged_creditors",
    meaning="What municipalities owe by item and age, from audited and unaudited annual accounts and"
    " monthly returns. A band that is empty is not known.",
    source="South African National Treasury, aged creditor analysis; a municipality is `ZA-MDB-` and"
    " its demarcation code",
    fills=("arrears_stock",),
    needed=("Demarcation Code", "YEARPERIOD", "AGE_CDE", *BANDS),
    read=_read,
)

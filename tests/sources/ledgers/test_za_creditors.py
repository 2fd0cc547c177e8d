"""South African creditors: one entry for each band of age that is filled."""

from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from troth.sources.ledgers.read import read
from troth.sources.ledgers.za_creditors import BANDS

HEADER = ",".join(["Demarcation Code", "YEARPERIOD", "AGE_CDE", *BANDS]) + "\n"


def test_a_row_becomes_as_many_entries_as_it_has_bands(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "BUF,2013AUDA,0800,109148,,,,,,,,109148\n"
        + "BUF,2015M01,1000,,,,,,,5,6,11\n"
        + "BUF,2012M08,0100,,7,,,,,,,\n"
        + "BUF,2013PAUD,0800,,,,,,,,,4\n",
    )
    names = ("body_id", "date", "item", "bucket", "basis", "amount")
    assert rows(found, "arrears_stock", *names) == [
        ("ZA-MDB-BUF", "2013-06-30", "0800", "0-30", "audited", 109148.0),
        ("ZA-MDB-BUF", "2013-06-30", "0800", "all", "audited", 109148.0),
        ("ZA-MDB-BUF", "2014-07-31", "all", "181-365", "monthly", 5.0),
        ("ZA-MDB-BUF", "2014-07-31", "all", "366+", "monthly", 6.0),
        ("ZA-MDB-BUF", "2014-07-31", "all", "all", "monthly", 11.0),
        ("ZA-MDB-BUF", "2012-02-29", "0100", "31-60", "monthly", 7.0),
        ("ZA-MDB-BUF", "2013-06-30", "0800", "all", "unaudited", 4.0),
    ]


def test_the_largest_creditors_an_empty_row_and_an_odd_period_are_refused(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "BUF,2013AUDA,TP01,1,,,,,,,,1\nBUF,2013AUDA,0100,,,,,,,,,\nBUF,2013ADJB,0100,1,,,,,,,,\n",
    )
    assert faults(found) == [
        ("E069", 2, "AGE_CDE", "TP01"),
        ("E069", 3, "$", None),
        ("E060", 4, "YEARPERIOD", None),
        ("E061", 4, "YEARPERIOD", "2013ADJB"),
    ]
    assert found.input["rows_rejected"].to_pylist() == [3]


def test_the_bands_of_what_was_published_add_up() -> None:
    path = "data/payments/za-municipal-money/municipal_finance/data_import/examples/aged_creditors_2015q4.csv"
    found = read([shared(path)], b"secret")
    assert found.input["rows_kept"].to_pylist() == [21]
    by_line: dict[int, dict[str, float]] = {}
    for row in found.tables["arrears_stock"].to_pylist():
        by_line.setdefault(row["line"], {})[row["bucket"]] = row["amount"]
    for line, bands in by_line.items():
        assert bands.pop("all") == sum(bands.values()), line

"""New Zealand's requests for official information: half-years, whole years, and no half of a count."""

from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from tests.sources.ledgers.test_read import kept_promises
from troth.sources.ledgers.read import read

HEADER = "OrgID,Agency,Agency_Preffered_Name,SurveyPeriodEndDate,OIA_RequestsHandled,OIAs_CompletedWithinTimeframe,OIA_extension,OIA_transfer,OIA_refused\n"

# Rows of the Public Service Commission's OIA statistics, CC-BY-4.0 (its spreadsheet saved as CSV).
SECURITY = "140,Government Communications Security Bureau,Government Communications Security Bureau"
REVENUE = "363,Inland Revenue Department,Inland Revenue — Te Tari Taake"


def test_of_twelve_months_the_whole_is_kept_and_its_halves_are_not(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + f"{SECURITY},42369,23,22.5,,,\n"
        + f"{SECURITY},42551,46,45,,,\n"
        + f"{SECURITY},42551,23,22.5,,,\n"
        + f"{REVENUE},42916,100,98.5,,,\n"
        + f"{REVENUE},42916,200,197,,,\n"
        + f"{REVENUE},45107,149,147,11,13,30\n",
    )
    names = ("body_id", "year", "period_start", "period_end", "total", "on_time", "transferred")
    assert rows(found, "foi_annual", *names) == [
        ("NZ-PSC-140", 2016, "2015-07-01", "2016-06-30", 46, 45, None),
        ("NZ-PSC-363", 2017, "2016-07-01", "2017-06-30", 200, 197, None),
        ("NZ-PSC-363", 2023, "2023-01-01", "2023-06-30", 149, 147, 13),
    ]
    assert [(code, line) for code, line, _, _ in faults(found)] == [
        ("E069", 2), ("E069", 4), ("E069", 5),
    ]  # fmt: skip
    assert found.bodies["NZ-PSC-363"] == "Inland Revenue — Te Tari Taake"


def test_totals_are_refused_and_so_is_what_could_be_half_or_whole(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "0,Public Service,NA,42551,6267,5695,,,\n"
        + f"{SECURITY},42551,46,45,,,\n"
        + f"{REVENUE},42551,0,0,,,\n"
        + f"{REVENUE},42551,0,0,,,\n",
    )
    assert rows(found, "foi_annual", "body_id", "total") == [("NZ-PSC-363", 0)]
    assert [(line, path, value) for _, line, path, value in faults(found)] == [
        (2, "OrgID", "0"),
        (3, "OIA_RequestsHandled", "46"),
        (5, "OIA_RequestsHandled", "0"),
    ]


def test_the_whole_spreadsheet_is_accounted_for() -> None:
    found = read([shared("data/foi/nz-oia/data/OIA-StatisticsAllData.xlsx")], b"secret")
    kept_promises(found)
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (2126, 1588, 538)
    # 96 totals of groups, and two halves for each agency of each of the two years asked as a whole.
    assert account["rows_rejected"] == 96 + 2 * (110 + 111)
    assert account["fields_rejected"] == 0
    assert len(found.bodies) == 127
    for row in found.tables["foi_annual"].to_pylist():
        assert row["on_time"] is None or row["on_time"] <= row["total"]

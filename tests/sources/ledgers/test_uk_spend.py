"""British spending: payments with a day, and nothing about being late."""

from pathlib import Path

import pytest

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from troth.errors import InputError
from troth.sources.ledgers.read import Given, read

COUNCIL = "file,Payment Date,Amount,Beneficiary Name,Organisational Unit,other\n"


def test_days_are_written_in_three_ways_and_a_month_is_no_day(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        COUNCIL
        + "f,2015-04-08,60.52,ALLSTAR LTD,Community,\n"
        + "f,08/04/2015,-23.96,ALLSTAR LTD,,\n"
        + 'f,42102,"£1,234.50",REDACTED PERSONAL DATA,,\n'
        + "f,2010-12,5,Redactive Publishing Ltd,,\n"
        + "f,2015-04-08,34405..40,X Ltd,,\n"
        + "f,,,,,\n",
        body="GB-LAE-HAG",
    )
    assert rows(found, "spend", "paid_date", "amount", "unit") == [
        ("2015-04-08", 60.52, "Community"),
        ("2015-04-08", -23.96, None),
        ("2015-04-08", 1234.5, None),
        (None, 5.0, None),
        ("2015-04-08", None, None),
    ]
    keys = found.tables["spend"]["supplier_key"].to_pylist()
    assert keys[0] == keys[1]
    assert keys[2] is None
    assert keys[3] is not None
    assert faults(found) == [
        ("E064", 5, "Payment Date", "2010-12"),
        ("E065", 6, "Amount", "34405..40"),
        ("E069", 7, "$", None),
    ]


def test_two_equal_rows_are_two_payments(tmp_path: Path) -> None:
    row = "f,2015-04-08,60.52,ALLSTAR LTD,Community,\n"
    found = published(tmp_path, COUNCIL + row + row, body="GB-LAE-HAG")
    assert rows(found, "spend", "spend_id") == [("published.csv:2",), ("published.csv:3",)]


def test_a_council_must_be_named_and_a_department_names_itself(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="uk_council_spend does not say of which body it is"):
        published(tmp_path, COUNCIL)
    text = "Department family,Entity,Date,Expense type,Expense area,Supplier,Transaction number,Amount\n"
    text += "Health,NHS Digital,31/01/2020,Rent,Estates,Landlord Ltd,1,25000.01\n"
    found = published(tmp_path, text)
    assert rows(found, "spend", "body_id", "paid_date", "category") == [
        ("name:GB:NHS Digital", "2020-01-31", "Rent")
    ]


@pytest.mark.parametrize(
    ("name", "rows_in", "refused", "fields"),
    [("cabinetoffice", 37_114, 77, 792), ("salford", 247_885, 244, 2)],
)
def test_what_bodies_published_is_accounted_for(
    name: str, rows_in: int, refused: int, fields: int
) -> None:
    path = shared(f"data/payments/uk-council-spending/{name}.csv.gz")
    (account,) = read([Given(path, body="GB-X-1")], b"secret").input.to_pylist()
    assert (account["rows_in"], account["rows_rejected"], account["fields_rejected"]) == (
        rows_in, refused, fields,
    )  # fmt: skip

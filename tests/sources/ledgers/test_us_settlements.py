"""Settlements of cities: what they agreed to pay, and no payment made up."""

from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import published, rows
from troth.sources.ledgers.read import read

TEXT = """file,calendar_year,city,state,incident_date,closed_date,amount_awarded,case_outcome
a.csv,2014,Atlanta,GA,,2014-09-10,1970.04,
a.csv,2015,Cleveland,OH,,,0,Settled
"""


def test_a_settlement_is_a_judgment_without_a_payment(tmp_path: Path) -> None:
    found = published(tmp_path, TEXT)
    assert rows(found, "judgment", "judgment_id", "body_id", "amount", "currency", "final_date") == [
        ("published.csv:2", "name:US:GA:Atlanta", 1970.04, "USD", "2014-09-10"),
        ("published.csv:3", "name:US:OH:Cleveland", 0.0, "USD", None),
    ]  # fmt: skip
    assert list(found.tables) == ["judgment"]
    assert found.bodies["name:US:GA:Atlanta"] == "Atlanta"


def test_all_that_was_published_is_kept() -> None:
    found = read([shared("data/judgments/us_police_settlements_no_names.csv.gz")], b"secret")
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["fields_rejected"]) == (
        6_559,
        6_559,
        0,
    )
    assert len(found.bodies) == 30

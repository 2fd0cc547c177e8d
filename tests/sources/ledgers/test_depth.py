"""Checks of a record: each is run where there is something to compare, and nowhere else."""

from typing import Any

import pytest

from troth.sources.ledgers.depth import CHECKS, depth_of
from troth.sources.ocds.whole import see_contracts


def depth(**parts: Any) -> tuple[str, str]:
    record = {"ocid": "ocds-xxxxxx-1", "contracts": [{}], **parts}
    found = depth_of(record, record["contracts"], see_contracts(record, 0, b"secret"))
    return found["checks_run"], found["checks_passed"]


def value(amount: float, currency: str = "EUR") -> dict[str, Any]:
    return {"value": {"amount": amount, "currency": currency}}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, ("0", "0")),
        ({"contracts": [{"period": {"startDate": "2024-01-01", "endDate": "2024-01-01"}}]}, ("1", "1")),
        ({"contracts": [{"period": {"startDate": "2024-01-02", "endDate": "2024-01-01"}}]}, ("1", "0")),
        ({"contracts": [{"milestones": [{"status": "met", "dateMet": "2024-01-01"}]}]}, ("1", "1")),
        ({"contracts": [{"milestones": [{"status": "notMet", "dateMet": "2024-01-01"}]}]}, ("1", "0")),
        ({"contracts": [{"milestones": [{"status": "notMet"}]}]}, ("0", "0")),
        ({"contracts": [{**value(2), "implementation": {"transactions": [value(1), value(1)]}}]}, ("1", "1")),
        ({"contracts": [{**value(2), "implementation": {"transactions": [value(2.1)]}}]}, ("1", "0")),
        ({"contracts": [{**value(2), "implementation": {"transactions": [value(3, "USD")]}}]}, ("0", "0")),
        ({"contracts": [{"status": "pending"}]}, ("1", "1")),
        ({"contracts": [{"awardID": "1", **value(50)}], "awards": [{"id": "1", **value(100)}]}, ("2", "2")),
        ({"contracts": [{"awardID": "1", **value(49)}], "awards": [{"id": "1", **value(100)}]}, ("2", "1")),
        ({"buyer": {"id": "A"}, "parties": [{"id": "A"}]}, ("1", "1")),
        ({"buyer": {"id": "A"}, "parties": [{"id": "B"}]}, ("1", "0")),
        ({"awards": [{"suppliers": [{"id": "A"}, {"id": "B"}]}], "parties": [{"id": "A"}]}, ("1", "0")),
        ({"date": "2024-01-01T00:00:00Z", "contracts": [{"dateSigned": "2024-01-02"}]}, ("1", "0")),
    ],
)  # fmt: skip
def test_a_check_is_run_where_it_can_be(parts: dict[str, Any], expected: tuple[str, str]) -> None:
    assert depth(**parts) == expected
    assert int(expected[0]) <= len(CHECKS)

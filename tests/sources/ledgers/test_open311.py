"""Service requests of Open311: days as the place writes them, and no address."""

import json
from pathlib import Path

import pytest

from tests.sources.ledgers.published import faults, published, rows
from troth.errors import InputError

NAMES = ("case_id", "received", "closed", "outcome", "sla_days", "topic_key", "place_key")
REQUEST = {
    "service_request_id": "638344",
    "status": "closed",
    "status_notes": "Duplicate request.",
    "service_name": "Sidewalk and Curb Issues",
    "service_code": "006",
    "description": "my name is Jane",
    "requested_datetime": "2010-04-14T23:37:38-08:00",
    "updated_datetime": "2010-04-20T06:37:38-08:00",
    "expected_datetime": "2010-04-15T06:37:38-08:00",
    "address": "8TH AVE and JUDAH ST",
    "zipcode": "94122",
    "lat": 37.762221815,
}


def test_a_list_of_requests_becomes_cases(tmp_path: Path) -> None:
    still_open = {**REQUEST, "service_request_id": "2", "status": "open", "zipcode": None}
    undue = {**REQUEST, "service_request_id": "3", "expected_datetime": None}
    text = json.dumps([REQUEST, still_open, undue])
    found = published(tmp_path, text, body="US-CA-SF", name="requests.json")
    assert rows(found, "case", *NAMES) == [
        ("638344", "2010-04-14", "2010-04-20", "closed", 1, "006", "94122"),
        ("2", "2010-04-14", None, "open", 1, "006", None),
        ("3", "2010-04-14", "2010-04-20", "closed", None, "006", "94122"),
    ]
    assert rows(found, "case", "channel", "body_id", "sla_days_kind")[2] == (
        "311",
        "US-CA-SF",
        None,
    )
    assert faults(found) == []
    everything = str(found.tables["case"].to_pylist())
    assert "JUDAH" not in everything
    assert "Jane" not in everything


def test_rows_of_a_table_and_what_cannot_be_a_day(tmp_path: Path) -> None:
    header = "service_request_id,status,requested_datetime,updated_datetime,expected_datetime\n"
    found = published(
        tmp_path,
        header
        + "1,open,2024-05-31T12:00:00Z,2024-06-01T12:00:00Z,2024-05-30T12:00:00Z\n"
        + "2,closed,31 May,,\n"
        + ",closed,2024-05-31,,\n",
        body="XX-1",
    )
    # Expected the day before it came: no days allowed, and it is said.
    assert rows(found, "case", "case_id", "received", "closed", "sla_days") == [
        ("1", "2024-05-31", None, None),
        ("2", None, None, None),
    ]
    assert [(code, line) for code, line, *_ in faults(found)] == [
        ("E065", 2), ("E064", 3), ("E060", 4),
    ]  # fmt: skip


def test_the_city_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="open311 does not say of which body it is"):
        published(tmp_path, json.dumps([REQUEST]), name="requests.json")

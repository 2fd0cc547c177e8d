"""Popolo: terms of posts, without the people who held them."""

import json
from pathlib import Path

from tests.sources.ledgers.published import faults, published, rows
from troth.sources.ledgers.read import Ledgers

TOWN = {"id": "o1", "name": "Town of Example", "identifiers": [{"scheme": "XX-REG", "identifier": "7"}]}  # fmt: skip


def document(folder: Path, *memberships: object) -> Ledgers:
    said = {
        "persons": [{"id": "p1", "name": "Jo Doe"}, {"id": "p2", "name": "Al Roe"}],
        "organizations": [TOWN],
        "posts": [{"id": "head", "label": "Mayor", "organization_id": "o1"}],
        "memberships": list(memberships),
    }
    return published(folder, json.dumps(said, indent=1), name="popolo.json")


def term(person: str, start: str, end: str | None, **others: object) -> dict[str, object]:
    return {"person_id": person, "post_id": "head", "start_date": start, "end_date": end, **others}


def test_terms_of_one_holder_are_one_and_nobody_is_named(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        term("p1", "2010-01-01", "2014-01-01", id="m1"),
        term("p1", "2014-01-01", "2018-01-01", id="m2"),
        term("p2", "2018-01-01", None, id="m3", role="Acting mayor"),
    )
    names = ("term_id", "body_id", "post", "start_date", "end_date", "acting")
    assert rows(found, "term", *names) == [
        ("popolo.json:m1", "XX-REG-7", "head", "2010-01-01", "2018-01-01", None),
        ("popolo.json:m3", "XX-REG-7", "head", "2018-01-01", None, True),
    ]
    assert found.bodies == {"XX-REG-7": "Town of Example"}
    told = str([table.to_pylist() for table in found.tables.values()])
    for one in ("Doe", "Roe", "p1", "p2"):
        assert one not in told


def test_a_seat_is_no_post_and_a_year_no_day(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        {"id": "s", "person_id": "p1", "organization_id": "o1", "role": "member"},
        {
            "id": "t",
            "person_id": "p1",
            "organization_id": "o1",
            "role": "mayor",
            "start_date": "2010",
        },
        {"id": "u", "person_id": "p1", "role": "mayor"},
        "m",
    )
    assert [(code, line, path) for code, line, path, _ in faults(found)] == [
        ("E069", 1, "role"),
        ("E064", 2, "start_date"),
        ("E060", 3, "organization_id"),
        ("E069", 4, "role"),
    ]
    assert rows(found, "term", "post", "start_date") == [("mayor", None)]

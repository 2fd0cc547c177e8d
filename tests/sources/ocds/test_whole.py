"""A record that somebody looks at is read as a whole, into every table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.sources.loading import loaded, written
from tests.sources.ocds.strategies import releases
from troth.sources.ocds.whole import whole
from troth.sources.records import load_whole
from troth.store.generations import DECLARED
from troth.tables.body import BODY, PUBLIC_BODY
from troth.tables.check import check
from troth.tables.procurement import HOT, ON_DEMAND

SECRET = b"s" * 32

RECORD: dict[str, Any] = {
    "ocid": "ocds-aaaaaa-1",
    "date": "2024-03-01T00:00:00Z",
    "buyer": {"id": "X-TOWN", "name": "Town"},
    "planning": {"documents": [{"id": "P", "documentType": "plan"}], "milestones": [{"id": "1", "title": "Plan", "dueDate": "2024-01-01"}]},
    "tender": {
        "lots": [
            {"id": "B", "title": "Roads", "value": {"amount": 5, "currency": "EUR"}},
            {"id": "A", "status": "active"},
            {"id": "C"},
            {"id": "C", "title": "again"},
        ],
        "items": [{"id": "i", "description": "Gravel", "classification": {"scheme": "CPV", "id": "14212"}, "quantity": 3, "unit": {"name": "t", "value": {"amount": 2.5, "currency": "EUR"}}}],
        "enquiries": [{"date": "2024-01-05", "dateAnswered": "2024-01-07", "title": "Which gravel?", "author": {"name": "M"}}],
        "complaints": [{"date": "2024-01-09", "status": "rejected", "dateDecision": "2024-02-01", "complainants": [{"name": "M"}]}],
    },
    "awards": [{"id": "1", "relatedLots": ["B"]}, {"id": "2", "relatedLots": ["A"], "documents": [{"title": "Notice", "url": "https://x", "format": "application/pdf"}]}],
    "contracts": [
        {"id": "1", "amendments": [{"date": "2024-05-01", "rationale": "more"}, {"description": "less"}]},
        {
            "id": "2",
            "amendment": {"rationale": "one"},
            "milestones": [{"title": "First"}],
            "implementation": {
                "transactions": [{"date": "2024-06-01", "value": {"amount": 7, "currency": "EUR"}}, {"amount": {"amount": 8, "currency": "EUR"}}],
                "milestones": [{"title": "Second", "dateMet": "2024-07-01", "status": "met"}],
                "documents": [{"title": "Report", "datePublished": "2024-08-01"}],
            },
        },
    ],
}  # fmt: skip


def column(tables: dict[str, Any], name: str, *columns: str) -> list[Any]:
    rows = tables[name].select(list(columns)).to_pylist()
    return [tuple(row.values()) if len(columns) > 1 else row[columns[0]] for row in rows]


def test_every_procurement_table_is_filled() -> None:
    found = whole(RECORD, 5, SECRET, chunk=1, row=2, length=3)
    assert list(found) == [table.name for table in (*HOT, *ON_DEMAND)]
    assert [name for name, rows in found.items() if not rows.num_rows] == ["bid", "party"]
    assert column(found, "lot", "lot", "lot_id", "title", "amount") == [
        (2, "B", "Roads", 5.0),
        (1, "A", None, None),
        (3, "C", None, None),
    ]
    assert column(found, "award", "lot") == [2, 1]  # the same numbers as in the lots
    assert column(found, "item", "of", "code", "quantity", "unit_amount", "currency") == [
        ("tender", "14212", 3.0, 2.5, "EUR")
    ]
    assert column(found, "contract_change", "contract_no", "change_no", "rationale") == [
        (0, 0, "more"),
        (0, 1, None),
        (1, 0, "one"),
    ]
    assert column(found, "milestone", "of", "part_no", "milestone_no", "title") == [
        ("planning", 0, 0, "Plan"),
        ("contract", 1, 0, "First"),
        ("contract", 1, 1, "Second"),
    ]
    assert column(found, "transaction", "contract_no", "amount") == [(1, 7.0), (1, 8.0)]
    assert column(found, "document", "of", "part_no", "type", "title") == [
        ("planning", 0, "plan", None),
        ("award", 1, None, "Notice"),
        ("implementation", 1, None, "Report"),
    ]
    assert column(found, "enquiry", "title") == ["Which gravel?"]
    assert column(found, "complaint", "status") == ["rejected"]
    assert column(found, "process", "pid", "chunk", "row", "length") == [(5, 1, 2, 3)]


def test_wherever_a_record_stands_it_is_read_as_a_whole(tmp_path: Path) -> None:
    other = {"ocid": "ocds-aaaaaa-2", "contracts": [{"id": "9"}]}
    store = loaded(tmp_path, written(tmp_path, json.dumps({"releases": [other, RECORD]})))
    [pid] = [row["pid"] for row in store.rows("process") if row["ocid"] == "ocds-aaaaaa-1"]
    found = load_whole(store.generation, store.engine(), [pid])
    place = store.ask(f'SELECT chunk, "row", length FROM process WHERE pid = {pid}')[0]
    assert found == whole(RECORD, pid, store.secret, **place)
    assert load_whole(store.generation, store.engine(), [])["process"].num_rows == 0


@settings(max_examples=40, phases=(Phase.explicit, Phase.generate))
@given(releases, st.integers(0, 2**50))
def test_every_table_of_a_random_record_keeps_its_promises(
    release: dict[str, Any], pid: int
) -> None:
    found = whole(release, pid, SECRET)
    keys = [key for key in found["process"]["body_key"].to_pylist() if key is not None]
    bodies = [
        {"body_id": str(key), "body_key": key, "body_kind": PUBLIC_BODY, "names": 1, "processes": 1}
        for key in keys
    ]
    for name, rows in found.items():
        assert check(DECLARED[name], rows, {"body": BODY.rows(bodies)}) == [], name

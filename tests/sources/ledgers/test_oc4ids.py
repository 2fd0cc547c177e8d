"""Infrastructure projects: summaries of contracts with their modifications."""

import json
from pathlib import Path
from typing import Any

from tests.sources.ledgers.published import faults, rows
from tests.sources.ledgers.test_read import SECRET, kept_promises
from troth.sources.ledgers.read import Ledgers, read


def made(folder: Path, *projects: Any) -> Ledgers:
    path = folder / "projects.json"
    path.write_text(json.dumps({"version": "0.9", "projects": list(projects)}, indent=1))
    found = read([("oc4ids", path)], SECRET)
    kept_promises(found)
    return found


def period(start: str, end: str) -> dict[str, str]:
    return {"startDate": f"{start}T00:00:00Z", "endDate": f"{end}T00:00:00Z"}


def euros(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


BRIDGE: dict[str, Any] = {
    "id": "oc4ids-xxxxxx-1",
    "updated": "2024-01-31T00:00:00Z",
    "publicAuthority": {"id": "XX-A-1", "name": "Ministry of Bridges"},
    "contractingProcesses": [
        {
            "id": "ocds-xxxxxx-1",
            "summary": {
                "ocid": "ocds-xxxxxx-1",
                "nature": ["construction"],
                "title": "A bridge",
                "status": "closed",
                "suppliers": [{"id": "GB-COH-33333333", "name": "Bridge Builders Ltd"}],
                "contractValue": euros(100.0),
                "contractPeriod": period("2022-01-01", "2022-12-31"),
                "modifications": [
                    {"id": "2", "date": "2022-11-01T00:00:00Z", "type": "value", "rationale": "Floods",
                     "oldContractValue": euros(100.0), "newContractValue": euros(130.0)},
                    {"id": "1", "date": "2022-10-01T00:00:00Z", "type": "duration",
                     "oldContractPeriod": period("2022-01-01", "2022-12-31"),
                     "newContractPeriod": period("2022-01-01", "2023-06-30")},
                    {"id": "3", "type": "scope"},
                ],
                "milestones": [{"id": "1", "type": "delivery", "status": "met", "dateMet": "2023-07-30"}],
                "transactions": [{"id": "1", "date": "2023-08-01T00:00:00Z", "value": euros(130.0)}],
            },
        },
        {"id": "ocds-xxxxxx-2", "summary": {"ocid": "ocds-xxxxxx-2", "status": "pre-award"}},
    ],
}  # fmt: skip


def test_a_contract_stands_as_its_latest_modification_has_it(tmp_path: Path) -> None:
    found = made(tmp_path, BRIDGE)
    names = ("registered_contract_id", "kind", "amount", "period_end", "final_status", "stated_on")
    assert rows(found, "registered_contract", *names) == [
        ("ocds-xxxxxx-1/contract", "works", 130.0, "2023-06-30", None, "2024-01-31")
    ]
    changed = ("change_no", "date", "kind", "old_amount", "new_amount", "old_end", "new_end")
    assert rows(found, "registered_change", *changed) == [
        (0, "2022-11-01", "value", 100.0, 130.0, None, None),
        (1, "2022-10-01", "duration", None, None, "2022-12-31", "2023-06-30"),
    ]
    assert rows(found, "registered_change", "rationale")[0] == ("Floods",)
    assert rows(found, "registered_milestone", "kind", "status") == [("delivery", "met")]
    assert rows(found, "registered_payment", "date", "amount") == [("2023-08-01", 130.0)]
    assert list(found.bodies) == ["XX-A-1"]
    assert [code for code, *_ in faults(found)] == ["E074"]
    assert [(one["kind"], one["name"]) for one in found.firms.to_pylist()] == [
        ("legal_person", None)
    ]


def test_a_project_without_a_contract_is_no_entry(tmp_path: Path) -> None:
    planned = {**BRIDGE, "contractingProcesses": BRIDGE["contractingProcesses"][1:]}
    found = made(tmp_path, planned, {"id": "x"}, "text")
    assert [(code, line) for code, line, *_ in faults(found)] == [
        ("E069", 1), ("E069", 2), ("E069", 3),
    ]  # fmt: skip
    assert found.input["rows_rejected"].to_pylist() == [3]

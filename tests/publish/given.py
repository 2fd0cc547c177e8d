"""The tables of a small release, for tests: three bodies, awkward names, every kind of firm."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from troth.publish.release import TABLES, write

RECIPE = "first-1"
TOWN, MINISTRY, IDLE = "FR-SIREN-217500016", "IT-CF-80415740580", "XX-TOWN:Ünder/score"
NAMES = {TOWN: "=cmd|' /C calc'!A0", MINISTRY: 'Ministero "dell\'Interno", Roma\r\n', IDLE: None}
MICROPOINTS = {TOWN: (33_333_333, 12_000_001), MINISTRY: (1, 70_000_000)}
CATALOGUE = [{"code": "P019", "title": "Few bids"}, {"code": "P018", "title": "Single bid"}]
LICENCES = [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}]

BODY = {"body_kind": "public_body"}


def tables() -> dict[str, pa.Table]:
    """A release's tables, sound and complete."""
    return {name: TABLES[name].rows(rows) for name, rows in _rows().items()}


def written(out: Path, changed: dict[str, pa.Table] | None = None) -> Path:
    """A release of these tables under `out`."""
    return write(
        tables() | (changed or {}),
        catalogue=CATALOGUE,
        recipe={"name": "first", "version": 1, "goalposts": {"P018": [1.0, 0.0]}},
        out=out,
        licences=LICENCES,
    )


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "body": [
            BODY
            | {
                "body_id": one,
                "body_key": key,
                "name": NAMES[one],
                "names": 1,
                "processes": 2 - key,
            }
            for key, one in enumerate(NAMES)
        ],
        "firm": [
            {
                "firm_key": 1,
                "kind": "legal_person",
                "firm_id": "FR-RCS-1",
                "name": "-Bois & fils SARL",
                "shown_by": "legal_form",
            },
            {"firm_key": 2, "kind": "natural_person", "scheme": "IT-CF", "shown_by": "identifier"},
            {"firm_key": 3, "kind": "unknown", "shown_by": "nothing"},
        ],
        "measurement": [
            _measured(one, code, period)
            for one in MICROPOINTS
            for code in ("P018", "P019")
            for period in ("2024", "all")
        ],
        "missing": [
            BODY
            | {
                "body_id": TOWN,
                "indicator": "P018",
                "state": "insufficient_data",
                "field": "tender/numberOfTenderers",
                "cases": 3,
            }
        ],
        "evidence": [_case(pid, part) for pid in (7, 5) for part in (None, 1, 0)],
        "last_published": [
            BODY
            | {
                "body_id": IDLE,
                "indicator": "P018",
                "version": 1,
                "n": 40,
                "hits": 4,
                "value": 0.1,
                "release": "2025-11-01-f6e5d4",
                "as_of": datetime.date(2025, 11, 1),
            }
        ],
        "entry": [
            BODY
            | {
                "body_id": TOWN,
                "indicator": "D03",
                "period": "2024",
                "ledger": "invoice",
                "entry_id": "i-1",
                "flagged": True,
                "value": 44.0,
                "file": "bills.csv",
                "line": 2,
                "json": '{"invoice_id":"i-1"}',
            }
        ],
        "detail": [
            BODY
            | {
                "body_id": TOWN,
                "indicator": "D03",
                "period": "all",
                "what": "paid within 30 days, share",
                "value": 0.5,
            }
        ],
        **_courses(),
        "score": [_score(one) for one in MICROPOINTS]
        + [
            BODY
            | {
                "body_id": IDLE,
                "recipe": RECIPE,
                "weight_measured": 0.0,
                "status": "withheld",
                "reason": "too few cases",
            }
        ],
        "estimate": [_estimate(one, code) for one in MICROPOINTS for code in ("P018", "P019")],
        "alternative": [
            BODY | {"body_id": one, "recipe": RECIPE, "variant": variant, "level": 51.5}
            for one in MICROPOINTS
            for variant in ("weights=equal", "normalisation=min_max")
        ],
        "sensitivity": [
            {"recipe": RECIPE, "factor": factor, "first_order": 0.25, "total": 0.5}
            for factor in ("weights", "normalisation")
        ],
        "contribution": [
            _part(one, code, points)
            for one, both in MICROPOINTS.items()
            for code, points in zip(("P018", "P019"), both, strict=True)
        ],
        "rejected": [
            {
                "level": "record",
                "code": "E001",
                "file": "a.jsonl",
                "line": 3,
                "offset": 99,
                "path": "$",
                "value": "\t{tru",
                "message": "not JSON",
                "next_step": "look at line 3",
            },
            {
                "level": "field",
                "code": "E004",
                "file": "a.jsonl",
                "line": 4,
                "offset": 150,
                "path": "$.tender.value.amount",
                "value": "12,5 EUR",
                "message": "not a number",
                "next_step": "write 12.5",
            },
        ],
        "input": [
            {
                "file": "a.jsonl",
                "sha256": "0" * 64,
                "bytes": 200,
                "rows_in": 3,
                "rows_kept": 2,
                "rows_rejected": 1,
                "fields_rejected": 1,
            }
        ],
        "coverage": [
            {"indicator": code} | dict.fromkeys(TABLES["coverage"].names[1:], 2)
            for code in ("P018", "P019")
        ],
        "run": [
            {
                "run_id": "a1b2c3d4e5f6",
                "as_of": datetime.date(2026, 11, 1),
                "as_of_source": "stated",
                "code_version": "0.1.0",
                "recipe": RECIPE,
                "rows_in": 3,
                "rows_kept": 2,
                "rows_rejected": 1,
                "fields_rejected": 1,
                "bodies": 3,
            }
        ],
        "record": [_record(5), _record(7)],
    }


def _courses() -> dict[str, list[dict[str, Any]]]:
    """One row of each table of courses."""
    town = BODY | {"body_id": TOWN}
    day = datetime.date(2024, 3, 1)
    contract = town | {"registered_contract_id": "c-1"}
    return {
        "tenure": [
            town
            | {
                "term_id": "t-1",
                "post": "head",
                "start_date": day,
                "leading": True,
                "administration": 1,
                "of_all": 1,
            }
        ],
        "contract_course": [
            contract
            | {"changes": 1, "due": 0, "unpaid": 0, "payments": 0, "events": 1, "of_all": 1}
        ],
        "contract_event": [contract | {"event_no": 0, "lane": "change", "date": day}],
        "commitment_deadline": [
            town
            | {
                "commitment_id": "p-1",
                "text": "=SUM(A1)",
                "moved": 0,
                "withdrawn": False,
                "of_all": 1,
            }
        ],
        "commitment_state": [town | {"state": "undated", "commitments": 1}],
        "arrears_age": [town | {"currency": "EUR", "age": "1-30", "amount": 12.5, "invoices": 1}],
        "request_outcome": [
            town | {"source": "requests", "year": 2024, "outcome": "full", "requests": 3}
        ],
        "hand_off": [
            town | {"from_unit": "a", "to_unit": "b", "transfers": 2, "cases": 1, "of_all": 2}
        ],
    }


def _measured(body_id: str, code: str, period: str) -> dict[str, Any]:
    counts = {"n": 30, "hits": 3, "unknown": 1, "not_applicable": 0, "error": 0}
    shown = {"value": 0.1, "low": 0.04, "high": 0.22, "status": "published"}
    return (
        BODY
        | {"body_id": body_id, "indicator": code, "period": period, "version": 1}
        | counts
        | shown
    )


def _case(pid: int, part: int | None) -> dict[str, Any]:
    where = {"file": "a.jsonl", "line": pid, "offset": pid * 10, "pointer": "/awards/0"}
    case = {
        "indicator": "P018",
        "period": "2024",
        "pid": pid,
        "part_no": part,
        "ocid": f"ocds-{pid}",
    }
    return BODY | {"body_id": TOWN, "value": 1.0} | case | where


def _score(body_id: str) -> dict[str, Any]:
    level = sum(MICROPOINTS[body_id]) / 1_000_000
    shown = {"level": level, "weight_measured": 1.0, "status": "published"}
    shown |= {"low": level, "high": level + 2, "lowest": 0.0, "highest": 90.0, "peer_group": "all"}
    shown |= {"rank": 1, "rank_low": 1, "rank_high": 2, "rank_kept": True, "ranked_of": 2}
    return BODY | {"body_id": body_id, "recipe": RECIPE} | shown


def _estimate(body_id: str, code: str) -> dict[str, Any]:
    prior = {"peer_group": "all", "prior_mean": 0.2, "prior_size": 10.0}
    found = {"n": 30, "hits": 3, "estimate": 0.125, "low": 0.05, "high": 0.23}
    found |= {"reliability": 0.75, "use": "ranked"}
    return BODY | {"body_id": body_id, "recipe": RECIPE, "indicator": code} | prior | found


def _part(body_id: str, code: str, micropoints: int) -> dict[str, Any]:
    part = {"value": 0.1, "normalised": 90.0, "weight": 0.5, "micropoints": micropoints}
    part |= {"peer_points": 80.0, "imputed": False}
    return BODY | {"body_id": body_id, "recipe": RECIPE, "indicator": code} | part


def _record(pid: int) -> dict[str, Any]:
    shown = {
        "ocid": f"ocds-{pid}",
        "buyer": {"name": "A town"},
        "note": 'line\none \\ "two" \u0001',
    }
    where = {"file": "a.jsonl", "line": pid, "offset": pid * 10, "sha256": "0" * 64}
    return (
        BODY
        | {"pid": pid, "ocid": f"ocds-{pid}", "body_id": TOWN, "json": json.dumps(shown)}
        | where
    )

"""Makes a small release folder straight from the table declarations, for tests of its readers.

Six bodies, twenty indicators, evidence, records, rejected rows and withheld figures. One body has
an Arabic name, one a hostile one; one record has a supplier that is a natural person. `bodies` and
`years` make it as large as a test of speed wants. `spread` says how far bodies differ from one
indicator to the next, `lean` how far on all of them; `ledgers` adds figures that are no shares. The
same arguments give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import random
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.site.made_ledgers import add_ledgers
from tests.site.made_ledgers import cards as of_ledgers
from troth.publish.release import body_slug
from troth.score.index import scores
from troth.score.level import levels
from troth.score.recipe import Goalposts, Recipe
from troth.tables import body as body_tables
from troth.tables import results

AS_OF = dt.date(2024, 6, 30)
RECIPE = "first v1"
HOSTILE = "<script>alert('x')</script> [bids] & \"co\" \u202eevil"
ARABIC = "بلدية المدينة الجديدة"
Z90 = 1.6448536269514722

INDICATORS = (
    ("P003", "Short bidding period", "How often is the time to bid shorter than the law allows?", "share of open procedures with a known period for bids", 0.11, "days"),
    ("P010", "Direct award", "How often is a contract awarded without competition?", "share of procedures with a known method", 0.42, ""),
    ("P013", "Late publication", "How often is a contract published late?", "share of signed contracts with a known publication date", 0.18, "days"),
    ("P018", "Single bid", "How often does a competitive procedure draw only one bid?", "share of competitive procedures with a known number of bidders", 0.24, "bidders"),
    ("P019", "Few bids", "How often do fewer bids come than usual?", "share of competitive procedures with a known number of bids", 0.13, "bids"),
    ("P024", "Price near the estimate", "How often is the price close to the estimate?", "share of awards with a known estimate", 0.09, "share"),
    ("P028", "Identical prices", "How often are two bids the same amount?", "share of procedures with at least two bids with amounts", 0.02, "bids"),
    ("P030", "Late bid accepted", "How often is a bid taken in after the deadline?", "share of bids with a known date", 0.0, "days"),
    ("P035", "All bids but one disqualified", "How often are all bids but the winner's disqualified?", "share of procedures with known bid states", 0.05, "bids"),
    ("P036", "Lowest bid not chosen", "How often is the lowest bid not chosen?", "share of awards on price with known bids", 0.08, ""),
    ("P038", "Many disqualified bids", "How often are bids disqualified?", "share of bids handed in", 0.15, "bids"),
    ("P040", "One supplier again and again", "How often does one supplier win beyond its peers?", "share of awards with a known supplier", 0.06, "awards"),
    ("P050", "Share of one supplier", "How often does half the value go to one supplier?", "share of years with awards", 0.12, "share"),
    ("P051", "New supplier", "How often does a supplier win that was never seen before?", "share of awards with a known supplier", 0.3, ""),
    ("P059", "Contract changed", "How often is a contract changed after it was signed?", "share of signed contracts", 0.22, "amendments"),
    ("P060", "Award without contract", "How often is no contract published for an award?", "share of active awards", 0.35, ""),
    ("P061", "Decision period short", "How often is a decision far quicker than comparable ones?", "share of active awards with a known deadline and award date", 0.04, "days from deadline to award"),
    ("P062", "Decision period long", "How often does a decision take far longer than comparable ones?", "share of active awards with a known deadline and award date", 0.1, "days from deadline to award"),
    ("P063", "Signing delay", "How often is a contract signed late after the award?", "share of contracts with a known award date", 0.14, "days"),
    ("P064", "Contract without award", "How often does a contract rest on no award?", "share of contracts", 0.07, ""),
)  # fmt: skip

NAMES = ("Comune di Adrano", ARABIC, HOSTILE, "Hill County", "Example City", None)

#: The release that this one was held against.
EARLIER = "2023-12-31-0f1e2d"

#: A supplier that is a natural person, as a record shows it after redaction.
REDACTED_PERSON = {"id": "person", "name": "(natural person or unknown)"}


def made_release(
    folder: Path,
    *,
    bodies: int = 6,
    years: tuple[int, ...] = (2021, 2022, 2023, 2024),
    processes: int = 6,
    spread: float = 0.2,
    lean: float = 0.0,
    ledgers: bool = False,
) -> Path:
    """A release in `folder/releases/<as_of>-<id6>`; returns its folder."""
    tables = _tables(bodies, years, processes, spread, lean)
    cards = [_card(*one) for one in INDICATORS]
    if ledgers:
        add_ledgers(tables, HOSTILE)
        cards += of_ledgers(cards[0])
    release = folder / "releases" / f"{AS_OF}-a1b2c3"
    (release / "parquet").mkdir(parents=True)
    (release / "json").mkdir()
    declared = {t.name: t for t in (*results.TABLES, body_tables.BODY, body_tables.FIRM)}
    made = {name: declared[name].rows(rows) for name, rows in tables.items()}
    made |= _scored(made["measurement"], made["body"], made["last_published"])
    for name, table in made.items():
        pq.write_table(table, release / "parquet" / f"{name}.parquet")
    _write_json(release / "json" / "catalogue.json", cards)
    _write_json(release / "json" / "recipe.json", _recipe())
    (release / "csv").mkdir()
    for name in ("measurement", "evidence", "rejected", "record"):
        header = ",".join(tables[name][0]) if tables[name] else ""
        (release / "csv" / f"{name}.csv").write_text(header + "\r\n", encoding="utf-8")
    licence = {
        "name": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    }
    _write_json(
        release / "datapackage.json",
        {"licenses": [licence, {"title": "Trap", "path": "javascript:alert(1)"}]},
    )
    (release / "json" / "bodies").mkdir()
    for row in tables["body"]:
        _write_json(release / "json" / "bodies" / f"{body_slug(row['body_id'])}.json", row)
    _write_manifest(release)
    return release


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 90 % Wilson interval, written out."""
    share, z2 = hits / n, Z90**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z90 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def body_id_of(number: int) -> str:
    return f"XX-MUN:{number:04d}"


def _tables(
    bodies: int, years: tuple[int, ...], processes: int, spread: float, lean: float
) -> dict[str, list[dict[str, Any]]]:
    chance = random.Random(7)
    measurement: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    coverage = {
        code: dict.fromkeys(
            (c.name for c in results.COVERAGE if c.name not in ("indicator", "middle")), 0
        )
        for code, *_ in INDICATORS
    }
    for number in range(bodies):
        # Hill County (3) is large, the others differ; body 5 is so small that nothing can be shown.
        size = {3: 900, 5: 4}.get(number, 30 + int(chance.paretovariate(1.2) * 20) % 800)
        for code, _, _, _, rate, _ in INDICATORS:
            if number == 1 and code == "P064":
                continue  # not run for this body
            kind = "applies"
            if number == 4 and code == "P030":
                kind = "not_measurable"
            elif number % 7 == 0 and code == "P028":
                kind = "not_applicable"
            own_rate = min(
                0.9,
                rate
                * (
                    1.9
                    if (number, code) in ((3, "P018"), (4, "P059"))
                    else chance.uniform(1 - spread, 1 + spread) * (1 + lean * (number % 9 - 4) / 4)
                ),
            )
            rows = [
                _measured(number, code, str(year), size // len(years), own_rate, kind, chance)
                for year in years
            ]
            whole = _added_up(rows)
            measurement += [*rows, whole]
            _count_coverage(coverage[code], whole)
            if whole["unknown"]:
                missing.append(
                    _about(number)
                    | {
                        "indicator": code,
                        "state": "insufficient_data",
                        "field": "tender/numberOfTenderers",
                        "cases": whole["unknown"],
                    }
                )
    record = [_record(number, bodies) for number in range(processes)]
    return {
        "run": [_run(bodies)],
        "input": _inputs(),
        "body": [_body(number) for number in range(bodies)],
        "firm": [
            {"firm_key": 1, "kind": "legal_person", "firm_id": "XX-CR:1", "name": "Sample Roads Ltd", "scheme": "XX-CR", "shown_by": "legal_form"},
            {"firm_key": 2, "kind": "natural_person", "shown_by": "identifier"},
            {"firm_key": 3, "kind": "unknown", "shown_by": "nothing"},
        ],
        "measurement": sorted(measurement, key=lambda r: (r["body_id"], r["indicator"], r["period"])),
        "missing": missing,
        "last_published": _last(bodies),
        "evidence": _evidence(measurement, record),
        "entry": [],
        "detail": [],
        **{table.name: [] for table in results.COURSES},
        "rejected": _rejected(),
        "coverage": [{"indicator": code} | counts for code, counts in coverage.items()],
        "record": record,
    }  # fmt: skip


def _last(bodies: int) -> list[dict[str, Any]]:
    """Body 4 published its late bids a year ago, and none that could be judged since."""
    if bodies <= 4:
        return []
    said = {"indicator": "P030", "version": 1, "n": 60, "hits": 9, "value": 0.15}
    return [_about(4) | said | {"release": EARLIER, "as_of": AS_OF.replace(year=AS_OF.year - 1)}]


def _scored(measurement: pa.Table, body: pa.Table, last: pa.Table) -> dict[str, pa.Table]:
    """Scored as the line scores: with eight bodies or more there are alternatives too."""
    found = scores(levels(measurement, body, Recipe.from_json(_recipe()), last))
    return {field.name: getattr(found, field.name) for field in fields(found)}


def _about(number: int) -> dict[str, Any]:
    return {"body_id": body_id_of(number), "body_kind": body_tables.PUBLIC_BODY}


def _body(number: int) -> dict[str, Any]:
    name = NAMES[number] if number < len(NAMES) else f"Town {number:04d}"
    return _about(number) | {
        "body_key": number + 1,
        "name": name,
        "scheme": "XX-MUN",
        "names": 1 if name else 0,
        "processes": 40 + number,
        # Towns and every fourth a county; of body 5 the register says nothing.
        "level": None if number == 5 else "county" if number % 4 == 0 else "municipality",
        "population": None if number == 5 else 3_000 * (number + 1) ** 2,
    }


def _measured(
    number: int, code: str, period: str, cases: int, rate: float, kind: str, chance: random.Random
) -> dict[str, Any]:
    row = _about(number) | {
        "indicator": code,
        "period": period,
        "version": 1,
        "n": 0,
        "hits": 0,
        "unknown": 0,
        "not_applicable": 0,
        "error": 0,
    }
    if kind == "not_measurable":
        row["unknown"] = cases
    elif kind == "not_applicable":
        row["not_applicable"] = cases
    else:
        row["unknown"] = cases // 10
        row["n"] = cases - row["unknown"]
        row["hits"] = sum(1 for _ in range(row["n"]) if chance.random() < rate)
    return row | _shown(row)


def _added_up(rows: list[dict[str, Any]]) -> dict[str, Any]:
    whole = dict(rows[0]) | {"period": "all"}
    for name in ("n", "hits", "unknown", "not_applicable", "error"):
        whole[name] = sum(row[name] for row in rows)
    return whole | _shown(whole)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    n = row["n"]
    if n >= 20:
        low, high = wilson(row["hits"], n)
        return {
            "value": row["hits"] / n,
            "low": low,
            "high": high,
            "status": "published",
            "reason": None,
        }
    gap: dict[str, Any] = {"value": None, "low": None, "high": None}
    if n:
        return gap | {"status": "too_few_cases", "reason": f"{n} cases, 20 needed"}
    if row["unknown"]:
        return gap | {"status": "not_measurable", "reason": "no case could be judged"}
    return gap | {"status": "not_applicable", "reason": "the rule concerns no case"}


def _count_coverage(counts: dict[str, int], whole: dict[str, Any]) -> None:
    counts["flagged"] += whole["hits"]
    counts["not_flagged"] += whole["n"] - whole["hits"]
    counts["not_applicable"] += whole["not_applicable"]
    counts["insufficient_data"] += whole["unknown"]
    counts["error"] += whole["error"]
    column = {
        "published": "bodies_measured",
        "too_few_cases": "bodies_too_few",
        "not_measurable": "bodies_not_measurable",
    }
    if whole["status"] in column:
        counts[column[whole["status"]]] += 1


def _evidence(
    measurement: list[dict[str, Any]], record: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row for each hit; the first cases of a body are those whose records the release holds."""
    pids_of: dict[str, list[dict[str, Any]]] = {}
    for row in record:
        pids_of.setdefault(row["body_id"], []).append(row)
    found = []
    for row in measurement:
        if row["period"] == "all":
            continue
        number = int(row["body_id"][-4:])
        held = pids_of.get(row["body_id"], [])
        for case in range(row["hits"]):
            here = held[case] if case < len(held) and row["period"] == "2023" else None
            pid = (
                here["pid"] if here else ((number + 1) << 44) + int(row["period"]) * 100_000 + case
            )
            found.append(
                {name: row[name] for name in ("body_id", "body_kind", "indicator", "period")}
                | {
                    "pid": pid,
                    "ocid": here["ocid"] if here else f"ocds-xx-{pid}",
                    "part_no": 0 if row["indicator"] in ("P059", "P060", "P062") else None,
                    "value": float(case % 9) + 0.5,
                    "pointer": "/awards/0" if row["indicator"] in ("P060", "P062") else "/tender",
                    "file": "releases.jsonl.gz",
                    "line": case + 1,
                    "offset": case * 900,
                }
            )
    return found


def _record(number: int, bodies: int) -> dict[str, Any]:
    released = {
        "ocid": f"ocds-xx-2023-{number:06d}",
        "id": f"r{number}",
        "date": "2023-12-04T00:00:00Z",
        "tag": ["compiled"],
        "tender": {
            "id": "t",
            "title": ["Resurfacing of ring road, lot 2", HOSTILE, "توريد أجهزة حاسوب"][number % 3],
            "status": "complete",
            "procurementMethod": "open",
            "numberOfTenderers": 1,
            "tenderPeriod": {
                "startDate": "2022-08-02T08:00:00Z",
                "endDate": "2022-09-02T12:00:00Z",
            },
            "documents": [
                {
                    "id": "1",
                    "documentType": "tenderNotice",
                    "title": "Notice",
                    "url": "https://example.org/notice.pdf",
                },
                {"id": "2", "documentType": "other", "title": "Trap", "url": "javascript:alert(1)"},
            ],
        },
        "awards": [
            {
                "id": "a1",
                "status": "active",
                "date": "2022-11-20T00:00:00Z",
                "value": {"amount": 4_200_000, "currency": "EUR"},
                "suppliers": [
                    REDACTED_PERSON
                    if number == 0
                    else {"id": "XX-CR:1", "name": "Sample Roads Ltd"}
                ],
            }
        ],
        "contracts": [
            {
                "id": "c1",
                "awardID": "a1",
                "status": "active",
                "dateSigned": "2023-02-01T00:00:00Z",
                "value": {"amount": 4_200_000, "currency": "EUR"},
                "period": {"startDate": "2023-02-15T00:00:00Z", "endDate": "2024-05-31T00:00:00Z"},
                "amendments": [
                    {"id": "A1", "date": "2023-06-01T00:00:00Z", "rationale": "Term and price"},
                    {"id": "A2", "date": "not a date", "rationale": "Unclear"},
                ],
                "implementation": {
                    "transactions": [
                        {
                            "id": "1",
                            "date": "2023-05-03T00:00:00Z",
                            "value": {"amount": 310_000, "currency": "EUR"},
                        },
                        {
                            "id": "2",
                            "date": "2023-09-12T00:00:00Z",
                            "value": {"amount": 180_000, "currency": "EUR"},
                        },
                    ],
                    "milestones": [
                        {"id": "m1", "title": "Half way", "dueDate": "2023-10-01T00:00:00Z"}
                    ],
                },
            }
        ],
    }
    text = json.dumps(released, ensure_ascii=False)
    return _about([3, 3, 2, 1, 0, 4][number % 6] % bodies) | {
        "pid": (1 << 44) + number * 900,
        "ocid": released["ocid"],
        "file": "releases.jsonl.gz",
        "line": number + 1,
        "offset": number * 900,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "json": text,
    }


def _rejected() -> list[dict[str, Any]]:
    common = {"file": "releases.jsonl.gz", "offset": 7200, "ocid": "ocds-xx-9"}
    fields = [
        common
        | {
            "level": "field",
            "code": "E012",
            "line": 9 + number,
            "path": "tender.value.amount",
            "value": "12 000" if number else HOSTILE,
            "message": "expected a number, found text",
            "next_step": "Correct it at the source.",
        }
        for number in range(8)
    ]
    cut = common | {
        "level": "record",
        "code": "E001",
        "line": 40,
        "path": "",
        "value": '{"ocid": "ocds-xx-40", "ten',
        "message": "the line ends in the middle of a value",
        "next_step": "Fetch the file again: it was cut off.",
    }
    return [cut, *fields]


def _inputs() -> list[dict[str, Any]]:
    return [
        {"file": "releases.jsonl.gz", "sha256": "a" * 64, "bytes": 1_234_567, "rows_in": 300, "rows_kept": 299, "rows_rejected": 1, "fields_rejected": 8},
        {"file": "more.json", "sha256": "b" * 64, "bytes": 4_567, "rows_in": 20, "rows_kept": 20, "rows_rejected": 0, "fields_rejected": 0},
    ]  # fmt: skip


def _run(bodies: int) -> dict[str, Any]:
    return {
        "run_id": "a1b2c3d4e5f6",
        "as_of": AS_OF,
        "as_of_source": "latest release date in the data",
        "code_version": "0.1.0",
        "recipe": RECIPE,
        "rows_in": 320,
        "rows_kept": 319,
        "rows_rejected": 1,
        "fields_rejected": 8,
        "bodies": bodies,
        "previous_release": EARLIER,
        "previous_run": "0f1e2d3c4b5a",
    }


def _card(
    code: str, title: str, question: str, unit: str, rate: float, value_unit: str
) -> dict[str, Any]:
    return {
        "code": code,
        "name": title.lower().replace(" ", "_"),
        "pillar": "procurement",
        "title": title,
        "question": question,
        "unit": unit,
        "direction": "neither way is better" if code == "P051" else "lower is better",
        "source": f"Open Contracting Partnership 2024, red flag R{code[1:]}",
        "verified": "compared with the source's own published code and documentation",
        "minimum_cases": 20,
        "version": 1,
        "status": "published",
        "value_unit": value_unit,
        "figure": "share",
        "scale": "percent",
        "window": None,
        "confounds": [],
        "beside": [],
        "cases_of": "tender",
        "thresholds": {"fewest": "1, from the source"} if code == "P018" else {},
        "tables": ["tender"],
        "fields": ["tender/procurementMethod", "tender/numberOfTenderers"],
        "sql": "SELECT pid, tenderers_stated = 1 AS hit\nFROM tender\nWHERE method IN ('open', 'selective') AND pid < 10",
        "why": "A single bid leaves *no choice*. It can mean a narrow market.\n\n- bidders stay away\n- `bids` come late",
        "misleads": "Some markets have **one** supplier by law <b>here</b>.",
        "clears": "A published market inquiry, see [the guide](https://example.org/guide) or [not this](javascript:alert(1)).",
        "examples": [
            {
                "title": "one bidder is a hit",
                "as_of": None,
                "given": {"tender": [{"pid": 1, "method": "open", "tenderers_stated": 1}]},
                "expect": [{"pid": 1, "state": "flagged"}],
            },
            {
                "title": "an unknown number stays unknown",
                "as_of": "2024-01-01",
                "given": {"tender": [{"pid": 2, "method": "open", "tenderers_stated": None}]},
                "expect": [{"pid": 2, "state": "insufficient_data"}],
            },
        ],
    }


def _recipe() -> dict[str, Any]:
    codes = [code for code, *_ in INDICATORS if code != "P051"]
    whole = Goalposts(1.0, 0.0, "the whole range of a share", "2024-01-01")
    return Recipe(
        name="first",
        version=1,
        title="Every indicator counts the same",
        goalposts=dict.fromkeys(codes, whole),
        weights=dict.fromkeys(codes, 1.0),
        minimum_weight=0.5,
        draws=400,
    ).as_json()


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_manifest(release: Path) -> None:
    files = []
    for path in sorted(release.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            files.append(
                {
                    "path": str(path.relative_to(release)),
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            )
    _write_json(release / "manifest.json", {"files": files})

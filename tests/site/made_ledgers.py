"""What ledgers add to a made release: figures on every scale, with all that stands beside them.

Days with an open upper end, percentage points on both sides of 0, basis points without an interval,
a ratio, a figure that is withheld with its reason, one that was not run, and outcomes.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from statistics import median
from typing import Any

#: Code, pillar, title, scale, direction, window, guards, and what the figures lie around.
FIGURES: tuple[tuple[str, str, str, str, str, int | None, tuple[str, ...], float, float], ...] = (
    ("C05", "continuity", "Break at a change of office", "percentage points", "neither way is better", None, ("C06",), -0.08, 0.11),
    ("C06", "continuity", "Hazard of termination", "ratio", "lower is better", 60, (), 1.1, 0.4),
    ("I02", "implementation", "Deadline drift", "months", "lower is better", 12, (), 5.0, 2.5),
    ("D03", "debt", "Days to pay", "days", "lower is better", 12, ("D05", "D99"), 48.0, 21.0),
    ("D05", "debt", "Arrears for each 10,000 spent", "per 10,000", "lower is better", None, (), 130.0, 60.0),
    ("D13", "debt", "Spread above peers", "basis points", "lower is better", 12, (), 25.0, 60.0),
    ("O03", "outcomes", "Trust found by surveys", "percent", "higher is better", None, (), 0.52, 0.08),
)  # fmt: skip

#: In the catalogue, and without a ledger.
NOT_RUN = ("T01", "transparency", "Completeness of disclosure", "percent", "higher is better", 12, (), 0.0, 0.0)  # fmt: skip

CODES = tuple(one[0] for one in (*FIGURES, NOT_RUN))

YEARS = (2021, 2022, 2023, 2024)

WITHHELD_BECAUSE = "invoices in more than one currency"

#: Of each body one place on a scale from -1 to 1.
PLACES = (-0.6, 0.2, 0.9, 1.0, -0.9, 0.0, 0.45, -0.2, -0.4, 0.7, 0.1, -0.75, 0.3, -0.1)


def add_ledgers(tables: dict[str, list[dict[str, Any]]], hostile: str) -> None:
    """Add the rows of figures that come from ledgers to the tables of a release."""
    bodies = [(row["body_id"], row["body_kind"]) for row in tables["body"]]
    for code, _, _, scale, *_, around, spread in FIGURES:
        shown = []
        for number, (body_id, kind) in enumerate(bodies):
            about = {"body_id": body_id, "body_kind": kind, "indicator": code}
            value = around + spread * PLACES[number % len(PLACES)]
            periods = ["all"] if scale in ("ratio", "percentage points") else ["all", *YEARS]
            for period in periods:
                row = about | _figure(code, number, str(period), value, spread)
                tables["measurement"].append(row)
                if period == "all" and row["value"] is not None:
                    shown.append(row["value"])
            if number % 3 == 0:
                tables["detail"] += _details(about)
            tables["entry"] += _entries(about, number, hostile)
        tables["coverage"].append(
            {
                "indicator": code,
                "flagged": 210,
                "not_flagged": 640,
                "not_applicable": 12,
                "insufficient_data": 30,
                "error": 4,
                "bodies_measured": len(shown),
                "bodies_too_few": 1,
                "bodies_not_measurable": 0,
                "middle": median(shown),
            }
        )
    _add_courses(tables, hostile)
    tables["measurement"].sort(key=lambda row: (row["body_id"], row["indicator"], row["period"]))


#: Bodies of which courses are told.
TOLD = (0, 1, 2, 3)


def _add_courses(tables: dict[str, list[dict[str, Any]]], hostile: str) -> None:
    """What ledgers say happened at some bodies: three terms, a contract, commitments, debts, ways."""
    for number in TOLD:
        about = {name: tables["body"][number][name] for name in ("body_id", "body_kind")}
        starts = (date(2019, 5, 1), date(2022, 9, 15), date(2024, 1, 10))
        for place, start in enumerate(starts):
            acting = place == 1 and number == 1
            tables["tenure"].append(
                about
                | {
                    "term_id": f"t{place}",
                    "post": hostile if number == 2 else "head of the body",
                    "start_date": start,
                    "end_date": starts[place + 1] - timedelta(1) if place < 2 else None,
                    "acting": acting,
                    "leading": True,
                    "administration": place + 1,
                    "of_all": 3,
                }
            )
        contract = about | {"registered_contract_id": f"C-{number}"}
        tables["contract_course"].append(
            contract
            | {
                "title": hostile if number == 2 else "Resurfacing of ring road",
                "date_signed": date(2021, 2, 1),
                "signed_under": 1,
                "period_start": date(2021, 3, 1),
                "original_end": date(2023, 2, 28),
                "period_end": date(2024, 12, 31),
                "ends_under": 3,
                "amount": 4_200_000.0,
                "currency": "EUR",
                "changes": 1,
                "due": 2,
                "unpaid": 1,
                "payments": 1,
                "events": 70,
                "of_all": 12,
            }
        )
        for place, (lane, day, settled, what) in enumerate(
            (
                ("due", date(2021, 9, 1), date(2021, 10, 3), None),
                ("payment", date(2021, 10, 3), None, None),
                ("change", date(2022, 11, 2), None, "duration"),
                ("due", date(2023, 12, 1), None, None),
                ("milestone", date(2024, 9, 1), None, "delivery"),
            )
        ):
            tables["contract_event"].append(
                contract
                | {
                    "event_no": place,
                    "lane": lane,
                    "date": day,
                    "settled_on": settled,
                    "new_end": date(2024, 12, 31) if lane == "change" else None,
                    "what": what,
                    "amount": 310_000.0,
                    "currency": "EUR",
                }
            )
        for place in range(3):
            tables["commitment_deadline"].append(
                about
                | {
                    "commitment_id": f"P-{place}",
                    "text": hostile if number == 2 else f"Promise {place}",
                    "announced": date(2021, 1 + place, 5),
                    "original_due": None if place == 2 else date(2022, 6, 30),
                    "current_due": None if place == 2 else date(2022 + place, 6, 30),
                    "moved": place % 2,
                    "done_on": date(2022, 5, 1) if place == 0 else None,
                    "last_status": ("complete", "limited", None)[place],
                    "withdrawn": place == 2,
                    "of_all": 31,
                }
            )
        for state, count in (("done_in_time", 14), ("past", 9), ("withdrawn", 8)):
            tables["commitment_state"].append(about | {"state": state, "commitments": count})
        for currency, age, owed in (("EUR", "1-30", 10.0), ("EUR", "over 365", 42.5)):
            tables["arrears_age"].append(
                about | {"currency": currency, "age": age, "amount": owed, "invoices": 3}
            )
        tables["arrears_age"].append(
            about | {"currency": "USD", "age": "no due date", "amount": 7.0, "invoices": 1}
        )
        for source in ("requests", "yearly report"):
            for year, outcome, count in (
                (2022, "full", 30),
                (2023, "refused", 9),
                (2023, "open", 4),
            ):
                tables["request_outcome"].append(
                    about | {"source": source, "year": year, "outcome": outcome, "requests": count}
                )
        tables["hand_off"].append(
            about
            | {
                "from_unit": hostile if number == 2 else "intake",
                "to_unit": "legal",
                "transfers": 5,
                "cases": 4,
                "of_all": 9,
            }
        )


def _figure(code: str, number: int, period: str, value: float, spread: float) -> dict[str, Any]:
    n = 4 if number == 5 else 60 + 11 * number
    if period != "all":
        n, value = n // 4, value + spread * (int(period) - 2022.5) * 0.15
    half: float | None = spread * 0.35
    row: dict[str, Any] = {
        "period": period, "version": 1, "n": n, "hits": None, "unknown": 3, "not_applicable": 1,
        "error": 0, "value": None, "low": None, "high": None, "std_err": None,
    }  # fmt: skip
    if n < 10:
        return row | {"status": "too_few_cases", "reason": f"{n} cases, fewer than 10"}
    if code == "D05" and number == 4:
        return row | {"status": "withheld", "reason": WITHHELD_BECAUSE}
    row |= {"value": value, "status": "published", "reason": "enough cases"}
    if code == "D13" or half is None:
        return row
    row |= {"low": value - half, "high": value + half, "std_err": half / 1.645}
    # Of one body half of the invoices still wait, so that nobody knows how long it may become.
    return row | {"high": None} if (code, number) == ("D03", 3) else row


def _details(about: dict[str, Any]) -> list[dict[str, Any]]:
    row = about | {"period": "all", "value": None, "words": None}
    return [
        row | {"what": "paid within 30 days, share", "value": 0.4375},
        row | {"what": "grade of the framework", "words": "C+"},
    ]


def _entries(about: dict[str, Any], number: int, hostile: str) -> list[dict[str, Any]]:
    rows = []
    for entry in range(7):
        own = {"invoice_id": f"i-{number}-{entry}", "amount": 310.5, "title": hostile}
        rows.append(
            about
            | {
                "period": "2024",
                "ledger": "invoice",
                "entry_id": f"i-{number}-{entry}",
                "flagged": entry < 3,
                "value": 90.0 - 10 * entry,
                "file": "bills.csv",
                "line": 2 + 7 * number + entry,
                "json": json.dumps(own, ensure_ascii=False),
            }
        )
    return rows


def cards(like: dict[str, Any]) -> list[dict[str, Any]]:
    """The cards of these indicators; what does not matter here is as on the card given."""
    made = []
    for code, pillar, title, scale, direction, window, beside, *_ in (*FIGURES, NOT_RUN):
        made.append(
            like
            | {
                "code": code,
                "name": title.lower().replace(" ", "_"),
                "pillar": pillar,
                "title": title,
                "question": "How much is it?",
                "unit": f"{scale}, from receipt to payment",
                "direction": direction,
                "minimum_cases": 10,
                "figure": "mean",
                "scale": scale,
                "window": window,
                "confounds": ["Bodies with many small invoices pay faster."],
                "beside": list(beside),
                "cases_of": "invoice",
                "tables": ["invoice"],
                "fields": ["received_date"],
                "thresholds": {},
            }
        )
    return made

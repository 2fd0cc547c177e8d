"""Two towns that buy, and a file of their contracting processes, small enough to count by hand.

Town A: 40 open procedures, 30 of them with one bidder. Town B: 40 open procedures, 4 of them with
one. Town C: 2 open procedures, too few to say anything. Every award is active and has a supplier.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: Names that a careless command would take for markup, or let move the cursor.
TOWN_A, NAME_A = "XX-GOV-A", "[bold]Town[/bold] of [bids] [/b] A"
TOWN_B, NAME_B = "XX-GOV-B", "Stadt \x1b[31mB"
TOWN_C, NAME_C = "XX-GOV-C", "Town C"

TOWNS = {TOWN_A: (NAME_A, 40, 30), TOWN_B: (NAME_B, 40, 4), TOWN_C: (NAME_C, 2, 0)}

LAST_RELEASE = "2024-03-31"

#: Two lines to put after theirs: one is no JSON, one gives a number in words.
BROKEN = '{"ocid": "ocds-towns-broken", "tender": {"id": nothing}}'
NO_NUMBER = json.dumps(
    {
        "ocid": "ocds-towns-no-number",
        "date": "2024-01-01T00:00:00Z",
        "buyer": {"id": TOWN_C, "name": NAME_C},
        "tender": {"id": "t", "numberOfTenderers": "three"},
    }
)


def processes() -> list[dict[str, Any]]:
    """The compiled releases of the three towns."""
    return [
        _process(town, number, bidders=1 if number < single else 3)
        for town, (_, count, single) in TOWNS.items()
        for number in range(count)
    ]


def _process(town: str, number: int, bidders: int) -> dict[str, Any]:
    body = {"id": town, "name": TOWNS[town][0]}
    firms = [{"id": f"GB-COH-0000000{one}", "name": f"Firm {one} Ltd"} for one in range(bidders)]
    person = {"id": "IT-CF-RSSMRA80A01H501U", "name": "Maria Rossi"}
    return {
        "ocid": f"ocds-towns-{town}-{number}",
        "id": f"{town}-{number}",
        "date": f"{LAST_RELEASE}T12:00:00Z",
        "tag": ["compiled"],
        "buyer": body,
        "parties": [{**body, "roles": ["buyer"], "contactPoint": {"name": "Maria Rossi"}}],
        "tender": {
            "id": "t",
            "title": "Chairs [/b]",
            "status": "complete",
            "procurementMethod": "open",
            "numberOfTenderers": bidders,
            "tenderers": [*firms[1:], person],
            "tenderPeriod": {
                "startDate": f"20{20 + number % 4}-02-01T00:00:00Z",
                "endDate": f"20{20 + number % 4}-03-15T00:00:00Z",
            },
        },
        "awards": [
            {
                "id": "a",
                "status": "active",
                "date": f"20{20 + number % 4}-04-01T00:00:00Z",
                "value": {"amount": 1000 + number, "currency": "EUR"},
                "suppliers": firms[:1],
            }
        ],
    }


def write(path: Path, *more: str) -> Path:
    """The towns as JSON Lines, and further lines after them as they are."""
    lines = [json.dumps(one, ensure_ascii=False) for one in processes()]
    path.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    return path

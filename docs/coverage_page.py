"""How far the indicators reach in real data, and how often they flag: kept beside the page.

    python -m docs.coverage_page RELEASE     # a folder of `troth run`

writes `coverage-real.json` from the tables of a release; `python -m docs.generate` makes the page.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from troth.indicators import catalogue

KEPT = Path(__file__).parent / "coverage-real.json"

#: How often such rules flag in Lithuanian data (Viešpirkiai, run of 2026-09-01 over 265,294
#: procurements), in percent. Their rules differ in detail: a band to hold ours against, no target.
BAND = {
    "P010": 4.7, "P014": 4.7, "P018": 55, "P019": 67, "P020": 16.5, "P022": 5.8, "P024": 6.6,
    "P028": 1.8, "P035": 13.1, "P036": 6.3, "P038": 8.4, "P058": 2.6, "P060": 6.2, "P061": 10.7,
    "P062": 10.7,
}  # fmt: skip

#: Why a rate is what it is, where it is far from what one would expect.
WHY = {
    "P001": "216 of 237 are records of one publisher that list project plans, which do not count",
    "P003": "191 of 269 hits are Armenian records",
    "P004": "136 are Armenian records with an empty list of documents, 24 list bidding documents only",
    "P005": "as P004",
    "P010": "the format of most records has no place for a reason",
    "P013": "most records are Italian lists of all purchases, also the small and direct ones",
    "P019": "less than half the median is a much stricter rule than theirs",
    "P022": "36 tenders: the share says little",
    "P028": "51 tenders: the share says little",
    "P031": "few tenders of many small sets; in two of them all reach it",
    "P038": "80 bids, of which none was disqualified",
    "P051": "three bodies, in the few markets that are large enough",
    "P063": "371 are of one publisher, whose word for the type is its own (`Contract Signed`)",
    "P067": "226 are of one publisher, which gives no day on which a milestone was met",
    "P068": "3,677 of 3,679 hits are Italian lists, which publish the sum paid so far beside the award",
}


def kept_of(release: Path) -> dict[str, Any]:
    """The figures of a release: of each indicator its cases and bodies, and what most cases lack."""
    lacks: dict[str, Counter[str]] = {}
    for row in _table(release, "missing"):
        if row["state"] == "insufficient_data":
            lacks.setdefault(row["indicator"], Counter())[row["field"]] += row["cases"]
    run = _table(release, "run")[0]
    return {
        "as_of": str(run["as_of"]),
        "processes": run["rows_kept"],
        "bodies": run["bodies"],
        "indicators": [
            {**row, "most_lack": max(lacks[row["indicator"]].items(), key=lambda one: (one[1], one[0]))[0]
             if row["indicator"] in lacks else None}
            for row in _table(release, "coverage")
        ],
    }  # fmt: skip


def _table(release: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(release / "parquet" / f"{name}.parquet").to_pylist()
    return rows


def page() -> Iterator[str]:
    """The page, from the run that is kept."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    yield "# Reach and rates in real data"
    yield ""
    yield f"One run over {kept['processes']:,} real contracting processes of {kept['bodies']:,} bodies"
    yield f"(25 sources; most are Italian and French), as of {kept['as_of']}. *Judged* is in how many cases"
    yield "an indicator could say yes or no, *bodies* how many had cases enough for a figure, *flagged* how"
    yield "often it said yes. Little can be judged where publishers publish little: few of these records have"
    yield "bids, documents, dates of awards or a status of the award, and no row is filled in for them."
    yield ""
    yield "*Band* is what a Lithuanian system found with rules of the same name, where it has one (percent of"
    yield "what it could evaluate). Their rules differ in detail, so it is something to hold ours against and"
    yield "no target. Again, and kept:"
    yield ""
    yield "    troth run DATA --out out --until release"
    yield "    python -m docs.coverage_page out/releases/RELEASE"
    yield "    python -m docs.generate"
    yield ""
    yield "| indicator | judged | bodies | flagged | band | most lack, or why |"
    yield "| --- | --- | --- | --- | --- | --- |"
    cards = catalogue()
    for one in kept["indicators"]:
        code = one["indicator"]
        judged = one["flagged"] + one["not_flagged"]
        rate = f"{100 * one['flagged'] / judged:.1f} %" if judged else ""
        band = f"{BAND[code]:g} %" if code in BAND else ""
        told = WHY[code] if judged and code in WHY else ""
        if not told and one["most_lack"]:
            told = f"lack: {one['most_lack']}"
        title = cards[code].card.title
        yield f"| {code} {title} | {judged:,} | {one['bodies_measured']:,} | {rate} | {band} | {told} |"
    able = sum(one["flagged"] + one["not_flagged"] > 0 for one in kept["indicators"])
    with_body = sum(one["bodies_measured"] > 0 for one in kept["indicators"])
    yield ""
    yield f"{able} of {len(kept['indicators'])} can be computed for some case, {with_body} for some body."


if __name__ == "__main__":
    KEPT.write_text(json.dumps(kept_of(Path(sys.argv[1])), indent=1) + "\n", encoding="utf-8")

"""Measurements and bodies for tests of levels: counts by body and indicator, nothing else said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from troth.score.recipe import Goalposts, Recipe
from troth.tables.body import BODY
from troth.tables.results import LAST_PUBLISHED, MEASUREMENT

POSTS = Goalposts(worst=1.0, best=0.0, reason="ends of a share", dated="2026-01-01")

#: A silent cell: there are cases, and none says what the rule needs.
SILENT = "silent"

MINIMUM = 20

Counts = Mapping[tuple[str, str], "tuple[int, int] | Figure | str"]


@dataclass(frozen=True)
class Figure:
    """A figure that is no share, with its standard error; none where it has none."""

    value: float
    std_err: float | None
    n: int = 40


def recipe(*codes: str, **other: Any) -> Recipe:
    """A recipe of these indicators, all alike."""
    weights = other.pop("weights", dict.fromkeys(codes, 1.0))
    other.setdefault("draws", 200)
    return Recipe("test", 1, "Test", dict.fromkeys(codes, POSTS), weights, **other)


def measurement(counts: Counts) -> pa.Table:
    """From (body, indicator) -> (hits, n), a figure, or `SILENT`; what is not named has no case."""
    rows = []
    no_shares = {code for (_, code), found in counts.items() if isinstance(found, Figure)}
    for (body, indicator), found in counts.items():
        if isinstance(found, Figure):
            rows.append(_figure(body, indicator, found))
            continue
        hits, n = (0, 0) if isinstance(found, str) else found
        status = "not_measurable" if found == SILENT else "not_applicable"
        if n:
            status = "published" if n >= MINIMUM else "too_few_cases"
        rows.append(
            {
                "body_id": body,
                "body_kind": "public_body",
                "indicator": indicator,
                "period": "all",
                "version": 1,
                "n": n,
                "hits": None if indicator in no_shares else hits,
                "unknown": 7 if found == SILENT else 0,
                "not_applicable": 0,
                "error": 0,
                "value": hits / n if n >= MINIMUM else None,
                "status": status,
            }
        )
    return MEASUREMENT.rows(rows)


def _figure(body: str, indicator: str, found: Figure) -> dict[str, Any]:
    return {
        "body_id": body,
        "body_kind": "public_body",
        "indicator": indicator,
        "period": "all",
        "version": 1,
        "n": found.n,
        "hits": None,
        "unknown": 0,
        "not_applicable": 0,
        "error": 0,
        "value": found.value,
        "std_err": found.std_err,
        "status": "published",
    }


def published_before(counts: Counts, release: str = "before") -> pa.Table:
    """The same counts as an earlier release published them: those with enough cases."""
    shown = measurement(counts).to_pylist()
    kept = ("body_id", "body_kind", "indicator", "version", "n", "hits", "value", "std_err")
    when = {"release": release, "as_of": date(2026, 1, 1)}
    return LAST_PUBLISHED.rows(
        [{name: row[name] for name in kept} | when for row in shown if row["status"] == "published"]
    )


def bodies(counts: Counts, levels: Mapping[str, tuple[str, int]] | None = None) -> pa.Table:
    """The bodies of these counts, with (level, population) where that is given."""
    rows = []
    for key, body in enumerate(sorted({body for body, _ in counts})):
        level, population = (levels or {}).get(body, (None, None))
        rows.append(
            {
                "body_id": body,
                "body_kind": "public_body",
                "body_key": key,
                "level": level,
                "population": population,
                "names": 1,
                "processes": 1,
            }
        )
    return BODY.rows(rows)


@st.composite
def countries(
    draw: st.DrawFn, codes: tuple[str, ...] = ("P013", "P018", "P019"), most: int = 12
) -> dict[tuple[str, str], tuple[int, int] | str]:
    """Counts of several bodies, the first of which is measured in everything."""
    found: dict[tuple[str, str], tuple[int, int] | str] = {}
    for place in range(draw(st.integers(3, most))):
        for code in codes:
            kind = (
                "counts"
                if place == 0
                else draw(st.sampled_from(["counts"] * 6 + ["silent", "none"]))
            )
            if kind == "silent":
                found[f"B{place:02d}", code] = SILENT
            elif kind == "counts":
                n = draw(st.integers(MINIMUM if place == 0 else 1, 200))
                found[f"B{place:02d}", code] = (draw(st.integers(0, n)), n)
    return found

"""The catalogue as a release publishes it: card, words, SQL and examples of each indicator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troth.indicators import catalogue
from troth.indicators.words import words_of
from troth.measure.plan import Plan


def catalogue_entries(plan: Plan) -> list[dict[str, Any]]:
    """One object an indicator, in the order of codes; everything its page says."""
    indicators = catalogue()
    return [_entry(indicators[planned.code], planned) for planned in plan.indicators]


def _entry(indicator: Any, planned: Any) -> dict[str, Any]:
    card, words = indicator.card, words_of(indicator)
    second = () if indicator.second is None else indicator.second.tables
    return {
        "code": card.code,
        "name": indicator.name,
        "pillar": indicator.pillar,
        "title": card.title,
        "question": card.question,
        "unit": card.unit,
        "direction": card.direction.value,
        "source": card.source,
        "verified": card.verified.value,
        "minimum_cases": card.minimum_cases,
        "version": card.version,
        "status": card.status.value,
        "value_unit": card.value_unit,
        "thresholds": dict(card.thresholds),
        "figure": "share" if indicator.figure is None else indicator.figure.name,
        "scale": card.scale.value,
        "window": card.window,
        "confounds": list(card.confounds),
        "beside": list(card.beside),
        "cases_of": indicator.case_kind,
        "tables": list(dict.fromkeys([*indicator.tables, *second])),
        "fields": list(planned.missing[:-1]),
        "faults": list(planned.faults),
        "sql": planned.sql
        + (f"\n\n-- then, over all cases left open:\n\n{planned.judge}" if planned.judge else ""),
        "why": words.why,
        "misleads": words.misleads,
        "clears": words.clears,
        "examples": [_example(example) for example in words.examples],
    }


def _example(example: Any) -> Mapping[str, Any]:
    return {
        "title": example.title,
        "as_of": None if example.as_of is None else example.as_of.isoformat(),
        "given": {name: [_plain(row) for row in rows] for name, rows in example.given.items()},
        "expect": [_plain(row) for row in example.expect],
    }


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in dict(row).items()
    }

"""The law as data: one TOML file for each country or union, read into the table `law`.

    name = "Italy"
    countries = ["IT"]
    currency = "EUR"
    known_until = 2025-12-31        # the last day of which the file speaks

    [[threshold]]
    rule = "competition"            # or "publication"
    categories = ["goods", "services"]
    amount = 140_000
    from = 2023-07-01
    until = 2024-12-31              # may be left out: then `known_until`
    kind_of_body = "sub-central"    # may be left out: then it binds any
    source = "D.Lgs. 36/2023, article 50(1)(b)"
    sure = "verified"               # or "known"

    [[period]]
    procedure = "open"
    categories = ["goods", "services", "works"]
    days = 35
    from = 2016-04-18
    source = "Directive 2014/24/EU, article 27(1)"
    sure = "known"

A case is judged by the rule of its own day. Where no file has one nothing is assumed: the case then
lacks the law. A mistake in a file stops the program and names file, rule and remedy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from troth.errors import UsageError
from troth.tables.law import CATEGORIES, KINDS_OF_BODY, LAW

FOLDER = Path(__file__).parent

Rule = dict[str, Any]

_OF_FILE = {"name": str, "countries": list, "currency": str, "known_until": date}
_TABLES = ("threshold", "period")
_OF_RULE = {
    "categories": list,
    "kind_of_body": str,
    "from": date,
    "until": date,
    "source": str,
    "sure": str,
}
_OF_TABLE: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "threshold": {"rule": str, "amount": (int, float), **_OF_RULE},
    "period": {"procedure": str, "days": int, **_OF_RULE},
}
_OPTIONAL = ("until", "kind_of_body")


def files() -> list[Path]:
    """The files of the installed package, in the order of their names."""
    return sorted(FOLDER.glob("*.toml"))


@cache
def law() -> pa.Table:
    """The table `law` of the installed files, in the order of countries and days."""
    return table(files())


def table(paths: Sequence[Path]) -> pa.Table:
    """The table `law` of these files; `UsageError` names what is wrong with one of them."""
    rules = [rule for path in paths for rule in _rules(path)]
    _refuse_overlaps(rules)
    _refuse_currencies(rules)
    rows = [{name: rule.get(name) for name in LAW.names} for rule in rules]
    rows.sort(key=lambda row: [str(row[name] or "") for name in _ORDER])
    return LAW.rows(rows)


_SAME = ("country", "rule", "procedure", "category", "kind_of_body")
_ORDER = (*_SAME, "valid_from")


def _rules(path: Path) -> Iterator[Rule]:
    """Every rule of a file, once for each country and category; `place` says where it stands."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name}: not TOML: {error}") from None
    head = {name: value for name, value in found.items() if name not in _TABLES}
    _check(path.name, head, _OF_FILE, ())
    for country in head["countries"]:
        if not isinstance(country, str) or not re.fullmatch("[A-Z]{2}", country):
            raise UsageError(
                f"{path.name}: countries: expected two capital letters, not {country!r}"
            )
    if not re.fullmatch("[A-Z]{3}", head["currency"]):
        raise UsageError(f"{path.name}: currency: expected three capital letters (ISO 4217)")
    for kind in _TABLES:
        for number, rule in enumerate(found.get(kind, ()), start=1):
            place = f"{path.name}, [[{kind}]] no. {number}"
            yield from _spread(place, kind, rule, head)


def _spread(place: str, kind: str, rule: Rule, head: Rule) -> Iterator[Rule]:
    _check(place, rule, _OF_TABLE[kind], _OPTIONAL)
    body = rule.get("kind_of_body", "any")
    until = rule.get("until", head["known_until"])
    for told, value, allowed in (
        ("kind_of_body", body, KINDS_OF_BODY),
        ("sure", rule["sure"], ("verified", "known")),
        *(("categories", one, CATEGORIES) for one in rule["categories"]),
        *([("rule", rule["rule"], ("competition", "publication"))] if kind == "threshold" else []),
    ):
        if value not in allowed:
            raise UsageError(f"{place}: {told}: {value!r} is none of {', '.join(allowed)}")
    if not rule["source"].strip():
        raise UsageError(f"{place}: source is empty; name the article the figure is taken from")
    if until < rule["from"]:
        raise UsageError(f"{place}: until {until} lies before from {rule['from']}")
    if rule["amount" if kind == "threshold" else "days"] <= 0:
        raise UsageError(f"{place}: a threshold or period is more than 0")
    for country in head["countries"]:
        for category in rule["categories"]:
            yield {
                "place": place,
                "country": country,
                "rule": rule.get("rule", "days_to_bid"),
                "procedure": rule.get("procedure"),
                "category": category,
                "kind_of_body": body,
                "valid_from": rule["from"],
                "valid_until": until,
                "amount": float(rule["amount"]) if kind == "threshold" else None,
                "currency": head["currency"] if kind == "threshold" else None,
                "days": rule.get("days"),
                "source": rule["source"],
                "sure": rule["sure"],
            }


def _check(
    place: str,
    found: Mapping[str, Any],
    wanted: Mapping[str, type | tuple[type, ...]],
    optional: Sequence[str],
) -> None:
    """Every key is one that is known, each that is needed is there, and each is of its kind."""
    unknown = sorted(set(found) - set(wanted))
    if unknown:
        raise UsageError(f"{place}: unknown {', '.join(unknown)}; known are {', '.join(wanted)}")
    missing = [name for name in wanted if name not in found and name not in optional]
    if missing:
        raise UsageError(f"{place}: missing {', '.join(missing)}")
    for name, kind in wanted.items():
        value = found.get(name)
        if name in found and (not isinstance(value, kind) or isinstance(value, bool)):
            raise UsageError(f"{place}: {name}: {value!r} is of the wrong kind")


def _refuse_overlaps(rules: Sequence[Rule]) -> None:
    """Two rules for the same on the same day: which of them holds nobody could say."""
    alike: dict[tuple[Any, ...], list[Rule]] = {}
    for rule in rules:
        alike.setdefault(tuple(rule[name] for name in _SAME), []).append(rule)
    for same in alike.values():
        same.sort(key=lambda rule: rule["valid_from"])
        for one, other in pairwise(same):
            if other["valid_from"] <= one["valid_until"]:
                raise UsageError(
                    f"{other['place']}: from {other['valid_from']} overlaps with {one['place']}, "
                    f"which holds until {one['valid_until']} ({other['country']}, {other['category']})"
                )


def _refuse_currencies(rules: Sequence[Rule]) -> None:
    """The lowest of several thresholds can only be told in one currency."""
    known: dict[str, Rule] = {}
    for rule in rules:
        if rule["currency"] is None:
            continue
        first = known.setdefault(rule["country"], rule)
        if first["currency"] != rule["currency"]:
            raise UsageError(
                f"{rule['place']}: {rule['country']} has thresholds in {rule['currency']} here and "
                f"in {first['currency']} in {first['place']}"
            )

"""The formulas as SQL, compiled once and remembered.

Ibis expressions are what is written and reviewed; DuckDB's SQL is what runs on each batch of
records. Compiling takes longer than reading ten thousand records, so the SQL is kept in the user's
cache folder under a digest of everything it depends on: the indicators, the tables, the versions
of Ibis, sqlglot and DuckDB. A plan from the cache and a fresh one are the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.law import files as law_files
from troth.tables.states import CASE_KEYS, FIRST_MISSING, NO_PEERS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from troth.indicators.base import Indicator

PACKAGE = Path(__file__).resolve().parent.parent

#: What compiled SQL depends on beside the formulas themselves.
_SHAPING = (
    "law/__init__.py",
    "tables/base.py",
    "tables/law.py",
    "tables/procurement.py",
    "tables/states.py",
    "tables/money.py",
    "tables/obligations.py",
    "tables/information.py",
    "tables/cases.py",
    "tables/body.py",
    "tables/undertakings.py",
    "tables/paying.py",
    "measure/entries.py",
    "measure/facts.py",
    "measure/plan.py",
)
_ENGINES = ("ibis-framework", "sqlglot", "duckdb")


@dataclass(frozen=True)
class Planned:
    """One indicator as the plan knows it; the rest is on its card."""

    code: str
    kind: str
    minimum_cases: int
    version: int
    missing: tuple[str, ...]
    faults: tuple[str, ...]
    counted: bool
    has_value: bool
    pointer: str  # JSON pointer of a case, less its number
    judge: str  # SQL over the fact table that decides open cases; empty where there is none
    comparison: Mapping[str, Any]  # the same as data, where it is one of `indicators/shared.py`
    sql: str  # the indicator alone, as its page prints it

    @property
    def no_peers(self) -> int:
        """The state of an open case that nothing is fit to be compared with."""
        return FIRST_MISSING + len(self.missing) - 1


@dataclass(frozen=True)
class Plan:
    """What to run on every batch (`facts`, by kind of case) and over all facts (`judge`)."""

    digest: str
    facts: Mapping[str, str]
    indicators: tuple[Planned, ...]

    def of_kind(self, kind: str) -> list[Planned]:
        return [planned for planned in self.indicators if planned.kind == kind]

    @property
    def of_processes(self) -> list[Planned]:
        """Those whose cases are parts of contracting processes; the others' are of ledgers."""
        return [planned for planned in self.indicators if planned.kind in CASE_KEYS]


def plan(cache: Path | None = None) -> Plan:
    """The plan of the installed catalogue, from the cache where it is there."""
    digest = _digest()
    kept = (cache or _cache_folder()) / f"plan-{digest[:20]}.json"
    try:
        return _read(json.loads(kept.read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        made = _compile(digest)
        _keep(kept, made)
        return made


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "troth"


def _digest() -> str:
    found = hashlib.sha256()
    for path in sorted((PACKAGE / "indicators").rglob("*.py")):
        found.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    for name in _SHAPING:
        found.update((PACKAGE / name).read_bytes())
    # Not of the SQL, but of the facts: they are made anew when the law changes.
    for path in law_files():
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    for package in _ENGINES:
        found.update(f"{package} {metadata.version(package)}\n".encode())
    return found.hexdigest()


def _read(kept: Mapping[str, object]) -> Plan:
    facts, indicators = kept["facts"], kept["indicators"]
    assert isinstance(facts, dict) and isinstance(indicators, list)
    planned = [
        Planned(**{**one, "missing": tuple(one["missing"]), "faults": tuple(one["faults"])})
        for one in indicators
    ]
    return Plan(str(kept["digest"]), facts, tuple(planned))


def _keep(path: Path, made: Plan) -> None:
    """Write aside and rename; where the cache cannot be written, the next run compiles again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".tmp", delete=False
        ) as aside:
            json.dump(asdict(made), aside)
        Path(aside.name).replace(path)
    except OSError:
        return


def _pointer(indicator: Indicator) -> str:
    """Where in a record the cases of an indicator stand."""
    if indicator.case_kind != "tender":
        return f"/{indicator.case_kind}s"
    return "/bids/details" if "bid" in indicator.tables else "/tender"


def _as_data(comparison: object, code: str, stored: Mapping[str, ir.Value]) -> dict[str, Any]:
    """A shared comparison by its name, with everything that it was given; else nothing.

    `columns` says where facts hold what the comparison calls by a name: where indicators keep the
    same, in the first column that does.
    """
    if not is_dataclass(comparison) or isinstance(comparison, type):
        return {}
    own = {column.removeprefix(f"{code}_"): column for column in stored if column.startswith(code)}
    columns = {
        name: next(first for first, value in stored.items() if value.equals(stored[column]))
        for name, column in own.items()
    }
    return {"name": type(comparison).__name__, "columns": columns, **asdict(comparison)}


def _of_ledger(indicator: Indicator) -> Planned:
    """What the plan knows of an indicator over a ledger: its formula is run over whole tables."""
    from troth.measure.entries import PRINTED_DAY, printed, speak, unbound_ledgers

    spoken, card = speak(indicator, unbound_ledgers(), PRINTED_DAY), indicator.card
    return Planned(
        code=card.code,
        kind=indicator.case_kind,
        minimum_cases=card.minimum_cases,
        version=card.version,
        missing=(*spoken.needs, NO_PEERS),
        faults=tuple(spoken.faults),
        counted=False,
        has_value=spoken.value is not None,
        pointer="",
        judge="",
        comparison={},
        sql=printed(indicator),
    )


def _compile(digest: str) -> Plan:
    import ibis

    from troth.indicators import catalogue
    from troth.measure.facts import facts, judged, speak, unbound_tables

    tables = unbound_tables()
    indicators: Sequence[Indicator] = list(catalogue().values())
    by_kind, planned = {}, []
    planned += [_of_ledger(one) for one in indicators if one.of_ledger]
    for kind in CASE_KEYS:
        fact = facts(indicators, kind, tables)
        by_kind[kind] = ibis.to_sql(fact, dialect="duckdb")
        table = ibis.table({**fact.schema(), "as_of": "date"}, name=f"fact_{kind}")
        stored: dict[str, ir.Value] = {}
        for indicator in indicators:
            if indicator.case_kind != kind:
                continue
            spoken = speak(indicator, tables)
            card = indicator.card
            for name, value in {**spoken.keep, "value": spoken.value}.items():
                if value is not None:
                    stored[f"{card.code}_{name}"] = value
            judge = ""
            if indicator.comparison is not None:
                judge = str(ibis.to_sql(judged(indicator, table), dialect="duckdb"))
            planned.append(
                Planned(
                    code=card.code,
                    kind=kind,
                    minimum_cases=card.minimum_cases,
                    version=card.version,
                    missing=(*spoken.needs, NO_PEERS),
                    faults=tuple(spoken.faults),
                    counted=spoken.of is not None,
                    has_value=spoken.value is not None,
                    pointer=_pointer(indicator),
                    judge=judge,
                    comparison=_as_data(indicator.comparison, card.code, stored),
                    sql=str(ibis.to_sql(facts([indicator], kind, tables), dialect="duckdb")),
                )
            )
    planned.sort(key=lambda one: one.code)
    made = Plan(digest, {kind: str(sql) for kind, sql in by_kind.items()}, tuple(planned))
    # Through JSON, so that a fresh plan and a remembered one cannot differ.
    return _read(json.loads(json.dumps(asdict(made))))

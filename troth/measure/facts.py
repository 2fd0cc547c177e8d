"""Facts: one row per case, with the state that every indicator gives it.

`facts` joins all formulas over one kind of case into one expression, so that a batch of cases is
looked at once however many indicators there are. `judged` lets the comparisons of the indicators
that have one decide the cases they left open. Both are Ibis expressions: the fast path runs them
as SQL on each batch of records (`measure/plan.py`), Spark and the tests run them on whole tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from troth.indicators.base import Indicator, Outcome, Parts, columns
from troth.tables.law import LAW
from troth.tables.procurement import TABLES
from troth.tables.states import (
    BASE_COLUMNS,
    CASE_KEYS,
    FIRST_MISSING,
    FLAGGED,
    NOT_APPLICABLE,
    NOT_FLAGGED,
    OPEN,
)

Tables = Mapping[str, ir.Table]

CLASS_DIGITS = (4, 2)


def of_kind(indicators: Sequence[Indicator], kind: str) -> list[Indicator]:
    return [indicator for indicator in indicators if indicator.case_kind == kind]


def speak(indicator: Indicator, tables: Tables) -> Outcome:
    """The formula applied to the tables it names."""
    return indicator(*(tables[name] for name in indicator.asked))


def facts(indicators: Sequence[Indicator], kind: str, tables: Tables) -> ir.Table:
    """One row per case of this kind: its key, `BASE_COLUMNS`, and the columns of each indicator.

    A formula that only looks at the row itself becomes columns of the same query. One that looks at
    parts of the case (the lots of a tender) shares one pass over them with all that look at the
    same. One that looks further becomes one joined query, shared in the same way.
    """
    key = CASE_KEYS[kind]
    spoken = [(one, speak(one, tables)) for one in of_kind(indicators, kind)]
    base = _with_parts(_base(kind, tables), spoken)
    inlined: dict[str, ir.Value] = {}
    further: list[tuple[ir.Table, dict[str, ir.Value]]] = []
    for indicator, said in spoken:
        if said.cases.equals(tables[kind]):
            # The same formula, spoken over the base, which has every column of the case table.
            inlined |= columns(indicator, speak(indicator, {**tables, kind: base}))
        elif said.parts is not None:
            inlined |= _over(base, columns(indicator, said), indicator.code, said)
        else:
            made = columns(indicator, said)
            alike = [n for n, (cases, _) in enumerate(further) if cases.equals(said.cases)]
            if alike:
                further[alike[0]][1].update(made)
            else:
                further.append((said.cases, made))
    combined = base.select(*key, *BASE_COLUMNS, **inlined)
    kept = list(combined.columns)
    for number, (cases, made) in enumerate(further):
        keyed = {f"{name}_{number}": cases[name] for name in key}
        one = cases.select(**keyed, **made)
        same_case = [combined[name] == one[f"{name}_{number}"] for name in key]
        combined = combined.left_join(one, same_case)
        kept += made
    return combined.select(*kept)


def _with_parts(cases: ir.Table, spoken: Sequence[tuple[Indicator, Outcome]]) -> ir.Table:
    """The cases with the figures of their parts, named by the code of the formula that asks."""
    together: list[tuple[Parts, dict[str, ir.Scalar]]] = []
    for indicator, said in spoken:
        if said.parts is None:
            continue
        figures = {f"{indicator.code}_{name}": one for name, one in said.parts.figures.items()}
        for parts, drawn in together:
            if parts.rows.equals(said.parts.rows) and parts.key == said.parts.key:
                drawn.update(figures)
                break
        else:
            together.append((said.parts, figures))
    for parts, figures in together:
        cases = Parts(parts.rows, parts.key, figures).of(cases, *cases.columns)
    return cases


def _over(
    cases: ir.Table, made: Mapping[str, ir.Value], code: str, said: Outcome
) -> dict[str, ir.Value]:
    """The columns of a formula over the cases of `_with_parts` in place of the formula's own."""
    assert said.parts is not None
    own = said.cases
    places = {
        own[name].op(): cases[f"{code}_{name}" if name in said.parts.figures else name].op()
        for name in own.columns
    }
    return {name: column.op().replace(places).to_expr() for name, column in made.items()}


def _base(kind: str, tables: Tables) -> ir.Table:
    """The case table with what every fact row carries."""
    process = tables["process"].select("pid", "body_key", "year")
    cases = tables[kind].left_join(process, "pid")
    cases = cases.drop("pid_right")
    if kind == "tender":
        described = cases
    elif kind == "award":
        described = _with(cases, tables["tender"], "category")
    else:
        described = _with(cases, tables["tender"], "category", "item_scheme", "item_code")
    prefixes = {
        f"class{digits}": described.item_scheme.concat(":", described.item_code.substr(0, digits))
        for digits in CLASS_DIGITS
    }
    return described.mutate(**prefixes)


def _with(cases: ir.Table, tender: ir.Table, *names: str) -> ir.Table:
    return cases.left_join(tender.select("pid", *names), "pid").drop("pid_right")


def judged(indicator: Indicator, fact: ir.Table) -> ir.Table:
    """The cases that a comparison decides: key, body_key, year, value, and the state it gives.

    `fact` is the fact table with a column `as_of` (a date). A comparison gives its cases a column
    `hit`, and may give them `value` and `applies` (false: the rule does not concern the case, which
    only the day of judgement or the other cases can show).
    """
    assert indicator.comparison is not None
    code = indicator.code
    key = CASE_KEYS[indicator.case_kind]
    open_cases = fact.filter(fact[code] == OPEN)
    kept = {
        name.removeprefix(f"{code}_"): open_cases[name]
        for name in fact.columns
        if name.startswith(f"{code}_")
    }
    if "value" not in kept:
        kept["value"] = ibis.null("float64")
    cases = open_cases.select(*key, *BASE_COLUMNS, "as_of", **kept)
    decided = indicator.comparison(cases)
    spoken = speak(indicator, unbound_tables())
    no_peers = FIRST_MISSING + len(spoken.needs)
    branches = [(decided.hit, FLAGGED), (~decided.hit, NOT_FLAGGED)]
    if "applies" in decided.columns:
        branches.insert(0, (~decided.applies, NOT_APPLICABLE))
    given = ibis.cases(*branches, else_=no_peers).cast("int8")
    return decided.select(*key, "body_key", "year", "value", state=given)


def unbound_tables() -> dict[str, ir.Table]:
    """The canonical tables without an engine, for formulas that are compiled to SQL.

    Moments are plain timestamps here: they are in UTC anyway, and DuckDB would otherwise look up
    the time zone for every value, which takes longer than the rest of a formula.
    """
    schemas = {table.name: _plain_moments(table.arrow) for table in (*TABLES, LAW)}
    return {name: ibis.table(schema, name=name) for name, schema in schemas.items()}


def _plain_moments(schema: pa.Schema) -> ibis.Schema:
    plain = [
        field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
        for field in schema
    ]
    return ibis.Schema.from_pyarrow(pa.schema(plain))

"""Habits of the catalogue: what must hold for every indicator, each with the remedy."""

import ast
import functools
import inspect
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth import indicators
from troth.indicators import catalogue, shared
from troth.indicators.base import Direction, Indicator, Verified
from troth.indicators.words import words_of
from troth.measure.entries import PRINTED_DAY, speak, unbound_ledgers
from troth.measure.examples import names_of
from troth.measure.facts import facts, judged, unbound_tables
from troth.measure.figures import names as names_of_figures
from troth.tables import LEDGERS
from troth.tables.states import CASE_KEYS, FLAGGED, NO_PEERS, OPEN

INDICATORS = list(catalogue().values())
FOLDER = Path(indicators.__file__).parent

every = pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)

#: Paths of OCDS 1.1 and of its bids and lots extensions that rules may name as missing.
OCDS_PATHS = frozenset(
    [
        "awards",
        "awards/date",
        "awards/hasSubcontracting",
        "awards/id",
        "awards/items/classification/id",
        "awards/items/classification/scheme",
        "awards/relatedLots",
        "awards/status",
        "awards/subcontracting/minimumPercentage",
        "awards/suppliers/id",
        "awards/value/amount",
        "awards/value/currency",
        "bids/details",
        "bids/details/date",
        "bids/details/status",
        "bids/details/tenderers/id",
        "bids/details/value",
        "bids/details/value/currency",
        "complaints",
        "contracts/awardID",
        "contracts/dateSigned",
        "contracts/documents",
        "contracts/documents/datePublished",
        "contracts/implementation/milestones",
        "contracts/implementation/milestones/dueDate",
        "contracts/implementation/transactions",
        "contracts/implementation/transactions/value",
        "contracts/status",
        "contracts/value/amount",
        "contracts/value/currency",
        "parties/identifier/scheme",
        "planning/documents",
        "planning/documents/documentType",
        "tender/awardCriteria",
        "tender/awardPeriod/startDate",
        "tender/bidOpening/date",
        "tender/documents",
        "tender/documents/datePublished",
        "tender/documents/documentType",
        "tender/enquiries",
        "tender/enquiries/dateAnswered",
        "tender/items/classification/id",
        "tender/items/classification/scheme",
        "tender/mainProcurementCategory",
        "tender/numberOfTenderers",
        "tender/participationFees/value",
        "tender/procurementMethod",
        "tender/status",
        "tender/tenderPeriod/endDate",
        "tender/tenderPeriod/startDate",
        "tender/value/amount",
        "tender/value/currency",
    ]
)

#: What is not in a field, but in how two fields go together.
DERIVED = {NO_PEERS, shared.TIME_ZONE, shared.THE_LAW}

#: Words that say that somebody did wrong. Pages say that something happened.
JUDGING = re.compile(
    r"\b(corrupt\w*|suspicious\w*|fraud\w*|worst|guilty|criminal\w*)\b", re.IGNORECASE
)


def text_of(indicator: Indicator) -> str:
    return Path(inspect.getfile(indicator.formula)).with_suffix(".md").read_text("utf-8")


def test_formulas_and_words_come_in_pairs() -> None:
    modules = {path.stem for path in FOLDER.glob("*/*.py") if path.stem != "__init__"}
    words = {path.stem for path in FOLDER.glob("*/*.md")}
    assert modules == words, "write the missing half of: " + ", ".join(sorted(modules ^ words))


def test_those_there_stand_under_the_numbers_of_the_73_flags() -> None:
    numbers = (
        "001 002 003 004 005 008 010 011 013 014 015 016 018 019 020 021 022 024 026 028 029 030 031 035 "
        "036 038 039 040 048 049 050 051 052 054 055 058 059 060 061 062 063 064 067 068 071 072"
    )
    flags = [one.code for one in INDICATORS if not one.of_ledger]
    assert flags == [f"P{number}" for number in numbers.split()]


@every
def test_the_file_is_named_like_the_formula(indicator: Indicator) -> None:
    assert indicator.module.rsplit(".", 1)[1] == indicator.name


@every
def test_the_card_is_complete(indicator: Indicator) -> None:
    card = indicator.card
    assert re.fullmatch(r"[CIDTPO]\d{2,3}", card.code)
    assert card.question.endswith("?")
    assert card.question[0].isupper()
    assert all((card.title, card.unit, card.source))
    flag = "Open Contracting Partnership 2024, red flag R" + card.code[1:]
    assert (f"METHODS {card.code}" if indicator.of_ledger else flag) in card.source


@every
def test_what_was_not_compared_with_code_is_called_our_own(indicator: Indicator) -> None:
    ours = indicator.card.verified is Verified.OUR_DEFINITION
    assert ("our own definition" in indicator.card.source) is ours
    assert ("our own definition" in text_of(indicator)) is ours, "say it in the words too"
    if indicator.of_ledger:
        return
    against_code = indicator.card.verified is Verified.AGAINST_CODE
    assert ("Cardinal 0.0.8" in indicator.card.source) is against_code


@every
def test_words_say_what_happened_and_not_who_did_wrong(indicator: Indicator) -> None:
    said = text_of(indicator) + inspect.getsource(inspect.getmodule(indicator.formula))  # type: ignore[arg-type]
    assert not JUDGING.findall(said)


@every
def test_what_may_be_missing_is_named_by_a_path_of_the_standard(indicator: Indicator) -> None:
    missing, _ = names_of(indicator)
    known = OCDS_PATHS | DERIVED
    if indicator.of_ledger:
        tables = [LEDGERS[name] for name in indicator.tables]
        own = set(LEDGERS[indicator.case_kind].names)
        known = own | {f"{table.name}.{name}" for table in tables for name in table.names} | DERIVED
    unknown = [name for name in missing if name not in known]
    assert not unknown, f"no path of OCDS, no column of its ledgers: {unknown}"


def constants(module: Any) -> dict[str, float]:
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float) and not isinstance(value, bool)
    }


@every
def test_every_number_of_a_formula_has_a_name_and_is_on_the_card(indicator: Indicator) -> None:
    module = inspect.getmodule(indicator.formula)
    source = Path(inspect.getfile(indicator.formula)).read_text("utf-8")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    numbers = {
        node.value
        for function in functions
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }
    # 0 is nothing, 1 is one of a thing, 2 is a pair; anything larger is a choice.
    assert numbers <= {0, 1, 2}, f"give {numbers} a name, and say where they come from"
    own = {name for name in constants(module) if f"\n{name} = " in source}
    unsaid = own - set(indicator.card.thresholds)
    assert not unsaid, f"thresholds of the card must say {unsaid}"
    for name in own:
        value = constants(module)[name]
        plain = f"{value:.6f}".rstrip("0").rstrip(".")
        told = indicator.card.thresholds[name].replace(",", "")
        assert plain in told, f"{name} is {plain}; the card says {told!r}"


@every
def test_a_formula_reads_no_clock_no_file_and_no_engine(indicator: Indicator) -> None:
    source = Path(inspect.getfile(indicator.formula)).read_text("utf-8")
    imported = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    allowed = {"dataclasses", "ibis", "troth.indicators.base", "troth.indicators.shared"}
    assert imported <= allowed, f"a formula needs no {imported - allowed}"
    assert "ibis.now" not in source
    assert "ibis.today" not in source


@every
def test_the_examples_show_each_state_a_case_can_end_in(indicator: Indicator) -> None:
    shown = {case["state"] for one in words_of(indicator).examples for case in one.cases}
    wanted = {"flagged", "not_flagged", "insufficient_data", "not_applicable"}
    if indicator.of_ledger:
        spoken = speak(indicator, unbound_ledgers(), PRINTED_DAY)
        wanted -= {"not_applicable"} if spoken.applies is None else set()
        wanted -= {"insufficient_data"} if not spoken.needs else set()
        wanted -= {"flagged"} if spoken.hit is None else set()
    lacking = wanted - shown
    if names_of(indicator)[1] and "error" not in shown:
        lacking.add("error")
    assert not lacking, f"write an example that ends in: {lacking}"


@every
def test_the_examples_show_each_field_that_may_be_missing(indicator: Indicator) -> None:
    shown = {case["field"] for one in words_of(indicator).examples for case in one.cases}
    missing, faults = names_of(indicator)
    wanted = {*missing, *faults}
    if indicator.comparison is None or indicator.code in ("P063", "P067"):
        wanted.discard(NO_PEERS)  # nothing is compared with other cases
    if indicator.code in SHOWN_BY_A_TWIN:
        wanted -= SHOWN_BY_A_TWIN[indicator.code]
    lacking = wanted - shown
    assert not lacking, f"write an example that names: {lacking}"


SECONDS = [one for one in INDICATORS if one.second is not None]


@pytest.mark.parametrize("indicator", SECONDS, ids=lambda indicator: indicator.code)
def test_a_second_formula_has_its_own_examples(indicator: Indicator) -> None:
    """Of what may be missing and of what contradicts itself; and its fields are of its ledger."""
    second = indicator.second
    assert second is not None
    own = [one for one in words_of(indicator).examples if one.kind == second.case_kind]
    shown = {case["field"] for one in own for case in one.cases}
    (*missing, _), faults = names_of(second)
    assert not {*missing, *faults} - shown
    assert set(missing) <= set(LEDGERS[second.case_kind].names)
    assert {"flagged", "not_flagged"} <= {case["state"] for one in own for case in one.cases}


#: Two rules over the same condition: the other one's examples show these.
SHOWN_BY_A_TWIN = {
    "P051": {
        "awards/status",
        "awards/items/classification/scheme",
        "awards/value/currency",
    },
    "P062": {shared.TIME_ZONE},
}


@every
def test_the_figure_is_known_and_what_guards_it_is_there(indicator: Indicator) -> None:
    if indicator.figure is not None:
        assert indicator.figure.name in names_of_figures()
    assert set(indicator.card.beside) <= set(catalogue())
    assert set(indicator.card.optional) <= set(indicator.tables)


@every
def test_an_outcome_is_of_no_pillar_that_is_weighed(indicator: Indicator) -> None:
    assert (indicator.pillar == "outcomes") == (indicator.code[0] == "O")


@pytest.mark.parametrize("code", ["P022", "P024", "P028", "P058"])
def test_price_flags_say_that_they_find_no_cartels_and_enter_no_score(code: str) -> None:
    indicator = catalogue()[code]
    assert "**This does not find cartels.**" in words_of(indicator).misleads
    assert indicator.card.direction is Direction.UNDECIDED


#: Rules that draw a fence or a median among peers.
FENCED = [one for one in INDICATORS if {"fence", "FEW_PART"} & set(one.card.thresholds)]


@functools.cache
def comparison(code: str) -> tuple[pa.Schema, str]:
    """The fact table that a comparison asks for, and the comparison as SQL."""
    indicator = catalogue()[code]
    schema = facts([indicator], indicator.case_kind, unbound_tables()).schema()
    fact = ibis.table({**schema, "as_of": "date"}, name="fact")
    return fact.schema().to_pyarrow(), str(ibis.to_sql(judged(indicator, fact), dialect="duckdb"))


def states(indicator: Indicator, values: list[float]) -> list[int]:
    """What becomes of open cases that differ in nothing but this value and its logarithm."""
    schema, sql = comparison(indicator.code)
    count = len(values)
    ours = {
        indicator.code: [OPEN] * count,
        "pid": list(range(count)),
        "year": [2024] * count,
        "body_key": [1] * count,
        "as_of": [date(2024, 6, 30)] * count,
        **{name: ["x"] * count for name in ("class4", "class2", "category")},
        **{name: [0] * count for name in CASE_KEYS[indicator.case_kind][1:]},
    }
    columns = [pa.array(ours.get(field.name, values), field.type) for field in schema]
    with duckdb.connect() as engine:
        engine.register("fact", pa.table(columns, schema=schema))
        found: list[int] = engine.sql(sql).to_arrow_table()["state"].to_pylist()
    assert len(found) == count
    return found


def test_the_fenced_rules_are_known() -> None:
    assert [one.code for one in FENCED] == [
        "P014",
        "P015",
        "P019",
        "P022",
        "P024",
        "P058",
        "P060",
        "P061",
        "P062",
    ]


@pytest.mark.parametrize("indicator", FENCED, ids=lambda indicator: indicator.code)
@settings(max_examples=50)
@given(value=st.floats(0, 1e4), how_many=st.integers(1, 80), odd=st.floats(0, 1e4))
def test_where_nearly_all_peers_are_equal_nobody_is_beyond_a_fence(
    indicator: Indicator, value: float, how_many: int, odd: float
) -> None:
    """All equal: nobody. All but one: the quartiles are equal still, so there is no fence."""
    assert FLAGGED not in states(indicator, [value] * how_many)
    if "fence" in indicator.card.thresholds and how_many > 4:
        assert FLAGGED not in states(indicator, [value] * how_many + [odd])


@pytest.mark.parametrize("indicator", FENCED, ids=lambda indicator: indicator.code)
def test_where_peers_differ_somebody_can_be_beyond_a_fence(indicator: Indicator) -> None:
    """Or else the test before would hold for a rule that never flags."""
    crowd = [10 + number / 10 for number in range(30)]
    assert FLAGGED in states(indicator, [*crowd, 1e3]) + states(indicator, [*crowd, 0.0])

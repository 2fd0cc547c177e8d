"""No formula does what engines do differently; and the lint that says so catches each of them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

from tests.house.engine_lint import expression_faults, source_faults, sql_faults, sql_in
from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.measure.entries import told, unbound_ledgers
from troth.measure.facts import facts, judged, unbound_tables
from troth.tables.states import CASE_KEYS

PACKAGE = Path(__file__).parents[2] / "troth"
FORMULAS = sorted((PACKAGE / "indicators").rglob("*.py"))
MEASURE = sorted((PACKAGE / "measure").rglob("*.py"))
SQL_BY_HAND = [*MEASURE, PACKAGE / "store" / "plain.py"]

#: Where an indicator is declared and found, not written: its numbers are codes of states.
NO_FORMULAS = ("__init__.py", "base.py", "words.py")

TABLE = ibis.table(
    {
        "pid": "int64", "n": "int64", "m": "int64", "x": "float64", "y": "float64",
        "d": "decimal(38, 2)", "text": "string", "word": "string", "many": "array<float64>",
        "start": "timestamp('UTC')", "end": "timestamp('UTC')", "day": "date", "later": "date",
    },
    name="planted",
)  # fmt: skip

Write = Callable[[ir.Table], ir.Value]

#: What is planted, and words of the remedy.
REFUSED: dict[str, tuple[Write, str]] = {
    "days between moments": (lambda t: t.end.delta(t.start, unit="day"), "epoch_seconds()"),
    "weeks between days": (lambda t: t.later.delta(t.day, unit="week"), "epoch_days()"),
    "a moment less a moment": (lambda t: (t.end - t.start).cast("int64"), "epoch_seconds()"),
    "a day less a day": (lambda t: (t.later - t.day).cast("int64"), "epoch_days()"),
    "split": (lambda t: t.text.split(".").length(), "another at a pattern"),
    "split at a pattern": (lambda t: t.text.re_split("[.]").length(), "flavours of patterns"),
    "flag in a pattern": (lambda t: t.text.re_search("(?i)x"), "fold letters in `sources`"),
    "class in a pattern": (lambda t: t.text.re_search(r"\w+"), "[A-Za-z]"),
    "reference in a pattern": (lambda t: t.text.re_search(r"(a)\1"), "plain classes"),
    "looking ahead": (lambda t: t.text.re_extract("a(?=b)", 0), "plain classes"),
    "looking behind": (lambda t: t.text.re_replace("(?<=a)b", ""), "plain classes"),
    "a pattern from a column": (lambda t: t.text.re_search(t.word), "written out"),
    "ilike": (lambda t: t.text.ilike("X%"), "isin()"),
    "levenshtein": (lambda t: t.text.levenshtein(t.word), "in `link`"),
    "lower": (lambda t: t.text.lower(), "fold in `sources`"),
    "upper": (lambda t: t.text.upper(), "fold in `sources`"),
    "argmax": (lambda t: t.text.argmax(t.x), "complete order"),
    "argmin": (lambda t: t.text.argmin(t.x), "complete order"),
    "first": (lambda t: t.text.first(), "min() or max()"),
    "last": (lambda t: t.text.last(), "min() or max()"),
    "any value": (lambda t: t.text.arbitrary(), "min() or max()"),
    "mode": (lambda t: t.text.mode(), "complete order"),
    "ordered collect": (lambda t: t.text.collect(order_by=t.n).length(), "collect().sort()"),
    "unordered collect": (lambda t: t.text.collect(), "collect().sort()"),
    "correlation": (lambda t: t.x.corr(t.y), "sums of decimals"),
    "hash": (lambda t: t.text.hash(), "hexdigest()"),
    "sum of an array": (lambda t: t.many.sums(), "unnest()"),
    "mean of an array": (lambda t: t.many.means(), "unnest()"),
    "element of an array": (lambda t: t.many[3], "unnest()"),
    "isnan": (lambda t: t.x.isnan(), "no NaN"),
    "division by what may be 0": (lambda t: t.x / t.y, ".nullif(0)"),
    "division by nullif of another": (lambda t: t.x / t.y.nullif(1), ".nullif(0)"),
    "remainder by what may be 0": (lambda t: t.n % t.m, ".nullif(0)"),
    "division by 0": (lambda t: t.x / 0, ".nullif(0)"),
    "division of whole numbers": (lambda t: t.n / t.m.nullif(0), '.cast("float64")'),
    "division of a whole number": (lambda t: t.n / 86400.0, '.cast("float64")'),
    "division of a decimal": (lambda t: t.d / t.x.nullif(0), '.cast("float64")'),
    "division by a decimal": (lambda t: t.x / t.d.nullif(0), '.cast("float64")'),
    "a whole number times a fraction": (lambda t: t.n * 0.5, '.cast("float64")'),
    "a whole number plus a fraction": (lambda t: t.n + 0.5, '.cast("float64")'),
    "sum of fractions": (lambda t: t.x.sum(), "shared.money"),
    "mean of fractions": (lambda t: t.x.mean(), "shared.money"),
    "logarithm of what may be 0": (lambda t: t.x.ln(), "ifelse(x > 0"),
    "seconds with a fraction": (lambda t: t.start.epoch_seconds(), "floor()"),
    "now": (lambda t: t.start < ibis.now(), "cases.as_of"),
    "today": (lambda t: t.day < ibis.today(), "cases.as_of"),
    "chance": (lambda t: ibis.random() + t.x, "same bytes"),
    "approximate median": (lambda t: t.x.approx_median(), "median()"),
}

ALLOWED: dict[str, Write] = {
    "seconds rounded down": lambda t: (t.start.epoch_seconds().cast("float64") / 60).floor(),
    "days of dates": lambda t: t.later.epoch_days() - t.day.epoch_days(),
    "a plain pattern": lambda t: t.text.re_search("^[0-9]{2}(?:-|/)[A-Za-z]+$"),
    "days between days": lambda t: t.later.delta(t.day, unit="day"),
    "sorted collect": lambda t: t.text.collect().sort(),
    "guarded division": lambda t: t.n.cast("float64") / t.m.cast("float64").nullif(0),
    "division by a constant": lambda t: t.x / 86400,
    "division by one of two constants": lambda t: t.x / ibis.ifelse(t.n > 1, 86400, 1),
    "a fraction times a fraction": lambda t: t.x * 0.5,
    "a threshold": lambda t: t.n >= 1.5,
    "sum of decimals": lambda t: t.d.sum(),
    "guarded logarithm": lambda t: ibis.ifelse(t.x > 0, t.x, None).ln(),
    "quantile": lambda t: t.x.quantile(0.25),
}


@pytest.mark.parametrize("construct", REFUSED)
def test_what_engines_do_differently_is_caught_and_the_remedy_named(construct: str) -> None:
    write, remedy = REFUSED[construct]
    faults = expression_faults(TABLE.select(planted=write(TABLE)))
    assert any(remedy in fault for fault in faults), faults


@pytest.mark.parametrize("construct", ALLOWED)
def test_what_they_do_alike_is_let_pass(construct: str) -> None:
    assert expression_faults(TABLE.select(fine=ALLOWED[construct](TABLE))) == []


def test_a_fault_deep_in_a_query_is_caught() -> None:
    most = TABLE.group_by("pid").agg(most=TABLE.x.max())
    joined = TABLE.left_join(most, "pid")
    deep = joined.filter(joined.text.lower() == "x").select("n")
    assert [fault.split(":")[0] for fault in expression_faults(deep)] == ["Lowercase"]


def test_a_table_in_memory_and_the_first_rows_are_caught() -> None:
    given = ibis.memtable({"pid": [1]})
    faults = expression_faults(TABLE.join(given, "pid").limit(5))
    assert [fault.split(":")[0] for fault in faults] == ["InMemoryTable", "Limit"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "def f(t):\n    return t.days < 15",
            "line 2: 15: a reader cannot tell a law from a guess",
        ),
        ("def f(t, days=15):\n    return t.days < days", "line 1: 15:"),
        ("def f(t):\n    return t.mutate(x=lambda t: t.days * 0.5)", "line 2: 0.5:"),
        ("def f(t):\n    return t.days < -3", "line 2: 3:"),
        (
            "import ibis\ndef f(t):\n    return t.day < ibis.today()",
            "line 3: ibis.today(): a formula",
        ),
        ("def f(t):\n    return t.day < date.today()", "date.today()"),
        ("def f(t):\n    return t.day < datetime.now(UTC)", "datetime.now()"),
        ("def f(t):\n    return t.day < time.time()", "time.time()"),
        ("def f(t):\n    return random.random() < t.x", "random.random()"),
    ],
)
def test_a_number_without_a_name_and_a_clock_are_caught(source: str, words: str) -> None:
    assert any(words in fault for fault in source_faults(source)), source_faults(source)


def test_named_numbers_and_the_numbers_of_a_card_are_let_pass() -> None:
    source = (
        "SHORT_DAYS = 15\n"
        "@share(minimum_cases=20, version=3)\n"
        "def f(t):\n"
        '    """At most 15 days."""\n'
        "    return (t.days < SHORT_DAYS) & (t.n > 1) & (t.part * 100 >= 0) & (t.n % 2 == 0)\n"
    )
    assert source_faults(source) == []


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT any_value(name) FROM body", "any_value(): which row it takes"),
        ("SELECT ARG_MAX(name, n) FROM body", "arg_max()"),
        ("SELECT first (name) FROM body", "first()"),
        ("SELECT mode(name) FROM body", "mode()"),
        ("SELECT random()", "random()"),
        ("SELECT * FROM x WHERE day < current_date", "current_date: a formula has no clock"),
        ("SELECT now()", "now()"),
        ("SELECT approx_quantile(x, 0.5) FROM y", "approx_quantile()"),
        ("SELECT list(name) FROM body", "list(): the order is left to chance"),
        ("SELECT string_agg(name, ', ') FROM body", "string_agg()"),
    ],
)
def test_sql_that_chooses_by_chance_is_caught(sql: str, words: str) -> None:
    assert any(words in fault for fault in sql_faults(sql))
    assert sql_in(f"def f():\n    return {sql!r}") == [sql]


def test_sql_with_an_order_is_let_pass() -> None:
    sql = "SELECT list(name ORDER BY name), min(name), row_number() OVER (ORDER BY n) FROM body"
    assert sql_faults(sql) == []


@pytest.mark.parametrize("indicator", catalogue().values(), ids=lambda indicator: indicator.code)
def test_formulas_do_nothing_that_engines_do_differently(indicator: Indicator) -> None:
    if indicator.of_ledger:
        fact = told(indicator, unbound_ledgers(), date(2024, 1, 1))
    else:
        fact = facts([indicator], indicator.case_kind, unbound_tables())
    faults = expression_faults(fact)
    if indicator.second is not None:
        faults += expression_faults(told(indicator.second, unbound_ledgers(), date(2024, 1, 1)))
    if indicator.comparison is not None:
        stored = ibis.table({**fact.schema(), "as_of": "date"}, name="fact")
        faults += expression_faults(judged(indicator, stored))
    assert not faults, f"{indicator.code} ({indicator.module}):\n" + "\n".join(faults)


@pytest.mark.parametrize("kind", CASE_KEYS)
def test_compiled_sql_leaves_nothing_to_chance(kind: str) -> None:
    indicators = [i for i in catalogue().values() if i.case_kind == kind]
    fact = facts(indicators, kind, unbound_tables())
    assert sql_faults(str(ibis.to_sql(fact, dialect="duckdb"))) == []
    for indicator in indicators:
        if indicator.comparison is not None:
            made = judged(indicator, fact.mutate(as_of=ibis.literal(date(2024, 1, 1))))
            assert sql_faults(str(ibis.to_sql(made, dialect="duckdb"))) == []


@pytest.mark.parametrize(
    "path",
    [path for path in FORMULAS if path.name not in NO_FORMULAS],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_formulas_have_no_clock_and_no_number_without_a_name(path: Path) -> None:
    faults = source_faults(path.read_text(encoding="utf-8"))
    assert not faults, f"{path.relative_to(PACKAGE)}:\n" + "\n".join(faults)


@pytest.mark.parametrize(
    "path", [*FORMULAS, *MEASURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_measuring_has_no_clock(path: Path) -> None:
    assert source_faults(path.read_text(encoding="utf-8"), numbers=False) == []


@pytest.mark.parametrize("path", SQL_BY_HAND, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_sql_by_hand_leaves_nothing_to_chance(path: Path) -> None:
    faults = [
        fault for sql in sql_in(path.read_text(encoding="utf-8")) for fault in sql_faults(sql)
    ]
    assert not faults, f"{path.relative_to(PACKAGE)}:\n" + "\n".join(faults)

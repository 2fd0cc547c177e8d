"""What a formula may not do, because engines differ on it or because it is not the same twice.

Three looks at the code, each where it sees best:

- `expression_faults`: at an Ibis expression, operation by operation, with its types;
- `source_faults`: at the source of a formula, for clocks and for numbers without a name;
- `sql_faults`: at SQL, compiled or written by hand, for functions that choose a row by chance.

Each fault says what it is and what to write instead. What differs was found by running a hundred
edge cases on DuckDB, Spark and Sail, and by `tests/engines/test_differential.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

CHANCE = (
    "which row it takes is left to chance where several are as good; "
    "number the rows with row_number() over a complete order, or take min() or max()"
)
CLOCK = "a formula has no clock; judge as of `cases.as_of`, which the run is given"
FOLDING = "engines fold letters differently beyond ASCII; fold in `sources`, at the door"
DATES = (
    "one engine counts midnights and another full days; "
    "subtract epoch_seconds(), or epoch_days() of dates"
)

#: Operations that are refused whatever they work on.
REFUSED: Mapping[type[ops.Node], str] = {
    ops.TimestampDelta: DATES,
    ops.TimeDelta: DATES,
    ops.TimestampDiff: DATES,
    ops.DateDiff: DATES,
    ops.StringSplit: (
        "one engine splits at the text, another at a pattern; keep the parts in their own columns"
    ),
    ops.RegexSplit: "the flavours of patterns differ; keep the parts in their own columns",
    ops.StringSQLILike: "engines fold letters differently beyond ASCII; compare with isin()",
    ops.Lowercase: FOLDING,
    ops.Uppercase: FOLDING,
    ops.Capitalize: FOLDING,
    ops.Levenshtein: "one engine counts bytes, another characters; compare names in `link`",
    ops.ArgMax: CHANCE,
    ops.ArgMin: CHANCE,
    ops.First: CHANCE,
    ops.Last: CHANCE,
    ops.Arbitrary: CHANCE,
    ops.Mode: CHANCE,
    ops.Limit: CHANCE,
    ops.Sample: CHANCE,
    ops.Correlation: "sample correlation is not on every engine; build it from sums of decimals",
    ops.Hash: "engines have different hashes; use hexdigest()",
    ops.ArraySum: "one engine skips nulls, another gives null; unnest() and aggregate",
    ops.ArrayMean: "one engine skips nulls, another gives null; unnest() and aggregate",
    ops.ArrayIndex: "beyond the end one engine gives null, another fails; unnest() and filter",
    ops.IsNan: "of null it is false on one engine and null on another; tables have no NaN",
    ops.TimestampNow: CLOCK,
    ops.DateNow: CLOCK,
    ops.RandomScalar: "the same input must give the same bytes; leave chance out of a formula",
    ops.RandomUUID: "the same input must give the same bytes; leave chance out of a formula",
    ops.ApproxMedian: "engines approximate differently; use median()",
    ops.ApproxQuantile: "engines approximate differently; use quantile()",
    ops.ApproxCountDistinct: "engines approximate differently; use nunique()",
    ops.InMemoryTable: "it reaches Spark through pandas; take what is needed from a declared table",
}

#: What a pattern may not hold: flags, classes that differ beyond ASCII, looks around, references.
ODD_IN_PATTERNS = re.compile(r"\(\?(?!:)|\\[wWdDsSbB0-9]|\[\[:")


def expression_faults(expression: ir.Table) -> list[str]:
    """What is wrong with an expression, each fault once, in alphabetical order."""
    root = expression.op()
    parents: dict[ops.Node, list[ops.Node]] = {}
    nodes = list(root.find(ops.Node))
    for node in nodes:
        for child in node.__children__:
            parents.setdefault(child, []).append(node)
    found = {fault for node in nodes for fault in _faults_of(node, parents)}
    return sorted(found)


def _faults_of(node: ops.Node, parents: Mapping[ops.Node, list[ops.Node]]) -> Iterator[str]:
    kind = type(node).__name__
    if type(node) in REFUSED:
        yield f"{kind}: {REFUSED[type(node)]}"
    if isinstance(node, (ops.RegexSearch, ops.RegexExtract, ops.RegexReplace)):
        yield from _pattern_faults(kind, node.pattern)
    if isinstance(node, ops.DateDelta) and node.part.value != "day":
        yield f"{kind} in {node.part.value}s: {DATES}"
    if isinstance(node, ops.ArrayCollect):
        if node.order_by:
            yield f"{kind} with order_by: not on every engine; write collect().sort()"
        elif not _is_sorted(node, parents):
            yield f"{kind}: the order is left to chance; write collect().sort()"
    if isinstance(node, (ops.Divide, ops.FloorDivide, ops.Modulus)):
        yield from _division_faults(kind, node)
    if isinstance(node, (ops.Multiply, ops.Add, ops.Subtract)) and _mixes_whole_and_fraction(node):
        yield (
            f"{kind} of a whole number and a fraction: decimal on one engine, double on another; "
            'write .cast("float64") after the whole number'
        )
    if isinstance(node, (ops.Sum, ops.Mean)) and node.arg.dtype.is_floating():
        yield (
            f"{kind} of fractions: its last digits depend on the order of adding, so on threads; "
            "sum decimals (shared.money) or whole numbers"
        )
    if isinstance(node, (ops.Ln, ops.Log, ops.Log2, ops.Log10)) and not _is_guarded(node.arg):
        yield (
            f"{kind}: of 0 it fails on one engine and is null on another; "
            "write ibis.ifelse(x > 0, x, None).ln()"
        )
    if isinstance(node, ops.ExtractEpochSeconds) and not _is_floored(node, parents):
        yield f"{kind}: one engine keeps fractions of a second, another drops them; floor() it"


def _pattern_faults(kind: str, pattern: ops.Value) -> Iterator[str]:
    if not isinstance(pattern, ops.Literal):
        yield f"{kind}: the pattern must be written out, so that it can be checked"
    elif odd := ODD_IN_PATTERNS.search(pattern.value):
        yield (
            f"{kind} with {odd.group()!r}: the flavours of patterns differ there; "
            "use plain classes such as [0-9] and [A-Za-z], and fold letters in `sources`"
        )


def _division_faults(kind: str, node: ops.Divide) -> Iterator[str]:
    if not (_is_not_zero(node.right) or _is_nullif_zero(node.right)):
        yield f"{kind}: by 0 it is inf on one engine and fails on another; write .nullif(0)"
    if not node.left.dtype.is_floating() and not isinstance(node.left, ops.Literal):
        yield (
            f"{kind} of a whole number or a decimal: engines keep different digits; "
            'write .cast("float64") first'
        )
    if node.right.dtype.is_decimal():
        yield f'{kind} by a decimal: engines keep different digits; write .cast("float64") first'


def _mixes_whole_and_fraction(node: ops.NumericBinary) -> bool:
    sides = (node.left, node.right)
    fractions = [s for s in sides if isinstance(s, ops.Literal) and s.dtype.is_floating()]
    return bool(fractions) and any(side.dtype.is_integer() for side in sides)


def _is_not_zero(value: ops.Value) -> bool:
    """Whether it is written out and not 0, in every branch where it has branches."""
    if isinstance(value, ops.Literal):
        return value.value is not None and value.value != 0
    if isinstance(value, ops.Cast):
        return _is_not_zero(value.arg)
    if isinstance(value, ops.IfElse):
        return _is_not_zero(value.true_expr) and _is_not_zero(value.false_null_expr)
    return False


def _is_nullif_zero(value: ops.Value) -> bool:
    while isinstance(value, ops.Cast):
        value = value.arg
    if not isinstance(value, ops.NullIf):
        return False
    against: Any = value.null_if_expr
    while isinstance(against, ops.Cast):
        against = against.arg
    return isinstance(against, ops.Literal) and against.value == 0


def _is_guarded(value: ops.Value) -> bool:
    while isinstance(value, ops.Cast):
        value = value.arg
    return isinstance(value, (ops.IfElse, ops.SearchedCase, ops.NullIf, ops.Greatest))


def _is_sorted(node: ops.Node, parents: Mapping[ops.Node, list[ops.Node]]) -> bool:
    """Whether a list goes nowhere but into a sort, be it of a group or of a window."""
    above = parents.get(node, [])
    return bool(above) and all(
        isinstance(parent, ops.ArraySort)
        or (isinstance(parent, ops.WindowFunction) and _is_sorted(parent, parents))
        for parent in above
    )


def _is_floored(node: ops.Node, parents: Mapping[ops.Node, list[ops.Node]]) -> bool:
    """Whether every way up leads to a floor through casts and divisions only."""
    above = parents.get(node, [])
    return bool(above) and all(
        isinstance(parent, ops.Floor)
        or (isinstance(parent, (ops.Cast, ops.Divide)) and _is_floored(parent, parents))
        for parent in above
    )


#: Numbers that speak for themselves: none, one, a pair, percent.
PLAIN_NUMBERS = (0, 1, 2, 100)

NAMELESS = (
    "a reader cannot tell a law from a guess; "
    "name it in capitals above the formula and say where it comes from"
)

#: Calls that tell the time or throw dice, by the name they are called with.
CLOCKS = re.compile(
    r"(ibis\.(now|today|random|uuid)|(datetime\.|dt\.)*(datetime|date)\.(now|today|utcnow)"
    r"|time\.(time|time_ns|monotonic|localtime|gmtime)|random\.\w+|uuid\.uuid\d)"
)


def source_faults(source: str, *, numbers: bool = True) -> list[str]:
    """What is wrong with the source of a formula: each fault with its line.

    `numbers=False` looks for clocks only, for code that is no formula.
    """
    tree = ast.parse(source)
    found = [
        (node.lineno, f"{ast.unparse(node.func)}(): {CLOCK}")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and CLOCKS.fullmatch(ast.unparse(node.func))
    ]
    if numbers:
        found += [
            (node.lineno, f"{node.value}: {NAMELESS}")
            for node in _within_functions(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and not isinstance(node.value, bool)
            and node.value not in PLAIN_NUMBERS
        ]
    return [f"line {line}: {words}" for line, words in sorted(set(found))]


def _within_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything inside functions, and in what they take by default; not what decorates them."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            yield from ast.walk(node.args)
            for part in node.body if isinstance(node.body, list) else [node.body]:
                if not isinstance(part, ast.FunctionDef):  # walked on its own
                    yield from ast.walk(part)


#: SQL functions that choose by chance, tell the time, or differ between engines without a sign.
CHANCY_SQL = re.compile(
    r"\b(any_value|arbitrary|first|last|arg_max|arg_min|max_by|min_by|mode|random|uuid"
    r"|gen_random_uuid|now|today|get_current_timestamp|current_localtimestamp|approx_\w+"
    r"|levenshtein|hash|corr)\s*\(",
    re.IGNORECASE,
)
SQL_CLOCK = re.compile(r"\bcurrent_(date|time|timestamp)\b", re.IGNORECASE)
LISTS = re.compile(
    r"\b(list|array_agg|string_agg|group_concat|listagg)\s*\(([^()]*)\)", re.IGNORECASE
)


def sql_faults(sql: str) -> list[str]:
    """What is wrong with SQL, compiled or written by hand."""
    found = [f"{match[1].lower()}(): {CHANCE}" for match in CHANCY_SQL.finditer(sql)]
    found += [f"{match.group().lower()}: {CLOCK}" for match in SQL_CLOCK.finditer(sql)]
    found += [
        f"{match[1].lower()}(): the order is left to chance; write ORDER BY within"
        for match in LISTS.finditer(sql)
        if "order by" not in match[2].lower()
    ]
    return sorted(set(found))


def sql_in(source: str) -> list[str]:
    """The texts of a module that look like SQL; docstrings are not SQL."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docstrings and re.search(r"[A-Z]{4,}|\(", node.value)
    ]

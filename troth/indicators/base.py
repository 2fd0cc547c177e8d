"""How an indicator is written: a card, a formula, and for some a comparison.

A formula takes canonical tables (its parameters are their names) and says, case by case, what the
rule needs, whom it concerns and whether it happened:

    @share(code="P018", title="Single bid", ...)
    def single_bid(tender: Table) -> Outcome:
        return outcome(
            tender,
            applies=tender.method.isin(COMPETITIVE),
            needs={"tender/procurementMethod": tender.method, "tender/numberOfTenderers": bidders},
            hit=bidders == 1,
        )

From that `columns` makes one small state per case, so that all formulas over the same kind of case
are one query and leave one row per case (a *fact*). Every case ends in one of five states:
`not_applicable`, `insufficient_data` (naming the field), `error` (naming the contradiction),
`flagged`, `not_flagged`; none is dropped.

A rule that compares cases with each other (a fence, a share of a market) leaves its hit open and
adds a comparison over all open cases, which gives the same rows with a column `hit`:

    decision_period_long.compared(Fence("log", "high"))

Those of `indicators/shared.py` are known to `measure/compare.py` too; any other function will do.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import ibis
import ibis.expr.types as ir

from troth.errors import UsageError
from troth.tables.states import (
    CASE_KEYS,
    FIRST_FAULT,
    FIRST_MISSING,
    FLAGGED,
    NOT_APPLICABLE,
    NOT_FLAGGED,
    OPEN,
)

Table: TypeAlias = ir.Table


class Direction(enum.Enum):
    """Which way the value is better. `UNDECIDED`: nobody can say, so it never enters a score."""

    LOWER_IS_BETTER = "lower is better"
    HIGHER_IS_BETTER = "higher is better"
    UNDECIDED = "neither way is better"


class Status(enum.Enum):
    """The life of an indicator. A retired code is never used again."""

    ON_TRIAL = "on trial"
    PUBLISHED = "published"
    RETIRED = "retired"


class Verified(enum.Enum):
    """How sure we are that the rule is what its source says."""

    AGAINST_CODE = "compared with the source's own published code and documentation"
    AGAINST_THREADS = "compared with what the source's makers published in part"
    OUR_DEFINITION = "our own definition: the source gives the name and the fields, not the formula"


@dataclass(frozen=True)
class Parts:
    """What is below a case (the lots of a tender), and the figures that are drawn together of it.

    Formulas that look at the same `rows` are drawn together in one pass over them
    (`measure/facts.py`). `key` names the columns of rows and case that say whose they are.
    """

    rows: Table
    key: tuple[str, ...]
    figures: Mapping[str, ir.Scalar]

    def of(self, cases: Table, *kept: str) -> Table:
        """The cases with these columns kept, and the figures of their parts; null without parts."""
        drawn = self.rows.group_by(*self.key).agg(**self.figures)
        drawn = drawn.rename({f"of_{name}": name for name in self.key})
        joined = cases.left_join(drawn, [cases[name] == drawn[f"of_{name}"] for name in self.key])
        return joined.select(*(cases[name] for name in kept), *self.figures)


@dataclass(frozen=True)
class Outcome:
    """What a formula says of each row of `cases`. See `outcome`."""

    cases: Table
    hit: ir.BooleanValue | None
    applies: ir.BooleanValue | None
    needs: Mapping[str, ir.Value]
    faults: Mapping[str, ir.BooleanValue]
    value: ir.NumericValue | None
    of: ir.IntegerValue | None
    hits: ir.IntegerValue | None
    keep: Mapping[str, ir.Value]
    parts: Parts | None = None


def outcome(
    cases: Table,
    *,
    hit: ir.BooleanValue | None = None,
    applies: ir.BooleanValue | None = None,
    needs: Mapping[str, ir.Value] | None = None,
    faults: Mapping[str, ir.BooleanValue] | None = None,
    value: ir.NumericValue | None = None,
    of: ir.IntegerValue | None = None,
    hits: ir.IntegerValue | None = None,
    keep: Mapping[str, ir.Value] | None = None,
    parts: Parts | None = None,
) -> Outcome:
    """What a rule says of each case.

    - `applies`: false where the rule does not concern the case. Null is not false: what the rule
      needs decides then.
    - `needs`: OCDS path -> value; a case in which one is null is `insufficient_data`, naming the
      first that is. A blank text counts as null if the formula says so, not by itself.
    - `faults`: contradiction in words -> true where the data contradict themselves (`error`).
    - `hit`: true (flagged) or false (not flagged) where the case can be judged. Left out when the
      indicator has a comparison, which decides over all open cases.
    - `value`: the number that the rule looked at, kept as evidence.
    - `of`, `hits`: for cases that count several things at once (the bids of a process): the case
      adds `of` to n and `hits` to hits, and is flagged when hits > 0. Then `hit` is left out.
    - `keep`: further values that the comparison needs.
    - `parts`: where `cases` is what `Parts.of` gave for the case table.
    """
    return Outcome(
        cases, hit, applies, needs or {}, faults or {}, value, of, hits, keep or {}, parts
    )


class Formula(Protocol):
    def __call__(self, *tables: Table) -> Outcome: ...


Comparison = Callable[[Table], Table]


@dataclass(frozen=True)
class Card:
    """What an indicator says of itself. A wrong key is refused by `share` and by mypy."""

    code: str
    title: str
    question: str
    unit: str
    direction: Direction
    source: str
    verified: Verified
    minimum_cases: int
    version: int
    status: Status
    value_unit: str
    thresholds: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.question.endswith("?"):
            raise UsageError(f"{self.code}: the question must end with a question mark")
        if self.minimum_cases < 1:
            raise UsageError(f"{self.code}: minimum_cases must be at least 1")


@dataclass
class Indicator:
    """A card, a formula, and for some a comparison. Made by `share`, found by `catalogue`."""

    card: Card
    formula: Callable[..., Outcome]
    comparison: Comparison | None = None

    def __call__(self, *tables: Table) -> Outcome:
        return self.formula(*tables)

    def compared(self, comparison: Comparison) -> Comparison:
        """Register the comparison that decides this indicator's open cases."""
        self.comparison = comparison
        return comparison

    @property
    def code(self) -> str:
        return self.card.code

    @property
    def name(self) -> str:
        return self.formula.__name__

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables it needs: the formula's parameters."""
        return tuple(inspect.signature(self.formula).parameters)

    @property
    def case_kind(self) -> str:
        """The kind of case: the first table that the formula asks for."""
        kind = self.tables[0]
        if kind not in CASE_KEYS:
            raise UsageError(
                f"{self.code}: the first table must be one of {list(CASE_KEYS)}, not {kind!r}"
            )
        return kind

    @property
    def module(self) -> str:
        return self.formula.__module__

    @property
    def pillar(self) -> str:
        """The folder the indicator lives in."""
        return self.module.split(".")[-2]


def share(
    *,
    code: str,
    title: str,
    question: str,
    unit: str,
    direction: Direction,
    source: str,
    verified: Verified,
    minimum_cases: int,
    version: int,
    status: Status,
    value_unit: str = "",
    thresholds: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Outcome]], Indicator]:
    """Declare an indicator whose figure is a share: hits divided by cases that could be judged."""
    card = Card(
        code, title, question, unit, direction, source, verified, minimum_cases, version, status,
        value_unit, thresholds or {},
    )  # fmt: skip
    return lambda formula: Indicator(card, formula)


def state(spoken: Outcome) -> ir.IntegerValue:
    """The state of each case as one small integer, in the order: applies, missing, fault, hit."""
    branches: list[tuple[ir.BooleanValue, ir.IntegerValue | int]] = []
    if spoken.applies is not None:
        branches.append((~spoken.applies, NOT_APPLICABLE))
    for number, needed in enumerate(spoken.needs.values()):
        branches.append((needed.isnull(), FIRST_MISSING + number))
    for number, contradiction in enumerate(spoken.faults.values()):
        branches.append((contradiction, FIRST_FAULT + number))
    if spoken.hits is not None:
        branches.append((spoken.hits > 0, FLAGGED))
        branches.append((spoken.hits == 0, NOT_FLAGGED))
    elif spoken.hit is not None:
        branches.append((spoken.hit, FLAGGED))
        branches.append((~spoken.hit, NOT_FLAGGED))
    otherwise = (
        OPEN if spoken.hit is None and spoken.hits is None else FIRST_MISSING + len(spoken.needs)
    )
    return ibis.cases(*branches, else_=otherwise).cast("int8")


def columns(indicator: Indicator, spoken: Outcome) -> dict[str, ir.Value]:
    """The columns that an indicator adds to a fact table, named by its code."""
    made: dict[str, ir.Value] = {indicator.code: state(spoken)}
    if spoken.value is not None:
        made[f"{indicator.code}_value"] = spoken.value.cast("float64")
    if spoken.of is not None and spoken.hits is not None:
        made[f"{indicator.code}_of"] = spoken.of.cast("int32")
        made[f"{indicator.code}_hits"] = spoken.hits.cast("int32")
    for name, value in spoken.keep.items():
        made[f"{indicator.code}_{name}"] = value
    return made

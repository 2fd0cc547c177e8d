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

A formula may also look at the entries of a ledger (`tables/`: invoices, commitments, requests ...).
Then it says `when` each case was, `as_of` among its parameters is the day of judgement, and its
figure need be no share: `mean`, `duration` and `statistic` are decorators like `share`, and how the
cases become a figure is reckoned in `measure/figures`. Where the same can be told from another
ledger, `otherwise` registers a second formula for it.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Required, TypeAlias, TypedDict, Unpack

import ibis
import ibis.expr.types as ir

from troth.errors import UsageError
from troth.tables import LEDGERS
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

#: The day as of which everything is judged, as a formula over a ledger may ask for it.
Day: TypeAlias = ir.DateValue

#: The parameter of a formula that is that day and no table.
AS_OF = "as_of"

#: What every entry carries while formulas look at it: its number in its table, and its body's.
ENTRY, BODY_NO = "entry", "body_no"


class Direction(enum.Enum):
    """Which way the value is better. `UNDECIDED`: nobody can say, so it never enters a score."""

    LOWER_IS_BETTER = "lower is better"
    HIGHER_IS_BETTER = "higher is better"
    UNDECIDED = "neither way is better"


class Scale(enum.Enum):
    """What a figure counts in, so that it is written as people write it. A share of cases or of
    money is kept as a part of 1 and written in per cent."""

    PERCENT = "percent"
    PERCENTAGE_POINTS = "percentage points"
    DAYS = "days"
    MONTHS = "months"
    RATIO = "ratio"
    PER_10000 = "per 10,000"
    BASIS_POINTS = "basis points"


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
    when: ir.DateValue | None = None


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
    when: ir.DateValue | None = None,
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
    - `keep`: further values that the comparison, or what reckons the figure, needs.
    - `parts`: where `cases` is what `Parts.of` gave for the case table.
    - `when`: of an entry of a ledger, the day that places the case in a year and in the card's
      window. Left out where every case is of today (a stock): then there is a figure over all only.

    Where the figure is no share, a case that can be judged may still be a `hit`: it is then listed
    first among the cases behind the figure. Without `hit` no case is flagged.
    """
    return Outcome(
        cases, hit, applies, needs or {}, faults or {}, value, of, hits, keep or {}, parts, when
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
    value_unit: str = ""
    thresholds: Mapping[str, str] = field(default_factory=dict)
    window: int | None = None  # months up to the day of judgement; None looks at every case
    confounds: tuple[str, ...] = ()  # what else may move the figure, printed with it
    beside: tuple[str, ...] = ()  # codes that guard it and stand beside it (METHODS B.9)
    optional: tuple[str, ...] = ()  # tables that it can do without
    scale: Scale = Scale.PERCENT

    def __post_init__(self) -> None:
        if not self.question.endswith("?"):
            raise UsageError(f"{self.code}: the question must end with a question mark")
        if self.minimum_cases < 1:
            raise UsageError(f"{self.code}: minimum_cases must be at least 1")


@dataclass(frozen=True)
class Figure:
    """How cases become a figure: by the function of this `name` in `measure/figures`.

    `settings` are what that function is told beside the cases; `tables` the canonical tables that it
    looks at itself. `additive` says that the figure of a year is that of the year's cases, so that
    years are shown; a stock or a model over all bodies has one figure.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    additive: bool = True


@dataclass
class Indicator:
    """A card, a formula, and for some a comparison or a figure of their own.

    Made by `share`, `mean`, `duration` or `statistic`, found by `catalogue`.
    """

    card: Card
    formula: Callable[..., Outcome]
    comparison: Comparison | None = None
    figure: Figure | None = None  # None: a share of cases
    second: Indicator | None = None  # the same asked of another ledger

    def __call__(self, *tables: Table) -> Outcome:
        return self.formula(*tables)

    def compared(self, comparison: Comparison) -> Comparison:
        """Register the comparison that decides this indicator's open cases."""
        self.comparison = comparison
        return comparison

    def otherwise(self, formula: Callable[..., Outcome]) -> Callable[..., Outcome]:
        """Register the formula that answers the same question from another ledger.

        Of a body and period it is asked where the first formula's ledger says too little for a
        figure: of requests one by one, say, and else of the body's own counts of them.
        """
        self.second = Indicator(self.card, formula, figure=self.figure)
        return formula

    @property
    def code(self) -> str:
        return self.card.code

    @property
    def name(self) -> str:
        return self.formula.__name__

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables it needs: the formula's parameters, and what its figure looks at."""
        return tuple(dict.fromkeys((*self.asked, *self.looked_at)))

    @property
    def asked(self) -> tuple[str, ...]:
        """The tables that the formula asks for."""
        return tuple(name for name in self.parameters if name != AS_OF)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The tables that only what reckons the figure looks at."""
        return () if self.figure is None else self.figure.tables

    @property
    def parameters(self) -> tuple[str, ...]:
        """The formula's parameters: tables, and perhaps the day of judgement."""
        return tuple(inspect.signature(self.formula).parameters)

    @property
    def case_kind(self) -> str:
        """The kind of case: the first table that the formula asks for."""
        kind = self.asked[0]
        if kind not in CASE_KEYS and kind not in LEDGERS:
            raise UsageError(
                f"{self.code}: the first table must be one of {[*CASE_KEYS, *LEDGERS]}, not {kind!r}"
            )
        return kind

    @property
    def of_ledger(self) -> bool:
        """Whether its cases are entries of a ledger."""
        return self.case_kind in LEDGERS

    @property
    def module(self) -> str:
        return self.formula.__module__

    @property
    def pillar(self) -> str:
        """The folder the indicator lives in."""
        return self.module.split(".")[-2]


class CardFields(TypedDict, total=False):
    """What a decorator is told of the card; `Card` says what each means."""

    code: Required[str]
    title: Required[str]
    question: Required[str]
    unit: Required[str]
    direction: Required[Direction]
    source: Required[str]
    verified: Required[Verified]
    minimum_cases: Required[int]
    version: Required[int]
    status: Required[Status]
    value_unit: str
    thresholds: Mapping[str, str]
    window: int | None
    confounds: tuple[str, ...]
    beside: tuple[str, ...]
    optional: tuple[str, ...]
    scale: Scale


Decorator: TypeAlias = Callable[[Callable[..., Outcome]], Indicator]


def share(**card: Unpack[CardFields]) -> Decorator:
    """Declare an indicator whose figure is a share: hits divided by cases that could be judged."""
    return _declare(None, card)


def mean(**card: Unpack[CardFields]) -> Decorator:
    """Declare one whose figure is the mean of its cases' `value`, in the card's unit."""
    return _declare(Figure("mean"), card)


def duration(**card: Unpack[CardFields]) -> Decorator:
    """Declare one whose figure is the median of a time that may still be running (Kaplan-Meier).

    The formula keeps `days` (how long, so far) and `ended` (whether it is over).
    """
    return _declare(Figure("median_days"), {"scale": Scale.DAYS, **card})


def statistic(
    by: str,
    settings: Mapping[str, Any] | None = None,
    tables: tuple[str, ...] = (),
    *,
    additive: bool = False,
    **card: Unpack[CardFields],
) -> Decorator:
    """Declare one whose figure is reckoned by the function of the name `by` in `measure/figures`."""
    return _declare(Figure(by, settings or {}, tables, additive), card)


def _declare(figure: Figure | None, card: CardFields) -> Decorator:
    made = Card(**card)
    return lambda formula: Indicator(made, formula, figure=figure)


def state(spoken: Outcome, is_share: bool = True) -> ir.IntegerValue:
    """The state of each case as one small integer, in the order: applies, missing, fault, hit.

    Where the figure is no share, a case that can be judged and is no hit is not flagged.
    """
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
    elif not is_share:
        if spoken.hit is not None:
            branches.append((spoken.hit, FLAGGED))
        if not branches:
            return ibis.literal(NOT_FLAGGED, "int8")
        return ibis.cases(*branches, else_=NOT_FLAGGED).cast("int8")
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

"""The only questions that site, command line and API ask of a release, and their answers.

`open_release` opens a release folder; its methods answer with frozen values. Nothing is computed
that the release does not hold: views select, sort, add up and set side by side. Tables are read
when first asked for and grouped once, so that one body is answered as fast as all of them.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from troth.errors import PersonError, UsageError, VerificationError
from troth.publish.funnel import Funnel, funnel
from troth.publish.release import body_slug
from troth.publish.timeline import Document, Event, documents_of, events_of, text_at
from troth.publish.wording import (
    Absence,
    Grade,
    Standing,
    grade,
    grade_of_figure,
    in_unit,
    standing,
)
from troth.tables import LEDGERS, results
from troth.tables import body as body_tables
from troth.tables.base import Table

DECLARED: Mapping[str, Table] = {
    table.name: table for table in (*results.TABLES, body_tables.BODY, body_tables.FIRM)
}

ALL_YEARS = "all"
PUBLISHED = "published"

#: How many cases of one indicator a body's page shows; the rest are in the evidence table.
CASES_SHOWN = 10

#: How many entries of ledgers behind one figure it shows; the release holds more.
ENTRIES_SHOWN = 3

#: How many bodies the first page names as worth a closer look.
CLOSER_LOOKS_SHOWN = 25

#: How many rejected things of one kind are shown as examples.
EXAMPLES_SHOWN = 5

#: The pillar whose figures enter no level and are no reason to look.
OUTCOMES = "outcomes"

LOWER_IS_BETTER = "lower is better"
HIGHER_IS_BETTER = "higher is better"


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example of an indicator: the rows given, and what must come of them."""

    title: str
    as_of: str | None
    given: tuple[tuple[str, tuple[str, ...], tuple[tuple[object, ...], ...]], ...]
    expect: tuple[tuple[str, ...], tuple[tuple[object, ...], ...]]


@dataclass(frozen=True, slots=True)
class Card:
    """What an indicator says of itself, as the release's catalogue holds it."""

    code: str
    name: str
    pillar: str
    title: str
    question: str
    unit: str
    direction: str
    source: str
    verified: str
    minimum_cases: int
    version: int
    status: str
    value_unit: str
    figure: str
    scale: str
    window: int | None
    confounds: tuple[str, ...]
    beside: tuple[str, ...]
    cases_of: str
    thresholds: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]
    fields: tuple[str, ...]
    sql: str
    why: str
    misleads: str
    clears: str
    examples: tuple[Example, ...]

    @property
    def is_share(self) -> bool:
        """Whether its figure is a share of cases."""
        return self.figure == "share"

    @property
    def is_outcome(self) -> bool:
        """Whether it is there to check others against: what residents and markets found."""
        return self.pillar == OUTCOMES

    @property
    def of_ledger(self) -> bool:
        """Whether its cases are entries of a ledger, and no parts of records."""
        return self.cases_of in LEDGERS


@dataclass(frozen=True, slots=True)
class BodyName:
    """A public body: its identifier, its name where the records give one, and its page."""

    body_id: str
    name: str | None
    scheme: str | None
    names: int
    processes: int
    page: str
    level: str | None = None  # of government, as the register of bodies says
    population: int | None = None

    @property
    def shown(self) -> str:
        """The name, or the identifier of a body that no record names."""
        return self.name or self.body_id


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: counts, value and interval, or the status that says why there is none."""

    body_id: str
    indicator: str
    period: str
    n: int
    hits: int | None  # None: the figure is no share of cases
    unknown: int
    not_applicable: int
    error: int
    value: float | None
    low: float | None
    high: float | None
    status: str
    reason: str | None = None

    @property
    def is_share(self) -> bool:
        return self.hits is not None

    @property
    def cases(self) -> int:
        return self.n + self.unknown + self.not_applicable + self.error

    @property
    def grade(self) -> Grade:
        if not self.is_share:
            return grade_of_figure(self.n, self.value, self.low, self.high)
        return grade(self.n, self.low, self.high)

    @property
    def absence(self) -> Absence | None:
        """The word for what is not there; none when something was found."""
        if self.status != PUBLISHED:
            return Absence.NOT_MEASURABLE
        return Absence.NONE_FOUND if self.hits == 0 else None


_FIGURE_COLUMNS = (
    "body_id", "indicator", "period", "n", "hits", "unknown", "not_applicable", "error",
    "value", "low", "high", "status", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pooled:
    """All bodies together on one indicator: their cases added up.

    Where the figure is no share, there are no `hits`, and `middle` is the median of the bodies.
    """

    hits: int | None
    n: int
    middle: float | None = None

    @property
    def value(self) -> float | None:
        """What the bodies are compared with."""
        if self.hits is None:
            return self.middle
        return self.hits / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Case:
    """One case behind a figure; `page` names its process page where the release has its record."""

    page: str | None
    pid: int
    indicator: str
    period: str
    ocid: str
    part_no: int | None
    value: float | None
    pointer: str
    file: str
    line: int
    offset: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a ledger behind a figure, as it was read; `json` holds its columns."""

    indicator: str
    period: str
    ledger: str
    entry_id: str
    flagged: bool
    value: float | None
    file: str
    line: int
    json: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A number, or a word, that stands beside a figure over all."""

    what: str
    value: float | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that was absent, or a contradiction, and in how many cases."""

    indicator: str
    state: str
    field: str
    cases: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator of one body, with everything its card on the body's page shows."""

    card: Card
    was_run: bool
    figure: Figure | None  # none: no case of this body, or not run at all
    pooled: Pooled
    standing: Standing
    years: tuple[Figure, ...]
    missing: tuple[Missing, ...]
    cases: tuple[Case, ...]
    case_count: int
    entries: tuple[Entry, ...] = ()
    entry_count: int = 0
    details: tuple[Detail, ...] = ()

    @property
    def published(self) -> bool:
        return self.figure is not None and self.figure.status == PUBLISHED

    @property
    def reason_to_look(self) -> bool:
        if not self.published or self.card.is_outcome:
            return False
        return self.standing is away_from_better(self.card.direction)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one indicator adds to a level, in millionths of a point.

    `imputed` says that the body does not publish it and a value of its peers stands for it;
    `peer_points` is the median of `normalised` among its peers, where there are three or more.
    """

    card: Card
    value: float
    normalised: float
    weight: float
    micropoints: int
    peer_points: float | None = None
    imputed: bool | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """One indicator of a body among its peers: (hits + prior_mean * prior_size) / (n + prior_size), or
    where the figure is no share, `value` and `prior_mean` by the squares of `prior_sd` and `std_err`.

    `use` is `ranked`, `shown`, or `pooled`: then the value of its peers, `prior_mean`, is shown
    instead of the body's own.
    """

    card: Card
    peer_group: str | None
    n: int
    hits: int | None  # none: the figure is no share, and `value` is it
    prior_mean: float | None
    prior_size: float | None
    estimate: float | None
    low: float | None
    high: float | None
    reliability: float | None
    use: str | None
    kept_from: str | None = None  # the release that published these cases last, if it fell silent
    value: float | None = None
    std_err: float | None = None
    prior_sd: float | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A body's level, and rank where it has one, if one choice of the recipe were another."""

    variant: str
    level: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How much hangs on one choice of a recipe."""

    factor: str
    first_order: float | None
    total: float | None
    rank_shift: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """A body's level under one recipe, or why there is none. The parts add up to the level.

    A rank is there only together with its interval, `rank_low` to `rank_high`, out of `ranked_of`;
    none is where `rank_kept` is false. In lists of bodies there are no parts, estimates and
    alternatives.
    """

    parts: tuple[Contribution, ...]
    recipe: str
    level: float | None
    weight_measured: float
    status: str
    reason: str | None
    peer_group: str | None = None
    low: float | None = None
    high: float | None = None
    lowest: float | None = None
    highest: float | None = None
    band: str | None = None
    band_probability: float | None = None
    other_band: str | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    rank: int | None = None
    rank_kept: bool | None = None
    ranked_of: int | None = None
    estimates: tuple[Estimate, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def micropoints(self) -> int:
        return sum(part.micropoints for part in self.parts)


_SCORE_COLUMNS = (
    "recipe", "level", "weight_measured", "status", "reason", "peer_group", "low", "high", "lowest",
    "highest", "band", "band_probability", "other_band", "rank_low", "rank_high", "rank",
    "rank_kept", "ranked_of",
)  # fmt: skip
_PART_COLUMNS = (
    "indicator", "value", "normalised", "weight", "micropoints", "peer_points", "imputed",
)  # fmt: skip
_ESTIMATE_COLUMNS = (
    "indicator", "peer_group", "n", "hits", "prior_mean", "prior_size", "estimate", "low", "high",
    "reliability", "use", "kept_from", "value", "std_err", "prior_sd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """The run that made the release."""

    run_id: str
    as_of: dt.date
    as_of_source: str
    code_version: str
    recipe: str
    rows_in: int
    rows_kept: int
    rows_rejected: int
    fields_rejected: int
    bodies: int
    previous_release: str | None = None
    previous_run: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one indicator reaches: its cases in five states, and the bodies behind them."""

    card: Card
    was_run: bool
    flagged: int
    not_flagged: int
    not_applicable: int
    insufficient_data: int
    error: int
    bodies_measured: int
    bodies_too_few: int
    bodies_not_measurable: int
    middle: float | None = None

    @property
    def judged(self) -> int:
        return self.flagged + self.not_flagged

    @property
    def concerned(self) -> int:
        return self.judged + self.insufficient_data + self.error


@dataclass(frozen=True, slots=True)
class CloserLook:
    """A figure that differs from all bodies together beyond chance, and how many more there are."""

    body: BodyName
    card: Card
    figure: Figure
    pooled: Pooled
    more: int


@dataclass(frozen=True, slots=True)
class Reach:
    """One indicator on the first page: its coverage, and all bodies together year by year."""

    coverage: Coverage
    pooled: Pooled
    years: tuple[tuple[str, Pooled], ...]


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first page: coverage first, then where a closer look would pay."""

    run: Run
    files: int
    bodies_measured: int
    firms: int
    firms_unnamed: int
    indicators: int
    indicators_measured: int
    cells: int
    cells_published: int
    cells_too_few: int
    cells_not_measurable: int
    cells_not_applicable: int
    cells_no_case: int
    cells_not_run: int
    closer_looks: tuple[CloserLook, ...]
    bodies_told: int
    bodies_untold: int
    bodies_too_little: int
    reach: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One line of the list of bodies."""

    body: BodyName
    published: int
    withheld: int


@dataclass(frozen=True, slots=True)
class BodyView:
    """Everything the page of one body shows."""

    body: BodyName
    run: Run
    measured: tuple[Measured, ...]
    withheld: tuple[Measured, ...]
    scores: tuple[Score, ...]
    missing: tuple[Missing, ...]
    records: int

    def count(self, where: Standing) -> int:
        return sum(1 for one in self.measured if one.standing is where)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one post; `administration` counts those of the leading post from 1."""

    post: str
    start_date: dt.date | None
    end_date: dt.date | None
    acting: bool | None
    leading: bool
    administration: int | None
    of_all: int


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """One dated event of a registered contract; `settled_on` is empty where what was due is open."""

    lane: str
    date: dt.date
    settled_on: dt.date | None
    new_end: dt.date | None
    what: str | None
    amount: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class ContractCourse:
    """How one registered contract went, with its latest events."""

    contract_id: str
    title: str | None
    date_signed: dt.date | None
    signed_under: int | None
    period_start: dt.date | None
    original_end: dt.date | None
    period_end: dt.date | None
    ends_under: int | None
    amount: float | None
    currency: str | None
    changes: int
    due: int
    unpaid: int
    payments: int
    final_status: str | None
    final_status_date: dt.date | None
    events_of_all: int
    of_all: int
    events: tuple[ContractEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """One commitment and its deadlines."""

    commitment_id: str
    text: str
    announced: dt.date | None
    original_due: dt.date | None
    current_due: dt.date | None
    moved: int
    done_on: dt.date | None
    last_status: str | None
    last_said: dt.date | None
    withdrawn: bool
    of_all: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is owed in one currency and of one age."""

    currency: str
    age: str
    amount: float
    invoices: int


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests for information of one year that ended one way."""

    source: str
    year: int
    outcome: str
    requests: int


@dataclass(frozen=True, slots=True)
class HandOff:
    """One way that cases went, from unit to unit."""

    from_unit: str
    to_unit: str
    transfers: int
    cases: int
    of_all: int


@dataclass(frozen=True, slots=True)
class CourseView:
    """What ledgers say happened at one body; what is long is cut, and `of_all` says to how many."""

    body: BodyName
    run: Run
    terms: tuple[Term, ...]
    contracts: tuple[ContractCourse, ...]
    deadlines: tuple[Deadline, ...]
    states: tuple[tuple[str, int], ...]
    arrears: tuple[Arrears, ...]
    requests: tuple[Requests, ...]
    hand_offs: tuple[HandOff, ...]

    @property
    def is_empty(self) -> bool:
        return not (
            self.terms or self.contracts or self.deadlines or self.states or self.arrears
            or self.requests or self.hand_offs
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Administration:
    """One administration of a body: a number, and from when to when. Never whose it was."""

    number: int
    start: dt.date
    end: dt.date | None  # the day before the next one; empty while it lasts


def administrations(terms: Iterable[Term]) -> tuple[Administration, ...]:
    """The administrations that terms of the leading post begin, each until the next."""
    begun = [one for one in terms if one.administration is not None]
    begun.sort(key=lambda one: one.administration or 0)
    found = []
    for one, following in zip_longest(begun, begun[1:]):
        assert one.start_date is not None
        assert one.administration is not None
        end = one.end_date
        if following is not None and following.start_date is not None:
            # Two that begin on one day share it.
            last = max(following.start_date.toordinal() - 1, one.start_date.toordinal())
            end = dt.date.fromordinal(last)
        found.append(Administration(one.administration, one.start_date, end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """Everything the page of one indicator shows."""

    card: Card
    coverage: Coverage
    pooled: Pooled
    years: tuple[tuple[str, Pooled], ...]
    figures: tuple[tuple[BodyName, Figure], ...]  # published, by name
    missing: tuple[Missing, ...]

    @property
    def funnel(self) -> Funnel | None:
        """How far shares may lie from that of all bodies; none where no body has one."""
        if not self.card.is_share:
            return None
        hits = [one.hits for _, one in self.figures if one.hits is not None]
        return funnel(hits, [one.n for _, one in self.figures])


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that was hit in a process, and the case it looked at."""

    card: Card
    case: Case


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One line of the list of processes that have a page."""

    pid: int
    ocid: str
    body: BodyName
    page: str
    signals: int


@dataclass(frozen=True, slots=True)
class ProcessView:
    """One contracting process: what happened, which rules were hit, and its record, redacted."""

    pid: int
    ocid: str
    body: BodyName
    page: str
    title: str | None
    method: str | None
    status: str | None
    events: tuple[Event, ...]
    unreadable_dates: tuple[str, ...]
    documents: tuple[Document, ...]
    signals: tuple[Signal, ...]
    record: object
    file: str
    line: int
    offset: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Goalpost:
    """Where an indicator earns 0 points and where 100, and why there."""

    card: Card
    worst: float
    best: float
    weight: float
    reason: str
    dated: str
    unit: str = "share"

    @property
    def worst_said(self) -> str:
        return in_unit(self.worst, self.unit)

    @property
    def best_said(self) -> str:
        return in_unit(self.best, self.unit)


@dataclass(frozen=True, slots=True)
class MethodView:
    """How the figures came about: the recipe, the rules, and the run."""

    run: Run
    recipe: str
    recipe_title: str
    aggregation: str
    minimum_weight: float
    goalposts: tuple[Goalpost, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input file and what became of its rows."""

    file: str
    sha256: str
    bytes: int
    rows_in: int
    rows_kept: int
    rows_rejected: int
    fields_rejected: int

    @property
    def adds_up(self) -> bool:
        return self.rows_in == self.rows_kept + self.rows_rejected


@dataclass(frozen=True, slots=True)
class Rejected:
    """One thing that could not be used, where it stood, and what to do about it."""

    level: str
    code: str
    file: str
    line: int | None
    offset: int | None
    ocid: str | None
    path: str
    value: str | None
    message: str
    next_step: str


@dataclass(frozen=True, slots=True)
class RejectedKind:
    """Everything rejected for one kind of fault, with the first few as examples."""

    code: str
    level: str
    count: int
    examples: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class QualityView:
    """What went in, what was kept, what was not, and what the rules lacked."""

    run: Run
    inputs: tuple[InputFile, ...]
    rejected: tuple[RejectedKind, ...]
    coverage: tuple[Coverage, ...]
    missing: tuple[Missing, ...]

    @property
    def adds_up(self) -> bool:
        run = self.run
        return run.rows_in == run.rows_kept + run.rows_rejected and all(
            one.adds_up for one in self.inputs
        )


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of the release, as its manifest names it."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of the input data; `path` is where its text is."""

    title: str
    path: str | None


_OF_BODY = ("body_id", "body_kind")

#: In which order rows of courses are told.
_AS_NUMBERED = (("registered_contract_id", "ascending"), ("event_no", "ascending"))
_AS_PICKED = (
    ("unpaid", "descending"), ("changes", "descending"), ("date_signed", "descending"),
    ("registered_contract_id", "ascending"),
)  # fmt: skip
_BY_COMMITMENT = (("announced", "ascending"), ("commitment_id", "ascending"))
_BY_YEAR = (("source", "ascending"), ("year", "ascending"), ("outcome", "ascending"))
_BY_TRANSFERS = (("transfers", "descending"), ("from_unit", "ascending"), ("to_unit", "ascending"))


def away_from_better(direction: str) -> Standing | None:
    """The side that is a reason to look; none where neither way is better."""
    return {LOWER_IS_BETTER: Standing.ABOVE, HIGHER_IS_BETTER: Standing.BELOW}.get(direction)


def page_name(identifier: str) -> str:
    """The file name of a page about this identifier, the same as that of its JSON twin.

    Lists own the name `index`; nothing else `body_slug` makes begins with `_i`.
    """
    slug = body_slug(identifier)
    return "_index" if slug == "index" else slug


def open_release(path: Path | str) -> Release:
    """The release in this folder; an error names what is missing in it."""
    folder = Path(path)
    if not (folder / "manifest.json").is_file():
        raise VerificationError(
            f"{folder}: this is no release, manifest.json is missing. "
            "Name a folder under releases/ that `troth run` has written."
        )
    return Release(folder)


class _Groups:
    """The rows of a table by the values of some columns: sorted once, cut where a value changes."""

    def __init__(
        self, table: pa.Table, keys: tuple[str, ...], then: tuple[tuple[str, str], ...] = ()
    ):
        order = [(key, "ascending") for key in keys]
        self.table = table.sort_by([*order, *then]).combine_chunks()
        size = self.table.num_rows
        self.spans: dict[tuple[Any, ...], tuple[int, int]] = {}
        if size == 0:
            return
        changed: pa.ChunkedArray | None = None
        for key in keys:
            column = self.table[key]
            differs = pc.not_equal(column.slice(1), column.slice(0, size - 1))
            changed = differs if changed is None else pc.or_(changed, differs)
        cuts = pc.indices_nonzero(changed).to_pylist()
        starts = [0, *(cut + 1 for cut in cuts)]
        ends = [*starts[1:], size]
        values = self.table.select(list(keys)).take(pa.array(starts))
        names = zip(*(column.to_pylist() for column in values.columns), strict=True)
        self.spans = dict(zip(names, zip(starts, ends, strict=True), strict=True))

    def size(self, *key: object) -> int:
        start, end = self.spans.get(key, (0, 0))
        return end - start

    def rows(
        self, columns: tuple[str, ...], *key: object, first: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of one group, these columns only; with `first`, no more than that many."""
        start, end = self.spans.get(key, (0, 0))
        length = end - start if first is None else min(first, end - start)
        return _tuples(self.table.select(list(columns)).slice(start, length))


def _tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _figure(row: tuple[Any, ...]) -> Figure:
    return Figure(*row)


class Release:
    """One release folder. Made by `open_release`; every public method is a question."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._tables: dict[str, pa.Table] = {}

    @property
    def release_id(self) -> str:
        return self.folder.resolve().name

    # --- the questions ---

    def home(self) -> HomeView:
        """The first page. Its list names one figure a body, and no body with too little data."""
        told = self._closer_looks()
        bodies = self.run.bodies
        by_status = dict.fromkeys(results.STATUSES, 0)
        for figures in self._overall.values():
            for figure in figures:
                by_status[figure.status] += 1
        cells = len(self._bodies) * len(self.catalogue)
        not_run = len(self._bodies) * sum(1 for one in self._coverage.values() if not one.was_run)
        measured = self._measured_bodies
        firm = self._table("firm")
        unnamed = pc.sum(pc.not_equal(firm["kind"], "legal_person")).as_py() or 0
        return HomeView(
            run=self.run,
            files=self._table("input").num_rows,
            bodies_measured=len(measured),
            firms=firm.num_rows,
            firms_unnamed=unnamed,
            indicators=len(self.catalogue),
            indicators_measured=sum(1 for one in self._coverage.values() if one.bodies_measured),
            cells=cells,
            cells_published=by_status[PUBLISHED],
            cells_too_few=by_status["too_few_cases"],
            cells_not_measurable=by_status["not_measurable"],
            cells_not_applicable=by_status["not_applicable"],
            cells_no_case=cells - not_run - sum(by_status.values()),
            cells_not_run=not_run,
            closer_looks=tuple(told[:CLOSER_LOOKS_SHOWN]),
            bodies_told=len(told),
            bodies_untold=len(measured) - len(told),
            bodies_too_little=bodies - len(measured),
            reach=tuple(
                Reach(self._coverage[code], self._pooled(code), self._years_pooled.get(code, ()))
                for code in self.catalogue
            ),
        )

    def bodies(self) -> tuple[BodyRow, ...]:
        """Every body by name; those that no record names come last, by identifier."""
        published = dict.fromkeys(self._bodies, 0)
        withheld = dict.fromkeys(self._bodies, 0)
        for figures in self._overall.values():
            for figure in figures:
                counted = published if figure.status == PUBLISHED else withheld
                counted[figure.body_id] += 1
        ordered = sorted(self._bodies.values(), key=_by_name)
        return tuple(BodyRow(one, published[one.body_id], withheld[one.body_id]) for one in ordered)

    def find(self, text: str) -> tuple[BodyName, ...]:
        """Bodies with this identifier, else with this name, else with this text in their name."""
        if text in self._bodies:
            return (self._bodies[text],)
        wanted = text.casefold().strip()
        ordered = sorted(self._bodies.values(), key=_by_name)
        named = [one for one in ordered if one.name is not None and one.name.casefold() == wanted]
        return tuple(
            named or [one for one in ordered if one.name and wanted in one.name.casefold()]
        )

    def body(self, body_id: str) -> BodyView:
        """One body; an unknown identifier is an error that names the nearest known ones."""
        name = self._body(body_id)
        overall: dict[str, Figure] = {}
        years: dict[str, list[Figure]] = {}
        for figure in map(_figure, self._measurements.rows(_FIGURE_COLUMNS, body_id)):
            if figure.period == ALL_YEARS:
                overall[figure.indicator] = figure
            elif figure.period.isdigit():
                years.setdefault(figure.indicator, []).append(figure)
        missing = self._missing_of(body_id)
        cards = [
            self._measured(body_id, card, overall.get(code), tuple(years.get(code, ())), missing)
            for code, card in self.catalogue.items()
        ]
        return BodyView(
            body=name,
            run=self.run,
            measured=tuple(one for one in cards if one.published),
            withheld=tuple(one for one in cards if not one.published),
            scores=self._scores_of(body_id),
            missing=missing,
            records=self._records_by_body.size(body_id),
        )

    def levels(self) -> tuple[tuple[BodyName, Score], ...]:
        """The level of every scored body, by name, without its parts."""
        rows = _tuples(self._table("score").select(["body_id", *_SCORE_COLUMNS]))
        named = [(self._bodies[body_id], Score((), *values)) for body_id, *values in rows]
        return tuple(sorted(named, key=lambda pair: (_by_name(pair[0]), pair[1].recipe)))

    def sensitivity(self) -> tuple[Sensitivity, ...]:
        """How much hangs on each choice of the release's recipe, the most first."""
        table = self._table("sensitivity")
        own = table.filter(pc.equal(table["recipe"], self.run.recipe))
        columns = ["factor", "first_order", "total", "rank_shift"]
        found = [Sensitivity(*row) for row in _tuples(own.select(columns))]
        return tuple(sorted(found, key=lambda one: (-(one.total or 0.0), one.factor)))

    def estimates(self) -> Iterator[tuple[str, Estimate]]:
        """Every estimate under the recipe of the run, with the identifier of its body."""
        columns = ["recipe", "body_id", *_ESTIMATE_COLUMNS]
        rows = _tuples(self._table("estimate").select(columns))
        for recipe, body_id, code, *rest in rows:
            if recipe == self.run.recipe:
                yield body_id, Estimate(self._card(code), *rest)

    def statuses(self, code: str) -> dict[str, str]:
        """The status of the figure of each body on one indicator, by body; over all years."""
        return {one.body_id: one.status for one in self._overall.get(self._card(code).code, ())}

    def scoring_tables(self) -> tuple[pa.Table, pa.Table]:
        """`measurement` and `body`: all that a level is made of, so that it can be made again."""
        return self._table("measurement"), self._table("body")

    def last_published(self) -> pa.Table:
        """What bodies published last of what they are silent on, as the run was told of it."""
        return self._table("last_published")

    def level_tables(self) -> tuple[pa.Table, pa.Table]:
        """`score` and `contribution`, as they were published."""
        return self._table("score"), self._table("contribution")

    def recipe_json(self) -> dict[str, Any]:
        """The recipe as the release published it."""
        found: dict[str, Any] = self._json("json/recipe.json")
        return found

    def cases(self, body_id: str, code: str, first: int | None = None) -> tuple[Case, ...]:
        """The cases behind one figure of a body; with `first`, no more than that many."""
        return self._cases(
            self._evidence, (self._body(body_id).body_id, self._card(code).code), first
        )

    def entries(self, body_id: str, code: str, first: int | None = None) -> tuple[Entry, ...]:
        """The entries of ledgers behind one figure of a body that the release holds."""
        return self._entries_of((self._body(body_id).body_id, self._card(code).code), first)

    def terms(self, body_id: str) -> tuple[Term, ...]:
        """The terms of office of a body, the leading post first, in the order of days."""
        columns = (
            "post", "start_date", "end_date", "acting", "leading", "administration", "of_all",
        )  # fmt: skip
        order = (("leading", "descending"), ("post", "ascending"), ("start_date", "ascending"))
        return tuple(Term(*row) for row in self._course("tenure", order).rows(columns, body_id))

    def course(self, body_id: str) -> CourseView:
        """What ledgers say happened at one body."""
        body = self._body(body_id)

        def rows(name: str, order: tuple[tuple[str, str], ...]) -> Iterator[tuple[Any, ...]]:
            columns = tuple(one for one in DECLARED[name].names if one not in _OF_BODY)
            return self._course(name, order).rows(columns, body_id)

        events: dict[str, list[ContractEvent]] = {}
        for contract, _, *rest in rows("contract_event", _AS_NUMBERED):
            events.setdefault(contract, []).append(ContractEvent(*rest))
        ages = {age: place for place, age in enumerate(results.ARREARS_AGES)}
        states = {state: place for place, state in enumerate(results.COMMITMENT_STATES)}
        return CourseView(
            body=body,
            run=self.run,
            terms=self.terms(body_id),
            contracts=tuple(
                replace(ContractCourse(*row), events=tuple(events.get(row[0], ())))
                for row in rows("contract_course", _AS_PICKED)
            ),
            deadlines=tuple(Deadline(*row) for row in rows("commitment_deadline", _BY_COMMITMENT)),
            states=tuple(sorted(rows("commitment_state", ()), key=lambda pair: states[pair[0]])),
            arrears=tuple(
                sorted(
                    (Arrears(*row) for row in rows("arrears_age", ())),
                    key=lambda one: (one.currency, ages[one.age]),
                )
            ),
            requests=tuple(Requests(*row) for row in rows("request_outcome", _BY_YEAR)),
            hand_offs=tuple(HandOff(*row) for row in rows("hand_off", _BY_TRANSFERS)),
        )

    def indicator(self, code: str) -> IndicatorView:
        """One indicator; an unknown code is an error that names the nearest known ones."""
        card = self._card(code)
        shown = [figure for figure in self._overall.get(code, ()) if figure.status == PUBLISHED]
        named = [(self._bodies[figure.body_id], figure) for figure in shown]
        named.sort(key=lambda pair: _by_name(pair[0]))
        return IndicatorView(
            card=card,
            coverage=self._coverage[code],
            pooled=self._pooled(code),
            years=self._years_pooled.get(code, ()),
            figures=tuple(named),
            missing=tuple(one for one in self._missing_totals if one.indicator == code),
        )

    def processes(self) -> tuple[ProcessRow, ...]:
        """The processes that have a page, by their ocid."""
        rows = []
        for pid, ocid, body_id in _tuples(self._table("record").select(["pid", "ocid", "body_id"])):
            body = self._body(body_id)
            rows.append(
                ProcessRow(pid, ocid, body, self._record_pages[pid], self._cases_by_pid.size(pid))
            )
        return tuple(sorted(rows, key=lambda row: (row.ocid, row.pid)))

    def process(self, which: int | str) -> ProcessView:
        """One process by its `pid` or ocid, if the release holds its record."""
        pid = self._pid_of(which)
        columns = ("ocid", "body_id", "file", "line", "offset", "sha256", "json")
        ((ocid, body_id, file, line, offset, sha256, text),) = self._records.rows(columns, pid)
        record = json.loads(text)
        events, unreadable = events_of(record)
        signals = sorted(
            self._cases(self._cases_by_pid, (pid,)), key=lambda c: (c.indicator, c.part_no or 0)
        )
        return ProcessView(
            pid=pid,
            ocid=ocid,
            body=self._body(body_id),
            page=self._record_pages[pid],
            title=text_at(record, "tender", "title"),
            method=text_at(record, "tender", "procurementMethod"),
            status=text_at(record, "tender", "status"),
            events=events,
            unreadable_dates=unreadable,
            documents=documents_of(record),
            signals=tuple(Signal(self._card(case.indicator), case) for case in signals),
            record=record,
            file=file,
            line=line,
            offset=offset,
            sha256=sha256,
        )

    def method(self) -> MethodView:
        """The recipe with its goalposts, and the rules."""
        recipe = self.recipe_json()
        all_weights = sum(recipe["weights"].values())
        even = {code: weight / all_weights for code, weight in recipe["weights"].items()}
        shares = recipe.get("shares", even)  # a recipe of one pillar need not say them
        goalposts = []
        left_out = recipe.get("left_out", ())
        for code, post in sorted(recipe["goalposts"].items()):
            if code in left_out:
                continue
            goalposts.append(
                Goalpost(
                    card=self._card(code),
                    worst=post["worst"],
                    best=post["best"],
                    weight=shares[code],
                    reason=post["reason"],
                    dated=str(post["dated"]),
                    unit=post.get("unit", "share"),
                )
            )
        return MethodView(
            run=self.run,
            recipe=self.run.recipe,
            recipe_title=recipe["title"],
            aggregation=recipe["aggregation"],
            minimum_weight=recipe["minimum_weight"],
            goalposts=tuple(goalposts),
            cards=tuple(self.catalogue.values()),
        )

    def quality(self) -> QualityView:
        """What went in and what became of it."""
        columns = [column.name for column in results.INPUT]
        inputs = sorted(
            (InputFile(*row) for row in _tuples(self._table("input").select(columns))),
            key=lambda i: i.file,
        )
        return QualityView(
            run=self.run,
            inputs=tuple(inputs),
            rejected=tuple(self._rejected_kinds()),
            coverage=tuple(self._coverage[code] for code in self.catalogue),
            missing=self._missing_totals,
        )

    def files(self) -> tuple[PublishedFile, ...]:
        """Every file of the release with its size and SHA-256, by path."""
        listed = self._json("manifest.json")["files"]
        return tuple(
            sorted(
                (PublishedFile(one["path"], one["bytes"], one["sha256"]) for one in listed),
                key=lambda one: one.path,
            )
        )

    def licences(self) -> tuple[Licence, ...]:
        """The licences of the data it was made from, as its datapackage.json names them."""
        described = self._json("datapackage.json").get("licenses", [])
        return tuple(
            Licence(one.get("title") or one.get("name", ""), one.get("path")) for one in described
        )

    # --- what the questions share ---

    @cached_property
    def catalogue(self) -> dict[str, Card]:
        """Every indicator by its code, in the order of codes."""
        cards = [_card(entry) for entry in self._json("json/catalogue.json")]
        return {card.code: card for card in sorted(cards, key=lambda card: card.code)}

    @cached_property
    def run(self) -> Run:
        rows = self._table("run").to_pylist()
        if len(rows) != 1:
            raise VerificationError(
                f"{self.folder}/parquet/run.parquet: expected one run, found {len(rows)}"
            )
        return Run(**{column.name: rows[0][column.name] for column in results.RUN})

    def others(self, code: str) -> tuple[float, ...]:
        """The published values of all bodies on one indicator, from low to high."""
        shown = (
            figure.value for figure in self._overall.get(code, ()) if figure.status == PUBLISHED
        )
        return tuple(sorted(value for value in shown if value is not None))

    def _table(self, name: str) -> pa.Table:
        """One table of the release, with the columns its declaration names; read once."""
        if name not in self._tables:
            self._tables[name] = self._read(DECLARED[name])
        return self._tables[name]

    def _read(self, declared: Table) -> pa.Table:
        path = self.folder / "parquet" / f"{declared.name}.parquet"
        if not path.is_file():
            raise VerificationError(
                f"{path}: the release lacks this table. Make the release again: troth run."
            )
        table = pq.read_table(path)
        lacking = [column for column in declared.names if column not in table.column_names]
        if lacking:
            raise VerificationError(
                f"{path}: lacks the columns {', '.join(lacking)}. "
                "The release was made by another version; make it again: troth run."
            )
        if "body_kind" in declared.names:
            kinds = set(pc.unique(table["body_kind"]).to_pylist())
            others = kinds - {body_tables.PUBLIC_BODY}
            if others:
                raise PersonError(
                    f"{path}: holds rows about {sorted(map(str, others))}. "
                    "Only public bodies are shown; this release is refused."
                )
        return table.select(list(declared.names))

    def _json(self, path: str) -> Any:
        try:
            return json.loads((self.folder / path).read_bytes())
        except FileNotFoundError:
            raise VerificationError(f"{self.folder / path}: the release lacks this file.") from None

    @cached_property
    def _bodies(self) -> dict[str, BodyName]:
        columns = ["body_id", "name", "scheme", "names", "processes", "level", "population"]
        rows = _tuples(self._table("body").select(columns))
        return {
            body_id: BodyName(
                body_id, name, scheme, names, processes, page_name(body_id), level, population
            )
            for body_id, name, scheme, names, processes, level, population in rows
        }

    def _body(self, body_id: str) -> BodyName:
        if body_id not in self._bodies:
            raise UsageError(
                f"no body {body_id!r} in this release.{_nearest(body_id, self._bodies)}"
            )
        return self._bodies[body_id]

    def _card(self, code: str) -> Card:
        if code not in self.catalogue:
            raise UsageError(
                f"no indicator {code!r} in this release.{_nearest(code, self.catalogue)}"
            )
        return self.catalogue[code]

    @cached_property
    def _measurements(self) -> _Groups:
        return _Groups(
            self._table("measurement"),
            ("body_id",),
            (("indicator", "ascending"), ("period", "ascending")),
        )

    @cached_property
    def _overall(self) -> dict[str, list[Figure]]:
        """The figures over all years, by indicator, in the order of bodies."""
        table = self._table("measurement")
        table = table.filter(pc.equal(table["period"], ALL_YEARS)).sort_by(
            [("indicator", "ascending"), ("body_id", "ascending")]
        )
        found: dict[str, list[Figure]] = {}
        for figure in map(_figure, _tuples(table.select(list(_FIGURE_COLUMNS)))):
            found.setdefault(figure.indicator, []).append(figure)
        return found

    @cached_property
    def _measured_bodies(self) -> frozenset[str]:
        return frozenset(
            figure.body_id
            for figures in self._overall.values()
            for figure in figures
            if figure.status == PUBLISHED
        )

    @cached_property
    def _sums(self) -> dict[tuple[str, str], Pooled]:
        summed = (
            self._table("measurement")
            .group_by(["indicator", "period"])
            .aggregate([("hits", "sum"), ("n", "sum")])
        )
        rows = _tuples(summed.select(["indicator", "period", "hits_sum", "n_sum"]))
        return {(indicator, period): Pooled(hits, n) for indicator, period, hits, n in rows}

    def _pooled(self, code: str) -> Pooled:
        if not self._card(code).is_share:
            n = self._sums.get((code, ALL_YEARS), Pooled(0, 0)).n
            return Pooled(None, n, self._coverage[code].middle)
        return self._sums.get((code, ALL_YEARS), Pooled(0, 0))

    @cached_property
    def _years_pooled(self) -> dict[str, tuple[tuple[str, Pooled], ...]]:
        found: dict[str, list[tuple[str, Pooled]]] = {}
        for (indicator, period), pooled in sorted(self._sums.items()):
            if period.isdigit() and pooled.n and self._card(indicator).is_share:
                found.setdefault(indicator, []).append((period, pooled))
        return {indicator: tuple(years) for indicator, years in found.items()}

    @cached_property
    def _coverage(self) -> dict[str, Coverage]:
        """Coverage by code; an indicator of the catalogue without a row was not run."""
        columns = [column.name for column in results.COVERAGE]
        counts = {code: row for code, *row in _tuples(self._table("coverage").select(columns))}
        nothing = [*[0] * (len(columns) - 2), None]
        return {
            code: Coverage(card, code in counts, *counts.get(code, nothing))
            for code, card in self.catalogue.items()
        }

    def _closer_looks(self) -> list[CloserLook]:
        """Bodies with a figure beyond chance, the best-evidenced first; one figure a body."""
        by_body: dict[str, list[tuple[Card, Figure]]] = {}
        for code, figures in self._overall.items():
            card = self._card(code)
            if card.is_outcome:
                continue
            pooled = self._pooled(code).value
            wanted = away_from_better(card.direction)
            for figure in figures:
                if figure.status != PUBLISHED or figure.grade is Grade.TOO_LITTLE:
                    continue
                if wanted is not None and standing(figure.low, figure.high, pooled) is wanted:
                    by_body.setdefault(figure.body_id, []).append((card, figure))
        looks = []
        for body_id, found in by_body.items():
            card, figure = min(found, key=lambda pair: (_strongest_first(pair[1]), pair[0].code))
            looks.append(
                CloserLook(
                    self._bodies[body_id], card, figure, self._pooled(card.code), len(found) - 1
                )
            )
        return sorted(looks, key=lambda look: (_strongest_first(look.figure), _by_name(look.body)))

    @cached_property
    def _missing(self) -> _Groups:
        return _Groups(self._table("missing"), ("body_id",))

    def _missing_of(self, body_id: str) -> tuple[Missing, ...]:
        rows = self._missing.rows(("indicator", "state", "field", "cases"), body_id)
        return _most_cases_first(Missing(*row) for row in rows)

    @cached_property
    def _missing_totals(self) -> tuple[Missing, ...]:
        summed = (
            self._table("missing")
            .group_by(["indicator", "state", "field"])
            .aggregate([("cases", "sum")])
        )
        rows = _tuples(summed.select(["indicator", "state", "field", "cases_sum"]))
        return _most_cases_first(Missing(*row) for row in rows)

    @cached_property
    def _record_pages(self) -> dict[int, str]:
        """Process page by pid. Where records share an ocid, the pid tells their pages apart."""
        rows = list(_tuples(self._table("record").select(["pid", "ocid"])))
        seen: dict[str, int] = {}
        for _, ocid in rows:
            seen[ocid] = seen.get(ocid, 0) + 1
        return {pid: page_name(ocid if seen[ocid] == 1 else f"{ocid}#{pid}") for pid, ocid in rows}

    @cached_property
    def _records(self) -> _Groups:
        return _Groups(self._table("record"), ("pid",))

    @cached_property
    def _records_by_body(self) -> _Groups:
        return _Groups(self._table("record").select(["body_id"]), ("body_id",))

    def _pid_of(self, which: int | str) -> int:
        if isinstance(which, int):
            if which not in self._record_pages:
                raise UsageError(f"this release holds no record of process {which}")
            return which
        rows = _tuples(self._table("record").select(["pid", "ocid"]))
        found: list[int] = sorted(pid for pid, ocid in rows if ocid == which)
        if not found:
            raise UsageError(
                f"this release holds no record of {which!r}; `processes` lists those it holds"
            )
        if len(found) > 1:
            raise UsageError(
                f"{which!r} names {len(found)} processes; ask for one by its pid: {found}"
            )
        return found[0]

    @cached_property
    def _evidence(self) -> _Groups:
        """Cases by body and indicator: those with a page first, then the latest."""
        table = self._table("evidence")
        with_page = pc.is_in(table["pid"], value_set=self._table("record")["pid"].combine_chunks())
        return _Groups(
            table.append_column("has_page", with_page),
            ("body_id", "indicator"),
            (
                ("has_page", "descending"),
                ("period", "descending"),
                ("pid", "ascending"),
                ("part_no", "ascending"),
            ),
        )

    @cached_property
    def _entries(self) -> _Groups:
        """Entries by body and indicator: flagged ones first, then those of the largest values."""
        order = (
            ("flagged", "descending"),
            ("value", "descending"),
            ("file", "ascending"),
            ("line", "ascending"),
        )
        return _Groups(self._table("entry"), ("body_id", "indicator"), order)

    def _course(self, name: str, order: tuple[tuple[str, str], ...]) -> _Groups:
        """The rows of one table of courses by body."""
        if name not in self._courses:
            self._courses[name] = _Groups(self._table(name), ("body_id",), order)
        return self._courses[name]

    @cached_property
    def _courses(self) -> dict[str, _Groups]:
        return {}

    @cached_property
    def _details(self) -> _Groups:
        return _Groups(self._table("detail"), ("body_id", "indicator", "period"))

    def _entries_of(self, key: tuple[object, ...], first: int | None = None) -> tuple[Entry, ...]:
        columns = (
            "indicator", "period", "ledger", "entry_id", "flagged", "value", "file", "line", "json",
        )  # fmt: skip
        return tuple(Entry(*row) for row in self._entries.rows(columns, *key, first=first))

    @cached_property
    def _cases_by_pid(self) -> _Groups:
        table = self._table("evidence")
        with_page = pc.is_in(table["pid"], value_set=self._table("record")["pid"].combine_chunks())
        return _Groups(table.filter(with_page), ("pid",))

    def _cases(
        self, groups: _Groups, key: tuple[object, ...], first: int | None = None
    ) -> tuple[Case, ...]:
        columns = (
            "pid",
            "indicator",
            "period",
            "ocid",
            "part_no",
            "value",
            "pointer",
            "file",
            "line",
            "offset",
        )
        rows = groups.rows(columns, *key, first=first)
        return tuple(Case(self._record_pages.get(row[0]), *row) for row in rows)

    def _measured(
        self,
        body_id: str,
        card: Card,
        figure: Figure | None,
        years: tuple[Figure, ...],
        missing: tuple[Missing, ...],
    ) -> Measured:
        pooled = self._pooled(card.code)
        low, high = (figure.low, figure.high) if figure is not None else (None, None)
        key = (body_id, card.code)
        return Measured(
            card=card,
            was_run=self._coverage[card.code].was_run,
            figure=figure,
            pooled=pooled,
            standing=standing(low, high, pooled.value),
            years=years,
            missing=tuple(one for one in missing if one.indicator == card.code),
            cases=self._cases(self._evidence, key, first=CASES_SHOWN),
            case_count=self._evidence.size(*key),
            entries=self._entries_of(key, first=ENTRIES_SHOWN),
            entry_count=self._entries.size(*key),
            details=tuple(
                Detail(*row)
                for row in self._details.rows(("what", "value", "words"), *key, ALL_YEARS)
            ),
        )

    @cached_property
    def _scores(self) -> _Groups:
        return _Groups(self._table("score"), ("body_id",), (("recipe", "ascending"),))

    @cached_property
    def _contributions(self) -> _Groups:
        return self._by_recipe("contribution", "indicator")

    @cached_property
    def _estimates(self) -> _Groups:
        return self._by_recipe("estimate", "indicator")

    @cached_property
    def _alternatives(self) -> _Groups:
        return self._by_recipe("alternative", "variant")

    def _by_recipe(self, table: str, then: str) -> _Groups:
        return _Groups(self._table(table), ("body_id", "recipe"), ((then, "ascending"),))

    def _scores_of(self, body_id: str) -> tuple[Score, ...]:
        """The levels of a body with all that they are made of; parts that do not add up are an
        error.
        """
        scores = []
        for row in self._scores.rows(_SCORE_COLUMNS, body_id):
            own = dict(zip(_SCORE_COLUMNS, row, strict=True))
            key = (body_id, own["recipe"])
            score = Score(
                parts=tuple(
                    Contribution(self._card(code), *rest)
                    for code, *rest in self._contributions.rows(_PART_COLUMNS, *key)
                ),
                estimates=tuple(
                    Estimate(self._card(code), *rest)
                    for code, *rest in self._estimates.rows(_ESTIMATE_COLUMNS, *key)
                ),
                alternatives=tuple(
                    Alternative(*one)
                    for one in self._alternatives.rows(("variant", "level", "rank"), *key)
                ),
                **own,
            )
            if score.level is not None and round(score.level * 1_000_000) != score.micropoints:
                raise VerificationError(
                    f"{self.folder}: the parts of {body_id} under {score.recipe} add up to "
                    f"{score.micropoints} millionths, the level is {score.level} points"
                )
            scores.append(score)
        return tuple(scores)

    def _rejected_kinds(self) -> Iterator[RejectedKind]:
        columns = tuple(column.name for column in results.REJECTED)
        order = (("file", "ascending"), ("offset", "ascending"), ("path", "ascending"))
        groups = _Groups(self._table("rejected"), ("code", "level"), order)
        for code, level in groups.spans:
            rows = groups.rows(columns, code, level, first=EXAMPLES_SHOWN)
            yield RejectedKind(
                code, level, groups.size(code, level), tuple(Rejected(*row) for row in rows)
            )


def _by_name(body: BodyName) -> tuple[bool, str, str]:
    return (body.name is None, (body.name or "").casefold(), body.body_id)


_GRADE_ORDER = {Grade.STRONG: 0, Grade.MODERATE: 1, Grade.TOO_LITTLE: 2}


def _strongest_first(figure: Figure) -> tuple[int, int]:
    return (_GRADE_ORDER[figure.grade], -figure.n)


def _most_cases_first(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    return tuple(sorted(missing, key=lambda one: (-one.cases, one.indicator, one.state, one.field)))


def _nearest(wanted: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(wanted, list(known), n=3)
    return f" Did you mean {', '.join(close)}?" if close else ""


def _card(entry: dict[str, Any]) -> Card:
    return Card(
        code=entry["code"],
        name=entry["name"],
        pillar=entry["pillar"],
        title=entry["title"],
        question=entry["question"],
        unit=entry["unit"],
        direction=entry["direction"],
        source=entry["source"],
        verified=entry["verified"],
        minimum_cases=entry["minimum_cases"],
        version=entry["version"],
        status=entry["status"],
        value_unit=entry["value_unit"],
        figure=entry["figure"],
        scale=entry["scale"],
        window=entry["window"],
        confounds=tuple(entry["confounds"]),
        beside=tuple(entry["beside"]),
        cases_of=entry["cases_of"],
        thresholds=tuple((name, str(value)) for name, value in entry["thresholds"].items()),
        tables=tuple(entry["tables"]),
        fields=tuple(entry["fields"]),
        sql=entry["sql"],
        why=entry["why"],
        misleads=entry["misleads"],
        clears=entry["clears"],
        examples=tuple(_example(one) for one in entry["examples"]),
    )


def _example(entry: dict[str, Any]) -> Example:
    given = tuple((table, *_grid(rows)) for table, rows in entry["given"].items())
    return Example(entry["title"], entry["as_of"], given, _grid(entry["expect"]))


def _grid(rows: list[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[tuple[object, ...], ...]]:
    """Rows as a heading and lines; the heading names every column that any row has, keys first."""
    names = dict.fromkeys(name for row in rows for name in row)
    heading = tuple(sorted(names, key=lambda name: (name != "pid", not name.endswith("_no"))))
    return heading, tuple(tuple(row.get(name) for name in heading) for row in rows)

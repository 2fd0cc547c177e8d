"""Measure what ledgers tell: the same tables as `run.measure` gives, and what stands behind them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.link.register import Register
from troth.measure.entries import Said, carried, said
from troth.measure.examples import names_of
from troth.measure.figures import reckon
from troth.measure.figures.base import Judged, Reckoned
from troth.measure.grouped import months_before
from troth.measure.intervals import wilson
from troth.measure.plan import Plan, Planned
from troth.measure.run import ALL, ENOUGH, NO_CASE, NO_FIELD, UNDATED, few
from troth.store.plain import give_back, in_memory
from troth.tables import LEDGERS
from troth.tables.body import PUBLIC_BODY
from troth.tables.results import COVERAGE, DETAIL, ENTRY, MEASUREMENT, MISSING
from troth.tables.states import FIRST_FAULT, FIRST_MISSING, FLAGGED, NOT_APPLICABLE, NOT_FLAGGED

#: Stands beside a figure that can be told from two ledgers: the one that it is from.
TOLD_FROM = "told from the ledger"

#: So many entries of each body and indicator are published with their figure.
ENTRIES_SHOWN = 50

#: What is not shown of an entry: keys of firms mean nothing outside the store.
_NOT_SHOWN = frozenset({"supplier_key", "body_kind", "file", "line"})


@dataclass(frozen=True)
class LedgersMeasured:
    """The tables that measuring ledgers gives, each as declared in `tables/results.py`."""

    measurement: pa.Table
    missing: pa.Table
    coverage: pa.Table
    entry: pa.Table
    detail: pa.Table


@dataclass(frozen=True)
class _Period:
    """Cases of one period: a calendar year, or all that the card looks at."""

    name: str
    chosen: np.ndarray  # of every case
    first: np.datetime64
    last: np.datetime64


def measure_ledgers(
    ledgers: Mapping[str, pa.Table],
    plan: Plan,
    register: Register,
    body_ids: pa.Array,
    as_of: date,
    *,
    threads: int = 1,
    memory: str = "500MB",
) -> LedgersMeasured:
    """Measure every indicator whose ledgers have entries, as of this day.

    `ledgers` gives the entries by the name of their table, each with `file` and `line`. `body_ids`
    are the registered bodies; an entry of another body is in nobody's figures. An indicator without
    entries in a table that it cannot do without is not run, and has no row of coverage. Where it can
    be told from a second ledger, that is asked of the bodies of which the first says too little.
    """
    engine = in_memory(threads, memory)
    given = {name: rows for name, rows in ledgers.items() if rows.num_rows}
    looked_at = {}
    for name, table in LEDGERS.items():
        rows = given.get(name)
        if rows is None:
            rows = table.empty()
        looked_at[name] = carried(table, rows, body_ids)
        engine.register(name, looked_at[name])
    found = _Found()
    known = catalogue()
    for planned in plan.indicators:
        indicator = known[planned.code]
        if not indicator.of_ledger:
            continue
        asked = [one for one in (indicator, indicator.second) if one and runs(one, given)]
        parts = [
            _Measuring(
                one, _planned(one, planned), said(one, engine, as_of), looked_at, body_ids, as_of
            )
            for one in asked
        ]
        if parts:
            found.add(parts, given, is_either=indicator.second is not None)
        # What one indicator held, the next need not find held.
        del parts
        give_back()
    engine.close()
    del looked_at
    return LedgersMeasured(
        register.admit(_together(MEASUREMENT.arrow, found.measurement)),
        register.admit(_together(MISSING.arrow, found.missing)),
        COVERAGE.rows(found.coverage),
        register.admit(_together(ENTRY.arrow, found.entries())),
        register.admit(_together(DETAIL.arrow, found.detail)),
    )


def runs(indicator: Indicator, given: Mapping[str, pa.Table]) -> bool:
    """Whether there are entries in every table that the indicator cannot do without, and in any."""
    needed = [name for name in indicator.tables if name not in indicator.card.optional]
    return all(name in given for name in needed) and any(name in given for name in indicator.tables)


def _given(name: str, given: Mapping[str, pa.Table]) -> pa.Table:
    """The entries of a ledger, of which there may be none; they have a file and a line."""
    if name in given:
        return given[name]
    schema = LEDGERS[name].arrow.append(pa.field("file", pa.string()))
    return schema.append(pa.field("line", pa.int64())).empty_table()


def _planned(indicator: Indicator, planned: Planned) -> Planned:
    """The plan of the formula that is asked: the catalogue's, or that of its second one."""
    if planned.kind == indicator.case_kind:
        return planned
    missing, faults = names_of(indicator)
    return replace(planned, kind=indicator.case_kind, missing=missing, faults=faults)


def _together(schema: pa.Schema, tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *(one.cast(schema) for one in tables)])


class _Found:
    """What is found of one indicator after the other."""

    def __init__(self) -> None:
        self.measurement: list[pa.Table] = []
        self.missing: list[pa.Table] = []
        self.coverage: list[dict[str, object]] = []
        self.detail: list[pa.Table] = []
        self._entry: list[pa.Buffer] = []

    def add(
        self, parts: Sequence[_Measuring], given: Mapping[str, pa.Table], *, is_either: bool
    ) -> None:
        """One indicator; `is_either` says that it can be told from two ledgers, given or not."""
        tables = [[one.measured(period) for period in one.periods()] for one in parts]
        rows = [pa.concat_tables([row for row, _ in periods]) for periods in tables]
        details = [pa.concat_tables([detail for _, detail in periods]) for periods in tables]
        missing = [one.missing() for one in parts]
        entries = [one.entries(_given(one.indicator.case_kind, given)) for one in parts]
        if not is_either:
            (whole,) = rows
        else:
            places = _places(rows)
            whole = _ordered(_of_places(rows, places), parts[0].body_ids)
            details = [
                _of_places(details, places),
                _told_from(whole, places, [one.indicator.case_kind for one in parts]),
            ]
            overall = {body: place for (body, period), place in places.items() if period == ALL}
            missing, entries = ([_of_bodies(found, overall)] for found in (missing, entries))
        self.measurement.append(whole)
        self.detail += details
        self.missing += missing
        self.coverage.append(coverage(parts, whole.filter(pc.equal(whole["period"], ALL))))
        self._entry += [_packed(one) for one in entries]

    def entries(self) -> list[pa.Table]:
        """The entries behind all figures; they are handed out once."""
        found = []
        while self._entry:
            found.append(pa.ipc.open_stream(self._entry.pop(0)).read_all())
        return found


def _packed(rows: pa.Table) -> pa.Buffer:
    """Rows that nobody asks for yet, compressed: texts of entries are long, and much alike."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, rows.schema, options=options) as stream:
        stream.write_table(rows)
    return sink.getvalue()


#: A body and a period.
_Place = tuple[str, str]


def _keys(rows: pa.Table) -> list[_Place]:
    return list(zip(rows["body_id"].to_pylist(), rows["period"].to_pylist(), strict=True))


def _places(rows: Sequence[pa.Table]) -> dict[_Place, int]:
    """From which ledger the figure of each body and period is: the first that has one to publish,
    or else the first that says anything."""
    found: dict[_Place, int] = {}
    published: set[_Place] = set()
    for number, of_one in enumerate(rows):
        for key, status in zip(_keys(of_one), of_one["status"].to_pylist(), strict=True):
            if key not in found or (key not in published and status == "published"):
                found[key] = number
            if status == "published":
                published.add(key)
    return found


def _of_places(tables: Sequence[pa.Table], places: Mapping[_Place, int]) -> pa.Table:
    """The rows of each body and period that come from the ledger chosen for them."""
    return pa.concat_tables(
        rows.filter(pa.array([places[key] == number for key in _keys(rows)], pa.bool_()))
        for number, rows in enumerate(tables)
    )


def _of_bodies(tables: Sequence[pa.Table], chosen: Mapping[str, int]) -> pa.Table:
    """The rows of each body that come from the ledger from which its figure over all is; all of a
    body that has none."""
    return pa.concat_tables(
        rows.filter(
            pa.array(
                [chosen.get(body, number) == number for body in rows["body_id"].to_pylist()],
                pa.bool_(),
            )
        )
        for number, rows in enumerate(tables)
    )


def _ordered(rows: pa.Table, body_ids: pa.Array) -> pa.Table:
    """All first, then the years, then what has no day; bodies in the order of the register."""
    periods = rows["period"].to_pylist()
    late = {ALL: 0, UNDATED: 2}
    bodies = pc.index_in(rows["body_id"].cast(pa.string()), value_set=body_ids).to_pylist()
    order = sorted(
        range(len(periods)), key=lambda one: (late.get(periods[one], 1), periods[one], bodies[one])
    )
    return rows.take(pa.array(order, pa.int64()))


def _told_from(whole: pa.Table, places: Mapping[_Place, int], ledgers: Sequence[str]) -> pa.Table:
    """Rows of `detail` that say from which ledger each published figure is."""
    shown = whole.filter(pc.equal(whole["status"], "published"))
    return DETAIL.rows(
        [
            {
                "body_id": body,
                "body_kind": PUBLIC_BODY,
                "indicator": code,
                "period": period,
                "what": TOLD_FROM,
                "value": None,
                "words": ledgers[places[body, period]],
            }
            for (body, period), code in zip(
                _keys(shown), shown["indicator"].to_pylist(), strict=True
            )
        ]
    )


def coverage(parts: Sequence[_Measuring], whole: pa.Table) -> dict[str, object]:
    """A row of `coverage`: every case, also those of no known body; and how many bodies."""
    states = np.concatenate([of.state for one in parts for of in (one.said, one.of_nobody)])
    statuses = whole["status"].to_pylist()
    published = whole.filter(pc.equal(whole["status"], "published"))["value"].to_numpy()
    is_share = parts[0].indicator.figure is None

    def cases(which: np.ndarray) -> int:
        return int(which.sum())

    return {
        "indicator": parts[0].planned.code,
        "flagged": cases(states == FLAGGED),
        "not_flagged": cases(states == NOT_FLAGGED),
        "not_applicable": cases(states == NOT_APPLICABLE),
        "insufficient_data": cases((states >= FIRST_MISSING) & (states < FIRST_FAULT)),
        "error": cases(states >= FIRST_FAULT),
        "bodies_measured": statuses.count("published"),
        "bodies_too_few": statuses.count("too_few_cases") + statuses.count("withheld"),
        "bodies_not_measurable": statuses.count("not_measurable"),
        "middle": None if is_share or not len(published) else float(np.median(published)),
    }


class _Measuring:
    """One indicator and what its formula said."""

    def __init__(
        self, indicator: Indicator, planned: Planned, spoken: Said, tables: Mapping[str, pa.Table],
        body_ids: pa.Array, as_of: date,
    ) -> None:  # fmt: skip
        self.indicator, self.planned = indicator, planned
        self.tables, self.body_ids, self.bodies = tables, body_ids, len(body_ids)
        self.today: np.datetime64 = np.datetime64(as_of, "D")
        # What comes after the day of judgement is not known on it.
        there = np.isnat(spoken.when) | (spoken.when <= self.today)
        mine = there & (spoken.body >= 0) & (spoken.body < self.bodies)
        self.said = _taken(spoken, mine)
        self.of_nobody = _taken(spoken, there & ~mine)
        self.judged = (self.said.state == FLAGGED) | (self.said.state == NOT_FLAGGED)

    def periods(self) -> Iterator[_Period]:
        """All first, then each calendar year where the figure of a year is that of its cases."""
        when, today = self.said.when, self.today
        card, figure = self.indicator.card, self.indicator.figure
        first: np.datetime64 = np.datetime64("0001-01-01", "D")
        if card.window is not None:
            first = months_before(today, card.window)
        yield _Period(ALL, np.isnat(when) | (when > first), first, today)
        if not self.said.dated or (figure is not None and not figure.additive):
            return
        undated = np.isnat(when)
        # Half as large as days are, while the years are gone through.
        years = when.astype("datetime64[Y]").astype(np.int64)
        years = np.where(undated, _NO_YEAR, years).astype(np.int32)
        for number in np.unique(years):
            if number == _NO_YEAR:
                continue
            year = np.datetime64(int(number), "Y")
            begins, ends = year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]") - 1
            yield _Period(str(year), years == number, begins - 1, min(ends, today))
        if undated.any():
            yield _Period(UNDATED, undated, first, today)

    def measured(self, period: _Period) -> tuple[pa.Table, pa.Table]:
        """Rows of `measurement` and of `detail` of one period."""
        of, chosen = self.said, period.chosen

        def count(which: np.ndarray, each: np.ndarray | None = None) -> np.ndarray:
            rows = chosen & which
            if each is None:
                return np.bincount(of.body[rows], minlength=self.bodies)
            # Whole numbers below 2^53: exact as sums of doubles.
            return np.bincount(of.body[rows], each[rows], self.bodies).astype(np.int64)

        cases = count(self.judged, of.of)
        hits = count(of.state == FLAGGED) if of.hits is None else count(self.judged, of.hits)
        unknown = count((of.state >= FIRST_MISSING) & (of.state < FIRST_FAULT))
        error = count(of.state >= FIRST_FAULT)
        not_applicable = count(of.state == NOT_APPLICABLE)
        figure = self.indicator.figure
        if figure is None:
            low, high = wilson(hits, cases)
            with np.errstate(divide="ignore", invalid="ignore"):
                got = Reckoned(hits / cases, low, high, np.full(self.bodies, np.nan))
        else:
            got = reckon(figure.name)(self._judged(period))
        n = cases if got.n is None else np.asarray(got.n, np.int64)
        # A figure may rest on other entries than the cases, of bodies that have no case.
        concerned = cases + unknown + error + n > 0
        if period.name == ALL:
            concerned |= not_applicable > 0
        at = np.flatnonzero(concerned)
        reasons, statuses = self._statuses(got, n, unknown + error)
        hidden = np.array([one != "published" for one in statuses])[at]
        size = len(at)

        def shown(values: np.ndarray) -> pa.Array:
            own = np.asarray(values, np.float64)[at]
            return pa.array(own, pa.float64(), mask=hidden | ~np.isfinite(own))

        rows = pa.table(
            [
                self.body_ids.take(pa.array(at)),
                pa.repeat(PUBLIC_BODY, size),
                pa.repeat(self.planned.code, size),
                pa.repeat(period.name, size),
                pa.repeat(pa.scalar(self.planned.version, pa.int64()), size),
                n[at],
                hits[at] if figure is None else pa.nulls(size, pa.int64()),
                unknown[at],
                not_applicable[at],
                error[at],
                shown(got.value),
                shown(got.low),
                shown(got.high),
                shown(_above_nothing(got.std_err))
                if figure is not None
                else pa.nulls(size, pa.float64()),
                pa.array([statuses[one] for one in at], pa.string()),
                pa.array([reasons[one] for one in at], pa.string()),
            ],
            schema=MEASUREMENT.arrow,
        )
        return rows, self._details(got, period, {int(one) for one in at[~hidden]}, at)

    def _judged(self, period: _Period) -> Judged:
        figure = self.indicator.figure
        assert figure is not None
        rows = self.judged & period.chosen
        own = _taken(self.said, rows)
        return Judged(
            bodies=self.bodies,
            body=own.body.astype(np.int64),
            entry=own.entry,
            when=own.when,
            value=own.value,
            flagged=own.state == FLAGGED,
            kept={name: _wide(values) for name, values in own.kept.items()},
            texts=own.texts,
            first=period.first,
            last=period.last,
            tables={name: self.tables[name] for name in self.indicator.tables},
            settings=figure.settings,
        )

    def _statuses(
        self, got: Reckoned, n: np.ndarray, unknown: np.ndarray
    ) -> tuple[list[str], list[str]]:
        """Of every body the reason in words, and the status."""
        minimum = self.planned.minimum_cases
        withheld = got.withheld or [None] * self.bodies
        reasons, statuses = [], []
        for value, cases, open_, why in zip(
            np.asarray(got.value, np.float64).tolist(), n.tolist(), unknown.tolist(), withheld,
            strict=True,
        ):  # fmt: skip
            if cases == 0:
                status = "not_measurable" if open_ else "not_applicable"
                reason = NO_FIELD if open_ else NO_CASE
            elif cases < minimum:
                status = "too_few_cases"
                reason = few(cases, minimum)
            elif why is not None:
                status, reason = "withheld", why
            elif not np.isfinite(value):
                status, reason = "withheld", CANNOT_TELL
            else:
                status, reason = "published", ENOUGH
            statuses.append(status)
            reasons.append(reason)
        return reasons, statuses

    def _details(
        self, got: Reckoned, period: _Period, shown: set[int], concerned: np.ndarray
    ) -> pa.Table:
        rows = [
            self._detail(body, period, what, value, None)
            for what, value in got.pooled.items()
            if np.isfinite(value)
            for body in concerned.tolist()
        ]
        for what in (*got.details, *got.words):
            numbers = got.details.get(what)
            words = got.words.get(what)
            for body in sorted(shown):
                value = None if numbers is None else float(numbers[body])
                word = None if words is None else words[body]
                if word is None and (value is None or not np.isfinite(value)):
                    continue
                rows.append(self._detail(body, period, what, value, word))
        return DETAIL.rows(rows)

    def _detail(
        self, body: int, period: _Period, what: str, value: float | None, words: str | None
    ) -> dict[str, object]:
        return {
            "body_id": self.body_ids[body].as_py(),
            "body_kind": PUBLIC_BODY,
            "indicator": self.planned.code,
            "period": period.name,
            "what": what,
            "value": value,
            "words": words,
        }

    def missing(self) -> pa.Table:
        """Rows of `missing`: what was absent or contradictory, how often, over all."""
        of = self.said
        rows = []
        open_ = of.state >= FIRST_MISSING
        pairs, cases = np.unique(
            np.stack([of.body[open_], of.state[open_].astype(np.int64)]), axis=1, return_counts=True
        )
        for (body, state), count in zip(pairs.T.tolist(), cases.tolist(), strict=True):
            is_fault = state >= FIRST_FAULT
            names = self.planned.faults if is_fault else self.planned.missing
            rows.append(
                {
                    "body_id": self.body_ids[body].as_py(),
                    "body_kind": PUBLIC_BODY,
                    "indicator": self.planned.code,
                    "state": "error" if is_fault else "insufficient_data",
                    "field": names[state - (FIRST_FAULT if is_fault else FIRST_MISSING)],
                    "cases": count,
                }
            )
        return MISSING.rows(rows)

    def entries(self, rows: pa.Table) -> pa.Table:
        """Rows of `entry`: of each body the flagged cases first, then those of the largest value."""
        table = LEDGERS[self.indicator.case_kind]
        period = next(self.periods())
        own = _taken(self.said, self.judged & period.chosen)
        flagged = own.state == FLAGGED
        size = np.where(np.isnan(own.value), -np.inf, own.value)
        order = np.lexsort((own.entry, -size, ~flagged, own.body))
        body = own.body[order]
        begins = np.searchsorted(body, body)
        order = order[np.arange(len(order)) - begins < ENTRIES_SHOWN]
        picked = rows.take(pa.array(own.entry[order]))
        texts = _as_texts(picked.select([one for one in table.names if one not in _NOT_SHOWN]))
        keys = [picked[name].cast(pa.string()) for name in table.key]
        years = own.when[order].astype("datetime64[Y]")
        count = len(order)
        values = own.value[order]
        return pa.table(
            [
                self.body_ids.take(pa.array(own.body[order])),
                pa.repeat(PUBLIC_BODY, count),
                pa.repeat(self.planned.code, count),
                pa.array([UNDATED if np.isnat(one) else str(one) for one in years], pa.string()),
                pa.repeat(table.name, count),
                pc.binary_join_element_wise(*keys, "/", null_handling="skip"),
                pa.array(flagged[order]),
                pa.array(values, pa.float64(), mask=np.isnan(values)),
                picked["file"].cast(pa.string()),
                picked["line"],
                texts,
            ],
            schema=ENTRY.arrow,
        )


def _above_nothing(std_err: np.ndarray) -> np.ndarray:
    """Where all cases are alike an error comes out as 0, which says that nothing is known of it."""
    return np.where(np.asarray(std_err, np.float64) > 0, std_err, np.nan)


#: Stands for the year of what has no day.
_NO_YEAR = np.iinfo(np.int32).min

CANNOT_TELL = "the figure cannot be told from these cases"


def _taken(of: Said, rows: np.ndarray) -> Said:
    """The cases of these rows; the same object where they are all of them."""
    if rows.all():
        return of
    kept = {name: values[rows] for name, values in of.kept.items()}
    return Said(
        of.entry[rows], of.body[rows], of.when[rows], of.state[rows], of.value[rows], kept, of.texts,
        of.dated,
        None if of.of is None else of.of[rows],
        None if of.hits is None else of.hits[rows],
    )  # fmt: skip


def _wide(values: np.ndarray) -> np.ndarray:
    """Codes of texts as figures reckon with them: products of codes and bodies are large."""
    return values.astype(np.int64) if values.dtype == np.int32 else values


def _as_texts(rows: pa.Table) -> pa.Array:
    """Entries as JSON: their columns as they were read, without those that are empty.

    Column by column, each different value written once: entries are many, and values repeat.
    """
    parts = []
    for name in rows.column_names:
        coded = rows[name].combine_chunks()
        if not pa.types.is_dictionary(coded.type):
            coded = coded.dictionary_encode()
        written = [
            f"{json.dumps(name)}:{_as_json(value)}" for value in coded.dictionary.to_pylist()
        ]
        parts.append(pa.array(written, pa.string()).take(coded.indices))
    if not parts or not rows.num_rows:
        return pa.array([], pa.string())
    joined = pc.binary_join_element_wise(*parts, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", joined, "}", "")


def _as_json(value: Any) -> str:
    shown = value.isoformat() if isinstance(value, date | datetime) else value
    return json.dumps(shown, ensure_ascii=False)

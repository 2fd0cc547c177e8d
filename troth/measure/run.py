"""Measure: from facts to measurements of public bodies, with what stands behind each.

Nothing is weighed here. For every body, indicator and period: how many cases could be judged, in
how many it happened, how many lacked a field, contradicted themselves or were none of the rule's
business; the share with its Wilson interval where there are enough cases, and the reason where
there are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.link.register import Register
from troth.measure import compare
from troth.measure.cases import Ask, ReadFacts, facts_of
from troth.measure.counts import Counts, counts_by_sql, counts_of
from troth.measure.intervals import wilson
from troth.measure.plan import Plan, Planned
from troth.tables.body import PUBLIC_BODY
from troth.tables.results import (
    COVERAGE,
    LATEST_RELEASE,
    MEASUREMENT,
    MISSING,
    NO_RELEASE_DATE,
    STATED,
)
from troth.tables.states import (
    CASE_KEYS,
    FIRST_FAULT,
    FIRST_MISSING,
    FLAGGED,
    NOT_APPLICABLE,
    NOT_FLAGGED,
)

#: Every case together, and cases of which no date is known.
ALL, UNDATED = "all", "undated"


@dataclass(frozen=True)
class Measured:
    """The tables that measuring gives, each as declared in `tables/results.py`."""

    measurement: pa.Table
    missing: pa.Table
    coverage: pa.Table


def measure(
    ask: Ask,
    plan: Plan,
    register: Register,
    body_ids: Mapping[int, str],
    read: ReadFacts | None = None,
    threads: int = 1,
) -> Measured:
    """Measure every indicator over the fact tables that `ask` gives rows of (`fact_<kind>`).

    `read` gives their columns where there is a faster way to them than to ask (`facts_in`),
    which several `threads` may go at once.
    `body_ids` gives the identifier of each body key; a case of a body that is not in the register
    counts in coverage and in nobody's figures.
    """
    measurements, missing, coverage = [], [], []
    keys = pa.array(list(body_ids), pa.int64())
    ids = pa.array(list(body_ids.values()), pa.string())
    counts = _counts(ask, plan, read, threads)
    for planned in plan.of_processes:
        counted = _Counted(planned, counts[planned.code], keys)
        measured = counted.measurements(ids)
        measurements.append(measured)
        missing.append(counted.missing(ids))
        coverage.append(counted.coverage(measured))
    return Measured(
        register.admit(pa.concat_tables(measurements)),
        register.admit(pa.concat_tables(missing)),
        COVERAGE.rows(coverage),
    )


def _counts(ask: Ask, plan: Plan, read: ReadFacts | None, threads: int) -> dict[str, Counts]:
    """The counts of every indicator. Arrays count one kind of case after the other, while the
    engine decides the comparisons that they do not know."""
    kinds = [kind for kind in CASE_KEYS if plan.of_kind(kind)]
    found: dict[str, Counts] = {}

    def by_sql(indicators: Iterable[Planned]) -> None:
        found.update({planned.code: counts_by_sql(ask, planned) for planned in indicators})

    def by_arrays(kind: str) -> dict[str, Counts]:
        return counts_of(kind, plan.of_kind(kind), read or facts_of(ask))

    unknown = [one for one in plan.of_processes if one.judge and not compare.knows(one.comparison)]
    if read is None:  # an engine answers one question at a time
        by_sql(unknown)
        for kind in kinds:
            found.update(by_arrays(kind))
    else:
        with ThreadPoolExecutor(threads) as pool:
            counted = pool.map(by_arrays, kinds)
            by_sql(unknown)
            for counts in counted:
                found.update(counts)
    by_sql(planned for planned in plan.of_processes if planned.code not in found)
    return found


class _Counted:
    """The counts of one indicator, as arrays over its (body, year, state) rows."""

    def __init__(self, planned: Planned, counted: Counts, keys: pa.Array) -> None:
        self.planned = planned
        # By index, not by value: an array with a gap in it would become one of floats, which cannot
        # hold a key of 63 bits.
        body = pc.index_in(counted.body_key, value_set=keys, skip_nulls=True)
        self.known = np.asarray(body.is_valid())
        self.body = np.asarray(body.fill_null(-1))
        self.bodies = len(keys)
        self.year = np.asarray(counted.year.fill_null(0))
        self.state, self.cases = counted.state, counted.cases
        self.of, self.hits = counted.of, counted.hits
        if not planned.counted:
            self.of, self.hits = self.cases, np.where(self.state == FLAGGED, self.cases, 0)

    def measurements(self, ids: pa.Array) -> pa.Table:
        """Rows of `measurement`: each body and year with a case the rule concerns, and `all`."""
        years = np.unique(self.year[self.known])
        slot = np.searchsorted(years, self.year)
        slots = len(years)
        cell = self.body * slots + slot

        def per_cell(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
            chosen = rows & self.known
            by_year = np.bincount(cell[chosen], weights[chosen], self.bodies * slots).astype(
                np.int64
            )
            by_year = by_year.reshape(self.bodies, slots)
            return np.concatenate([by_year, by_year.sum(axis=1, keepdims=True)], axis=1)

        judged = (self.state == FLAGGED) | (self.state == NOT_FLAGGED)
        n = per_cell(judged, self.of)
        parts = per_cell(judged, self.cases)
        hits = per_cell(judged, self.hits)
        unknown = per_cell((self.state >= FIRST_MISSING) & (self.state < FIRST_FAULT), self.cases)
        contradicting = per_cell(self.state >= FIRST_FAULT, self.cases)
        not_applicable = per_cell(self.state == NOT_APPLICABLE, self.cases)
        concerned = n + unknown + contradicting > 0
        concerned[:, -1] |= not_applicable[:, -1] > 0
        body, column = np.nonzero(concerned)
        periods = pa.array([*(str(y) if y else UNDATED for y in years.tolist()), ALL], pa.string())
        picked = (
            n[body, column],
            parts[body, column],
            hits[body, column],
            unknown[body, column],
            not_applicable[body, column],
            contradicting[body, column],
        )
        return self._rows(ids.take(pa.array(body)), periods.take(pa.array(column)), *picked)

    def _rows(
        self, body_id: pa.Array, period: pa.Array, n: np.ndarray, parts: np.ndarray, hits: np.ndarray,
        unknown: np.ndarray, not_applicable: np.ndarray, contradicting: np.ndarray,
    ) -> pa.Table:  # fmt: skip
        enough = n >= self.planned.minimum_cases
        # One process with forty bids is forty bids, and says little about the body (D1).
        published = enough & (parts >= FEWEST_PROCESSES) if self.planned.counted else enough
        low, high = wilson(hits, n)
        withheld = ~published
        with np.errstate(divide="ignore", invalid="ignore"):
            value = hits / n
        status = np.select(
            [published, n > 0, unknown + contradicting > 0],
            [STATUSES.index(one) for one in ("published", "too_few_cases", "not_measurable")],
            STATUSES.index("not_applicable"),
        )
        count = len(body_id)
        return pa.table(
            [
                body_id,
                pa.repeat(PUBLIC_BODY, count),
                pa.repeat(self.planned.code, count),
                period,
                pa.repeat(pa.scalar(self.planned.version, pa.int64()), count),
                n,
                hits,
                unknown,
                not_applicable,
                contradicting,
                pa.array(value, pa.float64(), mask=withheld),
                pa.array(low, pa.float64(), mask=withheld),
                pa.array(high, pa.float64(), mask=withheld),
                pa.nulls(count, pa.float64()),
                pa.array(STATUSES, pa.string()).take(pa.array(status)),
                self._reasons(status, n),
            ],
            schema=MEASUREMENT.arrow,
        )

    def _reasons(self, status: np.ndarray, n: np.ndarray) -> pa.Array:
        """The status in words; the few different sentences are made once each."""
        minimum = self.planned.minimum_cases
        too_few = (few(count, minimum) for count in range(minimum))
        sentences = [*_REASONS, *too_few, _ALONE]
        which = np.where(
            status == STATUSES.index("too_few_cases"),
            len(_REASONS) + np.minimum(n, minimum),
            status,
        )
        return pa.array(sentences, pa.string()).take(pa.array(which))

    def missing(self, ids: pa.Array) -> pa.Table:
        """Rows of `missing`: what was absent or contradictory, how often, over all years."""
        rows = self.known & (self.state >= FIRST_MISSING)
        width = int(self.state.max(initial=0)) + 1
        cell = self.body * width + self.state
        found = np.bincount(cell[rows], self.cases[rows], self.bodies * width).astype(np.int64)
        at = np.flatnonzero(found)
        body, state = np.divmod(at, width)
        fault = (state >= FIRST_FAULT).astype(np.int64)
        fields = pa.array([*self.planned.missing, *self.planned.faults], pa.string())
        first = np.where(fault, FIRST_FAULT - len(self.planned.missing), FIRST_MISSING)
        return pa.table(
            [
                ids.take(pa.array(body)),
                pa.repeat(PUBLIC_BODY, len(at)),
                pa.repeat(self.planned.code, len(at)),
                pa.array(["insufficient_data", "error"], pa.string()).take(pa.array(fault)),
                fields.take(pa.array(state - first)),
                found[at],
            ],
            schema=MISSING.arrow,
        )

    def coverage(self, measured: pa.Table) -> dict[str, object]:
        """A row of `coverage`: every case, also those of no known body; and how many bodies."""
        whole = measured.filter(pc.equal(measured["period"], ALL))
        statuses = whole["status"].to_pylist()

        def cases(rows: np.ndarray) -> int:
            return int(self.cases[rows].sum())

        return {
            "indicator": self.planned.code,
            "flagged": cases(self.state == FLAGGED),
            "not_flagged": cases(self.state == NOT_FLAGGED),
            "not_applicable": cases(self.state == NOT_APPLICABLE),
            "insufficient_data": cases((self.state >= FIRST_MISSING) & (self.state < FIRST_FAULT)),
            "error": cases(self.state >= FIRST_FAULT),
            "bodies_measured": statuses.count("published"),
            "bodies_too_few": statuses.count("too_few_cases"),
            "bodies_not_measurable": statuses.count("not_measurable"),
            "middle": None,
        }


#: Where a case counts several things (the bids of a process), so many processes at the least.
FEWEST_PROCESSES = 2

_ALONE = "all of one process, and one process says little about a body"

#: What a figure may be, and why in words where that does not depend on the number of cases.
STATUSES = ("published", "not_measurable", "not_applicable", "too_few_cases")
ENOUGH, NO_FIELD, NO_CASE = _REASONS = (
    "enough cases",
    "every case lacks a field that the rule needs",
    "the rule concerns none of the cases",
)


def few(n: int, minimum: int) -> str:
    return f"{n} {'case' if n == 1 else 'cases'}, fewer than {minimum}"


def as_of_of(latest: date | None, stated: date | None) -> tuple[date, str]:
    """The day as of which all is judged, and where it comes from: the stated one, else the latest
    release in the data. Without either nothing is old enough to be judged by its age, and nothing
    can be published (`pipeline.release`)."""
    if stated is not None:
        return stated, STATED
    if latest is not None:
        return latest, LATEST_RELEASE
    return date(1970, 1, 1), NO_RELEASE_DATE

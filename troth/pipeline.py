"""The line as code. Read this first.

    records -> sources -> tables -> facts -> measure -> score -> publish -> site
    ledgers -> sources -> tables ----------> measure -^

What lies between two steps is always tables declared in `troth/tables`; each step is a folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from troth import __version__
from troth.errors import UsageError
from troth.link.bodies import bodies, with_bodies
from troth.link.register import Register, admissible
from troth.measure.batch import FactsOf
from troth.measure.cases import facts_in
from troth.measure.evidence import evidence
from troth.measure.plan import Plan, plan
from troth.measure.run import Measured, as_of_of, measure
from troth.score.level import Levels, levels
from troth.score.recipe import FIRST, Recipe
from troth.sources.bodies_csv import described, names_of, no_register, read_bodies
from troth.sources.load import load
from troth.sources.persons import is_natural_person
from troth.store.generations import STORE, Working
from troth.store.plain import dead_in, judged_as_of, over, rows_of
from troth.tables.results import (
    COURSES,
    DETAIL,
    ENTRY,
    INPUT,
    LAST_PUBLISHED,
    NO_RELEASE_DATE,
    REJECTED,
    RUN,
)

if TYPE_CHECKING:
    from troth.publish.previous import Previous
    from troth.sources.ledgers.given import Given
    from troth.sources.ledgers.read import Ledgers


@dataclass(frozen=True)
class Options:
    """How to run; what changes a figure is `as_of`, `recipe`, the register of `bodies` and the
    release it is held against (`previous`), the rest only how it is made."""

    out: Path
    as_of: date | None = None
    recipe: Recipe = FIRST
    bodies: Path | None = None
    previous: Path | None = None
    jobs: int = 2
    memory: str = "1GB"
    strict: bool = False
    audit: bool = False
    update: bool = False
    records: int = 3_000
    licences: Sequence[dict[str, str]] = ()
    ledgers: Sequence[Given] = ()


@dataclass(frozen=True)
class Scored:
    """What the line holds after scoring, before anything is published."""

    how: str  # read, reuse, remap or update
    run: pa.Table
    input: pa.Table
    body: pa.Table
    measured: Measured
    entry: pa.Table
    detail: pa.Table
    last: pa.Table  # what bodies published last of what they are silent on
    courses: Mapping[str, pa.Table]  # what ledgers say happened, for pages to draw
    levels: Levels
    plan: Plan
    described: int  # rows of the register of bodies
    ledgers: Ledgers | None  # what ledgers gave, without their entries


def run_to_score(
    data: Sequence[str], options: Options, progress: Callable[[int], None] | None = None
) -> Scored:
    """From inputs to scores: load, find the bodies, measure, score."""
    working = Working(options.out / STORE)
    planned = plan()
    how = load(
        data, working, each=FactsOf(planned), digest=planned.digest,
        jobs=options.jobs, memory=options.memory,
        audit=options.audit, strict=options.strict, update=options.update,
        may_be_none=bool(options.ledgers), progress=progress,
    )  # fmt: skip
    return measure_again(options, planned, how)


def measure_again(options: Options, planned: Plan, how: str = "reuse") -> Scored:
    """From the working tables to scores, without the inputs."""
    with _Opened(options) as opened:
        register = Register(opened.body, is_person=is_natural_person)
        measured = measure(
            opened.ask, planned, register, opened.body_ids,
            facts_in(opened.path, opened.as_of), options.jobs,
        )  # fmt: skip
        measured, entry, detail = _with_ledgers(measured, opened, planned, register)
        told = _courses(opened, register)
        previous, last = _previous(opened, measured.measurement, planned)
        recipe = options.recipe.among([one.code for one in planned.indicators])
        found = levels(measured.measurement, opened.body, recipe, last)
        run = _run(opened, planned, options, recipe, previous)
        return Scored(
            how, run, opened.input, opened.body, measured, entry, detail, last, told, found,
            planned, len(opened.known.bodies),
            None if opened.ledgers is None else opened.ledgers.without_entries(),
        )  # fmt: skip


def _with_ledgers(
    measured: Measured, opened: _Opened, planned: Plan, register: Register
) -> tuple[Measured, pa.Table, pa.Table]:
    """The measurements of records and of ledgers together, and what is behind those of ledgers."""
    if opened.ledgers is None:
        return measured, ENTRY.empty(), DETAIL.empty()
    from troth.measure.ledgers import measure_ledgers

    more = measure_ledgers(
        opened.ledgers.tables, planned, register, opened.body["body_id"].combine_chunks(),
        opened.as_of, threads=opened.options.jobs,
    )  # fmt: skip
    if not opened.processes:
        # Rules over records were not asked anything: they were not run.
        measured = Measured(
            *(
                getattr(measured, name).slice(0, 0)
                for name in ("measurement", "missing", "coverage")
            )
        )
    together = Measured(
        *(
            pa.concat_tables([getattr(measured, name), getattr(more, name)])
            for name in ("measurement", "missing", "coverage")
        )
    )
    return together, more.entry, more.detail


def _courses(opened: _Opened, register: Register) -> Mapping[str, pa.Table]:
    """What ledgers say happened, for pages to draw."""
    if opened.ledgers is None:
        return {table.name: table.empty() for table in COURSES}
    from troth.measure.courses import courses

    ids = opened.body["body_id"].combine_chunks()
    return courses(opened.ledgers.tables, register, ids, opened.as_of).tables


def run_to_release(
    data: Sequence[str], options: Options, progress: Callable[[int], None] | None = None
) -> tuple[Scored, Path]:
    """From inputs to a release: a dated, unchanging folder."""
    scored = run_to_score(data, options, progress)
    return scored, release(scored, options)


def release(scored: Scored, options: Options) -> Path:
    """Publish what was scored: evidence and records are looked up, and everything is written."""
    from troth.measure.counts import judge
    from troth.publish.current import point_at
    from troth.publish.methodology import catalogue_entries
    from troth.publish.release import write
    from troth.publish.select import firms_for_release, records_for_release
    from troth.score.index import scores

    if scored.run["as_of_source"][0].as_py() == NO_RELEASE_DATE:
        raise UsageError(
            "none of the records has a release date, so it is not known as of which day to judge "
            "them. Run again and say it: --as-of 2024-12-31"
        )
    # Ledgers were read once, and their entries are measured.
    with _Opened(options, scored.ledgers) as opened:
        judge(opened.engine, scored.plan)
        cases = evidence(opened.engine, scored.plan, opened.body_ids)
        tables = {
            "run": scored.run,
            "input": scored.input,
            "body": scored.body,
            "firm": firms_for_release(opened.table("firm")),
            "measurement": scored.measured.measurement,
            "missing": scored.measured.missing,
            "coverage": scored.measured.coverage,
            "evidence": cases,
            "entry": scored.entry,
            "detail": scored.detail,
            "last_published": scored.last,
            **scored.courses,
            **vars(scores(scored.levels, options.jobs)),
            "rejected": _together(
                opened.table("rejected"), opened.known.rejected, opened.of_ledgers("rejected")
            ),
            "record": records_for_release(
                opened.path, opened.engine, cases, opened.body_ids, options.records
            ),
        }
    written = write(
        tables,
        catalogue=catalogue_entries(scored.plan),
        recipe=scored.levels.recipe.as_json(),
        out=options.out,
        licences=options.licences,
    )
    point_at(options.out, written)
    return written


class _Opened:
    """The current generation of the working tables, as the steps after loading see it."""

    def __init__(self, options: Options, ledgers: Ledgers | None = None) -> None:
        self.options = options
        self.reading = Working(options.out / STORE).read()
        self.path = self.reading.path
        process = self._processes()
        self.processes: int = process.num_rows
        latest = pc.max(process["released_at"]).as_py()
        self.as_of, self.as_of_source = as_of_of(latest and latest.date(), options.as_of)
        found = rows_of(self.path, "body_id")
        ids = dict(zip(found["body_key"].to_pylist(), found["body_id"].to_pylist(), strict=True))
        self.ledgers = _read_ledgers(options, self.path) if ledgers is None else ledgers
        found_bodies = bodies(process, ids)
        if self.ledgers is not None:
            found_bodies = with_bodies(found_bodies, self.ledgers.bodies)
        self.body, self.refused = admissible(found_bodies, is_natural_person)
        keys, names = self.body["body_key"].to_pylist(), self.body["body_id"].to_pylist()
        self.body_ids = dict(zip(keys, names, strict=True))
        self.input = pa.Table.from_pylist(rows_of(self.path, "input").to_pylist(), INPUT.arrow)
        self.known = no_register() if options.bodies is None else read_bodies(options.bodies)
        if options.bodies is not None:
            self.known = names_of(self.input["file"].to_pylist(), self.known)
            self.body = described(self.body, self.known)
            self.input = _together(self.input, self.known.input)
        self.input = _together(self.input, self.of_ledgers("input"))

    def of_ledgers(self, name: str) -> pa.Table:
        """The rows of `input` or `rejected` that ledgers gave."""
        if self.ledgers is None:
            return {"input": INPUT, "rejected": REJECTED}[name].empty()
        rows: pa.Table = getattr(self.ledgers, name)
        return rows

    def _processes(self) -> pa.Table:
        """Of every process the body, the name it gives it, and when it was released."""
        columns, dead = ["body_key", "body_name", "released_at"], dead_in(self.path)
        if not len(dead):
            return rows_of(self.path, "process", columns)
        rows = rows_of(self.path, "process", [*columns, "pid"])
        return rows.filter(pc.invert(pc.is_in(rows["pid"], value_set=dead)))

    @cached_property
    def engine(self) -> Any:
        """DuckDB over the generation, for questions that arrays do not answer."""
        engine = over(self.path, threads=self.options.jobs, memory=self.options.memory)
        judged_as_of(engine, self.as_of)
        return engine

    def ask(self, sql: str) -> pa.Table:
        """The rows that a query gives."""
        found: pa.Table = self.engine.execute(sql).to_arrow_table()
        return found

    def table(self, name: str) -> pa.Table:
        return self.ask(f'SELECT * FROM "{name}"')

    def __enter__(self) -> _Opened:
        return self

    def __exit__(self, *_: object) -> None:
        if "engine" in self.__dict__:
            self.engine.close()
        self.reading.close()


def _read_ledgers(options: Options, generation: Path) -> Ledgers | None:
    """The ledgers that were given; none where none were."""
    if not options.ledgers:
        return None
    from troth.sources.ledgers.read import read
    from troth.sources.state import secret_of

    return read(options.ledgers, secret_of(generation.parent.parent))


def _together(table: pa.Table, *more: pa.Table) -> pa.Table:
    """The rows of all; those of the store do not say which columns may be empty."""
    return pa.concat_tables([table, *(one.cast(table.schema) for one in more)])


def _previous(
    opened: _Opened, measurement: pa.Table, planned: Plan
) -> tuple[Previous | None, pa.Table]:
    """The release this run is held against, and what of it stands for silence now."""
    if opened.options.previous is None:
        return None, LAST_PUBLISHED.rows([])
    from troth.publish.previous import previous_of, still_needed

    found = previous_of(opened.options.previous, opened.as_of)
    versions = {one.code: one.version for one in planned.indicators}
    return found, still_needed(found, measurement, opened.body, versions)


def _run(
    opened: _Opened, planned: Plan, options: Options, recipe: Recipe, previous: Previous | None
) -> pa.Table:
    """The row of `run`; its id is a digest of everything that the release depends on."""
    inputs = sorted(
        zip(opened.input["file"].to_pylist(), opened.input["sha256"].to_pylist(), strict=True)
    )
    sums = {
        name: sum(opened.input[name].to_pylist())
        for name in ("rows_in", "rows_kept", "rows_rejected", "fields_rejected")
    }
    decides = [
        inputs,
        planned.digest,
        recipe.as_json(),
        opened.as_of.isoformat(),
        __version__,
        # An audit finds more; other records and licences make another release of the same figures.
        sums,
        options.records,
        [dict(licence) for licence in options.licences],
        previous and previous.run_id,
    ]
    digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
    row = {
        "run_id": digest[:12],
        "as_of": opened.as_of,
        "as_of_source": opened.as_of_source,
        "code_version": __version__,
        "recipe": recipe.label,
        "bodies": opened.body.num_rows,
        **sums,
        "previous_release": previous and previous.release,
        "previous_run": previous and previous.run_id,
    }
    return RUN.rows([row])

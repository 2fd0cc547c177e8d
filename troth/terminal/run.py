"""`troth run`: the whole line, and what a person wants to know when it is through."""

from __future__ import annotations

import enum
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import InputError, UsageError
from troth.terminal.screen import Format, columns, cut, note, plain, say, say_json, steps, strong

if TYPE_CHECKING:
    import pyarrow as pa

    from troth.pipeline import Options, Scored
    from troth.publish.views import CloserLook, HomeView
    from troth.sources.inputs import Inputs

#: How many closer looks, and how many inputs without a fault, are worth a line each.
LOOKS_SHOWN = 10
INPUTS_SHOWN = 20

NAME_WIDTH, TITLE_WIDTH = 40, 44


class Until(enum.StrEnum):
    """The step of the line to stop after."""

    SCORE = "score"
    RELEASE = "release"
    PAGES = "pages"


@dataclass(frozen=True)
class Asked:
    """A run as it was asked for: inputs, options, how far to go, how to tell of it.

    `data` is what was given, `records` the part of it that holds contracting processes.
    """

    data: Sequence[str]
    records: Sequence[str]
    options: Options
    until: Until
    language: str
    form: Format
    quiet: bool


@dataclass(frozen=True)
class Done:
    """What a run gave, as far as it went."""

    scored: Scored
    release: Path | None
    pages: Path | None
    home: HomeView | None


def run(asked: Asked) -> None:
    """Run the line as far as asked, and tell of it."""
    _check(asked)
    done = _run(asked)
    told = _told(asked, done)
    if asked.form is Format.JSON:
        say_json(told)
    else:
        say(*_in_words(asked, done, told))


def options_of(
    out: Path,
    *,
    as_of: date | None,
    jobs: int | None,
    memory: str | None,
    strict: bool,
    audit: bool,
    update: bool,
    records: int,
    licences: Sequence[str],
    inputs: Inputs,
    recipe: Path | None = None,
    previous: Path | None = None,
) -> Options:
    """The options of the line; what was not given comes from the settings."""
    from troth.pipeline import Options
    from troth.score.named import recipe_of
    from troth.score.recipe import FIRST
    from troth.settings import load_settings

    settings = load_settings({"threads": jobs, "memory": memory})
    return Options(
        ledgers=inputs.ledgers,
        bodies=inputs.bodies,
        out=out,
        as_of=as_of,
        jobs=settings.threads,
        memory=settings.memory,
        strict=strict,
        audit=audit,
        update=update,
        records=records,
        licences=[licence_of(one) for one in licences],
        previous=previous,
        recipe=FIRST if recipe is None else recipe_of(recipe),
    )


def plain_options(jobs: int | None, memory: str | None, inputs: Inputs) -> Options:
    """The options of a line whose output is thrown away."""
    return options_of(
        Path(), as_of=None, jobs=jobs, memory=memory, strict=False, audit=False, update=False,
        records=0, licences=(), inputs=inputs,
    )  # fmt: skip


def inputs_of(
    data: Sequence[str], ledgers: Sequence[str] = (), bodies: Path | None = None
) -> Inputs:
    """What was given, sorted out; see `sources.inputs.sorted_out`."""
    from troth.sources.inputs import sorted_out

    if not data and not ledgers:
        raise UsageError(
            "nothing to read: give files, folders, globs or - for standard input, or --ledger"
        )
    return sorted_out(data, ledgers, bodies)


_LICENCE = re.compile(r"(?P<name>[^=\s]+)(?:=(?P<path>https?://\S+))?")


def licence_of(text: str) -> dict[str, str]:
    """A licence of the input data from `NAME` or `NAME=https://...`."""
    found = _LICENCE.fullmatch(text)
    if found is None:
        raise UsageError(f"licence {text!r}: expected CC-BY-4.0 or CC-BY-4.0=https://...")
    return {name: value for name, value in found.groupdict().items() if value is not None}


def _check(asked: Asked) -> None:
    """Find what would only fail after minutes of reading."""
    if asked.until is Until.PAGES:
        from troth.site.render import words

        words(asked.language)
    if asked.options.previous is not None:
        from troth.publish.current import current_release

        current_release(asked.options.previous)
    if asked.options.out.exists() and not asked.options.out.is_dir():
        raise UsageError(f"{asked.options.out}: expected a folder to write to, and this is a file")


def _run(asked: Asked) -> Done:
    from troth import pipeline

    with steps(asked.quiet) as doing:
        doing.now("reading and measuring")
        scored = pipeline.run_to_score(asked.records, asked.options, doing.read)
        _refuse_nothing(scored, asked.data)
        if asked.until is Until.SCORE:
            return Done(scored, None, None, None)
        doing.now("writing the release")
        release = pipeline.release(scored, asked.options)
        from troth.publish.views import open_release

        home = open_release(release).home()
        if asked.until is Until.RELEASE:
            return Done(scored, release, None, home)
        doing.now("writing the pages")
        from troth.site.build import build

        build(release, asked.options.out, language=asked.language)
        return Done(scored, release, asked.options.out / "index.html", home)


def _refuse_nothing(scored: Scored, data: Sequence[str]) -> None:
    """A run none of whose records could be used is no run: say what stood in the way first."""
    run = scored.run.to_pylist()[0]
    # The register of bodies is an input too, and says nothing by itself.
    if run["rows_kept"] == scored.described:
        raise InputError(
            f"nothing here can be used: {sum_of(run)}. What is wrong with each: "
            f"troth check {_quoted(data)}"
        )


def as_given(data: Sequence[str], ledgers: Sequence[str]) -> list[str]:
    """All inputs as a command takes them."""
    return [*data, *(part for one in ledgers for part in ("--ledger", one))]


def _quoted(data: Sequence[str]) -> str:
    """The inputs as a shell takes them."""
    return " ".join(shlex.quote(one) for one in data)


# --- what is told ---


def _told(asked: Asked, done: Done) -> dict[str, Any]:
    """Everything that is told, as data."""
    scored = done.scored
    run = scored.run.to_pylist()[0]
    return {
        "run_id": run["run_id"],
        "as_of": run["as_of"],
        "as_of_source": run["as_of_source"],
        "working_tables": scored.how,
        "inputs": [_input(row) for row in scored.input.sort_by("file").to_pylist()],
        "total": _input({**run, "file": None}),
        "indicators": _indicators(scored),
        "bodies": run["bodies"],
        "bodies_measured": len(_measured_bodies(scored.measured.measurement)),
        "recipe": run["recipe"],
        "left_out": list(scored.levels.recipe.left_out),
        "previous_release": run["previous_release"],
        "fallen_silent": int(scored.levels.cells.kept.sum()),
        "bodies_with_level": int(scored.levels.published.sum()),
        "release": done.release,
        "pages": done.pages,
        "closer_looks": [_look(one) for one in _looks(done)],
        "next": _next(asked, done),
    }


def _input(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("file", "rows_in", "rows_kept", "rows_rejected", "fields_rejected")
    return {name: row[name] for name in names}


def _measured_bodies(measurement: pa.Table) -> set[str]:
    import pyarrow.compute as pc

    whole = pc.and_(
        pc.equal(measurement["period"], "all"), pc.equal(measurement["status"], "published")
    )
    return set(pc.unique(measurement["body_id"].filter(whole)).to_pylist())


def _indicators(scored: Scored) -> list[dict[str, Any]]:
    """Each indicator: how many bodies have a figure, and where none has, why."""
    lacks = lacking(scored.measured.missing)
    minimum = {planned.code: planned.minimum_cases for planned in scored.plan.indicators}
    found = []
    for row in scored.measured.coverage.sort_by("indicator").to_pylist():
        code, measured = row["indicator"], row["bodies_measured"]
        why = None if measured else _why_not(row, lacks.get(code), minimum[code])
        found.append({"code": code, "bodies_measured": measured, "not_measured": why})
    return found


def lacking(missing: pa.Table) -> dict[str, str]:
    """What each indicator lacked most often."""
    # Arrow could add up too, but its engine takes longer to import than this to run.
    summed: Counter[tuple[str, str]] = Counter()
    columns = (missing[name].to_pylist() for name in ("indicator", "field", "cases"))
    for indicator, field, cases in zip(*columns, strict=True):
        summed[indicator, field] += cases
    most: dict[str, tuple[int, str]] = {}
    for (indicator, field), cases in summed.items():
        most[indicator] = min((-cases, field), most.get(indicator, (0, field)))
    return {code: field for code, (_, field) in most.items()}


def _why_not(row: Mapping[str, Any], most: str | None, minimum: int) -> str:
    if row["bodies_too_few"]:
        return f"no body with {minimum} cases"
    if row["insufficient_data"] + row["error"]:
        return f"lacks {most}" if most else "no known body behind its cases"
    return "concerns no case here"


def _looks(done: Done) -> Sequence[CloserLook]:
    return () if done.home is None else done.home.closer_looks[:LOOKS_SHOWN]


def _look(look: CloserLook) -> dict[str, Any]:
    figure = look.figure
    return {
        "body_id": look.body.body_id,
        "body": look.body.shown,
        "indicator": look.card.code,
        "title": look.card.title,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "all_bodies": look.pooled.value,
        "n": figure.n,
        "evidence": figure.grade,
    }


def _next(asked: Asked, done: Done) -> list[str]:
    """The commands that a person is likely to want now."""
    out = shlex.quote(str(asked.options.out))
    data = _quoted(asked.data)
    wanted = []
    if done.release is None:
        wanted.append(f"troth run {data} --out {out}")
    else:
        body_id = _somebody(done)
        if body_id is not None:
            wanted.append(f"troth explain {shlex.quote(body_id)} --out {out}")
        if done.pages is not None:
            wanted.append(f"troth serve {out}")
        wanted.append(f"troth verify {shlex.quote(str(done.release))}")
    run = done.scored.run.to_pylist()[0]
    if run["rows_rejected"] + run["fields_rejected"] and "-" not in asked.data:
        wanted.append(f"troth check {data}")
    return wanted


def _somebody(done: Done) -> str | None:
    """The body to look at first: the closest look, else the one with the most processes."""
    if done.home is not None and done.home.closer_looks:
        return done.home.closer_looks[0].body.body_id
    body = done.scored.body.sort_by([("processes", "descending"), ("body_id", "ascending")])
    return body["body_id"][0].as_py() if body.num_rows else None


# --- in words ---


def _in_words(asked: Asked, done: Done, told: Mapping[str, Any]) -> list[str]:
    # Ledgers are read each time; only of records there are working tables.
    if asked.records and done.scored.how in _HOW and not asked.quiet:
        note(_HOW[done.scored.how])
    lines = [*_inputs_in_words(told), ""]
    measured = [one for one in told["indicators"] if one["bodies_measured"]]
    lines.append(f"measured   {len(measured)} of {len(told['indicators'])} indicators")
    reasons: dict[str, list[str]] = {}
    for one in told["indicators"]:
        if one["not_measured"]:
            reasons.setdefault(one["not_measured"], []).append(one["code"])
    lines += [f"           not {', '.join(codes)}: {plain(why)}" for why, codes in reasons.items()]
    lines.append(
        f"bodies     {told['bodies']:,}, of which {told['bodies_measured']:,} "
        "have enough data for a figure"
    )
    lines.append(f"level      {told['bodies_with_level']:,} bodies under {told['recipe']}")
    if told["left_out"]:
        lines.append(
            f"           {len(told['left_out']):,} indicators of the recipe are not in this version and "
            f"take no part: {', '.join(told['left_out'])}"
        )
    lines.append(f"as of      {told['as_of']} ({told['as_of_source']})")
    if told["previous_release"] is not None:
        lines.append(
            f"against    release {told['previous_release']}: {told['fallen_silent']:,} figures fell "
            "silent since, and count with what was published last, or less"
        )
    lines += _looks_in_words(done)
    lines.append("")
    if done.release is not None:
        lines.append(f"release    {done.release}")
    if done.pages is not None:
        lines.append(f"pages      {done.pages} (open it in a browser)")
    return [*lines, *(f"next       {one}" for one in told["next"])]


_HOW = {
    "reuse": "note: inputs and rules are those of the last run; its working tables were used",
    "remap": "note: the inputs are those of the last run; what the rules say was made anew",
}


def _inputs_in_words(told: Mapping[str, Any]) -> list[str]:
    """Every input with its sum; where there are many, those with faults, and the total."""
    inputs = told["inputs"]
    shown = inputs
    if len(inputs) > INPUTS_SHOWN:
        shown = [one for one in inputs if one["rows_rejected"] + one["fields_rejected"]][
            :INPUTS_SHOWN
        ]
    lines = [f"read       {plain(one['file'])}: {sum_of(one)}" for one in shown]
    if len(inputs) > 1:
        files = f"{len(inputs):,} inputs together"
        lines.append(f"read       {files}: {sum_of(told['total'])}")
    return lines


def sum_of(account: Mapping[str, Any]) -> str:
    """What went in and what became of it, as a sum that a reader can check."""
    return (
        f"{account['rows_in']:,} records in = {account['rows_kept']:,} kept + "
        f"{account['rows_rejected']:,} rejected; "
        f"{account['fields_rejected']:,} single values rejected"
    )


def _plain(written: str) -> str:
    """A figure with a space that a terminal's search finds."""
    return written.replace("\u00a0", " ")


def _looks_in_words(done: Done) -> list[str]:
    if done.home is None:
        return []
    from troth.publish.wording import bare, count, sentence, written

    home = done.home
    lines = ["", strong("WHERE A CLOSER LOOK WOULD PAY")]
    rows = [("", "", "", "value", "90 % interval", "all bodies", "n", "evidence")]
    for number, look in enumerate(_looks(done), start=1):
        figure, pooled, scale = look.figure, look.pooled.value, look.card.scale
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        rows.append(
            (
                str(number),
                cut(plain(look.body.shown), NAME_WIDTH),
                cut(plain(look.card.title), TITLE_WIDTH),
                _plain(written(figure.value, scale)),
                f"{bare(figure.low, scale)} to {_plain(written(figure.high, scale))}",
                "" if pooled is None else _plain(written(pooled, scale)),
                count(figure.n),
                figure.grade.value.replace("_", " "),
            )
        )
    lines += columns(rows, right=(0, 3, 4, 5, 6)) if len(rows) > 1 else []
    told = sentence(
        "home_told",
        bodies=count(home.run.bodies),
        told=count(home.bodies_told),
        untold=count(home.bodies_untold),
        too_little=count(home.bodies_too_little),
    )
    return [*lines, f"  {told}", f"  {sentence('chance_note')}"]

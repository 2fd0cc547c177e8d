"""`troth inspect`: what is in the data, and which indicators it can feed.

The inputs are read, measured in a folder that is thrown away, and nothing is published.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.terminal.run import lacking, sum_of
from troth.terminal.screen import Format, columns, plain, say, say_json, steps, strong

if TYPE_CHECKING:
    from troth.indicators.base import Indicator
    from troth.pipeline import Options, Scored

COUNTED = ("process", "bid", "award", "contract", "firm")

#: So many records at the most are looked at field by field, as evenly spread over the data as can be.
MOST_RECORDS = 5_000


def inspect(records: Sequence[str], options: Options, *, form: Format, quiet: bool) -> None:
    """Look at the data and tell what is in it. `options.out` is ignored."""
    with tempfile.TemporaryDirectory(prefix="troth-inspect-") as folder, steps(quiet) as doing:
        found = _found(records, dataclasses.replace(options, out=Path(folder)), doing)
    if form is Format.JSON:
        say_json(found)
    else:
        say(*_in_words(found))


def _found(records: Sequence[str], options: Options, doing: Any) -> dict[str, Any]:
    from troth import pipeline
    from troth.measure.needs import needs
    from troth.sources.state import state_of
    from troth.store.generations import STORE, Working
    from troth.store.plain import over

    doing.now("reading and measuring")
    scored = pipeline.run_to_score(records, options, doing.read)
    doing.now("looking at fields")
    reading = Working(options.out / STORE).read()
    engine = over(reading.path, threads=options.jobs, memory=options.memory)
    try:
        state = state_of(reading.path)
        assert state is not None
        files = [_file(one.source, scored) for one in state.seen]
        return {
            "files": files,
            "counts": {name: _one(engine, f'SELECT count(*) FROM "{name}"') for name in COUNTED},
            "bodies": scored.body.num_rows,
            "processes_without_body": _one(
                engine, "SELECT count(*) FROM process WHERE body_key IS NULL"
            ),
            "released": _span(engine, "released_at::DATE", "process"),
            "years": _span(engine, "year", "process"),
            "processes_without_year": _one(
                engine, "SELECT count(*) FROM process WHERE year IS NULL"
            ),
            "indicators": _indicators(scored, needs(engine)),
            "flags": _flags(reading.path, engine),
        }
    finally:
        engine.close()
        reading.close()


def _one(engine: Any, sql: str) -> Any:
    return engine.sql(sql).fetchone()[0]


def _span(engine: Any, column: str, table: str) -> dict[str, Any]:
    first, last = engine.sql(f"SELECT min({column}), max({column}) FROM {table}").fetchone()
    return {"first": first, "last": last}


def _file(source: Any, scored: Scored) -> dict[str, Any]:
    from troth.sources.look import look

    account = next(row for row in scored.input.to_pylist() if row["file"] == source.shown)
    kept = ("file", "bytes", "rows_in", "rows_kept", "rows_rejected", "fields_rejected")
    return {**{name: account[name] for name in kept}, **dataclasses.asdict(look(source))}


def _flags(generation: Path, engine: Any) -> dict[str, Any]:
    """Of the 73 flags, which the fields that are there would allow, and what the others lack."""
    from troth.indicators import catalogue
    from troth.indicators.flags import reach
    from troth.sources.records import values

    pids = [row[0] for row in engine.execute("SELECT pid FROM process ORDER BY pid").fetchall()]
    step = max(1, -(-len(pids) // MOST_RECORDS))
    looked, found = reach(record for _, _, record in values(generation, engine, pids[::step]))
    computed = set(catalogue())
    return {
        "records": looked,
        "of": len(pids),
        "flags": [
            {
                "code": one.flag.code,
                "name": one.flag.name,
                "indicator": one.flag.indicator if one.flag.indicator in computed else None,
                "fields_there": one.possible,
                "from": [
                    [{"fields": list(paths), "records": number} for paths, number in met]
                    for met in one.met
                ],
                "missing": [[list(paths) for paths in need] for need in one.missing],
                "beyond": one.flag.beyond or None,
            }
            for one in found
        ],
    }


def _indicators(scored: Scored, needed: Sequence[Any]) -> list[dict[str, Any]]:
    """Each indicator: cases judged, bodies with a figure, how far each of its fields reaches."""
    from troth.indicators import catalogue
    from troth.tables.results import COVERAGE

    cards, lacks = catalogue(), lacking(scored.measured.missing)
    coverage = {row["indicator"]: row for row in scored.measured.coverage.to_pylist()}
    found = []
    nothing = dict.fromkeys(COVERAGE.names, 0)
    for code, indicator in cards.items():
        row = coverage.get(code, nothing)
        judged = row["flagged"] + row["not_flagged"]
        fields = [
            {"field": one.field, "cases": one.cases, "known": one.known, "places": dict(one.places)}
            for one in needed
            if one.indicator == code
        ]
        found.append(
            {
                "code": code,
                "title": indicator.card.title,
                "cases_of": indicator.case_kind,
                "judged": judged,
                "insufficient_data": row["insufficient_data"],
                "error": row["error"],
                "not_applicable": row["not_applicable"],
                "bodies_measured": row["bodies_measured"],
                "computable": judged > 0,
                "needs": fields,
                "missing": []
                if judged
                else [one["field"] for one in fields if one["cases"] and not one["known"]],
                "most_lack": lacks.get(code),
                "lacks_ledgers": _lacking_ledgers(indicator, scored)
                if code not in coverage
                else [],
            }
        )
    return found


def _lacking_ledgers(indicator: Indicator, scored: Scored) -> list[str]:
    """The ledgers that an indicator cannot do without and that were not given."""
    from troth.tables import LEDGERS

    given = {} if scored.ledgers is None else scored.ledgers.tables
    needed = [one for one in indicator.tables if one not in indicator.card.optional]
    return [name for name in needed if name in LEDGERS and name not in given]


# --- in words ---


def _in_words(found: Mapping[str, Any]) -> list[str]:
    able = [one for one in found["indicators"] if one["computable"]]
    unable = [one for one in found["indicators"] if not one["computable"]]
    lines = [
        strong("FILES"),
        *_files(found["files"]),
        "",
        strong("WHAT IS IN THEM"),
        *_counts(found),
    ]
    lines += [
        "",
        strong(f"CAN BE COMPUTED HERE: {len(able)} of {len(found['indicators'])} indicators"),
    ]
    for one in able:
        lines += _able(one)
    if unable:
        lines += ["", strong("CANNOT BE COMPUTED HERE, AND WHY")]
        for one in unable:
            lines += _unable(one)
    return [*lines, "", *_flags_in_words(found["flags"])]


def _flags_in_words(found: Mapping[str, Any]) -> list[str]:
    there = [one for one in found["flags"] if one["fields_there"]]
    lines = [
        strong(f"THE 73 FLAGS: the fields of {len(there)} are there"),
        f"  seen in {found['records']:,} of {found['of']:,} records; docs/flags.md says what each asks",
    ]
    for one in there:
        told = one["indicator"] or f"no indicator; it would also need {one['beyond']}"
        lines.append(f"  {one['code']} {one['name']}: {told}")
        for alternatives in one["from"]:
            said = ", ".join(
                f"{' with '.join(a['fields'])} ({a['records']:,})" for a in alternatives
            )
            lines.append(f"       from {said}")
    for one in found["flags"]:
        if not one["fields_there"]:
            lacks = "; ".join(
                " or ".join(" with ".join(paths) for paths in need) for need in one["missing"]
            )
            lines.append(f"  not {one['code']} {one['name']}: lacks {lacks}")
    return lines


def _files(files: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [
        (
            plain(one["file"]),
            f"{one['shape']}, {one['packing']}, {one['kind']}",
            sum_of(one),
        )
        for one in files
    ]
    return columns(rows)


def _counts(found: Mapping[str, Any]) -> list[str]:
    counts = found["counts"]
    rows = [(_PLURAL[name], f"{counts[name]:,}") for name in COUNTED]
    rows.insert(1, ("bodies", f"{found['bodies']:,}"))
    rows.append(("processes that name no body", f"{found['processes_without_body']:,}"))
    rows.append(("processes without a year", f"{found['processes_without_year']:,}"))
    lines = columns(rows, right=(1,))
    lines.append(
        f"  released from {_ends(found['released'])}; "
        f"processes of the years {_ends(found['years'])}"
    )
    return lines


_PLURAL = {
    "process": "contracting processes",
    "bid": "bids",
    "award": "awards",
    "contract": "contracts",
    "firm": "suppliers and tenderers",
}


def _ends(span: Mapping[str, Any]) -> str:
    return "no known day" if span["first"] is None else f"{span['first']} to {span['last']}"


def _able(one: Mapping[str, Any]) -> list[str]:
    judged = one["judged"]
    reached = judged + one["insufficient_data"] + one["error"]
    told = f"{judged:,} of {reached:,} cases ({one['cases_of']}) could be judged"
    have = (
        "1 body has" if one["bodies_measured"] == 1 else f"{one['bodies_measured']:,} bodies have"
    )
    return [f"  {one['code']} {one['title']}: {told}, {have} a figure", *_fields(one)]


def _fields(one: Mapping[str, Any]) -> list[str]:
    lines = []
    for need in one["needs"]:
        lines.append(f"       {need['field']}: {_known(need['known'], need['cases'])}")
        said = [(place, times) for place, times in need["places"].items() if times]
        lines += [f"         from {plain(place)}: {times:,}" for place, times in said]
    return lines


def _known(known: int, cases: int) -> str:
    if cases == 0:
        return "asked of no case"
    return f"in no case of {cases:,}" if known == 0 else f"known in {known:,} of {cases:,}"


def _unable(one: Mapping[str, Any]) -> list[str]:
    why = "no case here is of its concern"
    if one["lacks_ledgers"]:
        why = f"no ledger of {', '.join(one['lacks_ledgers'])} was given; see troth template"
    elif one["missing"]:
        why = f"missing: {', '.join(one['missing'])}"
    elif one["most_lack"] is not None:
        why = f"no case has all it needs; most lack: {plain(one['most_lack'])}"
    return [f"  {one['code']} {one['title']}: {why}", *_fields(one)]

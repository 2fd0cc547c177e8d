"""`troth check`: everything that is wrong with the data, sorted by kind, with what to do about it.

Every line is read by the careful reader, also those that the fast one would take without complaint.
"""

from __future__ import annotations

import enum
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from troth.terminal.leaving import FOUND
from troth.terminal.run import sum_of
from troth.terminal.screen import ListFormat, plain, say, say_csv, say_json, steps, strong

if TYPE_CHECKING:
    from troth.sources.files import Source
    from troth.sources.inputs import Inputs

#: How many places of one kind of fault are shown.
PLACES_SHOWN = 3

COLUMNS = (
    "severity",
    "code",
    "level",
    "file",
    "line",
    "offset",
    "ocid",
    "path",
    "value",
    "message",
    "next_step",
)


class Severity(enum.StrEnum):
    """How much a fault costs: a whole record, one value, or nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class FailOn(enum.StrEnum):
    """From which severity on `check` leaves with 1."""

    ERROR = "error"
    WARNING = "warning"


_FAILING = {
    FailOn.ERROR: (Severity.ERROR,),
    FailOn.WARNING: (Severity.ERROR, Severity.WARNING),
}

#: Faults of text that is no JSON, or no text: what stands around tells more than a path.
_NOT_JSON = ("E001", "E002")

#: A release that a later one replaces is no fault of anybody.
_REPLACED = "E007"


@dataclass(frozen=True)
class Checked:
    """What the careful reader found: the sums by input, and every fault in the order of places."""

    inputs: Sequence[Mapping[str, Any]]
    faults: Sequence[Mapping[str, Any]]
    near: Mapping[tuple[str, int], str]  # file and byte -> the text around it

    def count(self, severity: Severity) -> int:
        return sum(1 for fault in self.faults if fault["severity"] is severity)


def check(
    given: Inputs,
    *,
    fail_on: FailOn | None,
    form: ListFormat,
    jobs: int | None,
    quiet: bool,
) -> None:
    """Read everything carefully and tell what is wrong; leave with 1 only where asked to."""
    checked = _checked(given, jobs, quiet)
    if form is ListFormat.CSV:
        say_csv(COLUMNS, [[fault[name] for name in COLUMNS] for fault in checked.faults])
    elif form is ListFormat.JSON:
        say_json(_as_data(checked))
    else:
        say(*_in_words(checked))
    if fail_on is not None and any(checked.count(one) for one in _FAILING[fail_on]):
        raise typer.Exit(FOUND)


def _checked(given: Inputs, jobs: int | None, quiet: bool) -> Checked:
    from troth.settings import load_settings
    from troth.sources.load import load
    from troth.sources.state import state_of
    from troth.store.generations import Working
    from troth.store.plain import over

    settings = load_settings({"threads": jobs})
    with tempfile.TemporaryDirectory(prefix="troth-check-") as folder, steps(quiet) as doing:
        doing.now("checking")
        working = Working(Path(folder))
        load(
            given.records, working, each=_no_facts, digest="check", jobs=settings.threads,
            memory=settings.memory, audit=True, may_be_none=bool(given.ledgers or given.bodies),
            progress=doing.read,
        )  # fmt: skip
        reading = working.read()
        engine = over(reading.path, threads=settings.threads, memory=settings.memory)
        try:
            inputs = engine.sql("SELECT * FROM input ORDER BY file").to_arrow_table().to_pylist()
            order = 'file, line NULLS FIRST, "offset", path, code'
            rows = (
                engine.sql(f"SELECT * FROM rejected ORDER BY {order}").to_arrow_table().to_pylist()
            )
            state = state_of(reading.path)
            assert state is not None
        finally:
            engine.close()
            reading.close()
        more_inputs, more_rows = _of_ledgers(given, working.path)
        inputs, rows = inputs + more_inputs, rows + more_rows
        # Standard input is kept in the folder that goes now; what stood around is read before.
        faults = [{"severity": _severity(row), **row} for row in rows]
        return Checked(
            inputs, faults, _near(faults, {one.source.shown: one.source for one in state.seen})
        )


def _near(
    faults: Sequence[Mapping[str, Any]], sources: Mapping[str, Source]
) -> dict[tuple[str, int], str]:
    """The text around the first places at which something is no JSON."""
    from troth.sources.look import surroundings

    found = {}
    for code in _NOT_JSON:
        for fault in [one for one in faults if one["code"] == code][:PLACES_SHOWN]:
            if fault["offset"] is not None and fault["file"] in sources:
                text = surroundings(sources[fault["file"]], fault["offset"])
                if text is not None:
                    found[fault["file"], fault["offset"]] = text
    return found


def _of_ledgers(given: Inputs, folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of `input` and of `rejected` of the ledgers, and of the register of bodies."""
    from troth.sources.bodies_csv import read_bodies
    from troth.sources.ledgers.read import read
    from troth.sources.state import secret_of

    inputs: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    found = [read(list(given.ledgers), secret_of(folder))] if given.ledgers else []
    register = [] if given.bodies is None else [read_bodies(given.bodies)]
    of_all: list[Any] = [*found, *register]
    for one in of_all:
        inputs += one.input.to_pylist()
        rows += one.rejected.to_pylist()
    return inputs, rows


def _no_facts(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _severity(row: Mapping[str, Any]) -> Severity:
    if row["code"] == _REPLACED:
        return Severity.NOTE
    return Severity.ERROR if row["level"] == "record" else Severity.WARNING


def _kinds(checked: Checked) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The faults by code: what costs most first, then what is most frequent."""
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for fault in checked.faults:
        by_code.setdefault(fault["code"], []).append(fault)
    order = list(Severity)
    return sorted(
        by_code.items(), key=lambda one: (order.index(one[1][0]["severity"]), -len(one[1]), one[0])
    )


_PLACE = ("file", "line", "offset", "ocid", "path", "value", "message")


def _as_data(checked: Checked) -> dict[str, Any]:
    return {
        "inputs": checked.inputs,
        **{f"{severity}s": checked.count(severity) for severity in Severity},
        "faults": [
            {
                "code": code,
                "severity": faults[0]["severity"],
                "level": faults[0]["level"],
                "count": len(faults),
                "next_step": faults[0]["next_step"],
                "places": [
                    {
                        **{name: fault[name] for name in _PLACE},
                        "near": checked.near.get((fault["file"], fault["offset"])),
                    }
                    for fault in faults[:PLACES_SHOWN]
                ],
            }
            for code, faults in _kinds(checked)
        ],
    }


def _in_words(checked: Checked) -> list[str]:
    lines = [f"{plain(one['file'])}: {sum_of(one)}" for one in checked.inputs]
    for code, faults in _kinds(checked):
        lines += ["", *_kind_in_words(code, faults, checked)]
    return [*lines, "", ", ".join(_counted(one, checked.count(one)) for one in Severity)]


def _counted(severity: Severity, number: int) -> str:
    return f"{number:,} {severity}{'' if number == 1 else 's'}"


def _kind_in_words(code: str, faults: Sequence[Mapping[str, Any]], checked: Checked) -> list[str]:
    first = faults[0]
    lines = [strong(f"{code} {first['severity']}: {plain(first['message'])}")]
    for fault in faults[:PLACES_SHOWN]:
        lines.append(f"  {_place(fault)}")
        near = checked.near.get((fault["file"], fault["offset"]))
        if near is not None and code in _NOT_JSON:
            lines.append(f"    around it: {plain(near)}")
    more = len(faults) - PLACES_SHOWN
    if more > 0:
        lines.append(f"  {more:,} more like it; all of them: --format csv")
    return [*lines, f"  what next: {first['next_step']}"]


def _place(fault: Mapping[str, Any]) -> str:
    parts = [plain(fault["file"])]
    if fault["line"] is not None:
        parts.append(f"line {fault['line']}")
    if fault["offset"] is not None:
        parts.append(f"byte {fault['offset']}")
    if fault["ocid"] is not None:
        parts.append(plain(fault["ocid"]))
    value = "" if fault["value"] is None else f" = {plain(fault['value'])}"
    return f"{', '.join(parts)}, {plain(fault['path'])}{value}"

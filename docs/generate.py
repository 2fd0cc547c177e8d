"""Writes the reference pages of docs/ from the code, which is the one place that says these things.

    python -m docs.generate

A test compares the pages with what this would write, so that none can fall behind.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from docs import cardinal_page, coverage_page, defects
from tests.conformance.cases import CASES
from troth import cli
from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.indicators.flags import flags, in_words
from troth.measure.screens import SCREENS
from troth.sources.ledgers.formats import PUBLISHED
from troth.sources.ledgers.templates import TEMPLATES, columns_of
from troth.sources.ocds.faults import FAULTS
from troth.tables import (
    LEDGERS,
    body,
    calendars,
    cases,
    information,
    law,
    money,
    obligations,
    paying,
    procurement,
    results,
    undertakings,
)
from troth.tables.base import Column, Table
from troth.terminal import leaving, simulate

FOLDER = Path(__file__).parent

WRITTEN = (
    "<!-- Written by `python -m docs.generate` from the code: change the code, then run it. -->"
)

#: The groups of the vocabulary in the order of the line.
GROUPS = {
    "Bodies, firms and terms of office": body,
    "Procurement": procurement,
    "Law": law,
    "Money": money,
    "Contracts outside contracting processes": undertakings,
    "What bodies publish of their paying": paying,
    "Calendars of working days": calendars,
    "Obligations": obligations,
    "Information": information,
    "Cases": cases,
    "Results": results,
}


def pages() -> dict[str, str]:
    """Every written page by its file name."""
    return {
        "calibration.md": _page(_calibration()),
        "commands.md": _page(_commands()),
        "coverage-real.md": _page(coverage_page.page()),
        "faults.md": _page(_faults()),
        "flags.md": _page(_flags()),
        "indicators.md": _page(_indicators()),
        "ledgers.md": _page(_ledgers()),
        "methods-conformance.md": _page(_conformance()),
        "screens.md": _page(_screens()),
        "tables.md": _page(_tables()),
    }


def cardinal() -> str:
    """The page for users of Cardinal, whose examples are run: some seconds."""
    return cardinal_page.page(defects.answers(), WRITTEN)


def _page(lines: Iterator[str]) -> str:
    title, *rest = lines
    return "\n".join([title, "", WRITTEN, *rest]).rstrip() + "\n"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _tables() -> Iterator[str]:
    yield "# Tables"
    yield ""
    yield "What may stand between two stages of the line, and in a release. A column that is not"
    yield "*always present* may be empty, and an empty cell is an answer: it is not known."
    for title, group in GROUPS.items():
        yield f"\n## {title}"
        for table in group.TABLES:
            yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"\n### {table.name}\n"
    yield table.meaning
    if table.key:
        yield f"\nKey: {', '.join(f'`{name}`' for name in table.key)}."
    if table.source:
        yield f"\nSource: {table.source}."
    yield ""
    yield "| column | type | meaning | promise |"
    yield "| --- | --- | --- | --- |"
    for column in table:
        yield _column(column)


def _column(column: Column) -> str:
    kind = f"{column.type.value}, {column.unit}" if column.unit else column.type.value
    promise = _cell(column.promise.in_words())
    return f"| `{column.name}` | {_cell(kind)} | {_cell(column.meaning)} | {promise} |"


def _calibration() -> Iterator[str]:
    """From the run that is kept beside it: making the countries takes a minute."""
    kept = json.loads((FOLDER / "calibration.json").read_text(encoding="utf-8"))
    yield "# Calibration"
    yield ""
    yield "Do the intervals hold what they promise? Countries are made whose truth is known: three"
    yield "groups of 18 bodies, six indicators, a median of 20 cases, so mostly small bodies, where"
    yield "intervals are tried hardest (`troth/score/calibrate.py`). What is said is compared with the"
    yield "truth that was planted."
    yield ""
    yield f"The figures of {kept['countries']:,} countries, seed {kept['seed']}. Again, and kept:"
    yield ""
    yield "    troth simulate --calibrate --write docs/calibration.json"
    yield "    python -m docs.generate"
    yield ""
    yield "| how often | found | give or take | promised | things |"
    yield "| --- | --- | --- | --- | --- |"
    for name, (what, promised) in simulate.FIGURES.items():
        one = kept[name]
        found = f"{100 * one['share']:.2f} % | {100 * one['error']:.2f}"
        yield f"| {what} | {found} | {promised} | {one['things']:,} |"
    yield ""
    yield "*Give or take* is the Monte Carlo standard error, countries being what is repeated. The second"
    yield "row is why the prior's own uncertainty is added to every interval. Sets of ranks promise *at"
    yield "least* their level, and hold far more."
    yield ""
    yield "*Published* levels and ranks are those of the scorer as a whole (`troth/score/calibrate_whole.py`):"
    yield "162 bodies in three peer groups, four shares and two waiting times in three pillars, a median of"
    yield "80 cases, counted into tables and scored as a release is, gates and rounding included, and ranks"
    yield "only in the countries where a release would publish any. An interval of ranks is one of whole places and"
    yield "reaches the published one, so where few bodies are ranked it holds more than it says. Nobody is"
    yield "silent in these countries: what stands for silence is low on purpose, and is not calibrated."


def _conformance() -> Iterator[str]:
    yield "# Conformance of the methods"
    yield ""
    yield "Every statistic is compared with figures that somebody else published or computed: a"
    yield "handbook's tables, another program's output. *Numbers* is how many of the reference are"
    yield "compared; the tolerance is absolute unless it says otherwise. A test counts the numbers in"
    yield "the reference files and compares them with this table. What Cardinal's figures are compared"
    yield "with is in [cardinal-conformance.md](cardinal-conformance.md)."
    yield ""
    yield "| folder | what | origin | numbers | tolerance | test |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for case in CASES:
        test = f"[{case.test}](../tests/conformance/{case.test})"
        cells = (case.folder, case.what, case.origin, f"{case.numbers:,}", case.tolerance, test)
        yield f"| {' | '.join(map(_cell, cells))} |"
    total = sum(case.numbers for case in CASES)
    yield ""
    yield f"{total:,} numbers in {len({case.folder for case in CASES})} folders."


def _faults() -> Iterator[str]:
    yield "# Faults"
    yield ""
    yield "What can be wrong with an input. Nothing is repaired or lost in silence: every fault is"
    yield "a row of the table `rejected`, with file, line, byte, path and value."
    for level, lost in (
        ("record", "The whole record could not be used."),
        ("field", "The record was kept without this value."),
    ):
        yield f"\n## Of a {level}\n"
        yield lost
        yield ""
        yield "| code | what to do |"
        yield "| --- | --- |"
        for code, (of, next_step) in sorted(FAULTS.items()):
            if of == level:
                yield f"| `{code}` | {_cell(next_step)} |"


def _ledgers() -> Iterator[str]:
    yield "# Ledgers"
    yield ""
    yield "Files of the tables that stand beside procurement, and how each is told by the names of its"
    yield "columns. How to write and give them: [how-to/use-ledgers.md](how-to/use-ledgers.md)."
    yield "\n## Templates\n"
    yield "`troth template NAME` writes one, with the meaning of each column. A column in bold must be"
    yield "there, and filled in every row; no others than these may be."
    yield ""
    yield "| template | what an entry is | columns |"
    yield "| --- | --- | --- |"
    for name, table in LEDGERS.items():
        required = set(TEMPLATES[name].needed)
        names = (f"**{c.name}**" if c.name in required else c.name for c in columns_of(table))
        yield f"| `{name}` | {_cell(table.meaning)} | {', '.join(names)} |"
    yield "\n## What others publish\n"
    yield "These are read as they come. A file is of the format whose columns in bold it has; further"
    yield "columns are not read."
    for one in PUBLISHED.values():
        yield f"\n### {one.name}\n"
        yield f"{one.meaning}\n"
        yield f"- Published by: {one.source}"
        yield f"- Fills: {', '.join(f'`{table}`' for table in one.fills)}"
        columns = [f"**{name}**" for name in one.needed] + list(one.optional)
        yield f"- Columns: {', '.join(columns)}"
        if one.needs_body:
            yield "- The file does not say of which body it is: say so when it is given."


def _flags() -> Iterator[str]:
    there = catalogue()
    computed = [one for one in flags() if one.indicator in there]
    yield "# The 73 flags"
    yield ""
    yield "The Open Contracting Partnership's guide of 2024 names 73 red flags. Their names, and the fields"
    yield "of OCDS that each needs, are the Partnership's; how far a rule here is what its source says stands"
    yield "on each indicator's card. `troth inspect DATA` tells for a data set which fields are there."
    yield ""
    yield f"## Computed here: {len(computed)}"
    yield ""
    yield "| flag | name | indicator | how sure |"
    yield "| --- | --- | --- | --- |"
    for one in computed:
        card = there[one.indicator].card
        said = f"[{card.code} {_cell(card.title)}](indicators.md)"
        yield f"| {one.code} | {_cell(one.name)} | {said} | {_cell(card.verified.value)} |"
    yield ""
    yield f"## Not computed here: {len(flags()) - len(computed)}"
    for one in flags():
        if one.indicator in there:
            continue
        yield f"\n### {one.code} {one.name}\n"
        yield f"{one.asks}\n"
        yield f"- Beyond the fields of OCDS it would need: {one.beyond}"
        yield from (f"- Field: {in_words(need)}" for need in one.needs)


def _indicators() -> Iterator[str]:
    yield "# Indicators"
    yield ""
    yield "Each has a page of its own beside its formula: why it matters, what can mislead, what"
    yield "would clear it, and worked examples that are run on every engine."
    pillar = ""
    for indicator in sorted(catalogue().values(), key=lambda one: (one.pillar, one.code)):
        if indicator.pillar != pillar:
            pillar = indicator.pillar
            yield f"\n## {pillar.capitalize()}"
        yield from _indicator(indicator)


def _indicator(indicator: Indicator) -> Iterator[str]:
    card = indicator.card
    beside = f"../troth/indicators/{indicator.pillar}/{indicator.name}"
    yield f"\n### {card.code} {card.title}\n"
    yield f"{card.question}\n"
    yield f"- Unit: {card.unit}"
    yield f"- Cases: {indicator.case_kind}, at least {card.minimum_cases} for a figure"
    yield f"- Direction: {card.direction.value}"
    yield from (f"- Threshold {name}: {said}" for name, said in card.thresholds.items())
    yield f"- Source: {card.source}"
    yield f"- How sure: {card.verified.value}"
    yield f"- Version {card.version}, {card.status.value}"
    yield f"- [Formula]({beside}.py), [words and examples]({beside}.md)"


def _screens() -> Iterator[str]:
    yield "# Screens"
    yield ""
    yield "Figures of the bids of one tender, b1 <= ... <= bn, with their mean m and their sample standard"
    yield "deviation s. They are review prompts, not evidence of collusion:"
    yield "[ask local labels](how-to/validate-screens.md) before reading anything into one."
    yield ""
    yield "| screen | formula | from how many bids | expected side | mark | compared with published columns |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in SCREENS:
        side = one.side if one.expected else "none"
        yield (
            f"| {one.code} | {_cell(one.formula)} | {one.least} | {side} | {one.checked} "
            f"| {_cell(one.compared)} |"
        )
    yield ""
    yield "*ran*: the formula was compared with the columns that García Rodríguez et al. (2022) published"
    yield "with six labelled sets of bids; the last column says with what result. *memory*: written down from"
    yield "general knowledge of the literature and not compared with it. The expected side is that of cover"
    yield "bidding without side payments. A screen is unknown with fewer bids and where it would divide by"
    yield "0, such as wherever all bids are equal; published columns write 0 there."
    yield ""
    yield "With two bids RDNOR is always 1 and KSTEST always 0.5. Code: `troth/measure/screens.py`."


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Data goes to standard output, progress and notes to standard error. `troth watch` asks the"
    yield "addresses that it is given; no other command uses the network, and none sends data anywhere."
    yield "\n## Exit codes\n"
    yield "| code | meaning |"
    yield "| --- | --- |"
    for code, meaning in re.findall(
        r"^ {4}(\d+) +(.+)$", inspect.getdoc(leaving) or "", re.MULTILINE
    ):
        yield f"| {code} | {_cell(meaning)} |"
    root = typer.main.get_command(cli.app)
    yield "\n## troth\n"
    yield _cell(root.help)
    yield from _parameters(root)
    yield from _commands_of(root, "troth")


def _commands_of(group: Any, name: str) -> Iterator[str]:
    for command in sorted(group.commands.values(), key=lambda one: str(one.name)):
        full = f"{name} {command.name}"
        if hasattr(command, "commands"):
            yield from _commands_of(command, full)
            continue
        arguments = [
            one.make_metavar(_context(command)) for one in command.params if _is_argument(one)
        ]
        yield f"\n## {full}\n"
        yield f"    {' '.join([full, *arguments])}\n"
        yield _cell(command.help)
        yield from _parameters(command)


def _context(command: Any) -> Any:
    return command.context_class(command)


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _parameters(command: Any) -> Iterator[str]:
    yield "\n| option | meaning | default |"
    yield "| --- | --- | --- |"
    for parameter in command.params:
        if _is_argument(parameter):
            names = parameter.make_metavar(_context(command))
        else:
            names = ", ".join([*parameter.opts, *parameter.secondary_opts])
        choices = getattr(parameter.type, "choices", ())
        said = f" One of {', '.join(map(_choice, choices))}." if choices else ""
        yield f"| `{_cell(names)}` | {_cell(parameter.help or '')}{said} | {_default(parameter)} |"


def _choice(value: object) -> str:
    return f"`{getattr(value, 'value', value)}`"


def _default(parameter: Any) -> str:
    if parameter.default is None or callable(parameter.default) or parameter.default in (False, ()):
        return ""
    return _choice(parameter.default)


def main() -> None:
    for name, text in {**pages(), "cardinal.md": cardinal()}.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()

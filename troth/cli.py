"""The commands. Each is a few lines: what it takes, and who does it (`troth/terminal`).

Everything heavy is imported by the command that needs it, so that `troth --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from troth import __version__
from troth.terminal.check import FailOn
from troth.terminal.leaving import ended
from troth.terminal.run import Until
from troth.terminal.screen import Format, ListFormat, say

app = typer.Typer(
    name="troth",
    help="Measure, from open data, whether public bodies keep their word.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
indicators = typer.Typer(
    help="The indicators: what they ask, of whom, and how.", rich_markup_mode=None
)
new = typer.Typer(help="Begin something new.", rich_markup_mode=None)
config = typer.Typer(help="The settings.", rich_markup_mode=None)
selfcheck = typer.Typer(help="Try to break what must hold.", rich_markup_mode=None)
cardinal = typer.Typer(
    help="What Cardinal of the Open Contracting Partnership does, with its settings and its output.",
    rich_markup_mode=None,
)
recipe = typer.Typer(help="Recipes: the choices behind a level.", rich_markup_mode=None)
validate = typer.Typer(
    help="What rules tell where somebody knows the answer.", rich_markup_mode=None
)
app.add_typer(recipe, name="recipe")
app.add_typer(indicators, name="indicators")
app.add_typer(new, name="new")
app.add_typer(config, name="config")
app.add_typer(selfcheck, name="selfcheck")
app.add_typer(cardinal, name="cardinal")
app.add_typer(validate, name="validate")

OUT = Path("troth-out")

Data = Annotated[
    list[str],
    typer.Argument(
        metavar="DATA...",
        help="OCDS files, folders, globs, or - for standard input; .gz .zst .zip too.",
    ),
]
DataIfAny = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATA...]",
        help="Files, folders, globs or - for standard input; CSV files are ledgers.",
    ),
]
Ledgers = Annotated[
    list[str] | None,
    typer.Option(
        "--ledger",
        metavar="FORMAT=FILE",
        help="A ledger whose header does not tell its format; see template. "
        "FORMAT:BODY=FILE where it does not say of which body it is. May be given again.",
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The output folder.")]
Release = Annotated[
    Path,
    typer.Option("--out", metavar="DIR|RELEASE", help="A release, or an output folder's latest."),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes that read, threads that query.")]
Memory = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help="What queries may hold before they spill, such as 1GB."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
Lines = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Compiled releases, one a line, or - for standard input; .gz .zst .zip too.",
    ),
]
CardinalSettings = Annotated[
    Path | None, typer.Option("--settings", "-s", metavar="FILE", help="The settings.ini.")
]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Tell of every line that is passed over.")
]
TextOrJson = Annotated[Format, typer.Option("--format", help="How to give the data.")]
AnyFormat = Annotated[ListFormat, typer.Option("--format", help="How to give the data.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; without arguments, those of the command line."""
    if arguments is None:
        sys.meta_path.insert(0, _NoPandas())
        arguments = sys.argv[1:]
    return ended(app, arguments)


class _NoPandas:
    """Arrow imports pandas where it finds it, for a quarter of a second, and no command uses it."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("no command of troth needs pandas", name=name)


def _version(asked: bool) -> None:
    if asked:
        say(f"troth {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def every_command(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  its callback reads it
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Say the version and leave."
        ),
    ] = False,
    debug: Annotated[  # noqa: ARG001  `leaving.ended` takes it out before; here it is for --help
        bool, typer.Option("--debug", help="Tracebacks; may stand anywhere.")
    ] = False,
) -> None:
    """Measure, from open data, whether public bodies keep their word."""
    if context.invoked_subcommand is None:
        say(context.get_help())


@app.command()
def run(
    data: DataIfAny = None,
    out: Out = OUT,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Judge as of this day; else the latest release date.",
        ),
    ] = None,
    jobs: Jobs = None,
    memory: Memory = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first fault.")] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Read every line with the careful reader.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Add these inputs to those of the last run.")
    ] = False,
    bodies: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV of bodies (body_id, level, population): who is compared with whom.",
        ),
    ] = None,
    ledger: Ledgers = None,
    recipe_file: Annotated[
        Path | None,
        typer.Option(
            "--recipe",
            metavar="FILE|NAME",
            help="Score by this recipe: a file (see recipe show), open-competition or kept-word.",
        ),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            metavar="RELEASE",
            help="Hold silence against this earlier release: what a body stops publishing counts "
            "with what it published last.",
        ),
    ] = None,
    records: Annotated[
        int, typer.Option(min=0, help="Records that the release holds for its pages.")
    ] = 3_000,
    until: Annotated[Until, typer.Option(help="The step to stop after.")] = Until.PAGES,
    language: Annotated[str, typer.Option(help="Language of the pages: en, ar, zh.")] = "en",
    licence: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL", help="Licence of the input data; may be given again."),
    ] = None,
    form: TextOrJson = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Everything: read, measure, score, publish a release, write its pages."""
    from troth.terminal import run as running

    inputs = running.inputs_of(data or [], ledger or [], bodies)
    options = running.options_of(
        out, as_of=as_of.date() if as_of else None, jobs=jobs, memory=memory, strict=strict,
        audit=audit, update=update, records=records, licences=licence or [],
        inputs=inputs, recipe=recipe_file, previous=previous,
    )  # fmt: skip
    given = running.as_given(data or [], ledger or [])
    running.run(running.Asked(given, inputs.records, options, until, language, form, quiet))


@app.command()
def inspect(
    data: Data,
    jobs: Jobs = None,
    memory: Memory = None,
    form: TextOrJson = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """What is in the data, which indicators it can feed, and what the others lack."""
    from troth.terminal import inspect as inspecting
    from troth.terminal import run as running

    inputs = running.inputs_of(data)
    options = running.plain_options(jobs, memory, inputs)
    inspecting.inspect(inputs.records, options, form=form, quiet=quiet)


@app.command()
def check(
    data: DataIfAny = None,
    ledger: Ledgers = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Leave with 1 where something at least this bad is found.")
    ] = None,
    jobs: Jobs = None,
    form: AnyFormat = ListFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Everything that is wrong with the data, where it stands, and what to do about it."""
    from troth.terminal import check as checking
    from troth.terminal import run as running

    given = running.inputs_of(data or [], ledger or [])
    checking.check(given, fail_on=fail_on, form=form, jobs=jobs, quiet=quiet)


@app.command()
def explain(
    body: Annotated[
        str,
        typer.Argument(metavar="BODY", help="Identifier of a body, or its name, or part of it."),
    ],
    out: Out = OUT,
    indicator: Annotated[
        str | None, typer.Option(metavar="CODE", help="This indicator alone.")
    ] = None,
    records: Annotated[
        bool, typer.Option("--records", help="Show the record of each case listed.")
    ] = False,
    cases: Annotated[
        int, typer.Option(min=0, help="How many cases of each indicator to list.")
    ] = 3,
    form: AnyFormat = ListFormat.TEXT,
) -> None:
    """From the points of a body down to the lines of the files. CSV gives every case."""
    from troth.terminal import explain as explaining

    explaining.explain(body, out, indicator=indicator, cases=cases, with_records=records, form=form)


@app.command()
def score(
    recipe_file: Annotated[
        Path, typer.Option("--recipe", metavar="FILE|NAME", help="A recipe; see recipe show.")
    ],
    out: Release = OUT,
    form: AnyFormat = ListFormat.TEXT,
) -> None:
    """A release scored anew by a recipe of your own, beside the levels that it published."""
    from troth.terminal import score as scoring

    scoring.score(out, recipe_file, form)


@app.command()
def template(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A ledger; without it, which there are.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to this new file.")
    ] = None,
) -> None:
    """A ledger to fill: its columns with their meaning, as CSV."""
    from troth.terminal import template as templates

    templates.template(name, out)


@recipe.command("show")
def show_recipe(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR|RELEASE", help="That of this release, not the default."),
    ] = None,
    named: Annotated[
        str | None,
        typer.Option("--recipe", metavar="NAME", help="One that comes with troth: kept-word."),
    ] = None,
    form: TextOrJson = Format.TEXT,
) -> None:
    """A recipe as a file, to start one's own from."""
    from troth.terminal import recipe as recipes

    recipes.show(out, named, form)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="BODY", help="Identifier or name of a body.")],
    second: Annotated[str, typer.Argument(metavar="BODY", help="The body to compare it with.")],
    out: Release = OUT,
    recipe_file: Annotated[
        Path | None,
        typer.Option("--recipe", metavar="FILE", help="By this recipe, not the release's own."),
    ] = None,
    form: TextOrJson = Format.TEXT,
) -> None:
    """Whether the levels of two bodies can be told apart."""
    from troth.terminal import compare as comparing

    comparing.compare(first, second, out, recipe_file, form)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A release, or an output folder.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The release to compare it with.")],
    form: AnyFormat = ListFormat.TEXT,
) -> None:
    """How levels changed between two releases: by data, peers, method, correction."""
    from troth.terminal import diff as differing

    differing.diff(old, new, form)


@app.command()
def simulate(
    country: Annotated[
        str | None,
        typer.Argument(metavar="[COUNTRY]", help="An invented country to write: ruritania."),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Do intervals hold what they promise?")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the country into here.")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check", metavar="DIR|RELEASE", help="Does this release show what was planted?"
        ),
    ] = None,
    size: Annotated[
        float, typer.Option(min=0.01, max=10.0, help="How much happens in the country; 1 is usual.")
    ] = 1.0,
    countries: Annotated[int, typer.Option(min=2, help="How many countries to make.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Where chance begins.")] = 1,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the figures here too, as docs/calibration.json."),
    ] = None,
    form: TextOrJson = Format.TEXT,
) -> None:
    """Make data whose truth is known, and see whether it is found."""
    from troth.terminal import simulate as simulating

    if country is None:
        simulating.simulate(calibrate, countries, seed, write, form)
    else:
        simulating.made_up(simulating.Wanted(country, out, check, seed, size), form)


@app.command()
def serve(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The output folder.")] = OUT,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="On this machine only.")] = 8000,
    get: Annotated[
        str | None, typer.Option(metavar="PATH", help="Print this page instead, and leave.")
    ] = None,
) -> None:
    """The pages in a browser, on this machine."""
    from troth.terminal import release

    release.serve(folder, port, get)


@app.command()
def verify(
    release: Annotated[
        Path,
        typer.Argument(metavar="RELEASE", help="A release, or an output folder for its latest."),
    ],
    form: TextOrJson = Format.TEXT,
) -> None:
    """Whether a release is still what it was, and whether its figures add up."""
    from troth.terminal import release as releases

    releases.verify(release, form)


@app.command()
def watch(
    duties: Annotated[
        Path, typer.Argument(metavar="DUTIES.csv", help="What must be published, and where.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where all looks are kept.")],
    contact: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Page or mail by which you can be reached; is sent."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT", help="Look as of this moment (ISO 8601); else the real one."
        ),
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0, max=3_600, help="Seconds between two requests to one host.")
    ] = 2.0,
    limit: Annotated[
        int, typer.Option(min=1, max=2**31, metavar="BYTES", help="Larger answers are not kept.")
    ] = 20 * 1024 * 1024,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=3_600, help="Seconds for one answer as a whole.")
    ] = 60.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Ask machines of private networks too.")
    ] = False,
    form: AnyFormat = ListFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Look at what must be published: is it there, did it go, were its numbers changed?"""
    from troth.terminal import watch as watching

    asked = watching.Asked(at, contact, allow_private, rate, limit, timeout)
    watching.watch(duties, out, asked, form, quiet)


@indicators.command("list")
def list_indicators(form: AnyFormat = ListFormat.TEXT) -> None:
    """Every indicator, one line each."""
    from troth.terminal import indicators as listing

    listing.list_all(form)


@indicators.command("show")
def show_indicator(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Its code or its name.")],
    sql: Annotated[bool, typer.Option("--sql", help="The query alone.")] = False,
    form: TextOrJson = Format.TEXT,
) -> None:
    """One indicator: its question, source, thresholds, words, and query."""
    from troth.terminal import indicators as listing

    listing.show(code, sql=sql, form=form)


@new.command("indicator")
def new_indicator(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A code that nobody has, such as P065.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, such as single_bid.")],
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of indicators.")
    ] = None,
) -> None:
    """Write the two files of a new indicator, which run and keep their own examples."""
    from troth.terminal import new_indicator as beginning

    beginning.new_indicator(code, name, into)


@config.command("show")
def show_config(form: TextOrJson = Format.TEXT) -> None:
    """The settings that hold here, and where each was set."""
    from troth.terminal import config as settings

    settings.show(form)


@selfcheck.command("persons")
def selfcheck_persons(
    release: Annotated[
        Path | None, typer.Argument(metavar="[RELEASE]", help="A release to look through as well.")
    ] = None,
    form: TextOrJson = Format.TEXT,
) -> None:
    """Try to break each wall that keeps figures about persons out."""
    from troth.terminal import selfcheck as checking

    checking.persons(release, form)


@validate.command("screens")
def validate_screens(
    bids: Annotated[
        Path,
        typer.Argument(
            metavar="LABELLED.csv",
            help="A bid a line: tender, bid_value, label (1 or 0) and, where known, date, market, "
            "reserve.",
        ),
    ],
    minimum_bids: Annotated[
        int, typer.Option(min=2, help="Leave out tenders with fewer bids.")
    ] = 2,
    resamples: Annotated[
        int, typer.Option(min=100, max=100_000, help="Draws of tenders behind each interval.")
    ] = 1_000,
    seed: Annotated[int, typer.Option(min=0, help="Where chance begins.")] = 1,
    form: AnyFormat = ListFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """What collusion screens tell in labelled tenders. They are review prompts, not evidence."""
    from troth.terminal import validate as validating

    validating.screens(bids, minimum_bids, seed, resamples, form, quiet)


@cardinal.command("init")
def cardinal_init(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write it; - prints it.")],
    force: Annotated[bool, typer.Option("--force", "-f", help="Write over a file.")] = False,
) -> None:
    """Write a settings.ini with every key of Cardinal as a comment."""
    from troth.terminal import cardinal as as_cardinal

    as_cardinal.init(file, force=force)


@cardinal.command("coverage")
def cardinal_coverage(file: Lines, verbose: Verbose = 0) -> None:
    """How often each field is not empty, as one JSON object."""
    from troth.terminal import cardinal as as_cardinal

    as_cardinal.coverage(file, verbose=verbose > 0)


@cardinal.command("prepare")
def cardinal_prepare(
    file: Lines,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Corrected data; - prints it.")
    ],
    errors: Annotated[
        str, typer.Option("--errors", "-e", metavar="FILE", help="Issues as CSV; - prints them.")
    ],
    settings: CardinalSettings = None,
    verbose: Verbose = 0,
) -> None:
    """Correct what the settings say, and list what remains wrong."""
    from troth.terminal import cardinal as as_cardinal

    as_cardinal.prepare(file, settings, output=output, errors=errors, verbose=verbose > 0)


@cardinal.command("indicators")
def cardinal_indicators(
    file: Lines,
    settings: CardinalSettings = None,
    count: Annotated[
        bool, typer.Option("--count", "-c", help="Results of each group, to standard error.")
    ] = False,
    no_meta: Annotated[
        bool, typer.Option("--no-meta", help="Without Meta: quartiles and fences.")
    ] = False,
    maps: Annotated[
        bool, typer.Option("--map", help="With Maps: from processes to organizations.")
    ] = False,
    verbose: Verbose = 0,
) -> None:
    """The eleven indicators of Cardinal, as one JSON object."""
    from troth.terminal import cardinal as as_cardinal

    shown = as_cardinal.Shown(meta=not no_meta, maps=maps, counts=count)
    as_cardinal.indicators(file, settings, shown, verbose=verbose > 0)


if __name__ == "__main__":
    sys.exit(main())

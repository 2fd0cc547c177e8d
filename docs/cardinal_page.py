"""The page docs/cardinal.md: how to switch from Cardinal, and every known defect beside our answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docs.defects import DEFECTS, Answers, Case, Defect

HEAD = """\
# For users of Cardinal

Whoever uses Cardinal, the tool of the Open Contracting Partnership, finds its commands here, with its
settings file and its output. No file has to be edited: write `troth cardinal` where you wrote
`ocdscardinal`.

    troth cardinal init settings.ini
    troth cardinal coverage releases.jsonl
    troth cardinal prepare -s settings.ini -o prepared.jsonl -e issues.csv releases.jsonl
    troth cardinal indicators -s settings.ini prepared.jsonl

The answers are those of Cardinal 0.0.8, its mistakes included, so that figures of last year and of
this year can be compared: the 15 published fixtures of its indicators and 20 generated data sets,
the 35 of `coverage`, the 9 of `prepare` and the 16 examples of its documentation all come out the
same. They are listed one by one in [cardinal-conformance.md](cardinal-conformance.md).

Troth's own indicators answer better questions of the same data. `troth run` needs no settings file.

## What is the same

- The settings: every section and key, its default, lists separated by `|`. An indicator runs where
  its section stands in the file.
- The results object: its groups, `Meta` with quartiles and fences to four decimals, `Maps`.
- The corrected lines of `prepare`, to the byte: the order of members and the spelling of numbers.
- The rows of issues, and their columns: line, ocid, path, indexes of lists, value, description.
- What is passed over: lines that are no JSON, or nested deeper than 127; ids that are numbers.

## What is different

- The same input gives the same bytes. Cardinal reads in several threads, so that its keys, the lines
  of `prepare` and, without `currency`, its figures change from run to run. Here everything stands in
  the order of the file, as with one thread of Cardinal.
- Files may be packed (`.gz`, `.zst`, `.zip`).
- An unknown key is refused with file, line and the key that was perhaps meant. Cardinal names the key.
- Three lines that are passed over are told, and the rest counted; `--verbose` tells all. Bids in
  another currency are counted in one note, and in none with `info_currency_mismatches = true`.
- `prepare` does not write over its own input, and `init` says so where it would write over a file.
- Where a winning and a losing price are both 0, their ratio is no number. Cardinal's quartiles then
  depend on chance; here such a ratio counts as the greatest.
- A command that fails leaves with 2 for a wrong option or setting and 3 for an input that cannot be
  used ([commands.md](commands.md)).
- `coverage` gives JSON whatever the names of the fields are.
- Results of a tenderer, buyer or procuring entity whose identifier is a natural person's, such as a
  Peruvian RUC that begins with 10 (`PE-RUC-10...`), are not printed, nor is the identifier in `Maps`.
  A note says how many were left out. They count in `Meta` and in the results of others, as in
  Cardinal. An identifier without its scheme in front shows nobody to be a person.

Other results about tenderers are part of Cardinal's output and stay in it. Troth's releases and pages
hold no figure of a firm ([no-persons.md](no-persons.md)).

## Known defects, and what Troth answers

Each row is run when this page is written: Cardinal's side by `troth cardinal`, Troth's by its
indicators. A test compares the page with what would be written now. Results of more than four ids
are counted.
"""

#: Code in a cell of a table: a bar would end the cell.
_BAR = "\\|"


def page(answers: Mapping[str, Sequence[Answers]], written: str) -> str:
    """The page as Markdown; `written` says by what it is written."""
    title, rest = HEAD.split("\n", 1)
    return "\n".join([title, "", written, *rest.splitlines(), *_defects(answers)]) + "\n"


def _defects(answers: Mapping[str, Sequence[Answers]]) -> Iterator[str]:
    for defect in DEFECTS:
        yield from _defect(defect, answers[defect.code])


def _defect(defect: Defect, answers: Sequence[Answers]) -> Iterator[str]:
    yield f"\n### {defect.code}\n"
    yield defect.found
    yield "\n| given | settings | Cardinal 0.0.8 | Troth |"
    yield "| --- | --- | --- | --- |"
    for case, said in zip(defect.cases, answers, strict=True):
        yield _row(case, said)
    yield f"\n{defect.instead}"


def _row(case: Case, said: Answers) -> str:
    settings = " ".join(f"`{line}`" for line in case.settings.splitlines()) or "none"
    cells = (case.given, settings, f"`{said.cardinal}`", said.troth)
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"

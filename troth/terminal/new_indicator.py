"""`troth new indicator`: the two files of an indicator, to be made into what it is to say.

What is written runs and keeps its own worked examples, so that whoever goes on from there begins
with something that works: one example each side of the line, one with the value missing, one that
must not count.
"""

from __future__ import annotations

import re
from pathlib import Path

from troth.errors import UsageError
from troth.terminal.screen import say

#: The letter of a code and its folder.
PILLARS = {
    "C": "continuity",
    "I": "implementation",
    "D": "debt",
    "T": "transparency",
    "P": "procurement",
    "O": "outcomes",
}

_CODE = re.compile(r"[CIDTPO]\d{2,3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

FORMULA = '''\
"""{title}: say here in one sentence which cases it is about."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import not_cancelled

#: More than this is a hit. Say here which document names this number.
MOST_BIDDERS = 3


@share(
    code="{code}",
    title="{title}",
    question="How often does it happen?",
    unit="share of tenders with a known number of tenderers",
    direction=Direction.LOWER_IS_BETTER,
    source="where the rule was taken from, exactly enough to be found",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="tenderers",
    thresholds={{"MOST_BIDDERS": "more than 3 tenderers"}},
)
def {name}(tender: Table) -> Outcome:
    """Hit when more than three came; an unknown number stays unknown."""
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={{"tender/numberOfTenderers": tender.tenderers_stated}},
        hit=tender.tenderers_stated > MOST_BIDDERS,
        value=tender.tenderers_stated,
    )
'''

WORDS = """\
# {title}

## Why it matters

Say what a reader loses when it happens, in two or three sentences.

## What can mislead

- Say in which cases it happens for a good reason.
- Say how publishers differ in what they write into the fields.

## What would clear it

Say which document would show that there was a good reason.

## Worked examples

### On each side of the line, unknown, and called off

Given tender

| pid | status | tenderers_stated |
| --- | --- | --- |
| 1 | active | 4 |
| 2 | active | 3 |
| 3 | active | |
| 4 | cancelled | 4 |

Expect

| pid | state | field |
| --- | --- | --- |
| 1 | flagged | |
| 2 | not_flagged | |
| 3 | insufficient_data | tender/numberOfTenderers |
| 4 | not_applicable | |
"""


def new_indicator(code: str, name: str, into: Path | None) -> None:
    """Write the two files, and say what to do with them."""
    formula, words = write(code, name, into or _folder())
    say(
        f"wrote {formula}",
        f"wrote {words}",
        "",
        "next  write the worked examples first, then the formula, then the words",
        f"      python -m pytest tests/indicators -k {code}",
        f"      troth indicators show {code}",
    )


def _folder() -> Path:
    import troth.indicators

    return Path(troth.indicators.__path__[0])


def write(code: str, name: str, folder: Path) -> tuple[Path, Path]:
    """The paths of the two files. A code or name that is taken, or of another form, is refused."""
    if not _CODE.fullmatch(code):
        pillars = ", ".join(f"{letter} {pillar}" for letter, pillar in PILLARS.items())
        raise UsageError(
            f"code {code!r}: expected a letter and two or three digits, such as P065 ({pillars})"
        )
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"name {name!r}: expected small letters and digits joined by _, such as single_bid"
        )
    _refuse_taken(code, name)
    pillar = folder / PILLARS[code[0]]
    formula, words = pillar / f"{name}.py", pillar / f"{name}.md"
    for path in (formula, words):
        if path.exists():
            raise UsageError(f"{path} is there already; choose another name")
    pillar.mkdir(parents=True, exist_ok=True)
    package = pillar / "__init__.py"
    if not package.exists():
        package.write_text(f'"""Indicators of {PILLARS[code[0]]}."""\n', encoding="utf-8")
    title = name.replace("_", " ").capitalize()
    formula.write_text(FORMULA.format(code=code, name=name, title=title), encoding="utf-8")
    words.write_text(WORDS.format(title=title), encoding="utf-8")
    return formula, words


def _refuse_taken(code: str, name: str) -> None:
    """A code is for citing and a name for reading; neither is ever used for something else."""
    from troth.indicators import catalogue

    known = catalogue()
    if code in known:
        raise UsageError(
            f"code {code} is that of {known[code].name}; a code is never used again. "
            f"Free: {_free(code, set(known))}"
        )
    for one in known.values():
        if one.name == name:
            raise UsageError(f"name {name!r} is that of {one.code}; choose another")


def _free(code: str, taken: set[str]) -> str:
    """The next code of the pillar that nobody has."""
    digits = len(code) - 1
    number = int(code[1:])
    while f"{code[0]}{number:0{digits}d}" in taken:
        number += 1
    return f"{code[0]}{number:0{digits}d}"

"""Charts of levels, bands and ranks: never a place without its interval, never one number alone.

All are drawn 360 units wide with every name on a line of its own, so that they are read on a phone
as they stand and need no turning. A range is a line, its middle a dot; the body of the page is a
diamond with its name in bold, so that it is found without colour.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from troth.publish.wording import BANDS, one_digit, percent
from troth.site import draw
from troth.site.axis import Axis
from troth.site.draw import Chart, Words, shortened

WIDTH = 360
LEFT, RIGHT = 12, 348
ROW = 36

#: Latin letters of a name that stand beside the words at the right of its line.
NAME_LETTERS = 40


@dataclass(frozen=True)
class Place:
    """Where a body may stand among the ranked: an interval and the median of the draws."""

    name: str
    low: int
    high: int
    middle: float
    marked: bool = False


@dataclass(frozen=True)
class Reach:
    """A body's level in points with its interval, and the band the level lies in."""

    name: str
    low: float
    high: float
    level: float
    band: str
    marked: bool = False


@dataclass(frozen=True)
class Part:
    """What one indicator gives in points, seen from the peers where they are known."""

    name: str
    points: float
    from_peers: float | None


@dataclass(frozen=True)
class Factor:
    """A choice of the method: the parts of the variance it explains alone, and with all others."""

    name: str
    first_order: float
    total: float


# --- ranges: where bodies may stand, and how high ---


def rank_chart(rows: Sequence[Place], ranked_of: int, finding: str, words: Words) -> Chart:
    """One row a body: the 90 % interval of its rank as a line, the median of the draws as a dot."""
    last = max(ranked_of, 2)
    x_of = _scale(1, last)
    ticks = [(x_of(place), f"{place:,}") for place in _places(last)]
    drawn = [_grid(ticks, len(rows), words.rank)]
    for number, row in enumerate(rows):
        said = f"{row.low:,}–{row.high:,}"
        drawn.append(
            _range(number, row.name, said, row.marked, x_of, (row.low, row.middle, row.high))
        )
    table = tuple((row.name, f"{row.low:,}", f"{row.high:,}", f"{row.middle:,.4g}") for row in rows)
    heading = (words.body, words.rank_low, words.rank_high, words.rank_middle)
    return Chart(finding, _picture(len(rows), finding, drawn), heading, table)


def level_chart(rows: Sequence[Reach], finding: str, words: Words) -> Chart:
    """One row a body: the 90 % interval of its level over the five bands, the level as a dot."""
    x_of = _scale(0, 100)
    height = _bottom(len(rows)) - TOP
    drawn = []
    for number, (name, (low, high)) in enumerate(reversed(tuple(BANDS.items()))):
        left = x_of(low)
        if number % 2:
            drawn.append(draw.rect(left, TOP, x_of(high) - left, height, draw.BAND_LIGHT))
        drawn.append(
            draw.text((left + x_of(high)) / 2, TOP - 6, name, anchor="middle", size=12, bold=True)
        )
    ticks = [(x_of(points), str(points)) for points in range(0, 101, 20)]
    drawn.append(_grid(ticks, len(rows), words.points))
    for number, row in enumerate(rows):
        said = f"{one_digit(row.low)}–{one_digit(row.high)}"
        drawn.append(
            _range(number, row.name, said, row.marked, x_of, (row.low, row.level, row.high))
        )
    table = tuple(
        (row.name, one_digit(row.level), one_digit(row.low), one_digit(row.high), row.band)
        for row in rows
    )
    heading = (words.body, words.level, words.level_low, words.level_high, words.band)
    return Chart(finding, _picture(len(rows), finding, drawn), heading, table)


#: Where rows begin: below the letters of the bands.
TOP = 22

_Scale = Callable[[float], float]


def _scale(first: float, last: float) -> _Scale:
    return lambda value: LEFT + (RIGHT - LEFT) * (value - first) / (last - first)


def _bottom(rows: int) -> float:
    return TOP + ROW * rows + 4


def _picture(rows: int, finding: str, drawn: Sequence[str]) -> str:
    return draw.svg(WIDTH, _bottom(rows) + 36, finding, "".join(drawn))


def _grid(ticks: Sequence[tuple[float, str]], rows: int, axis: str) -> str:
    bottom = _bottom(rows)
    drawn = []
    for x, label in ticks:
        drawn.append(draw.ticks(x, [TOP + ROW * row + 17 for row in range(rows)], 16))
        drawn.append(
            draw.text(_within(x, label), bottom + 14, label, anchor="middle", fill=draw.SOFT)
        )
    middle = (LEFT + RIGHT) / 2
    drawn.append(draw.text(middle, bottom + 30, axis, anchor="middle", fill=draw.SOFT))
    return "".join(drawn)


def _within(x: float, label: str) -> float:
    """A middle for a label that keeps it inside the picture."""
    half = 3.4 * len(label) + 1
    return min(max(x, half), WIDTH - half)


def _range(
    number: int, name: str, said: str, marked: bool, x_of: _Scale, ends: tuple[float, float, float]
) -> str:
    """One row: name and numbers above, the interval as a line with ends, the middle as a dot."""
    top = TOP + ROW * number
    y = top + 25
    low, middle, high = (x_of(value) for value in ends)
    colour = draw.BLUE if marked else draw.GREY
    shape = (
        draw.diamond(middle, y, draw.BLUE, 5.5)
        if marked
        else f'<circle cx="{middle:.1f}" cy="{y}" r="3.5" fill="{draw.INK}"/>'
    )
    shown = _fitting(name, NAME_LETTERS - max(0, len(said) - 9))
    fill = draw.BLUE if marked else draw.INK
    return "".join(
        (
            draw.text(LEFT, top + 13, shown, size=12, fill=fill, bold=marked),
            draw.text(RIGHT, top + 13, said, anchor="end", size=12, fill=fill, bold=marked),
            draw.line(low, y, max(high, low + 0.5), y, colour, ' stroke-width="4"'),
            draw.line(low, y - 6, low, y + 6, colour, ' stroke-width="2"'),
            draw.line(high, y - 6, high, y + 6, colour, ' stroke-width="2"'),
            shape,
        )
    )


def _fitting(name: str, letters: int) -> str:
    """The name, cut to the width of so many Latin letters; letters of Chinese are twice as wide."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in name)
    return shortened(name, letters * len(name) // (len(name) + wide)) if name else name


#: Up to how many places each has its number below.
ALL_PLACES = 12


def _places(last: int) -> list[int]:
    """The places that have a number: all of few, else five from the first to the last."""
    if last <= ALL_PLACES:
        return list(range(1, last + 1))
    return sorted({1, *(round(1 + (last - 1) * part / 4) for part in range(1, 4)), last})


# --- how a level comes about ---

FALL_ROW = 34


def waterfall_chart(
    parts: Sequence[Part], level: float, finding: str, words: Words, exact: Sequence[str]
) -> Chart:
    """From the peers' level to this one: each bar begins where the one above ended.

    Where the peers of any part are not known, it begins at 0 and shows what each part gives. The
    scale then is 0 to 100; from the peers it is cut to where bars are, as its numbers say. `exact`
    holds the points of each part with every digit, for the table.
    """
    steps = [part.points if part.from_peers is None else part.from_peers for part in parts]
    known = bool(parts) and all(part.from_peers is not None for part in parts)
    if not known:
        steps = [part.points for part in parts]
    start = level - sum(steps) if known else 0.0
    reached = [start]
    for step in steps:
        reached.append(reached[-1] + step)
    first, last = _cut(reached) if known else (0, 100)
    x_of = _scale(first, last)
    rows = len(parts) + (2 if known else 1)
    bottom = 4 + FALL_ROW * rows
    drawn = []
    for share in range(5):
        points = first + (last - first) * share / 4
        label = f"{points:g}"
        drawn.append(draw.ticks(x_of(points), [FALL_ROW * row + 20 for row in range(rows)], 13))
        drawn.append(
            draw.text(
                _within(x_of(points), label), bottom + 14, label, anchor="middle", fill=draw.SOFT
            )
        )
    row = 0
    if known:
        drawn.append(_total(0, words.reference, start, x_of, draw.GREY, first))
        row = 1
    for part, step, before, after in zip(parts, steps, reached, reached[1:], strict=False):
        drawn.append(_step(row, part.name, step, before, after, x_of, known))
        row += 1
    drawn.append(_total(row, words.this_body, level, x_of, draw.BLUE, first))
    middle = (LEFT + RIGHT) / 2
    drawn.append(draw.text(middle, bottom + 30, words.points, anchor="middle", fill=draw.SOFT))
    table = tuple(
        (part.name, text, signed(part.from_peers) if part.from_peers is not None else "")
        for part, text in zip(parts, exact, strict=True)
    )
    svg = draw.svg(WIDTH, bottom + 36, finding, "".join(drawn))
    return Chart(finding, svg, (words.indicator, words.adds, words.from_peers), table)


def signed(points: float) -> str:
    """A difference in points with its sign: "+3.2", "−0.4", "0.0"."""
    rounded = round(points, 1)
    if rounded == 0:
        return "0.0"
    return f"+{rounded:.1f}" if rounded > 0 else f"−{-rounded:.1f}"


#: A cut scale has four parts of one of these many points.
CUT_PARTS = (1, 2, 5, 10, 25)


def _cut(values: Sequence[float]) -> tuple[int, int]:
    """The ends of a scale that holds the values, with four parts of a round number of points."""
    for part in CUT_PARTS:
        first = max(0, min(int(min(values) // part) * part, 100 - 4 * part))
        if first + 4 * part >= max(values):
            return first, first + 4 * part
    return 0, 100


def _step(
    row: int, name: str, step: float, before: float, after: float, x_of: _Scale, differs: bool
) -> str:
    """One bar; a step down is hatched as well as ochre, so that it is told from one up."""
    top = 4 + FALL_ROW * row
    left, right = sorted((x_of(before), x_of(after)))
    width = max(right - left, 1.5)
    said = signed(step) if differs else f"{step:.1f}"
    drawn = [
        draw.text(LEFT, top + 12, _fitting(name, 46), size=12),
        draw.text(RIGHT, top + 12, said, anchor="end", size=12, bold=True),
    ]
    if differs and step < 0:
        drawn.append(draw.rect(left, top + 17, width, 11, draw.PAPER, f' stroke="{draw.OCHRE}"'))
        drawn.append(draw.slanted(left, top + 17, left + width, top + 28, draw.OCHRE, 5))
    else:
        drawn.append(draw.rect(left, top + 17, width, 11, draw.BAR))
    return "".join(drawn)


def _total(row: int, name: str, points: float, x_of: _Scale, colour: str, first: float) -> str:
    """Where bars begin and end: a bar from 0; on a cut scale, where a bar would lie, a mark."""
    top = 4 + FALL_ROW * row
    fill = draw.BLUE if colour == draw.BLUE else draw.INK
    x = x_of(points)
    mark = (
        draw.rect(x_of(0), top + 17, max(x - x_of(0), 1), 11, colour)
        if first == 0
        else draw.rect(x - 2, top + 17, 4, 11, colour)
    )
    return "".join(
        (
            draw.text(LEFT, top + 12, name, size=12, bold=True, fill=fill),
            draw.text(
                RIGHT, top + 12, f"{points:.1f}", anchor="end", size=12, bold=True, fill=fill
            ),
            mark,
        )
    )


# --- what a ranking depends on ---

FACTOR_ROW = 40


def sensitivity_chart(factors: Sequence[Factor], finding: str, words: Words) -> Chart:
    """Parts of the variance by choice of the method: alone as a full bar, with others as a frame."""
    x_of = _scale(0, 1)
    bottom = 4 + FACTOR_ROW * len(factors)
    drawn = []
    for step in range(5):
        label = f"{25 * step} %"
        tops = [FACTOR_ROW * row + 20 for row in range(len(factors))]
        drawn.append(draw.ticks(x_of(step / 4), tops, 18))
        drawn.append(
            draw.text(
                _within(x_of(step / 4), label), bottom + 14, label, anchor="middle", fill=draw.SOFT
            )
        )
    for number, factor in enumerate(factors):
        top = 4 + FACTOR_ROW * number
        total, alone = (min(max(part, 0.0), 1.0) for part in (factor.total, factor.first_order))
        said = f"{percent(alone)} % / {percent(total)} %"
        drawn.append(draw.text(LEFT, top + 13, _fitting(factor.name, 36), size=12))
        drawn.append(draw.text(RIGHT, top + 13, said, anchor="end", size=12, bold=True))
        wide = max(x_of(total) - LEFT, 1)
        drawn.append(draw.rect(LEFT, top + 18, wide, 14, draw.PAPER, f' stroke="{draw.BLUE}"'))
        drawn.append(draw.rect(LEFT, top + 21, max(x_of(alone) - LEFT, 1), 8, draw.BLUE))
    key = bottom + 26
    drawn.append(draw.rect(LEFT, key, 16, 8, draw.BLUE))
    drawn.append(draw.text(LEFT + 22, key + 8, words.first_order, fill=draw.SOFT))
    drawn.append(draw.rect(LEFT, key + 16, 16, 10, draw.PAPER, f' stroke="{draw.BLUE}"'))
    drawn.append(draw.text(LEFT + 22, key + 25, words.total, fill=draw.SOFT))
    table = tuple((one.name, percent(one.first_order), percent(one.total)) for one in factors)
    heading = (words.factor, f"{words.first_order}, %", f"{words.total}, %")
    return Chart(finding, draw.svg(WIDTH, key + 32, finding, "".join(drawn)), heading, table)


# --- one figure in a cell of a table ---

CELL_WIDTH, CELL_HEIGHT = 150, 20


def cell(low: float, middle: float, high: float, axis: Axis, finding: str) -> str:
    """A value and its interval on a scale, small enough for a cell."""

    def x_of(value: float) -> float:
        return 6 + (CELL_WIDTH - 12) * axis.part(value)

    y = CELL_HEIGHT / 2
    body = "".join(
        (
            draw.line(6, y, CELL_WIDTH - 6, y, draw.LINE),
            draw.rect(x_of(low), y - 3, max(x_of(high) - x_of(low), 1), 6, draw.BAR, ' rx="2"'),
            draw.diamond(x_of(middle), y, draw.BLUE, 5.5),
        )
    )
    return draw.svg(CELL_WIDTH, CELL_HEIGHT, finding, body)

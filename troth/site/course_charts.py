"""Charts of what happened: contracts with what was due and paid, deadlines, debts, ways of cases.

All but the course of a contract are 360 units wide, so that a phone shows them as they stand. Behind
time lies, where it is known, which administration was in office: a ground and a letter, no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from troth.site import draw
from troth.site.charts import Band, date_ticks, ground
from troth.site.draw import Chart, Words, shortened

WIDTH, LEFT, RIGHT = 360, 12, 348

XOf = Callable[[dt.date], float]


@dataclass(frozen=True)
class Bar:
    """One length with its name, and how it is written."""

    name: str
    length: float
    said: str


BAR_ROW = 34


def bars_chart(bars: Sequence[Bar], finding: str, heading: tuple[str, str]) -> Chart:
    """Lengths from 0 under each other, each with its name and number above."""
    longest = max(bar.length for bar in bars) or 1.0
    drawn = []
    for number, bar in enumerate(bars):
        top = 2 + BAR_ROW * number
        drawn.append(draw.text(LEFT, top + 13, shortened(bar.name, 52 - len(bar.said)), size=12))
        drawn.append(draw.text(RIGHT, top + 13, bar.said, anchor="end", size=12, bold=True))
        width = (RIGHT - LEFT) * max(bar.length, 0.0) / longest
        drawn.append(draw.line(LEFT, top + 24, RIGHT, top + 24, draw.LINE))
        if bar.length > 0:
            drawn.append(draw.rect(LEFT, top + 19, max(width, 1.5), 10, draw.BAR))
    svg = draw.svg(WIDTH, 4 + BAR_ROW * len(bars), finding, "".join(drawn))
    return Chart(finding, svg, heading, tuple((bar.name, bar.said) for bar in bars))


# --- parts of a whole, year by year ---

PART_ROW, LEGEND_ROW = 26, 17


#: How each part is filled: a colour, and for some slanted lines or one through the middle, so that
#: neighbours are told apart without colour.
PART_FILLS = (
    (draw.BLUE, ""),
    (draw.BAR, ""),
    (draw.OCHRE, ""),
    (draw.PAPER, "slanted"),
    (draw.LINE, ""),
    (draw.SAND, "middle"),
    (draw.PAPER, ""),
    (draw.BAND, "slanted"),
    (draw.VIOLET, ""),
)


def _filled(left: float, top: float, width: float, height: float, kind: int) -> str:
    fill, more = PART_FILLS[kind % len(PART_FILLS)]
    drawn = draw.rect(left, top, width, height, fill, f' stroke="{draw.SOFT}"')
    if more == "slanted":
        drawn += draw.slanted(left, top, left + width, top + height, draw.SOFT, 4)
    if more == "middle":
        middle = top + height / 2
        drawn += draw.line(left, middle, left + width, middle, draw.SOFT)
    return drawn


def parts_chart(
    rows: Sequence[tuple[str, Sequence[int]]], parts: Sequence[str], finding: str,
    heading: tuple[str, ...],
) -> Chart:  # fmt: skip
    """Each row a bar as long as its whole is large, cut into its parts; the key stands below.

    Parts that no row has are left out.
    """
    kept = [place for place in range(len(parts)) if any(counts[place] for _, counts in rows)]
    most = max(sum(counts) for _, counts in rows) or 1
    left = LEFT + 38
    drawn = []
    for number, (name, counts) in enumerate(rows):
        top = 2 + PART_ROW * number
        x = float(left)
        drawn.append(draw.text(left - 6, top + 15, name, anchor="end", size=12))
        for kind in kept:
            width = (RIGHT - left - 34) * counts[kind] / most
            if counts[kind]:
                drawn.append(_filled(x, top + 3, max(width, 1.0), 17, kind))
            x += width
        drawn.append(draw.text(x + 5, top + 16, f"{sum(counts):,}", size=11.5, fill=draw.SOFT))
    bottom = 8 + PART_ROW * len(rows)
    for place, kind in enumerate(kept):
        x = LEFT + (place % 2) * 168.0
        y = bottom + LEGEND_ROW * (place // 2)
        total = sum(counts[kind] for _, counts in rows)
        drawn.append(_filled(x, y, 11, 11, kind))
        drawn.append(draw.text(x + 17, y + 10, f"{parts[kind]} {total:,}", fill=draw.SOFT))
    height = bottom + LEGEND_ROW * ((len(kept) + 1) // 2) + 2
    table = tuple(
        (name, *(f"{counts[kind]:,}" for kind in kept), f"{sum(counts):,}") for name, counts in rows
    )
    heading = (heading[0], *(parts[kind] for kind in kept), heading[-1])
    return Chart(finding, draw.svg(WIDTH, height, finding, "".join(drawn)), heading, table)


# --- deadlines that moved ---


@dataclass(frozen=True)
class Due:
    """A commitment: when it was announced, due at first, due now, and done."""

    name: str
    announced: dt.date | None
    original: dt.date | None
    current: dt.date | None
    done: dt.date | None
    said: str


DUE_ROW = 36


def deadlines_chart(
    rows: Sequence[Due], bands: Sequence[Band], as_of: dt.date, finding: str,
    heading: tuple[str, ...], words: Words,
) -> Chart:  # fmt: skip
    """Each commitment from its announcement to its deadlines and its end, on one calendar.

    A line to the first deadline (upright tick), dashed on to the deadline as it stands (empty
    diamond); a filled dot on the day it was reported complete.
    """
    days = [
        day for row in rows for day in (row.announced, row.original, row.current, row.done) if day
    ]
    first, last, x_of = _calendar([*days, as_of])
    head = 15 if bands else 2
    bottom = head + 2 + DUE_ROW * len(rows)
    drawn = _under(bands, first, last, x_of, (LEFT, RIGHT), (0, bottom))
    for day, label in _few(date_ticks(first, last)):
        drawn.append(draw.text(x_of(day), bottom + 13, label, anchor="middle", fill=draw.SOFT))
        drawn.append(draw.line(x_of(day), bottom, x_of(day), bottom + 3, draw.SOFT))
    # In pieces, so that it runs through no row's words.
    tops = [head + DUE_ROW * number + 17 for number in range(len(rows))]
    pieces = "".join(f"M{x_of(as_of):.1f} {top}v{DUE_ROW - 17}" for top in tops)
    drawn.append(draw.path(pieces, draw.stroke(draw.INK, 1)))
    for number, row in enumerate(rows):
        top = head + DUE_ROW * number
        y = top + 26
        drawn.append(
            draw.text(LEFT + 2, top + 13, shortened(row.name, 50 - len(row.said)), size=12)
        )
        drawn.append(draw.text(RIGHT, top + 13, row.said, anchor="end", size=11.5, bold=True))
        drawn.append(_due(row, y, x_of))
    drawn.append(
        draw.text(
            x_of(as_of), bottom + 27, f"{words.snapshot} {as_of}",
            anchor="end" if x_of(as_of) > WIDTH / 2 else "start", size=10.5, fill=draw.SOFT,
        )
    )  # fmt: skip
    table = tuple(
        (
            row.name,
            *(_written(day) for day in (row.announced, row.original, row.current, row.done)),
            row.said,
        )
        for row in rows
    )
    return Chart(finding, draw.svg(WIDTH, bottom + 32, finding, "".join(drawn)), heading, table)


def _due(row: Due, y: float, x_of: XOf) -> str:
    drawn = []
    if row.announced is not None and row.original is not None:
        drawn.append(
            draw.line(x_of(row.announced), y, x_of(row.original), y, draw.BAR, ' stroke-width="3"')
        )
    if row.announced is not None:
        drawn.append(
            f'<circle cx="{x_of(row.announced):.1f}" cy="{y}" r="2.5" fill="{draw.SOFT}"/>'
        )
    if row.original is not None:
        x = x_of(row.original)
        drawn.append(draw.line(x, y - 6, x, y + 6, draw.INK, ' stroke-width="2"'))
        if row.current is not None and row.current != row.original:
            dashes = ' stroke-width="2" stroke-dasharray="3 3"'
            drawn.append(draw.line(x, y, x_of(row.current), y, draw.OCHRE, dashes))
    if row.current is not None and row.current != row.original:
        drawn.append(draw.diamond(x_of(row.current), y, draw.PAPER, 5, draw.OCHRE))
    if row.done is not None:
        drawn.append(f'<circle cx="{x_of(row.done):.1f}" cy="{y}" r="4.5" fill="{draw.BLUE}"/>')
    return "".join(drawn)


def _written(day: dt.date | None) -> str:
    return "" if day is None else str(day)


# --- one contract, with what was due and paid ---


@dataclass(frozen=True)
class Happened:
    """One dated event of a contract: in which lane, until when it was open, and its words."""

    lane: str
    day: dt.date
    settled: dt.date | None
    said: str


@dataclass(frozen=True)
class Course:
    """One contract: the days it runs, and its events."""

    signed: dt.date | None
    start: dt.date | None
    original_end: dt.date | None
    end: dt.date | None
    events: Sequence[Happened]


#: The lanes of a contract, below the bar of its term.
LANES = ("change", "milestone", "due", "payment")

COURSE_WIDTH, COURSE_LEFT, COURSE_RIGHT, COURSE_ROW = 720, 112, 708, 28


def contract_chart(
    course: Course, bands: Sequence[Band], as_of: dt.date, finding: str,
    lanes: dict[str, str], words: Words,
) -> Chart:  # fmt: skip
    """The term of a contract as a bar, then its changes, what was due, and payments.

    What was due and is still open runs on, dashed, to the day of the release.
    """
    terms = [course.signed, course.start, course.original_end, course.end]
    days = [day for day in terms if day is not None]
    days += [one.day for one in course.events]
    first, last, x_of = _calendar([*days, as_of], COURSE_LEFT, COURSE_RIGHT)
    shown = [lane for lane in LANES if any(one.lane == lane for one in course.events)]
    head = 16
    bottom = head + COURSE_ROW * (1 + len(shown))
    drawn = _under(bands, first, last, x_of, (COURSE_LEFT, COURSE_RIGHT), (0, bottom))
    for day, label in date_ticks(first, last):
        drawn.append(draw.line(x_of(day), bottom, x_of(day), bottom + 3, draw.SOFT))
        drawn.append(draw.text(x_of(day), bottom + 15, label, anchor="middle", fill=draw.SOFT))
    y = head + COURSE_ROW / 2
    drawn.append(draw.text(COURSE_LEFT - 8, y + 4, lanes["contract"], anchor="end", size=12))
    drawn.append(_term(course, y, x_of))
    for number, lane in enumerate(shown, 1):
        y = head + COURSE_ROW * number + COURSE_ROW / 2
        drawn.append(draw.text(COURSE_LEFT - 8, y + 4, lanes[lane], anchor="end", size=12))
        own = [one for one in course.events if one.lane == lane]
        drawn.append(_events(own, lane, y, x_of, as_of))
    drawn.append(draw.line(x_of(as_of), 0, x_of(as_of), bottom, draw.INK))
    rows = [
        (lanes["contract"], _written(course.start or course.signed), _written(course.end), ""),
        *(
            (lanes[one.lane], _written(one.day), _written(one.settled), one.said)
            for one in course.events
        ),
    ]
    heading = (words.lane, words.start, lanes["settled"], words.detail)
    svg = draw.svg(COURSE_WIDTH, bottom + 22, finding, "".join(drawn))
    return Chart(finding, svg, heading, tuple(rows), wide=True)


def _term(course: Course, y: float, x_of: XOf) -> str:
    """The term as first agreed as a bar; what was added to it as a frame of dashes."""
    start = course.start or course.signed
    drawn = []
    if start is not None and course.original_end is not None:
        left, right = sorted((x_of(start), x_of(course.original_end)))
        drawn.append(draw.rect(left, y - 5, max(right - left, 2), 10, draw.BLUE))
        if course.end is not None and course.end > course.original_end:
            more = f' stroke="{draw.BLUE}" stroke-dasharray="3 2"'
            width = x_of(course.end) - right
            drawn.append(draw.rect(right, y - 5, max(width, 2), 10, draw.PAPER, more))
    if course.signed is not None:
        x = x_of(course.signed)
        drawn.append(draw.line(x, y - 9, x, y + 9, draw.INK, ' stroke-width="2"'))
    return "".join(drawn)


def _events(events: Sequence[Happened], lane: str, y: float, x_of: XOf, as_of: dt.date) -> str:
    drawn = []
    for one in events:
        x = x_of(one.day)
        if lane == "change":
            drawn.append(draw.diamond(x, y, draw.OCHRE, 5.5))
        elif lane == "payment":
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{draw.VIOLET}"/>')
        else:
            drawn.append(draw.line(x, y - 6, x, y + 6, draw.INK, ' stroke-width="2"'))
            if lane == "due" and one.settled is None and one.day < as_of:
                dashes = ' stroke-width="3" stroke-dasharray="5 3"'
                drawn.append(draw.line(x, y, x_of(as_of), y, draw.OCHRE, dashes))
    return "".join(drawn)


# --- what calendars share ---


def _calendar(
    days: Sequence[dt.date], left: float = LEFT + 6, right: float = RIGHT - 6
) -> tuple[int, int, Callable[[dt.date | int], float]]:
    """First and last day with a margin, and where a day stands."""
    numbers = [day.toordinal() for day in days]
    first, last = min(numbers), max(numbers)
    margin = max((last - first) // 40, 10)
    first, last = max(first - margin, 1), min(last + margin, dt.date.max.toordinal())

    def x_of(day: dt.date | int) -> float:
        number = day if isinstance(day, int) else day.toordinal()
        return left + (right - left) * (number - first) / (last - first)

    return first, last, x_of


def _under(
    bands: Sequence[Band], first: int, last: int, x_of: Callable[[dt.date | int], float],
    inside: tuple[float, float], height: tuple[float, float],
) -> list[str]:  # fmt: skip
    """The grounds of the administrations."""
    drawn = []
    for number, band in enumerate(bands):
        start = first if band.start is None else max(band.start.toordinal(), first)
        end = last if band.end is None else min(band.end.toordinal() + 1, last)
        if start < end:
            # One that reaches the edge of the calendar fills the margin too.
            left = inside[0] if start == first else x_of(start)
            right = inside[1] if end == last else x_of(end)
            drawn.append(ground(number, band, (left, right), inside, height))
    return drawn


#: Labels of years that fit a phone.
FEW = 5


def _few(ticks: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    every = -(-len(ticks) // FEW) or 1
    return ticks[::every]

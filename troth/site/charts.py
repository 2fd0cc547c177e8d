"""Charts as SVG text, drawn by plain functions: numbers in, one finding and one picture out.

Every chart has a title that says its finding, the same finding as its label for those who do not
see it, and the same data as a table. Colours are blue, ochre and violet, each with a shape or a
word of its own, so that nothing hangs on colour alone. There is no gauge, no radar and no red.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from troth.publish.funnel import Limits
from troth.publish.wording import percent
from troth.site import draw
from troth.site.axis import Axis
from troth.site.draw import Chart, Words, nice_top, share_ticks, shortened

# --- one body among the others ---

STRIP_WIDTH, STRIP_HEIGHT = 330, 68
STRIP_LEFT, STRIP_RIGHT, STRIP_Y = 10, 320, 30

#: How many places a strip has for the other bodies' dots; more could not be told apart.
STRIP_PLACES = 120

#: Dot widths by how many bodies share a place: one, a few, many.
DOT_WIDTHS = ((1, 4.4), (4, 6.0), (None, 8.0))


@dataclass(frozen=True)
class Strip:
    """What the strips of one indicator have in common: the scale and the bodies compared on it."""

    axis: Axis
    backdrop: str
    together: float
    bodies: int
    quartiles: tuple[float, float, float]
    of_peers: bool = False

    def x(self, value: float) -> float:
        return _strip_x(self.axis, value)

    def label(self, words: Words) -> str:
        """What the bodies are compared with: all cases together, or the middle body."""
        if self.axis.is_share:
            return words.peers if self.of_peers else words.together
        return words.middle_of_peers if self.of_peers else words.middle


def _strip_x(axis: Axis, value: float) -> float:
    return STRIP_LEFT + (STRIP_RIGHT - STRIP_LEFT) * axis.part(value)


def strip(values: Sequence[float], axis: Axis, together: float, of_peers: bool = False) -> Strip:
    """The strip that the bodies of an indicator share. `values` are sorted and not empty.

    `together` is the figure the bodies are compared with, of peers or of all bodies.
    """
    places: dict[int, int] = {}
    for value in values:
        place = round(STRIP_PLACES * axis.part(value))
        places[place] = places.get(place, 0) + 1
    drawn = [draw.line(STRIP_LEFT, STRIP_Y, STRIP_RIGHT, STRIP_Y, draw.GREY)]
    if axis.first < 0 < axis.last:
        zero = _strip_x(axis, 0.0)
        drawn.append(draw.line(zero, STRIP_Y - 7, zero, STRIP_Y + 7, draw.GREY))
        drawn.append(draw.text(zero, STRIP_Y + 19, "0", anchor="middle", fill=draw.SOFT))
    fewest = 1
    for most, width in DOT_WIDTHS:
        steps = [
            p
            for p, found in sorted(places.items())
            if found >= fewest and (most is None or found <= most)
        ]
        if steps:
            dots = "".join(
                f"M{STRIP_LEFT + (STRIP_RIGHT - STRIP_LEFT) * p / STRIP_PLACES:.1f} {STRIP_Y}h0"
                for p in steps
            )
            drawn.append(draw.path(dots, draw.stroke(draw.GREY, width)))
        fewest = (most or 0) + 1
    x = _strip_x(axis, together)
    drawn.append(draw.line(x, STRIP_Y - 11, x, STRIP_Y + 11, draw.INK, ' stroke-dasharray="3 2"'))
    return Strip(axis, "".join(drawn), together, len(values), _quartiles(values), of_peers)


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The values a quarter, half and three quarters of the way through the sorted list."""
    last = len(values) - 1
    return values[round(last / 4)], values[round(last / 2)], values[round(3 * last / 4)]


def strip_chart(
    shared: Strip,
    value: float,
    low: float | None,
    high: float | None,
    finding: str,
    words: Words,
    estimate: tuple[float, float, float] | None = None,
) -> Chart:
    """One body's figure and interval on the strip of its indicator.

    An interval whose upper end is not known yet runs dashed to the end of the scale; a figure
    without an interval has no bar. Below it, where there is one, the estimate that entered the
    level, as an empty diamond with the low and high end of its interval.
    """
    axis = shared.axis
    x = shared.x(value)
    together = shared.x(shared.together)
    label = shared.label(words)
    said, beside = axis.written(value), f"{label} {axis.written(shared.together)}"
    body = [shared.backdrop]
    if low is not None:
        left, right = shared.x(low), x if high is None else shared.x(high)
        body.append(draw.rect(left, STRIP_Y - 3.5, max(right - left, 1), 7, draw.BAR, ' rx="2"'))
        if high is None:
            dashes = ' stroke-width="5" stroke-dasharray="4 3"'
            body.append(draw.line(right, STRIP_Y, STRIP_RIGHT, STRIP_Y, draw.BAR, dashes))
    body += [
        draw.diamond(x, STRIP_Y, draw.BLUE),
        draw.text(
            _inside(x, 3.8 * len(said)),
            STRIP_Y - 13,
            said,
            anchor="middle",
            size=12.5,
            fill=draw.BLUE,
            bold=True,
        ),
        draw.text(
            _inside(together, 3.2 * len(beside)),
            STRIP_Y + 33,
            beside,
            anchor="middle",
            fill=draw.SOFT,
        ),
    ]
    rows = [(words.this_body, axis.bare(value), axis.bare(low), axis.bare(high))]
    if estimate is not None:
        middle_of, low_of, high_of = estimate
        y = STRIP_Y + 14
        body.append(draw.line(shared.x(low_of), y, shared.x(high_of), y, draw.VIOLET))
        body.append(draw.diamond(shared.x(middle_of), y, draw.PAPER, 4.5, draw.VIOLET))
        rows.append((words.estimate, axis.bare(middle_of), axis.bare(low_of), axis.bare(high_of)))
    compared = words.peers if shared.of_peers else words.other_bodies
    rows += [
        (label, axis.bare(shared.together), "", ""),
        (
            f"{compared} ({shared.bodies}): 25 / 50 / 75 %",
            " / ".join(axis.bare(one) for one in shared.quartiles),
            "",
            "",
        ),
    ]
    figure = words.share if axis.is_share else words.value
    heading = (words.body, *(axis.headed(w) for w in (figure, words.lower_end, words.upper_end)))
    svg = draw.svg(STRIP_WIDTH, STRIP_HEIGHT, finding, "".join(body))
    return Chart(finding, svg, heading, tuple(rows))


def _inside(x: float, half: float) -> float:
    """A middle for a label of this half width that keeps it inside the strip."""
    return min(max(x, half), STRIP_WIDTH - half)


GROUPS_WIDTH, GROUP_ROW = 360, 40


def groups_chart(
    groups: Sequence[tuple[str, Sequence[float], float]], axis: Axis, finding: str, words: Words
) -> Chart:
    """The figures of all bodies, a row for each peer group: its name, its figures, them together.

    Figures are sorted, and no group is empty. All rows have one scale.
    """
    left, right = 12, GROUPS_WIDTH - 12

    def x_of(value: float) -> float:
        return left + (right - left) * axis.part(value)

    bottom = 4 + GROUP_ROW * len(groups)
    drawn = []
    for value in axis.ticks:
        tick = axis.tick(value)
        drawn.append(
            draw.ticks(x_of(value), [GROUP_ROW * row + 22 for row in range(len(groups))], 18)
        )
        drawn.append(
            draw.text(
                min(max(x_of(value), 3.6 * len(tick)), GROUPS_WIDTH - 3.6 * len(tick) - 2),
                bottom + 14,
                tick,
                anchor="middle",
                fill=draw.SOFT,
            )
        )
    rows = []
    for number, (name, values, together) in enumerate(groups):
        top_of = 4 + GROUP_ROW * number
        y = top_of + 27
        said = axis.written(together)
        drawn.append(draw.text(left, top_of + 13, shortened(name, 56 - len(said)), size=12))
        drawn.append(draw.text(right, top_of + 13, said, anchor="end", size=12, bold=True))
        dots = "".join(f"M{x_of(value):.1f} {y}h0" for value in values)
        drawn.append(draw.path(dots, draw.stroke(draw.GREY, 6)))
        x = x_of(together)
        drawn.append(draw.line(x, y - 9, x, y + 9, draw.INK, ' stroke-dasharray="3 2"'))
        quarters = " / ".join(axis.bare(value) for value in _quartiles(values))
        rows.append((name, f"{len(values):,}", axis.bare(together), quarters))
    together_word = words.together if axis.is_share else words.middle
    heading = (
        words.group, words.bodies, axis.headed(together_word), axis.headed(words.quarters),
    )  # fmt: skip
    svg = draw.svg(GROUPS_WIDTH, bottom + 20, finding, "".join(drawn))
    return Chart(finding, svg, heading, tuple(rows))


# --- over time ---


@dataclass(frozen=True)
class Point:
    """One year of a series; `partial` when the year is not over in the data."""

    year: int
    value: float
    low: float | None
    high: float | None
    n: int
    partial: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The interval as far as it is known."""
        low = self.value if self.low is None else self.low
        return low, self.value if self.high is None else self.high


SPARK_WIDTH, SPARK_HEIGHT = 116, 28


def spark(
    points: Sequence[Point],
    finding: str,
    width: float = SPARK_WIDTH,
    height: float = SPARK_HEIGHT,
) -> str:
    """A small line of the years with its interval as a band; a year that is not over is dashed."""
    ends = [end for point in points for end in point.ends]
    top, bottom = max([0.0, *ends]), min([0.0, *ends])
    if top == bottom:
        top = bottom + 1.0
    first, last = points[0].year, points[-1].year
    span = max(last - first, 1)

    def place(point: Point, value: float) -> str:
        x = 4 + (width - 8) * (point.year - first) / span
        return f"{x:.1f} {height - 3 - (height - 6) * (value - bottom) / (top - bottom):.1f}"

    ground = draw.rect(0, 0, width, height, draw.BAND_LIGHT)
    return draw.svg(width, height, finding, ground + _banded_line(points, place))


def _banded_line(points: Sequence[Point], place: object) -> str:
    assert callable(place)
    upper = [place(p, p.ends[1]) for p in points]
    lower = [place(p, p.ends[0]) for p in reversed(points)]
    drawn = [draw.path(f"M{'L'.join([*upper, *lower])}z", f'fill="{draw.BAND}"')]
    whole = [p for p in points if not p.partial]
    if len(whole) > 1:
        drawn.append(
            draw.path(f"M{'L'.join(place(p, p.value) for p in whole)}", draw.stroke(draw.BLUE, 1.8))
        )
    if len(whole) == 1:
        drawn.append(draw.path(f"M{place(whole[0], whole[0].value)}h0", draw.stroke(draw.BLUE, 5)))
    partial = [p for p in points if p.partial]
    if partial:
        tail = "L".join(place(p, p.value) for p in [*whole[-1:], *partial])
        drawn.append(draw.path(f"M{tail}", draw.stroke(draw.BLUE, 1.8, ' stroke-dasharray="3 3"')))
    return "".join(drawn)


PANEL_WIDTH, PANEL_HEIGHT = 164, 104
PANEL_LEFT, PANEL_RIGHT, PANEL_TOP, PANEL_BOTTOM = 34, 152, 20, 80


@dataclass(frozen=True)
class Multiples:
    """Small charts of one kind side by side, the finding they show together, and their data."""

    title: str
    panels: tuple[tuple[str, str], ...]  # name and picture
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Series:
    """One figure over the years: its name, its own finding, and its own scale."""

    name: str
    finding: str
    points: Sequence[Point]
    axis: Axis


@dataclass(frozen=True)
class Band:
    """A stretch of time that lies behind what happened in it, such as a term of office."""

    name: str
    start: dt.date | None
    end: dt.date | None


def multiples_chart(
    series: Sequence[Series], finding: str, words: Words, bands: Sequence[Band] = ()
) -> Multiples:
    """One small chart for each series, over the same years and the same bands.

    A year without a figure is a gap, one that is not over is hatched and its part of the line
    dashed.
    """
    years = [point.year for one in series for point in one.points]
    span = (min(years), max(years))
    panels = tuple((one.name, _panel(one, span, bands)) for one in series)
    table = tuple(
        (
            one.name, str(p.year), one.axis.written(p.value),
            one.axis.bare(p.low), one.axis.bare(p.high), f"{p.n:,}",
        )
        for one in series
        for p in one.points
    )  # fmt: skip
    heading = (
        words.indicator, words.year, words.value, words.lower_end, words.upper_end, words.cases,
    )  # fmt: skip
    return Multiples(finding, panels, heading, table)


#: The two grounds that bands take by turns. Neither stands for anybody.
BAND_FILLS = (draw.BAND_LIGHT, draw.SAND)

#: A band narrower than this has no letter.
BAND_LETTER = 12


def _panel(one: Series, span: tuple[int, int], bands: Sequence[Band]) -> str:
    first, last = span
    points, axis = one.points, one.axis
    step = (PANEL_RIGHT - PANEL_LEFT - 16) / max(last - first, 1)

    def x_of(year: float) -> float:
        return PANEL_LEFT + 8 + step * (year - first)

    def y_of(value: float) -> float:
        return PANEL_BOTTOM - (PANEL_BOTTOM - PANEL_TOP) * axis.part(value)

    drawn = [
        draw.rect(
            PANEL_LEFT,
            PANEL_TOP,
            PANEL_RIGHT - PANEL_LEFT,
            PANEL_BOTTOM - PANEL_TOP,
            draw.PANEL if bands else draw.BAND_LIGHT,
        )
    ]
    for number, band in enumerate(bands):
        # The figure of a year stands in its middle.
        left = PANEL_LEFT if band.start is None else x_of(_in_years(band.start) - 0.5)
        right = PANEL_RIGHT if band.end is None else x_of(_in_years(band.end) - 0.5)
        inside, height = (PANEL_LEFT, PANEL_RIGHT), (PANEL_TOP, PANEL_BOTTOM)
        drawn.append(ground(number, band, (left, right), inside, height))
    for point in points:
        if point.partial:
            left = max(x_of(point.year) - step / 2, PANEL_LEFT)
            right = min(x_of(point.year) + step / 2, PANEL_RIGHT)
            drawn.append(draw.hatched(left, PANEL_TOP, right, PANEL_BOTTOM))
    if axis.first < 0 < axis.last:
        drawn.append(draw.line(PANEL_LEFT, y_of(0), PANEL_RIGHT, y_of(0), draw.GREY))
    for value in sorted({axis.first, 0.0, axis.last}):
        drawn.append(
            draw.text(
                PANEL_LEFT - 4, y_of(value) + 4, axis.tick(value), anchor="end", fill=draw.SOFT
            )
        )
    for year in sorted({first, last}):
        drawn.append(
            draw.text(x_of(year), PANEL_BOTTOM + 16, str(year), anchor="middle", fill=draw.SOFT)
        )
    whole = [point for point in points if not point.partial]
    drawn.append(_joined(whole, x_of, y_of, ""))
    partial = [point for point in points if point.partial]
    drawn.append(_joined([*whole[-1:], *partial], x_of, y_of, ' stroke-dasharray="3 3"'))
    for point in points:
        x, (low, high) = x_of(point.year), point.ends
        drawn.append(draw.line(x, y_of(low), x, y_of(high), draw.BAR, ' stroke-width="4"'))
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y_of(point.value):.1f}" r="3" fill="{draw.BLUE}"/>'
        )
    latest = (whole or list(points))[-1]
    said = axis.written(latest.value)
    drawn.append(
        draw.text(
            min(x_of(latest.year), PANEL_WIDTH - 3.8 * len(said)),
            PANEL_TOP - 6,
            said,
            anchor="middle",
            size=12,
            fill=draw.BLUE,
            bold=True,
        )
    )
    return draw.svg(PANEL_WIDTH, PANEL_HEIGHT, one.finding, "".join(drawn))


def ground(
    number: int, band: Band, reach: tuple[float, float], inside: tuple[float, float],
    height: tuple[float, float],
) -> str:  # fmt: skip
    """The ground of one band, a line where it begins, its name where there is room for it."""
    left, right = max(reach[0], inside[0]), min(reach[1], inside[1])
    if right - left < 0.5:
        return ""
    top, bottom = height
    drawn = draw.rect(left, top, right - left, bottom - top, BAND_FILLS[number % 2])
    if left > inside[0]:
        drawn += draw.line(left, top, left, bottom, draw.LINE)
    if right - left >= max(BAND_LETTER, 7 * len(band.name)):
        drawn += draw.text(left + 3, top + 11, band.name, size=10.5, fill=draw.SOFT)
    return drawn


def _in_years(day: dt.date) -> float:
    """A day as a number of years: the middle of 2023 is 2023.5."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def _joined(
    points: Sequence[Point], x_of: Callable[[int], float], y_of: Callable[[float], float], more: str
) -> str:
    """Lines between years that follow each other; over a gap there is none."""
    lines = "".join(
        f"M{x_of(a.year):.1f} {y_of(a.value):.1f}L{x_of(b.year):.1f} {y_of(b.value):.1f}"
        for a, b in pairwise(points)
        if b.year == a.year + 1
    )
    return draw.path(lines, draw.stroke(draw.BLUE, 1.8, more)) if lines else ""


# --- all bodies against chance ---


@dataclass(frozen=True)
class Dot:
    """One body on a funnel; `outside` when it lies beyond the outer limits."""

    name: str
    n: int
    value: float
    outside: bool = False


FUNNEL_WIDTH, FUNNEL_HEIGHT = 720, 350
FUNNEL_LEFT, FUNNEL_TOP, FUNNEL_RIGHT, FUNNEL_BOTTOM = 52, 14, 704, 300
NAMED_DOTS = 6


def funnel_chart(
    dots: Sequence[Dot], limits: Sequence[Limits], pooled: float, finding: str, words: Words
) -> Chart:
    """Every body's share against its number of cases, between limits that rise with n.

    Bodies outside are diamonds, and those of them with the most cases have their names.
    """
    fewest, most = min(dot.n for dot in dots), max(dot.n for dot in dots)
    low_end, high_end = math.log10(fewest * 0.9), math.log10(max(most * 1.15, fewest * 2))
    top = nice_top(max(*(dot.value for dot in dots), pooled, limits[0].outer_high))
    outside = sorted((dot for dot in dots if dot.outside), key=lambda dot: (-dot.n, dot.name))

    def x_of(n: float) -> float:
        share = (math.log10(max(n, 1)) - low_end) / (high_end - low_end)
        return FUNNEL_LEFT + (FUNNEL_RIGHT - FUNNEL_LEFT) * min(max(share, 0.0), 1.0)

    def y_of(value: float) -> float:
        return FUNNEL_BOTTOM - (FUNNEL_BOTTOM - FUNNEL_TOP) * min(value / top, 1.0)

    def band(lower: str, upper: str, fill: str) -> str:
        above = [f"{x_of(one.n):.1f} {y_of(getattr(one, upper)):.1f}" for one in limits]
        below = [f"{x_of(one.n):.1f} {y_of(getattr(one, lower)):.1f}" for one in limits]
        return draw.path(f"M{'L'.join([*above, *reversed(below)])}z", f'fill="{fill}"')

    drawn = [
        band("outer_low", "outer_high", draw.BAND_LIGHT),
        band("inner_low", "inner_high", draw.BAND),
    ]
    for share in share_ticks(top):
        drawn.append(
            draw.text(
                FUNNEL_LEFT - 6,
                y_of(share) + 4,
                f"{percent(share)} %",
                anchor="end",
                fill=draw.SOFT,
            )
        )
        drawn.append(draw.line(FUNNEL_LEFT - 3, y_of(share), FUNNEL_LEFT, y_of(share), draw.SOFT))
    for n in _log_ticks(fewest, most):
        drawn.append(draw.line(x_of(n), FUNNEL_BOTTOM, x_of(n), FUNNEL_BOTTOM + 4, draw.SOFT))
        drawn.append(
            draw.text(x_of(n), FUNNEL_BOTTOM + 17, f"{n:,}", anchor="middle", fill=draw.SOFT)
        )
    drawn.append(
        draw.text(
            (FUNNEL_LEFT + FUNNEL_RIGHT) / 2,
            FUNNEL_BOTTOM + 36,
            words.more_data,
            anchor="middle",
            fill=draw.SOFT,
        )
    )
    inside = [dot for dot in dots if not dot.outside]
    drawn.append(_dots(inside, x_of, y_of, draw.GREY, 6))
    drawn.append(_dots(outside, x_of, y_of, draw.BLUE, 7))
    drawn.append(
        draw.line(
            FUNNEL_LEFT,
            y_of(pooled),
            FUNNEL_RIGHT,
            y_of(pooled),
            draw.INK,
            ' stroke-dasharray="4 3"',
        )
    )
    drawn.append(
        draw.text(
            FUNNEL_LEFT + 5, y_of(pooled) - 5, f"{words.together} {percent(pooled)} %", size=11
        )
    )
    drawn.append(_named(outside, x_of, y_of))
    rows = tuple(
        (dot.name, f"{dot.n:,}", percent(dot.value), words.outside if dot.outside else "")
        for dot in dots
    )
    heading = (words.body, words.cases, f"{words.share}, %", words.limits)
    return Chart(
        finding,
        draw.svg(FUNNEL_WIDTH, FUNNEL_HEIGHT, finding, "".join(drawn)),
        heading,
        rows,
        wide=True,
    )


def _dots(dots: Sequence[Dot], x_of: object, y_of: object, colour: str, width: float) -> str:
    assert callable(x_of)
    assert callable(y_of)
    if not dots:
        return ""
    path = "".join(f"M{x_of(dot.n):.1f} {y_of(dot.value):.1f}h0" for dot in dots)
    return draw.path(path, draw.stroke(colour, width))


def _named(dots: Sequence[Dot], x_of: object, y_of: object) -> str:
    """Diamonds and names for the few outside with the most cases, where names do not collide."""
    assert callable(x_of)
    assert callable(y_of)
    drawn: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for dot in dots:
        x, y, name = x_of(dot.n), y_of(dot.value), shortened(dot.name, 30)
        width = 6.6 * len(name)
        to_left = x + width + 14 > FUNNEL_WIDTH
        left = x - width - 12 if to_left else x + 10
        if any(
            abs(y - other_y) < 14 and left < end and start < left + width
            for start, end, other_y in taken
        ):
            continue
        taken.append((left, left + width, y))
        drawn.append(draw.diamond(x, y, draw.BLUE))
        drawn.append(
            f'<g stroke="{draw.PAPER}" stroke-width="3" paint-order="stroke">'
            + draw.text(
                x - 10 if to_left else x + 10,
                y + 4,
                name,
                anchor="end" if to_left else "start",
                size=11.5,
                fill=draw.BLUE,
                bold=True,
            )
            + "</g>"
        )
        if len(taken) == NAMED_DOTS:
            break
    return "".join(drawn)


def _log_ticks(fewest: int, most: int) -> list[int]:
    """1, 2, 5, 10, 20, 50 ... within the range; at least one."""
    ticks = [base * 10**power for power in range(9) for base in (1, 2, 5)]
    within = [tick for tick in ticks if fewest <= tick <= most * 1.15]
    return within or [most]


# --- how far an indicator reaches ---

STATE_FILLS = (draw.OCHRE, draw.BLUE, draw.LINE, draw.PAPER, draw.VIOLET)


def states_chart(counts: Sequence[tuple[str, int]], finding: str, words: Words) -> Chart:
    """Cases in five states as one bar: flagged, not, not applicable, missing, error."""
    total = sum(number for _, number in counts) or 1
    width, x = 700.0, 0.0
    drawn = []
    for (_, number), fill in zip(counts, STATE_FILLS, strict=True):
        share = (width - 2) * number / total
        if number:
            drawn.append(draw.rect(x + 1, 1, max(share, 1), 22, fill, f' stroke="{draw.SOFT}"'))
            if fill == draw.PAPER:
                drawn.append(draw.hatched(x + 2, 2, x + share, 22))
        x += share
    x = 0.0
    for (name, number), fill in zip(counts, STATE_FILLS, strict=True):
        drawn.append(draw.rect(x + 1, 34, 11, 11, fill, f' stroke="{draw.SOFT}"'))
        if fill == draw.PAPER:
            drawn.append(draw.hatched(x + 1, 34, x + 12, 45))
        drawn.append(draw.text(x + 17, 44, f"{name} {number:,}", size=11.5, fill=draw.SOFT))
        x += 140
    rows = tuple((name, f"{number:,}", percent(number / total)) for name, number in counts)
    heading = (words.state, words.cases, f"{words.share}, %")
    return Chart(finding, draw.svg(width, 52, finding, "".join(drawn)), heading, rows, wide=True)


# --- what happened in one process ---

TIME_WIDTH, TIME_LEFT, TIME_RIGHT, TIME_ROW = 960, 150, 944, 32


@dataclass(frozen=True)
class Mark:
    """One dated thing on a timeline, in the lane of this name."""

    lane: str
    kind: str
    start: dt.date
    end: dt.date | None
    label: str


#: Each lane's shape and colour.
SHAPES = {
    "tender": ("circle", draw.BLUE),
    "award": ("diamond", draw.BLUE),
    "contract": ("circle", draw.BLUE),
    "amendment": ("diamond", draw.OCHRE),
    "payment": ("circle", draw.VIOLET),
    "milestone": ("tick", draw.INK),
}

TICK_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
MOST_TICKS = 11


def timeline_chart(
    marks: Sequence[Mark],
    as_of: dt.date,
    finding: str,
    words: Words,
    bands: Sequence[Band] = (),
) -> Chart:
    """Every dated event of a process in its lane, and the day of the release as a line.

    Behind them lie the bands, such as administrations. A release long after the last event is not
    drawn to scale, only named at the edge.
    """
    lanes = list(dict.fromkeys(mark.lane for mark in marks))
    days = [mark.start.toordinal() for mark in marks]
    days += [mark.end.toordinal() for mark in marks if mark.end is not None]
    first, last = min(days), max(days)
    today = as_of.toordinal()
    near = today <= last + max(last - first, 365)
    if near:
        last = max(last, today)
    margin = max((last - first) // 30, 5)
    first, last = max(first - margin, 1), min(last + margin, dt.date.max.toordinal())

    def x_of(day: int) -> float:
        return TIME_LEFT + (TIME_RIGHT - TIME_LEFT) * (day - first) / (last - first)

    bottom = 12 + TIME_ROW * len(lanes)
    fill = draw.PANEL if bands else draw.BAND_LIGHT
    drawn = [draw.rect(TIME_LEFT, 6, TIME_RIGHT - TIME_LEFT, bottom - 6, fill)]
    for number, band in enumerate(bands):
        reach = (
            x_of(first if band.start is None else band.start.toordinal()),
            x_of(last if band.end is None else band.end.toordinal() + 1),
        )
        drawn.append(ground(number, band, reach, (TIME_LEFT, TIME_RIGHT), (6, bottom)))
    for day, label in date_ticks(first, last):
        drawn.append(draw.line(x_of(day), 6, x_of(day), bottom, draw.PAPER))
        drawn.append(draw.text(x_of(day), bottom + 15, label, anchor="middle", fill=draw.SOFT))
    for number, lane in enumerate(lanes):
        y = 6 + TIME_ROW * number + TIME_ROW / 2 + 2
        drawn.append(draw.text(TIME_LEFT - 8, y + 4, lane, anchor="end", size=12))
        drawn.append(_lane([mark for mark in marks if mark.lane == lane], y, x_of))
    line = x_of(today) if near else float(TIME_RIGHT)
    if near:
        drawn.append(draw.line(line, 2, line, bottom + 2, draw.INK))
    anchor = "end" if line > TIME_WIDTH - 160 else "start"
    label = f"{words.snapshot} {as_of}" + ("" if near else " →")
    drawn.append(
        draw.text(
            line - 4 if anchor == "end" else line + 4,
            bottom - 4,
            label,
            anchor=anchor,
            fill=draw.SOFT,
            size=10.5,
        )
    )
    rows = tuple(
        (mark.lane, str(mark.start), str(mark.end) if mark.end else "", mark.label)
        for mark in marks
    )
    heading = (words.lane, words.start, words.end, words.detail)
    return Chart(
        finding,
        draw.svg(TIME_WIDTH, bottom + 24, finding, "".join(drawn)),
        heading,
        rows,
        wide=True,
    )


def _lane(marks: Sequence[Mark], y: float, x_of: object) -> str:
    """The events of one lane; a label is left to the table where it would meet the next event."""
    assert callable(x_of)
    drawn: list[str] = []
    labels: list[str] = []
    ordered = sorted(marks, key=lambda m: (m.start, m.end or m.start))
    begins = [x_of(mark.start.toordinal()) for mark in ordered]
    for number, mark in enumerate(ordered):
        shape, colour = SHAPES[mark.kind]
        x = x_of(mark.start.toordinal())
        end = x
        if mark.end is not None:
            end = x_of(mark.end.toordinal())
            fill = draw.BLUE if mark.kind == "contract" else draw.BAR
            drawn.append(draw.rect(x, y - 5, max(end - x, 2), 10, fill))
        elif shape == "diamond":
            drawn.append(draw.diamond(x, y, colour))
        elif shape == "tick":
            drawn.append(draw.line(x, y - 7, x, y + 7, colour, ' stroke-width="2"'))
        else:
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>')
        label = shortened(mark.label, 32)
        start = end + 9
        room_ends = min((x for x in begins[number + 1 :]), default=float(TIME_WIDTH))
        if label and start + 6.2 * len(label) < room_ends:
            labels.append(draw.text(start, y + 4, label, size=11))
    return "".join([*drawn, *labels])


def date_ticks(first: int, last: int) -> list[tuple[int, str]]:
    """Month or year beginnings between two days, at most eleven."""
    months = (last - first) / 30.44
    every = next((step for step in TICK_MONTHS if months / step <= MOST_TICKS), TICK_MONTHS[-1])
    start = dt.date.fromordinal(first)
    month = (start.year * 12 + start.month - 1) // every * every
    ticks: list[tuple[int, str]] = []
    while True:
        month += every
        year = month // 12
        if year > dt.MAXYEAR:
            return ticks
        day = dt.date(max(year, 1), month % 12 + 1, 1).toordinal()
        if day > last:
            return ticks
        if day >= first:
            ticks.append((day, f"{year}" if every >= 12 else f"{year}-{month % 12 + 1:02d}"))


# --- from record to page ---


def chain_chart(steps: Sequence[tuple[str, str]], finding: str, words: Words) -> Chart:
    """The steps from a source to a page, as boxes in a row."""
    width, gap, box = 720.0, 16.0, 0.0
    box = (width - gap * (len(steps) - 1) - 4) / len(steps)
    drawn = []
    for number, (name, what) in enumerate(steps):
        x = 2 + number * (box + gap)
        drawn.append(draw.rect(x, 4, box, 46, draw.PANEL, f' rx="5" stroke="{draw.GREY}"'))
        drawn.append(draw.text(x + box / 2, 23, name, anchor="middle", size=12.5, bold=True))
        drawn.append(draw.text(x + box / 2, 41, what, anchor="middle", size=10.5, fill=draw.SOFT))
        if number:
            drawn.append(draw.line(x - gap, 27, x, 27, draw.GREY, ' stroke-width="2"'))
    return Chart(
        finding,
        draw.svg(width, 54, finding, "".join(drawn)),
        (words.step, words.detail),
        tuple(steps),
        wide=True,
    )

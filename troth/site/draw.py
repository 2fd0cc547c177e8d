"""What every chart is made of: colours, shapes, text, the frame, and the table below.

Colours are blue, ochre and violet, each with a shape or a word of its own, so that nothing hangs on
colour alone. There is no red.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from troth.publish.wording import visible

INK = "#1b1f24"
SOFT = "#4d5660"
LINE = "#c4cad1"
PAPER = "#ffffff"
PANEL = "#f4f6f8"
BLUE = "#0b4f8a"
OCHRE = "#7a4300"
VIOLET = "#5b3a8c"
GREY = "#6b7480"
BAR = "#5d8bb9"
BAND = "#d3e1ef"
BAND_LIGHT = "#e9f0f7"
SAND = "#f5eedf"
MARK = "#ffe9a8"

#: What is written on what; a test holds each pair to a contrast of 4.5 to 1.
TEXT_ON = {
    PAPER: (INK, SOFT, BLUE, OCHRE, VIOLET),
    PANEL: (INK, SOFT, BLUE, OCHRE, VIOLET),
    BAND: (INK, SOFT, BLUE, OCHRE),
    BAND_LIGHT: (INK, SOFT, BLUE, OCHRE),
    SAND: (INK, SOFT, BLUE, OCHRE),
    MARK: (INK,),
    BLUE: (PAPER,),
}

#: What is drawn on what; 3 to 1, as for everything that carries meaning without being text.
DRAWN_ON = {
    PAPER: (GREY, BAR, BLUE, OCHRE, VIOLET),
    BAND: (BLUE,),
    SAND: (BLUE, OCHRE, VIOLET),
    PANEL: (BLUE, OCHRE, VIOLET),
}


@dataclass(frozen=True)
class Chart:
    """A picture, the finding it shows, and its data as a table."""

    title: str
    svg: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: bool = False


@dataclass(frozen=True)
class Words:
    """The few words charts write, in the language of the page."""

    other_bodies: str
    this_body: str
    together: str
    lower_end: str
    upper_end: str
    share: str
    value: str
    cases: str
    body: str
    year: str
    more_data: str
    points: str
    sum: str
    snapshot: str
    lane: str
    start: str
    end: str
    detail: str
    state: str
    indicator: str
    adds: str
    weight: str
    step: str
    level: str
    level_low: str
    level_high: str
    band: str
    rank: str
    rank_low: str
    rank_high: str
    rank_middle: str
    reference: str
    from_peers: str
    peers: str
    factor: str
    first_order: str
    total: str
    estimate: str
    outside: str
    limits: str
    group: str
    quarters: str
    bodies: str
    middle: str
    middle_of_peers: str


def table(heading: Sequence[str], rows: Sequence[Sequence[str]], numbers_from: int = 1) -> str:
    """An HTML table of plain values; columns from `numbers_from` on are numbers."""
    parts = ["<table><thead><tr>"]
    for place, name in enumerate(heading):
        kind = ' class="n"' if place >= numbers_from else ""
        parts.append(f'<th scope="col"{kind}>{escape(name)}</th>')
    parts.append("</tr></thead><tbody>")
    for row in rows:
        parts.append("<tr>")
        for place, value in enumerate(row):
            kind = ' class="n"' if place >= numbers_from else ""
            parts.append(f"<td{kind}><bdi>{escape(visible(value))}</bdi></td>")
        parts.append("</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def svg(width: float, height: float, label: str, body: str) -> str:
    """The frame of every chart: its size, and its finding as its label."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(visible(label))}" direction="ltr">{body}</svg>'
    )


def text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: float = 11,
    fill: str = INK,
    bold: bool = False,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
        f'fill="{fill}"{weight}>{escape(visible(text))}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, more: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"{more}/>'
    )


def ticks(x: float, tops: Sequence[float], height: float) -> str:
    """The lines of a grid at x, one piece a row, so that none runs through the row's words."""
    pieces = "".join(f"M{x:.1f} {top:g}v{height:g}" for top in tops)
    return path(pieces, stroke(LINE, 1))


def rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}" fill="{fill}"{more}/>'
    )


def path(data: str, more: str) -> str:
    return f'<path d="{data}" {more}/>'


def stroke(colour: str, width: float, more: str = "") -> str:
    """How a line without a filling is drawn; round ends make a dot of a line without length."""
    return f'fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round"{more}'


def diamond(x: float, y: float, fill: str, reach: float = 6.5, edge: str | None = None) -> str:
    """A diamond around its middle; with `edge`, drawn round in that colour."""
    corners = f"l{reach} {reach}l-{reach} {reach}l-{reach} -{reach}z"
    around = f' stroke="{edge}" stroke-width="1.6"' if edge else ""
    return f'<path d="M{x:.1f} {y - reach:.1f}{corners}" fill="{fill}"{around}/>'


def shortened(text: str, letters: int) -> str:
    """The text, cut to so many letters with a mark that it was cut."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def nice_top(share: float) -> float:
    """The end of a scale: the next of 1, 2, 5, 10, 20 ... 100 per cent that holds the share."""
    for top in (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8):
        if share <= top:
            return top
    return 1.0


#: Into how many parts a scale of shares is cut, where four would give numbers that need rounding.
_PARTS_OF = {0.01: 5, 0.05: 5, 0.3: 3, 0.5: 5, 0.6: 3}


def share_ticks(top: float) -> list[float]:
    """Shares from 0 to the end of a scale made by `nice_top`, evenly apart."""
    parts = _PARTS_OF.get(top, 4)
    return [top * step / parts for step in range(parts + 1)]


#: How far apart the slanted lines stand.
HATCH_STEP = 9


def hatched(left: float, top: float, right: float, bottom: float) -> str:
    """Slanted lines over a rectangle: what it covers is not there, or not over."""
    return slanted(left, top, right, bottom, LINE, HATCH_STEP)


def slanted(left: float, top: float, right: float, bottom: float, colour: str, step: float) -> str:
    """Lines from the lower left to the upper right, `step` apart, inside the rectangle."""
    lines = []
    slant = left + top + step
    while slant < right + bottom:
        low = max(left, slant - bottom)
        high = min(right, slant - top)
        lines.append(f"M{low:.1f} {slant - low:.1f}L{high:.1f} {slant - high:.1f}")
        slant += step
    return path("".join(lines), stroke(colour, 1))

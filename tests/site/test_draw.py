"""What charts are made of: colours that can be read, and hatching that stays in its place."""

import re

import pytest

from troth.site import draw
from troth.site.render import folder


def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("ground", "text"), [(g, t) for g, texts in draw.TEXT_ON.items() for t in texts]
)
def test_text_can_be_read_on_what_it_is_written_on(ground: str, text: str) -> None:
    assert contrast(ground, text) >= 4.5


@pytest.mark.parametrize(
    ("ground", "mark"), [(g, m) for g, marks in draw.DRAWN_ON.items() for m in marks]
)
def test_marks_can_be_seen_on_what_they_are_drawn_on(ground: str, mark: str) -> None:
    assert contrast(ground, mark) >= 3


def test_no_colour_is_red_and_the_style_sheet_has_the_same_ones() -> None:
    style = (folder("static") / "troth.css").read_text()
    declared = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))

    for name, colour in declared.items():
        assert getattr(draw, name.upper()) == colour
    for colour in declared.values():
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        assert not (red > 120 and red > 2 * green and red > 2 * blue), colour
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", style)) == set(declared.values())


@pytest.mark.parametrize("box", [(0, 0, 10, 400), (5, 5, 400, 20), (3, 4, 100, 100)])
def test_hatching_fills_its_rectangle_and_stays_inside(box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    ends = re.findall(r"[ML]([\d.]+) ([\d.]+)", draw.hatched(left, top, right, bottom))
    xs, ys = [float(x) for x, _ in ends], [float(y) for _, y in ends]

    assert left <= min(xs) < left + draw.HATCH_STEP
    assert right - draw.HATCH_STEP < max(xs) <= right
    assert top <= min(ys) < top + draw.HATCH_STEP
    assert bottom - draw.HATCH_STEP < max(ys) <= bottom

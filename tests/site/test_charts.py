"""Charts: the numbers they draw and the words they carry."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest

from troth.publish.funnel import Limits
from troth.site import charts, draw
from troth.site.axis import axis
from troth.site.charts import Band, Dot, Mark, Point, Series
from troth.site.draw import Chart
from troth.site.pages import Language

WORDS = Language("en").chart_words
DAY = dt.date


def point(year: int, value: float, partial: bool = False) -> Point:
    return Point(year, value, max(value - 0.1, 0), min(value + 0.1, 1), 50, partial)


def series(name: str, points: list[Point], scale: str = "percent") -> Series:
    ends = [end for one in points for end in one.ends]
    return Series(name, "t", points, axis(ends, scale, is_share=scale == "percent"))


LIMITS = [Limits(40, 0.05, 0.1, 0.3, 0.4), Limits(900, 0.15, 0.18, 0.22, 0.25)]


def some_charts() -> list[Chart]:
    hostile = '<script>alert("x")</script> & \u202e'
    shared = charts.strip([0.0, 0.1, 0.1, 0.4], axis([0.5]), 0.2)
    dots = [Dot(hostile, 500, 0.6, outside=True), Dot("b", 40, 0.2), Dot("c", 900, 0.2)]
    marks = [
        Mark("Tender", "tender", DAY(2022, 1, 1), DAY(2022, 2, 1), hostile),
        Mark("Amendment", "amendment", DAY(2023, 1, 1), None, hostile),
        Mark("Milestone", "milestone", DAY(1, 1, 1), None, ""),
        Mark("Payment", "payment", DAY(9999, 12, 31), None, ""),
    ]
    return [
        charts.strip_chart(shared, 0.4, 0.3, 0.5, hostile, WORDS, (0.35, 0.3, 0.4)),
        charts.funnel_chart(dots, LIMITS, 0.2, hostile, WORDS),
        charts.states_chart([("a", 5), ("b", 3), ("c", 0), ("d", 2), ("e", 1)], hostile, WORDS),
        charts.timeline_chart(marks, DAY(2024, 1, 1), hostile, WORDS),
        charts.chain_chart([("a", hostile), ("b", "c")], hostile, WORDS),
    ]


@pytest.mark.parametrize("chart", some_charts(), ids=lambda chart: chart.heading[0])
def test_a_chart_is_a_labelled_image_of_sound_xml_and_brings_no_tag_of_the_data(
    chart: Chart,
) -> None:
    root = ET.fromstring(chart.svg)

    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.title.replace("\u202e", "\\u202e")
    assert not [element for element in root.iter() if element.tag == "script"]
    assert "\u202e" not in chart.svg
    assert all(len(row) == len(chart.heading) for row in chart.rows)
    assert chart.rows
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not {"nan", "inf"} & set(re.findall(r"[a-z]+", value))


def test_the_same_chart_is_the_same_text() -> None:
    assert [chart.svg for chart in some_charts()] == [chart.svg for chart in some_charts()]


def test_bodies_outside_the_limits_have_their_names_and_say_so_in_the_table() -> None:
    dots = [Dot("far", 500, 0.6, outside=True), Dot("plain", 500, 0.24)]
    chart = charts.funnel_chart(dots, LIMITS, 0.24, "t", WORDS)

    assert ">far<" in chart.svg
    assert ">plain<" not in chart.svg
    assert [row[-1] for row in chart.rows] == [WORDS.outside, ""]


def test_the_bands_of_a_funnel_hold_one_another_at_every_number_of_cases() -> None:
    svg = charts.funnel_chart([Dot("a", 60, 0.2)], LIMITS, 0.2, "t", WORDS).svg
    outer, inner = re.findall(r'<path d="M([^"]+)z" fill="#(?:e9f0f7|d3e1ef)"', svg)[:2]

    def ends(path: str) -> list[tuple[float, float]]:
        ys = [float(corner.split()[1]) for corner in path.split("L")]
        return list(zip(ys[: len(LIMITS)], reversed(ys[len(LIMITS) :]), strict=True))

    for (outer_top, outer_bottom), (inner_top, inner_bottom) in zip(
        ends(outer), ends(inner), strict=True
    ):
        assert outer_top <= inner_top < inner_bottom <= outer_bottom


def test_a_release_long_after_the_last_event_does_not_squeeze_the_events() -> None:
    marks = [
        Mark("Award", "award", DAY(2016, 6, 1), None, ""),
        Mark("Award", "award", DAY(2016, 9, 1), None, ""),
    ]

    soon = charts.timeline_chart(marks, DAY(2016, 12, 1), "t", WORDS)
    late = charts.timeline_chart(marks, DAY(2024, 12, 1), "t", WORDS)

    assert "2024-12-01 →" in late.svg
    assert "2016-12-01<" in soon.svg
    assert ">2020<" not in late.svg


def test_the_strip_puts_values_where_they_belong() -> None:
    shared = charts.strip([0.0, 0.2, 0.4], axis([0.4]), 0.2)

    assert shared.axis.last == 0.4
    assert shared.x(0.0) == charts.STRIP_LEFT
    assert shared.x(0.4) == charts.STRIP_RIGHT
    assert shared.x(0.2) == pytest.approx((charts.STRIP_LEFT + charts.STRIP_RIGHT) / 2)
    assert shared.quartiles == (0.0, 0.2, 0.4)


def test_a_year_that_is_not_over_is_dashed_and_not_the_last_figure() -> None:
    whole = charts.spark([point(2021, 0.2), point(2022, 0.3)], "t")
    partial = charts.spark([point(2021, 0.2), point(2022, 0.3), point(2023, 0.9, True)], "t")

    assert "stroke-dasharray" not in whole
    assert "stroke-dasharray" in partial
    one = [point(2022, 0.3), point(2023, 0.75, True)]
    ((_, panel),) = charts.multiples_chart([series("a", one)], "t", WORDS).panels
    assert ">30 %<" in panel
    assert ">75 %<" not in panel


def test_small_charts_share_their_years_and_have_their_own_scales() -> None:
    rows = [
        series("a", [point(2019, 0.2), point(2020, 0.3), point(2022, 0.3)]),
        series("b", [point(2021, 0.8), point(2022, 0.8)]),
    ]
    chart = charts.multiples_chart(rows, "t", WORDS)
    (_, first), (_, second) = chart.panels

    for panel in (first, second):
        assert ">2019<" in panel
        assert ">2022<" in panel
    assert ">40 %<" in first
    assert ">100 %<" in second
    joined = re.findall(r'<path d="((?:M[\d. ]+L[\d. ]+)+)" fill="none"', first)
    assert [path.count("M") for path in joined] == [1], "no line leads over a year without a figure"
    assert len(chart.rows) == 5


def test_an_estimate_is_an_empty_diamond_below_and_a_row_of_the_table() -> None:
    shared = charts.strip([0.1, 0.2, 0.4], axis([0.4]), 0.2, of_peers=True)
    plain = charts.strip_chart(shared, 0.4, 0.3, 0.5, "t", WORDS)
    drawn = charts.strip_chart(shared, 0.4, 0.3, 0.5, "t", WORDS, (0.33, 0.28, 0.4))

    assert drawn.svg.count(f'fill="{draw.PAPER}" stroke="{draw.VIOLET}"') == 1
    assert draw.VIOLET not in plain.svg
    assert (WORDS.estimate, "33", "28", "40") in drawn.rows
    assert any(row[0].startswith(WORDS.peers) for row in drawn.rows)


def test_labels_of_a_timeline_do_not_run_into_the_next_event() -> None:
    near = [
        Mark("Contract", "contract", DAY(2022, 1, 1), None, "first"),
        Mark("Contract", "contract", DAY(2022, 1, 5), None, "second"),
        Mark("Award", "award", DAY(2018, 1, 1), None, ""),
    ]
    chart = charts.timeline_chart(near, DAY(2024, 1, 1), "t", WORDS)

    assert ">first<" not in chart.svg
    assert ">second<" in chart.svg
    assert ("Contract", "2022-01-01", "", "first") in chart.rows


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (DAY(2022, 1, 1), DAY(2022, 1, 2)),
        (DAY(1, 1, 1), DAY(9999, 12, 31)),
        (DAY(2010, 5, 1), DAY(2024, 5, 1)),
    ],
)
def test_a_timeline_of_any_length_has_few_ticks(start: DAY, end: DAY) -> None:
    ticks = charts.date_ticks(start.toordinal(), end.toordinal())

    assert len(ticks) <= charts.MOST_TICKS + 1
    assert [day for day, _ in ticks] == sorted(day for day, _ in ticks)


def test_a_strip_with_figures_below_nothing_shows_where_nothing_is() -> None:
    scale = axis([-0.1, 0.1], "percentage points", is_share=False)
    shared = charts.strip([-0.1, 0.0, 0.1], scale, -0.05)
    chart = charts.strip_chart(shared, 0.1, 0.05, 0.1, "t", WORDS)

    assert shared.x(-0.1) == charts.STRIP_LEFT
    assert ">0<" in shared.backdrop
    assert f"{WORDS.middle} -5.00 percentage points" in chart.svg
    assert chart.heading[1] == f"{WORDS.value}, percentage points"
    assert chart.rows[0] == (WORDS.this_body, "10.0", "5.00", "10.0")


def test_an_interval_without_an_end_runs_dashed_and_one_that_is_not_known_has_no_bar() -> None:
    shared = charts.strip([10.0, 40.0], axis([80.0], "days", is_share=False), 25.0)
    known = charts.strip_chart(shared, 40.0, 30.0, 60.0, "t", WORDS)
    open_ = charts.strip_chart(shared, 40.0, 30.0, None, "t", WORDS)
    none = charts.strip_chart(shared, 40.0, None, None, "t", WORDS)

    assert [chart.svg.count('stroke-width="5"') for chart in (known, open_, none)] == [0, 1, 0]
    assert [chart.svg.count(draw.BAR) for chart in (known, open_, none)] == [1, 2, 0]
    assert open_.rows[0] == (WORDS.this_body, "40.0", "30.0", "")


def test_each_small_chart_is_written_in_what_its_figure_counts_in() -> None:
    days = [Point(2021, 40.0, 30.0, None, 9), Point(2022, 50.0, None, None, 9)]
    chart = charts.multiples_chart([series("a", days, "days")], "t", WORDS)

    assert [row[2:5] for row in chart.rows] == [("40.0 days", "30.0", ""), ("50.0 days", "", "")]
    assert ">50.0 days<" in chart.panels[0][1]


def test_bands_lie_behind_the_years_they_are_of() -> None:
    bands = [Band("A", None, DAY(2022, 1, 1)), Band("B", DAY(2022, 1, 1), None)]
    years = [point(2020, 0.2), point(2023, 0.3)]
    ((_, panel),) = charts.multiples_chart([series("a", years)], "t", WORDS, bands).panels
    grounds = [
        (float(x), float(x) + float(width), fill)
        for x, width, fill in re.findall(
            r'<rect x="([\d.]+)" y="20" width="([\d.]+)" height="60" fill="(#\w+)"', panel
        )
    ][1:]

    assert [fill for *_, fill in grounds] == list(charts.BAND_FILLS)
    assert grounds[0][1] == pytest.approx(grounds[1][0], abs=0.11)
    circles = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', panel)]
    assert grounds[0][0] < circles[0] < grounds[0][1]
    assert grounds[1][0] < circles[1] < grounds[1][1]
    assert [f">{name}<" in panel for name in "AB"] == [True, True]


def test_a_timeline_stands_on_bands_that_follow_each_other() -> None:
    marks = [
        Mark("Award", "award", DAY(2021, 6, 1), None, ""),
        Mark("Payment", "payment", DAY(2023, 6, 1), None, ""),
    ]
    bands = [
        Band("A", DAY(2015, 1, 1), DAY(2022, 4, 30)),
        Band("B", DAY(2022, 5, 1), None),
        Band("C", DAY(2030, 1, 1), None),  # out of sight
    ]
    svg = charts.timeline_chart(marks, DAY(2023, 12, 31), "t", WORDS, bands).svg
    found = re.findall(
        r'<rect x="([\d.]+)" y="6" width="([\d.]+)" height="[\d.]+" fill="(#\w+)"', svg
    )
    (left, width, first), (start, rest, second) = found[1:]

    assert (first, second) == charts.BAND_FILLS
    assert float(left) == charts.TIME_LEFT
    assert float(left) + float(width) == pytest.approx(float(start), abs=0.11)
    assert float(start) + float(rest) == pytest.approx(charts.TIME_RIGHT, abs=0.11)
    assert [f">{name}<" in svg for name in "ABC"] == [True, True, False]

"""Charts: the numbers they draw and the words they carry."""

import datetime as dt
import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from troth.site import charts
from troth.site.charts import Dot, Mark, Point
from troth.site.draw import Chart
from troth.site.pages import Language

WORDS = Language("en").chart_words
DAY = dt.date


def point(year: int, value: float, partial: bool = False) -> Point:
    return Point(year, value, max(value - 0.1, 0), min(value + 0.1, 1), 50, partial)


def some_charts() -> list[Chart]:
    hostile = '<script>alert("x")</script> & \u202e'
    shared = charts.strip([0.0, 0.1, 0.1, 0.4], 0.5, 0.2)
    dots = [Dot(hostile, 500, 0.6), Dot("b", 40, 0.2), Dot("c", 900, 0.2)]
    marks = [
        Mark("Tender", "tender", DAY(2022, 1, 1), DAY(2022, 2, 1), hostile),
        Mark("Amendment", "amendment", DAY(2023, 1, 1), None, hostile),
        Mark("Milestone", "milestone", DAY(1, 1, 1), None, ""),
        Mark("Payment", "payment", DAY(9999, 12, 31), None, ""),
    ]
    return [
        charts.strip_chart(shared, 0.4, 0.3, 0.5, hostile, WORDS),
        charts.series_chart(
            [(hostile, [point(2021, 0.2), point(2022, 0.3), point(2023, 0.3, True)])],
            hostile,
            WORDS,
        ),
        charts.funnel_chart(dots, charts.outside_chance(dots, 0.2), 0.2, hostile, WORDS),
        charts.states_chart([("a", 5), ("b", 3), ("c", 0), ("d", 2), ("e", 1)], hostile, WORDS),
        charts.waterfall_chart(
            [(hostile, 20.0, "20.000000"), ("b", 5.5, "5.500000")], 25.5, hostile, WORDS
        ),
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


def binomial_at_most(r: int, n: int, share: float) -> float:
    return sum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(r + 1))


@pytest.mark.parametrize("n", [1, 5, 20, 77, 200])
@pytest.mark.parametrize("share", [0.02, 0.24, 0.5, 0.97])
def test_the_limits_of_chance_are_those_of_the_binomial_added_up_by_hand(
    n: int, share: float
) -> None:
    at = (0.001, 0.05, 0.95, 0.999)

    for probability, limit in zip(at, charts.binomial_limits(n, share, at), strict=True):
        r = next(r for r in range(n + 1) if binomial_at_most(r, n, share) >= probability)
        alone = math.comb(n, r) * share**r * (1 - share) ** (n - r)
        expected = (r - (binomial_at_most(r, n, share) - probability) / alone) / n
        assert limit == pytest.approx(min(max(expected, 0), 1), abs=1e-9)


def test_limits_close_in_as_cases_grow_even_to_a_hundred_thousand() -> None:
    widths = []
    for n in (10, 100, 1000, 100_000):
        low, high = charts.binomial_limits(n, 0.3, (0.05, 0.95))
        assert low <= 0.3 <= high
        widths.append(high - low)
    assert all(wide > narrow for wide, narrow in pairwise(widths))
    assert widths[-1] == pytest.approx(2 * 1.645 * math.sqrt(0.3 * 0.7 / 100_000), rel=0.02)


def test_where_it_never_or_always_happens_chance_has_no_width() -> None:
    assert charts.binomial_limits(50, 0.0, (0.05, 0.95)) == [0.0, 0.0]
    assert charts.binomial_limits(50, 1.0, (0.05, 0.95)) == [1.0, 1.0]


def test_a_body_is_outside_chance_only_with_cases_enough() -> None:
    few, many, plain = Dot("few", 5, 0.6), Dot("many", 500, 0.6), Dot("plain", 500, 0.24)

    assert charts.outside_chance([few, plain, many], 0.24) == [many]


def test_a_body_is_not_outside_for_the_part_of_a_case() -> None:
    """All of 16 cases come about once in six times at 89 %, so all is well inside."""
    assert charts.outside_chance([Dot("all", 16, 1.0)], 0.89) == []
    assert charts.outside_chance([Dot("all", 16, 1.0)], 0.5) != []


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
    shared = charts.strip([0.0, 0.2, 0.4], 0.4, 0.2)

    assert shared.top == 0.4
    assert shared.x(0.0) == charts.STRIP_LEFT
    assert shared.x(0.4) == charts.STRIP_RIGHT
    assert shared.x(0.2) == pytest.approx((charts.STRIP_LEFT + charts.STRIP_RIGHT) / 2)
    assert shared.quartiles == (0.0, 0.2, 0.4)


def test_bars_of_a_level_begin_where_the_one_above_ended_and_end_at_the_level() -> None:
    parts = [("a", 20.0, ""), ("b", 5.5, ""), ("c", 30.25, "")]
    svg = charts.waterfall_chart(parts, 55.75, "t", WORDS).svg
    bars = [
        (float(x), float(width))
        for x, width in re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)
    ]

    *steps, whole = bars
    for (x, width), (following, _) in pairwise(steps):
        assert x + width == pytest.approx(following, abs=0.15)
    assert whole[0] + whole[1] == pytest.approx(steps[-1][0] + steps[-1][1], abs=0.15)


def test_a_year_that_is_not_over_is_dashed_and_not_the_last_figure() -> None:
    whole = charts.spark([point(2021, 0.2), point(2022, 0.3)], "t")
    partial = charts.spark([point(2021, 0.2), point(2022, 0.3), point(2023, 0.9, True)], "t")

    assert "stroke-dasharray" not in whole
    assert "stroke-dasharray" in partial
    chart = charts.series_chart([("a", [point(2022, 0.3), point(2023, 0.9, True)])], "t", WORDS)
    assert ">30 %<" in chart.svg
    assert ">90 %<" not in chart.svg


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
    ticks = charts._date_ticks(start.toordinal(), end.toordinal())

    assert len(ticks) <= charts.MOST_TICKS + 1
    assert [day for day, _ in ticks] == sorted(day for day, _ in ticks)

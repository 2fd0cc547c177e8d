"""Charts of what happened: everything dated is where its day is, and what is open runs on."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest

from troth.site import course_charts, draw
from troth.site.charts import BAND_FILLS, Band
from troth.site.course_charts import Bar, Course, Due, Happened
from troth.site.draw import Chart
from troth.site.pages import Language

WORDS = Language("en").chart_words
HOSTILE = '<script>alert("x")</script> & \u202e'
DAY = dt.date
AS_OF = DAY(2024, 6, 30)
BANDS = [Band("A", DAY(2019, 1, 1), DAY(2021, 12, 31)), Band("B", DAY(2022, 1, 1), None)]
LANES = {
    name: name for name in ("contract", "change", "milestone", "due", "payment", "settled")
}  # fmt: skip
COURSE = Course(
    DAY(2021, 2, 1),
    DAY(2021, 3, 1),
    DAY(2023, 2, 28),
    DAY(2024, 12, 31),
    [
        Happened("due", DAY(2021, 9, 1), DAY(2021, 10, 3), "310 EUR"),
        Happened("payment", DAY(2021, 10, 3), None, HOSTILE),
        Happened("change", DAY(2022, 11, 2), None, "duration"),
        Happened("due", DAY(2023, 12, 1), None, "310 EUR"),
    ],
)
DUES = [
    Due("a", DAY(2021, 1, 1), DAY(2022, 1, 1), DAY(2023, 1, 1), DAY(2022, 9, 1), "complete"),
    Due(HOSTILE, None, None, None, DAY(1, 1, 1), ""),
    Due("c", DAY(9999, 12, 31), None, DAY(2023, 1, 1), None, "nothing said"),
]


def some_charts() -> list[Chart]:
    return [
        course_charts.bars_chart(
            [Bar(HOSTILE, 3.0, "3"), Bar("b", 0.0, "0")], HOSTILE, ("what", "how much")
        ),
        course_charts.parts_chart(
            [("2023", [3, 0, 2]), ("2024", [0, 0, 0])], ["x", "y", HOSTILE], HOSTILE, ("y", "sum")
        ),
        course_charts.deadlines_chart(DUES, BANDS, AS_OF, HOSTILE, tuple("abcdef"), WORDS),
        course_charts.contract_chart(COURSE, BANDS, AS_OF, HOSTILE, LANES, WORDS),
        course_charts.contract_chart(
            Course(None, None, None, None, COURSE.events), [], AS_OF, HOSTILE, LANES, WORDS
        ),
    ]


@pytest.mark.parametrize("chart", some_charts())
def test_a_chart_is_a_labelled_image_of_sound_xml_and_brings_no_tag_of_the_data(
    chart: Chart,
) -> None:
    root = ET.fromstring(chart.svg)

    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.title.replace("\u202e", "\\u202e")
    assert not [element for element in root.iter() if element.tag == "script"]
    assert "\u202e" not in chart.svg
    assert chart.wide or float(root.get("width", "")) <= 362
    assert all(len(row) == len(chart.heading) for row in chart.rows)
    assert chart.rows
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not {"nan", "inf"} & set(re.findall(r"[a-z]+", value))


def test_the_same_chart_is_the_same_text() -> None:
    assert [one.svg for one in some_charts()] == [one.svg for one in some_charts()]


def test_what_is_due_and_open_runs_on_to_the_day_and_what_was_paid_does_not() -> None:
    open_ = course_charts.contract_chart(COURSE, [], AS_OF, "t", LANES, WORDS)
    paid = Course(
        COURSE.signed, COURSE.start, COURSE.original_end, COURSE.end, COURSE.events[:2]
    )  # fmt: skip
    settled = course_charts.contract_chart(paid, [], AS_OF, "t", LANES, WORDS)
    runs_on = r'x2="([\d.]+)"[^>]*stroke="' + draw.OCHRE + r'" stroke-width="3" stroke-dasharray'
    (end,) = re.findall(runs_on, open_.svg)
    (today,) = re.findall(r'<line x1="([\d.]+)" y1="0.0"', open_.svg)

    assert end == today
    assert not re.findall(runs_on, settled.svg)
    assert ("due", "2023-12-01", "", "310 EUR") in open_.rows


def test_a_term_that_was_extended_goes_on_as_a_frame_of_dashes() -> None:
    extended = course_charts.contract_chart(COURSE, [], AS_OF, "t", LANES, WORDS)
    as_agreed = Course(COURSE.signed, COURSE.start, COURSE.end, COURSE.end, COURSE.events)
    plain = course_charts.contract_chart(as_agreed, [], AS_OF, "t", LANES, WORDS)

    assert extended.svg.count('stroke-dasharray="3 2"') == 1
    assert plain.svg.count('stroke-dasharray="3 2"') == 0


def test_administrations_are_grounds_that_follow_each_other() -> None:
    chart = course_charts.contract_chart(COURSE, BANDS, AS_OF, "t", LANES, WORDS)
    grounds = [
        (float(x), float(x) + float(width))
        for fill in BAND_FILLS
        for x, width in re.findall(
            rf'<rect x="([\d.]+)" y="0" width="([\d.]+)" height="\d+" fill="{fill}"', chart.svg
        )
    ]

    assert grounds[0][0] == course_charts.COURSE_LEFT
    assert grounds[0][1] == pytest.approx(grounds[1][0], abs=0.11)
    assert grounds[1][1] == pytest.approx(course_charts.COURSE_RIGHT, abs=0.11)
    assert ">A<" in chart.svg
    assert ">B<" in chart.svg


def test_a_deadline_that_moved_is_drawn_twice_and_one_that_did_not_once() -> None:
    still = Due("a", DAY(2021, 1, 1), DAY(2022, 1, 1), DAY(2022, 1, 1), None, "")
    one = course_charts.deadlines_chart([still], [], AS_OF, "t", tuple("abcdef"), WORDS)
    two = course_charts.deadlines_chart(DUES[:1], [], AS_OF, "t", tuple("abcdef"), WORDS)

    assert one.svg.count(f'stroke="{draw.OCHRE}"') == 0
    assert two.svg.count(f'stroke="{draw.OCHRE}"') == 2, "the dashes and the diamond"


def test_parts_are_as_long_as_they_are_many_and_those_of_none_are_left_out() -> None:
    rows = [("2023", [30, 0, 10]), ("2024", [10, 0, 10])]
    chart = course_charts.parts_chart(rows, ["x", "y", "z"], "t", ("year", "sum"))
    widths = [
        float(width)
        for width in re.findall(r'<rect x="[\d.]+" y="\d+" width="([\d.]+)" height="17"', chart.svg)
    ]

    assert chart.heading == ("year", "x", "z", "sum")
    assert chart.rows[0] == ("2023", "30", "10", "40")
    assert widths[0] == pytest.approx(3 * widths[1], abs=0.3)
    assert widths[1] == pytest.approx(widths[2], abs=0.3)


def test_neighbouring_parts_have_another_filling() -> None:
    assert len(set(course_charts.PART_FILLS)) == len(course_charts.PART_FILLS)

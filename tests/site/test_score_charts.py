"""Charts of levels and ranks: intervals always, one number never alone, sums that add up."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.publish.wording import BANDS, bare_ranks
from troth.site import draw, score_charts
from troth.site.axis import axis
from troth.site.draw import Chart
from troth.site.pages import Language
from troth.site.score_charts import Factor, Part, Place, Reach

WORDS = Language("en").chart_words
HOSTILE = '<script>alert("x")</script> & \u202e'

PLACES = [Place("a", 1, 4, 2), Place(HOSTILE, 3, 9, 5.5, marked=True), Place("c", 8, 12, 11)]
REACHES = [Reach("a", 71.2, 84.0, 78.3, "B"), Reach(HOSTILE, 20, 22, 21, "D", marked=True)]
PARTS = [Part("a", 20.0, 2.5), Part(HOSTILE, 5.5, -4.25), Part("c", 30.25, 0.0)]
EXACT = ("20.000000", "5.500000", "30.250000")
FACTORS = [Factor("weights", 0.1, 0.35), Factor(HOSTILE, 0.637, 0.809), Factor("none", 0.0, 0.0)]


def some_charts() -> list[Chart]:
    unknown = [Part(one.name, one.points, None) for one in PARTS]
    return [
        score_charts.rank_chart(PLACES, 12, HOSTILE, WORDS),
        score_charts.level_chart(REACHES, HOSTILE, WORDS),
        score_charts.waterfall_chart(PARTS, 55.75, HOSTILE, WORDS, EXACT),
        score_charts.waterfall_chart(unknown, 55.75, HOSTILE, WORDS, EXACT),
        score_charts.sensitivity_chart(FACTORS, HOSTILE, WORDS),
    ]


@pytest.mark.parametrize("chart", some_charts())
def test_a_chart_is_a_labelled_image_that_fits_a_phone_and_brings_no_tag_of_the_data(
    chart: Chart,
) -> None:
    root = ET.fromstring(chart.svg)

    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.title.replace("\u202e", "\\u202e")
    assert float(root.get("width", "")) <= 362, "390 px less the margins of a page"
    assert not [element for element in root.iter() if element.tag == "script"]
    assert "\u202e" not in chart.svg
    assert chart.rows
    assert all(len(row) == len(chart.heading) for row in chart.rows)
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not {"nan", "inf"} & set(re.findall(r"[a-z]+", value))


def test_the_same_chart_is_the_same_text() -> None:
    assert [one.svg for one in some_charts()] == [one.svg for one in some_charts()]


def test_every_place_is_written_and_drawn_as_an_interval() -> None:
    chart = score_charts.rank_chart(PLACES, 12, "t", WORDS)

    for row in PLACES:
        assert f">{row.low}–{row.high}<" in chart.svg
    assert chart.rows[0] == ("a", "1", "4", "2")
    assert bare_ranks(" ".join(re.findall(r">([^<]+)<", chart.svg))) == []


def test_the_body_of_the_page_is_told_without_colour() -> None:
    marked = score_charts.rank_chart([Place("a", 2, 4, 3, marked=True)], 9, "t", WORDS).svg
    plain = score_charts.rank_chart([Place("a", 2, 4, 3)], 9, "t", WORDS).svg

    assert "<circle" not in marked
    assert 'font-weight="600">a<' in marked
    assert "<circle" in plain
    assert 'font-weight="600">a<' not in plain


def test_a_long_name_is_cut_before_it_meets_the_numbers_in_wide_scripts_sooner() -> None:
    long = [Place("a" * 60, 1, 2, 1), Place("市" * 60, 1, 2, 1), Place("市政府", 2, 3, 2)]
    svg = score_charts.rank_chart(long, 3, "t", WORDS).svg
    names = [name for name in re.findall(r">([^<]+)<", svg) if name[0] in "a市"]

    assert [name[-1] for name in names] == ["…", "…", "府"]
    assert len(names[0]) == 40
    assert len(names[1]) == 20


def test_the_bands_stand_over_their_points() -> None:
    svg = score_charts.level_chart(REACHES, "t", WORDS).svg
    letters = {
        name: float(x)
        for x, name in re.findall(r'<text x="([\d.]+)"[^>]*font-weight="600">([A-E])<', svg)
    }
    ticks = {
        int(points): float(x) for x, points in re.findall(r'<text x="([\d.]+)"[^>]*>(\d+)<', svg)
    }

    assert set(letters) == set(BANDS)
    for name, (low, high) in BANDS.items():
        assert ticks[low] - 8 < letters[name] < ticks[high] + 8
    assert letters["E"] < letters["A"]


def bars(svg: str) -> list[tuple[float, float]]:
    """Left end and width of each bar, from the first row to the last."""
    found = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="11"', svg)
    return [(float(x), float(width)) for x, width in found]


def test_bars_of_a_level_begin_where_the_one_above_ended_and_end_at_the_level() -> None:
    parts = [Part(one.name, one.points, None) for one in PARTS]
    *steps, whole = bars(score_charts.waterfall_chart(parts, 55.75, "t", WORDS, EXACT).svg)

    for (x, width), (following, _) in pairwise(steps):
        assert x + width == pytest.approx(following, abs=0.15)
    assert sum(whole) == pytest.approx(sum(steps[-1]), abs=0.15)


@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(-10, 10)), min_size=1, max_size=5),
)
def test_from_the_peers_the_bars_lead_to_the_level(given_parts: list[tuple[float, float]]) -> None:
    parts = [Part(str(at), points, off) for at, (points, off) in enumerate(given_parts)]
    level = sum(points for points, _ in given_parts)
    if not 0 <= level - sum(off for _, off in given_parts) <= 100:
        return
    svg = score_charts.waterfall_chart(parts, level, "t", WORDS, [""] * len(parts)).svg
    first, *steps, last = bars(svg)
    begin, end = (ends_at(svg, total) for total in (first, last))
    reached = begin

    for part, (x, width) in zip(parts, steps, strict=True):
        assert part.from_peers is not None
        before, after = (x, x + width) if part.from_peers >= 0 else (x + width, x)
        assert before == pytest.approx(reached, abs=1.8 * len(parts))
        reached = after
    assert end == pytest.approx(reached, abs=1.8 * len(parts))


def ends_at(svg: str, total: tuple[float, float]) -> float:
    """Where a total lies: at the end of a bar from 0, in the middle of a mark on a cut scale."""
    x, width = total
    from_zero = re.search(r'text-anchor="middle"[^>]*>0<', svg) is not None
    return x + width if from_zero else x + width / 2


def test_a_part_below_the_peers_is_hatched_and_has_its_sign() -> None:
    svg = score_charts.waterfall_chart(PARTS, 55.75, "t", WORDS, EXACT).svg

    assert svg.count(f'fill="{draw.PAPER}" stroke="{draw.OCHRE}"') == 1
    assert ">−4.2<" in svg
    assert ">+2.5<" in svg
    assert ">0.0<" in svg


def test_where_the_peers_of_one_part_are_unknown_it_begins_at_nothing() -> None:
    parts = [PARTS[0], Part("b", 5.5, None)]
    svg = score_charts.waterfall_chart(parts, 25.5, "t", WORDS, EXACT[:2]).svg

    assert WORDS.reference not in re.findall(r">([^<]+)<", svg)
    assert ">0<" in svg
    assert ">100<" in svg


def test_what_a_choice_explains_alone_lies_inside_what_it_explains_with_others() -> None:
    svg = score_charts.sensitivity_chart(FACTORS, "t", WORDS).svg
    alone = [float(width) for width in re.findall(r'width="([\d.]+)" height="8"', svg)][:-1]
    total = [float(width) for width in re.findall(r'width="([\d.]+)" height="14"', svg)]

    assert len(alone) == len(total) == len(FACTORS)
    assert all(inner <= outer for inner, outer in zip(alone, total, strict=True))
    assert ">64 % / 81 %<" in svg


def test_a_cell_draws_the_value_inside_its_interval() -> None:
    root = ET.fromstring(score_charts.cell(0.1, 0.2, 0.4, axis([0.5]), "20 %, 10 to 40 %"))
    (bar,) = [one for one in root if one.tag.endswith("rect")]

    assert root.get("aria-label") == "20 %, 10 to 40 %"
    assert float(bar.get("x", "")) == pytest.approx(6 + 138 * 0.2, abs=0.1)
    assert float(bar.get("width", "")) == pytest.approx(138 * 0.6, abs=0.1)

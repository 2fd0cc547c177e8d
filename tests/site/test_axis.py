"""Scales: every value has its place, and numbers are written as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.publish.wording import SCALES
from troth.site.axis import axis

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4))


@given(st.lists(NUMBERS, max_size=8), st.sampled_from(sorted(SCALES)))
def test_a_scale_holds_all_values_and_nothing_with_few_round_ticks(
    values: list[float], scale: str
) -> None:
    made = axis(values, scale, is_share=False)

    assert made.first <= 0 <= made.last
    assert made.first < made.last
    slack = 1e-6 * (made.last - made.first)
    assert all(made.first - slack <= value <= made.last + slack for value in values)
    assert 2 <= len(made.ticks) <= 7
    assert made.ticks[-1] == pytest.approx(made.last)
    assert any(tick == pytest.approx(0, abs=slack) for tick in made.ticks)
    places = [made.part(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)


def test_shares_keep_the_scales_they_had() -> None:
    made = axis([0.24, 0.37])

    assert (made.first, made.last) == (0, 0.4)
    assert [made.tick(tick) for tick in made.ticks] == ["0 %", "10 %", "20 %", "30 %", "40 %"]
    assert made.headed("share") == "share, %"


def test_numbers_are_written_in_what_the_figure_counts_in() -> None:
    days = axis([48.5, 12.0, None], "days", is_share=False)
    points = axis([-0.08, 0.11], "percentage points", is_share=False)
    ratio = axis([1.65], "ratio", is_share=False)

    assert days.reach == "0–60 days"
    assert days.written(48.5) == "48.5 days"
    assert days.headed("figure") == "figure, days"
    assert days.bare(None) == ""
    assert points.first == pytest.approx(-0.1)
    assert points.tick(-0.1) == "-10"
    assert points.written(-0.08) == "-8.00 percentage points"
    assert ratio.headed("figure") == "figure"
    assert axis([48.5], "days", False, "ar").written(48.5) == "48.5 يوم"


def test_a_value_beyond_the_scale_lies_at_its_end() -> None:
    assert axis([10.0], "days", is_share=False).part(99.0) == 1.0
    assert axis([], "days", is_share=False).part(-5.0) == 0.0

"""Titles are compared by their words."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.measure.titles import ALIKE, cosines, words


def cosine(one: str, other: str) -> float:
    return float(cosines([one, other], np.array([0]), np.array([1]))[0])


def test_words_of_any_script() -> None:
    assert words("Road_works, Main Street 12!") == ["road", "works", "main", "street", "12"]
    assert words("修路 2024") == ["修", "路", "2024"]


def test_order_case_and_marks_do_not_matter() -> None:
    assert cosine("Repair of the school roof", "ROOF of the school: repair") == pytest.approx(1.0)


def test_worked_out_by_hand() -> None:
    """Four words each, three in common: 3 / sqrt(4 * 4) = 0.75; of five, four: 0.8."""
    assert cosine("repair school roof north", "repair school roof south") == pytest.approx(0.75)
    four_of_five = cosine("repair of school roof north", "repair of school roof south")
    assert four_of_five == pytest.approx(ALIKE)
    assert cosine("roof roof", "roof wall") == pytest.approx(2 / (2 * math.sqrt(2)))


def test_a_title_without_words_is_like_nothing() -> None:
    assert cosine("...", "...") == 0.0
    assert cosines([], np.zeros(0, int), np.zeros(0, int)).tolist() == []


titles = st.lists(st.sampled_from(["road", "bridge", "a", "b", "路", "x1"]), max_size=6)


@given(titles, titles)
def test_as_counted_word_by_word(one: list[str], other: list[str]) -> None:
    a, b = Counter(one), Counter(other)
    shared = sum(a[word] * b[word] for word in a)
    lengths = math.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    expected = shared / lengths if lengths else 0.0
    assert cosine(" ".join(one), " ".join(other)) == pytest.approx(expected)

"""How well a figure tells labelled cases from others, against a count of every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.oracle import slow_discrimination as slow
from troth.errors import UsageError
from troth.measure.discrimination import (
    MEASURES,
    MINIMUM_CASES,
    MINIMUM_OF_EACH,
    Discrimination,
    Estimate,
    Figure,
    discriminate,
    split_in_time,
)

# Few values, so that ties come often.
cases = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0]), st.booleans()),
    min_size=MINIMUM_CASES,
    max_size=70,
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def told(value: list[float], label: list[bool], side: str = "low", **more) -> Discrimination:
    cut = more.pop("cut", None)
    return discriminate([Figure(np.array(value), side, cut)], np.array(label), rng(), **more)[0]


def some_of_each(labels: list[bool]) -> bool:
    return min(sum(labels), len(labels) - sum(labels)) >= MINIMUM_OF_EACH


@given(cases)
def test_every_measure_is_what_counting_gives(rows: list[tuple[float, bool]]) -> None:
    values, labels = [value for value, _ in rows], [label for _, label in rows]
    assume(some_of_each(labels))
    found = told(values, labels, resamples=0)
    base = sum(labels) / len(labels)
    lowest = slow.tenth(values, labels, lowest=True)
    highest = slow.tenth(values, labels, lowest=False)
    assert (found.cases, found.labelled) == (len(values), sum(labels))
    assert (found.lowest_n, found.highest_n) == (len(lowest), len(highest))
    assert found.base_rate.value == pytest.approx(base)
    assert found.roc_auc.value == pytest.approx(slow.roc_auc(values, labels))
    assert found.pr_auc.value == pytest.approx(slow.pr_auc(values, labels))
    assert found.lowest_precision.value == pytest.approx(sum(lowest) / len(lowest))
    assert found.lowest_lift.value == pytest.approx(sum(lowest) / len(lowest) / base)
    assert found.highest_precision.value == pytest.approx(sum(highest) / len(highest))
    assert found.highest_lift.value == pytest.approx(sum(highest) / len(highest) / base)
    assert found.balanced_accuracy.value == pytest.approx(slow.balanced_accuracy(values, labels))


@given(cases)
def test_the_other_side_is_the_figure_turned_round(rows: list[tuple[float, bool]]) -> None:
    values, labels = [value for value, _ in rows], [label for _, label in rows]
    assume(some_of_each(labels))
    low = told(values, labels, "low", resamples=30)
    high = told([-value for value in values], labels, "high", resamples=30)
    for name in ("base_rate", "roc_auc", "pr_auc", "balanced_accuracy"):
        assert getattr(low, name) == getattr(high, name)
    assert (low.lowest_lift, low.highest_lift) == (high.highest_lift, high.lowest_lift)
    assert low.cut == -high.cut


@given(cases, st.lists(st.booleans(), min_size=70, max_size=70))
def test_a_case_without_a_value_is_as_if_it_were_not_there(
    rows: list[tuple[float, bool]], gone: list[bool]
) -> None:
    kept = [row for row, out in zip(rows, gone, strict=False) if not out]
    with_gaps = [
        (float("nan") if out else value, label)
        for (value, label), out in zip(rows, gone, strict=False)
    ]
    first = told(*map(list, zip(*with_gaps, strict=True)), resamples=0)
    if kept:
        assert first == told(*map(list, zip(*kept, strict=True)), resamples=0)
    else:
        assert first == Discrimination(0, 0)


def test_a_figure_that_knows_and_one_that_knows_nothing() -> None:
    labels = [True] * 10 + [False] * 40
    knows = told(list(range(50)), labels)
    # Every draw says 1 too, which is no reason to be sure of it.
    assert knows.roc_auc == knows.pr_auc == knows.lowest_precision == Estimate(1.0)
    assert knows.base_rate.low < knows.base_rate.value == 0.2 < knows.base_rate.high
    assert knows.lowest_lift.value == pytest.approx(5.0)
    assert knows.balanced_accuracy.value == pytest.approx(0.75)
    same = told([1.0] * 50, labels)
    assert (same.roc_auc.value, same.lowest_n, same.lowest_lift.value) == (0.5, 50, 1.0)
    assert same.pr_auc.value == pytest.approx(0.2)


def test_too_few_of_either_label_have_counts_alone() -> None:
    assert told(list(range(50)), [True] * 4 + [False] * 46) == Discrimination(50, 4)
    assert told(list(range(29)), [True] * 9 + [False] * 20) == Discrimination(29, 9)
    assert told([], []) == Discrimination(0, 0)


def test_intervals_hold_the_planted_value_about_as_often_as_they_say() -> None:
    # Labelled N(0, 1) and others N(1, 1): the true AUC is Phi(1 / sqrt 2).
    truth, held = 0.7602, 0
    made = rng(5)
    for _ in range(200):
        label = np.arange(120) < 40
        value = made.standard_normal(120) + ~label
        (found,) = discriminate([Figure(value, "low")], label, made, resamples=200)
        held += found.roc_auc.low <= truth <= found.roc_auc.high
    assert 0.83 <= held / 200 <= 0.95


def test_the_same_seed_gives_the_same_intervals_and_another_others() -> None:
    value, label = np.arange(60) % 13 + 0.0, np.arange(60) % 3 == 0
    figure = [Figure(value, "low")]
    assert discriminate(figure, label, rng(3)) == discriminate(figure, label, rng(3))
    assert discriminate(figure, label, rng(3)) != discriminate(figure, label, rng(4))


def test_draws_in_parts_are_the_draws_at_once(monkeypatch) -> None:
    value, label = np.arange(60) % 13 + 0.0, np.arange(60) % 3 == 0
    at_once = discriminate([Figure(value, "low")], label, rng(3), resamples=50)
    monkeypatch.setattr("troth.measure.discrimination._HELD", 7 * 60)
    assert discriminate([Figure(value, "low")], label, rng(3), resamples=50) == at_once


def test_a_cut_of_other_cases_is_kept() -> None:
    labels = [True] * 10 + [False] * 40
    found = told(list(range(50)), labels, cut=19.0)
    assert (found.lowest_n, found.lowest_precision.value, found.cut) == (20, 0.5, 19.0)
    none = told(list(range(50)), labels, cut=-1.0)
    assert (none.lowest_n, none.lowest_precision, none.cut) == (0, Estimate(), None)
    assert none.balanced_accuracy.value == 0.5
    high = told(list(range(50)), labels, "high", cut=45.0)
    assert (high.highest_n, high.highest_precision.value) == (5, 0.0)


def test_values_and_labels_must_fit() -> None:
    with pytest.raises(UsageError, match="one of each a case"):
        told([1.0, 2.0], [True])
    with pytest.raises(UsageError, match="a side is 'left'"):
        told([1.0], [True], "left")


def test_every_measure_is_named() -> None:
    assert MEASURES == (
        "base_rate", "lowest_precision", "lowest_lift", "highest_precision", "highest_lift",
        "roc_auc", "pr_auc", "balanced_accuracy",
    )  # fmt: skip


def test_no_day_is_torn_apart_and_no_undated_case_is_placed() -> None:
    day = np.array(["2020-01-01", "2020-01-02", "2020-01-02", "2020-01-03", "NaT"], "M8[D]")
    earlier, later = split_in_time(day, 0.5)
    assert earlier.tolist() == [True, True, True, False, False]
    assert later.tolist() == [False, False, False, True, False]
    nobody = split_in_time(day[-1:], 0.7)
    assert [one.tolist() for one in nobody] == [[False], [False]]

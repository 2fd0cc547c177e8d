"""`troth compare`: whether two bodies can be told apart, in a sentence no stronger than that."""

import pytest

from tests.line.towns import TOWN_A, TOWN_B, TOWN_C
from tests.line.troth import troth
from troth.score.compare import Comparison
from troth.terminal.compare import told


def test_two_bodies_that_differ_are_told_apart(made) -> None:
    ran = troth("compare", TOWN_A, TOWN_B, "--out", made[1], "--format", "json")
    assert ran.code == 0
    comparison = ran.json["comparison"]
    assert comparison["told_apart"] and comparison["above"] < 0.01
    assert comparison["low"] <= comparison["difference"] <= comparison["high"] < 0
    assert [one["rank_low"] for one in ran.json["bodies"]] == [2, 1]
    assert ran.json["sentence"].startswith("Stadt")


def test_turned_round_it_says_the_same(made) -> None:
    first, second = (
        troth("compare", *pair, "--out", made[1], "--format", "json").json["sentence"]
        for pair in ((TOWN_A, TOWN_B), (TOWN_B, TOWN_A))
    )
    assert first == second


def test_on_a_screen_ranks_are_intervals_and_nothing_moves_the_cursor(made) -> None:
    said = troth("compare", TOWN_A, TOWN_B, "--out", made[1]).out
    assert "1 to 1 of 2" in said and "2 to 2 of 2" in said
    assert "can be told apart" in said and "\x1b" not in said


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((TOWN_A, TOWN_A), "are one body"),
        ((TOWN_A, TOWN_C), "Town C has no level under open-competition v2: 0 %"),
        ((TOWN_A, "nobody"), "no body 'nobody'"),
    ],
)
def test_what_cannot_be_compared_is_refused(made, pair: tuple[str, str], said: str) -> None:
    ran = troth("compare", *pair, "--out", made[1])
    assert ran.code == 2 and said in ran.err


@pytest.mark.parametrize(
    ("above", "apart", "words"),
    [
        (0.79, False, "A and B cannot be told apart"),
        (0.81, True, "A lies above B in 81\u00a0% of the draws: they can be told apart"),
        (0.03, True, "B lies above A in 97\u00a0% of the draws"),
        (1.0, True, "in >99\u00a0% of the draws"),
    ],
)
def test_the_sentence_is_as_strong_as_the_draws(above: float, apart: bool, words: str) -> None:
    sign = 1 if above >= 0.5 else -1
    said = told(
        Comparison(above, 0.0, sign * 3.0, min(sign * 1, sign * 5), max(sign * 1, sign * 5), 2000, apart),
        "A", "B",
    )  # fmt: skip
    assert said.startswith(words) or words in said
    assert "Difference 3.0 points (90\u00a0% interval 1.0 to 5.0)" in said

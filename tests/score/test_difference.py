"""Why a level changed: causes that add up to the last digit, each traced to an indicator."""

from typing import Any

from hypothesis import given, settings

from tests.score.measured import SILENT, bodies, countries, measurement, recipe
from troth.score.difference import Difference, Side, difference
from troth.score.index import scores
from troth.score.level import levels
from troth.score.recipe import Recipe

RECIPE = recipe("P013", "P018", "P019")
COUNTS = {
    (f"B{one:02d}", code): ((5 * one + at) % 60, 80)
    for one in range(9)
    for at, code in enumerate(RECIPE.codes)
}


def side(name: str, counts: dict, of: Recipe = RECIPE) -> Side:
    found = scores(levels(measurement(counts), bodies(counts), of))
    return Side(
        name, measurement(counts), bodies(counts), of, found.score, found.contribution, "0.1.0"
    )


def adds_up(found: Difference) -> None:
    for one in found.changes:
        parts = [part for part in found.parts if part.body_id == one.body_id]
        assert sum(part.change for part in parts) == one.change == sum(one.by_cause.values())
        for cause, sum_ in one.by_cause.items():
            assert sum(part.change for part in parts if part.cause == cause) == sum_


def changed(found: Difference, body: str) -> dict[str, Any]:
    return next(one.by_cause for one in found.changes if one.body_id == body)


def test_the_same_release_twice_has_no_parts() -> None:
    found = difference(side("a", COUNTS), side("b", COUNTS))
    assert found.parts == () and all(one.change == 0 for one in found.changes)


def test_own_cases_are_data_and_what_others_did_is_peers() -> None:
    new = COUNTS | {("B03", "P018"): (50, 80)}
    found = difference(side("a", COUNTS), side("b", new))
    adds_up(found)
    own, other = changed(found, "B03"), changed(found, "B05")
    assert own["data"] < 0 and own["method"] == own["correction"] == 0
    assert other["data"] == 0 and other["peers"] != 0
    # A millionth may go over to another indicator, where rounding left it over.
    (part,) = [
        p for p in found.parts if (p.body_id, p.cause) == ("B03", "data") and abs(p.change) > 1
    ]
    assert (part.indicator, part.old_hits, part.new_hits, part.new_n) == ("P018", 16, 50, 80)
    assert (part.old, part.new) == ("a", "b")


def test_other_weights_are_method() -> None:
    other = recipe(*RECIPE.codes, weights={"P013": 3.0, "P018": 1.0, "P019": 1.0})
    found = difference(side("a", COUNTS), side("b", COUNTS, other))
    adds_up(found)
    assert {part.cause for part in found.parts} == {"method"}


def test_an_indicator_that_comes_in_brings_a_part_from_nothing() -> None:
    two = recipe("P013", "P018")
    found = difference(side("a", COUNTS, two), side("b", COUNTS))
    adds_up(found)
    assert {p.before for p in found.parts if p.indicator == "P019"} == {0}


def test_what_the_code_of_another_version_gave_is_method() -> None:
    old = side("a", COUNTS)
    parts = old.contribution.to_pylist()
    parts[0]["micropoints"] += 5
    row = old.score.to_pylist()
    row[0]["level"] += 5e-6
    drifted = Side(
        "a", old.measurement, old.body, RECIPE,
        old.score.from_pylist(row, old.score.schema),
        old.contribution.from_pylist(parts, old.contribution.schema), "0.0.9",
    )  # fmt: skip
    found = difference(drifted, side("b", COUNTS))
    adds_up(found)
    assert changed(found, "B00") == {"correction": 0, "data": 0, "peers": 0, "method": -5}


def test_a_body_with_a_level_on_one_side_alone_is_named() -> None:
    new = {key: value for key, value in COUNTS.items() if key[0] != "B02"}
    found = difference(
        side("a", COUNTS), side("b", new | {("B04", c): (1, 3) for c in RECIPE.codes})
    )
    assert found.only_old == ("B02", "B04") and found.only_new == ()


@settings(max_examples=15)
@given(countries(most=6), countries(most=6))
def test_causes_add_up_whatever_changed(first: dict, second: dict) -> None:
    other = recipe("P013", "P019", weights={"P013": 1.0, "P019": 4.0})
    adds_up(difference(side("a", first), side("b", second, other)))
    adds_up(difference(side("b", second, other), side("a", first | {("B01", "P018"): SILENT})))

"""The recipe `kept-word`: the goalposts of the catalogue, five pillars, and what is not there."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.score.measured import (
    SILENT,
    Figure,
    bodies,
    measurement,
    published_before,
)
from tests.shared import shared
from troth.errors import UsageError
from troth.publish.as_json import document
from troth.score.cells import spread_of
from troth.score.difference import Side, difference
from troth.score.index import scores
from troth.score.kept_word import KEPT_WORD
from troth.score.level import Levels, levels
from troth.score.recipe import Goalposts, Recipe
from troth.score.sureness import sureness
from troth.tables import results
from troth.tables.check import check

#: What the scale of a column of the catalogue is in ours: shares and percentage points are parts of 1.
PARTS = {"%": 0.01, "pp": 0.01}


def catalogue() -> list[dict[str, str]]:
    path = shared("spec/catalogue.csv")
    with Path(path).open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["pillar"] != "outcome"]


def test_goalposts_are_those_of_the_catalogue() -> None:
    rows = catalogue()
    assert len(rows) == 52
    for row in rows:
        said = row["direction_unit_goalposts"]
        worst, best = re.search(r"([\d.]+)->([\d.]+)", said).groups()
        unit = said.split()[1].rstrip(";")
        times = PARTS.get(unit, 1.0)
        own = KEPT_WORD.goalposts[row["code"]]
        assert own.worst == pytest.approx(float(worst) * times), row["code"]
        assert own.best == pytest.approx(float(best) * times), row["code"]
        assert (own.best > own.worst) == said.startswith("↑"), row["code"]
        names = {"days": "days", "months": "months", "ratio": "ratio", "bp": "basis points",
                 "pp": "percentage points"}  # fmt: skip
        assert own.unit == names.get(unit, "share"), row["code"]


def test_five_pillars_alike_and_the_gates_of_the_method() -> None:
    assert sorted(KEPT_WORD.pillars.items()) == [(one, 1.0) for one in "CDIPT"]
    assert set(KEPT_WORD.weights.values()) == {1.0}
    assert (KEPT_WORD.minimum_pillars, KEPT_WORD.essential) == (4, ("C", "D"))
    assert (KEPT_WORD.aggregation, KEPT_WORD.minimum_weight) == ("geometric", 0.65)
    assert sum(KEPT_WORD.shares.values()) == pytest.approx(1)


def test_every_reason_says_whose_it_is() -> None:
    for code, posts in KEPT_WORD.goalposts.items():
        if not code.startswith("P"):
            assert "our own proposal" in posts.reason and posts.dated == "2026-11-24"
    assert "2011/7/EU" in KEPT_WORD.goalposts["D01"].reason


def test_as_a_file_and_in_a_release_it_is_the_same_recipe(tmp_path: Path) -> None:
    own = KEPT_WORD.among(["D01", "C01", "P018", "T01", "I02"])
    path = tmp_path / "kept.toml"
    for one in (KEPT_WORD, own):
        path.write_text(one.as_toml(), encoding="utf-8")
        assert Recipe.from_toml(path) == one
        assert Recipe.from_json(one.as_json()) == one
        assert "nan" not in document(one.as_json()).casefold()


# --- what a run does not have ---

ONE_EACH = ("C01", "D01", "I04", "P018", "T07")


def country(codes: tuple[str, ...] = ONE_EACH) -> dict:
    """Ten bodies, the higher their number the worse."""
    found = {}
    for number in range(10):
        for code in codes:
            posts = KEPT_WORD.goalposts[code]
            value = posts.best + (posts.worst - posts.best) * number / 10
            cell = (4 * number, 40) if code == "P018" else Figure(value, abs(value) / 50 + 0.01)
            found[f"B{number}", code] = cell
    return found


def found(counts: dict, of: Recipe, before: dict | None = None) -> Levels:
    last = None if before is None else published_before(before)
    return levels(measurement(counts), bodies(counts), of, last)


def test_an_indicator_that_a_run_does_not_have_takes_no_part() -> None:
    own = found(country(), KEPT_WORD.among(ONE_EACH))
    assert own.published.all()
    assert own.cells.codes == ONE_EACH
    assert own.weight.sum(axis=1) == pytest.approx(np.ones(10))
    assert np.all(np.diff(own.level) < 0)
    # All of the catalogue, with the same figures: far too little of it is measured.
    assert not found(country(), KEPT_WORD).published.any()


def test_where_a_run_has_too_few_pillars_there_is_no_level_and_the_reason() -> None:
    own = found(country(("P018",)), KEPT_WORD.among(["P018"]))
    assert not own.published.any()
    assert own.reason[0] == (
        "20 % of the recipe's weight measured, 1 of 5 pillars; needed are 4 with C or D among them, "
        "each with at least 65 % of its weight"
    )


def test_a_run_that_has_nothing_of_a_recipe_is_refused() -> None:
    with pytest.raises(UsageError, match="none of its indicators"):
        KEPT_WORD.among(["P003"])


def test_a_figure_without_an_error_enters_no_level() -> None:
    counts = country() | {("B3", "D01"): Figure(60.0, None)}
    own = found(counts, KEPT_WORD.among(ONE_EACH))
    at = own.cells.codes.index("D01")
    assert np.isnan(own.points[3, at]) and not own.cells.published[3, at]
    assert own.published[3]  # four pillars are enough


def test_goalposts_in_days_for_a_share_are_refused() -> None:
    posts = Goalposts(120.0, 30.0, "days", "2026-01-01", "days")
    of = Recipe("wrong", 1, "W", {"P018": posts}, {"P018": 1.0})
    with pytest.raises(
        UsageError, match=r"P018: worst = 120, best = 30 in days, but its figure is a"
    ):
        found({("A", "P018"): (3, 40)}, of)


# --- figures that are no shares ---

MIXED = {
    "D01": Goalposts(120.0, 30.0, "days", "2026-01-01", "days"),
    "D06": Goalposts(0.2, 1.0, "ratio", "2026-01-01", "ratio"),
    "P018": Goalposts(1.0, 0.0, "share", "2026-01-01"),
    "P019": Goalposts(1.0, 0.0, "share", "2026-01-01"),
}


def mixed(scale: float = 1.0) -> Recipe:
    """Two pillars of two kinds of figure, the days being counted in a unit of `1 / scale` days."""
    days = Goalposts(120.0 * scale, 30.0 * scale, "days", "2026-01-01", "days")
    return Recipe(
        "mixed", 1, "M", MIXED | {"D01": days}, dict.fromkeys(MIXED, 1.0),
        minimum_weight=0.01, minimum_pillars=1, draws=200,
    )  # fmt: skip


@st.composite
def countries(draw: st.DrawFn) -> dict:
    counts = {}
    for place in range(draw(st.integers(3, 9))):
        for code in MIXED:
            if place and draw(st.integers(0, 7)) == 0:
                if draw(st.booleans()):
                    counts[f"B{place}", code] = SILENT
                continue
            if code == "D01":
                days = draw(st.floats(0, 200, width=32))
                counts[f"B{place}", code] = Figure(days, draw(st.floats(0, 30, width=16)))
            elif code == "D06":
                ratio = draw(st.floats(0, 1.5, width=16))
                counts[f"B{place}", code] = Figure(ratio, draw(st.floats(0.0, 0.5, width=16)))
            else:
                n = draw(st.integers(1, 200))
                counts[f"B{place}", code] = (draw(st.integers(0, n)), n)
    return counts


@given(countries())
def test_estimates_can_be_made_by_hand(counts: dict) -> None:
    own = found(counts, mixed())
    tables = scores(own)
    for row in tables.estimate.to_pylist():
        if row["estimate"] is None:
            continue
        if row["hits"] is None:
            between, error = row["prior_sd"] ** 2, row["std_err"] ** 2
            by_hand = (row["value"] * between + row["prior_mean"] * error) / (between + error)
            reliability = between / (between + error)
            assert row["prior_size"] is None
        else:
            size = row["prior_size"]
            by_hand = (row["hits"] + row["prior_mean"] * size) / (row["n"] + size)
            reliability = row["n"] / (row["n"] + size)
            assert (row["prior_sd"], row["value"], row["std_err"]) == (None, None, None)
        assert row["estimate"] == pytest.approx(by_hand, rel=1e-12, abs=1e-12)
        assert row["reliability"] == pytest.approx(reliability, rel=1e-12)
        assert row["low"] <= row["estimate"] <= row["high"]


@settings(max_examples=40)
@given(countries())
def test_tables_keep_their_promises_and_parts_add_up(counts: dict) -> None:
    own = found(counts, mixed())
    made = vars(scores(own))
    for name, table in made.items():
        assert check(getattr(results, name.upper()), table, {"body": bodies(counts)}) == []
    micro = made["contribution"].group_by("body_id").aggregate([("micropoints", "sum")])
    total = dict(
        zip(micro["body_id"].to_pylist(), micro["micropoints_sum"].to_pylist(), strict=True)
    )
    for row in made["score"].to_pylist():
        if row["level"] is not None:
            assert total.get(row["body_id"], 0) / 1_000_000 == row["level"]
            assert row["low"] <= row["level"] <= row["high"]


@given(countries(), st.sampled_from([24.0, 1 / 365.25, 1000.0, 0.5]))
def test_another_unit_changes_nothing(counts: dict, scale: float) -> None:
    """Days in hours, years or what you like, and goalposts with them."""
    scaled = {
        key: Figure(one.value * scale, one.std_err * scale)
        if isinstance(one, Figure) and key[1] == "D01"
        else one
        for key, one in counts.items()
    }
    first, second = found(counts, mixed()), found(scaled, mixed(scale))
    assert first.level == pytest.approx(second.level, abs=3e-6)
    assert first.reliability == pytest.approx(second.reliability, abs=1e-6)
    if first.published.any():
        one, other = (
            sureness(each, spread_of(each.cells, each.groups, each.recipe))
            for each in (first, second)
        )
        assert one.low == pytest.approx(other.low, abs=0.1, nan_ok=True)
        assert one.high == pytest.approx(other.high, abs=0.1, nan_ok=True)


@given(countries(), st.floats(0.1, 50))
def test_more_delay_never_improves(counts: dict, more: float) -> None:
    one = counts["B0", "D01"]
    later = counts | {("B0", "D01"): Figure(one.value + more, one.std_err)}
    before, after = found(counts, mixed()), found(later, mixed())
    at = before.cells.codes.index("D01")
    assert after.estimate[0, at] >= before.estimate[0, at] - 1e-6
    assert after.level[0] <= before.level[0] + 3e-6


@settings(max_examples=30)
@given(countries())
def test_falling_silent_on_a_figure_never_gains(counts: dict) -> None:
    keys = [key for key, one in counts.items() if key[0] == "B0" and isinstance(one, Figure)]
    own = found(counts | dict.fromkeys(keys, SILENT), mixed(), counts)
    assert own.cells.kept[0].sum() == len(keys)
    assert own.level[0] <= found(counts, mixed()).level[0] + 3e-6
    assert (own.reliability[0][own.cells.kept[0]] == 0).all()


@settings(max_examples=20)
@given(countries(), countries())
def test_causes_of_a_change_add_up(first: dict, second: dict) -> None:
    def side(name: str, counts: dict) -> Side:
        made = scores(found(counts, mixed()))
        return Side(
            name, measurement(counts), bodies(counts), mixed(), made.score, made.contribution, "1"
        )

    told = difference(side("a", first), side("b", second))
    for one in told.changes:
        assert sum(one.by_cause.values()) == one.change
        assert sum(p.change for p in told.parts if p.body_id == one.body_id) == one.change
    for part in told.parts:
        if part.indicator.startswith("D"):
            assert part.old_hits is part.new_hits is None
            assert part.old_value is None or math.isfinite(part.old_value)


def test_alike_but_for_chance_nobody_is_ranked_by_days() -> None:
    counts = {(f"B{one}", "D01"): Figure(60.0 + one % 2, 5.0) for one in range(10)}
    of = Recipe("days", 1, "D", {"D01": MIXED["D01"]}, {"D01": 1.0})
    own = found(counts, of)
    assert not own.ranked.any() and np.ptp(own.level) < 1e-6
    apart = {(f"B{one}", "D01"): Figure(30.0 + 8 * one, 1.0) for one in range(10)}
    assert found(apart, of).ranked.all()

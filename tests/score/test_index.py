"""The tables of a recipe: they keep their promises, and say the same however they are asked."""

from hypothesis import given, settings

from tests.score.measured import SILENT, bodies, countries, measurement, recipe
from troth.score.index import Scores, scores
from troth.score.level import MICRO, levels
from troth.tables.check import check
from troth.tables.results import ALTERNATIVE, CONTRIBUTION, ESTIMATE, SCORE, SENSITIVITY

RECIPE = recipe("P013", "P018", "P019")
DECLARED = {
    "estimate": ESTIMATE, "score": SCORE, "contribution": CONTRIBUTION,
    "alternative": ALTERNATIVE, "sensitivity": SENSITIVITY,
}  # fmt: skip

APART = {
    (f"B{one:02d}", code): ((5 * one + at) % 60, 80)
    for one in range(12)
    for at, code in enumerate(RECIPE.codes)
}


def tables(counts: dict, threads: int = 1) -> Scores:
    return scores(levels(measurement(counts), bodies(counts), RECIPE), threads)


@settings(max_examples=20)
@given(countries())
def test_every_table_keeps_its_promises_and_parts_add_up(counts: dict) -> None:
    found = tables(counts)
    all_bodies = {"body": bodies(counts)}
    for name, table in DECLARED.items():
        data = getattr(found, name)
        assert check(table, data, {**all_bodies, name: data}) == []
    parts: dict[str, int] = {}
    for row in found.contribution.to_pylist():
        parts[row["body_id"]] = parts.get(row["body_id"], 0) + row["micropoints"]
    for row in found.score.to_pylist():
        if row["status"] == "published":
            assert row["level"] == parts[row["body_id"]] / MICRO
            assert row["lowest"] <= row["level"] <= row["highest"]
        else:
            assert row["level"] is None and row["body_id"] not in parts
        assert (row["rank"] is None) == (row["rank_low"] is None) == (row["rank_high"] is None)
        if not row["rank_kept"]:
            assert row["rank"] is None


def test_the_same_tables_give_the_same_bytes_in_any_order_of_rows_and_threads() -> None:
    first = tables(APART)
    second = tables(dict(reversed(APART.items())), threads=3)
    assert all(getattr(first, name).equals(getattr(second, name)) for name in DECLARED)


def test_a_band_has_its_probability_and_bounds_may_name_another() -> None:
    found = tables(APART | {("B00", "P019"): SILENT})
    row = found.score.to_pylist()[0]
    assert row["band"] == "A" and 0 < row["band_probability"] <= 1
    assert row["other_band"] not in (None, row["band"])
    assert [r["imputed"] for r in found.contribution.to_pylist()[:3]] == [False, False, True]


def test_an_estimate_says_what_it_is_good_for() -> None:
    found = tables(APART | {("few", "P013"): (1, 1)})
    uses = {(r["body_id"], r["indicator"]): r["use"] for r in found.estimate.to_pylist()}
    assert uses["B03", "P013"] == "ranked"
    assert uses["few", "P013"] == "pooled"
    silent = [r for r in found.estimate.to_pylist() if r["body_id"] == "few" and not r["n"]]
    assert [(r["estimate"], r["low"], r["use"]) for r in silent] == [(None, None, "pooled")] * 2

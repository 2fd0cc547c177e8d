"""What hangs on the method: the variants of a recipe, and how much each choice is worth."""

import numpy as np
import pytest

from tests.score.measured import POSTS, SILENT, bodies, measurement, recipe
from troth.score.alternatives import Alternatives, alternatives
from troth.score.level import Levels, levels
from troth.score.recipe import Goalposts, Recipe

CODES = ("P013", "P018", "P019")
COUNTS = {
    (f"B{one:02d}", code): ((7 * one + 11 * at) % 50, 60)
    for one in range(12)
    for at, code in enumerate(CODES)
}


def found(counts: dict, of: Recipe) -> Levels:
    return levels(measurement(counts), bodies(counts), of)


def names(others: Alternatives) -> list[str]:
    return list(dict.fromkeys(others.variant))


def test_only_choices_that_have_more_than_one_value_vary() -> None:
    others = alternatives(found(COUNTS, recipe(*CODES)), ranks_kept=True)
    assert others.factors == ("normalisation", "weights", "excluded")
    assert names(others) == [
        "normalisation=min_max", "normalisation=percentiles", "weights=pca",
        "excluded=P013", "excluded=P018", "excluded=P019",
    ]  # fmt: skip
    assert len(others.level) == 12 * 6


def test_uneven_weights_bring_equal_ones_and_silence_its_bound() -> None:
    uneven = recipe(*CODES, weights={"P013": 1.0, "P018": 2.0, "P019": 1.0})
    own = found(COUNTS | {("B03", "P019"): SILENT}, uneven)
    others = alternatives(own, ranks_kept=True)
    assert {"weights=equal", "missing=pessimistic"} <= set(names(others))
    assert others.factors == ("values", "weights", "excluded")
    row = [at for at, name in enumerate(others.variant) if name == "missing=pessimistic"]
    assert others.level[row][3] == pytest.approx(own.lowest[3], abs=1e-5)


def test_several_pillars_may_be_added_up_otherwise() -> None:
    several = recipe("C01", "C02", "D01", "I01")
    counts = {
        (f"B{b}", code): ((5 * b + 13 * at) % 40, 50)
        for b in range(9)
        for at, code in enumerate(several.codes)
    }
    own = found(counts, several)
    others = alternatives(own, ranks_kept=True)
    assert "aggregation" in others.factors
    assert {"aggregation=arithmetic", "aggregation=mazziotta_pareto", "excluded=C"} <= set(
        names(others)
    )
    added = [level for name, level in zip(others.variant, others.level, strict=True)
             if name == "aggregation=arithmetic"]  # fmt: skip
    assert (np.array(added) >= own.level - 1e-6).all()


def test_leaving_one_out_is_a_level_of_the_others() -> None:
    own = found(COUNTS, recipe(*CODES))
    others = alternatives(own, ranks_kept=True)
    rows = [at for at, name in enumerate(others.variant) if name == "excluded=P013"]
    assert others.level[rows] == pytest.approx(own.points[:, 1:].mean(axis=1))


def test_points_of_another_unit_change_no_variant() -> None:
    """Goalposts moved with the values: the same as in hundredths instead of shares."""
    own = alternatives(found(COUNTS, recipe(*CODES)), ranks_kept=True)
    half = Goalposts(worst=0.5, best=0.0, reason="half", dated="2026-01-01")
    counts = {key: (hits // 2, n) for key, (hits, n) in COUNTS.items()}
    other = Recipe("t", 1, "T", dict.fromkeys(CODES, half), dict.fromkeys(CODES, 1.0), draws=200)
    assert names(alternatives(found(counts, other), ranks_kept=True)) == names(own)


def test_without_ranks_no_alternative_has_one() -> None:
    own = found(COUNTS, recipe(*CODES))
    assert np.isnan(alternatives(own, ranks_kept=False).rank).all()
    kept = alternatives(own, ranks_kept=True)
    assert (~np.isnan(kept.rank)).any()
    assert (kept.rank_shift >= 0).all()
    assert (kept.first_order <= kept.total + 1e-9).all()


def test_of_a_handful_of_bodies_nothing_is_said() -> None:
    few = {key: value for key, value in COUNTS.items() if key[0] < "B04"}
    assert alternatives(found(few, recipe(*CODES)), ranks_kept=True).variant == ()


def test_one_indicator_alone_leaves_only_the_scale_to_choose() -> None:
    own = found(COUNTS, Recipe("one", 1, "One", {"P018": POSTS}, {"P018": 1.0}, draws=200))
    assert alternatives(own, ranks_kept=True).factors == ("normalisation",)

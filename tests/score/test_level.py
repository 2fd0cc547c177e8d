"""A level and its parts: they add up to the last digit, whatever the numbers."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from troth.score.level import MICRO, contributions, score
from troth.score.recipe import Goalposts, Recipe
from troth.tables.results import MEASUREMENT

POSTS = Goalposts(worst=1.0, best=0.0, reason="ends of a share", dated="2026-01-01")
RECIPE = Recipe("test", 1, "Test", {"P013": POSTS, "P018": POSTS}, {"P013": 1.0, "P018": 1.0}, 0.65)


def measured(*rows: tuple[str, str, float | None]) -> pa.Table:
    """Measurements over all years: (body, indicator, value or nothing)."""
    return MEASUREMENT.rows(
        [
            {
                "body_id": body,
                "body_kind": "public_body",
                "indicator": indicator,
                "period": "all",
                "version": 1,
                "n": 40,
                "hits": 10,
                "unknown": 0,
                "not_applicable": 0,
                "error": 0,
                "value": value,
                "status": "too_few_cases" if value is None else "published",
            }
            for body, indicator, value in rows
        ]
    )


shares = st.floats(0, 100, allow_nan=False) | st.just(float("nan"))


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(
            hnp.arrays(np.float64, (5, n), elements=shares),
            hnp.arrays(np.float64, n, elements=st.floats(0.01, 10)),
        )
    )
)
def test_parts_add_up_to_the_weighted_mean_to_a_millionth(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    normalised, weights = drawn
    micro, used = contributions(normalised, weights)
    for row, parts, share in zip(normalised, micro, used, strict=True):
        known = [i for i, value in enumerate(row) if not np.isnan(value)]
        if not known:
            assert parts.sum() == 0
            continue
        # The slow, obvious way, in fractions.
        total = sum(Fraction(weights[i]) for i in known)
        mean = sum(Fraction(row[i]) * Fraction(weights[i]) / total for i in known)
        assert abs(Fraction(int(parts.sum()), MICRO) - mean) <= Fraction(1, MICRO)
        assert (parts >= 0).all()
        assert all(parts[i] == 0 for i in range(len(row)) if i not in known)
        assert abs(share.sum() - 1) < 1e-12


def test_the_level_is_the_sum_of_its_contributions() -> None:
    scores, parts = score(measured(("A", "P013", 1 / 3), ("A", "P018", 0.1)), RECIPE)
    (row,) = scores.to_pylist()
    assert row["status"] == "published"
    assert sum(parts["micropoints"].to_pylist()) / MICRO == row["level"]
    assert row["level"] == 78.333333


def test_a_body_with_half_the_weight_has_no_level_but_a_reason() -> None:
    scores, parts = score(measured(("A", "P013", 0.5), ("A", "P018", None)), RECIPE)
    (row,) = scores.to_pylist()
    assert (row["level"], row["status"]) == (None, "withheld")
    assert row["reason"] == "50 % of the recipe's weight measured, fewer than 65 %"
    assert parts.num_rows == 0


def test_the_best_goalpost_gives_100_and_the_worst_0() -> None:
    scores, _ = score(
        measured(("A", "P013", 0.0), ("A", "P018", 0.0), ("B", "P013", 1.0), ("B", "P018", 1.0)),
        RECIPE,
    )
    assert scores["level"].to_pylist() == [100.0, 0.0]


def test_one_more_hit_never_raises_the_level() -> None:
    levels = [
        score(measured(("A", "P013", hits / 40), ("A", "P018", 0.2)), RECIPE)[0]["level"][0].as_py()
        for hits in range(41)
    ]
    assert levels == sorted(levels, reverse=True)


def test_the_order_of_measurements_changes_nothing() -> None:
    rows = measured(("B", "P013", 0.3), ("A", "P018", 0.1), ("A", "P013", 0.2), ("B", "P018", 0.7))
    turned = rows.take([3, 2, 1, 0])
    assert score(rows, RECIPE)[0].equals(score(turned, RECIPE)[0])
    assert score(rows, RECIPE)[1].equals(score(turned, RECIPE)[1])

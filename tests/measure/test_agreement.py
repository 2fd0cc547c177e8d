"""Would others judge alike? Krippendorff's alpha, gold items, and drift between waves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.oracle.slow_alpha import alpha
from troth.errors import UsageError
from troth.measure.agreement import (
    Agreement,
    Scale,
    Standing,
    drift,
    gold_accuracy,
    krippendorff,
)

codes = st.sampled_from([0.0, 1.0, 2.0, 4.0, float("nan")])
tables = st.tuples(st.integers(2, 4), st.integers(1, 8)).flatmap(
    lambda shape: hnp.arrays(np.float64, shape, elements=codes)
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@given(tables, st.sampled_from(list(Scale)))
def test_alpha_is_disagreement_seen_over_disagreement_by_chance(
    ratings: np.ndarray, scale: Scale
) -> None:
    found = krippendorff(ratings, scale, rng(), resamples=0)
    expected = alpha(ratings, scale.value)
    assert found.alpha == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_assessors_who_agree_on_everything_have_an_alpha_of_one() -> None:
    one = np.array([1.0, 2, 3, 1, 2, 3, 2, 2])
    found = krippendorff(np.array([one, one]), Scale.ORDINAL, rng())
    assert (found.alpha, found.low, found.high) == (1.0, 1.0, 1.0)
    assert found.standing is Standing.WITHOUT_RESERVE


def test_one_code_for_everything_shows_nothing() -> None:
    found = krippendorff(np.full((2, 5), 3.0), Scale.NOMINAL, rng())
    assert found == Agreement(None, None, None, 5, 10)
    assert found.standing is Standing.UNKNOWN


def test_what_was_judged_once_does_not_count() -> None:
    found = krippendorff(np.array([[1.0, 2, np.nan], [1.0, np.nan, 3]]), Scale.NOMINAL, rng())
    assert (found.alpha, found.units, found.values) == (None, 1, 2)


@pytest.mark.parametrize(
    ("value", "standing"),
    [
        (0.6669, Standing.WITHHELD),
        (0.667, Standing.WITH_RESERVE),
        (0.7999, Standing.WITH_RESERVE),
        (0.80, Standing.WITHOUT_RESERVE),
    ],
)
def test_the_two_gates(value: float, standing: Standing) -> None:
    assert Agreement(value, None, None, 50, 100).standing is standing


def test_the_interval_holds_alpha_and_narrows_with_units() -> None:
    made = rng(2)
    truth = made.integers(0, 4, 400).astype(float)
    other = np.where(made.random(400) < 0.15, made.integers(0, 4, 400), truth)
    few = krippendorff(np.array([truth, other])[:, :40], Scale.ORDINAL, rng())
    many = krippendorff(np.array([truth, other]), Scale.ORDINAL, rng())
    for found in (few, many):
        assert found.low is not None and found.high is not None and found.alpha is not None
        assert found.low < found.alpha < found.high
    assert many.high - many.low < few.high - few.low


def test_no_interval_where_most_resamples_show_nothing() -> None:
    """Nineteen times the same code and once another: a third of resamples lacks the other."""
    ratings = np.full((2, 20), 1.0)
    ratings[:, 0] = 2.0
    found = krippendorff(ratings, Scale.NOMINAL, rng())
    assert (found.alpha, found.low, found.high) == (1.0, None, None)


def test_gold_items_are_right_or_wrong_or_not_judged() -> None:
    gold = np.array([1.0, 2, 3, np.nan])
    ratings = np.array([[1.0, 2, 1, 1], [np.nan, 2, 3, 2], [np.nan] * 4])
    first, second, third = gold_accuracy(ratings, gold)
    assert (first.right, first.n, first.share) == (2, 3, pytest.approx(2 / 3))
    assert first.low is not None and first.low < 2 / 3
    assert (second.right, second.n, second.share) == (2, 2, 1.0)
    assert (third.n, third.share, third.low) == (0, None, None)


def test_assessors_who_grew_milder_have_drifted() -> None:
    made = rng(3)
    first = made.integers(0, 4, 60).astype(float)
    milder = np.minimum(first + (made.random(60) < 0.4), 5)
    found = drift(first, milder, Scale.ORDINAL, rng())
    assert found.shifted and found.change is not None and found.change > 0
    assert found.items == 60
    steady = drift(first, first, Scale.ORDINAL, rng())
    assert not steady.shifted and steady.change == 0 and steady.agreement.alpha == 1


def test_waves_without_a_common_item_say_nothing() -> None:
    found = drift(np.array([1.0, np.nan]), np.array([np.nan, 2.0]), Scale.ORDINAL, rng())
    assert (found.items, found.change, found.shifted) == (0, None, False)


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UsageError, match="assessors, units"):
        krippendorff(np.ones(3), Scale.NOMINAL, rng())
    with pytest.raises(UsageError, match="ratio"):
        krippendorff(np.array([[-1.0, 1], [1, 1]]), Scale.RATIO, rng())
    with pytest.raises(UsageError, match="one gold code"):
        gold_accuracy(np.ones((2, 3)), np.ones(2))
    with pytest.raises(UsageError, match="twice"):
        drift(np.ones(2), np.ones(3), Scale.NOMINAL, rng())

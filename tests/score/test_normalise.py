"""Different units on one scale: what each scale says, and what it refuses to make up."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from troth.errors import UsageError
from troth.score import normalise

#: Days until payment of four bodies, and the share of their plans that was published.
DAYS = np.array([[10.0], [30.0], [60.0], [np.nan]])

BY_TABLE = [
    normalise.min_max,
    normalise.z_scores,
    normalise.ranks,
    normalise.borda_points,
    normalise.percentile_ranks,
    normalise.distance_to_best,
]

tables = hnp.arrays(
    np.float64,
    st.tuples(st.integers(2, 8), st.integers(1, 4)),
    elements=st.integers(-1000, 1000).map(float) | st.just(float("nan")),
)


def test_the_shortest_wait_is_the_best() -> None:
    assert normalise.min_max(DAYS, -1)[:3, 0].tolist() == [100, 60, 0]
    assert normalise.ranks(DAYS, -1)[:3, 0].tolist() == [3, 2, 1]
    assert normalise.percentile_ranks(DAYS, -1)[:3, 0].tolist() == [100, 50, 0]


@pytest.mark.parametrize("scale", BY_TABLE)
def test_unknown_stays_unknown_and_moves_nobody(scale) -> None:
    whole = scale(DAYS, -1)
    assert np.isnan(whole[3, 0])
    assert np.array_equal(whole[:3], scale(DAYS[:3], -1))


def test_goalposts_move_for_nobody() -> None:
    alone = normalise.goalposts(DAYS[:1], worst=60, best=0)
    assert normalise.goalposts(DAYS, worst=60, best=0)[0] == alone
    assert normalise.goalposts(np.array([[-5.0], [0.0], [30.0], [60.0], [90.0]]), 60, 0)[
        :, 0
    ].tolist() == [100, 100, 50, 0, 0]


def test_goalposts_that_are_one_are_refused() -> None:
    with pytest.raises(UsageError, match="must differ"):
        normalise.goalposts(DAYS, worst=30, best=30)


def test_an_indicator_that_is_the_same_for_all_gives_no_scale() -> None:
    same = np.full((3, 1), 0.1)
    for scale in (normalise.min_max, normalise.z_scores, normalise.distance_to_best):
        assert np.isnan(scale(same)).all()


def test_a_table_of_one_unit_has_no_spread() -> None:
    assert np.isnan(normalise.z_scores(np.array([[3.0]]))).all()
    assert np.isnan(normalise.percentile_ranks(np.array([[3.0]]))).all()


def test_equal_units_share_a_rank() -> None:
    table = np.array([[5.0], [1.0], [5.0], [9.0]])
    assert normalise.ranks(table)[:, 0].tolist() == [2, 1, 2, 4]
    assert normalise.ranks(table, ties="mean")[:, 0].tolist() == [2.5, 1, 2.5, 4]
    assert normalise.borda_points(table)[:, 0].tolist() == [1, 0, 1, 3]


def test_standard_scores_move_to_the_mean_and_spread_that_are_asked_for() -> None:
    z = normalise.z_scores(np.array([[1.0], [2.0], [6.0]]), mean=100, sd=10)
    assert z.mean() == pytest.approx(100)
    assert z.std(ddof=1) == pytest.approx(10)


def test_around_a_reference() -> None:
    """100 at the reference; half the range away it is 70 or 130."""
    found = normalise.around_reference(np.array([[20.0], [50.0], [80.0]]), 50, 20, 80, -1)
    assert found[:, 0].tolist() == [130, 100, 70]
    with pytest.raises(UsageError, match="highest"):
        normalise.around_reference(DAYS, 50, 80, 20)


def test_in_relation_to_one_unit() -> None:
    found = normalise.distance_to_unit(np.array([[4.0], [0.0], [8.0]]), unit=0)
    assert found[:, 0].tolist() == [1, 0, 2]
    worst = normalise.distance_to_unit(np.array([[0.0], [4.0]]), unit=0)
    assert np.isnan(worst).all(), "the worst unit gives no scale"


def test_ratios() -> None:
    x = np.array([[4.0], [0.0], [8.0]])
    assert normalise.share_of_best(x)[:, 0].tolist() == [0.5, 0, 1]
    assert np.isnan(normalise.share_of_best(-x)).all(), "the best is 0"
    assert normalise.ratio_to(x, 4)[:, 0].tolist() == [1, 0, 2]
    assert normalise.above_or_below(x, 4, margin=0.2)[:, 0].tolist() == [0, -1, 1]


def test_categories_by_share_of_rank() -> None:
    x = np.arange(10.0)[:, None]
    x[0] = np.nan
    found = normalise.categories(x, np.array([50, 90]), np.array([0, 50, 100]))
    assert np.isnan(found[0, 0])
    assert found[1:, 0].tolist() == [0, 0, 0, 0, 50, 50, 50, 50, 100]
    with pytest.raises(UsageError, match="cuts"):
        normalise.categories(x, np.array([50, 50]), np.array([0, 50, 100]))


def test_a_direction_is_plus_or_minus_one() -> None:
    with pytest.raises(UsageError, match="direction"):
        normalise.min_max(DAYS, 0)


@pytest.mark.parametrize("scale", BY_TABLE)
@given(table=tables, factor=st.floats(0.01, 100), offset=st.integers(-50, 50))
def test_the_unit_of_an_indicator_says_nothing(scale, table, factor: float, offset: int) -> None:
    """Days or hours, degrees of one kind or another: the scale is the same."""
    assert scale(table * factor + offset) == pytest.approx(scale(table), abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("scale", BY_TABLE)
@given(table=tables, data=st.data())
def test_the_order_of_units_says_nothing(scale, table, data) -> None:
    order = data.draw(st.permutations(range(len(table))))
    assert scale(table[order]) == pytest.approx(scale(table)[order], abs=1e-9, nan_ok=True)


@given(table=tables)
def test_ranks_by_counting(table: np.ndarray) -> None:
    lowest, mean = normalise.ranks(table), normalise.ranks(table, ties="mean")
    for j in range(table.shape[1]):
        column = [v for v in table[:, j].tolist() if not isnan(v)]
        for i, v in enumerate(table[:, j].tolist()):
            if isnan(v):
                assert np.isnan(lowest[i, j]) and np.isnan(mean[i, j])
                continue
            worse = sum(other < v for other in column)
            assert lowest[i, j] == worse + 1
            assert mean[i, j] == worse + (column.count(v) + 1) / 2


@pytest.mark.parametrize("scale", BY_TABLE)
@given(drawn=hnp.arrays(np.float64, (3, 5, 2), elements=st.integers(-9, 9).map(float)))
def test_many_tables_at_once_are_each_alone(scale, drawn: np.ndarray) -> None:
    assert np.array_equal(scale(drawn), np.stack([scale(one) for one in drawn]), equal_nan=True)

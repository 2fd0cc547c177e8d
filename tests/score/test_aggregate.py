"""From several values to one: who may make up for what, and what a gap does."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.oracle import composite
from troth.errors import UsageError
from troth.score.aggregate import (
    Step,
    arithmetic,
    borda,
    condorcet,
    copeland,
    geometric,
    harmonic,
    kemeny,
    kemeny_agreement,
    mazziotta_pareto,
    nested,
    outranking,
    places,
    spread,
)
from troth.score.normalise import min_max

NAN = float("nan")
MEANS = [arithmetic, geometric, harmonic, mazziotta_pareto]
ALL = [*MEANS, copeland, borda]

scores = st.floats(0, 100).map(lambda v: round(v, 3))
with_gaps = scores | st.just(NAN)


@st.composite
def tables(draw: st.DrawFn, elements=with_gaps, most_units: int = 6):
    shape = (draw(st.integers(1, most_units)), draw(st.integers(1, 5)))
    values = draw(hnp.arrays(np.float64, shape, elements=elements))
    weights = draw(hnp.arrays(np.float64, shape[1], elements=st.integers(1, 9).map(float)))
    return values, weights


def test_a_good_website_does_not_pay_for_judgments() -> None:
    """Two bodies with the same mean: the uneven one is lower, the more so the stricter the mean."""
    even, uneven = np.array([[60.0, 60.0]]), np.array([[100.0, 20.0]])
    assert arithmetic(even)[0] == arithmetic(uneven)[0] == 60
    assert [round(float(mean(uneven)[0]), 2) for mean in MEANS] == [60, 44.72, 33.33, 6.67]
    assert all(mean(even)[0] == pytest.approx(60) for mean in MEANS)


def test_a_zero_lowers_and_does_not_wipe_out() -> None:
    assert geometric(np.array([[0.0, 100.0]]))[0] == pytest.approx(10)
    assert geometric(np.array([[0.0, 100.0]]), floor=None)[0] == 0
    assert harmonic(np.array([[0.0, 100.0]]), floor=None)[0] == 0
    with pytest.raises(UsageError, match="0 and more"):
        geometric(np.array([[-1.0, 100.0]]), floor=None)


def test_the_weight_of_a_gap_goes_to_the_others() -> None:
    values, weights = np.array([[80.0, NAN, 20.0]]), np.array([1.0, 2.0, 1.0])
    assert spread(values, weights).tolist() == [[0.5, 0, 0.5]]
    for mean in MEANS:
        assert mean(values, weights)[0] == pytest.approx(mean(values[:, [0, 2]])[0])


def test_below_the_minimum_there_is_no_result() -> None:
    values, weights = np.array([[80.0, NAN, 20.0], [80.0, 50.0, 20.0]]), np.array([1.0, 2.0, 1.0])
    for aggregate in ALL:
        assert not np.isnan(aggregate(values, weights, minimum_weight=0.5)).any()
        assert np.isnan(aggregate(values, weights, minimum_weight=0.65)).tolist() == [True, False]
        assert np.isnan(aggregate(values, weights, minimum_weight=1.0)).tolist() == [True, False]


def test_with_nothing_known_there_is_no_result() -> None:
    nothing = np.array([[NAN, NAN], [1.0, 2.0]])
    for aggregate in ALL:
        assert np.isnan(aggregate(nothing)).tolist() == [True, False]


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [NAN, 1.0]])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    for aggregate in ALL:
        with pytest.raises(UsageError, match="weights"):
            aggregate(np.ones((2, 2)), np.array(weights))


def test_a_minimum_is_a_share() -> None:
    with pytest.raises(UsageError, match="minimum_weight"):
        arithmetic(np.ones((2, 2)), minimum_weight=65)


def test_the_penalty_has_a_sign() -> None:
    values = np.array([[90.0, 110.0]])
    assert mazziotta_pareto(values)[0] == pytest.approx(100 - 200 / 100)
    assert mazziotta_pareto(values, penalty=1)[0] == pytest.approx(100 + 200 / 100)
    assert mazziotta_pareto(values, ddof=0)[0] == pytest.approx(100 - 100 / 100)
    with pytest.raises(UsageError, match="penalty"):
        mazziotta_pareto(values, penalty=0)


def test_one_value_has_no_spread_to_judge() -> None:
    values = np.array([[50.0, NAN]])
    assert np.isnan(mazziotta_pareto(values))
    assert mazziotta_pareto(values, ddof=0)[0] == 50


def test_weights_of_each_draw() -> None:
    """Ten draws of weights for the same table of units."""
    values = np.arange(6.0).reshape(3, 2) + 1
    weights = np.linspace(1, 10, 20).reshape(10, 1, 2)
    for aggregate in ALL:
        together = aggregate(values, weights)
        assert together.shape == (10, 3)
        alone = [aggregate(values, one) for one in weights[:, 0]]
        assert np.allclose(together, np.stack(alone))


def test_condorcet_of_one_circle() -> None:
    """Three bodies, each ahead of the next in two of three indicators: nobody is first."""
    circle = np.array([[3.0, 2.0, 1.0], [2.0, 1.0, 3.0], [1.0, 3.0, 2.0]])
    assert condorcet(outranking(circle)) is None
    assert copeland(circle).tolist() == [0, 0, 0]
    assert len(kemeny(outranking(circle)).orders) == 3


def test_kemeny_says_where_it_ends() -> None:
    with pytest.raises(UsageError, match="up to 9 units"):
        kemeny(np.zeros((10, 10)))
    with pytest.raises(UsageError, match="compared"):
        kemeny(outranking(np.array([[1.0, NAN], [NAN, 1.0]])))


def test_places() -> None:
    assert places(np.array([50.0, 80.0, 80.0, 10.0])).tolist() == [3, 1, 1, 4]
    assert np.array_equal(places(np.array([50.0, NAN, 80.0])), [2, NAN, 1], equal_nan=True)


def test_indicators_to_pillars_to_the_index() -> None:
    values = np.array([[80.0, 60.0, 50.0], [NAN, 40.0, 20.0], [NAN, NAN, 90.0]])
    steps = (
        Step(("debt", "debt", "transparency"), partial(arithmetic, minimum_weight=0.5)),
        Step(("index", "index"), partial(geometric, minimum_weight=1.0)),
    )
    pillars, index = nested(values, steps)
    assert steps[0].names == ("debt", "transparency")
    assert np.array_equal(pillars, [[70, 50], [40, 20], [NAN, 90]], equal_nan=True)
    assert index[:2, 0] == pytest.approx([np.sqrt(3500), np.sqrt(800)])
    assert np.isnan(index[2, 0])


def test_nested_weights_go_with_their_columns() -> None:
    values = np.array([[10.0, 20.0, 30.0]])
    (found,) = nested(values, (Step(("a", "b", "a"), arithmetic, np.array([1.0, 5.0, 3.0])),))
    assert found.tolist() == [[25.0, 20.0]]


def test_a_step_names_a_parent_for_each_column() -> None:
    with pytest.raises(UsageError, match="3 columns"):
        nested(np.ones((1, 3)), (Step(("a", "b")),))


@given(tables(elements=st.floats(1, 100) | st.just(NAN)))
def test_harmonic_geometric_arithmetic(drawn) -> None:
    values, weights = drawn
    low, middle, high = (mean(values, weights) for mean in (harmonic, geometric, arithmetic))
    known = ~np.isnan(high)
    assert (low[known] <= middle[known] * (1 + 1e-9)).all()
    assert (middle[known] <= high[known] * (1 + 1e-9)).all()


@pytest.mark.parametrize("aggregate", ALL)
@given(drawn=tables(), factor=st.floats(0.01, 100))
def test_the_sum_of_weights_says_nothing(aggregate, drawn, factor: float) -> None:
    values, weights = drawn
    found = aggregate(values, weights)
    assert aggregate(values, weights * factor) == pytest.approx(found, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("aggregate", ALL)
@given(drawn=tables(), data=st.data())
def test_the_order_of_units_and_indicators_says_nothing(aggregate, drawn, data) -> None:
    values, weights = drawn
    units = data.draw(st.permutations(range(values.shape[0])))
    columns = data.draw(st.permutations(range(values.shape[1])))
    found = aggregate(values[units][:, columns], weights[columns])
    assert found == pytest.approx(aggregate(values, weights)[units], rel=1e-9, nan_ok=True)


@given(drawn=tables(), factor=st.floats(0.01, 100), data=st.data())
def test_neither_units_of_measure_nor_order_move_an_index(drawn, factor: float, data) -> None:
    """Raw values to min-max to pillars to the index, with a unit changed and the rows shuffled."""
    values, weights = drawn
    order = data.draw(st.permutations(range(len(values))))
    steps = (
        Step(tuple("ab"[at % 2] for at in range(values.shape[1])), arithmetic, weights),
        Step(("index",) * min(2, values.shape[1]), geometric),
    )
    other = values.copy()
    other[:, 0] *= factor
    index = nested(min_max(values), steps)[-1]
    again = nested(min_max(other[order]), steps)[-1]
    assert again == pytest.approx(index[order], rel=1e-6, nan_ok=True)


@given(tables())
def test_outranking_copeland_and_borda_by_comparing_pairs(drawn) -> None:
    values, weights = drawn
    rows = values.tolist()
    slow = np.array([[composite.outranks(a, b, weights.tolist()) for b in rows] for a in rows])
    np.fill_diagonal(slow, 0)
    assert outranking(values, weights) == pytest.approx(slow, abs=1e-12, nan_ok=True)
    known = ~np.isnan(values).all(axis=1)
    assert borda(values, weights)[known] == pytest.approx(np.nansum(slow, axis=1)[known])
    won = np.array(composite.copeland(rows, weights.tolist()))
    assert (copeland(values, weights)[known] == won[known]).all()


@given(tables(elements=scores, most_units=5))
def test_kemeny_by_trying_all_orders(drawn) -> None:
    values, weights = drawn
    matrix = outranking(values, weights)
    best, orders = composite.kemeny(matrix.tolist())
    found = kemeny(matrix)
    assert found.agreement == pytest.approx(best)
    assert set(found.orders) == orders
    by_programme, order = composite.kemeny_by_programme(matrix) if len(matrix) > 2 else (best, None)
    assert by_programme == pytest.approx(best)
    assert order is None or kemeny_agreement(matrix, order) == pytest.approx(best)


@given(tables(elements=scores, most_units=5))
def test_the_order_of_condorcet_is_that_of_kemeny_and_copeland(drawn) -> None:
    values, weights = drawn
    matrix = outranking(values, weights)
    order = condorcet(matrix)
    if order is not None:
        assert kemeny(matrix).orders == (order,)
        assert np.argsort(-copeland(values, weights)).tolist() == list(order)


@pytest.mark.parametrize("aggregate", ALL)
@given(drawn=hnp.arrays(np.float64, (3, 4, 3), elements=with_gaps))
def test_many_tables_at_once_are_each_alone(aggregate, drawn: np.ndarray) -> None:
    alone = np.stack([aggregate(one) for one in drawn])
    assert aggregate(drawn) == pytest.approx(alone, rel=1e-12, nan_ok=True)

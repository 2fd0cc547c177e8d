"""Invoices sent back, registered anew, and the time they take."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.invoices import days, of
from troth.measure import rejections
from troth.measure.intervals import Z_90
from troth.measure.survival import kaplan_meier, quantile

AS_OF = np.datetime64("2025-12-31")


def test_unpaid_invoices_count_with_the_days_they_have_waited() -> None:
    (curve,) = rejections.time_to_pay(
        of(
            (1, "2025-01-01", None, "2025-01-11"),
            (1, "2025-01-01", None, "2025-01-21"),
            (1, "2025-01-01", None, None),
            (1, "2025-01-01", None, "2026-02-01"),  # after the day of judgement: unpaid
        ),
        AS_OF,
    )
    assert (curve.n, curve.n_events) == (4, 2)
    assert curve.at(30) == pytest.approx([0.5])


def test_paid_on_the_day_it_came_took_less_than_a_day() -> None:
    (curve,) = rejections.time_to_pay(of((1, "2025-01-01", None, "2025-01-01")), AS_OF)
    assert quantile(curve).value == 0.5


def test_an_invoice_of_the_day_of_judgement_has_not_waited_yet() -> None:
    (curve,) = rejections.time_to_pay(of((1, "2025-12-31", None, None)), AS_OF)
    assert curve.n == 0


def test_acceptance_of_what_was_paid_without_one_is_unknown() -> None:
    invoices = of(
        (1, "2025-01-01", None, "2025-03-01"),
        (1, "2025-01-01", None, "2025-03-01"),
        (1, "2025-01-01", None, None),
    )
    (curve,) = rejections.time_to_accept(invoices, days("2025-01-06", None, None), AS_OF)
    assert (curve.n, curve.n_events) == (2, 1)


def churned(*rows: tuple[object, ...], supplier: object = None, returned: object = None) -> float:
    n = len(rows)
    found = rejections.churn(
        of(*rows),
        np.zeros(n, np.int64) if supplier is None else np.array(supplier),
        np.zeros(n) if returned is None else np.array(returned, float),
        AS_OF,
    )
    return float(found.hits[0])


def test_sent_back_once_is_no_churn_twice_is() -> None:
    one = (100, "2025-01-01", None, "2025-02-01")
    assert churned(one, returned=[1]) == 0
    assert churned(one, returned=[2]) == 1


@pytest.mark.parametrize(
    ("amount", "day", "hits"),
    [
        (100, "2025-01-02", 1),
        (101, "2025-04-01", 1),  # 1 % and 90 days
        (99, "2025-04-01", 1),
        (101.01, "2025-04-01", 0),
        (98.99, "2025-04-01", 0),
        (100, "2025-04-02", 0),
        (100, "2025-01-01", 0),  # on the same day neither came first
    ],
)
def test_the_same_again_within_90_days(amount: float, day: str, hits: int) -> None:
    first = (100, "2025-01-01", None, None)
    assert churned(first, (amount, day, None, "2025-06-01")) == hits


def test_a_rent_that_is_paid_every_month_is_not_registered_anew() -> None:
    assert (
        churned((100, "2025-01-01", None, "2025-01-20"), (100, "2025-02-01", None, "2025-02-20"))
        == 0
    )


def test_another_supplier_or_an_unknown_one_repeats_nothing() -> None:
    rows = ((100, "2025-01-01", None, None), (100, "2025-02-01", None, None))
    assert churned(*rows, supplier=[0, 1]) == 0
    assert churned(*rows, supplier=[-1, -1]) == 0
    unknown = rejections.churn(of(*rows), np.array([-1, 0]), np.array([0, np.nan]), AS_OF)
    assert unknown.n.tolist() == [0]
    assert np.isnan(unknown.value).all()


ROW = st.tuples(
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from([50.0, 99.0, 99.5, 100.0, 100.9, 101.0, 102.0]),
    st.integers(0, 200),
    st.booleans(),
)


@given(st.lists(ROW, min_size=1, max_size=25))
def test_repeats_are_those_found_pair_by_pair(
    drawn: list[tuple[int, int, float, int, bool]],
) -> None:
    begin = np.datetime64("2025-01-01")
    invoices = of(
        *((a, begin + d, None, AS_OF if paid else None) for _, _, a, d, paid in drawn),
        body=[body for body, *_ in drawn],
    )
    supplier = np.array([firm for _, firm, *_ in drawn])
    found = rejections.churn(invoices, supplier, np.zeros(len(drawn)), AS_OF)
    expected = [
        any(
            one[:2] == other[:2]
            and not other[4]
            and 0 < one[3] - other[3] <= 90
            and abs(one[2] - other[2]) <= 0.01 * other[2]
            for other in drawn
        )
        for one in drawn
    ]
    assert found.hits.sum() == sum(expected)


def test_pairs_in_pieces_are_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejections, "_AT_ONCE", 3)
    rows = [(100, np.datetime64("2025-01-01") + n, None, None) for n in range(10)]
    assert churned(*rows) == 9


def test_small_firms_wait_longer_within_terciles_of_amount() -> None:
    begin = np.datetime64("2025-01-01")
    # Large firms send large invoices, which are paid slowly: between terciles that must not count.
    rows, small = [], []
    for tercile, base in enumerate((10, 20, 60)):
        for n in range(20):
            for is_small in (1, 0):
                if (tercile, is_small) == (2, 1) and n:
                    continue
                rows.append((100.0**tercile, begin, None, begin + base + 5 * is_small))
                small.append(is_small)
    found = rejections.small_firm_gap(of(*rows), np.array(small, float), AS_OF)
    assert found.value[0] == pytest.approx(5)
    assert found.terciles[0] == 3
    assert (found.n_small[0], found.n_large[0]) == (41, 60)


def test_firms_of_unknown_size_are_left_out() -> None:
    rows = [(1, "2025-01-01", None, "2025-01-11"), (1, "2025-01-01", None, "2025-01-21")]
    found = rejections.small_firm_gap(of(*rows), np.array([1, np.nan]), AS_OF)
    assert np.isnan(found.value[0])
    assert (found.n_small[0], found.n_large[0], found.terciles[0]) == (1, 0, 0)


def test_how_sure_the_gap_of_two_medians_is() -> None:
    begin = np.datetime64("2025-01-01")
    days_of_small, days_of_large = range(20, 60), range(10, 50)
    rows = [(1, begin, None, begin + n) for n in (*days_of_small, *days_of_large)]
    small = np.repeat([1.0, 0.0], 40)
    found = rejections.small_firm_gap(of(*rows), small, AS_OF)
    errors = []
    for waits in (days_of_small, days_of_large):
        one = quantile(kaplan_meier(np.array(waits, float), np.ones(40, bool), z=Z_90))
        errors.append((one.high - one.low) / (2 * Z_90))
    assert (found.value[0], found.terciles[0]) == (10, 1)
    assert found.std_err[0] == pytest.approx(np.hypot(*errors))

"""Sums that a body must pay, and the day on which it had."""

import numpy as np
import pytest

from tests.measure.invoices import days
from troth.errors import UsageError
from troth.measure import judgments
from troth.measure.judgments import Owed

AS_OF = np.datetime64("2025-12-31")


def owed(*sums: tuple[float, str | None], payments: object = ()) -> Owed:
    of, on, paid = zip(*payments, strict=True) if payments else ((), (), ())
    return Owed(
        "CNY",
        np.zeros(len(sums), np.int64),
        1,
        np.array([amount for amount, _ in sums], float),
        days(*(day for _, day in sums)),
        np.array(of, np.int64),
        days(*on),
        np.array(paid, float),
        "CNY",
    )


def test_a_judgment_is_settled_on_the_day_the_last_part_is_paid() -> None:
    found = owed(
        (100, "2025-01-01"),
        (50, "2025-01-01"),
        (70, "2025-01-01"),
        payments=[
            (0, "2025-03-01", 60.0),
            (0, "2025-02-01", 39.996),
            (0, "2025-04-01", 5.0),
            (1, "2025-02-01", 49.0),
            (2, None, 70.0),
        ],
    )
    assert judgments.settled_on(found).astype(str).tolist() == ["2025-03-01", "NaT", "NaT"]


def test_survival_at_180_days_is_the_share_still_unpaid() -> None:
    found = owed(
        (100, "2025-01-01"),
        (100, "2025-01-01"),
        (100, None),
        (np.nan, "2025-01-01"),
        payments=[(0, "2025-02-01", 100.0)],
    )
    (curve,) = judgments.time_to_settle(found, AS_OF)
    assert (curve.n, curve.at(180)[0]) == (2, 0.5)
    (earlier,) = judgments.time_to_settle(found, np.datetime64("2025-01-31"))
    assert earlier.n_events == 0


def test_what_is_outstanding_and_since_when() -> None:
    found = judgments.outstanding(
        owed(
            (100, "2025-12-01"),
            (300, "2025-12-21"),
            (500, "2025-12-31"),
            payments=[(0, "2025-12-02", 40.0), (1, "2026-01-01", 300.0)],
        ),
        AS_OF,
    )
    assert found.amount.tolist() == [360]
    assert found.share[0] == pytest.approx(360 / 400)
    assert (found.n[0], found.n_unpaid[0]) == (2, 2)
    assert found.mean_age[0] == pytest.approx((60 * 30 + 300 * 10) / 360)


def test_nothing_due_no_share() -> None:
    assert np.isnan(judgments.outstanding(owed((1, "2026-01-01")), AS_OF).share[0])


def test_days_on_the_list_of_defaulters() -> None:
    found = judgments.listed_days(
        days("2025-01-10", "2024-01-01", "2025-12-31", None, "2026-01-01"),
        days("2025-01-10", None, None, None, None),
        np.datetime64("2025-01-01"),
        AS_OF,
    )
    assert found.tolist() == [1, 365, 1, 0, 0]


def test_a_milestone_met_long_ago_and_not_paid_is_hidden_arrears() -> None:
    found = judgments.hidden_arrears(
        owed(
            (100, "2025-11-01"),  # exactly 60 days
            (100, "2025-10-31"),  # 61 days, nothing paid
            (100, "2025-10-31"),  # 90 % paid
            (100, "2025-10-31"),  # 89 % paid
            payments=[(2, "2025-11-05", 90.0), (3, "2025-11-05", 89.0)],
        ),
        AS_OF,
    )
    assert found.tolist() == [0.5]


def test_payments_in_another_currency_are_refused() -> None:
    with pytest.raises(UsageError, match="Sums in CNY and payments in EUR"):
        Owed("CNY", *[np.zeros(0)] * 1, 1, *[np.zeros(0)] * 5, "EUR")

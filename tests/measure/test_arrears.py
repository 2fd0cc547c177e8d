"""What is owed past its term."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.invoices import INVOICES, arrays, of
from tests.oracle import unpaid
from troth.errors import UsageError
from troth.measure import arrears

AS_OF = np.datetime64("2025-12-31")
YEAR = (np.datetime64("2025-01-01"), AS_OF)


def test_the_last_day_to_pay_is_not_yet_overdue() -> None:
    invoices = of((100, "2025-01-01", "2025-01-31", None))
    assert arrears.stock(invoices, np.datetime64("2025-01-31")).amount.tolist() == [0]
    found = arrears.stock(invoices, np.datetime64("2025-02-01"))
    assert found.amount.tolist() == [100]
    assert found.ages[0].tolist() == [100, 0, 0, 0, 0, 0]
    assert arrears.overdue_from(invoices).astype(str).tolist() == ["2025-02-01"]


def test_ages_end_on_their_last_day() -> None:
    late = (30, 31, 90, 91, 365, 366)
    found = arrears.stock(of(*((1, "2024-01-01", AS_OF - n, None) for n in late)), AS_OF)
    assert found.ages[0].tolist() == [1, 1, 1, 1, 1, 1]
    assert found.old_share[0] == pytest.approx(1 / 6)
    assert found.mean_age[0] == pytest.approx(np.mean(late))


def test_without_a_due_date_nobody_can_tell() -> None:
    found = arrears.stock(of((100, "2024-01-01", None, None)), AS_OF)
    assert found.amount.tolist() == [0]
    assert found.without_due.tolist() == [1]
    assert np.isnan(found.mean_age).all()


def test_an_invoice_of_unknown_receipt_is_overdue_by_its_due_date() -> None:
    invoices = of((100, None, "2025-01-31", None))
    assert arrears.stock(invoices, AS_OF).amount.tolist() == [100]
    held = arrears.daily_stock(invoices, YEAR)[0]
    assert (held[30], held[31]) == (0, 100)


def test_an_open_dispute_stops_the_term() -> None:
    invoices = of((100, "2025-01-01", "2025-01-31", None), held=[(0, "2025-01-20", None)])
    assert arrears.stock(invoices, AS_OF).amount.tolist() == [0]
    assert np.isnat(arrears.overdue_from(invoices)).all()


def test_grades_need_two_of_three_years() -> None:
    for ratios, grade in [
        ((0.02, 0.02, 0.5), "A"),
        ((0.021, 0.02, 0.5), "B"),
        ((0.10, 0.10, 0.5), "C"),
        ((0.11, 0.10, 0.5), "D"),
        ((0.02, 0.02, np.nan), "A"),
        ((0.02, 0.5, np.nan), None),
        ((np.nan, np.nan, np.nan), None),
    ]:
        assert arrears.pefa_grade(ratios) == grade, ratios
    with pytest.raises(UsageError, match="3 years, not 2"):
        arrears.pefa_grade([0.1, 0.1])


def test_interest_of_a_half_year_by_its_own_rate() -> None:
    # Late from 21 June to 10 July 2025: ten days in each half-year.
    invoices = of((36_500, "2025-05-21", "2025-06-20", "2025-07-10"))
    rates = {np.datetime64("2025-01-01"): 0.03, np.datetime64("2025-07-01"): 0.02}
    found = arrears.interest_eu(invoices, YEAR, rates)
    assert found.amount[0] == pytest.approx(100 * (10 * 0.11 + 10 * 0.10))
    assert (found.fixed[0], found.n[0]) == (40, 1)
    del rates[np.datetime64("2025-07-01")]
    with pytest.raises(UsageError, match="No reference rate for the half-year from 2025-07-01"):
        arrears.interest_eu(invoices, YEAR, rates)


def test_interest_at_an_agreed_rate() -> None:
    invoices = of(
        (1000, "2025-05-21", "2025-06-20", "2025-06-30"),
        (1000, "2025-05-21", "2025-06-20", "2025-06-20"),
    )
    assert arrears.interest_cn(invoices, YEAR).amount[0] == pytest.approx(1000 * 10 * 0.0005)
    agreed = arrears.interest_cn(invoices, YEAR, np.array([0.001, 0.001]))
    assert agreed.amount[0] == pytest.approx(10)
    assert agreed.n.tolist() == [1]


def test_nothing_late_no_interest() -> None:
    found = arrears.interest_eu(of((1, "2025-05-21", "2025-06-20", "2025-06-20")), YEAR, {})
    assert (found.amount[0], found.fixed[0], found.n[0]) == (0, 0, 0)


def test_clearance_is_paid_over_opening_and_new() -> None:
    found = arrears.clearance(
        of(
            (100, "2024-01-01", "2024-06-30", "2025-03-01"),  # opening, paid
            (200, "2024-01-01", "2024-06-30", None),  # opening, unpaid
            (300, "2025-01-01", "2025-01-31", "2025-03-01"),  # new, paid
            (400, "2025-01-01", "2025-01-31", None),  # new, unpaid
            (500, "2025-01-01", "2025-01-31", "2025-01-31"),  # never late
            (600, "2024-01-01", "2024-01-31", "2024-12-31"),  # paid before the window
        ),
        YEAR,
    )
    assert (found.opening[0], found.new[0], found.paid[0]) == (300, 700, 400)
    assert found.value[0] == pytest.approx(0.4)
    assert found.n.tolist() == [4]


def test_arrears_that_hide_on_the_day_of_report() -> None:
    day = np.datetime64("2025-06-30")
    rows = [(100, "2024-01-01", "2024-06-30", day - 1), (100, "2024-12-01", day, None)]
    found = arrears.window_dressing(of(*rows), YEAR, [day])
    held = arrears.daily_stock(of(*rows), YEAR)[0]
    assert held[(day - YEAR[0]).astype(int)] == 0
    assert found.value[0] == pytest.approx(1)
    assert found.rebound[0] == pytest.approx(100 / held.mean())


def test_even_arrears_show_nothing() -> None:
    found = arrears.window_dressing(of((100, "2024-01-01", "2024-06-30", None)), YEAR, [AS_OF])
    assert found.value[0] == pytest.approx(0)
    assert np.isnan(found.rebound[0])
    nothing = arrears.window_dressing(of((1, "2025-01-01", "2026-01-31", None)), YEAR, [AS_OF])
    assert np.isnan(nothing.value[0])


def test_reporting_days_lie_in_the_window() -> None:
    invoices = of((100, "2024-01-01", "2024-06-30", None))
    for days in ([], [np.datetime64("2024-12-31")]):
        with pytest.raises(UsageError, match="reporting days"):
            arrears.window_dressing(invoices, YEAR, days)


@given(INVOICES, st.integers(0, 90))
def test_lateness_is_counted_as_if_walking_the_calendar(
    invoices: list[unpaid.Invoice], day: int
) -> None:
    made, on = arrays(invoices), np.datetime64(day, "D")
    late = arrears.lateness(made, np.full(len(invoices), on))
    assert late.tolist() == [len(unpaid.late_days(i, day)) for i in invoices]
    assert arrears.stock(made, on).amount[0] == unpaid.stock(invoices, day)
    begins = arrears.overdue_from(made)
    for invoice, begin in zip(invoices, begins, strict=True):
        walked = unpaid.late_days(invoice, 200)
        assert (int(begin.astype(int)) if not np.isnat(begin) else None) == (
            walked[0] if walked else None
        )


@given(INVOICES)
def test_the_daily_stock_is_the_stock_of_each_day(invoices: list[unpaid.Invoice]) -> None:
    window = (np.datetime64(10, "D"), np.datetime64(70, "D"))
    found = arrears.daily_stock(arrays(invoices), window)[0]
    assert found.tolist() == [unpaid.stock(invoices, day) for day in range(10, 71)]


@given(INVOICES, st.integers(0, 170), st.integers(1, 90))
def test_interest_falls_on_the_days_that_were_late(
    invoices: list[unpaid.Invoice], first: int, length: int
) -> None:
    """Day 0 is 1 January 1970, day 181 the first of July: two rates."""
    rates = {np.datetime64("1970-01-01"): 0.02, np.datetime64("1970-07-01"): 0.05}
    moved = [
        unpaid.Invoice(
            i.amount,
            i.received + 130,
            i.due + 130,
            None if i.paid is None else i.paid + 130,
            tuple((a + 130, None if b is None else b + 130) for a, b in i.held),
        )
        for i in invoices
    ]
    last = first + length
    window = (np.datetime64(first, "D"), np.datetime64(last, "D"))
    expected = 0.0
    for i in moved:
        if i.received > last or (i.paid is not None and i.paid < first):
            continue
        paid = i.paid is not None and i.paid <= last
        for day in unpaid.late_days(i, i.paid if paid else last):
            expected += i.amount * ((0.02 if day < 181 else 0.05) + 0.08) / 365
    found = arrears.interest_eu(arrays(moved), window, rates)
    assert found.amount[0] == pytest.approx(expected)


@given(INVOICES, st.integers(0, 90), st.integers(1, 30))
def test_unpaid_arrears_only_grow_older(
    invoices: list[unpaid.Invoice], day: int, more: int
) -> None:
    made = arrays(invoices)
    first, then = (np.datetime64(d, "D") for d in (day, day + more))
    still = np.isnat(made.seen(then).paid)
    assert (arrears.overdue(made, then) >= (arrears.overdue(made, first) & still)).all()


def test_reference_rates_are_dated_data_without_a_gap_and_each_with_its_source() -> None:
    found = arrears.reference_rates()
    halves = np.array(sorted(found)).astype("datetime64[M]")
    assert (np.diff(halves).astype(int) == 6).all()
    assert set(halves.astype(int) % 12) == {0, 6}, "1 January and 1 July"
    assert found[np.datetime64("2024-07-01")] == pytest.approx(0.0425)
    with arrears.RATES.open(encoding="utf-8", newline="") as file:
        assert all(row["source"] for row in csv.DictReader(file))


def test_the_error_of_the_mean_over_reporting_days() -> None:
    # 100 is owed all year, and from July on 100 more: 100, 100, 200, 200 on the quarter-ends.
    rows = of((100, "2024-01-01", "2024-06-30", None), (100, "2025-05-01", "2025-06-30", None))
    days = [np.datetime64(day) for day in ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")]
    found = arrears.window_dressing(rows, YEAR, days)
    sd = np.std([100, 100, 200, 200], ddof=1)
    assert found.std_err[0] == pytest.approx(sd / 2 / found.mean_stock[0])
    assert np.isnan(arrears.window_dressing(rows, YEAR, days[:1]).std_err[0])

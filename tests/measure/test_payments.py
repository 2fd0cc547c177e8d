"""How fast a body pays, by the definitions of laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.invoices import INVOICES, arrays, days, of
from tests.oracle import unpaid
from troth.errors import UsageError
from troth.measure import payments
from troth.measure.payments import RD635, Invoices
from troth.tables.money import INVOICE, INVOICE_SUSPENSION

Q1 = (np.datetime64("2025-01-01"), np.datetime64("2025-03-31"))


def test_days_weigh_as_much_as_the_money() -> None:
    two = of(
        (300, "2025-01-01", "2025-01-31", "2025-01-11"),
        (100, "2025-01-01", "2025-01-31", "2025-02-20"),
    )
    assert payments.pmp(two, Q1).ratio_paid.tolist() == [(300 * 10 + 100 * 50) / 400]
    assert payments.itp(two, Q1).value.tolist() == [(300 * -20 + 100 * 20) / 400]
    assert payments.shares(two, Q1).mean_days.tolist() == [30]


def test_what_is_pending_counts_too_and_the_first_method_takes_30_days_off() -> None:
    two = of(
        (100, "2025-01-01", "2025-01-31", "2025-01-11"),
        (300, "2025-03-01", "2025-03-31", None),
    )
    assert payments.pmp(two, Q1).value.tolist() == [(100 * 10 + 300 * 30) / 400]
    assert payments.pmp(two, Q1, method=RD635).value.tolist() == [(100 * -20 + 300 * 0) / 400]
    with pytest.raises(UsageError, match=r"No method RD2020.*RD635 or RD1040"):
        payments.pmp(two, Q1, method="RD2020")


def test_the_law_may_count_from_another_day() -> None:
    one = of((100, "2025-01-01", "2025-01-31", "2025-02-10"))
    accepted = payments.pmp(one, Q1, counted_from=days("2025-01-21"))
    assert accepted.value.tolist() == [20]
    unknown = payments.pmp(one, Q1, counted_from=days(None))
    assert np.isnan(unknown.value).all() and unknown.n_paid.tolist() == [0]


def test_a_payment_after_the_window_has_not_been_made() -> None:
    found = payments.pmp(of((100, "2025-01-01", "2025-01-31", "2025-04-01")), Q1)
    assert (found.n_paid[0], found.n_pending[0]) == (0, 1)
    assert np.isnan(found.ratio_paid[0]) and found.value[0] == 89


def test_an_invoice_after_the_window_is_not_there() -> None:
    found = payments.pmp(of((100, "2025-04-01", "2025-05-01", None)), Q1)
    assert np.isnan(found.value).all()


def test_a_body_without_invoices_has_no_value_and_not_0() -> None:
    found = of((100, "2025-01-01", "2025-01-31", "2025-01-11"), body=[1])
    assert np.isnan(payments.pmp(found, Q1).value[0])
    assert np.isnan(payments.itp(found, Q1).value[0])
    assert np.isnan(payments.shares(found, Q1).within_30[0])


def test_bands_end_on_day_30_and_60() -> None:
    begin = np.datetime64("2025-01-01")
    found = payments.shares(of(*((1, begin, begin + 30, begin + n) for n in (30, 31, 60, 61))), Q1)
    assert (found.within_30[0], found.from_31_to_60[0], found.over_60[0]) == (0.25, 0.5, 0.25)
    assert (found.late[0], found.n[0], found.n_due[0]) == (0.75, 4, 4)


def test_an_invoice_without_a_due_date_is_neither_late_nor_on_time() -> None:
    found = payments.shares(of((1, "2025-01-01", None, "2025-03-01")), Q1)
    assert np.isnan(found.late[0])
    assert (found.n[0], found.n_due[0]) == (1, 0)


def test_an_invoice_of_unknown_receipt_counts_where_receipt_is_not_asked_for() -> None:
    one = of((100, None, "2025-01-31", "2025-02-10"), held=[(0, "2025-01-10", "2025-01-14")])
    assert payments.itp(one, Q1).value.tolist() == [6]
    found = payments.shares(one, Q1)
    assert (found.n[0], found.n_due[0], found.late[0]) == (0, 1, 1)
    assert np.isnan(payments.pmp(one, Q1).value[0])


def test_days_in_dispute_do_not_count() -> None:
    late = ((100, "2025-01-01", "2025-01-31", "2025-02-10"),)
    assert payments.itp(of(*late), Q1).value.tolist() == [10]
    disputed = of(*late, held=[(0, "2025-01-10", "2025-01-20"), (0, "2025-01-15", "2025-01-22")])
    assert payments.itp(disputed, Q1).value.tolist() == [-2]
    assert payments.shares(disputed, Q1).late.tolist() == [0]


def test_a_ratio_of_nothing_adds_nothing() -> None:
    nan = np.array([np.nan])
    zero, some = np.array([0.0]), np.array([5.0])
    assert payments.combined(nan, zero, some, some).tolist() == [5]
    assert np.isnan(payments.combined(nan, zero, nan, zero)).all()


def test_paying_the_new_one_while_the_old_one_waits() -> None:
    rows = (
        (1, "2025-01-01", "2025-01-31", "2025-03-01"),
        (1, "2025-01-02", "2025-02-01", "2025-01-10"),
        (1, "2025-01-02", "2025-02-01", "2025-03-01"),
    )
    assert payments.age_inversion(of(*rows), Q1).hits.tolist() == [1]
    # An older one of another body, or in dispute, does not wait.
    assert payments.age_inversion(of(*rows, body=[0, 1, 1]), Q1).hits.tolist() == [0, 0]
    disputed = of(*rows, held=[(0, "2025-01-05", "2025-02-01")])
    assert payments.age_inversion(disputed, Q1).hits.tolist() == [0]


def test_a_heap_on_day_30_is_seen() -> None:
    begin = np.datetime64("2025-01-01")
    even = [n for n in range(20, 41) for _ in range(10)]
    heap = [*even, *[30] * 80]
    quiet, loud = (
        payments.bunching(of(*((1, begin, begin + 30, begin + n) for n in each)), Q1)
        for each in (even, heap)
    )
    assert quiet.count[0] == 20
    assert quiet.expected[0] == pytest.approx(20)
    assert quiet.z[0] == pytest.approx(0)
    assert loud.count[0] == 100
    assert loud.z[0] > 10
    assert np.isnan(payments.bunching(of((1, begin, begin, begin)), Q1).z[0])


def test_currencies_are_read_apart_and_never_added() -> None:
    def row(number: int, amount: float | None, currency: str | None) -> dict[str, object]:
        return {
            "invoice_id": f"I{number}",
            "body_id": "B2",
            "body_kind": "public_body",
            "amount": amount,
            "currency": currency,
            "received_date": np.datetime64("2025-01-01").item(),
        }

    invoice = INVOICE.rows(
        [row(1, 10.0, "USD"), row(2, None, "USD"), row(3, 5.0, "EUR"), row(4, 5.0, None)]
    )
    held = INVOICE_SUSPENSION.rows(
        [
            {
                "invoice_id": name,
                "suspension_no": 0,
                "from_date": np.datetime64("2025-01-02").item(),
            }
            for name in ("I3", "I9", "I2")
        ]
    )
    found = payments.by_currency(invoice, ["B1", "B2"], held)
    assert list(found) == ["EUR", "USD"]
    assert payments.cannot_be_added(invoice) == 2
    assert found["EUR"].row.tolist() == [2]
    assert found["EUR"].suspensions.invoice.tolist() == [0]
    assert found["USD"].suspensions.invoice.tolist() == []
    assert found["USD"].sum(found["USD"].there).tolist() == [0, 10]
    assert payments.one_currency([found["EUR"]]) == "EUR"
    with pytest.raises(UsageError, match="Amounts in EUR, USD cannot be added"):
        payments.one_currency(list(found.values()))
    with pytest.raises(UsageError, match="no currency"):
        payments.one_currency([])
    with pytest.raises(UsageError, match="name the body B2"):
        payments.by_currency(invoice, ["B1"])
    assert payments.by_currency(INVOICE.rows([]), ["B1"]) == {}


def test_columns_of_different_lengths_are_refused() -> None:
    one = of((100, "2025-01-01", "2025-01-31", None))
    with pytest.raises(UsageError, match="different lengths"):
        Invoices("EUR", one.body, 1, np.zeros(2), one.received, one.due, one.paid)


@given(INVOICES, st.integers(0, 90))
def test_suspended_days_are_those_counted_day_by_day(
    invoices: list[unpaid.Invoice], until: int
) -> None:
    found = payments.suspended_days(
        arrays(invoices), np.full(len(invoices), np.datetime64(until, "D"))
    )
    for invoice, days_held in zip(invoices, found, strict=True):
        walked = range(invoice.received + 1, until + 1)
        assert days_held == sum(unpaid.is_held(invoice, day) for day in walked)


@given(INVOICES)
def test_inversions_are_those_found_one_by_one(invoices: list[unpaid.Invoice]) -> None:
    window = (np.datetime64(0, "D"), np.datetime64(90, "D"))
    found = payments.age_inversion(arrays(invoices), window)
    paid = [n for n, i in enumerate(invoices) if i.paid is not None]
    assert found.n[0] == len(paid)
    # A dispute of an invoice received later than the payment cannot have been seen; none is here.
    assert found.hits[0] == sum(unpaid.paid_while_an_older_waited(invoices, n) for n in paid)


@given(INVOICES, st.integers(0, 90), st.integers(0, 30))
def test_a_later_day_takes_no_payment_back(
    invoices: list[unpaid.Invoice], as_of: int, more: int
) -> None:
    made = arrays(invoices)
    first, then = (np.datetime64(day, "D") for day in (as_of, as_of + more))
    earlier, later = made.seen(first), made.seen(then)
    assert (~np.isnat(later.paid) >= ~np.isnat(earlier.paid)).all()
    assert (later.there >= earlier.there).all()
    assert (earlier.seen(then).paid.astype(int) == earlier.paid.astype(int)).all()

"""Figures of debt on small ledgers, worked out by hand, and held against the slow calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.reference import table as reference
from tests.measure import made_ledgers
from tests.measure.invoices import INVOICES
from tests.measure.made_ledgers import lined, registered
from tests.oracle import unpaid
from tests.shared import shared
from troth.indicators.shared import terms
from troth.measure import arrears
from troth.measure.entries import as_said, carried, unbound_ledgers
from troth.measure.figures import debt
from troth.measure.intervals import Z_90, wilson
from troth.measure.ledgers import LedgersMeasured, measure_ledgers
from troth.measure.plan import plan
from troth.tables import LEDGERS
from troth.tables.body import PUBLIC_BODY

DAY = date(2024, 12, 31)
BODIES = ("ES-A", "ES-B", "CN-C")

Row = dict[str, Any]

PLAN = plan()


def ledger(name: str, rows: Sequence[Row]) -> pa.Table:
    """Entries of a ledger, each from a line of its own, of body ES-A where nothing else is said."""
    table = LEDGERS[name]
    whole: Row = {"body_id": "ES-A", "body_kind": PUBLIC_BODY, "currency": "EUR"}
    keys = [key for key in table.key if key not in whole]
    made = []
    for number, row in enumerate(rows):
        first = {key: f"{name}{number}" if key.endswith("_id") else number for key in keys}
        one = {**first, **whole, **row}
        made.append({key: value for key, value in one.items() if key in table.names})
    return lined(name, table.rows(made))


def measured(
    ledgers: Mapping[str, Sequence[Row]],
    *codes: str,
    day: date = DAY,
    minimum: int = 1,
    bodies: tuple[str, ...] = BODIES,
) -> LedgersMeasured:
    """These indicators over the ledgers, shown from `minimum` cases on."""
    known = PLAN
    chosen = [replace(one, minimum_cases=minimum) for one in known.indicators if one.code in codes]
    register = registered(bodies)
    made = {name: ledger(name, rows) for name, rows in ledgers.items()}
    return measure_ledgers(
        made, replace(known, indicators=tuple(chosen)), register, pa.array(bodies), day
    )


def of(found: LedgersMeasured, code: str, body: str = "ES-A", period: str = "all") -> Row:
    return made_ledgers.of(found, code, body, period)


def beside(found: LedgersMeasured, code: str, body: str = "ES-A", period: str = "all") -> Row:
    """What stands beside a figure: name -> number or word."""
    return made_ledgers.beside(found, code, body, period)


def invoice(amount: float, received: date, paid: date | None = None, **more: Any) -> Row:
    return {"amount": amount, "received_date": received, "paid_date": paid, **more}


# -- the golden invoices -------------------------------------------------------------------------

GOLDEN_DAY = date(2025, 3, 31)


def golden(body: str, currency: str) -> dict[str, list[Row]]:
    rows = reference("golden/invoices.csv")
    names = ("received_date", "due_date", "paid_date", "accepted_date")

    def day(cell: str) -> date | None:
        return date.fromisoformat(cell) if cell else None

    invoices, held = [], []
    for at, name in enumerate(rows["invoice_id"]):
        dates = {column: day(str(rows[column][at])) for column in names}
        one = {"invoice_id": str(name), "body_id": body, "currency": currency, **dates}
        invoices.append({**one, "amount": float(rows["amount"][at])})
        since, until = (day(str(rows[f"dispute_{end}"][at])) for end in ("from", "to"))
        if since:
            held.append(
                {"invoice_id": str(name), "suspension_no": 0, "from_date": since, "to_date": until}
            )
    year = {"body_id": body, "currency": currency, "fiscal_year": 2025}
    return {
        "invoice": invoices,
        "invoice_suspension": held,
        "body_year": [{**year, "expenditure_total": 1_500_000.0}],
    }


def told() -> Row:
    path = shared("conformance/methods/golden/invoices_expected_2025Q1.json")
    found: Row = json.loads(path.read_text())
    return found


EXACT = {"rel": 0, "abs": 1e-9}


def test_the_golden_invoices_come_out_through_the_whole_line() -> None:
    expected = told()
    found = measured(golden("ES-A", "EUR"), "D01", "D02", "D03", "D04", "D05", day=GOLDEN_DAY)
    assert of(found, "D01")["value"] == pytest.approx(expected["ES_PMP_RD1040_2017"], **EXACT)
    made = beside(found, "D01")
    assert made["method"] == "RD1040"
    assert made["ratio of what was paid, days"] == pytest.approx(
        expected["ES_ratio_paid_days_RD1040_2017"], **EXACT
    )
    assert made["less the 30 days of RD 635/2014 as it first was, days"] == pytest.approx(
        expected["ES_PMP_original_RD635_2014_minus30"], **EXACT
    )
    assert made["pending, amount in EUR"] == expected["amount_pending"]
    assert of(found, "D02")["value"] == pytest.approx(expected["IT_ITP_days"], **EXACT)
    late = beside(found, "D02")["paid late, share of the amount"]
    assert 100 * late == pytest.approx(expected["late_paid_share_by_value_pct"], **EXACT)
    bands = beside(found, "D03")
    for name, key in [
        ("paid within 30 days, share of invoices", "UK_share_within_30_pct"),
        ("paid on day 31 to 60, share of invoices", "UK_share_31_60_pct"),
        ("paid after 60 days, share of invoices", "UK_share_61plus_pct"),
    ]:
        assert 100 * bands[name] == pytest.approx(expected[key], **EXACT)
    mean = bands["days to pay what was paid, unweighted mean"]
    assert mean == pytest.approx(expected["UK_mean_days_unweighted"], **EXACT)
    ratio = expected["arrears_ratio_pct_of_expenditure_1500000"]
    assert 100 * of(found, "D04")["value"] == pytest.approx(ratio, **EXACT)
    stock = beside(found, "D04")
    assert stock["PEFA PI-22.1, of this year alone"] == "D"
    assert "PEFA PI-22.1, three years" not in stock, "two of the three years are not known"
    ages = beside(found, "D05")
    for name, bucket in zip(
        debt.AGES, expected["ageing_buckets_days_past_due_net_of_dispute"].values(), strict=True
    ):
        assert ages[f"overdue {name} days, amount in EUR"] == bucket
    assert ages["age of arrears, days weighted by amount"] == pytest.approx(
        expected["value_weighted_age_of_arrears_days"], **EXACT
    )


def test_the_golden_interest_of_both_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told()
    halves = [np.datetime64(day) for day in ("2024-07-01", "2025-01-01")]
    monkeypatch.setattr(arrears, "reference_rates", lambda: dict.fromkeys(halves, 0.029))
    found = measured(golden("ES-A", "EUR"), "D07", day=GOLDEN_DAY)
    stands = beside(found, "D07")
    assert stands["interest, amount in EUR"] == pytest.approx(
        expected["EU_interest_ecb2.90_plus8_simple_365"], **EXACT
    )
    assert stands["fixed compensation, amount in EUR"] == expected["EU_fixed_compensation_40_each"]
    both = stands["interest, amount in EUR"] + stands["fixed compensation, amount in EUR"]
    assert of(found, "D07")["value"] == pytest.approx(10_000 * both / 1_500_000)
    assert stands["late claims"] == expected["n_late_invoices"]
    china = measured(golden("CN-C", "CNY"), "D07", day=GOLDEN_DAY)
    owed = expected["CN_default_interest_0.05pct_per_day"]
    assert of(china, "D07", "CN-C")["value"] == pytest.approx(10_000 * owed / 1_500_000)


# -- paying --------------------------------------------------------------------------------------

SPRING = date(2024, 3, 1)


def test_a_body_that_pays_fresh_invoices_first_is_seen_to() -> None:
    # The first waits 90 days, the others came later and are paid within 10.
    rows = [invoice(100, SPRING, SPRING + timedelta(90))]
    rows += [invoice(100, SPRING + timedelta(5), SPRING + timedelta(15))] * 3
    found = measured({"invoice": [dict(row) for row in rows]}, "D01")
    assert of(found, "D01")["value"] == (90 + 3 * 10) / 4
    # Days 90, 10, 10, 10 about 30: sqrt((60^2 + 3 * 20^2) * 4 / 3) / 4, amounts being equal.
    assert of(found, "D01")["std_err"] == pytest.approx(np.sqrt(4800 * 4 / 3) / 4)
    inverted = beside(found, "D01")["paid while an older invoice waited, share of invoices"]
    assert inverted == 0.75


def test_amounts_in_several_currencies_have_no_figure_and_the_reason_is_told() -> None:
    rows = [invoice(1, SPRING, SPRING + timedelta(9))] * 3
    rows += [invoice(1, SPRING, SPRING + timedelta(9), currency="USD")]
    rows += [invoice(1, SPRING, SPRING + timedelta(9), body_id="ES-B", currency="USD")] * 3
    found = measured({"invoice": [dict(row) for row in rows]}, "D01", "D02", "D03")
    row = of(found, "D01")
    assert (row["status"], row["value"]) == ("withheld", None)
    assert row["reason"] == debt.SEVERAL
    assert of(found, "D01", "ES-B")["value"] == 9, "one currency, whichever it is"
    assert of(found, "D03")["value"] == 9, "days are counted, not weighed"


def test_cases_that_are_all_alike_leave_no_error_to_draw_from() -> None:
    rows = [invoice(1, SPRING, SPRING + timedelta(9)) for _ in range(5)]
    assert of(measured({"invoice": rows}, "D01"), "D01")["std_err"] is None


def test_a_year_has_its_own_median_and_shares() -> None:
    rows = [invoice(1, date(2023, 5, 1), date(2023, 5, 21)) for _ in range(5)]
    rows += [invoice(1, SPRING, SPRING + timedelta(70)) for _ in range(5)]
    found = measured({"invoice": rows}, "D03")
    within = "paid within 30 days, share of invoices"
    assert of(found, "D03", period="2023")["value"] == 20
    assert beside(found, "D03", period="2023")[within] == 1
    assert beside(found, "D03")[within] == 0


# -- arrears -------------------------------------------------------------------------------------


def overdue(amount: float, days: int, **more: Any) -> Row:
    """An invoice that is so many days past its due date on the day of judgement."""
    due = DAY - timedelta(days)
    return {"amount": amount, "received_date": due - timedelta(30), "due_date": due, **more}


def year(expenditure: float, fiscal_year: int = 2024, **more: Any) -> Row:
    return {"fiscal_year": fiscal_year, "expenditure_total": expenditure, **more}


def test_the_arrears_ratio_its_grade_and_how_sure_it_is() -> None:
    rows = [overdue(30, 10), overdue(10, 400), invoice(20, DAY - timedelta(20))]
    years = [year(1000), year(500, 2023), year(1000, 2022)]
    found = measured({"invoice": rows, "body_year": years}, "D04")
    row = of(found, "D04")
    assert (row["n"], row["value"]) == (3, 0.04)
    # sum of squares 900 + 100, and of one of average size; two came in the last 12 months: 25.
    assert row["std_err"] == pytest.approx(np.sqrt(900 + 100 + 25**2) / 1000)
    stands = beside(found, "D04")
    assert stands["overdue invoices"] == 2
    assert stands["fiscal year of the expenditure"] == 2024
    # A year ago the old one was 34 days late, two years ago it had not come.
    assert stands["the same a year earlier, share"] == 10 / 500
    assert stands["the same two years earlier, share"] == 0
    assert stands["PEFA PI-22.1, three years"] == "A"
    assert stands["PEFA PI-22.1, of this year alone"] == "B"


def test_a_body_without_arrears_has_none_and_is_not_held_to_be_sure_of_it() -> None:
    rows = [invoice(20, SPRING, SPRING + timedelta(30))]
    row = of(measured({"invoice": rows, "body_year": [year(1000)]}, "D04"), "D04")
    assert (row["value"], row["status"]) == (0, "published")
    assert row["std_err"] == pytest.approx(0.02)
    assert row["low"] == 0 < row["high"]


def test_silence_is_not_a_clean_slate() -> None:
    old = [invoice(20, date(2022, 1, 1), date(2022, 1, 20))]
    both = {"invoice": old, "body_year": [year(1000), year(1000, body_id="ES-B")]}
    found = measured(both, "D04", "D07")
    for code in ("D04", "D07"):
        for body in ("ES-A", "ES-B"):
            row = of(found, code, body)
            assert (row["status"], row["reason"]) == ("withheld", debt.SILENT)


def test_invoices_in_another_currency_cannot_be_set_against_expenditure() -> None:
    rows = [overdue(30, 10), overdue(10, 10, currency="USD")]
    row = of(measured({"invoice": rows, "body_year": [year(1000)]}, "D04"), "D04")
    assert (row["status"], row["reason"]) == ("withheld", debt.OTHER_CURRENCY)


def test_an_invoice_without_a_currency_is_left_out_and_counted() -> None:
    rows = [overdue(30, 10), overdue(10, 10, currency=None)]
    found = measured({"invoice": rows, "body_year": [year(1000)]}, "D04")
    assert of(found, "D04")["value"] == 0.03
    assert beside(found, "D04")[debt.LEFT_OUT] == 1


def test_the_latest_expenditure_known_is_taken() -> None:
    rows = [overdue(30, 10)]
    found = measured({"invoice": rows, "body_year": [year(300, 2023), year(900, 2020)]}, "D04")
    assert of(found, "D04")["value"] == 0.1
    assert beside(found, "D04")["fiscal year of the expenditure"] == 2023


def test_old_arrears_and_the_table_of_ages() -> None:
    ages = (1, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366)
    rows = [overdue(2.0**at, days) for at, days in enumerate(ages)]
    found = measured({"invoice": rows}, "D05")
    row, stands = of(found, "D05"), beside(found, "D05")
    whole = 2.0**11 - 1
    assert (row["n"], row["value"]) == (11, pytest.approx(1024 / whole))
    amounts = [stands[f"overdue {name} days, amount in EUR"] for name in debt.AGES]
    assert amounts == [1 + 2, 4 + 8, 16 + 32, 64 + 128, 256 + 512, 1024]
    assert stands["overdue, amount in EUR"] == whole
    assert stands["overdue over 365 days, invoices"] == 1
    assert stands["age of arrears, days weighted by amount"] == pytest.approx(
        sum(2.0**at * days for at, days in enumerate(ages)) / whole
    )
    # As sure as Wilson is of as many cases as the weights are worth.
    worth = whole**2 / sum(4.0**at for at in range(11))
    low, high = wilson(np.array([1024 / whole * worth]), np.array([worth]))
    assert (row["low"], row["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))
    assert row["std_err"] == pytest.approx((high[0] - low[0]) / (2 * Z_90))


def test_arrears_are_cleared() -> None:
    rows = [
        overdue(40, 400),  # at the start of the window and still
        overdue(60, 400, paid_date=date(2024, 6, 1)),
        overdue(70, 100, paid_date=DAY),
        overdue(30, 100),
        overdue(1000, 100, paid_date=DAY - timedelta(100)),  # in time
        overdue(1000, 900, paid_date=date(2023, 6, 1)),  # before the window
    ]
    found = measured({"invoice": rows}, "D06")
    row, stands = of(found, "D06"), beside(found, "D06")
    assert (row["n"], row["value"]) == (4, pytest.approx(130 / 200))
    assert stands["overdue at the start, amount in EUR"] == 100
    assert stands["newly overdue, amount in EUR"] == 100
    assert stands["paid of both, amount in EUR"] == 130


def test_interest_is_withheld_where_no_rate_is_known() -> None:
    later = date(2026, 12, 31)
    late = {"amount": 10.0, "received_date": date(2026, 1, 5), "due_date": date(2026, 2, 1)}
    ledgers = {"invoice": [late], "body_year": [year(1000, 2026)]}
    row = of(measured(ledgers, "D07", day=later), "D07")
    assert (row["status"], row["reason"]) == ("withheld", debt.NO_RATE)
    in_time = {**late, "paid_date": date(2026, 1, 20)}
    row = of(measured({**ledgers, "invoice": [in_time]}, "D07", day=later), "D07")
    assert (row["value"], row["std_err"]) == (0, None)


def test_interest_by_half_years_of_the_dated_table() -> None:
    # Due 2024-06-20, paid 2024-07-10: 10 days at 4.5 + 8, 10 at 4.25 + 8, and 40 for the claim.
    late = invoice(73_000, date(2024, 5, 21), date(2024, 7, 10), due_date=date(2024, 6, 20))
    found = measured({"invoice": [late], "body_year": [year(1_000_000)]}, "D07")
    owed = 73_000 / 365 * (10 * 0.125 + 10 * 0.1225) + 40
    assert of(found, "D07")["value"] == pytest.approx(owed / 100)


def test_what_is_lower_on_reporting_days() -> None:
    # 100 is owed all year; another 100 but for the reporting days themselves.
    rows = [{"amount": 100.0, "received_date": date(2023, 1, 1), "due_date": date(2023, 12, 31)}]
    stops = [date(2024, *day) for day in ((3, 31), (6, 30), (9, 30), (12, 31))]
    start = date(2024, 1, 1)
    for stop in stops:
        rows.append(
            {"amount": 100.0, "received_date": start - timedelta(40), "paid_date": stop,
             "due_date": start - timedelta(1)}
        )  # fmt: skip
        start = stop + timedelta(1)
    found = measured({"invoice": rows}, "D09", minimum=4)
    row, stands = of(found, "D09"), beside(found, "D09")
    mean = 100 + 100 * 362 / 366
    assert row["n"] == 4
    assert row["value"] == pytest.approx((mean - 100) / mean)
    assert row["std_err"] is None, "all four days are alike"
    assert stands["overdue, mean of all days, amount in EUR"] == pytest.approx(mean)
    rebound = "rise in the 15 days after a reporting day, share of the mean"
    assert stands[rebound] == pytest.approx(100 / mean)
    early = measured({"invoice": rows}, "D09", minimum=4, day=date(2024, 12, 30))
    assert of(early, "D09")["n"] == 4, "the year up to then has the last day of 2023 among its own"


def test_the_ends_of_months_that_lie_in_a_window() -> None:
    window = (np.datetime64("2024-03-31"), np.datetime64("2024-12-30"))
    found = debt.month_ends(window, (3, 6, 9, 12))
    assert [str(one) for one in found] == ["2024-03-31", "2024-06-30", "2024-09-30"]


# -- suppliers -----------------------------------------------------------------------------------


def test_churn_and_the_time_to_acceptance() -> None:
    rows = [
        invoice(100, SPRING, returned_count=0, supplier_key=1),
        invoice(100.5, SPRING + timedelta(50), returned_count=0, supplier_key=1),
        invoice(70, SPRING, returned_count=2, supplier_key=2),
        invoice(70, SPRING, SPRING + timedelta(9), returned_count=0, supplier_key=3),
    ]
    for at, row in enumerate(rows):
        row["accepted_date"] = row["received_date"] + timedelta(10 + at)
    found = measured({"invoice": rows}, "D10")
    row, stands = of(found, "D10"), beside(found, "D10")
    assert (row["n"], row["value"]) == (4, 0.5)
    low, high = wilson(np.array([2]), np.array([4]))
    assert (row["low"], row["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))
    assert stands["registered anew, share of invoices"] == 0.25
    assert stands["days from receipt to acceptance, median (Kaplan-Meier)"] == 11.5


def test_an_invoice_that_replaces_one_of_before_the_window() -> None:
    first = invoice(100, date(2023, 12, 1), returned_count=0, supplier_key=1)
    again = invoice(100, date(2024, 1, 15), returned_count=0, supplier_key=1)
    assert of(measured({"invoice": [first, again]}, "D10"), "D10")["value"] == 1


def test_small_firms_wait_longer() -> None:
    rows = [
        invoice(amount, SPRING, SPRING + timedelta(wait), supplier_sme=small)
        for amount, small, wait in [(1, True, 30), (1, False, 20), (9, True, 60), (9, False, 20)]
        for _ in range(10)
    ]
    found = measured({"invoice": rows}, "D11", minimum=40)
    row = of(found, "D11")
    # The lowest tercile holds the amounts of 1, the middle one those of 9: (10 + 40) / 2.
    assert (row["n"], row["value"]) == (40, 25)
    few = measured({"invoice": rows[:30]}, "D11")
    assert of(few, "D11")["reason"] == "fewer than 20 invoices of small firms, or of large ones"


# -- judgments, debts, milestones, reports -------------------------------------------------------


def test_judgments_not_paid_after_half_a_year() -> None:
    final = date(2023, 1, 1)
    rows = [{"judgment_id": f"j{n}", "amount": 100.0, "final_date": final} for n in range(4)]
    rows[3]["defaulter_listed_from"] = date(2024, 12, 1)
    payments = [
        {"judgment_id": "j0", "amount": 100.0, "date": final + timedelta(90)},
        {"judgment_id": "j1", "amount": 100.0, "date": final + timedelta(180)},
        {"judgment_id": "j2", "amount": 100.0, "date": final + timedelta(181)},
        {"judgment_id": "j3", "amount": 60.0, "date": final + timedelta(5)},
    ]
    ledgers = {"judgment": rows, "judgment_payment": payments, "body_year": [year(1000)]}
    found = measured(ledgers, "D08", minimum=3)
    row, stands = of(found, "D08"), beside(found, "D08")
    assert (row["n"], row["value"]) == (4, 0.5)
    assert row["std_err"] == pytest.approx(np.sqrt(0.5 * 0.5 / 4)), "Greenwood without censoring"
    assert stands["not paid in full after 90 days, share"] == 0.75
    assert stands["unpaid, amount in EUR"] == 40
    assert stands["unpaid, share of expenditure"] == 0.04
    assert stands["days listed as defaulter in the last 12 months"] == 31


def test_where_no_judgment_was_paid_the_interval_has_a_width() -> None:
    rows = [{"amount": 100.0, "final_date": date(2024, 1, 1)} for _ in range(3)]
    row = of(measured({"judgment": rows}, "D08", minimum=3), "D08")
    low, _ = wilson(np.array([3]), np.array([3]))
    assert (row["value"], row["low"], row["high"]) == (1, pytest.approx(low[0]), 1)
    assert row["std_err"] > 0


def test_judgments_too_young_to_tell() -> None:
    rows = [{"amount": 100.0, "final_date": date(2024, 12, 1)} for _ in range(3)]
    assert of(measured({"judgment": rows}, "D08", minimum=3), "D08")["status"] == "withheld"


def test_the_share_of_debt_service_that_is_overdue() -> None:
    rows = [
        {"debt_id": "a", "due_date": SPRING, "principal_due": 90.0, "interest_due": 10.0},
        {"debt_id": "b", "due_date": SPRING, "principal_due": 50.0, "interest_due": 50.0},
        {"debt_id": "c", "due_date": date(2020, 1, 1), "principal_due": 60.0, "interest_due": 0.0},
        {"debt_id": "d", "due_date": date(2020, 1, 1), "principal_due": 60.0, "interest_due": 0.0},
    ]
    paid = [
        {"debt_id": "a", "date": SPRING, "amount": 100.0},
        {"debt_id": "b", "date": SPRING, "amount": 70.0},
        {"debt_id": "d", "date": SPRING, "amount": 60.0},
    ]
    found = measured({"debt": rows, "debt_payment": paid}, "D13")
    # 30 of b and all of c; d was paid and fell due before the window.
    assert of(found, "D13")["value"] == pytest.approx(90 / 260)
    assert beside(found, "D13")["whole, amount in EUR"] == 260


def test_milestones_met_that_no_payment_covers() -> None:
    contracts = [{"registered_contract_id": "k"}, {"registered_contract_id": "l"}]
    met = [
        {"registered_contract_id": name, "milestone_no": number, "kind": "delivery",
         "date_met": SPRING + timedelta(number), "amount": amount}
        for name, number, amount in [("k", 0, 100.0), ("k", 1, 200.0), ("l", 0, 50.0)]
    ]  # fmt: skip
    paid = [{"registered_contract_id": "k", "date": date(2024, 4, 1), "amount": 100.0}]
    found = measured(
        {"registered_contract": contracts, "registered_milestone": met, "registered_payment": paid},
        "D12",
    )
    assert (of(found, "D12")["n"], of(found, "D12")["value"]) == (3, pytest.approx(250 / 350))


def reports(
    *first_seen: date | None, parts: Sequence[str] = ("stock", "age", "composition")
) -> Row:
    """A report of each half of 2023 and 2024, its parts first seen on these days."""
    items = [
        {"item_id": part, "duty_source": f"arrears {part}: a law", "title": part,
         "deadline_rule": "30 days"}
        for part in parts
    ]  # fmt: skip
    periods = ("2023-H1", "2023-H2", "2024-H1")
    seen = [
        {"item_id": part, "period": period, "first_seen": day}
        for period, day in zip(periods, first_seen, strict=False)
        for part in parts
    ]
    return {"disc_item": items, "disc_obs": seen}


IN_TIME = (date(2023, 7, 30), date(2024, 1, 30), date(2024, 7, 30))


def test_reports_in_time_and_whole() -> None:
    given_ones = reports(IN_TIME[0], IN_TIME[1] + timedelta(1), IN_TIME[2])
    found = measured(given_ones, "D14", minimum=2)
    assert (of(found, "D14")["n"], of(found, "D14")["value"]) == (3, pytest.approx(2 / 3))
    # One part late makes the report late.
    given_ones["disc_obs"][0]["first_seen"] = date(2023, 12, 1)
    assert of(measured(given_ones, "D14"), "D14")["value"] == pytest.approx(1 / 3)


def test_a_report_of_which_a_part_was_not_looked_for_does_not_count() -> None:
    given_ones = reports(*IN_TIME)
    del given_ones["disc_obs"][0]
    found = measured(given_ones, "D14")
    assert of(found, "D14")["n"] == 2
    assert beside(found, "D14")["reports of which a part was not looked for"] == 1


# -- what holds for all inputs -------------------------------------------------------------------


SEEN = st.lists(st.sampled_from([*IN_TIME, None]), min_size=3, max_size=3)


@settings(max_examples=6, deadline=None)
@given(SEEN)
def test_what_was_not_published_never_raises_the_share_of_reports(seen: list[date | None]) -> None:
    """Each body has lost one report more than the one before it."""
    ledgers = reports(*seen)
    items = ledgers["disc_obs"]
    for gone, body in enumerate(("ES-B", "CN-C")):
        for item in items[:9]:
            is_gone = item["period"] in ("2023-H1", "2023-H2")[: gone + 1]
            day = None if is_gone else item["first_seen"]
            items.append({**item, "body_id": body, "first_seen": day})
    found = measured(ledgers, "D14")
    values = [of(found, "D14", body)["value"] for body in BODIES]
    assert values == sorted(values, reverse=True)


#: Bodies with invoices of their own: many at once, since compiling the formulas is what takes long.
COUNTRY = st.lists(INVOICES, min_size=1, max_size=10)
Country = list[list[unpaid.Invoice]]


def named(country: Country) -> tuple[str, ...]:
    return tuple(f"ES-{number}" for number in range(len(country)))


def ledgers_of(country: Country, times: float = 1.0) -> dict[str, list[Row]]:
    def day(number: int | None) -> date | None:
        return None if number is None else date(2024, 1, 1) + timedelta(number)

    rows, held, years = [], [], []
    for body, invoices in zip(named(country), country, strict=True):
        years.append(year(1000 * times, body_id=body))
        for at, one in enumerate(invoices):
            rows.append(
                {"invoice_id": f"{body}i{at}", "amount": one.amount * times, "body_id": body,
                 "received_date": day(one.received), "due_date": day(one.due),
                 "paid_date": day(one.paid)}
            )  # fmt: skip
            held += [
                {"invoice_id": f"{body}i{at}", "suspension_no": number, "from_date": day(begin),
                 "to_date": day(end)}
                for number, (begin, end) in enumerate(one.held)
            ]  # fmt: skip
    return {"invoice": rows, "invoice_suspension": held, "body_year": years}


def on(last: int) -> date:
    return date(2024, 1, 1) + timedelta(last)


@settings(max_examples=15, deadline=None)
@given(COUNTRY, st.integers(41, 90))
def test_lateness_in_sql_is_what_walking_through_the_calendar_gives(
    country: Country, last: int
) -> None:
    tables = unbound_ledgers()
    asked = terms(
        tables["invoice"], tables["invoice_suspension"], ibis.literal(on(last), type="date")
    ).select("entry", "body_no", "late", state=ibis.literal(0))
    asked = asked.mutate(
        when=ibis.null("date"), value=ibis.null("float64"), kept_late=asked.late
    ).drop("late")
    made = ledgers_of(country)
    with duckdb.connect() as engine:
        for name in ("invoice", "invoice_suspension"):
            rows = carried(LEDGERS[name], ledger(name, made[name]), pa.array(named(country)))
            engine.register(name, rows)
        found = engine.sql(str(ibis.to_sql(asked, dialect="duckdb"))).to_arrow_table()
    late = as_said(found, is_dated=False).kept["late"]
    flat = [one for invoices in country for one in invoices]
    for one, said in zip(flat, late, strict=True):
        end = last if one.paid is None or one.paid > last else one.paid
        assert said == len(unpaid.late_days(one, end)), one


CODES = ("D01", "D02", "D04", "D05", "D06", "D09")


@settings(max_examples=8, deadline=None)
@given(COUNTRY)
def test_the_stock_is_that_of_the_calendar_and_the_order_of_entries_changes_nothing(
    country: Country,
) -> None:
    made = ledgers_of(country, times=0.1)
    found = measured(made, *CODES, day=on(60), bodies=named(country))
    for body, invoices in zip(named(country), country, strict=True):
        assert of(found, "D04", body)["value"] == pytest.approx(unpaid.stock(invoices, 60) / 1000)
    turned = {**made, "invoice": made["invoice"][::-1]}
    other = measured(turned, *CODES, day=on(60), bodies=named(country))
    assert other.measurement.equals(found.measurement), "to the last digit"


@settings(max_examples=6, deadline=None)
@given(COUNTRY, st.floats(0.01, 100))
def test_another_unit_of_money_changes_no_ratio_and_no_days(country: Country, times: float) -> None:
    bodies = named(country)
    one = measured(ledgers_of(country), *CODES, day=on(60), bodies=bodies).measurement
    other = measured(ledgers_of(country, times), *CODES, day=on(60), bodies=bodies).measurement
    for mine, theirs in zip(one.to_pylist(), other.to_pylist(), strict=True):
        assert mine["status"] == theirs["status"]
        for name in ("value", "low", "high"):
            if mine[name] is None:
                assert theirs[name] is None
            else:
                assert theirs[name] == pytest.approx(mine[name], abs=1e-9), mine["indicator"]


@settings(max_examples=6, deadline=None)
@given(COUNTRY)
def test_one_more_late_invoice_never_improves(country: Country) -> None:
    made, bodies = ledgers_of(country), named(country)
    received, due = date(2023, 12, 1), date(2023, 12, 31)
    more = [
        invoice(5, received, due_date=due, invoice_id=f"more {body}", body_id=body)
        for body in bodies
    ]
    before = measured(made, "D04", "D06", day=on(90), bodies=bodies)
    later = {**made, "invoice": [*made["invoice"], *more]}
    after = measured(later, "D04", "D06", day=on(90), bodies=bodies)
    for row in before.measurement.to_pylist():
        now = of(after, row["indicator"], row["body_id"])["value"]
        if row["indicator"] == "D04":
            assert now > row["value"]
        elif row["value"] is not None:
            assert now <= row["value"]


@settings(max_examples=6, deadline=None)
@given(COUNTRY, st.integers(1, 60))
def test_a_later_day_of_judgement_un_pays_nothing(country: Country, more: int) -> None:
    made, bodies = ledgers_of(country), named(country)
    first = measured(made, "D01", day=on(60), bodies=bodies)
    later = measured(made, "D01", day=on(60 + more), bodies=bodies)
    for body, invoices in zip(bodies, country, strict=True):
        paid = [
            sum(one.amount for one in invoices if one.paid is not None and one.paid <= last)
            for last in (60, 60 + more)
        ]
        assert paid[0] <= paid[1]
        for found, amount in ((first, paid[0]), (later, paid[1])):
            assert beside(found, "D01", body)["paid, amount in EUR"] == amount

"""Invoices, hand-offs and commitments worked out by hand: exact."""

import json

import numpy as np
import pytest

from tests.conformance.reference import dates, table
from tests.shared import shared
from troth.measure import arrears, payments
from troth.measure.payments import RD635, Invoices, Suspensions

EXACT = {"rel": 0, "abs": 1e-9}
FIRST, AS_OF = np.datetime64("2025-01-01"), np.datetime64("2025-03-31")
WINDOW = (FIRST, AS_OF)


def expected(name: str) -> dict[str, object]:
    return json.loads(shared(f"conformance/methods/golden/{name}").read_text())


def invoices() -> Invoices:
    rows = table("golden/invoices.csv")
    disputed = np.flatnonzero(rows["dispute_from"] != "")
    return Invoices(
        "EUR",
        np.zeros(len(rows["amount"]), np.int64),
        1,
        rows["amount"],
        *(dates(rows[name]) for name in ("received_date", "due_date", "paid_date")),
        Suspensions(
            disputed,
            dates(rows["dispute_from"])[disputed],
            dates(rows["dispute_to"])[disputed],
        ),
    )


def test_invoices_mean_time_to_pay() -> None:
    told = expected("invoices_expected_2025Q1.json")
    found = payments.pmp(invoices(), WINDOW)
    assert (found.n_paid[0], found.n_pending[0]) == (told["n_paid"], told["n_pending"])
    assert found.amount_paid[0] == told["amount_paid"]
    assert found.amount_pending[0] == told["amount_pending"]
    for value, name in [
        (found.ratio_paid, "ES_ratio_paid_days_RD1040_2017"),
        (found.ratio_pending, "ES_ratio_pending_days_RD1040_2017"),
        (found.value, "ES_PMP_RD1040_2017"),
        (payments.pmp(invoices(), WINDOW, method=RD635).value, "ES_PMP_original_RD635_2014_minus30"),
        (payments.itp(invoices(), WINDOW).value, "IT_ITP_days"),
    ]:
        assert value[0] == pytest.approx(told[name], **EXACT), name


def test_invoices_shares() -> None:
    told = expected("invoices_expected_2025Q1.json")
    found = payments.shares(invoices(), WINDOW)
    assert found.mean_days[0] == pytest.approx(told["UK_mean_days_unweighted"], **EXACT)
    for value, name in [
        (found.within_30, "UK_share_within_30_pct"),
        (found.from_31_to_60, "UK_share_31_60_pct"),
        (found.over_60, "UK_share_61plus_pct"),
        (found.late, "late_paid_share_by_count_pct"),
        (found.late_by_value, "late_paid_share_by_value_pct"),
    ]:
        assert 100 * value[0] == pytest.approx(told[name], **EXACT), name


def test_invoices_arrears() -> None:
    told = expected("invoices_expected_2025Q1.json")
    found = arrears.stock(invoices(), AS_OF)
    ids = table("golden/invoices.csv")["invoice_id"]
    assert ids[arrears.overdue(invoices(), AS_OF)].tolist() == told["arrears_ids"]
    assert found.amount[0] == told["arrears_stock"]
    assert found.ages[0].tolist() == list(
        told["ageing_buckets_days_past_due_net_of_dispute"].values()
    )
    share = found.amount[0] / 1_500_000
    assert 100 * share == pytest.approx(
        told["arrears_ratio_pct_of_expenditure_1500000"], **EXACT
    )
    assert arrears.pefa_grade_of_year(share) == "D"
    assert found.mean_age[0] == pytest.approx(told["value_weighted_age_of_arrears_days"], **EXACT)


def test_invoices_interest() -> None:
    told = expected("invoices_expected_2025Q1.json")
    china = arrears.interest_cn(invoices(), WINDOW)
    assert china.amount[0] == pytest.approx(told["CN_default_interest_0.05pct_per_day"], **EXACT)
    halves = ["2024-07-01", "2025-01-01"]
    europe = arrears.interest_eu(
        invoices(), WINDOW, {np.datetime64(half): 0.029 for half in halves}
    )
    assert europe.amount[0] == pytest.approx(
        told["EU_interest_ecb2.90_plus8_simple_365"], **EXACT
    )
    assert europe.fixed[0] == told["EU_fixed_compensation_40_each"]
    assert europe.n[0] == china.n[0] == told["n_late_invoices"]

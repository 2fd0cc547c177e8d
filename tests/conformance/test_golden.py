"""Invoices, hand-offs and commitments worked out by hand: exact."""

import json

import numpy as np
import pytest

from tests.conformance.reference import dates, table
from tests.shared import shared
from troth.measure import arrears, commitments, eventlog, payments
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
        (
            payments.pmp(invoices(), WINDOW, method=RD635).value,
            "ES_PMP_original_RD635_2014_minus30",
        ),
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
    assert 100 * share == pytest.approx(told["arrears_ratio_pct_of_expenditure_1500000"], **EXACT)
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
    assert europe.amount[0] == pytest.approx(told["EU_interest_ecb2.90_plus8_simple_365"], **EXACT)
    assert europe.fixed[0] == told["EU_fixed_compensation_40_each"]
    assert europe.n[0] == china.n[0] == told["n_late_invoices"]


def hand_off_log() -> eventlog.Log:
    rows = table("golden/handoffs.csv")
    cases, case = np.unique(rows["case_id"], return_inverse=True)
    units, unit = np.unique(rows["unit"], return_inverse=True)
    # The last row of the case that is open says until when it was looked at.
    real = rows["event"] != "open"
    event = np.array([eventlog.EVENTS.index(word) for word in rows["event"][real]])
    as_of = dates(rows["date"])[~real].max()
    return eventlog.log(
        case[real], len(cases), dates(rows["date"])[real], event, unit[real], units.tolist(), as_of
    )


def test_hand_offs_case_by_case() -> None:
    told, events = expected("handoffs_expected.json"), hand_off_log()
    found = eventlog.paths(events)
    case, unit, days = eventlog.hold_days(events)
    for number in range(events.cases):
        of = told[f"C{number + 1}"]
        steps = found.steps[events.case[found.steps] == number]
        assert [events.units[unit] for unit in events.unit[steps]] == of["path"]
        assert found.handoffs[number] == of["handoffs"]
        assert found.returns[number] == of["returns"]
        assert found.gross_days[number] == of["gross_days"]
        assert found.paused_days[number] == of["paused_days"]
        mine = case == number
        named = zip(unit[mine], days[mine], strict=True)
        assert {events.units[u]: d for u, d in named} == of["hold_days"]


def test_hand_offs_together() -> None:
    told, events = expected("handoffs_expected.json"), hand_off_log()
    summary, body = told["_summary"], np.zeros(events.cases, np.int64)
    found = eventlog.hand_offs(eventlog.paths(events), body, 1)
    assert found.n[0] == summary["n_cases"]
    assert found.mean[0] == pytest.approx(summary["mean_handoffs"], **EXACT)
    assert 100 * found.at_least_2[0] == pytest.approx(summary["share_with_ge2_handoffs_pct"])
    assert 100 * found.ping_pong[0] == pytest.approx(summary["share_pingpong_pct"], **EXACT)
    assert 100 * found.clock_pause[0] == pytest.approx(summary["clock_pause_share_pct"], **EXACT)
    assert [f"C{c + 1}" for c in np.flatnonzero(events.open)] == summary["open_cases"]
    pushed = eventlog.push_away(events, body)
    rows = zip(pushed.unit, pushed.transfers, pushed.receipts, pushed.rate, strict=True)
    assert {events.units[u]: [out, got, rate] for u, out, got, rate in rows} == told[
        "_push_away_rate"
    ]


def golden_commitments() -> tuple[commitments.Deadlines, np.ndarray, dict[str, np.ndarray]]:
    rows = table("golden/commitments.csv")
    item, due = [], []
    for number, cell in enumerate(rows["revised_dues"]):
        for day in filter(None, cell.split("|")):
            item.append(number)
            due.append(day)
    # The table does not say when deadlines were moved: in this order, before the day of judgement.
    on = np.datetime64("2024-03-31") + np.arange(len(item))
    moved = commitments.Revisions(np.array(item), on, np.array(due, "datetime64[D]"))
    found = commitments.deadlines(
        dates(rows["announced"]),
        dates(rows["original_due"]),
        dates(rows["completed"]),
        moved,
        AS_OF,
    )
    names = ("has_metric", "has_budget", "has_owner")
    dated = rows["original_due"] != ""
    return found, commitments.specificity(dated, *(rows[name] == 1 for name in names)), rows


def test_commitments_one_by_one() -> None:
    told = expected("commitments_expected.json")["items"]
    found, specific, rows = golden_commitments()
    for number, name in enumerate(rows["commitment_id"]):
        of = told[name]
        assert specific[number] == of["specificity_0_4"]
        for value, key in [
            (found.revised, "n_revisions"),
            (found.slip, "declared_slip_days"),
            (found.planned, "planned_duration_days"),
            (found.drift, "relative_drift"),
            (found.on_time_original, "on_time_vs_original"),
            (found.on_time_current, "on_time_vs_current"),
            (found.overdue, "days_overdue_vs_original"),
        ]:
            if of.get(key) is not None:
                assert value[number] == pytest.approx(float(of[key]), **EXACT), (name, key)
            elif key != "n_revisions":
                assert np.isnan(value[number]), (name, key)


def test_commitments_together() -> None:
    told = expected("commitments_expected.json")["summary"]
    found, specific, _ = golden_commitments()
    body = np.zeros(len(specific), np.int64)
    of = commitments.kept(found, body, 1)
    assert (of.n_original[0], of.n_current[0]) == (
        told["n_due_by_original"],
        told["n_due_by_current"],
    )
    for value, name in [
        (100 * of.on_time_original[0], "on_time_vs_original_pct"),
        (100 * of.on_time_current[0], "on_time_vs_current_pct"),
        (100 * of.laundering[0], "deadline_laundering_pp"),
        (100 * of.completed[0], "completion_rate_of_due_pct"),
        (of.revisions[0], "total_revisions_per_dated_commitment"),
        (specific.mean(), "mean_specificity"),
        (100 * (specific <= 1).mean(), "lip_service_share_pct_specificity_le1"),
    ]:
        assert value == pytest.approx(told[name], **EXACT), name

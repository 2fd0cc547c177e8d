"""Who pays how: each planted way of paying shows in its own figure, and the decoys show none."""

from __future__ import annotations

import functools

import numpy as np

from tests.made_up.given import (
    AS_OF,
    BIG,
    IDS,
    MANY,
    WHO,
    WHOLE,
    bodies,
    column,
    days,
    rivals,
    rows,
    table,
)
from troth.made_up.chance import date_of
from troth.made_up.paying import REPORTING
from troth.measure import arrears, interrupted, judgments, payments, rejections
from troth.measure.grouped import Share
from troth.measure.payments import Invoices
from troth.measure.survival import quantile
from troth.tables.money import INVOICE, INVOICE_SUSPENSION

CITY = "drops_what_it_inherited"


@functools.cache
def invoices() -> Invoices:
    found = payments.by_currency(table(INVOICE), IDS, table(INVOICE_SUSPENSION))
    assert list(found) == ["XTS"]
    return found["XTS"]


def of_kept(name: str) -> np.ndarray:
    assert invoices().row is not None
    return column("invoice", name)[invoices().row]


def test_about_one_value_in_a_hundred_is_lacking_where_it_may_be() -> None:
    for name in ("amount", "due_date", "supplier_sme", "returned_count"):
        lacking = np.mean([value is None for value in column("invoice", name)])
        assert 0.005 < lacking < 0.02


def test_one_town_pays_slowly_in_every_measure_of_speed() -> None:
    slow = WHO["pays_slowly"]
    touched = ("pays_slowly", "lets_old_invoices_lie", "returns_invoices", "pays_small_firms_later",
               "dresses_quarter_ends")  # fmt: skip
    pmp, itp = payments.pmp(invoices(), WHOLE).value, payments.itp(invoices(), WHOLE).value
    medians = np.array([quantile(c).value for c in rejections.time_to_pay(invoices(), AS_OF)])
    for value in (pmp, itp, medians):
        assert value[slow] > 1.5 * rivals(value, *touched).max()


def test_quarter_ends_are_dressed_in_one_town() -> None:
    reporting = [np.datetime64(date_of(day)) for day in REPORTING]
    found = arrears.window_dressing(invoices(), WHOLE, reporting)
    rest = rivals(found.value, "dresses_quarter_ends")
    assert found.value[WHO["dresses_quarter_ends"]] > 0.4
    assert abs(np.median(rest)) < 0.15
    assert found.value[WHO["dresses_quarter_ends"]] > rest.max() + 0.15
    assert found.rebound[WHO["dresses_quarter_ends"]] > 0.2


def test_old_invoices_lie_in_one_town() -> None:
    stock = arrears.stock(invoices(), AS_OF)
    spent = np.array([row["expenditure_total"] for row in rows("body_year")]).reshape(MANY, 8)
    ratio = stock.amount / spent[:, -1]
    touched = ("lets_old_invoices_lie", "returns_invoices")
    assert stock.old_share[WHO["lets_old_invoices_lie"]] > 0.7
    assert np.nanmedian(rivals(stock.old_share, *touched)) < 0.2
    assert ratio[WHO["lets_old_invoices_lie"]] > 2 * rivals(ratio, *touched).max()


def churn() -> Share:
    names = np.unique(of_kept("supplier").astype(str), return_inverse=True)[1]
    returned = np.array([np.nan if v is None else v for v in of_kept("returned_count")], float)
    return rejections.churn(invoices(), names, returned, AS_OF)


def test_invoices_are_sent_back_by_one_town() -> None:
    found = churn().value
    assert found[WHO["returns_invoices"]] > 0.15 > rivals(found, "returns_invoices").max()


def test_small_firms_wait_longer_in_one_town() -> None:
    small = np.array([np.nan if v is None else v for v in of_kept("supplier_sme")], float)
    gap = rejections.small_firm_gap(invoices(), small, AS_OF).value
    assert 20 < gap[WHO["pays_small_firms_later"]] < 40
    assert np.abs(rivals(gap, "pays_small_firms_later")).max() < 12


def mean_days(number: int, since: str, until: str, inherited: bool) -> float:
    """Mean days to pay what came in between, for contracts signed before May 2021 or after."""
    signed = {
        row["registered_contract_id"]: row["date_signed"] for row in rows("registered_contract")
    }
    received, paid = days("invoice", "received_date"), days("invoice", "paid_date")
    contract = column("invoice", "contract_id")
    before = np.array([
        name is not None and (np.datetime64(signed[name]) < np.datetime64("2021-05-03")) == inherited
        for name in contract
    ])  # fmt: skip
    which = (bodies("invoice") == number) & before & ~np.isnat(paid)
    which &= (received >= np.datetime64(since)) & (received < np.datetime64(until))
    return float((paid - received)[which].astype(float).mean())


def test_the_city_makes_inherited_contracts_wait_and_no_others() -> None:
    city = WHO[CITY]
    after, own = (mean_days(city, "2021-05-03", "2022-05-03", of) for of in (True, False))
    before = mean_days(city, "2020-05-03", "2021-05-03", True)
    assert after > before + 40 and abs(own - before) < 15


def test_a_budget_cut_slows_all_contracts_alike_and_not_at_the_change() -> None:
    cut = WHO["cuts_its_budget"]
    old, new = (mean_days(cut, "2022-07-01", "2023-07-01", of) for of in (True, False))
    assert abs(old - new) < 20
    before = mean_days(cut, "2020-05-03", "2021-05-03", True)
    assert new > before + 15
    assert abs(mean_days(cut, "2021-05-03", "2022-05-03", True) - before) < 20


def test_an_event_study_finds_the_city_and_not_the_budget_cut() -> None:
    signed = {
        row["registered_contract_id"]: row["date_signed"] for row in rows("registered_contract")
    }
    received, paid = days("invoice", "received_date"), days("invoice", "paid_date")
    change = np.datetime64("2021-05-03")
    inherited = np.array([
        name is not None and np.datetime64(signed[name]) < change
        for name in column("invoice", "contract_id")
    ])  # fmt: skip

    def found(number: int) -> float:
        """Mean of the first three quarters, against bodies in which office had not changed."""
        rest = [n for n in BIG if n not in {WHO[CITY], WHO["cuts_its_budget"]}][:12]
        quarters, values, of_body = [], [], []
        for each in (number, *rest):
            which = (bodies("invoice") == each) & ~np.isnat(paid)
            if each == number:
                which &= inherited
            quarter = (received[which] - change).astype(int) // 91
            waits = (paid - received)[which].astype(float)
            for k in range(-8, 4):
                quarters.append(k)
                values.append(float(waits[quarter == k].mean()))
                of_body.append(each)
        whose = np.array(of_body)
        starts = np.where(whose == number, 0.0, np.nan)
        study = interrupted.event_study(
            whose, np.array(quarters), np.array(values), starts, window=3
        )
        assert not study.problem
        first = (study.quarter >= 0) & (study.quarter <= 2)
        return float(np.nanmean(study.delta[first]))

    assert found(WHO[CITY]) > 30
    assert abs(found(WHO["cuts_its_budget"])) < 20


def owed(name: str, key: str, due: str, amounts: np.ndarray) -> judgments.Owed:
    place = {row[key]: number for number, row in enumerate(rows(name))}
    paid = rows(f"{name}_payment")
    return judgments.Owed(
        "XTS",
        bodies(name),
        MANY,
        amounts,
        days(name, due),
        np.array([place[row[key]] for row in paid]),
        days(f"{name}_payment", "date"),
        np.array([row["amount"] for row in paid]),
        "XTS",
    )


def test_judgments_stay_unpaid_in_one_town() -> None:
    amounts = column("judgment", "amount").astype(float)
    curves = judgments.time_to_settle(owed("judgment", "judgment_id", "final_date", amounts), AS_OF)
    waiting = np.array([curve.at(180)[0] for curve in curves])
    assert waiting[WHO["leaves_judgments_unpaid"]] > 0.55
    assert np.nanmax(rivals(waiting, "leaves_judgments_unpaid")) < 0.4


def test_lenders_are_not_paid_by_one_ministry_and_the_market_sees_it() -> None:
    amounts = (column("debt", "principal_due") + column("debt", "interest_due")).astype(float)
    unpaid = judgments.outstanding(owed("debt", "debt_id", "due_date", amounts), AS_OF).share
    ministry = WHO["defaults_on_lenders"]
    assert unpaid[ministry] > 0.2 > np.nanmax(rivals(unpaid, "defaults_on_lenders"))
    spread = {number: [] for number in range(MANY)}  # type: dict[int, list[float]]
    for row in rows("quote"):
        if row["date"].year >= 2022:
            spread[IDS.index(row["body_id"])].append(row["spread_bp"] - row["peer_spread_bp"])
    means = {number: float(np.mean(found)) for number, found in spread.items() if found}
    assert means.pop(ministry) > 60 + max(means.values())

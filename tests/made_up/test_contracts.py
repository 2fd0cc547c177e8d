"""Contracts: the city breaks what it inherited; bodies whose change is quiet do not."""

from __future__ import annotations

import functools
from collections import Counter

import numpy as np

from tests.made_up.given import (
    AS_OF,
    MANY,
    NUMBER,
    WHO,
    bodies,
    changes,
    column,
    country,
    days,
    rivals,
    rows,
    share,
)
from troth.made_up.contracts import EXCUSES
from troth.measure import cox, exposure, rates
from troth.measure.agreement import Scale, krippendorff

CITY = "drops_what_it_inherited"
CONTRACT = "registered_contract"


def body_of_contract() -> dict[str, int]:
    return {row["registered_contract_id"]: NUMBER[row["body_id"]] for row in rows(CONTRACT)}


def breached() -> np.ndarray:
    return np.isin(column(CONTRACT, "final_status"), ["cancelled", "incomplete"])


@functools.cache
def at_risk() -> exposure.Rows:
    return exposure.rows(
        bodies(CONTRACT),
        days(CONTRACT, "date_signed"),
        days(CONTRACT, "final_status_date"),
        breached(),
        changes(),
        AS_OF,
    )


def of(every: exposure.Rows, number: int) -> exposure.Rows:
    mine = every.body == number
    parts = {
        name: getattr(every, name)[mine]
        for name in ("contract", "body", "start", "stop", "event", "soon", "later", "first_change")
    }
    return exposure.Rows(**parts, left_out=0)


def test_the_hazard_of_breach_rises_in_the_city_and_not_where_nothing_followed() -> None:
    city = cox.after_change(of(at_risk(), WHO[CITY]))
    assert 1.8 < city.hazard_ratio[0] < 5.0 and city.low[0] > 1.4
    for quiet in ("cuts_its_budget", "quiet_change"):
        time = rates.log_ratios(rates.person_time(at_risk(), MANY))
        z = time.value / np.sqrt(time.variance)
        assert abs(z[WHO[quiet]]) < 3.8 < z[WHO[CITY]]


def test_without_the_city_the_country_shows_no_effect() -> None:
    rest = at_risk()
    kept = rest.body != WHO[CITY]
    parts = {
        name: getattr(rest, name)[kept]
        for name in ("contract", "body", "start", "stop", "event", "soon", "later", "first_change")
    }
    found = rates.pooled(exposure.Rows(**parts, left_out=0))
    assert found.low < 1 < found.high and found.events > 500


def test_breaches_crowd_in_december_in_every_body_alike() -> None:
    ended = days(CONTRACT, "final_status_date")[breached()].astype("datetime64[M]")
    months = np.bincount(ended.astype(int) % 12, minlength=12)
    assert months[11] > 1.5 * np.median(months)


def adverse_share(number: int) -> tuple[float, float]:
    """Of contracts open at the city's day, the share cut or halted in the year after and before."""
    cut = {
        row["registered_contract_id"]: row["date"]
        for row in rows("registered_change")
        if row["kind"] in {"value", "scope", "suspension"}
    }
    found = []
    for day in ("2021-05-03", "2020-05-03"):
        since, until = np.datetime64(day), np.datetime64(day) + 365
        open_then = [
            row
            for row in rows(CONTRACT)
            if NUMBER[row["body_id"]] == number
            and np.datetime64(row["date_signed"]) < since
            and not (row["final_status_date"] and np.datetime64(row["final_status_date"]) <= since)
        ]
        hits = [
            since < np.datetime64(cut.get(row["registered_contract_id"], "1900-01-01")) <= until
            for row in open_then
        ]
        found.append(float(np.mean(hits)))
    return found[0], found[1]


def test_what_the_city_inherited_is_cut_and_halted() -> None:
    after, before = adverse_share(WHO[CITY])
    assert after > before + 0.15
    after, before = adverse_share(WHO["quiet_change"])
    assert abs(after - before) < 0.2


def test_inherited_milestones_slip_in_the_city() -> None:
    signed = {row["registered_contract_id"]: row["date_signed"] for row in rows(CONTRACT)}
    slips: dict[bool, list[int]] = {True: [], False: []}
    for row in rows("registered_milestone"):
        name = row["registered_contract_id"]
        if body_of_contract_cached()[name] != WHO[CITY] or row["date_met"] is None:
            continue
        due = row["original_due_date"]
        if np.datetime64("2021-05-03") < np.datetime64(due) < np.datetime64("2022-05-03"):
            inherited = np.datetime64(signed[name]) < np.datetime64("2021-05-03")
            slips[bool(inherited)].append((row["date_met"] - due).days)
    assert np.median(slips[True]) > np.median(slips[False]) + 60


@functools.cache
def body_of_contract_cached() -> dict[str, int]:
    return body_of_contract()


def test_broken_contracts_of_the_city_are_tendered_again() -> None:
    objects = Counter(
        (row["body_id"], row["classification"], row["title"], row["place"])
        for row in rows(CONTRACT)
    )
    again = np.array([
        objects[row["body_id"], row["classification"], row["title"], row["place"]] > 1
        for row in rows(CONTRACT)
    ])  # fmt: skip
    ended = days(CONTRACT, "final_status_date")
    mine = breached() & (bodies(CONTRACT) == WHO[CITY])
    year = (ended >= np.datetime64("2021-05-03")) & (ended < np.datetime64("2022-05-03"))
    elsewhere = breached() & (bodies(CONTRACT) != WHO[CITY])
    assert again[mine & year].mean() > 0.3 > again[elsewhere].mean()


def test_the_change_is_the_excuse_and_assessors_agree_on_it() -> None:
    coded = [row for row in rows("assessment") if row["code"] == "stated_reason"]
    by_item: dict[str, list[float]] = {}
    for row in coded:
        by_item.setdefault(row["item_id"], []).append(row["value"])
    assert all(len(values) == 2 for values in by_item.values())
    both = np.array(list(by_item.values()), float)
    assert (both[:, 0] == both[:, 1]).mean() > 0.9
    item = np.array([body_of_contract_cached()[name] for name in by_item])
    excused = share(both.max(axis=1), item)
    assert excused[WHO[CITY]] > 2 * np.nanmedian(rivals(excused, CITY))
    found = krippendorff(both.T, Scale.NOMINAL, np.random.default_rng(1), resamples=0)
    assert found.alpha is not None and found.alpha > 0.667


def test_reasons_are_given_and_changes_are_lawful_but_in_one_ministry() -> None:
    lawful = np.array(
        [
            all(row[name] is not None for name in ("rationale", "legal_basis", "compensation"))
            and row["published"]
            for row in rows("registered_change")
        ]
    )
    body = np.array(
        [
            body_of_contract_cached()[row["registered_contract_id"]]
            for row in rows("registered_change")
        ]
    )
    found = share(lawful, body)
    assert found[WHO["changes_without_law"]] < 0.3 < rivals(found, "changes_without_law").min()
    assert set(EXCUSES) & {row["rationale"] for row in rows("registered_change")}


def test_works_are_abandoned_in_one_town_and_payments_missing_in_one_ministry() -> None:
    works = [row for row in rows(CONTRACT) if row["kind"] == "works"]
    late = [
        row["final_status"] is None and np.datetime64(row["period_end"]) + 365 < AS_OF
        for row in works
    ]
    found = share(np.array(late), np.array([NUMBER[row["body_id"]] for row in works]))
    assert found[WHO["abandons_works"]] > 1.5 * rivals(found, "abandons_works").max()
    met: Counter[int] = Counter()
    paid: Counter[int] = Counter()
    of_contract = body_of_contract_cached()
    for row in rows("registered_milestone"):
        met[of_contract[row["registered_contract_id"]]] += row["date_met"] is not None
    for row in rows("registered_payment"):
        paid[of_contract[row["registered_contract_id"]]] += 1
    lacking = np.array([1 - paid[number] / met[number] for number in range(MANY)])
    assert lacking[WHO["hides_arrears"]] > 0.4
    assert rivals(lacking, "hides_arrears").max() < 0.15


def test_releases_are_of_the_same_contracts_and_one_agency_gets_one_bid() -> None:
    contracts = {row["ocid"]: row for row in rows(CONTRACT)}
    single: dict[int, list[bool]] = {}
    for release in country().releases:
        assert release["buyer"]["name"].endswith("(invented)")
        signed = release.get("contracts")
        if not signed:
            assert release["tender"]["status"] == "unsuccessful"
            continue
        row = contracts.pop(release["ocid"])
        assert signed[0]["value"]["amount"] == row["amount"]
        assert release["awards"][0]["suppliers"][0]["id"] == row["supplier"]
        if release["tender"]["procurementMethod"] == "open":
            one = release["tender"]["numberOfTenderers"] == 1
            single.setdefault(NUMBER[row["body_id"]], []).append(one)
    assert not contracts
    found = np.array([np.mean(single[number]) for number in range(MANY)])
    assert found[WHO["one_bid"]] > 0.475 > rivals(found, "one_bid").max()

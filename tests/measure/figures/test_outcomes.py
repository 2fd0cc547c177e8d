"""Figures of outcomes, from small ledgers with planted effects to the row of a measurement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.made_up.given import IDS, WHO, table
from tests.measure.made_ledgers import beside, lined, of, registered
from tests.shared import shared
from troth.measure.figures.base import Z
from troth.measure.figures.outcomes import Slopes
from troth.measure.intervals import wilson
from troth.measure.ledgers import LedgersMeasured, measure_ledgers
from troth.measure.plan import plan
from troth.measure.shrink import gamma_poisson
from troth.sources.ledgers.read import read
from troth.tables import LEDGERS
from troth.tables.body import PUBLIC_BODY

DAY = date(2024, 12, 31)
Row = dict[str, Any]

#: What an entry says where a story says nothing.
USUAL = {
    "body_id": "A",
    "body_kind": PUBLIC_BODY,
    "channel": "complaint",
    "currency": "EUR",
    "fiscal_year": 2024,
    "question": "content?",
    "tenor": 60,
    "tender_id": "t",
}


def measured(
    day: date = DAY, bodies: tuple[str, ...] = ("A", "B"), **ledgers: list[Row]
) -> LedgersMeasured:
    given_rows = {name: ledger(name, rows) for name, rows in ledgers.items()}
    return judged(given_rows, bodies, day)


def judged(ledgers: dict[str, pa.Table], bodies: tuple[str, ...], day: date) -> LedgersMeasured:
    register = registered(bodies)
    return measure_ledgers(ledgers, plan(), register, pa.array(bodies, pa.string()), day)


def ledger(name: str, rows: list[Row]) -> pa.Table:
    table = LEDGERS[name]
    usual = {key: value for key, value in USUAL.items() if key in table.names}
    own = table.key[0]
    made = table.rows(
        [{**usual, **({own: f"{name}{n}"} if own.endswith("_id") and own != "body_id" else {}), **row}
         for n, row in enumerate(rows)]
    )  # fmt: skip
    return lined(name, made)


# -- complaints ----------------------------------------------------------------------------------


def came(count: int, body: str = "A", day: date = date(2024, 3, 1), **more: Any) -> list[Row]:
    return [{"case_id": f"{body}{day}{n}{more}", "body_id": body, "received": day, **more}
            for n in range(count)]  # fmt: skip


def test_complaints_by_residents_with_the_exact_interval() -> None:
    residents = [{"population": 100_000}, {"body_id": "B", "population": 5_000}]
    found = measured(case=came(20) + came(19, "B"), body_year=residents)
    row = of(found, "O01")
    # 20 in a year of 100,000: 2 for every 10,000; a Poisson 20 is from 13.25 to 29.06 (exact, 90 %).
    assert (row["status"], row["n"], row["value"]) == ("published", 20, 2.0)
    assert (row["low"], row["high"]) == pytest.approx((1.32547, 2.90620), abs=1e-5)
    assert of(found, "O01", "B")["status"] == "too_few_cases"
    said = beside(found, "O01")
    slow = gamma_poisson(np.array([20.0, 19.0]), np.array([10.0, 0.5]))
    assert said["drawn towards peers, per 10,000"] == pytest.approx(slow.estimate[0])
    assert said["reliability among peers, share"] == pytest.approx(slow.reliability[0])
    assert said["residents"] == 100_000


def test_half_a_year_is_half_an_exposure() -> None:
    found = measured(date(2024, 6, 30), case=came(40), body_year=[{"population": 100_000}])
    # 182 of 365.25 days, from 1 January to 30 June.
    assert of(found, "O01", period="2024")["value"] == pytest.approx(4 / (182 / 365.25))
    assert of(found, "O01")["value"] == 4.0


def test_peer_groups_are_those_that_are_given() -> None:
    """Ten quiet towns and ten loud cities: each is drawn towards its own kind."""
    names = tuple(f"{kind}{n}" for kind in "tc" for n in range(10))
    cases = [row for name in names for row in came(20 if name[0] == "t" else 60, name)]
    years = [{"body_id": name, "population": 10_000, "peer_group": name[0]} for name in names]
    found = measured(bodies=names, case=cases, body_year=years)
    assert beside(found, "O01", "t0")["drawn towards peers, per 10,000"] == pytest.approx(20)
    assert beside(found, "O01", "c0")["drawn towards peers, per 10,000"] == pytest.approx(60)


def decided(
    yes: int, no: int, body: str = "A", each: int = 1, day: date = date(2024, 5, 1)
) -> list[Row]:
    """Decisions that uphold or not, each with so many findings."""
    return [
        {
            "case_id": f"{body}{n}/{one}", "body_id": body, "closed": day, "upheld": n < yes,
            "decision_key": f"{body}{n}",
        }
        for n in range(yes + no) for one in range(each)
    ]  # fmt: skip


def test_upheld_of_single_findings_is_wilsons_share() -> None:
    row = of(measured(case=decided(9, 21)), "O02")
    assert (row["status"], row["n"], row["value"]) == ("published", 30, 0.3)
    low, high = wilson(np.array([9]), np.array([30]))
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]))


def test_three_findings_alike_are_worth_one_decision() -> None:
    single, triple = measured(case=decided(9, 21)), measured(case=decided(9, 21, each=3))
    said = beside(triple, "O02")
    assert said["correlation inside decisions, over all bodies"] == pytest.approx(1)
    assert said["findings"] == 90
    assert said["findings that count, after those of one decision"] == pytest.approx(30)
    for end in ("n", "value", "low", "high"):
        assert of(triple, "O02")[end] == pytest.approx(of(single, "O02")[end])


def test_nobody_is_ranked_where_bodies_do_not_differ() -> None:
    """Thirty councils at 50 %, alike, and a small one with 9 of 12 upheld: a share, and no rank."""
    names = (*(f"c{n:02}" for n in range(30)), "small", "tiny")
    cases = [row for name in names[:30] for row in decided(50, 50, name)]
    found = measured(bodies=names, case=cases + decided(9, 3, "small") + decided(9, 0, "tiny"))
    row = of(found, "O02", "small")
    assert (row["status"], row["n"], row["value"]) == ("published", 12, 0.75)
    said = beside(found, "O02", "small")
    assert said["standing among peers"].startswith("not ranked: its peers differ no more")
    # Peers who do not differ weigh as 10 times the largest, 1,000 decisions: 12 / 1,012.
    assert said["reliability among peers, share"] == pytest.approx(12 / 1012)
    assert said["drawn towards peers, share"] == pytest.approx(0.5, abs=0.01)
    assert of(found, "O02", "tiny")["status"] == "too_few_cases"


def test_few_decisions_are_withheld_where_peers_weigh_more() -> None:
    """Councils between 46 and 54 %, of 2,000 decisions each: 12 decisions say less than they do."""
    names = (*(f"c{n:02}" for n in range(8)), "small")
    wide = (-80, -60, -40, -20, 20, 40, 60, 80)
    cases = [
        row
        for name, off in zip(names, wide, strict=False)
        for row in decided(1000 + off, 1000 - off, name)
    ]
    row = of(measured(bodies=names, case=cases + decided(9, 3, "small")), "O02", "small")
    assert (row["status"], row["n"], row["value"]) == ("withheld", 12, None)
    assert row["reason"].startswith("the body's own decisions weigh 0.0")


def test_where_bodies_differ_the_words_say_who_may_be_ranked() -> None:
    names = (*(f"c{n:02}" for n in range(20)), "small")
    cases = [
        row
        for n, name in enumerate(names[:20])
        for row in decided(10 + 4 * (n % 10) * 2, 90 - 4 * (n % 10) * 2, name)
    ]
    found = measured(bodies=names, case=cases + decided(6, 6, "small"))
    assert beside(found, "O02", "c00")["standing among peers"] == "may be ranked"
    own = beside(found, "O02", "small")
    assert own["reliability among peers, share"] > 0.5
    # 12 decisions are drawn towards the peers' middle; it stays between the two.
    middle = np.mean([0.1 + 0.08 * n for n in range(10)])
    assert min(0.5, middle) <= own["drawn towards peers, share"] <= max(0.5, middle)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20), st.randoms(use_true_random=False))
def test_one_more_upheld_never_lowers_the_rate_and_order_changes_nothing(
    yes: int, no: int, random: Any
) -> None:
    rows = decided(yes + 5, no + 5)
    before = of(measured(case=rows), "O02")
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert of(measured(case=shuffled), "O02") == before
    more = [*rows, {"case_id": "more", "closed": date(2024, 5, 1), "upheld": True}]
    assert of(measured(case=more), "O02")["value"] >= before["value"]


def test_councils_of_the_housing_ombudsman_and_those_withheld() -> None:
    """Twelve months to 31 May 2026: of 110 councils with a decision, 27 have a figure."""
    path = shared("data/complaints/uk_housing_ombudsman_findings.csv.gz")
    ledgers = read([path], b"secret")
    bodies = tuple(sorted(ledgers.bodies))
    found = judged(dict(ledgers.tables), bodies, date(2026, 5, 31))
    rows = [
        row
        for row in found.measurement.to_pylist()
        if (row["indicator"], row["period"]) == ("O02", "all")
    ]
    statuses = [row["status"] for row in rows]
    assert len(bodies) == 114
    assert (statuses.count("published"), statuses.count("too_few_cases")) == (27, 83)
    assert all(row["n"] >= 10 for row in rows if row["status"] == "published")
    assert all(row["value"] is None for row in rows if row["status"] != "published")
    words = [beside(found, "O02", row["body_id"]) for row in rows if row["status"] == "published"]
    ranked = [one["standing among peers"] == "may be ranked" for one in words]
    assert (ranked.count(True), ranked.count(False)) == (16, 11)
    # Nobody's day of receipt is known, and no time is made up.
    assert of(found, "O03", bodies[0])["status"] == "not_measurable"


def test_days_to_closure_and_the_share_in_time() -> None:
    """Forty cases closed after 1 to 40 days; 20 were allowed; ten are open and late, ten not yet."""
    rows = [
        {"received": date(2024, 3, 1), "closed": date(2024, 3, 1) + timedelta(days=n),
         "sla_days": 20, "sla_days_kind": "calendar"}
        for n in range(1, 41)
    ]  # fmt: skip
    rows += [
        {"received": DAY - timedelta(days=60), "sla_days": 20, "sla_days_kind": "calendar"}
    ] * 10
    rows += [
        {"received": DAY - timedelta(days=10), "sla_days": 20, "sla_days_kind": "calendar"}
    ] * 10
    found = measured(case=rows)
    row, said = of(found, "O03"), beside(found, "O03")
    assert (row["status"], row["n"]) == ("published", 60)
    # At 10 days 10 of 60 are closed, then 50 are at risk and 10 of them leave: S(10) = 5/6, and each
    # day one of 40, 39, ...: S(t) = 5/6 (1 - (t - 10) / 40) until it is 1/2 at 26 days.
    assert row["value"] == pytest.approx(26.5, abs=0.5)
    # 20 of 40 closed in time; the ten that are late already count, the ten that are not yet do not.
    assert said["within the time allowed, share"] == pytest.approx(20 / 50)
    assert said["cases with a time allowed in calendar days"] == 50


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=31, max_size=31), st.integers(1, 60))
def test_a_later_day_of_judgement_never_takes_a_closure_back(days: list[int], later: int) -> None:
    start = date(2024, 6, 1)
    rows = [{"received": start, "closed": start + timedelta(days=n)} for n in days]
    known = False
    for day in (date(2024, 10, 1), date(2024, 10, 1) + timedelta(days=later)):
        value = of(measured(day, case=rows), "O03")["value"]
        closed = sum(row["closed"] <= day for row in rows)
        # All came in on one day, so that the sixteenth of 31 to be closed is the median, once it is.
        assert value == (sorted(days)[15] if closed >= 16 else None)
        assert value is not None or not known
        known = value is not None


def test_escalation_and_recurrence_are_shares_of_closed_cases() -> None:
    closed = {"received": date(2024, 1, 1), "closed": date(2024, 2, 1)}
    taken = [{**closed, "escalated_to": "court" if n < 6 else "nowhere"} for n in range(40)]
    row = of(measured(case=taken), "O04")
    assert (row["n"], row["hits"], row["value"]) == (40, 6, 0.15)
    back = [{**closed, "topic_key": "roads", "place_key": f"p{n}"} for n in range(60)]
    again = [
        {"received": date(2024, 5, 1), "topic_key": "roads", "place_key": f"p{n}"} for n in range(9)
    ]
    row = of(measured(case=back + again), "O05")
    assert (row["n"], row["hits"], row["value"]) == (60, 9, 0.15)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_recurrences_are_those_found_pair_by_pair(seed: int) -> None:
    """The slow way: every closed case beside every other of its body, topic and place."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "case_id": f"c{n}",
            "body_id": "AB"[rng.integers(2)],
            "received": (came := date(2024, 1, 1) + timedelta(days=int(rng.integers(170)))),
            "closed": came + timedelta(days=int(rng.integers(9))) if rng.random() < 0.8 else None,
            "topic_key": f"t{rng.integers(12)}",
            "place_key": f"p{rng.integers(12)}",
        }
        for n in range(300)
    ]
    same = ("body_id", "topic_key", "place_key")
    again = {
        one["case_id"]
        for one in rows
        for other in rows
        if one["closed"] and all(one[name] == other[name] for name in same)
        and 0 < (other["received"] - one["closed"]).days <= 180
    }  # fmt: skip
    found = measured(case=rows)
    hits = sum(of(found, "O05", body)["hits"] for body in "AB")
    assert hits == len(again) > 20
    shown = {row["entry_id"] for row in found.entry.to_pylist()
             if row["indicator"] == "O05" and row["flagged"]}  # fmt: skip
    assert shown <= again


# -- surveys -------------------------------------------------------------------------------------


def test_satisfaction_with_what_it_can_be_among_all_who_were_asked() -> None:
    rows = [
        {"wave": "1", "about": "satisfaction", "date": date(2024, 5, 1), "n": 60, "asked": 100,
         "share_or_mean": 0.8},
        {"body_id": "B", "wave": "1", "about": "satisfaction", "date": date(2024, 5, 1), "n": 60,
         "share_or_mean": 0.8},
    ]  # fmt: skip
    found = measured(survey=rows)
    row, said = of(found, "O06"), beside(found, "O06")
    assert (row["status"], row["n"], row["value"]) == ("published", 60, 0.8)
    low, high = wilson(np.array([48.0]), np.array([60.0]))
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]))
    # s r = .8 * .6 = .48; s r + 1 - r = .88.
    assert said["answered of those asked, share"] == 0.6
    assert said["least that it can be among all who were asked, share"] == pytest.approx(0.48)
    assert said["most that it can be among all who were asked, share"] == pytest.approx(0.88)
    assert beside(found, "O06", "B") == {"bounds": "not known how many were asked"}


def test_two_surveys_count_by_their_answers() -> None:
    rows = [
        {"wave": wave, "about": "satisfaction", "date": date(2024, 5, 1), "n": n, "asked": asked,
         "share_or_mean": share}
        for wave, n, asked, share in (("1", 30, 40, 0.9), ("2", 90, 200, 0.5))
    ]  # fmt: skip
    found = measured(survey=rows)
    assert of(found, "O06")["value"] == pytest.approx((27 + 45) / 120)
    said = beside(found, "O06")
    assert said["least that it can be among all who were asked, share"] == pytest.approx(72 / 240)
    assert said["most that it can be among all who were asked, share"] == pytest.approx(192 / 240)


@settings(max_examples=8, deadline=None)
@given(st.floats(0, 1), st.integers(30, 100), st.integers(0, 100), st.floats(0, 1))
def test_bounds_hold_whatever_the_silent_would_have_said(
    share: float, n: int, silent: int, theirs: float
) -> None:
    row = {"wave": "1", "about": "satisfaction", "date": date(2024, 5, 1), "n": n,
           "asked": n + silent, "share_or_mean": share}  # fmt: skip
    said = beside(measured(survey=[row]), "O06")
    whole = (share * n + theirs * silent) / (n + silent)
    assert said["least that it can be among all who were asked, share"] <= whole + 1e-12
    assert said["most that it can be among all who were asked, share"] >= whole - 1e-12


def test_who_disappoints_in_the_invented_country_is_found() -> None:
    rows = table(LEDGERS["survey"])
    count = rows.num_rows
    rows = rows.append_column("file", pa.array(["x"] * count).dictionary_encode())
    rows = rows.append_column("line", pa.array(np.arange(count)))
    found = judged({"survey": rows}, tuple(IDS), DAY)
    for code in ("O06", "O07"):
        values = {
            row["body_id"]: row["value"]
            for row in found.measurement.to_pylist()
            if (row["indicator"], row["period"], row["status"]) == (code, "all", "published")
        }
        assert len(values) > 30
        assert min(values, key=values.__getitem__) == IDS[WHO["disappoints"]]


def trust(body: str, wave: str = "1", **more: Any) -> Row:
    return {
        "body_id": body, "wave": wave, "about": "trust", "date": date(2024, 5, 1), "n": 900,
        "share_or_mean": 0.4, **more,
    }  # fmt: skip


def test_trust_is_as_sure_as_the_design_of_its_survey() -> None:
    found = measured(
        bodies=("A", "B", "C"),
        survey=[trust("A", n_eff=600.0), trust("B", se=0.02), trust("C", n_eff=199.0)],
    )
    row = of(found, "O07")
    low, high = wilson(np.array([240.0]), np.array([600.0]))
    assert row["n"] == 600
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]))
    # Its own error: .4 -+ 1.645 * .02, worth .24 / .0004 = 600 answers.
    row = of(found, "O07", "B")
    assert (row["n"], row["std_err"]) == (600, pytest.approx(0.02))
    assert (row["low"], row["high"]) == pytest.approx((0.4 - Z * 0.02, 0.4 + Z * 0.02))
    assert of(found, "O07", "C")["status"] == "too_few_cases"


def test_two_waves_are_surer_than_one() -> None:
    found = measured(survey=[trust("A", se=0.02), trust("A", "2", se=0.02, share_or_mean=0.6)])
    row = of(found, "O07")
    assert row["value"] == pytest.approx(0.5)
    assert row["std_err"] == pytest.approx(0.02 / np.sqrt(2))


# -- bidders -------------------------------------------------------------------------------------


def panel(seed: int, noise: float) -> tuple[np.ndarray, ...]:
    """Bids of three bodies: x, cell, body, cluster, and y with planted slopes."""
    rng = np.random.default_rng(seed)
    count = 240
    body, cluster = np.arange(count) % 3, np.arange(count) // 2
    body = body[cluster * 2 % count]
    cell = rng.integers(0, 12, count // 2)[cluster]
    x = rng.uniform(20, 90, count // 2)[cluster]
    slopes, level = np.array([0.003, -0.001, 0.0]), np.array([0.1, 0.3, -0.2])
    y = slopes[body] * x + level[body] + rng.normal(0, 1, 12)[cell] + rng.normal(0, noise, count)
    return y, x, cell, body, cluster


def test_planted_slopes_are_found_without_noise() -> None:
    found = Slopes.of(*panel(1, 0.0), 4)
    np.testing.assert_allclose(found.slope, [0.003, -0.001, 0.0, np.nan], atol=1e-12)
    np.testing.assert_allclose(found.std_err[:3], 0, atol=1e-12)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_slopes_are_those_of_dense_dummies(seed: int) -> None:
    """The slow way: a column for each cell and body, and the sandwich over tenders."""
    y, x, cell, body, cluster = panel(seed, 0.3)
    columns = [(body == b) * x for b in range(3)]
    columns += [(cell == c) * 1.0 for c in range(12)] + [(body == b) * 1.0 for b in range(1, 3)]
    dense = np.stack(columns, axis=1)
    coef = np.linalg.lstsq(dense, y, rcond=None)[0]
    rest = y - dense @ coef
    bread = np.linalg.inv(dense.T @ dense)
    scores = np.zeros((cluster.max() + 1, dense.shape[1]))
    np.add.at(scores, cluster, rest[:, None] * dense)
    many = len(scores)
    error = np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * many / (many - 1))
    found = Slopes.of(y, x, cell, body, cluster, 3)
    np.testing.assert_allclose(found.slope, coef[:3], rtol=1e-8)
    np.testing.assert_allclose(found.std_err, error[:3], rtol=1e-8)


def test_a_body_alone_in_its_cells_has_no_slope() -> None:
    y, x, cell, body, cluster = panel(5, 0.1)
    alone = np.where(body == 2, 100 + cluster, cell)
    found = Slopes.of(y, x, alone, body, cluster, 3)
    assert np.isfinite(found.slope[:2]).all()
    assert np.isnan(found.slope[2])


def bids_and_bills(premium: float) -> tuple[list[Row], list[Row]]:
    """Two bodies, 110 tenders each over 22 months; A comes to pay later, B always after 30 days."""
    bills, bids = [], []
    start = np.datetime64("2022-01", "M")
    waits = {"A": lambda month: 20 + 2 * month, "B": lambda _: 30}
    for body, wait in waits.items():
        for month in range(36):
            for _ in range(3):
                came_in = (start + month).astype("datetime64[D]").item()
                bills.append(
                    {"body_id": body, "received_date": came_in, "amount": 1.0,
                     "paid_date": came_in + timedelta(days=wait(month))}
                )  # fmt: skip
    for month in range(13, 35):
        first = (start + month).astype("datetime64[D]").item()
        for body, wait in waits.items():
            # The median of the twelve months before, of 3 invoices each, paid or still waiting.
            seen = np.median([wait(m) for m in range(month - 12, month)])
            for n in range(5):
                bids.append(
                    {"body_id": body, "tender_id": f"{body}{month}/{n}", "date": first,
                     "classification": "CPV:45", "estimate": 100.0,
                     "amount": 100 * float(np.exp(premium * seen + 0.01 * month + 0.02 * n))}
                )  # fmt: skip
    return bids, bills


def test_a_planted_premium_is_found() -> None:
    bids, bills = bids_and_bills(0.004)
    found = measured(offer=bids, invoice=bills)
    row = of(found, "O08")
    assert (row["status"], row["n"]) == ("published", 110)
    # 10 days more: exp(.04) - 1 = 4.08 %.
    assert row["value"] == pytest.approx(np.expm1(0.04), abs=0.002)
    assert row["low"] < row["value"] < row["high"]
    assert beside(found, "O08")["bids a tender, mean"] == 1
    # B always pays after 30 days: nobody can say what would be if it did not.
    assert of(found, "O08", "B")["status"] == "withheld"
    assert of(found, "O08", "B")["reason"].startswith("days to pay that hardly change")


def test_without_invoices_seen_before_there_is_no_premium() -> None:
    bids, bills = bids_and_bills(0.0)
    row = of(measured(offer=bids, invoice=bills[:30]), "O08")
    assert row["status"] == "withheld"
    assert row["reason"].startswith("too few tenders before which days to pay could be seen")


def suppliers(table: list[tuple[bool, bool, int, float, str]]) -> tuple[list[Row], list[Row]]:
    """(late, left, how many, amount, class): each with a first invoice, and bids."""
    bills, bids, key = [], [], 0
    due = date(2022, 1, 31)
    for late, left, count, amount, kind in table:
        for _ in range(count):
            key += 1
            paid = due + timedelta(days=40 if late else 0)
            bills.append(
                {"supplier_key": key, "amount": amount, "due_date": due, "paid_date": paid}
            )
            days = [date(2021, 6, 1)] + ([] if left else [date(2023, 6, 1)])
            bids += [{"supplier_key": key, "classification": kind, "date": day} for day in days]
    return bills, bids


def test_odds_of_leaving_by_hand() -> None:
    bills, bids = suppliers(
        [(True, True, 20, 100, "x"), (True, False, 10, 100, "x"),
         (False, True, 10, 100, "x"), (False, False, 20, 100, "x")]
    )  # fmt: skip
    found = measured(invoice=bills, offer=bids)
    row, said = of(found, "O09"), beside(found, "O09")
    # 20 * 20 / (10 * 10) = 4; of one table the variance of its log is 1/20 + 1/10 + 1/10 + 1/20.
    assert (row["status"], row["n"], row["value"]) == ("published", 30, pytest.approx(4))
    assert said["log odds ratio, standard error"] == pytest.approx(np.sqrt(0.3))
    assert row["low"] == pytest.approx(4 * np.exp(-Z * np.sqrt(0.3)))
    assert said["paid late and bid no more, share"] == pytest.approx(2 / 3)


def test_matching_takes_out_what_amount_and_class_explain() -> None:
    """In each stratum the odds are alike; small jobs are paid late and end more often."""
    bills, bids = suppliers(
        [(True, True, 40, 100, "x"), (True, False, 10, 100, "x"),
         (False, True, 8, 100, "x"), (False, False, 2, 100, "x"),
         (True, True, 2, 9e5, "y"), (True, False, 8, 9e5, "y"),
         (False, True, 10, 9e5, "y"), (False, False, 40, 9e5, "y")]
    )  # fmt: skip
    row = of(measured(invoice=bills, offer=bids), "O09")
    assert row["value"] == pytest.approx(1)
    crude = (42 * 42) / (18 * 18)
    assert crude > 5
    # In four strata, where nobody has a like, nothing can be said.
    apart = suppliers([(True, True, 40, 100, "x"), (False, False, 40, 9e5, "x")])
    lone = of(measured(invoice=apart[0], offer=apart[1]), "O09")
    assert (lone["status"], lone["reason"]) == (
        "withheld", "no supplier paid late can be matched with one paid in time",
    )  # fmt: skip


# -- lenders -------------------------------------------------------------------------------------


def quotes(spreads: list[float]) -> list[Row]:
    """A quote on the first and one on the 15th of each month of 2024, with this spread above peers."""
    return [
        {"date": date(2024, month, day), "spread_bp": 100 + spread, "peer_spread_bp": 100.0}
        for month, spread in enumerate(spreads, 1)
        for day in (1, 15)
    ]


def test_the_spread_is_a_mean_of_months_with_memory() -> None:
    spreads = [10.0, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32]
    row = of(measured(quote=quotes(spreads)), "O10")
    assert (row["status"], row["n"], row["value"]) == ("published", 12, pytest.approx(21))
    # Newey and West by hand: lag 2, weights 2/3 and 1/3, times 12 / 11, over 12^2.
    u = np.array(spreads) - 21
    meat = u @ u + 2 * (2 / 3 * (u[1:] @ u[:-1]) + 1 / 3 * (u[2:] @ u[:-2]))
    assert row["std_err"] == pytest.approx(np.sqrt(meat * 12 / 11) / 12)
    plain = stats.sem(spreads)
    assert row["std_err"] > 1.5 * plain
    assert of(measured(quote=quotes(spreads[:11])), "O10")["status"] == "too_few_cases"


def test_the_spread_before_and_after_a_judgment() -> None:
    rows = quotes([10.0] * 6 + [25.0] * 6)
    found = measured(quote=rows, judgment=[{"judgment_id": "j", "final_date": date(2024, 6, 20)}])
    said = beside(found, "O10")
    # 90 days from 20 June: July to mid September at 25; before: April to June at 10.
    assert said["change around a final judgment, basis points"] == pytest.approx(15)
    assert said["final judgments with quotes on both sides"] == 1
    without = beside(measured(quote=rows), "O10")
    assert "change around a final judgment, basis points" not in without

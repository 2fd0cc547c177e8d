"""Figures of continuity, through ledgers: worked out by hand, and against R where there are tables."""

from __future__ import annotations

import dataclasses
import functools
from datetime import date, timedelta
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.reference import picked, table
from tests.measure.made_ledgers import Row, beside, ledger, measured, of, of_columns
from troth.indicators import catalogue
from troth.indicators.shared import offices
from troth.measure import cox, exposure
from troth.measure.entries import Said, as_said, carried, printed, unbound_ledgers
from troth.measure.exposure import ImmortalTimeError
from troth.measure.figures.base import Judged, Z
from troth.measure.figures.continuity import halved, office, restricted_mean_influence
from troth.measure.intervals import wilson
from troth.measure.ledgers import LedgersMeasured
from troth.measure.survival import kaplan_meier, restricted_mean
from troth.tables import LEDGERS

CHANGE = date(2020, 1, 1)
AS_OF = date(2023, 1, 1)

#: One post that changed hands once.
TERMS: list[Row] = [
    {
        "term_id": "1",
        "post": "head",
        "start_date": date(2010, 1, 1),
        "end_date": date(2019, 12, 31),
    },
    {"term_id": "2", "post": "head", "start_date": CHANGE, "acting": False},
]


def terms(*bodies: str) -> list[Row]:
    return [
        {**one, "body_id": body, "term_id": f"{body}{one['term_id']}"}
        for body in bodies
        for one in TERMS
    ]


def contracts(count: int, name: str = "k", **columns: Any) -> list[Row]:
    return [{"registered_contract_id": f"{name}{n}", **columns} for n in range(count)]


def ended(day: date, status: str = "incomplete") -> dict[str, Any]:
    return {"final_status": status, "final_status_date": day}


# -- changes of office, twice ----------------------------------------------------------------------

DAYS = st.integers(0, 400).map(lambda n: date(2020, 1, 1) + timedelta(days=n))

SOME_TERMS = st.lists(
    st.fixed_dictionaries(
        {
            "body_id": st.sampled_from(["A", "B"]),
            "post": st.sampled_from(["head", "deputy"]),
            "start_date": st.one_of(st.none(), DAYS),
            "end_date": st.one_of(st.none(), DAYS),
            "acting": st.sampled_from([None, True, False]),
        }
    ),
    max_size=8,
)


PRINTED = "MAKE_DATE(9999, 12, 31)"
OFFICES = str(
    ibis.to_sql(
        offices(unbound_ledgers()["term"], ibis.literal(date(9999, 12, 31), type="date")),
        dialect="duckdb",
    )
)


@settings(max_examples=60, deadline=None)
@given(SOME_TERMS, DAYS)
def test_formulas_and_figures_see_the_same_changes_of_office(rows: list[Row], day: date) -> None:
    made = carried(
        LEDGERS["term"],
        ledger("term", [{**row, "term_id": str(n)} for n, row in enumerate(rows)]),
        pa.array(["A", "B"]),
    )
    change, known = office(_judged({"term": made}, day))
    with duckdb.connect() as engine:
        engine.register("term", made)
        found = engine.sql(OFFICES.replace(PRINTED, f"DATE '{day}'")).to_arrow_table()
    stretches = sorted(
        (row["office_of"], row["since"], row["changed"], row["until"]) for row in found.to_pylist()
    )
    expected = []
    for body in (0, 1):
        if np.isnat(known[body]):
            continue
        days = [known[body], *change.on[change.body == body]]
        plain = [one.astype(object) for one in days]
        expected += [
            (body, since, number > 0, until)
            for number, (since, until) in enumerate(zip(plain, [*plain[1:], None], strict=True))
        ]
    assert stretches == expected


def _judged(tables: dict[str, pa.Table], day: date) -> Judged:
    nothing = np.zeros(0)
    return Judged(
        2, nothing.astype(np.int64), nothing.astype(np.int64), nothing.astype("datetime64[D]"),
        nothing, nothing.astype(bool), {}, {}, np.datetime64("0001-01-01"), np.datetime64(day),
        tables, {},
    )  # fmt: skip


# -- C01 -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference() -> LedgersMeasured:
    """The contracts and terms of the reference tables, as ledgers."""
    rows, held = table("continuity/contracts.csv"), table("continuity/terms.csv")

    def days(numbers: np.ndarray) -> list[Any]:
        return np.where(np.isnan(numbers), np.nan, numbers).astype("datetime64[D]").tolist()

    became = {"completed": "complete", "terminated_early": "incomplete", "ongoing": None}
    over = np.where(rows["end_reason"] == "ongoing", np.nan, rows["signed_day"] + rows["time"])
    contract = of_columns(
        "registered_contract",
        registered_contract_id=rows["contract_id"].tolist(),
        body_id=rows["body_id"].tolist(),
        amount=np.exp(rows["log_value"]),
        currency=["CNY"] * len(over),
        date_signed=days(rows["signed_day"]),
        final_status=[became[one] for one in rows["end_reason"]],
        final_status_date=days(over),
    )
    size = len(held["term_no"])
    term = of_columns(
        "term",
        term_id=[str(n) for n in range(size)],
        body_id=held["body_id"].tolist(),
        post=["head"] * size,
        start_date=days(held["start_day"]),
        end_date=days(held["end_day"]),
        acting=[False] * size,
    )
    last = (rows["signed_day"] + rows["time"])[rows["end_reason"] == "ongoing"]
    assert np.unique(last).tolist() == [3650], "what runs on was watched until one day"
    bodies = sorted(set(rows["body_id"].tolist()))
    day = np.datetime64(3650, "D").astype(object)
    return measured("C01", day, bodies, registered_contract=contract, term=term)


SOON = "all bodies: hazard ratio within 365 days after a change, value held equal"


def test_the_hazard_ratio_of_the_reference_comes_out_of_the_ledgers(
    reference: LedgersMeasured,
) -> None:
    """R: 1.65344061, bodies as clusters 1.34407 to 2.03401; true ratio 1.8 (METHODS finding 1)."""
    told = beside(reference, "C01", "B01")
    expected = table("continuity/cox_expected.csv")
    expected = picked(expected, expected["model"] == "TVC post365 cluster body")
    assert told["all bodies: breaches"] == 263
    assert told[SOON] == pytest.approx(1.65344061030055, abs=1e-7)
    assert told[SOON] == pytest.approx(expected["hr"][0], abs=1e-7)
    assert told[f"{SOON}, low (95 %)"] == pytest.approx(expected["lo95"][0], abs=1e-6)
    assert told[f"{SOON}, high (95 %)"] == pytest.approx(expected["hi95"][0], abs=1e-6)


def test_a_shifted_change_shows_no_effect(reference: LedgersMeasured) -> None:
    told = beside(reference, "C01", "B01")
    for shift in ("-365", "+730"):
        name = f"all bodies: rate ratio with changes shifted by {shift} days (placebo)"
        assert 0.5 < told[name] < 1.5
        assert told[f"{name}, p"] > 0.05


def test_bodies_that_do_not_differ_have_no_ratio_of_their_own(reference: LedgersMeasured) -> None:
    row = of(reference, "C01", "B01")
    assert row["status"] == "withheld"
    assert row["reason"].startswith("reliability 0.00, below 0.5")
    assert (row["value"], row["std_err"]) == (None, None)


def unlike(soon_of_b: int = 5) -> dict[str, Any]:
    """Body A breaches soon after the change, body B before it; thirty contracts of each run on."""
    signed = {"date_signed": date(2019, 1, 1)}
    made: list[Row] = []
    for body, before, soon in (("A", 5, 40), ("B", 30, soon_of_b)):
        own = {**signed, "body_id": body}
        made += contracts(before, f"{body}before", **own, **ended(date(2019, 7, 1)))
        made += contracts(soon, f"{body}soon", **own, **ended(date(2020, 2, 1)))
        made += contracts(30, f"{body}on", **own)
    return {"registered_contract": made, "term": terms("A", "B")}


def test_a_bodys_ratio_by_hand() -> None:
    """Until the breach of 2019-07-01 181 days, until the change 365, then 31; the rest run on.

    A: T0 = 5*181 + 40*365 + 30*(365 + 731) days, d0 = 5; T1 = 40*31 + 30*365, d1 = 40. B alike.
    """
    found = measured("C01", AS_OF, **unlike())
    y, s2 = [], []
    for before, soon in ((5, 40), (30, 5)):
        t0 = before * 181 + soon * 365 + 30 * (365 + 731)
        t1 = soon * 31 + 30 * 365
        y.append(np.log((soon + 0.5) / t1) - np.log((before + 0.5) / t0))
        s2.append(1 / (soon + 0.5) + 1 / (before + 0.5))
    # Of two values the squares about the mean are (y1 - y2)^2 / (sum of variances) = 1.
    between = ((y[0] - y[1]) ** 2 - s2[0] - s2[1]) / 2
    weights = [1 / (one + between) for one in s2]
    mean = np.average(y, weights=weights)
    pull = s2[0] / (s2[0] + between)
    estimate = y[0] + pull * (mean - y[0])
    error = np.sqrt((1 - pull) * s2[0] + pull**2 / sum(weights))
    row, told = of(found, "C01"), beside(found, "C01")
    assert row["status"] == "published"
    assert row["value"] == pytest.approx(np.exp(estimate))
    assert row["low"] == pytest.approx(np.exp(estimate - Z * error))
    assert row["high"] == pytest.approx(np.exp(estimate + Z * error))
    assert row["std_err"] == pytest.approx(np.exp(estimate) * error)
    assert told["reliability"] == pytest.approx(1 - pull)
    assert told["rate ratio before it is drawn to the others"] == pytest.approx(np.exp(y[0]))
    assert told["breaches within 365 days after a change"] == 40
    assert told["days at risk at other times"] == 5 * 181 + 40 * 365 + 30 * (365 + 731)


def test_too_few_breaches_of_all_or_of_one() -> None:
    few = {"date_signed": date(2019, 1, 1), **ended(date(2020, 2, 1))}
    found = measured("C01", AS_OF, registered_contract=contracts(49, **few), term=terms("A"))
    assert of(found, "C01")["reason"] == "49 breaches of all bodies together, fewer than 50"
    assert beside(found, "C01") == {"all bodies: breaches": 49}
    given = unlike()
    given["term"] = [*given["term"], *terms("C")]
    given["registered_contract"] = [
        *given["registered_contract"],
        *contracts(4, "C", **few, body_id="C"),
        *contracts(9, "Con", date_signed=date(2019, 1, 1), body_id="C"),
    ]
    found = measured("C01", AS_OF, ("A", "B", "C"), **given)
    assert of(found, "C01", "C")["reason"] == "4 breaches, fewer than 5"


def test_a_body_that_was_never_exposed_has_no_ratio() -> None:
    given = unlike()
    own = {"body_id": "C", "date_signed": date(2020, 6, 1), **ended(date(2020, 9, 1))}
    given["term"] = [*given["term"], *terms("C")]
    given["registered_contract"] = [*given["registered_contract"], *contracts(9, "C", **own)]
    row = of(measured("C01", AS_OF, ("A", "B", "C"), **given), "C01", "C")
    assert row["reason"].startswith("no contract was under way both")


def test_neither_order_nor_the_unit_of_money_changes_a_ratio() -> None:
    given = unlike()
    # Breached before the change at an age at which others are exposed, or no model can tell.
    given["registered_contract"] += contracts(
        6, "early", date_signed=date(2018, 6, 1), **ended(date(2019, 11, 1))
    )
    priced = [
        {
            **row,
            "amount": 1.0 + n % 7,
            "currency": "EUR",
            "date_signed": row["date_signed"] + timedelta(days=20 * (n % 5)),
        }
        for n, row in enumerate(given["registered_contract"])
    ]
    one = measured("C01", AS_OF, registered_contract=priced, term=given["term"])
    cents = [{**row, "amount": 100 * row["amount"]} for row in reversed(priced)]
    other = measured("C01", AS_OF, registered_contract=cents, term=given["term"][::-1])
    for body in ("A", "B"):
        first, second = of(one, "C01", body), of(other, "C01", body)
        assert first["value"] == pytest.approx(second["value"], rel=1e-12)
        told, again = beside(one, "C01", body), beside(other, "C01", body)
        assert told[SOON] == pytest.approx(again[SOON], rel=1e-7)


LIVES = st.lists(
    st.tuples(st.integers(0, 900), st.one_of(st.none(), st.integers(1, 1500)), st.booleans()),
    min_size=2,
    max_size=12,
)


@settings(deadline=None)
@given(LIVES, st.lists(st.integers(0, 1500), max_size=3))
def test_cutting_at_half_years_changes_neither_time_nor_events_nor_likelihood(
    lives: list[tuple[int, int | None, bool]], changed: list[int]
) -> None:
    signed = np.array([begin for begin, _, _ in lives]).astype("datetime64[D]")
    over = np.array(
        [np.datetime64("NaT") if n is None else np.datetime64(s + n, "D") for s, n, _ in lives],
        "datetime64[D]",
    )
    rows = exposure.rows(
        np.zeros(len(lives), np.int64), signed, over, np.array([one for _, _, one in lives]),
        exposure.Changes(
            np.zeros(len(changed), np.int64),
            np.array(sorted(changed), np.int64).astype("datetime64[D]"),
        ),
        np.datetime64(2000, "D"),
    )  # fmt: skip
    cut, half = halved(rows, signed)
    assert (cut.start < cut.stop).all()
    for which in ("soon", "later"):
        whole = (rows.stop - rows.start)[getattr(rows, which)].sum()
        assert (cut.stop - cut.start)[getattr(cut, which)].sum() == whole
    assert cut.event.sum() == rows.event.sum()
    begun = signed[cut.contract] + cut.start.astype(np.int64) + 1
    last = signed[cut.contract] + cut.stop.astype(np.int64)
    for day in (begun, last):
        assert (day.astype("datetime64[M]").astype(np.int64) // 6 == half).all()
    one, other = cox.after_change(rows), cox.after_change(cut)
    assert one.loglik_null == pytest.approx(other.loglik_null, abs=1e-9)
    if not one.problem:
        assert one.loglik == pytest.approx(other.loglik, abs=1e-6)


def test_pieces_that_are_exposed_before_their_change_are_refused_too() -> None:
    rows = exposure.rows(
        np.array([0]), np.array(["2020-01-01"], "datetime64[D]"), np.array(["NaT"], "datetime64[D]"),
        np.array([False]), exposure.Changes(np.array([0]), np.array(["2020-03-01"], "datetime64[D]")),
        np.datetime64("2021-01-01"),
    )  # fmt: skip
    cut, _ = halved(rows, np.array(["2020-01-01"], "datetime64[D]"))
    with pytest.raises(ImmortalTimeError, match="had to live long enough"):
        dataclasses.replace(cut, soon=np.ones(len(cut.soon), np.bool_))


CHANGED = st.lists(
    st.fixed_dictionaries(
        {
            "date": DAYS,
            "kind": st.sampled_from(["value", "suspension", "duration"]),
            "new_amount": st.sampled_from([80.0, 95.0]),
        }
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(
    CHANGED,
    st.one_of(st.none(), DAYS),
    st.sampled_from(["complete", "incomplete", "unsuccessful"]),
    st.integers(1, 700),
    st.integers(1, 700),
)
def test_a_later_day_of_judgement_never_takes_back_an_end(
    changes: list[Row], over: date | None, status: str, first: int, second: int
) -> None:
    contract: dict[str, Any] = {"registered_contract_id": "k", "date_signed": date(2019, 12, 1)}
    if over is not None:
        contract |= ended(over, status)
    rows = [
        {"registered_contract_id": "k", "change_no": n, "old_amount": 100.0, **one}
        for n, one in enumerate(changes)
    ]
    early, late = sorted((first, second))
    day = date(2019, 12, 31)
    one = spoken("C01", day + timedelta(days=early), registered_contract=[contract],
                 registered_change=rows, term=TERMS[:1])  # fmt: skip
    other = spoken("C01", day + timedelta(days=late), registered_contract=[contract],
                   registered_change=rows, term=TERMS[:1])  # fmt: skip
    if not np.isnat(one.kept["ended"][0]):
        assert one.kept["ended"][0] == other.kept["ended"][0]
        assert one.kept["breached"][0] == other.kept["breached"][0]


@functools.cache
def sql_of(code: str) -> str:
    return printed(catalogue()[code])


def spoken(code: str, day: date, **ledgers: Any) -> Said:
    """What the formula says; its SQL is compiled once and asked for each day."""
    indicator = catalogue()[code]
    with duckdb.connect() as engine:
        for name in indicator.asked:
            rows = ledger(name, ledgers.get(name, []))
            engine.register(name, carried(LEDGERS[name], rows, pa.array(["A", "B"])))
        sql = sql_of(code).replace(":as_of", f"DATE '{day}'")
        return as_said(engine.sql(sql).to_arrow_table(), is_dated=True)


# -- C02 -------------------------------------------------------------------------------------------


def test_months_lost_by_hand() -> None:
    """Forty contracts; ten are breached 365 days after the change, 730 after the day a year before.

    730 days less 365 + 365 * 0.75 = 638.75 are 91.25 days, 2.998 months.
    """
    own = {"date_signed": date(2018, 1, 1)}
    made = [*contracts(10, "x", **own, **ended(date(2020, 12, 31))), *contracts(30, **own)]
    found = measured("C02", AS_OF, registered_contract=made, term=terms("A"))
    row = of(found, "C02")
    assert (row["status"], row["n"]) == ("published", 40)
    assert row["value"] == pytest.approx(91.25 / (365.25 / 12))
    # The curve falls by 365 * 10/40; of 40 coins with 1/4 that has the error 365 sqrt(.25*.75/40).
    assert row["std_err"] * 365.25 / 12 == pytest.approx(365 * np.sqrt(0.25 * 0.75 / 40))


def test_months_lost_need_thirty_on_both_sides_and_two_years() -> None:
    new = {"date_signed": date(2019, 6, 1)}
    found = measured("C02", AS_OF, registered_contract=contracts(40, **new), term=terms("A"))
    assert of(found, "C02")["reason"].startswith("0 contracts open a year before the change")
    old = {"date_signed": date(2018, 1, 1)}
    early = measured(
        "C02", date(2021, 6, 1), registered_contract=contracts(40, **old), term=terms("A")
    )
    assert of(early, "C02")["reason"] == "no contract was watched for 24 months after the change"
    few = measured("C02", AS_OF, registered_contract=contracts(29, **old), term=terms("A"))
    assert of(few, "C02")["status"] == "too_few_cases"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 729), st.booleans()), min_size=5, max_size=40),
    st.integers(1, 5),
)
def test_the_error_of_a_mean_life_is_that_of_the_jackknife(
    lives: list[tuple[int, bool]], watched: int
) -> None:
    """Leaving out one row at a time moves the mean as its influence says, but for small numbers."""
    length = np.array([n for n, _ in lives] + [900] * watched, np.float64)
    event = np.array([one for _, one in lives] + [False] * watched)
    mean, influence = restricted_mean_influence(length, event)
    curve = kaplan_meier(length, event)
    assert mean == pytest.approx(restricted_mean(curve, 730.0).value)
    assert influence.sum() == pytest.approx(0.0, abs=1e-6)
    # Slowly: the curve with one row given a little more weight.
    for row in range(0, len(length), 7):
        assert influence[row] == pytest.approx(
            _nudged(length, event, row, mean), abs=0.02 + 1e-4 * mean
        )


def _nudged(length: np.ndarray, event: np.ndarray, row: int, mean: float) -> float:
    weight = np.ones(len(length))
    step = 1e-6
    weight[row] += step
    area, survival, since = 0.0, 1.0, 0.0
    for time in np.unique(length[event & (length <= 730)]):
        area += survival * (time - since)
        since = time
        at_risk = weight[length >= time].sum()
        survival *= 1 - weight[event & (length == time)].sum() / at_risk
    area += survival * (730.0 - since)
    return float((area - mean) / step)


# -- C03, C04 --------------------------------------------------------------------------------------


def test_commitments_that_nobody_touched() -> None:
    """Twelve open at the change: four spoken of within 180 days, one of them on day 180."""
    made: list[Row] = [
        {"commitment_id": f"c{n}", "announced": date(2019, 1, 1), "text": "x"} for n in range(12)
    ]
    words: list[Row] = [
        {"update_id": f"u{n}", "commitment_id": f"c{n}", "date": CHANGE + timedelta(days=day)}
        for n, day in enumerate([1, 20, 100, 180, 181])
    ]
    found = measured("C03", AS_OF, commitment=made, commitment_update=words, term=terms("A"))
    row = of(found, "C03")
    assert (row["n"], row["hits"], row["status"]) == (12, 8, "published")
    assert of(found, "C03", period="2020")["hits"] == 8
    # One more word never makes it worse.
    more = [*words, {"update_id": "more", "commitment_id": "c11", "date": date(2020, 5, 1)}]
    again = measured("C03", AS_OF, commitment=made, commitment_update=more, term=terms("A"))
    assert of(again, "C03")["hits"] == 7


def milestones(contract: str, slips: list[int | None]) -> list[Row]:
    due = date(2020, 6, 1)
    return [
        {
            "registered_contract_id": contract,
            "milestone_no": n,
            "original_due_date": due,
            "date_met": None if slip is None else due + timedelta(days=slip),
        }
        for n, slip in enumerate(slips)
    ]


def test_inherited_milestones_slip_further() -> None:
    """Inherited: 1 to 21 days late, three never met, median the 12th of 24: half are met by day 12
    (12 of 24), so the median lies between 12 and 13. Own: ten days early to ten late: 0."""
    contract = [
        {"registered_contract_id": "old", "date_signed": date(2019, 1, 1)},
        {"registered_contract_id": "own", "date_signed": date(2020, 2, 1)},
    ]
    old = milestones("old", [*range(1, 22), None, None, None])
    own = milestones("own", [*range(-10, 11)])
    found = measured(
        "C04",
        AS_OF,
        registered_contract=contract,
        registered_milestone=[*old, *own],
        term=terms("A"),
    )
    row, told = of(found, "C04"), beside(found, "C04")
    assert (row["status"], row["n"]) == ("published", 45)
    assert told["median slip of inherited milestones, days"] == 12.5
    assert told["median slip of own milestones, days"] == 0
    assert row["value"] == 12.5
    assert row["low"] < 12.5 < row["high"]
    few = measured(
        "C04", AS_OF, registered_contract=contract, registered_milestone=[*old * 1, *own[:19]],
        term=terms("A"),
    )  # fmt: skip
    assert of(few, "C04")["reason"].startswith("24 inherited and 19 own milestones")


# -- C05 -------------------------------------------------------------------------------------------


def bills(body: str, contract: str, days: dict[date, int], count: int) -> list[Row]:
    return [
        {
            "invoice_id": f"{contract}{day}{n}",
            "body_id": body,
            "contract_id": contract,
            "received_date": day,
            "paid_date": day + timedelta(days=waits),
        }
        for day, waits in days.items()
        for n in range(count)
    ]


def quarters(before: int, after: int, first: int = -8, last: int = 9) -> dict[date, int]:
    """In the middle of each quarter around the change: how long a bill waits."""
    months = [2020 * 12 + 3 * quarter + 1 for quarter in range(first, last)]
    return {
        date(month // 12, month % 12 + 1, 10): before if quarter < 0 else after
        for quarter, month in enumerate(months, first)
    }


def three_bodies(after: int = 30) -> dict[str, Any]:
    """A changes office and pays later; B and C do not, and pay as ever. Two contracts each."""
    contract = [
        {"registered_contract_id": f"{body}{n}", "body_id": body, "date_signed": date(2017, 1, 1)}
        for body in "ABC"
        for n in (1, 2)
    ]
    rows: list[Row] = []
    for n, more in ((1, 0), (2, 4)):
        rows += bills("A", f"A{n}", quarters(20 + more, after + more), 10)
        for other in "BC":
            rows += bills(other, f"{other}{n}", quarters(25 + more, 25 + more), 10)
    return {
        "registered_contract": contract,
        "invoice": rows,
        "term": [
            *terms("A"),
            *({**TERMS[0], "body_id": body, "term_id": f"{body}1"} for body in "BC"),
        ],
    }


def test_bills_wait_longer_after_a_change() -> None:
    """A: 22 days on the mean before, 32 after; ten days more, by hand and by the event study."""
    found = measured("C05", AS_OF, ("A", "B", "C"), **three_bodies())
    row, told = of(found, "C05"), beside(found, "C05")
    assert (row["status"], row["n"]) == ("published", 120)
    assert row["value"] == pytest.approx(10.0)
    assert told["mean days soon before a change"] == 22
    assert told["mean days soon after a change"] == 32
    # Within each contract the two means differ by exactly ten: contracts are what is drawn.
    assert row["std_err"] == pytest.approx(0.0, abs=1e-9)
    name = "all bodies: days more in the three quarters after a change (event study)"
    assert told[name] == pytest.approx(10.0)
    assert told["all bodies: bodies that changed, in the event study"] == 1
    assert of(found, "C05", "B")["status"] == "not_applicable"


def test_bills_of_one_contract_are_one_draw() -> None:
    """A: contract 1 waits 10 days longer, contract 2 20: means 15, pushes +-(5 * 30 / 60) = 2.5 each.

    Var = (2.5^2 + 2.5^2) * 2 / 1 = 25, so that the error is 5: that of two contracts, not 120 bills.
    """
    given = three_bodies()
    for row in given["invoice"]:
        if row["contract_id"] == "A2" and row["received_date"] >= CHANGE:
            row["paid_date"] += timedelta(days=10)
    row = of(measured("C05", AS_OF, **given), "C05")
    assert row["value"] == pytest.approx(15.0)
    assert row["std_err"] == pytest.approx(5.0)


def test_few_bills_on_one_side_and_unpaid_ones() -> None:
    given = three_bodies()
    given["invoice"] = [row for row in given["invoice"] if row["received_date"] < date(2020, 6, 1)]
    assert of(measured("C05", AS_OF, **given), "C05")["reason"].startswith(
        "60 bills before and 40 after"
    )
    unpaid = three_bodies()
    for one in unpaid["invoice"]:
        if one["body_id"] == "A" and one["received_date"] >= CHANGE:
            one["paid_date"] = None
    assert of(measured("C05", AS_OF, **unpaid), "C05")["value"] == pytest.approx(180 - 22)


# -- C06, C07 --------------------------------------------------------------------------------------


def test_more_is_cut_after_the_change_than_before() -> None:
    """Forty contracts: ten cut after, four before: 0.25 - 0.1, Newcombe's interval from Wilson's."""
    made = contracts(40, date_signed=date(2018, 1, 1))
    cut = {"kind": "value", "old_amount": 100.0, "new_amount": 50.0}
    changes = [
        {"registered_contract_id": f"k{n}", "date": date(2020, 5, 1), **cut} for n in range(10)
    ] + [
        {"registered_contract_id": f"k{n}", "date": date(2019, 5, 1), **cut} for n in range(20, 24)
    ]
    found = measured(
        "C06", AS_OF, registered_contract=made, registered_change=changes, term=terms("A")
    )
    row = of(found, "C06")
    assert (row["status"], row["n"]) == ("published", 40)
    assert row["value"] == pytest.approx(0.15)
    (low1, low2), (high1, high2) = wilson(np.array([10, 4]), np.array([40, 40]))
    assert row["low"] == pytest.approx(0.15 - np.hypot(0.25 - low1, high2 - 0.1))
    assert row["high"] == pytest.approx(0.15 + np.hypot(high1 - 0.25, 0.1 - low2))
    few = measured(
        "C06", AS_OF, registered_contract=contracts(40, date_signed=date(2019, 6, 1)),
        registered_change=changes, term=terms("A"),
    )  # fmt: skip
    assert of(few, "C06")["reason"].startswith("0 contracts open a year before")


#: What a contract after the breach may be, and whether it is the same object.
AGAIN = [
    ({}, True),
    ({"title": "REPAIR of roads: north"}, True),
    ({"title": "roads repair of south"}, False),
    ({"classification": "45233999"}, True),
    ({"classification": "45339999"}, False),
    ({"place": " north "}, True),
    ({"place": "South"}, False),
    ({"date_signed": date(2020, 2, 1)}, False),
    ({"date_signed": date(2020, 2, 1) + timedelta(days=540)}, True),
    ({"date_signed": date(2020, 2, 1) + timedelta(days=541)}, False),
    ({"body_id": "B"}, False),
]


@pytest.mark.parametrize(("other", "is_same"), AGAIN)
def test_the_same_object_contracted_again(other: dict[str, Any], is_same: bool) -> None:
    thing = {"classification": "45233120", "title": "repair of roads north", "place": "North"}
    broken = contracts(1, "x", date_signed=date(2019, 1, 1), **ended(date(2020, 2, 1)), **thing)
    rest = contracts(
        4, "y", date_signed=date(2019, 1, 1), **ended(date(2020, 2, 1)),
        **{**thing, "classification": "90000000"},
    )  # fmt: skip
    again = [{"registered_contract_id": "z", "date_signed": date(2020, 6, 1), **thing, **other}]
    found = measured(
        "C07", AS_OF, registered_contract=[*broken, *rest, *again], term=terms("A", "B")
    )
    row = of(found, "C07")
    assert (row["n"], row["status"]) == (5, "published")
    assert row["value"] == (0.2 if is_same else 0.0)
    low, high = wilson(np.array([int(is_same)]), np.array([5]))
    assert (row["low"], row["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))


# -- C08, C09 --------------------------------------------------------------------------------------


def works(count: int, name: str, amount: float = 100.0, **more: Any) -> list[Row]:
    given = {
        "kind": "works", "amount": amount, "currency": "EUR", "period_start": date(2017, 1, 1)
    }  # fmt: skip
    return contracts(count, name, **{**given, **more})


def test_the_share_of_value_that_lies_still() -> None:
    """Three of twelve lie still, worth 300 each; nine are done, worth 100 each: 900 of 1,800.

    They are worth 1800^2 / (3 * 300^2 + 9 * 100^2) = 9 equal cases.
    """
    made = [*works(3, "still", 300.0), *works(9, "done", **ended(date(2018, 1, 1), "complete"))]
    paid = [{"registered_contract_id": "still0", "date": date(2018, 1, 1)}]
    found = measured("C08", AS_OF, registered_contract=made, registered_payment=paid)
    row, told = of(found, "C08"), beside(found, "C08")
    assert (row["status"], row["n"], row["value"]) == ("published", 12, 0.5)
    low, high = wilson(np.array([4.5]), np.array([9.0]))
    assert (row["low"], row["high"]) == (pytest.approx(low[0]), pytest.approx(high[0]))
    assert told["share of works that lie still, by number"] == 0.25
    assert told["share abandoned within 5 years after they began, by number"] == 0.25
    assert told["share complete within 5 years after they began, by number"] == 0.75


def test_amounts_of_two_currencies_are_not_added() -> None:
    made = [*works(6, "a"), *works(6, "b", currency="USD")]
    paid = [{"registered_contract_id": "a0", "date": date(2018, 1, 1)}]
    found = measured("C08", AS_OF, registered_contract=made, registered_payment=paid)
    assert of(found, "C08")["reason"] == (
        "amounts in several currencies, which are never added together"
    )


def planned(count: int, name: str, **more: Any) -> list[Row]:
    return contracts(count, name, date_signed=date(2015, 1, 1), period_end=date(2018, 1, 1), **more)


def test_complete_within_two_years_after_the_plan() -> None:
    """Of twenty seen to the end: eight early, six on the last day, one too late, five broken off."""
    made = [
        *planned(8, "early", **ended(date(2016, 1, 1), "complete")),
        *planned(6, "day730", **ended(date(2020, 1, 1), "complete")),
        *planned(1, "late", **ended(date(2020, 1, 2), "complete")),
        *planned(5, "broken", **ended(date(2017, 1, 1))),
    ]
    found = measured("C09", AS_OF, registered_contract=made)
    row = of(found, "C09")
    assert (row["status"], row["n"]) == ("published", 20)
    assert row["value"] == pytest.approx(14 / 20)
    assert row["std_err"] == pytest.approx(np.sqrt(0.7 * 0.3 / 20))
    assert beside(found, "C09")["share that ended otherwise by then"] == pytest.approx(0.25)


def test_what_is_open_is_lost_from_sight_and_not_failed() -> None:
    """Ten open, their plan one year ago; of ten older ones all are complete two years after it."""
    made = [
        *planned(10, "done", **ended(date(2020, 1, 1), "complete")),
        *contracts(10, "open", date_signed=date(2015, 1, 1), period_end=date(2022, 1, 1)),
    ]
    row = of(measured("C09", AS_OF, registered_contract=made), "C09")
    assert row["value"] == pytest.approx(1.0)
    assert row["low"] == pytest.approx(wilson(np.array([20]), np.array([20]))[0][0])


def test_nobody_complete_has_an_interval_too() -> None:
    row = of(measured("C09", AS_OF, registered_contract=planned(20, "open")), "C09")
    assert (row["value"], row["low"]) == (0, 0)
    assert row["high"] == pytest.approx(wilson(np.array([0]), np.array([20]))[1][0])


# -- C10, C11 --------------------------------------------------------------------------------------

LAWFUL = {"legal_basis": "Art. 1", "compensation": "5"}


def promises(lawful: int, other: int, day: date) -> dict[str, list[Row]]:
    return {
        "commitment": [{"commitment_id": "c", "text": "x"}],
        "commitment_rev": [
            {"commitment_id": "c", "rev_no": n, "date": day, "withdrawn": True, **LAWFUL,
             "reason": "flood" if n < lawful else None}
            for n in range(lawful + other)
        ] + [{"commitment_id": "c", "rev_no": 99, "date": day, "new_unit": "roads"}],
    }  # fmt: skip


def test_changes_of_contracts_and_promises_are_one_share() -> None:
    """Of four cut contracts three have all, of six promises two; what only changed unit is none."""
    cut = {"date": date(2022, 6, 1), "kind": "value", "old_amount": 2.0, "new_amount": 1.0}
    changes = [
        {"registered_contract_id": "k0", "change_no": n, **cut, **LAWFUL,
         "rationale": "flood" if n else " "}
        for n in range(4)
    ]  # fmt: skip
    given = promises(2, 4, date(2022, 6, 1))
    found = measured(
        "C10", AS_OF, registered_contract=contracts(1), registered_change=changes, **given
    )
    row = of(found, "C10")
    assert (row["status"], row["n"], row["value"]) == ("published", 10, 0.5)
    assert beside(found, "C10")["changes of contracts"] == 4
    old = measured(
        "C10", AS_OF, registered_contract=contracts(1), registered_change=changes,
        **promises(2, 4, date(2021, 6, 1)),
    )  # fmt: skip
    assert of(old, "C10")["n"] == 4, "a change of more than twelve months ago is none of the year"


def test_promises_alone_have_a_share_too() -> None:
    row = of(measured("C10", AS_OF, **promises(3, 3, date(2022, 6, 1))), "C10")
    assert (row["status"], row["n"], row["value"]) == ("published", 6, 0.5)


def codings(pairs: list[tuple[int, ...]]) -> list[Row]:
    return [
        {"item_id": f"i{n}", "assessor": f"A{who}", "date": date(2022, 6, 1),
         "code": "stated_reason", "value": float(answer)}
        for n, answers in enumerate(pairs)
        for who, answer in enumerate(answers)
    ]  # fmt: skip


def test_a_share_of_reasons_that_assessors_agree_on() -> None:
    """Eleven items: four yes, seven no, each twice: alpha 1."""
    found = measured("C11", AS_OF, assessment=codings([(1, 3)] * 4 + [(0, 0)] * 7))
    row, told = of(found, "C11"), beside(found, "C11")
    assert (row["status"], row["n"], row["value"]) == ("published", 11, pytest.approx(4 / 11))
    assert told["all bodies: Krippendorff's alpha of the codings"] == 1
    assert told["how far the assessors agree"] == "without reserve"


def test_divided_assessors_withhold_the_figure() -> None:
    """Items on which they are divided have no verdict, and still count against the agreement.

    Of 24 items 8 are divided: 16 agree (8 yes, 8 no). With 48 values, 24 of each:
    alpha = 1 - 47 * (2 * 8) / (2 * 24 * 24) = 0.347.
    """
    found = measured("C11", AS_OF, assessment=codings([(1, 1)] * 8 + [(0, 0)] * 8 + [(1, 0)] * 8))
    row = of(found, "C11")
    assert (row["status"], row["n"], row["unknown"]) == ("withheld", 16, 8)
    assert row["reason"] == "assessors agree too little: alpha 0.347, below 0.667"
    alike = measured("C11", AS_OF, assessment=codings([(0, 0)] * 12))
    assert of(alike, "C11")["reason"].startswith("agreement of assessors cannot be told")


def test_agreement_with_reserve_says_so() -> None:
    """Of 24 items 3 are divided: alpha = 1 - 47 * 6 / (2 * 24 * 24) = 0.755."""
    pairs = [(1, 1)] * 10 + [(0, 0)] * 11 + [(1, 0), (1, 0), (1, 0)]
    told = beside(measured("C11", AS_OF, assessment=codings(pairs)), "C11")
    yes, no = 23, 25
    alpha = 1 - 47 * 6 / (2 * yes * no)
    assert told["all bodies: Krippendorff's alpha of the codings"] == pytest.approx(alpha)
    assert told["how far the assessors agree"].startswith("with reserve")


# -- C12 -------------------------------------------------------------------------------------------


def obligations() -> dict[str, list[Row]]:
    """Open on the change: five contracts, two judgments, two bills, two promises. Over: one of each."""
    day = date(2019, 6, 1)
    judgments: list[Row] = [
        {"judgment_id": f"j{n}", "final_date": day, "amount": 10.0, "currency": "EUR"}
        for n in range(3)
    ]
    return {
        "term": terms("A"),
        "registered_contract": [
            *contracts(5, date_signed=day),
            *contracts(1, "over", date_signed=day, **ended(date(2019, 12, 1), "complete")),
            *contracts(1, "own", date_signed=CHANGE),
        ],
        "judgment": judgments,
        "judgment_payment": [
            {"judgment_id": "j0", "payment_no": 0, "date": day, "amount": 10.0, "currency": "EUR"},
            {"judgment_id": "j1", "payment_no": 0, "date": day, "amount": 9.0, "currency": "EUR"},
            {"judgment_id": "j2", "payment_no": 0, "date": day, "amount": 10.0, "currency": "USD"},
        ],
        "invoice": [
            {"invoice_id": "i0", "due_date": day, "paid_date": date(2020, 1, 11)},
            {"invoice_id": "i1", "due_date": day},
            {"invoice_id": "i2", "due_date": day, "paid_date": date(2019, 7, 1)},
            {"invoice_id": "i3", "due_date": date(2020, 3, 1)},
        ],
        "commitment": [
            {"commitment_id": f"c{n}", "announced": day, "text": "x"} for n in range(3)
        ],
        "commitment_update": [
            {"update_id": "u0", "commitment_id": "c0", "date": date(2019, 9, 1),
             "claimed_status": "complete"},
            {"update_id": "u1", "commitment_id": "c1", "date": date(2020, 1, 21)},
        ],
    }  # fmt: skip


def listed(*items: tuple[str, str, int], body: str = "A") -> list[Row]:
    return [
        {"handover_id": f"{table}{item}", "body_id": body, "item_table": table, "item_id": item,
         "listed_on": CHANGE + timedelta(days=day)}
        for table, item, day in items
    ]  # fmt: skip


def test_what_was_open_and_listed() -> None:
    """Eleven were open; four of them listed within 90 days before or after, one too late."""
    lists = listed(
        ("registered_contract", "k0", -90), ("registered_contract", "k1", 90),
        ("registered_contract", "k2", 91), ("registered_contract", "k3", -91),
        ("judgment", "j1", 0), ("commitment", "c1", 5), ("invoice", "i2", 5),
    )  # fmt: skip
    found = measured("C12", AS_OF, **obligations(), handover=lists)
    row, told = of(found, "C12"), beside(found, "C12")
    assert (row["status"], row["n"]) == ("published", 11)
    assert row["value"] == pytest.approx(4 / 11)
    assert told["open at a change: registered_contract"] == 5
    assert told["open at a change: judgment"] == 2
    assert told["open at a change: invoice"] == 2
    assert told["open at a change: commitment"] == 2
    assert of(found, "C12", period="2020")["n"] == 11
    # Two acts in three years: the median has not come.
    assert "median days from the change to the first act on each" not in told


def test_the_first_act_on_what_was_handed_over() -> None:
    """Eleven: a bill paid on day 10, a promise on day 20, and five payments to contracts on day 30."""
    given = obligations()
    given["registered_payment"] = [
        {"registered_contract_id": f"k{n}", "date": CHANGE + timedelta(days=30)} for n in range(5)
    ]
    found = measured("C12", AS_OF, **given, handover=listed(("judgment", "j1", 0)))
    assert beside(found, "C12")["median days from the change to the first act on each"] == 30


def test_the_list_of_another_body_is_none() -> None:
    lists = listed(("registered_contract", "k0", 0), body="B")
    assert of(measured("C12", AS_OF, **obligations(), handover=lists), "C12")["value"] == 0


def test_one_more_line_in_a_list_never_makes_it_worse() -> None:
    shares = [
        of(
            measured(
                "C12", AS_OF, **obligations(),
                handover=listed(
                    ("judgment", "j0", 3), *(("registered_contract", f"k{n}", 3) for n in range(many))
                ),
            ),
            "C12",
        )["value"]
        for many in range(4)
    ]  # fmt: skip
    assert shares == [pytest.approx(many / 11) for many in range(4)]

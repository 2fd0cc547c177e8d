"""Figures of implementation, from small ledgers to the row of a measurement."""

from __future__ import annotations

import functools
import json
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.conformance.reference import rows as reference
from tests.measure.made_ledgers import beside, lined, of, registered
from tests.shared import shared
from troth.indicators import catalogue
from troth.measure import commitments, eventlog
from troth.measure.entries import as_said, carried, told, unbound_ledgers
from troth.measure.figures.implementation import at_least, share_of
from troth.measure.ledgers import LedgersMeasured, measure_ledgers
from troth.measure.plan import plan
from troth.store.plain import in_memory
from troth.tables import LEDGERS
from troth.tables.base import Type
from troth.tables.body import PUBLIC_BODY
from troth.tables.states import FLAGGED

DAY = date(2024, 12, 31)
Row = dict[str, Any]

#: What an entry says where a story says nothing.
USUAL = {
    "body_id": "A",
    "body_kind": PUBLIC_BODY,
    "text": "a bridge",
    "origin": "plan",
    "channel": "hotline",
    "withdrawn": False,
    "code": "completion",
    "date": date(2024, 6, 1),
    "rev_no": 0,
    "payment_no": 0,
    "source": "court",
    "fiscal_year": 2024,
}


def measured(
    day: date = DAY, bodies: tuple[str, ...] = ("A", "B"), **ledgers: list[Row]
) -> LedgersMeasured:
    given_rows = {name: ledger(name, rows) for name, rows in ledgers.items()}
    register = registered(bodies)
    return measure_ledgers(given_rows, plan(), register, pa.array(bodies, pa.string()), day)


def ledger(name: str, rows: list[Row]) -> pa.Table:
    table = LEDGERS[name]
    usual = {key: value for key, value in USUAL.items() if key in table.names}
    made = table.rows([{**usual, **row} for row in rows])
    return lined(name, made)


# -- commitments ---------------------------------------------------------------------------------

PROOFS = [{"evidence_id": grade, "grade": grade} for grade in "ABCD"]
ALPHA = "agreement of assessors, Krippendorff's alpha (ordinal)"


def promise(number: int, **more: Any) -> Row:
    return {
        "commitment_id": f"k{number}",
        "announced": date(2024, 1, 1),
        "original_due": date(2024, 6, 30),
        **more,
    }


def statement(number: int, status: str = "complete", proof: str | None = "A", **more: Any) -> Row:
    return {
        "update_id": f"u{number}",
        "commitment_id": f"k{number}",
        "claimed_status": status,
        "evidence_id": proof,
        **more,
    }


def coded(number: int, first: float, second: float, **more: Any) -> list[Row]:
    return [
        {"item_id": f"k{number}", "assessor": who, "value": value, "date": DAY, **more}
        for who, value in (("A1", first), ("B2", second))
    ]


def assessed(answers: list[tuple[float, float]], **more: Any) -> LedgersMeasured:
    numbers = range(len(answers))
    return measured(
        commitment=[promise(n, **more) for n in numbers],
        commitment_update=[statement(n) for n in numbers],
        proof=PROOFS,
        assessment=[row for n in numbers for row in coded(n, *answers[n])],
    )


def test_completion_is_the_mean_of_what_assessors_agree_on() -> None:
    found = assessed([(1, 1)] * 5 + [(0, 0)] * 3 + [(2 / 3, 2 / 3)] * 2)
    row = of(found, "I01")
    # Five whole ones and two of 2/3, of ten.
    assert (row["status"], row["n"]) == ("published", 10)
    assert row["value"] == pytest.approx(19 / 30)
    said = beside(found, "I01")
    assert said[ALPHA] == said["agreement of assessors, lower end (90 %)"] == 1
    assert said["standing of the assessments"] == "without reserve"
    assert said["items coded twice by assessors"] == 10
    assert said["without proof of grade A or B, share"] == 0


def test_completion_is_withheld_where_assessors_agree_too_little() -> None:
    # Ten items on which they agree, six on which one says 1 and the other 0.
    found = assessed([(1, 1)] * 5 + [(0, 0)] * 5 + [(1, 0)] * 6)
    row = of(found, "I01")
    # o_11 = o_00 = 10, o_10 = o_01 = 6; n = 32, n_1 = n_0 = 16: alpha = 1 - 31 * 12 / (2 * 256) = .27.
    assert (row["status"], row["value"], row["n"], row["unknown"]) == ("withheld", None, 10, 6)
    assert row["reason"].startswith(
        "assessors agree too little: Krippendorff's alpha is 0.27 ("
    ) and row["reason"].endswith(") over 16 items, below 0.667")
    assert beside(found, "I01") == {}
    assert of(found, "I07")["status"] == "withheld"


def test_between_the_gates_it_is_published_with_reserve() -> None:
    found = assessed([(1, 1)] * 10 + [(0, 0)] * 7 + [(1, 0)] * 3)
    said = beside(found, "I01")
    # 20 items, n = 40: n_1 = 23, n_0 = 17, o_10 = o_01 = 3.
    assert said[ALPHA] == pytest.approx(1 - 39 * 6 / (2 * 23 * 17))
    assert said["standing of the assessments"] == "with reserve"
    assert said["agreement of assessors, lower end (90 %)"] < said[ALPHA]


def test_where_all_answers_are_alike_nobody_can_say_that_assessors_agree() -> None:
    row = of(assessed([(1, 1)] * 9), "I01")
    assert row["status"] == "withheld"
    assert row["reason"].startswith("nobody can say whether assessors agree: 9 items")


def test_agreement_is_said_of_each_type_of_body() -> None:
    """Towns are coded alike and ministries are not: only ministries are withheld."""
    answers = [(1, 1)] * 5 + [(0, 0)] * 5, [(1, 1)] * 5 + [(0, 0)] * 5 + [(1, 0)] * 6
    rows: dict[str, list[Row]] = {"commitment": [], "commitment_update": [], "assessment": []}
    for start, body, mine in ((0, "A", answers[0]), (100, "B", answers[1])):
        for n, (first, second) in enumerate(mine, start):
            rows["commitment"].append(promise(n, body_id=body))
            rows["commitment_update"].append(statement(n))
            rows["assessment"] += coded(n, first, second, body_id=body)
    tiers = [{"body_id": "A", "tier": "town"}, {"body_id": "B", "tier": "ministry"}]
    found = measured(proof=PROOFS, body_year=tiers, **rows)
    assert [of(found, "I01", body)["status"] for body in "AB"] == ["published", "withheld"]
    assert beside(found, "I01")[ALPHA] == 1
    # Of one type they have 6 of 26 items apart: alpha = 1 - 51 * 12 / (2 * 26 * 26) = .55.
    together = measured(proof=PROOFS, **rows)
    assert [of(together, "I01", body)["status"] for body in "AB"] == ["withheld", "withheld"]


def golden_commitments() -> tuple[LedgersMeasured, Row]:
    """The golden commitments, three times, so that there are enough to be shown."""
    said = json.loads(shared("conformance/methods/golden/commitments_expected.json").read_text())
    rows: dict[str, list[Row]] = {"commitment": [], "commitment_rev": [], "commitment_update": []}
    for again in "abc":
        for row in reference("golden/commitments.csv"):
            name = row["commitment_id"] + again
            has = {key: row[f"has_{key}"] == "1" for key in ("metric", "budget", "owner")}
            rows["commitment"].append(
                {
                    "commitment_id": name,
                    "announced": date.fromisoformat(row["announced"]),
                    "original_due": _day(row["original_due"]),
                    "metric": "bridges" if has["metric"] else None,
                    "target": "1" if has["metric"] else None,
                    "budget_amount": 1.0 if has["budget"] else None,
                    "responsible_unit": "works" if has["owner"] else None,
                }
            )
            for number, due in enumerate(filter(None, row["revised_dues"].split("|"))):
                rows["commitment_rev"].append(
                    {
                        "commitment_id": name, "rev_no": number, "new_due": _day(due),
                        "date": date(2024, 4, 1 + number),
                    }
                )  # fmt: skip
            if row["completed"]:
                rows["commitment_update"].append(
                    {
                        "update_id": name, "commitment_id": name, "claimed_status": "complete",
                        "evidence_id": "A", "date": _day(row["completed"]),
                    }
                )  # fmt: skip
    return measured(date(2025, 3, 31), proof=PROOFS, **rows), said


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def test_golden_commitments_from_ledger_to_figure() -> None:
    found, golden = golden_commitments()
    said = golden["summary"]
    assert of(found, "I02")["n"] == 3 * said["n_due_by_original"]
    assert 100 * of(found, "I02")["value"] == pytest.approx(said["on_time_vs_original_pct"])
    row, details = of(found, "I03"), beside(found, "I03")
    assert 100 * row["value"] == pytest.approx(said["deadline_laundering_pp"])
    assert row["n"] == 3 * said["n_due_by_current"]
    assert row["low"] < row["value"] < row["high"]
    for name, what in (
        ("on_time_vs_original_pct", "on time by the first deadline, share"),
        ("on_time_vs_current_pct", "on time by the current deadline, share"),
    ):
        assert 100 * details[what] == pytest.approx(said[name])
    drifts = [item["relative_drift"] for item in golden["items"].values() if len(item) > 1]
    assert of(found, "I04")["value"] == pytest.approx(np.median(drifts))
    # The golden entries count four of the five elements: nobody is named whom they are for.
    assert 5 * of_fields() == pytest.approx(said["mean_specificity"])


def of_fields() -> float:
    """I05 of the golden commitments, where something was assessed elsewhere."""
    rows = []
    for again in "ab":
        for row in reference("golden/commitments.csv"):
            rows.append(
                {
                    "commitment_id": row["commitment_id"] + again,
                    "announced": date.fromisoformat(row["announced"]),
                    "original_due": _day(row["original_due"]),
                    "metric": "x" if row["has_metric"] == "1" else None,
                    "target": "1" if row["has_metric"] == "1" else None,
                    "budget_amount": 1.0 if row["has_budget"] == "1" else None,
                    "responsible_unit": "works" if row["has_owner"] == "1" else None,
                }
            )
    found = measured(date(2025, 3, 31), commitment=rows)
    assert ALPHA not in beside(found, "I05")
    return of(found, "I05")["value"]


def test_laundering_and_its_error_by_hand() -> None:
    """Of 8 due at first 2 were done in time; 4 were moved and met then, 2 were neither."""
    found = measured(
        commitment=[promise(n) for n in range(8)],
        commitment_rev=[
            {"commitment_id": f"k{n}", "new_due": date(2024, 12, 1)} for n in range(2, 6)
        ],
        commitment_update=[
            statement(n, date=date(2024, 6, 1) if n < 2 else date(2024, 11, 1)) for n in range(6)
        ],
        proof=PROOFS,
    )
    row = of(found, "I03")
    assert (row["n"], row["value"]) == (8, 0.5)
    # Each moves it by (x - .75) / 8 - (y - .25) / 8: 2 and 2 by -1/16, 4 by 1/16; all squares 1/256.
    assert row["std_err"] == pytest.approx(np.sqrt(8 / 256 * 8 / 7))
    assert beside(found, "I03")["deadlines moved, share"] == 0.5


def test_where_every_deadline_was_moved_away_there_is_no_laundering_to_reckon() -> None:
    found = measured(
        commitment=[promise(n) for n in range(9)],
        commitment_rev=[{"commitment_id": f"k{n}", "new_due": date(2026, 1, 1)} for n in range(9)],
        commitment_update=[statement(0, "limited")],
        proof=PROOFS,
    )
    row = of(found, "I03")
    assert (row["status"], row["n"]) == ("withheld", 9)
    assert row["reason"] == "every deadline that passed was moved to a day that has not come"
    assert (of(found, "I02")["value"], of(found, "I02")["n"]) == (0, 9)


def test_lip_service_with_its_wilson_interval() -> None:
    rows = [promise(n, responsible_unit="works") for n in range(10)]
    found = measured(
        commitment=rows,
        commitment_update=[statement(n, "limited", "D" if n < 3 else "B") for n in range(10)],
        proof=PROOFS,
    )
    row = of(found, "I06")
    assert (row["status"], row["n"], row["value"]) == ("published", 10, 0.3)
    # Wilson, z = 1.6449: (.3 + z2/20 -+ z sqrt(.021 + z2/400)) / (1 + z2/10).
    assert (row["low"], row["high"]) == pytest.approx((0.1269, 0.5583), abs=1e-4)
    assert beside(found, "I06")["progress by a bare claim, share"] == 0.3


def test_the_gap_between_what_is_said_and_what_is_found() -> None:
    found = assessed([(1, 1)] * 6 + [(0, 0)] * 4)
    row = of(found, "I07")
    assert row["value"] == pytest.approx(0.4)
    assert row["std_err"] == pytest.approx(np.sqrt(0.24 / 9))
    said = beside(found, "I07")
    assert said["said to be complete, share"] == 1
    assert said["verified to be complete, share"] == 0.6


def test_silence_after_every_deadline_in_force() -> None:
    """One commitment let two deadlines pass; the first was spoken of, by moving it."""
    found = measured(
        commitment=[promise(n, original_due=date(2024, 3, 31)) for n in range(8)],
        commitment_rev=[
            {"commitment_id": "k0", "date": date(2024, 5, 1), "new_due": date(2024, 8, 31)}
        ],
        commitment_update=[
            statement(n, "limited", None, date=date(2024, 4, 2)) for n in range(1, 4)
        ],
    )
    row = of(found, "I13")
    # Nine deadlines; silent: the second of k0, and those of k4 to k7.
    assert (row["n"], row["value"]) == (9, pytest.approx(5 / 9))
    assert beside(found, "I13")["commitments with such a deadline"] == 8


def test_money_spent_of_money_set_aside() -> None:
    budgets, spent = [100, 100, 200, 100, 500], [100, 50, 400, 0, 250]
    rows = [promise(n, budget_amount=float(b), currency="EUR") for n, b in enumerate(budgets)]
    paid = [
        {"commitment_id": f"k{n}", "amount": float(p), "currency": "EUR"}
        for n, p in enumerate(spent)
        if p
    ]
    found = measured(commitment=rows, commitment_payment=paid)
    row = of(found, "I14")
    # Of 1000 set aside 100, 50, 200, none and 250 were spent.
    assert (row["n"], row["value"]) == (5, pytest.approx(0.6))
    # Away from 60 %: 40, -10, 80, -60, -50; sqrt(14200 * 5 / 4) / 1000.
    assert row["std_err"] == pytest.approx(np.sqrt(14_200 * 5 / 4) / 1000)
    assert beside(found, "I14")["mean of the shares of commitments"] == pytest.approx(0.6)


def test_money_in_two_currencies_is_never_added() -> None:
    rows = [promise(n, budget_amount=9.0, currency="EUR" if n else "CZK") for n in range(6)]
    paid = [{"commitment_id": "k1", "amount": 9.0, "currency": "EUR"}]
    row = of(measured(commitment=rows, commitment_payment=paid), "I14")
    assert (row["status"], row["reason"]) == (
        "withheld",
        "in several currencies, which are never added: CZK, EUR",
    )


# -- recommendations -----------------------------------------------------------------------------


def advice(number: int, issued: date, days: int | None, how: str = "implemented") -> Row:
    closed = None if days is None else issued + timedelta(days=days)
    return {
        "recommendation_id": f"r{number}",
        "issued": issued,
        "closed": closed,
        "closed_as": None if closed is None else how,
    }


def test_a_cohort_and_all_within_24_months() -> None:
    old, new = date(2020, 3, 1), date(2023, 12, 31)
    waits: list[tuple[date, int | None]] = [(old, 100)] * 4 + [(old, 900)] * 4 + [(old, None)] * 2
    waits += [(new, 100)] * 5 + [(new, None)] * 5
    found = measured(recommendation=[advice(n, *one) for n, one in enumerate(waits)])
    row, said = of(found, "I12"), beside(found, "I12")
    assert (row["n"], row["value"]) == (10, 0.8)
    assert said["cohort"] == "calendar year 2020"
    # Nine of twenty after 100 days; five are lost from sight after 366, and nobody until 730.
    assert said["implemented within 24 months, share (Kaplan-Meier)"] == pytest.approx(9 / 20)
    low = said["implemented within 24 months, lower end (90 %)"]
    assert 0.2 < low < 0.45 < said["implemented within 24 months, upper end (90 %)"] < 0.7


def test_a_recommendation_closed_otherwise_is_one_that_is_not_implemented() -> None:
    issued = date(2020, 3, 1)
    rows = [advice(n, issued, 100) for n in range(5)]
    rows += [advice(n, issued, 50, "not_implemented") for n in range(5, 10)]
    found = measured(recommendation=rows)
    assert of(found, "I12")["value"] == 0.5
    assert beside(found, "I12")["implemented within 24 months, share (Kaplan-Meier)"] == 0.5


# -- event logs ----------------------------------------------------------------------------------

START = datetime(2024, 3, 1)
Step = tuple[float, str, str | None]


def logs(*cases: list[Step], **more: Any) -> dict[str, list[Row]]:
    """Ledgers of cases: (day from 1 March 2024, what, unit)."""
    found: dict[str, list[Row]] = {"case": [], "case_event": []}
    for number, steps in enumerate(cases):
        name = f"c{number}"
        found["case"].append({"case_id": name, "received": START.date(), **more})
        found["case_event"] += [
            {
                "case_id": name, "event_no": n, "ts": START + timedelta(days=day), "event": what,
                "unit": unit,
            }
            for n, (day, what, unit) in enumerate(steps)
        ]  # fmt: skip
    return found


def golden_logs(times: int) -> LedgersMeasured:
    rows: dict[str, list[Row]] = {"case": [], "case_event": []}
    entries = [row for row in reference("golden/handoffs.csv") if row["event"] != "open"]
    for again in range(times):
        for number, row in enumerate(entries):
            name = f"{row['case_id']}-{again}"
            if row["event"] == "received":
                rows["case"].append(
                    {
                        "case_id": name, "received": _day(row["date"]), "sla_days": 10,
                        "sla_days_kind": "calendar",
                    }
                )  # fmt: skip
            rows["case_event"].append(
                {
                    "case_id": name, "event_no": number, "event": row["event"],
                    "unit": row["unit"], "ts": datetime.fromisoformat(row["date"]),
                }
            )  # fmt: skip
    return measured(date(2025, 3, 1), **rows)


def test_golden_hand_offs_from_ledger_to_figure() -> None:
    said = json.loads(shared("conformance/methods/golden/handoffs_expected.json").read_text())
    summary, found = said["_summary"], golden_logs(30)
    assert of(found, "I08")["n"] == 30 * summary["n_cases"]
    assert 100 * of(found, "I08")["value"] == pytest.approx(summary["share_pingpong_pct"])
    pushed, paused = beside(found, "I09"), beside(found, "I10")
    assert pushed["hand-offs a case, mean"] == pytest.approx(summary["mean_handoffs"])
    assert 100 * pushed["cases with 2 or more hand-offs, share"] == pytest.approx(
        summary["share_with_ge2_handoffs_pct"]
    )
    assert 100 * paused["days paused over days open, share"] == pytest.approx(
        summary["clock_pause_share_pct"]
    )
    # What a unit gets from the intake of the case, and hands on: B 30 of 60, C 30 of 60, D 30 of 30.
    assert pushed["passed on of what was handed on, share"] == pytest.approx(3 / 5)
    assert pushed["units that were handed cases"] == 3
    # A pause on the second of ten days is none of the last two.
    assert of(found, "I10")["value"] == 0


def test_a_push_away_rate_by_hand() -> None:
    """60 cases to roads, who pass 30 on to parks, who pass none on."""
    twice: list[Step] = [
        (0, "received", "desk"),
        (1, "transfer", "roads"),
        (2, "transfer", "parks"),
    ]
    found = measured(**logs(*[twice] * 30, *[twice[:2]] * 30))
    row = of(found, "I09")
    # p = 30 / 90. S = 60 (1/6)^2 + 30 (1/3)^2 = 5; p(1-p) = 2/9;
    # rho = (5 - 2/9) / (2/9 (90 - 4500/90 - 1)) = 43/78, M = 78/43 - 1 < 1, the least.
    size = 1
    rates = (30 + size / 3) / (60 + size), (size / 3) / (30 + size)
    assert (row["n"], row["status"]) == (60, "published")
    assert row["value"] == pytest.approx((60 * rates[0] + 30 * rates[1]) / 90)
    assert 0 < row["low"] < row["value"] < row["high"]


def test_where_nothing_is_handed_on_there_is_no_rate() -> None:
    found = measured(**logs(*[[(0, "received", "desk")]] * 60))
    row = of(found, "I09")
    assert (row["status"], row["reason"], row["n"]) == (
        "withheld",
        "no case was handed from the unit that took it in to another",
        60,
    )
    assert of(found, "I08")["value"] == 0


def test_what_an_intake_does_with_its_own_cases_does_not_count() -> None:
    back: list[Step] = [(0, "received", "desk"), (1, "transfer", "roads"), (2, "transfer", "desk")]
    again = [*back, (3, "transfer", "parks")]
    one, other = measured(**logs(*[back] * 60)), measured(**logs(*[again] * 60))
    # Roads send every case back; that the desk then finds parks is its duty.
    assert beside(one, "I09")["passed on of what was handed on, share"] == 1
    assert beside(other, "I09")["passed on of what was handed on, share"] == pytest.approx(1 / 2)


def test_pauses_when_time_runs_out() -> None:
    """Forty pauses, ten of them in the last two of ten days: a quarter, over a fifth."""
    cases: list[list[Step]] = [
        [(0, "received", "A"), (9 if n < 10 else n % 8, "pause", "A"), (20, "closed", "A")]
        for n in range(1, 41)
    ]
    cases = [[s if s[1] != "pause" or s[0] > 0 else (1, *s[1:]) for s in case] for case in cases]
    found = measured(**logs(*cases, sla_days=10, sla_days_kind="calendar"))
    row, said = of(found, "I10"), beside(found, "I10")
    assert (row["n"], said["pauses late in the time allowed"]) == (40, 9)
    assert row["value"] == pytest.approx(9 / 40 / 0.2)
    assert row["low"] < 1 < row["high"], "chance would give as many"
    assert said["chance of so many or more, were they even (binomial)"] == pytest.approx(
        stats.binom.sf(8, 40, 0.2)
    )


def test_cases_that_cannot_be_followed_are_counted() -> None:
    fine: list[Step] = [(0, "received", "A"), (1, "closed", "A")]
    found = measured(
        **logs(*[fine] * 60, [(0, "transfer", "A")], [(5, "received", "A"), (3, "closed", "A")])
    )
    for code in ("I08", "I09", "I10"):
        assert of(found, code)["error"] == 2
    said = {m["field"]: m["cases"] for m in found.missing.to_pylist() if m["indicator"] == "I08"}
    assert said == {
        "its log does not begin with its receipt": 1,
        "its log goes back in time": 1,
    }


@functools.cache
def sql(code: str, day: date) -> str:
    """A formula as it runs; compiled once, because that takes longest."""
    return str(ibis.to_sql(told(catalogue()[code], unbound_ledgers(), day), dialect="duckdb"))


def spoken(code: str, day: date, **ledgers: list[Row]) -> Any:
    """What the formula says of each case, without what is reckoned from it."""
    engine = in_memory(1, "1GB")
    for name, table in LEDGERS.items():
        rows = ledger(name, ledgers.get(name, []))
        engine.register(name, carried(table, rows, pa.array(["A"], pa.string())))
    found = as_said(engine.sql(sql(code, day)).to_arrow_table(), is_dated=True)
    engine.close()
    return found


EVENT = st.tuples(
    st.integers(0, 9),
    st.sampled_from(eventlog.EVENTS),
    st.one_of(st.none(), st.sampled_from("ABC")),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(EVENT, max_size=9), min_size=1, max_size=6))
def test_formulas_say_of_logs_what_the_event_log_says(drawn: list[list[Step]]) -> None:
    """Two ways to the same numbers: a query over the ledger, and `eventlog` over arrays."""
    cases: list[list[Step]] = []
    for steps in drawn:
        at = 0.0
        case: list[Step] = [(0.0, "received", "A")]
        for wait, what, unit in steps:
            at += wait
            case.append((at, what, unit))
        cases.append(case)
    day = START.date() + timedelta(days=40)
    ledgers = logs(*cases, sla_days=20, sla_days_kind="calendar")
    flat = [(n, *step) for n, case in enumerate(cases) for step in case]
    case, days, what, unit = zip(*flat, strict=True)
    names = ["A", "B", "C"]
    events = eventlog.log(
        np.array(case),
        len(cases),
        np.datetime64(START, "s") + (np.array(days) * 86_400).astype("timedelta64[s]"),
        np.array([eventlog.EVENTS.index(word) for word in what]),
        np.array([-1 if one is None else names.index(one) for one in unit]),
        names,
        np.datetime64(day),
    )
    paths = eventlog.paths(events)
    own = spoken("I08", day, **ledgers)
    assert np.array_equal(own.value, paths.handoffs, equal_nan=True)
    flagged = np.where(np.isnan(paths.ping_pong), -1, paths.ping_pong)
    assert [max(one, 0) for one in flagged] == [int(one == 2) for one in _plain(own.state)]
    late = spoken("I10", day, **ledgers)
    theirs = eventlog.late_pauses(
        events, np.full(len(cases), 20.0), np.arange(len(cases)), len(cases)
    )
    assert late.kept["pauses"].tolist() == theirs.n.tolist()
    assert late.kept["late"].tolist() == theirs.late.tolist()
    assert late.kept["gross"] / 86_400 == pytest.approx(paths.gross_days)
    assert late.kept["paused"] / 86_400 == pytest.approx(paths.paused_days)


def _plain(state: np.ndarray) -> list[int]:
    """2 where a case is flagged."""
    return [2 if one == FLAGGED else 0 for one in state.tolist()]


MAYBE = st.one_of(st.none(), st.integers(1, 300))
PROMISE = st.tuples(
    MAYBE,  # due
    MAYBE,  # said complete, with proof
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 400)), max_size=3),  # moved on, to
    st.lists(st.integers(1, 400), max_size=3),  # spoken of
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PROMISE, min_size=1, max_size=8), st.sampled_from([150, 300, 450]))
def test_formulas_say_of_commitments_what_the_functions_over_arrays_say(
    drawn: list[Any], today: int
) -> None:
    begin = date(2023, 1, 1)

    def day(number: int | None) -> date | None:
        return None if number is None else begin + timedelta(days=number)

    rows: dict[str, list[Row]] = {"commitment": [], "commitment_rev": [], "commitment_update": []}
    for n, (due, done, moves, words) in enumerate(drawn):
        rows["commitment"].append(promise(n, announced=begin, original_due=day(due)))
        # Deadlines are changed once a day at most.
        for number, (on, to) in enumerate(sorted(dict(moves).items())):
            rows["commitment_rev"].append(
                {"commitment_id": f"k{n}", "rev_no": number, "date": day(on), "new_due": day(to)}
            )
        said_on = [(day(w), "limited", None) for w in words]
        said_on += [] if done is None else [(day(done), "complete", "A")]
        for number, (on, status, proof) in enumerate(said_on):
            rows["commitment_update"].append(
                statement(n, status, proof, date=on, update_id=f"u{n}.{number}")
            )
    as_of = begin + timedelta(days=today)
    made = {name: ledger(name, entries) for name, entries in rows.items()}
    done_on = np.array([day(d) for _, d, _, _ in drawn], "datetime64[D]")
    revised = commitments.revisions(made["commitment_rev"], made["commitment"]["commitment_id"])
    found = commitments.deadlines(
        made["commitment"]["announced"].to_numpy().astype("datetime64[D]"),
        made["commitment"]["original_due"].to_numpy().astype("datetime64[D]"),
        done_on,
        revised,
        np.datetime64(as_of),
    )
    own = spoken("I03", as_of, proof=PROOFS, **rows)
    for kept, theirs in (
        ("by_original", found.on_time_original),
        ("by_current", found.on_time_current),
    ):
        assert np.where(np.isnan(theirs), -1, theirs).tolist() == own.kept[kept].tolist(), kept
    updates = made["commitment_update"]
    said_of = np.array([int(one[1:]) for one in updates["commitment_id"].to_pylist()], np.int64)
    said_on_days = updates["date"].to_numpy().astype("datetime64[D]")
    known = said_on_days <= np.datetime64(as_of)
    silent = commitments.silent_expiry(
        made["commitment"]["original_due"].to_numpy().astype("datetime64[D]"),
        revised,
        # What was said to be complete after a deadline is a word, and no completion before it.
        np.where(done_on <= np.datetime64(as_of), done_on, np.datetime64("NaT")),
        said_of[known],
        said_on_days[known],
        np.datetime64(as_of),
        np.arange(len(drawn)),
        len(drawn),
    )
    mine = spoken("I13", as_of, proof=PROOFS, **rows)
    whole = np.nan_to_num(mine.kept["whole"], nan=0)
    assert whole.tolist() == silent.n.tolist()
    assert np.nan_to_num(mine.kept["part"], nan=0).tolist() == silent.hits.tolist()


# -- what holds for all inputs -------------------------------------------------------------------


@given(st.integers(0, 200), st.integers(1, 200))
def test_one_more_that_was_missed_never_improves_a_share(hits: int, more: int) -> None:
    n = hits + more
    before, after = (
        share_of(np.array([hits]), np.array([n])),
        share_of(np.array([hits]), np.array([n + 1])),
    )
    assert after.value[0] <= before.value[0]
    assert before.low[0] <= before.value[0] <= before.high[0]
    assert before.std_err[0] > 0


@given(st.integers(1, 80), st.floats(0.05, 0.95))
def test_the_chance_of_so_many_or_more_is_that_of_the_binomial(n: int, chance: float) -> None:
    hits = np.arange(n + 1)
    found = at_least(hits, np.full(n + 1, n), chance)
    assert found == pytest.approx(stats.binom.sf(hits - 1, n, chance))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(-40, 200)), min_size=1, max_size=6))
def test_a_later_day_takes_nothing_back_of_what_was_done_in_time(
    promises: list[tuple[bool, int]],
) -> None:
    rows = [promise(n) for n in range(len(promises))]
    due = rows[0]["original_due"]
    said_of = [
        statement(n, date=due + timedelta(days=wait))
        for n, (is_done, wait) in enumerate(promises)
        if is_done
    ] or [statement(0, "limited")]
    first, then = (
        spoken("I02", day, commitment=rows, commitment_update=said_of, proof=PROOFS).state.tolist()
        for day in (date(2024, 7, 15), DAY)
    )
    assert first == then


def test_the_order_of_entries_changes_nothing() -> None:
    twice: list[Step] = [(0, "received", "desk"), (1, "transfer", "roads"), (2, "transfer", "desk")]
    ledgers = logs(*[twice] * 30, *[twice[:2]] * 30)
    answers = [(1.0, 1.0)] * 5 + [(0.0, 0.0)] * 4 + [(1.0, 0.0)]
    ledgers |= {
        "commitment": [promise(n) for n in range(10)],
        "commitment_update": [statement(n) for n in range(10)],
        "proof": PROOFS,
        "assessment": [row for n in range(10) for row in coded(n, *answers[n])],
    }
    one = measured(**ledgers)
    other = measured(**{name: rows[::-1] for name, rows in ledgers.items()})
    assert one.measurement.equals(other.measurement)
    assert one.detail.equals(other.detail)
    codes = {code for code in one.measurement["indicator"].to_pylist() if code[0] == "I"}
    assert codes == {"I01", "I02", "I05", "I06", "I07", "I08", "I09", "I10", "I11", "I13"}


def test_the_types_of_the_usual_values_are_those_of_the_tables() -> None:
    """So that no story rests on a value that could not be read."""
    kinds = {Type.DATE: date, Type.BOOLEAN: bool, Type.INTEGER: int, Type.TEXT: str}
    for table in LEDGERS.values():
        for column in table:
            if column.name in USUAL and column.type in kinds:
                assert isinstance(USUAL[column.name], kinds[column.type]), (table.name, column.name)

"""Courses: what ledgers say happened, as of a day, and how much of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.link.register import Register
from troth.measure import courses as measured
from troth.measure.courses import courses
from troth.tables import LEDGERS, results
from troth.tables.body import BODY, PUBLIC_BODY
from troth.tables.check import check

AS_OF = date(2024, 12, 31)
BODIES = ("A", "B")

Rows = list[dict[str, Any]]


def told(ledgers: Mapping[str, Iterable[dict[str, Any]]], as_of: date = AS_OF) -> dict[str, Rows]:
    """Courses of these entries, by table; every row is one that a release may hold."""
    given_: dict[str, pa.Table] = {}
    for name, rows in ledgers.items():
        table = LEDGERS[name]
        kind = {"body_kind": PUBLIC_BODY} if "body_kind" in table.names else {}
        given_[name] = table.rows([kind | row for row in rows])
    required = {column.name: 0 for column in BODY if column.promise.required}
    register = Register(
        BODY.rows(
            [
                required | {"body_id": one, "body_kind": PUBLIC_BODY, "body_key": number}
                for number, one in enumerate(BODIES)
            ]
        ),
        is_person=lambda _: False,
    )
    found = courses(given_, register, pa.array(BODIES, pa.string()), as_of).tables
    bodies = BODY.rows([required | {"body_id": one, "body_kind": PUBLIC_BODY} for one in BODIES])
    for table in results.COURSES:
        assert not list(check(table, found[table.name], {**found, "body": bodies}))
    return {name: table.to_pylist() for name, table in found.items()}


def term(number: int, start: str | None, end: str | None = None, **more: Any) -> dict[str, Any]:
    days = {
        name: None if day is None else date.fromisoformat(day)
        for name, day in (("start_date", start), ("end_date", end))
    }
    return {"term_id": f"t{number}", "body_id": "A", "post": "head", **days, **more}


# --- terms of office ---


def test_terms_of_the_leading_post_are_counted_and_short_acting_ones_are_not() -> None:
    found = told(
        {
            "term": [
                term(0, "2015-01-01", "2019-12-31"),
                term(1, "2020-01-01", "2020-02-10", acting=True),
                term(2, "2020-02-11", "2023-06-30"),
                term(3, "2023-07-01", "2023-12-31", acting=True),
                term(4, "2024-01-01"),
                term(5, "2024-03-01", post="secretary"),
                term(6, None),
                term(7, "2025-02-01"),  # after the day: nobody knows of it yet
            ]
        }
    )["tenure"]

    assert {row["term_id"]: row["administration"] for row in found} == {
        "t0": 1, "t1": None, "t2": 2, "t3": 3, "t4": 4, "t5": None, "t6": None,
    }  # fmt: skip
    assert {row["term_id"] for row in found if row["leading"]} == {
        "t0",
        "t1",
        "t2",
        "t3",
        "t4",
        "t6",
    }
    assert {row["of_all"] for row in found} == {7}


def test_a_term_that_ends_after_the_day_has_not_ended_on_it() -> None:
    (row,) = told({"term": [term(0, "2020-01-01", "2026-01-01")]})["tenure"]

    assert row["end_date"] is None


def test_terms_of_a_body_that_is_not_registered_are_nobodys() -> None:
    assert told({"term": [term(0, "2020-01-01") | {"body_id": "C"}]})["tenure"] == []


# --- contracts ---


def contract(number: int, signed: str = "2021-05-01", **more: Any) -> dict[str, Any]:
    return {
        "registered_contract_id": f"c{number}",
        "body_id": "A",
        "date_signed": date.fromisoformat(signed),
        "period_end": date(2024, 6, 30),
        **more,
    }


def invoice(number: int, of: str, due: str, paid: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "invoice_id": f"i{number}",
        "body_id": "A",
        "contract_id": of,
        "amount": 100.0,
        "currency": "EUR",
        "due_date": date.fromisoformat(due),
        "paid_date": None if paid is None else date.fromisoformat(paid),
        **more,
    }


def change(of: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        "registered_contract_id": of,
        "change_no": 0,
        "date": date.fromisoformat(day),
        "kind": "duration",
        **more,
    }


def test_a_contract_tells_what_was_due_paid_and_changed_until_the_day() -> None:
    found = told(
        {
            "term": [term(0, "2015-01-01", "2021-12-31"), term(1, "2022-01-01")],
            "registered_contract": [
                contract(
                    0,
                    title="Ring road",
                    final_status="complete",
                    final_status_date=date(2025, 3, 1),
                )
            ],
            "registered_change": [
                change("c0", "2022-03-01", old_end=date(2023, 6, 30), new_end=date(2024, 6, 30)),
                change("c0", "2025-01-15") | {"change_no": 1},
            ],
            "invoice": [
                invoice(0, "c0", "2022-01-10", "2022-02-01"),
                invoice(1, "c0", "2022-05-10"),
                invoice(2, "c0", "2022-06-10", "2025-01-02"),  # paid after the day
                invoice(3, "c0", "2025-06-10"),
                invoice(4, "c0", "2022-01-10") | {"body_id": "B"},  # of another body
                invoice(5, "elsewhere", "2022-01-10"),
            ],
        }
    )
    (course,) = found["contract_course"]

    assert (course["changes"], course["due"], course["unpaid"], course["payments"]) == (1, 3, 2, 1)
    assert (course["original_end"], course["period_end"]) == (date(2023, 6, 30), date(2024, 6, 30))
    assert (course["signed_under"], course["ends_under"]) == (1, 2)
    assert (course["final_status"], course["final_status_date"]) == (None, None)
    assert [(row["lane"], row["settled_on"]) for row in found["contract_event"]] == [
        ("due", date(2022, 2, 1)),
        ("payment", None),
        ("change", None),
        ("due", None),
        ("due", None),
    ]


def test_payments_of_the_register_stand_before_those_of_invoices() -> None:
    found = told(
        {
            "registered_contract": [contract(0)],
            "registered_payment": [
                {"registered_contract_id": "c0", "payment_no": 0, "date": date(2022, 2, 3), "amount": 9.0, "currency": "EUR"}
            ],
            "invoice": [invoice(0, "c0", "2022-01-10", "2022-02-01")],
        }
    )  # fmt: skip

    paid = [row["date"] for row in found["contract_event"] if row["lane"] == "payment"]
    assert paid == [date(2022, 2, 3)]


def test_the_contracts_with_most_unpaid_then_most_changes_then_the_latest_are_kept() -> None:
    many = measured.CONTRACTS + 4
    found = told(
        {
            "registered_contract": [
                contract(number, f"2021-01-{number + 1:02}") for number in range(many)
            ],
            "registered_change": [change("c1", "2022-01-01")],
            "invoice": [invoice(0, "c0", "2022-01-10")],
        }
    )["contract_course"]

    kept = {row["registered_contract_id"] for row in found}
    assert len(found) == measured.CONTRACTS
    assert {"c0", "c1", f"c{many - 1}"} <= kept
    assert "c2" not in kept
    assert {row["of_all"] for row in found} == {many}


def test_of_many_events_the_latest_are_kept_and_all_are_counted() -> None:
    many = measured.EVENTS + 5
    payments = [
        {"registered_contract_id": "c0", "payment_no": number, "date": date(2022, 1, 1) + timedelta(number)}
        for number in range(many)
    ]  # fmt: skip
    found = told({"registered_contract": [contract(0)], "registered_payment": payments})

    assert len(found["contract_event"]) == measured.EVENTS
    assert found["contract_event"][-1]["date"] == date(2022, 1, 1) + timedelta(many - 1)
    assert [row["event_no"] for row in found["contract_event"]] == list(range(measured.EVENTS))
    assert found["contract_course"][0]["events"] == many


# --- commitments ---


def commitment(number: int, due: str | None, announced: str = "2021-01-01") -> dict[str, Any]:
    return {
        "commitment_id": f"p{number}",
        "body_id": "A",
        "origin": "plan",
        "announced": date.fromisoformat(announced),
        "text": f"Promise {number}",
        "original_due": None if due is None else date.fromisoformat(due),
    }


def update(number: int, of: str, day: str, status: str) -> dict[str, Any]:
    return {
        "update_id": f"u{number}",
        "commitment_id": of,
        "date": date.fromisoformat(day),
        "claimed_status": status,
    }


def moved(of: str, number: int, day: str, due: str | None, gone: bool = False) -> dict[str, Any]:
    return {
        "commitment_id": of,
        "rev_no": number,
        "date": date.fromisoformat(day),
        "new_due": None if due is None else date.fromisoformat(due),
        "withdrawn": gone,
    }


PROMISES: dict[str, Rows] = {
    "commitment": [
        commitment(0, "2022-06-30"),
        commitment(1, "2022-06-30"),
        commitment(2, "2022-06-30"),
        commitment(3, "2026-06-30"),
        commitment(4, None),
        commitment(5, None),
        commitment(6, "2022-06-30"),
        commitment(7, "2022-06-30", announced="2025-02-01"),
    ],
    "commitment_rev": [
        moved("p1", 0, "2022-05-01", "2023-01-31"),
        moved("p1", 1, "2022-12-01", "2023-12-31"),
        moved("p1", 2, "2025-01-01", "2026-12-31"),  # after the day
        moved("p6", 0, "2022-05-01", None, gone=True),
    ],
    "commitment_update": [
        update(0, "p0", "2022-06-30", "complete"),
        update(1, "p0", "2022-08-30", "complete"),
        update(2, "p1", "2023-11-02", "complete"),
        update(3, "p2", "2022-01-02", "limited"),
        update(4, "p2", "2022-03-02", "substantial"),
        update(5, "p2", "2025-03-02", "complete"),  # after the day
        update(6, "p5", "2022-03-02", "complete"),
    ],
}


def test_commitments_stand_against_the_deadline_first_given() -> None:
    found = {row["state"]: row["commitments"] for row in told(PROMISES)["commitment_state"]}

    assert found == {
        "done_in_time": 1,  # p0, on the very day
        "done_later": 1,  # p1, though in time for the deadline as moved
        "past": 1,  # p2
        "running": 1,  # p3
        "undated": 1,  # p4
        "done_undated": 1,  # p5
        "withdrawn": 1,  # p6
    }


def test_deadlines_as_first_given_and_as_they_stand_and_what_was_said_last() -> None:
    found = {row["commitment_id"]: row for row in told(PROMISES)["commitment_deadline"]}

    assert found["p1"]["original_due"] == date(2022, 6, 30)
    assert (found["p1"]["current_due"], found["p1"]["moved"]) == (date(2023, 12, 31), 2)
    assert found["p1"]["done_on"] == date(2023, 11, 2)
    assert found["p0"]["done_on"] == date(2022, 6, 30)
    assert (found["p2"]["last_status"], found["p2"]["last_said"]) == (
        "substantial",
        date(2022, 3, 2),
    )
    assert found["p6"]["withdrawn"]
    assert "p7" not in found
    assert {row["of_all"] for row in found.values()} == {7}


def test_the_commitments_moved_furthest_are_kept() -> None:
    many = measured.COMMITMENTS + 3
    found = told(
        {
            "commitment": [commitment(number, "2022-06-30") for number in range(many)],
            "commitment_rev": [
                moved(f"p{number}", 0, "2022-01-01", str(date(2022, 7, 1) + timedelta(number)))
                for number in range(many)
            ],
        }
    )["commitment_deadline"]

    assert {row["commitment_id"] for row in found} == {f"p{n}" for n in range(3, many)}


# --- arrears, requests, ways ---


def test_arrears_by_age_in_each_currency_with_suspended_days_left_out() -> None:
    found = told(
        {
            "invoice": [
                invoice(0, "", "2024-12-21"),  # 10 days
                invoice(1, "", "2024-11-30"),  # 31 days
                invoice(2, "", "2024-11-30", currency="USD", amount=7.0),
                invoice(3, "", "2023-01-01"),  # 730 days
                invoice(4, "", "2024-12-31"),  # due today: not past due
                invoice(5, "", "2024-12-01", "2024-12-20"),
                invoice(6, "", "2024-11-30"),  # 31 days, 20 of them suspended
                invoice(7, "", "2024-11-30") | {"due_date": None},
            ],
            "invoice_suspension": [
                {
                    "invoice_id": "i6",
                    "suspension_no": 0,
                    "from_date": date(2024, 12, 1),
                    "to_date": date(2024, 12, 21),
                }
            ],
        }
    )["arrears_age"]

    assert {(row["currency"], row["age"]): (row["amount"], row["invoices"]) for row in found} == {
        ("EUR", "1-30"): (200.0, 2),
        ("EUR", "31-60"): (100.0, 1),
        ("EUR", "over 365"): (100.0, 1),
        ("EUR", "no due date"): (100.0, 1),
        ("USD", "31-60"): (7.0, 1),
    }


def request(
    number: int, received: str, answered: str | None, outcome: str | None
) -> dict[str, Any]:
    return {
        "foi_id": f"f{number}",
        "body_id": "A",
        "received": date.fromisoformat(received),
        "answered": None if answered is None else date.fromisoformat(answered),
        "outcome": outcome,
    }


def test_requests_by_year_and_outcome_from_single_requests_and_from_reports() -> None:
    found = told(
        {
            "foi": [
                request(0, "2023-02-01", "2023-03-01", "full"),
                request(1, "2023-12-31", "2024-01-20", "full"),
                request(2, "2024-02-01", "2025-01-20", "full"),  # answered after the day
                request(3, "2024-02-01", None, None),
                request(4, "2024-02-01", "2024-02-05", None),
                request(5, "2025-02-01", "2025-02-05", "full"),
                request(6, "2009-02-01", "2009-02-05", "full"),  # too long ago to be shown
            ],
            "foi_annual": [
                {"body_id": "A", "year": 2023, "granted": 12, "unable": 3, "carried_out": 0}
            ],
        }
    )["request_outcome"]

    assert {(row["source"], row["year"], row["outcome"]): row["requests"] for row in found} == {
        ("requests", 2023, "full"): 2,
        ("requests", 2024, "open"): 2,
        ("requests", 2024, "not_said"): 1,
        ("yearly report", 2023, "full"): 12,
        ("yearly report", 2023, "unable"): 3,
    }


def events(case: str, *units: str | None, day: str = "2024-03-01") -> Rows:
    start = datetime.fromisoformat(f"{day}T08:00:00+00:00")
    return [
        {
            "case_id": case,
            "event_no": number,
            "ts": start + timedelta(hours=number),
            "event": "transfer" if number else "received",
            "unit": unit,
        }
        for number, unit in enumerate(units)
    ]


def test_ways_of_cases_between_units_the_most_frequent_first() -> None:
    case = {"body_id": "A", "channel": "complaint", "received": date(2024, 3, 1)}
    found = told(
        {
            "case": [case | {"case_id": name} for name in "xyz"],
            "case_event": [
                *events("x", "intake", "legal", "legal", "intake", "legal"),
                *events("y", "intake", "legal"),
                *events("z", "intake", "works", day="2025-03-01"),  # after the day
            ],
        }
    )["hand_off"]

    assert [
        (row["from_unit"], row["to_unit"], row["transfers"], row["cases"]) for row in found
    ] == [("intake", "legal", 3, 2), ("legal", "intake", 1, 1)]
    assert {row["of_all"] for row in found} == {4}


# --- for all of them ---


def test_without_ledgers_every_table_is_there_and_empty() -> None:
    assert told({}) == {table.name: [] for table in results.COURSES}


DAYS = st.dates(date(2023, 1, 1), date(2024, 12, 31))
MAYBE = st.none() | DAYS


@settings(max_examples=60)
@given(
    st.lists(st.tuples(DAYS, MAYBE, st.booleans()), max_size=5),
    st.lists(st.tuples(DAYS, MAYBE), max_size=6),
    st.lists(st.tuples(DAYS, MAYBE, MAYBE), max_size=6),
    DAYS,
)
def test_what_comes_after_the_day_is_not_known_on_it(
    terms: list[tuple[date, date | None, bool]],
    bills: list[tuple[date, date | None]],
    promises: list[tuple[date, date | None, date | None]],
    day: date,
) -> None:
    """The same ledgers without what comes after the day say the same."""

    def until(one: date | None) -> date | None:
        return one if one is not None and one <= day else None

    def ledgers(cut: bool) -> dict[str, Rows]:
        end = until if cut else lambda one: one
        return {
            "term": [
                term(n, str(start)) | {"end_date": end(last), "acting": acting}
                for n, (start, last, acting) in enumerate(terms)
                if not cut or start <= day
            ],
            "invoice": [
                invoice(n, "c0", str(due)) | {"paid_date": end(paid)}
                for n, (due, paid) in enumerate(bills)
            ],
            "registered_contract": [contract(0, "2022-01-01")],
            "commitment": [
                commitment(n, None, str(announced)) | {"original_due": due}
                for n, (announced, due, _) in enumerate(promises)
                if not cut or announced <= day
            ],
            "commitment_update": [
                update(n, f"p{n}", str(done), "complete")
                for n, (announced, _, done) in enumerate(promises)
                if done is not None and (not cut or (done <= day and announced <= day))
            ],
        }

    assert told(ledgers(cut=True), day) == told(ledgers(cut=False), day)


@given(st.permutations(range(8)))
def test_the_order_of_entries_does_not_matter(order: list[int]) -> None:
    shuffled = {
        name: [rows[place] for place in order if place < len(rows)]
        for name, rows in PROMISES.items()
    }

    def sorted_rows(found: dict[str, Rows]) -> dict[str, list[str]]:
        return {name: sorted(map(str, rows)) for name, rows in found.items()}

    assert sorted_rows(told(shuffled)) == sorted_rows(told(PROMISES))


@pytest.mark.parametrize("table", results.COURSES, ids=lambda table: table.name)
def test_no_course_has_a_column_of_its_own_for_whoever_was_in_office(table: Any) -> None:
    """Remedy: a term is a post and its days; a name, a key or a party is nowhere needed."""
    for column in table:
        assert not {"name", "party", "member", "successor"} & set(column.name.split("_"))

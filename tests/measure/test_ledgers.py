"""Figures from ledgers: counts that add up, windows, years, what is withheld, what stands behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from troth.link.register import Register
from troth.measure.ledgers import ENTRIES_SHOWN, TOLD_FROM, LedgersMeasured, measure_ledgers
from troth.measure.plan import plan
from troth.tables import LEDGERS
from troth.tables.body import BODY, PUBLIC_BODY
from troth.tables.check import check
from troth.tables.results import COVERAGE, DETAIL, ENTRY, MEASUREMENT, MISSING

DAY = date(2024, 12, 31)


def invoices(*rows: dict[str, Any]) -> pa.Table:
    """Entries of the ledger of invoices, each from a line of its own."""
    made = [
        {
            "invoice_id": f"i{number}",
            "body_kind": PUBLIC_BODY,
            "amount": 1.0,
            "currency": "EUR",
            **row,
        }
        for number, row in enumerate(rows)
    ]
    table = LEDGERS["invoice"].rows(made)
    count = table.num_rows
    table = table.append_column("file", pa.array(["bills.csv"] * count).dictionary_encode())
    return table.append_column("line", pa.array(np.arange(count) + 2))


def some(
    body: str, count: int, waited: int, received: date = date(2024, 3, 1)
) -> list[dict[str, Any]]:
    paid = received + timedelta(days=waited)
    return [{"body_id": body, "received_date": received, "paid_date": paid}] * count


def measured(
    entries: pa.Table, day: date = DAY, bodies: tuple[str, ...] = ("A", "B")
) -> LedgersMeasured:
    rows = [
        {"body_id": one, "body_kind": PUBLIC_BODY, "body_key": n} for n, one in enumerate(bodies)
    ]
    register = Register(BODY.rows([_whole(row) for row in rows]), is_person=lambda _: False)
    return measure_ledgers(
        {"invoice": entries}, plan(), register, pa.array(bodies, pa.string()), day
    )


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    required = {c.name: 0 for c in BODY if c.promise.required and c.name not in row}
    return {**required, **row}


def of(found: LedgersMeasured, body: str, period: str = "all", code: str = "D03") -> dict[str, Any]:
    rows = [
        row
        for row in found.measurement.to_pylist()
        if (row["body_id"], row["period"], row["indicator"]) == (body, period, code)
    ]
    assert len(rows) == 1, rows
    return rows[0]


def test_a_median_with_its_interval_and_no_hits() -> None:
    waits = [row for waited in range(10, 50) for row in some("A", 1, waited)]
    row = of(measured(invoices(*waits)), "A")
    assert (row["status"], row["n"], row["hits"]) == ("published", 40, None)
    assert row["low"] < row["value"] == 29.5 < row["high"]
    assert row["std_err"] == pytest.approx((row["high"] - row["low"]) / (2 * 1.6448536269514722))


def test_the_window_of_the_card_is_all_that_counts_and_years_stand_beside() -> None:
    old = some("A", 30, 90, date(2021, 5, 1))
    found = measured(invoices(*some("A", 25, 20), *old))
    assert of(found, "A")["n"] == 25
    assert of(found, "A", "2021")["value"] == 90
    assert of(found, "A", "2024")["n"] == 25


def test_what_comes_after_the_day_of_judgement_is_not_known() -> None:
    later = some("A", 30, 1, date(2025, 1, 1))
    found = measured(invoices(*some("A", 25, 20), *later))
    assert of(found, "A")["n"] == 25
    assert "2025" not in found.measurement["period"].to_pylist()
    # Paid the day after: on the day of judgement it still waits.
    waiting = measured(invoices(*some("A", 25, 40, date(2024, 11, 22))))
    assert of(waiting, "A")["status"] == "withheld"


def test_too_few_unknown_and_contradicting_cases_are_counted_and_named() -> None:
    found = measured(
        invoices(
            *some("A", 3, 10),
            {"body_id": "A", "paid_date": DAY},
            {"body_id": "A", "received_date": DAY, "paid_date": date(2024, 1, 1)},
            {"body_id": "B"},
        )
    )
    row = of(found, "A")
    assert (row["status"], row["n"], row["unknown"], row["error"]) == ("too_few_cases", 3, 1, 1)
    assert row["value"] is None
    assert of(found, "B")["status"] == "not_measurable"
    told = {
        (m["body_id"], m["state"], m["field"]): m["cases"]
        for m in found.missing.to_pylist()
        if m["indicator"] == "D03"
    }
    assert told == {
        ("A", "insufficient_data", "received_date"): 1,
        ("A", "error", "paid before it was received"): 1,
        ("B", "insufficient_data", "received_date"): 1,
    }


def test_a_body_outside_the_register_is_in_coverage_and_in_nobodys_figures() -> None:
    found = measured(invoices(*some("A", 25, 20), *some("Z", 25, 99)))
    coverage = next(row for row in found.coverage.to_pylist() if row["indicator"] == "D03")
    assert coverage["flagged"] + coverage["not_flagged"] == 50
    assert set(found.measurement["body_id"].to_pylist()) == {"A"}
    assert coverage["middle"] == 20


def test_the_entries_behind_a_figure_lead_to_the_line_of_the_file() -> None:
    waits = [row for waited in range(1, 100) for row in some("A", 1, waited)]
    found = measured(invoices(*waits))
    entries = [row for row in found.entry.to_pylist() if row["indicator"] == "D03"]
    assert len(entries) == ENTRIES_SHOWN
    first = entries[0]
    assert (first["ledger"], first["entry_id"], first["value"]) == ("invoice", "i98", 99)
    assert (first["file"], first["line"], first["flagged"]) == ("bills.csv", 100, True)
    assert '"received_date":"2024-03-01"' in first["json"]


def test_without_entries_nothing_is_run() -> None:
    found = measured(invoices())
    assert found.coverage.num_rows == found.measurement.num_rows == 0


def test_the_order_of_entries_changes_nothing() -> None:
    rows = [*some("A", 25, 20), *some("B", 25, 70), *some("A", 3, 5)]
    one = measured(invoices(*rows)).measurement
    other = measured(invoices(*reversed(rows))).measurement
    assert one.equals(other)


def with_lines(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    table = LEDGERS[name].rows([{"body_kind": PUBLIC_BODY, **row} for row in rows])
    count = table.num_rows
    table = table.append_column("file", pa.array([f"{name}.csv"] * count).dictionary_encode())
    return table.append_column("line", pa.array(np.arange(count) + 2))


def requests(body: str, count: int, in_time: int, due: date = date(2024, 3, 29)) -> pa.Table:
    late = due + timedelta(days=1)
    rows = [
        {
            "foi_id": f"{body}{due}{number}",
            "body_id": body,
            "received": due - timedelta(days=28),
            "due": due,
            "answered": due if number < in_time else late,
        }
        for number in range(count)
    ]
    return with_lines("foi", rows)


def report(body: str, total: int | None, on_time: int, year: int = 2024) -> dict[str, Any]:
    return {"body_id": body, "year": year, "total": total, "on_time": on_time}


def told(
    ledgers: dict[str, pa.Table], day: date = DAY, bodies: tuple[str, ...] = ("A", "B", "C")
) -> LedgersMeasured:
    rows = [
        _whole({"body_id": one, "body_kind": PUBLIC_BODY, "body_key": n})
        for n, one in enumerate(bodies)
    ]
    register = Register(BODY.rows(rows), is_person=lambda _: False)
    return measure_ledgers(ledgers, plan(), register, pa.array(bodies, pa.string()), day)


def source(found: LedgersMeasured, body: str, period: str = "all") -> list[str]:
    return [
        row["words"]
        for row in found.detail.to_pylist()
        if (row["body_id"], row["period"], row["indicator"], row["what"])
        == (body, period, "T01", TOLD_FROM)
    ]


def test_an_entry_may_count_many_things() -> None:
    found = told({"foi_annual": with_lines("foi_annual", [report("A", 400, 300)])})
    row = of(found, "A", code="T01")
    assert (row["status"], row["n"], row["hits"], row["value"]) == ("published", 400, 300, 0.75)
    assert row["std_err"] is None, "a share is drawn from its counts"
    assert source(found, "A") == ["foi_annual"]


def test_a_second_ledger_is_asked_where_the_first_says_too_little() -> None:
    """A has requests enough, B too few, C none."""
    foi = pa.concat_tables([requests("A", 25, 20), requests("B", 19, 19)])
    reports = [report("A", 100, 10), report("B", 100, 10), report("C", 10, 9)]
    found = told({"foi": foi, "foi_annual": with_lines("foi_annual", reports)})
    assert of(found, "A", code="T01")["value"] == 0.8
    assert of(found, "B", code="T01")["value"] == 0.1
    assert of(found, "C", code="T01")["status"] == "too_few_cases"
    assert (source(found, "A"), source(found, "B"), source(found, "C")) == (
        ["foi"], ["foi_annual"], [],
    )  # fmt: skip
    behind = {(row["body_id"], row["ledger"]) for row in found.entry.to_pylist()
              if row["indicator"] == "T01"}  # fmt: skip
    assert behind == {("A", "foi"), ("B", "foi_annual"), ("C", "foi_annual")}
    coverage = next(row for row in found.coverage.to_pylist() if row["indicator"] == "T01")
    assert coverage["flagged"] + coverage["not_flagged"] == 25 + 19 + 3
    assert (coverage["bodies_measured"], coverage["bodies_too_few"]) == (2, 1)


def test_each_year_is_told_from_the_ledger_that_can() -> None:
    reports = [report("A", 100, 10, 2022), report("A", 100, 10, 2024)]
    found = told({"foi": requests("A", 25, 20), "foi_annual": with_lines("foi_annual", reports)})
    assert source(found, "A", "2022") == ["foi_annual"]
    assert source(found, "A", "2024") == ["foi"]
    keys = [(r["body_id"], r["indicator"], r["period"]) for r in found.measurement.to_pylist()]
    assert len(keys) == len(set(keys))


def test_what_is_unknown_in_neither_or_either_ledger_is_named() -> None:
    reports = [report("A", None, 10), report("B", 100, 101)]
    found = told({"foi_annual": with_lines("foi_annual", reports)})
    assert of(found, "A", code="T01")["status"] == "not_measurable"
    assert of(found, "B", code="T01")["error"] == 1
    named = {
        (row["body_id"], row["field"])
        for row in found.missing.to_pylist()
        if row["indicator"] == "T01"
    }
    assert named == {("A", "total"), ("B", "more in time than in all")}


def test_with_two_ledgers_the_order_of_entries_changes_nothing() -> None:
    foi = pa.concat_tables([requests("A", 25, 20), requests("B", 19, 19)])
    reports = [report("B", 100, 10), report("C", 30, 9), report("A", 50, 9, 2023)]
    one = told({"foi": foi, "foi_annual": with_lines("foi_annual", reports)})
    backwards = foi.take(pa.array(range(foi.num_rows - 1, -1, -1)))
    other = told({"foi": backwards, "foi_annual": with_lines("foi_annual", reports[::-1])})
    assert one.measurement.equals(other.measurement)
    assert one.missing.equals(other.missing)


def test_every_table_keeps_its_promises() -> None:
    reports = with_lines("foi_annual", [report("A", 100, 10), report("B", None, 10)])
    given = {"invoice": invoices(*some("A", 25, 20), {"body_id": "B"}), "foi_annual": reports}
    found = told({**given, "foi": requests("B", 30, 3)}, bodies=("A", "B"))
    body = BODY.rows([_whole({"body_id": one, "body_kind": PUBLIC_BODY}) for one in ("A", "B")])
    for table, rows in (
        (MEASUREMENT, found.measurement), (MISSING, found.missing), (COVERAGE, found.coverage),
        (ENTRY, found.entry), (DETAIL, found.detail),
    ):  # fmt: skip
        assert check(table, rows, {"body": body}) == []


def test_where_all_cases_are_alike_no_error_is_claimed() -> None:
    row = of(measured(invoices(*some("A", 25, 20))), "A")
    assert (row["value"], row["std_err"]) == (20, None)

"""Figures from ledgers: counts that add up, windows, years, what is withheld, what stands behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from troth.link.register import Register
from troth.measure.ledgers import ENTRIES_SHOWN, LedgersMeasured, measure_ledgers
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


def test_every_table_keeps_its_promises() -> None:
    found = measured(invoices(*some("A", 25, 20), {"body_id": "B"}))
    body = BODY.rows([_whole({"body_id": one, "body_kind": PUBLIC_BODY}) for one in ("A", "B")])
    for table, rows in (
        (MEASUREMENT, found.measurement), (MISSING, found.missing), (COVERAGE, found.coverage),
        (ENTRY, found.entry), (DETAIL, found.detail),
    ):  # fmt: skip
        assert check(table, rows, {"body": body}) == []


def test_where_all_cases_are_alike_no_error_is_claimed() -> None:
    row = of(measured(invoices(*some("A", 25, 20))), "A")
    assert (row["value"], row["std_err"]) == (20, None)

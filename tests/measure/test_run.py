"""Measuring: every case is counted once, and a figure with too little behind it is withheld."""

from datetime import date

import pyarrow as pa
import pytest

from troth.errors import PersonError
from troth.link.register import Register
from troth.measure.batch import FactsOf
from troth.measure.plan import plan
from troth.measure.run import Measured, as_of_of, measure
from troth.store.plain import in_memory
from troth.tables.body import BODY
from troth.tables.procurement import HOT
from troth.tables.results import LATEST_RELEASE, NO_RELEASE_DATE, STATED

#: Keys as bodies have them: 63 bits, next to each other, which no floating number tells apart.
LYON, ROMA = 5_227_038_600_827_376_325, 5_227_038_600_827_376_327


def procedures(
    body: int | None,
    count: int,
    bidders: int | None,
    *,
    first: int,
    year: int | None = 2020,
    method: str = "open",
) -> list[dict[str, object]]:
    return [
        {"pid": pid, "body_key": body, "year": year, "method": method, "bidders": bidders}
        for pid in range(first, first + count)
    ]


def measured(
    rows: list[dict[str, object]], bids: list[dict[str, object]] | None = None
) -> Measured:
    """P018 and the others over open procedures with these numbers of bidders, and these bids."""
    tables = {table.name: table.empty() for table in HOT}
    tables["process"] = pa.Table.from_pylist(
        [
            {
                "pid": r["pid"],
                "ocid": f"ocds-test-{r['pid']}",
                "body_key": r["body_key"],
                "year": r["year"],
                "compiled": True,
                "chunk": 0,
                "row": 0,
                "length": 1,
            }
            for r in rows
        ],
        schema=tables["process"].schema,
    )
    tables["tender"] = pa.Table.from_pylist(
        [{"pid": r["pid"], "method": r["method"], "tenderers_stated": r["bidders"]} for r in rows],
        schema=tables["tender"].schema,
    )
    tables["bid"] = pa.Table.from_pylist(bids or [], schema=tables["bid"].schema)
    planned = plan()
    engine = in_memory(1, "512MB")
    for name, fact in FactsOf(planned)(tables).items():
        engine.register(f"{name}_rows", fact)
        engine.execute(
            f"CREATE VIEW {name} AS SELECT *, DATE '2024-01-01' AS as_of FROM {name}_rows"
        )
    bodies = BODY.rows(
        [
            {
                "body_id": body_id,
                "body_kind": "public_body",
                "body_key": key,
                "names": 1,
                "processes": 1,
            }
            for key, body_id in ((LYON, "FR-1"), (ROMA, "IT-1"))
        ]
    )
    register = Register(bodies, is_person=lambda _: False)

    def ask(sql: str) -> pa.Table:
        return engine.sql(sql).to_arrow_table()

    return measure(ask, planned, register, {LYON: "FR-1", ROMA: "IT-1"})


def single_bids(found: Measured, body: str = "FR-1", period: str = "all") -> dict[str, object]:
    rows = [
        row
        for row in found.measurement.to_pylist()
        if (row["indicator"], row["body_id"], row["period"]) == ("P018", body, period)
    ]
    assert len(rows) == 1
    return dict(rows[0])


def test_a_share_has_its_counts_and_interval() -> None:
    row = single_bids(
        measured(procedures(LYON, 6, 1, first=0) + procedures(LYON, 18, 4, first=100))
    )
    assert (row["n"], row["hits"], row["unknown"], row["status"]) == (24, 6, 0, "published")
    assert row["value"] == 0.25
    assert row["low"] == pytest.approx(0.135194953, abs=1e-9)
    assert row["high"] == pytest.approx(0.415460138, abs=1e-9)


def test_too_few_cases_are_withheld_with_the_reason() -> None:
    row = single_bids(measured(procedures(LYON, 19, 1, first=0)))
    assert (row["n"], row["hits"], row["value"], row["low"]) == (19, 19, None, None)
    assert (row["status"], row["reason"]) == ("too_few_cases", "19 cases, fewer than 20")


def test_an_unknown_number_of_bidders_is_unknown_and_never_a_zero() -> None:
    found = measured(procedures(LYON, 30, None, first=0))
    row = single_bids(found)
    assert (row["n"], row["unknown"], row["status"]) == (0, 30, "not_measurable")
    missing = [m for m in found.missing.to_pylist() if m["indicator"] == "P018"]
    assert missing == [
        {
            "body_id": "FR-1",
            "body_kind": "public_body",
            "indicator": "P018",
            "state": "insufficient_data",
            "field": "tender/numberOfTenderers",
            "cases": 30,
        }
    ]


def test_direct_awards_are_none_of_its_business() -> None:
    row = single_bids(measured(procedures(LYON, 30, 1, first=0, method="direct")))
    assert (row["n"], row["not_applicable"], row["status"]) == (0, 30, "not_applicable")


def test_years_add_up_to_all_and_undated_cases_stand_apart() -> None:
    found = measured(
        procedures(LYON, 25, 1, first=0, year=2019)
        + procedures(LYON, 21, 3, first=100, year=2020)
        + procedures(LYON, 4, 3, first=200, year=None)
    )
    by_period = {p: single_bids(found, period=p) for p in ("2019", "2020", "undated", "all")}
    assert [by_period[p]["n"] for p in by_period] == [25, 21, 4, 50]
    assert [by_period[p]["hits"] for p in by_period] == [25, 0, 0, 25]
    assert [by_period[p]["status"] for p in by_period] == [
        "published",
        "published",
        "too_few_cases",
        "published",
    ]


def test_bodies_are_kept_apart_and_cases_of_no_body_count_in_coverage_alone() -> None:
    found = measured(
        procedures(LYON, 20, 1, first=0)
        + procedures(ROMA, 20, 2, first=100)
        + procedures(None, 7, 1, first=200)
    )
    assert single_bids(found, "FR-1")["value"] == 1.0
    assert single_bids(found, "IT-1")["value"] == 0.0
    (row,) = [c for c in found.coverage.to_pylist() if c["indicator"] == "P018"]
    assert (row["flagged"], row["not_flagged"], row["bodies_measured"]) == (27, 20, 2)


def test_every_case_ends_in_one_state() -> None:
    found = measured(
        procedures(LYON, 5, 1, first=0)
        + procedures(LYON, 5, None, first=10)
        + procedures(LYON, 5, 2, first=20, method="limited")
    )
    for row in found.coverage.to_pylist():
        if row["indicator"] in ("P003", "P010", "P013", "P018", "P019"):
            states = ("flagged", "not_flagged", "not_applicable", "insufficient_data", "error")
            assert sum(row[state] for state in states) == 15, row


def test_a_body_outside_the_register_cannot_be_measured() -> None:
    register = Register(
        BODY.rows(
            [
                {
                    "body_id": "FR-1",
                    "body_kind": "public_body",
                    "body_key": LYON,
                    "names": 1,
                    "processes": 1,
                }
            ]
        ),
        is_person=lambda _: False,
    )
    found = measured(procedures(ROMA, 20, 1, first=0))
    with pytest.raises(PersonError, match="IT-1"):
        register.admit(found.measurement)


def test_the_day_of_judgement_is_stated_or_taken_from_the_data_never_from_a_clock() -> None:
    assert as_of_of(date(2020, 5, 1), date(2021, 1, 1)) == (date(2021, 1, 1), STATED)
    assert as_of_of(date(2020, 5, 1), None) == (date(2020, 5, 1), LATEST_RELEASE)
    assert as_of_of(None, None)[1] == NO_RELEASE_DATE


def test_many_bids_of_one_process_are_not_many_cases() -> None:
    """Cardinal's D1: a buyer with one process of 40 bids passed a minimum of 30 processes."""
    assert disqualified({1: 40})["status"] == "too_few_cases"
    assert (
        disqualified({1: 40})["reason"]
        == "all of one process, and one process says little about a body"
    )
    row = disqualified({1: 20, 2: 20})
    assert (row["n"], row["hits"], row["status"]) == (40, 20, "published")


def disqualified(bids: dict[int, int]) -> dict[str, object]:
    """P038 of a body with these processes and numbers of bids, half of them disqualified."""
    given = measured(
        procedures(LYON, len(bids), 3, first=1),
        [
            {
                "pid": pid,
                "bid_no": no,
                "status": ("valid", "disqualified")[no % 2],
                "lot": 0,
                "tenderers": 1,
            }
            for pid, count in bids.items()
            for no in range(count)
        ],
    )
    (row,) = [
        r for r in given.measurement.to_pylist() if (r["indicator"], r["period"]) == ("P038", "all")
    ]
    return dict(row)

"""What the benchmark of ledgers runs on, and that it runs."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks import make_promises, promises
from troth.tables import LEDGERS
from troth.tables.check import check

SMALL = 3_000


def test_ledgers_are_the_same_every_time_and_others_by_another_seed() -> None:
    one, again, other = (make_promises.debt(SMALL, 40, seed) for seed in (1, 1, 2))
    assert one["invoice"].equals(again["invoice"])
    assert not one["invoice"].equals(other["invoice"])


def test_ledgers_keep_the_promises_of_their_tables() -> None:
    made = make_promises.ledgers_of("DI", SMALL, 40)
    body = pa.table({"body_id": make_promises.body_ids(40)})
    there = {**made, "body": body, "firm": pa.table({"firm_key": pa.nulls(0, pa.int64())})}
    for name, rows in made.items():
        found = check(LEDGERS[name], rows.drop_columns(["file", "line"]), there)
        assert [one for one in found if "firm" not in str(one)] == [], name


def test_the_ledgers_of_a_pillar_are_the_same_alone_and_beside_others() -> None:
    alone = make_promises.implementation(SMALL, 40)
    both = make_promises.ledgers_of("DI", SMALL, 40)
    assert all(both[name].equals(rows) for name, rows in alone.items())
    assert make_promises.debt(SMALL, 40).keys() | alone.keys() == both.keys()


def test_there_is_an_event_for_every_five_invoices_or_rather_more() -> None:
    assert [make_promises.events_for(n, 40) for n in (SMALL, 500_000)] == [20_000, 100_000]
    events = make_promises.implementation(500_000, 40)["case_event"]
    assert 100_000 <= events.num_rows <= 103_000
    assert pc.max(events["ts"]).as_py().date() == make_promises.AS_OF


def test_a_body_has_2500_invoices_and_there_are_40_to_2000_bodies() -> None:
    assert [make_promises.bodies_for(n) for n in (1, 500_000, 5_000_000, 10**8)] == [
        40, 200, 2_000, 2_000,
    ]  # fmt: skip


def test_days_lie_in_the_three_years_up_to_the_day_of_judgement() -> None:
    received = make_promises.debt(SMALL, 40)["invoice"]["received_date"]
    ends = pc.min_max(received)
    assert ends["min"].as_py() >= date(2022, 1, 1)
    assert ends["max"].as_py() <= make_promises.AS_OF


def test_the_benchmark_times_all_indicators_and_each(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    asked = ["--entries", "20000", "10000", "--each", "--threads", "1", "--json", str(written)]
    assert promises.main(asked) == 0
    figures = json.loads(written.read_text())
    assert [one["entries"] for one in figures] == [10_000, 20_000]
    assert all(len(one["each"]) == one["indicators"] >= 28 for one in figures)
    assert {code[0] for code in figures[0]["each"]} == {"D", "I"}
    assert figures[1]["ledgers"]["invoice"] == 20_000
    assert all(one["cpu_seconds"] > 0 and one["peak_mb"] > one["ledgers_mb"] for one in figures)


def test_a_wrong_result_ends_the_benchmark() -> None:
    ledgers = make_promises.debt(10_000, 40)
    found = promises.measured("D", ledgers, 40, 1, ["D01"])
    with pytest.raises(AssertionError):
        promises.check(found, "D", 40)


@pytest.mark.parametrize("asked", [["--entries", "9"], ["--threads", "0"], ["--pillars", "X"]])
def test_the_benchmark_refuses_what_makes_no_sense(asked: list[str]) -> None:
    with pytest.raises(SystemExit):
        promises.main(asked)

"""`troth indicators`: the rules, listed and shown."""

from __future__ import annotations

import csv
import io

from tests.line.troth import troth


def test_every_indicator_is_listed_and_shown_with_its_query() -> None:
    listed = troth("indicators", "list", "--format", "json").json
    rows = list(csv.DictReader(io.StringIO(troth("indicators", "list", "--format", "csv").out)))

    assert [row["code"] for row in rows] == [one["code"] for one in listed]
    assert len(listed) >= 20
    assert all(one["code"] in troth("indicators", "list").out for one in listed)
    shown = troth("indicators", "show", "p018").out
    assert "WHAT CAN MISLEAD" in shown
    assert ["needs", "tender/numberOfTenderers"] in [line.split() for line in shown.splitlines()]
    assert troth("indicators", "show", "single_bid", "--sql").out.startswith("SELECT")

"""What formulas say of entries, as arrays: in order, with gaps, whatever an engine gives."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from troth.indicators import catalogue
from troth.measure.entries import as_said, carried, printed
from troth.tables import LEDGERS


def rows(**columns: list[object]) -> pa.Table:
    count = len(columns["entry"])
    nothing: dict[str, object] = {
        "body_no": pa.array([0] * count, pa.int64()),
        "when": pa.nulls(count, pa.date32()),
        "state": pa.array([1] * count, pa.int8()),
        "value": pa.nulls(count, pa.float64()),
    }
    return pa.table({**nothing, **columns})


def test_cases_come_in_the_order_of_entries() -> None:
    found = as_said(rows(entry=[2, 0, 1], kept_what=["c", "a", None]), is_dated=True)
    assert found.entry.tolist() == [0, 1, 2]
    assert found.texts["what"] == ("a", "c")
    assert found.kept["what"].tolist() == [0, -1, 1]


def test_an_entry_is_a_case_once() -> None:
    with pytest.raises(AssertionError, match="once"):
        as_said(rows(entry=[0, 0]), is_dated=True)


def test_gaps_stay_gaps_in_every_type() -> None:
    found = as_said(
        rows(
            entry=[0, 1],
            body_no=pa.array([None, 3], pa.int64()),
            kept_yes=pa.array([None, True]),
            kept_day=pa.array([None, date(2024, 2, 29)], pa.date32()),
            kept_number=pa.array([None, 7], pa.int64()),
        ),
        is_dated=False,
    )
    assert found.body.tolist() == [-1, 3]
    assert found.kept["yes"].tolist() == [-1, 1]
    assert np.isnat(found.kept["day"][0])
    assert found.kept["day"][1] == np.datetime64("2024-02-29")
    assert np.isnan(found.kept["number"][0])


def test_a_body_outside_the_register_has_no_number() -> None:
    table = LEDGERS["spend"]
    made = table.rows(
        [{"spend_id": one, "body_id": one, "body_kind": "public_body"} for one in ("b", "z", "a")]
    )
    found = carried(table, made, pa.array(["a", "b"]))
    assert found["body_no"].to_pylist() == [1, None, 0]
    assert found["entry"].to_pylist() == [0, 1, 2]


def test_the_printed_sql_names_the_day_of_judgement() -> None:
    assert ":as_of" in printed(catalogue()["D03"])
    assert "9999" not in printed(catalogue()["D03"])

"""Cases as arrays: codes for values, what was made once, and who is gone."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from troth.measure.cases import Cases, facts_in
from troth.tables.states import FLAGGED, OPEN, REPLACED

FACTS = pa.table(
    {
        "pid": [1, 2, 3, 4],
        "body_key": pa.array([7, None, 7, 9], pa.int64()),
        "year": pa.array([2020, 2020, None, 2021], pa.int64()),
        "class2": ["CPV:45", None, "CPV:45", "CPV:33"],
        "P001": pa.array([FLAGGED, OPEN, OPEN, FLAGGED], pa.int8()),
    }
)


def test_values_have_codes_and_gaps_have_none() -> None:
    codes, values = Cases(FACTS).codes("class2")
    assert codes.tolist() == [0, -1, 0, 1]
    assert values.to_pylist() == ["CPV:45", "CPV:33"]


def test_a_cell_is_a_body_and_a_year_also_where_one_is_unknown() -> None:
    cases = Cases(FACTS)
    bodies, years = cases.taken_apart(cases.cell)
    assert bodies.to_pylist() == FACTS["body_key"].to_pylist()
    assert years.to_pylist() == FACTS["year"].to_pylist()


def test_what_holds_the_same_is_looked_at_once() -> None:
    cases = Cases(FACTS)
    assert cases.codes("class2") is cases.codes("class2")
    assert cases.open(cases.states("P001")) is cases.open(cases.states("P001"))
    assert cases.once(("a",), lambda: 1) == cases.once(("a",), lambda: 2) == 1


@pytest.mark.parametrize("also", [[], ["pid"]])
def test_facts_are_read_from_all_parts_and_the_dead_are_marked(
    tmp_path: Path, also: list[str]
) -> None:
    for name, rows in (("a", FACTS.slice(0, 2)), ("b", FACTS.slice(2))):
        (tmp_path / "fact_award").mkdir(exist_ok=True)
        pq.write_table(rows, tmp_path / "fact_award" / f"part-{name}.parquet")
    (tmp_path / "dead").mkdir()
    pq.write_table(pa.table({"pid": [3]}), tmp_path / "dead" / "part-0.parquet")

    rows, replaced = facts_in(tmp_path, date(2024, 1, 1))(
        "award", [*also, "body_key", "year", "class2", "P001", "as_of"]
    )
    cases = Cases(rows, replaced)

    assert cases.states("P001").tolist() == [FLAGGED, OPEN, REPLACED, FLAGGED]
    assert cases.open(cases.states("P001")).tolist() == [1]
    assert cases.codes("class2")[0].tolist() == [0, -1, 0, 1]
    assert set(rows["as_of"].to_pylist()) == {date(2024, 1, 1)}
    assert np.array_equal(cases.placed(["body_key", "year"]), [True, False, False, True])
    assert rows.column_names.count("pid") == 1

"""The fast path and the plain one say the same: SQL compiled once and run on batches, and the Ibis
formulas run over whole tables by the store."""

from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.make_ocds import write
from troth.indicators import catalogue
from troth.measure.facts import facts
from troth.measure.plan import plan
from troth.pipeline import STORE, Options, run_to_score
from troth.sources.ocds import read
from troth.store import open_store
from troth.store.generations import Working
from troth.store.plain import over
from troth.tables.states import CASE_KEYS

LINES = 600


@pytest.mark.parametrize("kind", list(CASE_KEYS))
def test_facts_by_batch_are_the_facts_of_the_whole(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "data.jsonl", np.arange(LINES))
    monkeypatch.setattr(read, "PIECES_A_BATCH", 1)
    run_to_score([str(tmp_path / "data.jsonl")], Options(tmp_path / "out", jobs=1))

    reading = Working(tmp_path / "out" / STORE).read()
    engine = over(reading.path, threads=1, memory="512MB")
    order = ", ".join(CASE_KEYS[kind])
    by_batch: pa.Table = engine.sql(f"SELECT * FROM fact_{kind} ORDER BY {order}").to_arrow_table()
    with open_store(str(tmp_path / "out" / STORE)) as store:
        tables = store.tables("process", "tender", "bid", "award", "contract", "party", "law")
        whole = store.run(
            facts(list(catalogue().values()), kind, tables).order_by(list(CASE_KEYS[kind]))
        )
    reading.close()

    assert by_batch.num_rows == whole.num_rows > LINES / 2
    for name in whole.column_names:
        found, wanted = by_batch[name].to_pylist(), whole[name].to_pylist()
        assert [_moment(x) for x in found] == [_moment(x) for x in wanted], name


def _moment(value: object) -> object:
    """Moments are plain in one and in UTC in the other."""
    return (
        value.replace(tzinfo=None)
        if hasattr(value, "replace") and hasattr(value, "hour")
        else value
    )


def test_a_plan_from_the_cache_is_the_plan_made_anew(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert list(tmp_path.glob("plan-*.json"))
    assert plan(tmp_path) == made
    assert [planned.code for planned in made.indicators] == list(catalogue())


def test_the_sql_of_a_page_is_the_formula(tmp_path: Path) -> None:
    single = next(planned for planned in plan(tmp_path).indicators if planned.code == "P018")
    assert "tenderers_stated" in single.sql
    assert ibis.__version__ == "12.0.0"

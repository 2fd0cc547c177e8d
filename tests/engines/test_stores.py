"""One store, two engines: the same tables, the same types, the same answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from troth.errors import TrothError, UsageError, VerificationError
from troth.settings import Settings
from troth.store import Store, open_store
from troth.store.generations import DECLARED
from troth.tables.procurement import TENDER

NOON = datetime(2024, 3, 31, 12, 30, 0, 1, tzinfo=UTC)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
JUST_BEFORE = datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
START_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)

ROWS = TENDER.rows(
    [
        {"pid": 1, "method": "open", "tenderers_stated": 1, "period_start": NOON},
        {"pid": 2, "method": "", "tenderers_stated": None, "period_start": None},
        {"pid": 2**62 + 1, "method": "İ ß 株式会社 ' \" \\ ;", "period_start": LONG_AGO},
        {"pid": 4, "tenderers_stated": 2**53 + 1, "period_start": FAR_OFF},
    ]
)

Open = Callable[[Path], Store]


@pytest.fixture(
    scope="session", params=["duckdb", "sail", pytest.param("spark", marks=pytest.mark.spark)]
)
def opened(request: pytest.FixtureRequest) -> Open:
    """Opens a store at a path, on each engine in turn."""
    if request.param == "duckdb":
        return open_store
    address = request.getfixturevalue(request.param)
    return lambda path: open_store(f"{address};{path}")


def test_what_is_written_is_read_to_the_last_bit(opened: Open, tmp_path: Path) -> None:
    with opened(tmp_path / "with a space, ü and 'quote'") as store:
        store.write("tender", [ROWS.slice(0, 2), ROWS.slice(2)])
        tender = store.tables("tender")["tender"]
        read = store.run(tender)
    assert read.schema.field("period_start").type == pa.timestamp("us", tz="UTC")
    assert read.schema.field("tenderers_stated").type == pa.int64()
    assert read.sort_by("pid").to_pylist() == ROWS.sort_by("pid").to_pylist()


def test_a_table_never_written_is_empty_with_its_columns(opened: Open, tmp_path: Path) -> None:
    with opened(tmp_path / "none") as store:
        award = store.tables("award")["award"]
        assert store.version == 0
        read = store.run(award.filter(award.amount > 0))
    assert read.num_rows == 0
    assert list(read.schema.types) == list(DECLARED["award"].arrow.types)
    assert not (tmp_path / "none").exists()


def test_both_engines_see_the_same_types_in_expressions(sail: str, tmp_path: Path) -> None:
    with open_store(tmp_path) as one, open_store(f"{sail};{tmp_path}") as two:
        for name in DECLARED:
            assert one.tables(name)[name].schema() == two.tables(name)[name].schema()


def test_a_result_has_the_types_of_its_expression(opened: Open, tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write("tender", ROWS)
        tender = store.tables("tender")["tender"]
        read = store.run(
            tender.select(
                "pid",
                small=(tender.pid % 2).cast("int8"),
                day=tender.period_start.date(),
                year=tender.period_start.year(),
                seen=tender.method.notnull(),
                half=tender.tenderers_stated.cast("float64") / 2,
            ).order_by("pid")
        )
    types = {field.name: str(field.type) for field in read.schema}
    assert types == {
        "pid": "int64", "small": "int8", "day": "date32[day]", "year": "int32", "seen": "bool",
        "half": "double",
    }  # fmt: skip
    assert read["day"].to_pylist() == [NOON.date(), None, FAR_OFF.date(), LONG_AGO.date()]
    assert read["half"].to_pylist() == [0.5, None, 2**52 + 0.0, None]


SAME: dict[str, tuple[Callable[[ir.Table], ir.Value], list[object]]] = {
    "a fraction is a double": (lambda t: t.x <= 0.3, [True, False, False]),
    "beyond every decimal": (
        lambda t: ibis.ifelse(t.x.abs() <= 1e15, t.x, None),
        [0.285, 1e3, None],
    ),
    "a whole number by a fraction": (lambda t: t.n / 86400.0, [1 / 86400, -1 / 86400, None]),
    "seconds before 1970": (
        lambda t: (t.at.epoch_seconds().cast("float64") / 1).floor(),
        [-1, 0, None],
    ),
    "cents by binary value": (
        lambda t: t.cents.cast("decimal(38, 2)"),
        [Decimal("1.00"), Decimal("0.28"), Decimal("-2.68")],
    ),
    "cents of nothing": (
        lambda t: t.n.cast("float64").cast("decimal(38, 2)"),
        [Decimal(1), Decimal(-1), None],
    ),
    "none of which is known": (
        lambda t: t.count(where=t.none == "a").over(ibis.window(group_by=t.k)),
        [0, 0, 0],
    ),
    "some": (lambda t: t.count(where=t.n > 0).over(ibis.window(group_by=t.k)), [1, 1, 0]),
}


@pytest.mark.parametrize("meaning", SAME)
def test_what_engines_understood_differently(opened: Open, tmp_path: Path, meaning: str) -> None:
    """Each of these once had another answer on Spark or Sail; `store/translation.py` mends them."""
    ask, wanted = SAME[meaning]
    rows = pa.table(
        {
            "k": pa.array([1, 1, 2]),
            "n": pa.array([1, -1, None], pa.int64()),
            "x": pa.array([0.285, 1e3, 1e300]),
            "cents": pa.array([1.005, 0.285, -2.675]),
            "none": pa.array([None, None, None], pa.string()),
            "at": pa.array([JUST_BEFORE, START_OF_TIME, None], pa.timestamp("us", tz="UTC")),
        }
    )
    with opened(tmp_path) as store:
        store.write("odd", rows)
        odd = store.tables("odd")["odd"]
        found = store.run(odd.mutate(found=ask(odd)).order_by("k", ibis.desc("n")).select("found"))
    assert found["found"].to_pylist() == wanted


def test_a_table_outside_the_vocabulary_keeps_its_own_columns(opened: Open, tmp_path: Path) -> None:
    facts = pa.table({"pid": pa.array([1, 2]), "P018": pa.array([2, None], pa.int8())})
    with opened(tmp_path) as store:
        store.write("fact_tender", facts)
        assert store.names()[-1] == "fact_tender"
        read = store.run(store.tables("fact_tender")["fact_tender"].order_by("pid"))
    assert read.equals(facts)


def test_rows_of_replaced_processes_are_left_out(opened: Open, tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write("tender", ROWS)
        store.write("dead", pa.table({"pid": pa.array([2, 4])}))
        assert sorted(store.run(store.tables("tender")["tender"])["pid"].to_pylist()) == [
            1,
            2**62 + 1,
        ]
        store.write("dead", pa.table({"pid": pa.array([], pa.int64())}))
        assert store.run(store.tables("tender")["tender"]).num_rows == ROWS.num_rows


def test_an_unknown_table_is_named_with_those_that_are_there(opened: Open, tmp_path: Path) -> None:
    with opened(tmp_path) as store, pytest.raises(UsageError, match="no table 'tendr'; there are"):
        store.tables("tendr")


def test_a_store_reads_one_version_until_it_writes_or_refreshes(
    opened: Open, tmp_path: Path
) -> None:
    def pids(store: Store) -> list[int]:
        tender = store.tables("tender")["tender"]
        return sorted(store.run(tender)["pid"].to_pylist())

    with opened(tmp_path) as reader, opened(tmp_path) as writer:
        writer.write("tender", ROWS.slice(0, 1))
        reader.refresh()
        for _ in range(3):
            writer.write("tender", ROWS.slice(1, 1))
        assert (pids(reader), reader.version) == ([1], 1)
        assert (pids(writer), writer.version) == ([2], 4)
        assert reader.versions() == [1, 3, 4]
        reader.refresh()
        assert pids(reader) == [2]


def test_a_write_keeps_other_tables_and_remove_takes_one_out(opened: Open, tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write("tender", ROWS)
        store.write("notes", pa.table({"a": [1]}))
        store.write("notes", pa.table({"a": [2]}))
        assert store.run(store.tables("tender")["tender"].count().as_table()).num_rows == 1
        assert store.run(store.tables("notes")["notes"])["a"].to_pylist() == [2]
        store.remove("notes")
        assert "notes" not in store.names()
        with pytest.raises(UsageError, match=r"no table 'notes' to remove; there are \['tender'\]"):
            store.remove("notes")
        assert store.version == 4


def test_an_older_version_is_read_and_not_written(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.write("notes", pa.table({"a": [1]}))
        store.write("notes", pa.table({"a": [2]}))
    with open_store(tmp_path, version=1) as store:
        assert store.run(store.tables("notes")["notes"])["a"].to_pylist() == [1]
        with pytest.raises(UsageError, match="to be read only"):
            store.write("notes", pa.table({"a": [3]}))


def test_a_file_of_another_version_of_the_vocabulary_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.write("tender", ROWS)
    (part,) = tmp_path.glob("generations/1/tender/*")
    pq.write_table(ROWS.drop_columns(["method"]), part)
    refused = pytest.raises(VerificationError, match="Another version of troth may have written")
    with open_store(tmp_path) as store, refused:
        store.tables("tender")


def test_a_store_without_a_path_is_gone_when_it_is_closed(sail: str) -> None:
    for address in ("duckdb:", sail):
        with open_store(address) as store:
            store.write("tender", ROWS)
            path = store.path
            assert store.run(store.tables("tender")["tender"]).num_rows == ROWS.num_rows
        assert not path.exists()


def test_a_table_in_memory_does_not_reach_spark_through_pandas(sail: str) -> None:
    with open_store(sail) as store, pytest.raises(UsageError, match="through pandas"):
        store.run(ibis.memtable(pa.table({"a": [1, None]})))


def test_the_embedded_engine_is_set_up_as_we_say(tmp_path: Path) -> None:
    with open_store(tmp_path, settings=Settings(threads=1, memory="300MB")) as store:
        wanted = {
            "TimeZone": "UTC", "threads": "1", "preserve_insertion_order": "false",
            "memory_limit": "286.1 MiB", "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }  # fmt: skip
        for name, value in wanted.items():
            ((found,),) = store.backend.raw_sql(f"SELECT current_setting('{name}')").fetchall()
            assert str(found).lower() == value.lower(), name


def test_the_second_engine_is_set_up_as_we_say(second_engine: str) -> None:
    with open_store(second_engine) as store:
        session = store.backend._session
        assert session.conf.get("spark.sql.session.timeZone") == "UTC"
        assert session.conf.get("spark.sql.ansi.enabled") == "true"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://bucket/x", "no engine 's3'"),
        ("sc://host", "expected sc://HOST:PORT;PATH"),
        ("sc:host:1", "expected sc://HOST:PORT;PATH"),
        ("spark:yarn", "a cluster is reached through Spark Connect"),
        ("spark://host:7077;x", "a cluster is reached through Spark Connect"),
    ],
)
def test_an_address_of_another_form_is_refused(address: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_store(address)


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrothError, match=r"sc://127.0.0.1:1: nobody answers there"):
        open_store(f"sc://127.0.0.1:1;{tmp_path}")

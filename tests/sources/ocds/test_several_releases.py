"""Several releases of one process become one; updates and re-use give what a full run gives."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ocdsmerge import Merger

from tests.shared import shared
from tests.sources.loading import Store, facts, loaded, written
from tests.sources.ocds.strategies import line_of, releases
from troth.errors import InputError, UsageError
from troth.sources.ocds.merge import _RULES
from troth.sources.ocds.whole import see

HOT = ("tender", "bid", "award", "contract", "party", "fact_award")


def release(day: int, *, ocid: str = "ocds-aaaaaa-1", **parts: Any) -> dict[str, Any]:
    return {
        "ocid": ocid,
        "id": str(day),
        "date": f"2024-01-{day:02}T00:00:00Z",
        "tag": ["tender"],
        **parts,
    }


def lines(*found: dict[str, Any]) -> bytes:
    return b"".join(line_of(one) + b"\n" for one in found)


FIRST = release(
    1, buyer={"id": "X-1", "name": "Town"}, tender={"status": "active", "procurementMethod": "open"}
)
SECOND = release(
    2, tender={"status": "complete"}, awards=[{"id": "A", "status": "pending"}, {"id": "B"}]
)
THIRD = release(3, awards=[{"id": "A", "status": "active"}])
OTHER = release(1, ocid="ocds-aaaaaa-2", buyer={"id": "X-1", "name": "Town"})


def live(store: Store) -> dict[str, Any]:
    """What counts: rows by ocid, without where they stand; firms as they are described."""
    ocids = {row["pid"]: row["ocid"] for row in store.rows("process")}
    described = {
        row["firm_key"]: (row["kind"], row["firm_id"], row["name"]) for row in store.rows("firm")
    }
    assert len(described) == len(store.rows("firm"))
    found: dict[str, Any] = {"process": []}
    for row in store.rows("process"):
        kept = {
            name: value
            for name, value in row.items()
            if name not in ("pid", "chunk", "row", "length")
        }
        found["process"].append(kept)
    for name in HOT:
        found[name] = [{**row, "pid": ocids[row["pid"]]} for row in store.rows(name)]
    return {name: sorted(rows, key=repr) for name, rows in found.items()} | {"kinds": described}


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations([FIRST, SECOND, THIRD])),
    ids=lambda one: "".join(r["id"] for r in one),
)
def test_releases_are_merged_whatever_their_order(
    tmp_path: Path, order: tuple[dict[str, Any], ...]
) -> None:
    store = loaded(tmp_path, written(tmp_path, lines(*order, OTHER)))
    [process] = [row for row in store.rows("process") if row["ocid"] == "ocds-aaaaaa-1"]
    assert (process["body_name"], process["released_at"].day) == ("Town", 3)
    tender = store.ask(f"SELECT status, method FROM tender WHERE pid = {process['pid']}")
    assert tender == [{"status": "complete", "method": "open"}]
    assert [
        (row["award_id"], row["status"])
        for row in store.ask("SELECT * FROM award ORDER BY award_no")
    ] == [("A", "active"), ("B", None)]
    assert store.account() == {
        "rows_in": 4,
        "rows_kept": 4,
        "rows_rejected": 0,
        "fields_rejected": 2,
    }


def test_releases_are_merged_across_files(tmp_path: Path) -> None:
    together = loaded(tmp_path, written(tmp_path, lines(FIRST, SECOND, THIRD)))
    packed = written(
        tmp_path, gzip.compress(json.dumps({"releases": [THIRD, FIRST]}).encode()), "b.json.gz"
    )
    apart = loaded(tmp_path, packed, written(tmp_path, lines(SECOND), "c.jsonl"))
    assert live(apart)["tender"] == live(together)["tender"]
    assert live(apart)["award"] == live(together)["award"]


def test_a_later_compiled_release_replaces_the_others(tmp_path: Path) -> None:
    last = release(4, tag=["compiled"], buyer={"id": "X-1"}, tender={"status": "cancelled"})
    store = loaded(tmp_path, written(tmp_path, lines(last, FIRST, SECOND)))
    assert [row["status"] for row in store.rows("tender")] == ["cancelled"]
    assert store.rows("award") == []
    replaced = [
        (row["code"], row["line"], row["ocid"])
        for row in store.rejected()
        if row["level"] == "record"
    ]
    assert replaced == [("E007", 2, "ocds-aaaaaa-1"), ("E007", 3, "ocds-aaaaaa-1")]
    assert store.account()["rows_kept"] == 1


def test_an_earlier_compiled_release_is_where_merging_begins(tmp_path: Path) -> None:
    first = release(1, tag=["compiled"], tender={"status": "active", "procurementMethod": "open"})
    store = loaded(tmp_path, written(tmp_path, lines(SECOND, first)))
    assert [(row["status"], row["method"]) for row in store.rows("tender")] == [
        ("complete", "open")
    ]


def test_releases_that_cannot_be_merged_are_rejected_all_of_them(tmp_path: Path) -> None:
    """Without a date nobody knows which came first."""
    undated = {name: value for name, value in SECOND.items() if name != "date"}
    store = loaded(tmp_path, written(tmp_path, lines(FIRST, undated, OTHER)))
    assert store.ocids() == ["ocds-aaaaaa-2"]
    assert [(row["code"], row["line"]) for row in store.rejected() if row["level"] == "record"] == [
        ("E008", 1),
        ("E008", 2),
    ]
    assert store.account()["rows_in"] == 3
    with pytest.raises(InputError, match=r"^E008 releases\.jsonl"):
        buyer = {"buyer": {"id": "X-1"}}
        loaded(tmp_path, written(tmp_path, lines(FIRST | buyer, undated | buyer)), strict=True)


def test_real_releases_give_what_ocdsmerge_gives(tmp_path: Path) -> None:
    """46 processes with 2 to 15 releases, and single ones, in an order of chance."""
    path = shared("data/ocds/releases.jsonl.gz")
    found = [
        json.loads(line)["release"] for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        groups.setdefault(one["ocid"], []).append(one)
    several = {ocid: same for ocid, same in groups.items() if len(same) > 1}
    assert len(several) > 40
    # Of one moment the later in the input is later; so they keep their order here.
    chosen = [one for same in several.values() for one in same]
    random.Random(7).shuffle(chosen)
    chosen.sort(key=lambda one: one.get("date") or "")
    store = loaded(tmp_path, written(tmp_path, lines(*chosen)))

    rejected = {row["ocid"] for row in store.rejected() if row["level"] == "record"}
    pids_of: dict[str, list[int]] = {}
    for row in store.rows("process"):
        pids_of.setdefault(row["ocid"], []).append(row["pid"])
    rows_of: dict[tuple[str, int], list[str]] = {}
    for name in ("tender", "bid", "award", "contract", "party"):
        for row in store.rows(name):
            rows_of.setdefault((name, row["pid"]), []).append(repr(sorted(row.items())))
    checked = 0
    for ocid, same in several.items():
        in_order = [one for one in chosen if one["ocid"] == ocid]
        tags = in_order[-1].get("tag")
        if "compiled" in (tags if isinstance(tags, list) else [tags]):
            wanted = in_order[-1]
        else:
            try:
                with warnings.catch_warnings(action="ignore"):
                    wanted = Merger(merge_rules=_RULES).create_compiled_release(in_order)
            except Exception:  # noqa: BLE001
                assert ocid in rejected
                continue
        [pid] = pids_of[ocid]
        seen = see(wanted, pid, store.secret)
        for name in ("tender", "bid", "award", "contract", "party"):
            rows = sorted(repr(sorted(row.items())) for row in seen.rows[name])
            assert rows == sorted(rows_of.get((name, pid), [])), (ocid, name)
        checked += 1
    assert checked > 40


def test_our_rules_of_merging_are_those_of_the_release_schema(tmp_path: Path) -> None:
    """The schema is among the corpora; ours is written down so that nothing is fetched."""
    schema = json.loads(
        shared("conformance/corpora/ocds-ocdskit/tests/fixtures/release-schema.json").read_text()
    )
    wanted = Merger(schema).merge_rules
    missing = {path: rule for path, rule in wanted.items() if _RULES.get(path) != rule}
    assert missing == {}


# -- updates ----------------------------------------------------------------------------------


def test_an_update_reads_only_what_is_new(tmp_path: Path) -> None:
    old = written(tmp_path, lines(FIRST, OTHER), "a.jsonl")
    new = written(tmp_path, lines(SECOND), "b.jsonl")
    full = loaded(tmp_path, old, new)
    store = loaded(tmp_path, old)
    assert store.load(new, update=True) == "update"
    assert live(store) == live(full)
    assert [
        (row["file"], row["rows_in"]) for row in store.ask("SELECT * FROM input ORDER BY file")
    ] == [("a.jsonl", 2), ("b.jsonl", 1)]
    with pytest.raises(InputError, match="was loaded before"):
        store.load(new, update=True)


def test_an_update_of_what_was_merged_merges_all_releases_again(tmp_path: Path) -> None:
    """Also when the new release is older than those that are there."""
    one, two, three = (
        written(tmp_path, lines(r), f"{n}.jsonl") for n, r in enumerate((SECOND, THIRD, FIRST))
    )
    full = loaded(tmp_path, one, two, three)
    store = loaded(tmp_path, one, two)
    store.load(three, update=True)
    assert live(store) == live(full)
    last = written(tmp_path, lines(release(9, tag=["compiled"], tender={"status": "x"})), "9.jsonl")
    store.load(last, update=True)
    assert live(store) == live(loaded(tmp_path, one, two, three, last))
    assert [row["status"] for row in store.rows("tender")] == ["x"]


def test_the_generation_before_stays_as_it_was(tmp_path: Path) -> None:
    store = loaded(tmp_path, written(tmp_path, lines(SECOND, THIRD), "a.jsonl"))
    before = store.generation
    files = {path: path.read_bytes() for path in sorted(before.rglob("*.parquet"))}
    store.load(written(tmp_path, lines(FIRST), "b.jsonl"), update=True)
    assert store.generation != before
    assert {path: path.read_bytes() for path in sorted(before.rglob("*.parquet"))} == files


numbers = itertools.count()


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.generate),
)
@given(
    parts=st.lists(st.lists(releases, min_size=1, max_size=8), min_size=2, max_size=4),
    first=st.integers(1, 3),
    jobs=st.sampled_from([1, 1, 2]),
)
def test_updates_give_what_a_full_run_gives(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: list[list[dict[str, Any]]],
    first: int,
    jobs: int,
) -> None:
    from troth.sources.ocds import read

    monkeypatch.setattr(read, "ONE_PROCESS_UPTO", 0)
    folder = tmp_path / f"case-{next(numbers)}"
    paths = [
        written(folder, lines(*part, release(1, ocid=f"ocds-z-{n}")), f"{n}.jsonl")
        for n, part in enumerate(parts)
    ]
    full = Store(folder / "full")
    (folder / "full").mkdir()
    store = Store(folder / "store")
    store.load(*paths[: min(first, len(paths))], jobs=jobs)
    (folder / "full" / "secret").write_bytes(store.secret)
    full.load(*paths)
    for path in paths[min(first, len(paths)) :]:
        store.load(path, update=True, jobs=jobs)
    assert live(store) == live(full)
    assert store.account()["rows_in"] == full.account()["rows_in"]


def test_a_store_is_used_again_and_facts_alone_are_made_anew(tmp_path: Path) -> None:
    path = written(tmp_path, lines(FIRST, SECOND, OTHER))
    store = loaded(tmp_path, path)
    before = live(store)
    assert store.load(path) == "reuse"
    assert live(store) == before
    assert store.load(path, digest="other formulas") == "remap"
    assert live(store) == before
    assert store.load(path, digest="other formulas") == "reuse"
    path.write_bytes(lines(FIRST))
    assert store.load(path, digest="other formulas") == "read"
    assert live(store) != before


def test_facts_are_made_anew_after_an_update_too(tmp_path: Path) -> None:
    store = loaded(tmp_path, written(tmp_path, lines(SECOND, THIRD, OTHER), "a.jsonl"))
    store.load(written(tmp_path, lines(FIRST), "b.jsonl"), update=True)
    before = live(store)
    store.load(tmp_path / "a.jsonl", tmp_path / "b.jsonl", digest="other formulas")
    assert live(store)["fact_award"] == before["fact_award"]


def test_facts_are_made_anew_batch_by_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a store of any size needs no more memory than reading it did."""
    monkeypatch.setattr("troth.sources.files.PIECE", 64)
    monkeypatch.setattr("troth.sources.ocds.read.PIECES_A_BATCH", 1)
    path = written(tmp_path, lines(FIRST, SECOND, OTHER))
    store = loaded(tmp_path, path)
    before = live(store)
    batches: list[int] = []

    def each(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        batches.append(tables["process"].num_rows)
        return facts(tables)

    monkeypatch.setattr("tests.sources.loading.facts", each)
    assert store.load(path, digest="other formulas") == "remap"

    assert batches == [1, 1, 1, 1]  # two of one process, another one, and the two merged
    assert live(store) == before


def test_tables_with_other_columns_are_read_again_and_not_updated(tmp_path: Path) -> None:
    """As another version of the program left them."""
    path = written(tmp_path, lines(OTHER))
    store = loaded(tmp_path, path)
    (part,) = (store.generation / "tender").glob("part-*.parquet")
    older = pq.read_table(part).drop_columns(["fee_amount"])
    part.unlink()
    pq.write_table(older, part)

    more = written(tmp_path, lines(FIRST), "more.jsonl")
    with pytest.raises(UsageError, match="written by another version of Troth"):
        store.load(more, update=True)
    assert store.load(path, digest="other formulas") == "read"
    assert store.rows("tender")[0]["fee_amount"] is None

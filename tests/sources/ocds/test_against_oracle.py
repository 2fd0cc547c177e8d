"""The fast reader and the slow, obvious one give the same rows, line by line."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle.ocds_rows import HOT, expected
from tests.sources.loading import Store
from tests.sources.ocds.strategies import files
from troth.sources import files as inputs
from troth.sources.ocds import read

numbers = itertools.count()


def compare(store: Store, paths: list[Path]) -> None:
    """Every hot row, every firm and every rejected thing is what the oracle says."""
    wanted = expected(paths, store.secret)
    for name in HOT:
        same(name, found(store, name), wanted.rows[name])
    same(
        "firm", store.ask("SELECT * FROM firm"), [wanted.firms[key] for key in sorted(wanted.firms)]
    )
    places = ("level", "code", "file", "line", "offset", "ocid", "path", "value")
    rejected = [{name: row[name] for name in places} for row in store.rejected()]
    for row in rejected:
        if row["level"] == "record":  # the oracle does not say where in a record it fails
            del row["path"], row["value"]
    same("rejected", rejected, [dict(zip(places, row, strict=False)) for row in wanted.rejected])
    assert store.account()["rows_in"] == wanted.rows_in


def same(name: str, found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    """The same rows in any order; tells the first that only one of the two has."""
    got, want = ([repr(sorted(row.items())) for row in rows] for rows in (found, wanted))
    extra, missing = Counter(got) - Counter(want), Counter(want) - Counter(got)
    assert (list(extra)[:1], list(missing)[:1]) == ([], []), name


def found(store: Store, name: str) -> list[dict[str, Any]]:
    """The live rows of a table; of a process, its file and line instead of its piece."""
    if name == "process":
        sql = 'SELECT p.* EXCLUDE (chunk, "row"), file, first_line + "row" AS line FROM process p JOIN chunk USING (chunk)'
    else:
        sql = f'SELECT * FROM "{name}"'
    return store.ask(sql)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Without making a failing case smaller: each case is a load, and that takes minutes.
    phases=(Phase.explicit, Phase.generate),
)
@given(
    contents=st.lists(files, min_size=1, max_size=3),
    piece=st.sampled_from([64, 500, 4_000, 8 * 1024 * 1024]),
    jobs=st.sampled_from([1, 1, 1, 2]),
    backwards=st.booleans(),
)
def test_same_rows_on_random_data(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    contents: list[bytes],
    piece: int,
    jobs: int,
    backwards: bool,
) -> None:
    """Whatever the size of pieces, the number of processes, and the order in which files are given."""
    monkeypatch.setattr(inputs, "PIECE", piece)
    monkeypatch.setattr(read, "ONE_PROCESS_UPTO", 0)
    monkeypatch.setattr(read, "PIECES_A_BATCH", 2)
    folder = tmp_path / f"case-{next(numbers)}"
    folder.mkdir()
    paths = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.jsonl"
        # One line alone would be a document; a blank second line makes it lines.
        path.write_bytes(content + b"\n\n" + b'{"ocid":"ocds-cccccc-%d"}\n' % number)
        paths.append(path)
    store = Store(folder / "store")
    store.load(*(paths[::-1] if backwards else paths), jobs=jobs)
    compare(store, paths)


EXAMPLE = Path(__file__).parents[3] / "examples" / "italy-france"


def test_same_rows_on_the_bundled_example(tmp_path: Path) -> None:
    import gzip

    packed = sorted(EXAMPLE.glob("*.jsonl.gz"))
    assert packed, "the bundled example has data"
    paths = []
    for one in packed:
        path = tmp_path / one.name.removesuffix(".gz")
        path.write_bytes(gzip.decompress(one.read_bytes()))
        paths.append(path)
    store = Store(tmp_path / "store")
    store.load(*paths)
    compare(store, paths)

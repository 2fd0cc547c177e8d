"""Files taken apart: two readers, the same rows and the same lines."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import InputError
from troth.sources.ledgers import cells
from troth.sources.ledgers.cells import Opened, open_ledger

TEXT = st.text(st.sampled_from('ab",\n\r;# é'), max_size=6)


def opened(path: Path) -> Opened:
    return open_ledger(path, lambda header: header == ("a", "b"), lambda header: None)


def rows_of(path: Path) -> list[tuple[int, str | None, str | None]]:
    found = []
    for block in opened(path).blocks:
        a, b = (block.rows.column(name).to_pylist() for name in ("a", "b"))
        found += zip(block.lines.to_pylist(), a, b, strict=True)
    return found


def refused_of(path: Path) -> list[tuple[str, int]]:
    blocks = list(opened(path).blocks)
    return [(r.code, line) for b in blocks for r in b.refused for line in r.lines.to_pylist()]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8), st.sampled_from([40, cells.BLOCK]))
def test_what_a_writer_of_csv_wrote_is_read_with_its_lines(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], block: int
) -> None:
    path = tmp_path_factory.mktemp("cells") / "x.csv"
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(("a", "b"))
    expected = []
    for a, b in rows:
        line = made.getvalue().count("\n") + 1
        writer.writerow((a, b))
        if a.strip() or b.strip():
            expected.append((line, a.strip() or None, b.strip() or None))
    path.write_text(made.getvalue(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "BLOCK", block)
        assert rows_of(path) == expected


@given(st.lists(st.text(st.sampled_from('a1",;\n é'), max_size=12), max_size=8))
def test_the_fast_reader_agrees_with_pythons_or_leaves_it_to_that(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("cells") / "x.csv"
    path.write_text("a,b\n" + "\n".join(lines), encoding="utf-8", newline="")

    def outcome() -> object:
        try:
            return rows_of(path), sorted(refused_of(path))
        except InputError as error:
            return str(error)

    fast = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_fast", lambda *_: None)
        assert outcome() == fast


def test_a_quotation_mark_inside_a_cell_is_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n5" pipe,1\n6" pipe,"2\n2"\nlast,3\n', encoding="utf-8")
    assert rows_of(path) == [(2, '5" pipe', "1"), (3, '6" pipe', "2\n2"), (5, "last", "3")]


def test_cells_may_be_parted_by_semicolons_or_tabs(tmp_path: Path) -> None:
    for delimiter in cells.DELIMITERS:
        path = tmp_path / "x.csv"
        path.write_text(f"a{delimiter}b\n1{delimiter}2\n", encoding="utf-8")
        assert rows_of(path) == [(2, "1", "2")]


def test_rows_with_too_many_or_too_few_cells_are_told_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("# said\na,b\n1\n\n2,3\n4,5,6\n,\n7,8", encoding="utf-8")
    assert rows_of(path) == [(5, "2", "3"), (8, "7", "8")]
    assert refused_of(path) == [("E072", 3), ("E072", 6)]


def test_a_document_is_taken_apart_by_its_format(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"rows": [{"a": 1, "b": None}, {"a": 0.25, "b": "x"}, 7]}))
    found = open_ledger(
        path, lambda header: False, lambda header: lambda document: document["rows"]
    )
    assert found.header == ("rows",)
    (block,) = found.blocks
    assert block.rows.to_pylist() == [{"a": "1", "b": None}, {"a": "0.25", "b": "x"}]
    assert block.lines.to_pylist() == [1, 2]
    assert [one.code for one in block.refused] == ["E001"]


def test_a_number_in_json_is_written_without_an_exponent(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1e3, "b": 1e-7}\n')
    (block,) = opened(path).blocks
    assert block.rows.to_pylist() == [{"a": "1000", "b": "0.0000001"}]

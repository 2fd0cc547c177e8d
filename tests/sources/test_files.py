"""Files are found, cut into whole lines, and every byte of them can be fetched again."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.loading import written
from troth.errors import InputError
from troth.sources import files
from troth.sources.files import Piece, Source, fetch, find, pieces, sha256
from troth.sources.ocds.documents import looks_like_lines
from troth.sources.packing import Broken


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data", data)
    return buffer.getvalue()


PACKINGS: dict[str, Any] = {
    "plain": bytes,
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "zip": zipped,
}


def one(folder: Path, data: bytes, packing: str = "plain") -> Source:
    [source] = find([str(written(folder, PACKINGS[packing](data), "data"))], folder / "stdin")
    return source


def cut(source: Source, is_lines: bool = True) -> list[Piece]:
    return list(pieces(source, 0, lambda head, complete: is_lines, hashlib.sha256()))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.binary(max_size=30).map(lambda raw: raw.replace(b"\n", b" ")), min_size=1, max_size=30
    ),
    size=st.integers(1, 80),
    packing=st.sampled_from(sorted(PACKINGS)),
    last=st.booleans(),
)
def test_pieces_are_whole_lines_and_together_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[bytes],
    size: int,
    packing: str,
    last: bool,
) -> None:
    monkeypatch.setattr(files, "PIECE", size)
    monkeypatch.setattr(files, "HEAD", size)
    data = b"{}\n" + b"\n".join(lines) + (b"\n" if last else b"")
    found = cut(one(tmp_path, data, packing))
    assert b"".join(piece.read() for piece in found) == data
    assert [piece.number for piece in found] == list(range(len(found)))
    assert [piece.offset for piece in found] == [
        sum(p.length for p in found[:n]) for n in range(len(found))
    ]
    assert all(piece.read().endswith(b"\n") for piece in found[:-1])
    assert all(len(piece.read()) == piece.length for piece in found)


@pytest.mark.parametrize("packing", PACKINGS)
def test_what_was_read_can_be_fetched_again_by_its_place(tmp_path: Path, packing: str) -> None:
    data = b"".join(b"%06d\n" % number for number in range(300_000))
    source = one(tmp_path, data, packing)
    places = [(source, 7 * number, 6) for number in (0, 1, 150_000, 299_999)]
    assert list(fetch(places)) == [b"000000", b"000001", b"150000", b"299999"]
    with pytest.raises(InputError, match="shorter than when it was read"):
        list(fetch([(source, len(data) - 3, 6)]))


def test_of_a_file_that_was_cut_short_what_is_left_can_be_fetched(tmp_path: Path) -> None:
    data = b"".join(b"%06d\n" % (number * number % 999_983) for number in range(300_000))
    packed = gzip.compress(data)
    source = one(tmp_path, packed[: len(packed) // 2])
    assert list(fetch([(source, 7, 6)])) == [b"000001"]
    with pytest.raises(InputError, match="shorter"):
        list(fetch([(source, len(data) - 7, 6)]))


def test_a_file_that_is_gone_says_where_it_was(tmp_path: Path) -> None:
    source = one(tmp_path, b"{}\n")
    os.unlink(source.path)
    with pytest.raises(InputError, match="the file is gone"):
        list(fetch([(source, 0, 2)]))


def test_files_are_numbered_by_name_whatever_the_order_in_which_they_are_given(
    tmp_path: Path,
) -> None:
    paths = [str(written(tmp_path, b"{}", name)) for name in ("b/2.json", "a.json", "b/1.json")]
    for given_in in (paths, paths[::-1], [str(tmp_path)], [*paths, str(tmp_path / "b")]):
        assert [(s.number, s.name) for s in find(given_in, tmp_path / "in")] == [
            (0, "a.json"),
            (1, "b/1.json"),
            (2, "b/2.json"),
        ]


def test_a_name_that_is_no_text_can_still_be_shown(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.json")
    with open(path, "wb") as file:
        file.write(b"{}")
    [source] = find([str(tmp_path)], tmp_path / "in")
    assert source.name == "caf\\udce9.json"
    assert source.name.encode()
    assert list(fetch([(source, 0, 2)])) == [b"{}"]


def test_the_digest_is_of_the_bytes_as_they_stand(tmp_path: Path) -> None:
    for packing in PACKINGS:
        for is_lines in (True, False):
            source = one(tmp_path, b"\xef\xbb\xbf{}\n{}\n", packing)
            hasher = hashlib.sha256()
            list(pieces(source, 0, lambda head, complete, answer=is_lines: answer, hasher))
            assert hasher.hexdigest() == sha256(source.path)


LINES = [
    (b'{"ocid":"a"}\n{"ocid":"b"}\n', True),
    (b'\n{"ocid":"a"}\n\n{"ocid":"b"}', True),
    (b'{"ocid":"a"}\n', False),  # one value is a document, which is the same
    (b'{"ocid":"a"\n{"ocid":"b"}\n', True),  # the first line is broken
    (b'{\n  "releases": [\n    {"ocid":"a"}\n  ]\n}\n', False),
    (b'[\n{"ocid":"a"},\n{"ocid":"b"}\n]\n', False),
    (b'[{"ocid":"a"}]\n[{"ocid":"b"}]\n', True),
    (b"name,amount\nx,5\n", False),
    (b"", False),
]


@pytest.mark.parametrize(("head", "expected"), LINES)
def test_lines_are_told_from_a_document(head: bytes, expected: bool) -> None:
    assert looks_like_lines(head, complete=True) is expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"ocid":"a"}\n', True),
        (b'{\n "releases": [\n  {"ocid":"a"}\n', False),
        (b'[\n{"ocid":"a"}\n,\n{"ocid":"b"}\n', False),
    ],
)
def test_the_beginning_of_a_large_file_is_enough(head: bytes, expected: bool) -> None:
    assert looks_like_lines(head, complete=False) is expected


def test_a_long_broken_first_line_does_not_make_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "HEAD", 100)
    data = b'{"ocid":"' + b"x" * 1_000 + b'\n{"ocid":"a"}\n{"ocid":"b"}\n'
    for packing in PACKINGS:
        found = list(pieces(one(tmp_path, data, packing), 0, looks_like_lines, None))
        assert [piece.document for piece in found] == [False]


def test_a_document_beyond_all_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_DOCUMENT", 1_000)
    for packing in PACKINGS:
        with pytest.raises(Broken, match="one document of"):
            cut(one(tmp_path, b"[" + b" " * 2_000_000 + b"]", packing), is_lines=False)

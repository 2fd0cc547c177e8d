"""Lines are read as Cardinal reads them, whatever the packing; what is no JSON is told."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import InputError
from troth.interop.cardinal import lines

TEXT = b'{"a":1}\n\n \t\r\n{"a":2}\r\n{"a":3}'


def test_blank_lines_count_and_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(TEXT)
    assert [(one.number, json.loads(one.text)["a"]) for one in lines.read(str(path))] == [
        (1, 1),
        (4, 2),
        (5, 3),
    ]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_files_give_the_same_lines(tmp_path: Path, pack) -> None:
    many = b"".join(b'{"n":%d,"x":"%s"}\n' % (n, b"y" * 100) for n in range(30_000)) + b"{}"
    plain, packed = tmp_path / "in.jsonl", tmp_path / "in.packed"
    plain.write_bytes(many)
    packed.write_bytes(pack(many))

    assert [(n.number, n.text.rstrip(b"\n")) for n in lines.read(str(plain))] == [
        (n.number, n.text) for n in lines.read(str(packed))
    ]


def test_a_damaged_packing_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "in.gz"
    path.write_bytes(gzip.compress(TEXT * 1000)[:-9])
    with pytest.raises(InputError, match=r"in.gz, byte \d+ unpacked: .*cut short. Fetch it again"):
        list(lines.read(str(path)))


def test_a_file_that_is_not_there_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(lines.read(str(tmp_path / "none")))
    with pytest.raises(InputError, match="this is a folder"):
        list(lines.read(str(tmp_path)))


def test_what_is_no_json_is_told_with_its_line() -> None:
    told: list[int] = []
    given_lines = lines.numbered(
        [b"{", b"0", b'"\xff"', b'"\\ud800"', b"NaN", b"\xef\xbb\xbf1", b"01"]
    )
    found = list(lines.values(given_lines, lines.amounts, lambda line, _why: told.append(line)))
    assert found == [(2, 0)]
    assert told == [1, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("decode", [lines.amounts, lines.spelled])
def test_nesting_is_read_to_127_and_no_deeper(opening: bytes, closing: bytes, decode) -> None:
    decode(opening * 127 + b'"]}"' + closing * 127)
    for deep in (128, 5_000):
        with pytest.raises(lines.NotJson, match="nested deeper than 127"):
            decode(opening * deep + b"0" + closing * deep)


def test_wide_is_not_deep() -> None:
    assert lines.amounts(b"[" + b",".join([b'[[{"a":"]["}]]'] * 500) + b"]")


def test_numbers_keep_their_spelling() -> None:
    text = '{"a":[1.10,1E+5,-0.0,-0,1e400,12345678901234567890123,0.5e-3,"-0"]}'
    assert lines.written(lines.spelled(text.encode())) == text
    assert lines.spelling(lines.spelled(b"[1.10]")[0]) == "1.10"
    assert lines.spelling(lines.spelled(b"[-0]")[0]) == "-0"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), ("1.5", 1.5), ("-0", 0.0), ("1e400", None), ("true", None), ('"1"', None),
     ("null", None), ("9" * 400, None)],
)  # fmt: skip
@pytest.mark.parametrize("decode", [lines.amounts, lines.spelled])
def test_a_number_is_the_nearest_float(decode, text: str, number: float | None) -> None:
    assert lines.number_of(decode(text.encode())) == number


def test_a_repeated_member_keeps_its_last_value() -> None:
    assert lines.amounts(b'{"a":1,"b":2,"a":null}') == {"a": None, "b": 2}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON)
def test_what_is_written_is_what_was_read(value: object) -> None:
    text = json.dumps(value).encode()
    assert json.loads(lines.written(lines.spelled(text))) == json.loads(text)
    assert lines.amounts(text) == json.loads(text)


@given(st.binary())
def test_any_bytes_are_json_or_told(data: bytes) -> None:
    for decode in (lines.amounts, lines.spelled):
        with contextlib.suppress(lines.NotJson):
            decode(data)

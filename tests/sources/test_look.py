"""What an input looks like from outside, and what stands around a place in it."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest
import zstandard

from troth.sources.files import find
from troth.sources.look import look, surroundings

RELEASE = {"ocid": "ocds-1", "id": "1"}
PACKAGE = {"uri": "x", "releases": [RELEASE, RELEASE]}
RECORDS = {"records": [{"ocid": "ocds-1", "compiledRelease": RELEASE}]}


def _look(path: Path, content: bytes) -> tuple[str, str, str]:
    path.write_bytes(content)
    (source,) = find([str(path)], path.parent / "stdin")
    found = look(source)
    return found.packing, found.shape, found.kind


@pytest.mark.parametrize(
    ("value", "shape", "kind"),
    [
        (json.dumps(PACKAGE, indent=1), "one JSON document", "release package"),
        (json.dumps(RECORDS, indent=1), "one JSON document", "record package"),
        (json.dumps([RELEASE], indent=1), "one JSON document", "list of releases"),
        ("[]", "one JSON document", "empty list"),
        (json.dumps(RELEASE) + "\n", "one JSON document", "releases"),
        (2 * (json.dumps(RELEASE) + "\n"), "JSON Lines", "releases"),
        (json.dumps(PACKAGE) + "\n" + json.dumps(PACKAGE) + "\n", "JSON Lines", "release package"),
        ("{\n" + json.dumps(RELEASE) + "\n", "JSON Lines", "releases"),
        ("a,b\n1,2\n", "one JSON document", "not OCDS at its beginning"),
    ],
)
def test_shape_and_kind_are_told_from_the_beginning(tmp_path: Path, value, shape, kind) -> None:
    assert _look(tmp_path / "input.json", value.encode()) == ("not packed", shape, kind)


def test_packings_are_told_from_the_bytes_and_not_from_the_name(tmp_path: Path) -> None:
    line = 2 * (json.dumps(RELEASE).encode() + b"\n")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inside.jsonl", line)

    lines = ("JSON Lines", "releases")
    assert _look(tmp_path / "a.json", gzip.compress(line)) == ("gzip", *lines)
    assert _look(tmp_path / "b.json", zstandard.compress(line)) == ("zstd", *lines)
    assert _look(tmp_path / "c.json", packed.read_bytes()) == ("zip", *lines)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08\x00broken", b"\xff\xfe{\x00}\x00"])
def test_what_cannot_be_read_is_told_and_not_guessed(tmp_path: Path, content: bytes) -> None:
    _, shape, _ = _look(tmp_path / "input.json", content)

    assert shape == "unreadable"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_the_surroundings_of_a_place_end_with_its_line(tmp_path: Path, pack) -> None:
    path = tmp_path / "input.jsonl"
    path.write_bytes(pack(b'{"before": 1}\n{"ocid": oh \xff no}\n' + b"x" * 100))
    (source,) = find([str(path)], tmp_path / "stdin")

    assert surroundings(source, 24) == '{"ocid": oh \\xff no}'
    assert surroundings(source, 10_000) is None

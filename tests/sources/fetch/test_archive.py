"""Copies: under their digest, whole, and still what they were."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from troth.errors import VerificationError
from troth.sources.fetch import archive


def test_a_copy_is_found_under_its_digest(tmp_path: Path) -> None:
    digest = archive.keep(tmp_path, b"abc")

    assert digest == hashlib.sha256(b"abc").hexdigest()
    assert (tmp_path / archive.path_of(digest)).read_bytes() == b"abc"
    assert archive.read(tmp_path, digest) == b"abc"
    assert archive.keep(tmp_path, b"abc") == digest
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_a_copy_that_is_not_there_is_none_and_a_spoilt_one_is_refused(tmp_path: Path) -> None:
    digest = archive.keep(tmp_path, b"abc")
    (tmp_path / archive.path_of(digest)).write_bytes(b"abd")

    assert archive.read(tmp_path, "0" * 64) is None
    with pytest.raises(VerificationError, match="its SHA-256 is another"):
        archive.read(tmp_path, digest)


def test_what_is_put_replaces_the_old_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    archive.put(path, b"old and long")
    archive.put(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]

"""Packed inputs unpacked in blocks, counted as they come: gzip, Zstandard, members of zip archives.

Every block that could be unpacked is handed out before the fault behind it is raised, so that a
file that was cut short gives all that it still holds.
"""

from __future__ import annotations

import functools
import os
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import zstandard
from isal import igzip_lib

#: Unpacked bytes handed out at once.
BLOCK = 1024 * 1024

#: A file that unpacks to more than this many times its size is a bomb, not a publication.
GREATEST_RATIO = 200
RATIO_COUNTS_FROM = 64 * 1024 * 1024
MOST_MEMBERS = 10_000

GZIP, ZSTD, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06"

#: Packed bytes taken at once. Four bytes of Zstandard can stand for 128 KiB, so that these give at
#: most 64 MiB, whatever they are.
_PACKED_BLOCK = 256 * 1024
_ZSTD_BLOCK = 2 * 1024


class Broken(Exception):
    """An input that stops making sense at byte `offset`: code, message."""

    def __init__(self, code: str, offset: int, message: str) -> None:
        super().__init__(message)
        self.code, self.offset, self.message = code, offset, message


def is_packed(path: str) -> bool:
    """Whether a file is packed, by its first bytes; its name says nothing."""
    with open(path, "rb") as file:
        magic = file.read(4)
    return magic[:2] == GZIP or magic in (ZSTD, ZIP, EMPTY_ZIP)


def members(path: str) -> list[str]:
    """The files in a zip archive in the order of their names; none where it is no such archive.

    An archive with more than `MOST_MEMBERS` gives none, and is refused when it is unpacked.
    """
    with open(path, "rb") as file:
        if file.read(4) != ZIP:
            return []
    try:
        names = _names(_archive(path, os.stat(path).st_mtime_ns))
    except (zipfile.BadZipFile, OSError, ValueError):
        return []
    return names if len(names) <= MOST_MEMBERS else []


def _names(archive: zipfile.ZipFile) -> list[str]:
    return sorted({info.filename for info in archive.infolist() if not info.is_dir()})


@functools.lru_cache(maxsize=1)
def _archive(path: str, mtime_ns: int) -> zipfile.ZipFile:  # noqa: ARG001 - a part of the key
    """The archive, kept open for its next member: its directory may be long."""
    return zipfile.ZipFile(path)


def blocks(path: str, member: str | None) -> Iterator[bytes]:
    """What a packed file holds, in blocks. Raises `Broken` where it is damaged, or unpacks to more
    than `GREATEST_RATIO` times its size."""
    unpacked = 0
    with open(path, "rb") as file:
        packed = os.fstat(file.fileno()).st_size
        magic = file.read(4)
        file.seek(0)
        if magic in (ZIP, EMPTY_ZIP):
            found = _of_zip(path, member)
        elif magic == ZSTD:
            found = _of_zstd(file)
        else:
            found = _of_gzip(file)
        try:
            for block in found:
                unpacked += len(block)
                if unpacked > RATIO_COUNTS_FROM and unpacked > GREATEST_RATIO * packed:
                    raise Broken(
                        "E009", unpacked, f"unpacks to more than {GREATEST_RATIO} times its size"
                    )
                yield block
        except _Damaged as damage:
            raise Broken(damage.code, unpacked, damage.message) from None


class _Damaged(Exception):
    def __init__(self, message: str, code: str = "E010") -> None:
        super().__init__(message)
        self.message, self.code = message, code


_CUT_SHORT = "the packing breaks off: the file was cut short"


def _of_gzip(file: IO[bytes]) -> Iterator[bytes]:
    """The members of a gzip file one after the other; their checksums are verified."""
    held = file.read(_PACKED_BLOCK)
    while held:
        if held[:2] != GZIP:
            if held.strip(b"\0") or any(iter(lambda: file.read(_PACKED_BLOCK).strip(b"\0"), b"")):
                raise _Damaged("the packing is followed by something else")
            return  # padding of zero bytes is usual on tapes
        unpacker = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        while not unpacker.eof:
            if unpacker.needs_input and not held:
                held = file.read(_PACKED_BLOCK)
                if not held:
                    raise _Damaged(_CUT_SHORT)
            try:
                block = unpacker.decompress(held, BLOCK)
            except igzip_lib.IsalError as error:  # type: ignore[misc]
                raise _Damaged(f"the packing is damaged: {error}") from None
            held = b""
            if block:
                yield block
        held = unpacker.unused_data or file.read(_PACKED_BLOCK)


def _of_zstd(file: IO[bytes]) -> Iterator[bytes]:
    """The frames of a Zstandard file one after the other."""
    held = file.read(_ZSTD_BLOCK)
    while held:
        unpacker = zstandard.ZstdDecompressor().decompressobj()
        while not unpacker.eof:
            if not held:
                held = file.read(_ZSTD_BLOCK)
                if not held:
                    raise _Damaged(_CUT_SHORT)
            try:
                block = unpacker.decompress(held)
            except zstandard.ZstdError as error:
                raise _Damaged(f"the packing is damaged: {error}") from None
            held = b""
            for start in range(0, len(block), BLOCK):
                yield block[start : start + BLOCK]
        held = unpacker.unused_data or file.read(_ZSTD_BLOCK)


def _of_zip(path: str, member: str | None) -> Iterator[bytes]:
    try:
        archive = _archive(path, os.stat(path).st_mtime_ns)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _Damaged("the archive has no readable directory of members") from None
    if member is None:
        count = len(_names(archive))
        if count > MOST_MEMBERS:
            raise _Damaged(
                f"{count:,} files in one archive; at most {MOST_MEMBERS:,} are read", "E009"
            )
        raise _Damaged("the archive is empty", "E004")
    try:
        with archive.open(member) as unpacked:
            while block := unpacked.read1(BLOCK):  # type: ignore[attr-defined]
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _Damaged(f"the packing is damaged: {error}") from None
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a rare way
        raise _Damaged(f"cannot be unpacked: {error}") from None

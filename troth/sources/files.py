"""Input files: found, opened whatever their packing, hashed, and cut into pieces at line ends.

Files are numbered in the order of their names, so that results do not depend on the order in which
they were given. A piece of an unpacked file is a byte range that the reading process fetches
itself; a piece of a packed one carries its bytes.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from itertools import groupby
from pathlib import Path
from typing import IO, Protocol, cast

import zstandard
from isal import igzip

from troth.errors import InputError

#: Large enough that starting a piece costs nothing, small enough that two fit in a cache each
#: (ENGINE.md 6.7: 4 to 16 MiB are equal, 2 MiB are 30 % slower).
PIECE = 8 * 1024 * 1024

#: A line beyond this is no record.
LONGEST_LINE = 256 * 1024 * 1024

#: A document (a package that is not JSON Lines) is held in memory as a whole.
LARGEST_DOCUMENT = 2 * 1024 * 1024 * 1024

#: A file that unpacks to more than this many times its size is a bomb, not a publication.
GREATEST_RATIO = 200
RATIO_COUNTS_FROM = 64 * 1024 * 1024
MOST_MEMBERS = 10_000

SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz", ".zst", ".zip")

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


@dataclass(frozen=True)
class Source:
    """One input: a file, or one member of a zip archive. `name` is what people are shown."""

    number: int
    name: str
    path: str
    member: str | None = None

    @property
    def shown(self) -> str:
        return self.name if self.member is None else f"{self.name}!{self.member}"


@dataclass(frozen=True)
class Piece:
    """Bytes `offset` to `offset + length` of a (decompressed) input, whole lines or one document."""

    number: int
    source: int
    offset: int
    length: int
    path: str | None = None
    data: bytes | None = None
    document: bool = False

    def read(self) -> bytes:
        if self.data is not None:
            return self.data
        assert self.path is not None
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


class Broken(Exception):
    """An input that stops making sense at byte `offset`: code, message."""

    def __init__(self, code: str, offset: int, message: str) -> None:
        super().__init__(message)
        self.code, self.offset, self.message = code, offset, message


def find(given: Sequence[str], keep_stdin: Path) -> list[Source]:
    """The inputs behind files, folders, globs and `-`, in the order of their names.

    Standard input is kept under `keep_stdin`, so that evidence can be looked up later. Raises
    `InputError` where nothing is found.
    """
    paths: set[str] = set()
    for one in given:
        paths |= set(_expand(one, keep_stdin))
    if not paths:
        raise InputError("no input: give files, folders, globs, or - for standard input")
    common = os.path.commonpath([os.path.dirname(p) for p in paths])
    named = sorted((os.path.relpath(path, common), path) for path in paths)
    found = [(name, path, member) for name, path in named for member in _members(path)]
    return [Source(n, name.replace(os.sep, "/"), path, member) for n, (name, path, member) in enumerate(found)]


def _expand(given: str, keep_stdin: Path) -> list[str]:
    if given == "-":
        keep_stdin.parent.mkdir(parents=True, exist_ok=True)
        with keep_stdin.open("wb") as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
        return [str(keep_stdin.resolve())]
    path = Path(given)
    if path.is_dir():
        inside = [p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES]
        if not inside:
            raise InputError(f"{given}: no file in this folder ends in {', '.join(SUFFIXES)}")
        return [str(p.resolve()) for p in inside]
    if path.is_file():
        return [str(path.resolve())]
    if has_magic(given):
        matched = [str(Path(p).resolve()) for p in glob(given, recursive=True) if Path(p).is_file()]
        if matched:
            return matched
        raise InputError(f"{given}: no file fits this pattern. Check the folder: {Path.cwd()}")
    raise InputError(f"{given}: no such file or folder. Check the name, or give - for standard input.")


def _members(path: str) -> Sequence[str | None]:
    with open(path, "rb") as file:
        if file.read(4) != _ZIP:
            return (None,)
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except zipfile.BadZipFile:
        return (None,)
    if len(names) > MOST_MEMBERS:
        raise InputError(f"{path}: {len(names):,} files in one archive; at most {MOST_MEMBERS:,} are read")
    return names or (None,)


class _Hasher(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...


def pieces(source: Source, first: int, looks_like_lines: Callable[[bytes], bool], hasher: _Hasher) -> Iterator[Piece]:
    """Cut an input into pieces numbered from `first`; feed the file's own bytes to `hasher`.

    Raises `Broken` where the input stops making sense; the pieces before stand.
    """
    with open(source.path, "rb") as file:
        magic = file.read(4)
        file.seek(0)
        if source.member is None and magic[:2] != _GZIP and magic != _ZSTD and magic != _ZIP:
            yield from _plain(source, file, first, looks_like_lines, hasher)
            return
        size = os.fstat(file.fileno()).st_size
        _hash_all(file, hasher)
        file.seek(0)
        yield from _stream(source, _unpacked(source, file, magic), size, first, looks_like_lines)


def _hash_all(file: IO[bytes], hasher: _Hasher) -> None:
    while block := file.read(PIECE):
        hasher.update(block)


def _unpacked(source: Source, file: IO[bytes], magic: bytes) -> IO[bytes]:
    if source.member is not None:
        return zipfile.ZipFile(file).open(source.member)
    if magic[:2] == _GZIP:
        return cast(IO[bytes], igzip.GzipFile(fileobj=file))
    if magic == _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    raise Broken("E010", 0, "the archive has no readable directory of members")


def _plain(
    source: Source, file: IO[bytes], first: int, looks_like_lines: Callable[[bytes], bool], hasher: _Hasher
) -> Iterator[Piece]:
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise Broken("E004", 0, "the file is empty")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        try:
            start = _after_mark(bytes(view[:4]))
            if not looks_like_lines(_head(mapped, size)):
                for at in range(0, size, PIECE):
                    hasher.update(view[at : at + PIECE])
                if size > LARGEST_DOCUMENT:
                    raise Broken("E009", 0, f"one document of {size:,} bytes; at most {LARGEST_DOCUMENT:,} are read")
                yield Piece(first, source.number, start, size - start, source.path, document=True)
                return
            hashed = 0
            number = first
            while start < size:
                end = mapped.find(b"\n", min(start + PIECE, size)) + 1 or size
                hasher.update(view[hashed:end])
                hashed = end
                yield Piece(number, source.number, start, end - start, source.path)
                start, number = end, number + 1
        finally:
            view.release()


def _head(mapped: mmap.mmap, size: int) -> bytes:
    """The beginning of a file up to a line end, at least its first line."""
    if size <= PIECE:
        return mapped[:]
    end = mapped.rfind(b"\n", 0, PIECE) + 1
    return mapped[: end or (mapped.find(b"\n", PIECE) + 1 or size)]


def _after_mark(head: bytes) -> int:
    """Where the text begins behind a byte order mark; UTF-16 is refused."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Broken("E002", 0, "the file is UTF-16")
    return 3 if head[:3] == b"\xef\xbb\xbf" else 0


def _stream(
    source: Source, stream: IO[bytes], packed: int, first: int, looks_like_lines: Callable[[bytes], bool]
) -> Iterator[Piece]:
    buffer = _read_lines(stream, b"", 0)
    if not buffer:
        raise Broken("E004", 0, "the file is empty")
    start = _after_mark(buffer[:4])
    offset, number = start, first
    rest = buffer[start:]
    cut = rest.rfind(b"\n") + 1 or len(rest)
    if not looks_like_lines(rest[:cut]):
        whole = [rest]
        total = len(rest)
        while block := _block(stream, total):
            whole.append(block)
            total += len(block)
            _refuse_bomb(total, packed)
            if total > LARGEST_DOCUMENT:
                raise Broken("E009", 0, f"one document of more than {LARGEST_DOCUMENT:,} bytes")
        yield Piece(number, source.number, offset, total, data=b"".join(whole), document=True)
        return
    while rest:
        _refuse_bomb(offset + len(rest), packed)
        cut = rest.rfind(b"\n") + 1 or len(rest)
        yield Piece(number, source.number, offset, cut, data=rest[:cut])
        offset, number = offset + cut, number + 1
        rest = _read_lines(stream, rest[cut:], offset)


def _read_lines(stream: IO[bytes], begun: bytes, offset: int) -> bytes:
    """`begun` and at least the rest of its line; as much as a piece holds. Empty at the end."""
    blocks, total = [begun], len(begun)
    complete = False
    while total < PIECE or not complete:
        block = _block(stream, offset + total)
        if not block:
            break
        complete = complete or b"\n" in block
        blocks.append(block)
        total += len(block)
        if not complete and total > LONGEST_LINE:
            raise Broken("E009", offset, f"a line of more than {LONGEST_LINE:,} bytes")
    return b"".join(blocks)


def _block(stream: IO[bytes], offset: int) -> bytes:
    try:
        return stream.read(PIECE)
    except (OSError, EOFError, zipfile.BadZipFile, zstandard.ZstdError, ValueError) as error:
        raise Broken("E010", offset, f"the packing breaks off: {error}") from None


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > RATIO_COUNTS_FROM and unpacked > GREATEST_RATIO * max(packed, 1):
        raise Broken("E009", unpacked, f"unpacks to more than {GREATEST_RATIO} times its size")


def fetch(wanted: Iterable[tuple[Source, int, int]]) -> Iterator[bytes]:
    """The bytes at (source, offset, length), for places sorted by source and offset.

    A packed source is unpacked once, however many places of it are wanted. Raises `InputError`
    where an input has become shorter than it was when it was read, or is gone.
    """
    for source, places in groupby(wanted, key=lambda one: one[0]):
        try:
            with open(source.path, "rb") as file:
                magic = file.read(4)
                file.seek(0)
                packed = source.member is not None or magic[:2] == _GZIP or magic == _ZSTD
                stream = _unpacked(source, file, magic) if packed else file
                at = 0
                for _, offset, length in places:
                    found = _read_at(stream, packed, at, offset, length)
                    at = offset + length
                    if len(found) < length:
                        message = "shorter than when it was read; no record at byte"
                        raise InputError(f"{source.shown}: {message} {offset}. Run `troth run` again.")
                    yield found
        except FileNotFoundError:
            message = "the file is gone, so the record cannot be shown. Put it back where it was"
            raise InputError(f"{source.shown}: {message}: {source.path}") from None


def _read_at(stream: IO[bytes], packed: bool, at: int, offset: int, length: int) -> bytes:
    if not packed:
        stream.seek(offset)
    else:
        while at < offset and (skipped := stream.read(min(offset - at, PIECE))):
            at += len(skipped)
    blocks = []
    while length and (block := stream.read(length)):
        blocks.append(block)
        length -= len(block)
    return b"".join(blocks)


def sha256(path: str) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

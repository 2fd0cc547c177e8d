"""Input files: found, opened whatever their packing, hashed, and cut into pieces at line ends.

Files are numbered in the order of their names, so that results do not depend on the order in which
they were given. A piece of an unpacked file is a byte range that the reading process fetches
itself; a piece of a packed one carries its bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from itertools import groupby
from pathlib import Path
from typing import IO, Protocol

from troth.errors import InputError
from troth.sources import packing
from troth.sources.packing import Broken

#: Large enough that starting a piece costs nothing, small enough that two fit in a cache each
#: (ENGINE 6.7: 4 to 16 MiB are equal, 2 MiB are 30 % slower).
PIECE = 8 * 1024 * 1024

#: So much of a file is looked at to tell lines from one document.
HEAD = 8 * 1024 * 1024

#: A line beyond this is no record.
LONGEST_LINE = 256 * 1024 * 1024

#: A document (a package that is not JSON Lines) is held in memory as a whole.
LARGEST_DOCUMENT = 2 * 1024 * 1024 * 1024

SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz", ".zst", ".zip")


@dataclass(frozen=True)
class Source:
    """One input: a file, or one member of a zip archive. `name` is what people are shown."""

    number: int
    name: str
    path: str
    member: str | None = None

    @property
    def shown(self) -> str:
        return self.name if self.member is None else f"{self.name}!{_showable(self.member)}"


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
    #: One line that is longer than any record; it is not read.
    too_long: bool = False

    def read(self) -> bytes:
        if self.data is not None:
            return self.data
        assert self.path is not None
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


def find(given: Sequence[str], keep_stdin: Path) -> list[Source]:
    """The inputs behind files, folders, globs and `-`, in the order of their names.

    Standard input is kept in the folder `keep_stdin`, so that evidence can be looked up later.
    Raises `InputError` where nothing is found.
    """
    paths: set[str] = set()
    for one in given:
        paths |= set(_expand(one, keep_stdin))
    if not paths:
        raise InputError("no input: give files, folders, globs, or - for standard input")
    common = os.path.commonpath([os.path.dirname(p) for p in paths])
    named = sorted((os.path.relpath(path, common), path) for path in paths)
    try:
        found = [
            (name, path, member)
            for name, path in named
            for member in packing.members(path) or (None,)
        ]
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from None
    return [
        Source(n, _showable(name), path, member) for n, (name, path, member) in enumerate(found)
    ]


def _showable(name: str) -> str:
    """A file's name as text; bytes in it that are no text are shown as escapes."""
    return name.replace(os.sep, "/").encode("utf-8", "backslashreplace").decode()


def _expand(given: str, keep_stdin: Path) -> list[str]:
    if given == "-":
        return [_kept(sys.stdin.buffer, keep_stdin)]
    path = Path(given)
    if path.is_dir():
        inside = [p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES]
        if not inside:
            raise InputError(
                f"{given}: no file in this folder ends in {', '.join(SUFFIXES)}. Name the file itself."
            )
        return [str(p.resolve()) for p in inside]
    if path.is_file():
        return [str(path.resolve())]
    if has_magic(given):
        matched = [str(Path(p).resolve()) for p in glob(given, recursive=True) if Path(p).is_file()]
        if matched:
            return matched
        raise InputError(f"{given}: no file fits this pattern. Check the folder: {Path.cwd()}")
    raise InputError(
        f"{given}: no such file or folder. Check the name, or give - for standard input."
    )


def _kept(stdin: IO[bytes], folder: Path) -> str:
    """Standard input as a file that is named by its bytes, so that the same is kept once and what
    was kept before is never written over."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="incoming.", delete=False) as aside:
        shutil.copyfileobj(stdin, aside)
    kept = folder / f"stdin-{sha256(aside.name)[:12]}"
    if kept.exists():
        os.unlink(aside.name)
    else:
        os.rename(aside.name, kept)
    return str(kept.resolve())


class _Hasher(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...


class _NoDigest:
    def update(self, data: bytes | memoryview, /) -> None:
        """Nobody asks for a digest."""


#: Whether a file that begins like this holds one record a line; the flag says that this is all.
LooksLikeLines = Callable[[bytes, bool], bool]


def pieces(
    source: Source, first: int, looks_like_lines: LooksLikeLines, hasher: _Hasher | None
) -> Iterator[Piece]:
    """Cut an input into pieces numbered from `first`; feed the file's own bytes to `hasher`, if any.

    Raises `Broken` where the input stops making sense; the pieces before stand.
    """
    if not packing.is_packed(source.path):
        yield from _plain(source, first, looks_like_lines, hasher or _NoDigest())
        return
    if hasher is not None:
        with open(source.path, "rb") as file:
            while block := file.read(PIECE):
                hasher.update(block)
    yield from _stream(
        source, _Runs(packing.blocks(source.path, source.member)), first, looks_like_lines
    )


def _plain(
    source: Source, first: int, looks_like_lines: LooksLikeLines, hasher: _Hasher
) -> Iterator[Piece]:
    size = os.path.getsize(source.path)
    if size == 0:
        raise Broken("E004", 0, _EMPTY)
    with (
        open(source.path, "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as view,
    ):
        start = _after_mark(bytes(view[:4]))
        end = _line_end(mapped, start, size, HEAD)
        if end < size and mapped.find(b"\n", start, end - 1) < 0:
            # One long line, which may be a broken one: the next has to decide then.
            end = _line_end(mapped, end, size, HEAD)
        has_lines = end - start <= LONGEST_LINE and looks_like_lines(mapped[start:end], end == size)
        if not has_lines:
            for at in range(0, size, PIECE):
                hasher.update(view[at : at + PIECE])
            if size > LARGEST_DOCUMENT:
                raise Broken(
                    "E009",
                    0,
                    f"one document of {size:,} bytes; at most {LARGEST_DOCUMENT:,} are read",
                )
            _refuse_blank(mapped[start : start + PIECE])
            yield Piece(first, source.number, start, size - start, source.path, document=True)
            return
        hasher.update(view[:start])
        number = first
        while start < size:
            end = _line_end(mapped, start, size, PIECE)
            hasher.update(view[start:end])
            too_long = end - start > LONGEST_LINE
            yield Piece(number, source.number, start, end - start, source.path, too_long=too_long)
            _forget(mapped, end)
            start, number = end, number + 1


_EMPTY = "the file is empty"


def _forget(mapped: mmap.mmap, end: int) -> None:
    """Let go of what was hashed, so that a large file does not fill the memory of this process."""
    whole_pages = end - end % mmap.PAGESIZE
    if hasattr(mmap, "MADV_DONTNEED") and whole_pages:
        mapped.madvise(mmap.MADV_DONTNEED, 0, whole_pages)


def _refuse_blank(head: bytes) -> None:
    if len(head) < PIECE and not head.strip():
        raise Broken("E004", 0, _EMPTY)


def _line_end(mapped: mmap.mmap, start: int, size: int, most: int) -> int:
    """Where whole lines from `start` end: at most `most` bytes on, unless one line is longer."""
    if size - start <= most:
        return size
    return (
        mapped.rfind(b"\n", start, start + most) + 1 or mapped.find(b"\n", start + most) + 1 or size
    )


def _after_mark(head: bytes) -> int:
    """Where the text begins behind a byte order mark; UTF-16 is refused."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Broken("E002", 0, "the file is UTF-16")
    return 3 if head[:3] == b"\xef\xbb\xbf" else 0


class _Runs:
    """Blocks of an input put together to runs of whole lines."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks = blocks
        self.rest = b""  # the line that was begun
        self.ended = False
        self.broken: Broken | None = None

    def next_block(self) -> bytes:
        """The next block; nothing at the end, be it the file's or the end of what makes sense."""
        try:
            return next(self.blocks)
        except StopIteration:
            self.ended = True
        except Broken as broken:
            self.ended, self.broken = True, broken
        return b""

    def next_run(self, least: int) -> bytes:
        """Whole lines (the last may lack its line end), about `least` bytes; nothing at the end.
        More than `LONGEST_LINE` bytes are the beginning of one line that is longer."""
        parts, total, whole = [self.rest], len(self.rest), False
        while (
            (total < least or not whole) and total <= LONGEST_LINE and (block := self.next_block())
        ):
            parts.append(block)
            total += len(block)
            whole = whole or b"\n" in block
        data = b"".join(parts)
        # What stands behind the last line end of a damaged input is no whole line.
        all_of_it = (self.ended and self.broken is None) or not (whole or self.ended)
        cut = len(data) if all_of_it else data.rfind(b"\n") + 1
        self.rest = data[cut:]
        return data[:cut]

    def skip_line(self) -> int:
        """Leave out the rest of a line; gives its length."""
        skipped = 0
        while block := self.next_block():
            end = block.find(b"\n") + 1
            if end:
                self.rest = block[end:]
                return skipped + end
            skipped += len(block)
        return skipped


def _stream(
    source: Source, runs: _Runs, first: int, looks_like_lines: LooksLikeLines
) -> Iterator[Piece]:
    run = runs.next_run(HEAD)
    if 0 <= run.find(b"\n") == len(run) - 1:
        run += runs.next_run(HEAD)  # as in `_plain`
    if not run and runs.broken is None:
        raise Broken("E004", 0, _EMPTY)
    offset = _after_mark(run[:4])
    run = run[offset:]
    number = first
    if run and (len(run) > LONGEST_LINE or not looks_like_lines(run, runs.ended)):
        yield _document(source, runs, first, offset, run)
        return
    while run:
        length, too_long = len(run), False
        if length > LONGEST_LINE:
            length = run.find(b"\n") + 1 or length + runs.skip_line()
            too_long = length > LONGEST_LINE
        data = b"" if too_long else run[:length]
        yield Piece(number, source.number, offset, length, data=data, too_long=too_long)
        offset, number = offset + length, number + 1
        run = run[length:] or runs.next_run(PIECE)
    if runs.broken is not None:
        raise Broken(runs.broken.code, offset, runs.broken.message)


def _document(source: Source, runs: _Runs, number: int, offset: int, begun: bytes) -> Piece:
    parts = [begun, runs.rest]
    total = len(begun) + len(runs.rest)
    while total <= LARGEST_DOCUMENT and (block := runs.next_block()):
        parts.append(block)
        total += len(block)
    if total > LARGEST_DOCUMENT:
        raise Broken("E009", 0, f"one document of more than {LARGEST_DOCUMENT:,} bytes")
    if runs.broken is not None:
        raise Broken(runs.broken.code, 0, runs.broken.message)
    _refuse_blank(begun)
    return Piece(number, source.number, offset, total, data=b"".join(parts), document=True)


def fetch(wanted: Iterable[tuple[Source, int, int]]) -> Iterator[bytes]:
    """The bytes at (source, offset, length), for places sorted by source and offset.

    A packed source is unpacked once, however many places of it are wanted. Raises `InputError`
    where an input has become shorter than it was when it was read, or is gone.
    """
    for source, places in groupby(wanted, key=lambda one: one[0]):
        with contextlib.ExitStack() as opened:
            read_at = _read_at(source, opened)
            for _, offset, length in places:
                found = read_at(offset, length)
                if len(found) < length:
                    message = "shorter than when it was read; no record at byte"
                    raise InputError(f"{source.shown}: {message} {offset}. Run `troth run` again.")
                yield found


def _read_at(source: Source, opened: contextlib.ExitStack) -> Callable[[int, int], bytes]:
    """A function that gives the bytes at an offset; for a packed source offsets must not go back."""
    try:
        if packing.is_packed(source.path):
            return _Packed(source).read_at
        file = opened.enter_context(open(source.path, "rb"))
    except FileNotFoundError:
        message = "the file is gone, so the record cannot be shown. Put it back where it was"
        raise InputError(f"{source.shown}: {message}: {source.path}") from None

    def read_at(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    return read_at


class _Packed:
    """A packed file read forwards only."""

    def __init__(self, source: Source) -> None:
        self.blocks = packing.blocks(source.path, source.member)
        self.at = 0  # of what is held
        self.held = b""

    def read_at(self, offset: int, length: int) -> bytes:
        found: list[bytes] = []
        while length:
            if self.at + len(self.held) <= offset:
                self.at += len(self.held)
                try:
                    self.held = next(self.blocks, b"")
                except Broken:
                    self.held = b""
                if not self.held:
                    break
                continue
            part = self.held[offset - self.at : offset - self.at + length]
            found.append(part)
            offset, length = offset + len(part), length - len(part)
        return b"".join(found)


def sha256(path: str) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Files taken apart into blocks of text cells, each row with the line in which it begins.

CSV is read by Arrow, in blocks, as long as its rows can be told by their line ends beyond doubt.
From the first block on in which they cannot (a quotation mark in the middle of a cell, bytes that
are no UTF-8), the rest of the file is read by Python's own reader, which takes longer and gives the
same rows. JSON Lines and documents are parsed and written back as the same kind of text.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from troth.errors import InputError
from troth.sources import packing
from troth.sources.ledgers import sheets
from troth.sources.ledgers.base import RECORD, Refused
from troth.sources.packing import Broken

#: Bytes of a file that are read into one block.
BLOCK = 8 * 1024 * 1024

#: Rows that the slow reader puts into one block.
ROWS = 50_000

#: A row that is longer is none.
LONGEST_ROW = 64 * 1024 * 1024

#: A document is held in memory as a whole.
LARGEST_DOCUMENT = 1024 * 1024 * 1024

#: What may part the cells of a row. That of a file is the one with which its header is recognised.
DELIMITERS = (",", ";", "\t", "|")

COMMENT = "#"

_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D
_MARK = b"\xef\xbb\xbf"

_MORE_OR_FEWER = "the row has {n} cells, and the line of column names has {expected}"


@dataclass(frozen=True)
class Block:
    """Rows as text (trimmed, null where nothing stands) with their lines, and rows that are none.

    `nested` are the lines, by column, where JSON has a list or an object for a value.
    """

    rows: pa.Table
    lines: pa.Array
    refused: list[Refused] = field(default_factory=list)
    nested: Mapping[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A file whose header was read: the column names, and its blocks, to be taken once."""

    header: tuple[str, ...]
    header_line: int
    blocks: Iterator[Block]


#: Whether a header is known: the first delimiter for which it is true is taken.
Known = Callable[[Sequence[str]], bool]

#: Takes a document apart into rows; and what gives the one for the keys of a document, or None.
Apart = Callable[[Any], Iterable[Mapping[str, Any]]]
OfDocument = Callable[[Sequence[str]], Apart | None]


def open_ledger(path: Path, known: Known, of_document: OfDocument) -> Opened:
    """A ledger, whatever its packing and its shape.

    `of_document` gives for the keys of a JSON document the function that takes it apart into rows,
    or None. Raises `InputError` where the file cannot be read as a ledger at all.
    """
    if path.suffix.lower() == sheets.SUFFIX:
        return _open_sheet(path)
    stream = _opened(path)
    begins = stream.peek(LONGEST_ROW).lstrip()[:1]
    if begins in (b"{", b"["):
        return _open_json(path, stream, of_document)
    return _open_csv(path, stream, known)


def _opened(path: Path) -> _Stream:
    """The bytes of a file behind its mark of being UTF-8, if it has one."""
    try:
        stream = _Stream(path)
        head = stream.peek(LONGEST_ROW)
    except Broken as broken:
        raise InputError(f"{path}: {broken.message}. Fetch the file again") from None
    except OSError as error:
        raise InputError(f"{path}: the ledger cannot be read ({error.strerror})") from None
    if head.startswith(_MARK):
        stream.drop(len(_MARK))
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path}: the file is UTF-16. Save the file as UTF-8")
    return stream


class _Stream:
    """The unpacked bytes of a file: looked at from the front, and then taken."""

    def __init__(self, path: Path) -> None:
        name = str(path)
        with path.open("rb") as file:
            magic = file.read(4)
        if magic in (packing.ZIP, packing.EMPTY_ZIP):
            raise InputError(f"{path}: an archive. Unpack it and give the ledgers in it")
        self._blocks = packing.blocks(name, None) if packing.is_packed(name) else _plain(path)
        self._held = b""
        self.broken: Broken | None = None

    def peek(self, most: int) -> bytes:
        """The first bytes: a block of them, or more until there is a line end, or all."""
        while len(self._held) < most and b"\n" not in self._held and (more := self._next()):
            self._held += more
        return self._held

    def drop(self, count: int) -> None:
        self._held = self._held[count:]

    def put_back(self, data: bytes) -> None:
        self._held = data + self._held

    def take(self) -> bytes:
        """The next bytes, about a block of them; nothing at the end."""
        parts = [self._held] if self._held else []
        size = len(self._held)
        self._held = b""
        while size < BLOCK and (more := self._next()):
            parts.append(more)
            size += len(more)
        return b"".join(parts)

    def _next(self) -> bytes:
        try:
            return next(self._blocks, b"")
        except Broken as broken:
            self.broken = broken
            self._blocks = iter(())
            return b""

    def damage(self, line: int) -> list[Block]:
        """What to tell of a packed file that breaks off: what came before it stands."""
        if self.broken is None:
            return []
        lines = pa.array([line], pa.int64())
        broken = Refused(self.broken.code, lines, "$", None, self.broken.message)
        return [Block(_no_rows(()), lines[:0], [broken])]


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _open_sheet(path: Path) -> Opened:
    """A spreadsheet, all in one block: its first row has the names, and lines are its rows."""
    found = sheets.rows(path)
    line, names = next(found, (1, []))
    header = tuple(name.strip() for name in names)
    if not header:
        raise InputError(f"{path}: no row of column names")
    _refuse_twice(path, line, header)
    lines, odd, whole = [], [], []
    for at, row in found:
        if len(row) > len(header):
            odd.append((at, len(row)))
        else:
            whole.append(row + [""] * (len(header) - len(row)))
            lines.append(at)
    refused = _uneven([at for at, _ in odd], [count for _, count in odd], len(header))
    return Opened(header, line, iter([_of_rows(header, whole, lines, refused)]))


# CSV


def _open_csv(path: Path, stream: _Stream, known: Known) -> Opened:
    line = 0
    while True:
        head = stream.peek(LONGEST_ROW)
        first, end, _ = head.partition(b"\n")
        line += 1
        if not first.strip() and not end:
            raise InputError(
                f"{path}: no line of column names. `troth template` writes one for each ledger"
            )
        stream.drop(len(first) + len(end))
        text = first.strip()
        if text and not text.startswith(COMMENT.encode()):
            break
    try:
        words = first.decode().rstrip("\r")
    except UnicodeDecodeError:
        raise InputError(
            f"{path}, line {line}: not UTF-8. Save the file as UTF-8, then give it again"
        ) from None
    delimiter, header = _header(words, known)
    _refuse_twice(path, line, header)
    blocks = _csv_blocks(path, stream, header, delimiter, line + 1)
    return Opened(header, line, blocks)


def _refuse_twice(path: Path, line: int, header: Sequence[str]) -> None:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise InputError(
            f"{path}, line {line}: the column {twice[0]} is there twice. Leave one of them out"
        )


def _header(words: str, known: Known) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the column names: by the delimiter that makes them known, else by the one
    that makes most of them."""
    found = []
    for delimiter in DELIMITERS:
        cells = next(csv.reader([words], delimiter=delimiter), [])
        header = tuple(name.strip() for name in cells)
        if known(header):
            return delimiter, header
        found.append((delimiter, header))
    return max(found, key=lambda one: len(one[1]))


def _csv_blocks(
    path: Path, stream: _Stream, header: Sequence[str], delimiter: str, line: int
) -> Iterator[Block]:
    rest = b""
    while data := stream.take():
        data = rest + data
        cut = _last_row_end(data)
        rest = data[cut:]
        whole = data[:cut]
        if len(rest) > LONGEST_ROW:
            rest, whole = b"", data
            yield from _slowly(path, stream, data, header, delimiter, line)
            return
        if not whole:
            continue
        block = _fast(whole, header, delimiter, line)
        if block is None:
            yield from _slowly(path, stream, whole + rest, header, delimiter, line)
            return
        yield block
        line += whole.count(b"\n")
    if rest and stream.broken is None:
        # The last row may lack its line end; a quotation mark may not lack its other one.
        block = _fast(rest, header, delimiter, line)
        if block is None:
            yield from _slowly(path, stream, rest, header, delimiter, line)
        else:
            yield block
        line += rest.count(b"\n") + 1
    yield from stream.damage(line)


def _last_row_end(data: bytes) -> int:
    """Behind the last line end that is not inside quotation marks, taking marks as they come."""
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    ends = _row_ends(data)
    return int(ends[-1]) + 1 if len(ends) else 0


def _row_ends(data: bytes) -> np.ndarray:
    """Where the line ends stand that are outside quotation marks."""
    octets = np.frombuffer(data, np.uint8)
    newlines = np.flatnonzero(octets == _NEWLINE)
    if b'"' not in data:
        return newlines
    quotes = np.flatnonzero(octets == _QUOTE)
    outside: np.ndarray = np.searchsorted(quotes, newlines) % 2 == 0
    found: np.ndarray = newlines[outside]
    return found


def _fast(data: bytes, header: Sequence[str], delimiter: str, line: int) -> Block | None:
    """The rows of whole lines by Arrow; None where there is a doubt about rows or letters."""
    if not _are_marks_in_place(data, delimiter):
        return None
    invalid: list[tuple[int, int]] = []

    def skipped(row: Any) -> str:
        invalid.append((row.number, row.actual_columns))
        return "skip"

    places = [str(number) for number in range(len(header))]
    try:
        found = pa.csv.read_csv(
            pa.BufferReader(data),
            read_options=pa.csv.ReadOptions(
                use_threads=False, column_names=places, block_size=len(data) + 1
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skipped
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        if data.strip():
            return None  # no UTF-8
        found = _no_rows(places)
    begins = _begins(data)
    if len(begins) != found.num_rows + len(invalid):
        return None
    lines = line + _lines_before(data, begins)
    refused = []
    if invalid:
        numbers = np.array([number for number, _ in invalid]) - 1
        counts = [count for _, count in invalid]
        refused = _uneven(lines[numbers], counts, len(header))
        lines = np.delete(lines, numbers)
    return Block(*_tidied(found.rename_columns(_unique(header)), lines), refused)


def _are_marks_in_place(data: bytes, delimiter: str) -> bool:
    """Whether every second quotation mark opens a cell, and every other one closes it: then line
    ends between them, and no others, are inside a cell."""
    if b'"' not in data:
        return True
    octets = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero(octets == _QUOTE)
    if len(marks) % 2:
        return False
    opening, closing = marks[0::2], marks[1::2]
    parts = np.array([ord(delimiter), _NEWLINE, _QUOTE], np.uint8)
    before = octets[opening[opening > 0] - 1]
    behind = octets[closing[closing + 1 < len(octets)] + 1]
    ends = np.append(parts, np.uint8(_RETURN))
    return bool(np.isin(before, parts).all() and np.isin(behind, ends).all())


def _begins(data: bytes) -> np.ndarray:
    """Where rows begin; lines with nothing in them are no rows."""
    octets = np.frombuffer(data, np.uint8)
    ends = _row_ends(data)
    begins = np.concatenate([[0], ends + 1])
    stops = np.concatenate([ends, [len(data)]])
    lengths = stops - begins
    # A line end of two characters leaves one behind.
    alone = lengths == 1
    alone[alone] = octets[begins[alone]] == _RETURN
    found: np.ndarray = begins[(lengths > 0) & ~alone]
    return found


def _lines_before(data: bytes, places: np.ndarray) -> np.ndarray:
    newlines = np.flatnonzero(np.frombuffer(data, np.uint8) == _NEWLINE)
    found: np.ndarray = np.searchsorted(newlines, places)
    return found


def _uneven(lines: Iterable[int], counts: Iterable[int], expected: int) -> list[Refused]:
    """Rows with more or fewer cells than the header, by how many they have."""
    by_count: dict[int, list[int]] = {}
    for line, count in zip(lines, counts, strict=True):
        by_count.setdefault(count, []).append(int(line))
    return [
        Refused(
            "E072",
            pa.array(of, pa.int64()),
            "$",
            None,
            _MORE_OR_FEWER.format(n=n, expected=expected),
        )
        for n, of in sorted(by_count.items())
    ]


def _unique(header: Sequence[str]) -> list[str]:
    """The names of the columns; one without a name gets its place, which no format asks for."""
    return [name or f"#{number}" for number, name in enumerate(header)]


def _tidied(found: pa.Table, lines: np.ndarray) -> tuple[pa.Table, pa.Array]:
    """Texts trimmed, null where nothing stands, rows of nothing left out, with their lines."""
    columns = {}
    empty = None
    for name in found.column_names:
        trimmed = pc.utf8_trim_whitespace(found.column(name).combine_chunks())
        blank = pc.equal(trimmed, "")
        columns[name] = pc.if_else(blank, pa.scalar(None, pa.string()), trimmed)
        empty = blank if empty is None else pc.and_(empty, blank)
    rows, at = pa.table(columns), pa.array(lines, pa.int64())
    if empty is not None and pc.any(empty, min_count=0).as_py():
        rows, at = rows.filter(pc.invert(empty)), at.filter(pc.invert(empty))
    return rows, at


def _no_rows(names: Iterable[str]) -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in names})


def _slowly(
    path: Path, stream: _Stream, data: bytes, header: Sequence[str], delimiter: str, line: int
) -> Iterator[Block]:
    """The rest of a file by Python's reader."""
    recorded: list[str] = []
    reader = csv.reader(_recorded(_text_lines(stream, data), recorded), delimiter=delimiter)
    rows = _numbered(path, reader, line, recorded)
    while some := list(itertools.islice(rows, ROWS)):
        whole, lines, odd, unread = [], [], [], []
        for at, cells in some:
            if any(map(_is_no_text, cells)):
                unread.append(at)
            elif len(cells) != len(header):
                odd.append((at, len(cells)))
            else:
                whole.append(cells)
                lines.append(at)
        refused = _uneven([at for at, _ in odd], [count for _, count in odd], len(header))
        if unread:
            said = "the row has bytes that are no UTF-8"
            refused.append(Refused("E002", pa.array(unread, pa.int64()), "$", None, said))
        yield _of_rows(header, whole, lines, refused)
    yield from stream.damage(line + reader.line_num)


def _of_rows(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    refused: list[Refused],
) -> Block:
    """Rows as cells, each with as many as the header has."""
    names = _unique(header)
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    found = pa.table(
        {name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)}
    )
    return Block(*_tidied(found, np.array(lines, np.int64)), refused)


def _is_no_text(cell: str) -> bool:
    """Whether a cell holds a byte that is no UTF-8 (they stand as lone half characters)."""
    return not cell.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell)


def _text_lines(stream: _Stream, data: bytes) -> Iterator[str]:
    """The lines of the bytes in hand and of those to come; bytes that are no text are kept apart."""
    rest = b""
    while data:
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield (line + b"\n").decode("utf-8", "surrogateescape")
        data = stream.take()
    if rest and stream.broken is None:
        yield rest.decode("utf-8", "surrogateescape")


def _recorded(lines: Iterable[str], recorded: list[str]) -> Iterator[str]:
    for line in lines:
        recorded.append(line)
        yield line


def _numbered(
    path: Path, reader: Any, line: int, recorded: list[str]
) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty with the line in which it begins.

    `recorded` are the lines handed to the reader; those of rows that are done are let go. Raises
    `InputError` where a quotation mark is never closed: nobody knows what the rest belongs to.
    """
    begins, before = line, 0
    try:
        for cells in reader:
            begins, before = line + before, reader.line_num
            if len(recorded) > 1:
                _refuse_unclosed(recorded)
            recorded.clear()
            if cells:
                yield begins, cells
    except csv.Error as error:
        raise InputError(
            f"{path}, line {begins if len(recorded) > 1 else line + before}: not CSV ({error})."
            " Mend the line: a quotation mark that is not closed, or line ends of another kind"
        ) from None


def _refuse_unclosed(lines: Sequence[str]) -> None:
    """Raise `csv.Error` where these lines are one row whose last cell is not closed."""
    if len(list(csv.reader([*lines, "behind"]))) == 1:
        raise csv.Error("a quotation mark is opened here and never closed")


# JSON


def _open_json(path: Path, stream: _Stream, of_document: OfDocument) -> Opened:
    head = stream.peek(LONGEST_ROW)
    first = head.split(b"\n", 1)[0]
    try:
        one = msgspec.json.decode(first)
    except (msgspec.DecodeError, RecursionError):
        one = None
    if isinstance(one, dict):
        header = tuple(str(name) for name in one)
        apart = of_document(header)
        if apart is None or b"\n" in head.strip():
            return Opened(header, 1, _json_lines(stream, header))
    document = _document(path, stream)
    keys = document if isinstance(document, dict) else document[0] if document else {}
    header = tuple(str(name) for name in keys) if isinstance(keys, dict) else ()
    apart = of_document(header) or (lambda rows: rows if isinstance(rows, list) else [rows])
    return Opened(header, 1, _objects(apart(document)))


def open_records(path: Path, apart: Apart) -> Opened:
    """A file of whole JSON values: one a line, or a document that `apart` takes apart into them.

    Its blocks have the text of each in one column. Raises `InputError` as `open_ledger` does.
    """
    stream = _opened(path)
    first, _, behind = stream.peek(LONGEST_ROW).lstrip().partition(b"\n")
    try:
        is_lines = isinstance(msgspec.json.decode(first), dict)
    except (msgspec.DecodeError, RecursionError):
        is_lines = False
    if is_lines and behind.strip():
        return Opened((RECORD,), 1, _record_lines(stream))
    parts = map(msgspec.json.encode, apart(_document(path, stream)))
    numbered = enumerate(parts, 1)
    taken = iter(lambda: list(itertools.islice(numbered, ROWS)), [])
    return Opened((RECORD,), 1, (_of_records(some) for some in taken))


def _record_lines(stream: _Stream) -> Iterator[Block]:
    rest, line = b"", 1
    while True:
        data = stream.take()
        *lines, rest = (rest + data).split(b"\n") if data else (rest, b"")
        yield _of_records(enumerate(lines, line))
        line += len(lines)
        if not data:
            break
    yield from stream.damage(line)


def _of_records(numbered: Iterable[tuple[int, bytes]]) -> Block:
    """The values as text; bytes that are no UTF-8 are no value."""
    texts, lines, unread = [], [], []
    for line, data in numbered:
        if data.strip():
            try:
                texts.append(data.decode())
                lines.append(line)
            except UnicodeDecodeError:
                unread.append(line)
    said = "the line has bytes that are no UTF-8"
    refused = [Refused("E002", pa.array(unread, pa.int64()), "$", None, said)] if unread else []
    rows = pa.table({RECORD: pa.array(texts, pa.string())})
    return Block(rows, pa.array(lines, pa.int64()), refused)


def _document(path: Path, stream: _Stream) -> Any:
    parts = []
    size = 0
    while block := stream.take():
        parts.append(block)
        size += len(block)
        if size > LARGEST_DOCUMENT:
            raise InputError(f"{path}: one document of more than {LARGEST_DOCUMENT:,} bytes")
    try:
        return msgspec.json.decode(b"".join(parts))
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error}). Mend the file at its source") from None


def _json_lines(stream: _Stream, header: Sequence[str]) -> Iterator[Block]:
    rest, line = b"", 1
    decode = msgspec.json.Decoder().decode
    while True:
        data = stream.take()
        *lines, rest = (rest + data).split(b"\n") if data else (rest, b"")
        rows: list[tuple[int, Mapping[str, Any]]] = []
        unread: list[int] = []
        for one in lines:
            if one.strip():
                try:
                    row = decode(one)
                except (msgspec.DecodeError, RecursionError):
                    row = None
                if isinstance(row, dict):
                    rows.append((line, row))
                else:
                    unread.append(line)
            line += 1
        if rows or unread:
            yield _of_objects(rows, unread, header)
        if not data:
            break
    yield from stream.damage(line)


def _objects(rows: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    """Rows of a document, numbered from 1 in place of lines."""
    numbered = enumerate(rows, 1)
    while some := list(itertools.islice(numbered, ROWS)):
        good = [(number, row) for number, row in some if isinstance(row, dict)]
        bad = [number for number, row in some if not isinstance(row, dict)]
        yield _of_objects(good, bad, ())


def _of_objects(
    rows: Sequence[tuple[int, Mapping[str, Any]]], unread: list[int], header: Sequence[str]
) -> Block:
    names = list(dict.fromkeys([*header, *(str(name) for _, row in rows for name in row)]))
    columns: dict[str, list[str]] = {name: [] for name in names}
    nested: dict[str, list[int]] = {}
    for number, row in rows:
        for name in names:
            text = _as_text(row.get(name))
            if text is None:
                nested.setdefault(name, []).append(number)
            columns[name].append(text or "")
    refused = []
    if unread:
        said = "no JSON object"
        refused.append(Refused("E001", pa.array(unread, pa.int64()), "$", None, said))
    found = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    lines = np.array([number for number, _ in rows], np.int64)
    return Block(*_tidied(found, lines), refused, nested)


def _as_text(value: Any) -> str | None:
    """A plain value as CSV would have it; None for a list or an object."""
    if value is None:
        return ""
    if isinstance(value, str):
        # A half character is legal in JSON and in no file of text.
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(value)
    return None


def _number_text(value: float) -> str:
    """A number without an exponent, and without decimals where it is whole."""
    if value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    text = repr(value)
    return text if "e" not in text else format(Decimal(text), "f")

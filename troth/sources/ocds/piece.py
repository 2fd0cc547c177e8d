"""One piece of input made into releases: the fast way, and where it fails the careful one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np
import pyarrow as pa

from troth.sources.files import LONGEST_LINE, Piece
from troth.sources.ocds import careful, documents, shapes
from troth.sources.ocds.documents import Place
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.flatten import Batch
from troth.sources.ocds.native import Native

#: A pid is the file's number shifted by this, plus the byte offset (16 TiB a file).
OFFSET_BITS = 44
OFFSET_MASK = (1 << OFFSET_BITS) - 1

#: Set in the pid of a process that was merged from several releases, so that it is not the row of
#: the release at whose place it stands.
MERGED = 1 << 62
_NEWLINE, _RETURN, _OPENING, _CLOSING = b"\n\r{}"


def source_number(pid: int) -> int:
    """The number of the file a process stands in."""
    return (pid & ~MERGED) >> OFFSET_BITS


@dataclass
class Read:
    """What a piece held: releases that can be flattened, and what had to be left out."""

    batch: Batch
    rows_in: int
    newlines: int
    faults: list[Fault] = field(default_factory=list)
    #: Row (line within the piece) and offset of the record of each fault, in the same order.
    places: list[tuple[int, int]] = field(default_factory=list)
    #: Lines that are not in the batch, because they were read the fast way.
    taken: int = 0

    @property
    def rows_rejected(self) -> int:
        return sum(fault.level == "record" for fault in self.faults)


def read(piece: Piece, audit: bool = False, native: Native | None = None) -> Read:
    """The releases of a piece. With `native` the lines beyond doubt are read by it. With `audit`
    every line is read carefully, and names given twice in one object are found as well (a fast
    decoder keeps the last and cannot see them)."""
    if piece.too_long:
        return _Slow(piece, b"", audit).one_line_too_long()
    data = piece.read()
    if piece.document:
        return _Slow(piece, data, audit).document()
    if audit:
        return _Slow(piece, data, audit).lines()
    if native is not None:
        return _beyond_doubt(piece, data, native)
    return _fast(piece, data) or _Slow(piece, data, audit).lines()


def _first_pid(piece: Piece) -> int:
    return (piece.source << OFFSET_BITS) + piece.offset


def _chunks(piece: Piece, count: int) -> np.ndarray:
    return np.full(count, piece.number, np.int64)


def _beyond_doubt(piece: Piece, data: bytes, native: Native) -> Read:
    """What the fast way takes, and the rest line by line."""
    taken = native.take(data, _first_pid(piece), piece.number)
    if len(taken.left):
        few = len(taken.left) < taken.lines
        found = _Slow(piece, data, audit=False, few=few).lines_at(
            taken.left.tolist(), taken.newlines
        )
    else:
        nothing = np.zeros(0, np.int64)
        found = Read(Batch((), bytes, nothing, nothing, nothing, nothing), 0, taken.newlines)
    found.rows_in += taken.lines
    found.taken = taken.lines
    return found


def _fast(piece: Piece, data: bytes) -> Read | None:
    """Every line decoded at once; nothing when a line is unusual in any way."""
    view = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(view == _NEWLINE)
    newlines = len(ends)
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    if not _is_an_object_a_line(view, starts, ends):
        return None
    try:
        releases = shapes.decoder.decode_lines(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if len(releases) != len(ends) or not _is_utf8(data):
        return None

    def raw(index: int) -> bytes:
        return data[starts[index] : ends[index]]

    pids = _first_pid(piece) + starts
    count = len(releases)
    batch = Batch(releases, raw, pids, _chunks(piece, count), np.arange(count), ends - starts)
    if not all([release.ocid for release in releases]):
        return None
    return Read(batch, len(releases), newlines)


def _is_an_object_a_line(view: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> bool:
    """Whether each line begins an object and ends one.

    Then each holds at least one: an object that goes on in the next line would go on there with
    anything but `{`. With as many objects as lines each holds exactly one. (The decoder itself does
    not mind where lines end: of two objects on a line and a blank one elsewhere it says nothing.)
    """
    last = view[ends - 1]
    if (last == _RETURN).any():
        last = np.where(last == _RETURN, view[ends - 2], last)
    return bool((view[starts] == _OPENING).all() and (last == _CLOSING).all())


def _is_utf8(data: bytes) -> bool:
    """Whether all bytes are UTF-8, also in fields that the decoder skips."""
    text = pa.StringArray.from_buffers(
        1, pa.array([0, len(data)], pa.int32()).buffers()[1], pa.py_buffer(data)
    )
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


class _Slow:
    """A piece read value by value."""

    def __init__(self, piece: Piece, data: bytes, audit: bool, few: bool = False) -> None:
        self.piece = piece
        self.data = data
        self.audit = audit
        #: Of a piece that is UTF-8 throughout, no part needs to be asked again. Where only a few of
        #: its lines are wanted, each of them is asked.
        self.is_utf8 = not few and _is_utf8(data)
        self.releases: list[shapes.Release] = []
        self.spans: list[tuple[int, int]] = []
        self.rows: list[int] = []
        self.raws: list[bytes] = []
        self.rows_in = 0
        self.faults: list[Fault] = []
        self.places: list[tuple[int, int]] = []

    def lines(self) -> Read:
        start, row = 0, 0
        while start < len(self.data):
            end = self.data.find(b"\n", start)
            end = len(self.data) if end < 0 else end
            line = self.data[start:end]
            if line.strip():
                self._line(line, start, row)
            start, row = end + 1, row + 1
        return self._done()

    def lines_at(self, places: Sequence[tuple[int, int, int]], newlines: int) -> Read:
        """The lines at these places (start, end, row) and no others, of a piece with so many ends."""
        for start, end, row in places:
            line = self.data[start:end]
            if line.strip():
                self._line(line, start, row)
        return self._done(newlines)

    def one_line_too_long(self) -> Read:
        message = f"a line of {self.piece.length:,} bytes; at most {LONGEST_LINE:,} are read"
        self._refuse(Fault("E009", "$", None, message), 0, 0)
        read = self._done()
        read.newlines = 1
        return read

    def document(self) -> Read:
        newlines = np.flatnonzero(np.frombuffer(self.data, np.uint8) == _NEWLINE)
        for place in self._places(self.data):
            at = place.start + (place.fault.at if place.fault is not None else 0)
            row = int(np.searchsorted(newlines, at))
            if place.fault is not None and place.fault.at:
                line_start = int(newlines[row - 1]) + 1 if row else 0
                self._refuse(place.fault, row, line_start)
            else:
                self._one(self.data, place, 0, row)
        return self._done()

    def _line(self, line: bytes, start: int, row: int) -> None:
        if self._kept_at_once(line, start, row):
            return
        places = self._places(line)
        if len(places) == 1 and line[places[0].start : places[0].end] == line.strip():
            # A line that is one release is its place, with the spaces around it, as in the fast way.
            places = [replace(places[0], start=0, end=len(line))]
        for place in places:
            self._one(line, place, start, row)

    def _kept_at_once(self, raw: bytes, at: int, row: int) -> bool:
        """Keep a release that the fast decoder reads without objection."""
        if self.audit:
            return False
        try:
            release = shapes.decoder.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return False
        if not release.ocid or not (self.is_utf8 or _is_utf8(raw)):
            return False
        self._keep(release, raw, at, len(raw), row)
        return True

    def _places(self, text: bytes) -> list[Place]:
        """Where releases stand in a line or document; one place with a fault where it is no JSON."""
        try:
            return documents.places(text)
        except (msgspec.DecodeError, RecursionError):
            pass
        begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
        try:
            value = careful.parse(text)
            # JSON allows halves of characters in its escapes, and the fast decoder does not.
            careful.refuse_package(value)
        except careful.Unreadable as unreadable:
            return [Place(begin, end, unreadable.fault)]
        return [Place(begin, end)]

    def _one(self, text: bytes, place: Place, start: int, row: int) -> None:
        at = start + place.start
        if place.fault is not None:
            self._refuse(place.fault, row, at)
            return
        raw = text[place.start : place.end]
        if self._kept_at_once(raw, at, row):
            return
        try:
            value = careful.parse(raw, self.audit)
            twice = list(careful.named_twice(value)) if self.audit else []
            release, faults = careful.release(value)
        except careful.Unreadable as unreadable:
            self._refuse(unreadable.fault, row, at)
            return
        message = "a name stands twice in one object"
        faults += [Fault("E015", path, None, message, ocid=release.ocid) for path in twice]
        for fault in faults:
            self._report(fault, row, at)
        self._keep(release, raw, at, len(raw), row)

    def _refuse(self, fault: Fault, row: int, at: int) -> None:
        self.rows_in += 1
        self._report(fault, row, at)

    def _keep(self, release: shapes.Release, raw: bytes, at: int, length: int, row: int) -> None:
        self.rows_in += 1
        self.releases.append(release)
        self.raws.append(raw)
        self.spans.append((at, length))
        self.rows.append(row)

    def _report(self, fault: Fault, row: int, at: int) -> None:
        self.faults.append(fault)
        self.places.append((row, self.piece.offset + at))

    def _done(self, newlines: int | None = None) -> Read:
        spans = np.array(self.spans, np.int64).reshape(-1, 2)
        pids = _first_pid(self.piece) + spans[:, 0]
        rows = np.array(self.rows, np.int64)
        chunks = _chunks(self.piece, len(rows))
        batch = Batch(self.releases, self.raws.__getitem__, pids, chunks, rows, spans[:, 1])
        if newlines is None:
            newlines = self.data.count(b"\n")
        return Read(batch, self.rows_in, newlines, self.faults, self.places)

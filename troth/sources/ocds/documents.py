"""Where the releases stand in a JSON document: a release, a package, records, an array of them.

Nothing is copied: the places are byte ranges of the document, so that a release inside a package
of a gigabyte can be fetched again by its offset alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from troth.sources.ocds.faults import Fault


@dataclass(frozen=True)
class Place:
    """One release: bytes `start` to `end` of the document."""

    start: int
    end: int


_ABSENT = msgspec.Raw(b"null")


class _Head(msgspec.Struct):
    ocid: msgspec.Raw = _ABSENT
    releases: list[msgspec.Raw] | None = None
    records: list[msgspec.Raw] | None = None
    compiledRelease: msgspec.Raw = _ABSENT

    @property
    def is_record(self) -> bool:
        return self.has_compiled or (self.releases is not None and self.ocid is not _ABSENT)

    @property
    def has_compiled(self) -> bool:
        return self.compiledRelease is not _ABSENT and bytes(self.compiledRelease) != b"null"


class _Linked(msgspec.Struct):
    ocid: str | None = None
    url: str | None = None


_head = msgspec.json.Decoder(_Head)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_linked = msgspec.json.Decoder(_Linked)


def places(document: bytes) -> list[Place | Fault]:
    """The releases of a document in their order, and what stands where one was expected.

    Raises msgspec.DecodeError where the document is not JSON or not of these shapes.
    """
    base = _address(document)
    begin = len(document) - len(document.lstrip())
    if document[begin : begin + 1] == b"[":
        found: list[Place | Fault] = []
        for raw in _list.decode(document):
            found += _of(raw, base, document)
        return found
    return _of(memoryview(document), base, document)


def _of(raw: msgspec.Raw | memoryview, base: int, document: bytes) -> list[Place | Fault]:
    head = _head.decode(raw)
    if head.records is not None:
        found: list[Place | Fault] = []
        for record in head.records:
            found += _record(record, base)
        return found
    if head.is_record:
        return _record(raw, base)
    if head.releases is not None:
        return [_place(release, base) for release in head.releases]
    if isinstance(raw, memoryview):
        begin = len(document) - len(document.lstrip())
        return [Place(begin, len(document.rstrip()))]
    return [_place(raw, base)]


def _record(raw: msgspec.Raw | memoryview, base: int) -> list[Place | Fault]:
    head = _head.decode(raw)
    if head.has_compiled:
        return [_place(head.compiledRelease, base)]
    spans: list[Place | Fault] = []
    for release in head.releases or ():
        linked = _linked.decode(release)
        if linked.url is not None and linked.ocid is None:
            return [Fault("E006", "/releases", linked.url, "the record links to its releases and has no compiledRelease")]
        spans.append(_place(release, base))
    if not spans:
        return [Fault("E005", "/compiledRelease", None, "a record without compiledRelease and without releases")]
    return spans


def _place(raw: msgspec.Raw | memoryview, base: int) -> Place:
    start = _address(raw) - base
    return Place(start, start + memoryview(raw).nbytes)


def _address(data: bytes | msgspec.Raw | memoryview) -> int:
    """Where the bytes lie in memory; the difference of two is an offset."""
    return int(np.frombuffer(data, np.uint8).__array_interface__["data"][0])


def looks_like_lines(head: bytes) -> bool:
    """Whether a file with this beginning is JSON Lines: some line of it is a whole JSON object.

    `head` ends at a line end, or is the whole file.
    """
    for line in head.splitlines():
        if not line.strip():
            continue
        try:
            if line.lstrip()[:1] == b"{":
                _head.decode(line)
                return True
        except (msgspec.DecodeError, RecursionError):
            continue
    return False

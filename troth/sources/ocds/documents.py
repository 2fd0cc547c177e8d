"""Where the releases stand in a JSON document: a release, a package, records, an array of them.

Nothing is copied: the places are byte ranges of the document, so that a release inside a package
of a gigabyte can be fetched again by its offset alone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import msgspec
import numpy as np

from troth.sources.ocds.faults import Fault


@dataclass(frozen=True)
class Place:
    """Bytes `start` to `end` of the document: a release, or what stands where one was expected."""

    start: int
    end: int
    fault: Fault | None = None


_ABSENT = msgspec.Raw(b"null")


class _Head(msgspec.Struct):
    ocid: msgspec.Raw = _ABSENT
    releases: list[msgspec.Raw] | None = None
    records: list[msgspec.Raw] | None = None
    compiledRelease: msgspec.Raw = _ABSENT  # noqa: N815 - as the standard spells it

    @property
    def is_record(self) -> bool:
        return self.has_compiled or (self.releases is not None and self.ocid is not _ABSENT)

    @property
    def has_compiled(self) -> bool:
        return self.compiledRelease is not _ABSENT and bytes(self.compiledRelease) != b"null"

    @property
    def shown_ocid(self) -> str | None:
        """The ocid, for a message about the record; nothing where it is no text."""
        try:
            found: str | None = _text.decode(self.ocid)
            return found
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


class _Linked(msgspec.Struct):
    ocid: str | None = None
    url: str | None = None


_head = msgspec.json.Decoder(_Head)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_linked = msgspec.json.Decoder(_Linked)
_text = msgspec.json.Decoder(str | None)
_any = msgspec.json.Decoder(msgspec.Raw)

_NOTHING_IN_IT = Fault("E004", "$", None, "an OCDS package or list without any release in it")


def places(document: bytes) -> list[Place]:
    """The releases of a document in their order, and what stands where one was expected.

    What is no package, record or list is one place: the reader of releases says what is wrong with
    it. Raises msgspec.DecodeError where the document is not JSON.
    """
    base = _address(document)
    whole = _stripped(document)
    if document[whole.start : whole.start + 1] != b"[":
        return _of(memoryview(document), base, whole)
    found = [place for raw in _list.decode(document) for place in _of(raw, base, _place(raw, base))]
    return found or [_nothing_in(whole)]


def _nothing_in(whole: Place) -> Place:
    return Place(whole.start, whole.end, _NOTHING_IN_IT)


def _stripped(document: bytes) -> Place:
    return Place(len(document) - len(document.lstrip()), len(document.rstrip()))


def _of(raw: msgspec.Raw | memoryview, base: int, whole: Place) -> list[Place]:
    try:
        head = _head.decode(raw)
    except msgspec.ValidationError:
        return [whole]
    if head.records is not None:
        return [place for record in head.records for place in _record(record, base)] or [
            _nothing_in(whole)
        ]
    if head.is_record:
        return _record(raw, base, whole)
    if head.releases is not None:
        return [_place(release, base) for release in head.releases] or [_nothing_in(whole)]
    return [whole]


def _record(raw: msgspec.Raw | memoryview, base: int, whole: Place | None = None) -> list[Place]:
    whole = whole or _place(raw, base)
    try:
        head = _head.decode(raw)
    except msgspec.ValidationError:
        return [whole]
    if head.has_compiled:
        return [_place(head.compiledRelease, base)]
    if not head.releases:
        message = "a record without compiledRelease and without releases"
        return [_refused(whole, "E005", "/compiledRelease", message, head)]
    if any(_is_linked(release) for release in head.releases):
        message = "the record links to its releases and has no compiledRelease"
        return [_refused(whole, "E006", "/releases", message, head)]
    return [_place(release, base) for release in head.releases]


def _refused(whole: Place, code: str, path: str, message: str, head: _Head) -> Place:
    return Place(whole.start, whole.end, Fault(code, path, None, message, ocid=head.shown_ocid))


def _is_linked(release: msgspec.Raw) -> bool:
    """Whether an entry of `releases` is an address instead of a release."""
    try:
        linked = _linked.decode(release)
    except (msgspec.ValidationError, UnicodeDecodeError):
        return False
    return linked.url is not None and linked.ocid is None


def _place(raw: msgspec.Raw | memoryview, base: int) -> Place:
    start = _address(raw) - base
    return Place(start, start + memoryview(raw).nbytes)


def _address(data: bytes | msgspec.Raw | memoryview) -> int:
    """Where the bytes lie in memory; the difference of two is an offset."""
    return int(np.frombuffer(data, np.uint8).__array_interface__["data"][0])


def looks_like_lines(head: bytes, complete: bool) -> bool:
    """Whether a file that begins with `head` is JSON Lines; `complete` says that this is all of it.

    A file that is one JSON value is a document. Else a line that is a whole JSON object decides:
    the first, or (where that one is broken) any that is not indented.
    """
    if complete and _decodes(_any, head):
        return False
    lines = (line for line in io.BytesIO(head) if line.strip())
    first = next(lines, b"")
    if first.lstrip()[:1] == b"[":
        return _decodes(_any, first)
    if first.lstrip()[:1] == b"{" and _decodes(_any, first):
        return True
    return any(line[:1] == b"{" and _decodes(_any, line) for line in lines)


def _decodes(decoder: msgspec.json.Decoder[msgspec.Raw], text: bytes) -> bool:
    try:
        decoder.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True

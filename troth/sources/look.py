"""What an input looks like from outside: its packing, its shape, what kind of OCDS it holds, and
the bytes around a place in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from troth.sources import packing
from troth.sources.files import Source, pieces
from troth.sources.ocds.documents import looks_like_lines
from troth.sources.packing import Broken

_PACKINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd", b"PK": "zip"}

#: The key that tells a kind of OCDS, in the order in which they are asked.
_KINDS = {
    "records": "record package",
    "compiledRelease": "records",
    "releases": "release package",
    "ocid": "releases",
}

UNKNOWN = "not OCDS at its beginning"

#: Bytes shown before and after a place.
BEFORE, AFTER = 40, 40

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True)
class Look:
    """Packing (none, gzip, zstd, zip), shape (JSON Lines, one JSON document), kind of OCDS."""

    packing: str
    shape: str
    kind: str


class _NoDigest:
    def update(self, data: bytes | memoryview, /) -> None:
        """Nobody asks for a digest here."""


def look(source: Source) -> Look:
    """How an input begins; one that cannot be opened or unpacked is `unreadable`."""
    with Path(source.path).open("rb") as file:
        packing = "zip" if source.member is not None else _PACKINGS.get(file.read(2), "not packed")
    try:
        first = next(pieces(source, 0, looks_like_lines, _NoDigest()), None)
    except Broken as broken:
        return Look(packing, "unreadable", broken.message)
    if first is None:
        return Look(packing, "empty", UNKNOWN)
    data = first.read()
    if first.document:
        return Look(packing, "one JSON document", _kind(data))
    lines = [line for line in data.splitlines() if line.strip()]
    kinds = (_kind(line) for line in lines)
    return Look(packing, "JSON Lines", next((kind for kind in kinds if kind != UNKNOWN), UNKNOWN))


def _kind(data: bytes) -> str:
    try:
        if data.lstrip()[:1] == b"[":
            inside = _list.decode(data)
            return f"list of {_kind(bytes(inside[0]))}" if inside else "empty list"
        keys = _object.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return UNKNOWN
    return next((kind for key, kind in _KINDS.items() if key in keys), UNKNOWN)


def surroundings(source: Source, offset: int) -> str | None:
    """The text around a byte of the (unpacked) input, no further than its line; bytes that are no
    text are spelled out. Nothing where the input cannot be read as far as that."""
    start = max(0, offset - BEFORE)
    found = _bytes(source, start, offset + AFTER - start)
    before, after = found[: offset - start], found[offset - start :]
    if not after:
        return None
    line = before.rpartition(b"\n")[2] + after.partition(b"\n")[0]
    return line.decode("utf-8", "backslashreplace")


def _bytes(source: Source, start: int, length: int) -> bytes:
    """So many bytes from `start`, or as many as there are."""
    if not packing.is_packed(source.path):
        with Path(source.path).open("rb") as file:
            file.seek(start)
            return file.read(length)
    found, at = b"", 0
    try:
        for block in packing.blocks(source.path, source.member):
            found += block[max(0, start - at) : max(0, start + length - at)]
            at += len(block)
            if at >= start + length:
                break
    except Broken:
        pass
    return found

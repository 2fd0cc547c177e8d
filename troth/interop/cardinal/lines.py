"""Lines of JSON as Cardinal reads them: what is no JSON is passed over, and said.

Numbers keep their spelling (`1.10` stays `1.10`), a repeated member keeps its last value, and
nesting deeper than 127 is refused, all as in Cardinal 0.0.8.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from troth.errors import InputError
from troth.sources import packing
from troth.sources.files import Source, find
from troth.sources.packing import Broken

#: Objects and arrays inside each other; Cardinal's JSON reader refuses the next one.
DEEPEST = 127

#: What a line may hold and still pass for blank.
_BLANKS = b" \t\n\x0c\r"

_MINUS_ZERO = re.compile(rb"-0(?![.\deE])")
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS = bytes(one for one in range(256) if one not in b"[]{}")

#: Told of a line that is passed over: its number and why.
Passed = Callable[[int, str], None]


@dataclass(frozen=True)
class Line:
    """One line that is not blank, its number counted from 1, blank ones too."""

    number: int
    text: bytes


class NotJson(ValueError):
    """A line that Cardinal passes over; the text says why."""


def read(given: str) -> Iterator[Line]:
    """The lines of a file, plain or packed (.gz, .zst, .zip), or of standard input (`-`).

    Raises `InputError` where there is no such file, or its packing is damaged.
    """
    if given != "-" and Path(given).is_dir():
        raise InputError(f"{given}: expected a file, and this is a folder. Name one file.")
    with tempfile.TemporaryDirectory(prefix="troth-cardinal-") as aside:
        for source in find([given], Path(aside)):
            yield from numbered(_whole_lines(source))


def numbered(lines: Iterable[bytes]) -> Iterator[Line]:
    """Lines with their numbers; blank ones count, and are left out."""
    for number, text in enumerate(lines, 1):
        if text.strip(_BLANKS):
            yield Line(number, text)


def _whole_lines(source: Source) -> Iterator[bytes]:
    if not packing.is_packed(source.path):
        with open(source.path, "rb") as file:
            yield from file
        return
    begun: list[bytes] = []
    try:
        for block in packing.blocks(source.path, source.member):
            first, *rest = block.split(b"\n")
            begun.append(first)
            if rest:
                yield b"".join(begun)
                yield from rest[:-1]
                begun = [rest[-1]]
    except Broken as broken:
        raise InputError(
            f"{source.shown}, byte {broken.offset} unpacked: {broken.message}. Fetch it again."
        ) from None
    yield b"".join(begun)


def values(lines: Iterable[Line], decode: Callable[[bytes], Any], passed: Passed) -> Iterator[Any]:
    """The number and the value of each line that is JSON; the others are told to `passed`."""
    for line in lines:
        try:
            yield line.number, decode(line.text)
        except NotJson as fault:
            passed(line.number, str(fault))


def amounts(text: bytes) -> Any:
    """A line as a value, its fractions as floats: for reading."""
    return _decoded(_READING, text)


def spelled(text: bytes) -> Any:
    """A line as a value, its fractions as they are spelled (`msgspec.Raw`): for writing again."""
    value = _decoded(_WRITING, text)
    if _MINUS_ZERO.search(text):
        return json.loads(text, parse_int=_minus_zero_kept, parse_float=_raw)
    return value


def written(value: Any) -> str:
    """A value as one line of compact JSON; a figure that is not finite is null."""
    return msgspec.json.encode(value).decode()


def number_of(value: Any) -> float | None:
    """A JSON number as the nearest float; nothing for what is no number, or beyond all floats."""
    kind = type(value)
    if kind is float:
        found = value
    elif kind is int:
        try:
            found = float(value)
        except OverflowError:
            return None
    elif kind is msgspec.Raw:
        found = float(bytes(value))
    else:
        return None
    return found if -_INFINITE < found < _INFINITE else None


def spelling(value: Any) -> str | None:
    """A JSON number as it was spelled; nothing for what is no number."""
    if type(value) is int:
        return str(value)
    return bytes(value).decode() if type(value) is msgspec.Raw else None


_INFINITE = float("inf")


def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def _minus_zero_kept(text: str) -> object:
    return _raw(text) if text == "-0" else int(text)


_READING = msgspec.json.Decoder(float_hook=float)
_WRITING = msgspec.json.Decoder(float_hook=_raw)


def _decoded(decoder: msgspec.json.Decoder[Any], text: bytes) -> Any:
    try:
        if _may_be_deep(text) and _is_deep(decoder.decode(text)):
            raise NotJson(f"nested deeper than {DEEPEST}")
        return decoder.decode(text)
    except (msgspec.MsgspecError, ValueError) as fault:
        raise NotJson(str(fault)) from None
    except RecursionError:
        raise NotJson(f"nested deeper than {DEEPEST}") from None


def _may_be_deep(text: bytes) -> bool:
    """Whether brackets do not pair up within so many levels; those in texts may mislead."""
    brackets = text.translate(_AS_SQUARE, _ALL_BUT_BRACKETS)
    for _ in range(DEEPEST):
        if not brackets:
            return False
        outside = brackets.replace(b"[]", b"")
        if len(outside) == len(brackets):
            return True
        brackets = outside
    return bool(brackets)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if type(outer) in _CONTAINERS
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _CONTAINERS
        ]
        if not level:
            return False
    return True


_CONTAINERS = (dict, list)

"""A spreadsheet (Office Open XML) taken apart into rows of text, as strictly as a file of text.

Only what a table needs is read: the one sheet that is shown, its cells as they are stored, and the
shared texts. A sheet is data here: it is not reckoned, and what a formula gave last is not taken.
Days are numbers in a sheet; a format that has days in it rewrites them (`written.spreadsheet_day`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from troth.errors import InputError

SUFFIX = ".xlsx"

#: More unpacked bytes than this are in no table that anybody publishes as a spreadsheet.
LARGEST_PART = 512 * 1024 * 1024

#: Columns beyond this are an accident (a cell filled at the far end).
MOST_COLUMNS = 1024

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the sheet that have a cell filled, each with its number, counted from 1.

    Raises `InputError` where the file is no such spreadsheet, or has more than one sheet to choose
    from.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sheet = _sheet(path, archive)
            shared = _shared(path, archive)
            yield from _rows(path, _root(path, archive, sheet), shared)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise InputError(f"{path}: not a spreadsheet ({error}). Fetch the file again") from None


class _NoEntities(TreeBuilder):
    """A tree of a document that declares nothing: with no entities there is nothing to blow up."""

    def doctype(self, *_: object) -> None:
        raise ParseError("a document type, which no spreadsheet has")


def _root(path: Path, archive: zipfile.ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise InputError(f"{path}: {name} is larger than {LARGEST_PART:,} bytes unpacked")
    with archive.open(name) as part:
        parser = XMLParser(target=_NoEntities())  # noqa: S314  nothing can be declared
        try:
            _feed(path, name, part, parser)
            root: Element = parser.close()
        except ParseError as error:
            raise InputError(f"{path}: {name}: {error}. Fetch the file again") from None
    return root


def _feed(path: Path, name: str, part: IO[bytes], parser: XMLParser) -> None:
    """Whatever the archive says of its size, no more than `LARGEST_PART` is unpacked."""
    size = 0
    while block := part.read(1024 * 1024):
        size += len(block)
        if size > LARGEST_PART:
            raise InputError(f"{path}: {name} is larger than {LARGEST_PART:,} bytes unpacked")
        parser.feed(block)


def _sheet(path: Path, archive: zipfile.ZipFile) -> str:
    """The member that holds the one sheet that is shown."""
    book = _root(path, archive, "xl/workbook.xml")
    shown = [
        one
        for one in book.iter(f"{_MAIN}sheet")
        if one.get("state", "visible") == "visible" and one.get(_RELATED) is not None
    ]
    if len(shown) != 1:
        names = ", ".join(one.get("name", "") for one in shown) or "none"
        raise InputError(
            f"{path}: one sheet is expected, and these are there: {names}. Save the one meant as CSV"
        )
    related = _root(path, archive, "xl/_rels/workbook.xml.rels")
    for one in related.iter(f"{_PACKAGE}Relationship"):
        if one.get("Id") == shown[0].get(_RELATED):
            target = one.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise InputError(f"{path}: the sheet that is named is not there. Fetch the file again")


def _shared(path: Path, archive: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    return [_text(one) for one in _root(path, archive, name).iter(f"{_MAIN}si")]


def _text(part: Element) -> str:
    """All its letters, without those that only say how another is pronounced."""
    phonetic = {inner for one in part.iter(f"{_MAIN}rPh") for inner in one.iter(f"{_MAIN}t")}
    return "".join(one.text or "" for one in part.iter(f"{_MAIN}t") if one not in phonetic)


def _rows(path: Path, sheet: Element, shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    before = 0
    for row in sheet.iter(f"{_MAIN}row"):
        stated = row.get("r")
        number = int(stated) if stated is not None and stated.isdigit() else before + 1
        before = number
        cells: dict[int, str] = {}
        for at, cell in enumerate(row.iter(f"{_MAIN}c")):
            text = _cell(path, number, cell, shared)
            if text:
                cells[_column(path, number, cell.get("r"), at)] = text
        if cells:
            yield number, [cells.get(at, "") for at in range(max(cells) + 1)]


def _column(path: Path, number: int, place: str | None, at: int) -> int:
    """The number of a cell's column, from its place (`AB12`) or else its turn."""
    if place is not None:
        found = _PLACE.fullmatch(place)
        if found is None or int(found[2]) != number:
            raise InputError(
                f"{path}, row {number}: a cell stands at {place!r}. Save the file anew"
            )
        at = -1
        for letter in found[1]:
            at = (at + 1) * 26 + ord(letter) - ord("A")
    if at >= MOST_COLUMNS:
        raise InputError(f"{path}, row {number}: more than {MOST_COLUMNS} columns")
    return at


def _cell(path: Path, number: int, cell: Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = cell.find(f"{_MAIN}v")
    text = "" if value is None or value.text is None else value.text
    if kind == "s" and text:
        if not text.isdigit() or int(text) >= len(shared):
            raise InputError(f"{path}, row {number}: no shared text {text}. Save the file anew")
        return shared[int(text)]
    if kind == "b":
        return {"1": "true", "0": "false"}.get(text, text)
    return _number(text) if kind == "n" else text


def _number(text: str) -> str:
    """A stored number without an exponent, and without decimals where it is whole."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return format(
        number.to_integral_value() if number == number.to_integral_value() else number, "f"
    )

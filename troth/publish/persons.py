"""The last look before anything is published: no figure and no detail about a person leaves.

It reads the finished files of a release or a site, not the code that made them, and fails closed:
the first thing found stops the publication. Parquet and SQLite files hold the same rows as the CSV
files and are not read again.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from troth.errors import PersonError
from troth.tables.walls import is_person_like

#: Kinds of which nothing is shown. What is not known to be a legal person is treated as a person.
HIDDEN_KINDS = ("natural_person", "person", "unknown")

#: All that may be said of one of them: what it is, its part, and the key that counts it once.
SAYABLE = frozenset({"kind", "role", "roles", "firm_key", "scheme", "shown_by"})

#: A row of a CSV file longer than this (in bytes) cannot be read, and so is not let out.
LARGEST_ROW = 64 << 20

#: Lines looked at together; a matter of memory only.
LINES_AT_ONCE = 1_000

#: Files that hold data in which a person could be found; others are fonts, styles, binary tables.
SUFFIXES = (".json", ".jsonl", ".ndjson", ".csv", ".html", ".htm", ".svg", ".xml", ".txt")

# A first, fast look at the whole text: every text in which a rule below could find something
# matches, few others do. JSON may spell any letter of a key as \u00.., so that matches too.
_WORDS = (
    r"(?:contact|mail|phone|mobile|fax|sign|judge|holder|person|people|officer|mayor|minister"
    r"|notary|commissioner|complain|petition|request|applicant|citizen"
    r"|(?:sur|fore|last|first).?name|birth|gender|nationality|passport)"
)
_QUOTE = r"(?:\"|&quot;|&#34;|&#x22;)"
_SUSPECT_PATH = "(?i)" + _WORDS
_SUSPECT_JSON = (
    r"(?i)" + _WORDS + r'[^"]*"\s*:|:\s*"(?:natural_person|person|unknown)"|"path"\s*:|\\u00'
)
_SUSPECT_PAGE = (
    r"(?i)" + _WORDS + r"[^\"&<>\s]{0,60}\s*(?:" + _QUOTE + r"|</)|(?:mailto|tel|sms):"
    r"|data-(?:body-)?kind|natural_person|" + _QUOTE + r"(?:person|unknown)" + _QUOTE + r"|\\u00"
)
_QUOTED_KEY = re.compile(r'"([^"\\\s]{1,60})"\s*:')


@dataclass(frozen=True)
class Leak:
    """Something about a person in a file that was to be published."""

    file: str
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, {self.path}: {self.reason}"


def refuse_leaks(root: Path, *, own_contacts: frozenset[str] = frozenset()) -> None:
    """Stop if any file under `root` says something about a person.

    `own_contacts` are the addresses of the project itself that pages may link to (`mailto:...`).
    """
    for leak in leaks(root, own_contacts=own_contacts):
        raise PersonError(f"{leak}. Nothing was published; see docs/no-persons.md.")


def leaks(root: Path, *, own_contacts: frozenset[str] = frozenset()) -> Iterator[Leak]:
    """All that is found under `root`, file by file in the order of their names."""
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        if path.suffix.lower() in SUFFIXES:
            yield from leaks_in(path, path.relative_to(root).as_posix(), own_contacts)


def leaks_in(path: Path, file: str, own_contacts: frozenset[str] = frozenset()) -> Iterator[Leak]:
    """What is found in one file; it is called `file` in the messages."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        found = _in_csv(path)
    elif suffix == ".json":
        found = _in_json_file(path.read_bytes())
    elif suffix in (".jsonl", ".ndjson"):
        found = _in_json_lines(path)
    else:
        found = _in_page(path.read_bytes(), own_contacts)
    for where, reason in found:
        yield Leak(file, where, reason)


Found = Iterator[tuple[str, str]]


def _in_json_file(content: bytes) -> Found:
    if _suspects([content], _SUSPECT_JSON):
        yield from _in_json_text(content, "")


def _in_json_lines(path: Path) -> Found:
    with path.open("rb") as file:
        first = 1
        while lines := list(itertools.islice(file, LINES_AT_ONCE)):
            for number in _suspects(lines, _SUSPECT_JSON):
                yield from _in_json_text(lines[number], f"line {first + number} ")
            first += len(lines)


def _suspects(texts: list[bytes], pattern: str) -> list[int]:
    matches = pc.match_substring_regex(pa.array(texts, pa.large_binary()), pattern)
    found: list[int] = pc.indices_nonzero(matches).to_pylist()
    return found


def _in_json_text(text: bytes | str, where: str) -> Found:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield where or "$", f"cannot be read, so it cannot be cleared ({error})"
        return
    for path, reason in in_json(value):
        yield where + path, reason


def in_json(value: object, path: str = "$") -> Found:
    """What a JSON value says about persons, with the JSON path of each."""
    if isinstance(value, dict):
        yield from _in_object(value, path)
        for key, inner in value.items():
            if is_person_like(key) and inner not in (None, "", [], {}):
                yield f"{path}.{key}", "is about a person"
            else:
                yield from in_json(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from in_json(inner, f"{path}[{number}]")


def _in_object(value: dict[str, object], path: str) -> Found:
    if _hidden(value.get("kind")) or _hidden(value.get("body_kind")):
        for key, inner in value.items():
            if key not in SAYABLE and inner is not None:
                yield f"{path}.{key}", f"is said of a {value.get('kind') or value.get('body_kind')}"
    if _names_a_person(value.get("path")) and value.get("value") not in (None, ""):
        yield f"{path}.value", "is the value of a field about a person"


def _hidden(kind: object) -> bool:
    return isinstance(kind, str) and kind.lower() in HIDDEN_KINDS


def _names_a_person(path: object) -> bool:
    """Whether a JSON path such as `$.buyer.contactPoint.email` leads to a person's data."""
    return isinstance(path, str) and is_person_like(path)


def _in_csv(path: Path) -> Found:
    """By column names, by the kind in a row, by the path of a rejected value, by JSON in cells."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    for name in header:
        if is_person_like(name):
            yield f"column {name}", "is about a person"
    looks = [(name, look) for name, look in _CSV_LOOKS.items() if name in header]
    if not looks:
        return
    try:
        read = _read_csv(path, header)
    except pa.ArrowInvalid as error:
        yield "the whole file", f"cannot be read, so it cannot be cleared ({error})"
        return
    for name, look in looks:
        yield from look(read, name)


def _hidden_rows(read: pa.Table, name: str) -> Found:
    kinds = pa.array(HIDDEN_KINDS, pa.large_string())
    hidden = pc.is_in(pc.utf8_lower(read.column(name)), value_set=kinds)
    for number, row in _rows(read, hidden):
        for column, cell in row.items():
            if column not in SAYABLE and column != name and cell:
                yield f"row {number}, column {column}", f"is said of a {row[name]}"


def _rejected_values(read: pa.Table, name: str) -> Found:
    for number, row in _rows(read, _matching(read, name, _SUSPECT_PATH)):
        if _names_a_person(row[name]) and row.get("value"):
            yield f"row {number}, column value", "is the value of a field about a person"


def _json_cells(read: pa.Table, name: str) -> Found:
    for number, row in _rows(read, _matching(read, name, _SUSPECT_JSON)):
        yield from _in_json_text(row[name], f"row {number}, column {name} ")


#: Columns that say of a whole row, or of one cell, whether it is about a person.
_CSV_LOOKS: dict[str, Callable[[pa.Table, str], Found]] = {
    "kind": _hidden_rows,
    "body_kind": _hidden_rows,
    "path": _rejected_values,
    "json": _json_cells,
}


def _read_csv(path: Path, header: list[str]) -> pa.Table:
    """All cells as text, whatever they look like."""
    return pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        read_options=pa.csv.ReadOptions(block_size=LARGEST_ROW),
        convert_options=pa.csv.ConvertOptions(column_types={n: pa.large_string() for n in header}),
    )


def _matching(read: pa.Table, name: str, pattern: str) -> pa.ChunkedArray:
    return pc.match_substring_regex(read.column(name), pattern)


def _rows(read: pa.Table, wanted: pa.ChunkedArray) -> Iterator[tuple[int, dict[str, str]]]:
    """The wanted rows with their number; the first row under the header is row 1."""
    for row in pc.indices_nonzero(pc.fill_null(wanted, False)).to_pylist():
        yield row + 1, {name: read.column(name)[row].as_py() for name in read.column_names}


def _in_page(content: bytes, own_contacts: frozenset[str]) -> Found:
    if not _suspects([content], _SUSPECT_PAGE):
        return
    reader = _Page(own_contacts)
    reader.feed(content.decode("utf-8", errors="replace"))
    reader.close()
    yield from reader.found
    yield from _in_shown_text("".join(reader.text))


def _in_shown_text(text: str) -> Found:
    """A record shown on a page is JSON in the text: its keys are there, whatever the markup."""
    for key in _QUOTED_KEY.findall(text):
        if is_person_like(key):
            yield f'text "{key}"', "is a key about a person"


class _Page(HTMLParser):
    """Walks a page: links, attributes, labels of lists and tables, JSON in scripts and listings."""

    JSON_IN = ("script", "pre")
    LABELS = ("dt", "th")

    def __init__(self, own_contacts: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._own_contacts = own_contacts
        self._within: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._links(given)
        for name in ("itemprop", "data-field", "data-key"):
            if is_person_like(given.get(name, "")):
                self._add(f"{name}={given[name]}", "is about a person")
        data = {name[5:].replace("-", "_"): v for name, v in given.items() if name[:5] == "data-"}
        for path, reason in _in_object(dict(data), f"<{tag}>"):
            self._add(path, reason)
        if tag in self.JSON_IN or tag in self.LABELS:
            self._within[tag] = []

    def _links(self, given: dict[str, str]) -> None:
        for name in ("href", "src", "action"):
            link = given.get(name, "").strip()
            if (
                link.lower().startswith(("mailto:", "tel:", "sms:"))
                and link not in self._own_contacts
            ):
                self._add(f"{name}={link}", "is an address of somebody")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        for collected in self._within.values():
            collected.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._within:
            return
        content = "".join(self._within.pop(tag)).strip()
        if tag in self.LABELS and is_person_like(content) and " " not in content:
            self._add(f"<{tag}> {content}", "is a label of a person's data")
        if tag in self.JSON_IN and content[:1] in ("{", "["):
            self._embedded(tag, content)

    def _embedded(self, tag: str, content: str) -> None:
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            return  # not JSON but code or a part of a record; its keys are looked at as text
        for path, reason in in_json(value):
            self._add(f"<{tag}> {path}", reason)

    def _add(self, path: str, reason: str) -> None:
        self.found.append((f"line {self.getpos()[0]}, {path}", reason))

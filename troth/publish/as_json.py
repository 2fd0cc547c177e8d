"""Rows as JSON, written many at a time: one object a row, one key a column, absent is null."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import UsageError
from troth.publish.as_csv import TEXT, plain_text
from troth.tables.base import Table, Type

_CONTROLS = {chr(code): json.dumps(chr(code))[1:-1] for code in range(32)}

#: Bodies put together at once; a matter of memory only, the bytes are the same.
BODIES_AT_ONCE = 2_000


def document(value: object) -> str:
    """A small document for people: two spaces, keys in alphabetical order, no NaN."""
    try:
        return (
            json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True) + "\n"
        )
    except (TypeError, ValueError) as error:
        raise UsageError(f"this cannot be published as JSON: {error}") from error


def objects(table: Table, data: pa.Table, without: tuple[str, ...] = ()) -> pa.Array:
    """One JSON object per row, as text, with the columns in their order."""
    parts: list[pa.Array] = []
    for column in table:
        if column.name in without:
            continue
        opening = ("{" if not parts else ", ") + f'"{column.name}": '
        parts += [
            pa.scalar(opening, TEXT),
            _values(column.type, data.column(column.name).combine_chunks()),
        ]
    written = pc.binary_join_element_wise(*parts, pa.scalar("}", TEXT), pa.scalar("", TEXT))
    return written.cast(TEXT)


def _values(kind: Type, values: pa.Array) -> pa.Array:
    if kind is Type.TEXT:
        written = _quoted(escaped(values.cast(TEXT)))
    elif kind in (Type.DATE, Type.INSTANT):
        written = _quoted(plain_text(kind, values))
    else:
        written = plain_text(kind, values)
    return pc.fill_null(written, "null")


def _quoted(values: pa.Array) -> pa.Array:
    quote = pa.scalar('"', TEXT)
    return pc.binary_join_element_wise(quote, values, quote, pa.scalar("", TEXT))


def escaped(values: pa.Array) -> pa.Array:
    """Text as it stands between the quotes of JSON."""
    values = pc.replace_substring(pc.replace_substring(values, "\\", "\\\\"), '"', '\\"')
    if pc.any(pc.match_substring_regex(values, r"[\x00-\x1f]")).as_py():
        for control, written in _CONTROLS.items():
            values = pc.replace_substring(values, control, written)
    return values


def twins(
    head: Mapping[str, str],
    body: tuple[Table, pa.Table],
    about: Mapping[str, tuple[Table, pa.Table]],
) -> Iterator[tuple[str, str]]:
    """For each body, its identifier and what all tables `about` say of it, as one JSON text.

    The bodies and each table about them are sorted by `body_id`; rows of other bodies are left out.
    """
    ids = body[1].column("body_id").combine_chunks()
    grouped = {name: _by_body(data, ids) for name, (_, data) in about.items()}
    opening = "".join(
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n"
        for key, value in head.items()
    )
    for start in range(0, len(ids), BODIES_AT_ONCE):
        some = ids.slice(start, BODIES_AT_ONCE)
        columns = [objects(body[0], body[1].slice(start, BODIES_AT_ONCE)).to_pylist()]
        for name, (table, _) in about.items():
            columns.append(_lists(table, *grouped[name], start, len(some)))
        names = ("body", *about)
        for text, *parts in zip(some.to_pylist(), *columns, strict=True):
            inner = ",\n".join(f'"{name}": {part}' for name, part in zip(names, parts, strict=True))
            yield text, "{\n" + opening + inner + "\n}\n"


def _by_body(data: pa.Table, ids: pa.Array) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """The rows of these bodies, and where those of each body begin."""
    which = pc.index_in(data.column("body_id"), value_set=ids)
    kept = data.filter(pc.is_valid(which))
    counts = np.bincount(which.drop_null().to_numpy(), minlength=len(ids))
    return kept, np.concatenate([[0], np.cumsum(counts)])


def _lists(
    table: Table, data: pa.Table, begins: npt.NDArray[np.int64], start: int, bodies: int
) -> list[str]:
    """For each of some bodies, its rows as a JSON list."""
    first, last = int(begins[start]), int(begins[start + bodies])
    some = data.slice(first, last - first)
    rows = objects(table, some, without=("body_id", "body_kind")).to_pylist()
    edges = (begins[start : start + bodies + 1] - first).tolist()
    return [
        "[\n  " + ",\n  ".join(rows[low:high]) + "\n]" if high > low else "[]"
        for low, high in itertools.pairwise(edges)
    ]

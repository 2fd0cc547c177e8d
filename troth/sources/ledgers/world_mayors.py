"""Terms of mayors as encyclopedias list them: days where there are days, and no name.

Most lists give years, and a year is no day: such a term is kept without it, and the fault is
counted. Who held the office is used to see whether the holder changed, and let go at the door.
"""

from __future__ import annotations

import html
import re

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Refused, Translated, renamed

#: A body is only named, by its place in the collection.
BODY = "name:world-mayors:"

#: Lists of who is mayor where, in the place of the mayors of one place.
_LISTS = r"mayors_in_"

_TAG = re.compile(r"<[^>]*>")
_NOTE = re.compile(r"\s*\[[0-9]+\]$")
_ACTING = re.compile(r"(?i)\(?\b(?:acting(?: mayor)?|interim|pro tem(?:pore)?)\b\)?")

#: What stands where an end would, for whoever is in office still.
_STILL = frozenset({"present", "present)", "incumbent", "current", "-"})

_CALLED = {
    "body_name": "place",
    "start_date": "begin_raw",
    "end_date": "end_raw",
    "holder": "name",
}


def _plain(text: str | None) -> str | None:
    """A cell without its markup and its footnote."""
    if text is None:
        return None
    return _NOTE.sub("", html.unescape(_TAG.sub("", text)).strip()) or None


def _each(texts: pa.Array) -> list[str | None]:
    return [_plain(text) for text in texts.to_pylist()]


def _read(cells: Cells) -> Translated:
    lists = pc.fill_null(pc.match_substring(cells["place"], _LISTS), False)
    said = "a list of many places, not of the mayors of one"
    refused = Refused(
        "E069", cells.lines.filter(lists), "place", cells["place"].filter(lists), said
    )
    rows = cells.where(pc.invert(lists))
    names = _each(rows["name"])
    acting = [None if one is None or not _ACTING.search(one) else "yes" for one in names]
    holders = [None if one is None else _ACTING.sub("", one).strip() or None for one in names]
    ends = [None if one and one.lower() in _STILL else one for one in _each(rows["end_raw"])]
    entries = renamed(
        "term",
        rows,
        _CALLED,
        term_id=written.key_of(cells.file, rows.lines),
        body_id=written.after(BODY, rows["place"]),
        post=rows.always("mayor"),
        start_date=written.english_day(pa.array(_each(rows["begin_raw"]), pa.string())),
        end_date=written.english_day(pa.array(ends, pa.string())),
        acting=pa.array(acting, pa.string()),
        holder=pa.array(holders, pa.string()),
    )
    return Translated((entries,), (refused,))


WORLD_MAYORS = Format(
    name="world_mayors",
    meaning="Terms of mayors, with first and last day where they are given as days (a year is none),"
    " acting where the list says so. Lists of who is mayor in many places are no terms of one post."
    " Names are let go at the door.",
    source="Wikipedia's lists of mayors as gathered in world-mayors-data (CC-BY-SA); a place is"
    " `name:world-mayors:` and its name there",
    fills=("term",),
    needed=("place", "name", "begin_raw", "end_raw"),
    read=_read,
)

"""United States: promises that an outside tracker followed, with its status day by day.

The promises are those of the office and are filed under it. A status is what the tracker found, not
what the office says, so that it is an assessment and no update of the office's. One tracker is one
assessor: nothing that wants two agreeing assessors is made of it.

Promises name people. A word with a capital letter is kept where the same word stands in small
letters in the file, where it is of an institution or a place, or where it is all capitals; all
other words with a capital letter are left out of the text, and so is whoever they name.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict

import pyarrow as pa

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Entries, Format, Refused, Translated

BODY = "name:US:Executive Office of the President"
BODY_NAME = "Executive Office of the President"

#: The tracker as an assessor, and its question: whether the promise was kept (METHODS A.1).
ASSESSOR, CODE = "T1", "kept"

#: What was found, on the scale of Polimeter: kept, kept in part or in the works, broken.
VALUES = {
    "Achieved": "1",
    "Compromised": "0.5",
    "In progress": "0.5",
    "Broken": "0",
    "Not started": None,
}

#: Words of institutions, peoples and places, which name nobody.
_NOBODY = frozenset(
    """united states america american americans congress congressional senate house white supreme
    court federal reserve department treasury justice state veterans affairs homeland security
    constitution constitutional amendment medicare medicaid republican republicans democrat
    democrats european union nations council china chinese mexico mexican canada russia russian
    iran iraq israel israeli jerusalem syria syrian afghanistan korea japan europe african africa
    asia islamic muslim muslims christian christians christmas jewish washington english january
    february march april june july august september october november december""".split()
)

LEFT_OUT = "[…]"

_WORD = re.compile(r"[^\W\d_]+")
_SEVERAL = re.compile(rf"{re.escape(LEFT_OUT)}(?:[\s.'’&-]+{re.escape(LEFT_OUT)})+")

_CALLED = {"date": "commit_date", "value": "status", "note": "status", "text": "promise"}
_UNORDERED = "more than one status on this day, and the file does not say which was the last"


def without_names(text: str, small: frozenset[str]) -> str:
    """A text without the words that may name somebody; `small` are words known in small letters."""

    def kept(found: re.Match[str]) -> str:
        word = found[0]
        plain = word.islower() or word.isupper() or word.lower() in small or word.lower() in _NOBODY
        return word if plain else LEFT_OUT

    return _SEVERAL.sub(LEFT_OUT, _WORD.sub(kept, text))


def _small_words(texts: list[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text) if word.islower())


def _read(cells: Cells) -> Translated:
    promises = [text or "" for text in cells["promise"].to_pylist()]
    days, found = cells["commit_date"].to_pylist(), cells["status"].to_pylist()
    states: dict[tuple[str, str | None], set[str | None]] = defaultdict(set)
    for promise, day, status in zip(promises, days, found, strict=True):
        states[promise, day].add(status)
    named = pa.array([bool(promise) for promise in promises], pa.bool_())
    clear = pa.array(
        [len(states[one]) == 1 for one in zip(promises, days, strict=True)], pa.bool_()
    )
    unnamed = _chosen(cells, named, False)
    unordered = _chosen(cells.where(named), clear.filter(named), False)
    rows = cells.where(named).where(clear.filter(named))
    refused = (
        Refused("E060", unnamed.lines, "promise", None, "the row names no promise"),
        Refused("E069", unordered.lines, "status", unordered["status"], _UNORDERED),
    )
    return Translated((_commitments(rows, _small_words(promises)), _assessments(rows)), refused)


def _chosen(cells: Cells, which: pa.Array, wanted: bool) -> Cells:
    return cells.where(pa.array([one is wanted for one in which.to_pylist()], pa.bool_()))


def _keys(cells: Cells) -> pa.Array:
    """The promise as it is worded: one that is worded anew is another."""
    texts = cells["promise"].to_pylist()
    hashes = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
    return written.after("US-PROMISE-", pa.array(hashes, pa.string()))


def _commitments(cells: Cells, small: frozenset[str]) -> Entries:
    """Each promise once, where it stands first."""
    met: set[str] = set()
    first = []
    for text in cells["promise"].to_pylist():
        first.append(text not in met)
        met.add(text)
    rows = cells.where(pa.array(first, pa.bool_()))
    texts = [without_names(text, small) for text in rows["promise"].to_pylist()]
    return Entries(
        "commitment",
        {
            "commitment_id": _keys(rows),
            "body_id": rows.always(BODY),
            "body_name": rows.always(BODY_NAME),
            "origin": rows.always("programme"),
            "text": pa.array(texts, pa.string()),
        },
        rows.lines,
        _CALLED,
    )


def _assessments(cells: Cells) -> Entries:
    # A status of another name stays, and is found to be no number.
    values = [VALUES.get(one, one) for one in cells["status"].to_pylist()]
    return Entries(
        "assessment",
        {
            "body_id": cells.always(BODY),
            "body_name": cells.always(BODY_NAME),
            "item_id": _keys(cells),
            "assessor": cells.always(ASSESSOR),
            "date": cells["commit_date"],
            "code": cells.always(CODE),
            "value": pa.array(values, pa.string()),
            "note": cells["status"],
        },
        cells.lines,
        _CALLED,
    )


US_PROMISES = Format(
    name="us_promise_tracker",
    meaning="Promises of a head of state's office and the status that an outside tracker gave them,"
    " each day on which it changed. A status is an assessment (`kept`: achieved 1, compromised or in"
    " progress 0.5, broken 0, not started empty), never the office's own statement. A promise that is"
    " worded anew is another one. Days with more than one status of a promise are no entries. Words"
    " that may name somebody are left out of the text.",
    source="TrumpTracker (MIT), its file of promises over 129 dated versions put in rows; the body is"
    " the office, `name:US:Executive Office of the President`",
    fills=("commitment", "assessment"),
    needed=("commit_date", "promise", "status"),
    optional=("commit", "category"),
    read=_read,
)

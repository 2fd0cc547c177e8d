"""Alaveteli: requests made over a public site such as WhatDoTheyKnow, from its export for research.

Only requests of which somebody has said what came of them are entries, and of those only the ones
whose state says something of the body's answer. Who asked and the words of the request are not
read. The export has the day of the last public response and no other: a body that wrote once more
later seems later than it was.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Refused, Translated, renamed

BODY = "name:alaveteli:"

#: States that say what the answer was, and the one that says that there is none yet.
OUTCOMES = {
    "successful": "full",
    "partially_successful": "partial",
    "rejected": "refused",
    "not_held": "not_held",
}
WAITING = "waiting_response"

#: States that say nothing of the body's answer.
SILENT = (
    "waiting_clarification",
    "gone_postal",
    "internal_review",
    "error_message",
    "requires_admin",
    "user_withdrawn",
    "attention_requested",
    "vexatious",
    "not_foi",
)

_CALLED = {
    "foi_id": "id",
    "body_id": "public_body_id",
    "received": "created_at",
    "due": "date_response_required_by",
    "answered": "last_public_response_at",
    "outcome": "described_state",
}

_MOMENT = r"^(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:UTC|Z|[+-]\d\d:?\d\d))?$"


def _days(texts: pa.Array) -> pa.Array:
    """`2008-01-30 15:02:33 UTC` as 2008-01-30."""
    return pc.replace_substring_regex(texts, _MOMENT, r"\1")


def _read(cells: Cells) -> Translated:
    states = cells["described_state"]
    open_ = pc.is_in(
        pc.utf8_lower(cells["awaiting_description"]), value_set=pa.array(["true", "t"])
    )
    silent = pc.and_(pc.is_in(states, value_set=pa.array(SILENT)), pc.invert(open_))
    known = pc.is_in(states, value_set=pa.array([*OUTCOMES, WAITING, *SILENT]))
    odd = pc.and_(pc.invert(known), pc.invert(open_))
    refused = (
        _refused("E069", cells, open_, "nobody has said yet what came of the request"),
        _refused("E069", cells, silent, "the state says nothing of the body's answer"),
        _refused("E061", cells, odd, "expected a state of Alaveteli, such as successful"),
    )
    rows = cells.where(pc.and_(known, pc.invert(pc.or_(open_, silent))))
    outcomes = [OUTCOMES.get(state) for state in rows["described_state"].to_pylist()]
    outcome = pa.array(outcomes, pa.string())
    answered = _days(rows["last_public_response_at"])
    entries = renamed(
        "foi",
        rows,
        _CALLED,
        foi_id=written.after("alaveteli:", rows["id"]),
        body_id=written.after(BODY, rows["public_body_id"]),
        received=_days(rows["created_at"]),
        due=_days(rows["date_response_required_by"]),
        answered=pc.if_else(pc.is_valid(outcome), answered, pa.scalar(None, pa.string())),
        outcome=outcome,
    )
    return Translated((entries,), refused)


def _refused(code: str, cells: Cells, which: pa.Array, said: str) -> Refused:
    sure = pc.fill_null(which, False)
    states = cells["described_state"].filter(sure)
    return Refused(code, cells.lines.filter(sure), "described_state", states, said)


ALAVETELI = Format(
    name="alaveteli",
    meaning="Requests over a public site, one by one: received, and what the answer was as whoever"
    " asked, or a volunteer, said. Requests that nobody has sorted, and states that say nothing of an"
    " answer, are no entries. The day of the answer is that of the last public response, which is"
    " later than the answer where the body wrote again. Give files of one site at a time.",
    source="Alaveteli (mySociety), `research_export`, InfoRequest; a body is `name:alaveteli:` and the"
    " site's number for it",
    fills=("foi",),
    needed=(
        "id",
        "public_body_id",
        "created_at",
        "described_state",
        "awaiting_description",
        "last_public_response_at",
    ),
    optional=("date_response_required_by",),
    read=_read,
)

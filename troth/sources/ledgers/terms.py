"""Terms of office in a row of one holder put together; who held the post is then let go.

Whether a term opens a change of office depends on whether its holder was there before
(`troth/measure/exposure.py`). That is all a holder is needed for, so it ends here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers.base import LINE
from troth.sources.ledgers.templates import HOLDER
from troth.tables.body import ACTING_DAYS


@dataclass
class _Term:
    row: int
    start: dt.date
    end: dt.date | None
    acting: bool | None
    holder: str | None

    def is_brief(self) -> bool:
        """An acting holder of so few days that no change of office is seen in it."""
        known = self.acting and self.end is not None
        return bool(known and (self.end - self.start).days < ACTING_DAYS)  # type: ignore[operator]


def joined(terms: pa.Table) -> tuple[pa.Table, int]:
    """Terms without `holder`, one holder's consecutive ones as one; and how many went into others.

    Two terms of a post are consecutive when no other begins between them, save brief acting ones.
    The joined term has the first one's beginning and identifier, and the last one's end. A term
    without a first day, or without a holder, is left as it is.
    """
    if HOLDER.name not in terms.column_names:
        return terms, 0
    rows = terms.drop_columns([HOLDER.name])
    last = np.arange(terms.num_rows)
    gone = np.zeros(terms.num_rows, np.bool_)
    for post in _posts(terms):
        before: _Term | None = None
        for term in post:
            if term.is_brief() and before is not None and term.holder != before.holder:
                continue
            if before is not None and term.holder is not None and term.holder == before.holder:
                gone[term.row] = True
                if before.end is not None and (term.end is None or term.end >= before.end):
                    before.end = term.end
                    last[before.row] = last[term.row]
            else:
                before = term
    if not gone.any():
        return rows, 0
    ends = rows.take(pa.array(last))
    for name in ("end_date", "end_kind"):
        at = rows.column_names.index(name)
        rows = rows.set_column(at, rows.schema.field(at), ends.column(name))
    return rows.filter(pa.array(~gone)), int(gone.sum())


def _posts(terms: pa.Table) -> list[list[_Term]]:
    """The terms of each post in the order of their first days."""
    dated = np.flatnonzero(pc.is_valid(terms.column("start_date")).to_numpy())
    names = ("body_id", "post", "start_date", "end_date", "acting", HOLDER.name, LINE)
    cells = {name: terms.column(name).to_pylist() for name in names}
    posts: dict[tuple[str, str], list[_Term]] = {}
    for row in sorted(dated.tolist(), key=lambda r: (cells["start_date"][r], cells[LINE][r])):
        term = _Term(
            row,
            cells["start_date"][row],
            cells["end_date"][row],
            cells["acting"][row],
            cells[HOLDER.name][row],
        )
        posts.setdefault((cells["body_id"][row], cells["post"][row]), []).append(term)
    return list(posts.values())

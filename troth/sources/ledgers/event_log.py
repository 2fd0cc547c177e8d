"""Event logs: one row for each step of a case, as case systems and process mining write them.

Only steps whose names are ours can be used; an export has to be told so. Who took a step
(`org:resource`) is a person and is not read; the unit (`org:group`) is. The steps of a case are
numbered by their lines, which keeps their order. The cases themselves come from a ledger `case`.
"""

from __future__ import annotations

import pyarrow as pa

from troth.sources.ledgers.base import Cells, Format, Translated, renamed

_PLAIN = {"case_id": "case_id", "ts": "date", "event": "event", "unit": "unit"}

_XES = {
    "case_id": "case:concept:name",
    "ts": "time:timestamp",
    "event": "concept:name",
    "unit": "org:group",
}


def _events(cells: Cells, called: dict[str, str]) -> Translated:
    numbers = cells.lines.cast(pa.string())
    return Translated((renamed("case_event", cells, called, event_no=numbers),))


def _read_plain(cells: Cells) -> Translated:
    return _events(cells, _PLAIN)


def _read_xes(cells: Cells) -> Translated:
    return _events(cells, _XES)


EVENT_LOG = Format(
    name="event_log",
    meaning="Steps of cases on their way through units: received, transfer, pause, resume, decision,"
    " closed, reopened, withdrawn. Give the ledger `case` with it.",
    source="exports of case systems; a date may be a day alone",
    fills=("case_event",),
    needed=("case_id", "date", "event", "unit"),
    read=_read_plain,
)

XES_LOG = Format(
    name="xes_log",
    meaning="The same under the names of the XES standard (IEEE 1849), as process mining writes CSV.",
    source="process mining tools; who took a step (`org:resource`) is not read",
    fills=("case_event",),
    needed=("case:concept:name", "time:timestamp", "concept:name"),
    optional=("org:group",),
    read=_read_xes,
)

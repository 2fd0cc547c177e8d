"""Open311: service requests as GeoReport v2 gives them, as CSV, JSON Lines or one JSON list.

Where the request was made, what it says, and its pictures are not read: an address may be that of
whoever reported. The days are those of the place, as written. The standard has no moment of closure
of its own: `updated_datetime` of a closed request is when it was closed.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers.base import Cells, Format, Translated, renamed

_CALLED = {
    "case_id": "service_request_id",
    "received": "requested_datetime",
    "closed": "updated_datetime",
    "outcome": "status",
    "topic_key": "service_code",
    "place_key": "zipcode",
    "sla_days": "expected_datetime",
}

#: A moment in the part of ISO 8601 that the standard uses; its day comes first.
_MOMENT = r"^(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.]{4,}(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"

CLOSED = "closed"


def _day(texts: pa.Array) -> pa.Array:
    found = pc.struct_field(pc.extract_regex(texts, _MOMENT), "day")
    return pc.coalesce(found, texts)


def _days_allowed(requested: pa.Array, expected: pa.Array) -> pa.Array:
    """Days from one to the other; where either is no date, or it comes first, the text as it is."""
    start, end = (_as_date(texts) for texts in (requested, expected))
    days = pc.days_between(start, end)
    usable = pc.fill_null(pc.greater_equal(days, 0), False)
    return pc.if_else(usable, days.cast(pa.string()), expected)


def _as_date(texts: pa.Array) -> pa.Array:
    days = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True)
    return days.cast(pa.date32())


def _read(cells: Cells) -> Translated:
    requested, expected = _day(cells["requested_datetime"]), _day(cells["expected_datetime"])
    is_closed = pc.equal(cells["status"], CLOSED)
    nothing = pa.scalar(None, pa.string())
    allowed = _days_allowed(requested, expected)
    made = renamed(
        "case",
        cells,
        _CALLED,
        body_id=cells.always(cells.body),
        channel=cells.always("311"),
        received=requested,
        closed=pc.if_else(is_closed, _day(cells["updated_datetime"]), nothing),
        sla_days=allowed,
        sla_days_kind=pc.if_else(pc.is_valid(expected), pa.scalar("calendar"), nothing),
    )
    return Translated((made,))


OPEN311 = Format(
    name="open311",
    meaning="Service requests to a city: when each came in, when it was closed, by when it should have"
    " been. Its kind is the topic, its postal code the area. A request that is not closed is open.",
    source="Open311 GeoReport v2, service requests; of a closed one `updated_datetime` is the moment it"
    " was closed; address, place on the map and description are not read",
    fills=("case",),
    needed=("service_request_id", "status", "requested_datetime"),
    optional=("updated_datetime", "expected_datetime", "service_code", "zipcode"),
    read=_read,
    needs_body=True,
)

"""New Zealand: how agencies answered requests for official information, by half-year.

An agency is known by the Commission's own number, which it keeps when the agency is renamed; one
that another took over has a number of its own and is another body. Until June 2017 agencies were
asked once for the twelve months to June. The file has that count twice, whole and split evenly into
two halves, and a half of a count is no count.
"""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Refused, Translated, renamed

BODY = "NZ-PSC-"

#: The number of rows that add up others.
_TOTAL = "0"

#: Ends of halves of counts of twelve months, and ends at which the whole and a half both stand.
_HALVES = ("2015-12-31", "2016-12-31")
_WHOLES = ("2016-06-30", "2017-06-30")

_SPLIT = "half of a count of twelve months, split evenly: the whole stands in another row"
_UNSURE = "which row is of twelve months cannot be told: one has to be twice the other"

_CALLED = {
    "body_name": "Agency_Preffered_Name",
    "year": "SurveyPeriodEndDate",
    "period_start": "SurveyPeriodEndDate",
    "period_end": "SurveyPeriodEndDate",
    "total": "OIA_RequestsHandled",
    "on_time": "OIAs_CompletedWithinTimeframe",
    "extended": "OIA_extension",
    "transferred": "OIA_transfer",
    "refused": "OIA_refused",
}


def _read(cells: Cells) -> Translated:
    total = pc.fill_null(pc.equal(cells["OrgID"], _TOTAL), False)
    refused = [_refused(cells, total, "OrgID", "a total of the rows of agencies")]
    rows = cells.where(pc.invert(total))
    ends = written.spreadsheet_day(rows["SurveyPeriodEndDate"])
    halves, unsure = _not_whole(rows, ends)
    refused += [
        _refused(rows, halves, "OIA_RequestsHandled", _SPLIT),
        _refused(rows, unsure, "OIA_RequestsHandled", _UNSURE),
    ]
    kept = pc.invert(pc.or_(halves, unsure))
    rows, ends = rows.where(kept), ends.filter(kept)
    starts = pa.array([_start(end) for end in ends.to_pylist()], pa.string())
    entries = renamed(
        "foi_annual",
        rows,
        _CALLED,
        body_id=written.after(BODY, rows["OrgID"]),
        year=pc.utf8_slice_codeunits(ends, 0, 4),
        period_start=starts,
        period_end=ends,
    )
    return Translated((entries,), tuple(refused))


def _refused(cells: Cells, which: pa.Array, path: str, said: str) -> Refused:
    return Refused("E069", cells.lines.filter(which), path, cells[path].filter(which), said)


def _start(end: str | None) -> str | None:
    """The first day of the period that ends on a day; null where no period does."""
    if end is None or end in _WHOLES:
        return None if end is None else f"{int(end[:4]) - 1}-07-01"
    first = {"-06-30": "-01-01", "-12-31": "-07-01"}.get(end[4:])
    return None if first is None else end[:4] + first


def _not_whole(rows: Cells, ends: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Which rows are half of a count, and of which it cannot be told whether they are."""
    found = list(zip(rows["OrgID"].to_pylist(), ends.to_pylist(), strict=True))
    counts = [_count(text) for text in rows["OIA_RequestsHandled"].to_pylist()]
    together: dict[tuple[str | None, str | None], list[int]] = defaultdict(list)
    for at, one in enumerate(found):
        together[one].append(at)
    halves, unsure = [end in _HALVES for _, end in found], [False] * len(found)
    for (_, end), places in together.items():
        if end not in _WHOLES:
            continue
        # Where there were no requests both rows are 0, and the first is taken.
        ordered = sorted(places, key=lambda at: -(counts[at] or 0.0))
        pair = [counts[at] for at in ordered]
        if len(pair) == 2 and None not in pair and pair[0] == 2 * (pair[1] or 0.0):
            halves[ordered[1]] = True
        else:
            for at in places:
                unsure[at] = True
    return pa.array(halves, pa.bool_()), pa.array(unsure, pa.bool_())


def _count(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


NZ_OIA = Format(
    name="nz_oia",
    meaning="Requests for official information that each agency handled in a half-year, until June"
    " 2017 in the twelve months to June: how many in time, extended, transferred, refused. Totals of"
    " groups of agencies, and counts of twelve months split evenly in two, are no entries. Complaints"
    " to the Ombudsman are not read: the file does not say how they ended.",
    source="Te Kawa Mataaho Public Service Commission, OIA statistics, all data (CC-BY-4.0), as a"
    " spreadsheet or saved as CSV; an agency is `NZ-PSC-` and the Commission's number, under which"
    " renamed agencies stay one body",
    fills=("foi_annual",),
    needed=(
        "OrgID",
        "Agency_Preffered_Name",
        "SurveyPeriodEndDate",
        "OIA_RequestsHandled",
        "OIAs_CompletedWithinTimeframe",
    ),
    optional=("OIA_extension", "OIA_transfer", "OIA_refused"),
    read=_read,
)

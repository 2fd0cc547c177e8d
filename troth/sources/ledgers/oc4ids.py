"""Open Contracting for Infrastructure Data: contracts of projects, out of their summaries.

The summary of a contracting process holds its contract as it was first made, and its modifications
with what was before and behind each. The value and the last day are those of the latest one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from troth.sources.ledgers.base import RECORD, Cells, Format, Translated
from troth.sources.ledgers.ocds_implementation import Made, day, list_in, read_values, take_release
from troth.sources.ocds.whole import Row, object_in

#: What a process is for, of which we have a word (OC4IDS codelist `contractNature`).
_WORKS = "construction"


def apart(document: Any) -> Iterable[Any]:
    """The projects of a package, of a list, or one project."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and isinstance(document.get("projects"), list):
        return list(document["projects"])
    return [document]


def _read(cells: Cells) -> Translated:
    made = Made()

    def take(value: Any, line: int) -> None:
        if not isinstance(value, dict) or "contractingProcesses" not in value:
            made.refuse("E069", line, "/contractingProcesses", None, "no project with contracts")
            return
        found = False
        for process in list_in(value, "contractingProcesses"):
            summary = object_in(process, "summary") if isinstance(process, dict) else {}
            ocid = summary.get("ocid") or (process.get("id") if isinstance(process, dict) else None)
            if isinstance(ocid, str) and _has_contract(summary):
                found = True
                release = _release(value, summary, ocid)
                take_release(release, line, cells.secret, made, with_depth=False)
        if not found:
            said = "no summary of a contract in the project"
            made.refuse("E069", line, "/contractingProcesses", None, said)

    read_values(cells, made, take)
    return made.translated()


def _has_contract(summary: Row) -> bool:
    return bool({"contractValue", "contractPeriod", "suppliers", "modifications"} & set(summary))


def _release(project: Row, summary: Row, ocid: str) -> Row:
    """The summary in the shape of a release with one award and one contract."""
    entity = object_in(object_in(summary, "tender"), "procuringEntity")
    value, period = summary.get("contractValue"), object_in(summary, "contractPeriod")
    changes = [one for one in list_in(summary, "modifications") if isinstance(one, dict)]
    # Those of one day stay in their order.
    for change in sorted(changes, key=lambda one: day(one.get("date")) or ""):
        value = change.get("newContractValue") or value
        end = object_in(change, "newContractPeriod").get("endDate")
        period = {**period, "endDate": end} if end else period
    nature = summary.get("nature")
    return {
        "ocid": ocid,
        "date": project.get("updated"),
        "buyer": entity or project.get("publicAuthority"),
        "parties": project.get("parties"),
        "tender": {"mainProcurementCategory": "works"} if nature == [_WORKS] else {},
        "awards": [{"id": ocid, "suppliers": summary.get("suppliers") or []}],
        "contracts": [
            {
                "id": "contract",
                "awardID": ocid,
                "title": summary.get("title"),
                "value": value,
                "period": period,
                "finalStatus": summary.get("finalStatus"),
                "amendments": changes,
                "milestones": summary.get("milestones") or [],
                "implementation": {"transactions": summary.get("transactions") or []},
            }
        ],
    }


OC4IDS = Format(
    name="oc4ids",
    meaning="Contracts of infrastructure projects: changes with what was before and behind them,"
    " milestones, payments. One project a line, or a package. The value and the last day are those"
    " of the latest modification. `closed` does not say how a contract ended.",
    source="anybody who publishes the Open Contracting for Infrastructure Data Standards (OC4IDS)",
    fills=(
        "registered_contract",
        "registered_change",
        "registered_milestone",
        "registered_payment",
    ),
    needed=(RECORD,),
    read=_read,
    rows_of_document=apart,
    nested=True,
)

"""United Kingdom: what the Housing Ombudsman found about landlords, finding by finding.

A row is one finding; a decision finds on each complaint that it was brought, so that it may have
several. Each finding is a case, which `decision_key` ties to its decision: the Ombudsman reckons its
own maladministration rate over findings, and findings of one decision are not independent of each
other. The day of receipt is not published, and none is made up; the free words of a complaint are
not read.

Most landlords are associations, which are no public bodies. Only those that the list itself calls
local authorities are taken in; whose kind it does not know is not guessed.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Refused, Translated, renamed

BODY = "name:GB:"

#: Kinds of landlord that are public bodies, as the list writes them.
COUNCILS = ("Local Authority", "Local Authority / ALMO or TMO")

#: Each finding, and whether it upholds the complaint. Service failure is a form of maladministration
#: in the Ombudsman's own words; reasonable redress means that the landlord had put things right
#: before. What is outside its jurisdiction was not investigated.
UPHELD = {
    "Severe Maladministration": "yes",
    "Maladministration": "yes",
    "Service Failure": "yes",
    "Reasonable Redress": "no",
    "No Maladministration": "no",
    "Outside Jurisdiction": None,
}

_CALLED = {
    "body_name": "landlord",
    "closed": "decision_date_iso",
    "outcome": "finding",
    "topic_key": "category",
}


def _upheld(findings: pa.Array) -> pa.Array:
    """What a finding means; an unknown one stays as it is, and is found to be no yes and no no."""
    encoded = findings.dictionary_encode()
    meant = [UPHELD.get(text, text) for text in encoded.dictionary.to_pylist()]
    return pa.array(meant, pa.string()).take(encoded.indices)


def _read(cells: Cells) -> Translated:
    council = pc.is_in(cells["landlord_type"], value_set=pa.array(COUNCILS))
    others = cells.where(pc.invert(council))
    said = "the list does not call this landlord a local authority: it is not a public body"
    refused = Refused("E069", others.lines, "landlord_type", others["landlord_type"], said)
    rows = cells.where(council)
    decision = written.after("GB-HOS-", rows["case_id"])
    made = renamed(
        "case",
        rows,
        {**_CALLED, "upheld": "finding", "decision_key": "case_id", "case_id": "id"},
        case_id=pc.binary_join_element_wise(decision, rows["id"], "/"),
        body_id=written.after(BODY, rows["landlord"]),
        channel=rows.always("complaint"),
        upheld=_upheld(rows["finding"]),
        decision_key=decision,
    )
    return Translated((made,), (refused,))


UK_HOUSING_OMBUDSMAN = Format(
    name="uk_housing_ombudsman",
    meaning="Findings about councils as landlords: what was found on each complaint of a decision, and"
    " when. Upheld are severe maladministration, maladministration and service failure; not upheld"
    " are no maladministration and reasonable redress; what was outside jurisdiction is neither.",
    source="Housing Ombudsman Service, decisions since 2020 as a list of findings (OGL 3.0); a council"
    " is named and has no identifier (`name:GB:` and its name); landlords that are not called local"
    " authorities are refused",
    fills=("case",),
    needed=("id", "case_id", "landlord", "landlord_type", "decision_date_iso", "finding"),
    optional=("category",),
    read=_read,
)

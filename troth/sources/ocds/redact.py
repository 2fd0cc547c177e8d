"""A record as it may be shown: without contact points, signatories, and natural persons.

What is shown is what the standard and its usual extensions name; any other field is left out and
counted, because nobody can say what stands in it (field allowlist, spec/TRUST.md section 7).
"""

from __future__ import annotations

from typing import Any

from troth.sources.fields import identifier
from troth.sources.persons import shown

#: Fields of OCDS 1.0 and 1.1 and of common extensions in which no person has a place.
SHOWN = frozenset(
    """ocid id date tag initiationType language planning tender awards contracts parties buyer bids
    relatedProcesses name identifier additionalIdentifiers scheme uri legalName address locality region
    postalCode countryName streetAddress roles details classification classifications legalEntityType
    scale rationale budget amount amountNet currency project projectID description source title status
    statusDetails value minValue maxValue procurementMethod procurementMethodDetails
    procurementMethodRationale mainProcurementCategory additionalProcurementCategories awardCriteria
    awardCriteriaDetails submissionMethod submissionMethodDetails tenderPeriod enquiryPeriod awardPeriod
    contractPeriod period startDate endDate maxExtentDate durationInDays hasEnquiries
    eligibilityCriteria numberOfTenderers tenderers procuringEntity documents milestones amendments
    amendment items additionalClassifications quantity unit lots relatedLots relatedLot relatedLots
    statistics measure notes suppliers datePublished dateModified documentType url format awardID
    dateSigned implementation transactions payer payee providerOrganization receiverOrganization type
    code dueDate dateMet amendsReleaseID releaseID changes property former_value relationship
    relatedMilestone relatedItem techniques hasFrameworkAgreement frameworkAgreement relatedBid
    relatedBids valueCalculationMethod mainProcurementCategoryDetails finalStatus finalStatusDate
    lotId bidOpening participationFees enquiries complaints dateAnswered crossBorderLaw""".split()
)

_ORGANISATIONS = frozenset(
    "parties suppliers tenderers payer payee providerOrganization receiverOrganization".split()
)

#: What stands in place of somebody who is, or may be, a natural person.
NOT_SHOWN = "not shown: a natural person, or nothing shows that it is none"


def redact(record: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The record as it may be shown, and how many fields were left out of it."""
    hidden = _hidden(record)
    shower = _Shower(hidden)
    found = shower.value(record)
    assert isinstance(found, dict)
    return found, shower.left_out


def _hidden(record: dict[str, Any]) -> dict[str, str]:
    """Identifier -> the word that stands for it, for everybody not shown to be a legal person."""
    bodies = {
        identifier(part.get("id"))
        for part in (record.get("buyer"), _inside(record, "tender", "procuringEntity"))
        if isinstance(part, dict)
    }
    hidden: dict[str, str] = {}
    for one in _organisations(record):
        text = identifier(one.get("id")) or f"name:{one.get('name')}"
        if text in hidden or text in bodies:
            continue
        inner = one.get("identifier") if isinstance(one.get("identifier"), dict) else {}
        details = one.get("details") if isinstance(one.get("details"), dict) else {}
        scheme, bare = inner.get("scheme"), identifier(inner.get("id"))
        stated, name = details.get("legalEntityType"), one.get("name")
        found = shown(
            identifier(one.get("id")) or bare,
            scheme if isinstance(scheme, str) else None,
            stated if isinstance(stated, str) else None,
            name if isinstance(name, str) else None,
        )
        if found.kind != "legal_person":
            hidden[text] = f"party {len(hidden) + 1}"
    # A party may be shown by its entry in `parties` where a bare reference to it shows nothing.
    for one in record.get("parties") or [] if isinstance(record.get("parties"), list) else []:
        if isinstance(one, dict) and _is_shown_party(one):
            hidden.pop(identifier(one.get("id")) or "", None)
    return hidden


def _is_shown_party(one: dict[str, Any]) -> bool:
    inner = one.get("identifier") if isinstance(one.get("identifier"), dict) else {}
    details = one.get("details") if isinstance(one.get("details"), dict) else {}
    bare = identifier(inner.get("id")) or identifier(one.get("id"))
    name = one.get("name") if isinstance(one.get("name"), str) else None
    stated = details.get("legalEntityType")
    found = shown(bare, inner.get("scheme"), stated if isinstance(stated, str) else None, name)
    return found.kind == "legal_person"


def _inside(record: dict[str, Any], *steps: str) -> Any:
    value: Any = record
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _organisations(value: Any, under: str = "") -> list[dict[str, Any]]:
    if isinstance(value, dict):
        found = [value] if under in _ORGANISATIONS else []
        return found + [one for key, inner in value.items() for one in _organisations(inner, key)]
    if isinstance(value, list):
        return [one for inner in value for one in _organisations(inner, under)]
    return []


class _Shower:
    """Walks a record and copies what may be shown."""

    def __init__(self, hidden: dict[str, str]) -> None:
        self.hidden = hidden
        self.left_out = 0

    def value(self, value: Any, under: str = "") -> Any:
        if isinstance(value, list):
            return [self.value(one, under) for one in value]
        if not isinstance(value, dict):
            return value
        if under in _ORGANISATIONS:
            stand_in = self.hidden.get(identifier(value.get("id")) or f"name:{value.get('name')}")
            if stand_in is not None:
                self.left_out += len(value)
                kept = {"id": stand_in, "name": NOT_SHOWN}
                return kept | ({"roles": value["roles"]} if isinstance(value.get("roles"), list) else {})
        kept = {}
        for key, inner in value.items():
            if key in SHOWN:
                kept[key] = self.value(inner, key)
            else:
                self.left_out += 1
        return kept

"""Who is a natural person: decided at the door, so that nothing behind it has to ask.

A supplier is shown by name only when its identifier's scheme and form, a statement in the record,
or a legal form in its name shows it to be a legal person. Everything else is published as a person
would be: without name and identifier (TRUST section 7; CJEU C-92/09).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """What something was shown to be, and by what."""

    kind: str  # legal_person, natural_person, unknown
    by: str  # identifier, stated, legal_form, nothing


UNKNOWN = Shown("unknown", "nothing")

#: Identifier scheme (org-id.guide) -> (form, kind). The first form that fits decides.
_FORMS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    # Codice fiscale: 11 digits for legal entities and VAT subjects, 16 characters for persons.
    "IT-CF": (
        (re.compile(r"\d{11}"), "legal_person"),
        (
            re.compile(
                r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
            ),
            "natural_person",
        ),
    ),
    "IT-PI": ((re.compile(r"\d{11}"), "legal_person"),),
    # SIRET (establishment) and SIREN / RCS (enterprise).
    "FR-SIRET": ((re.compile(r"\d{14}"), "legal_person"),),
    "FR-RCS": ((re.compile(r"\d{9}|\d{14}"), "legal_person"),),
    "FR-SIREN": ((re.compile(r"\d{9}"), "legal_person"),),
    # Peru's RUC: 20 legal entities; 10, 15, 16, 17 natural persons.
    "PE-RUC": (
        (re.compile(r"20\d{9}"), "legal_person"),
        (re.compile(r"1[0567]\d{9}"), "natural_person"),
    ),
    "PE-DNI": ((re.compile(r".*"), "natural_person"),),
    "GB-COH": ((re.compile(r"[A-Z0-9]{8}"), "legal_person"),),
    "GB-CHC": ((re.compile(r"\d{6,7}"), "legal_person"),),
    "PY-RUC": ((re.compile(r"8\d{7}(?:-?\d)?"), "legal_person"),),
    "CO-RUE": ((re.compile(r"[89]\d{8}(?:-?\d)?"), "legal_person"),),
    "CO-CC": ((re.compile(r".*"), "natural_person"),),
    # Mexico's RFC: 12 characters for legal entities, 13 for persons.
    "MX-RFC": (
        (re.compile(r"[A-ZÑ&]{3}\d{6}[A-Z0-9]{3}"), "legal_person"),
        (re.compile(r"[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}"), "natural_person"),
    ),
    "AU-ACN": ((re.compile(r"\d{9}"), "legal_person"),),
    "NO-ORG": ((re.compile(r"\d{9}"), "legal_person"),),
    "XI-LEI": ((re.compile(r"[A-Z0-9]{20}"), "legal_person"),),
}

#: What registers call a legal person and a natural one (details/legalEntityType and the like).
_STATED = {
    "persona juridica": "legal_person",
    "persona jurídica": "legal_person",
    "legal person": "legal_person",
    "company": "legal_person",
    "persona natural": "natural_person",
    "persona física": "natural_person",
    "persona fisica": "natural_person",
    "natural person": "natural_person",
}

_SCHEME_IN_ID = re.compile(r"([A-Z]{2}-[A-Z]{2,8})-(.+)", re.DOTALL)


def scheme_of(identifier: str, scheme: str | None = None) -> tuple[str | None, str]:
    """The scheme and the bare identifier; the scheme may stand in front (`IT-CF-00215150236`)."""
    found = _SCHEME_IN_ID.fullmatch(identifier)
    if found:
        return found[1], found[2]
    return scheme, identifier


_SCHEME = re.compile(r"[A-Z]{2,3}-[A-Z]{2,8}")


def is_scheme(text: str | None) -> bool:
    """Whether a text is written like an identifier scheme: then it says nothing about anybody."""
    return text is not None and _SCHEME.fullmatch(text) is not None


def shown_by_identifier(scheme: str | None, bare: str) -> Shown | None:
    for form, kind in _FORMS.get((scheme or "").strip().upper(), ()):
        if form.fullmatch(bare.strip().upper()):
            return Shown(kind, "identifier")
    return None


def shown_by_statement(stated: str | None) -> Shown | None:
    kind = _STATED.get((stated or "").strip().lower())
    return Shown(kind, "stated") if kind else None


#: A legal form of two bare letters is also a family name (Sa, Ag): it shows nothing.
_SHORTEST_BARE_FORM = 3


#: In France a natural person may trade as one of these (EIRL: entrepreneur individuel).
_OF_PERSONS_TOO = frozenset({"eirl"})


@functools.lru_cache(maxsize=100_000)
def shown_by_name(name: str | None) -> Shown | None:
    """A legal form in the name shows a legal person; its absence shows nothing."""
    # Imported here: reading its tables takes longer than reading ten thousand records.
    from rigour.names import extract_org_types

    for form, _ in extract_org_types(name) if name else ():
        if form.replace(".", "").lower() in _OF_PERSONS_TOO:
            continue
        if "." in form or len(form) >= _SHORTEST_BARE_FORM:
            return Shown("legal_person", "legal_form")
    return None


def shown_without_name(
    identifier: str | None, scheme: str | None, stated: str | None
) -> Shown | None:
    """What a supplier is shown to be; null where only its name could tell. Evidence of a natural
    person outweighs any other."""
    evidence = []
    if identifier is not None:
        evidence.append(shown_by_identifier(*scheme_of(identifier, scheme)))
    evidence.append(shown_by_statement(stated))
    found = [one for one in evidence if one is not None]
    for one in found:
        if one.kind == "natural_person":
            return one
    return found[0] if found else None


def shown(
    identifier: str | None, scheme: str | None, stated: str | None, name: str | None
) -> Shown:
    """What a supplier is shown to be, by its name too."""
    return shown_without_name(identifier, scheme, stated) or shown_by_name(name) or UNKNOWN


def is_natural_person(identifier: str) -> bool:
    """Whether an identifier's scheme and form are those of a natural person."""
    found = shown_by_identifier(*scheme_of(identifier))
    return found is not None and found.kind == "natural_person"

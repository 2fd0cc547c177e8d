"""A record as it may be shown: without contact points, signatories, and natural persons.

What is shown is what the standard and its usual extensions name; any other field is left out and
counted, because nobody can say what stands in it (field allowlist, TRUST section 7). The
names and identifiers of those who are not shown are left out of every other text of the record too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from troth.sources.fields import identifier
from troth.sources.persons import is_natural_person, scheme_of, shown

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
    amendment items additionalClassifications quantity unit lots relatedLots relatedLot
    statistics measure notes suppliers datePublished dateModified documentType url format awardID
    dateSigned implementation transactions payer payee providerOrganization receiverOrganization type
    code dueDate dateMet amendsReleaseID releaseID changes property relationship
    relatedMilestone relatedItem techniques hasFrameworkAgreement frameworkAgreement relatedBid
    relatedBids valueCalculationMethod mainProcurementCategoryDetails finalStatus finalStatusDate
    lotId bidOpening participationFees enquiries complaints dateAnswered crossBorderLaw""".split()
)

#: Where firms stand, who may be persons; and where public bodies do.
_FIRMS = frozenset(
    "parties suppliers tenderers payer payee providerOrganization receiverOrganization".split()
)
_BODIES = frozenset({"buyer", "procuringEntity"})

#: What is shown of these, and nothing else, whatever they hold.
_ONLY = {
    **dict.fromkeys(
        _FIRMS | _BODIES,
        frozenset("id name identifier additionalIdentifiers address roles details".split()),
    ),
    "identifier": frozenset("scheme id legalName uri".split()),
    "additionalIdentifiers": frozenset("scheme id legalName uri".split()),
    "details": frozenset("classification classifications legalEntityType scale".split()),
    "enquiries": frozenset("id date dateAnswered title relatedItem relatedLot relatedLots".split()),
    "complaints": frozenset("id date status finalStatus finalStatusDate relatedLots".split()),
}

#: Where names and identifiers are those of an organisation that is shown.
_NAMED = _FIRMS | _BODIES | {"identifier", "additionalIdentifiers"}

_ROLES = frozenset(
    """buyer procuringEntity supplier tenderer funder enquirer payer payee reviewBody
    interestedParty invitedSupplier""".split()
)

#: Deeper than any field of the standard; what lies below is left out.
DEEPEST = 24

#: With more people than this to look for in every text, texts are left out instead.
MOST_NAMES = 200

#: Shorter names and identifiers are looked for nowhere: they would be found everywhere.
_SHORTEST_NAME, _SHORTEST_ID, _SHORTEST_PART = 4, 6, 4

#: A name of more words than this is looked for in its own order only.
_MOST_WORDS_PERMUTED = 3

#: What stands in place of somebody who is, or may be, a natural person.
NOT_SHOWN = "not shown: a natural person, or nothing shows that it is none"
NOT_SHOWN_IN_TEXT = "[not shown]"


def redact(record: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The record as it may be shown, and how many values were left out of it."""
    shower = _Shower(hidden(record))
    found = shower.value(record, "", 0)
    assert isinstance(found, dict)
    return found, shower.left_out


def cleaner(record: dict[str, Any]) -> Callable[[str], str]:
    """A function that takes those who are not shown in a record out of a text."""
    return _Shower(hidden(record)).text


@dataclass
class Hidden:
    """Everybody in a record who is not shown, by what tells one from another (`_key`)."""

    stand_ins: dict[str, str] = field(default_factory=dict)
    #: Names and identifiers of theirs, and parts of the names of those known to be persons.
    names: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def pattern(self) -> re.Pattern[str] | None:
        """Finds them in a text; nothing where nobody is hidden."""
        found = [re.escape(one) for one in self.ids | self.parts]
        for name in self.names:
            words = [re.escape(word) for word in re.findall(r"\w+", name)]
            orders = permutations(words) if len(words) <= _MOST_WORDS_PERMUTED else [tuple(words)]
            found += [r"\W+".join(order) for order in orders]
        if not found:
            return None
        return re.compile(
            r"(?<!\w)(?:"
            + "|".join(sorted(set(found), key=lambda one: (-len(one), one)))
            + r")(?!\w)",
            re.IGNORECASE,
        )


def hidden(record: dict[str, Any]) -> Hidden:
    """Who in a record is not shown.

    A firm is shown when some mention of it shows a legal person and none a natural one; a public
    body unless its identifier is a natural person's.
    """
    kinds: dict[str, set[str]] = {}
    mentions: list[tuple[str, dict[str, Any]]] = []
    for one, is_body in _organisations(record, "", 0):
        key = _key(one)
        mentions.append((key, one))
        kinds.setdefault(key, set()).update(_kinds(one, is_body))
    found = Hidden()
    for key, one in mentions:
        if "natural_person" in kinds[key] or "legal_person" not in kinds[key]:
            found.stand_ins.setdefault(key, f"party {len(found.stand_ins) + 1}")
            _remember(one, "natural_person" in kinds[key], found)
    return found


def _organisations(value: Any, under: str, depth: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every organisation that a record mentions, and whether it is mentioned as a public body."""
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _organisations(inner, under, depth + 1)
    elif isinstance(value, dict):
        if under in _FIRMS or under in _BODIES:
            yield value, under in _BODIES
        for key, inner in value.items():
            yield from _organisations(inner, key, depth + 1)


def _key(one: dict[str, Any]) -> str:
    return identifier(_single(one.get("id"))) or _inner(one)[1] or f"name:{_text(one.get('name'))}"


def _inner(one: dict[str, Any]) -> tuple[str | None, str | None]:
    """Scheme and identifier in `identifier`."""
    inner = one.get("identifier")
    if not isinstance(inner, dict):
        return None, None
    return _text(inner.get("scheme")), identifier(_single(inner.get("id")))


def _kinds(one: dict[str, Any], is_body: bool) -> Iterator[str]:
    """What this mention shows the organisation to be."""
    own, (scheme, inner) = identifier(_single(one.get("id"))), _inner(one)
    if any(text is not None and is_natural_person(text) for text in (own, inner)):
        yield "natural_person"
    details = one.get("details")
    stated = _text(details.get("legalEntityType")) if isinstance(details, dict) else None
    for text in {own, inner} - {None} or {None}:
        yield shown(text, scheme, stated, _text(one.get("name"))).kind
    if is_body:
        yield "legal_person"


def _remember(one: dict[str, Any], is_person: bool, found: Hidden) -> None:
    """What to look for in the texts of the record."""
    inner = one.get("identifier") if isinstance(one.get("identifier"), dict) else {}
    assert isinstance(inner, dict)
    for name in (_text(one.get("name")), _text(inner.get("legalName"))):
        if name is not None and len(name.strip()) >= _SHORTEST_NAME and re.search(r"\w", name):
            found.names.add(name)
            if is_person:
                found.parts |= {
                    word for word in re.findall(r"[^\W\d_]+", name) if len(word) >= _SHORTEST_PART
                }
    for raw in (one.get("id"), inner.get("id")):
        text = identifier(_single(raw))
        for form in () if text is None else (text, scheme_of(text)[1]):
            if len(form) >= _SHORTEST_ID:
                found.ids.add(form)


def _single(value: Any) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def writable(text: str) -> str:
    """A text that every encoding can write: half of a pair of characters, which JSON has only as an
    escape, is written as that escape."""
    return text.encode("utf-8", "backslashreplace").decode()


class _Shower:
    """Walks a record and copies what may be shown."""

    def __init__(self, hidden: Hidden) -> None:
        self.hidden = hidden
        self.texts_too = len(hidden.names) + len(hidden.ids) <= MOST_NAMES
        self.pattern = hidden.pattern() if self.texts_too else None
        self.left_out = 0

    def value(self, value: Any, under: str, depth: int) -> Any:
        if depth > DEEPEST:
            self.left_out += 1
            return None
        if isinstance(value, list):
            return [self.value(one, under, depth + 1) for one in value]
        if isinstance(value, dict):
            return self.object(value, under, depth)
        if under in _FIRMS or under in _BODIES:
            # Where an organisation is expected, a bare text or number may be anybody.
            self.left_out += value is not None
            return None
        if isinstance(value, str):
            return writable(value) if under == "ocid" else self.text(writable(value))
        if isinstance(value, int | float) and identifier(value) in self.hidden.ids:
            self.left_out += 1
            return None
        return value

    def object(self, value: dict[str, Any], under: str, depth: int) -> dict[str, Any]:
        if under in _FIRMS or under in _BODIES:
            stand_in = self.hidden.stand_ins.get(_key(value))
            if stand_in is not None:
                self.left_out += len(value)
                roles = _roles(value)
                return {"id": stand_in, "name": NOT_SHOWN} | ({"roles": roles} if roles else {})
        allowed = _ONLY.get(under, SHOWN)
        found: dict[str, Any] = {}
        for key, inner in value.items():
            if key not in allowed:
                self.left_out += 1
            elif key == "roles":
                found[key] = _roles(value)
            elif under in _NAMED and isinstance(inner, str):
                # The name of somebody who is shown, though a word of it may be another's.
                found[key] = writable(inner)
            else:
                found[key] = self.value(inner, key, depth + 1)
        return found

    def text(self, value: str) -> str:
        if not self.texts_too:
            self.left_out += 1
            return NOT_SHOWN_IN_TEXT
        if self.pattern is None:
            return value
        cleaned, times = self.pattern.subn(NOT_SHOWN_IN_TEXT, value)
        self.left_out += times
        return cleaned


def _roles(value: dict[str, Any]) -> list[str]:
    roles = value.get("roles")
    return (
        [role for role in roles if isinstance(role, str) and role.strip() in _ROLES]
        if isinstance(roles, list)
        else []
    )

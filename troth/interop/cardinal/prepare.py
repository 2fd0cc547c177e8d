"""Cardinal's `prepare`: releases corrected line by line, and an issue for what remains wrong.

Members keep their order, numbers their spelling. A member that is taken out leaves its place to the
last one, as in Cardinal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from troth.interop.cardinal.lines import (
    Line,
    Passed,
    number_of,
    spelled,
    spelling,
    values,
    written,
)
from troth.interop.cardinal.releases import Json, a_list, a_text, an_object
from troth.interop.cardinal.settings import Preparing

BID_STATUSES = ("invited", "pending", "valid", "disqualified", "withdrawn")
AWARD_STATUSES = ("pending", "active", "cancelled", "unsuccessful")

#: What Rust takes for white space at the end of a text (the Unicode property White_Space).
_WHITE_SPACE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)


@dataclass(frozen=True)
class Issue:
    """Something in a release that no setting put right. `indexes` are those of the lists in `path`."""

    line: int
    ocid: str
    path: str
    indexes: str
    value: str
    description: str

    def as_csv(self) -> str:
        cells = (str(self.line), self.ocid, self.path, self.indexes, self.value, self.description)
        return ",".join(map(_cell, cells))


@dataclass(frozen=True)
class Prepared:
    """One line: the corrected release as JSON, and the issues that remain."""

    text: str
    issues: tuple[Issue, ...]


def prepare(lines: Iterable[Line], settings: Preparing, passed: Passed) -> Iterator[Prepared]:
    """Each release corrected; what is no JSON, or no object, is told to `passed` and left out."""
    for number, release in values(lines, spelled, passed):
        if type(release) is dict:
            yield _Preparation(release, number, settings, passed).done()
        else:
            passed(number, "not a JSON object")


#: Adds the prefix of a kind of organization to an id, where it is not there yet.
_Id = Callable[[str], str]


@dataclass
class _Preparation:
    """One release on its way through the corrections, in Cardinal's order."""

    release: Json
    line: int
    settings: Preparing
    passed: Passed
    issues: list[Issue] = field(default_factory=list)
    roles: dict[str, set[str]] = field(default_factory=dict)

    def done(self) -> Prepared:
        self._parties()
        self._buyer_and_tender()
        if self.settings.move_auctions:
            self._auctions()
        self._bids()
        self._awards(self._cancelled_by_contracts())
        if self.settings.party_roles:
            self._party_roles()
        return Prepared(written(self.release), tuple(self.issues))

    def _tell(self, path: str, indexes: str, description: str, value: str = "") -> None:
        ocid = _as_cell(self.release.get("ocid"))
        self.issues.append(Issue(self.line, ocid, path, indexes, value, description))

    def _parties(self) -> None:
        self._organizations(self.release, "parties", "", None)
        if not self.settings.party_roles:
            return
        for party in map(an_object, a_list(self.release.get("parties")) or ()):
            if type(party.get("id")) is str:
                given = a_list(party.get("roles")) or ()
                self.roles[party["id"]] = {one for one in given if type(one) is str}

    def _buyer_and_tender(self) -> None:
        prefix = self.settings.prefix_buyer_or_procuring_entity_id
        self._organization(self.release.get("buyer"), prefix, "buyer")
        tender = an_object(self.release.get("tender"))
        self._organization(tender.get("procuringEntity"), prefix, "procuringEntity")
        separator, details = (
            self.settings.split_procurement_method_details,
            a_text(tender.get("procurementMethodDetails")),
        )
        if separator is not None and details is not None:
            first = details.split(separator)[0] if separator else ""
            tender["procurementMethodDetails"] = first.rstrip(_WHITE_SPACE)

    def _auctions(self) -> None:
        if "auctions" in self.release and "bids" in self.release:
            self.passed(self.line, "its /auctions stay where they are, since there are /bids")
            return
        auctions = a_list(self.release.get("auctions"))
        if auctions is None:
            return
        moved: list[Any] = []
        for auction in map(an_object, auctions):
            for stage in a_list(auction.get("stages")) or ():
                if type(stage) is dict and "bids" in stage:
                    moved += a_list(_taken(stage, "bids")) or ()
        self.release["bids"] = {"details": moved}

    def _bids(self) -> None:
        details = a_list(an_object(self.release.get("bids")).get("details"))
        for number, bid in enumerate(details or ()):
            found = an_object(bid)
            if type(found.get("value")) is dict:
                self._price(found["value"], str(number))
            self._items(found, "/bids/details[]", number)
            if details is not None:
                details[number] = self._status(
                    bid, "/bids/details[]", str(number), self.settings.bid_status,
                    self.settings.bid_statuses, BID_STATUSES,
                )  # fmt: skip
            self._organizations(
                found, "tenderers", self.settings.prefix_tenderer_or_supplier_id, "tenderer"
            )

    def _price(self, value: Json, index: str) -> None:
        amount = number_of(value.get("amount"))
        if amount is not None:
            if amount in self.settings.amount:
                _taken(value, "amount")
            elif amount == 0:
                self._tell("/bids/details[]/value/amount", index, "is zero")
        if "currency" not in value:
            if self.settings.currency is not None:
                value["currency"] = self.settings.currency
            else:
                self._tell("/bids/details[]/value/currency", index, "not set")

    def _items(self, holder: Json, path: str, number: int, *, ids: bool = False) -> None:
        for inner, item in enumerate(a_list(holder.get("items")) or ()):
            classification = an_object(item).get("classification")
            if type(classification) is not dict:
                continue
            if ids:
                _as_text(classification, "id")
            if "scheme" not in classification:
                if self.settings.item_classification_scheme is not None:
                    classification["scheme"] = self.settings.item_classification_scheme
                else:
                    self._tell(
                        f"{path}/items[]/classification/scheme", f"{number}.{inner}", "not set"
                    )

    def _status(
        self, holder: Any, path: str, index: str, default: str | None,
        codes: Mapping[str, str], known: tuple[str, ...],
    ) -> Any:  # fmt: skip
        """The bid or award with its status filled in and mapped; null becomes one if need be."""
        if "status" not in an_object(holder):
            if default is None:
                self._tell(f"{path}/status", index, "not set")
            elif type(holder) is dict:
                holder["status"] = default
            elif holder is None:
                holder = {"status": default}
        status = an_object(holder).get("status")
        if type(status) is str:
            holder["status"] = codes.get(status, status)
            if holder["status"] not in known:
                self._tell(f"{path}/status", index, "invalid", holder["status"])
        return holder

    def _cancelled_by_contracts(self) -> frozenset[str]:
        """The ids of awards all of whose contracts are cancelled, if that is to be looked at."""
        if not self.settings.award_status_by_contract_status:
            return frozenset()
        cancelled: dict[str, bool] = {}
        for contract in map(an_object, a_list(self.release.get("contracts")) or ()):
            _as_text(contract, "awardID")
            award = a_text(contract.get("awardID"))
            if award is not None:
                so_far = cancelled.get(award, True)
                cancelled[award] = so_far and contract.get("status") == "cancelled"
        return frozenset(award for award, all_of_them in cancelled.items() if all_of_them)

    def _awards(self, cancelled: frozenset[str]) -> None:
        awards = a_list(self.release.get("awards"))
        for number, award in enumerate(awards or ()):
            found = an_object(award)
            _as_text(found, "id")
            self._items(found, "/awards[]", number, ids=True)
            if awards is not None:
                awards[number] = self._status(
                    award, "/awards[]", str(number), self.settings.award_status,
                    self.settings.award_statuses, AWARD_STATUSES,
                )  # fmt: skip
            if a_text(found.get("id")) in cancelled:
                found["status"] = "cancelled"
            self._organizations(
                found, "suppliers", self.settings.prefix_tenderer_or_supplier_id, "supplier"
            )

    def _organizations(self, holder: Json, name: str, prefix: str, role: str | None) -> None:
        """Organizations in a list; one that stands alone becomes a list of one."""
        if type(holder.get(name)) is dict:
            holder[name] = [holder[name]]
        for one in a_list(holder.get(name)) or ():
            self._organization(one, prefix, role)

    def _organization(self, party: Any, prefix: str, role: str | None) -> None:
        if type(party) is not dict:
            return
        _as_text(party, "id")
        key = a_text(party.get("id"))
        if key is None:
            return
        if key in self.settings.organization_id:
            _taken(party, "id")
            return
        party["id"] = key if key.startswith(prefix) else prefix + key
        if role is not None and party["id"] in self.roles:
            self.roles[party["id"]].add(role)

    def _party_roles(self) -> None:
        for party in map(an_object, a_list(self.release.get("parties")) or ()):
            roles = self.roles.get(party["id"]) if type(party.get("id")) is str else None
            if roles:
                party["roles"] = sorted(roles)


def _as_text(holder: Json, name: str) -> None:
    """A number becomes the text of its spelling."""
    text = spelling(holder.get(name))
    if text is not None:
        holder[name] = text


def _taken(holder: Json, name: str) -> Any:
    """Take a member out; the last one takes its place."""
    last = next(reversed(holder))
    if last == name:
        return holder.pop(name)
    members = [(last, holder[last]) if key == name else (key, holder[key]) for key in holder]
    value = holder[name]
    holder.clear()
    holder.update(members[:-1])
    return value


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    return value if type(value) is str else written(value)


def _cell(text: str) -> str:
    """A cell in quotation marks only where it needs them."""
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text

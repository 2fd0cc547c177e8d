"""Every procurement table of one record: what a page shows of a process that somebody looks at.

Plain Python, one value after the other, and written apart from the hot pass (`flatten.py`), with
which it shares only how a single value is read (`fields.py`, `persons.py`). So it is also the slow,
obvious second version that the fast one is compared with, row by row (`tests/oracle/ocds_rows.py`).

Contact points, signatories and whoever asked or complained have no column to go to; names of those
who are not shown are taken out of titles and descriptions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa

from troth.sources.fields import (
    BadDate,
    country_of,
    identifier,
    instant,
    is_currency,
    keyed_hash,
    public_key_of,
)
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.redact import cleaner
from troth.sources.persons import is_natural_person, is_scheme, scheme_of, shown
from troth.tables.procurement import DOCUMENT_TYPES, HOT, KEY, ON_DEMAND, PLANS

#: Beyond these a number is a typing error.
LARGEST_AMOUNT = 1_000_000_000_000_000
MOST_TENDERERS = 1_000_000

Row = dict[str, Any]


@dataclass
class Seen:
    """What one record holds: rows by table, firms by key, bodies by key, values that cannot be used."""

    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {table.name: [] for table in (*HOT, *ON_DEMAND)}
    )
    firms: dict[int, Row] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def whole(
    record: dict[str, Any],
    pid: int,
    secret: bytes,
    *,
    chunk: int = 0,
    row: int = 0,
    length: int = 0,
) -> dict[str, pa.Table]:
    """Every procurement table of one record; `chunk`, `row` and `length` say where it stands."""
    seen = see(record, pid, secret)
    for process in seen.rows["process"]:
        process.update(chunk=chunk, row=row, length=length)
    return {table.name: table.rows(seen.rows[table.name]) for table in (*HOT, *ON_DEMAND)}


def see(record: dict[str, Any], pid: int, secret: bytes, *, hot_only: bool = False) -> Seen:
    """Look at a record whose ocid is a text: rows without their place, and what could not be used.

    With `hot_only` the tables that nobody needs for figures stay empty.
    """
    looker = _Looker(record, pid, secret)
    looker.hot()
    if not hot_only:
        looker.on_demand()
    return looker.seen


def see_contracts(record: dict[str, Any], pid: int, secret: bytes) -> Seen:
    """The same, with no more than the hot tables and what stands in the contracts."""
    looker = _Looker(record, pid, secret)
    looker.hot()
    looker.carrying_out()
    return looker.seen


# What the hot tables are made of: a name for a single value, {...} for an object, [x] for a list.
_VALUE = {"amount": "amount", "currency": "text"}
_IDENTIFIER = {"scheme": "text", "id": "id"}
_BODY = {"id": "id", "name": "text", "identifier": _IDENTIFIER}
_PERIOD = {"startDate": "text", "endDate": "text"}
_START = {"startDate": "text"}
_ITEM = {"classification": {"scheme": "text", "id": "id"}}
_REFERENCE = {"id": "id", "identifier": _IDENTIFIER}
_FINAL_STATUSES = frozenset(("complete", "incomplete", "cancelled", "unsuccessful"))
_LOTS = {"relatedLots": ["text"], "relatedLot": "text"}
_DOCUMENT = {"documentType": "text", "datePublished": "text"}
_MILESTONE = {"dueDate": "text", "dateMet": "text", "status": "text"}

_RELEASE: dict[str, Any] = {
    "ocid": "text",
    "date": "text",
    "tag": "tags",
    "buyer": _BODY,
    "tender": {
        "status": "text",
        "procurementMethod": "text",
        "procurementMethodDetails": "text",
        "procurementMethodRationale": "text",
        "awardCriteria": "text",
        "mainProcurementCategory": "text",
        "datePublished": "text",
        "numberOfTenderers": "count",
        "tenderPeriod": _PERIOD,
        "contractPeriod": _START,
        "procuringEntity": _BODY,
        "tenderers": "anything",
        "items": [_ITEM],
        "value": _VALUE,
        "bidOpening": {"date": "text"},
        "awardPeriod": _START,
        "documents": [_DOCUMENT],
        "enquiries": [{"dateAnswered": "text", "answer": "text"}],
        "complaints": [{}],
        "participationFees": [{"value": _VALUE}],
    },
    "bids": {
        "details": [
            {"status": "text", "date": "text", "value": _VALUE, "tenderers": [_REFERENCE], **_LOTS},
        ],
        "statistics": [{"measure": "text", "value": "count"}],
    },
    "awards": [
        {
            "id": "id",
            "status": "text",
            "date": "text",
            "value": _VALUE,
            "suppliers": [_BODY],
            "items": [_ITEM],
            **_LOTS,
            "hasSubcontracting": "truth",
            "subcontracting": {"minimumPercentage": "part"},
            "complaints": [{}],
        }
    ],
    "contracts": [
        {
            "id": "id",
            "awardID": "id",
            "status": "text",
            "dateSigned": "text",
            "value": _VALUE,
            "period": _START,
            "amendments": [{}],
            "amendment": {},
            "documents": [_DOCUMENT],
            "milestones": [_MILESTONE],
            "implementation": {
                "transactions": [{"value": _VALUE, "amount": _VALUE}],
                "milestones": [_MILESTONE],
            },
        }
    ],
    "planning": {"documents": [_DOCUMENT]},
    "complaints": [{}],
}

_PARTY = {
    "id": "id",
    "name": "text",
    "identifier": _IDENTIFIER,
    "details": {"legalEntityType": "text"},
}

_OF_PERSONS = {"suppliers", "tenderers", "parties"}


class _Wrong(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _single(value: Any, wanted: str, name: str) -> Any:
    """One value of a kind; raises `_Wrong` with the code of the fault."""
    beyond = type(value) is not str and isinstance(value, str)  # a number that no type can hold
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_text = isinstance(value, str) and not beyond
    texts = wanted in ("text", "id")
    if texts and is_text and not value.isascii() and any("\ud800" <= a <= "\udfff" for a in value):
        raise _Wrong("E011")
    if beyond:
        raise _Wrong("E013")
    amiss = "E012" if name in ("amount", "value", "quantity") else "E011"
    if wanted == "text" and is_text:
        return value
    if wanted == "id" and (is_text or is_number):
        return value
    if wanted == "amount" and is_number:
        if abs(value) > LARGEST_AMOUNT:
            raise _Wrong("E013")
        return float(value)
    if wanted == "truth" and isinstance(value, bool):
        return value
    if wanted == "part" and is_number:
        if not 0 <= value <= 1:
            raise _Wrong("E013")
        return float(value)
    if wanted == "count" and is_number and isinstance(value, int):
        if not 0 <= value <= MOST_TENDERERS:
            raise _Wrong("E013")
        return value
    raise _Wrong(amiss)


class _Looker:
    """One record being looked at."""

    def __init__(self, record: dict[str, Any], pid: int, secret: bytes) -> None:
        self.record = record
        self.pid = pid
        self.secret = secret
        self.ocid: str = record["ocid"]
        self.seen = Seen()

    @cached_property
    def clean(self) -> Callable[[str], str]:
        """Takes the names of those who are not shown out of a text."""
        return cleaner(self.record)

    def fault(self, code: str, path: str, value: object, message: str = "") -> None:
        self.seen.faults.append(Fault(code, path, value, message, pid=self.pid, ocid=self.ocid))

    def row(self, table: str, **columns: Any) -> None:
        self.seen.rows[table].append({"pid": self.pid, **columns})

    # -- values as far as they are of the kind they should be --------------------------------

    def take(
        self, value: Any, wanted: Any, path: str, report: Callable[[str, str, object], None]
    ) -> Any:
        """`value` without what is not of the wanted kind; null for what is not at all."""
        name = path.rsplit("/", 1)[-1]
        if wanted == "anything":
            return value
        if wanted == "tags":
            if isinstance(value, list):
                return self.take(value, ["text"], path, report)
            wanted = "text"
        if isinstance(wanted, dict):
            if isinstance(value, dict):
                return {
                    key: self.take(value[key], inner, f"{path}/{key}", report)
                    for key, inner in wanted.items()
                    if value.get(key) is not None
                }
            report("E011" if name not in ("amount", "value", "quantity") else "E012", path, None)
            return None
        if isinstance(wanted, list):
            if not isinstance(value, list):
                report("E014", path, None)
                return None
            return self._take_list(value, wanted[0], path, report)
        try:
            return _single(value, wanted, name)
        except _Wrong as wrong:
            hide = isinstance(value, dict | list) or bool(_OF_PERSONS & set(path.split("/")))
            half = wrong.code == "E011" and isinstance(value, str) and wanted in ("text", "id")
            code = "E014" if name == "tag" and wrong.code == "E011" and not half else wrong.code
            report(code, path, None if hide or half else value)
            return None

    def _take_list(
        self, value: list[Any], wanted: Any, path: str, report: Callable[[str, str, object], None]
    ) -> list[Any]:
        kept = []
        for number, inner in enumerate(value):
            if isinstance(wanted, dict):
                taken = (
                    self.take(inner, wanted, f"{path}/{number}", report)
                    if inner is not None
                    else None
                )
                if inner is None:
                    report("E011", f"{path}/{number}", None)
                kept.append({} if taken is None else taken)
            elif inner is None:
                report("E011", f"{path}/{number}", None)
            else:
                taken = self.take(inner, wanted, f"{path}/{number}", report)
                if taken is not None:
                    kept.append(taken)
        return kept

    def date(self, text: str | None, path: str) -> tuple[datetime | None, str | None]:
        if text is None or not text:
            return None, None
        try:
            return instant(text)
        except BadDate as error:
            if text.strip():
                self.fault("E021", path, text, str(error))
            return None, None

    def money(self, value: Row | None, path: str) -> tuple[float | None, str | None]:
        value = value or {}
        amount, currency = value.get("amount"), value.get("currency")
        if currency is not None and not is_currency(currency):
            self.fault("E032", f"{path}/currency", currency)
            return amount, None
        if amount is not None and currency is None:
            self.fault("E031", f"{path}/currency", None)
        return amount, currency

    # -- the hot tables ----------------------------------------------------------------------

    def hot(self) -> None:
        found = self.take(self.record, _RELEASE, "", self.fault)
        tender = found.get("tender") or {}
        bids = found.get("bids") or {}
        self.lots = _lots_named([*(bids.get("details") or []), *(found.get("awards") or [])])
        years: list[datetime | None] = []
        bidding = self._bids(bids.get("details") or [])
        tender_row = self._tender(tender, bids, years)
        plans = (found.get("planning") or {}).get("documents")
        complaints = [
            one.get("complaints") for one in (found, tender, *(found.get("awards") or []))
        ]
        tender_row |= {
            "plans": None if plans is None else len(_of_types(plans, PLANS)),
            "plans_untold": _untold(plans),
            "complaints": None
            if all(one is None for one in complaints)
            else sum(len(one or []) for one in complaints),
        }
        self._awards(found.get("awards") or [], tender_row, years)
        self._contracts(found.get("contracts") or [], years)
        self.row("tender", **tender_row, tenderers_bidding=bidding)
        released, _ = self.date(found.get("date"), "/date")
        started, _ = self.date(
            (tender.get("contractPeriod") or {}).get("startDate"),
            "/tender/contractPeriod/startDate",
        )
        known = [moment for moment in (*years, started) if moment is not None]
        body_key, role, name, country = self._body(
            found.get("buyer"), tender.get("procuringEntity")
        )
        self.row(
            "process",
            ocid=self.ocid,
            body_key=body_key,
            body_role=role,
            body_name=name,
            country=country,
            compiled=_says_compiled(found.get("tag")),
            released_at=released,
            year=known[0].year if known else None,
        )

    def _tender(self, tender: Row, bids: Row, years: list[datetime | None]) -> Row:
        period = tender.get("tenderPeriod") or {}
        start, start_form = self.date(period.get("startDate"), "/tender/tenderPeriod/startDate")
        end, end_form = self.date(period.get("endDate"), "/tender/tenderPeriod/endDate")
        published, _ = self.date(tender.get("datePublished"), "/tender/datePublished")
        years += [start, published]
        stated = tender.get("numberOfTenderers")
        scheme, code = _first_class(tender.get("items"))
        details = bids.get("details")
        opened, opened_form = self.date(
            (tender.get("bidOpening") or {}).get("date"), "/tender/bidOpening/date"
        )
        evaluated, evaluated_form = self.date(
            (tender.get("awardPeriod") or {}).get("startDate"), "/tender/awardPeriod/startDate"
        )
        amount, currency = self.money(tender.get("value"), "/tender/value")
        fees = tender.get("participationFees")
        fee_amount, fee_currency = self._sum(
            [
                (fee.get("value"), f"/tender/participationFees/{n}/value")
                for n, fee in enumerate(fees or [])
            ]
        )
        return {
            **self._key_documents(tender.get("documents")),
            **self._answers(tender.get("enquiries")),
            "amount": amount,
            "currency": currency,
            "opened_at": opened,
            "opened_at_form": opened_form,
            "evaluation_start": evaluated,
            "evaluation_start_form": evaluated_form,
            "fee_amount": fee_amount,
            "fee_currency": fee_currency,
            "status": tender.get("status"),
            "method": tender.get("procurementMethod"),
            "method_details": tender.get("procurementMethodDetails"),
            "rationale": tender.get("procurementMethodRationale"),
            "award_criteria": tender.get("awardCriteria"),
            "category": tender.get("mainProcurementCategory"),
            "item_scheme": scheme,
            "item_code": code,
            "period_start": start,
            "period_end": end,
            "period_start_form": start_form,
            "period_end_form": end_form,
            "tenderers_stated": stated,
            "tenderers_listed": self._listed(tender.get("tenderers")) if stated is None else None,
            "bids_stated": _bids_stated(bids.get("statistics")),
            "bids_listed": None if details is None else len(details),
        }

    def _key_documents(self, documents: list[Row] | None) -> Row:
        """What is published with the call: the four kinds that a bidder needs, and since when."""
        first: dict[str, tuple[datetime, str | None] | None] = {}
        for number, one in enumerate(documents or []):
            kind = one.get("documentType")
            if kind not in KEY:
                continue
            path = f"/tender/documents/{number}/datePublished"
            moment, form = self.date(one.get("datePublished"), path)
            known = first.setdefault(kind, None)
            if moment is not None and (known is None or moment < known[0]):
                first[kind] = (moment, form)
        notice = first.get("tenderNotice")
        times = [first[kind] for kind in KEY if kind in first]
        last = max(times, key=lambda one: one[0]) if times and None not in times else None  # type: ignore[index]
        return {
            "documents": None if documents is None else len(documents),
            "documents_untold": _untold(documents),
            "notices": None if documents is None else len(_of_types(documents, KEY[:1])),
            "notice_at": notice and notice[0],
            "notice_at_form": notice and notice[1],
            "key_kinds": None if documents is None else len(first),
            "key_kinds_at": last and last[0],
            "key_kinds_at_form": last and last[1],
        }

    def _answers(self, enquiries: list[Row] | None) -> Row:
        unanswered = 0
        last: tuple[datetime, str | None] | None = None
        for number, one in enumerate(enquiries or []):
            path = f"/tender/enquiries/{number}/dateAnswered"
            moment, form = self.date(one.get("dateAnswered"), path)
            if moment is not None and (last is None or moment > last[0]):
                last = (moment, form)
            if moment is None and not (one.get("answer") or "").strip():
                unanswered += 1
        return {
            "enquiries": None if enquiries is None else len(enquiries),
            "enquiries_unanswered": None if enquiries is None else unanswered,
            "answered_at": last and last[0],
            "answered_at_form": last and last[1],
        }

    def _sum(self, values: list[tuple[Row | None, str]]) -> tuple[float | None, str | None]:
        """The sum of some values and its currency; nothing where one has none, or another."""
        known = [self.money(value, path) for value, path in values]
        currencies = {currency for _, currency in known}
        if len(currencies) != 1 or None in currencies or any(one is None for one, _ in known):
            return None, None
        total = 0.0
        for amount, _ in known:
            assert amount is not None
            total = amount + total
        return total, currencies.pop()

    def _milestones_met(self, contract: Row, path: str) -> Row:
        told = late = 0
        due_first: datetime | None = None
        implementation = contract.get("implementation") or {}
        lists = (
            (contract.get("milestones"), f"{path}/milestones"),
            (implementation.get("milestones"), f"{path}/implementation/milestones"),
        )
        for milestones, where in lists:
            for number, one in enumerate(milestones or []):
                due, _ = self.date(one.get("dueDate"), f"{where}/{number}/dueDate")
                met, _ = self.date(one.get("dateMet"), f"{where}/{number}/dateMet")
                if due is None or (met is None and one.get("status") == "met"):
                    continue
                told += 1
                if met is not None:
                    late += met.date() > due.date()
                elif due_first is None or due < due_first:
                    due_first = due
        listed = any(milestones is not None for milestones, _ in lists)
        return {
            "milestones": told if listed else None,
            "milestones_late": late if listed else None,
            "milestone_due": due_first,
        }

    def _listed(self, tenderers: Any) -> int | None:
        if tenderers is None:
            return None
        listed = self.take(tenderers, [_REFERENCE], "/tender/tenderers", self.fault) or []
        return len({_identity(one) for one in listed} - {None}) or None

    def _bids(self, bids: list[Row]) -> int | None:
        """The bids; gives how many different tenderers handed one in."""
        bidding = set()
        for number, bid in enumerate(bids):
            path = f"/bids/details/{number}"
            date, form = self.date(bid.get("date"), f"{path}/date")
            amount, currency = self.money(bid.get("value"), f"{path}/value")
            keys = {self._firm_key(one) for one in bid.get("tenderers") or []} - {None}
            if bid.get("status") is not None and bid["status"] not in ("invited", "withdrawn"):
                bidding |= keys
            self._parties("tenderer", number, keys)
            self.row(
                "bid",
                bid_no=number,
                status=bid.get("status"),
                date=date,
                date_form=form,
                lot=self._lot(bid),
                amount=amount,
                currency=currency,
                tenderers=len(keys),
            )
        return len(bidding) or None

    def _awards(self, awards: list[Row], tender_row: Row, years: list[datetime | None]) -> None:
        for number, award in enumerate(awards):
            path = f"/awards/{number}"
            date, form = self.date(award.get("date"), f"{path}/date")
            if number == 0:
                years.append(date)
            amount, currency = self.money(award.get("value"), f"{path}/value")
            suppliers = award.get("suppliers") or []
            keys = {self._firm_key(one, by_name=True) for one in suppliers} - {None}
            self._parties("supplier", number, keys)
            for one in suppliers:
                self._meet(one)
            scheme, code = _first_class(award.get("items"))
            if code is None:
                scheme, code = tender_row["item_scheme"], tender_row["item_code"]
            self.row(
                "award",
                award_no=number,
                award_id=_as_text(award.get("id")),
                status=award.get("status"),
                date=date,
                date_form=form,
                lot=self._lot(award),
                amount=amount,
                currency=currency,
                item_scheme=scheme,
                item_code=code,
                suppliers=len(keys),
                supplier_key=_key_of_group(sorted(key for key in keys if key is not None)),
                subcontracted=award.get("hasSubcontracting"),
                subcontracted_share=(award.get("subcontracting") or {}).get("minimumPercentage"),
            )

    def _contracts(self, contracts: list[Row], years: list[datetime | None]) -> None:
        for number, contract in enumerate(contracts):
            path = f"/contracts/{number}"
            signed, form = self.date(contract.get("dateSigned"), f"{path}/dateSigned")
            amount, currency = self.money(contract.get("value"), f"{path}/value")
            started, _ = self.date(
                (contract.get("period") or {}).get("startDate"), f"{path}/period/startDate"
            )
            if number == 0:
                years += [signed, started]
            documents = contract.get("documents")
            of_signature = [
                (n, one)
                for n, one in enumerate(documents or [])
                if one.get("documentType") == "contractSigned"
            ]
            moments = [
                self.date(one.get("datePublished"), f"{path}/documents/{n}/datePublished")[0]
                for n, one in of_signature
            ]
            payments = (contract.get("implementation") or {}).get("transactions")
            paid_amount, paid_currency = self._sum(
                [
                    (one.get(name), f"{path}/implementation/transactions/{n}/{name}")
                    for n, one in enumerate(payments or [])
                    for name in [
                        # OCDS 1.0 calls the value `amount`.
                        "amount"
                        if one.get("value") is None and one.get("amount") is not None
                        else "value"
                    ]
                ]
            )
            amendments = contract.get("amendments")
            single = 0 if contract.get("amendment") is None else 1
            self.row(
                "contract",
                contract_no=number,
                contract_id=_as_text(contract.get("id")),
                award_id=_as_text(contract.get("awardID")),
                status=contract.get("status"),
                date_signed=signed,
                date_signed_form=form,
                amount=amount,
                currency=currency,
                changes=single if amendments is None else len(amendments),
                documents=None if documents is None else len(documents),
                signed_documents=None if documents is None else len(of_signature),
                published_at=min(
                    (moment for moment in moments if moment is not None), default=None
                ),
                **self._milestones_met(contract, path),
                payments=None if payments is None else len(payments),
                paid_amount=paid_amount,
                paid_currency=paid_currency,
            )

    def _body(
        self, buyer: Row | None, entity: Row | None
    ) -> tuple[int | None, str | None, str | None, str | None]:
        persons = False
        for body, role, path in (
            (buyer, "buyer", "/buyer/id"),
            (entity, "procuring_entity", "/tender/procuringEntity/id"),
        ):
            text = None if body is None else _identity(body)
            name = "" if body is None else (body.get("name") or "").strip()
            if text is None and name:
                text = f"name:{self._publisher()}:{name}"
            if body is None or text is None:
                continue
            if is_natural_person(text):
                self.fault("E042", path, None)
                persons = True
                continue
            key = public_key_of(text)
            self.seen.bodies[key] = text
            scheme = (body.get("identifier") or {}).get("scheme")
            return key, role, body.get("name"), country_of(identifier(body.get("id")), scheme)
        if not persons:
            self.fault("E041", "/buyer/id", None if buyer is None else buyer.get("id"))
        return None, None, None, None

    def _publisher(self) -> str:
        return "-".join(self.ocid.split("-")[:2])

    def _lot(self, part: Row) -> int:
        lot = _lot_of(part)
        return 0 if lot is None else self.lots[lot]

    def _firm_key(self, one: Row, *, by_name: bool = False) -> int | None:
        text = _identity(one)
        name = (one.get("name") or "").strip() if by_name else ""
        if text is None and name:
            text = f"name:{self._publisher()}:{name}"
        return None if text is None else keyed_hash(text, self.secret)

    def _parties(self, role: str, number: int, keys: set[int | None]) -> None:
        for key in sorted(one for one in keys if one is not None):
            self.row("party", role=role, part_no=number, firm_key=key)

    def _meet(self, supplier: Row) -> None:
        """Who a supplier is, as its first mention and the parties of this record tell it."""
        key = self._firm_key(supplier, by_name=True)
        if key is None or key in self.seen.firms:
            return
        text = _identity(supplier)
        party = self._party(text)
        name = supplier.get("name") or party.get("name")
        scheme, bare = (None, None) if text is None else scheme_of(text)
        if scheme is None and party.get("identifier"):
            scheme = party["identifier"].get("scheme")
            bare = identifier(party["identifier"].get("id")) or bare
        found = shown(bare, scheme, (party.get("details") or {}).get("legalEntityType"), name)
        is_legal = found.kind == "legal_person"
        self.seen.firms[key] = {
            "firm_key": key,
            "kind": found.kind,
            "firm_id": text if is_legal else None,
            "name": name if is_legal else None,
            "scheme": scheme if is_legal or is_scheme(scheme) else None,
            "shown_by": found.by,
        }

    def _party(self, text: str | None) -> Row:
        found: Row = {}
        parties = self.take(self.record.get("parties"), [_PARTY], "/parties", _unreported) or []
        for party in parties if text is not None else ():
            if identifier(party.get("id")) == text:
                found = party
        return found

    # -- the other tables: what cannot be used is empty, and was reported where it matters -----

    def on_demand(self) -> None:
        tender, awards, contracts = (
            object_in(self.record, "tender"),
            _objects(self.record, "awards"),
            _objects(self.record, "contracts"),
        )
        planning = object_in(self.record, "planning")
        self._lot_rows(tender)
        self._items("tender", 0, tender)
        self._milestones("planning", 0, _objects(planning, "milestones"))
        self._milestones("tender", 0, _objects(tender, "milestones"))
        self._documents("planning", 0, planning)
        self._documents("tender", 0, tender)
        for number, award in enumerate(awards):
            self._items("award", number, award)
            self._documents("award", number, award)
        for number, contract in enumerate(contracts):
            self._items("contract", number, contract)
            self._documents("contract", number, contract)
            self._documents("implementation", number, object_in(contract, "implementation"))
        self.carrying_out()
        self._enquiries(tender)
        complained = [tender, *awards, self.record]
        self._complaints([one for part in complained for one in _objects(part, "complaints")])

    def carrying_out(self) -> None:
        for number, contract in enumerate(_objects(self.record, "contracts")):
            implementation = object_in(contract, "implementation")
            self._milestones(
                "contract",
                number,
                [*_objects(contract, "milestones"), *_objects(implementation, "milestones")],
            )
            self._terms(number, contract)
            self._changes(number, contract)
            self._transactions(number, implementation)

    def quiet_date(self, part: Row, *names: str) -> datetime | None:
        for name in names:
            text = part.get(name)
            if isinstance(text, str):
                try:
                    return instant(text)[0]
                except BadDate:
                    continue
        return None

    def quiet_money(self, part: Row, name: str = "value") -> tuple[float | None, str | None]:
        value = self.take(object_in(part, name), _VALUE, "", _unreported)
        currency = value.get("currency")
        return value.get("amount"), currency if currency is not None and is_currency(
            currency
        ) else None

    def text(self, part: Row, name: str) -> str | None:
        """A text without the names of those who are not shown; numbers as text."""
        value = part.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        return self.clean(str(value)).encode("utf-8", "backslashreplace").decode()

    def _lot_rows(self, tender: Row) -> None:
        """Lots have the numbers that bids and awards know them by; further ones follow on."""
        numbers = dict(self.lots)
        done: set[str] = set()
        for lot in _objects(tender, "lots"):
            lot_id = _as_text(_id(lot))
            key = lot_id if lot_id is not None else f"\0{len(done)}"
            if key in done:
                continue
            done.add(key)
            amount, currency = self.quiet_money(lot)
            number = numbers.setdefault(key, len(numbers) + 1)
            self.row(
                "lot", lot=number, lot_id=self.text(lot, "id"), title=self.text(lot, "title"),
                status=self.text(lot, "status"), amount=amount, currency=currency,
            )  # fmt: skip

    def _items(self, of: str, part_no: int, part: Row) -> None:
        for number, item in enumerate(_objects(part, "items")):
            unit, classification = object_in(item, "unit"), object_in(item, "classification")
            amount, currency = self.quiet_money(unit)
            quantity = self.take(item.get("quantity"), "amount", "", _unreported)
            self.row(
                "item", of=of, part_no=part_no, item_no=number, item_id=self.text(item, "id"),
                description=self.text(item, "description"), scheme=self.text(classification, "scheme"),
                code=self.text(classification, "id"), quantity=quantity,
                unit=self.text(unit, "name"), unit_amount=amount, currency=currency,
            )  # fmt: skip

    def _milestones(self, of: str, part_no: int, milestones: list[Row]) -> None:
        for number, one in enumerate(milestones):
            amount, currency = self.quiet_money(one)
            self.row(
                "milestone", of=of, part_no=part_no, milestone_no=number, type=self.text(one, "type"),
                title=self.text(one, "title"), due_date=self.quiet_date(one, "dueDate"),
                date_met=self.quiet_date(one, "dateMet"), status=self.text(one, "status"),
                amount=amount, currency=currency,
            )  # fmt: skip

    def _documents(self, of: str, part_no: int, part: Row) -> None:
        for number, one in enumerate(_objects(part, "documents")):
            self.row(
                "document", of=of, part_no=part_no, document_no=number, type=self.text(one, "documentType"),
                title=self.text(one, "title"), url=self.text(one, "url"), format=self.text(one, "format"),
                published_at=self.quiet_date(one, "datePublished"),
            )  # fmt: skip

    def _terms(self, contract_no: int, contract: Row) -> None:
        period = object_in(contract, "period")
        final = self.text(contract, "finalStatus")
        self.row(
            "contract_terms", contract_no=contract_no, title=self.text(contract, "title"),
            description=self.text(contract, "description"),
            period_start=self.quiet_date(period, "startDate"),
            period_end=self.quiet_date(period, "endDate"),
            final_status=final if final in _FINAL_STATUSES else None,
            final_status_date=self.quiet_date(contract, "finalStatusDate"),
        )  # fmt: skip

    def _changes(self, contract_no: int, contract: Row) -> None:
        changes = _objects(contract, "amendments")
        if not isinstance(contract.get("amendments"), list) and isinstance(
            contract.get("amendment"), dict
        ):
            changes = [contract["amendment"]]
        for number, one in enumerate(changes):
            self.row(
                "contract_change", contract_no=contract_no, change_no=number, date=self.quiet_date(one, "date"),
                rationale=self.text(one, "rationale"), description=self.text(one, "description"),
            )  # fmt: skip

    def _transactions(self, contract_no: int, implementation: Row) -> None:
        for number, one in enumerate(_objects(implementation, "transactions")):
            # OCDS 1.0 calls the value `amount`.
            amount, currency = self.quiet_money(
                one, "value" if one.get("value") is not None else "amount"
            )
            self.row(
                "transaction", contract_no=contract_no, transaction_no=number,
                date=self.quiet_date(one, "date"), amount=amount, currency=currency,
            )  # fmt: skip

    def _enquiries(self, tender: Row) -> None:
        for number, one in enumerate(_objects(tender, "enquiries")):
            self.row(
                "enquiry", enquiry_no=number, date=self.quiet_date(one, "date"),
                answered_at=self.quiet_date(one, "dateAnswered"), title=self.text(one, "title"),
            )  # fmt: skip

    def _complaints(self, complaints: list[Row]) -> None:
        for number, one in enumerate(complaints):
            self.row(
                "complaint", complaint_no=number, date=self.quiet_date(one, "date", "dateSubmitted"),
                status=self.text(one, "status"),
                decided_at=self.quiet_date(one, "dateDecision", "dateAnswered", "finalStatusDate"),
            )  # fmt: skip


def _unreported(code: str, path: str, value: object) -> None:
    """What is shown on demand only is not checked again."""


def object_in(part: Row, name: str) -> Row:
    """The object of this name; one of another kind is one of which nothing is known."""
    found = part.get(name)
    return found if isinstance(found, dict) else {}


def _objects(part: Row, name: str) -> list[Row]:
    """A list of objects; an entry of another kind is one of which nothing is known."""
    found = part.get(name)
    return (
        [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []
    )


def _id(part: Row) -> str | int | float | None:
    found = part.get("id")
    return found if isinstance(found, str | int | float) and not isinstance(found, bool) else None


def _identity(one: Row) -> str | None:
    """The identifier of an organisation: its id, else the one in `identifier` (OCDS 1.0)."""
    text = identifier(one.get("id"))
    if text is not None:
        return text
    inner = one.get("identifier") or {}
    bare = identifier(inner.get("id"))
    scheme = (inner.get("scheme") or "").strip()
    if bare is None or not scheme or bare.startswith(scheme):
        return bare
    return f"{scheme}-{bare}"


def _as_text(raw: str | int | float | None) -> str | None:
    return None if raw is None else str(raw)


def _first_class(items: list[Row] | None) -> tuple[str | None, str | None]:
    for item in items or []:
        classification = item.get("classification") or {}
        if classification.get("id") is not None:
            return classification.get("scheme"), str(classification["id"])
    return None, None


def _bids_stated(statistics: list[Row] | None) -> int | None:
    stated: dict[str | None, int] = {}
    for one in statistics or []:
        if one.get("value") is not None:
            stated[one.get("measure")] = one["value"]
    return stated["bids"] if "bids" in stated else stated.get("validBids")


def _of_types(documents: list[Row], types: Sequence[str]) -> list[Row]:
    return [one for one in documents if one.get("documentType") in types]


def _untold(documents: list[Row] | None) -> int | None:
    """How many documents do not say what they are in a word of the standard."""
    if documents is None:
        return None
    return sum(one.get("documentType") not in DOCUMENT_TYPES for one in documents)


def _says_compiled(tag: list[str] | str | None) -> bool:
    tags = [tag] if isinstance(tag, str) else tag or []
    return any(one.strip() == "compiled" for one in tags)


def _lot_of(part: Row) -> str | None:
    lots = part.get("relatedLots")
    found: str | None = lots[0] if lots else part.get("relatedLot")
    return found


def _lots_named(parts: Sequence[Row]) -> dict[str, int]:
    """The number of each lot that bids and awards name: its place in alphabetical order, from 1."""
    names = {_lot_of(part) for part in parts} - {None}
    return {name: number for number, name in enumerate(sorted(_texts(names)), start=1)}


def _texts(names: set[str | None]) -> Iterator[str]:
    return (name for name in names if name is not None)


def _key_of_group(keys: list[int]) -> int | None:
    if len(keys) <= 1:
        return keys[0] if keys else None
    digest = hashlib.blake2b(
        b"".join(key.to_bytes(8, "big") for key in keys), digest_size=8
    ).digest()
    return int.from_bytes(digest, "big") >> 1

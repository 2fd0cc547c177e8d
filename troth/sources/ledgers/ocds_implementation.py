"""Open Contracting Data Standard: contracts being carried out, out of compiled releases or records.

The same records that procurement figures are made of, read once more for what became of the
contract: its days, changes, milestones, payments, how it ended, and how deep its data go. Bodies and
suppliers have the identifiers and keys that the reader of records gives them (`ocds/whole.py`).

A payment or a change without a day is no entry. Italian municipalities publish what was paid so far
and no days: the sum of all payments stands in `registered_contract.paid_amount`, as it was on
`stated_on`. A contract that had ended by then and of which less had been paid shows just that. It is
a proxy of arrears and no more: the work may have been cut, or the payment not been published.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from troth.sources.fields import BadDate, instant
from troth.sources.ledgers.base import RECORD, Cells, Entries, Format, Refused, Translated
from troth.sources.ledgers.depth import depth_of
from troth.sources.ocds.whole import Row, Seen, object_in, see_contracts
from troth.sources.persons import UNKNOWN, Shown

#: Parts of a record whose faults matter to what is made of it here.
_READ = ("/contracts", "/awards")

#: OCDS codelist `milestoneType`: the words that say that something is due to be done or paid.
_MILESTONES = {
    "delivery": "delivery",
    "payment": "payment",
    **dict.fromkeys(
        ("preProcurement", "engagement", "approval", "assessment", "reporting", "financing"),
        "other",
    ),
}

_SMALL = {"micro": "yes", "sme": "yes", "small": "yes", "medium": "yes", "large": "no"}

#: Final states of OCDS 1.2, and the one of 1.1 that says the same. `terminated` does not say whether
#: the contract was fulfilled, and 1.1 has no day for it, so that nothing is known by it.
_ENDED = {"cancelled": "cancelled"}


class _Columns:
    """Entries of one table, row by row."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.columns: dict[str, list[Any]] = {}

    def add(self, line: int, **values: Any) -> None:
        for name, value in values.items():
            known = self.columns.setdefault(name, [None] * len(self.lines))
            known.append(value)
        self.lines.append(line)
        assert all(len(known) == len(self.lines) for known in self.columns.values())


class Made:
    """What a block of records gave, in Python, before it becomes columns."""

    def __init__(self) -> None:
        self.tables: dict[str, _Columns] = defaultdict(_Columns)
        self.faults: dict[tuple[str, str, str], list[tuple[int, str | None]]] = defaultdict(list)
        self.firms: dict[int, tuple[Shown, str | None]] = {}

    def refuse(self, code: str, line: int, path: str, value: str | None, said: str) -> None:
        self.faults[code, path, said].append((line, value))

    def meet(self, key: int, firm: Row | None) -> None:
        """A supplier or bidder; nothing is known of one that the record does not show to be a
        supplier, nor of several together."""
        if firm is None:
            self.firms.setdefault(key, (UNKNOWN, None))
        elif self.firms.get(key, (UNKNOWN, None))[0] == UNKNOWN:
            self.firms[key] = (Shown(firm["kind"], firm["shown_by"]), firm["scheme"])

    def translated(self) -> Translated:
        entries = tuple(
            Entries(
                name,
                {
                    column: pa.array(
                        values, pa.int64() if column == "supplier_key" else pa.string()
                    )
                    for column, values in found.columns.items()
                },
                pa.array(found.lines, pa.int64()),
            )
            for name, found in self.tables.items()
        )
        refused = tuple(
            Refused(
                code,
                pa.array([line for line, _ in found], pa.int64()),
                path,
                pa.array([value for _, value in found], pa.string()),
                said,
            )
            for (code, path, said), found in self.faults.items()
        )
        return Translated(entries, refused, self.firms)


def apart(document: Any) -> Iterable[Any]:
    """The records or releases of a document: a package, a list, or one of them."""
    if isinstance(document, list):
        return [one for part in document for one in apart(part)]
    if isinstance(document, dict):
        for name in ("records", "releases"):
            if isinstance(document.get(name), list) and "ocid" not in document:
                return list(document[name])
    return [document]


def read_values(cells: Cells, into: Made, take: Callable[[Any, int], None]) -> None:
    """Hand each JSON value of a block to `take`, with its line."""
    decode = msgspec.json.Decoder().decode
    for line, text in zip(cells.lines.to_pylist(), cells[RECORD].to_pylist(), strict=True):
        try:
            value = decode(text)
        except msgspec.DecodeError:
            into.refuse("E001", line, "$", None, "no JSON")
        except RecursionError:
            into.refuse("E003", line, "$", None, "nested too deep")
        else:
            take(value, line)


def day(value: Any) -> str | None:
    """The day of a date as it is written, in its own time zone; null where it is none."""
    if not isinstance(value, str):
        return None
    try:
        instant(value)
    except BadDate:
        return None
    return value[:10]


def number(value: float | None) -> str | None:
    """A number as text without an exponent."""
    return None if value is None else format(Decimal(repr(value)), "f")


def _read(cells: Cells) -> Translated:
    made = Made()

    def take(value: Any, line: int) -> None:
        release = _release(value, line, made)
        if release is not None:
            take_release(release, line, cells.secret, made)

    read_values(cells, made, take)
    return made.translated()


def _release(value: Any, line: int, made: Made) -> Row | None:
    if not isinstance(value, dict):
        made.refuse("E004", line, "$", None, "neither a release nor a record")
        return None
    if "compiledRelease" in value or ("releases" in value and "ocid" in value):
        value = value.get("compiledRelease")
        if not isinstance(value, dict):
            made.refuse("E005", line, "/compiledRelease", None, "the record is not compiled")
            return None
    if not isinstance(value.get("ocid"), str) or not value["ocid"].strip():
        made.refuse("E005", line, "/ocid", None, "no ocid: neither a release nor a record")
        return None
    if not (list_in(value, "contracts") or list_in(object_in(value, "bids"), "details")):
        made.refuse("E069", line, "/contracts", None, "neither a contract nor a bid in the record")
        return None
    return value


def take_release(
    release: Row, line: int, secret: bytes, made: Made, *, with_depth: bool = True
) -> None:
    """All entries of one release."""
    seen = see_contracts(release, 0, secret)
    for fault in seen.faults:
        if fault.path.startswith(_READ) and "relatedLot" not in fault.path:
            made.refuse(fault.code, line, fault.path, fault.shown_value, fault.message)
    process = seen.rows["process"][0]
    body = seen.bodies.get(process["body_key"])
    # Some publishers name whoever signs as the buyer: names of bodies come from their register.
    about = {"body_id": body}
    contracts = [one if isinstance(one, dict) else {} for one in list_in(release, "contracts")]
    names = _names(process["ocid"], seen)
    for no, contract in enumerate(contracts):
        parts = {
            table: [row for row in seen.rows[table] if row[of] == no]
            for table, of in (
                ("contract_terms", "contract_no"),
                ("contract_change", "contract_no"),
                ("transaction", "contract_no"),
                ("milestone", "part_no"),
            )
        }
        path = f"/contracts/{no}"
        _contract(release, contract, no, names[no], line, seen, about, parts, made)
        _changes(contract, names[no], line, parts["contract_change"], path, made)
        _milestones(contract, names[no], line, parts["milestone"], made)
        _payments(contract, names[no], line, parts["transaction"], path, made)
    _offers(release, line, seen, about, made)
    if contracts and with_depth:
        made.tables["publication_depth"].add(
            line, ocid=process["ocid"], **about, **depth_of(release, contracts, seen)
        )


def _names(ocid: str, seen: Seen) -> list[str]:
    """An identifier of each contract: its own where it is the only one with it, else its place."""
    ids = [row["contract_id"] for row in seen.rows["contract"]]
    return [
        f"{ocid}/{one}" if one and ids.count(one) == 1 else f"{ocid}#{no}"
        for no, one in enumerate(ids)
    ]


def _contract(
    release: Row,
    contract: Row,
    no: int,
    name: str,
    line: int,
    seen: Seen,
    about: Mapping[str, str | None],
    parts: Mapping[str, list[Row]],
    made: Made,
) -> None:
    row, terms = seen.rows["contract"][no], parts["contract_terms"][0]
    award = _award_of(row, seen)
    amount, currency = row["amount"], row["currency"]
    if amount is None and award is not None and _is_alone(row, seen):
        amount, currency = award["amount"], award["currency"]
    key = None if award is None else award["supplier_key"]
    if key is not None:
        made.meet(key, seen.firms.get(key))
    period = object_in(contract, "period")
    paid, paid_in = _paid(parts["transaction"])
    category = object_in(release, "tender").get("mainProcurementCategory")
    final = terms["final_status"] or _ENDED.get(str(row["status"]).strip())
    made.tables["registered_contract"].add(
        line,
        registered_contract_id=name,
        **about,
        ocid=release["ocid"],
        supplier_key=key,
        supplier_sme=_small(release, award),
        kind=category if category in ("works", "goods", "services") else None,
        classification=None if award is None else award["item_code"],
        title=terms["title"],
        amount=number(amount),
        currency=currency,
        date_signed=day(contract.get("dateSigned")),
        period_start=day(period.get("startDate")),
        period_end=_end(period),
        final_status=final,
        final_status_date=day(contract.get("finalStatusDate")),
        extension_until_max=day(period.get("maxExtentDate")),
        paid_amount=number(paid) if paid_in == currency else None,
        stated_on=day(release.get("date")),
    )


def _award_of(contract: Row, seen: Seen) -> Row | None:
    """The one award that a contract names."""
    named = [
        award
        for award in seen.rows["award"]
        if contract["award_id"] is not None and award["award_id"] == contract["award_id"]
    ]
    return named[0] if len(named) == 1 else None


def _is_alone(contract: Row, seen: Seen) -> bool:
    """Whether no other contract comes of the same award, so that its value is the contract's."""
    return [row["award_id"] for row in seen.rows["contract"]].count(contract["award_id"]) == 1


def _small(release: Row, award: Row | None) -> str | None:
    if award is None or award["suppliers"] != 1:
        return None
    suppliers = release["awards"][award["award_no"]]["suppliers"]
    ids = {one.get("id") for one in suppliers if isinstance(one, dict)} - {None}
    parties = release.get("parties")
    scales = {
        object_in(party, "details").get("scale")
        for party in (parties if isinstance(parties, list) else ())
        if isinstance(party, dict) and party.get("id") in ids
    }
    said = {_SMALL[one] for one in scales if isinstance(one, str) and one in _SMALL}
    return said.pop() if len(said) == 1 else None


def _end(period: Row) -> str | None:
    """The last day: as it is stated, or so many days behind the first (OCDS: durationInDays)."""
    stated = period.get("endDate")
    if isinstance(stated, str) and stated.strip():
        return day(stated) or stated
    start, days = day(period.get("startDate")), period.get("durationInDays")
    if (
        start is None
        or not isinstance(days, int)
        or isinstance(days, bool)
        or not 0 <= days < 36525
    ):
        return None
    return (dt.date.fromisoformat(start) + dt.timedelta(days=days)).isoformat()


def _paid(transactions: list[Row]) -> tuple[float | None, str | None]:
    """The sum of all payments and its currency; nothing where one has no amount or another one."""
    amounts = [row["amount"] for row in transactions]
    currencies = {row["currency"] for row in transactions}
    known = [amount for amount in amounts if amount is not None]
    if not amounts or len(known) < len(amounts) or len(currencies) > 1:
        return None, None
    return float(sum(Decimal(repr(amount)) for amount in known)), currencies.pop()


def _changes(
    contract: Row, name: str, line: int, changes: list[Row], path: str, made: Made
) -> None:
    stated = contract.get("amendments")
    amendments = stated if isinstance(stated, list) else [contract.get("amendment")]
    no = 0
    for at, (one, row) in enumerate(zip(amendments, changes, strict=False)):
        said = one if isinstance(one, dict) else {}
        on, kinds = day(said.get("date")), _kinds(said)
        if on is None or not kinds:
            why = "no day" if on is None else "nothing says what was changed"
            made.refuse("E074", line, f"{path}/amendments/{at}", None, f"a change: {why}")
            continue
        for kind, values in kinds.items():
            made.tables["registered_change"].add(
                line,
                registered_contract_id=name,
                change_no=str(no),
                date=on,
                kind=kind,
                old_amount=values.get("old_amount"),
                new_amount=values.get("new_amount"),
                currency=values.get("currency"),
                old_end=values.get("old_end"),
                new_end=values.get("new_end"),
                rationale=row["rationale"],
                published="yes",
            )
            no += 1


def _kinds(amendment: Row) -> dict[str, dict[str, str | None]]:
    """What an amendment says that it changed: of 1.0 its `changes` with former values; of later
    ones what publishers put beside the standard's fields (`value`, `period`, `durationInMonths`)."""
    if amendment.get("type") in _MODIFICATIONS:
        return {amendment["type"]: _of_modification(amendment)}
    found: dict[str, dict[str, str | None]] = {}
    value, period = object_in(amendment, "value"), object_in(amendment, "period")
    if isinstance(value.get("amount"), int | float) and not isinstance(value["amount"], bool):
        money = value.get("currency")
        found["value"] = {
            "new_amount": number(value["amount"]),
            "currency": money if isinstance(money, str) else None,
        }
    if day(period.get("endDate")) is not None:
        found["duration"] = {"new_end": day(period.get("endDate"))}
    elif amendment.get("durationInMonths") is not None:
        found["duration"] = {}
    for change in amendment.get("changes") or ():
        if isinstance(change, dict) and isinstance(change.get("property"), str):
            kind = _kind_of(change["property"])
            before = change.get("former_value", change.get("formerValue"))
            if kind == "value":
                old = (
                    object_in({"v": before}, "v").get("amount")
                    if isinstance(before, dict)
                    else before
                )
                plain = isinstance(old, int | float) and not isinstance(old, bool)
                found.setdefault(kind, {})["old_amount"] = number(old) if plain else None
            elif kind == "duration":
                found.setdefault(kind, {})["old_end"] = day(
                    before.get("endDate") if isinstance(before, dict) else before
                )
            elif kind is not None:
                found.setdefault(kind, {})
    return found


#: OC4IDS codelist `modificationType`, whose words are ours.
_MODIFICATIONS = ("duration", "value", "scope")


def _of_modification(said: Row) -> dict[str, str | None]:
    before, behind = (object_in(said, f"{when}ContractValue") for when in ("old", "new"))
    return {
        "old_amount": _amount(before),
        "new_amount": _amount(behind),
        "currency": next(
            (one["currency"] for one in (behind, before) if isinstance(one.get("currency"), str)),
            None,
        ),
        "old_end": day(object_in(said, "oldContractPeriod").get("endDate")),
        "new_end": day(object_in(said, "newContractPeriod").get("endDate")),
    }


def _amount(value: Row) -> str | None:
    amount = value.get("amount")
    plain = isinstance(amount, int | float) and not isinstance(amount, bool)
    return number(amount) if plain else None


def _kind_of(changed: str) -> str | None:
    """The kind of a change from the path of the property; null where the path tells none."""
    parts = set(changed.replace("/", ".").split("."))
    if parts & {"value", "amount"} and not parts & {"items", "unit"}:
        return "value"
    if parts & {"period", "endDate", "durationInDays"}:
        return "duration"
    if parts & {"items", "quantity", "description"}:
        return "scope"
    return "assignment" if "suppliers" in parts else None


def _milestones(contract: Row, name: str, line: int, rows: list[Row], made: Made) -> None:
    implementation = object_in(contract, "implementation")
    stated = [*list_in(contract, "milestones"), *list_in(implementation, "milestones")]
    for no, (one, row) in enumerate(zip(stated, rows, strict=True)):
        said = one if isinstance(one, dict) else {}
        made.tables["registered_milestone"].add(
            line,
            registered_contract_id=name,
            milestone_no=str(no),
            kind=_MILESTONES.get(row["type"]),
            due_date=day(said.get("dueDate")),
            date_met=day(said.get("dateMet")),
            status=row["status"],
            amount=number(row["amount"]),
            currency=row["currency"],
        )


def _payments(contract: Row, name: str, line: int, rows: list[Row], path: str, made: Made) -> None:
    stated = list_in(object_in(contract, "implementation"), "transactions")
    for no, (one, row) in enumerate(zip(stated, rows, strict=True)):
        on = day(one.get("date")) if isinstance(one, dict) else None
        if on is None:
            where = f"{path}/implementation/transactions/{no}"
            said = "a payment without a day: it counts in paid_amount alone"
            made.refuse("E074", line, where, None, said)
            continue
        made.tables["registered_payment"].add(
            line,
            registered_contract_id=name,
            payment_no=str(no),
            date=on,
            amount=number(row["amount"]),
            currency=row["currency"],
        )


#: States of a bid that nobody handed in, or that was taken back.
_NO_BID = ("invited", "withdrawn")


def _offers(
    release: Row, line: int, seen: Seen, about: Mapping[str, str | None], made: Made
) -> None:
    """The bids. Those for different lots are bids in different tenders."""
    ocid = release["ocid"]
    stated = list_in(object_in(release, "bids"), "details")
    tender = seen.rows["tender"][0]
    value = object_in(object_in(release, "tender"), "value")
    closes = day(object_in(object_in(release, "tender"), "tenderPeriod").get("endDate"))
    ids = [str(one.get("id")) if isinstance(one, dict) else "" for one in stated]
    for no, (one, row) in enumerate(zip(stated, seen.rows["bid"], strict=True)):
        if row["status"] in _NO_BID:
            continue
        keys = _parties(seen, "tenderer", no)
        for key in keys:
            made.meet(key, seen.firms.get(key))
        of_one = row["lot"] == 0 and value.get("currency") == row["currency"]
        name = ids[no] if ids.count(ids[no]) == 1 and ids[no] not in ("", "None") else f"#{no}"
        made.tables["offer"].add(
            line,
            offer_id=f"{ocid}/bid/{name}",
            **about,
            tender_id=ocid if row["lot"] == 0 else f"{ocid}/lot/{row['lot']}",
            supplier_key=keys[0] if len(keys) == 1 else None,
            classification=tender["item_code"],
            date=(day(one.get("date")) if isinstance(one, dict) else None) or closes,
            amount=number(row["amount"]),
            estimate=_amount(value) if of_one else None,
            currency=row["currency"],
            won=_won(seen, row["lot"], keys),
        )


def _won(seen: Seen, lot: int, keys: list[int]) -> str | None:
    """Whether those who bid are those who were awarded; not known before there is an award."""
    awards = [
        _parties(seen, "supplier", row["award_no"])
        for row in seen.rows["award"]
        if row["lot"] in (0, lot) and row["status"] not in ("cancelled", "unsuccessful")
    ]
    awards = [suppliers for suppliers in awards if suppliers]
    if not awards or not keys:
        return None
    return "yes" if keys in awards else "no"


def _parties(seen: Seen, role: str, number: int) -> list[int]:
    rows = seen.rows["party"]
    return [r["firm_key"] for r in rows if r["role"] == role and r["part_no"] == number]


def list_in(part: Row, name: str) -> list[Any]:
    """The list of this name; what is none has nothing in it."""
    found = part.get(name)
    return found if isinstance(found, list) else []


OCDS_IMPLEMENTATION = Format(
    name="ocds_implementation",
    meaning="What became of contracts: days, changes, milestones, payments, how they ended, how"
    " deep the data go; and the bids, those for different lots as bids in different tenders. One"
    " compiled release or record a line, or a package of them; a record has to be compiled. Of OCDS"
    " 1.1, `cancelled` is taken for a final status and `terminated` is not, for it does not say"
    " whether the contract was fulfilled. A contract without a value has that of its award where it"
    " is the only one of it. A payment or change without a day is no entry of its own; `paid_amount`"
    " is the sum of all payments as it stood on `stated_on`. Contracts that had ended by then and"
    " were not fully paid are shown by it: a proxy of arrears, no more.",
    source="anybody who publishes the Open Contracting Data Standard, 1.0 to 1.2; tried with Italian"
    " municipalities (onData, CC-BY-4.0), French DECP (Licence Ouverte 2.0) and the samples of the"
    " Open Contracting Partnership",
    fills=(
        "registered_contract",
        "registered_change",
        "registered_milestone",
        "registered_payment",
        "offer",
        "publication_depth",
    ),
    needed=(RECORD,),
    read=_read,
    rows_of_document=apart,
    nested=True,
)

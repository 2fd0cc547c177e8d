"""From decoded releases to canonical tables, a whole piece of input at a time.

The hot pass: columns are built by list comprehensions over all releases of a piece and handed to
Arrow at once. What cannot be used in a single field (a date that is none, an amount without a
currency, a placeholder for an identifier) is left null and reported with its JSON path.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Generic, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.fields import (
    country_of,
    identifier,
    instants,
    is_currency,
    keyed_hash,
    numbered,
    public_key_of,
    spread,
    why_bad,
)
from troth.sources.firms import LEGAL_PERSON, Met
from troth.sources.ocds import careful, shapes
from troth.sources.ocds.faults import Fault
from troth.sources.persons import is_natural_person, scheme_of, shown_without_name
from troth.tables.procurement import (
    AWARD,
    BID,
    CONTRACT,
    DOCUMENT_TYPES,
    KEY,
    PARTY,
    PLANS,
    PROCESS,
    TENDER,
)

Rows = dict[str, pa.Table]
Part = TypeVar("Part")


@dataclass
class Memory:
    """What one reading process remembers: keys of organisations, and firms met for the first time.

    `secret` keys the hashes of firms, so that a pseudonym says nothing without it.
    """

    secret: bytes
    bodies: dict[int, str] = field(default_factory=dict)
    #: The key by the identifier as written (only texts that are no placeholder stand here).
    firm_keys: dict[shapes.Id, int] = field(default_factory=dict)
    #: Identifiers as written of suppliers that were met.
    met: set[shapes.Id] = field(default_factory=set)
    firms: dict[int, Met] = field(default_factory=dict)
    #: The key of a buyer by its identifier as written.
    buyers: dict[shapes.Id, int] = field(default_factory=dict)
    #: Of the release that was last looked into: its pid and parties.
    parties: tuple[int, dict[str | None, shapes.Party]] = (-1, {})

    def firm_key(self, text: str) -> int:
        return keyed_hash(text, self.secret)

    def body_key(self, text: str) -> int | None:
        """The key of a body, which is remembered; null for the identifier of a natural person."""
        if is_natural_person(text):
            return None
        key = public_key_of(text)
        self.bodies[key] = text
        return key

    def meet(
        self, key: int, text: str | None, supplier: shapes.Organization, stated: bool, raw: bytes,
        pid: int,
    ) -> None:  # fmt: skip
        """Remember who a supplier is, as the release of the lowest pid says.

        Its bytes are `raw`; `stated` is false where none of its parties states what it is.
        """
        known = self.firms.get(key)
        if known is not None and known.pid <= pid:
            return
        party = None
        if text is not None and (stated or _leaves_doubt(supplier, text)):
            if self.parties[0] != pid:
                self.parties = (pid, {identifier(p.id): p for p in _parties(raw)})
            party = self.parties[1].get(text)
        self.firms[key] = _met(text, supplier, party, pid)


@dataclass(frozen=True)
class Batch:
    """Releases with where each stands: offset for the pid, piece and row in it for the line."""

    releases: Sequence[shapes.Release]
    raw: Callable[[int], bytes]  # the bytes of the n-th release
    pids: np.ndarray
    chunks: np.ndarray
    rows: np.ndarray
    lengths: np.ndarray


def together(batches: Sequence[Batch]) -> Batch:
    """Several batches as one, in their order."""
    raws = [(one.raw, number) for one in batches for number in range(len(one.releases))]

    def raw(index: int) -> bytes:
        its_batch, number = raws[index]
        return its_batch(number)

    return Batch(
        list(chain.from_iterable(one.releases for one in batches)),
        raw,
        np.concatenate([one.pids for one in batches]),
        np.concatenate([one.chunks for one in batches]),
        np.concatenate([one.rows for one in batches]),
        np.concatenate([one.lengths for one in batches]),
    )


def flatten(batch: Batch, memory: Memory) -> tuple[Rows, list[Fault]]:
    """The canonical tables of a batch, and the single fields that could not be used."""
    flat = _Flattener(batch, memory)
    tender = flat.tender()
    bid, bidding = flat.bids()
    award = flat.awards()
    contract = flat.contracts()
    tender = tender.set_column(
        tender.schema.get_field_index("tenderers_bidding"),
        TENDER["tenderers_bidding"].arrow,
        bidding,
    )
    process = flat.processes()
    party = pa.table(
        {
            "pid": np.concatenate(flat.party_pid),
            "role": pa.DictionaryArray.from_arrays(
                pa.array(np.concatenate(flat.party_role), pa.int8()),
                pa.array(["tenderer", "supplier"]),
            ),
            "part_no": np.concatenate(flat.party_part),
            "firm_key": pa.concat_arrays(flat.party_firm),
        }
    )
    rows = {
        PROCESS.name: process,
        TENDER.name: tender,
        BID.name: bid,
        AWARD.name: award,
        CONTRACT.name: contract,
        PARTY.name: party,
    }
    return rows, flat.faults


class _Parts(Generic[Part]):
    """The bids, awards or contracts of all releases, one after the other: whose and which each is."""

    def __init__(self, path: str, lists: Sequence[Sequence[Part] | None]) -> None:
        self.path = path
        self.counts = np.fromiter((len(one) if one else 0 for one in lists), np.int64, len(lists))
        self.all = list(chain.from_iterable(one for one in lists if one))
        self.owner = spread(np.arange(len(lists)), self.counts)
        self.number = numbered(self.counts)

    def where(self, row: int, tail: str) -> tuple[int, str]:
        """The release of a part, and the JSON path of something in it."""
        return int(self.owner[row]), f"{self.path}/{self.number[row]}/{tail}"


class _Flattener:
    """One piece being flattened. Methods give a table each; they share the piece's parties."""

    def __init__(self, batch: Batch, memory: Memory) -> None:
        self.batch = batch
        self.memory = memory
        self.releases = batch.releases
        self.pids = batch.pids
        self.faults: list[Fault] = []
        self.party_pid: list[np.ndarray] = []
        self.party_role: list[np.ndarray] = []
        self.party_part: list[np.ndarray] = []
        self.party_firm: list[pa.Array] = []
        self.years: list[pa.Array] = []
        self.tenders = [r.tender or shapes.NO_TENDER for r in batch.releases]

    # -- single columns ---------------------------------------------------------------------

    def fault(self, code: str, index: int, path: str, value: object, message: str) -> None:
        self.faults.append(
            Fault(
                code,
                path,
                value,
                message,
                pid=int(self.pids[index]),
                ocid=self.releases[index].ocid,
            )
        )

    def dates(
        self, texts: list[str | None], where: Callable[[int], tuple[int, str]]
    ) -> tuple[pa.Array, pa.Array]:
        """Moments and forms; `where` says of a row its release and JSON path."""
        moments, forms, bad = instants(texts)
        for row in bad:
            text = texts[row]
            assert text is not None
            if text.strip():
                self.fault("E021", *where(row), text, why_bad(text))
        return moments, forms

    def money(
        self, values: list[shapes.Value], where: Callable[[int], tuple[int, str]]
    ) -> tuple[pa.Array, pa.Array]:
        """Amounts and currencies. An amount without a currency is reported and stays without."""
        amounts = pa.array([v.amount for v in values], pa.float64())
        currencies = [v.currency for v in values]
        column = pa.array(currencies, pa.string())
        unusual = {c for c in pc.unique(column).to_pylist() if c is not None and not is_currency(c)}
        if unusual:
            for row, currency in enumerate(currencies):
                if currency in unusual:
                    index, path = where(row)
                    self.fault(
                        "E032",
                        index,
                        f"{path}/currency",
                        currency,
                        "expected a currency code of three capital letters (ISO 4217)",
                    )
                    currencies[row] = None
            column = pa.array(currencies, pa.string())
        if column.null_count:
            alone = pc.and_(pc.is_valid(amounts), pc.is_null(column))
            for row in np.flatnonzero(alone.to_numpy(zero_copy_only=False)).tolist():
                if values[row].currency is None:
                    index, path = where(row)
                    self.fault(
                        "E031",
                        index,
                        f"{path}/currency",
                        None,
                        "an amount without a currency cannot be compared with others",
                    )
        return amounts, column

    def first_class(
        self, lists: list[list[shapes.Item] | None]
    ) -> tuple[list[str | None], list[str | None]]:
        """Scheme and code of the first classified item of each list."""
        found = [
            (first.scheme, first.id)
            if items and (first := items[0].classification) is not None and type(first.id) is str
            else _first_class(items or ())
            for items in lists
        ]
        schemes, codes = zip(*found, strict=True) if found else ((), ())
        return list(schemes), list(codes)

    def firm(self, organization: shapes.Organization | shapes.Reference, index: int) -> int | None:
        """The key of a firm that has an identifier, else one made of its name in this publisher."""
        known = self.memory.firm_keys.get(organization.id)
        if known is not None:
            return known
        text = identifier(organization.id)
        if text is not None:
            key = self.memory.firm_keys[organization.id] = self.memory.firm_key(text)
            return key
        text = _inner_id(organization.identifier)
        if text is not None:
            return self.memory.firm_key(text)
        name = getattr(organization, "name", None)
        if not name or not name.strip():
            return None
        return self.memory.firm_key(f"name:{_publisher(self.releases[index].ocid)}:{name.strip()}")

    # -- tables -----------------------------------------------------------------------------

    def tender(self) -> pa.Table:
        tenders = self.tenders
        periods = [t.tenderPeriod or shapes.NO_PERIOD for t in tenders]
        start, start_form = self.dates(
            [p.startDate for p in periods], lambda i: (i, "/tender/tenderPeriod/startDate")
        )
        end, end_form = self.dates(
            [p.endDate for p in periods], lambda i: (i, "/tender/tenderPeriod/endDate")
        )
        published, _ = self.dates(
            [t.datePublished for t in tenders], lambda i: (i, "/tender/datePublished")
        )
        opened, opened_form = self.dates(
            [(t.bidOpening or shapes.NO_OPENING).date for t in tenders],
            lambda i: (i, "/tender/bidOpening/date"),
        )
        evaluated, evaluated_form = self.dates(
            [(t.awardPeriod or shapes.NO_START).startDate for t in tenders],
            lambda i: (i, "/tender/awardPeriod/startDate"),
        )
        amount, currency = self.money(
            [t.value or shapes.NO_VALUE for t in tenders], lambda i: (i, "/tender/value")
        )
        fee_amount, fee_currency = self._sums(
            [
                None if t.participationFees is None else [fee.value for fee in t.participationFees]
                for t in tenders
            ],
            lambda row, n: (row, f"/tender/participationFees/{n}/value"),
        )
        self.years += [start, published]
        stated = [t.numberOfTenderers for t in tenders]
        self.item_schemes, self.item_codes = self.first_class([t.items for t in tenders])
        none = pa.nulls(len(tenders), pa.int64())
        return pa.table(
            {
                "pid": self.pids,
                "status": pa.array([t.status for t in tenders], pa.string()),
                "method": pa.array([t.procurementMethod for t in tenders], pa.string()),
                "method_details": pa.array(
                    [t.procurementMethodDetails for t in tenders], pa.string()
                ),
                "rationale": pa.array([t.procurementMethodRationale for t in tenders], pa.string()),
                "award_criteria": pa.array([t.awardCriteria for t in tenders], pa.string()),
                "category": pa.array([t.mainProcurementCategory for t in tenders], pa.string()),
                "item_scheme": pa.array(self.item_schemes, pa.string()),
                "item_code": pa.array(self.item_codes, pa.string()),
                "amount": amount,
                "currency": currency,
                "period_start": start,
                "period_end": end,
                "period_start_form": start_form,
                "period_end_form": end_form,
                "opened_at": opened,
                "opened_at_form": opened_form,
                "evaluation_start": evaluated,
                "evaluation_start_form": evaluated_form,
                **self._plans(),
                **self._documents(),
                **self._enquiries(),
                "complaints": pa.array(
                    [
                        _added(
                            one.complaints,
                            tender.complaints,
                            *(award.complaints for award in one.awards or ()),
                        )
                        for one, tender in zip(self.releases, tenders, strict=True)
                    ],
                    pa.int64(),
                ),
                "fee_amount": fee_amount,
                "fee_currency": fee_currency,
                "tenderers_stated": pa.array(stated, pa.int64()),
                "tenderers_listed": pa.array(
                    [None if n is not None else self._listed(i) for i, n in enumerate(stated)],
                    pa.int64(),
                ),
                "tenderers_bidding": none,
                "bids_stated": pa.array([_bids_stated(r.bids) for r in self.releases], pa.int64()),
                "bids_listed": pa.array(
                    [
                        None if r.bids is None or r.bids.details is None else len(r.bids.details)
                        for r in self.releases
                    ],
                    pa.int64(),
                ),
            },
        )

    def _plans(self) -> dict[str, pa.Array]:
        """Of the documents of the planning: how many plan, and how many do not say what they are."""
        lists = [None if r.planning is None else r.planning.documents for r in self.releases]
        kinds = [None if d is None else [one.documentType for one in d] for d in lists]
        return {
            "plans": pa.array([_of_kinds(one, PLANS) for one in kinds], pa.int64()),
            "plans_untold": pa.array([_untold(one) for one in kinds], pa.int64()),
        }

    def _documents(self) -> dict[str, pa.Array]:
        """Of the documents of the tender: how many, which kinds, and when they were published."""
        lists = [t.documents for t in self.tenders]
        kinds = [None if d is None else [one.documentType for one in d] for d in lists]
        found = [
            (row, number, document)
            for row, documents in enumerate(lists)
            for number, document in enumerate(documents or ())
            if document.documentType in KEY
        ]
        moments, forms = self.dates(
            [document.datePublished for _, _, document in found],
            lambda n: (found[n][0], f"/tender/documents/{found[n][1]}/datePublished"),
        )
        # Of each release and kind the first of the earliest publications; none where none is known.
        numbers = moments.cast(pa.int64()).to_pylist()
        first: list[dict[str, int | None]] = [{} for _ in lists]
        for place, (row, _, document) in enumerate(found):
            known, kind = first[row], str(document.documentType)
            before, moment = known.setdefault(kind, None), numbers[place]
            if moment is not None and (before is None or moment < numbers[before]):
                known[kind] = place
        notice = pa.array([known.get("tenderNotice") for known in first], pa.int64())
        last = [
            None
            if not known or None in known.values()
            else max(
                (known[kind] for kind in KEY if kind in known), key=lambda place: numbers[place]
            )
            for known in first
        ]
        latest = pa.array(last, pa.int64())
        return {
            "documents": pa.array([None if d is None else len(d) for d in lists], pa.int64()),
            "documents_untold": pa.array([_untold(one) for one in kinds], pa.int64()),
            "notices": pa.array([_of_kinds(one, KEY[:1]) for one in kinds], pa.int64()),
            "notice_at": moments.take(notice),
            "notice_at_form": forms.take(notice),
            "key_kinds": pa.array(
                [None if d is None else len(known) for d, known in zip(lists, first, strict=True)],
                pa.int64(),
            ),
            "key_kinds_at": moments.take(latest),
            "key_kinds_at_form": forms.take(latest),
        }

    def _enquiries(self) -> dict[str, pa.Array]:
        lists = [t.enquiries for t in self.tenders]
        found = [
            (row, number, one.dateAnswered)
            for row, enquiries in enumerate(lists)
            for number, one in enumerate(enquiries or ())
        ]
        moments, forms = self.dates(
            [text for _, _, text in found],
            lambda n: (found[n][0], f"/tender/enquiries/{found[n][1]}/dateAnswered"),
        )
        last: list[int | None] = [None] * len(lists)
        numbers = moments.cast(pa.int64()).to_pylist()
        unanswered = [None if one is None else 0 for one in lists]
        for place, (row, number, _) in enumerate(found):
            moment, before = numbers[place], last[row]
            if moment is not None and (before is None or moment > numbers[before]):
                last[row] = place
            if moment is None and not (lists[row][number].answer or "").strip():  # type: ignore[index]
                unanswered[row] += 1  # type: ignore[operator]
        latest = pa.array(last, pa.int64())
        return {
            "enquiries": pa.array([None if e is None else len(e) for e in lists], pa.int64()),
            "enquiries_unanswered": pa.array(unanswered, pa.int64()),
            "answered_at": moments.take(latest),
            "answered_at_form": forms.take(latest),
        }

    def _sums(
        self,
        lists: Sequence[Sequence[shapes.Value | None] | None],
        where: Callable[[int, int], tuple[int, str]],
    ) -> tuple[pa.Array, pa.Array]:
        """The sum of each list and its currency; null where one has no amount or another currency."""
        places = [(row, n) for row, values in enumerate(lists) for n in range(len(values or ()))]
        amounts, currencies = self.money(
            [(lists[row] or ())[n] or shapes.NO_VALUE for row, n in places],
            lambda place: where(*places[place]),
        )
        sums: list[float | None] = [None] * len(lists)
        units: list[str | None] = [None] * len(lists)
        odd: set[int] = set()
        for (row, n), amount, currency in zip(
            places, amounts.to_pylist(), currencies.to_pylist(), strict=True
        ):
            if amount is None or currency is None or (n and currency != units[row]):
                odd.add(row)
            elif row not in odd:
                # In the order of the record, so that the sum is the same however it is read.
                sums[row] = amount + (sums[row] or 0.0)
                units[row] = currency
        for row in odd:
            sums[row] = units[row] = None
        return pa.array(sums, pa.float64()), pa.array(units, pa.string())

    def _listed(self, index: int) -> int | None:
        """How many different tenderers tender/tenderers lists; null where it has no list."""
        raw = self.tenders[index].tenderers
        if raw is shapes.NOTHING_RAW:
            return None
        try:
            listed = shapes.listed_tenderers.decode(raw)
        except msgspec.DecodeError:
            listed, faults = careful.tenderers(bytes(raw), self.releases[index].ocid)
            self.faults += [replace(fault, pid=int(self.pids[index])) for fault in faults]
        if not listed:
            return None
        return (
            len({identifier(one.id) or _inner_id(one.identifier) for one in listed} - {None})
            or None
        )

    def bids(self) -> tuple[pa.Table, pa.Array]:
        """The bids, and per process how many different tenderers handed one in."""
        parts = _Parts(
            "/bids/details", [r.bids.details if r.bids is not None else None for r in self.releases]
        )
        bids, owner, number, where = parts.all, parts.owner, parts.number, parts.where
        date, form = self.dates([b.date for b in bids], lambda row: where(row, "date"))
        amount, currency = self.money(
            [b.value or shapes.NO_VALUE for b in bids], lambda row: where(row, "value")
        )
        firms, members = self._firms([b.tenderers for b in bids], owner)
        self._add_parties(0, self.pids[owner], number, members, firms)
        status = pa.array([b.status for b in bids], pa.string())
        handed_in = pc.and_(pc.is_valid(status), pc.invert(pc.is_in(status, _NOT_SUBMITTED)))
        table = pa.table(
            {
                "pid": self.pids[owner],
                "bid_no": number,
                "status": status,
                "date": date,
                "date_form": form,
                "lot": self._lots(bids, owner),
                "amount": amount,
                "currency": currency,
                "tenderers": members,
            }
        )
        return table, self._bidding(
            parts.counts, owner, handed_in.to_numpy(zero_copy_only=False), members, firms
        )

    def _firms(
        self,
        lists: Sequence[Sequence[shapes.Organization | shapes.Reference] | None],
        owner: np.ndarray,
    ) -> tuple[pa.Array, np.ndarray]:
        """The keys of the firms in each list, one list after the other, and how many are in each.

        Within a list each firm stands once, in the order of keys; one without identity is left out.
        """
        known = self.memory.firm_keys.get
        keys = [known(firms[0].id) if firms and len(firms) == 1 else None for firms in lists]
        if None in keys:
            for row, key in enumerate(keys):
                if key is None:
                    firms = lists[row]
                    if not firms or len(firms) != 1:
                        break
                    keys[row] = self.firm(firms[0], int(owner[row]))
        if None not in keys:
            return pa.array(keys, pa.int64()), np.ones(len(lists), np.int64)
        found = [
            sorted({self.firm(one, index) for one in firms} - {None}) if firms else []  # type: ignore[type-var]
            for firms, index in zip(lists, owner.tolist(), strict=True)
        ]
        members = np.fromiter(map(len, found), np.int64, len(found))
        return pa.array(list(chain.from_iterable(found)), pa.int64()), members

    def _add_parties(
        self, role: int, pids: np.ndarray, number: np.ndarray, members: np.ndarray, firms: pa.Array
    ) -> None:
        self.party_pid.append(spread(pids, members))
        self.party_part.append(spread(number, members))
        self.party_role.append(np.full(len(firms), role, np.int8))
        self.party_firm.append(firms)

    def _bidding(
        self,
        counts: np.ndarray,
        owner: np.ndarray,
        handed_in: np.ndarray,
        members: np.ndarray,
        firms: pa.Array,
    ) -> pa.Array:
        """Different tenderers of submitted bids per process; null where there is no such bid."""
        keys = firms.to_numpy()
        owners = spread(owner, members)
        counted = spread(handed_in, members)
        keys, owners = keys[counted], owners[counted]
        order = np.lexsort((keys, owners))
        keys, owners = keys[order], owners[order]
        new = np.ones(len(keys), np.bool_)
        new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
        distinct = np.bincount(owners[new], minlength=len(counts))
        return pa.array(distinct, pa.int64(), mask=distinct == 0)

    def _lots(self, parts: Sequence[shapes.Bid | shapes.Award], owner: np.ndarray) -> np.ndarray:
        """The number of each part's lot within its process; 0 where none is named.

        Lots are numbered by the alphabetical order of their ids among the parts of all releases of
        the piece's process, so bids and awards of a lot get the same number (`lot_numbers`).
        """
        numbers = np.zeros(len(parts), np.int64)
        if any([part.relatedLots or part.relatedLot is not None for part in parts]):
            last, known = -1, {}
            for row, part in enumerate(parts):
                lot = _lot_of(part)
                if lot is not None:
                    if owner[row] != last:
                        last = int(owner[row])
                        known = lot_numbers(self.releases[last])
                    numbers[row] = known[lot]
        return numbers

    def awards(self) -> pa.Table:
        parts = _Parts("/awards", [r.awards for r in self.releases])
        awards, owner, number, where = parts.all, parts.owner, parts.number, parts.where
        date, form = self.dates([a.date for a in awards], lambda row: where(row, "date"))
        amount, currency = self.money(
            [a.value or shapes.NO_VALUE for a in awards], lambda row: where(row, "value")
        )
        suppliers = [a.suppliers for a in awards]
        firms, members = self._firms(suppliers, owner)
        met = self.memory.met
        for row, listed in enumerate(suppliers):
            for supplier in listed or ():
                if supplier.id not in met:
                    self._meet(int(owner[row]))
                    break
        self._add_parties(1, self.pids[owner], number, members, firms)
        schemes, codes = self.first_class([a.items for a in awards])
        for row, code in enumerate(codes):
            if code is None:
                schemes[row], codes[row] = (
                    self.item_schemes[owner[row]],
                    self.item_codes[owner[row]],
                )
        self.years.append(self._first_per_process(date, parts.counts))
        return pa.table(
            {
                "pid": self.pids[owner],
                "award_no": number,
                "award_id": pa.array([_text(a.id) for a in awards], pa.string()),
                "status": pa.array([a.status for a in awards], pa.string()),
                "date": date,
                "date_form": form,
                "lot": self._lots(awards, owner),
                "amount": amount,
                "currency": currency,
                "item_scheme": pa.array(schemes, pa.string()),
                "item_code": pa.array(codes, pa.string()),
                "suppliers": members,
                "supplier_key": _group_keys(firms, members),
                "subcontracted": pa.array([a.hasSubcontracting for a in awards], pa.bool_()),
                "subcontracted_share": pa.array(
                    [
                        None if a.subcontracting is None else a.subcontracting.minimumPercentage
                        for a in awards
                    ],
                    pa.float64(),
                ),
            }
        )

    def _meet(self, index: int) -> None:
        """Remember who the suppliers of a release are."""
        raw, pid = self.batch.raw(index), int(self.pids[index])
        stated = _MAY_STATE.search(raw) is not None
        for award in self.releases[index].awards or ():
            for supplier in award.suppliers or ():
                # A placeholder stands for a different firm each time.
                if identifier(supplier.id) is not None:
                    self.memory.met.add(supplier.id)
                key = self.firm(supplier, index)
                if key is not None:
                    text = identifier(supplier.id) or _inner_id(supplier.identifier)
                    self.memory.meet(key, text, supplier, stated, raw, pid)

    def contracts(self) -> pa.Table:
        parts = _Parts("/contracts", [r.contracts for r in self.releases])
        contracts, owner, number, where = parts.all, parts.owner, parts.number, parts.where
        signed, form = self.dates(
            [c.dateSigned for c in contracts], lambda row: where(row, "dateSigned")
        )
        amount, currency = self.money(
            [c.value or shapes.NO_VALUE for c in contracts], lambda row: where(row, "value")
        )
        started, _ = self.dates(
            [c.period.startDate if c.period is not None else None for c in contracts],
            lambda row: where(row, "period/startDate"),
        )
        documents, signed_documents, published = self._signed_documents(contracts, where)
        carried_out = [c.implementation or shapes.NO_IMPLEMENTATION for c in contracts]
        payments = [one.transactions for one in carried_out]
        paid_amount, paid_currency = self._sums(
            [
                None if listed is None else [one.value or one.amount for one in listed]
                for listed in payments
            ],
            lambda row, n: where(row, _paid_at(n, payments[row])),
        )
        self.years += [
            self._first_per_process(signed, parts.counts),
            self._first_per_process(started, parts.counts),
        ]
        return pa.table(
            {
                "pid": self.pids[owner],
                "contract_no": number,
                "contract_id": pa.array([_text(c.id) for c in contracts], pa.string()),
                "award_id": pa.array([_text(c.awardID) for c in contracts], pa.string()),
                "status": pa.array([c.status for c in contracts], pa.string()),
                "date_signed": signed,
                "date_signed_form": form,
                "amount": amount,
                "currency": currency,
                "changes": np.array([_changes(c) for c in contracts], np.int64),
                "documents": documents,
                "signed_documents": signed_documents,
                "published_at": published,
                **self._milestones(contracts, where),
                "payments": pa.array(
                    [None if one is None else len(one) for one in payments], pa.int64()
                ),
                "paid_amount": paid_amount,
                "paid_currency": paid_currency,
            }
        )

    def _signed_documents(
        self, contracts: list[shapes.Contract], where: Callable[[int, str], tuple[int, str]]
    ) -> tuple[pa.Array, pa.Array, pa.Array]:
        """How many documents, how many of them signed contracts, the earliest publication of these."""
        lists = [c.documents for c in contracts]
        if not any(lists):
            counts = pa.array([None if d is None else 0 for d in lists], pa.int64())
            return counts, counts, pa.nulls(len(lists), pa.timestamp("us", tz="UTC"))
        found = [
            (row, number, document.datePublished)
            for row, documents in enumerate(lists)
            for number, document in enumerate(documents or ())
            if document.documentType == "contractSigned"
        ]
        moments, _ = self.dates(
            [published for _, _, published in found],
            lambda n: where(found[n][0], f"documents/{found[n][1]}/datePublished"),
        )
        rows = np.array([row for row, _, _ in found], np.int64)
        signed = np.bincount(rows, minlength=len(lists))
        return (
            pa.array([None if d is None else len(d) for d in lists], pa.int64()),
            pa.array(signed, pa.int64(), mask=np.array([d is None for d in lists], np.bool_)),
            _earliest(moments, rows, len(lists)),
        )

    def _milestones(
        self, contracts: list[shapes.Contract], where: Callable[[int, str], tuple[int, str]]
    ) -> dict[str, pa.Array]:
        """Of the milestones with a due date: how many can be told of, how many were met late, and
        the first that is due and not met."""
        found = [
            (row, path, one)
            for row, contract in enumerate(contracts)
            for path, one in _milestones_of(contract)
        ]
        due, _ = self.dates(
            [one.dueDate for _, _, one in found],
            lambda n: where(found[n][0], f"{found[n][1]}/dueDate"),
        )
        met, _ = self.dates(
            [one.dateMet for _, _, one in found],
            lambda n: where(found[n][0], f"{found[n][1]}/dateMet"),
        )
        told: list[int | None] = [
            None
            if contract.milestones is None
            and (contract.implementation is None or contract.implementation.milestones is None)
            else 0
            for contract in contracts
        ]
        late = list(told)
        first: list[int | None] = [None] * len(contracts)
        moments = zip(
            due.cast(pa.int64()).to_pylist(), met.cast(pa.int64()).to_pylist(), strict=True
        )
        for (row, _, one), (due_at, met_at) in zip(found, moments, strict=True):
            if due_at is None or (met_at is None and one.status == "met"):
                continue
            told[row] += 1  # type: ignore[operator]
            if met_at is None:
                before = first[row]
                first[row] = due_at if before is None else min(before, due_at)
            else:
                late[row] += met_at // _DAY > due_at // _DAY
        return {
            "milestones": pa.array(told, pa.int64()),
            "milestones_late": pa.array(late, pa.int64()),
            "milestone_due": pa.array(first, pa.int64()).cast(due.type),
        }

    def _first_per_process(self, moments: pa.Array, counts: np.ndarray) -> pa.Array:
        """The moment of each process's first part; null where it has no part, or that one no date."""
        if len(moments) == 0:
            return pa.nulls(len(counts), pa.timestamp("us", tz="UTC"))
        starts = np.cumsum(counts) - counts
        taken: pa.Array = moments.take(pa.array(np.minimum(starts, len(moments) - 1)))
        return pc.if_else(pa.array(counts > 0), taken, pa.scalar(None, taken.type))

    def processes(self) -> pa.Table:
        """The processes; called last, since the year is the first that any table knows."""
        releases = self.releases
        released, _ = self.dates([r.date for r in releases], lambda i: (i, "/date"))
        started, _ = self.dates(
            [
                t.contractPeriod.startDate if t.contractPeriod is not None else None
                for t in self.tenders
            ],
            lambda i: (i, "/tender/contractPeriod/startDate"),
        )
        keys, roles, names, countries = self._bodies()
        return pa.table(
            {
                "pid": self.pids,
                "ocid": pa.array([r.ocid for r in releases], pa.string()),
                "body_key": pa.array(keys, pa.int64()),
                "body_role": pa.array(roles, pa.string()),
                "body_name": pa.array(names, pa.string()),
                "country": pa.array(countries, pa.string()),
                "compiled": pa.array([_is_compiled(r.tag) for r in releases], pa.bool_()),
                "released_at": released,
                "year": pc.year(pc.coalesce(*self.years, started)),
                "chunk": self.batch.chunks,
                "row": self.batch.rows,
                "length": self.batch.lengths,
            }
        )

    def _bodies(
        self,
    ) -> tuple[list[int | None], list[str | None], list[str | None], list[str | None]]:
        """Who answers for each process (the buyer, else the procuring entity): key, role, name, and
        the country."""
        buyers = [r.buyer or _NOBODY for r in self.releases]
        known = self.memory.buyers.get
        found = [known(buyer.id) for buyer in buyers]
        roles: list[str | None] = ["buyer"] * len(buyers)
        called = [buyer.name for buyer in buyers]
        countries = [_country(buyer) for buyer in buyers]
        for index, body in enumerate(found):
            if body is None:
                found[index], roles[index], called[index], countries[index] = self._body(index)
        return found, roles, called, countries

    def _body(self, index: int) -> tuple[int | None, str | None, str | None, str | None]:
        """The body of one release by the slow way; reports where there is none."""
        release = self.releases[index]
        persons = False
        for body, role in self._candidates(index):
            text = _body_id(body, release.ocid)
            if text is None:
                continue
            key = self.memory.body_key(text)
            if key is None:
                message = "the identifier is a natural person's, and persons are not measured"
                self.fault("E042", index, _ROLE_PATH[role], None, message)
                persons = True
                continue
            if role == "buyer" and identifier(body.id) is not None:
                self.memory.buyers[body.id] = key
            return key, role, body.name, _country(body)
        buyer = release.buyer
        message = "no identifier or name of a buyer or procuring entity"
        if not persons:
            self.fault("E041", index, "/buyer/id", None if buyer is None else buyer.id, message)
        return None, None, None, None

    def _candidates(self, index: int) -> Iterator[tuple[shapes.Body, str]]:
        buyer = self.releases[index].buyer
        if buyer is not None:
            yield buyer, "buyer"
        entity = self.tenders[index].procuringEntity
        if entity is not None:
            yield entity, "procuring_entity"


#: A field in which a party states what it is, or any letter of ASCII as an escape: the field's own
#: name may be written so.
_MAY_STATE = re.compile(rb"legalEntityType|\\u00[4-7]")
_NO_CLASS: tuple[str | None, str | None] = (None, None)
_NOBODY = shapes.Body()
_NOT_SUBMITTED = pa.array(["invited", "withdrawn"])
_ROLE_PATH = {"buyer": "/buyer/id", "procuring_entity": "/tender/procuringEntity/id"}


#: A day of moments, which are whole microseconds.
_DAY = 86_400_000_000


def _of_kinds(kinds: Sequence[str | None] | None, wanted: Sequence[str]) -> int | None:
    return None if kinds is None else sum(kind in wanted for kind in kinds)


def _untold(kinds: Sequence[str | None] | None) -> int | None:
    return None if kinds is None else sum(kind not in DOCUMENT_TYPES for kind in kinds)


def _added(*lists: Sequence[object] | None) -> int | None:
    """How many are in all of the lists; null where there is none."""
    return None if all(one is None for one in lists) else sum(len(one or ()) for one in lists)


def _paid_at(number: int, payments: Sequence[shapes.Transaction] | None) -> str:
    """Where the value of a payment stands; OCDS 1.0 calls it the amount."""
    one = (payments or ())[number]
    name = "amount" if one.value is None and one.amount is not None else "value"
    return f"implementation/transactions/{number}/{name}"


def _milestones_of(contract: shapes.Contract) -> Iterator[tuple[str, shapes.Milestone]]:
    """The milestones of a contract and of its implementation, each with its path."""
    implementation = contract.implementation or shapes.NO_IMPLEMENTATION
    for number, one in enumerate(contract.milestones or ()):
        yield f"milestones/{number}", one
    for number, one in enumerate(implementation.milestones or ()):
        yield f"implementation/milestones/{number}", one


def _is_compiled(tag: list[str] | str | None) -> bool:
    """Whether a release says that it is compiled: then a later one replaces it, else they merge."""
    if tag is None:
        return False
    return (
        tag.strip() == "compiled"
        if isinstance(tag, str)
        else "compiled" in [t.strip() for t in tag]
    )


def _text(raw: str | int | float | None) -> str | None:
    return raw if raw is None or isinstance(raw, str) else str(raw)


def _first_class(items: Sequence[shapes.Item]) -> tuple[str | None, str | None]:
    for item in items:
        if item.classification is not None:
            code = item.classification.id
            if code is not None:
                return item.classification.scheme, code if isinstance(code, str) else str(code)
    return _NO_CLASS


def _bids_stated(bids: shapes.Bids | None) -> int | None:
    """bids/statistics: the measure `bids`, else `validBids`."""
    if bids is None or not bids.statistics:
        return None
    stated = {s.measure: s.value for s in bids.statistics if s.value is not None}
    return stated.get("bids", stated.get("validBids"))


def _changes(contract: shapes.Contract) -> int:
    """Amendments; OCDS 1.0 has a single `amendment` in place of the list."""
    if contract.amendments is not None:
        return len(contract.amendments)
    return 0 if contract.amendment is None else 1


def _earliest(moments: pa.Array, rows: np.ndarray, count: int) -> pa.Array:
    """The earliest of the moments of each row; null where it has none."""
    none = np.iinfo(np.int64).max
    first = np.full(count, none, np.int64)
    known = moments.is_valid().to_numpy(zero_copy_only=False)
    numbers = moments.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    np.minimum.at(first, rows[known], numbers[known])
    return pa.array(first, pa.int64(), mask=first == none).cast(moments.type)


def _lot_of(part: shapes.Bid | shapes.Award) -> str | None:
    if part.relatedLots:
        return part.relatedLots[0]
    return part.relatedLot


def lot_numbers(release: shapes.Release) -> dict[str, int]:
    """The number of each lot: its place, from 1, among the lot ids that bids and awards name."""
    parts = [
        *((release.bids.details if release.bids is not None else None) or ()),
        *(release.awards or ()),
    ]
    named = {_lot_of(part) for part in parts} - {None}
    return {lot: number for number, lot in enumerate(sorted(str(one) for one in named), start=1)}


def _group_keys(firms: pa.Array, members: np.ndarray) -> pa.Array:
    """One key for a supplier, or for several that won together (a group counts as one)."""
    if len(firms) == len(members) and bool((members == 1).all()):
        return firms
    keys = iter(firms.to_pylist())
    groups = [[next(keys) for _ in range(count)] for count in members.tolist()]
    return pa.array([group_key(group) for group in groups], pa.int64())


def group_key(keys: list[int]) -> int | None:
    """The key of firms that won together, given theirs in order; null for none."""
    if len(keys) <= 1:
        return keys[0] if keys else None
    joined = b"".join(key.to_bytes(8, "big") for key in keys)
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big") >> 1


def _publisher(ocid: str) -> str:
    """The publisher's prefix of an ocid: names are only told apart within one publisher."""
    return "-".join(ocid.split("-", 2)[:2])


def _body_id(body: shapes.Body, ocid: str) -> str | None:
    """Identifier, else the one in `identifier` (OCDS 1.0), else the name within its publisher."""
    text = identifier(body.id)
    if text is not None:
        return text
    inner = _inner_id(body.identifier)
    if inner is not None:
        return inner
    name = (body.name or "").strip()
    return f"name:{_publisher(ocid)}:{name}" if name else None


def _country(body: shapes.Body) -> str | None:
    """The country in the body's identifier, or in the scheme beside it."""
    inner = body.identifier
    return country_of(identifier(body.id), None if inner is None else inner.scheme)


def _inner_id(found: shapes.Identifier | None) -> str | None:
    """The `identifier` of an organisation (OCDS 1.0) with its scheme in front."""
    inner = None if found is None else identifier(found.id)
    if found is None or inner is None:
        return None
    scheme = (found.scheme or "").strip()
    return f"{scheme}-{inner}" if scheme and not inner.startswith(scheme) else inner


def _leaves_doubt(supplier: shapes.Organization, text: str) -> bool:
    """Whether a record's parties could say more of a supplier than its own entry does."""
    return not supplier.name or scheme_of(text)[0] is None


def _parties(raw: bytes) -> list[shapes.Party]:
    """The parties of a release, without what cannot be read of them: it shows nothing."""
    try:
        return shapes.parties_of.decode(raw).parties or []
    except msgspec.DecodeError:
        return careful.parties(raw)


def _met(
    text: str | None, supplier: shapes.Organization, party: shapes.Party | None, pid: int
) -> Met:
    """What a supplier's own entry and its party, if any, say of it; `text` is its identifier."""
    name = supplier.name or (party.name if party is not None else None)
    scheme, bare = (None, None) if text is None else scheme_of(text)
    stated = None
    if party is not None:
        stated = party.details.legalEntityType if party.details is not None else None
        if scheme is None and party.identifier is not None:
            scheme = party.identifier.scheme
            bare = identifier(party.identifier.id) or bare
    found = shown_without_name(bare, scheme, stated)
    if found is not None and found.kind != LEGAL_PERSON:
        text = name = None
    return Met(pid, text, name, scheme, found)

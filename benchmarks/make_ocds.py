"""Makes realistic OCDS 1.1 compiled releases as JSON Lines, for benchmarks.

    python -m benchmarks.make_ocds releases.jsonl 100000
    python -m benchmarks.make_ocds bad.jsonl 100000 --bad 0.01
    python -m benchmarks.make_ocds delta.jsonl --changed 0.01 --of 100000

Line k is the same however many lines are made, by however many processes, on whatever machine:
every draw is a hash of (seed, line, name of the draw), and only arithmetic that IEEE 754 fixes to
the last bit is used. Nobody in these files exists; identifiers of firms have the form of Peru's
RUC and a wrong check digit, so that none can be a real one.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import os
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np

BUYERS, SUPPLIERS = 2_500, 60_000
MOST_BIDS, MOST_ITEMS, MOST_PAYMENTS = 12, 6, 5

#: Lines made at a time; nothing in a line depends on it.
BLOCK = 2_000

DAY = 86_400
#: 2016-01-01 in seconds since 1970, and how many days later the last tender opens.
FIRST_MOMENT, DAYS = 1_451_606_400, 2_900

#: Share of lines of which ... (of bids, where it says so).
SINGLE_BID = 0.22
CANCELLED, STILL_OPEN = 0.02, 0.06
SECOND_CURRENCY = 0.01
LOTS = 0.1  # of those with four bids or more
TWO_AWARDS, LOST_AWARD = 0.08, 0.05
LATE_WINNER, ALL_OTHERS_OUT, LOWEST_OUT, SAME_PRICE = 0.012, 0.02, 0.03, 0.02
BID_OUT, BID_WITHDRAWN = 0.06, 0.02
CLOSE_PRICES = 0.08
CONTRACT, AMENDED, SIGNED_DOCUMENT = 0.93, 0.24, 0.55
OTHER_ENTITY, OTHER_ZONE = 0.2, 0.1

#: Of suppliers: sole traders, and firms of a register that is not known to anybody.
SOLE_TRADERS, FOREIGN = 0.06, 0.02

#: CPV division, category, and the word that names firms and goods of it.
SECTORS = (
    ("45", "works", "Construcciones"), ("33", "goods", "Médica"), ("30", "goods", "Informática"),
    ("34", "goods", "Vehículos"), ("39", "goods", "Mobiliario"), ("15", "goods", "Alimentos"),
    ("09", "goods", "Енергія"), ("71", "services", "Ingeniería"), ("79", "services", "Consult"),
    ("72", "services", "Logiciels"), ("50", "services", "Taller"), ("48", "goods", "Software"),
    ("90", "services", "Limpieza"), ("60", "services", "Logistik"), ("85", "services", "Salud"),
    ("55", "services", "Catering"), ("31", "goods", "Elektro"), ("44", "goods", "Aceros"),
)  # fmt: skip
TOWNS = (
    "Ñuñoa", "Maďarovce", "Smørby", "Quetzalín", "Łąkowo", "Żabno", "Harbour End", "Çayköy", "Нове",
    "São Tiago",
)  # fmt: skip
BODY_NAMES = (
    "Municipality of", "Ministerio de Obras,", "Hôpital de", "Water Board of", "Universidad de",
    "Рада",
)  # fmt: skip
SURNAMES = ("QUILLAS", "ROVERENO", "TAMBORA", "VELMONTE", "ZARCAMO", "OLIVENZ")
METHODS = ("open", "selective", "limited", "direct")
METHOD_DETAILS = (
    "Licitación pública", "Restricted call", "Negociado sin publicidad", "Compra menor",
)  # fmt: skip
METHOD_SHARES = (0.58, 0.75, 0.9, 1.0)  # cumulated
WORDS = (
    'Supply, delivery and installation as described in "Annex 2\\B", including training of staff '
    "and two years of maintenance. El contratista aportará los materiales, la mano de obra y los "
    "equipos que hagan falta; l'entreprise assure la mise en service et la garantie\tselon le "
    "cahier des charges. Роботи виконуються у строки, встановлені договором, and the site is "
    "handed over clean / ready for use. "
)

_HASH_STEP, _HASH_A, _HASH_B = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_encode = msgspec.json.encode


# -- draws ----------------------------------------------------------------------------------------


def _mixed(number: np.ndarray) -> np.ndarray:
    """SplitMix64's last step: each of 64 bits depends on all."""
    number = (number ^ (number >> np.uint64(30))) * np.uint64(_HASH_A)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(_HASH_B)
    mixed: np.ndarray = number ^ (number >> np.uint64(31))
    return mixed


def uniform(seed: int, lines: np.ndarray, name: str, width: int = 1) -> np.ndarray:
    """Numbers from 0 to below 1: one for each line, or `width` columns of them."""
    key = _mixed(np.array([(seed * _HASH_STEP + zlib.crc32(name.encode())) % 2**64], np.uint64))
    place = lines.astype(np.uint64)[:, None] * np.uint64(64) + np.arange(width, dtype=np.uint64)
    bits = _mixed(place * np.uint64(_HASH_STEP) + key) >> np.uint64(11)
    drawn: np.ndarray = bits.astype(np.float64) / 2**53
    return drawn[:, 0] if width == 1 else drawn


def _zipf(count: int, offset: int) -> np.ndarray:
    """Cumulated shares of `count` members by Zipf's and Mandelbrot's law."""
    cumulated = np.cumsum(1.0 / (np.arange(count) + offset))
    shares: np.ndarray = cumulated / cumulated[-1]
    return shares


# -- who there is ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class World:
    """The buyers and suppliers of a seed, and how often each is drawn."""

    buyer_share: np.ndarray
    by_sector: list[np.ndarray]
    sector_share: list[np.ndarray]
    buyers: list[tuple[str, str]]
    suppliers: list[tuple[str, str, str]]  # scheme, identifier, name

    @functools.cache  # noqa: B019 - a world lives as long as the process
    def reference(self, supplier: int) -> msgspec.Raw:
        """A supplier as bids and awards name it, already JSON."""
        scheme, number, name = self.suppliers[supplier]
        return msgspec.Raw(_encode({"id": f"{scheme}-{number}", "name": name}))

    @functools.cache  # noqa: B019
    def supplier(self, supplier: int, won: bool) -> msgspec.Raw:
        """The entry of a supplier in `parties`."""
        scheme, number, name = self.suppliers[supplier]
        roles = ["tenderer", "supplier"] if won else ["tenderer"]
        return msgspec.Raw(_encode(_party(scheme, number, name, roles, supplier)))

    @functools.cache  # noqa: B019
    def body(self, buyer: int, roles: tuple[str, ...]) -> msgspec.Raw:
        """The entry of a public body in `parties`, with a contact point."""
        number, name = self.buyers[buyer]
        party = _party("XX-GOV", number, name, list(roles), buyer)
        party["contactPoint"] = {
            "name": f"Mesa de partes {buyer % 40}",
            "email": f"office{buyer}@example.org",
            "telephone": f"+999 {buyer * 7919 % 1_000_000:06d}",
        }
        return msgspec.Raw(_encode(party))


def _party(scheme: str, number: str, name: str, roles: list[str], salt: int) -> dict[str, Any]:
    return {
        "id": f"{scheme}-{number}",
        "name": name,
        "identifier": {"scheme": scheme, "id": number},
        "address": {
            "streetAddress": f"Calle {salt * 31 % 900 + 1}",
            "locality": TOWNS[salt % len(TOWNS)],
            "region": f"Region {salt % 24 + 1}",
            "countryName": "Examplia",
        },
        "roles": roles,
    }


def _ruc(first: str, member: int) -> str:
    """A number in the form of a RUC that fails its check digit."""
    ten = f"{first}{member * 97 % 100_000_000:08d}"
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    total = sum(int(digit) * weight for digit, weight in zip(ten, weights, strict=True))
    right = (11 - total % 11) % 10
    return f"{ten}{(right + 1) % 10}"


@functools.cache
def world(seed: int) -> World:
    members = np.arange(SUPPLIERS)
    sector = (uniform(seed, members, "sector of supplier") * len(SECTORS)).astype(int)
    kind = uniform(seed, members, "kind of supplier").tolist()
    suppliers = []
    for member in range(SUPPLIERS):
        town, word = TOWNS[member % len(TOWNS)], SECTORS[sector[member]][2]
        if kind[member] < SOLE_TRADERS:
            name = f"{SURNAMES[member % 6]} {SURNAMES[member // 6 % 6]} {member:05d}"
            suppliers.append(("PE-RUC", _ruc("10", member), name))
        elif kind[member] < SOLE_TRADERS + FOREIGN:
            suppliers.append(("XX-REG", f"{member + 100_000}", f"{word} {town} {member:05d} GmbH"))
        else:
            suppliers.append(("PE-RUC", _ruc("20", member), f"{word} {town} {member:05d} S.A.C."))
    buyers = []
    for member in range(BUYERS):
        kind_of_body, town = BODY_NAMES[member % 6], TOWNS[member // 6 % len(TOWNS)]
        buyers.append((f"{1_000 + member}", f"{kind_of_body} {town} – {member:04d}"))
    by_sector = [np.flatnonzero(sector == number) for number in range(len(SECTORS))]
    shares = [_zipf(len(found), 15) for found in by_sector]
    return World(_zipf(BUYERS, 12), by_sector, shares, buyers, suppliers)


# -- one line -------------------------------------------------------------------------------------


def _draws(seed: int, lines: np.ndarray) -> SimpleNamespace:
    """Everything that chance decides about these lines, as lists."""
    made = world(seed)

    def draw(name: str, width: int = 1) -> np.ndarray:
        return uniform(seed, lines, name, width)

    buyer = np.minimum(np.searchsorted(made.buyer_share, draw("buyer"), "right"), BUYERS - 1)
    many = 2 + np.floor(draw("bids") * draw("more bids") * (MOST_BIDS - 1)).astype(int)
    bids = np.where(draw("single") < SINGLE_BID, 1, many)
    away = np.where(uniform(seed, buyer, "zone") < OTHER_ZONE, -5, 0)
    zones = np.where(away == 0, "Z", "-05:00").tolist()
    opens = FIRST_MOMENT + np.floor(draw("opens") * DAYS * DAY).astype(np.int64)
    days = 2 + np.floor(draw("days", 3).sum(axis=1) * 22).astype(np.int64)
    closes = opens + days * DAY
    decided = closes + np.floor((1 + draw("decided", 3).sum(axis=1) * 28) * DAY).astype(np.int64)
    signed = decided + np.floor((1 + draw("signed") * 34) * DAY).astype(np.int64)
    ends = signed + np.floor((20 + draw("ends") * 690) * DAY).astype(np.int64)
    handed_in = closes - np.floor((0.04 + draw("handed in") * 3) * DAY).astype(np.int64)
    late = closes + np.floor((0.01 + draw("late")) * DAY).astype(np.int64)
    payments = signed[:, None] + np.floor(
        (np.arange(1, MOST_PAYMENTS + 1) * 45 + draw("paid", MOST_PAYMENTS) * 30) * DAY
    ).astype(np.int64)

    def written(moments: np.ndarray) -> list[str]:
        texts = np.datetime_as_string((moments + away * 3_600).astype("datetime64[s]")).tolist()
        return [text + zone for text, zone in zip(texts, zones, strict=True)]

    magnitudes = np.array([1e3, 1e4, 1e4, 1e5, 1e5, 1e6])
    magnitude = magnitudes[np.floor(draw("magnitude") * 6).astype(int)]
    at_most = np.where(draw("close") < CLOSE_PRICES, 0.02, 0.35)
    return SimpleNamespace(
        line=lines.tolist(),
        buyer=buyer.tolist(),
        entity=np.where(draw("entity") < OTHER_ENTITY, (buyer * 7 + 11) % BUYERS, buyer).tolist(),
        sector=np.floor(draw("sector") * len(SECTORS)).astype(int).tolist(),
        method=np.searchsorted(METHOD_SHARES, draw("method"), "right").tolist(),
        bids=bids.tolist(),
        bidder=draw("bidder", MOST_BIDS).tolist(),
        fate=draw("fate", MOST_BIDS).tolist(),
        above=(draw("above", MOST_BIDS) * at_most[:, None]).tolist(),
        days=days.tolist(),
        opens=written(opens),
        closes=written(closes),
        decided=written(decided),
        signed=written(signed),
        ends=written(ends),
        handed_in=written(handed_in),
        late_at=written(late),
        published=written(signed + 12 * DAY),
        paid_at=list(zip(*(written(payments[:, n]) for n in range(MOST_PAYMENTS)), strict=True)),
        released=written(ends + 3 * DAY),
        changed_at=written(ends + 33 * DAY),
        estimate=np.round(magnitude * (1 + 9 * draw("estimate")), 2).tolist(),
        price=(0.72 + 0.3 * draw("price")).tolist(),
        items=(1 + np.floor(draw("items") * draw("more items") * MOST_ITEMS)).astype(int).tolist(),
        code=np.floor(draw("code", MOST_ITEMS) * 900_000 + 100_000).astype(int).tolist(),
        quantity=np.floor(draw("quantity", MOST_ITEMS) ** 2 * 480 + 1).astype(int).tolist(),
        payments=np.floor(draw("payments") * (MOST_PAYMENTS + 1)).astype(int).tolist(),
        chance={name: draw(name).tolist() for name in _CHANCES},
        text=np.floor(draw("text", 4) * 120).astype(int).tolist(),
    )


_CHANCES = (
    "state", "currency", "lots", "two awards", "lost award", "late winner", "others out",
    "lowest out", "same price", "criteria", "enquiries", "statistics", "contract", "terminated",
    "met", "amended", "document", "milestones",
)  # fmt: skip


def release(made: World, d: SimpleNamespace, n: int, changed: bool = False) -> dict[str, Any]:
    """The n-th of the drawn lines as a compiled release; `changed`: as it reads a month later.

    Later an open process is decided, the last of several bids is withdrawn, and a contract has
    one more amendment and a higher value.
    """
    chance = {name: column[n] for name, column in d.chance.items()}
    line, sector, text = d.line[n], d.sector[n], d.text[n]
    division, category, word = SECTORS[sector]
    ocid = f"ocds-tr0th0-{line:09d}"
    currency = "EUR" if chance["currency"] < SECOND_CURRENCY else "USD"
    cancelled = chance["state"] < CANCELLED
    still_open = chance["state"] > 1 - STILL_OPEN and not changed
    released = d.changed_at[n] if changed else d.released[n] if not still_open else d.opens[n]

    def money(amount: float) -> dict[str, Any]:
        return {"amount": amount, "currency": currency}

    bidders = _bidders(made, sector, d.bidder[n][: d.bids[n]])
    has_lots = chance["lots"] < LOTS and len(bidders) >= 4
    lots = ["LOT-1", "LOT-2"] if has_lots else []
    amounts, statuses = _offers(d, n, len(bidders), chance)
    if changed and len(bidders) > 1:
        statuses[-1] = "withdrawn"
    winners = _winners(statuses, amounts, lots, chance) if not (cancelled or still_open) else []
    references = [made.reference(bidder) for bidder in bidders]
    payees = ["-".join(made.suppliers[bidder][:2]) for bidder in bidders]

    buyer_number, buyer_name = made.buyers[d.buyer[n]]
    entity_number, entity_name = made.buyers[d.entity[n]]
    same = d.entity[n] == d.buyer[n]
    parties = [made.body(d.buyer[n], ("buyer", "procuringEntity") if same else ("buyer",))]
    if not same:
        parties.append(made.body(d.entity[n], ("procuringEntity",)))
    parties += [made.supplier(bidder, at in winners) for at, bidder in enumerate(bidders)]

    items: list[dict[str, Any]] = []
    share_of_estimate = d.estimate[n] / d.items[n]
    for at in range(d.items[n]):
        quantity = d.quantity[n][at]
        item = {
            "id": f"{at + 1}",
            "description": f"{word}: {WORDS[text[0] + at : text[0] + at + 32]}",
            "classification": {
                "scheme": "CPV",
                "id": f"{division}{d.code[n][at]}",
            },
            "quantity": quantity,
            "unit": {"name": "unidad", "value": money(round(share_of_estimate / quantity, 2))},
        }
        if lots:
            item["relatedLot"] = lots[at % 2]
        items.append(item)
    short_items = msgspec.Raw(_encode([_short(item) for item in items]))

    period = {"startDate": d.opens[n], "endDate": d.closes[n]}
    tender: dict[str, Any] = {
        "id": f"{ocid}-T",
        "title": f"Licitación {line}: {word} – {WORDS[text[1] : text[1] + 48]}",
        "description": WORDS[text[2] : text[2] + 40 + text[3]],
        "status": "cancelled" if cancelled else "active" if still_open else "complete",
        "procurementMethod": METHODS[d.method[n]],
        "procurementMethodDetails": METHOD_DETAILS[d.method[n]],
        "mainProcurementCategory": category,
        "awardCriteria": "priceOnly" if chance["criteria"] < 0.75 else "ratedCriteria",
        "value": money(d.estimate[n]),
        "datePublished": d.opens[n],
        "tenderPeriod": {**period, "durationInDays": d.days[n]},
        "enquiryPeriod": period,
        "hasEnquiries": chance["enquiries"] < 0.3,
        "procuringEntity": {"id": f"XX-GOV-{entity_number}", "name": entity_name},
        "numberOfTenderers": len(bidders),
        "tenderers": references,
        "items": items,
        "documents": [_document(line, 1, "tenderNotice", d.opens[n])],
    }
    if lots:
        half = money(round(d.estimate[n] / 2, 2))
        tender["lots"] = [
            {"id": lot, "title": f"Lote {lot[-1]}", "status": tender["status"], "value": half}
            for lot in lots
        ]
    if d.method[n] == len(METHODS) - 1:
        tender["procurementMethodRationale"] = WORDS[text[0] : text[0] + 60]

    details = []
    for at, reference in enumerate(references):
        late = at in winners[:1] and chance["late winner"] < LATE_WINNER
        bid = {
            "id": f"{ocid}-B{at + 1}",
            "date": d.late_at[n] if late else d.handed_in[n],
            "status": statuses[at],
            "tenderers": [reference],
            "value": money(amounts[at]),
        }
        if lots:
            bid["relatedLots"] = [lots[at % 2]]
        details.append(bid)
    bids: dict[str, Any] = {"details": details}
    if chance["statistics"] < 0.3:
        bids["statistics"] = [{"id": "1", "measure": "bids", "value": len(bidders)}]

    made_release: dict[str, Any] = {
        "ocid": ocid,
        "id": f"{ocid}-{released}",
        "date": released,
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "es",
        "parties": parties,
        "buyer": {"id": f"XX-GOV-{buyer_number}", "name": buyer_name},
        "planning": {
            "rationale": WORDS[text[3] : text[3] + 40],
            "budget": {
                "id": f"{division}-{text[0]}",
                "amount": money(round(d.estimate[n] * 1.05, 2)),
            },
        },
        "tender": tender,
        "bids": bids,
    }
    if winners:
        won = [(amounts[at], references[at], lots[at % 2] if lots else None) for at in winners]
        awards = _awards(d, n, ocid, won, short_items, money)
        if chance["lost award"] < LOST_AWARD:
            awards.append(_lost_award(d, n, ocid, references[-1], chance["lost award"]))
        made_release["awards"] = awards
        if chance["contract"] < CONTRACT:
            made_release["contracts"] = [
                {
                    **_contract(d, n, f"{ocid}-C{number}", amounts[at], payees[at], money, changed),
                    "awardID": f"{ocid}-A{number}",
                    "items": short_items,
                }
                for number, at in enumerate(winners, 1)
            ]
    return made_release


def _short(item: dict[str, Any]) -> dict[str, Any]:
    """An item as awards and contracts repeat it."""
    scheme, code = item["classification"]["scheme"], item["classification"]["id"]
    return {
        "id": item["id"],
        "classification": {"scheme": scheme, "id": code},
        "quantity": item["quantity"],
    }


def _bidders(made: World, sector: int, drawn: list[float]) -> list[int]:
    """Different suppliers of the sector, in the order in which they were drawn."""
    shares, members = made.sector_share[sector], made.by_sector[sector]
    places = np.minimum(np.searchsorted(shares, drawn, "right"), len(members) - 1)
    return list(dict.fromkeys(members[places].tolist()))


def _offers(
    d: SimpleNamespace, n: int, count: int, chance: dict[str, float]
) -> tuple[list[float], list[str]]:
    """What each bidder asks and what became of the bid; the first bid is the lowest valid one."""
    lowest = round(d.estimate[n] * d.price[n], 2)
    above = d.above[n]
    amounts = [lowest]
    amounts += [round(lowest * (1.002 + above[at] * (1 + at / 4)), 2) for at in range(1, count)]
    if count > 2 and chance["same price"] < SAME_PRICE:
        amounts[2] = amounts[1]
    statuses = ["valid"] * count
    for at in range(1, count):
        if d.fate[n][at] < BID_OUT:
            statuses[at] = "disqualified"
        elif d.fate[n][at] > 1 - BID_WITHDRAWN:
            statuses[at] = "withdrawn"
    if count > 1 and chance["lowest out"] < LOWEST_OUT:
        statuses[0], statuses[1] = "disqualified", "valid"
    if count > 1 and chance["others out"] < ALL_OTHERS_OUT:
        statuses = ["valid"] + ["disqualified"] * (count - 1)
    return amounts, statuses


def _winners(
    statuses: list[str], amounts: list[float], lots: list[str], chance: dict[str, float]
) -> list[int]:
    """The bids that win: the lowest valid one, of each lot where there are lots."""
    valid = [at for at, status in enumerate(statuses) if status == "valid"]
    valid.sort(key=lambda at: (amounts[at], at))
    if lots:
        return [found[0] for lot in (0, 1) if (found := [at for at in valid if at % 2 == lot])]
    return valid[: 2 if chance["two awards"] < TWO_AWARDS else 1]


def _awards(
    d: SimpleNamespace, n: int, ocid: str, won: list[tuple[float, msgspec.Raw, str | None]],
    items: msgspec.Raw, money: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    awards = []
    for number, (amount, supplier, lot) in enumerate(won, 1):
        award = {
            "id": f"{ocid}-A{number}",
            "title": "Adjudicación",
            "status": "active",
            "date": d.decided[n],
            "value": money(amount),
            "suppliers": [supplier],
            "items": items,
        }
        if lot is not None:
            award["relatedLots"] = [lot]
        awards.append(award)
    return awards


def _lost_award(
    d: SimpleNamespace, n: int, ocid: str, supplier: msgspec.Raw, drawn: float
) -> dict[str, Any]:
    return {
        "id": f"{ocid}-A9",
        "status": "unsuccessful" if drawn < LOST_AWARD * 0.8 else "pending",
        "date": d.decided[n],
        "suppliers": [supplier],
    }


def _contract(
    d: SimpleNamespace, n: int, name: str, amount: float, payee: str, money: Any, changed: bool
) -> dict[str, Any]:
    chance = {what: d.chance[what][n] for what in _OF_CONTRACTS}
    worth = round(amount * 1.1, 2) if changed else amount
    paid = d.payments[n]
    amendments = []
    if chance["amended"] < AMENDED:
        amendments.append(("1", d.paid_at[n][-1], "Ampliación de plazo"))
    if changed:
        amendments.append(("2", d.changed_at[n], f"Value changed from {amount} to {worth}"))
    transactions = [
        {
            "id": f"{name}-P{p + 1}",
            "date": d.paid_at[n][p],
            "value": money(round(worth / paid, 2)),
            "payee": {"id": payee},
        }
        for p in range(paid)
    ]
    milestones = [
        {
            "id": f"{m + 1}",
            "title": "Entrega parcial",
            "dueDate": d.paid_at[n][m],
            "status": "met" if chance["met"] < 0.7 else "scheduled",
        }
        for m in range(int(chance["milestones"] * 3))
    ]
    contract: dict[str, Any] = {
        "id": name,
        "title": "Contrato",
        "status": "terminated" if chance["terminated"] < 0.5 or changed else "active",
        "period": {"startDate": d.signed[n], "endDate": d.ends[n]},
        "value": money(worth),
        "dateSigned": d.signed[n],
        "implementation": {"transactions": transactions, "milestones": milestones},
    }
    if amendments:
        contract["amendments"] = [
            {"id": number, "date": moment, "description": what}
            for number, moment, what in amendments
        ]
    if chance["document"] < SIGNED_DOCUMENT:
        contract["documents"] = [_document(d.line[n], 11, "contractSigned", d.published[n])]
    return contract


_OF_CONTRACTS = ("terminated", "met", "amended", "document", "milestones")


def _document(line: int, number: int, kind: str, published: str) -> dict[str, str]:
    return {
        "id": f"{line}-{number}",
        "documentType": kind,
        "title": f"Documento n.º {number}",
        "url": f"https://example.org/documents/{line}/{number}.pdf",
        "format": "application/pdf",
        "datePublished": published,
    }


# -- lines that are wrong -------------------------------------------------------------------------

#: What can be wrong with a line. A reader must report each, with the line.
BAD_KINDS = (
    "cut short", "no number", "not UTF-8", "a control character", "something behind",
    "nested too deeply", "only text", "no ocid", "an amount in words", "half a tenderer",
    "an object for a list", "an impossible date",
)  # fmt: skip

#: Of these nothing can be used; of the others all but one field.
LOST_KINDS = BAD_KINDS[:8]

_MARK = "@@mark@@"
_NESTING = 5_000


def bad_kinds(seed: int, lines: np.ndarray, share: float) -> list[str | None]:
    """What is wrong with each line where that share of lines is bad; null for a good line."""
    is_bad = uniform(seed, lines, "bad") < share
    kind = np.floor(uniform(seed, lines, "kind of bad") * len(BAD_KINDS)).astype(int)
    drawn = zip(kind.tolist(), is_bad.tolist(), strict=True)
    return [BAD_KINDS[number] if bad else None for number, bad in drawn]


def _spoiled(made: dict[str, Any], kind: str) -> bytes:
    """The line of a release with one thing wrong."""
    tender, bid = made["tender"], made["bids"]["details"][0]
    in_place_of_mark = {
        "no number": b"NaN",
        "not UTF-8": b'"\xc3\x28\xff"',
        "a control character": b'"a\x01b"',
        "nested too deeply": b"[" * _NESTING + b"]" * _NESTING,
    }
    if kind == "no number":
        bid["value"]["amount"] = _MARK
    elif kind in in_place_of_mark:
        tender["title"] = _MARK
    elif kind == "no ocid":
        del made["ocid"]
    elif kind == "an amount in words":
        bid["value"]["amount"] = "12,5 USD"
    elif kind == "half a tenderer":
        tender["numberOfTenderers"] = 2.5
    elif kind == "an object for a list":
        made["bids"]["details"] = {"1": bid}
    elif kind == "an impossible date":
        tender["tenderPeriod"]["endDate"] = "2301-02-30T00:00:00Z"
    line = _encode(made)
    if kind == "cut short":
        return line[: len(line) // 2]
    if kind == "something behind":
        return line + b"}"
    if kind == "only text":
        return b'"see the annex"'
    if kind in in_place_of_mark:
        return line.replace(b'"' + _MARK.encode() + b'"', in_place_of_mark[kind])
    return line


# -- files ----------------------------------------------------------------------------------------


def block(seed: int, lines: np.ndarray, bad: float = 0.0, changed: bool = False) -> bytes:
    """These lines as text, each with its line end."""
    made, drawn = world(seed), _draws(seed, lines)
    kinds = bad_kinds(seed, lines, bad)
    texts = []
    for n, kind in enumerate(kinds):
        found = release(made, drawn, n, changed)
        texts.append(_encode(found) if kind is None else _spoiled(found, kind))
    texts.append(b"")
    return b"\n".join(texts)


def changed_lines(seed: int, share: float, of: int) -> np.ndarray:
    """Which of the first `of` lines have changed a month later: exactly that share of them."""
    order = np.argsort(uniform(seed, np.arange(of), "changed"), kind="stable")
    return np.sort(order[: round(of * share)])


def write(
    out: Path,
    lines: np.ndarray,
    *,
    seed: int = 1,
    jobs: int = 1,
    bad: float = 0.0,
    changed: bool = False,
) -> int:
    """Write these lines; gives the bytes written. The file appears only when it is complete."""
    world(seed)  # once, before the processes are forked
    aside = out.with_name(f"{out.name}.{os.getpid()}.part")
    tasks = [(seed, lines[at : at + BLOCK], bad, changed) for at in range(0, len(lines), BLOCK)]
    size = 0
    try:
        with aside.open("wb") as file:
            for text in _blocks(tasks, jobs):
                file.write(text)
                size += len(text)
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
    return size


def _blocks(tasks: list[tuple[int, np.ndarray, float, bool]], jobs: int) -> Iterator[bytes]:
    if jobs <= 1:
        yield from map(_block_of, tasks)
        return
    with multiprocessing.Pool(jobs) as pool:
        yield from pool.imap(_block_of, tasks)


def _block_of(task: tuple[int, np.ndarray, float, bool]) -> bytes:
    return block(*task)


def main(given: list[str] | None = None) -> int:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, help="file to write")
    parser.add_argument("lines", type=int, nargs="?", help="how many lines (not with --changed)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--bad", type=float, default=0.0, metavar="SHARE", help="bad lines")
    parser.add_argument("--changed", type=float, metavar="SHARE", help="only lines that changed")
    parser.add_argument("--of", type=int, metavar="N", help="lines of the file that changed")
    asked = parser.parse_args(given)
    is_delta = asked.changed is not None
    if is_delta != (asked.of is not None) or is_delta == (asked.lines is not None):
        parser.error("give the number of lines, or --changed SHARE and --of N")
    for name in ("bad", "changed"):
        share = getattr(asked, name)
        if share is not None and not 0 <= share <= 1:
            parser.error(f"--{name} is a share, from 0 to 1")
    whole = np.arange(asked.lines or 0)
    lines = changed_lines(asked.seed, asked.changed, asked.of) if is_delta else whole
    how = {"seed": asked.seed, "jobs": asked.jobs, "bad": asked.bad, "changed": is_delta}
    size = write(asked.out, lines, **how)
    print(json.dumps({"file": str(asked.out), "lines": len(lines), "bytes": size}), file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

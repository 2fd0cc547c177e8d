"""Contracts of a body from signature to their end: changes, milestones, payments, and breaches.

A breach strikes at a hazard that is the same for all bodies, higher in December (money runs out), and
three times as high where a new mayor drops what was inherited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from troth.made_up.chance import (
    AS_OF,
    FIRST,
    Array,
    amounts,
    date_of,
    known,
    month_of,
    spread_days,
    worked,
    year_of,
)
from troth.made_up.country import CURRENCY, THE_CHANGE, Firm, Making, chosen

#: Contracts of a usual body in eight years.
CONTRACTS = 130

#: Breaches, defaults of the firm, and cuts or halts, a contract and year.
BREACH, DEFAULT, ADVERSE = 0.13, 0.015, 0.05

#: In December so many times more often: the year's money runs out, in every body alike.
DECEMBER = 2.0

#: What a new mayor who drops what was inherited does to these for a year.
DROPPED, CUT, YEAR = 3.0, 8.0, 365

#: Days that an inherited milestone slips by then.
SLIP = 90

#: Of breached contracts, the share whose object is tendered again; there, and elsewhere.
RETENDERED_THERE, RETENDERED = 0.65, 0.12

#: Of changes and breaches, the share with a published reason, a legal basis, and a compensation.
LAWFUL, LAWFUL_LACKING = 0.7, 0.12

#: Of breaches, the share said to come from a change of person or procedure; there, and elsewhere.
EXCUSED_THERE, EXCUSED = 0.9, 0.05

#: Of works, the share that just stop; there, and elsewhere.
ABANDONED_THERE, ABANDONED = 0.6, 0.03

#: Of payments owed for milestones, the share not made; where arrears are hidden, and elsewhere.
UNPAID_THERE, UNPAID = 0.5, 0.03

#: Kind, CPV divisions, median length in days, median amount.
KINDS = (
    ("works", ("4523", "4521", "4531"), 640, 160_000.0),
    ("goods", ("3010", "3314", "3912", "3411"), 150, 22_000.0),
    ("services", ("7131", "9051", "7994", "5071"), 900, 48_000.0),
)
_SHARES = np.array([0.3, 0.3, 0.4])

WORDS = (
    "bridge harbour school roof boiler fence well archive tunnel clock library stairs market garden"
    " lamp depot canal orchard tower quay stable bakery laundry museum kiosk pavilion culvert ramp"
    " cellar lighthouse windmill fountain greenhouse ferry signal turbine chimney gallery kitchen"
    " playground barracks sluice avenue tram weir granary observatory theatre aqueduct terrace"
).split()

REASONS = ("ground conditions", "budget act amended", "design error", "decision of a court")
EXCUSES = ("change of the head of the body", "reorganisation of the body", "internal approval")
BASIS, COMPENSATION = "Invented Contracts Act, section 41", "agreed sum paid"

_GRID = np.arange(FIRST, AS_OF + 1)


@dataclass(frozen=True)
class Contract:
    """One contract; days are numbers. `ended` is None while it is open on the last day."""

    contract_id: str
    ocid: str
    firm: Firm
    kind: str
    classification: str
    title: str
    place: str
    amount: float
    signed: int
    start: int
    end: int
    ended: int | None
    status: str | None
    active_until: int
    dropped: bool

    @property
    def breached(self) -> bool:
        """Whether the body broke it."""
        return self.status in {"cancelled", "incomplete"}


def contracts(making: Making, firms: list[Firm]) -> list[Contract]:
    """The contracts of a body, and the rows of the registers of contracts."""
    draws = making.draws("registered_contract")
    found = _drawn(making, firms, draws)
    found += _again(making, found, draws)
    changing, meeting = making.draws("registered_change"), making.draws("registered_milestone")
    assessing = making.draws("assessment of breaches")
    for one in found:
        _register(making, one)
        _changes(making, one, changing, assessing)
        _milestones(making, one, meeting)
    return found


def _clock(rate: float, factor: float) -> tuple[Array, Array]:
    """Cumulated hazard by day, for what a new mayor drops and for all else."""
    daily = np.where(month_of(_GRID) == 12, DECEMBER * rate, rate) / YEAR
    year = (_GRID >= THE_CHANGE) & (_GRID < THE_CHANGE + YEAR)
    return np.cumsum(np.where(year, factor * daily, daily)), np.cumsum(daily)


def _strikes(hazard: Array, since: int, luck: float) -> int | None:
    """The day on which an exponential wait of length `luck` is over; None if not by the last day."""
    reached = float(hazard[since - FIRST]) + luck
    place = int(np.searchsorted(hazard, reached))
    return None if place >= len(hazard) else FIRST + place


def _drawn(making: Making, firms: list[Firm], draws: Any) -> list[Contract]:
    body, many = making.body, making.many(CONTRACTS)
    drops = body.does("drops_what_it_inherited")
    signed = np.sort(worked(draws.integers(FIRST, AS_OF - 20, many)))
    kind = draws.choice(len(KINDS), many, p=_SHARES)
    length = np.maximum(spread_days(draws, many, 1.0) * [KINDS[k][2] for k in kind], 40)
    sums = amounts(draws, many, 1.0)
    luck = draws.exponential(1.0, (many, 2))
    delay = np.where(draws.random(many) < 0.15, 200, 15) * draws.exponential(1.0, many)
    rest = draws.random((many, 4))
    (dropping, breaking), (_, defaulting) = _clock(BREACH, DROPPED), _clock(DEFAULT, 1.0)
    abandoned = ABANDONED_THERE if body.does("abandons_works") else ABANDONED
    found = []
    for number in range(many):
        name, divisions, _, median = KINDS[kind[number]]
        since, start = int(signed[number]), int(signed[number]) + 14
        planned, dropped = start + int(length[number]), drops and since < THE_CHANGE
        day, status = int(planned + delay[number]), "complete"
        breach = _strikes(dropping if dropped else breaking, since, luck[number, 0])
        if breach is not None and breach < day:
            day, status = breach, "cancelled" if rest[number, 0] < 0.6 else "incomplete"
        default = _strikes(defaulting, since, luck[number, 1])
        if default is not None and default < day:
            day, status = default, "unsuccessful"
        ended: int | None = max(day, since + 1)
        active = min(day, AS_OF)
        if name == "works" and rest[number, 1] < abandoned and status == "complete":
            ended, active = None, min(start + int(length[number] * rest[number, 2] * 0.7), AS_OF)
        if ended is not None and ended > AS_OF:
            ended = None
        found.append(
            Contract(
                contract_id=f"{body.body_id}-C{number:05d}",
                ocid=f"ocds-invent-{body.body_id[3:].lower()}-{number:05d}",
                firm=firms[int(len(firms) * rest[number, 3] ** 1.3)],
                kind=name,
                classification=chosen(draws, divisions) + f"{draws.integers(1000, 9999)}",
                title=" ".join(draws.choice(WORDS, 5, replace=False).tolist()),
                place=f"Ward {draws.integers(1, 13)} (invented)",
                amount=round(float(sums[number]) * median, 2),
                signed=since,
                start=start,
                end=planned,
                ended=ended,
                status=None if ended is None else status,
                active_until=active,
                dropped=dropped and active >= THE_CHANGE,
            )
        )
    return found


def _again(making: Making, broken: list[Contract], draws: Any) -> list[Contract]:
    """Contracts for what was broken and is tendered again."""
    body, found = making.body, list[Contract]()
    for one in broken:
        share = RETENDERED_THERE if _in_the_year(one) and one.dropped else RETENDERED
        wait = 90 + int(draws.integers(0, 300))
        if one.ended is None or not one.breached or draws.random() > share:
            continue
        signed = int(worked(one.ended + wait))
        if signed > AS_OF - 20:
            continue
        length = one.end - one.start
        number = len(broken) + len(found)
        found.append(
            Contract(
                contract_id=f"{body.body_id}-C{number:05d}",
                ocid=f"ocds-invent-{body.body_id[3:].lower()}-{number:05d}",
                firm=one.firm,
                kind=one.kind,
                classification=one.classification,
                title=one.title,
                place=one.place,
                amount=round(one.amount * 1.1, 2),
                signed=signed,
                start=signed + 14,
                end=signed + 14 + length,
                ended=signed + 20 + length if signed + 20 + length <= AS_OF else None,
                status="complete" if signed + 20 + length <= AS_OF else None,
                active_until=min(signed + 20 + length, AS_OF),
                dropped=False,
            )
        )
    return found


def _in_the_year(one: Contract) -> bool:
    return one.ended is not None and THE_CHANGE <= one.ended < THE_CHANGE + YEAR


def _register(making: Making, one: Contract) -> None:
    making.add(
        "registered_contract",
        registered_contract_id=one.contract_id,
        body_id=making.body.body_id,
        body_name=making.body.name,
        ocid=one.ocid,
        supplier=one.firm.firm_id,
        supplier_sme=one.firm.small,
        kind=one.kind,
        classification=one.classification,
        title=one.title,
        place=one.place,
        amount=one.amount,
        currency=CURRENCY,
        date_signed=date_of(one.signed),
        period_start=date_of(one.start),
        period_end=date_of(one.end),
        final_status=one.status,
        final_status_date=None if one.ended is None else date_of(one.ended),
        extension_until_max=date_of(one.end + 180),
        option_taken=False,
        # Its payments have days of their own.
        paid_amount=None,
        stated_on=None,
    )


def _changes(making: Making, one: Contract, draws: Any, assessing: Any) -> None:
    """Extensions, cuts and halts, and the act by which a contract was broken."""
    luck, odds = draws.exponential(1.0), draws.random(6)
    adverse = _strikes(_clock(ADVERSE, CUT)[0 if one.dropped else 1], one.signed, luck)
    happened: list[tuple[int, str, float | None, int | None]] = []
    if odds[0] < 0.2 and one.start + 20 < one.active_until:
        day = int(one.start + (one.active_until - one.start) * odds[1])
        happened.append((day, "duration", None, one.end + 30 + int(60 * odds[2])))
    if adverse is not None and adverse < one.active_until:
        kind = ("value", "scope", "suspension")[min(int(odds[3] * 3), 2)]
        left = None if kind == "suspension" else one.amount * (0.4 + 0.4 * odds[4])
        happened.append((adverse, kind, left, one.end + 240 if kind == "suspension" else None))
    if one.ended is not None and one.breached:
        happened.append((one.ended, "scope", one.amount * odds[5] * 0.8, None))
    lawful = LAWFUL_LACKING if making.body.does("changes_without_law") else LAWFUL
    happened.sort(key=lambda each: each[0])
    for number, (day, kind, left, until) in enumerate(happened):
        broken = day == one.ended and kind == "scope"
        excused = EXCUSED_THERE if one.dropped and _in_the_year(one) and broken else EXCUSED
        reason = chosen(draws, EXCUSES if draws.random() < excused else REASONS)
        has = draws.random(3) < lawful ** (1 / 3)
        making.add(
            "registered_change",
            registered_contract_id=one.contract_id,
            change_no=number,
            date=date_of(day),
            kind=kind,
            old_amount=one.amount,
            new_amount=one.amount if left is None else round(left, 2),
            currency=CURRENCY,
            old_end=date_of(one.end),
            new_end=date_of(one.end if until is None else until),
            rationale=reason if broken or has[0] else None,
            published=bool(has[0]),
            legal_basis=BASIS if has[1] else None,
            compensation=COMPENSATION if has[2] else None,
        )
        if broken:
            _coded(making, one, day, reason in EXCUSES, assessing)


def _coded(making: Making, one: Contract, day: int, excuse: bool, draws: Any) -> None:
    """Two assessors who do not see each other's answer say whether a breach was excused so."""
    for assessor in ("A1", "B2"):
        right = draws.random() < 0.985
        when = known(min(day + 90, AS_OF))
        making.add(
            "assessment",
            body_id=making.body.body_id,
            body_name=making.body.name,
            item_id=one.contract_id,
            assessor=assessor,
            date=when,
            code="stated_reason",
            # 1 is a change of person, 0 another reason.
            value=float(excuse if right else not excuse),
            note=None,
        )


def _milestones(making: Making, one: Contract, draws: Any) -> None:
    """Steps of a contract at even distances, and what was paid for each that was met."""
    many = max(1, min(4, (one.end - one.start) // 150))
    unpaid = UNPAID_THERE if making.body.does("hides_arrears") else UNPAID
    paid = 0
    for number in range(many):
        due = one.start + (one.end - one.start) * (number + 1) // many
        slip = int(draws.normal(4, 12)) + int(draws.exponential(60) * (draws.random() < 0.2))
        if one.dropped and THE_CHANGE < due < THE_CHANGE + YEAR:
            slip += SLIP
        met = int(worked(max(due + slip, one.start + 1)))
        stopped = met > one.active_until and (one.ended is not None or one.active_until < AS_OF)
        was_met = met <= one.active_until
        share = round(one.amount / many, 2)
        lasting = one.ended is None
        making.add(
            "registered_milestone",
            registered_contract_id=one.contract_id,
            milestone_no=number,
            kind="payment" if number == many - 1 or draws.random() < 0.4 else "delivery",
            due_date=date_of(due),
            original_due_date=date_of(due),
            date_met=date_of(met) if was_met else None,
            status="met" if was_met else "notMet" if stopped and not lasting else "scheduled",
            amount=share,
            currency=CURRENCY,
        )
        wait, luck = int(spread_days(draws, 1, 24.0)[0]), draws.random()
        if was_met and luck > unpaid and met + wait <= AS_OF:
            making.add(
                "registered_payment",
                registered_contract_id=one.contract_id,
                payment_no=paid,
                date=date_of(int(worked(met + wait))),
                amount=share,
                currency=CURRENCY,
            )
            paid += 1


def notices(making: Making, found: list[Contract]) -> list[dict[str, Any]]:
    """The contracting process of each contract as an OCDS release, and of calls that came to nothing.

    Prices rise by half a per cent for each ten days that a body pays later than its term.
    """
    body, draws = making.body, making.draws("procurement")
    late = 60.0 if body.does("pays_slowly") else 0.0
    one_bid = 0.75 if body.does("one_bid") else 0.18
    pool = sorted({one.firm.firm_id: one.firm for one in found}.values(), key=lambda f: f.firm_id)
    releases = []
    for one in found:
        luck, method = draws.random(8), "open"
        if luck[0] < 0.25:
            method = "direct" if luck[1] < 0.4 else "limited" if luck[1] < 0.6 else "selective"
        open_for = 6 if body.does("one_bid") else 22 + int(luck[2] * 25)
        decided, closed = one.signed - 12 - int(luck[3] * 20), one.signed - 45 - int(luck[4] * 20)
        others = 0 if method == "direct" or luck[5] < one_bid else 1 + int(draws.poisson(2.2))
        rivals = draws.permutation(len(pool))[: others + 1].tolist()
        bidders = [one.firm, *[pool[r] for r in rivals if pool[r] is not one.firm][:others]]
        ratio = np.exp(draws.normal(-0.05, 0.08)) * (1 + 0.005 * late / 10)
        prices = one.amount * (1 + np.r_[0.0, draws.exponential(0.12, len(bidders) - 1)])
        releases.append(
            {
                **_head(making, one.ocid, year_of(one.signed), one.active_until),
                "tender": {
                    "id": one.ocid,
                    "title": one.title,
                    "status": "complete",
                    "procurementMethod": method,
                    "procurementMethodRationale": "stated urgency" if method == "direct" else None,
                    "mainProcurementCategory": one.kind,
                    "value": _money(one.amount / ratio),
                    "tenderPeriod": {
                        "startDate": _moment(closed - open_for), "endDate": _moment(closed),
                    },
                    "numberOfTenderers": len(bidders),
                    "tenderers": [_reference(firm) for firm in bidders],
                    "items": _items(one.classification),
                },
                "bids": {
                    "details": [
                        {
                            "id": str(number),
                            "date": _moment(closed - 1),
                            "status": "valid" if number == 0 or draws.random() > 0.05
                            else "disqualified",
                            "tenderers": [_reference(firm)],
                            "value": _money(prices[number]),
                        }
                        for number, firm in enumerate(bidders)
                    ]
                },
                "awards": [
                    {
                        "id": "1",
                        "status": "active",
                        "date": _moment(decided),
                        "value": _money(one.amount),
                        "suppliers": [_reference(one.firm)],
                        "items": _items(one.classification),
                    }
                ],
                "contracts": [
                    {
                        "id": one.contract_id,
                        "awardID": "1",
                        "title": one.title,
                        "status": "active" if one.ended is None else "terminated",
                        "dateSigned": _moment(one.signed),
                        "period": {"startDate": _moment(one.start), "endDate": _moment(one.end)},
                        "value": _money(one.amount),
                        "documents": [
                            {
                                "id": "1",
                                "documentType": "contractSigned",
                                "datePublished": _moment(one.signed + 5 + int(luck[6] * 20)),
                            }
                        ]
                        if luck[7] < 0.85
                        else [],
                    }
                ],
            }
        )  # fmt: skip
    for number in range(len(found) // 12):
        closed = int(worked(int(draws.integers(FIRST + 60, AS_OF - 60))))
        ocid = f"ocds-invent-{body.body_id[3:].lower()}-n{number:04d}"
        releases.append(
            {
                **_head(making, ocid, year_of(closed), closed + 40),
                "tender": {
                    "id": ocid,
                    "title": " ".join(draws.choice(WORDS, 5, replace=False).tolist()),
                    "status": "unsuccessful",
                    "procurementMethod": "open",
                    "mainProcurementCategory": "services",
                    "tenderPeriod": {
                        "startDate": _moment(closed - 30), "endDate": _moment(closed),
                    },
                    "numberOfTenderers": 0,
                },
            }
        )  # fmt: skip
    return releases


def _head(making: Making, ocid: str, year: int, updated: int) -> dict[str, Any]:
    body = making.body
    scheme, _, number = body.body_id.rpartition("-")
    party = {
        "id": body.body_id,
        "name": body.name,
        "identifier": {"scheme": scheme, "id": number},
        "roles": ["buyer"],
    }
    return {
        "ocid": ocid,
        "id": f"{ocid}-{year}",
        "date": _moment(min(updated, AS_OF)),
        "tag": ["compiled"],
        "initiationType": "tender",
        "buyer": {"id": body.body_id, "name": body.name},
        "parties": [party],
    }


def _reference(firm: Firm) -> dict[str, str]:
    return {"id": firm.firm_id, "name": firm.name}


def _items(classification: str) -> list[dict[str, Any]]:
    return [{"id": "1", "classification": {"scheme": "CPV", "id": classification}}]


def _money(amount: float) -> dict[str, Any]:
    return {"amount": round(float(amount), 2), "currency": CURRENCY}


def _moment(day: int) -> str:
    return f"{date_of(int(day)).isoformat()}T12:00:00Z"

"""How deep the open data of a contracting process go: which checks they stand, what is published.

The checks are of the kind of Pelican's (Open Contracting Partnership): coherence in time and state,
consistency of amounts, references. Each is run where what it compares is there, and passes when
every such place in the record passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from troth.sources.ocds.whole import Row, Seen

#: A contract's value lies between these shares of its award's.
LEAST, MOST = 0.5, 1.5

#: States of a contract that nobody has signed (OCDS 1.1).
_UNSIGNED = ("pending", "cancelled")
_MET = ("met", "partiallyMet")


class Process(NamedTuple):
    """A release, and what was read of it."""

    release: Row
    seen: Seen


def depth_of(release: Row, contracts: list[Row], seen: Seen) -> dict[str, str]:
    """The columns of `publication_depth` of a process that has come to a contract, as texts."""
    run = passed = 0
    for check in CHECKS:
        found = list(check(Process(release, seen)))
        run += bool(found)
        passed += bool(found) and all(found)
    finals = [row["final_status"] for row in seen.rows["contract_terms"]]
    of_contracts = [row for row in seen.rows["milestone"] if row["of"] == "contract"]
    return {
        "checks_run": str(run),
        "checks_passed": str(passed),
        "has_milestones": _yes(bool(of_contracts)),
        "has_transactions": _yes(bool(seen.rows["transaction"])),
        # An empty list says that there was no change.
        "has_changes": _yes(any({"amendments", "amendment"} & set(one) for one in contracts)),
        "has_final_status": _yes(any(one is not None for one in finals)),
    }


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def _in_order(*pairs: tuple[datetime | None, datetime | None]) -> Iterator[bool]:
    return (a <= b for a, b in pairs if a is not None and b is not None)


def _periods(it: Process) -> Iterable[bool]:
    tender = it.seen.rows["tender"][0]
    terms = ((one["period_start"], one["period_end"]) for one in it.seen.rows["contract_terms"])
    return _in_order((tender["period_start"], tender["period_end"]), *terms)


def _awarded_then_signed(it: Process) -> Iterable[bool]:
    return _in_order(*((a["date"], c["date_signed"]) for c, a in _pairs(it)))


def _signed_then_paid(it: Process) -> Iterable[bool]:
    signed = [row["date_signed"] for row in it.seen.rows["contract"]]
    return _in_order(*((signed[t["contract_no"]], t["date"]) for t in it.seen.rows["transaction"]))


def _published_last(it: Process) -> Iterable[bool]:
    released = it.seen.rows["process"][0]["released_at"]
    awards = ((row["date"], released) for row in it.seen.rows["award"])
    return _in_order(*awards, *((row["date_signed"], released) for row in it.seen.rows["contract"]))


def _met_when_met(it: Process) -> Iterable[bool]:
    rows = [row for row in it.seen.rows["milestone"] if row["status"] and row["date_met"]]
    return (row["status"] in _MET for row in rows)


def _unsigned_unpaid(it: Process) -> Iterable[bool]:
    paid = {row["contract_no"] for row in it.seen.rows["transaction"]}
    return (
        row["contract_no"] not in paid
        for row in it.seen.rows["contract"]
        if row["status"] in _UNSIGNED
    )


def _paid_within_value(it: Process) -> Iterable[bool]:
    for row in it.seen.rows["contract"]:
        paid = [t for t in it.seen.rows["transaction"] if t["contract_no"] == row["contract_no"]]
        told = paid and row["amount"] is not None and all(t["amount"] is not None for t in paid)
        if told and all(t["currency"] == row["currency"] for t in paid):
            yield sum(Decimal(repr(t["amount"])) for t in paid) <= Decimal(repr(row["amount"]))


def _near_its_award(it: Process) -> Iterable[bool]:
    for contract, award in _pairs(it):
        told = contract["amount"] is not None and (award["amount"] or 0) > 0
        if told and contract["currency"] == award["currency"]:
            yield LEAST <= contract["amount"] / award["amount"] <= MOST


def _award_is_there(it: Process) -> Iterable[bool]:
    ids = [row["award_id"] for row in it.seen.rows["award"]]
    named = [row["award_id"] for row in it.seen.rows["contract"] if row["award_id"] is not None]
    return (ids.count(one) == 1 for one in named)


def _buyer_is_a_party(it: Process) -> Iterable[bool]:
    parties, buyer = _ids(it.release.get("parties")), it.release.get("buyer")
    named = buyer.get("id") if isinstance(buyer, dict) else None
    return [] if named is None or not parties else [named in parties]


def _suppliers_are_parties(it: Process) -> Iterable[bool]:
    parties = _ids(it.release.get("parties"))
    awards = it.release.get("awards")
    for award in awards if parties and isinstance(awards, list) else ():
        if isinstance(award, dict):
            yield from (one in parties for one in _ids(award.get("suppliers")))


def _ids(parts: Any) -> list[Any]:
    """The identifiers of some organisations, in their order."""
    some = parts if isinstance(parts, list) else []
    return [one["id"] for one in some if isinstance(one, dict) and one.get("id") is not None]


def _pairs(it: Process) -> Iterator[tuple[Row, Row]]:
    """Each contract with each award that it names."""
    for contract in it.seen.rows["contract"]:
        for award in it.seen.rows["award"]:
            if contract["award_id"] is not None and award["award_id"] == contract["award_id"]:
                yield contract, award


CHECKS: tuple[Callable[[Process], Iterable[bool]], ...] = (
    _periods,
    _awarded_then_signed,
    _signed_then_paid,
    _published_last,
    _met_when_met,
    _unsigned_unpaid,
    _paid_within_value,
    _near_its_award,
    _award_is_there,
    _buyer_is_a_party,
    _suppliers_are_parties,
)

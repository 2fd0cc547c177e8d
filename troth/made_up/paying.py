"""What a body pays, and when: invoices, judgments, lenders, and what the market asks of it.

Everybody pays faster in November and slower in December, when the accounts are closed: a confound
that all bodies share.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from troth.made_up.chance import (
    AS_OF,
    FIRST,
    YEARS,
    Array,
    amounts,
    date_of,
    known,
    month_of,
    number_of,
    spread_days,
    worked,
    year_of,
)
from troth.made_up.contracts import YEAR, Contract
from troth.made_up.country import CURRENCY, THE_CHANGE, Firm, Making, chosen
from troth.tables.money import (
    BODY_YEAR,
    DEBT,
    DEBT_PAYMENT,
    INVOICE,
    INVOICE_SUSPENSION,
    JUDGMENT,
    JUDGMENT_PAYMENT,
    QUOTE,
)

#: Invoices and judgments of a usual body in eight years; median days to pay.
INVOICES, JUDGMENTS, MEDIAN = 750, 25, 24.0

#: Times the usual wait in November and in December.
NOVEMBER, DECEMBER = 0.75, 1.6

#: Days more: of inherited contracts under a new mayor, in a budget cut, of small firms.
INHERITED_WAIT, CUT_WAIT, SMALL_WAIT = 60, 35, 30
CUT_FROM = number_of("2022-07-01")

#: Times the usual wait where everybody waits, and where quarter-ends are dressed.
SLOW, DRESSED = 3.0, 2.2

#: Of overdue invoices, the share paid in the last days before a reporting date there.
CLEARED, CLEARED_IN = 0.85, 6

#: Invoices that are stuck, for how many days; and, where old ones are let lie, those that are so
#: for good.
STUCK, STUCK_FROM, STUCK_UNTIL, LEFT_LYING = 0.015, 60, 420, 0.125

#: Of invoices: sent back twice or more, there and elsewhere; and registered anew, there alone.
SENT_BACK_THERE, SENT_BACK, ANEW = 0.25, 0.012, 0.10

#: Judgments that are not paid; there, and elsewhere.
UNSATISFIED_THERE, UNSATISFIED = 0.75, 0.06

#: Sums due to lenders that are not paid from a day on; and elsewhere.
DEFAULTED, MISSED = 0.7, 0.01
DEFAULT_FROM = number_of("2021-01-01")

#: Of entries, the share that lacks the value of a column that may be empty.
LACKING = 0.01

REPORTING = tuple(
    number_of(f"{year}-{day}") for year in YEARS for day in ("03-31", "06-30", "09-30", "12-31")
)

#: Bodies of this volume and more owe lenders.
BORROWS = 0.9


def paying(making: Making, firms: list[Firm], contracts: list[Contract]) -> None:
    """Every table of what the body owes."""
    spent = _invoices(making, firms, contracts)
    _body_years(making, spent)
    _judgments(making)
    if making.body.volume >= BORROWS:
        _lenders(making)


def _invoices(making: Making, firms: list[Firm], contracts: list[Contract]) -> float:
    body, draws = making.body, making.draws("invoice")
    many = making.many(INVOICES)
    of = _contract_of(contracts, many, draws)
    received = draws.integers(FIRST, AS_OF + 1, many)
    for row in np.flatnonzero(of >= 0).tolist():
        one = contracts[of[row]]
        received[row] = one.start + int(
            (max(one.active_until, one.start + 1) - one.start) * draws.random()
        )
    received = np.minimum(worked(received), AS_OF)
    firm = [
        contracts[c].firm if c >= 0 else firms[int(len(firms) * u**2)]
        for c, u in zip(of.tolist(), draws.random(many).tolist(), strict=True)
    ]
    small = np.array([one.small for one in firm])
    inherited = np.array([c >= 0 and contracts[c].dropped for c in of.tolist()])
    wait = spread_days(draws, many, MEDIAN) * np.exp(making.draws("pace").normal(0, 0.08))
    wait += np.where(draws.random(many) < 0.08, spread_days(draws, many, 60.0, 0.8), 0)
    month = month_of(received)
    wait *= np.where(month == 11, NOVEMBER, np.where(month == 12, DECEMBER, 1.0))
    if body.does("pays_slowly"):
        wait *= SLOW
    if body.does("dresses_quarter_ends"):
        wait *= DRESSED
    if body.does("pays_small_firms_later"):
        wait += np.where(small, SMALL_WAIT, 0)
    if body.does("cuts_its_budget"):
        wait += np.where(received >= CUT_FROM, CUT_WAIT, 0)
    soon = (received >= THE_CHANGE) & (received < THE_CHANGE + YEAR)
    wait += np.where(inherited & soon, INHERITED_WAIT, 0)
    stuck = draws.random(many) < STUCK
    wait += np.where(stuck, draws.integers(STUCK_FROM, STUCK_UNTIL, many), 0)
    due = received + np.where(draws.random(many) < 0.1, 60, 30)
    paid = worked(received + np.maximum(wait, 1).astype(np.int64))
    if body.does("dresses_quarter_ends"):
        paid = _dressed(paid, due, draws)
    unpaid = body.does("lets_old_invoices_lie") & (draws.random(many) < LEFT_LYING)
    accepted = received + np.minimum(spread_days(draws, many, 8.0), 60).astype(np.int64)
    back = SENT_BACK_THERE if body.does("returns_invoices") else SENT_BACK
    luck = draws.random((many, 2))
    returned = np.where(luck[:, 0] < back, 2 + (luck[:, 1] * 3).astype(int), luck[:, 0] < 0.1)
    sums = amounts(draws, many, 2_400.0, 1.1)
    anew = body.does("returns_invoices") & (draws.random(many) < ANEW)
    gap, suspending = draws.integers(10, 60, many), making.draws("invoice_suspension")
    lacking = making.draws("lacking in invoice").random((many, 4)) < LACKING
    for row in range(many):
        invoice_id = f"{body.body_id}-I{row:06d}"
        entry: dict[str, Any] = {
            "body_id": body.body_id,
            "body_name": body.name,
            "contract_id": contracts[of[row]].contract_id if of[row] >= 0 else None,
            "supplier": firm[row].firm_id,
            "supplier_sme": None if lacking[row, 0] else firm[row].small,
            "amount": None if lacking[row, 1] else float(sums[row]),
            "currency": CURRENCY,
            "received_date": date_of(int(received[row])),
            "due_date": None if lacking[row, 2] else date_of(int(due[row])),
            "returned_count": None if lacking[row, 3] else int(returned[row]),
        }
        taken = min(int(accepted[row]), int(paid[row]))
        first = entry | {"accepted_date": known(taken), "paid_date": known(int(paid[row]))}
        if unpaid[row]:
            first["paid_date"] = None
        again = int(received[row] + gap[row])
        if anew[row] and again <= AS_OF:
            # The first one is lost; the same sum is asked again, and paid from then on.
            first |= {"accepted_date": None, "paid_date": None}
            second = entry | {
                "received_date": date_of(again),
                "accepted_date": known(taken + int(gap[row])),
                "due_date": date_of(again + 30),
                "paid_date": known(int(worked(int(paid[row] + gap[row])))),
            }
            making.add(INVOICE, invoice_id=f"{invoice_id}-R", **second)
        making.add(INVOICE, invoice_id=invoice_id, **first)
        if suspending.random() < 0.04:
            _suspended(making, invoice_id, int(received[row]), suspending)
    return float(sums.sum())


def _contract_of(contracts: list[Contract], many: int, draws: Any) -> Array:
    """For each invoice the contract it is for, the longer the likelier; -1 for one in four."""
    if not contracts:
        return np.full(many, -1)
    length = np.array([max(one.active_until - one.start, 1) for one in contracts], float)
    of = draws.choice(len(contracts), many, p=length / length.sum())
    # What ended before it began has no invoices.
    begun = np.array([one.start < min(one.active_until, AS_OF) for one in contracts])
    return np.where((draws.random(many) < 0.25) | ~begun[of], -1, of)


def _dressed(paid: Array, due: Array, draws: Any) -> Array:
    """What is overdue shortly before a reporting date is mostly paid by then, or by the next."""
    place = draws.integers(0, CLEARED_IN, len(paid))
    passed_over = draws.geometric(CLEARED, len(paid)) - 1
    ends = np.array(REPORTING)
    following = np.searchsorted(ends, due + CLEARED_IN + 1) + passed_over
    there = following < len(ends)
    end = ends[np.minimum(following, len(ends) - 1)]
    return np.where(there & (paid > end), end - place, paid)


def _suspended(making: Making, invoice_id: str, received: int, draws: Any) -> None:
    since = received + int(draws.integers(1, 20))
    until = since + int(draws.integers(3, 25))
    if since > AS_OF:
        return
    making.add(
        INVOICE_SUSPENSION,
        invoice_id=invoice_id,
        suspension_no=0,
        from_date=date_of(since),
        to_date=known(until),
        reason=chosen(draws, ("query about the quantity", "proof of delivery asked for")),
    )


def _body_years(making: Making, spent: float) -> None:
    body, draws = making.body, making.draws("body_year")
    for number, year in enumerate(YEARS):
        making.add(
            BODY_YEAR,
            body_id=body.body_id,
            body_name=body.name,
            fiscal_year=year,
            expenditure_total=round(spent / 8 / 0.3 * 1.02**number * draws.uniform(0.95, 1.05), 2),
            currency=CURRENCY,
            population=body.population,
            tier=body.level,
            peer_group=body.level,
        )


def _judgments(making: Making) -> None:
    body, draws = making.body, making.draws("judgment")
    many = making.many(JUDGMENTS, power=0.5)
    sums = amounts(draws, many, 30_000.0)
    unpaid = UNSATISFIED_THERE if body.does("leaves_judgments_unpaid") else UNSATISFIED
    for number in range(many):
        judgment_id = f"{body.body_id}-J{number:04d}"
        final = int(worked(int(draws.integers(FIRST, AS_OF - 30))))
        wait, luck = float(spread_days(draws, 1, 60.0, 0.6)[0]), draws.random(3)
        paid = final + int(wait) if luck[0] > unpaid else None
        listed = final + 200 if paid is None or paid > final + 200 else None
        making.add(
            JUDGMENT,
            judgment_id=judgment_id,
            body_id=body.body_id,
            body_name=body.name,
            amount=float(sums[number]),
            currency=CURRENCY,
            final_date=date_of(final),
            enforcement_case=f"XR-ENF-{number:04d}" if listed is not None else None,
            defaulter_listed_from=known(listed),
            defaulter_listed_to=known(paid) if listed is not None and listed <= AS_OF else None,
        )
        if paid is None or paid > AS_OF:
            continue
        halves = [1.0] if luck[1] < 0.8 else [0.5, 0.5]
        for part, share in enumerate(halves):
            making.add(
                JUDGMENT_PAYMENT,
                judgment_id=judgment_id,
                payment_no=part,
                date=date_of(paid - 10 * (len(halves) - 1 - part)),
                amount=float(sums[number]) * share,
                currency=CURRENCY,
            )


def _lenders(making: Making) -> None:
    body, draws = making.body, making.draws("debt")
    defaults = body.does("defaults_on_lenders")
    principal = float(amounts(draws, 1, 400_000.0, 0.6)[0]) * body.volume
    for number in range(4 * len(YEARS)):
        due = FIRST + 60 + number * 91
        if due > AS_OF:
            continue
        debt_id = f"{body.body_id}-L{number:03d}"
        interest = round(principal * 0.02, 2)
        making.add(
            DEBT,
            debt_id=debt_id,
            body_id=body.body_id,
            body_name=body.name,
            instrument="invented bond" if number % 2 else "invented loan",
            due_date=date_of(due),
            principal_due=round(principal, 2),
            interest_due=interest,
            currency=CURRENCY,
        )
        missed = DEFAULTED if defaults and due >= DEFAULT_FROM else MISSED
        if draws.random() > missed:
            making.add(
                DEBT_PAYMENT,
                debt_id=debt_id,
                payment_no=0,
                date=date_of(due),
                amount=round(principal, 2) + interest,
                currency=CURRENCY,
            )
    quoting, level = making.draws("quote"), 0.0
    for number in range(12 * len(YEARS)):
        day = int(worked(FIRST + 14 + int(number * 30.4)))
        peers = 90 + 20 * np.sin(number / 9)
        level = 0.8 * level + quoting.normal(0, 4)
        more = 120.0 if defaults and day >= DEFAULT_FROM else 0.0
        making.add(
            QUOTE,
            body_id=body.body_id,
            body_name=body.name,
            date=date_of(day),
            tenor=60,
            spread_bp=round(float(peers + level + more), 1),
            peer_spread_bp=round(float(peers), 1),
            rating="BBB (invented)" if year_of(day) < 2021 or not defaults else "B (invented)",
        )

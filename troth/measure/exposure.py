"""Contracts under a change of office: who is exposed, and from which day on.

A contract is exposed from the first change of office *after* its signature, never before: whether it
will ever see a change depends on how long it lives, so counting it as exposed from the start lets
the long-lived ones look safe (immortal-time bias). That form cannot be made here: `Rows` refuses it.
Definitions: METHODS finding 1 and A.1. Posts are dated terms of a body; holders, where a source tells
them apart at all, are opaque numbers that only answer whether the holder changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from troth.errors import UsageError
from troth.measure.grouped import DAY, NO_DAY, Array, days_between, first_after
from troth.tables.body import ACTING_DAYS

#: x1 is 1 from the change on for so many days; x2 from then on (METHODS A.1).
SOON = 365

#: Every change shifted by so many days must show no effect (METHODS A.1).
PLACEBO_SHIFTS = (-365, 730)

REFUSED = (
    "{n} rows count a contract as exposed before the change of office had come, the first is row"
    " {row}. A contract that 'ever saw a change' had to live long enough to see one, so this form"
    " finds the opposite of what is there: on contracts whose hazard rises 1.8 times after a change"
    " it gives 0.21 (p = 1e-30), exposure that begins with the change gives 1.65 (95 %: 1.26 to"
    " 2.16). Build the rows with exposure.rows, from the dates of signature and change."
)


class ImmortalTimeError(UsageError):
    """Exposure that is fixed for a contract, or begins before the change that it stands for."""


@dataclass(frozen=True)
class Changes:
    """Changes of office: whose, and when; in order of body and day."""

    body: Array
    on: Array  # datetime64[D]

    def shifted(self, days: int) -> Changes:
        """The same, so many days later: a placebo."""
        return Changes(self.body, self.on + np.timedelta64(days, "D"))


def changes(
    body: Array,
    start: Array,
    end: Array,
    as_of: np.datetime64,
    *,
    holder: Array | None = None,
    acting: Array | None = None,
) -> Changes:
    """The days on which a new holder took the accountable post, from its dated terms.

    A term opens a change on its first day, unless that day is unknown or after `as_of`; unless it
    is the first on record, of which nobody knows what it changed; unless it is an acting holder's
    of fewer than 60 days (by its end or `as_of`; all such short terms, where `acting` is not
    given); or unless the holder before, such acting ones passed over, was the same. Without
    `holder` every term has another holder, as the table `term` promises. One post a body.
    """
    known = np.flatnonzero(~np.isnat(start) & (start <= as_of))
    until = np.where(np.isnat(end) | (end > as_of), as_of, end)
    brief = (until - start) < np.timedelta64(ACTING_DAYS, "D")
    if acting is not None:
        brief &= acting
    first = np.zeros(len(body), np.bool_)
    order = known[np.lexsort((start[known], body[known]))]
    opens = np.ones(len(order), np.bool_)
    opens[1:] = body[order][1:] != body[order][:-1]
    first[order[opens]] = True
    # The first term of record stays, however short: it says from when on terms are known.
    kept = order[first[order] | ~brief[order]]
    same_body = np.zeros(len(kept), np.bool_)
    same_body[1:] = body[kept][1:] == body[kept][:-1]
    if holder is not None:
        same_body[1:] &= holder[kept][1:] != holder[kept][:-1]
    found = kept[same_body]
    return Changes(body[found], start[found].astype(DAY))


def known_from(body: Array, start: Array, bodies: int) -> Array:
    """For each body the first day from which its terms of office are known; NaT where none is."""
    found = np.full(bodies, np.iinfo(np.int64).max)
    dated = ~np.isnat(start)
    np.minimum.at(found, body[dated], start[dated].astype(DAY).astype(np.int64))
    days = found.astype(DAY)
    days[found == np.iinfo(np.int64).max] = NO_DAY
    return days


@dataclass(frozen=True)
class Rows:
    """Stretches (start, stop] of contracts, in days from signature, in the order of contracts.

    `soon` (x1) is true from the first change after signature for 365 days, `later` (x2) from then
    on. `first_change` repeats on each row the days from signature to that change, NaN without one:
    by it rows that are exposed too early are refused (`ImmortalTimeError`).
    """

    contract: Array  # index into the contracts that were given
    body: Array
    start: Array
    stop: Array
    event: Array  # bool, at `stop`
    soon: Array  # bool
    later: Array  # bool
    first_change: Array
    left_out: int  # contracts without a day at risk, or of which it is unknown

    def __post_init__(self) -> None:
        early = np.flatnonzero((self.soon | self.later) & ~(self.start >= self.first_change))
        if len(early):
            raise ImmortalTimeError(REFUSED.format(n=len(early), row=early[0]))

    @property
    def exposed(self) -> Array:
        """Whether any change since signature has come (x1 or x2)."""
        return np.asarray(self.soon | self.later)


def rows(
    body: Array,
    signed: Array,
    ended: Array,
    breached: Array,
    change: Changes,
    as_of: np.datetime64,
    known: Array | None = None,
) -> Rows:
    """The counting process of contracts: one row for each state of exposure of each contract.

    `ended` is the day on which a contract was breached, completed or terminated for the firm's
    default (NaT while it is open), `breached` whether it was the first of these. What ends after
    `as_of` is open at `as_of`. `known` is, by body, the day from which its terms are known:
    contracts signed earlier may have seen a change that nobody recorded, and are left out, as are
    those signed on no known day or that were never at risk for a day.
    """
    open_still = np.isnat(ended) | (ended > as_of)
    last = np.where(open_still, as_of, ended)
    length = days_between(signed, last)
    at_risk = length > 0
    if known is not None:
        at_risk &= signed >= known[body]
    which = np.flatnonzero(at_risk)
    body, length = body[which], length[which]
    event = breached[which] & ~open_still[which]
    first = days_between(signed[which], first_after(body, signed[which], change.body, change.on))
    never = np.full(len(which), np.inf)
    soon_from = np.fmin(first, never)
    edges = np.stack([np.zeros(len(which)), soon_from, soon_from + SOON, never], axis=1).clip(
        max=length[:, None]
    )
    start, stop = edges[:, :-1], edges[:, 1:]
    there = start < stop
    contract, state = np.nonzero(there)
    return Rows(
        contract=which[contract],
        body=body[contract],
        start=start[there],
        stop=stop[there],
        event=event[contract] & (stop[there] == length[contract]),
        soon=state == 1,
        later=state == 2,
        first_change=first[contract],
        left_out=len(at_risk) - len(which),
    )


@dataclass(frozen=True)
class Inherited:
    """Contracts that were open when office changed, one row for each such change (METHODS C02)."""

    contract: Array
    body: Array
    on: Array  # the change
    days: Array  # from the change to the end or `as_of`
    event: Array  # bool: a breach, at `days`


def inherited(
    body: Array,
    signed: Array,
    ended: Array,
    breached: Array,
    change: Changes,
    as_of: np.datetime64,
) -> Inherited:
    """What new holders took over: contracts signed before a change and open at it.

    A contract enters once for each change that it lives to see, counted from that change; so a
    curve over these is a landmark curve, with the contracts of a body as one cluster.
    """
    last = np.where(np.isnat(ended) | (ended > as_of), as_of, ended)
    usable = np.flatnonzero(signed < last)
    days = np.append(change.on, as_of)
    low = days.min()
    span = int((days.max() - low).astype(np.int64)) + 2
    known = change.body * span + (change.on - low).astype(np.int64)

    def place(day: Array, side: Literal["left", "right"]) -> Array:
        offset = np.maximum((day - low).astype(np.int64), -1)
        key = body[usable] * span + offset
        return np.asarray(np.searchsorted(known, key, side=side), np.int64)

    # After the day of signature, before the last day.
    first, end = place(signed[usable], "right"), place(last[usable], "left")
    many = np.maximum(end - first, 0)
    row = np.repeat(np.arange(len(usable)), many)
    at = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    contract = usable[row]
    return Inherited(
        contract,
        body[contract],
        change.on[at],
        days_between(change.on[at], last[contract]),
        breached[contract] & (ended[contract] <= as_of),
    )

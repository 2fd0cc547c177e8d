"""How cases travel through a body: hand-offs, returns, stopped clocks, and closures that did not last.

Definitions: METHODS A.2 and I08 to I11, O05 of its catalogue; the questions are those of the BPI
Challenge 2013. Only bodies that keep their log in the same way may be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from troth.errors import UsageError
from troth.measure.grouped import DAY, Array, days_between, first_after, ratio, total

#: The words of the table `case_event`, by number.
EVENTS = (
    "received", "transfer", "pause", "resume", "decision", "closed", "reopened", "withdrawn",
)  # fmt: skip
RECEIVED, TRANSFER, PAUSE, RESUME, DECISION, CLOSED, REOPENED, WITHDRAWN = range(len(EVENTS))

#: What each event does to the clock: it runs, it is paused, it is over, or it stays as it was.
_RUNS, _PAUSED, _OVER, _STAYS = range(4)
_CLOCK = np.array([_RUNS, _STAYS, _PAUSED, _RUNS, _STAYS, _OVER, _RUNS, _OVER])

#: The last part of the time allowed in which pauses are too many when they stop the clock (A.2).
LATE_PART = 0.20

#: A case that is open for so many times the time allowed has come to a dead end (A.2).
DEAD_END = 2

#: The same matter again within so many days after closure: an empty closure (I11), recurrence (O05).
SAME_AGAIN, RECURS = 60, 180

_SECONDS = 86_400.0


@dataclass(frozen=True)
class Log:
    """Events in the order of their case and of the log, none after `as_of`; cases count from 0.

    `unit` is -1 where the log does not say who had the case. `held` is the time from each event to
    the next of its case, or to `as_of`, in days; `clock` what the clock did in it.
    """

    case: Array
    cases: int
    event: Array
    moment: Array  # datetime64[s]
    unit: Array
    units: tuple[str, ...]
    held: Array
    clock: Array
    as_of: np.datetime64
    left_out: int

    @property
    def first(self) -> Array:
        """Whether an event is the first of its case."""
        return np.concatenate([[True], self.case[1:] != self.case[:-1]])[: len(self.case)]

    @property
    def last_event(self) -> Array:
        """The index of the last event of each case; -1 for cases without any."""
        found = np.full(self.cases, -1)
        found[self.case] = np.arange(len(self.case))
        return found

    @property
    def open(self) -> Array:
        """Whether each case is open at `as_of`."""
        last = self.last_event
        return (last >= 0) & (self.clock[last] != _OVER) if len(self.case) else last >= 0


def log(
    case: Array,
    cases: int,
    moment: Array,
    event: Array,
    unit: Array,
    units: Sequence[str],
    as_of: np.datetime64,
) -> Log:
    """Events of cases as a log that ends with `as_of`; events of one case stand in their order.

    `moment` is a datetime64; a day alone is its midnight, and so is `as_of`. A case that does not
    begin with its receipt, or whose events go back in time, cannot be followed: it is left out, so
    that whatever is asked of it is unknown, and counted in `left_out`.
    """
    seconds = moment.astype("datetime64[s]")
    end = as_of.astype("datetime64[s]")
    kept = np.flatnonzero(seconds <= end)
    kept = kept[np.argsort(case[kept], kind="stable")]
    begins = np.concatenate([[True], case[kept][1:] != case[kept][:-1]])[: len(kept)]
    back = np.concatenate([[False], np.diff(seconds[kept]) < np.timedelta64(0, "s")])[: len(kept)]
    lost = np.unique(case[kept][(begins & (event[kept] != RECEIVED)) | (back & ~begins)])
    kept = kept[~np.isin(case[kept], lost)]
    case, event, seconds, unit = case[kept], event[kept], seconds[kept], unit[kept]
    last = np.concatenate([case[1:] != case[:-1], [True]])[: len(case)]
    following = np.concatenate([seconds[1:], [end]])[: len(seconds)]
    held = (np.where(last, end, following) - seconds).astype(np.float64) / _SECONDS
    does = _CLOCK[event]
    # What the clock does was last said by the latest event that says anything; a receipt always does.
    said = np.maximum.accumulate(np.where(does != _STAYS, np.arange(len(does)), 0))
    return Log(case, cases, event, seconds, unit, tuple(units), held, does[said], as_of, len(lost))


def from_table(case_event: pa.Table, case_ids: Sequence[str], as_of: np.datetime64) -> Log:
    """The rows of the table `case_event` as a log; `case_ids` says which case has which number."""
    number = pc.index_in(case_event["case_id"], value_set=pa.array(case_ids, pa.string()))
    if number.null_count:
        lost = case_event["case_id"][pc.index(pc.is_null(number), True).as_py()].as_py()
        raise UsageError(f"The log names the case {lost}, which is not in the list of cases.")
    case = number.to_numpy().astype(np.int64)
    order = np.lexsort((case_event["event_no"].to_numpy(), case))
    event = pc.index_in(case_event["event"], value_set=pa.array(EVENTS)).to_numpy()
    unit = case_event["unit"].combine_chunks().dictionary_encode()
    return log(
        case[order],
        len(case_ids),
        case_event["ts"].cast(pa.timestamp("us")).to_numpy()[order],
        event[order].astype(np.int64),
        unit.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)[order],
        unit.dictionary.to_pylist(),
        as_of,
    )


@dataclass(frozen=True)
class Paths:
    """The units a case passed through, by case; NaN where the log does not name all of them.

    A transfer to the unit that already has the case moves nothing and is no hand-off.
    """

    handoffs: Array
    returns: Array  # times that it came back to a unit that had it before
    gross_days: Array  # open, with pauses; time between closure and reopening is not open
    paused_days: Array
    steps: Array  # indices of events that put the case into another unit's hands
    returning: Array  # whether that unit had had it before

    @property
    def ping_pong(self) -> Array:
        """1 where a unit recurs in the path, 0 where none does, NaN where it is unknown."""
        return np.where(np.isnan(self.returns), np.nan, self.returns > 0)


def paths(events: Log) -> Paths:
    """Hand-offs, returns and days of each case."""
    step, known = _steps(events)
    case, unit = events.case[step], events.unit[step]
    handoffs = total(case, events.cases) - 1.0
    # A unit that stands in the path of its case for the second time has it back.
    order = np.argsort(case * (len(events.units) + 1) + unit, kind="stable")
    again = np.zeros(len(step), np.bool_)
    again[order[1:]] = (case[order[1:]] == case[order[:-1]]) & (unit[order[1:]] == unit[order[:-1]])
    returns = total(case, events.cases, again.astype(np.float64))
    running = events.clock != _OVER
    gross = total(events.case[running], events.cases, events.held[running])
    paused = events.clock == _PAUSED
    stopped = total(events.case[paused], events.cases, events.held[paused])
    seen = total(events.case, events.cases) > 0
    return Paths(
        np.where(known, handoffs, np.nan),
        np.where(known, returns, np.nan),
        np.where(seen, gross, np.nan),
        np.where(seen, stopped, np.nan),
        step,
        again,
    )


def _steps(events: Log) -> tuple[Array, Array]:
    """Events that put a case into other hands; and by case whether all of its units are named."""
    moves = np.flatnonzero((events.event == RECEIVED) | (events.event == TRANSFER))
    case, unit = events.case[moves], events.unit[moves]
    new = np.ones(len(moves), np.bool_)
    new[1:] = (case[1:] != case[:-1]) | (unit[1:] != unit[:-1])
    seen = total(case, events.cases) > 0
    unnamed = total(case[unit < 0], events.cases) > 0
    return moves[new], seen & ~unnamed


def hold_days(events: Log) -> tuple[Array, Array, Array]:
    """(case, unit, days): how long each unit had each case while it was open."""
    moves = (events.event == RECEIVED) | (events.event == TRANSFER)
    holder = np.maximum.accumulate(np.where(moves, np.arange(len(moves)), 0))
    unit = events.unit[holder]
    which = np.flatnonzero((events.clock != _OVER) & (unit >= 0) & (events.held > 0))
    key = events.case[which] * max(len(events.units), 1) + unit[which]
    keys, place = np.unique(key, return_inverse=True)
    days = np.bincount(place, events.held[which], len(keys))
    return keys // max(len(events.units), 1), keys % max(len(events.units), 1), days


@dataclass(frozen=True)
class PushAway:
    """Cases that a unit passed on, out of those it got; one row a body and unit, in that order.

    To be shrunk before use: a unit with three cases has a rate by chance.
    """

    body: Array
    unit: Array
    transfers: Array
    receipts: Array
    rate: Array


def push_away(events: Log, body_of_case: Array, intake: Sequence[str] = ()) -> PushAway:
    """Transfers out over receipts, by unit; `intake` units, whose work is to pass on, are left out.

    Cases whose path is not wholly known are left out.
    """
    step, known = _steps(events)
    step = step[known[events.case[step]]]
    case, unit = events.case[step], events.unit[step]
    wide = max(len(events.units), 1)
    key = body_of_case[case] * wide + unit
    keys, place = np.unique(key, return_inverse=True)
    receipts = np.bincount(place, minlength=len(keys))
    passed = np.flatnonzero(case[1:] == case[:-1])
    transfers = np.bincount(place[passed], minlength=len(keys))
    designated = [number for number, name in enumerate(events.units) if name in set(intake)]
    kept = ~np.isin(keys % wide, designated)
    keys, transfers, receipts = keys[kept], transfers[kept], receipts[kept]
    return PushAway(keys // wide, keys % wide, transfers, receipts, ratio(transfers, receipts))


@dataclass(frozen=True)
class HandOffs:
    """What the paths of a body's cases come to, by body."""

    mean: Array
    at_least_2: Array  # share
    ping_pong: Array  # share
    clock_pause: Array  # paused days over gross days
    n: Array  # cases with a known path
    unknown: Array


def hand_offs(found: Paths, body_of_case: Array, bodies: int) -> HandOffs:
    """The mean number of hand-offs, the shares with two or more and with a return, by body."""
    known = ~np.isnan(found.handoffs)
    body = body_of_case[known]
    n = total(body, bodies)
    clock = ~np.isnan(found.gross_days)
    of = body_of_case[clock]
    return HandOffs(
        ratio(total(body, bodies, found.handoffs[known]), n),
        ratio(total(body, bodies, found.handoffs[known] >= 2), n),
        ratio(total(body, bodies, found.ping_pong[known]), n),
        ratio(
            total(of, bodies, found.paused_days[clock]), total(of, bodies, found.gross_days[clock])
        ),
        n,
        total(body_of_case[~known & clock], bodies),
    )


@dataclass(frozen=True)
class LatePauses:
    """Pauses that begin near the end of the time allowed, by body."""

    excess: Array  # share of them over 0.20: 1 is what chance gives
    p: Array  # of so many or more, if pauses fell evenly
    late: Array
    n: Array


def late_pauses(events: Log, allowed: Array, body_of_case: Array, bodies: int) -> LatePauses:
    """Whether the clock is stopped when time runs out (I10); `allowed` is days by case, or NaN.

    The place of a pause is the share of the time allowed that had run by then, earlier pauses not
    counted. Pauses after the time was up stop nothing, and are left out, as are those of cases of
    which nobody knows the time allowed.
    """
    ran = np.where(events.clock == _RUNS, events.held, 0.0)
    before = np.cumsum(ran) - ran
    begin = np.maximum.accumulate(np.where(events.first, np.arange(len(ran)), 0))
    gone = before - before[begin] if len(ran) else before
    # A pause within a pause begins nothing.
    was = np.concatenate([[_OVER], events.clock[:-1]])[: len(ran)]
    pauses = np.flatnonzero((events.event == PAUSE) & (was == _RUNS) & ~events.first)
    place = gone[pauses] / np.where(allowed > 0, allowed, np.nan)[events.case[pauses]]
    inside = place <= 1
    body = body_of_case[events.case[pauses[inside]]]
    late = total(body[place[inside] >= 1 - LATE_PART], bodies)
    n = total(body, bodies)
    p = np.where(late > 0, special.betainc(np.maximum(late, 1), n - late + 1, LATE_PART), 1.0)
    return LatePauses(ratio(late, n) / LATE_PART, np.where(n > 0, p, np.nan), late, n)


def dead_ends(events: Log, allowed: Array) -> Array:
    """1 for cases that have been open for more than twice the time allowed; NaN where unknown."""
    days = paths(events).gross_days
    return np.where(
        np.isnan(days) | np.isnan(allowed), np.nan, events.open & (days > DEAD_END * allowed)
    )


def recurrence(
    matter: Array, received: Array, closed: Array, as_of: np.datetime64, within: int = RECURS
) -> Array:
    """By case, 1 if a case on the same matter came in within so many days after its closure (O05).

    `matter` numbers what is the same (body, topic and place), below 0 where it is unknown. NaN for
    cases that are not closed, of an unknown matter, or closed so lately that it cannot be told.
    """
    known = (matter >= 0) & (closed <= as_of)
    came = (matter >= 0) & (received <= as_of)
    following = first_after(matter, closed, matter[came], received[came])
    days = days_between(closed, following)
    again = days <= within
    told = known & (again | (days_between(closed, as_of) >= within))
    return np.where(told, again, np.nan)


def empty_closures(
    events: Log,
    repeat_of: Array,
    received: Array,
    closed: Array,
    *,
    within: int = SAME_AGAIN,
) -> Array:
    """By case, 1 if its closure came to nothing (I11): reopened, repeated, or without a decision.

    `repeat_of` is, by case, the number of the case that the source says it repeats, else -1;
    `received` and `closed` are days. NaN for cases that are not closed; and where none of the three
    happened, for those closed so lately that a repeat may still come.
    """
    as_of = events.as_of.astype(DAY)
    was_closed = total(events.case[events.event == CLOSED], events.cases) > 0
    reopened = total(events.case[events.event == REOPENED], events.cases) > 0
    decided = total(events.case[events.event == DECISION], events.cases) > 0
    repeated = np.zeros(events.cases, np.bool_)
    later = np.flatnonzero((repeat_of >= 0) & (received <= as_of))
    gap = days_between(closed[repeat_of[later]], received[later])
    repeated[repeat_of[later[(gap >= 0) & (gap <= within)]]] = True
    empty = reopened | repeated | ~decided
    told = was_closed & (empty | (days_between(closed, as_of) >= within))
    return np.where(told, empty, np.nan)

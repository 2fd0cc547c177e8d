"""What ledgers say happened, cut to what a page can draw: terms, contracts, deadlines, debts, ways.

Nothing is judged here. Of what is long only some is kept for each body, by a rule that its table
states, together with how many there are in all. Nothing after the day of judgement is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.link.register import Register
from troth.measure.arrears import AGES, lateness
from troth.measure.eventlog import Log, from_table, paths
from troth.measure.grouped import DAY, NO_DAY, Array, total
from troth.measure.payments import by_currency
from troth.tables.body import ACTING_DAYS, PUBLIC_BODY
from troth.tables.results import (
    ARREARS_AGE,
    ARREARS_AGES,
    COMMITMENT_DEADLINE,
    COMMITMENT_STATE,
    COMMITMENT_STATES,
    CONTRACT_COURSE,
    CONTRACT_EVENT,
    HAND_OFF,
    REQUEST_OUTCOME,
    REQUEST_OUTCOMES,
    TENURE,
)

#: So many of each body are kept.
TERMS, CONTRACTS, EVENTS, COMMITMENTS, WAYS, YEARS = 40, 8, 60, 20, 15, 10

#: Digits of a sum of money: more than any currency has, fewer than the order of adding moves.
MONEY_DIGITS = 4

Row = dict[str, object]


@dataclass(frozen=True)
class Courses:
    """The tables of `results.COURSES`, by name."""

    tables: Mapping[str, pa.Table]


def courses(
    ledgers: Mapping[str, pa.Table], register: Register, body_ids: pa.Array, as_of: date
) -> Courses:
    """Every course that these ledgers tell of registered bodies, as of this day."""
    told = _Told(ledgers, body_ids, np.datetime64(as_of, "D"))
    events: list[Row] = []
    found = {
        TENURE: _tenure(told),
        CONTRACT_COURSE: _contracts(told, events),
        CONTRACT_EVENT: events,
        COMMITMENT_DEADLINE: _deadlines(told),
        COMMITMENT_STATE: _states(told),
        ARREARS_AGE: _arrears(told),
        REQUEST_OUTCOME: _requests(told),
        HAND_OFF: _hand_offs(told),
    }
    return Courses({table.name: register.admit(table.rows(rows)) for table, rows in found.items()})


@dataclass(frozen=True)
class _Mine:
    """The entries of one ledger that are of registered bodies, and whose each is."""

    rows: pa.Table
    body: Array

    def __len__(self) -> int:
        return len(self.body)

    def days(self, name: str) -> Array:
        found: Array = self.rows[name].cast(pa.date32()).to_numpy().astype(DAY)
        return found

    def flags(self, name: str) -> Array:
        return np.asarray(pc.fill_null(self.rows[name], False))

    def texts(self, name: str) -> list[str | None]:
        found: list[str | None] = self.rows[name].to_pylist()
        return found

    def chosen(self, which: Array) -> _Mine:
        place = np.flatnonzero(which) if which.dtype == np.bool_ else which
        return _Mine(self.rows.take(pa.array(place)), self.body[place])


class _Told:
    """The ledgers as of a day."""

    def __init__(
        self, ledgers: Mapping[str, pa.Table], body_ids: pa.Array, as_of: np.datetime64
    ) -> None:
        self.ledgers, self.body_ids, self.as_of = ledgers, body_ids, as_of

    @property
    def bodies(self) -> int:
        return len(self.body_ids)

    def of(self, name: str) -> _Mine | None:
        """The entries of a ledger; none where it was not given or has none of these bodies."""
        rows = self.ledgers.get(name)
        if rows is None or not rows.num_rows:
            return None
        found = pc.index_in(rows["body_id"].cast(pa.string()), value_set=self.body_ids)
        body = pc.fill_null(found, -1).to_numpy().astype(np.int64)
        mine = _Mine(rows, body).chosen(body >= 0)
        return mine if len(mine) else None

    def parts(self, name: str, key: str, wholes: _Mine) -> _Mine | None:
        """The entries of a ledger that belong to these wholes; `body` then says to which."""
        rows = self.ledgers.get(name)
        if rows is None or not rows.num_rows:
            return None
        ids = wholes.rows[key].combine_chunks()
        found = pc.fill_null(pc.index_in(rows[key].cast(ids.type), value_set=ids), -1)
        whole = found.to_numpy().astype(np.int64)
        return _Mine(rows, whole).chosen(whole >= 0)

    def about(self, body: int) -> Row:
        return {"body_id": self.body_ids[body].as_py(), "body_kind": PUBLIC_BODY}

    @cached_property
    def administrations(self) -> dict[int, list[tuple[np.datetime64, int]]]:
        """Of each body the first days of its administrations and their numbers, in order."""
        found: dict[int, list[tuple[np.datetime64, int]]] = {}
        for one in _terms(self):
            if one.administration is not None:
                found.setdefault(one.body, []).append((one.start, one.administration))
        return found

    def administration(self, body: int, day: np.datetime64) -> int | None:
        """The administration of a body on a day; none where it is not known."""
        if np.isnat(day):
            return None
        known = [number for start, number in self.administrations.get(body, ()) if start <= day]
        return known[-1] if known else None


def _day(day: np.datetime64) -> date | None:
    found: date | None = day.astype(object)
    return found


def _first_of_each(order: Array, group: Array, most: int) -> Array:
    """Of rows in this order, whose groups stand together, the first so many of each group."""
    ordered = group[order]
    begins = np.searchsorted(ordered, ordered)
    return np.asarray(order[np.arange(len(order)) - begins < most])


# --- terms of office ---


@dataclass(frozen=True)
class _Term:
    body: int
    row: int
    post: str
    start: np.datetime64
    end: np.datetime64
    acting: bool
    leading: bool
    administration: int | None


def _terms(told: _Told) -> list[_Term]:
    """Terms in the order of body, day and key; those that begin after the day are not known."""
    mine = told.of("term")
    if mine is None:
        return []
    start, end = mine.days("start_date"), mine.days("end_date")
    # What ends after the day has not ended on it.
    end = np.where(end <= told.as_of, end, NO_DAY)
    acting, posts = mine.flags("acting"), mine.texts("post")
    until = np.where(np.isnat(end), told.as_of, end)
    days = np.where(np.isnat(start), 0, (until - start).astype(np.int64) + 1)
    known: dict[int, dict[str, int]] = {}
    there = [row for row in range(len(mine)) if not start[row] > told.as_of]
    for row in there:
        of_post = known.setdefault(int(mine.body[row]), {})
        of_post[posts[row] or ""] = of_post.get(posts[row] or "", 0) + int(days[row])
    leading = {
        body: min(of_post, key=lambda post, of_post=of_post: (-of_post[post], post))  # type: ignore[misc]
        for body, of_post in known.items()
    }
    keys = mine.texts("term_id")
    there.sort(key=lambda row: (mine.body[row], np.isnat(start[row]), start[row], keys[row]))
    found, number = [], 0
    last = -1
    for row in there:
        body, post = int(mine.body[row]), posts[row] or ""
        if body != last:
            number, last = 0, body
        leads = post == leading[body]
        begins = leads and not np.isnat(start[row])
        # The first on record says from when on terms are known, however short it is (METHODS A.1).
        if begins and acting[row] and days[row] - 1 < ACTING_DAYS and number:
            begins = False
        number += int(begins)
        found.append(
            _Term(
                body, row, post, start[row], end[row], bool(acting[row]), leads,
                number if begins else None,
            )
        )  # fmt: skip
    return found


def _tenure(told: _Told) -> list[Row]:
    terms = _terms(told)
    mine = told.of("term")
    if mine is None:
        return []
    keys = mine.texts("term_id")
    of_all = np.bincount([one.body for one in terms], minlength=told.bodies)
    rows, left = [], of_all.copy()
    for one in terms:
        left[one.body] -= 1
        if left[one.body] >= TERMS:
            continue  # the latest are kept
        rows.append(
            told.about(one.body)
            | {
                "term_id": keys[one.row],
                "post": one.post,
                "start_date": _day(one.start),
                "end_date": _day(one.end),
                "acting": one.acting,
                "leading": one.leading,
                "administration": one.administration,
                "of_all": int(of_all[one.body]),
            }
        )
    return rows


# --- contracts ---

KEY = "registered_contract_id"


def _contracts(told: _Told, events: list[Row]) -> list[Row]:
    """Rows of `contract_course`; those of `contract_event` are added to `events`."""
    mine = told.of("registered_contract")
    if mine is None:
        return []
    mine = mine.chosen(~(mine.days("date_signed") > told.as_of))
    size = len(mine)
    parts = _Parts(
        _until(told.parts("registered_payment", KEY, mine), "date", told.as_of),
        _until(told.parts("registered_change", KEY, mine), "date", told.as_of),
        told.parts("registered_milestone", KEY, mine),
        _invoices(told, mine),
    )
    due = unpaid = np.zeros(size, np.int64)
    if parts.invoices is not None:
        past = parts.invoices.days("due_date") <= told.as_of
        open_ = past & ~(parts.invoices.days("paid_date") <= told.as_of)
        due = total(parts.invoices.body[past], size)
        unpaid = total(parts.invoices.body[open_], size)
    changes = _count_of(parts.changes, size)
    signed = mine.days("date_signed").astype(np.int64)
    order = np.lexsort((np.arange(size), -signed, -changes, -unpaid, mine.body))
    picked = _first_of_each(order, mine.body, CONTRACTS)
    own_events = parts.events(picked, size, told.as_of)
    of_all = total(mine.body, told.bodies)
    rows = []
    listed = mine.rows.take(pa.array(picked)).to_pylist()
    for whole, entry, own in zip(picked.tolist(), listed, own_events, strict=True):
        body = int(mine.body[whole])
        own.sort(key=lambda one: (one.on, one.lane, one.key))
        first_end = next((one.old_end for one in own if one.old_end is not None), None)
        end = entry["period_end"]
        about = told.about(body) | {KEY: entry[KEY]}
        rows.append(
            about
            | {name: entry[name] for name in ("title", "date_signed", "period_start", "period_end")}
            | {name: entry[name] for name in ("amount", "currency")}
            | {
                "signed_under": told.administration(body, np.datetime64(entry["date_signed"], "D")),
                "original_end": first_end or end,
                "ends_under": told.administration(body, np.datetime64(end, "D")),
                "changes": int(changes[whole]),
                "due": int(due[whole]),
                "unpaid": int(unpaid[whole]),
                "payments": sum(one.lane == "payment" for one in own),
                "events": len(own),
                "of_all": int(of_all[body]),
            }
            | _final(entry, told.as_of)
        )
        for number, one in enumerate(own[-EVENTS:]):
            events.append(
                about
                | {
                    "event_no": number,
                    "lane": one.lane,
                    "date": one.on,
                    "settled_on": one.settled_on,
                    "new_end": one.new_end,
                    "what": one.what,
                    "amount": one.amount,
                    "currency": one.currency,
                }
            )
    return rows


def _until(mine: _Mine | None, name: str, as_of: np.datetime64) -> _Mine | None:
    return None if mine is None else mine.chosen(mine.days(name) <= as_of)


def _count_of(mine: _Mine | None, size: int) -> Array:
    return np.zeros(size, np.int64) if mine is None else total(mine.body, size)


def _final(entry: Mapping[str, Any], as_of: np.datetime64) -> Row:
    """The final status, where it was one on the day."""
    day = entry["final_status_date"]
    if day is not None and np.datetime64(day, "D") > as_of:
        return {"final_status": None, "final_status_date": None}
    return {"final_status": entry["final_status"], "final_status_date": day}


def _invoices(told: _Told, contracts: _Mine) -> _Mine | None:
    """Invoices received for these contracts by the body that signed them."""
    mine = told.of("invoice")
    if mine is None:
        return None
    ids = contracts.rows[KEY].combine_chunks()
    found = pc.index_in(mine.rows["contract_id"].cast(ids.type), value_set=ids)
    whole = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    own = (whole >= 0) & ~(mine.days("received_date") > told.as_of)
    own &= contracts.body[np.maximum(whole, 0)] == mine.body
    return _Mine(mine.rows, whole).chosen(own)


@dataclass(frozen=True)
class _Event:
    """One dated event of a contract; `key` tells it apart from others of its day."""

    lane: str
    on: date
    key: str
    settled_on: date | None = None
    what: str | None = None
    amount: float | None = None
    currency: str | None = None
    old_end: date | None = None
    new_end: date | None = None


@dataclass(frozen=True)
class _Parts:
    """What belongs to contracts: of each entry `body` says to which. Nothing is after the day."""

    payments: _Mine | None
    changes: _Mine | None
    milestones: _Mine | None
    invoices: _Mine | None

    def events(self, picked: Array, size: int, as_of: np.datetime64) -> list[list[_Event]]:
        """The events of the picked contracts, in their order."""
        place = np.full(size, -1)
        place[picked] = np.arange(len(picked))
        found: list[list[_Event]] = [[] for _ in picked]

        def entries(mine: _Mine | None) -> Iterator[tuple[list[_Event], dict[str, Any]]]:
            if mine is None:
                return
            some = mine.chosen(place[mine.body] >= 0)
            for whole, row in zip(some.body.tolist(), some.rows.to_pylist(), strict=True):
                yield found[place[whole]], row

        for own, row in entries(self.payments):
            own.append(_Event("payment", row["date"], f"{row['payment_no']:09}", **_money(row)))
        with_payments = [bool(own) for own in found]
        for own, row in entries(self.changes):
            own.append(
                _Event(
                    "change",
                    row["date"],
                    f"{row['change_no']:09}",
                    None,
                    row["kind"],
                    row["new_amount"],
                    row["currency"],
                    row["old_end"],
                    row["new_end"],
                )
            )
        for own, row in entries(self.milestones):
            if row["due_date"] is not None:
                met = _by(row["date_met"], as_of)
                number = f"{row['milestone_no']:09}"
                own.append(_Event("milestone", row["due_date"], number, met, row["kind"]))
        paid_of = {id(own): paid for own, paid in zip(found, with_payments, strict=True)}
        for own, row in entries(self.invoices):
            settled = _by(row["paid_date"], as_of)
            if _by(row["due_date"], as_of) is not None:
                key = row["invoice_id"]
                own.append(_Event("due", row["due_date"], key, settled, **_money(row)))
            # Where the register lists no payments, those of the invoices stand for them.
            if settled is not None and not paid_of[id(own)]:
                own.append(_Event("payment", settled, row["invoice_id"], **_money(row)))
        return found


def _money(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"amount": row["amount"], "currency": row["currency"]}


def _by(day: date | None, as_of: np.datetime64) -> date | None:
    """The day, if it has come."""
    return day if day is not None and np.datetime64(day, "D") <= as_of else None


# --- commitments ---


@dataclass(frozen=True)
class _Commitments:
    """Commitments announced by the day, and how each stands on it."""

    mine: _Mine
    original: Array
    current: Array
    moved: Array
    done: Array
    withdrawn: Array
    last: Array  # row of the last statement in `updates`, -1 without one
    updates: _Mine | None


def _commitments(told: _Told) -> _Commitments | None:
    mine = told.of("commitment")
    if mine is None:
        return None
    mine = mine.chosen(~(mine.days("announced") > told.as_of))
    size = len(mine)
    original = mine.days("original_due")
    current, moved = original.copy(), np.zeros(size, np.int64)
    withdrawn = np.zeros(size, np.bool_)
    revised = _until(told.parts("commitment_rev", "commitment_id", mine), "date", told.as_of)
    if revised is not None:
        withdrawn[revised.body[revised.flags("withdrawn")]] = True
        new = revised.chosen(~np.isnat(revised.days("new_due")))
        order = np.lexsort((new.rows["rev_no"].to_numpy(), new.days("date"), new.body))
        current[new.body[order]] = new.days("new_due")[order]  # the last of each stays
        moved = total(new.body, size)
    done, last = np.full(size, NO_DAY), np.full(size, -1)
    updates = _until(told.parts("commitment_update", "commitment_id", mine), "date", told.as_of)
    if updates is not None:
        day = updates.days("date")
        keys = np.asarray(updates.rows["update_id"].to_pylist(), dtype=object)
        order = np.lexsort((keys.astype(str), day, updates.body))
        last[updates.body[order]] = order
        complete = np.asarray(
            pc.fill_null(pc.equal(updates.rows["claimed_status"], "complete"), False)
        )
        reported = order[complete[order]][::-1]
        done[updates.body[reported]] = day[reported]  # backwards: the first of each stays
    return _Commitments(mine, original, current, moved, done, withdrawn, last, updates)


def _deadlines(told: _Told) -> list[Row]:
    found = _commitments(told)
    if found is None:
        return []
    mine = found.mine
    slip = (found.current - found.original).astype("timedelta64[D]")
    moved_by = np.where(np.isnat(slip), 0, slip.astype(np.int64))
    announced = mine.days("announced")
    latest = np.where(np.isnat(announced), np.iinfo(np.int64).min // 2, announced.astype(np.int64))
    keys = np.asarray(mine.texts("commitment_id"), dtype=str)
    order = np.lexsort((keys, -latest, -moved_by, mine.body))
    picked = _first_of_each(order, mine.body, COMMITMENTS)
    of_all = total(mine.body, told.bodies)
    rows = []
    for one, entry in zip(
        picked.tolist(), mine.rows.take(pa.array(picked)).to_pylist(), strict=True
    ):
        body, last = int(mine.body[one]), int(found.last[one])
        status, said = None, None
        if last >= 0 and found.updates is not None:
            status = found.updates.rows["claimed_status"][last].as_py()
            said = found.updates.rows["date"][last].as_py()
        rows.append(
            told.about(body)
            | {
                "commitment_id": entry["commitment_id"],
                "text": entry["text"],
                "announced": entry["announced"],
                "original_due": entry["original_due"],
                "current_due": _day(found.current[one]),
                "moved": int(found.moved[one]),
                "done_on": _day(found.done[one]),
                "last_status": status,
                "last_said": said,
                "withdrawn": bool(found.withdrawn[one]),
                "of_all": int(of_all[body]),
            }
        )
    return rows


def _states(told: _Told) -> list[Row]:
    found = _commitments(told)
    if found is None:
        return []
    is_done, dated = ~np.isnat(found.done), ~np.isnat(found.original)
    state = np.select(
        [
            is_done & ~dated,
            is_done & (found.done <= found.original),
            is_done,
            found.withdrawn,
            ~dated,
            found.original < told.as_of,
        ],
        [
            COMMITMENT_STATES.index(name)
            for name in (
                "done_undated", "done_in_time", "done_later", "withdrawn", "undated", "past",
            )
        ],
        COMMITMENT_STATES.index("running"),
    )  # fmt: skip
    return [
        told.about(body) | {"state": COMMITMENT_STATES[kind], "commitments": count}
        for (body, kind), count in _counted(found.mine.body, state)
    ]


def _counted(*keys: Array) -> Iterator[tuple[tuple[int, ...], int]]:
    """Each combination of keys that there is, in their order, and in how many rows."""
    if not len(keys[0]):
        return
    found, counts = np.unique(np.stack(keys), axis=1, return_counts=True)
    for key, number in zip(found.T.tolist(), counts.tolist(), strict=True):
        yield tuple(key), number


# --- arrears ---


def _arrears(told: _Told) -> list[Row]:
    mine = told.of("invoice")
    if mine is None:
        return []
    ids = told.body_ids.to_pylist()
    rows = []
    many, undated = len(ARREARS_AGES), len(ARREARS_AGES) - 1
    for currency, invoices in by_currency(
        mine.rows, ids, told.ledgers.get("invoice_suspension")
    ).items():
        known = invoices.seen(told.as_of)
        late = lateness(known, np.full(len(known), told.as_of))
        owed = np.flatnonzero(known.unpaid & ((late > 0) | np.isnat(known.due)))
        age = np.where(np.isnat(known.due[owed]), undated, np.searchsorted(AGES, late[owed]))
        place = known.body[owed] * many + age
        amounts = total(place, known.bodies * many, known.amount[owed])
        counts = total(place, known.bodies * many)
        for one in np.flatnonzero(counts).tolist():
            rows.append(
                told.about(one // many)
                | {
                    "currency": currency,
                    "age": ARREARS_AGES[one % many],
                    "amount": round(float(amounts[one]), MONEY_DIGITS),
                    "invoices": int(counts[one]),
                }
            )
    return rows


# --- requests for information ---

#: Columns of `foi_annual` and the outcome that each counts.
_OF_REPORT = {
    "granted": "full",
    "partial": "partial",
    "refused": "refused",
    "unable": "unable",
    "not_processed": "not_processed",
    "other": "other",
    "carried_out": "open",
}


def _requests(told: _Told) -> list[Row]:
    rows = []
    mine = told.of("foi")
    if mine is not None:
        mine = mine.chosen(mine.days("received") <= told.as_of)
        year = mine.days("received").astype("datetime64[Y]").astype(np.int64) + 1970
        outcome = pc.index_in(mine.rows["outcome"], value_set=pa.array(REQUEST_OUTCOMES))
        kind = pc.fill_null(outcome, REQUEST_OUTCOMES.index("not_said")).to_numpy()
        answered = mine.days("answered") <= told.as_of
        kind = np.where(answered, kind, REQUEST_OUTCOMES.index("open")).astype(np.int64)
        latest = np.zeros(told.bodies, np.int64)
        np.maximum.at(latest, mine.body, year)
        kept = year > latest[mine.body] - YEARS
        for (body, of_year, which), count in _counted(mine.body[kept], year[kept], kind[kept]):
            rows.append(_request(told, body, "requests", of_year, REQUEST_OUTCOMES[which], count))
    report = told.of("foi_annual")
    if report is not None:
        listed = report.rows.to_pylist()
        last: dict[int, int] = {}
        for body, entry in zip(report.body.tolist(), listed, strict=True):
            last[body] = max(last.get(body, 0), entry["year"])
        for body, entry in zip(report.body.tolist(), listed, strict=True):
            if entry["year"] <= last[body] - YEARS:
                continue
            for name, outcome in _OF_REPORT.items():
                if entry[name]:
                    rows.append(
                        _request(told, body, "yearly report", entry["year"], outcome, entry[name])
                    )
    return rows


def _request(told: _Told, body: int, source: str, year: int, outcome: str, count: int) -> Row:
    return told.about(body) | {
        "source": source, "year": year, "outcome": outcome, "requests": count,
    }  # fmt: skip


# --- ways of cases ---


def _hand_offs(told: _Told) -> list[Row]:
    mine = told.of("case")
    if mine is None:
        return []
    events = told.parts("case_event", "case_id", mine)
    if events is None or not len(events):
        return []
    ids = mine.rows["case_id"].to_pylist()
    log = from_table(events.rows, ids, told.as_of)
    case, before, after = _moves(log)
    if not len(case):
        return []
    units = max(len(log.units), 1)
    way = (mine.body[case] * units + before) * units + after
    ways, place, transfers = np.unique(way, return_inverse=True, return_counts=True)
    # A case counts once for each way, however often it went it.
    cases = np.bincount(np.unique(np.stack([place, case]), axis=1)[0], minlength=len(ways))
    body = ways // (units * units)
    of_all = total(mine.body[case], told.bodies)
    order = np.lexsort((ways, -transfers, body))
    rows = []
    for one in _first_of_each(order, body, WAYS).tolist():
        rows.append(
            told.about(int(body[one]))
            | {
                "from_unit": log.units[ways[one] // units % units],
                "to_unit": log.units[ways[one] % units],
                "transfers": int(transfers[one]),
                "cases": int(cases[one]),
                "of_all": int(of_all[body[one]]),
            }
        )
    return rows


def _moves(log: Log) -> tuple[Array, Array, Array]:
    """(case, unit before, unit after) of each step of a case whose units are named."""
    step = paths(log).steps
    case, unit = log.case[step], log.unit[step]
    moved = np.flatnonzero((case[1:] == case[:-1]) & (unit[1:] >= 0) & (unit[:-1] >= 0)) + 1
    return case[moved], unit[moved - 1], unit[moved]

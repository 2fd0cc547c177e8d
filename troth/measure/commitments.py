"""Whether what a body undertook was done by the day it first named, by the day it named last, at all.

Definitions: METHODS A.2 and I01 to I13, C03 of its catalogue. A deadline that is moved before it
passes is met on paper; so both are always given, and their difference is `laundering`. Arrays have one
element a commitment; days are datetime64[D], NaT where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import UsageError
from troth.measure.grouped import (
    DAY,
    NO_DAY,
    Array,
    Share,
    days_between,
    first_after,
    ratio,
    share,
    total,
)

#: Elements of a commitment that can be judged; from four on it is concrete, up to one lip service.
ELEMENTS = 5
CONCRETE, LIP_SERVICE = 4, 1

#: How far each step of progress counts (METHODS A.2); `withdrawn` is left out or counts as 0.
COMPLETION = {"not_started": 0.0, "limited": 1 / 3, "substantial": 2 / 3, "complete": 1.0}

#: Grades of proof on which completion counts; `substantial` needs B at least, `complete` too.
VERIFIES = ("A", "B")

#: Days after a deadline within which a body must say what became of it (I13), and after a change of
#: office within which it must touch what it inherited (C03).
SILENT, ORPHANED = 90, 180


@dataclass(frozen=True)
class Revisions:
    """Changes of deadlines, in any order; `due` is the deadline from then on."""

    commitment: Array  # index of the commitment
    on: Array
    due: Array


NO_REVISIONS = Revisions(np.zeros(0, np.int64), np.zeros(0, DAY), np.zeros(0, DAY))


def revisions(commitment_rev: pa.Table, commitment_ids: pa.Array) -> Revisions:
    """The changes of deadlines in the table `commitment_rev`, in the order of their number."""
    rows = commitment_rev.filter(pc.is_valid(commitment_rev["new_due"]))
    rows = rows.sort_by([("commitment_id", "ascending"), ("rev_no", "ascending")])
    index = pc.index_in(rows["commitment_id"], value_set=commitment_ids)
    if index.null_count:
        lost = rows["commitment_id"][pc.index(pc.is_null(index), True).as_py()].as_py()
        raise UsageError(f"A change names the commitment {lost}, which is not in the list.")
    return Revisions(
        index.to_numpy().astype(np.int64),
        rows["date"].to_numpy().astype(DAY),
        rows["new_due"].to_numpy().astype(DAY),
    )


@dataclass(frozen=True)
class Deadlines:
    """Commitments against their deadlines as of a day; 1 and 0, NaN where it cannot be told yet."""

    current_due: Array
    revised: Array  # times
    slip: Array  # days from the original to the current deadline
    planned: Array  # days from announcement to the original deadline
    drift: Array  # slip / planned
    on_time_original: Array
    on_time_current: Array
    overdue: Array  # days past the original deadline, until completion or `as_of`
    completed: Array  # of those whose original deadline has passed: 1 or 0
    as_of: np.datetime64


def deadlines(
    announced: Array,
    original: Array,
    completed: Array,
    revised: Revisions,
    as_of: np.datetime64,
) -> Deadlines:
    """Each commitment against the deadline first given and the one in force on `as_of`.

    Revisions after `as_of` have not been made, completions after it not been reached. A commitment
    that had no deadline at first has no original one, whatever came later.
    """
    n = len(original)
    done = np.where(completed <= as_of, completed, NO_DAY)
    made = np.flatnonzero((revised.on <= as_of) & ~np.isnat(revised.due))
    # Written in the order of their day, so that the last one stays.
    made = made[np.argsort(revised.on[made], kind="stable")]
    current = original.astype(DAY).copy()
    current[revised.commitment[made]] = revised.due[made]
    slip, planned = days_between(original, current), days_between(announced, original)
    until = np.where(np.isnat(done), as_of, done)
    over = days_between(original, until)
    passed = original <= as_of
    return Deadlines(
        current,
        total(revised.commitment[made], n),
        slip,
        planned,
        ratio(slip, planned),
        _by(done, original, as_of),
        _by(done, current, as_of),
        np.where(np.isnan(over), np.nan, np.maximum(over, 0.0)),
        np.where(passed, ~np.isnat(done), np.nan),
        as_of,
    )


def _by(done: Array, due: Array, as_of: np.datetime64) -> Array:
    """1 if done by the deadline, 0 if it passed before; NaN while it has not come."""
    return np.where(due <= as_of, done <= due, np.nan)


@dataclass(frozen=True)
class Kept:
    """How a body kept its deadlines, by body; shares, and laundering in points of 1."""

    on_time_original: Array
    on_time_current: Array
    laundering: Array
    completed: Array
    n_original: Array
    n_current: Array
    revisions: Array  # a commitment with a deadline


def kept(found: Deadlines, body: Array, bodies: int) -> Kept:
    """I02 and I03: shares on time of what fell due, by the first deadline and by the current one."""
    original = share(found.on_time_original, body, bodies)
    current = share(found.on_time_current, body, bodies)
    dated = ~np.isnan(found.slip)
    return Kept(
        original.value,
        current.value,
        current.value - original.value,
        share(found.completed, body, bodies).value,
        original.n,
        current.n,
        ratio(total(body[dated], bodies, found.revised[dated]), total(body[dated], bodies)),
    )


def median_drift(found: Deadlines, body: Array, bodies: int) -> tuple[Array, Array]:
    """I04: the median of relative drift by body, and how many it is of."""
    known = np.flatnonzero(~np.isnan(found.drift))
    order = known[np.lexsort((found.drift[known], body[known]))]
    n = total(body[known], bodies)
    begin = np.cumsum(n) - n
    values = np.append(found.drift[order], np.nan)
    low = np.minimum(begin + np.maximum(n - 1, 0) // 2, len(order))
    high = np.minimum(begin + n // 2, len(order))
    return np.where(n > 0, (values[low] + values[high]) / 2, np.nan), n


def specificity(*elements: Array) -> Array:
    """How many elements a commitment has: dated, measurable, financed, owned, verifiable (A.2).

    Each is true or false by commitment. Four of the five, where a source carries no more.
    """
    return np.asarray(np.sum(np.stack(elements), axis=0), np.int64)


def lip_service(specific: Array, claims_progress: Array, best_grade: Array) -> Array:
    """I06: 1 where hardly an element can be judged, or progress rests on a bare claim (grade D).

    `best_grade` is a letter by commitment, empty where there is no proof at all: a claim of
    progress without any is a bare claim.
    """
    bare = (best_grade == "D") | (best_grade == "")
    return np.asarray((specific <= LIP_SERVICE) | (claims_progress & bare), np.float64)


def completion(progress: Array, best_grade: Array, lawfully_withdrawn: Array) -> Array:
    """I01: 0, 1/3, 2/3 or 1, as far as proof of grade A or B shows; else 0.

    NaN for what was withdrawn with a legal basis and compensation, which is left out; withdrawn
    without them is 0, as is what nobody has shown. An empty `progress` is no evidence: 0.
    """
    value = np.zeros(len(progress))
    for name, worth in COMPLETION.items():
        value[progress == name] = worth
    value[~np.isin(best_grade, VERIFIES)] = 0.0
    return np.where((progress == "withdrawn") & lawfully_withdrawn, np.nan, value)


def claim_gap(claimed: Array, verified: Array, body: Array, bodies: int) -> Array:
    """I07: share that the body says is complete less the share that was verified, in points of 1.

    1, 0 and NaN by commitment; only those of which both are known.
    """
    both = ~np.isnan(claimed) & ~np.isnan(verified)
    difference = claimed[both] - verified[both]
    return ratio(total(body[both], bodies, difference), total(body[both], bodies))


def silent_expiry(
    original: Array,
    revised: Revisions,
    completed: Array,
    said_of: Array,
    said_on: Array,
    as_of: np.datetime64,
    body: Array,
    bodies: int,
) -> Share:
    """I13: of deadlines that passed, the share after which nothing was published for 90 days.

    Every deadline counts that was in force when it passed: the first, and each that replaced it in
    time. A statement (`said_of`, `said_on`) or a revision within 90 days breaks the silence; what
    was completed by then needs no word. Deadlines of the last 90 days are not judged yet.
    """
    item = np.concatenate([np.arange(len(original)), revised.commitment])
    since = np.concatenate([np.full(len(original), np.datetime64("0001-01-01")), revised.on])
    due = np.concatenate([original, revised.due]).astype(DAY)
    real = ~np.isnat(due) & (since <= as_of)
    item, since, due = item[real], since[real].astype(DAY), due[real]
    replaced = first_after(item, since, revised.commitment, revised.on)
    in_force = np.isnat(replaced) | (replaced > due)
    old = due + np.timedelta64(SILENT, "D") <= as_of
    judged = in_force & old & (since <= due)
    item, due = item[judged], due[judged]
    word = first_after(
        item,
        due - np.timedelta64(1, "D"),
        np.concatenate([said_of, revised.commitment]),
        np.concatenate([said_on, revised.on]),
    )
    done = completed[item]
    spoken = days_between(due, word) <= SILENT
    silent = ~spoken & ~(done <= due + np.timedelta64(SILENT, "D"))
    hits, n = total(body[item[silent]], bodies), total(body[item], bodies)
    return Share(ratio(hits, n), hits, n)


def orphaned(
    announced: Array,
    ended: Array,
    change_body: Array,
    change_on: Array,
    act_of: Array,
    act_on: Array,
    as_of: np.datetime64,
    body: Array,
    bodies: int,
) -> Share:
    """C03: of commitments open at a change of office, the share nobody touched in 180 days after.

    An act is an update, a payment, a revision or a mention. Each commitment counts once, at the
    first change after its announcement; changes of the last 180 days are not judged yet.
    """
    change = first_after(body, announced, change_body, change_on)
    open_then = np.isnat(ended) | (ended > change)
    judged = np.flatnonzero(
        ~np.isnat(change) & open_then & (change + np.timedelta64(ORPHANED, "D") <= as_of)
    )
    act = first_after(judged, change[judged], act_of, act_on)
    alone = ~(days_between(change[judged], act) <= ORPHANED)
    hits, n = total(body[judged[alone]], bodies), total(body[judged], bodies)
    return Share(ratio(hits, n), hits, n)

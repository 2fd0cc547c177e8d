"""Figures of implementation: what was promised, how far it came, how cases were handled.

Definitions: METHODS A.2 and I01 to I14 of its catalogue. What rests on assessments is withheld where
assessors agree too little (`agreement.py`); how well they agree is said of each type of body, which
is the tier that `body_year` last gives, and stands beside the figure or in the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from troth.measure import eventlog
from troth.measure.agreement import TENTATIVE, Agreement, Scale, Standing, krippendorff
from troth.measure.eventlog import Log
from troth.measure.figures.base import (
    Array,
    Judged,
    Reckoned,
    Z,
    figure,
    mean_of,
    share_of,
    with_error,
)
from troth.measure.grouped import DAY, ratio, total
from troth.measure.survival import curves_by

#: Agreement is drawn again with these numbers, the same in every run.
SEED = 20_240_331

#: Days in which a recommendation is followed up beside its cohort (METHODS I12: 24 months).
TWO_YEARS = 730

#: A prior of units that do not differ is worth so many times the largest of them (METHODS B.7); none
#: is worth less than the one case that Jeffreys' prior is.
LARGEST_SIZE, SMALLEST_SIZE = 10.0, 1.0


# -- assessments ---------------------------------------------------------------------------------


def agreements(judged: Judged) -> tuple[Sequence[Agreement], Array]:
    """How well the assessors of each type of body agree on the question, and each body's type.

    Everything counts that was coded by the day of judgement, each assessor's latest answer only; also
    what is open because two differ. Bodies whose tier is unknown are a type of their own.
    """
    rows = judged.tables["assessment"]
    until = pa.scalar(judged.kept["known_until"][0].item(), pa.date32())
    rows = rows.filter(
        pc.and_(
            pc.and_(pc.equal(rows["code"], judged.settings["code"]), pc.is_valid(rows["value"])),
            pc.and_(pc.less_equal(rows["date"], until), pc.is_valid(rows["body_no"])),
        )
    )
    tiers, tier = _tiers(judged)
    body = rows["body_no"].to_numpy()
    # `body_no` is within the bodies of the register, so that it may be an index.
    item, assessor = _coded(rows["item_id"]), _coded(rows["assessor"])
    order = np.lexsort((rows["date"].to_numpy(), assessor, item, body))
    body, item, assessor = body[order], item[order], assessor[order]
    answer = rows["value"].to_numpy()[order] * judged.settings["steps"]
    same = (body[1:] == body[:-1]) & (item[1:] == item[:-1])
    newest = np.append(~(same & (assessor[1:] == assessor[:-1])), [True])[: len(body)]
    unit = np.concatenate([[0], np.cumsum(~same)])[: len(body)]
    unit, kind, answer = unit[newest], tier[body[newest]], np.floor(answer[newest] + 0.5)
    found = []
    for number in range(tiers):
        mine = kind == number
        names, place = np.unique(unit[mine], return_inverse=True)
        begins = np.searchsorted(place, place)
        which = np.arange(len(place)) - begins
        ratings = np.full((int(which.max(initial=-1)) + 1, len(names)), np.nan)
        ratings[which, place] = answer[mine]
        found.append(krippendorff(ratings, Scale.ORDINAL, np.random.default_rng(SEED)))
    return found, tier


def _coded(column: pa.ChunkedArray) -> Array:
    coded = column.combine_chunks().dictionary_encode()
    return np.asarray(coded.indices.to_numpy(zero_copy_only=False), np.int64)


def _tiers(judged: Judged) -> tuple[int, Array]:
    """How many types of bodies there are, and the type of each body: its tier as last given."""
    rows = judged.tables["body_year"]
    rows = rows.filter(pc.and_(pc.is_valid(rows["body_no"]), pc.is_valid(rows["tier"])))
    rows = rows.sort_by([("fiscal_year", "ascending")])
    names = sorted(set(rows["tier"].to_pylist()))
    tier = np.full(judged.bodies, len(names))
    place = pc.index_in(rows["tier"], value_set=pa.array(names, pa.string()))
    tier[rows["body_no"].to_numpy()] = place.to_numpy()
    return len(names) + 1, tier


def gated(judged: Judged, made: Reckoned, assessed: Array) -> Reckoned:
    """The figure, withheld for bodies with `assessed` cases whose assessors agree too little.

    Where they agree, alpha stands beside it, with its interval and the words `with reserve` below
    .80. Where nothing was coded twice, or all alike, nobody can say that they agree.
    """
    found, tier = agreements(judged) if assessed.any() else ([], np.zeros(judged.bodies, int))
    rests = total(judged.body[assessed], judged.bodies) > 0
    alpha, low, high, items = (np.full(judged.bodies, np.nan) for _ in range(4))
    withheld: list[str | None] = [None] * judged.bodies
    words: list[str | None] = [None] * judged.bodies
    for body in np.flatnonzero(rests):
        one = found[tier[body]]
        withheld[body] = _refusal(one)
        items[body] = one.units
        if one.alpha is not None:
            alpha[body] = one.alpha
            reserve = one.standing is Standing.WITH_RESERVE
            words[body] = "with reserve" if reserve else "without reserve"
        if one.low is not None and one.high is not None:
            low[body], high[body] = one.low, one.high
    return Reckoned(
        made.value, made.low, made.high, made.std_err, made.n, withheld,
        {
            **made.details,
            "agreement of assessors, Krippendorff's alpha (ordinal)": alpha,
            "agreement of assessors, lower end (90 %)": low,
            "agreement of assessors, upper end (90 %)": high,
            "items coded twice by assessors": items,
        },
        {**made.words, "standing of the assessments": words},
    )  # fmt: skip


def _refusal(one: Agreement) -> str | None:
    if one.standing is Standing.UNKNOWN:
        return (
            f"nobody can say whether assessors agree: {one.units} items were coded twice, and"
            " Krippendorff's alpha needs two different answers"
        )
    if one.standing is Standing.WITHHELD:
        ends = "" if one.low is None else f" ({one.low:.2f} to {one.high:.2f})"
        return (
            f"assessors agree too little: Krippendorff's alpha is {one.alpha:.2f}{ends} over"
            f" {one.units} items, below {TENTATIVE}"
        )
    return None


@figure("verified_completion")
def verified_completion(judged: Judged) -> Reckoned:
    """I01: the mean of completion, gated; the share without proof of grade A or B stands beside it."""
    made = mean_of(judged.value, judged.body, judged.bodies)
    unproven = total(judged.body, judged.bodies, judged.kept["proven"] != 1)
    shares = {"without proof of grade A or B, share": ratio(unproven, made.n)}  # type: ignore[arg-type]
    made = Reckoned(made.value, made.low, made.high, made.std_err, made.n, details=shares)
    return gated(judged, made, np.ones(len(judged), np.bool_))


@figure("assessed_mean")
def assessed_mean(judged: Judged) -> Reckoned:
    """The mean of `value`, gated where some of a body's cases are `assessed` (I05)."""
    made = mean_of(judged.value, judged.body, judged.bodies)
    return gated(judged, made, judged.kept["assessed"] == 1)


@figure("assessed_share")
def assessed_share(judged: Judged) -> Reckoned:
    """I06: the share of cases that are flagged, gated where some are `assessed`."""
    n = total(judged.body, judged.bodies)
    bare = total(judged.body[judged.kept["bare"] == 1], judged.bodies)
    made = share_of(
        total(judged.body[judged.flagged], judged.bodies),
        n,
        details={"progress by a bare claim, share": ratio(bare, n)},
    )
    return gated(judged, made, judged.kept["assessed"] == 1)


@figure("claim_gap")
def claim_gap(judged: Judged) -> Reckoned:
    """I07: the mean of said less verified (1 and 0 a case), gated; both shares stand beside it."""
    made = mean_of(judged.value, judged.body, judged.bodies)
    both = {
        f"{name} to be complete, share": ratio(
            total(judged.body[judged.kept[kept] == 1], judged.bodies),
            total(judged.body, judged.bodies),
        )
        for name, kept in (("said", "said"), ("verified", "verified"))
    }
    made = Reckoned(made.value, made.low, made.high, made.std_err, made.n, details=both)
    return gated(judged, made, np.ones(len(judged), np.bool_))


# -- deadlines and money -------------------------------------------------------------------------


@figure("laundering")
def laundering(judged: Judged) -> Reckoned:
    """I03: the share on time by the current deadline less that by the first, with both beside it.

    The two shares are over different commitments, those whose deadline of either kind has passed.
    The error is linearised: a commitment moves the figure by (x - C) / n_c - (y - O) / n_o. The
    figure rests on as many as the smaller share does.
    """
    body, bodies = judged.body, judged.bodies
    moved_by, counts, shares = np.zeros(len(judged)), [], []
    for name, sign in (("by_current", 1), ("by_original", -1)):
        known = judged.kept[name] >= 0
        met = np.where(known, judged.kept[name], 0).astype(np.float64)
        n = total(body[known], bodies)
        share = ratio(total(body, bodies, met), n)
        moved_by += np.where(known, sign * (met - share[body]) / np.maximum(n, 1)[body], 0)
        counts.append(n)
        shares.append(share)
    size = total(body, bodies)
    with np.errstate(invalid="ignore", divide="ignore"):
        std_err = np.sqrt(total(body, bodies, moved_by**2) * size / (size - 1))
    current, original = shares
    none = (counts[0] == 0) & (counts[1] > 0)
    return with_error(
        current - original,
        np.where(size > 1, std_err, np.nan),
        np.where(none, counts[1], np.minimum(*counts)),
        withheld=[NO_CURRENT if one else None for one in none.tolist()],
        details={
            "on time by the first deadline, share": original,
            "on time by the current deadline, share": current,
            "due by the first deadline, commitments": counts[1].astype(np.float64),
            "due by the current deadline, commitments": counts[0].astype(np.float64),
            "deadlines moved, share": ratio(total(body, bodies, judged.kept["moved"] == 1), size),
        },
    )


NO_CURRENT = "every deadline that passed was moved to a day that has not come"


@figure("parts_of_cases")
def parts_of_cases(judged: Judged) -> Reckoned:
    """The sum of the kept `part` over that of `whole`, both counts, as a share of the wholes (I13)."""
    part, whole = (
        total(judged.body, judged.bodies, judged.kept[name]).astype(np.int64)
        for name in ("part", "whole")
    )
    cases = total(judged.body, judged.bodies).astype(np.float64)
    return share_of(part, whole, details={"commitments with such a deadline": cases})


@figure("executed")
def executed(judged: Judged) -> Reckoned:
    """I14: what was spent of what was `pledged`, as the share `value` of each; within one currency."""
    pledged, body, bodies = judged.kept["pledged"], judged.body, judged.bodies
    n, sums = total(body, bodies), total(body, bodies, pledged)
    share = ratio(total(body, bodies, pledged * judged.value), sums)
    away = total(body, bodies, (pledged * (judged.value - share[body])) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        std_err = np.sqrt(away * n / (n - 1)) / sums
    names, code = judged.texts["currency"], judged.kept["currency"].astype(np.int64)
    pairs = np.unique(np.stack([body, code]), axis=1)
    several = total(pairs[0], bodies) > 1
    withheld: list[str | None] = [None] * bodies
    for one in np.flatnonzero(several):
        told = ", ".join(names[number] for number in pairs[1][pairs[0] == one])
        withheld[one] = f"in several currencies, which are never added: {told}"
    return with_error(
        share,
        np.where(n > 1, std_err, np.nan),
        n,
        withheld=withheld,
        details={"mean of the shares of commitments": ratio(total(body, bodies, judged.value), n)},
    )


# -- recommendations -----------------------------------------------------------------------------


@figure("cohort")
def cohort(judged: Judged) -> Reckoned:
    """I12: the share of a cohort that is implemented; beside it that of all within 24 months.

    The second is one less Kaplan and Meier's curve at 730 days, over every recommendation made by
    the day of judgement; one that was closed otherwise is one that is not implemented.
    """
    n = total(judged.body, judged.bodies)
    if not len(judged):
        return share_of(n, n)
    today = judged.kept["known_until"][0]
    rows = judged.tables["recommendation"]
    issued, closed = (rows[name].to_numpy().astype(DAY) for name in ("issued", "closed"))
    body = pc.fill_null(rows["body_no"], -1).to_numpy()
    by = pc.fill_null(pc.equal(rows["closed_as"], "implemented"), False).to_numpy()
    done = by & (closed <= today)
    days = (np.where(done, closed, today).astype(DAY) - issued).astype("timedelta64[D]")
    length = days.astype(np.float64)
    at_risk = (body >= 0) & (body < judged.bodies) & (issued <= today) & (length > 0)
    curves = curves_by(body[at_risk], judged.bodies, length[at_risk], done[at_risk], z=Z)
    beside = np.full((3, judged.bodies), np.nan)
    for one in np.flatnonzero(n):
        low, high = curves[one].interval_at(TWO_YEARS)
        beside[:, one] = 1 - curves[one].at(TWO_YEARS)[0], 1 - high[0], 1 - low[0]
    year = str(today.astype("datetime64[Y]").astype(int) + 1970 - judged.settings["lag"])
    words: list[str | None] = [f"calendar year {year}"] * judged.bodies
    return share_of(
        total(judged.body[~judged.flagged], judged.bodies),
        n,
        details={
            "implemented within 24 months, share (Kaplan-Meier)": beside[0],
            "implemented within 24 months, lower end (90 %)": beside[1],
            "implemented within 24 months, upper end (90 %)": beside[2],
        },
        words={"cohort": words},
    )


# -- event logs ----------------------------------------------------------------------------------


def log_of(judged: Judged) -> Log:
    """The events of the judged cases as a log, case i of which is case i of `judged`.

    What happens on the day of judgement is known, and takes no time.
    """
    today = judged.kept["known_until"][0].astype(DAY)
    cases = judged.tables["case"]["case_id"].take(pa.array(judged.entry))
    rows = judged.tables["case_event"]
    moment = rows["ts"].cast(pa.timestamp("us")).to_numpy()
    place = pc.index_in(rows["case_id"], value_set=cases.combine_chunks())
    mine = np.flatnonzero(pc.is_valid(place).to_numpy() & (moment.astype(DAY) <= today))
    rows = rows.take(pa.array(mine))
    case = place.take(pa.array(mine)).to_numpy().astype(np.int64)
    order = np.lexsort((rows["event_no"].to_numpy(), case))
    event = pc.index_in(rows["event"], value_set=pa.array(eventlog.EVENTS)).to_numpy()
    unit = rows["unit"].combine_chunks().dictionary_encode()
    names = unit.dictionary.to_pylist()
    numbers = unit.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.minimum(moment[mine], today.astype("datetime64[us]"))
    return eventlog.log(
        case[order], len(judged), ends[order], event[order].astype(np.int64), numbers[order], names,
        today,
    )  # fmt: skip


@figure("push_away")
def push_away(judged: Judged) -> Reckoned:
    """I09: of what a unit is handed, the part that it passes on; mean over units by their receipts.

    A unit that takes a case in is its intake, and nothing that it does with that case counts. With x
    transfers of n receipts a unit's rate is (x + p M) / (n + M): p is the body's own, M the size of
    the beta prior of its units, by moments (METHODS B.7). The error is linearised, with cases as what
    is drawn, M and the receipts as given. It rests on the cases that were handed on.
    """
    body, bodies = judged.body, judged.bodies
    cases, values = total(body, bodies), judged.value
    beside = {
        "hand-offs a case, mean": ratio(total(body, bodies, values), cases),
        "cases with 2 or more hand-offs, share": ratio(total(body, bodies, values >= 2), cases),
    }
    if not len(judged):
        nothing = np.full(bodies, np.nan)
        return with_error(nothing, nothing, cases, details=beside)
    events = log_of(judged)
    steps = eventlog.paths(events).steps
    case, unit = events.case[steps], events.unit[steps]
    first = np.append([True], case[1:] != case[:-1])
    intake = unit[np.flatnonzero(first)][np.cumsum(first) - 1]
    passed = np.append(case[1:] == case[:-1], [False])
    handed = unit != intake
    case, unit, passed = case[handed], unit[handed], passed[handed].astype(np.float64)
    keys, place = np.unique(body[case] * max(len(events.units), 1) + unit, return_inverse=True)
    owner = keys // max(len(events.units), 1)
    n, x = np.bincount(place, minlength=len(keys)), np.bincount(place, passed, len(keys))
    rate, size = _pooled(n, x, owner, bodies)
    shrunk = (x + rate[owner] * size[owner]) / (n + size[owner])
    receipts = total(owner, bodies, n)
    value = ratio(total(owner, bodies, n * shrunk), receipts)
    # How far one more transfer of a unit moves the mean: by itself, and through the body's rate.
    through = ratio(total(owner, bodies, n * size[owner] / (n + size[owner])), receipts)
    pull = (n / (n + size[owner]) + through[owner]) / receipts[owner]
    of_case = np.bincount(case, pull[place] * (passed - shrunk[place]), len(judged))
    touched = np.bincount(case, minlength=len(judged)) > 0
    moved = total(body[touched], bodies)
    with np.errstate(invalid="ignore", divide="ignore"):
        std_err = np.sqrt(total(body, bodies, of_case**2) * moved / (moved - 1))
    none = (receipts == 0) & (cases > 0)
    return with_error(
        value,
        np.where(moved > 1, std_err, np.nan),
        np.where(none, cases, moved),
        withheld=[NEVER_HANDED_ON if one else None for one in none.tolist()],
        details={
            **beside,
            "units that were handed cases": total(owner, bodies).astype(np.float64),
            "passed on of what was handed on, share": rate,
        },
    )


NEVER_HANDED_ON = "no case was handed from the unit that took it in to another"


def _pooled(n: Array, x: Array, owner: Array, bodies: int) -> tuple[Array, Array]:
    """The rate of each body over its units, and the size of the prior of its units, by moments.

    METHODS B.7: rho = (S - p(1 - p)(N - 1)) / (p(1 - p)(sum n - sum n^2 / sum n - (N - 1))), M = 1 /
    rho - 1. Where units differ no more than chance makes them, M is 10 times the largest.
    """
    units, sums = total(owner, bodies), total(owner, bodies, n)
    rate = ratio(total(owner, bodies, x), sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = total(owner, bodies, n * (x / n - rate[owner]) ** 2)
        even = rate * (1 - rate)
        rho = (spread - even * (units - 1)) / (
            even * (sums - total(owner, bodies, n.astype(np.float64) ** 2) / sums - (units - 1))
        )
        size = 1 / rho - 1
    largest = np.zeros(bodies)
    np.maximum.at(largest, owner, n)
    most = LARGEST_SIZE * np.maximum(largest, 1)
    differ = np.isfinite(size) & (rho > 0)
    return rate, np.where(differ, np.clip(np.where(differ, size, most), SMALLEST_SIZE, most), most)


@figure("late_pauses")
def late_pauses(judged: Judged) -> Reckoned:
    """I10: the share of pauses that are late over the part of the time that is late.

    Interval by Wilson, over pauses. Beside it stand the chance of so many or more if pauses fell
    evenly (exact binomial), and the days paused over all days open.
    """
    part = judged.settings["late_part"]
    late, n, gross, paused = (
        total(judged.body, judged.bodies, judged.kept[name])
        for name in ("late", "pauses", "gross", "paused")
    )
    found = share_of(late, n)
    return Reckoned(
        found.value / part, found.low / part, found.high / part, found.std_err / part,
        n.astype(np.int64),
        details={
            "pauses late in the time allowed": late,
            "chance of so many or more, were they even (binomial)": at_least(late, n, part),
            "days paused over days open, share": ratio(paused, gross),
        },
    )  # fmt: skip


def at_least(hits: Array, n: Array, chance: float) -> Array:
    """The chance of so many hits of n or more (exact binomial); NaN without any."""
    p = np.where(hits > 0, special.betainc(np.maximum(hits, 1), n - hits + 1, chance), 1.0)
    return np.where(n > 0, p, np.nan)

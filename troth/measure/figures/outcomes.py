"""Figures of outcomes: complaints, satisfaction, and what bidders and lenders ask of a body.

Definitions: METHODS O01 to O10 of its catalogue. They are held against levels and never enter one. A
figure of few cases is shown with what its peers say, and how much of it is the body's own: shrinkage
as levels know it (`shrink.py`), among the peer groups that `body_year` last gives.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from scipy import sparse, special

from troth.measure.figures.base import Array, Judged, Reckoned, Z, figure, with_error
from troth.measure.figures.plain import median_waited
from troth.measure.grouped import DAY, ratio, total
from troth.measure.interrupted import least_squares
from troth.measure.intervals import wilson
from troth.measure.shrink import beta_binomial, gamma_poisson

#: Residents that a rate of complaints is taken over.
PER = 10_000

#: One half of what is not within a two-sided 90 %.
TAIL = 0.05

DAYS_A_YEAR = 365.25

#: A direction whose part of its own length is smaller than this says nothing that others do not.
_RANK = 1e-9


def peers_of(judged: Judged) -> Array:
    """The peer group of each body as last given; bodies without one are a group of their own.

    A year that begins after the day of judgement is not known on it.
    """
    rows = judged.tables["body_year"]
    year = int(judged.last.astype("datetime64[Y]").astype(np.int64)) + 1970
    known = pc.and_(pc.is_valid(rows["body_no"]), pc.is_valid(rows["peer_group"]))
    rows = rows.filter(pc.and_(known, pc.less_equal(rows["fiscal_year"], year)))
    rows = rows.sort_by([("fiscal_year", "ascending")])
    groups = np.full(judged.bodies, "", object)
    groups[rows["body_no"].to_numpy()] = rows["peer_group"].to_numpy(zero_copy_only=False)
    return groups.astype(str)


# -- complaints ----------------------------------------------------------------------------------


@figure("complaint_rate")
def complaint_rate(judged: Judged) -> Reckoned:
    """O01: complaints a year per 10,000 residents, with the exact interval of a Poisson count.

    Beside it the rate drawn towards that of its peers (gamma-Poisson, B.7), and its reliability.
    """
    body, bodies = judged.body, judged.bodies
    n = total(body, bodies)
    residents = np.full(bodies, np.nan)
    residents[body] = judged.kept["residents"]
    size = residents / PER * _years(judged)
    low = np.where(n > 0, special.gammaincinv(np.maximum(n, 1), TAIL), 0.0) / size
    high = special.gammaincinv(n + 1.0, 1 - TAIL) / size
    counted = np.where(np.isnan(size), np.nan, n)
    shrunk = gamma_poisson(counted, size, peers_of(judged))
    return Reckoned(
        n / size, low, high, np.sqrt(n) / size, n,
        details={
            "drawn towards peers, per 10,000": shrunk.estimate,
            "drawn towards peers, lower end (90 %)": shrunk.low,
            "drawn towards peers, upper end (90 %)": shrunk.high,
            "reliability among peers, share": shrunk.reliability,
            "residents": residents,
        },
    )  # fmt: skip


def _years(judged: Judged) -> float:
    """How many years the period has; 1 where a window of twelve months is looked at."""
    days = int((judged.last - judged.first).astype("timedelta64[D]").astype(np.int64))
    whole = round(days / DAYS_A_YEAR)
    near = whole > 0 and abs(days - whole * DAYS_A_YEAR) <= 1
    return float(whole) if near else days / DAYS_A_YEAR


@figure("upheld")
def upheld(judged: Judged) -> Reckoned:
    """O02: the share of findings that uphold, as sure as the decisions behind it make it.

    Findings of one decision are not independent: with the correlation rho inside decisions, over all
    bodies, n findings are worth n / (1 + rho (sum m^2 / n - 1)), m those of each decision (Kish 1965,
    8.2). Wilson's interval at that number. The figure rests on decisions. Where peers differ, it is
    withheld if they weigh more in it than the body itself, drawn towards them; the words say who may
    be ranked (B.7). Where peers differ no more than chance makes them, nobody is.
    """
    body, bodies = judged.body, judged.bodies
    n = total(body, bodies).astype(np.float64)
    hits = total(body, bodies, judged.flagged.astype(np.float64))
    share = ratio(hits, n)
    decisions, worth, rho = _worth(judged, share)
    low, high = wilson(share * worth, worth)
    cases = np.where(n > 0, np.maximum(np.rint(worth), 1), np.nan)
    shrunk = beta_binomial(np.rint(np.nan_to_num(share) * cases), cases, peers_of(judged))
    own, settings = shrunk.reliability, judged.settings
    differ = shrunk.prior.found[shrunk.group]
    withheld: list[str | None] = [None] * bodies
    words: list[str | None] = [None] * bodies
    for one in np.flatnonzero(n > 0):
        if not differ[one]:
            words[one] = "not ranked: its peers differ no more than chance makes them"
        elif own[one] < settings["publish"]:
            withheld[one] = (
                f"the body's own decisions weigh {own[one]:.2f} of the figure and its peers the rest:"
                f" below {settings['publish']}"
            )
        elif own[one] < settings["rank"]:
            words[one] = f"not ranked: reliability {own[one]:.2f}, below {settings['rank']}"
        else:
            words[one] = "may be ranked"
    return Reckoned(
        share, low, high, (high - low) / (2 * Z), decisions, withheld,
        details={
            "findings": n,
            "findings that count, after those of one decision": worth,
            "correlation inside decisions, over all bodies": np.full(bodies, rho),
            "drawn towards peers, share": shrunk.estimate,
            "drawn towards peers, lower end (90 %)": shrunk.low,
            "drawn towards peers, upper end (90 %)": shrunk.high,
            "reliability among peers, share": own,
        },
        words={"standing among peers": words},
    )  # fmt: skip


def _worth(judged: Judged, share: Array) -> tuple[Array, Array, float]:
    """Decisions of each body, what its findings are worth, and the correlation inside decisions."""
    body, bodies = judged.body, judged.bodies
    code = judged.kept["decision"].astype(np.int64)
    keys, place = np.unique(np.stack([body, code]), axis=1, return_inverse=True)
    place = place.reshape(-1)
    owner, count = keys[0], np.bincount(place, minlength=keys.shape[1])
    away = judged.flagged - share[body]
    sums = np.bincount(place, away, keys.shape[1])
    squares = np.bincount(place, away**2, keys.shape[1])
    even = share[owner] * (1 - share[owner])
    pairs = float((even * count * (count - 1)).sum())
    rho = float(np.clip((sums**2 - squares).sum() / pairs, 0, 1)) if pairs > 0 else 0.0
    n = total(body, bodies).astype(np.float64)
    spread = ratio(total(owner, bodies, count.astype(np.float64) ** 2), n)
    return total(owner, bodies), n / (1 + rho * (np.nan_to_num(spread, nan=1.0) - 1)), rho


@figure("resolution")
def resolution(judged: Judged) -> Reckoned:
    """O03: the median of days, some still running; beside it the share within the time allowed.

    The share is over cases with a time allowed that were closed, or are still open after it.
    """
    body, bodies = judged.body, judged.bodies
    days, ended = judged.kept["days"], judged.kept["ended"] == 1
    made = median_waited(body, bodies, days, ended)
    allowed = judged.kept["allowed"]
    told = ~np.isnan(allowed) & (ended | (days > allowed))
    within = told & (days <= np.nan_to_num(allowed))
    n = total(body[told], bodies)
    low, high = wilson(total(body[within], bodies), n)
    return Reckoned(
        made.value, made.low, made.high, made.std_err, made.n,
        details={
            "within the time allowed, share": ratio(total(body[within], bodies), n),
            "within the time allowed, lower end (90 %)": low,
            "within the time allowed, upper end (90 %)": high,
            "cases with a time allowed in calendar days": n.astype(np.float64),
        },
    )  # fmt: skip


# -- surveys -------------------------------------------------------------------------------------


@figure("satisfaction")
def satisfaction(judged: Judged) -> Reckoned:
    """O06: the share among those who answered; beside it what it could be among all who were asked.

    With s the share and r the part of those asked that answered, from s r to s r + 1 - r (Manski 1989);
    over several surveys by how many each asked. The interval is Wilson's at the effective answers.
    """
    body, bodies = judged.body, judged.bodies
    answers, asked = judged.kept["answers"], judged.kept["asked"]
    share, worth = _pooled(judged, answers)
    told = ~np.isnan(asked)
    some = total(body[~told], bodies) == 0
    invited = total(body[told], bodies, asked[told])
    content = total(body[told], bodies, (answers * judged.value)[told])
    answered = total(body[told], bodies, answers[told])
    least = np.where(some, ratio(content, invited), np.nan)
    responded = np.where(some, ratio(answered, invited), np.nan)
    low, high = wilson(share * worth, worth)
    n = total(body, bodies, answers)
    unknown = np.isnan(least) & (n > 0)
    return Reckoned(
        share, low, high, (high - low) / (2 * Z), n.astype(np.int64),
        details={
            "answered of those asked, share": responded,
            "least that it can be among all who were asked, share": least,
            "most that it can be among all who were asked, share": least + 1 - responded,
        },
        words={"bounds": ["not known how many were asked" if one else None for one in unknown]},
    )  # fmt: skip


@figure("design_share")
def design_share(judged: Judged) -> Reckoned:
    """O07: a share with the error of the survey's own design, over waves by their effective answers.

    A wave's error gives its effective answers, s (1 - s) / se^2, where they are not given; and the
    other way round. The figure rests on effective answers.
    """
    share, worth = _pooled(judged, _effective(judged))
    low, high = wilson(share * worth, worth)
    body, bodies, error = judged.body, judged.bodies, judged.kept["error"]
    weight = ratio(_effective(judged), total(body, bodies, _effective(judged))[body])
    # Where every wave gives its error the interval is normal around the share, as designed.
    given = ~np.isnan(error)
    all_given = (total(body[~given], bodies) == 0) & (total(body, bodies) > 0)
    std_err = np.where(
        all_given,
        np.sqrt(total(body, bodies, (weight * np.where(given, error, 0)) ** 2)),
        (high - low) / (2 * Z),
    )
    low = np.where(all_given, np.maximum(share - Z * std_err, 0), low)
    high = np.where(all_given, np.minimum(share + Z * std_err, 1), high)
    return Reckoned(
        share, low, high, std_err, np.floor(np.nan_to_num(worth) + _RANK).astype(np.int64),
        details={"answers": total(body, bodies, judged.kept["answers"])},
    )  # fmt: skip


def _effective(judged: Judged) -> Array:
    """Answers after weights: as given, or else as many as give the survey's own error."""
    effective, error, share = judged.kept["effective"], judged.kept["error"], judged.value
    with np.errstate(invalid="ignore", divide="ignore"):
        by_error = share * (1 - share) / error**2
    by_error = np.where(np.isfinite(by_error) & (by_error > 0), by_error, judged.kept["answers"])
    return np.where(np.isnan(effective), np.where(np.isnan(error), np.nan, by_error), effective)


def _pooled(judged: Judged, weight: Array) -> tuple[Array, Array]:
    """The share over a body's surveys by `weight`, and the effective answers behind it."""
    body, bodies = judged.body, judged.bodies
    whole = total(body, bodies, weight)
    share = ratio(total(body, bodies, weight * judged.value), whole)
    effective = _effective(judged)
    effective = np.where(np.isnan(effective), judged.kept["answers"], effective)
    part = ratio(weight, whole[body])
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = total(body, bodies, part**2 / effective)
        return share, np.where(variance > 0, 1 / variance, np.nan)


# -- bidders -------------------------------------------------------------------------------------


@figure("late_payment_premium")
def late_payment_premium(judged: Judged) -> Reckoned:
    """O08: by how much bids over estimates move with the days that a bidder has seen the body take.

    log(bid / estimate) = class and month + body + beta_body days: `days` is the median to pay (Kaplan
    and Meier, as D03) over invoices received in the 12 months before the month of the bid, with what
    was known then. Errors are clustered by tender. The value is exp(10 beta) - 1. Only bodies with
    enough tenders take part; what is not told apart from class, month and other bodies has no figure.
    """
    body, bodies, settings = judged.body, judged.bodies, judged.settings
    month = judged.when.astype("datetime64[M]")
    tender = _numbered(body, judged.kept["tender"])
    seen = _distinct(tender, body, bodies, np.ones(len(judged), np.bool_))
    days = seen_days(judged, month, seen >= settings["tenders"])
    known = ~np.isnan(days)
    tenders = _distinct(tender, body, bodies, known)
    used = known & (tenders >= settings["tenders"])[body]
    cell = _numbered(judged.kept["class"], month.astype(np.int64))
    found = Slopes.of(
        np.log(judged.value[used]), days[used], cell[used], body[used], tender[used], bodies
    )
    # The same of how many bid: one row a tender.
    first = np.zeros(len(judged), np.bool_)
    first[np.unique(tender, return_index=True)[1]] = True
    bidders = np.bincount(tender, minlength=int(tender.max(initial=-1)) + 1)[tender]
    one = used & first
    drawn = Slopes.of(np.log(bidders[one]), days[one], cell[one], body[one], tender[one], bodies)
    per = settings["days"]
    value = np.expm1(per * found.slope)
    half = Z * per * found.std_err
    few = (seen >= settings["tenders"]) & (tenders < settings["tenders"])
    return Reckoned(
        value,
        np.expm1(per * found.slope - half),
        np.expm1(per * found.slope + half),
        (1 + value) * per * found.std_err,
        seen,
        [NO_DAYS if short else None if np.isfinite(v) else NOT_TOLD_APART
         for short, v in zip(few.tolist(), value.tolist(), strict=True)],
        details={
            "tenders with known days to pay": tenders.astype(np.float64),
            "bids a tender, mean": ratio(total(body, bodies), seen),
            "change of bidders a tender for 10 more days, share": np.expm1(per * drawn.slope),
            "change of bidders a tender, standard error": (
                np.exp(per * drawn.slope) * per * drawn.std_err
            ),
        },
    )  # fmt: skip


NO_DAYS = "too few tenders before which days to pay could be seen: 20 invoices in 12 months"
NOT_TOLD_APART = "days to pay that hardly change, or no other body that asks for the same class in the same month"


def _numbered(first: Array, second: Array) -> Array:
    """A number for each pair that there is."""
    pairs = np.stack([first.astype(np.int64), second.astype(np.int64)])
    return np.unique(pairs, axis=1, return_inverse=True)[1].reshape(-1)


def _distinct(of: Array, body: Array, bodies: int, which: Array) -> Array:
    """How many different ones each body has."""
    places = np.unique(of[which], return_index=True)[1]
    return total(body[which][places], bodies)


def seen_days(judged: Judged, month: Array, enough: Array) -> Array:
    """For each case the days to pay of its body that could be seen before that month; NaN if none."""
    months, found = judged.settings["months"], np.full(len(judged), np.nan)
    chosen = enough[judged.body]
    rows = judged.tables["invoice"]
    mine = pc.and_(pc.is_valid(rows["body_no"]), pc.is_valid(rows["received_date"]))
    rows = rows.filter(mine)
    owner = rows["body_no"].to_numpy()
    received, paid = (rows[name].to_numpy().astype(DAY) for name in ("received_date", "paid_date"))
    odd = paid < received
    owner, received, paid = owner[~odd], received[~odd], paid[~odd]
    order = np.lexsort((received, owner))
    owner, received, paid = owner[order], received[order], paid[order]
    asked, place = np.unique(
        np.stack([judged.body, month.astype(np.int64)])[:, chosen], axis=1, return_inverse=True
    )
    begins = np.searchsorted(owner, asked[0], side="left")
    ends = np.searchsorted(owner, asked[0], side="right")
    medians = np.full(asked.shape[1], np.nan)
    for number in range(asked.shape[1]):
        until = asked[1][number].astype("datetime64[M]")
        own = received[begins[number] : ends[number]]
        since, to = np.searchsorted(own, [(until - months).astype(DAY), until.astype(DAY)])
        if to - since < judged.settings["invoices"]:
            continue
        pays = paid[begins[number] : ends[number]][since:to]
        done = pays < until.astype(DAY)
        end = np.where(done, pays, until.astype(DAY) - 1).astype(DAY)
        waited = (end - own[since:to]).astype(np.float64)
        whose = np.zeros(to - since, np.int64)
        medians[number] = median_waited(whose, 1, waited, done).value[0]
    found[chosen] = medians[place.reshape(-1)]
    return found


class Slopes:
    """The slope of each body in y = cell + body + slope_body x, by least squares, all at once."""

    def __init__(self, slope: Array, std_err: Array) -> None:
        self.slope, self.std_err = slope, std_err

    @classmethod
    def of(
        cls, y: Array, x: Array, cell: Array, body: Array, cluster: Array, bodies: int
    ) -> Slopes:
        """NaN for a body whose slope is not told apart; errors with one draw a cluster.

        Cells are swept out: what is left has two unknowns a body. x is centred by body, so that a
        body whose x does not change has a column of nothing.
        """
        slope, std_err = np.full(bodies, np.nan), np.full(bodies, np.nan)
        names, owner = np.unique(body, return_inverse=True)
        count, rows = len(names), np.arange(len(y))
        if not count:
            return cls(slope, std_err)
        middle = np.bincount(owner, x) / np.bincount(owner)
        away = x - middle[owner]
        columns = sparse.csr_matrix(
            (np.concatenate([np.ones(len(y)), away]),
             (np.concatenate([rows, rows]), np.concatenate([owner, count + owner]))),
            shape=(len(y), 2 * count),
        )  # fmt: skip
        cells, place = np.unique(cell, return_inverse=True)
        dummies = sparse.csr_matrix((np.ones(len(y)), (rows, place)), shape=(len(y), len(cells)))
        each = sparse.diags(1 / np.bincount(place))
        sums = dummies.T @ columns
        normal = (columns.T @ columns - sums.T @ (each @ sums)).toarray()
        right = columns.T @ y - sums.T @ (each @ (dummies.T @ y))
        length = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).reshape(-1))
        length = np.where(length > 0, length, 1.0)
        roots, vectors = np.linalg.eigh(normal / np.outer(length, length))
        there = roots > _RANK
        # What lies in a direction of no weight can be anything.
        free = (vectors[:, ~there] ** 2).sum(axis=1) > _RANK
        inverse = (
            (vectors[:, there] / roots[there]) @ vectors[:, there].T / np.outer(length, length)
        )
        coef = inverse @ right
        rest = y - columns @ coef
        rest -= (np.bincount(place, rest) / np.bincount(place))[place]
        swept = columns - dummies @ (each @ sums)
        clusters, which = np.unique(cluster, return_inverse=True)
        gather = sparse.csr_matrix((rest, (which, rows)), shape=(len(clusters), len(y)))
        scores = (gather @ swept) @ inverse
        many = len(clusters)
        error = np.sqrt((np.asarray(scores) ** 2).sum(axis=0) * many / max(many - 1, 1))
        told = ~free[count:]
        slope[names[told]] = coef[count:][told]
        std_err[names[told]] = error[count:][told]
        return cls(slope, std_err)


@figure("supplier_exit")
def supplier_exit(judged: Judged) -> Reckoned:
    """O09: the odds of bidding no more, paid late over paid in time, matched by amount and class.

    Mantel and Haenszel's odds ratio over strata of class, currency and amount (half powers of ten), with
    the variance of its logarithm of Robins, Breslow and Greenland. It rests on the smaller number of
    suppliers who have one of the other kind in their stratum.
    """
    body, bodies = judged.body, judged.bodies
    band = np.floor(judged.settings["steps"] * np.log10(judged.value)).astype(np.int64)
    codes = [judged.kept[name].astype(np.int64) for name in ("class", "currency")]
    keys, place = np.unique(np.stack([body, *codes, band]), axis=1, return_inverse=True)
    place, owner = place.reshape(-1), keys[0]
    late, left = judged.kept["late"] == 1, judged.flagged
    size = keys.shape[1]
    a, b, c, d = (
        np.bincount(place[which], minlength=size).astype(np.float64)
        for which in (late & left, late & ~left, ~late & left, ~late & ~left)
    )
    matched = (a + b > 0) & (c + d > 0)
    whole = np.where(matched, a + b + c + d, 1.0)
    r, s = np.where(matched, a * d, 0) / whole, np.where(matched, b * c, 0) / whole
    p, q = (a + d) / whole, (b + c) / whole

    def add(of_stratum: Array) -> Array:
        return total(owner, bodies, np.where(matched, of_stratum, 0))

    above, below = add(r), add(s)
    value = np.where(above > 0, ratio(above, below), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (
            add(p * r) / (2 * above**2)
            + add(p * s + q * r) / (2 * above * below)
            + add(q * s) / (2 * below**2)
        )
        log_value, log_error = np.log(value), np.sqrt(variance)
    n = np.minimum(add(a + b), add(c + d))
    some = total(body, bodies) > 0
    none = some & (n > 0) & np.isnan(value)
    return Reckoned(
        value,
        np.exp(log_value - Z * log_error),
        np.exp(log_value + Z * log_error),
        value * log_error,
        np.where(some & (n == 0), total(body, bodies), n).astype(np.int64),
        [UNMATCHED if lone else NO_ODDS if odd else None
         for lone, odd in zip((some & (n == 0)).tolist(), none.tolist(), strict=True)],
        details={
            "log odds ratio": log_value,
            "log odds ratio, standard error": log_error,
            "suppliers paid late, matched": add(a + b),
            "suppliers paid in time, matched": add(c + d),
            "paid late and bid no more, share": ratio(add(a), add(a + b)),
            "paid in time and bid no more, share": ratio(add(c), add(c + d)),
        },
    )  # fmt: skip


UNMATCHED = "no supplier paid late can be matched with one paid in time"
NO_ODDS = "in one of the groups all, or none, bid no more: odds have no ratio"


# -- lenders -------------------------------------------------------------------------------------


@figure("investor_spread")
def investor_spread(judged: Judged) -> Reckoned:
    """O10: the mean over months of the spread above peers, with Newey and West's error.

    Each month is the mean of its quotes. Beside it stands how far the spread moved from the 90 days
    before a judgment became final to the 90 after, mean over judgments with quotes on both sides.
    """
    body, bodies = judged.body, judged.bodies
    month = judged.when.astype("datetime64[M]").astype(np.int64)
    keys, place = np.unique(np.stack([body, month]), axis=1, return_inverse=True)
    means = np.bincount(place.reshape(-1), judged.value) / np.bincount(place.reshape(-1))
    owner = keys[0]
    n = total(owner, bodies)
    value, std_err = np.full(bodies, np.nan), np.full(bodies, np.nan)
    begins = np.searchsorted(owner, np.arange(bodies + 1))
    for one in np.flatnonzero(n > 1):
        own = slice(begins[one], begins[one + 1])
        # A month without quotes keeps its place, so that the distance between others is right.
        at = keys[1][own] - keys[1][own][0]
        series = np.full(int(at[-1]) + 1, np.nan)
        series[at] = means[own]
        flat = np.ones((len(series), 1))
        fit = least_squares(series, flat)
        if fit is None:
            continue
        value[one] = fit.coef[0]
        spread = fit.newey_west(flat, judged.settings["lag"], corrected=True)[0, 0]
        std_err[one] = np.sqrt(max(spread, 0))
    single = n == 1
    value[single] = means[begins[:-1][single]]
    moved, events = _around_judgments(judged)
    return with_error(
        value,
        std_err,
        n,
        details={
            "change around a final judgment, basis points": moved,
            "final judgments with quotes on both sides": events,
        },
    )


def _around_judgments(judged: Judged) -> tuple[Array, Array]:
    """The mean change of the spread around judgments that became final in the period, and of how many."""
    bodies, days = judged.bodies, judged.settings["days"]
    rows = judged.tables["judgment"]
    rows = rows.filter(pc.and_(pc.is_valid(rows["body_no"]), pc.is_valid(rows["final_date"])))
    owner, final = rows["body_no"].to_numpy(), rows["final_date"].to_numpy().astype(DAY)
    there = (final > judged.first) & (final <= judged.last)
    owner, final = owner[there].astype(np.int64), final[there]
    order = np.lexsort((judged.when, judged.body))
    body, when = judged.body[order], judged.when[order].astype(DAY).astype(np.int64)
    so_far = np.concatenate([[0.0], np.cumsum(judged.value[order])])
    low = int(min(when.min(initial=0), final.astype(np.int64).min(initial=0))) - days - 1
    span = int(max(when.max(initial=0), final.astype(np.int64).max(initial=0))) + days + 2 - low
    key = body.astype(np.int64) * span + (when - low)

    def mean(first: Array, last: Array) -> Array:
        """Mean of the quotes of (first, last] of each judgment's body."""
        ends = [
            np.searchsorted(key, owner * span + (day - low), side="right") for day in (first, last)
        ]
        return ratio(so_far[ends[1]] - so_far[ends[0]], ends[1] - ends[0])

    at = final.astype(np.int64)
    change = mean(at, at + days) - mean(at - days, at)
    told = ~np.isnan(change)
    events = total(owner[told], bodies)
    moved = ratio(total(owner[told], bodies, change[told]), events)
    return moved, events.astype(np.float64)

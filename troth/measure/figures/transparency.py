"""Figures of transparency: what is given out, how late, how silently, and how requests are answered.

Definitions: METHODS A.4 and T03, T07, T09 to T11 of its catalogue.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.measure.figures.base import Array, Judged, Reckoned, Z, figure, mean_of, share_of
from troth.measure.grouped import DAY, ratio, total
from troth.measure.survival import curves_by, quantile
from troth.measure.working import Calendar, calendar, working_days

#: What is given out in part counts half (METHODS T03).
HALF = 0.5

#: Nine tenths are published by then.
MOST = 0.9

#: Not reached for more than so many days: it has disappeared (METHODS T08).
GONE_DAYS = 14

ENDINGS = ("refused", "unable", "not_processed", "other")

NO_PEERS = "no other body to compare with"


@figure("disclosure")
def disclosure(judged: Judged) -> Reckoned:
    """(granted + partial / 2) / whole, summed over requests or reports; n is the sum of `whole`.

    The interval is Wilson's for that share. It is a little too wide: an answer in part varies less
    than all or nothing.
    """
    sums = {
        name: total(judged.body, judged.bodies, judged.kept[name])
        for name in ("granted", "partial", "whole")
    }
    given = sums["granted"] + HALF * sums["partial"]
    return share_of(
        given,
        sums["whole"],
        details={"share answered in full": ratio(sums["granted"], sums["whole"])},
    )


@figure("publication_lag")
def publication_lag(judged: Judged) -> Reckoned:
    """The median of the kept `days` late, of which some may still run: Kaplan-Meier.

    Where more than half of the things are still missing, the longest wait so far, and a word that
    it is longer: a thing that is not published never makes the figure lower.
    """
    days, ended = judged.kept["days"], judged.kept["ended"] == 1
    # A curve is of times above 0, and what comes in time takes none.
    curves = curves_by(judged.body, judged.bodies, days + 1, ended, z=Z)
    value, low, high, most = (np.full(judged.bodies, np.nan) for _ in range(4))
    words: list[str | None] = [None] * judged.bodies
    n = total(judged.body, judged.bodies)
    for one in np.flatnonzero(n):
        found = quantile(curves[one])
        value[one], low[one], high[one] = found.value - 1, found.low - 1, found.high - 1
        most[one] = quantile(curves[one], MOST).value - 1
        if np.isnan(value[one]):
            value[one] = curves[one].last - 1
            words[one] = "at least: more than half is still missing"
    # Ends that the curve does not reach are open.
    std_err = np.where(np.isnan(high), (value - low) / Z, (high - low) / (2 * Z))
    return Reckoned(
        value, low, high, std_err, n,
        details={"days until nine tenths are published": most},
        words={"median": words},
    )  # fmt: skip


@figure("silent_edits")
def silent_edits(judged: Judged) -> Reckoned:
    """The share of published things that were edited in silence, and beside it the gap between things
    that show the body well and things that show it badly: which are published more completely.
    """
    n = total(judged.body, judged.bodies)
    hits = total(judged.body[judged.flagged], judged.bodies)
    complete = {tag: _completeness(judged, tag) for tag in ("favourable", "unfavourable")}
    gap = complete["favourable"] - complete["unfavourable"]
    return share_of(
        hits,
        n,
        details={
            "share of favourable things published": complete["favourable"],
            "share of unfavourable things published": complete["unfavourable"],
            "gap between the two shares": gap,
        },
    )


def _completeness(judged: Judged, tag: str) -> Array:
    """How much of what is due with this tag is there, by body; NaN where nothing is known."""
    items, seen = judged.tables["disc_item"], judged.tables["disc_obs"]
    wanted = items.filter(pc.equal(items["tag"], tag))["item_id"]
    known = pc.is_in(seen["item_id"], value_set=wanted.combine_chunks())
    seen = seen.filter(pc.and_(known, pc.is_valid(seen["body_no"])))
    today = judged.last
    body = seen["body_no"].to_numpy()
    first, absent, due, checked, away = (
        _days(seen[name])
        for name in ("first_seen", "absent_on", "deadline", "checked", "unreachable_since")
    )
    found = first <= today
    until = np.minimum(checked, today)
    archived = pc.fill_null(seen["archived"], False).to_numpy()
    gone = ((until - away) > np.timedelta64(GONE_DAYS, "D")) & ~archived
    looked = np.minimum(np.where(np.isnat(first), checked, absent), today)
    told = found | (looked > due) | (np.isnat(due) & ~np.isnat(looked))
    counts = (np.isnat(due) | (due < today)) & told
    there = counts & found & ~gone
    return ratio(total(body[there], judged.bodies), total(body[counts], judged.bodies))


def _days(column: pa.ChunkedArray) -> Array:
    days: Array = column.cast(pa.date32()).to_numpy().astype(DAY)
    return days


@figure("channel_probe")
def channel_probe(judged: Judged) -> Reckoned:
    """The mean over requests of the mean of their parts that can be told, 0 to 1 each.

    A part that comes later than its term by no more than `holidays` working days is left out, as
    nobody here knows which of them were holidays.
    """
    sent, kept, of = judged.kept["sent"].astype(DAY), judged.kept, judged.settings
    acknowledged, replied = kept["acknowledged"].astype(DAY), kept["replied"].astype(DAY)
    by = _weekdays(sent, acknowledged, replied)
    parts = np.stack(
        [
            _in_time(sent, acknowledged, of["acknowledged"], of["holidays"], by),
            _given(kept["reference"], np.isnat(acknowledged) & np.isnat(replied)),
            _in_time(sent, replied, of["answered"], of["holidays"], by),
            _given(kept["appeal"], np.isnat(replied)),
        ]
    )
    known = ~np.isnan(parts)
    with np.errstate(invalid="ignore"):
        mean = ratio(np.where(known, parts, 0.0).sum(axis=0), known.sum(axis=0))
    found = mean_of(mean, judged.body, judged.bodies)
    names = ("acknowledged in time", "reference given", "answered in time", "told how to appeal")
    details = {}
    for name, part, is_known in zip(names, parts, known, strict=True):
        body = judged.body[is_known]
        details[f"share {name}"] = ratio(
            total(body, judged.bodies, part[is_known]), total(body, judged.bodies)
        )
    return Reckoned(
        found.value, np.maximum(found.low, 0.0), np.minimum(found.high, 1.0), found.std_err, found.n,
        details=details,
    )  # fmt: skip


def _in_time(sent: Array, came: Array, term: int, holidays: int, by: Calendar) -> Array:
    """1 where it came within the term, 0 where it did not; NaN where holidays decide."""
    days = working_days(sent, came, by)
    told = np.where(days <= term, 1.0, np.where(days > term + holidays, 0.0, np.nan))
    return np.where(np.isnat(came), 0.0, told)


def _given(said: Array, nothing_came: Array) -> Array:
    """What is said of an answer (1, 0, -1 unknown); 0 where there was none."""
    return np.where(nothing_came, 0.0, np.where(said < 0, np.nan, said.astype(np.float64)))


def _weekdays(*days: Array) -> Calendar:
    """Mondays to Fridays over these days; no holidays are known."""
    known = np.concatenate(days)
    known = known[~np.isnat(known)]
    none = np.zeros(0, DAY)
    if not len(known):
        known = np.zeros(1, DAY)
    return calendar("Mondays to Fridays", known.min(), known.max(), none, none)


@figure("evasion_mix")
def evasion_mix(judged: Judged) -> Reckoned:
    """The Jensen-Shannon distance (base 2) of the body's endings from those of all other bodies.

    It has the sign of the difference between the shares of endings that are no refusal. The standard
    error is that of the delta method, and no less than 1 / sqrt(8 n ln 2): near the peers the
    distance is the Fisher metric's, in which each direction of a mix of n has variance 1 / n
    (Endres and Schindelin 2003: the divergence is chi-square / (8 n ln 2) there).
    """
    counts = np.stack(
        [total(judged.body, judged.bodies, judged.kept[name]) for name in ENDINGS], axis=1
    )
    n = counts.sum(axis=1)
    others = counts.sum(axis=0) - counts
    rest = others.sum(axis=1)
    mix, peers = ratio(counts, n[:, None]), ratio(others, rest[:, None])
    distance, slope = _jensen_shannon(mix, peers)
    catch_all, theirs = 1 - mix[:, 0], 1 - peers[:, 0]
    value = np.where(catch_all < theirs, -distance, distance)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (mix * slope**2).sum(axis=1) - (mix * slope).sum(axis=1) ** 2
        delta = np.sqrt(np.maximum(spread, 0.0) / n) / (2 * distance)
        least = 1 / np.sqrt(8 * n * np.log(2))
    std_err = np.where(np.isfinite(value), np.fmax(delta, least), np.nan)
    alone = (n > 0) & (rest == 0)
    return Reckoned(
        value, np.maximum(value - Z * std_err, -1.0), np.minimum(value + Z * std_err, 1.0), std_err,
        n,
        withheld=[NO_PEERS if one else None for one in alone.tolist()],
        details={"share of catch-all endings": catch_all, "the same at the peers": theirs},
    )  # fmt: skip


def _jensen_shannon(mix: Array, peers: Array) -> tuple[Array, Array]:
    """The distance of each row of `mix` from that of `peers`, and how the divergence grows with each
    part of the mix; NaN where either is unknown."""
    middle = (mix + peers) / 2

    def log_ratio(part: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.log2(part / middle)
        return np.where(part == 0, 0.0, found)

    own, other = log_ratio(mix), log_ratio(peers)
    divergence = ((mix * own).sum(axis=1) + (peers * other).sum(axis=1)) / 2
    return np.sqrt(np.clip(divergence, 0.0, 1.0)), own / 2

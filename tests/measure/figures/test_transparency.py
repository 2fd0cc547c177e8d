"""Figures of transparency on small ledgers, with the numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.figures.test_plain import judged
from tests.measure.made_ledgers import beside, lined, of, registered
from troth.measure.figures.base import Judged, Z
from troth.measure.figures.transparency import (
    ENDINGS,
    channel_probe,
    disclosure,
    evasion_mix,
    publication_lag,
    share_of,
)
from troth.measure.ledgers import LedgersMeasured, measure_ledgers
from troth.measure.plan import plan
from troth.tables import LEDGERS
from troth.tables.body import PUBLIC_BODY

AS_OF = date(2024, 12, 31)
DEADLINE = date(2024, 1, 31)

Rows = list[dict[str, Any]]


def ledger(name: str, rows: Rows) -> pa.Table:
    """Entries of a ledger, of body A where nothing else is said, each from a line of its own."""
    whose = {"body_id": "A", "body_kind": PUBLIC_BODY}
    if "body_id" not in LEDGERS[name].names:
        whose = {}
    table = LEDGERS[name].rows([{**whose, **row} for row in rows])
    return lined(name, table)


def measured(
    day: date = AS_OF, codes: tuple[str, ...] | None = None, **rows: Rows
) -> LedgersMeasured:
    """What these ledgers come to; of all indicators that can be told from them, or of some."""
    bodies = ("A", "B", "C")
    register = registered(bodies)
    given = {name: ledger(name, of) for name, of in rows.items()}
    whole = plan()
    some = [one for one in whole.indicators if codes is None or one.code in codes]
    asked = replace(whole, indicators=tuple(some))
    return measure_ledgers(given, asked, register, pa.array(bodies, pa.string()), day)


# -- requests ------------------------------------------------------------------------------------


def asked(count: int, start: int = 0, **more: Any) -> Rows:
    received, answered = date(2024, 3, 1), date(2024, 3, 20)
    return [
        {"foi_id": f"r{start + n}", "received": received, "answered": answered, **more}
        for n in range(count)
    ]


def test_what_is_given_in_part_counts_half_and_what_is_not_held_does_not_count() -> None:
    foi = [
        *asked(10, 0, outcome="full"),
        *asked(6, 100, outcome="partial"),
        *asked(4, 200, outcome="refused"),
        *asked(9, 300, outcome="not_held"),
    ]
    row = of(measured(foi=foi), "T03")
    # Ten, and half of six, of twenty.
    assert (row["value"], row["n"], row["not_applicable"]) == (0.65, 20, 9)
    assert row["low"] < 0.65 < row["high"]
    assert row["std_err"] == pytest.approx((row["high"] - row["low"]) / (2 * Z))


def test_a_report_gives_the_same_rate_as_its_requests_one_by_one() -> None:
    foi = [
        *asked(10, 0, outcome="full"),
        *asked(6, 100, outcome="partial"),
        *asked(4, 200, outcome="refused"),
        *asked(9, 300, outcome="not_held"),
    ]
    report = {"year": 2024, "granted": 10, "partial": 6, "refused": 4, "unable": 9, "total": 29}
    one, other = measured(foi=foi), measured(foi_annual=[report])
    same = ("value", "low", "high", "std_err", "n")
    assert [of(one, "T03")[name] for name in same] == [of(other, "T03")[name] for name in same]
    assert beside(other, "T03")["told from the ledger"] == "foi_annual"
    assert beside(one, "T03")["told from the ledger"] == "foi"


def test_two_half_years_add_up_to_the_year_and_a_year_with_its_halves_is_counted_once() -> None:
    halves = [
        {"year": 2024, "period_end": date(2024, 6, 30), "total": 30, "on_time": 20},
        {"year": 2024, "period_end": date(2024, 12, 31), "total": 10, "on_time": 4},
    ]
    year = {"year": 2024, "total": 40, "on_time": 24}
    for rows in (halves, [year], [*halves, year]):
        row = of(measured(foi_annual=rows), "T01")
        assert (row["n"], row["hits"]) == (40, 24)


def test_a_report_is_not_known_before_its_period_is_over() -> None:
    report = {"year": 2024, "total": 40, "on_time": 24}
    found = measured(date(2024, 12, 30), foi_annual=[report])
    assert "T01" not in found.measurement["indicator"].to_pylist()


def test_disputes_of_a_report_add_up() -> None:
    disputes = [
        {"year": 2024, "route": route, "result": result, "disputes": count}
        for route, result, count in (
            ("review", "upheld", 12), ("review", "corrected", 5), ("litigation", "corrected", 3),
            ("litigation", "pending", 40),
        )
    ]  # fmt: skip
    row = of(measured(foi_annual_dispute=disputes), "T04")
    assert (row["n"], row["hits"], row["value"]) == (20, 8, 0.4)


def test_a_report_passes_the_checks_that_its_numbers_allow() -> None:
    parts = {
        "granted": 20,
        "partial": 10,
        "refused": 5,
        "unable": 5,
        "not_processed": 0,
        "other": 0,
    }
    before = {"year": 2023, "new": 50, "carried_in": 0, **parts, "total": 40, "carried_out": 10}
    # The identity holds (50 + 9 = 40 + 19); what was carried in does not; the total does.
    now = {"year": 2024, "new": 50, "carried_in": 9, **parts, "total": 40, "carried_out": 19}
    grounds = [
        {"year": 2024, "outcome": "refused", "reason": "privacy", "requests": 5},
        {"year": 2024, "outcome": "unable", "reason": "not held", "requests": 4},
    ]
    row = of(measured(foi_annual=[before, now], foi_annual_reason=grounds), "T05")
    # Of the last twelve months one report: 2 of 3 checks, and 1 of 2 sums of grounds.
    assert (row["n"], row["hits"]) == (5, 3)
    year_before = of(measured(foi_annual=[before, now]), "T05", period="2023")
    assert (year_before["n"], year_before["hits"]) == (2, 2)


counts = st.integers(0, 200)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(counts, counts, counts, counts), min_size=2, max_size=3))
def test_the_evasion_mix_is_the_distance_of_the_textbook(mixes: Sequence[tuple[int, ...]]) -> None:
    kept = {name: [float(mix[k]) for mix in mixes] for k, name in enumerate(ENDINGS)}
    size = len(mixes)
    found = evasion_mix(judged(list(range(size)), [math.nan] * size, kept, bodies=size))
    for one, mix in enumerate(mixes):
        others = [sum(m[k] for n, m in enumerate(mixes) if n != one) for k in range(len(ENDINGS))]
        if not sum(mix) or not sum(others):
            assert math.isnan(found.value[one])
            continue
        p = [x / sum(mix) for x in mix]
        q = [x / sum(others) for x in others]
        middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
        bits = sum(a * math.log2(a / m) for a, m in zip(p, middle, strict=True) if a) / 2
        bits += sum(b * math.log2(b / m) for b, m in zip(q, middle, strict=True) if b) / 2
        expected = math.sqrt(max(bits, 0.0))
        assert abs(found.value[one]) == pytest.approx(expected, abs=1e-6)
        if p[0] > q[0] + 1e-9:
            assert found.value[one] <= 0
        assert -1 <= found.low[one] <= found.value[one] <= found.high[one] <= 1


def test_a_mix_apart_from_the_peers_is_1_and_one_alone_is_withheld() -> None:
    kept = {"refused": [50.0, 0.0], "unable": [0.0, 50.0], "not_processed": [0.0] * 2,
            "other": [0.0] * 2}  # fmt: skip
    found = evasion_mix(judged([0, 1], [math.nan] * 2, kept))
    assert list(found.value) == [-1.0, 1.0]
    alone = [{"foi_id": f"r{n}", "received": date(2024, 3, 1), "answered": date(2024, 3, 20),
              "outcome": "refused"} for n in range(30)]  # fmt: skip
    row = of(measured(foi=alone), "T11")
    assert (row["status"], row["reason"]) == ("withheld", "no other body to compare with")


def test_the_interval_of_the_evasion_mix_covers_the_truth_nine_times_of_ten() -> None:
    rng = np.random.default_rng(7)
    mix, peers = np.array([0.3, 0.4, 0.2, 0.1]), np.array([0.6, 0.2, 0.1, 0.1])
    bodies = 1_000
    drawn = rng.multinomial(200, mix, size=bodies).astype(float)
    middle = (mix + peers) / 2
    truth = np.sqrt((mix * np.log2(mix / middle) + peers * np.log2(peers / middle)).sum() / 2)
    covered = []
    for one in drawn:
        rows = np.stack([one, peers * 1e6])
        kept = {name: list(rows[:, k]) for k, name in enumerate(ENDINGS)}
        found = evasion_mix(judged([0, 1], [math.nan] * 2, kept))
        covered.append(found.low[0] <= truth <= found.high[0])
    assert 0.86 <= np.mean(covered) <= 0.95


def test_disclosure_does_not_ask_whether_cases_come_one_by_one() -> None:
    kept = {"granted": [3.0], "partial": [2.0], "whole": [8.0]}
    one = disclosure(judged([0], [math.nan], kept, bodies=1))
    single = {
        "granted": [1.0] * 3 + [0.0] * 5,
        "partial": [0.0] * 3 + [1.0] * 2 + [0.0] * 3,
        "whole": [1.0] * 8,
    }
    many = disclosure(judged([0] * 8, [math.nan] * 8, single, bodies=1))
    assert one.value[0] == many.value[0] == 0.5
    assert one.std_err[0] == many.std_err[0]


def test_a_share_of_nothing_is_nothing() -> None:
    assert np.isnan(share_of(np.zeros(1), np.zeros(1)).value[0])


# -- what must be published -----------------------------------------------------------------------

ITEMS: Rows = [
    {"item_id": "budget", "duty_source": "Act", "title": "Budget", "weight": 2.0,
     "tag": "favourable", "machine_readable_required": True},
    {"item_id": "arrears", "duty_source": "Act", "title": "Arrears", "weight": 1.0,
     "tag": "unfavourable"},
]  # fmt: skip


def duty(number: int, **more: Any) -> dict[str, Any]:
    return {
        "item_id": "budget", "period": f"p{number}", "deadline": DEADLINE, "checked": AS_OF, **more
    }  # fmt: skip


def published(number: int, **more: Any) -> dict[str, Any]:
    given = {"first_seen": DEADLINE, "last_seen": AS_OF, "fmt": "text/csv", **more}
    return duty(number, **given)


def t06(rows: Rows) -> dict[str, Any]:
    return of(measured(disc_item=ITEMS, disc_obs=rows), "T06")


@pytest.mark.parametrize(
    ("seen", "score"),
    [
        # Earlier versions are unknown: left out with their tenth.
        ({}, 1.0),
        ({"archived": False}, 0.9),
        ({"archived": True}, 1.0),
        # A picture of a table: .7 of .9.
        ({"fmt": "application/pdf"}, 0.7 / 0.9),
        # Media type unknown: .7 of .7.
        ({"fmt": None}, 1.0),
        # Late, and looked for in vain: .6 of .9.
        ({"first_seen": date(2024, 2, 2), "absent_on": date(2024, 2, 1)}, 0.6 / 0.9),
        # First looked for too late: whether in time is left out.
        ({"first_seen": date(2024, 2, 2)}, 1.0),
        # Looked for in vain on the last day: it may have come later that day.
        ({"first_seen": date(2024, 2, 2), "absent_on": DEADLINE}, 1.0),
        ({"unreachable_since": date(2024, 12, 16)}, 0.0),
        ({"unreachable_since": date(2024, 12, 17)}, 1.0),
        # It went, and the body keeps the versions before.
        ({"unreachable_since": date(2024, 12, 16), "archived": True}, 1.0),
        ({"first_seen": None, "last_seen": None}, 0.0),
    ],
)
def test_how_much_of_a_duty_is_published(seen: dict[str, Any], score: float) -> None:
    rows = [published(number, **seen) for number in range(20)]
    assert t06(rows)["value"] == pytest.approx(score)


def test_things_count_by_their_weight() -> None:
    rows = [published(n) for n in range(10)]
    rows += [duty(n, item_id="arrears") for n in range(10)]
    # 10 times 2 of 10 times 3.
    assert t06(rows)["value"] == pytest.approx(2 / 3)


def test_what_was_gone_later_was_there_on_the_day_of_judgement() -> None:
    rows = [published(n, unreachable_since=date(2024, 12, 16)) for n in range(20)]
    found = measured(date(2024, 12, 30), disc_item=ITEMS, disc_obs=rows)
    assert of(found, "T06")["value"] == 1.0


@st.composite
def looks(draw: st.DrawFn) -> dict[str, Any]:
    """What watching may have found of one duty."""
    day = st.integers(0, 300).map(lambda n: DEADLINE - timedelta(days=20) + timedelta(days=n))
    first = draw(st.none() | day)
    seen: dict[str, Any] = {
        "item_id": draw(st.sampled_from(["budget", "arrears"])),
        "checked": draw(st.just(AS_OF) | day),
        "fmt": draw(st.sampled_from([None, "text/csv", "application/pdf"])),
        "archived": draw(st.sampled_from([None, True, False])),
        "deadline": draw(st.just(DEADLINE) | st.none()),
        "altered_without_note": draw(st.sampled_from([None, True, False])),
    }
    if first is not None:
        seen["first_seen"] = first
        seen["last_seen"] = draw(st.dates(first, AS_OF))
        seen["absent_on"] = draw(st.none() | st.dates(first - timedelta(days=60), first))
        seen["unreachable_since"] = draw(st.none() | st.dates(seen["last_seen"], AS_OF))
    return seen


BETTER_HIGH = {"T06": True, "T07": False, "T08": False, "T09": False}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(looks(), min_size=1, max_size=8),
    st.integers(1, 3),
    st.sampled_from(["budget", "arrears"]),
)
def test_an_unpublished_duty_never_raises_anything(some: Rows, more: int, item: str) -> None:
    """Neither one more that is not published, nor one that is taken away."""
    many = [{**seen, "period": f"p{n}x{k}"} for n, seen in enumerate(some) for k in range(50)]
    missing = [duty(n, item_id=item, period=f"missing{n}") for n in range(more)]
    hidden = {"first_seen": None, "last_seen": None, "absent_on": None, "unreachable_since": None,
              "fmt": None, "archived": None, "altered_without_note": None, "checked": AS_OF}  # fmt: skip
    taken = [{**many[0], **hidden}, *many[1:]]
    before = figures(many)
    for code, after in figures([*many, *missing]).items():
        not_better(code, before.get(code), after)
    for code in ("T06", "T07"):
        not_better(code, before.get(code), figures(taken).get(code))


def figures(rows: Rows) -> dict[str, float | None]:
    found = measured(
        codes=tuple(BETTER_HIGH), disc_item=ITEMS, disc_obs=rows
    ).measurement.to_pylist()
    return {row["indicator"]: row["value"] for row in found if row["period"] == "all"}


def not_better(code: str, before: float | None, after: float | None) -> None:
    if before is None:
        return
    assert after is not None, f"{code} is not shown any more"
    change = after - before
    assert (change if BETTER_HIGH[code] else -change) <= 1e-9, (code, before, after)


def test_the_lag_is_counted_from_the_deadline_and_early_is_in_time() -> None:
    late = [
        published(
            n, first_seen=DEADLINE + timedelta(days=n), absent_on=DEADLINE + timedelta(days=n - 1)
        )
        for n in range(2, 21)
    ]
    early = [published(100 + n, first_seen=date(2023, 12, 1)) for n in range(2)]
    found = measured(disc_item=ITEMS, disc_obs=[*late, *early])
    # 21 lags: 0, 0, 2, 3 ... 20; the eleventh is 10, the nineteenth 18.
    row = of(found, "T07")
    assert (row["value"], row["n"]) == (10, 21)
    assert beside(found, "T07")["days until nine tenths are published"] == 18


def test_where_most_is_missing_the_lag_is_at_least_the_longest_wait() -> None:
    rows = [published(n) for n in range(9)] + [duty(10 + n) for n in range(12)]
    found = measured(disc_item=ITEMS, disc_obs=rows)
    row = of(found, "T07")
    assert row["value"] == (AS_OF - DEADLINE).days
    assert row["high"] is None
    assert beside(found, "T07")["median"] == "at least: more than half is still missing"


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=40))
def test_a_later_day_never_makes_what_came_late_come_earlier(cases: list[tuple[int, bool]]) -> None:
    """What still ran goes on running: the figure does not fall."""

    def lag(extra: int) -> float:
        kept = {
            "days": [float(days if ended else days + 1 + extra) for days, ended in cases],
            "ended": [float(ended) for _, ended in cases],
        }
        found = publication_lag(judged([0] * len(cases), [math.nan] * len(cases), kept, bodies=1))
        return float(found.value[0])

    assert lag(30) >= lag(0)


def test_silent_edits_and_the_gap_between_good_and_bad_news() -> None:
    rows = [published(n, altered_without_note=n < 10) for n in range(50)]
    rows += [published(60 + n, item_id="arrears") for n in range(3)]
    rows += [duty(70 + n, item_id="arrears") for n in range(9)]
    found = measured(disc_item=ITEMS, disc_obs=rows)
    row = of(found, "T09")
    assert (row["n"], row["value"], row["unknown"]) == (50, 0.2, 3)
    # All 50 of one kind, 3 of 12 of the other.
    assert beside(found, "T09") == {
        "share of favourable things published": 1.0,
        "share of unfavourable things published": 0.25,
        "gap between the two shares": 0.75,
    }


# -- probes and depth -----------------------------------------------------------------------------

MONDAY = date(2024, 3, 4)


def probe(**more: Any) -> Judged:
    """Six requests sent on a Monday; days in calendar days after it."""

    def day(after: int | None) -> np.datetime64:
        return np.datetime64("NaT", "D") if after is None else np.datetime64(MONDAY) + after

    given = {"ack": 7, "reply": 28, "reference": 1, "appeal": 1, **more}
    one = judged([0] * 6, [math.nan] * 6, bodies=1)
    kept = {
        "sent": np.array([day(0)] * 6),
        "acknowledged": np.array([day(given["ack"])] * 6),
        "replied": np.array([day(given["reply"])] * 6),
        "reference": np.array([given["reference"]] * 6, np.int8),
        "appeal": np.array([given["appeal"]] * 6, np.int8),
    }
    settings = {"acknowledged": 5, "answered": 20, "holidays": 5}
    return Judged(**{**vars(one), "kept": kept, "settings": settings})


@pytest.mark.parametrize(
    ("came", "value"),
    [
        # A week is five working days, four weeks are twenty.
        ({}, 1.0),
        # A day later a holiday may have been between: that part is left out.
        ({"ack": 8}, 1.0),
        ({"ack": 14}, 1.0),
        # More than two weeks: no week of holidays makes that five days.
        ({"ack": 15}, 0.75),
        ({"reply": 29}, 1.0),
        ({"reply": 36}, 0.75),
        ({"reference": 0}, 0.75),
        ({"reference": -1, "appeal": 0}, 2 / 3),
        # Never acknowledged, but answered with a reference.
        ({"ack": None}, 0.75),
        # Nothing came: whatever is said of it, no reference and no way to appeal.
        ({"ack": None, "reply": None, "reference": -1, "appeal": -1}, 0.0),
        ({"reply": None}, 0.5),
    ],
)
def test_the_four_parts_of_a_probe(came: dict[str, Any], value: float) -> None:
    found = channel_probe(probe(**came))
    assert found.n is not None
    assert (found.value[0], found.n[0]) == (pytest.approx(value), 6)


def test_probes_are_measured_from_the_ledger() -> None:
    sent = {"channel": "mail", "sent": MONDAY, "ack": MONDAY, "reference_given": True}
    probes = [{"probe_id": f"p{n}", **sent} for n in range(6)]
    found = measured(probe=probes)
    # Acknowledged and numbered; not answered, so nothing of how to appeal.
    assert of(found, "T10")["value"] == 0.5
    assert beside(found, "T10")["share answered in time"] == 0.0


def test_depth_is_the_mean_of_checks_and_of_what_is_there() -> None:
    there = {"has_milestones": True, "has_transactions": False, "has_changes": False,
             "has_final_status": True}  # fmt: skip
    rows = [{"ocid": f"o{n}", "checks_run": 10, "checks_passed": 9, **there} for n in range(50)]
    # The mean of nine tenths and a half.
    assert of(measured(publication_depth=rows), "T12")["value"] == pytest.approx(0.7)

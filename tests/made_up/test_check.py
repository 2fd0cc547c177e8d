"""The check finds what stands out among peers, and nothing else; it never looks at the truth for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_up import given as ledger
from tests.made_up import test_cases as passed_on
from tests.made_up import test_paying as paid
from tests.made_up import test_promises as promised
from troth.made_up.check import Checked, check, figures
from troth.made_up.country import BODIES, LOWERED, RAISED, TOWN, truth
from troth.measure import eventlog

SCHEMA = pa.schema([
    ("body_id", pa.string()), ("indicator", pa.string()), ("period", pa.string()),
    ("n", pa.int64()), ("hits", pa.int64()), ("value", pa.float64()), ("low", pa.float64()),
    ("high", pa.float64()), ("std_err", pa.float64()), ("status", pa.string()),
])  # fmt: skip
LEVEL = {body.body_id: body.level for body in BODIES}
TOWNS = [body.body_id for body in BODIES if body.level == "municipality"]
CITY, MAYORS_PEER = "XR-MUN-strelsau", "XR-MUN-zenda"


def measurement(*rows: dict[str, Any]) -> pa.Table:
    usual = {"period": "all", "status": "published", "n": 100}
    return pa.Table.from_pylist([usual | row for row in rows], schema=SCHEMA)


def days(
    values: Sequence[float], std_err: float | None = 2.0, code: str = "D01"
) -> list[dict[str, Any]]:
    """Mean days of the first municipalities, each with its standard error."""
    return [
        {"body_id": body, "indicator": code, "value": value, "std_err": std_err}
        for body, value in zip(TOWNS, values, strict=False)
    ]


def shares(hits: Sequence[int], n: int, code: str = "I08") -> list[dict[str, Any]]:
    return [
        {"body_id": body, "indicator": code, "n": n, "hits": hit, "value": hit / n}
        for body, hit in zip(TOWNS, hits, strict=False)
    ]


def alarms(*rows: dict[str, Any]) -> dict[str, str]:
    return {one.body_id: one.alarm for one in figures(measurement(*rows), LEVEL) if one.alarm}


USUAL = [28, 30, 31, 29, 33, 27, 30, 32, 29, 31, 30, 28, 30, 31]


def test_a_figure_far_beyond_its_peers_stands_out_in_its_direction() -> None:
    assert alarms(*days([60, *USUAL])) == {TOWNS[0]: RAISED}
    assert alarms(*days([5, *USUAL])) == {TOWNS[0]: LOWERED}
    assert alarms(*days([31, *USUAL])) == {}


def test_the_same_distance_with_more_doubt_does_not() -> None:
    assert alarms(*days([60, *USUAL], std_err=12.0)) == {}


def test_the_end_of_the_interval_that_faces_the_peers_counts() -> None:
    hazard = [
        {"body_id": b, "indicator": "C01", "value": 1.0, "low": 0.5, "high": 2.0} for b in TOWNS
    ]
    skew = hazard[0] | {"value": 5.0, "low": 3.5, "high": 20.0}  # far from its upper end alone
    assert alarms(skew, *hazard[1:]) == {TOWNS[0]: RAISED}
    assert alarms(skew | {"low": 0.9, "high": 5.5}, *hazard[1:]) == {}


def test_peers_that_differ_for_reasons_of_their_own_widen_the_limits() -> None:
    apart = [10, 50, 20, 40, 15, 45, 25, 35, 12, 48, 22, 38, 30, 28]
    assert alarms(*days([60, *apart])) == {}


def test_a_share_is_judged_by_the_funnel() -> None:
    assert alarms(*shares([40, *[5] * 14], n=100)) == {TOWNS[0]: RAISED}
    assert alarms(*shares([2, *[1] * 14], n=7)) == {}


def test_without_doubt_stated_or_without_peers_nothing_is_said() -> None:
    (first, *_) = figures(measurement(*days([60, *USUAL], std_err=None)), LEVEL)
    assert not first.told and not first.alarm
    assert not any(one.told for one in figures(measurement(*days([60, 30, 30])), LEVEL))
    still = figures(measurement(*days([9, *[0] * 14], std_err=0.0)), LEVEL)
    assert not any(one.alarm for one in still)


def test_peers_are_of_the_same_level_where_there_are_enough_of_them() -> None:
    ministries = [body.body_id for body in BODIES if body.level == "ministry"]
    rows = days(USUAL[:12])
    few = [
        {"body_id": m, "indicator": "D01", "value": 60.0, "std_err": 2.0} for m in ministries[:2]
    ]
    assert set(alarms(*rows, *few)) == set(ministries[:2])  # too few for themselves
    many = [{"body_id": b, "indicator": "D01", "value": 60.0, "std_err": 2.0} for b in (
        body.body_id for body in BODIES if body.level != "municipality")]  # fmt: skip
    level = LEVEL | {one["body_id"]: "state" for one in many}
    found = figures(measurement(*rows, *many), level)
    assert not any(one.alarm for one in found)


def test_withheld_figures_and_single_years_do_not_count() -> None:
    rows = days([60, *USUAL])
    rows[0]["status"] = "too_few_cases"
    year = days([60, *USUAL])[0] | {"period": "2024"}
    assert alarms(*rows, year) == {}


def test_a_release_of_today_without_standard_errors_can_be_checked() -> None:
    given = measurement(*shares([40, *[5] * 14], n=100, code="P018")).drop_columns(["std_err"])
    assert [one.alarm for one in figures(given, LEVEL) if one.alarm] == [RAISED]


def checked(*rows: dict[str, Any]) -> Checked:
    return check(measurement(*rows), LEVEL, truth())


def of_all(code: str, usual: float, **others: float) -> list[dict[str, Any]]:
    """A figure of every body, usual but for some."""
    draws = np.random.default_rng(len(code))
    return [
        {
            "body_id": body.body_id, "indicator": code, "std_err": 1.0,
            "value": others.get(body.behaviour, usual + float(draws.uniform(-1, 1))),
        }
        for body in BODIES
    ]  # fmt: skip


def test_what_was_planted_and_is_seen_is_found() -> None:
    found = checked(*of_all("C05", 0.0, drops_what_it_inherited=60.0))
    (city,) = [one for one in found.planted if (one.body_id, one.indicator) == (CITY, "C05")]
    assert city.found and found.found == 1
    assert found.recall == pytest.approx(1 / len(found.planted))
    assert found.recall_of_measured == 1.0 and found.false_alarms == ()
    assert "C05" not in found.not_measured and "D01" in found.not_measured


def test_what_was_planted_and_is_not_seen_is_missed_and_the_reason_said() -> None:
    def reason(*rows: dict[str, Any]) -> str:
        planted = checked(*rows).planted
        (why,) = [p.why_not for p in planted if (p.body_id, p.indicator) == (CITY, "C05")]
        return why

    assert reason(*of_all("C05", 0.0)) == "within the limits of its peers"
    assert reason(*of_all("C05", 0.0, drops_what_it_inherited=-60.0)) == "stands out, but lowered"
    rest = [row for row in of_all("C05", 0.0) if row["body_id"] != CITY]
    assert reason(*rest) == "no figure of this body"
    assert reason(*of_all("I04", 0.0)) == "the release has no such figure"
    silent = [row | {"std_err": None} for row in of_all("C05", 0.0)]
    assert "no uncertainty" in reason(*silent)


def test_an_alarm_where_nothing_was_planted_is_false_and_what_may_follow_is_not() -> None:
    rows = of_all("D01", 40.0, pays_slowly=120.0, ping_pong=120.0, pays_small_firms_later=120.0)
    found = checked(*rows)
    assert [one.body_id for one in found.false_alarms] == ["XR-POL-police-north"]
    assert found.found == 1  # of pays_slowly; small firms may move it, so that counts as neither
    excused = sum("D01" in (*one["shows"], *one["may_show"]) for one in truth()["planted"])
    excused += sum("D01" in one["may_show"] for one in truth()["must_not_stand_out"])
    assert found.elsewhere == 40 - excused
    assert found.false_alarm_share == pytest.approx(1 / found.elsewhere)


def test_the_honest_town_is_told_apart_and_named_where_it_is_accused() -> None:
    fine = checked(*of_all("I11", 5.0)).honest_town
    assert fine.body_id == TOWN and fine.figures == 1 and fine.stands_out == ()
    accused = checked(*of_all("I11", 5.0, small_town=80.0)).honest_town
    assert accused.stands_out == ("I11",)


def test_a_decoy_is_watched_only_where_it_must_not_stand_out() -> None:
    found = checked(
        *of_all("D01", 40.0, cuts_its_budget=120.0), *of_all("C01", 1.0, quiet_change=30.0)
    )
    where = {one.behaviour: one.stands_out for one in found.apart}
    assert where["cuts_its_budget"] == () and where["quiet_change"] == ("C01",)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=24),
    st.one_of(st.none(), st.floats(0, 1e5)),
    st.floats(0.001, 1000),
)
def test_a_change_of_unit_changes_no_verdict(
    values: list[float], std_err: float | None, factor: float
) -> None:
    def verdicts(by: float) -> list[tuple[str, bool]]:
        rows = days([by * v for v in values], None if std_err is None else by * std_err)
        return [(one.alarm, one.told) for one in figures(measurement(*rows), LEVEL)]

    # Powers of two, so that rounding plays no part.
    assert verdicts(1.0) == verdicts(2.0 ** round(np.log2(factor)))


def test_bodies_that_differ_by_chance_alone_give_hardly_any_alarm() -> None:
    draws, given_alarms, many = np.random.default_rng(7), 0, 0
    for _ in range(60):
        values = 30 + draws.normal(0, 2.0, 24)
        found = figures(measurement(*days(values.tolist(), std_err=2.0)), LEVEL)
        given_alarms += sum(bool(one.alarm) for one in found)
        many += len(found)
    assert given_alarms / many < 0.01


def of_shares(code: str, hits: np.ndarray, n: np.ndarray, least: int) -> list[dict[str, Any]]:
    """A measured share of every body, published where enough cases stand behind it."""
    return [
        {
            "body_id": body.body_id, "indicator": code, "n": int(n[i]), "hits": int(hits[i]),
            "value": float(hits[i] / n[i]) if n[i] else None,
            "status": "published" if n[i] >= least else "too_few_cases",
        }
        for i, body in enumerate(BODIES)
    ]  # fmt: skip


def test_measured_by_the_measuring_functions_the_country_shows_what_was_planted() -> None:
    """Six shares of the whole country, from the entries to the verdict."""
    deadlines = promised.deadlines().on_time_original
    cases, commitment = ledger.bodies("case"), ledger.bodies("commitment")
    told = [ledger.count(deadlines, commitment)]
    told.append(ledger.count(eventlog.paths(passed_on.log()).ping_pong, cases))
    told.append(ledger.count(passed_on.empty(), cases))
    told += [(one.hits, one.n) for one in (promised.silent(), promised.orphaned(), paid.churn())]
    codes = {"I02": 8, "I08": 50, "I11": 50, "I13": 8, "C03": 10, "D10": 30}
    rows = [
        row
        for (code, least), (hits, n) in zip(codes.items(), told, strict=True)
        for row in of_shares(code, np.asarray(hits), np.asarray(n), least)
    ]
    found = checked(*rows)
    mine = [one for one in found.planted if one.indicator in codes]
    assert [(one.indicator, one.why_not) for one in mine if not one.found] == []
    assert len(mine) == len(codes)
    assert found.false_alarms == () and found.elsewhere > 150
    assert found.honest_town.stands_out == ()


def test_a_ratio_of_rates_without_peers_is_held_against_no_effect() -> None:
    ratio = {"body_id": TOWNS[0], "indicator": "C01", "value": 2.5, "low": 2.0, "high": 3.2}
    assert alarms(ratio) == {TOWNS[0]: RAISED}
    assert alarms(ratio | {"low": 0.9}) == {}
    assert alarms(ratio | {"indicator": "D06"}) == {}, "no other figure has such a value"

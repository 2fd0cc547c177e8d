"""Cases: sent round, stopped, closed for nothing; and a town with seven of them."""

from __future__ import annotations

import functools

import numpy as np

from tests.made_up.given import (
    AS_OF,
    MANY,
    NUMBER,
    WHO,
    bodies,
    column,
    count,
    days,
    rivals,
    rows,
    share,
    table,
)
from troth.made_up.country import TOWN
from troth.measure import eventlog
from troth.tables.cases import CASE, CASE_EVENT

TOWN_NUMBER = NUMBER[TOWN]


@functools.cache
def log() -> eventlog.Log:
    found = eventlog.from_table(table(CASE_EVENT), table(CASE)["case_id"].to_pylist(), AS_OF)
    assert found.left_out == 0  # every case can be followed
    return found


def test_cases_are_sent_round_by_one_police_authority() -> None:
    found = eventlog.hand_offs(eventlog.paths(log()), bodies("case"), MANY)
    who = "ping_pong"
    assert found.ping_pong[WHO[who]] > 0.085 > rivals(found.ping_pong, who).max()
    away = eventlog.push_away(log(), bodies("case"), intake=("intake",))
    passed = np.bincount(away.body, away.transfers, MANY) / np.bincount(
        away.body, away.receipts, MANY
    )
    assert passed[WHO[who]] > 0.35 > rivals(passed, who).max()


def test_clocks_are_stopped_late_by_the_other() -> None:
    allowed = column("case", "sla_days").astype(float)
    found = eventlog.late_pauses(log(), allowed, bodies("case"), MANY)
    assert found.excess[WHO["stops_clocks_late"]] > 4
    assert found.p[WHO["stops_clocks_late"]] < 1e-6
    assert np.nanmedian(rivals(found.excess, "stops_clocks_late")) < 1.6


def empty() -> np.ndarray:
    """By case, whether its closure came to nothing."""
    place = {name: number for number, name in enumerate(column("case", "case_id"))}
    repeat = np.array([place.get(name, -1) for name in column("case", "repeat_of")])
    return eventlog.empty_closures(log(), repeat, days("case", "received"), days("case", "closed"))


def test_closures_come_to_nothing_in_one_agency() -> None:
    hits, n = count(empty(), bodies("case"))
    found = hits / n
    assert found[WHO["closes_without_result"]] > 0.3 > rivals(found, "closes_without_result").max()


def test_open_channels_bring_more_cases_and_nothing_else() -> None:
    many = np.bincount(bodies("case"), minlength=MANY)
    who = WHO["open_channels"]
    assert many[who] > 3 * np.median(many)
    upheld = [row for row in rows("case") if row["upheld"] is not None]
    share_upheld = share(
        np.array([row["upheld"] for row in upheld]),
        np.array([NUMBER[r["body_id"]] for r in upheld]),
    )
    assert 0.45 < share_upheld[who] < 0.58
    found = eventlog.hand_offs(eventlog.paths(log()), bodies("case"), MANY)
    assert found.ping_pong[who] < 0.03


def test_the_honest_town_has_seven_cases_one_signed_and_one_closed_late() -> None:
    cases = [row for row in rows("case") if row["body_id"] == TOWN]
    assert len(cases) == 7
    late_signed = [(row["acknowledged"] - row["received"]).days > 5 for row in cases]
    closed = [row for row in cases if row["closed"]]
    late_closed = [(row["closed"] - row["received"]).days > row["sla_days"] for row in closed]
    assert (sum(late_signed), len(closed), sum(late_closed)) == (1, 6, 1)
    path = eventlog.paths(log())
    assert np.nansum(path.ping_pong[bodies("case") == TOWN_NUMBER]) == 0


def test_surveys_have_an_error_and_one_town_is_less_content() -> None:
    for question in {row["question"] for row in rows("survey")}:
        answers = [row for row in rows("survey") if row["question"] == question]
        mean = np.array([row["share_or_mean"] for row in answers]).reshape(MANY, 8).mean(axis=1)
        assert mean[WHO["disappoints"]] < rivals(mean, "disappoints").min() - 0.1
    assert all(row["se"] > 0 for row in rows("survey"))

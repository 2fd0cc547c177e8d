"""Who there is: forty bodies, plainly invented, and a truth that names what it plants."""

import datetime as dt
import re
from collections import Counter
from itertools import pairwise

import numpy as np

from tests.made_up.given import WHO, changes, country, rows
from troth.made_up.chance import date_of
from troth.made_up.country import (
    BEHAVIOURS,
    BODIES,
    LOWERED,
    MUST_NOT_STAND_OUT,
    RAISED,
    THE_CHANGE,
    TOWN,
    Making,
    changes_of,
    firms,
    truth,
)
from troth.tables.results import INDICATOR


def test_there_are_forty_bodies_and_every_name_says_that_it_is_invented() -> None:
    assert len({body.body_id for body in BODIES}) == len(BODIES) == 40
    assert all(body.name.endswith("(invented)") for body in BODIES)
    assert all(body.body_id.startswith("XR-") for body in BODIES)
    assert all(firm.name.startswith("Invented Firm") for firm in firms(1))


def test_every_behaviour_has_one_body_and_shows_something_or_must_not() -> None:
    who = Counter(body.behaviour for body in BODIES if body.behaviour)
    assert who == Counter(list(BEHAVIOURS))
    quiet = {name for name, one in BEHAVIOURS.items() if not one.shows}
    assert quiet == set(MUST_NOT_STAND_OUT)
    assert sum(not body.behaviour for body in BODIES) > 4  # and some just do their work


def test_the_truth_names_indicators_directions_and_the_honest_town() -> None:
    told = truth()
    pattern = INDICATOR.promise.matches
    codes = [code for one in told["planted"] for code in (*one["shows"], *one["may_show"])]
    assert all(re.fullmatch(pattern, code) for code in codes)
    directions = {way for one in told["planted"] for way in one["shows"].values()}
    assert directions == {RAISED, LOWERED}
    for one in told["planted"]:
        assert not set(one["shows"]) & set(one["may_show"])
    (town,) = [one for one in told["must_not_stand_out"] if one["body_id"] == TOWN]
    assert town["indicators"] == [] and town["may_show"] == []  # nowhere, and no excuse


def test_terms_follow_each_other_and_name_no_person() -> None:
    terms = rows("term")
    assert {term["post"] for term in terms} == {"mayor", "minister", "head of the agency"}
    for body in BODIES:
        mine = sorted(
            (t for t in terms if t["body_id"] == body.body_id), key=lambda t: t["start_date"]
        )
        for before, after in pairwise(mine):
            assert before["end_date"] + dt.timedelta(days=1) == after["start_date"]
        assert mine[-1]["end_date"] is None


def test_changes_are_those_that_were_made_and_acting_terms_open_none() -> None:
    made = {
        (number, date_of(day).isoformat())
        for number, body in enumerate(BODIES)
        for day in changes_of(Making(country().seed, 1.0, body))
    }
    found = changes()
    assert {(int(b), str(d)) for b, d in zip(found.body, found.on, strict=True)} == made
    assert any(term["acting"] for term in rows("term"))
    city = WHO["drops_what_it_inherited"]
    assert found.on[found.body == city].tolist() == [date_of(THE_CHANGE)]
    assert np.bincount(found.body, minlength=40).min() == 1

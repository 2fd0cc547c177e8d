"""What many looks add up to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from troth.sources.fetch.answers import Outcome
from troth.sources.fetch.content import Change
from troth.sources.fetch.observe import Look, Standing, standings

BEGIN = datetime(2024, 1, 1, 12, tzinfo=UTC)


def look(day: int, outcome: Outcome = Outcome.FOUND, **more: object) -> Look:
    at = BEGIN + timedelta(days=day)
    return Look(at, "budget", "XX-1", "2024", "https://example.org/", outcome, **more)


def standing(*looks: Look) -> Standing:
    (found,) = standings(looks).values()
    return found


def day(number: int) -> date:
    return (BEGIN + timedelta(days=number)).date()


def test_what_was_there_at_the_first_look_may_have_been_there_before() -> None:
    found = standing(look(0), look(5))
    assert (found.first_seen, found.last_seen, found.absent_on) == (day(0), day(5), None)


def test_what_came_later_was_absent_until_the_server_said_so_for_the_last_time() -> None:
    found = standing(
        look(0, Outcome.GONE), look(3, Outcome.GONE), look(4, Outcome.SERVER_ERROR), look(9)
    )
    assert (found.absent_on, found.first_seen) == (day(3), day(9))
    assert found.unreachable_since is None


def test_what_was_never_seen_has_not_disappeared() -> None:
    found = standing(look(0, Outcome.GONE), look(99, Outcome.GONE))
    assert (found.first_seen, found.absent_on, found.checked) == (None, day(99), day(99))
    assert not found.disappeared


def test_what_is_not_reached_for_more_than_fourteen_days_has_disappeared() -> None:
    gone = [look(0), look(1, Outcome.GONE)]

    assert not standing(*gone).disappeared
    assert not standing(*gone, look(15, Outcome.TIMED_OUT)).disappeared
    assert standing(*gone, look(16, Outcome.TIMED_OUT)).disappeared
    assert standing(*gone, look(16, Outcome.GONE)).unreachable_since == day(1)


def test_what_came_back_is_there() -> None:
    found = standing(look(0), look(1, Outcome.SERVER_ERROR), look(20), look(30, Outcome.GONE))
    assert (found.last_seen, found.unreachable_since) == (day(20), day(30))
    assert not found.disappeared


def test_looks_that_tell_nothing_change_nothing() -> None:
    gone = [look(0), look(1, Outcome.GONE)]
    for outcome in (Outcome.ROBOTS, Outcome.BLOCKED, Outcome.OFFLINE, Outcome.CERTIFICATE):
        found = standing(*gone, look(99, outcome))
        assert not found.disappeared
        assert (found.checked, found.unreachable_since) == (day(1), day(1))
    assert standing(look(0, Outcome.ROBOTS)).checked is None


def test_what_left_an_archive_behind_has_not_disappeared() -> None:
    found = standing(look(0, versions=True), look(1, Outcome.GONE), look(99, Outcome.GONE))
    assert found.archived
    assert not found.disappeared
    assert standing(look(0)).archived is None


def test_one_silent_change_is_enough_and_one_that_cannot_be_told_leaves_it_untold() -> None:
    first = look(0, change=Change.FIRST)
    same = look(1, Outcome.SAME, change=Change.NONE, silent=False)
    noted = look(2, change=Change.NUMBERS, silent=False)
    untold = look(3, change=Change.BYTES)
    silent = look(4, change=Change.NUMBERS, silent=True)

    assert standing(first).altered_without_note is None
    assert standing(first, same).altered_without_note is False
    assert standing(first, same, noted).altered_without_note is False
    assert standing(first, same, noted, untold).altered_without_note is None
    assert standing(first, same, noted, untold, silent).altered_without_note is True
    assert standing(first, silent, same).altered_without_note is True
    assert standing(first, untold, same).altered_without_note is None


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(Outcome)), min_size=1, max_size=12))
def test_days_are_in_order_whatever_happens(steps: list[tuple[int, Outcome]]) -> None:
    looks, at = [], 0
    for ahead, outcome in steps:
        at += ahead
        looks.append(look(at, outcome))

    found = standing(*looks)

    days = [
        found.absent_on,
        found.first_seen,
        found.last_seen,
        found.unreachable_since,
        found.checked,
    ]
    there = [one for one in days if one is not None]
    assert there == sorted(there)
    assert (found.first_seen is None) == (found.last_seen is None)
    assert not (found.unreachable_since and found.first_seen is None)

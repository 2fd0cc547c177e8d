"""Chance has a stream for each name, and days are worked days."""

import datetime as dt

import numpy as np

from troth.made_up.chance import (
    AS_OF,
    amounts,
    date_of,
    known,
    month_of,
    number_of,
    spread_days,
    stream,
    worked,
    working_days_after,
    year_of,
)


def test_a_stream_is_its_names_and_its_seed() -> None:
    def drawn(seed: int, *names: str) -> list[float]:
        return stream(seed, *names).random(3).tolist()

    assert drawn(1, "a", "invoice") == drawn(1, "a", "invoice")
    others = [drawn(2, "a", "invoice"), drawn(1, "b", "invoice"), drawn(1, "a", "case")]
    assert all(other != drawn(1, "a", "invoice") for other in others)


def test_days_are_worked_or_moved_on() -> None:
    saturday, new_year = number_of("2021-05-01"), number_of("2024-01-01")
    assert [str(date_of(int(day))) for day in worked(np.array([saturday, new_year]))] == [
        "2021-05-03",
        "2024-01-02",
    ]
    friday = number_of("2021-04-30")
    assert str(date_of(int(working_days_after(friday, 1)))) == "2021-05-03"
    assert worked(worked(saturday)) == worked(saturday)


def test_what_has_not_come_is_not_known() -> None:
    assert known(None) is None and known(AS_OF + 1) is None
    assert known(AS_OF) == dt.date(2024, 12, 31)
    assert year_of(AS_OF) == 2024 and month_of(np.array([AS_OF])).tolist() == [12]


def test_amounts_have_a_heavy_tail_and_waits_a_median() -> None:
    found = amounts(stream(1, "x"), 20_000, 1_000.0)
    assert 900 < np.median(found) < 1_100 and found.mean() > 2 * np.median(found)
    assert found.max() <= 300_000.0
    assert 23 < np.median(spread_days(stream(1, "y"), 20_000, 24.0)) < 25

"""Cases on their way through a body."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import travels
from troth.errors import UsageError
from troth.measure import eventlog
from troth.measure.grouped import share
from troth.tables.cases import CASE_EVENT

AS_OF = np.datetime64("2025-03-01")
BEGIN = np.datetime64("2025-01-01", "s")
Events = list[travels.Event]


def log(*cases: Events, as_of: np.datetime64 = AS_OF) -> eventlog.Log:
    """Cases of (day, what, unit), days counted from 1 January 2025."""
    rows = [(number, *event) for number, events in enumerate(cases) for event in events]
    case, day, what, unit = zip(*rows, strict=True)
    units = sorted({name for name in unit if name is not None})
    return eventlog.log(
        np.array(case),
        len(cases),
        BEGIN + (np.array(day, float) * 86_400).astype("timedelta64[s]"),
        np.array([eventlog.EVENTS.index(word) for word in what]),
        np.array([-1 if name is None else units.index(name) for name in unit]),
        units,
        as_of,
    )


def test_a_case_sent_to_and_fro() -> None:
    found = eventlog.paths(
        log([(0, "received", "A"), (2, "transfer", "B"), (5, "transfer", "A"), (9, "closed", "A")])
    )
    assert (found.handoffs[0], found.returns[0], found.ping_pong[0]) == (2, 1, 1)
    assert (found.gross_days[0], found.paused_days[0]) == (9, 0)


def test_a_transfer_to_the_unit_that_has_it_is_no_hand_off() -> None:
    found = eventlog.paths(log([(0, "received", "A"), (2, "transfer", "A")]))
    assert (found.handoffs[0], found.returns[0]) == (0, 0)


def test_an_unnamed_unit_leaves_the_path_unknown_and_the_days_known() -> None:
    events = log([(0, "received", "A"), (2, "transfer", None), (4, "closed", "A")])
    found = eventlog.paths(events)
    assert np.isnan([found.handoffs[0], found.returns[0], found.ping_pong[0]]).all()
    assert found.gross_days[0] == 4
    together = eventlog.hand_offs(found, np.zeros(1, int), 1)
    assert (together.n[0], together.unknown[0]) == (0, 1)
    assert np.isnan(together.mean[0])


def test_between_closure_and_reopening_nobody_had_it() -> None:
    events = log(
        [(0, "received", "A"), (4, "closed", "A"), (10, "reopened", "A"), (13, "withdrawn", "A")]
    )
    assert eventlog.paths(events).gross_days[0] == 7
    assert not events.open[0]


def test_what_comes_after_the_day_of_judgement_has_not_happened() -> None:
    events = log([(0, "received", "A"), (2, "transfer", "B"), (80, "closed", "B")])
    found = eventlog.paths(events)
    assert events.open[0]
    assert found.gross_days[0] == 59
    assert eventlog.paths(log([(100, "received", "A")])).gross_days.tolist() != [0]


def test_cases_that_cannot_be_followed_are_left_out_and_counted() -> None:
    events = log(
        [(0, "transfer", "A"), (1, "closed", "A")],
        [(5, "received", "A"), (3, "closed", "A")],
        [(0, "received", "A"), (3, "closed", "A")],
    )
    assert events.left_out == 2
    assert np.isnan(eventlog.paths(events).gross_days).tolist() == [True, True, False]


def test_units_that_pass_on_what_they_get() -> None:
    events = log(
        [(0, "received", "desk"), (1, "transfer", "A"), (2, "transfer", "B")],
        [(0, "received", "desk"), (1, "transfer", "A"), (2, "closed", "A")],
        [(0, "received", "A"), (1, "transfer", None)],
    )
    found = eventlog.push_away(events, np.zeros(3, int), intake=["desk"])
    assert [events.units[u] for u in found.unit] == ["A", "B"]
    assert found.transfers.tolist() == [1, 0]
    assert found.receipts.tolist() == [2, 1]
    assert found.rate.tolist() == [0.5, 0]


def test_units_of_two_bodies_are_two_units() -> None:
    events = log([(0, "received", "A")], [(0, "received", "A")])
    assert eventlog.push_away(events, np.array([0, 1])).body.tolist() == [0, 1]


def test_clocks_stopped_when_time_runs_out() -> None:
    """Ten days allowed: pauses on day 8 to 10 are late, those of day 11 stop nothing any more."""
    cases = [[(0, "received", "A"), (day, "pause", "A")] for day in (1, 7.9, 8, 10, 11)]
    found = eventlog.late_pauses(log(*cases), np.full(5, 10.0), np.zeros(5, int), 1)
    assert (found.late[0], found.n[0]) == (2, 4)
    assert found.excess[0] == pytest.approx(0.5 / 0.2)
    # P(2 or more of 4), each with 0.2.
    assert found.p[0] == pytest.approx(1 - 0.8**4 - 4 * 0.2 * 0.8**3)


def test_days_of_earlier_pauses_are_not_used_up() -> None:
    case = [
        (0, "received", "A"), (4, "pause", "A"), (20, "resume", "A"), (23, "pause", "A"),
        (24, "pause", "A"),
    ]  # fmt: skip
    found = eventlog.late_pauses(log(case), np.array([10.0]), np.array([0]), 1)
    assert (found.late[0], found.n[0]) == (0, 2)
    assert found.p[0] == 1
    unknown = eventlog.late_pauses(log(case), np.array([np.nan]), np.array([0]), 1)
    assert np.isnan([unknown.excess[0], unknown.p[0]]).all()


def test_a_dead_end_is_open_for_more_than_twice_the_time_allowed() -> None:
    cases = [
        [(0, "received", "A")],
        [(0, "received", "A")],
        [(0, "received", "A"), (1, "closed", "A")],
    ]
    found = eventlog.dead_ends(log(*cases), np.array([29.0, 29.5, 0.1]))
    assert found.tolist() == [1, 0, 0]
    assert np.isnan(eventlog.dead_ends(log(*cases), np.full(3, np.nan))).all()


def dates(*written: str | None) -> np.ndarray:
    return np.array([day or "NaT" for day in written], "datetime64[D]")


def test_the_same_matter_comes_back() -> None:
    found = eventlog.recurrence(
        np.array([0, 0, 1, -1, 2]),
        dates("2024-01-01", "2024-05-01", "2024-01-01", "2024-01-01", "2025-01-01"),
        dates("2024-02-01", None, "2024-02-01", "2024-02-01", "2025-02-01"),
        AS_OF,
    )
    # Came back; not closed; did not come back; unknown matter; too early to tell.
    assert np.array_equal(found, [1, np.nan, 0, np.nan, np.nan], equal_nan=True)
    assert share(found, np.zeros(5, int), 1).value.tolist() == [0.5]


def test_closures_that_came_to_nothing() -> None:
    full = [(0, "received", "A"), (1, "decision", "A"), (2, "closed", "A")]
    events = log(
        full,
        full,
        [(0, "received", "A"), (2, "closed", "A")],
        [*full, (5, "reopened", "A")],
        [(0, "received", "A"), (1, "decision", "A")],
        full,
        as_of=np.datetime64("2025-04-01"),
    )
    closed = dates(*["2025-01-03"] * 4, None, "2025-03-01")
    received = dates(*["2025-01-01"] * 5, "2025-03-04")
    found = eventlog.empty_closures(events, np.array([-1, -1, -1, -1, -1, 1]), received, closed)
    # Sound; repeated on the 60th day; no decision; reopened; not closed; too early to tell.
    assert np.array_equal(found, [0, 1, 1, 1, np.nan, np.nan], equal_nan=True)


def test_the_table_of_events_is_read_in_the_order_of_its_numbers() -> None:
    def row(case: str, number: int, day: int, what: str, unit: str | None) -> dict[str, object]:
        moment = (BEGIN + np.timedelta64(day, "D")).item()
        return {"case_id": case, "event_no": number, "ts": moment, "event": what, "unit": unit}

    rows = CASE_EVENT.rows(
        [
            row("C2", 1, 4, "transfer", None),
            row("C1", 0, 0, "received", "A"),
            row("C2", 0, 0, "received", "B"),
            row("C1", 1, 3, "transfer", "B"),
        ]
    )
    found = eventlog.from_table(rows, ["C1", "C2"], AS_OF)
    assert found.case.tolist() == [0, 0, 1, 1]
    assert [found.units[u] if u >= 0 else None for u in found.unit] == ["A", "B", "B", None]
    assert found.held.tolist() == [3, 56, 4, 55]
    with pytest.raises(UsageError, match="names the case C2"):
        eventlog.from_table(rows, ["C1"], AS_OF)


EVENT = st.tuples(
    st.integers(0, 9),
    st.sampled_from(eventlog.EVENTS),
    st.one_of(st.none(), st.sampled_from("ABC")),
)


@given(st.lists(st.lists(EVENT, max_size=9), min_size=1, max_size=4))
def test_paths_are_those_followed_one_by_one(drawn: list[Events]) -> None:
    cases = []
    for steps in drawn:
        day, events = 0, [(0.0, "received", "A")]
        for wait, what, unit in steps:
            day += wait
            if day <= 59:
                events.append((float(day), what, unit))
        cases.append(events)
    events = log(*cases)
    found = eventlog.paths(events)
    for number, case in enumerate(cases):
        expected = travels.travel(case, as_of=59)
        for name, value in [
            ("handoffs", found.handoffs),
            ("returns", found.returns),
            ("open_days", found.gross_days),
            ("paused_days", found.paused_days),
        ]:
            if expected[name] is None:
                assert np.isnan(value[number])
            else:
                assert value[number] == pytest.approx(expected[name]), name
        assert events.open[number] == expected["is_open"]
    held = eventlog.hold_days(events)[2].sum()
    assert held <= found.gross_days.sum() + 1e-9

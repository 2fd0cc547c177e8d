"""What was undertaken, by when, and whether it was done."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.measure import commitments
from troth.measure.commitments import NO_REVISIONS, Revisions
from troth.tables.obligations import COMMITMENT_REV

AS_OF = np.datetime64("2025-12-31")
ONE = np.zeros(1, np.int64)


def days(*written: str | None) -> np.ndarray:
    return np.array([day or "NaT" for day in written], "datetime64[D]")


def moved(*changes: tuple[int, str, str]) -> Revisions:
    of, on, due = zip(*changes, strict=True)
    return Revisions(np.array(of), days(*on), days(*due))


def one(
    due: str | None, done: str | None, revised: Revisions = NO_REVISIONS
) -> commitments.Deadlines:
    return commitments.deadlines(days("2024-01-01"), days(due), days(done), revised, AS_OF)


def test_done_on_the_last_day_is_on_time() -> None:
    assert one("2025-06-30", "2025-06-30").on_time_original[0] == 1
    assert one("2025-06-30", "2025-07-01").on_time_original[0] == 0


def test_a_deadline_moved_before_it_passes_launders_it() -> None:
    found = one("2025-06-30", "2025-10-01", moved((0, "2025-06-01", "2025-12-01")))
    assert (found.on_time_original[0], found.on_time_current[0]) == (0, 1)
    kept = commitments.kept(found, ONE, 1)
    assert kept.laundering[0] == 1
    assert kept.revisions[0] == 1


def test_the_last_revision_counts_and_none_after_the_day_of_judgement() -> None:
    revised = moved(
        (0, "2026-01-01", "2027-01-01"),
        (0, "2025-09-01", "2025-11-30"),
        (0, "2025-03-01", "2025-10-31"),
    )
    found = one("2025-06-30", None, revised)
    assert str(found.current_due[0]) == "2025-11-30"
    assert found.revised[0] == 2


def test_a_deadline_to_come_is_neither_kept_nor_missed() -> None:
    found = one("2026-06-30", None)
    assert np.isnan([found.on_time_original[0], found.on_time_current[0]]).all()
    assert np.isnan(found.completed[0])
    assert commitments.kept(found, ONE, 1).n_original[0] == 0


def test_without_a_first_deadline_nothing_was_missed_by_it() -> None:
    found = one(None, None, moved((0, "2025-01-01", "2025-06-30")))
    assert np.isnan([found.slip[0], found.drift[0], found.overdue[0]]).all()
    assert np.isnan(found.on_time_original[0])
    assert found.on_time_current[0] == 0


def test_done_after_the_day_of_judgement_is_not_done_yet() -> None:
    found = one("2025-06-30", "2026-01-01")
    assert (found.completed[0], found.on_time_original[0]) == (0, 0)


def test_the_median_of_drift_by_body() -> None:
    announced, due = days(*["2024-01-01"] * 5), days(*["2024-04-10"] * 5)
    revised = moved(
        (0, "2024-02-01", "2024-05-30"),  # 50 of 100 days
        (1, "2024-02-01", "2024-07-19"),  # 100
        (3, "2024-02-01", "2024-04-20"),  # 10
    )
    found = commitments.deadlines(announced, due, days(*[None] * 5), revised, AS_OF)
    value, n = commitments.median_drift(found, np.array([0, 0, 0, 2, 2]), 3)
    assert value[0] == pytest.approx(0.5)
    assert np.isnan(value[1])
    assert value[2] == pytest.approx(0.05)
    assert n.tolist() == [3, 0, 2]


def test_lip_service_has_hardly_an_element_or_no_proof() -> None:
    found = commitments.lip_service(
        np.array([1, 2, 4, 4, 4]),
        np.array([False, False, True, True, False]),
        np.array(["A", "", "D", "C", "D"]),
    )
    assert found.tolist() == [1, 0, 1, 0, 0]


def test_completion_counts_as_far_as_it_is_shown() -> None:
    found = commitments.completion(
        np.array(["complete", "complete", "substantial", "limited", "", "withdrawn", "withdrawn"]),
        np.array(["A", "C", "B", "A", "A", "A", ""]),
        np.array([False] * 5 + [True, False]),
    )
    assert found[:5] == pytest.approx([1, 0, 2 / 3, 1 / 3, 0])
    assert np.isnan(found[5]) and found[6] == 0


def test_the_gap_between_what_is_said_and_what_is_shown() -> None:
    found = commitments.claim_gap(
        np.array([1, 1, 0, np.nan]), np.array([1, 0, 0, 1]), np.zeros(4, int), 1
    )
    assert found[0] == pytest.approx(1 / 3)


def silent(
    due: str, said: list[str], revised: Revisions = NO_REVISIONS, done: str | None = None
) -> tuple[float, int]:
    found = commitments.silent_expiry(
        days(due), revised, days(done), np.zeros(len(said), int), days(*said), AS_OF, ONE, 1
    )
    return float(found.hits[0]), int(found.n[0])


def test_a_deadline_that_passes_without_a_word() -> None:
    assert silent("2025-01-31", []) == (1, 1)
    assert silent("2025-01-31", ["2025-01-30"]) == (1, 1)
    assert silent("2025-01-31", ["2025-01-31"]) == (0, 1)
    assert silent("2025-01-31", ["2025-05-01"]) == (0, 1)
    assert silent("2025-01-31", ["2025-05-02"]) == (1, 1)
    assert silent("2025-01-31", [], done="2024-12-01") == (0, 1)


def test_deadlines_of_the_last_90_days_are_not_judged_yet() -> None:
    assert silent("2025-10-02", []) == (1, 1)
    assert silent("2025-10-03", []) == (0, 0)


def test_a_deadline_replaced_in_time_does_not_pass_and_its_successor_does() -> None:
    assert silent("2025-03-31", [], moved((0, "2025-02-01", "2025-06-30"))) == (1, 1)
    # Moved on its last day: in time.
    assert silent("2025-03-31", [], moved((0, "2025-03-31", "2025-06-30"))) == (1, 1)
    # Moved after it had passed: it counts, the revision was a word, and the new one passed too.
    assert silent("2025-03-31", [], moved((0, "2025-05-01", "2025-06-30"))) == (1, 2)


def test_promises_nobody_touches_after_a_change_of_office() -> None:
    found = commitments.orphaned(
        days("2024-01-01", "2024-01-01", "2024-01-01", "2025-05-02", "2024-01-01"),
        days(None, None, "2024-12-01", None, None),
        np.array([0, 1]),
        days("2025-01-01", "2025-12-01"),
        np.array([1, 0, 0]),
        days("2025-06-30", "2024-12-31", "2025-07-01"),
        AS_OF,
        np.array([0, 0, 0, 0, 1]),
        2,
    )
    # Touched a day too late; touched in time; over before; announced after; changed too lately.
    assert found.hits.tolist() == [1, 0]
    assert found.n.tolist() == [2, 0]


def test_the_table_of_changes_is_read_in_order() -> None:
    def row(number: int, due: str | None) -> dict[str, object]:
        return {
            "commitment_id": "K1",
            "rev_no": number,
            "date": np.datetime64("2025-01-01").item(),
            "new_due": None if due is None else np.datetime64(due).item(),
            "withdrawn": False,
        }

    rows = COMMITMENT_REV.rows([row(2, "2025-09-01"), row(1, None), row(0, "2025-06-01")])
    found = commitments.revisions(rows, pa.array(["K0", "K1"]))
    assert found.commitment.tolist() == [1, 1]
    assert found.due.astype(str).tolist() == ["2025-06-01", "2025-09-01"]
    with pytest.raises(UsageError, match="names the commitment K1"):
        commitments.revisions(rows, pa.array(["K0"]))


MAYBE = st.one_of(st.none(), st.integers(0, 100))


@given(
    st.lists(st.tuples(MAYBE, MAYBE), min_size=1, max_size=10),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 100), st.integers(0, 100)), max_size=6),
    st.integers(0, 100),
    st.integers(0, 50),
)
def test_a_later_day_takes_nothing_back(
    items: list[tuple[int | None, int | None]],
    changes: list[tuple[int, int, int]],
    day: int,
    more: int,
) -> None:
    """By its first deadline what was kept stays kept, and what was missed stays missed."""

    def at(numbers: list[int | None]) -> np.ndarray:
        return np.array(
            [np.datetime64("NaT") if n is None else np.datetime64(n, "D") for n in numbers],
            "datetime64[D]",
        )

    due, done = (at(list(column)) for column in zip(*items, strict=True))
    mine = [change for change in changes if change[0] < len(items)]
    revised = Revisions(
        np.array([c[0] for c in mine], np.int64), at([c[1] for c in mine]), at([c[2] for c in mine])
    )
    first, then = (
        commitments.deadlines(at([0] * len(items)), due, done, revised, np.datetime64(d, "D"))
        for d in (day, day + more)
    )
    told = ~np.isnan(first.on_time_original)
    assert (first.on_time_original[told] == then.on_time_original[told]).all()
    assert (then.revised >= first.revised).all()

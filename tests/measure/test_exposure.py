"""Contracts are exposed from a change of office on, never before it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle import waiting
from troth.measure import exposure
from troth.measure.exposure import Changes, ImmortalTimeError

AS_OF = np.datetime64("2026-01-01")
NAT = np.datetime64("NaT")


def days(*written: str | None) -> np.ndarray:
    return np.array([day or "NaT" for day in written], "datetime64[D]")


def changes(*terms: tuple[str | None, str | None], **more: np.ndarray) -> list[str]:
    start, end = (days(*column) for column in zip(*terms, strict=True))
    body = np.zeros(len(terms), np.int64)
    return [str(day) for day in exposure.changes(body, start, end, AS_OF, **more).on]


def rows(signed: str | None, ended: str | None, breached: bool, *change: str) -> exposure.Rows:
    return exposure.rows(
        np.array([0]),
        days(signed),
        days(ended),
        np.array([breached]),
        Changes(np.zeros(len(change), np.int64), days(*change)),
        AS_OF,
    )


def stretches(found: exposure.Rows) -> list[tuple[float, float, bool, bool, bool]]:
    columns = (found.start, found.stop, found.event, found.soon, found.later)
    return [tuple(row) for row in zip(*columns, strict=True)]


def test_a_new_term_is_a_change_and_the_first_on_record_is_none() -> None:
    assert changes(("2020-01-01", "2023-12-31"), ("2024-01-01", None)) == ["2024-01-01"]


def test_a_holder_who_stays_is_no_change() -> None:
    terms = (("2016-01-01", "2019-12-31"), ("2020-01-01", "2023-12-31"), ("2024-01-01", None))
    assert changes(*terms, holder=np.array([7, 7, 8])) == ["2024-01-01"]


def test_a_short_acting_holder_opens_no_change() -> None:
    """59 days open none, 60 do; the next holder changes what was before the acting one."""
    short = (("2020-01-01", "2023-12-31"), ("2024-01-01", "2024-02-29"), ("2024-03-01", None))
    acting = np.array([False, True, False])
    assert changes(*short, acting=acting) == ["2024-03-01"]
    assert changes(*short, acting=np.array([False, False, False])) == ["2024-01-01", "2024-03-01"]
    assert changes(*short) == ["2024-03-01"]
    long = (("2020-01-01", "2023-12-31"), ("2024-01-01", "2024-03-01"), ("2024-03-01", None))
    assert changes(*long, acting=acting) == ["2024-01-01", "2024-03-01"]


def test_the_old_holder_back_after_an_acting_one_is_no_change() -> None:
    terms = (("2020-01-01", "2023-12-31"), ("2024-01-01", "2024-01-31"), ("2024-02-01", None))
    acting, holder = np.array([False, True, False]), np.array([1, 2, 1])
    assert changes(*terms, acting=acting, holder=holder) == []


def test_terms_that_begin_later_or_on_no_known_day_are_none() -> None:
    terms = (("2020-01-01", None), (None, None), ("2026-01-02", None))
    assert changes(*terms) == []


def test_each_body_has_its_own_changes() -> None:
    body = np.array([1, 0, 1, 0])
    start = days("2020-01-01", "2020-01-01", "2022-01-01", "2023-01-01")
    end = days("2021-12-31", "2022-12-31", None, None)
    found = exposure.changes(body, start, end, AS_OF)
    assert found.body.tolist() == [0, 1]
    assert found.on.astype(str).tolist() == ["2023-01-01", "2022-01-01"]
    assert exposure.known_from(body, start, 3).astype(str).tolist() == [
        "2020-01-01",
        "2020-01-01",
        "NaT",
    ]


def test_a_contract_has_three_states() -> None:
    found = rows("2022-01-01", "2025-01-01", True, "2022-04-11", "2022-12-01")
    assert stretches(found) == [
        (0, 100, False, False, False),
        (100, 465, False, True, False),
        (465, 1096, True, False, True),
    ]
    assert found.exposed.tolist() == [False, True, True]


def test_a_breach_on_the_day_of_the_change_came_before_it() -> None:
    found = rows("2022-01-01", "2022-04-11", True, "2022-04-11")
    assert stretches(found) == [(0, 100, True, False, False)]


def test_a_change_on_the_day_of_signature_does_not_expose() -> None:
    found = rows("2022-04-11", "2022-05-11", False, "2022-04-11")
    assert stretches(found) == [(0, 30, False, False, False)]


def test_what_ends_after_the_day_of_judgement_is_open() -> None:
    found = rows("2025-12-01", "2026-03-01", True)
    assert stretches(found) == [(0, 31, False, False, False)]


def test_contracts_never_at_risk_or_of_unknown_past_are_left_out() -> None:
    assert rows("2025-01-01", "2025-01-01", True).left_out == 1
    assert rows(None, "2025-01-01", True).left_out == 1
    assert rows("2026-01-01", None, False).left_out == 1
    nothing = Changes(np.zeros(0, np.int64), days())
    found = exposure.rows(
        np.array([0, 0, 1]),
        days("2019-01-01", "2021-01-01", "2021-01-01"),
        days(None, None, None),
        np.zeros(3, bool),
        nothing,
        AS_OF,
        known=days("2020-01-01", None),
    )
    assert found.contract.tolist() == [1]
    assert found.left_out == 2


def test_exposure_from_signature_on_is_refused() -> None:
    """'This contract saw a change' is known only once it has come: immortal time."""
    one = np.array([True])
    with pytest.raises(ImmortalTimeError, match=r"had to live long enough.*0\.21.*1\.65"):
        exposure.Rows(
            contract=np.array([0]),
            body=np.array([0]),
            start=np.array([0.0]),
            stop=np.array([1096.0]),
            event=one,
            soon=~one,
            later=one,
            first_change=np.array([100.0]),
            left_out=0,
        )


def test_exposure_without_any_change_is_refused() -> None:
    one = np.array([True])
    with pytest.raises(ImmortalTimeError, match="1 rows"):
        exposure.Rows(
            contract=np.array([0]),
            body=np.array([0]),
            start=np.array([50.0]),
            stop=np.array([90.0]),
            event=one,
            soon=one,
            later=~one,
            first_change=np.array([np.nan]),
            left_out=0,
        )


def test_what_a_new_holder_took_over() -> None:
    """Signed before the change and open at it; once for each change a contract lives to see."""
    change = Changes(np.array([0, 0, 1]), days("2022-01-01", "2024-01-01", "2022-01-01"))
    found = exposure.inherited(
        np.array([0, 0, 0, 1, 2]),
        days("2021-01-01", "2022-01-01", "2021-01-01", "2021-12-31", "2021-01-01"),
        days("2024-12-31", "2023-01-01", "2022-01-01", None, None),
        np.array([True, True, True, False, False]),
        change,
        AS_OF,
    )
    assert found.contract.tolist() == [0, 0, 3]
    assert found.on.astype(str).tolist() == ["2022-01-01", "2024-01-01", "2022-01-01"]
    assert found.days.tolist() == [1095, 365, 1461]
    assert found.event.tolist() == [True, True, False]
    nothing = exposure.inherited(
        np.array([0]),
        days("2021-01-01"),
        days(None),
        np.array([False]),
        Changes(np.zeros(0, int), days()),
        AS_OF,
    )
    assert nothing.contract.tolist() == []


CONTRACT = st.tuples(st.integers(0, 900), st.one_of(st.none(), st.integers(1, 1500)))


@given(
    st.lists(CONTRACT, min_size=1, max_size=8),
    st.lists(st.integers(0, 1500), max_size=4),
    st.integers(1, 2000),
)
def test_days_in_each_state_are_those_counted_day_by_day(
    contracts: list[tuple[int, int | None]], change: list[int], as_of: int
) -> None:
    signed = np.array([begin for begin, _ in contracts]).astype("datetime64[D]")
    ended = np.array(
        [np.datetime64("NaT") if n is None else np.datetime64(s + n, "D") for s, n in contracts],
        "datetime64[D]",
    )
    found = exposure.rows(
        np.zeros(len(contracts), np.int64),
        signed,
        ended,
        ~np.isnat(ended),
        Changes(
            np.zeros(len(change), np.int64), np.array(change, np.int64).astype("datetime64[D]")
        ),
        np.datetime64(as_of, "D"),
    )
    for number, (begin, length) in enumerate(contracts):
        mine = found.contract == number
        spent = {
            "before": float((found.stop - found.start)[mine & ~found.exposed].sum()),
            "soon": float((found.stop - found.start)[mine & found.soon].sum()),
            "later": float((found.stop - found.start)[mine & found.later].sum()),
        }
        end = None if length is None else begin + length
        assert spent == waiting.exposed_days(begin, end, as_of, change)
        assert found.event[mine].sum() == (mine.any() and end is not None and end <= as_of)

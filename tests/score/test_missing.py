"""Silence never pays, and the four kinds of absence stay four."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.score.missing import Code, Reason, fill, index_gate, pillar_gate, straddled

PILLARS = ("C", "C", "C", "I", "I", "D", "D", "D", "T", "T", "P", "P")
ITEMS = len(PILLARS)
points = st.sampled_from([0.0, 5.0, 20.0, 33.0, 50.0, 60.0, 75.0, 90.0, 100.0])
maybe = points | st.just(float("nan"))


def index(filled: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> float:
    """One body: weighted mean inside a pillar, geometric over the pillars that enter; NaN where
    the gate is shut."""
    gate = pillar_gate(codes, weights, PILLARS)
    if index_gate(gate)[0] != Reason.PASSED:
        return float("nan")
    logs = []
    for place, name in enumerate(gate.pillars):
        inside = np.array([one == name for one in PILLARS]) & ~np.isnan(filled[0])
        if gate.enters[0, place] and inside.any():
            mean = np.average(filled[0, inside], weights=weights[inside])
            logs.append(np.log(max(mean, 1.0)))
    return float(np.exp(np.mean(logs)))


@st.composite
def published_bodies(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    """One body with codes, values, last values, peers and weights."""
    codes = np.array([[draw(st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4])) for _ in PILLARS]])
    values = np.array([[draw(points) for _ in PILLARS]])
    values = np.where(codes == Code.PUBLISHED, values, np.nan)
    last = np.array([[draw(maybe) for _ in PILLARS]])
    median = np.array([draw(maybe) for _ in PILLARS])
    weights = np.array([draw(st.sampled_from([0.5, 1.0, 2.0])) for _ in PILLARS])
    return codes, values, last, median, weights


@given(published_bodies(), st.data())
def test_silence_never_raises_a_score(body: tuple[np.ndarray, ...], data: st.DataObject) -> None:
    """A body stops publishing some items, and they become its last published values."""
    codes, values, last, median, weights = body
    high = np.fmin(median + 30, 100)
    stops = np.array([[data.draw(st.booleans()) for _ in PILLARS]]) & (codes == Code.PUBLISHED)
    before = fill(values, codes, last, median, high, weights, PILLARS)
    silent_codes = np.where(stops, Code.NOT_PUBLISHED, codes)
    silent_last = np.where(stops, values, last)
    silent_values = np.where(stops, np.nan, values)
    after = fill(silent_values, silent_codes, silent_last, median, high, weights, PILLARS)

    spoken = ~np.isnan(before.headline)
    assert (after.headline[spoken] <= before.headline[spoken] + 1e-9).all()
    one, two = index(before.headline, codes, weights), index(after.headline, silent_codes, weights)
    assert np.isnan(two) or two <= one + 1e-9


@given(published_bodies(), st.data())
def test_an_unpublished_item_more_never_raises_a_pillar(
    body: tuple[np.ndarray, ...], data: st.DataObject
) -> None:
    """METHODS F: with the item, and silent on it, the pillar's mean is no higher than without."""
    codes, values, last, median, weights = body
    item = data.draw(st.integers(0, ITEMS - 1))
    inside = np.array([one == PILLARS[item] for one in PILLARS])
    never = last.copy()
    never[0, item] = np.nan

    def pillar(code: Code) -> float:
        coded, there = codes.copy(), values.copy()
        coded[0, item], there[0, item] = code, np.nan
        filled = fill(there, coded, never, median, median, weights, PILLARS).headline[0]
        known = inside & ~np.isnan(filled)
        return float(np.average(filled[known], weights=weights[known])) if known.any() else np.nan

    without, silent = pillar(Code.NOT_APPLICABLE), pillar(Code.NOT_PUBLISHED)
    assert np.isnan(without) or silent <= without + 1e-9


@given(published_bodies())
def test_bounds_hold_the_headline(body: tuple[np.ndarray, ...]) -> None:
    codes, values, last, median, weights = body
    found = fill(values, codes, last, median, np.fmin(median + 30, 100), weights, PILLARS)
    known = ~np.isnan(found.headline)
    assert (found.pessimistic[known] <= found.headline[known]).all()
    assert (found.headline[known] <= found.optimistic[known]).all()
    said = codes == Code.PUBLISHED
    assert (found.pessimistic[said] == found.optimistic[said]).all()
    # Only silence has bounds: nobody is to blame for what does not apply, is not due, or is small.
    assert np.isnan(found.pessimistic[~said & (codes != Code.NOT_PUBLISHED)]).all()


def test_the_lowest_of_peers_and_the_last_value_stands_in() -> None:
    nothing = np.nan
    codes = np.array([[0, 2, 2, 2, 2]])
    found = fill(
        values=np.array([[40.0, nothing, nothing, nothing, nothing]]),
        codes=codes,
        last=np.array([[nothing, 80.0, 20.0, nothing, nothing]]),
        peer_median=np.array([50.0, 60.0, 60.0, 60.0, 10.0]),
        peer_high=np.array([90.0, 90.0, 90.0, nothing, 90.0]),
        weights=np.ones(5),
        pillars=["T"] * 5,
    )
    # Peers 60 and last 80: 60. Last 20: 20. Never published: first the item with peers at 10, below
    # the mean of 40; then the other, whose peers at 60 are above the mean of 32.5 that this leaves.
    assert found.headline.tolist() == [[40, 60, 20, 32.5, 10]]
    assert found.pessimistic.tolist() == [[40, 0, 0, 0, 0]]
    assert found.optimistic.tolist() == [[40, 90, 90, 100, 90]]


def test_where_nothing_is_known_nothing_stands_in() -> None:
    found = fill(
        np.array([[np.nan]]),
        np.array([[2]]),
        np.array([[np.nan]]),
        np.nan,
        np.nan,
        np.ones(1),
        ["T"],
    )
    assert np.isnan(found.headline).all()
    assert (found.pessimistic, found.optimistic) == ([[0.0]], [[100.0]])


def test_a_pillar_needs_65_of_100_of_its_weight() -> None:
    weights = np.array([13.0, 7.0])
    codes = np.array([[0, 2], [2, 0], [0, 1], [3, 0], [4, 0], [1, 1]])
    gate = pillar_gate(codes, weights, ["D", "D"])
    assert gate.reason[:, 0].tolist() == [
        Reason.PASSED,
        Reason.TOO_LITTLE_WEIGHT,
        Reason.PASSED,
        Reason.TOO_LITTLE_WEIGHT,
        Reason.TOO_LITTLE_WEIGHT,
        Reason.NOTHING_APPLIES,
    ]
    # Who fails by silence alone is not let out of the index by it; who fails otherwise is.
    assert gate.enters[:, 0].tolist() == [True, True, True, False, False, False]
    assert gate.published[0, 0] == 0.65 and gate.silent[1, 0] == 0.65


@pytest.mark.parametrize(
    ("shut", "reason"),
    [
        ("", Reason.PASSED),
        ("D", Reason.PASSED),
        ("C", Reason.PASSED),
        ("CD", Reason.TOO_FEW_PILLARS),
        ("IT", Reason.TOO_FEW_PILLARS),
    ],
)
def test_an_index_needs_four_pillars(shut: str, reason: Reason) -> None:
    codes = np.array([[Code.NOT_YET_DUE if one in shut else Code.PUBLISHED for one in PILLARS]])
    assert index_gate(pillar_gate(codes, np.ones(ITEMS), PILLARS)).tolist() == [reason]


def test_an_index_needs_debt_or_continuity() -> None:
    pillars = ["C", "D", "I", "T", "P", "Q"]
    codes = np.array([[2, 2, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0]])
    gate = pillar_gate(codes, np.ones(6), pillars)
    assert index_gate(gate).tolist() == [Reason.NO_ESSENTIAL_PILLAR, Reason.PASSED]


def test_bounds_that_straddle_bands_show_them_all() -> None:
    cuts, names = (40, 60, 80), ("low", "fair", "good", "high")
    assert straddled(45, 55, cuts, names) == ("fair",)
    assert straddled(45, 60, cuts, names) == ("fair", "good")
    assert straddled(10, 95, cuts, names) == names
    assert straddled(float("nan"), 60, cuts, names) == ()
    with pytest.raises(UsageError, match="one name more"):
        straddled(1, 2, cuts, names[:2])


def test_a_value_and_its_code_go_together() -> None:
    one = np.ones(1)
    for value, code in ((np.nan, Code.PUBLISHED), (5.0, Code.NOT_PUBLISHED)):
        with pytest.raises(UsageError, match="body 0, item 0"):
            fill(np.array([[value]]), np.array([[code]]), np.array([[1.0]]), one, one, one, ["T"])

"""Wilson intervals, against published values and an exact search."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from troth.measure.intervals import Z_90, wilson


def test_known_values() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3 (95 %).
    z = 1.959963984540054
    for hits, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found_low, found_high = wilson(np.array([hits]), np.array([n]), z)
        assert found_low[0] == pytest.approx(low, abs=5e-5)
        assert found_high[0] == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_are_where_the_score_test_turns(case: tuple[int, int]) -> None:
    hits, n = case
    low, high = (float(end[0]) for end in wilson(np.array([hits]), np.array([n])))
    share = hits / n
    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            distance = abs(share - end) / np.sqrt(end * (1 - end) / n)
            assert distance == pytest.approx(Z_90, rel=1e-6)


def test_no_cases_no_interval() -> None:
    low, high = wilson(np.array([0]), np.array([0]))
    assert np.isnan(low[0]) and np.isnan(high[0])


def test_the_reference_table_of_published_intervals() -> None:
    """conformance/methods/golden: intervals of an independent implementation (95 %)."""
    path = shared("conformance/methods/golden/wilson95.csv")
    with path.open() as lines:
        rows = [[float(cell) for cell in row.values()] for row in csv.DictReader(lines)]
    hits, n, low, high = np.array(rows).T
    found_low, found_high = wilson(hits, n, 1.959963984540054)
    assert len(rows) > 3
    assert np.allclose(found_low, low, atol=1e-9)
    assert np.allclose(found_high, high, atol=1e-9)

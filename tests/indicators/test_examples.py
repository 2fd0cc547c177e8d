"""Every worked example of every indicator says on DuckDB what its page says.

The second engine is asked the same in tests/engines.
"""

from collections.abc import Iterator
from typing import Any

import ibis
import pytest

from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.indicators.words import Example, words_of
from troth.measure.examples import decoded, evaluate
from troth.tables.states import CASE_KEYS, FIRST_FAULT, FIRST_MISSING, FLAGGED

EXAMPLES = [
    pytest.param(indicator, example, id=f"{indicator.code} {example.title}")
    for indicator in catalogue().values()
    for example in words_of(indicator).examples
]


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Any]:
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


@pytest.mark.parametrize(("indicator", "example"), EXAMPLES)
def test_the_example_comes_out_as_written(
    duckdb: Any, indicator: Indicator, example: Example
) -> None:
    found = {
        (case["pid"], case["part_no"]): (case["state"], case["field"])
        for case in evaluate(example, indicator, duckdb)
    }
    key = CASE_KEYS[indicator.case_kind]
    expected = {
        (case["pid"], case[key[1]] if len(key) > 1 else None): (case["state"], case["field"])
        for case in example.cases
    }
    assert found == expected


def test_a_state_is_told_with_the_field_or_the_contradiction_behind_it() -> None:
    late = catalogue()["P062"]
    assert decoded(late, FLAGGED) == ("flagged", "")
    assert decoded(late, FIRST_MISSING + 1) == (
        "insufficient_data",
        "tender/tenderPeriod/endDate",
    )
    assert decoded(late, FIRST_FAULT) == ("error", "award dated before the deadline for bids")

"""A worked example, asked of an engine that has nothing else in it, as a page asks it.

All examples are asked of all engines in tests/engines/test_worked_examples.py.
"""

from collections.abc import Iterator
from typing import Any

import ibis
import pytest

from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.indicators.words import words_of
from troth.measure.examples import decoded, evaluate, names_of
from troth.tables.states import CASE_KEYS, FIRST_FAULT, FIRST_MISSING, FLAGGED, NO_PEERS


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Any]:
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


#: Those over ledgers are asked all their examples in tests/engines.
OF_PROCESSES = [one for one in catalogue().values() if not one.of_ledger]


@pytest.mark.parametrize("indicator", OF_PROCESSES, ids=lambda indicator: indicator.code)
def test_the_first_example_of_each_indicator_comes_out_as_written(
    duckdb: Any, indicator: Indicator
) -> None:
    example = words_of(indicator).examples[0]
    _, *part = CASE_KEYS[indicator.case_kind]
    expected = [
        {
            "pid": case["pid"],
            "part_no": case[part[0]] if part else None,
            "state": case["state"],
            "field": case["field"],
        }
        for case in example.cases
    ]
    found = evaluate(example, indicator, duckdb)
    assert found == sorted(expected, key=lambda case: (case["pid"], case["part_no"]))


def test_the_cases_of_one_example_do_not_linger_for_the_next(duckdb: Any) -> None:
    single_bid = catalogue()["P018"]
    first, second, *_ = words_of(single_bid).examples
    evaluate(first, single_bid, duckdb)
    assert len(evaluate(second, single_bid, duckdb)) == len(second.cases) < len(first.cases)


def test_a_state_is_told_with_the_field_or_the_contradiction_behind_it() -> None:
    late = catalogue()["P062"]
    assert decoded(late, FLAGGED) == ("flagged", "")
    assert decoded(late, FIRST_MISSING + 1) == (
        "insufficient_data",
        "tender/tenderPeriod/endDate",
    )
    assert decoded(late, FIRST_FAULT) == ("error", "award dated before the deadline for bids")


def test_what_a_comparison_may_lack_comes_last() -> None:
    missing, faults = names_of(catalogue()["P062"])
    assert missing[-1] == NO_PEERS
    assert faults == ("award dated before the deadline for bids",)

"""The worked examples of every indicator over a ledger, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.indicators.words import words_of
from troth.measure.examples import evaluate
from troth.store import Store, open_store

INDICATORS = [one for one in catalogue().values() if one.of_ledger]

every = pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.code)


@pytest.fixture(scope="module")
def duckdb_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(str(tmp_path_factory.mktemp("ledgers"))) as store:
        yield store


@pytest.fixture(scope="module")
def other_store(second_engine: str) -> Iterator[Store]:
    with open_store(second_engine) as store:
        yield store


def _says_what_is_expected(indicator: Indicator, store: Store) -> None:
    for example in words_of(indicator).examples:
        found = evaluate(example, indicator, store.backend)
        expected = [dict(case) for case in example.cases]
        assert sorted(found, key=str) == sorted(expected, key=str), example.title


@every
def test_duckdb_says_what_the_examples_expect(indicator: Indicator, duckdb_store: Store) -> None:
    _says_what_is_expected(indicator, duckdb_store)


@every
def test_the_second_engine_says_the_same(indicator: Indicator, other_store: Store) -> None:
    _says_what_is_expected(indicator, other_store)


def test_there_is_something_to_ask() -> None:
    assert INDICATORS
    assert all(Path(one.formula.__code__.co_filename).exists() for one in INDICATORS)

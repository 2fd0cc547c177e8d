"""Invented rows: they keep their promises, and the same seed invents the same ones."""

import random
import re

import pytest

from troth.errors import UsageError
from troth.tables import VOCABULARY
from troth.tables.base import Column, Promise, Table, Type
from troth.tables.check import check
from troth.tables.sample import fitting, related, rows


@pytest.mark.parametrize("seed", [0, 1])
def test_every_table_gets_rows_that_keep_its_promises(seed: int) -> None:
    made = related(VOCABULARY.values(), 40, seed=seed)
    assert list(made) == list(VOCABULARY)
    for name, table in VOCABULARY.items():
        assert made[name].num_rows == 40
        assert check(table, made[name], made) == []


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    table = VOCABULARY["invoice"]
    assert rows(table, 20, seed=3).equals(rows(table, 20, seed=3))
    assert not rows(table, 20, seed=3).equals(rows(table, 20, seed=4))


def test_a_firm_that_may_be_a_person_gets_no_name() -> None:
    for firm in rows(VOCABULARY["firm"], 200).to_pylist():
        if firm["kind"] != "legal_person":
            assert firm["name"] is None
            assert firm["firm_id"] is None


@pytest.mark.parametrize(
    "pattern", [r"^[A-Z]{3}$", r"^[CIDTPO]\d{2,3}$", r"^(\d{4}|undated|all)$", r"^[0-9a-f]{64}$"]
)
def test_a_text_fits_its_pattern(pattern: str) -> None:
    chance = random.Random(0)
    assert all(re.fullmatch(pattern, fitting(pattern, chance)) for _ in range(50))


def test_a_pattern_it_does_not_know_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(UsageError, match="cannot make a text"):
        fitting(r"^(?!x)y+$", random.Random(0))


def test_more_different_keys_than_there_are_is_an_error() -> None:
    column = Column(
        "side", Type.TEXT, "left or right", "", Promise(required=True, one_of=("left", "right"))
    )
    with pytest.raises(UsageError, match="no 3 rows with different keys"):
        rows(Table("side", "A side.", (column,), key=("side",)), 3)

"""The table of docs/methods-conformance.md: its numbers are counted in the reference files."""

import pytest

from tests.conformance.cases import CASES, Case
from tests.house.tracked import ROOT
from tests.shared import shared

#: Tests of another kind: Cardinal's have a page of their own.
OTHERS = {"test_cardinal.py", "test_cases.py"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.folder}: {case.what}")
def test_as_many_numbers_are_compared_as_the_table_says(case: Case) -> None:
    folder = shared("conformance/methods/PROVENANCE.md").parent
    assert case.counted(folder) == case.numbers


def test_every_test_of_conformance_is_in_the_table() -> None:
    tests = {path.name for path in (ROOT / "tests" / "conformance").glob("test_*.py")}
    assert {case.test for case in CASES} == tests - OTHERS

"""Every published case of Cardinal 0.0.8 comes out of `troth cardinal` as it comes out of Cardinal."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.cardinal import PAGE, Case, cases, page
from tests.shared import shared

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.name}")
def test_it_comes_out_as_from_cardinal(case: Case) -> None:
    case.check()


def test_no_case_is_left_out() -> None:
    shared("conformance/cardinal/MANIFEST.json")
    assert Counter(case.kind for case in CASES) == {
        "indicators": 15,
        "indicators, generated": 20,
        "coverage": 35,
        "prepare": 9,
        "documentation": 16,
    }


def test_the_page_of_cases_is_up_to_date() -> None:
    shared("conformance/cardinal/MANIFEST.json")
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.conformance.cardinal"

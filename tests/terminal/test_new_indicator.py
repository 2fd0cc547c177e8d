"""A new indicator begins as two files that work."""

import importlib.util
from pathlib import Path

import ibis
import pytest

from tests.line.troth import troth
from troth.errors import UsageError
from troth.indicators import catalogue
from troth.indicators.base import Indicator
from troth.indicators.words import words_of
from troth.measure.examples import evaluate
from troth.terminal.new_indicator import PILLARS, write


def _loaded(path: Path) -> Indicator:
    spec = importlib.util.spec_from_file_location(f"made.procurement.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (indicator,) = (one for one in vars(module).values() if isinstance(one, Indicator))
    return indicator


def test_what_is_written_keeps_its_own_worked_examples(tmp_path: Path) -> None:
    formula, words = write("P965", "many_bidders", tmp_path)

    indicator = _loaded(formula)

    assert (indicator.code, indicator.name, indicator.card.title) == (
        "P965",
        "many_bidders",
        "Many bidders",
    )
    assert words == formula.with_suffix(".md")
    (example,) = words_of(indicator).examples
    said = evaluate(example, indicator, ibis.duckdb.connect())
    expected = [
        {"pid": case["pid"], "part_no": None, "state": case["state"], "field": case["field"]}
        for case in example.cases
    ]
    assert said == expected
    assert {case["state"] for case in expected} == {
        "flagged",
        "not_flagged",
        "insufficient_data",
        "not_applicable",
    }


def test_the_command_writes_them_and_says_what_comes_next(tmp_path: Path) -> None:
    ran = troth("new", "indicator", "T965", "late_answers", "--into", tmp_path)

    assert ran.code == 0
    assert (tmp_path / "transparency" / "late_answers.py").is_file()
    assert (tmp_path / "transparency" / "__init__.py").is_file()
    assert "next  write the worked examples first" in ran.out
    assert troth("new", "indicator", "T966", "late_answers", "--into", tmp_path).code == 2


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("P018", "many_bidders", "that of single_bid; a code is never used again"),
        ("P965", "single_bid", "is that of P018"),
        ("X965", "many_bidders", "expected a letter and two or three digits"),
        ("P5", "many_bidders", "expected a letter and two or three digits"),
        ("P965", "ManyBidders", "expected small letters"),
        ("P965", "../many", "expected small letters"),
    ],
)
def test_a_code_or_name_that_is_taken_or_ill_formed_is_refused(
    tmp_path: Path, code: str, name: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        write(code, name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_free_code_is_offered(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Free: ") as refused:
        write("P018", "many_bidders", tmp_path)

    offered = str(refused.value).rpartition(" ")[2]
    assert offered not in catalogue()
    assert write(offered, "many_bidders", tmp_path)


def test_every_indicator_lives_in_the_folder_of_its_letter() -> None:
    assert {one.code: one.pillar for one in catalogue().values()} == {
        code: PILLARS[code[0]] for code in catalogue()
    }

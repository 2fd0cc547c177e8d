"""A thing and its test say the same name: tests/ mirrors troth/, words lie beside formulas."""

from pathlib import Path

import pytest

from tests.house.tracked import ROOT, tracked

PACKAGE = ROOT / "troth"
TESTS = ROOT / "tests"

DECLARED = "tests/tables/test_vocabulary.py: declarations, tested together"
RELEASED = "tests/publish/test_release.py: a part of the release, read back from one"
READ = "tests/sources/ocds/test_against_oracle.py: one reader, compared row by row with a slow one"
BAD = "tests/sources/ocds/test_bad_input.py: what is wrong with an input, fault by fault"
ASKED = "tests/engines/test_stores.py: the same questions are put to every store"

#: Module, or folder -> where it is tested instead, and why there.
ELSEWHERE = {
    "pipeline.py": "tests/line: it is the whole line, tested as a whole",
    "indicators/__init__.py": "tests/indicators/test_catalogue.py: it is the catalogue",
    "indicators/base.py": "tests/indicators/test_catalogue.py: it is how the catalogue is written",
    "measure/batch.py": "tests/measure/test_run.py: batches are what is measured there",
    "measure/evidence.py": "tests/line/test_real_data.py: every case is looked up in its file",
    "measure/figures/base.py": "tests/measure/figures/test_plain.py: what every figure is made of",
    "measure/facts.py": "tests/engines/test_differential.py: the same facts on every engine",
    "measure/plan.py": "tests/line/test_one_meaning.py: its SQL is compared with the formulas",
    "publish/as_csv.py": RELEASED,
    "publish/as_json.py": RELEASED,
    "publish/methodology.py": "tests/line/test_one_meaning.py: what a page says is what ran",
    "site/course_pages.py": "tests/site/test_build.py: pages are looked at as they are built",
    "site/level_pages.py": "tests/site/test_build.py: pages are looked at as they are built",
    "site/pages.py": "tests/site/test_build.py: pages are looked at as they are built",
    "sources/ledgers/given.py": "tests/sources/test_inputs.py: files are given there in every way",
    "sources/base.py": "tests/line/test_real_data.py: accounts must balance over real data",
    "sources/ledgers/base.py": "tests/sources/ledgers/test_formats.py: what formats are made of",
    "sources/ledgers/entries.py": "tests/sources/ledgers/test_read.py: entries are read there",
    "sources/load.py": "tests/sources/ocds/test_formats.py: loading is how formats are read",
    "sources/ocds/": READ,
    "sources/renew.py": "tests/sources/ocds/test_several_releases.py: updates are tried there",
    "sources/state.py": "tests/sources/ocds/test_formats.py: what changed is read again",
    "sources/packing.py": BAD,
    "sources/records.py": "tests/sources/ocds/test_formats.py: records are looked up again",
    "store/base.py": ASKED,
    "store/plain.py": "tests/measure/test_run.py: it is what measuring runs on",
    "store/spark.py": ASKED,
    "store/translation.py": ASKED,
    "tables/__init__.py": DECLARED,
    "tables/base.py": DECLARED,
    "tables/body.py": DECLARED,
    "tables/calendars.py": DECLARED,
    "tables/cases.py": DECLARED,
    "tables/information.py": DECLARED,
    "tables/law.py": DECLARED,
    "tables/money.py": DECLARED,
    "tables/obligations.py": DECLARED,
    "tables/paying.py": DECLARED,
    "tables/procurement.py": DECLARED,
    "tables/results.py": DECLARED,
    "tables/states.py": DECLARED,
    "tables/undertakings.py": DECLARED,
}

#: Indicators are tested over the catalogue, by the worked examples beside them.
OVER_THE_CATALOGUE = "tests/engines/test_worked_examples.py"


def modules() -> list[str]:
    """Every module with code of its own, as a path below troth/."""
    found = [path for path in tracked() if path.suffix == ".py" and PACKAGE in path.parents]
    return [p.relative_to(PACKAGE).as_posix() for p in found if _has_code(p)]


def _has_code(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return path.name != "__init__.py" or "def " in text


def formulas() -> list[str]:
    return [m for m in modules() if m.startswith("indicators/") and m.count("/") == 2]


def expected_test(module: str) -> Path:
    path = Path(module)
    if path.name == "__init__.py":
        return TESTS / path.parent.parent / f"test_{path.parent.name}.py"
    return TESTS / path.parent / f"test_{path.name}"


def _is_elsewhere(module: str) -> bool:
    return module in ELSEWHERE or f"{Path(module).parent}/" in ELSEWHERE


def test_every_module_has_its_test() -> None:
    lacking = []
    for module in modules():
        if module in formulas() or _is_elsewhere(module):
            continue
        expected = expected_test(module)
        if not expected.exists():
            lacking.append(f"troth/{module}: no {expected.relative_to(ROOT)}")
    assert lacking == [], "write it, or say in ELSEWHERE here where it is tested and why"


def test_what_is_tested_elsewhere_is_tested_there() -> None:
    for module, said in ELSEWHERE.items():
        where, _, why = said.partition(": ")
        assert (ROOT / where).exists(), f"{module}: no {where}"
        assert why


def test_nothing_is_excused_that_is_not_there() -> None:
    there = {*modules(), *(f"{Path(module).parent}/" for module in modules())}
    assert set(ELSEWHERE) <= there


def test_nothing_is_excused_that_has_its_test() -> None:
    tested = [m for m in ELSEWHERE if not m.endswith("/") and expected_test(m).exists()]
    assert tested == [], "it is tested where it is looked for: take it out of ELSEWHERE"


@pytest.mark.parametrize("formula", formulas())
def test_every_formula_has_its_words(formula: str) -> None:
    words = PACKAGE / Path(formula).with_suffix(".md")
    assert words.exists(), f"troth/{formula} has no words beside it: write {words.name}"


def test_all_words_have_a_formula() -> None:
    for words in sorted((PACKAGE / "indicators").glob("*/*.md")):
        assert words.with_suffix(".py").exists(), f"{words.name} has no formula"


def test_formulas_are_tested_over_the_catalogue() -> None:
    assert len(formulas()) >= 20
    assert "catalogue()" in (ROOT / OVER_THE_CATALOGUE).read_text(encoding="utf-8")


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    odd = {"util", "utils", "common", "helpers", "misc", "tools"}
    for path in tracked():
        parts = {Path(part).stem for part in path.relative_to(ROOT).parts}
        assert not parts & odd, f"{path.relative_to(ROOT)}: a helper lives with what it helps"

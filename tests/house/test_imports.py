"""Data flows one way, and a tool proves it: the contracts of pyproject.toml hold, and hold us."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tracked import ROOT

LINTER = Path(sys.executable).with_name("lint-imports")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINTER), "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be spoilt."""
    shutil.copytree(
        ROOT / "troth", tmp_path / "troth", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept() -> None:
    ran = lint(ROOT)
    assert ran.returncode == 0, (
        f"{ran.stdout}\nAn import goes against the stream: the thing is in the wrong stage."
        " Move it down to the stage that both may import."
    )


def test_an_import_against_the_stream_is_refused(copy: Path) -> None:
    with (copy / "troth" / "errors.py").open("a") as file:
        file.write("\nfrom troth import settings\n")
    ran = lint(copy)
    assert ran.returncode == 1
    assert "Data flows one way BROKEN" in ran.stdout


def test_a_folder_without_a_place_is_refused(copy: Path) -> None:
    (copy / "troth" / "common").mkdir()
    (copy / "troth" / "common" / "__init__.py").touch()
    ran = lint(copy)
    assert ran.returncode == 1
    assert "troth.common" in ran.stdout + ran.stderr


def test_an_indicator_that_knows_another_is_refused(copy: Path) -> None:
    with (copy / "troth" / "indicators" / "procurement" / "single_bid.py").open("a") as file:
        file.write("\nfrom troth.indicators.procurement import few_bidders\n")
    assert "Indicators do not know each other BROKEN" in lint(copy).stdout


def test_every_module_of_the_package_has_a_place_in_the_line() -> None:
    (line,) = (contract for contract in CONTRACTS if contract["id"] == "line")
    there = {
        path.stem
        for path in (ROOT / "troth").iterdir()
        if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
    }
    assert there - {"__init__", "__main__"} == set(line["layers"]), (
        "troth/ and the layers in pyproject.toml differ: give the new one its place, from low"
        " (errors) to high (cli), or take the old one out"
    )
    assert line["exhaustive"] is True

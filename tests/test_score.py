"""The package `troth.score`: its public names, and the use that its docstring shows."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import troth.score

MODULES = {path.stem for path in Path(troth.score.__file__).parent.glob("*.py")}


@pytest.mark.parametrize("name", troth.score.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(troth.score, name).__doc__


def test_no_name_is_that_of_a_module() -> None:
    """Once a module is loaded its name would stand for it, and not for the function."""
    assert MODULES.isdisjoint(troth.score.__all__)


def test_what_the_docstring_shows_is_so() -> None:
    assert doctest.testmod(troth.score).failed == 0


def test_a_name_that_is_not_there_is_an_error_that_lists_those_that_are() -> None:
    with pytest.raises(AttributeError, match="arithmetic"):
        troth.score.average  # noqa: B018


def test_importing_it_loads_neither_scipy_nor_numpy() -> None:
    code = "import sys, troth.score; print({'numpy', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

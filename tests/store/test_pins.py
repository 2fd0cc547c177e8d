"""Versions that are known to break are refused, with what breaks and the remedy."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from troth.errors import TrothError
from troth.store.pins import PINS, check_versions

GOOD = {"ibis-framework": "12.0.0", "duckdb": "1.5.6", "sqlglot": "30.17.0"}


def test_what_is_installed_here_is_allowed() -> None:
    check_versions()


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ("duckdb", "1.5.3"),
        ("duckdb", "1.10.0"),
        ("sqlglot", "28.0.0"),
        ("sqlglot", "30.17.9"),
        ("ibis-framework", "12.0.0"),
    ],
)
def test_versions_within_the_pins_are_allowed(package: str, version: str) -> None:
    check_versions({**GOOD, package: version}.__getitem__)


@pytest.mark.parametrize(
    ("package", "version", "words"),
    [
        ("duckdb", "2.0.0", "duckdb 2.0.0 is installed.*fetch_arrow_table.*duckdb>=1.5.3,<2'"),
        ("duckdb", "2.0.0rc1", "fetch_arrow_table"),
        ("duckdb", "1.5.2", "needs duckdb>=1.5.3,<2"),
        ("sqlglot", "30.18.0", "DROP statements without a name"),
        ("sqlglot", "27.9", "needs sqlglot>=28,<30.18"),
        ("ibis-framework", "12.0.1", "needs ibis-framework==12.0.0"),
    ],
)
def test_versions_outside_are_refused_with_the_reason(
    package: str, version: str, words: str
) -> None:
    with pytest.raises(TrothError, match=words):
        check_versions({**GOOD, package: version}.__getitem__)


def test_a_package_that_is_not_there_is_named() -> None:
    def installed(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    with pytest.raises(TrothError, match=r"pip install 'ibis-framework==12\.0\.0'"):
        check_versions(installed)


def test_the_package_asks_for_the_same_versions() -> None:
    """One pin in two places would drift: pyproject.toml must ask for what is checked here."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    asked = [re.sub(r"\s|\[.*\]", "", wanted) for wanted in project["dependencies"]]
    for pin in PINS:
        mine = [wanted for wanted in asked if re.match(rf"{pin.package}(?![\w-])", wanted)]
        assert len(mine) == 1, pin.package
        assert set(re.split(r"(?<=[0-9]),", mine[0].removeprefix(pin.package))) == set(
            pin.requirement.removeprefix(pin.package).split(",")
        )

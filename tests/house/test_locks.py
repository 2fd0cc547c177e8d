"""What is installed is what was locked: every file by its hash, from whichever registry."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tracked import ROOT
from troth.store.pins import PINS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DEPENDENCIES = PROJECT["project"]["dependencies"]

ASKED_FOR = {
    "requirements.lock": DEPENDENCIES,
    "requirements-build.lock": PROJECT["dependency-groups"]["build"],
    "requirements-dev.lock": [
        *DEPENDENCIES,
        *PROJECT["project"]["optional-dependencies"]["spark"],
        *PROJECT["dependency-groups"]["dev"],
    ],
}

LOCKS = tuple(sorted(path.name for path in ROOT.glob("requirements*.lock")))


def entries(lock: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and hashes of every package in a lock."""
    text = re.sub(r"^\s*#.*$", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    for entry in text.replace("\\\n", " ").splitlines():
        if entry.strip():
            pinned, *hashes = entry.split("--hash=")
            name, _, version = pinned.partition(";")[0].strip().partition("==")
            yield canonicalize_name(name), version, [one.strip() for one in hashes]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_no_address(lock: str) -> None:
    for name, version, hashes in entries(lock):
        assert version, f"{lock}: {name} has no version: ./lock"
        assert hashes, f"{lock}: {name} has no hashes: ./lock"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), name
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "index-url" not in text


@pytest.mark.parametrize("lock", ASKED_FOR)
def test_what_the_project_asks_for_is_locked(lock: str) -> None:
    locked = {name: version for name, version, _ in entries(lock)}
    for text in ASKED_FOR[lock]:
        asked = Requirement(text)
        version = locked.get(canonicalize_name(asked.name))
        assert version, f"{lock} lacks {asked.name}: ./lock"
        assert asked.specifier.contains(version), f"{lock}: {asked} and not {version}: ./lock"


def test_tests_run_with_the_versions_that_users_get() -> None:
    used = {(name, version) for name, version, _ in entries("requirements.lock")}
    tested = {(name, version) for name, version, _ in entries("requirements-dev.lock")}
    assert used <= tested, "the locks differ: ./lock"


def test_users_get_no_pandas() -> None:
    """Arrow imports it wherever it finds it, for a quarter of a second at every start."""
    assert "pandas" not in {name for name, _, _ in entries("requirements.lock")}


def test_the_pins_checked_before_the_first_query_are_those_installed() -> None:
    asked = {Requirement(text).name: Requirement(text) for text in DEPENDENCIES}
    for pin in PINS:
        assert asked[pin.package] == Requirement(pin.requirement), (
            f"pyproject.toml and troth/store/pins.py differ on {pin.package}"
        )

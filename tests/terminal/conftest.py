"""The three towns, run once for all tests of the commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.line import towns
from tests.line.troth import Ran, troth


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Ran]:
    """The towns, an output folder in which they were run, and what the run said."""
    folder = tmp_path_factory.mktemp("towns")
    data = towns.write(folder / "towns.jsonl", towns.BROKEN, towns.NO_NUMBER)
    out = folder / "out"
    return data, out, troth("run", data, "--out", out, "--as-of", "2024-06-30")


@pytest.fixture
def out(made: tuple[Path, Path, Ran], tmp_path: Path) -> Path:
    """A copy of the output folder, to spoil."""
    return Path(shutil.copytree(made[1], tmp_path / "out"))

"""What is installed is complete: words, templates, styles and languages travel with the code."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import hatch_build
from tests.house.tracked import ROOT, tracked
from troth.sources.ocds import native

COMPILED = hatch_build.MODULE.as_posix()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (path,) = Path(folder).glob("*.whl")
    return zipfile.ZipFile(path)


def test_every_file_of_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    ours = {p.relative_to(ROOT).as_posix() for p in tracked() if ROOT / "troth" in p.parents}
    packed = {name for name in wheel.namelist() if name.startswith("troth/")}
    assert packed - {COMPILED} == ours


def test_the_compiled_reader_is_in_it_where_it_could_be_made(wheel: zipfile.ZipFile) -> None:
    """A wheel that holds it is one for this kind of machine, and any other is one for all."""
    assert wheel.filename is not None
    assert (COMPILED in wheel.namelist()) == ("-cp311-abi3-" in wheel.filename)
    assert (COMPILED in wheel.namelist()) == native.IS_THERE


def test_it_brings_its_licence_and_its_command(wheel: zipfile.ZipFile) -> None:
    names = {Path(name).name: name for name in wheel.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE"} <= set(names)
    assert "troth = troth.cli:main" in wheel.read(names["entry_points.txt"]).decode()

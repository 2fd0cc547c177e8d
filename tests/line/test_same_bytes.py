"""Same input, same bytes: whatever the order of files, the number of processes, the size of
pieces, the secret of the store, and whether the tables were there before."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.make_ocds import write
from troth.pipeline import Options, run_to_release
from troth.sources import files
from troth.sources.ocds import read

LINES = 900


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three files of made-up processes, a few of their lines unreadable."""
    folder = tmp_path_factory.mktemp("inputs")
    whole = folder / "whole"
    write(whole, np.arange(LINES), bad=0.01)
    lines = whole.read_bytes().splitlines(keepends=True)
    paths = []
    for number in range(3):
        path = folder / f"part-{number}.jsonl"
        path.write_bytes(b"".join(lines[number::3]))
        paths.append(str(path))
    return paths


@pytest.fixture(scope="module")
def first(inputs: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return released(inputs, tmp_path_factory.mktemp("first"), jobs=1)


def released(given: list[str], out: Path, **how: object) -> dict[str, str]:
    """Path -> SHA-256 of everything in the release of these inputs."""
    _, release = run_to_release(given, Options(out, **how))  # type: ignore[arg-type]
    manifest = json.loads((release / "manifest.json").read_text())
    return {one["path"]: one["sha256"] for one in manifest["files"]}


def test_the_release_holds_every_form_of_the_figures(first: dict[str, str]) -> None:
    expected = {
        "troth.sqlite", "datapackage.json", "json/catalogue.json", "json/recipe.json",
        "json/coverage.json", "parquet/measurement.parquet", "csv/measurement.csv",
        "parquet/evidence.parquet", "csv/rejected.csv",
    }  # fmt: skip
    assert expected <= set(first)


def test_the_order_of_files_changes_no_byte(
    inputs: list[str], first: dict[str, str], tmp_path: Path
) -> None:
    assert released(list(reversed(inputs)), tmp_path, jobs=1) == first


def test_processes_and_pieces_change_no_byte(
    inputs: list[str], first: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "ONE_PROCESS_UPTO", 0)
    monkeypatch.setattr(read, "PIECES_A_BATCH", 2)
    monkeypatch.setattr(files, "PIECE", 100_000)
    assert released(inputs, tmp_path, jobs=2) == first


def test_a_second_run_over_the_same_tables_gives_the_same_release(
    inputs: list[str], first: dict[str, str], tmp_path: Path
) -> None:
    assert released(inputs, tmp_path, jobs=1) == first
    assert released(inputs, tmp_path, jobs=2) == first


def test_another_day_of_judgement_is_another_release(
    inputs: list[str], first: dict[str, str], tmp_path: Path
) -> None:
    from datetime import date

    other = released(inputs, tmp_path, jobs=1, as_of=date(2019, 1, 1))
    assert other["parquet/run.parquet"] != first["parquet/run.parquet"]
    assert other["parquet/measurement.parquet"] != first["parquet/measurement.parquet"]


def test_what_else_goes_into_a_release_gives_it_another_name(
    inputs: list[str], tmp_path: Path
) -> None:
    licence = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    given: list[dict[str, object]] = [{}, {"records": 10}, {"licences": [licence]}]
    names = {run_to_release(inputs, Options(tmp_path, jobs=1, **how))[1].name for how in given}  # type: ignore[arg-type]
    assert len(names) == len(given)

"""Which release is meant where none is named."""

from pathlib import Path

import pytest

from troth.errors import InputError, VerificationError
from troth.publish.current import CURRENT_RELEASE, current_release, point_at


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in ("2024-01-01-aaaaaa", "2024-06-01-bbbbbb", ".2025-01-01-cccccc.partial"):
        (tmp_path / "releases" / name).mkdir(parents=True)
        (tmp_path / "releases" / name / "manifest.json").write_text("{}")
    return tmp_path


def test_it_is_the_one_written_last_whatever_its_name(out: Path) -> None:
    point_at(out, out / "releases" / "2024-06-01-bbbbbb")
    point_at(out, out / "releases" / "2024-01-01-aaaaaa")

    assert current_release(out).name == "2024-01-01-aaaaaa"
    assert sorted(path.name for path in out.iterdir()) == [CURRENT_RELEASE, "releases"]


def test_where_nobody_says_it_is_the_last_by_name_and_never_one_half_written(out: Path) -> None:
    assert current_release(out).name == "2024-06-01-bbbbbb"


def test_a_release_is_itself(out: Path) -> None:
    named = out / "releases" / "2024-01-01-aaaaaa"

    assert current_release(named) == named


@pytest.mark.parametrize("name", ["2024-02-02-dddddd", "../releases/2024-01-01-aaaaaa", ""])
def test_one_that_is_named_and_not_there_is_no_other(out: Path, name: str) -> None:
    (out / CURRENT_RELEASE).write_text(name + "\n")

    with pytest.raises(VerificationError, match="which is not under"):
        current_release(out)


def test_a_folder_without_one_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="troth run DATA"):
        current_release(tmp_path)

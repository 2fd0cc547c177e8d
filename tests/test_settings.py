"""Settings: the last place that names a value wins, and every value says where it came from."""

from pathlib import Path

import pytest

from troth.errors import UsageError
from troth.settings import NAMES, Settings, load_settings


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(folder=tmp_path, environment={})
    assert settings == Settings()
    assert settings.threads >= 1
    assert {settings.where(name) for name in NAMES} == {"default"}


def test_each_place_wins_over_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "troth.toml").write_text('memory = "2GB"\nthreads = 3\nstore = "a"\n')
    (tmp_path / "pyproject.toml").write_text('[tool.troth]\nthreads = 5\nstore = "b"\n')
    environment = {"TROTH_STORE": "c", "HOME": "/", "TROTH_SHARED": "elsewhere"}

    settings = load_settings({"threads": None}, folder=tmp_path, environment=environment)
    assert (settings.memory, settings.where("memory")) == ("2GB", "troth.toml")
    assert (settings.threads, settings.where("threads")) == (5, "pyproject.toml [tool.troth]")
    assert (settings.store, settings.where("store")) == ("c", "environment TROTH_STORE")

    settings = load_settings({"threads": 7}, folder=tmp_path, environment=environment)
    assert (settings.threads, settings.where("threads")) == (7, "argument")


@pytest.mark.parametrize(
    ("toml", "environment", "words"),
    [
        ('memroy = "1GB"', {}, "troth.toml: no setting 'memroy'; did you mean 'memory'?"),
        ("colour = 1", {}, "the settings are threads, memory, store, contact"),
        ('origins = "x"', {}, "no setting 'origins'"),
        ("threads = 0", {}, "threads must be a whole number from 1, not 0"),
        ("threads = true", {}, "threads must be a whole number from 1, not True"),
        ("memory = 512", {}, "memory must be a number and a unit"),
        ("threads = ", {}, "troth.toml: not TOML"),
        ("", {"TROTH_THREDS": "2"}, "TROTH_THREDS: no setting 'threds'; did you mean 'threads'?"),
        ("", {"TROTH_THREADS": "two"}, "environment TROTH_THREADS: threads must be"),
        ("", {"TROTH_STORE": " "}, "store must be a text that is not empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, toml: str, environment: dict[str, str], words: str
) -> None:
    (tmp_path / "troth.toml").write_text(toml)
    with pytest.raises(UsageError) as refused:
        load_settings(folder=tmp_path, environment=environment)
    assert words in str(refused.value)


def test_where_of_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'store'"):
        Settings().where("stor")


def test_a_tool_entry_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\ntroth = 1\n")
    with pytest.raises(UsageError, match="must be a table"):
        load_settings(folder=tmp_path, environment={})

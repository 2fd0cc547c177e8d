"""Addresses: each form is taken apart as its words say."""

from pathlib import Path

import pytest

from troth.errors import UsageError
from troth.settings import Settings
from troth.store import open_store
from troth.store.opening import Address, read_address


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("out/store", Address("duckdb", "", Path("out/store"))),
        ("/a b", Address("duckdb", "", Path("/a b"))),
        ("duckdb:/x", Address("duckdb", "", Path("/x"))),
        ("duckdb:a:b", Address("duckdb", "", Path("a:b"))),
        ("duckdb:", Address("duckdb", "", None)),
        ("sc://host:15002;/data", Address("spark", "sc://host:15002", Path("/data"))),
        ("sc://host:15002", Address("spark", "sc://host:15002", None)),
        ("sc://h:1/;token=abc", Address("spark", "sc://h:1/;token=abc", None)),
        ("sc://h:1/;token=abc;rel", Address("spark", "sc://h:1/;token=abc", Path("rel"))),
        ("spark:local[2];/data", Address("spark", "local[2]", Path("/data"))),
        ("spark:local", Address("spark", "local", None)),
    ],
)
def test_an_address_says_the_engine_and_the_folder(address: str, taken: Address) -> None:
    assert read_address(address) == taken


def test_an_empty_address_is_refused() -> None:
    with pytest.raises(UsageError, match="the forms are PATH"):
        read_address("")


def test_without_an_address_the_setting_says_where(tmp_path: Path) -> None:
    with open_store(settings=Settings(store=str(tmp_path / "here"))) as store:
        assert store.path == tmp_path / "here"

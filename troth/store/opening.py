"""Which engine, and where the tables are: an address, and the store at it.

An address is one of:

    PATH, duckdb:PATH          the default: DuckDB in this process, over the Parquet files in PATH
    sc://HOST:PORT;PATH        a Spark Connect server (Spark or Sail) that sees PATH as we do
    spark:local[2];PATH        a Spark in this process, where all of pyspark is installed

Without a PATH the tables live in a temporary folder until the store is closed.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from troth.errors import UsageError
from troth.settings import Settings, load_settings
from troth.store.base import Store
from troth.store.generations import Working


@dataclass(frozen=True)
class Address:
    """An address taken apart. `path` is None where the tables are to be temporary."""

    engine: str  # duckdb or spark
    server: str  # for Spark: what to connect to
    path: Path | None


FORMS = "PATH, duckdb:PATH, sc://HOST:PORT;PATH, spark:local[2];PATH"


def read_address(address: str) -> Address:
    """Take an address apart; one of another form is an error that lists the forms."""
    scheme, colon, rest = address.partition(":")
    if not address:
        raise UsageError(f"the address of a store is empty; the forms are {FORMS}")
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]+", scheme):
        return Address("duckdb", "", Path(address))
    if scheme == "duckdb":
        return Address("duckdb", "", Path(rest) if rest else None)
    if scheme == "sc":
        server, path = _server_and_path(rest)
        if not re.fullmatch(r"//[^/;:]+:[0-9]{1,5}(/(;[^;=]+=[^;]*)*)?", server):
            raise UsageError(f"address {address!r}: expected sc://HOST:PORT;PATH")
        return Address("spark", f"sc:{server}", path)
    if scheme == "spark":
        server, path = _server_and_path(rest)
        if not re.fullmatch(r"local(\[([1-9][0-9]*|\*)\])?", server):
            raise UsageError(
                f"address {address!r}: after `spark:` comes local or local[2]; "
                "a cluster is reached through Spark Connect: sc://HOST:PORT;PATH"
            )
        return Address("spark", server, path)
    raise UsageError(f"address {address!r}: no engine {scheme!r}; the forms are {FORMS}")


def _server_and_path(rest: str) -> tuple[str, Path | None]:
    """Split at the last `;`, unless a parameter of the connection follows it (`;name=value`)."""
    server, semicolon, last = rest.rpartition(";")
    if not semicolon:
        return rest, None
    if re.fullmatch(r"[A-Za-z_-]+=[^;]*", last):
        return rest, None
    return server, Path(last) if last else None


def open_store(
    address: str | Path = "",
    *,
    version: int | None = None,
    settings: Settings | None = None,
) -> Store:
    """The store at an address (by default the setting `store`), at its newest version or an older.

    Nothing is created until something is written.
    """
    settings = settings or load_settings()
    taken = read_address(str(address) or settings.store)
    scratch, path = None, taken.path
    if path is None:
        scratch = tempfile.TemporaryDirectory(prefix="troth-store-")
        path = Path(scratch.name)
    try:
        store = _store(taken, Working(path), version, settings)
    except BaseException:
        if scratch is not None:
            scratch.cleanup()
        raise
    store.scratch = scratch
    return store


def _store(taken: Address, working: Working, version: int | None, settings: Settings) -> Store:
    # Each imports its engine, so only where it is used.
    if taken.engine == "duckdb":
        from troth.store.duckdb import DuckDBStore

        return DuckDBStore(working, version, settings)
    from troth.store.spark import SparkStore

    return SparkStore(working, version, taken.server)

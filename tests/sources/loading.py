"""Inputs loaded into a store of their own, and the tables that came of it, for tests."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from troth.sources.load import load
from troth.sources.state import secret_of
from troth.store.generations import Working
from troth.store.plain import over

MEMORY = "256MB"


def facts(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Facts that show which awards they were made from; awards of a name, and no engine."""
    award = tables["award"]
    return {"fact_award": award.select(["pid", "award_no", "amount", "supplier_key", "status"])}


@functools.lru_cache(maxsize=4)
def _engine(generation: Path) -> Any:
    """An engine over a generation, which never changes; kept for the next question."""
    return over(generation, threads=1, memory=MEMORY)


@dataclass(frozen=True)
class Store:
    """A store on disk. Each look at it is at its current generation."""

    path: Path

    def load(self, *given: object, digest: str = "formulas", jobs: int = 1, **how: Any) -> str:
        paths = [str(one) for one in given]
        return load(
            paths, Working(self.path), each=facts, digest=digest, jobs=jobs, memory=MEMORY, **how
        )

    @property
    def secret(self) -> bytes:
        return secret_of(self.path)

    @property
    def generation(self) -> Path:
        return self.path / "generations" / str(Working(self.path).current())

    def engine(self) -> Any:
        return over(self.generation, threads=1, memory=MEMORY)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = _engine(self.generation).sql(sql).to_arrow_table().to_pylist()
        return [{name: _in_utc(value) for name, value in row.items()} for row in rows]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The live rows of a table, in the order of all their columns."""
        return in_order(self.ask(f'SELECT * FROM "{table}"'))

    def rejected(self) -> list[dict[str, Any]]:
        return self.ask('SELECT * FROM rejected ORDER BY file, line, "offset", path, code')

    def codes(self) -> list[str]:
        return [row["code"] for row in self.rejected()]

    def account(self) -> dict[str, int]:
        """The sums over all inputs; that they balance holds for whatever was loaded."""
        names = ("rows_in", "rows_kept", "rows_rejected", "fields_rejected")
        found = {name: sum(row[name] for row in self.rows("input")) for name in names}
        assert found["rows_in"] == found["rows_kept"] + found["rows_rejected"]
        levels = [row["level"] for row in self.rows("rejected")]
        assert levels.count("record") == found["rows_rejected"]
        assert levels.count("field") == found["fields_rejected"]
        return found

    def ocids(self) -> list[str]:
        return sorted(row["ocid"] for row in self.rows("process"))


def _in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row.values()])


def loaded(folder: Path, *given: object, **how: Any) -> Store:
    """A new store under `folder` that holds these inputs."""
    number = len(list(folder.glob("store-*")))
    store = Store(folder / f"store-{number}")
    store.load(*given, **how)
    return store


def written(folder: Path, data: bytes | str, name: str = "releases.jsonl") -> Path:
    """A file with these bytes."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path

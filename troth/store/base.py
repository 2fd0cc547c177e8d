"""A store: working tables, and an engine that runs Ibis expressions over them.

What a store promises is the same for every engine: tables have the columns and types of the
vocabulary, moments are in UTC, whole numbers stay whole numbers where some are missing, and a
result is an Arrow table of the expression's own types.
"""

from __future__ import annotations

import contextlib
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.parquet as pq

from troth.errors import UsageError
from troth.store.generations import DECLARED, Generation, Working, check_part, part_schema
from troth.store.plain import DEAD

if TYPE_CHECKING:  # Ibis takes a while to import, and a writer of files does without it
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend


class Store(ABC):
    """One engine over one folder of working tables. Open it with `open_store`, in a `with` block.

    It reads the generation that was current when it was opened, until it writes itself or `refresh`
    is called; tables taken from it before that are then to be taken again.
    """

    #: The engine's name in messages.
    engine: str

    def __init__(self, working: Working, version: int | None = None) -> None:
        self._working = working
        self._pinned = version is not None
        self._reading = working.read(version)
        self._bound: dict[str, ir.Table] = {}
        #: The folder, where it is to vanish with the store.
        self.scratch: tempfile.TemporaryDirectory[str] | None = None

    @property
    def path(self) -> Path:
        """The folder of the working tables."""
        return self._working.path

    @property
    def version(self) -> int:
        """The generation that is read; 0 where nothing was written yet."""
        return self._reading.number

    @property
    @abstractmethod
    def backend(self) -> SQLBackend:
        """The Ibis connection, for those who print SQL."""

    @abstractmethod
    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, in no order unless it orders them, in its declared types."""

    @abstractmethod
    def _view(self, view: str, schema: pa.Schema, parts: Sequence[Path]) -> None:
        """Make a view of these Parquet files, or an empty one where there are none."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Let the engine go."""

    def tables(self, *names: str) -> dict[str, ir.Table]:
        """The named tables (by default all), bound to the engine.

        A table of the vocabulary that was never written is empty, with its declared columns; any
        other name that is not there is an error. Rows of processes that later ones replaced (table
        `dead`) are left out.
        """
        return {name: self._table(name) for name in names or self.names()}

    def names(self) -> list[str]:
        """The tables of the vocabulary, then what else holds Parquet files."""
        others = [n for n in self._reading.names() if n not in DECLARED and self._reading.parts(n)]
        return [*DECLARED, *others]

    def begin(self) -> contextlib.AbstractContextManager[Generation]:
        """A new generation to fill; the store reads it as soon as it is published."""
        if self._pinned:
            raise UsageError(f"{self.path}: version {self.version} was asked for, to be read only")
        return self._begin()

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Generation]:
        with self._working.begin() as generation:
            yield generation
        self.refresh()

    def write(self, name: str, data: pa.Table | Iterable[pa.Table]) -> None:
        """Replace one table, whole, and keep all others."""
        with self.begin() as generation:
            _keep_all_but(generation, name)
            generation.write(name, data)

    def remove(self, name: str) -> None:
        """Take one table out, and keep all others. A table that is not there is an error."""
        with self.begin() as generation:
            if name not in generation.previous():
                there = generation.previous()
                raise UsageError(f"{self.path}: no table {name!r} to remove; there are {there}")
            _keep_all_but(generation, name)

    def versions(self) -> list[int]:
        """The generations that can be read, oldest first; `open_store(..., version=)` reads one."""
        return self._working.versions()

    def refresh(self) -> None:
        """Read the newest generation from now on."""
        newest = self._working.read()
        self._reading.close()
        self._reading = newest
        self._bound = {}

    def close(self) -> None:
        self._disconnect()
        self._reading.close()
        if self.scratch is not None:
            self.scratch.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _table(self, name: str) -> ir.Table:
        if name not in self._bound:
            self._bound[name] = self._bind(name)
        return self._bound[name]

    def _bind(self, name: str) -> ir.Table:
        import ibis
        import ibis.expr.operations as ops

        parts = self._reading.parts(name)
        if name in DECLARED:
            schema = DECLARED[name].arrow
            for part in parts[:1]:  # all were checked together when they were written
                check_part(name, part)
        elif parts:
            schema = part_schema(parts[0])
        else:
            raise UsageError(f"{self.path}: no table {name!r}; there are {self.names()}")
        # The generation is in the name, so that a view never changes under an expression.
        view = f"{name}_g{self.version}"
        schema = nullable(schema)
        self._view(view, schema, parts)
        # The schema is ours rather than what the engine reports, which may lose a time zone.
        table = ops.DatabaseTable(view, ibis.Schema.from_pyarrow(schema), self.backend).to_expr()
        if name != DEAD and "pid" in schema.names and self._any_dead():
            table = table.anti_join(self._table(DEAD), "pid")
        return table

    def _any_dead(self) -> bool:
        """Whether processes were replaced by later ones; their rows are then left out."""
        return any(pq.read_metadata(part).num_rows for part in self._reading.parts(DEAD))


def nullable(schema: pa.Schema) -> pa.Schema:
    """The schema with every column allowed to be null, as it may be after a join."""
    return pa.schema([pa.field(column.name, column.type) for column in schema])


def arrow_schema(expression: ir.Table) -> pa.Schema:
    """The Arrow types of an expression's columns, which every engine's result is brought to."""
    return nullable(expression.schema().to_pyarrow())


def _keep_all_but(generation: Generation, name: str) -> None:
    for other in generation.previous():
        if other != name:
            generation.keep(other)

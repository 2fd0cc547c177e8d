"""The cases of one kind as arrays: every column of facts is read once, and coded once.

A code is a small number from 0 for each different value, and -1 where there is none, so that groups
are found by counting and not by sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.store.plain import AS_OF, dead_in, rows_of
from troth.tables.states import OPEN, REPLACED

#: Gives the named columns of the facts of one kind, and which of their rows were replaced.
ReadFacts = Callable[[str, Sequence[str]], tuple[pa.Table, np.ndarray]]

#: Gives the rows of a query.
Ask = Callable[[str], pa.Table]

_NONE = np.empty(0, np.int64)

T = TypeVar("T")


def facts_in(folder: Path, as_of: date) -> ReadFacts:
    """Facts as the files of a generation hold them, judged as of this day."""
    dead = dead_in(folder)

    def read(kind: str, columns: Sequence[str]) -> tuple[pa.Table, np.ndarray]:
        stored = [name for name in columns if name != AS_OF]
        if len(dead) and "pid" not in stored:
            stored.append("pid")
        rows = rows_of(folder, f"fact_{kind}", stored)
        if AS_OF in columns:
            rows = rows.append_column(AS_OF, pa.repeat(pa.scalar(as_of), rows.num_rows))
        if not len(dead):
            return rows, _NONE
        return rows, np.flatnonzero(pc.is_in(rows["pid"], value_set=dead))

    return read


def facts_of(ask: Ask) -> ReadFacts:
    """Facts as an engine shows them, which leaves replaced ones out itself."""

    def read(kind: str, columns: Sequence[str]) -> tuple[pa.Table, np.ndarray]:
        names = ", ".join(f'"{name}"' for name in columns)
        return ask(f"SELECT {names} FROM fact_{kind}"), _NONE

    return read


class Cases:
    """The cases of one kind, by columns of their facts.

    Indicators of one family look at the same columns of the same open cases. What was made of them
    for one is kept for the next: `open` sees that they are the same.
    """

    def __init__(self, rows: pa.Table, replaced: np.ndarray = _NONE) -> None:
        self.rows = rows.unify_dictionaries()
        self.replaced = replaced
        self._codes: dict[str, tuple[np.ndarray, pa.Array]] = {}
        self._opened: list[np.ndarray] = []
        self._kept: dict[tuple[object, ...], Any] = {}
        self.cell, self.cells = self.together(("body_key", "year"))

    @cached_property
    def scratch(self) -> tuple[np.ndarray, np.ndarray]:
        """Two arrays of a whole number a case for whoever needs them next: asking the system for
        new memory each time takes longer than the reckoning in it."""
        return np.empty_like(self.cell), np.empty_like(self.cell)

    def states(self, code: str) -> np.ndarray:
        """The state that an indicator gives each case; `REPLACED` where a later one replaced it."""
        found: np.ndarray = self.rows[code].to_numpy().astype(np.int8)
        found[self.replaced] = REPLACED
        return found

    def open(self, states: np.ndarray) -> np.ndarray:
        """The rows of the open cases: the same array where they are the same."""
        rows = np.flatnonzero(states == OPEN)
        for earlier in self._opened:
            if np.array_equal(earlier, rows):
                return earlier
        self._opened.append(rows)
        return rows

    def once(self, what: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` gives, made once; `what` names all that it depends on."""
        if what not in self._kept:
            self._kept[what] = make()
        found: T = self._kept[what]
        return found

    def numbers(self, name: str) -> np.ndarray:
        """A column of numbers, NaN where there is none."""
        found: np.ndarray = self.rows[name].to_numpy()
        return found

    def codes(self, name: str) -> tuple[np.ndarray, pa.Array]:
        """The code of each case, and the values that the codes stand for."""
        if name not in self._codes:
            column = self.rows[name].combine_chunks()
            if not pa.types.is_dictionary(column.type):
                column = column.dictionary_encode()
            self._codes[name] = column.indices.fill_null(-1).to_numpy(), column.dictionary
        return self._codes[name]

    def together(self, names: Sequence[str]) -> tuple[np.ndarray, int]:
        """A number for each combination of values, and how many there could be. Where a value is
        missing, it counts as one more."""
        found, size = np.zeros(self.rows.num_rows, np.int64), 1
        for name in names:
            codes, values = self.codes(name)
            wide = len(values) + 1
            found = found * wide + np.where(codes < 0, len(values), codes)
            size *= wide
        return found, size

    def placed(self, names: Sequence[str]) -> np.ndarray:
        """Whether each case has a value in all of these columns."""
        found = np.ones(self.rows.num_rows, bool)
        for name in names:
            found &= self.codes(name)[0] >= 0
        return found

    def taken_apart(self, cells: np.ndarray) -> tuple[pa.Array, pa.Array]:
        """The body key and the year behind each number of `cell`."""
        bodies, years = self.codes("body_key")[1], self.codes("year")[1]
        body, year = np.divmod(cells, len(years) + 1)
        return (
            bodies.take(pa.array(body, mask=body == len(bodies))),
            years.take(pa.array(year, mask=year == len(years))),
        )

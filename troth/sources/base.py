"""What every reader of a source gives back: an account of what went in, kept and left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from troth.sources.firms import Met

Rows = Mapping[str, pa.Table]

#: Called with the canonical tables of a batch of records; gives further tables to keep with them.
EachBatch = Callable[[Rows], Rows]


@dataclass
class Account:
    """Of one input: records found, kept and rejected. The sum is checked when it is closed."""

    file: str
    sha256: str = ""
    bytes: int = 0
    rows_in: int = 0
    rows_kept: int = 0
    rows_rejected: int = 0
    fields_rejected: int = 0

    def add(self, rows_in: int, rows_kept: int, rows_rejected: int, fields_rejected: int) -> None:
        self.rows_in += rows_in
        self.rows_kept += rows_kept
        self.rows_rejected += rows_rejected
        self.fields_rejected += fields_rejected

    def balances(self) -> bool:
        return self.rows_in == self.rows_kept + self.rows_rejected


@dataclass
class Reading:
    """What a reading gave: accounts by input and the small tables that belong to the whole."""

    accounts: list[Account] = field(default_factory=list)
    chunk: pa.Table | None = None
    rejected: pa.Table | None = None
    #: Each firm met, by its key.
    firms: dict[int, Met] = field(default_factory=dict)
    #: The identifier of each body by its key.
    bodies: dict[int, str] = field(default_factory=dict)

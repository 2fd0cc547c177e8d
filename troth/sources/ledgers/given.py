"""A file of a ledger as it is given, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Given:
    """A file to read. Without `format` it is told by its header; `body` is the public body that it
    is of, for formats that do not say so (`Format.needs_body`)."""

    path: Path | str
    format: str | None = None
    body: str | None = None

"""Rows as somebody publishes them, read by the format that is told by their columns."""

from pathlib import Path

from tests.sources.ledgers.test_read import SECRET, kept_promises
from troth.sources.ledgers.read import Given, Ledgers, read


def published(
    folder: Path, text: str, body: str | None = None, name: str = "published.csv"
) -> Ledgers:
    """A file of these lines, read; every promise of what came out is checked."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    found = read([Given(path, body=body)], SECRET)
    kept_promises(found)
    return found


def rows(found: Ledgers, table: str, *names: str) -> list[tuple[object, ...]]:
    """Some columns of a table, dates as texts."""
    said = [[v if v is None or isinstance(v, int | float | str) else str(v) for v in found.tables[table].column(n).to_pylist()] for n in names]  # fmt: skip
    return list(zip(*said, strict=True))


def faults(found: Ledgers) -> list[tuple[str, int | None, str, str | None]]:
    return [(f["code"], f["line"], f["path"], f["value"]) for f in found.rejected.to_pylist()]

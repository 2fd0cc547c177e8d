"""Ruritania: forty bodies and eight years that never were, written as ledgers and OCDS.

The same seed and size give the same bytes (with the same numpy: it may change how it draws between
its versions). Written are one CSV file a table, the register of bodies, contracting processes as
compiled releases, what was planted, and a page that says that all of it is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from troth.made_up import country
from troth.made_up.cases import cases
from troth.made_up.contracts import contracts, notices
from troth.made_up.country import BODIES, PLAINLY, Body, Firm, Making, changes_of, terms, truth
from troth.made_up.paying import paying
from troth.made_up.promises import handovers, promises
from troth.made_up.publishing import DISC_ITEM_NAME, items, publishing
from troth.tables import body as body_tables
from troth.tables import cases as case_tables
from troth.tables import information, money, obligations, undertakings
from troth.tables.base import Table

#: Firms of one body: so many, and so many more for each unit of volume.
FIRMS_LEAST, FIRMS_MORE = 30, 45


def _columns_of(table: Table) -> tuple[str, ...]:
    """The columns of a ledger: a supplier is named, and the body's name stands beside it."""
    found = []
    for column in table:
        if column.name == "body_kind":
            continue
        found.append("supplier" if column.name == "supplier_key" else column.name)
        if column.name == "body_id":
            found.append("body_name")
    return tuple(found)


_TABLES = (
    body_tables.TERM,
    *money.TABLES,
    *undertakings.TABLES,
    *obligations.TABLES,
    *information.TABLES,
    case_tables.CASE,
    case_tables.CASE_EVENT,
    case_tables.SURVEY,
)

#: Ledgers that the country does not keep, so that what needs them is not run.
NOT_KEPT = ("commitment_payment", "publication_depth")

#: Table -> columns of its file, in order.
COLUMNS: dict[str, tuple[str, ...]] = {
    table.name: _columns_of(table) for table in _TABLES if table.name not in NOT_KEPT
}


@dataclass(frozen=True)
class Country:
    """What was made: rows by table, releases, and how much of everything there was to be."""

    seed: int
    size: float
    rows: Mapping[str, list[dict[str, Any]]]
    releases: list[dict[str, Any]]

    @property
    def entries(self) -> int:
        """Rows of ledgers and contracting processes together."""
        return sum(len(rows) for rows in self.rows.values()) + len(self.releases)


def make(seed: int = 1, size: float = 1.0) -> Country:
    """The country of a seed; `size` 0.1 has a tenth of the entries of each body, and all bodies."""
    everybody = country.firms(seed)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    rows[DISC_ITEM_NAME] = items()
    releases = []
    for body in BODIES:
        making, found = _made(seed, size, body, everybody)
        for name, of_body in making.rows.items():
            rows[name].extend(of_body)
        releases += found
    return Country(seed, size, rows, releases)


def _made(
    seed: int, size: float, body: Body, everybody: tuple[Firm, ...]
) -> tuple[Making, list[dict[str, Any]]]:
    making = Making(seed, size, body)
    many = FIRMS_LEAST + int(FIRMS_MORE * min(body.volume, 3.0))
    chosen = making.draws("firms").choice(len(everybody), many, replace=False)
    firms = [everybody[number] for number in chosen.tolist()]
    changes = changes_of(making)
    terms(making, changes)
    signed = contracts(making, firms)
    paying(making, firms, signed)
    promised = promises(making, changes)
    handovers(making, changes, signed, promised)
    publishing(making)
    cases(making)
    return making, notices(making, signed)


def write(made: Country, folder: Path) -> dict[str, int]:
    """Write the country into a folder; gives the entries of each file, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name in sorted(COLUMNS):
        _write_csv(folder / f"{name}.csv", COLUMNS[name], made.rows[name])
        written[f"{name}.csv"] = len(made.rows[name])
    register = [
        {
            "body_id": body.body_id, "name": body.name, "level": body.level,
            "population": body.population,
        }
        for body in BODIES
    ]  # fmt: skip
    _write_csv(folder / "bodies.csv", ("body_id", "name", "level", "population"), register)
    lines = b"".join(
        json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for one in made.releases
    )
    (folder / "procurement.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
    written["procurement.jsonl.gz"] = len(made.releases)
    what = truth() | {"seed": made.seed, "size": made.size, "entries": made.entries}
    text = json.dumps(what, indent=2, ensure_ascii=False)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_readme(made), encoding="utf-8")
    return written


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    strange = {name for row in rows for name in row} - set(columns)
    assert not strange, f"{path.name} has no columns {sorted(strange)}"
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    # What numpy calls a number would name its type.
    return repr(float(value)) if isinstance(value, float) else str(value)


def _readme(made: Country) -> str:
    return (
        "# Ruritania: invented\n\n"
        f"**{PLAINLY}** `{country.COUNTRY}` is no country's code and `{country.CURRENCY}` no"
        " currency.\n\n"
        f"Made by `troth simulate ruritania --seed {made.seed} --size {made.size:g}`:"
        f" {len(BODIES)} bodies, 2017 to 2024, {made.entries:,} entries; as of 2024-12-31."
        " What each body does, and what must therefore be seen, is in `truth.json`. All bodies"
        " share December, in which contracts break more often and payments wait; and in one"
        " invoice of a hundred each of the amount, the day it was due, the size of the firm and the"
        " number of returns is lacking.\n"
    )

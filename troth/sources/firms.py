"""Firms as records show them, and the rows of `firm` that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa

from troth.sources.persons import UNKNOWN, Shown, is_scheme, shown_by_name
from troth.tables.body import FIRM

LEGAL_PERSON = "legal_person"


class Met(NamedTuple):
    """What the record of `pid` says of a firm.

    Identifier and name are held of a legal person, and where only the name can tell (`found` is
    null): looking at names takes longer than all the rest, so that is done once for each firm, when
    its row is made.
    """

    pid: int
    firm_id: str | None
    name: str | None
    scheme: str | None
    found: Shown | None


def firm_table(firms: Mapping[int, Met]) -> pa.Table:
    """The rows of `firm`, by key. Name and identifier stand only in that of a legal person."""
    columns: dict[str, list[object]] = {name: [] for name in FIRM.arrow.names}
    for key in sorted(firms):
        one = firms[key]
        found = one.found or shown_by_name(one.name) or UNKNOWN
        open_to_all = found.kind == LEGAL_PERSON
        columns["firm_key"].append(key)
        columns["kind"].append(found.kind)
        columns["firm_id"].append(one.firm_id if open_to_all else None)
        columns["name"].append(one.name if open_to_all else None)
        columns["scheme"].append(one.scheme if open_to_all or is_scheme(one.scheme) else None)
        columns["shown_by"].append(found.by)
    return pa.table(columns, schema=FIRM.arrow)

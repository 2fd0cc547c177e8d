"""The vocabulary: every table that may stand between two stages, by its name."""

from __future__ import annotations

from collections.abc import Iterable

from troth.errors import UsageError
from troth.tables import (
    body,
    calendars,
    cases,
    information,
    money,
    obligations,
    paying,
    procurement,
    results,
    undertakings,
)
from troth.tables.base import Table


def gathered(groups: Iterable[Iterable[Table]]) -> dict[str, Table]:
    """All tables by name, in the order given; a name declared twice is an error."""
    found: dict[str, Table] = {}
    for tables in groups:
        for table in tables:
            if table.name in found:
                raise UsageError(f"two tables are called {table.name!r}: rename one of them")
            found[table.name] = table
    return found


VOCABULARY: dict[str, Table] = gathered(
    module.TABLES
    for module in (
        body,
        procurement,
        money,
        undertakings,
        paying,
        obligations,
        information,
        cases,
        calendars,
        results,
    )
)

#: Every table that is filled from ledgers, and not from contracting processes.
LEDGERS: dict[str, Table] = gathered(
    (
        (body.TERM,),
        money.TABLES,
        undertakings.TABLES,
        paying.TABLES,
        obligations.TABLES,
        information.TABLES,
        (cases.CASE, cases.CASE_EVENT, cases.SURVEY),
        calendars.TABLES,
    )
)

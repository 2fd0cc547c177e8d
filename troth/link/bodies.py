"""The public bodies of a store: one row an identifier, however many names it has.

Names are not compared here: two identifiers are two bodies until a register says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from troth.sources.persons import scheme_of
from troth.tables.body import BODY, PUBLIC_BODY

#: The most frequent name of each body, the first in alphabetical order among equals.
_SQL = """
    WITH named AS (
        SELECT body_key, body_name AS name, count(*) AS times
        FROM process WHERE body_key IS NOT NULL GROUP BY ALL
    ), body AS (
        SELECT body_key, count(name) AS names, sum(times)::BIGINT AS processes,
               max(times) FILTER (name IS NOT NULL) AS most
        FROM named GROUP BY body_key
    )
    SELECT body.body_key, body.names, body.processes, min(named.name) AS name
    FROM body LEFT JOIN named ON named.body_key = body.body_key
        AND named.name IS NOT NULL AND named.times = body.most
    GROUP BY ALL
"""


def bodies(engine: Any, ids: Mapping[int, str]) -> pa.Table:
    """The table `body` from the processes that `engine` holds; `ids` gives identifiers by key."""
    found = engine.sql(_SQL).to_arrow_table().to_pylist()
    rows = []
    for row in found:
        body_id = ids[row["body_key"]]
        scheme, _ = scheme_of(body_id)
        rows.append(
            {
                "body_id": body_id,
                "body_kind": PUBLIC_BODY,
                "body_key": row["body_key"],
                "name": row["name"],
                "scheme": "name" if body_id.startswith("name:") else scheme,
                "names": row["names"],
                "processes": row["processes"],
            }
        )
    return BODY.rows(sorted(rows, key=lambda row: str(row["body_id"])))

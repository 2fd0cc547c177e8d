"""The public bodies of a store: one row an identifier, however many names it has.

Names are not compared here: two identifiers are two bodies until a register says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from troth.sources.fields import public_key_of
from troth.sources.persons import scheme_of
from troth.tables.body import BODY, PUBLIC_BODY


def bodies(process: pa.Table, ids: Mapping[int, str]) -> pa.Table:
    """The table `body` from all processes (`body_key`, `body_name`); `ids` gives identifiers by key.

    A body has the name that its processes give it most often, of names as frequent the first in the
    alphabet, and none where none gives one.
    """
    keys, names = _coded(process["body_key"]), _coded(process["body_name"])
    wide = len(names.dictionary) + 1
    name = np.asarray(names.indices.fill_null(wide - 1), dtype=np.int64)
    known = np.asarray(keys.indices.is_valid())
    together = np.asarray(keys.indices.fill_null(0), dtype=np.int64) * wide + name
    # Few of all pairs of a body and a name occur, and those that do occur often.
    pairs = pa.array(together[known]).value_counts()
    found: dict[int, dict[int, int]] = {}
    for pair, times in zip(
        pairs.field("values").to_pylist(), pairs.field("counts").to_pylist(), strict=True
    ):
        found.setdefault(pair // wide, {})[pair % wide] = times
    key_of, name_of = keys.dictionary.to_pylist(), [*names.dictionary.to_pylist(), None]
    rows = [
        _row(ids[key_of[key]], key_of[key], {name_of[one]: n for one, n in times.items()})
        for key, times in found.items()
    ]
    return BODY.rows(sorted(rows, key=lambda row: str(row["body_id"])))


def with_bodies(body: pa.Table, named: Mapping[str, str | None]) -> pa.Table:
    """The table with the bodies that only ledgers speak of; `named` gives names by identifier.

    A body of both has the name of the records; where they have none, that of the ledgers.
    """
    rows = body.to_pylist()
    known = {row["body_id"] for row in rows}
    for row in rows:
        if row["name"] is None:
            row["name"] = named.get(row["body_id"])
    rows += [
        {**_row(one, public_key_of(one), {named[one]: 0}), "names": int(named[one] is not None)}
        for one in named
        if one not in known
    ]
    return BODY.rows(sorted(rows, key=lambda row: str(row["body_id"])))


def _row(body_id: str, key: int, times: dict[str | None, int]) -> dict[str, object]:
    processes = sum(times.values())
    times.pop(None, None)
    scheme, _ = scheme_of(body_id)
    return {
        "body_id": body_id,
        "body_kind": PUBLIC_BODY,
        "body_key": key,
        "name": min(times, key=lambda name: (-times[name], name), default=None),
        "scheme": "name" if body_id.startswith("name:") else scheme,
        "names": len(times),
        "processes": processes,
    }


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    together = pa.table([column], ["coded"]).unify_dictionaries()["coded"].combine_chunks()
    return together if pa.types.is_dictionary(together.type) else together.dictionary_encode()

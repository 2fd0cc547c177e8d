"""Suppliers of ledgers: made keys at the door, so that no text of theirs goes any further.

An identifier gets the very key that the OCDS reader gives it, so that a firm's bids and its
invoices meet. A name is the name of somebody within one body's ledgers, as it is within one
publisher's records there: two bodies' "A. Smith" need not be one.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.fields import identifier, keyed_hash
from troth.sources.persons import UNKNOWN, Shown, is_scheme, scheme_of, shown_by_identifier
from troth.tables.body import FIRM

#: An identifier has a digit and no space; what is written otherwise is a name.
_IDENTIFIER = r"^\S*\d\S*$"


_NOTHING = pa.scalar(None, pa.string())

#: Texts whose keys are remembered; a firm that is met again soon is not hashed again.
_REMEMBERED = 300_000


class Suppliers:
    """The suppliers met so far: of each its key, and what its identifier shows it to be."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: dict[str, int | None] = {}
        self._met: dict[int, tuple[Shown, str | None]] = {}

    def keys(self, texts: pa.Array, bodies: pa.Array) -> pa.Array:
        """The key of each text; null where there is none, or where it stands for nobody (`N/A`)."""
        identifies = pc.match_substring_regex(texts, _IDENTIFIER)
        identified = self._each(pc.if_else(identifies, texts, _NOTHING))
        if pc.all(identifies, min_count=0).as_py():
            return identified
        names = _without_placeholders(pc.if_else(identifies, _NOTHING, texts))
        named = pc.binary_join_element_wise("name", pc.fill_null(bodies, ""), names, ":")
        return pc.coalesce(identified, self._each(named))

    def _each(self, texts: pa.Array) -> pa.Array:
        encoded = texts.dictionary_encode()
        known = self._keys
        keys = [
            known[text] if text in known else self._key(text)
            for text in encoded.dictionary.to_pylist()
        ]
        return pa.array(keys, pa.int64()).take(encoded.indices)

    def _key(self, text: str) -> int | None:
        known = identifier(text)
        key = None if known is None else keyed_hash(known, self._secret)
        if key is not None and key not in self._met:
            scheme, bare = scheme_of(text)
            found = shown_by_identifier(scheme, bare) or UNKNOWN
            self._met[key] = (found, scheme if is_scheme(scheme) else None)
        if len(self._keys) < _REMEMBERED:
            self._keys[text] = key
        return key

    def meet(self, firms: Mapping[int, tuple[Shown, str | None]]) -> None:
        """Take in suppliers that have their keys already."""
        for key, (found, scheme) in firms.items():
            if self._met.get(key, (UNKNOWN, None))[0] == UNKNOWN:
                self._met[key] = (found, scheme if is_scheme(scheme) else None)

    def firms(self) -> pa.Table:
        """Rows of `firm` by key. None has a name or an identifier: those are not kept."""
        keys = sorted(self._met)
        found = [self._met[key] for key in keys]
        nothing = pa.nulls(len(keys), pa.string())
        return pa.table(
            {
                "firm_key": pa.array(keys, pa.int64()),
                "kind": pa.array([one.kind for one, _ in found], pa.string()),
                "firm_id": nothing,
                "name": nothing,
                "scheme": pa.array([scheme for _, scheme in found], pa.string()),
                "shown_by": pa.array([one.by for one, _ in found], pa.string()),
            },
            schema=FIRM.arrow,
        )


def _without_placeholders(texts: pa.Array) -> pa.Array:
    encoded = texts.dictionary_encode()
    real = [identifier(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(real, pa.string()).take(encoded.indices)

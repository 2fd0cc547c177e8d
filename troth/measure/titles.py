"""Whether titles say the same: the cosine of their counts of words.

A word is a run of letters and figures in any script; scripts that write without spaces (Chinese
characters, kana) count each character. Order, case and punctuation do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from troth.measure.grouped import Array

#: From this cosine on two titles are alike (METHODS C07).
ALIKE = 0.8

#: So many pairs are looked at in one go, to bound memory.
_AT_ONCE = 200_000

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def words(title: str) -> list[str]:
    """The words of a title, folded."""
    return _WORD.findall(title.casefold())


def cosines(titles: Sequence[str], first: Array, second: Array) -> Array:
    """The cosine of titles `first[i]` and `second[i]`; 0 where one of them has no word."""
    place: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, title in enumerate(titles):
        for word in words(title):
            rows.append(row)
            columns.append(place.setdefault(word, len(place)))
    shape = (len(titles), max(len(place), 1))
    # Words that occur several times in a title are added up.
    counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    found = np.empty(len(first))
    for begin in range(0, len(first), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        one, other = first[part], second[part]
        shared = np.asarray(counts[one].multiply(counts[other]).sum(axis=1)).ravel()
        both = length[one] * length[other]
        found[part] = np.divide(shared, both, out=np.zeros(len(one)), where=both > 0)
    return found

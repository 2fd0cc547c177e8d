"""Reading the reference tables of the shared folder."""

from __future__ import annotations

import csv

import numpy as np

from tests.shared import shared

METHODS = "conformance/methods/"


def rows(path: str) -> list[dict[str, str]]:
    """A table's rows by column; `path` is below conformance/methods."""
    with shared(METHODS + path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float:
    return float("nan") if text in {"", "NA", "NaN"} else float(text)


def column(table: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([number(row[name]) for row in table])


def matrix(table: list[dict[str, str]], names: list[str]) -> np.ndarray:
    return np.stack([column(table, name) for name in names], axis=-1)


def furthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference: relative for numbers above 1; gaps must lie in the same cells."""
    assert (np.isnan(ours) == np.isnan(theirs)).all()
    known = ~np.isnan(theirs)
    return float((np.abs(ours - theirs) / np.maximum(1, np.abs(theirs)))[known].max())

"""Reference tables as columns: CSV files of `conformance/methods`, written by R or by hand."""

import csv

import numpy as np

from tests.shared import shared

Columns = dict[str, np.ndarray]


def table(path: str) -> Columns:
    """The columns of a CSV file below `conformance/methods`; numbers where all are, NaN for gaps."""
    with shared(f"conformance/methods/{path}").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {name: _column([row[name] for row in rows]) for name in rows[0]}


def _column(cells: list[str]) -> np.ndarray:
    filled = [cell not in ("", "NA") for cell in cells]
    try:
        numbers = [float(c) if there else np.nan for c, there in zip(cells, filled, strict=True)]
    except ValueError:
        return np.array(cells)
    return np.array(numbers) if any(filled) else np.array(cells)


def picked(columns: Columns, which: np.ndarray) -> Columns:
    return {name: column[which] for name, column in columns.items()}


def dates(column: np.ndarray) -> np.ndarray:
    """Days written 2025-01-31; empty cells are NaT."""
    return np.array([cell or "NaT" for cell in column.astype(str)], "datetime64[D]")

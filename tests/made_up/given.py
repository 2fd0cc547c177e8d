"""Ruritania at its usual size, as the measuring functions take it; made once a process."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pyarrow as pa

from troth.made_up.country import BODIES
from troth.made_up.ruritania import Country, make
from troth.measure import exposure
from troth.measure.exposure import Changes
from troth.tables.base import Table
from troth.tables.body import PUBLIC_BODY, TERM

AS_OF = np.datetime64("2024-12-31")
WHOLE = (np.datetime64("2017-01-01"), AS_OF)
IDS = [body.body_id for body in BODIES]
NUMBER = {body_id: number for number, body_id in enumerate(IDS)}
MANY = len(IDS)
WHO = {body.behaviour: NUMBER[body.body_id] for body in BODIES if body.behaviour}
BIG = [number for number, body in enumerate(BODIES) if body.volume >= 0.7]


@functools.cache
def country() -> Country:
    return make(seed=1)


@functools.cache
def tiny() -> Country:
    return make(seed=1, size=0.05)


def rows(name: str) -> list[dict[str, Any]]:
    return country().rows[name]


@functools.cache
def table(declared: Table) -> pa.Table:
    """A ledger as its declared table; keys of suppliers are left empty."""
    kept = [name for name in declared.names if name not in {"body_kind", "supplier_key"}]
    given = [{name: row[name] for name in kept} for row in rows(declared.name)]
    if "ts" in kept:
        given = [row | {"ts": np.datetime64(row["ts"][:-1], "us").item()} for row in given]
    if "body_kind" in declared.names:
        given = [row | {"body_kind": PUBLIC_BODY} for row in given]
    return declared.rows(given)


def days(name: str, column: str) -> np.ndarray:
    """A column of days, NaT where empty."""
    return np.array([row[column] or "NaT" for row in rows(name)], "datetime64[D]")


def column(name: str, of: str) -> np.ndarray:
    return np.array([row[of] for row in rows(name)], object)


def bodies(name: str) -> np.ndarray:
    """By row, the number of the body."""
    return np.array([NUMBER[row["body_id"]] for row in rows(name)])


def count(of_case: np.ndarray, body: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By body, how many of the known cases are hits, and how many are known."""
    known = ~np.isnan(of_case)
    hits = np.bincount(body[known], of_case[known], MANY)
    return hits, np.bincount(body[known], minlength=MANY)


def share(hit: np.ndarray, body: np.ndarray) -> np.ndarray:
    """By body, the share of rows; NaN without any."""
    n = np.bincount(body, minlength=MANY)
    return np.bincount(body, hit.astype(float), MANY) / np.where(n == 0, np.nan, n)


@functools.cache
def changes() -> Changes:
    term = table(TERM)
    return exposure.changes(
        np.array([NUMBER[one] for one in term["body_id"].to_pylist()]),
        days("term", "start_date"),
        days("term", "end_date"),
        AS_OF,
        acting=np.array(term["acting"].to_pylist()),
    )


def rivals(value: np.ndarray, *behaviours: str) -> np.ndarray:
    """The figures of the larger bodies that act like none of these."""
    kept = [number for number in BIG if number not in {WHO[one] for one in behaviours}]
    return value[kept]

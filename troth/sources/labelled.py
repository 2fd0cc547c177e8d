"""Labelled bids: a CSV file with one line for one bid, to ask what screens tell in a country.

    tender,bid_value,label,date,market,reserve
    T-1,104500.00,1,2019-03-04,roads,110000

`tender`, `bid_value` and `label` must be there. `label` is 1 where a court, an authority or a study
found the tender rigged, else 0. `date`, `market` and `reserve` (the price above which nothing is
bought) may be left out, as columns or cell by cell, and then are unknown. Whatever is not the bid's
own is said alike on every line of a tender. There is no column for bidders: nothing is asked of them.
The file is the user's own, so a fault in it stops the command.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from troth.errors import InputError
from troth.sources.short_csv import Faults, rows_of, text_of, unlike

Array = np.ndarray

NEEDED = ("tender", "bid_value", "label")
OPTIONAL = ("date", "market", "reserve")

_LONGEST = 200

_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)
_AMOUNT_IN_WORDS = "Write it with a point and no separators, such as 104500.50"


@dataclass(frozen=True)
class Labelled:
    """Bids and their tenders, which are numbers from 0 in the order of `names`, sorted.

    `tender` and `price` have one element a bid. The others have one a tender: `day` is NaT, `reserve`
    NaN and `market`, a number into `markets`, -1 where it is unknown. `columns` are those of the file.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    markets: tuple[str, ...]
    tender: Array
    price: Array
    label: Array
    day: Array
    market: Array
    reserve: Array


def read_labelled(path: Path) -> Labelled:
    """The bids of a file. Raises `InputError` with every fault, its place and what to do."""
    _, text = text_of(path, "the bids")
    lines = rows_of(path, text, _header_fault)
    _, header = next(lines)
    reading = _Reading(tuple(header))
    for line, row in lines:
        reading.row(row, line)
    reading.faults.refuse(path)
    if not reading.price:
        raise InputError(f"{path}: no line but the header. Write one line for each bid")
    return reading.labelled()


def _header_fault(header: Sequence[str]) -> str | None:
    found = unlike(header, NEEDED, (*NEEDED, *OPTIONAL))
    if not found:
        return None
    return (
        f"the header {found}. Name the columns {', '.join(NEEDED)} and, where you have "
        f"them, {', '.join(OPTIONAL)}, and take others out"
    )


@dataclass(frozen=True)
class _Tender:
    """What the lines of one tender say alike, and the first line that said it."""

    said: dict[str, str]
    line: int


class _Reading:
    """The file while it is read."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self.faults = Faults()
        self.price: list[float] = []
        self._header = header
        self._of_bid: list[str] = []
        self._tenders: dict[str, _Tender] = {}

    def row(self, row: list[str], line: int) -> None:
        self.faults.line = line
        if not self.faults.is_whole(row, self._header):
            return
        before = len(self.faults)
        cells = {name: cell.strip() for name, cell in zip(self._header, row, strict=True)}
        name = cells.pop("tender")
        self._text("tender", name, needed=True)
        price = self._amount("bid_value", cells.pop("bid_value"), needed=True)
        if cells["label"] not in {"0", "1"}:
            self.faults.add(
                "label", cells["label"], "not 0 or 1",
                "Write 1 where the tender was found to be rigged and 0 where not, "
                "or take the tender out where nobody knows",
            )  # fmt: skip
        if day := cells.get("date"):
            self.faults.day("date", day)
        self._text("market", cells.get("market", ""), needed=False)
        self._amount("reserve", cells.get("reserve", ""), needed=False)
        if len(self.faults) > before:
            return
        first = self._tenders.setdefault(name, _Tender(cells, line))
        for column, value in cells.items():
            if value != first.said[column]:
                self.faults.add(
                    column, value,
                    f"line {first.line} says {first.said[column]!r} of tender {name!r}",
                    "A tender is judged as a whole: say the same on each of its lines, "
                    "or give lots names of their own",
                )  # fmt: skip
        self._of_bid.append(name)
        self.price.append(price)

    def labelled(self) -> Labelled:
        names = sorted(self._tenders)
        number = {name: n for n, name in enumerate(names)}
        said = [self._tenders[name].said for name in names]
        markets = sorted({one["market"] for one in said if one.get("market")})
        in_market = {name: n for n, name in enumerate(markets)}
        return Labelled(
            self._header,
            tuple(names),
            tuple(markets),
            np.array([number[name] for name in self._of_bid], np.int64),
            np.array(self.price, np.float64),
            np.array([one["label"] == "1" for one in said], np.bool_),
            np.array([one.get("date") or "NaT" for one in said], "datetime64[D]"),
            np.array([in_market.get(one.get("market", ""), -1) for one in said], np.int64),
            np.array([float(one.get("reserve") or "nan") for one in said], np.float64),
        )

    def _text(self, name: str, value: str, *, needed: bool) -> None:
        if needed and not value:
            self.faults.add(name, value, "empty", "Fill it in, or take the line out")
        elif not value.isprintable() or len(value) > _LONGEST:
            self.faults.add(
                name, value[:80], "hidden characters, or too long", "Write a short name"
            )

    def _amount(self, name: str, value: str, *, needed: bool) -> float:
        if not value and not needed:
            return float("nan")
        if not value:
            self.faults.add(name, value, "empty", "Fill it in, or take the line out")
        elif not _AMOUNT.fullmatch(value):
            self.faults.add(name, value[:80], "no amount", _AMOUNT_IN_WORDS)
        elif float(value) == 0:
            self.faults.add(
                name, value, "an amount of nothing", "Write what was asked, or take it out"
            )
        else:
            return float(value)
        return float("nan")

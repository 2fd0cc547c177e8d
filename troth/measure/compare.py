"""The comparisons of `indicators/shared.py` over arrays: the same verdicts at a tenth of the time.

What a comparison means is said once, as an expression; its SQL is what the pages print, what Spark
runs, and what finds the cases behind a figure. A reduction over millions of facts needs only the
verdicts, and counting by codes gives them without sorting or joining texts. The two must agree in
every case, and `tests/measure/test_compare.py` lets them try. A comparison that is not known here,
or whose sums would not be exact, is left to the SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from troth.measure.cases import Cases
from troth.tables.states import FLAGGED, NOT_APPLICABLE, NOT_FLAGGED

#: Verdicts on an open case.
NOT_HIT, HIT, NOT_CONCERNED, CANNOT_TELL = 0, 1, 2, -1

#: A table of counts may have this many cells for each case, and some anyway; else pairs are sorted.
CELLS_A_CASE, CELLS_ANYWAY = 8, 1 << 20

#: So many cases are looked at to guess whether a column has few different numbers.
LOOKED_AT = 16_384

#: Whole numbers up to here are exact in floating point, and so are their sums.
EXACT = 2.0**53

#: The firms of a group are first counted in so many heaps: none holds more than its heap does.
MOST_HEAPS = 64

CENTS = 100

#: Whole numbers are sorted by so many bits at a time, and the highest number of so many bits.
DIGIT = 16
HIGHEST = (1 << DIGIT) - 1

T = TypeVar("T")


@dataclass(frozen=True)
class Open:
    """The open cases of one indicator: `rows` of all cases of the kind, and their columns."""

    cases: Cases
    comparison: Mapping[str, Any]
    rows: np.ndarray

    def _name(self, name: str) -> str:
        return column_of(self.comparison, name)

    def once(self, what: str, names: Sequence[str], make: Callable[[], T]) -> T:
        """What `make` gives of these columns of these rows, made once."""
        return self.cases.once((what, id(self.rows), *map(self._name, names)), make)

    def numbers(self, name: str) -> np.ndarray:
        def take() -> np.ndarray:
            found: np.ndarray = self.cases.numbers(self._name(name))[self.rows]
            return found

        return self.once("numbers", [name], take)

    def codes(self, name: str) -> tuple[np.ndarray, int]:
        codes, values = self.cases.codes(self._name(name))
        return codes[self.rows], len(values)

    def groups(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray, int]:
        """The group of each case, whether all that makes the group is known, and how many groups
        there could be."""
        names = [self._name(name) for name in names]
        group, size = self.cases.together(names)
        return group[self.rows], self.cases.placed(names)[self.rows], size

    def numbered(self, names: Sequence[str]) -> tuple[np.ndarray, int]:
        """The group of each case, -1 where not all that makes it is known, and how many there are."""

        def take() -> tuple[np.ndarray, int]:
            group, placed, size = self.groups(names)
            rows = np.flatnonzero(placed)
            found = np.full(len(group), -1)
            found[rows], there = _numbered(group[rows], size)
            return found, len(there)

        return self.once("numbered", names, take)


def knows(comparison: Mapping[str, Any]) -> bool:
    """Whether a comparison is known here; its sums may still be such that the SQL is to be asked."""
    return comparison.get("name") in _KNOWN


def verdicts(comparison: Mapping[str, Any], cases: Cases, rows: np.ndarray) -> np.ndarray | None:
    """What a comparison says of the open cases, which stand in these rows; nothing where the SQL is
    to be asked."""
    if not knows(comparison):
        return None
    return _KNOWN[comparison["name"]](Open(cases, comparison, rows), comparison)


def as_states(found: np.ndarray, no_peers: int) -> np.ndarray:
    """Verdicts as states; `no_peers` is the state of a case that nothing is fit to compare with."""
    # By the numbers of the verdicts; -1 is the last.
    of_verdict = np.array([NOT_FLAGGED, FLAGGED, NOT_APPLICABLE, no_peers], np.int8)
    states: np.ndarray = of_verdict[found]
    return states


def columns(comparison: Mapping[str, Any]) -> list[str]:
    """The columns of facts that `verdicts` looks at."""
    if not knows(comparison):
        return []
    single = [comparison[name] for name in _NAMES_A_COLUMN if name in comparison]
    ladder = [[step] if isinstance(step, str) else step for step in comparison.get("ladder", ())]
    further = _FURTHER_COLUMNS.get(comparison["name"], ())
    named = [*single, *chain.from_iterable(ladder), *comparison.get("among", ()), *further]
    return [column_of(comparison, name) for name in named]


def column_of(comparison: Mapping[str, Any], name: str) -> str:
    """The column of facts that a comparison calls by this name."""
    found: str = comparison["columns"].get(name, name)
    return found


# -- peers ---------------------------------------------------------------------------------------


def _fence(cases: Open, asked: Mapping[str, Any]) -> np.ndarray:
    value = cases.numbers(asked["value"])
    high = asked["side"] == "high"

    def fences(peers: _Peers) -> np.ndarray:
        lower, upper = peers.quantile(asked["lower"]), peers.quantile(asked["upper"])
        spread = upper - lower
        serves = (peers.count >= asked["fewest"]) & (spread > 0)
        beyond = asked["width"] * spread
        return np.where(serves, upper + beyond if high else lower - beyond, np.nan)

    limit = _limits(cases, asked, fences)
    return _verdict(value > limit if high else value < limit, ~np.isnan(limit) & ~np.isnan(value))


def _part_of_median(cases: Open, asked: Mapping[str, Any]) -> np.ndarray:
    value = cases.numbers(asked["value"])

    def medians(peers: _Peers) -> np.ndarray:
        return np.where(peers.count >= asked["fewest"], peers.quantile(asked["middle"]), np.nan)

    limit = _limits(cases, asked, medians) * asked["part"]
    return _verdict(value < limit, ~np.isnan(limit) & ~np.isnan(value))


def _far_from_median(cases: Open, asked: Mapping[str, Any]) -> np.ndarray:
    name, middle = asked["value"], asked["middle"]
    value = cases.numbers(name)
    order = cases.once("order", [name], lambda: _Order(cases.numbers(name)))
    distance, limit = np.full(len(value), np.nan), np.full(len(value), np.nan)
    for step in asked["ladder"]:
        group, size = cases.numbered(step)
        peers = order.peers_of(group, size)
        apart = np.abs(value - _of_group(peers.quantile(middle), group))
        spread = _Order(apart).peers_of(group, size).quantile(middle)
        serves = (peers.count >= asked["fewest"]) & (spread > 0)
        far = np.where(serves, asked["limit"] * asked["scale"] * spread, np.nan)
        undecided = np.isnan(limit)
        limit[undecided] = _of_group(far, group)[undecided]
        distance[undecided] = apart[undecided]
        if not np.isnan(limit).any():
            break
    return _verdict(distance > limit, ~np.isnan(limit) & ~np.isnan(distance))


def _of_group(figure: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The figure of each case's group; NaN for a case without a group."""
    found: np.ndarray = np.append(figure, np.nan)[group]
    return found


class _Peers:
    """The cases of each group, and where their values stand in order."""

    def __init__(self, count: np.ndarray, known: np.ndarray, nth: Callable[[np.ndarray], Any]):
        self.count = count  # with those that have no value
        self.known = known
        self.nth = nth

    def quantile(self, share: float) -> np.ndarray:
        """The value with that share of the group's cases below it, between two values in
        proportion; NaN for a group without values."""
        place = np.maximum(self.known - 1, 0) * share
        below = np.floor(place)
        low = self.nth(below.astype(np.int64))
        high = self.nth(np.ceil(place).astype(np.int64))
        part = place - below
        found: np.ndarray = np.where(self.known > 0, low * (1 - part) + high * part, np.nan)
        return found


def _limits(
    cases: Open, asked: Mapping[str, Any], limits: Callable[[_Peers], np.ndarray]
) -> np.ndarray:
    """The limit of each case: that of the narrowest step of the ladder that gives one."""
    name = asked["value"]
    order = cases.once("order", [name], lambda: _Order(cases.numbers(name)))
    everyone = np.zeros(len(cases.rows), np.int32), 1
    found = np.empty(len(cases.rows))
    undecided: slice | np.ndarray = slice(None)
    for step in [*asked["ladder"], None]:
        group, size = cases.codes(step) if step else everyone
        # The last limit is that of cases without a group, which is none.
        of_group = np.append(limits(order.peers(step, group, size)), np.nan)
        found[undecided] = of_group[group[undecided]]
        undecided = np.flatnonzero(np.isnan(found))
        if not len(undecided):
            break
    return found


class _Order:
    """The order of some numbers, from which that of every grouping of them follows."""

    def __init__(self, value: np.ndarray) -> None:
        self.value = value
        self._peers: dict[str | None, _Peers] = {}
        few = len(np.unique(value[:LOOKED_AT])) * 4 < min(len(value), LOOKED_AT)
        self.ranks = _ranks(value) if few else None

    def peers(self, step: str | None, group: np.ndarray, size: int) -> _Peers:
        """The peers that this step of a ladder gives."""
        if step not in self._peers:
            self._peers[step] = self.peers_of(group, size)
        return self._peers[step]

    def peers_of(self, group: np.ndarray, size: int) -> _Peers:
        """The peers that any grouping gives; the group of a case that has none is -1."""
        count = np.bincount(group + 1, minlength=size + 1)[1:]
        if self.ranks is not None:
            rank, distinct = self.ranks
            if size * len(distinct) <= _most_cells(len(group)):
                return self._counted(group, size, count, rank, distinct)
        return self._sorted(group, size, count)

    def _counted(
        self, group: np.ndarray, size: int, count: np.ndarray, rank: np.ndarray, distinct: np.ndarray
    ) -> _Peers:  # fmt: skip
        """How many cases of each group have each value, or a lower one."""
        wide = len(distinct) + 1  # the last is for cases without a value
        cells = np.bincount((group + 1) * wide + rank, minlength=(size + 1) * wide)
        upto = cells.reshape(size + 1, wide)[1:, :-1].cumsum(axis=1)

        def nth(place: np.ndarray) -> np.ndarray:
            if not len(distinct):
                return np.full(size, np.nan)
            found: np.ndarray = distinct[(upto > place[:, None]).argmax(axis=1)]
            return found

        return _Peers(count, upto[:, -1] if len(distinct) else np.zeros(size, np.int64), nth)

    @cached_property
    def heaps(self) -> tuple[np.ndarray, np.ndarray]:
        """The heap of each number, a higher one for higher numbers, and the rows in the order of
        heaps; those without a number are left out."""
        rows = np.flatnonzero(~np.isnan(self.value))
        value = self.value[rows]
        low, high = value.min(initial=np.inf), value.max(initial=-np.inf)
        heap = np.zeros(len(self.value), np.uint16)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            scale = HIGHEST / (high - low)
        if np.isfinite(scale) and scale > 0:  # else they all are in one heap
            heap[rows] = (value - low) * scale
        return heap, rows[np.argsort(heap[rows], kind="stable")]

    def _sorted(self, group: np.ndarray, size: int, count: np.ndarray) -> _Peers:
        """The rows sorted by group and heap; a heap is sorted where somebody asks for a value in it.

        Sorting by 16 bits is done by counting, and a tenth of the work of sorting numbers.
        """
        heap, order = self.heaps
        in_order = group[order]
        in_order += 1
        known = np.bincount(in_order, minlength=size + 1)
        first = known.cumsum()[:-1]
        rows = order[_order_of(in_order, size + 1)]
        run = np.repeat(np.arange(size + 1) << DIGIT, known)
        run += heap[rows]

        def nth(place: np.ndarray) -> np.ndarray:
            if not len(rows):
                return np.full(size, np.nan)
            at = np.minimum(first + place, len(rows) - 1)
            runs, which = np.unique(run[at], return_inverse=True)
            start, end = np.searchsorted(run, runs), np.searchsorted(run, runs, "right")
            length = end - start
            # All rows of these runs, run after run, and each run by its values.
            begin = length.cumsum() - length
            within = np.arange(length.sum()) + np.repeat(start - begin, length)
            value = self.value[rows[within]]
            value = value[np.lexsort((value, np.repeat(np.arange(len(runs)), length)))]
            found: np.ndarray = value[begin[which] + at - start[which]]
            return found

        return _Peers(count, known[1:], nth)


def _ranks(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rank of each number among the different ones, and these; that of NaN is one more."""
    import pyarrow as pa

    coded = pa.array(value, from_pandas=True).dictionary_encode()
    distinct = coded.dictionary.to_numpy()
    order = np.argsort(distinct)
    rank_of = np.empty(len(distinct) + 1, np.int64)
    rank_of[order] = np.arange(len(distinct))
    rank_of[-1] = len(distinct)
    return rank_of[coded.indices.fill_null(-1).to_numpy()], distinct[order]


# -- firms -----------------------------------------------------------------------------------------


def _held_by_count(cases: Open, asked: Mapping[str, Any]) -> np.ndarray | None:
    group, placed, size = cases.groups(asked["among"])
    firm, firms = cases.codes(asked["firm"])
    if firm.min(initial=0) < 0:
        return None
    whole = np.bincount(group, minlength=size)[group]
    told = placed & (whole >= asked["fewest"])
    heaps = max(1, min(MOST_HEAPS, _most_cells(len(group)) // size))
    heap = group * heaps + firm % heaps
    most = np.bincount(heap, minlength=size * heaps)[heap]
    hit = np.zeros(len(group), bool)
    rows = np.flatnonzero(told & (most / np.maximum(whole, 1) >= asked["at_least"]))
    pair, _, _ = _pairs(group[rows], size, firm[rows], firms)
    held = np.bincount(pair)[pair]
    hit[rows] = held / whole[rows] >= asked["at_least"]
    return _verdict(hit, told)


@dataclass(frozen=True)
class _Market:
    """Who holds how much: a row for each pair of group and firm, and where each case's stands."""

    placed: np.ndarray  # the cases that have a place in a market that is large enough
    group: np.ndarray  # of each of them
    pair: np.ndarray  # of each of them
    size: int
    group_of_pair: np.ndarray
    share: np.ndarray  # of each pair; NaN in a market without value


def _market(cases: Open, asked: Mapping[str, Any]) -> _Market | None:
    names = [*asked["among"], asked["firm"], asked["amount"]]
    return cases.once(f"market {asked['fewest']}", names, lambda: _made_market(cases, asked))


def _made_market(cases: Open, asked: Mapping[str, Any]) -> _Market | None:
    group, placed, size = cases.groups(asked["among"])
    firm, firms = cases.codes(asked["firm"])
    if firm.min(initial=0) < 0:
        return None
    large = np.bincount(group, minlength=size) >= asked["fewest"]
    rows = np.flatnonzero(placed & large[group])
    group, firm = group[rows], firm[rows]
    cents = _rounded(cases.numbers(asked["amount"])[rows] * CENTS)
    total = np.bincount(group, cents, size)
    if not (total.max(initial=0) < EXACT and cents.min(initial=0) >= 0):  # NaN too goes to the SQL
        return None
    pair, group_of_pair, pairs = _pairs(group, size, firm, firms)
    won = np.bincount(pair, cents, pairs) / CENTS
    with np.errstate(divide="ignore", invalid="ignore"):
        share = won / (total / CENTS)[group_of_pair]
    return _Market(rows, group, pair, size, group_of_pair, share)


def _held_by_value(cases: Open, asked: Mapping[str, Any]) -> np.ndarray | None:
    market = _market(cases, asked)
    if market is None:
        return None
    share = np.full(len(cases.rows), np.nan)
    share[market.placed] = market.share[market.pair]
    return _verdict(share >= asked["at_least"], ~np.isnan(share))


def _concentration(cases: Open, asked: Mapping[str, Any]) -> np.ndarray | None:
    market = _market(cases, asked)
    if market is None:
        return None
    known = ~np.isnan(market.share)
    whole = _rounded(market.share[known] * asked["whole"])
    squares = np.zeros(market.size, np.int64)
    np.add.at(squares, market.group_of_pair[known], whole.astype(np.int64) ** 2)
    served = np.bincount(market.group_of_pair[known], minlength=market.size) > 0
    index = squares.astype(np.float64) / asked["whole"] / asked["whole"] * asked["largest"]
    index[~served] = np.nan
    found = np.full(len(cases.rows), np.nan)
    found[market.placed] = index[market.group]
    return _verdict(found >= asked["at_least"], ~np.isnan(found))


def _many_classes(cases: Open, asked: Mapping[str, Any]) -> np.ndarray | None:
    firm, firms = cases.codes(asked["firm"])
    if firm.min(initial=0) < 0:
        return None
    item, items = cases.codes(asked["item"])
    pid, pids = cases.codes("pid")
    classed = item >= 0
    won = np.bincount(firm[classed], minlength=firms)
    # A firm has no more processes than cases, so that others need not be looked at.
    rows = np.flatnonzero(classed & (won >= asked["fewest"])[firm])

    def different(what: np.ndarray, size: int) -> np.ndarray:
        _, of_pair, _ = _pairs(firm[rows].astype(np.int64), firms, what[rows], size)
        return np.bincount(of_pair, minlength=firms)

    classes = different(item, items)
    large = different(pid, pids) >= asked["fewest"]
    wide = np.sort(classes[large]).astype(np.float64)
    everyone = np.array([len(wide)])
    peers = _Peers(everyone, everyone, lambda place: wide[place] if len(wide) else np.nan)
    lower, upper = peers.quantile(asked["lower"])[0], peers.quantile(asked["upper"])[0]
    spread = upper - lower
    serves = len(wide) >= asked["firms"] and spread > 0
    hit = classes[firm] >= upper + asked["width"] * spread
    found = _verdict(hit, np.full(len(firm), serves) & (won > 0)[firm])
    found[(~large & (won > 0))[firm]] = NOT_CONCERNED
    return found


def _much_larger(cases: Open, asked: Mapping[str, Any]) -> np.ndarray | None:
    direct = cases.numbers(asked["direct"])
    if direct.dtype != bool:  # some are not known
        return None
    group, size = cases.numbered(asked["among"])
    day = cases.numbers(asked["day"]).astype(np.float64)
    amount = cases.numbers(asked["amount"])
    begun = _least(group, size, day)
    since = day - _of_group(begun, group)
    on_first = np.flatnonzero(since == 0)
    first = -_least(group[on_first], size, -amount[on_first])
    first[first == 0] = np.nan
    other = np.zeros(size + 1, bool)
    other[group[on_first[~direct[on_first]]]] = True
    with np.errstate(over="ignore"):
        times = amount / _of_group(first, group)
    found = _verdict(times >= asked["at_least"], ~np.isnan(times))
    found[(since <= 0) | (since > asked["days"]) | other[group]] = NOT_CONCERNED
    return found


def _least(group: np.ndarray, size: int, value: np.ndarray) -> np.ndarray:
    """The lowest known value of each group; NaN for one without."""
    placed = group >= 0
    found = np.full(size, np.nan)
    np.fmin.at(found, group[placed], value[placed])
    return found


def _first_digits(cases: Open, asked: Mapping[str, Any]) -> np.ndarray:
    group, size = cases.numbered(asked["among"])
    digit, amount = cases.numbers(asked["digit"]), cases.numbers(asked["amount"])
    whole = np.bincount(group + 1, minlength=size + 1)[1:]
    total = np.zeros(size)
    for first, foreseen in enumerate(asked["foreseen"], 1):
        of_digit = np.bincount(group[digit == first] + 1, minlength=size + 1)[1:]
        total += np.abs(of_digit / np.maximum(whole, 1) - foreseen)
    smallest, largest = _least(group, size, amount), -_least(group, size, -amount)
    serves = (whole >= asked["fewest"]) & (largest >= smallest * float(asked["span"]))
    parts = 10.0 ** asked["rounded"]
    mean = _rounded(total / len(asked["foreseen"]) * parts) / parts
    distance = _of_group(np.where(serves, mean, np.nan), group)
    return _verdict(distance > asked["most"], ~np.isnan(distance))


def _pairs(
    group: np.ndarray, groups: int, firm: np.ndarray, firms: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """The number of each case's pair of group and firm, the group of each pair, and how many."""
    number, there = _numbered(group * firms + firm, groups * firms)
    return number, there // max(firms, 1), len(there)


def _numbered(whole: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The place of each of these whole numbers below `size` among the different ones, and these in
    order."""
    if size <= _most_cells(len(whole)):
        there = np.flatnonzero(np.bincount(whole, minlength=size))
        number = np.empty(size, np.int64)
        number[there] = np.arange(len(there))
        return number[whole], there
    order = _order_of(whole, size)
    in_order = whole[order]
    first = np.ones(len(whole), bool)
    first[1:] = in_order[1:] != in_order[:-1]
    number = np.empty(len(whole), np.int64)
    number[order] = first.cumsum() - 1
    return number, in_order[first]


def _order_of(numbers: np.ndarray, size: int) -> np.ndarray:
    """The order of whole numbers below `size`, by 16 bits at a time, which is done by counting."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    for shift in range(DIGIT, int(size).bit_length(), DIGIT):
        digit = (numbers >> shift).astype(np.uint16)[order]
        order = order[np.argsort(digit, kind="stable")]
    return order


def _rounded(numbers: np.ndarray) -> np.ndarray:
    """Whole numbers, a half to the higher one."""
    found: np.ndarray = np.floor(numbers)
    found += numbers - found >= 0.5
    return found


def _most_cells(cases: int) -> int:
    return CELLS_A_CASE * cases + CELLS_ANYWAY


def _verdict(hit: np.ndarray, told: np.ndarray) -> np.ndarray:
    return np.where(told, hit.astype(np.int8), np.int8(CANNOT_TELL))


# -- time ----------------------------------------------------------------------------------------


def _not_in_time(cases: Open, asked: Mapping[str, Any]) -> np.ndarray:
    today = cases.numbers(asked["today"]).astype("datetime64[D]").astype(np.int64)
    value, since = cases.numbers(asked["value"]), cases.numbers(asked["since"])
    hit = _verdict(~(value <= asked["days"]), np.ones(len(value), bool))
    hit[today - since < asked["days"]] = NOT_CONCERNED
    return hit


def _overdue(cases: Open, asked: Mapping[str, Any]) -> np.ndarray:
    today = cases.numbers(asked["today"]).astype("datetime64[D]").astype(np.int64)
    late, passed = cases.numbers(asked["late"]), cases.numbers(asked["due"]) < today
    return _verdict((late > 0) | passed, ~np.isnan(late) | passed)


def _in_window(cases: Open, asked: Mapping[str, Any]) -> np.ndarray | None:
    group, groups = cases.numbered(asked["among"])
    amount, threshold = cases.numbers(asked["amount"]), cases.numbers(asked["threshold"])
    day = cases.numbers(asked["day"]).astype(np.float64)
    found = _verdict(np.zeros(len(group), bool), group >= 0)
    rows = np.flatnonzero((group >= 0) & ~np.isnan(day))
    if len(rows):
        within = _within(group[rows], groups, day[rows], amount[rows], threshold[rows], asked)
        if within is None:
            return None
        found[rows[within]] = HIT
    if asked["below"]:
        found[amount >= threshold] = NOT_CONCERNED
    return found


def _within(
    group: np.ndarray, groups: int, day: np.ndarray, amount: np.ndarray, threshold: np.ndarray,
    asked: Mapping[str, Any],
) -> np.ndarray | None:  # fmt: skip
    """Whether each case lies in a window that is full; nothing where the SQL is to be asked."""
    counts = amount < threshold if asked["below"] else np.ones(len(group), bool)
    # The days of all groups on one line, those of each so far from the next that no window reaches
    # across: what is then in a window is between two places on it.
    first = day.min()
    wide = day.max() - first + asked["days"] + 1
    if not (groups * wide < EXACT and (day == np.floor(day)).all()):
        return None
    line = group * int(wide) + (day - first).astype(np.int64)
    place, line = _numbered(line, groups * int(wide))
    places = len(line)
    end = np.searchsorted(line, line + asked["days"], "right")
    cases = np.bincount(place[counts], minlength=places)
    full = (cases > 0) & (_sum_until(end, cases) >= asked["fewest"])
    if asked["reaching"]:
        cents = _rounded(amount[counts] * CENTS)
        total = np.bincount(group[counts], cents, groups)
        if not (total.max(initial=0) < EXACT and cents.min(initial=0) >= 0):  # NaN too
            return None
        of_day = np.bincount(place[counts], cents, places).astype(np.int64)
        lowest = _least(place[counts], places, threshold[counts])
        full &= _sum_until(end, of_day) / CENTS >= lowest
    # The last full window that begins by a day is the one to reach it, if any does.
    begins = np.maximum.accumulate(np.where(full, line, -asked["days"] - 1))
    held: np.ndarray = (cases > 0) & (line - begins <= asked["days"])
    found: np.ndarray = held[place]
    return found


def _sum_until(end: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The sum from each place to the one before its end. Sums of whole numbers may wrap around on
    the way: the difference is right again."""
    upto = np.concatenate([np.zeros(1, np.int64), numbers.cumsum()])
    found: np.ndarray = upto[end] - upto[:-1]
    return found


#: Which fields of a comparison name one column.
_NAMES_A_COLUMN = (
    "value", "firm", "item", "amount", "since", "today", "day", "threshold", "direct", "digit",
    "late", "due",
)  # fmt: skip

#: What comparisons look at beside what they name.
_FURTHER_COLUMNS: Mapping[str, Sequence[str]] = {"ManyClasses": ["pid"]}

_KNOWN: Mapping[str, Callable[[Open, Mapping[str, Any]], np.ndarray | None]] = {
    "Fence": _fence,
    "PartOfMedian": _part_of_median,
    "FarFromMedian": _far_from_median,
    "HeldByCount": _held_by_count,
    "HeldByValue": _held_by_value,
    "Concentration": _concentration,
    "ManyClasses": _many_classes,
    "MuchLarger": _much_larger,
    "FirstDigits": _first_digits,
    "NotInTime": _not_in_time,
    "Overdue": _overdue,
    "InWindow": _in_window,
}

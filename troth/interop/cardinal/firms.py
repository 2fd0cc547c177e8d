"""Indicators that add up over all processes: R024 R025 R038 R048 R058."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from troth.interop.cardinal.currencies import MainCurrency
from troth.interop.cardinal.quartiles import quantile, quartiles
from troth.interop.cardinal.releases import (
    Json,
    a_list,
    a_text,
    active_awards,
    an_object,
    bids_of,
    by_status,
    compares_prices,
    ids_of,
    only_id,
    only_supplier,
    price_of,
    submitted_bids,
    tender_of,
)
from troth.interop.cardinal.results import (
    BUYER,
    OCID,
    PROCURING_ENTITY,
    TENDERER,
    Results,
)
from troth.interop.cardinal.settings import Settings


class Adding(Protocol):
    """An indicator that looks at every release first, and judges at the end."""

    def look(self, release: Json, ocid: str, results: Results) -> None: ...

    def judge(self, results: Results) -> None: ...


@dataclass
class Fraction:
    """Bids or processes in which it happened, and all of them."""

    hits: int = 0
    of: int = 0

    def add(self, hits: int, of: int) -> None:
        self.hits += hits
        self.of += of

    @property
    def ratio(self) -> float:
        return self.hits / self.of


@dataclass(frozen=True)
class Gap:
    """How far the best losing price of a process lies above the winning one."""

    ratio: float
    winner: str
    runner_up: str


class PriceGaps:
    """R024 and R058: gaps between the winner and the runner-up, beyond a fence of all gaps."""

    def __init__(self, settings: Settings, currency: MainCurrency) -> None:
        self.compared = compares_prices(settings)
        self.currency = currency
        self.close = settings.indicators.get("R024")
        self.wide = settings.indicators.get("R058")
        self.gaps: dict[str, Gap] = {}

    def look(self, release: Json, ocid: str, _results: Results) -> None:
        winner = only_supplier(release) if self.compared(release) else None
        if winner is None:
            return
        lowest: dict[bool, tuple[float, str]] = {}  # of the winner, of anybody else
        for bid in by_status(bids_of(release), "valid"):
            price, tenderer = price_of(bid), only_id(bid.get("tenderers"))
            if price is None or tenderer is None or not self.currency.is_main(price[1]):
                continue
            mine = tenderer == winner
            if mine not in lowest or price[0] < lowest[mine][0]:
                lowest[mine] = price[0], tenderer
        if len(lowest) < 2:
            return
        (won, _), (lost, runner_up) = lowest[True], lowest[False]
        if lost >= won:
            self.gaps[ocid] = Gap(_share(lost - won, won), winner, runner_up)

    def judge(self, results: Results) -> None:
        if self.close is not None:
            self._judge_close(results, self.close["threshold"])
        if self.wide is not None:
            self._judge_wide(results, self.wide["threshold"])

    def _judge_close(self, results: Results, fence: float | None) -> None:
        first = 1.0
        if fence is None:
            found = quartiles(gap.ratio for gap in self.gaps.values())
            results.tell_quartiles("R024", found)
            first, fence = found.first, found.lower_fence
        results.tell("R024", "lower_fence", fence)
        if first > 0 and fence > 0:
            for ocid, gap in self.gaps.items():
                if gap.ratio <= fence:
                    results.flag(OCID, ocid, "R024", gap.ratio)
                    results.flag_tenderers(ocid, (gap.winner, gap.runner_up), "R024", 0.0)

    def _judge_wide(self, results: Results, fence: float | None) -> None:
        if fence is None:
            found = quartiles(gap.ratio for gap in self.gaps.values())
            results.tell_quartiles("R058", found)
            fence = found.upper_fence
        results.tell("R058", "upper_fence", fence)
        if fence > 0:
            for ocid, gap in self.gaps.items():
                if gap.ratio >= fence:
                    results.flag(OCID, ocid, "R058", gap.ratio)
                    results.flag_tenderers(ocid, (gap.winner,), "R058", 0.0)


class UnsuccessfulBids:
    """R025: tenderers that bid as often as the top ones and win less than a fence of all."""

    def __init__(self, settings: Settings) -> None:
        mine = settings.indicators["R025"]
        self.percentile, self.threshold = mine["percentile"], mine["threshold"]
        self.wins: dict[str, Fraction] = {}

    def look(self, release: Json, _ocid: str, _results: Results) -> None:
        winner = only_supplier(release)
        if winner is None:
            return
        bidders = (only_id(bid.get("tenderers")) for bid in by_status(bids_of(release), "valid"))
        for tenderer in dict.fromkeys(one for one in bidders if one is not None):
            self.wins.setdefault(tenderer, Fraction()).add(tenderer == winner, 1)

    def judge(self, results: Results) -> None:
        often = quantile(sorted(float(one.of) for one in self.wins.values()), self.percentile / 100)
        first, fence = 1.0, self.threshold
        if fence is None:
            found = quartiles(one.ratio for one in self.wins.values())
            results.tell_quartiles("R025", found)
            first, fence = found.first, found.lower_fence
        results.tell("R025", "upper_fence", often)
        results.tell("R025", "lower_fence", fence)
        if first > 0 and fence > 0:
            for tenderer, one in self.wins.items():
                if one.of >= often and one.ratio <= fence:
                    results.flag(TENDERER, tenderer, "R025", one.ratio)


class DisqualifiedBids:
    """R038: buyers, procuring entities and tenderers by the share of their bids thrown out.

    The minimum of contracting processes is compared with the number of bids, as Cardinal does (D1).
    """

    def __init__(self, settings: Settings) -> None:
        mine = settings.indicators["R038"]
        self.threshold = mine["threshold"]
        processes, bids = mine["minimum_contracting_processes"], mine["minimum_submitted_bids"]
        self.least = {BUYER: processes, PROCURING_ENTITY: processes, TENDERER: bids}
        self.shares: dict[str, dict[str, Fraction]] = {group: {} for group in self.least}

    def look(self, release: Json, ocid: str, results: Results) -> None:
        bids = submitted_bids(release)
        if not bids:
            return
        for bid in bids:
            for tenderer in ids_of(bid.get("tenderers")):
                self._add(TENDERER, tenderer, bid["status"] == "disqualified", 1)
        disqualified = sum(bid["status"] == "disqualified" for bid in bids)
        for group, party, mapped in (
            (BUYER, release.get("buyer"), results.maps.buyer),
            (
                PROCURING_ENTITY,
                tender_of(release).get("procuringEntity"),
                results.maps.procuring_entity,
            ),
        ):
            key = a_text(an_object(party).get("id"))
            if key is not None:
                self._add(group, key, disqualified, len(bids))
                if disqualified:
                    mapped[ocid] = key

    def _add(self, group: str, key: str, hits: int, of: int) -> None:
        self.shares[group].setdefault(key, Fraction()).add(hits, of)

    def judge(self, results: Results) -> None:
        for group, least in self.least.items():
            ratios = {key: one.ratio for key, one in self.shares[group].items() if one.of >= least}
            if ratios:
                self._judge(group, ratios, results)

    def _judge(self, group: str, ratios: Mapping[str, float], results: Results) -> None:
        fence = self.threshold
        if fence is None:
            found = quartiles(ratios.values())
            results.tell_quartiles("R038", found, f"{group}_")
            fence = found.upper_fence
        results.tell("R038", f"{group}_upper_fence", fence)
        if fence > 0:
            for key, ratio in ratios.items():
                if ratio >= fence:
                    results.flag(group, key, "R038", ratio)


class HeterogeneousSuppliers:
    """R048: suppliers whose awards are of more classes of goods than a fence of all."""

    def __init__(self, settings: Settings) -> None:
        mine = settings.indicators["R048"]
        self.digits, self.threshold = mine["digits"], mine["threshold"]
        self.least = mine["minimum_contracting_processes"]
        self.classes: dict[str, set[str]] = {}
        self.processes: dict[str, int] = {}

    def look(self, release: Json, _ocid: str, _results: Results) -> None:
        met: set[str] = set()
        for award in active_awards(release):
            supplier, items = only_id(award.get("suppliers")), a_list(award.get("items"))
            found = list(_codes(items or ()))
            if supplier is None or not found:
                continue
            self.classes.setdefault(supplier, set()).update(code[: self.digits] for code in found)
            met.add(supplier)
        for supplier in met:
            self.processes[supplier] = self.processes.get(supplier, 0) + 1

    def judge(self, results: Results) -> None:
        sizes = {
            supplier: float(len(classes))
            for supplier, classes in self.classes.items()
            if self.processes[supplier] >= self.least
        }
        fence = self.threshold
        if fence is None:
            found = quartiles(sizes.values())
            results.tell_quartiles("R048", found)
            fence = found.upper_fence
        results.tell("R048", "upper_fence", float(fence))
        for supplier, size in sizes.items():
            if size >= fence:
                results.flag(TENDERER, supplier, "R048", size)


def _codes(items: Iterable[Any]) -> Iterable[str]:
    found = (an_object(an_object(item).get("classification")).get("id") for item in items)
    return (one for one in found if type(one) is str)


def _share(part: float, whole: float) -> float:
    """A quotient as floating point has it: where the whole is 0, infinite, or no number for 0."""
    if whole == 0:
        return math.nan if part == 0 else math.copysign(math.inf, whole) * part
    return part / whole

"""Indicators that look at one contracting process at a time: R003 R018 R028 R030 R035 R036."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from troth.interop.cardinal.currencies import MainCurrency
from troth.interop.cardinal.moments import Moment, moment, whole_days
from troth.interop.cardinal.releases import (
    Json,
    a_text,
    active_awards,
    an_object,
    bids_of,
    by_status,
    compares_prices,
    final_awards,
    ids_of,
    price_of,
    submitted_bids,
    tender_of,
)
from troth.interop.cardinal.results import OCID, Results
from troth.interop.cardinal.settings import Settings

#: What an indicator does with one release: its ocid, and where it puts what it finds.
Look = Callable[[Json, str, Results], None]


def short_period(settings: Settings) -> Look:
    """R003: fewer whole days to hand in a bid than the threshold; an end before the start too."""
    mine = settings.indicators["R003"]
    methods, by_details = mine["procurement_methods"], mine["procurement_method_details"]

    def look(release: Json, ocid: str, results: Results) -> None:
        tender = tender_of(release)
        if not _has_method(tender, methods):
            return
        period = an_object(tender.get("tenderPeriod"))
        start, end = (_moment(period.get(name)) for name in ("startDate", "endDate"))
        if start is None or end is None:
            return
        details = a_text(tender.get("procurementMethodDetails"))
        threshold = by_details.get(details, mine["threshold"])
        if whole_days(start, end) < threshold:
            results.flag(OCID, ocid, "R003", 1.0)

    return look


def single_bid(settings: Settings) -> Look:
    """R018: one tenderer is stated. Bids are not counted, and `1.0` is not 1."""
    methods = settings.indicators["R018"]["procurement_methods"]

    def look(release: Json, ocid: str, results: Results) -> None:
        tender = tender_of(release)
        stated = tender.get("numberOfTenderers")
        if type(stated) is int and stated == 1 and _has_method(tender, methods):
            results.flag(OCID, ocid, "R018", 1.0)

    return look


def identical_prices(settings: Settings) -> Look:
    """R028: a bid has the price of the last bid of that price, and other tenderers."""
    compared = compares_prices(settings)

    def look(release: Json, ocid: str, results: Results) -> None:
        if not compared(release):
            return
        last: dict[tuple[float, str], list[str]] = {}
        for bid in submitted_bids(release):
            price, ids = price_of(bid), ids_of(bid.get("tenderers"))
            if price is None or not ids:
                continue
            others = last.get(price)
            if others is not None and set(others) != set(ids):
                results.flag(OCID, ocid, "R028", 1.0)
                results.flag_tenderers(ocid, [*ids, *others], "R028", 1.0)
            last[price] = ids

    return look


def late_bid_won(_settings: Settings) -> Look:
    """R030: a valid bid of a supplier is dated after the deadline, both compared as texts."""

    def look(release: Json, ocid: str, results: Results) -> None:
        deadline = a_text(an_object(tender_of(release).get("tenderPeriod")).get("endDate"))
        if deadline is None:
            return
        winners = {
            one for award in active_awards(release) for one in ids_of(award.get("suppliers"))
        }
        for bid in by_status(bids_of(release), "valid"):
            received = a_text(bid.get("date"))
            if received is None or received <= deadline:
                continue
            late = [one for one in ids_of(bid.get("tenderers")) if one in winners]
            if late:
                results.flag(OCID, ocid, "R030", 1.0)
                results.flag_tenderers(ocid, late, "R030", 1.0)

    return look


def all_others_disqualified(settings: Settings) -> Look:
    """R035: one tenderer has valid bids, holds all awards, and enough others are disqualified."""
    threshold = max(settings.indicators["R035"]["threshold"], 1)

    def look(release: Json, ocid: str, results: Results) -> None:
        awards = final_awards(release)
        if awards is None:
            return
        bids = bids_of(release)
        valid = {one for bid in by_status(bids, "valid") for one in ids_of(bid.get("tenderers"))}
        suppliers = {one for award in awards for one in ids_of(award.get("suppliers"))}
        if len(valid) != 1 or valid != suppliers:
            return
        disqualified = by_status(bids, "disqualified")
        others = {one for bid in disqualified for one in ids_of(bid.get("tenderers"))} - valid
        if len(others) >= threshold:
            results.flag(OCID, ocid, "R035", float(len(others)))
            results.flag_tenderers(ocid, valid, "R035", 0.0)

    return look


def lowest_disqualified(settings: Settings, currency: MainCurrency) -> Look:
    """R036: the first of the lowest bids is disqualified, and a bid with a price is valid."""
    compared = compares_prices(settings)

    def look(release: Json, ocid: str, results: Results) -> None:
        if not compared(release) or not active_awards(release):
            return
        lowest: tuple[float, str] | None = None
        some_valid = False
        for bid in submitted_bids(release):
            price = price_of(bid)
            if price is None or not currency.is_main(price[1]):
                continue
            if lowest is None or price[0] < lowest[0]:
                lowest = price[0], bid["status"]
            some_valid = some_valid or bid["status"] == "valid"
        if lowest is not None and lowest[1] == "disqualified" and some_valid:
            results.flag(OCID, ocid, "R036", 1.0)

    return look


def map_tenderers(release: Json, ocid: str, results: Results) -> None:
    """Remember who handed in bids; nothing is flagged."""
    for bid in submitted_bids(release):
        ids = ids_of(bid.get("tenderers"))
        if ids:
            results.maps.tenderer.setdefault(ocid, set()).update(ids)


def _has_method(tender: Json, methods: frozenset[str]) -> bool:
    """Whether the procurement method is one of these; all are where none is named."""
    return not methods or a_text(tender.get("procurementMethod")) in methods


def _moment(value: Any) -> Moment | None:
    text = a_text(value)
    return None if text is None else moment(text)

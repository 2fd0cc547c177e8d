"""Cardinal's eleven indicators over the lines of a file, as one object of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from troth.interop.cardinal import processes
from troth.interop.cardinal.currencies import MainCurrency
from troth.interop.cardinal.firms import (
    Adding,
    DisqualifiedBids,
    HeterogeneousSuppliers,
    PriceGaps,
    UnsuccessfulBids,
)
from troth.interop.cardinal.lines import Line, Passed, amounts, values
from troth.interop.cardinal.releases import is_left_out
from troth.interop.cardinal.results import Results
from troth.interop.cardinal.settings import Settings

#: Indicators that look at one process at a time.
_ALONE: dict[str, Callable[[Settings], processes.Look]] = {
    "R003": processes.short_period,
    "R018": processes.single_bid,
    "R028": processes.identical_prices,
    "R030": processes.late_bid_won,
    "R035": processes.all_others_disqualified,
}

#: Indicators that add up first, and judge at the end.
_TOGETHER: dict[str, Callable[[Settings], Adding]] = {
    "R025": UnsuccessfulBids,
    "R038": DisqualifiedBids,
    "R048": HeterogeneousSuppliers,
}

#: With one of these on, the tenderers of every process are mapped.
_MAPPING_TENDERERS = ("R025", "R038", "R048")


@dataclass(frozen=True)
class Found:
    """The results, and how many bids were left out for being in another currency than the main."""

    results: Results
    currency: str | None
    other_currencies: int


def indicators(
    lines: Iterable[Line], settings: Settings, passed: Passed = lambda _number, _why: None
) -> Found:
    """Run the indicators that the settings enable; lines that are no JSON are told to `passed`.

    A line without an `ocid` that is a text is passed over in silence, and of processes with one
    ocid the later line wins, as in Cardinal.
    """
    return found_in((value for _, value in values(lines, amounts, passed)), settings)


def found_in(releases: Iterable[Any], settings: Settings) -> Found:
    """As `indicators`, over JSON values."""
    currency = MainCurrency(settings.currency)
    adding = _adding(settings, currency)
    looks = [one.look for one in adding] + _looks(settings, currency)
    results = Results()
    for release in releases:
        if type(release) is not dict:
            continue
        ocid = release.get("ocid")
        if type(ocid) is not str or is_left_out(release, settings.excluded):
            continue
        for look in looks:
            look(release, ocid, results)
    for one in adding:
        one.judge(results)
    return Found(results, currency.code, currency.left_out)


def _adding(settings: Settings, currency: MainCurrency) -> list[Adding]:
    enabled = settings.indicators
    # First of all, because where no currency is set the first one met decides.
    gaps: list[Adding] = (
        [PriceGaps(settings, currency)] if enabled.keys() & {"R024", "R058"} else []
    )
    return gaps + [make(settings) for code, make in _TOGETHER.items() if code in enabled]


def _looks(settings: Settings, currency: MainCurrency) -> list[processes.Look]:
    enabled = settings.indicators
    looks = [make(settings) for code, make in _ALONE.items() if code in enabled]
    if "R036" in enabled:
        looks.append(processes.lowest_disqualified(settings, currency))
    if enabled.keys() & set(_MAPPING_TENDERERS):
        looks.append(processes.map_tenderers)
    return looks

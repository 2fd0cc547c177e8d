"""What Cardinal looks at in a release: its bids, its awards, its firms, each only of the right type.

A value of another type counts as missing; nothing here raises, whatever JSON it meets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from troth.interop.cardinal.lines import number_of
from troth.interop.cardinal.settings import Settings

Json = dict[str, Any]

NOT_SUBMITTED = ("invited", "withdrawn")

#: An award with one of these is decided; any other word leaves the process out.
FINAL_STATUSES = ("active", "cancelled", "unsuccessful")


def an_object(value: Any) -> Json:
    """A JSON object; an empty one for anything else."""
    return value if type(value) is dict else {}


def a_text(value: Any) -> str | None:
    return value if type(value) is str else None


def a_list(value: Any) -> list[Any] | None:
    return value if type(value) is list else None


def tender_of(release: Json) -> Json:
    return an_object(release.get("tender"))


def bids_of(release: Json) -> list[Json] | None:
    """`/bids/details`, each as an object; nothing where it is no list."""
    details = an_object(release.get("bids")).get("details")
    return [an_object(bid) for bid in details] if type(details) is list else None


def submitted_bids(release: Json) -> list[Json]:
    """Bids with any status but invited and withdrawn; without a status a bid is none."""
    return [
        bid
        for bid in bids_of(release) or ()
        if type(bid.get("status")) is str and bid["status"] not in NOT_SUBMITTED
    ]


def ids_of(parties: Any) -> list[str]:
    """The ids in a list of organizations that are texts."""
    found = (an_object(one).get("id") for one in a_list(parties) or ())
    return [one for one in found if type(one) is str]


def only_id(parties: Any) -> str | None:
    """The id of the one organization of a list; nothing where there are several, or none."""
    listed = a_list(parties)
    return a_text(an_object(listed[0]).get("id")) if listed and len(listed) == 1 else None


def price_of(bid: Json) -> tuple[float, str] | None:
    """Amount and currency of a bid; nothing where either is missing."""
    value = an_object(bid.get("value"))
    amount, currency = number_of(value.get("amount")), a_text(value.get("currency"))
    return None if amount is None or currency is None else (amount, currency)


def active_awards(release: Json) -> list[Json]:
    """Awards in force, whatever the others are; none where `/awards` is no list."""
    found = (an_object(award) for award in a_list(release.get("awards")) or ())
    return [award for award in found if award.get("status") == "active"]


def final_awards(release: Json) -> list[Json] | None:
    """The active awards, where bids and awards are lists and every award with a status is final."""
    awards = a_list(release.get("awards"))
    if awards is None or bids_of(release) is None:
        return None
    statuses = (an_object(award).get("status") for award in awards)
    if any(type(status) is str and status not in FINAL_STATUSES for status in statuses):
        return None
    return active_awards(release)


def only_supplier(release: Json) -> str | None:
    """The one supplier of the one active award, where all awards are final."""
    awards = final_awards(release)
    return only_id(awards[0].get("suppliers")) if awards and len(awards) == 1 else None


def by_status(bids: list[Json] | None, status: str) -> Iterator[Json]:
    return (bid for bid in bids or () if bid.get("status") == status)


Compared = Callable[[Json], bool]


def compares_prices(settings: Settings) -> Compared:
    """Whether the prices of a process may be compared, by its `procurementMethodDetails`."""
    only, never = settings.price_comparison, settings.no_price_comparison or frozenset()

    def compared(release: Json) -> bool:
        details = a_text(tender_of(release).get("procurementMethodDetails"))
        if only:
            return details is not None and details in only
        return details is None or details not in never

    return compared


def is_left_out(release: Json, excluded: frozenset[str]) -> bool:
    """Whether no indicator looks at the process: called off, or of a method that is excluded."""
    tender = tender_of(release)
    details = tender.get("procurementMethodDetails")
    return tender.get("status") == "cancelled" or (type(details) is str and details in excluded)

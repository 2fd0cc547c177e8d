"""Tenders whose bids lie much further apart than those of comparable tenders."""

from troth.indicators.base import Direction, Outcome, Parts, Status, Table, Verified, outcome, share
from troth.indicators.shared import (
    METHODS,
    TENDER_COLUMNS,
    Fence,
    awaits_bids,
    known,
    lots_with_bids,
)

#: Our own definition for R022: of two bids nobody can say which is the odd one.
FEWEST_BIDS = 3


@share(
    code="P022",
    title="Bid prices far apart",
    question="How often do bids for the same thing lie unusually far apart?",
    unit="share of tenders with at least 3 bids for a lot and all prices known",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R022 (name and fields); "
    "the fence is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="(highest price - lowest price) / lowest price",
    thresholds={
        "FEWEST_BIDS": "at least 3 submitted bids for the lot",
        "fence": "upper Tukey fence of log(1 + spread) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all",
    },
)
def bid_prices_far_apart(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Open where every lot with three bids or more has all its prices in one currency; the widest
    spread of its lots counts."""
    lots = lots_with_bids(tender, bid, award, party)
    large = lots.submitted + lots.untold >= FEWEST_BIDS
    several_currencies = lots.first_currency != lots.last_currency
    spread = (lots.highest - lots.lowest) / lots.lowest.nullif(0)
    figures = {
        "lots": lots.count(),
        "large": lots.count(where=large),
        "untold": lots.count(where=large & (lots.untold > 0)),
        "unpriced": lots.count(where=large & (lots.unpriced > 0)),
        "mixed": lots.count(where=large & several_currencies),
        "spread": spread.max(where=large),
    }
    parts = Parts(lots, ("pid",), figures)
    calls = parts.of(tender, *TENDER_COLUMNS)
    return outcome(
        calls,
        parts=parts,
        applies=awaits_bids(calls) & (calls.large > 0),
        needs={
            "tender/procurementMethod": known(calls.method, METHODS),
            "bids/details": calls.lots,
            "bids/details/status": (calls.untold == 0).nullif(False),
            "bids/details/value": (calls.unpriced == 0).nullif(False),
            "bids/details/value/currency": (calls.mixed == 0).nullif(False),
        },
        value=calls.spread,
        keep={"log": (1 + calls.spread).nullif(0).ln()},
    )


#: Further apart than the upper fence of comparable tenders.
bid_prices_far_apart.compared(Fence("log", "high"))

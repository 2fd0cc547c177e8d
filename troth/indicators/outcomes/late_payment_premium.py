"""Whether bidders ask more of a body while it pays late."""

import ibis

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import price


@statistic(
    by="late_payment_premium",
    settings={"months": 12, "invoices": 20, "tenders": 100, "days": 10},
    tables=("invoice",),
    code="O08",
    title="Late-payment price premium",
    question="By how much do bids rise when the body takes 10 days longer to pay?",
    unit="change of bid over estimate for 10 more days to pay, as a share",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O08; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=100,
    version=1,
    status=Status.PUBLISHED,
    value_unit="bid over estimate",
    thresholds={
        "tenders": "100 tenders: the figure rests on tenders, not on bids",
        "months": "12 months before the month of the bid: what a bidder can have seen of the body's "
        "days to pay, median with those still waiting",
        "invoices": "20 invoices received in those months, or they say nothing",
        "days": "10 more days to pay",
    },
    window=36,
    confounds=(
        "A body in difficulty may ask for other things, and pay later, at the same time.",
        "Estimates are the body's own: one that learns to expect higher bids hides the premium.",
        "Only changes of one body in time are looked at: what bidders have come to expect of it for "
        "ever is not in the figure.",
    ),
)
def late_payment_premium(offer: Table, as_of: Day) -> Outcome:
    """A case is a bid whose price and estimate are known; none is listed."""
    asked, estimate = price(offer.amount), price(offer.estimate)
    over = asked.cast("float64") / estimate.nullif(0).cast("float64").nullif(0)
    return outcome(
        offer,
        applies=ibis.coalesce(offer.date <= as_of, True),
        needs={
            "date": offer.date,
            "classification": offer.classification,
            "amount": offer.amount,
            "estimate": offer.estimate,
        },
        faults={
            "a price of 0 or less": (offer.amount <= 0) | asked.isnull(),
            "an estimate of 0 or less": (offer.estimate <= 0) | estimate.isnull(),
        },
        value=over,
        keep={"tender": offer.tender_id, "class": offer.classification},
        when=offer.date,
    )

"""Tenders whose estimate is far from that of other tenders for the same kind of thing."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, FarFromMedian, known, not_cancelled, price

#: Our own definition for R016: robust standard deviations; strictly more is far.
FAR = 3

#: Below this many tenders a median and the distances from it say too little.
FEWEST_TENDERS = 30

#: Narrow to wide: the item class of 4 digits, of 2 digits.
LADDER = (("class4", "method", "currency"), ("class2", "method", "currency"))


@share(
    code="P016",
    title="Estimate unusual for the item",
    question="How often is the estimate far above or below that of comparable tenders?",
    unit="share of tenders with a known estimate, item class and method",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R016 (name and fields); "
    "the robust distance is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="estimate, in its currency",
    thresholds={
        "FAR": "more than 3 robust standard deviations of log(estimate) from the median",
        "FEWEST_TENDERS": "among at least 30 tenders of the same item class, method and currency: "
        "class of 4 digits, of 2 digits",
    },
)
def estimate_unusual(tender: Table) -> Outcome:
    """Open for every tender with an estimate; peers share item class, method and currency."""
    method = known(tender.method, METHODS)
    estimate = price(tender.amount)
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={
            "tender/procurementMethod": method,
            "tender/value/amount": estimate,
            "tender/value/currency": tender.currency,
            "tender/items/classification/scheme": tender.item_scheme,
            "tender/items/classification/id": tender.item_code,
        },
        value=estimate,
        keep={
            "log": ibis.ifelse(estimate > 0, estimate, None).ln(),
            "method": method,
            "currency": tender.currency,
        },
    )


#: Far from the median of comparable tenders.
estimate_unusual.compared(FarFromMedian("log", LADDER, limit=FAR, fewest=FEWEST_TENDERS))

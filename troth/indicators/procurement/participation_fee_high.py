"""Tenders in which taking part costs a large part of what is to be earned."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import RATIO_DIGITS, believed, not_cancelled, price

#: Our own definition for R008: half a percent of the estimate; strictly more is high.
HIGH_FEE = 0.005


@share(
    code="P008",
    title="High participation fee",
    question="How often does taking part cost more than half a percent of the estimate?",
    unit="share of tenders with known fees and a known estimate in one currency",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R008 (name and fields); "
    "half a percent is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="fees as a share of the estimate",
    thresholds={"HIGH_FEE": "more than 0.005 of the estimated value"},
)
def participation_fee_high(tender: Table) -> Outcome:
    """Hit when all published fees together exceed the limit; no fees listed says nothing."""
    fees = ibis.ifelse(tender.fee_amount >= 0, believed(tender.fee_amount), None)
    estimate = price(tender.amount)
    part = (fees / estimate.nullif(0)).round(RATIO_DIGITS)
    one_currency = tender.fee_currency == tender.currency
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={
            "tender/participationFees/value": fees,
            "tender/value/amount": estimate,
            "tender/value/currency": ibis.ifelse(one_currency, tender.currency, None),
        },
        hit=part > HIGH_FEE,
        value=part,
    )

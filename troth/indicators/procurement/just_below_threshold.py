"""Tenders whose estimate lies just below the amount from which the law asks for more."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import day_number, law_for, not_cancelled, price, under_law

#: Our own definition for R002: this part of the threshold on either side of it is near.
NEAR = 0.05


@share(
    code="P002",
    title="Estimate just below the threshold",
    question="Of estimates near a legal threshold, how many lie just below it?",
    unit="share of tenders with an estimate within 5 % of the threshold of their day",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R002 (name and fields); "
    "5 % on either side is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="estimate as a share of the threshold",
    thresholds={"NEAR": "from 0.05 of the threshold below it to 0.05 above it"},
)
def just_below_threshold(tender: Table, process: Table, law: Table) -> Outcome:
    """Hit where a tender near the threshold is below it; where chance alone decides, half are."""
    bodies = process.select("pid", "country")
    calls = tender.left_join(bodies, "pid").drop("pid_right")
    calls = under_law(calls.mutate(day=day_number(calls.period_start)), ("pid",), law)
    estimate = price(calls.amount)
    near = ((estimate / calls.threshold.nullif(0)) >= 1 - NEAR) & (
        (estimate / calls.threshold.nullif(0)) < 1 + NEAR
    )
    in_currency = calls.currency == calls.threshold_currency
    return outcome(
        calls,
        applies=not_cancelled(calls) & (near | ~ibis.coalesce(in_currency, False)),
        needs={
            "tender/value/amount": estimate,
            "tender/tenderPeriod/startDate": calls.period_start,
            **law_for(calls),
            "tender/value/currency": in_currency.nullif(False),
        },
        hit=estimate < calls.threshold,
        value=estimate / calls.threshold.nullif(0),
    )

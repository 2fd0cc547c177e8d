"""Tenders awarded for the estimated value, or for more."""

import ibis

from troth.indicators.base import Direction, Outcome, Parts, Status, Table, Verified, outcome, share
from troth.indicators.shared import (
    AWARD_STATUSES,
    METHODS,
    RATIO_DIGITS,
    awaits_bids,
    known,
    money,
    price,
)

#: Our own definition for R031: this share of the estimate or more is close to it.
CLOSE_SHARE = 0.99


@share(
    code="P031",
    title="Award close to the estimate or above",
    question="How often is the award at least 99 % of what was estimated?",
    unit="share of awarded tenders with a known estimate in the same currency",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R031 (name and fields); "
    "the sum of the awards and 99 % are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="awards as a share of the estimate",
    thresholds={"CLOSE_SHARE": "at least 0.99 of the estimated value"},
)
def award_near_estimate(tender: Table, award: Table) -> Outcome:
    """Hit when the active awards together reach the limit; not asked where part of the tender was
    not awarded, or not yet."""
    status = ibis.coalesce(award.status, "")
    active = status == "active"
    figures = {
        "active": award.count(where=active),
        "waiting": award.count(where=status == "pending"),
        "failed": award.count(where=status.isin(("cancelled", "unsuccessful"))),
        "unclear": award.count(where=~status.isin(AWARD_STATUSES)),
        "of_lots": award.count(where=award.lot > 0),
        "won": money(price(award.amount)).sum(where=active),
        "priced": price(award.amount).count(where=active),
        "with_currency": award.currency.count(where=active),
        "first_currency": award.currency.min(where=active),
        "last_currency": award.currency.max(where=active),
    }
    parts = Parts(award, ("pid",), figures)
    calls = parts.of(tender, "pid", "status", "method", "amount", "currency")
    # Without lots, one award stands and the others are of those who lost.
    in_part = (calls.waiting > 0) | (
        (calls.failed > 0) & ((calls.of_lots > 0) | (calls.active > 1))
    )
    nothing = (calls.active == 0) & (calls.unclear == 0)
    estimate = price(calls.amount)
    share_of_estimate = (calls.won.cast("float64") / estimate.nullif(0)).round(RATIO_DIGITS)
    one_currency = (
        (calls.with_currency == calls.active)
        & (calls.first_currency == calls.currency)
        & (calls.last_currency == calls.currency)
    )
    return outcome(
        calls,
        parts=parts,
        applies=awaits_bids(calls) & ~nothing & ~in_part,
        needs={
            "tender/procurementMethod": known(calls.method, METHODS),
            "awards": calls.active,
            "awards/status": (calls.unclear == 0).nullif(False),
            "awards/value/amount": (calls.priced == calls.active).nullif(False),
            "tender/value/amount": estimate,
            "tender/value/currency": calls.currency,
            "awards/value/currency": one_currency.nullif(False),
        },
        hit=share_of_estimate >= CLOSE_SHARE,
        value=share_of_estimate,
    )

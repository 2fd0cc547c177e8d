"""Contracts awarded directly below the threshold, and then raised above it."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import (
    DIRECT,
    METHODS,
    day_number,
    known,
    law_for,
    money,
    price,
    under_law,
    was_signed,
)


@share(
    code="P054",
    title="Direct award raised above the threshold",
    question="How often is a direct award below the threshold changed to reach it?",
    unit="share of contracts on direct awards below the threshold of the award's day",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R054 (name and fields); "
    "the value of a contract with amendments is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="contract as a share of the threshold",
)
def raised_above_threshold(
    contract: Table, award: Table, tender: Table, process: Table, law: Table
) -> Outcome:
    """Hit where a contract with an amendment is worth at least the threshold that its award was
    below."""
    awards = award.group_by("pid", "award_id").agg(
        twins=award.count(), awarded=award.amount.min(), decided=award.date.min(),
        award_currency=award.currency.min(),
    )  # fmt: skip
    signed = contract.left_join(awards, ["pid", "award_id"]).drop("pid_right", "award_id_right")
    calls = tender.select("pid", "method", "category")
    signed = signed.left_join(calls, "pid").drop("pid_right")
    signed = signed.left_join(process.select("pid", "country"), "pid").drop("pid_right")
    signed = signed.mutate(day=day_number(signed.decided))
    judged = under_law(signed, ("pid", "contract_no"), law)
    method = known(judged.method, METHODS)
    one = judged.twins == 1
    awarded = ibis.ifelse(one, price(judged.awarded), None)
    value = price(judged.amount)
    in_currency = judged.award_currency == judged.threshold_currency
    changed = judged.changes > 0
    return outcome(
        judged,
        applies=was_signed(judged)
        & (method == DIRECT)
        & ((awarded < judged.threshold) | ~ibis.coalesce(in_currency, False)),
        needs={
            "tender/procurementMethod": method,
            "contracts/awardID": ibis.ifelse(one, judged.award_id, None),
            "awards/date": judged.decided,
            "awards/value/amount": awarded,
            **law_for(judged),
            "awards/value/currency": in_currency.nullif(False),
            "contracts/value/amount": value,
            "contracts/value/currency": (judged.currency == judged.threshold_currency).nullif(
                False
            ),
        },
        hit=changed & (money(value).cast("float64") >= judged.threshold),
        value=value / judged.threshold.nullif(0),
    )

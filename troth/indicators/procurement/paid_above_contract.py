"""Contracts for which more was paid than was agreed."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import NEVER_SIGNED, RATIO_DIGITS, believed, money, price


@share(
    code="P068",
    title="Payments above the contract",
    question="How often is more paid than the contract is worth?",
    unit="share of contracts with known payments and a known value in one currency",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R068 (name and fields); "
    "that a cent more counts is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="payments as a share of the contract's value",
)
def paid_above_contract(contract: Table, award: Table) -> Outcome:
    """Hit when all payments together exceed the value; where nothing was paid nothing is asked.

    A contract without a value has that of its award, where it is the only one on it.
    """
    awards = award.group_by("pid", "award_id").agg(
        awards=award.count(), awarded=award.amount.min(), award_currency=award.currency.min()
    )
    on_award = contract.group_by("pid", "award_id").agg(contracts=contract.count())
    joined = contract.left_join(awards, ["pid", "award_id"]).drop("pid_right", "award_id_right")
    joined = joined.left_join(on_award, ["pid", "award_id"]).drop("pid_right", "award_id_right")
    alone = (joined.awards == 1) & (joined.contracts == 1)
    own = price(joined.amount)
    value = ibis.coalesce(own, ibis.ifelse(alone, price(joined.awarded), None))
    currency = ibis.ifelse(own.notnull(), joined.currency, joined.award_currency)
    paid = money(joined.paid_amount)
    part = (paid.cast("float64") / value.nullif(0)).round(RATIO_DIGITS)
    return outcome(
        joined,
        applies=ibis.coalesce(~joined.status.isin(NEVER_SIGNED), True) & (joined.payments > 0),
        needs={
            "contracts/implementation/transactions": joined.payments,
            "contracts/implementation/transactions/value": believed(joined.paid_amount),
            "contracts/value/amount": value,
            "contracts/value/currency": (joined.paid_currency == currency).nullif(False),
        },
        hit=paid > money(value),
        value=part,
    )

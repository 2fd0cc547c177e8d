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
def paid_above_contract(contract: Table) -> Outcome:
    """Hit when all payments together exceed the value; where nothing was paid nothing is asked."""
    paid = money(contract.paid_amount)
    value = price(contract.amount)
    one_currency = contract.paid_currency == contract.currency
    part = (paid.cast("float64") / value.nullif(0)).round(RATIO_DIGITS)
    return outcome(
        contract,
        applies=ibis.coalesce(~contract.status.isin(NEVER_SIGNED), True) & (contract.payments > 0),
        needs={
            "contracts/implementation/transactions": contract.payments,
            "contracts/implementation/transactions/value": believed(contract.paid_amount),
            "contracts/value/amount": value,
            "contracts/value/currency": one_currency.nullif(False),
        },
        hit=paid > money(value),
        value=part,
    )

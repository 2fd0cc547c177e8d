"""What was delivered and accepted, and has no payment: arrears that no invoice shows."""

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
from troth.indicators.shared import money

#: What counts as paid, and how long a body may take.
PAID_SHARE, PAID_WITHIN = 0.90, 60

#: Milestones that a payment must follow (OCDS codelist `milestoneType`).
TO_BE_PAID = ("delivery", "payment")


@statistic(
    by="share_of_value",
    code="D12",
    title="Hidden arrears",
    question="How much of what was delivered under contracts has no payment 60 days later?",
    unit="share of the value of milestones met",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D12; OCDS 1.1: a met milestone of payment ought to have a transaction; which "
    "payments belong to which milestone, and the threshold, are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    value_unit="amount of the milestone that no payment covers",
    thresholds={
        "PAID_SHARE": "0.9 of the milestone's amount",
        "PAID_WITHIN": "met more than 60 days before the day of judgement",
    },
    window=12,
    confounds=(
        "Payments that were made and not published look like none.",
        "Payments fill a contract's milestones in the order in which they were met.",
        "A body with amounts in several currencies has no figure: they are never added up.",
        "Told from the ledger registered_contract, it is a proxy: contracts that ended and were not "
        "paid in full, of which some were never called off in full.",
    ),
    beside=("D04",),
)
def hidden_arrears(
    registered_milestone: Table, registered_contract: Table, registered_payment: Table, as_of: Day
) -> Outcome:
    """A case is a milestone met; one without payment stays in sight however old it is."""
    whose = registered_contract.select(
        "registered_contract_id", of_body=registered_contract.body_no
    )
    met = registered_milestone.drop("body_no").inner_join(whose, "registered_contract_id")
    met = met.rename(body_no="of_body")
    counted = (met.kind.isin(TO_BE_PAID) & (met.date_met <= as_of) & met.amount.notnull()).ifelse(
        met.amount, 0.0
    )
    met = met.mutate(counted=money(counted))
    # Those met earlier, and of one day those of a lower number.
    window = ibis.window(
        group_by=[met.registered_contract_id, met.currency],
        order_by=[met.date_met, met.milestone_no],
        preceding=(None, 1),
    )
    met = met.mutate(before=met.counted.sum().over(window).cast("float64"))
    made = registered_payment.filter(registered_payment.date <= as_of)
    drawn = made.group_by("registered_contract_id", "currency").agg(
        paid=money(made.amount).sum().cast("float64")
    )
    drawn = drawn.rename(of_contract="registered_contract_id", of_currency="currency")
    doubt = made.filter(made.amount.isnull() | made.currency.isnull())
    doubt = doubt.select(doubtful=doubt.registered_contract_id).distinct()
    joined = met.left_join(
        drawn,
        [
            met.registered_contract_id == drawn.of_contract,
            met.currency == drawn.of_currency,
        ],
    )
    joined = joined.left_join(doubt, joined.registered_contract_id == doubt.doubtful)
    left = ibis.coalesce(joined.paid, 0.0) - ibis.coalesce(joined.before, 0.0)
    filled = (left > 0).ifelse((left < joined.amount).ifelse(left, joined.amount), 0.0)
    told = joined.doubtful.isnull().ifelse(filled, None)
    old = as_of.delta(joined.date_met, unit="day") > PAID_WITHIN
    short = old & (told < joined.amount * PAID_SHARE)
    is_met = (joined.status == "met") | joined.date_met.notnull()
    return outcome(
        joined,
        applies=is_met & joined.kind.isin(TO_BE_PAID) & (joined.amount > 0),
        needs={
            "kind": joined.kind,
            "date_met": joined.date_met,
            "amount": joined.amount,
            "currency": joined.currency,
            "registered_payment.amount": told,
        },
        hit=short,
        value=joined.amount - told,
        keep={
            "part": short.ifelse(joined.amount, 0.0),
            "whole": joined.amount,
            "currency": joined.currency,
        },
        when=short.ifelse(as_of, joined.date_met),
    )


@hidden_arrears.otherwise
def ended_and_not_paid(registered_contract: Table, as_of: Day) -> Outcome:
    """A proxy where no milestones are known: a case is a contract that had ended by the day of its
    record, and what had been paid of it by then."""
    contract = registered_contract.filter(registered_contract.stated_on <= as_of)
    short = contract.paid_amount < contract.amount * PAID_SHARE
    return outcome(
        contract,
        applies=(contract.period_end < contract.stated_on) & (contract.amount > 0),
        needs={
            "period_end": contract.period_end,
            "amount": contract.amount,
            "currency": contract.currency,
            "paid_amount": contract.paid_amount,
        },
        hit=short,
        value=contract.amount - contract.paid_amount,
        keep={
            "part": short.ifelse(contract.amount, 0.0),
            "whole": contract.amount,
            "currency": contract.currency,
        },
        when=contract.stated_on,
    )

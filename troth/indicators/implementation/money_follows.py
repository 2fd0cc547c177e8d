"""How much of the money set aside for commitments that fell due was spent on them."""

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
from troth.indicators.shared import believed, money, put_beside, with_deadlines


@statistic(
    by="executed",
    additive=True,
    code="I14",
    title="Money follows promise",
    question="How much of the money set aside for commitments that fell due was spent on them?",
    unit="share of the money set aside, each commitment counted up to the whole of it",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS I14; PEFA PI-1 and PI-2 set outturn against budget; taking it by commitment, and "
    "no more than the whole of each, is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=5,
    version=1,
    status=Status.PUBLISHED,
    value_unit="share of the money set aside that was spent, at most 1",
    confounds=(
        "Money that was saved is money that was not spent.",
        "One large commitment may outweigh all others.",
    ),
    optional=("commitment_rev",),
)
def money_follows(
    commitment: Table, commitment_rev: Table, commitment_payment: Table, as_of: Day
) -> Outcome:
    """A case is a commitment that fell due with money set aside for it; listed when less was spent.

    Where no payment of a body for any commitment is known, nobody knows what it spent.
    """
    cases = with_deadlines(commitment, commitment_rev, as_of)
    known = commitment_payment.filter(commitment_payment.date <= as_of)
    spent = known.group_by("commitment_id").agg(
        spent=money(known.amount).sum(),
        unstated=known.count(where=believed(known.amount).isnull() | known.currency.isnull()),
        first_currency=known.currency.min(),
        last_currency=known.currency.max(),
    )
    cases = put_beside(cases, spent, "commitment_id")
    publishing = cases.filter(cases.unstated.notnull()).select("body_no").distinct()
    publishing = publishing.mutate(publishes=ibis.literal(True))
    cases = put_beside(cases, publishing, "body_no")
    pledged = ibis.ifelse(cases.budget_amount > 0, believed(cases.budget_amount), None)
    paid = ibis.ifelse(cases.unstated.isnull() & cases.publishes, 0.0, cases.spent.cast("float64"))
    paid = ibis.ifelse(ibis.coalesce(cases.unstated, 0) == 0, paid, None)
    share = ibis.least(ibis.greatest(paid / pledged.nullif(0), 0.0), 1.0)
    other = (cases.first_currency != cases.currency) | (cases.last_currency != cases.currency)
    lawful = ibis.coalesce(cases.lawful_on <= cases.original_due, False)
    return outcome(
        cases,
        applies=ibis.coalesce(cases.original_due <= as_of, False)
        & cases.budget_amount.notnull()
        & (cases.budget_amount != 0)
        & ~lawful,
        needs={
            "budget_amount": pledged,
            "currency": cases.currency,
            "commitment_payment.amount": paid,
        },
        faults={"paid in another currency than was set aside": other},
        hit=share < 1,
        value=share,
        keep={"pledged": pledged, "currency": cases.currency},
        when=cases.original_due,
    )

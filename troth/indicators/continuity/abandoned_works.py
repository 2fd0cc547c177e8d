"""Works that were begun and on which nothing has moved for a year."""

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
from troth.indicators.shared import COMPLETE, days_from, price

#: Works on which nothing moved for so long are abandoned; younger ones are not judged.
STILL_DAYS = 365

#: What the rule concerns.
WORKS = "works"

#: Final states that close a project for all to see.
CLOSED = (COMPLETE, "cancelled")


@statistic(
    by="abandoned",
    settings={"still": STILL_DAYS},
    code="C08",
    title="Abandoned works",
    question="Which share of the value of works begun lies still without being finished?",
    unit="share of the value of works begun a year ago or earlier",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C08; Williams 2017 (one third of projects begun was never finished); our own"
    " definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    value_unit="value of the contract, in its currency",
    thresholds={"STILL_DAYS": "no payment and no milestone for 365 days"},
    confounds=(
        "Gaps in what a body reports look like works that lie still: read it with T12, the share of"
        " contracts of which the carrying out is published, at 60 % or more.",
    ),
    optional=("registered_payment", "registered_milestone"),
    beside=("T12",),
)
def abandoned_works(
    registered_contract: Table, registered_payment: Table, registered_milestone: Table, as_of: Day
) -> Outcome:
    """A case is a contract for works begun 365 days ago or earlier; it is hit when it is neither
    complete nor formally cancelled and saw no payment and no milestone met for 365 days.
    """
    paid = registered_payment.select(
        moved_of=registered_payment.registered_contract_id, on=registered_payment.date
    )
    met = registered_milestone.select(
        moved_of=registered_milestone.registered_contract_id, on=registered_milestone.date_met
    )
    moves = paid.union(met)
    moves = moves.filter(moves.on <= as_of)
    moved = moves.group_by("moved_of").agg(first_on=moves.on.min(), last_on=moves.on.max())
    case = registered_contract.left_join(
        moved, registered_contract.registered_contract_id == moved.moved_of
    )
    reported = case.group_by("body_no").agg(reports=case.moved_of.count())
    reported = reported.rename(reporting="body_no")
    case = case.left_join(reported, case.body_no == reported.reporting)
    begins = (case.first_on < case.period_start).ifelse(case.first_on, case.period_start)
    begun = ibis.coalesce(begins, case.period_start, case.first_on)
    last = ibis.coalesce((case.last_on > begun).ifelse(case.last_on, begun), begun)
    still = days_from(last, as_of)
    stands = case.final_status.notnull() & ibis.coalesce(case.final_status_date <= as_of, True)
    closed = stands & case.final_status.isin(CLOSED)
    early = days_from(begun, as_of) < STILL_DAYS
    end = stands.ifelse(case.final_status_date, ibis.null("date"))
    return outcome(
        case,
        applies=(case.kind.isnull() | (case.kind == WORKS)) & ~ibis.coalesce(early, False),
        needs={
            "kind": case.kind,
            "period_start": begun,
            "registered_payment.date": (case.reports > 0).ifelse(1, ibis.null("int8")),
            "amount": price(case.amount),
            "currency": case.currency,
        },
        faults={
            "complete before it began": (case.final_status == COMPLETE)
            & (case.final_status_date < case.period_start)
        },
        hit=~closed & (still >= STILL_DAYS),
        value=price(case.amount),
        keep={
            "amount": price(case.amount),
            "currency": case.currency,
            "begun": begun,
            "last": last,
            "ended": end,
            "status": case.final_status,
        },
    )

"""How much of what is due to lenders has not been paid."""

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
from troth.indicators.shared import CENT, paid_towards


@statistic(
    by="share_of_value",
    code="D13",
    title="Overdue debt to lenders",
    question="How much of the principal and interest that fell due to lenders is unpaid?",
    unit="share of principal and interest due",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D13; Flynn and Pessoa, IMF Technical Notes and Manuals 14/03; what fell due "
    "in twelve months, and older sums still unpaid, are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=1,
    version=1,
    status=Status.PUBLISHED,
    value_unit="amount of the sum that is unpaid",
    thresholds={"CENT": "what falls short by less than 0.005 has been paid: cents are rounded"},
    window=12,
    confounds=(
        "Sums that were put off by agreement look overdue where the agreement is not published.",
        "A body with debt in several currencies has no figure: they are never added up.",
    ),
    beside=("D04",),
    optional=("debt_payment",),
)
def overdue_debt(debt: Table, debt_payment: Table, as_of: Day) -> Outcome:
    """A case is a sum due before the day of judgement; an unpaid one stays in sight."""
    owed = paid_towards(debt, debt_payment, "debt_id", as_of)
    due = owed.principal_due + owed.interest_due
    left = due - owed.paid
    unpaid = (left < CENT).ifelse(0.0, left)
    return outcome(
        owed,
        applies=(owed.due_date < as_of) & (due > 0),
        needs={
            "principal_due": owed.principal_due,
            "interest_due": owed.interest_due,
            "currency": owed.currency,
            "debt_payment.amount": owed.paid,
        },
        faults={"paid in another currency": owed.odd},
        hit=unpaid > 0,
        value=unpaid,
        keep={"part": unpaid, "whole": due, "currency": owed.currency},
        when=(unpaid > 0).ifelse(as_of, owed.due_date),
    )

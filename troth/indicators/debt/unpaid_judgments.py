"""How many final judgments against a body are not paid in full half a year later."""

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
    by="unpaid_judgments",
    tables=("judgment_payment", "body_year"),
    code="D08",
    title="Unpaid final judgments",
    question="How many judgments are not paid in full 180 days after they became final?",
    unit="share not paid in full after 180 days (Kaplan-Meier)",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D08; NDRC 2023 no. 1103; Kaplan and Meier 1958; the share after 180 days is "
    "our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=3,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days since the judgment became final",
    thresholds={
        "SATISFIED_WITHIN": "180 days after the judgment became final",
        "CENT": "what falls short by less than 0.005 has been paid: cents are rounded",
    },
    window=None,
    confounds=(
        "A judgment whose payment is on no public record looks unpaid.",
        "Judgments of all years count, so that an old one does not fall out of sight.",
        "A body with judgments in several currencies has no stock: they are never added up.",
    ),
    optional=("judgment_payment", "body_year"),
)
def unpaid_judgments(judgment: Table, judgment_payment: Table, as_of: Day) -> Outcome:
    """A case is a judgment that has become final; a hit is one that is not paid in full."""
    owed = paid_towards(judgment, judgment_payment, "judgment_id", as_of)
    return outcome(
        owed,
        applies=owed.amount > 0,
        needs={
            "final_date": owed.final_date,
            "amount": owed.amount,
            "currency": owed.currency,
            "judgment_payment.amount": owed.paid,
        },
        faults={"paid in another currency": owed.odd},
        hit=owed.paid < owed.amount - CENT,
        value=as_of.delta(owed.final_date, unit="day"),
        keep={"amount": owed.amount, "currency": owed.currency},
        when=owed.final_date,
    )

"""How many cases are taken further after the body has answered."""

import ibis

from troth.indicators.base import Day, Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import INFORMATION

NOWHERE = "nowhere"


@share(
    code="O04",
    title="Escalation",
    question="How many cases are taken to a higher body, an ombudsman or a court?",
    unit="share of closed cases of which it is known where they were taken next",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O04; petitions that skip levels (China) for the question; its form is our own "
    "definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    window=12,
    confounds=(
        "Where taking a case further costs money or time, fewer are.",
        "Cases closed lately may still be taken further.",
    ),
)
def escalation(case: Table, as_of: Day) -> Outcome:
    """Hit when a case that the body had closed was taken to a higher body, an ombudsman or a court."""
    there = ibis.coalesce(case.escalated_date <= as_of, True)
    return outcome(
        case,
        applies=(case.channel != INFORMATION) & ibis.coalesce(case.closed <= as_of, False),
        needs={"escalated_to": case.escalated_to},
        faults={"taken further before it was received": case.escalated_date < case.received},
        hit=(case.escalated_to != NOWHERE) & there,
        when=case.closed,
    )

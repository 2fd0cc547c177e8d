"""Tenders in which a question was not answered in time."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import TIME_ZONE, is_after, known, not_cancelled, wanted

#: OCDS codelist `tenderStatus`, and those of a tender in which no answer is to be expected any more.
TENDER_STATUSES = (
    "planning",
    "planned",
    "active",
    "cancelled",
    "unsuccessful",
    "complete",
    "withdrawn",
)
CLOSED = ("unsuccessful", "complete")


@share(
    code="P039",
    title="Questions of bidders unanswered",
    question="How often is a question of a bidder left unanswered, or answered after the deadline?",
    unit="share of closed tenders in which something was asked",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R039 (name and fields); "
    "the comparison with the deadline is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="questions without an answer",
)
def questions_unanswered(tender: Table) -> Outcome:
    """Hit when a question has no answer, or the last known answer came after the deadline."""
    status = known(tender.status, TENDER_STATUSES)
    answered = tender.enquiries_unanswered == 0
    late = is_after(
        tender.answered_at, tender.answered_at_form, tender.period_end, tender.period_end_form
    )
    return outcome(
        tender,
        applies=not_cancelled(tender) & status.isin(CLOSED) & (tender.enquiries > 0),
        needs={
            "tender/status": status,
            "tender/enquiries": tender.enquiries,
            "tender/enquiries/dateAnswered": wanted(tender.answered_at, answered),
            "tender/tenderPeriod/endDate": wanted(tender.period_end, answered),
            TIME_ZONE: wanted(late, answered),
        },
        hit=ibis.ifelse(answered, late, True),
        value=tender.enquiries_unanswered,
    )

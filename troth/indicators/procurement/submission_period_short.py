"""Calls that leave suppliers little time."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import TIME_ZONE, days_between, not_cancelled, one_zoned, settled

#: Cardinal's default for R003; strictly fewer days are short.
SHORT_DAYS = 15


@share(
    code="P003",
    title="Submission period too short",
    question="How often do suppliers get fewer than 15 days to hand in a bid?",
    unit="share of tenders with a known start and deadline",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R003; Cardinal 0.0.8, R003",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="whole days from start to deadline",
    thresholds={"SHORT_DAYS": "fewer than 15 whole days: Cardinal 0.0.8, default of R003"},
)
def submission_period_short(tender: Table) -> Outcome:
    """Hit below 15 whole days, whatever the method; an end before the start is an error."""
    start, end = tender.period_start, tender.period_end
    days = days_between(start, tender.period_start_form, end, tender.period_end_form)
    doubtful = one_zoned(tender.period_start_form, tender.period_end_form)
    return outcome(
        tender,
        applies=not_cancelled(tender),
        needs={
            "tender/tenderPeriod/startDate": start,
            "tender/tenderPeriod/endDate": end,
            TIME_ZONE: settled(days, doubtful, [0, SHORT_DAYS]),
        },
        faults={"deadline before the start of the submission period": days < 0},
        hit=days < SHORT_DAYS,
        value=days.floor(),
    )

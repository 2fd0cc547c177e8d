"""Tenders whose bids lie unread much longer after the opening than those of comparable ones."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import (
    METHODS,
    TIME_ZONE,
    Fence,
    awaits_bids,
    days_between,
    known,
    log_days,
    one_zoned,
    settled,
)


@share(
    code="P015",
    title="Long time between opening and evaluation",
    question="How often do opened bids lie far longer than comparable ones until they are evaluated?",
    unit="share of tenders with a known opening and start of the evaluation",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R015 (name and fields); "
    "the fence is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="days from the opening of bids to the start of the evaluation",
    thresholds={
        "fence": "upper Tukey fence of log(1 + days) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all"
    },
)
def evaluation_begun_late(tender: Table) -> Outcome:
    """Open where both dates are known; an evaluation before the opening is an error."""
    days = days_between(
        tender.opened_at, tender.opened_at_form, tender.evaluation_start,
        tender.evaluation_start_form,
    )  # fmt: skip
    doubtful = one_zoned(tender.opened_at_form, tender.evaluation_start_form)
    return outcome(
        tender,
        applies=awaits_bids(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/bidOpening/date": tender.opened_at,
            "tender/awardPeriod/startDate": tender.evaluation_start,
            TIME_ZONE: settled(days, doubtful, [0]),
        },
        faults={"evaluation begun before the bids were opened": days < 0},
        value=days,
        keep={"log": log_days(days)},
    )


#: Later than the upper fence of comparable tenders.
evaluation_begun_late.compared(Fence("log", "high"))

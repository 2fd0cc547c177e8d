"""Tenders whose bids are opened much sooner after the call than those of comparable ones."""

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
    code="P014",
    title="Short time between call and opening",
    question="How often are bids opened far sooner after the call than in comparable tenders?",
    unit="share of tenders with a known start and opening of bids",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R014 (name and fields); "
    "the fence is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="days from the start of the time for bids to their opening",
    thresholds={
        "fence": "lower Tukey fence of log(1 + days) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all"
    },
)
def opening_soon_after_call(tender: Table) -> Outcome:
    """Open where both dates are known; an opening before the start is an error."""
    days = days_between(
        tender.period_start, tender.period_start_form, tender.opened_at, tender.opened_at_form
    )
    doubtful = one_zoned(tender.period_start_form, tender.opened_at_form)
    return outcome(
        tender,
        applies=awaits_bids(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/tenderPeriod/startDate": tender.period_start,
            "tender/bidOpening/date": tender.opened_at,
            TIME_ZONE: settled(days, doubtful, [0]),
        },
        faults={"bids opened before the start of the submission period": days < 0},
        value=days,
        keep={"log": log_days(days)},
    )


#: Sooner than the lower fence of comparable tenders.
opening_soon_after_call.compared(Fence("log", "low"))

"""Whether clocks are stopped when time runs out."""

import ibis

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Scale,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import ODD_ORDER, ODD_START, with_path, with_pauses

#: The last part of the time allowed (METHODS A.2).
LATE_PART = 0.20

CALENDAR = "calendar"


@statistic(
    by="late_pauses",
    settings={"late_part": LATE_PART},
    additive=True,
    code="I10",
    title="Clock pauses late in the time allowed",
    question="How many times as many pauses as chance would give begin when time runs out?",
    unit="share of pauses that begin in the last fifth of the time allowed, over one fifth",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I10 and A.2; the BPI Challenge 2013 asked it of a status that stops the clock; "
    "our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.RATIO,
    value_unit="pauses that began in the last fifth of the time allowed",
    thresholds={
        "LATE_PART": "the last 0.2 of the time allowed; 1 is what pauses that fell evenly would give",
    },
    window=12,
    confounds=(
        "What a pause is differs from platform to platform: compare only bodies that keep their log "
        "on the same platform.",
        "Questions that only arise late in a case stop its clock late.",
    ),
    beside=("I11",),
)
def clock_pause(case: Table, case_event: Table, as_of: Day) -> Outcome:
    """A case is one that can be followed; listed when a pause began in the last fifth of its time.

    A time allowed in working days cannot be laid beside a clock of calendar days: unknown, as is a
    case with pauses of which no time allowed is known. Pauses after the time was up stop nothing.
    """
    calendar = case.sla_days_kind == CALENDAR
    cases = case.mutate(allowed=ibis.ifelse(calendar, case.sla_days, None))
    cases = with_pauses(with_path(cases, case_event, as_of), case_event, LATE_PART, as_of)
    none = cases.any_pauses == 0
    in_days = ibis.ifelse(cases.sla_days_kind == CALENDAR, cases.sla_days_kind, None)
    return outcome(
        cases,
        needs={
            "case_event.event": cases.events,
            "sla_days": ibis.ifelse(none, 0, cases.sla_days),
            "sla_days_kind": ibis.ifelse(none, CALENDAR, in_days),
        },
        faults={
            ODD_START: ibis.coalesce(cases.odd_start, False),
            ODD_ORDER: ibis.coalesce(cases.odd_order, False),
        },
        hit=cases.late_pauses > 0,
        value=cases.late_pauses,
        keep={
            "pauses": cases.pauses,
            "late": cases.late_pauses,
            "gross": cases.gross,
            "paused": ibis.coalesce(cases.paused, 0),
        },
        when=cases.received,
    )

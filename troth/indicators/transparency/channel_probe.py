"""How a body answers an ordinary request that the project sent itself."""

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

#: Terms of the code of the English local government ombudsman, in working days.
ACKNOWLEDGED = 5
ANSWERED = 20

#: A week of public holidays, in working days, which no list of them is here to tell.
HOLIDAYS = 5

#: 20 and 5 working days are five weeks: after them the last of the terms is over in any case.
OVER_DAYS = 35


@statistic(
    by="channel_probe",
    settings={"acknowledged": ACKNOWLEDGED, "answered": ANSWERED, "holidays": HOLIDAYS},
    additive=True,
    code="T10",
    title="Channel probe",
    question="How well is an ordinary request taken in and answered?",
    unit="mean of four parts: acknowledged in time, reference, answer in time, way to appeal",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS T10; the terms of the Local Government and Social Care Ombudsman's code; "
    "the four parts and the week of doubt are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=6,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from sending to the answer, or to the day of judgement",
    thresholds={
        "ACKNOWLEDGED": "5 working days to acknowledge (the ombudsman's code)",
        "ANSWERED": "20 working days to answer (the ombudsman's code)",
        "HOLIDAYS": "5 working days: public holidays are not known and not taken out; what comes up "
        "to a week of them late is neither in time nor late, and that part is left out",
        "OVER_DAYS": "35 days: five weeks, after which every part of a request can be judged",
    },
    window=12,
    confounds=(
        "Working days are Mondays to Fridays, and public holidays are not taken out: a body would "
        "have fewer days than the rule gives it. Therefore what is late by no more than a week of "
        "holidays is not counted as late.",
        "Six requests a year say little of one body.",
    ),
    beside=("T01", "T02"),
    scale=Scale.RATIO,
)
def channel_probe(probe: Table, as_of: Day) -> Outcome:
    """A case is a request whose terms are over; listed first where nothing to the matter came."""
    replied = ibis.ifelse(probe.substantive_reply <= as_of, probe.substantive_reply, None)
    end = ibis.coalesce(replied, as_of)
    return outcome(
        probe,
        applies=as_of.delta(probe.sent, unit="day") >= OVER_DAYS,
        faults={
            "acknowledged before it was sent": probe.ack < probe.sent,
            "answered before it was sent": probe.substantive_reply < probe.sent,
        },
        hit=replied.isnull(),
        value=end.delta(probe.sent, unit="day"),
        keep={
            "sent": probe.sent,
            "acknowledged": ibis.ifelse(probe.ack <= as_of, probe.ack, None),
            "replied": replied,
            "reference": probe.reference_given,
            "appeal": probe.appeal_info,
        },
        when=probe.sent,
    )

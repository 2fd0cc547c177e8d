"""Contracts signed much later after the award than comparable contracts."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import (
    TIME_ZONE,
    Fence,
    days_between,
    log_days,
    one_zoned,
    settled,
    was_signed,
)


@share(
    code="P060",
    title="Long time between award and signature",
    question="How often is a contract signed far later after the award than comparable ones?",
    unit="share of signed contracts whose award is known and dated",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R060 (name and fields); "
    "the fence is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from award to signature",
    thresholds={
        "fence": "upper Tukey fence of log(1 + days) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all"
    },
)
def signature_late(contract: Table, award: Table) -> Outcome:
    """Open for every signed contract whose award is dated; signed before the award is an error."""
    dates = award.group_by("pid", "award_id").agg(
        decided=award.date.min(), last=award.date.max(), form=award.date_form.min()
    )
    joined = contract.left_join(dates, ["pid", "award_id"]).drop("pid_right", "award_id_right")
    # Two awards of one id with two dates: which of them the contract rests on is not known.
    decided = ibis.ifelse(joined.decided == joined.last, joined.decided, None)
    signed = joined.date_signed
    days = days_between(decided, joined.form, signed, joined.date_signed_form)
    return outcome(
        joined,
        applies=was_signed(joined),
        needs={
            "contracts/dateSigned": signed,
            "contracts/awardID": joined.award_id,
            "awards/date": decided,
            TIME_ZONE: settled(days, one_zoned(joined.form, joined.date_signed_form), [0]),
        },
        faults={"contract signed before the award": days < 0},
        value=days,
        keep={"log": log_days(days)},
    )


#: Later than the upper fence of comparable contracts.
signature_late.compared(Fence("log", "high"))

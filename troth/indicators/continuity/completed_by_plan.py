"""How many contracts are complete two years after the end that was planned at first."""

import ibis

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
from troth.indicators.shared import COMPLETE, days_from, said_unless

#: So long after the planned end a contract may still be completed.
GRACE_DAYS = 730


@statistic(
    by="completed_by",
    settings={"days": GRACE_DAYS},
    code="C09",
    title="Complete by plan and two years",
    question="How many contracts are complete within two years after their planned end?",
    unit="share of contracts (Aalen-Johansen; ended otherwise competes)",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS C09; Aalen and Johansen 1978; Williams 2017; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from the end planned at first to the end, or so far",
    thresholds={"GRACE_DAYS": "730 days (24 months) after the end that was planned at first"},
    confounds=(
        "A register that never closes contracts looks like one of works that are never finished.",
    ),
    optional=("registered_change",),
)
def completed_by_plan(registered_contract: Table, registered_change: Table, as_of: Day) -> Outcome:
    """A case is a contract whose planned end has come; it is listed when it was not complete 730
    days after that end, or ended otherwise. The plan is the first: an extension moves nothing.
    """
    change = registered_change.filter(registered_change.old_end.notnull())
    order = [change.date, change.change_no]
    of_contract = ibis.window(group_by=change.registered_contract_id, order_by=order)
    change = change.mutate(place=ibis.row_number().over(of_contract))
    first = change.filter(change.place == 0).select(
        planned_of="registered_contract_id", first_end="old_end"
    )
    case = registered_contract.left_join(
        first, registered_contract.registered_contract_id == first.planned_of
    )
    planned = ibis.coalesce(case.first_end, case.period_end)
    dated, named = case.final_status_date.notnull(), case.final_status.notnull()
    over = named & ibis.coalesce(case.final_status_date <= as_of, True)
    days = days_from(planned, over.ifelse(case.final_status_date, as_of))
    complete = over & (case.final_status == COMPLETE)
    late = (days > GRACE_DAYS) | (over & ~complete)
    return outcome(
        case,
        applies=planned.isnull() | (planned <= as_of),
        needs={
            "period_end": planned,
            "final_status_date": said_unless(named & ~dated),
            "final_status": said_unless(dated & ~named),
        },
        faults={"planned to end before it was signed": planned < case.date_signed},
        hit=ibis.coalesce(late, False),
        value=days,
        keep={"days": days, "over": over, "complete": complete},
    )

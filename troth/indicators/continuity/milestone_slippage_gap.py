"""How much later milestones of inherited contracts are met than those of an office's own."""

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
from troth.indicators.shared import days_from, in_office, said_unless

#: The state of a milestone that was reached.
MET = "met"


@statistic(
    by="gap_of_medians",
    code="C04",
    title="Slippage of inherited milestones",
    question="How many days later are milestones of inherited contracts met than of an office's own?",
    unit="days, median slip (Kaplan-Meier) of inherited milestones less that of own ones",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C04; OC4IDS and CoST for milestones; Kaplan and Meier 1958; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=40,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.DAYS,
    value_unit="days from the day first named to the day it was met, or so far",
    thresholds={
        "EACH_SIDE": "withheld with fewer than 20 inherited or fewer than 20 own milestones",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
    },
    confounds=(
        "Inherited contracts are older and longer than an office's own, and long ones slip more.",
        "Milestones of one contract slip together; the interval takes them one by one.",
    ),
)
def milestone_slippage_gap(
    registered_milestone: Table, registered_contract: Table, term: Table, as_of: Day
) -> Outcome:
    """A case is a milestone that fell due; it is listed when its contract was signed under the
    office before and it was not met by the day first named.
    """
    contract = registered_contract.select(
        "registered_contract_id", contract_body=registered_contract.body_no, signed="date_signed"
    )
    case = registered_milestone.drop("body_no").left_join(contract, "registered_contract_id")
    case = case.drop("registered_contract_id_right").rename(body_no="contract_body")
    case = in_office(case, "original_due_date", term, as_of)
    own = case.signed >= case.since
    met = (case.date_met <= as_of) & case.date_met.notnull()
    slip = days_from(case.original_due_date, met.ifelse(case.date_met, as_of))
    return outcome(
        case,
        applies=case.original_due_date.isnull() | (case.original_due_date <= as_of),
        needs={
            "original_due_date": case.original_due_date,
            "date_met": said_unless((case.status == MET) & case.date_met.isnull()),
            "registered_contract.date_signed": case.signed,
            "term.start_date": (case.changed | own).ifelse(case.since, ibis.null("date")),
        },
        faults={"met before the contract was signed": case.date_met < case.signed},
        hit=~own & (slip > 0),
        value=slip,
        keep={"days": slip, "ended": met, "inherited": ~own},
        when=case.original_due_date,
    )

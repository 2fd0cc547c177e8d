"""Contracts breached after a change of office whose object was contracted again."""

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
from troth.indicators.shared import (
    SOON_DAYS,
    contract_faults,
    contract_needs,
    days_from,
    in_office,
    is_blank,
    said_unless,
    with_ending,
)

#: So long after the breach the same object may be contracted again.
AGAIN_DAYS = 540


@statistic(
    by="contracted_again",
    settings={"days": AGAIN_DAYS},
    code="C07",
    title="Cancelled and contracted again",
    question="How often is the object of a contract breached after a change contracted again?",
    unit="share of contracts breached in the 365 days after a change of office",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C07; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=5,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from the change of office to the breach",
    thresholds={
        "SOON_DAYS": "breached within 365 days after the first change of office since signature",
        "AGAIN_DAYS": "another contract of the body signed within 540 days after the breach",
        "ALIKE": "titles are alike from a cosine of 0.8 of their counts of words",
        "CLASS_DIGITS": "the first 4 characters of the code of what is bought must be the same",
        "CUT": "a value that falls by more than 10 % (0.1) is a breach",
        "SUSPENDED_DAYS": "a suspension without end of more than 180 days is a breach",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
    },
    confounds=(
        "A firm that failed must be replaced: where the register calls that incomplete, and not"
        " unsuccessful, the contract that follows is counted.",
    ),
    optional=("registered_change",),
)
def cancel_and_retender(
    registered_contract: Table, term: Table, registered_change: Table, as_of: Day
) -> Outcome:
    """A case is a contract breached within 365 days after a change of office, 540 days ago or
    earlier. Whether its object was contracted again is seen among the body's other contracts.
    """
    contract = with_ending(registered_contract, registered_change, as_of)
    case = in_office(contract, "date_signed", term, as_of)
    after = days_from(case.until, case.ended)
    soon = case.breached & ibis.coalesce((after > 0) & (after <= SOON_DAYS), False)
    old = ibis.coalesce(days_from(case.ended, as_of) >= AGAIN_DAYS, False)
    unknown = case.breached & (case.date_signed.isnull() | case.since.isnull())
    dated, named = case.final_status_date.notnull(), case.final_status.notnull()
    contradicted = ibis.coalesce(case.final_status_date < case.date_signed, False)
    return outcome(
        case,
        applies=unknown | (dated != named) | case.doubtful | contradicted | (soon & old),
        needs={
            **contract_needs(case),
            "registered_change.new_amount": said_unless(case.doubtful),
            "term.start_date": case.since,
            "classification": said_unless(is_blank(case.classification)),
            "title": said_unless(is_blank(case.title)),
            "place": said_unless(is_blank(case.place)),
        },
        faults=contract_faults(case),
        value=after,
        keep={"breached_on": case.ended},
        when=case.ended,
    )

"""Whether what was open at a change of office was handed over in a published list."""

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
from troth.indicators.shared import days_from, terms_that_count

#: A list counts when it is of so many days before or after the change of office.
LISTED_DAYS = 90


@statistic(
    by="handed_over",
    settings={"days": LISTED_DAYS},
    tables=(
        "handover",
        "registered_contract",
        "registered_change",
        "registered_milestone",
        "registered_payment",
        "judgment",
        "judgment_payment",
        "invoice",
        "commitment",
        "commitment_update",
        "commitment_rev",
    ),
    additive=True,
    code="C12",
    title="Handed over",
    question="How much of what was open at a change of office was in a published list?",
    unit="share of contracts, judgments, overdue bills and promises open at a change of office",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS C12; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    thresholds={
        "LISTED_DAYS": "a list dated up to 90 days before or after the change of office",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
    },
    confounds=(
        "What is open is known from our ledgers: the fuller they are, the more must be listed.",
    ),
    optional=(
        "registered_contract",
        "registered_change",
        "registered_milestone",
        "registered_payment",
        "judgment",
        "judgment_payment",
        "invoice",
        "commitment",
        "commitment_update",
        "commitment_rev",
    ),
)
def handed_over(term: Table, as_of: Day) -> Outcome:
    """A case is a change of office 90 days ago or earlier; the share is of what was open then."""
    counted = terms_that_count(term, as_of)
    counted = counted.select(counted_entry=counted.entry, opened=counted.changed)
    case = term.left_join(counted, term.entry == counted.counted_entry)
    old = ibis.coalesce(days_from(case.start_date, as_of) >= LISTED_DAYS, False)
    return outcome(
        case,
        applies=case.start_date.isnull() | (ibis.coalesce(case.opened, False) & old),
        needs={"start_date": case.start_date},
        when=case.start_date,
    )

"""Signed contracts that were not published in time."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import NotInTime, day_number, days_between, was_signed

#: Our own definition for R063: a month; strictly later is late.
DAYS_TO_PUBLISH = 30


@share(
    code="P063",
    title="Contract not published",
    question="How often is a signed contract not published within 30 days?",
    unit="share of contracts signed at least 30 days before the day of judgement",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R063 (name and fields); "
    "30 days are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from signature to publication; empty when not published",
    thresholds={"DAYS_TO_PUBLISH": "a document of type contractSigned within 30 days of signature"},
)
def contract_not_published(contract: Table) -> Outcome:
    """Open for every signed contract of a record that lists contract documents at all."""
    delay = days_between(
        contract.date_signed, contract.date_signed_form, contract.published_at, ibis.literal("day")
    )
    published = ibis.coalesce(contract.signed_documents, 0)
    dated = ibis.ifelse((published == 0) | contract.published_at.notnull(), published, None)
    return outcome(
        contract,
        applies=was_signed(contract),
        needs={
            "contracts/dateSigned": contract.date_signed,
            "contracts/documents": contract.documents,
            "contracts/documents/datePublished": dated,
        },
        value=delay,
        keep={"signed_day": day_number(contract.date_signed)},
    )


#: Not published, or late; not asked of contracts whose 30 days have not yet run out.
contract_not_published.compared(NotInTime(DAYS_TO_PUBLISH, since="signed_day"))

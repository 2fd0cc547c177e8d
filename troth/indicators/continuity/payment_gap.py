"""How much longer bills on inherited contracts wait after a change of office."""

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
from troth.indicators.shared import days_from, in_office

#: Three quarters: the span after a change, and the span before it, that are compared.
SPAN_DAYS = 274

#: Days to pay are counted up to here, so that bills paid later and unpaid ones count alike; more
#: recent bills are not judged yet.
COUNTED_DAYS = 180


@statistic(
    by="payment_gap",
    code="C05",
    title="Payment gap after a change of office",
    question="How many days longer do bills on inherited contracts wait after a change of office?",
    unit="days to pay (counted up to 180), three quarters after a change less three before",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C05 and A.1; State Council Regulation 802 (2025) Art. 14; the difference of a"
    " body is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=100,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.DAYS,
    value_unit="days from receipt to payment, counted up to 180",
    thresholds={
        "SPAN_DAYS": "bills received up to 274 days (three quarters) before or after the change",
        "COUNTED_DAYS": "days are counted up to 180; bills of the last 180 days are not judged",
        "EACH_SIDE": "withheld with fewer than 50 bills before or fewer than 50 after",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
    },
    confounds=(
        "The end of a fiscal year and cuts of the budget slow payment whoever is in office; the"
        " event study of all bodies compares with bodies that had not changed in that quarter.",
    ),
)
def payment_gap(invoice: Table, registered_contract: Table, term: Table, as_of: Day) -> Outcome:
    """A case is a bill on a contract, received 180 days ago or earlier; it is listed when it came
    on an inherited contract soon after a change and waited for 180 days or more.
    """
    contract = registered_contract.select(
        contract_of="registered_contract_id", signed="date_signed"
    )
    case = invoice.left_join(contract, invoice.contract_id == contract.contract_of)
    case = in_office(case, "received_date", term, as_of)
    paid = case.paid_date.notnull() & (case.paid_date <= as_of)
    days = days_from(case.received_date, paid.ifelse(case.paid_date, as_of))
    counted = ibis.ifelse(days < COUNTED_DAYS, days, COUNTED_DAYS)
    inherited = case.changed & (case.signed < case.since)
    after = inherited & (days_from(case.since, case.received_date) < SPAN_DAYS)
    before = case.until.notnull() & (days_from(case.received_date, case.until) <= SPAN_DAYS)
    before = before & (case.signed < case.until)
    return outcome(
        case,
        applies=case.contract_id.notnull()
        & (case.received_date.isnull() | (days_from(case.received_date, as_of) >= COUNTED_DAYS)),
        needs={
            "received_date": case.received_date,
            "registered_contract.date_signed": case.signed,
            "term.start_date": case.since,
        },
        faults={"paid before it was received": case.paid_date < case.received_date},
        hit=after & (counted >= COUNTED_DAYS),
        value=counted,
        keep={
            "days": counted,
            "signed": case.signed,
            "received": case.received_date,
            "contract": case.contract_id,
            "after": after,
            "before": before & ~after,
        },
        when=case.received_date,
    )

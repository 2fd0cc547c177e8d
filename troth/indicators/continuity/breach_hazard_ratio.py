"""Whether contracts are breached more often in the year after a change of office."""

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
from troth.indicators.shared import (
    SOON_DAYS,
    contract_faults,
    contract_needs,
    days_from,
    in_office,
    said_unless,
    with_ending,
)


@statistic(
    by="breach_ratio",
    code="C01",
    title="Breach after a change of office",
    question="How many times as often are contracts breached in the year after a change of office?",
    unit="rate of breach in the 365 days after a change over the rate at other times, shrunk",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C01 and A.1; Cox 1972, Efron 1977, Lin and Wei 1989; Akhtari, Moreira and"
    " Trucco 2022; NDRC 发改财金〔2023〕1103号; the figure of a body is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=5,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.RATIO,
    value_unit="days from the first change of office after signature to the end of the contract",
    thresholds={
        "SOON_DAYS": "365 days after the first change since signature count as soon after it",
        "CUT": "a value that falls by more than 10 % (0.1) is a breach",
        "SUSPENDED_DAYS": "a suspension without end of more than 180 days is a breach",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
        "POOLED_EVENTS": "withheld for all where all bodies together have fewer than 50 breaches",
        "BODY_EVENTS": "withheld where a body has fewer than 5 breaches, or reliability below 0.5",
    },
    confounds=(
        "The end of a fiscal year and cuts of the budget fall on old and new contracts alike; the"
        " stratified ratio of all bodies compares within half-years.",
    ),
    optional=("registered_change",),
)
def breach_hazard_ratio(
    registered_contract: Table, term: Table, registered_change: Table, as_of: Day
) -> Outcome:
    """A case is a contract signed under a known office; it is listed when it was breached within
    365 days after the first change of office since its signature.
    """
    contract = with_ending(registered_contract, registered_change, as_of)
    case = in_office(contract, "date_signed", term, as_of)
    after = days_from(case.until, case.ended)
    return outcome(
        case,
        needs={
            **contract_needs(case),
            "registered_change.new_amount": said_unless(case.doubtful),
            "term.start_date": case.since,
        },
        faults=contract_faults(case),
        hit=case.breached & (after > 0) & (after <= SOON_DAYS),
        value=after,
        keep={
            "signed": case.date_signed,
            "ended": case.ended,
            "breached": case.breached,
            "kind": case.kind,
            "amount": case.amount,
            "currency": case.currency,
        },
        when=case.date_signed,
    )

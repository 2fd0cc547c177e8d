"""How much sooner inherited contracts are breached than those of a year before the change."""

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
    contract_faults,
    contract_needs,
    days_from,
    in_office,
    said_unless,
    with_ending,
)


@statistic(
    by="survival_lost",
    code="C02",
    title="Life lost by inherited contracts",
    question="How many months of life do contracts lose when a new office inherits them?",
    unit="months without breach within 24 months, a year before the change less from the change on",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C02 and A.1; Kaplan and Meier 1958; a landmark comparison of our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.MONTHS,
    value_unit="days from the first change of office after signature to the end of the contract",
    thresholds={
        "CUT": "a value that falls by more than 10 % (0.1) is a breach",
        "SUSPENDED_DAYS": "a suspension without end of more than 180 days is a breach",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
        "PLACEBO": "the comparison begins 365 days before the change",
        "MONTHS": "24 months (730 days) are looked at from either day on",
    },
    confounds=(
        "The end of a fiscal year and cuts of the budget may fall into one of the two spans only.",
        "The second year of the comparison lies after the change, so that the loss is understated.",
    ),
    optional=("registered_change",),
)
def inherited_contracts_survival(
    registered_contract: Table, term: Table, registered_change: Table, as_of: Day
) -> Outcome:
    """A case is a contract that was open at a change of office; it is listed when it was breached
    after the change.
    """
    contract = with_ending(registered_contract, registered_change, as_of)
    case = in_office(contract, "date_signed", term, as_of)
    inherited = case.until.notnull() & (case.ended.isnull() | (case.until < case.ended))
    return outcome(
        case,
        needs={
            **contract_needs(case),
            "registered_change.new_amount": said_unless(case.doubtful),
            "term.start_date": case.since,
        },
        faults=contract_faults(case),
        hit=inherited & case.breached,
        value=days_from(case.until, case.ended),
        keep={"signed": case.date_signed, "ended": case.ended, "breached": case.breached},
        when=case.date_signed,
    )

"""Awards to firms that win in unusually many kinds of things."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import AWARD_STATUSES, ManyClasses, known

#: Cardinal's default of `minimum_contracting_processes` for R048.
FEWEST_PROCESSES = 20


@share(
    code="P048",
    title="Heterogeneous supplier",
    question="How many awards go to suppliers that win in unusually many kinds of things?",
    unit="share of active awards to suppliers with at least 20 processes",
    direction=Direction.UNDECIDED,
    source="Open Contracting Partnership 2024, red flag R048; Cardinal 0.0.8, R048",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="item classes of 2 digits in which the supplier won",
    thresholds={
        "FEWEST_PROCESSES": "a supplier with at least 20 processes",
        "fences": "at least Q3 + 1.5 (Q3 - Q1) of the numbers of classes of all such suppliers, of "
        "whom there are at least 20 whose quartiles differ",
    },
)
def supplier_of_everything(award: Table) -> Outcome:
    """Open for every active award with a known supplier and item class; a group counts as one."""
    status = known(award.status, AWARD_STATUSES)
    return outcome(
        award,
        applies=status == "active",
        needs={
            "awards/status": status,
            "awards/suppliers/id": award.supplier_key,
            "awards/items/classification/scheme": award.item_scheme,
            "awards/items/classification/id": award.item_code,
        },
        keep={"supplier": award.supplier_key},
    )


#: As many classes as the upper fence of all suppliers that are large enough, or more.
supplier_of_everything.compared(ManyClasses(fewest=FEWEST_PROCESSES))

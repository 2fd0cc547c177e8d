"""Awards whose contracts are worth more or less than was awarded."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import CANCELLED, RATIO_DIGITS, money, price

#: Our own definition for R059: a tenth of the award; strictly more differs.
TOLERANCE = 0.1

#: Awards that do not stand. One of unknown status stands, because contracts rest on it.
NOT_STANDING = ("pending", "cancelled", "unsuccessful")


@share(
    code="P059",
    title="Contract differs from award",
    question="How often do the contracts differ from the award by more than 10 %?",
    unit="share of awards with contracts whose sums are known in the award's currency",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R059 (name and fields); "
    "the sum of contracts and 10 % are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="difference as a share of the award",
    thresholds={"TOLERANCE": "more than 0.1 of the awarded sum, upwards or downwards"},
)
def contract_differs_from_award(award: Table, contract: Table) -> Outcome:
    """Hit when the award's contracts together differ from it; cancelled contracts do not count."""
    kept = contract.filter(ibis.coalesce(contract.status, "") != CANCELLED)
    kept = kept.mutate(exact=money(kept.amount))
    sums = kept.group_by("pid", "award_id").agg(
        contracts=kept.count(),
        priced=kept.exact.count(),
        contracted=kept.exact.sum(),
        with_currency=kept.currency.count(),
        first_currency=kept.currency.min(),
        last_currency=kept.currency.max(),
    )
    loose = kept.group_by("pid").agg(loose=kept.count(where=kept.award_id.isnull()))
    twins = award.group_by("pid", "award_id").agg(twins=award.count())
    joined = award.left_join(sums, ["pid", "award_id"]).drop("pid_right", "award_id_right")
    joined = joined.left_join(loose, "pid").drop("pid_right")
    joined = joined.left_join(twins, ["pid", "award_id"]).drop("pid_right", "award_id_right")
    # `loose` is null where the process has no contract, and counts those that name no award.
    own = joined.contracts.notnull()
    has_contracts = joined.loose.notnull() & (own | (joined.loose > 0) | joined.award_id.isnull())
    awarded = price(joined.amount)
    contracted = joined.contracted.cast("float64")
    difference = ((contracted - awarded) / awarded.nullif(0)).abs().round(RATIO_DIGITS)
    one_currency = (
        (joined.with_currency == joined.contracts)
        & (joined.first_currency == joined.currency)
        & (joined.last_currency == joined.currency)
    )
    return outcome(
        joined,
        applies=has_contracts & ~joined.status.isin(NOT_STANDING),
        needs={
            "awards/id": ibis.ifelse(joined.twins == 1, joined.award_id, None),
            "contracts/awardID": ibis.ifelse(joined.loose == 0, joined.contracts, None),
            "awards/value/amount": awarded,
            "awards/value/currency": joined.currency,
            "contracts/value/amount": ibis.ifelse(
                joined.priced == joined.contracts, contracted, None
            ),
            "contracts/value/currency": ibis.ifelse(one_currency, joined.currency, None),
        },
        hit=difference > TOLERANCE,
        value=difference,
    )

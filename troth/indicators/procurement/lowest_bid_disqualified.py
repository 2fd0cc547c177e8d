"""Tenders decided on price in which the lowest bid was disqualified."""

from dataclasses import replace

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import (
    AWARD_CRITERIA,
    PRICE_CRITERIA,
    from_lots,
    known,
    lots_with_bids,
)


@share(
    code="P036",
    title="Lowest bid disqualified",
    question="When price decides, how often is the lowest bid disqualified?",
    unit="share of awarded tenders decided on price, with at least two bids whose prices are known",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R036; Cardinal 0.0.8, R036",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="the disqualified price as a share of the lowest other price",
)
def lowest_bid_disqualified(tender: Table, bid: Table, award: Table, party: Table) -> Outcome:
    """Hit when a disqualified bid of a lot is lower than all others and one of these is valid."""
    lots = lots_with_bids(tender, bid, award, party)
    several_currencies = lots.first_currency != lots.last_currency
    lower = lots.lowest_disqualified < lots.lowest_other
    unsure = (lots.unclear + lots.untold + lots.unpriced > 0) | several_currencies
    hit = ibis.cases(
        (unsure, None),
        else_=ibis.coalesce(lower, False) & (lots.valid > 0),
    )
    said = from_lots(
        tender,
        lots,
        concerned=lots.submitted + lots.untold > 1,
        hit=hit,
        lacks={
            "awards/status": lots.unclear > 0,
            "bids/details/status": lots.untold > 0,
            "bids/details/value": lots.unpriced > 0,
            "bids/details/value/currency": several_currencies,
        },
        value=(lots.lowest_disqualified / lots.lowest_other.nullif(0)).min(
            where=ibis.coalesce(hit, False)
        ),
    )
    criteria = known(said.cases.award_criteria, AWARD_CRITERIA)
    return replace(
        said,
        applies=said.applies & criteria.isin(PRICE_CRITERIA),
        needs={"tender/awardCriteria": criteria, **said.needs},
    )

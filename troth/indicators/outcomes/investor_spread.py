"""How much more the market asks of a body's debt than of its peers'."""

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


@statistic(
    by="investor_spread",
    settings={"lag": 2, "days": 90},
    tables=("judgment",),
    optional=("judgment",),
    code="O10",
    title="Investor spread",
    question="How much more yield does the market ask of the body than of peers of equal rating?",
    unit="basis points above peers of equal rating and time to maturity, mean over months",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O10; Newey and West 1987 for the error; how months are put together, and the days "
    "around a judgment, are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=12,
    version=1,
    status=Status.PUBLISHED,
    value_unit="basis points above peers",
    thresholds={
        "months": "12 months with quotes: the figure rests on months, not on quotes",
        "lag": "2 months of memory in the error: 4 (n / 100) to the power 2/9, of 12 months, rounded down",
        "days": "90 days before and after a judgment became final",
    },
    window=12,
    confounds=(
        "Bonds that are seldom traded carry a spread for that alone.",
        "A rating that follows late makes peers of bodies that the market tells apart already.",
    ),
    scale=Scale.BASIS_POINTS,
)
def investor_spread(quote: Table, as_of: Day) -> Outcome:
    """A case is a quote with that of its peers; listed when it is above it."""
    apart = quote.spread_bp - quote.peer_spread_bp
    return outcome(
        quote,
        applies=ibis.coalesce(quote.date <= as_of, True),
        needs={"spread_bp": quote.spread_bp, "peer_spread_bp": quote.peer_spread_bp},
        hit=apart > 0,
        value=apart,
        keep={"known_until": as_of},
        when=quote.date,
    )

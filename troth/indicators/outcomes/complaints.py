"""How many complaints reach a body, for its size."""

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
from troth.indicators.shared import COMPLAINT, with_residents


@statistic(
    by="complaint_rate",
    additive=True,
    code="O01",
    title="Complaints per 10,000 residents",
    question="How many complaints a year reach the body for every 10,000 residents?",
    unit="complaints a year per 10,000 residents",
    direction=Direction.UNDECIDED,
    source="METHODS O01 and B.7; the Local Government and Social Care Ombudsman for the figure; which "
    "population is taken is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    thresholds={
        "population": "residents of the latest year that is known by the day of judgement",
    },
    window=12,
    confounds=(
        "More complaints may mean open channels, and fewer that people do not know where to complain.",
        "Bodies with more services have more that can be complained about.",
    ),
    beside=("O02",),
    scale=Scale.PER_10000,
)
def complaints(case: Table, body_year: Table, as_of: Day) -> Outcome:
    """A case is every complaint; none is listed, for a complaint alone says nothing yet."""
    cases = with_residents(case, body_year, as_of)
    return outcome(
        cases,
        applies=cases.channel == COMPLAINT,
        needs={"received": cases.received, "body_year.population": cases.residents},
        keep={"residents": cases.residents},
        when=cases.received,
    )

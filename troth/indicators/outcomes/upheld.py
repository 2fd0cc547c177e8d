"""How many of the complaints that were investigated were found justified."""

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
from troth.indicators.shared import COMPLAINT


@statistic(
    by="upheld",
    settings={"publish": 0.5, "rank": 0.7},
    tables=("body_year",),
    optional=("body_year",),
    additive=True,
    code="O02",
    title="Upheld rate",
    question="How many of the complaints that were investigated were upheld?",
    unit="share of the complaints that were investigated",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS O02 and B.7; the Local Government and Social Care Ombudsman for upheld over "
    "investigated; how findings of one decision are weighed is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    thresholds={
        "decisions": "10 decisions: the figure rests on decisions, one of which may find on several "
        "complaints",
        "publish": "a reliability among peers of 0.5: below it the figure is withheld, where peers "
        "differ by more than chance",
        "rank": "a reliability among peers of 0.7: below it the body is not ranked",
    },
    window=12,
    confounds=(
        "Who investigates chooses what to investigate: compare only bodies that answer to the same "
        "ombudsman.",
        "A body that puts things right early has fewer, and harder, cases investigated.",
    ),
    beside=("O01",),
)
def upheld(case: Table, as_of: Day) -> Outcome:
    """Hit when the complaint was upheld; one decided and neither upheld nor not was not investigated,
    or that is not known: no figure counts it.
    """
    decided = ibis.coalesce(case.closed <= as_of, case.upheld.notnull())
    return outcome(
        case,
        applies=(case.channel == COMPLAINT) & decided,
        needs={"upheld": case.upheld},
        faults={"closed before it was received": case.closed < case.received},
        hit=case.upheld,
        keep={"decision": ibis.coalesce(case.decision_key, case.case_id)},
        when=case.closed,
    )

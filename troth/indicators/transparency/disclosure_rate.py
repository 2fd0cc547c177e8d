"""How much of what was asked for was given out."""

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
from troth.indicators.shared import is_counted_twice, report_end


@statistic(
    by="disclosure",
    additive=True,
    code="T03",
    title="Disclosure rate",
    question="How much of what was asked for was given out?",
    unit="share of decided requests answered in full, those in part counted half",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS T03; the outcomes of State Council General Office 2021 no. 30, table 3; the "
    "half for a part is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    window=12,
    confounds=(
        "Bodies that hold secrets or personal data refuse more (case mix).",
        "What a body says it does not hold is left out, so saying so often raises the figure: the "
        "evasion mix stands beside it.",
    ),
    beside=("T04", "T11"),
)
def disclosure_rate(foi: Table, as_of: Day) -> Outcome:
    """A case is a request that was decided, unless the body did not hold what was asked for."""
    decided = ibis.coalesce(foi.answered <= as_of, False)
    return outcome(
        foi,
        applies=decided & (foi.outcome != "not_held"),
        needs={"outcome": foi.outcome},
        faults={"answered before it was received": foi.answered < foi.received},
        hit=foi.outcome.isin(["full", "partial"]),
        keep={
            "granted": (foi.outcome == "full").cast("int64"),
            "partial": (foi.outcome == "partial").cast("int64"),
            "whole": ibis.literal(1, "int64"),
        },
        when=foi.answered,
    )


@disclosure_rate.otherwise
def from_reports(foi_annual: Table) -> Outcome:
    """Of a report, what could not be answered is left out: how much of it was not held is not told."""
    counts = foi_annual
    return outcome(
        counts,
        applies=~is_counted_twice(counts),
        needs={
            "granted": counts.granted,
            "partial": counts.partial,
            "unable": counts.unable,
            "total": counts.total,
        },
        faults={
            "more ended so than in all": counts.granted + counts.partial + counts.unable
            > counts.total
        },
        hit=counts.granted + counts.partial > 0,
        keep={
            "granted": counts.granted,
            "partial": counts.partial,
            "whole": counts.total - counts.unable,
        },
        when=report_end(counts),
    )

"""Whether requests end on grounds that say little more often than elsewhere."""

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
from troth.indicators.shared import is_counted_twice, report_end

#: Endings that are no refusal on a stated ground.
CATCH_ALL = ("not_held", "not_processed", "other")


@statistic(
    by="evasion_mix",
    additive=True,
    code="T11",
    title="Evasion mix",
    question="Do requests end as not held, not dealt with or otherwise more often than at peers?",
    unit="distance of the mix of endings from that of the peers, above 0 towards catch-all endings",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS T11; Jensen-Shannon distance (Lin 1991, Endres and Schindelin 2003); the "
    "endings compared and the sign are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    window=12,
    confounds=(
        "A body that is often asked for what another body holds has many requests not held.",
        "With few requests some distance comes by chance alone.",
        "Peers are all other bodies of the same ledger, whatever their tasks.",
    ),
    beside=("T03", "T04"),
    scale=Scale.RATIO,
)
def evasion_mix(foi: Table, as_of: Day) -> Outcome:
    """A case is a request that ended without anything given out; how it ended is what counts."""
    ended = ibis.coalesce(foi.answered <= as_of, False)
    return outcome(
        foi,
        applies=ended & ~foi.outcome.isin(["full", "partial"]),
        needs={"outcome": foi.outcome},
        faults={"answered before it was received": foi.answered < foi.received},
        hit=foi.outcome.isin(CATCH_ALL),
        keep={
            "refused": (foi.outcome == "refused").cast("int64"),
            "unable": (foi.outcome == "not_held").cast("int64"),
            "not_processed": (foi.outcome == "not_processed").cast("int64"),
            "other": (foi.outcome == "other").cast("int64"),
        },
        when=foi.answered,
    )


@evasion_mix.otherwise
def from_reports(foi_annual: Table) -> Outcome:
    """A report adds its requests that ended so."""
    counts = foi_annual
    catch_all = counts.unable + counts.not_processed + counts.other
    return outcome(
        counts,
        applies=~is_counted_twice(counts),
        needs={
            "refused": counts.refused,
            "unable": counts.unable,
            "not_processed": counts.not_processed,
            "other": counts.other,
        },
        hit=catch_all > counts.refused,
        keep={
            "refused": counts.refused,
            "unable": counts.unable,
            "not_processed": counts.not_processed,
            "other": counts.other,
        },
        when=report_end(counts),
    )

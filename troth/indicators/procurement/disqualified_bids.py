"""Bids that were disqualified, among all bids handed in."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import awaits_bids, submitted


@share(
    code="P038",
    title="Disqualified bids",
    question="What share of the bids handed in is disqualified?",
    unit="share of bids handed in",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R038; Cardinal 0.0.8, R038",
    verified=Verified.AGAINST_CODE,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="disqualified bids of the tender",
)
def disqualified_bids(tender: Table, bid: Table) -> Outcome:
    """Counts the bids of a tender; the tender is flagged when at least one was disqualified."""
    counts = bid.group_by("pid").agg(
        submitted=bid.count(where=ibis.coalesce(submitted(bid), False)),
        disqualified=bid.count(where=bid.status == "disqualified"),
        untold=bid.count(where=bid.status.isnull()),
    )
    calls = tender.left_join(counts, "pid").drop("pid_right")
    none_left = ibis.coalesce((calls.submitted == 0) & (calls.untold == 0), False)
    return outcome(
        calls,
        applies=awaits_bids(calls) & ~none_left,
        needs={
            "bids/details": calls.submitted,
            "bids/details/status": ibis.ifelse(calls.untold == 0, calls.submitted, None),
        },
        value=calls.disqualified,
        of=calls.submitted,
        hits=calls.disqualified,
    )

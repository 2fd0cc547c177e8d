"""Commitments that a new office inherited and nobody has spoken of since."""

import ibis

from troth.indicators.base import (
    Day,
    Direction,
    Outcome,
    Status,
    Table,
    Verified,
    outcome,
    share,
)
from troth.indicators.shared import days_from, in_office

#: So long after a change of office a commitment must be touched, or it is orphaned.
TOUCHED_DAYS = 180

#: What a body says of a commitment that it has nothing more to do for.
CLOSED = ("complete", "withdrawn")


@share(
    code="C03",
    title="Orphaned commitments",
    question="How often does a new office leave an inherited commitment without a word?",
    unit="share of commitments open at a change of office that nobody touched in 180 days",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C03; trackers of promises begin anew at each change; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from the change of office to the first word on the commitment",
    thresholds={
        "TOUCHED_DAYS": "an update or a revision within 180 days after the change is a touch",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
    },
    confounds=(
        "Payments towards a commitment and mentions elsewhere are in no ledger, so that a body that"
        " works without a word looks silent.",
    ),
    optional=("commitment_rev",),
)
def orphaned_commitments(
    commitment: Table, term: Table, commitment_update: Table, commitment_rev: Table, as_of: Day
) -> Outcome:
    """A case is a commitment open at the first change of office after it was announced, 180 days
    ago or more; it is hit when no update and no revision followed within 180 days.
    """
    said = commitment_update.select(
        said_of=commitment_update.commitment_id,
        on=commitment_update.date,
        closes=ibis.coalesce(commitment_update.claimed_status.isin(CLOSED), False),
    )
    revised = commitment_rev.select(
        said_of=commitment_rev.commitment_id,
        on=commitment_rev.date,
        closes=commitment_rev.withdrawn,
    )
    words = said.union(revised)
    words = words.filter(words.on <= as_of)
    case = in_office(commitment, "announced", term, as_of)
    case = case.mutate(change=case.until)
    told = case.join(words, case.commitment_id == words.said_of)
    after = told.on > told.change
    acts = told.group_by("said_of").agg(
        first_act=after.ifelse(told.on, ibis.null("date")).min(),
        closed_before=(told.closes & ~after).cast("int8").max(),
    )
    case = case.left_join(acts, case.commitment_id == acts.said_of)
    closed = ibis.coalesce(case.closed_before, 0) > 0
    waited = days_from(case.change, case.first_act)
    judged = days_from(case.change, as_of) >= TOUCHED_DAYS
    return outcome(
        case,
        applies=case.announced.isnull()
        | case.since.isnull()
        | (ibis.coalesce(judged, False) & ~closed),
        needs={"announced": case.announced, "term.start_date": case.since},
        hit=~ibis.coalesce(waited <= TOUCHED_DAYS, False),
        value=waited,
        when=case.change,
    )

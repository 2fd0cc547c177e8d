"""Deadlines that pass without a word."""

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
from troth.indicators.shared import COMPLETE, put_beside, with_deadlines

#: Days after a deadline within which a body says what became of it (METHODS I13).
SILENT = 90


@statistic(
    by="parts_of_cases",
    additive=True,
    code="I13",
    title="Silent expiry",
    question="How many deadlines pass without a word within 90 days?",
    unit="share of deadlines that passed at least 90 days ago",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS I13; our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=8,
    version=1,
    status=Status.PUBLISHED,
    value_unit="deadlines that passed without a word",
    thresholds={
        "SILENT": "90 days, the day of the deadline and the 90th after it included; deadlines of the "
        "last 90 days are not judged yet",
    },
    optional=("commitment_rev",),
    confounds=("A word that was published where nobody collected it is silence here.",),
)
def silent_expiry(
    commitment: Table, commitment_rev: Table, commitment_update: Table, as_of: Day
) -> Outcome:
    """A case is a commitment with a deadline that passed; listed when one passed without a word.

    Each deadline counts that was in force when it passed: the first, and each that replaced it. A
    statement or a change of the commitment is a word; what was said to be complete before, or
    withdrawn by the deadline, needs none.
    """
    cases = with_deadlines(commitment, commitment_rev, as_of)
    changes = commitment_rev.filter(commitment_rev.date <= as_of)
    moved = changes.filter(changes.new_due.notnull())
    first = cases.filter(cases.original_due.notnull()).select(
        "commitment_id",
        since=ibis.null("date"),
        due="original_due",
        rev_no=ibis.literal(-1, "int64"),
    )
    replaced = moved.select("commitment_id", since="date", due="new_due", rev_no="rev_no")
    deadlines = first.union(replaced)
    order = ibis.window(
        group_by="commitment_id",
        order_by=[deadlines.since.asc(nulls_first=True), deadlines.rev_no.asc()],
    )
    deadlines = deadlines.mutate(until=deadlines.since.lead().over(order))
    passed = deadlines.filter(
        (deadlines.until.isnull() | (deadlines.until > deadlines.due))
        & (deadlines.since.isnull() | (deadlines.since <= deadlines.due))
        & (as_of.delta(deadlines.due, unit="day") >= SILENT)
    )
    passed = put_beside(passed, cases.select("commitment_id", "withdrawn_on"), "commitment_id")
    passed = passed.filter(~ibis.coalesce(passed.withdrawn_on <= passed.due, False))
    said = commitment_update.filter(commitment_update.date <= as_of)
    done = said.filter(said.claimed_status == COMPLETE).group_by("commitment_id")
    passed = put_beside(passed, done.agg(done_on=lambda rows: rows.date.min()), "commitment_id")
    words = said.select(of="commitment_id", said_on="date").union(
        changes.select(of="commitment_id", said_on="date")
    )
    heard = passed.left_join(words, [passed.commitment_id == words.of])
    wait = heard.said_on.delta(heard.due, unit="day")
    told = ibis.coalesce((wait >= 0) & (wait <= SILENT), False)
    told |= ibis.coalesce(heard.done_on <= heard.due, False)
    by_deadline = heard.mutate(told=told)
    by_deadline = by_deadline.group_by("commitment_id", "due", "rev_no").agg(
        told=by_deadline.told.any()
    )
    found = by_deadline.group_by("commitment_id").agg(
        deadlines=by_deadline.count(),
        silent=by_deadline.count(where=~by_deadline.told),
        first_passed=by_deadline.due.min(),
    )
    cases = put_beside(cases, found, "commitment_id")
    return outcome(
        cases,
        applies=cases.deadlines.notnull(),
        faults={"due before it was announced": cases.original_due < cases.announced},
        hit=cases.silent > 0,
        value=cases.silent,
        keep={"part": cases.silent, "whole": cases.deadlines},
        when=cases.first_passed,
    )

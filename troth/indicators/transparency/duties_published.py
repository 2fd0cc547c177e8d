"""How much of what a body must publish it publishes: there, in time, readable, kept."""

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
from troth.indicators.shared import (
    absent_until,
    added,
    came_in_time,
    has_disappeared,
    was_found,
)

#: What each part of publishing counts (METHODS T06).
EXISTS = 0.4
IN_TIME = 0.3
READABLE = 0.2
KEPT = 0.1

#: Media types that a program reads without guessing.
MACHINE_READABLE = (
    "text/csv",
    "text/tab-separated-values",
    "text/xml",
    "application/json",
    "application/geo+json",
    "application/ld+json",
    "application/xml",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
)


@statistic(
    by="ratio",
    additive=True,
    code="T06",
    title="Duties published",
    question="How much of what the body must publish does it publish, in time and usable?",
    unit="share of the weight of the things that are due",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS T06, after the Open Budget Survey, CASS and the Infrastructure Transparency "
    "Index; the four parts and what they count are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="part of 1 that is published",
    thresholds={
        "EXISTS": "0.4 of a thing is that it is there (METHODS T06)",
        "IN_TIME": "0.3 is that it came in time (METHODS T06)",
        "READABLE": "0.2 is that machines can read it, where that is required (METHODS T06)",
        "KEPT": "0.1 is that earlier versions can be had (METHODS T06)",
    },
    window=12,
    confounds=(
        "Only what is on the list of duties counts, and only at the address that the list gives.",
        "A body that keeps robots out shows less and is not worse for it.",
    ),
    beside=("T07", "T08", "T09"),
)
def duties_published(disc_obs: Table, disc_item: Table, as_of: Day) -> Outcome:
    """A case is a thing due; it counts nothing where it is not there, or not there any more.

    A part that cannot be told, or is not required, is left out with what it counts; of a thing that
    is not there nothing is left out.
    """
    item = disc_item.select("weight", "machine_readable_required", of_item="item_id")
    cases = disc_obs.left_join(item, disc_obs.item_id == item.of_item).drop("of_item")
    found = was_found(cases, as_of)
    there = found & ~has_disappeared(cases, as_of)
    absent = absent_until(cases, as_of)
    # Looked for on the last day itself, it may have come later that day.
    looked = ibis.ifelse(cases.deadline.isnull() | (absent > cases.deadline), absent, None)
    readable = cases.fmt.isin(MACHINE_READABLE)
    parts = (
        (EXISTS, there),
        (IN_TIME, came_in_time(cases)),
        (READABLE, ibis.ifelse(cases.machine_readable_required, readable, None)),
        (KEPT, cases.archived),
    )
    got = added([ibis.ifelse(part & there, counts, 0.0) for counts, part in parts])
    whole = added([ibis.ifelse(part.notnull() | ~there, counts, 0.0) for counts, part in parts])
    score = got / whole.nullif(0)
    return outcome(
        cases,
        applies=ibis.coalesce(cases.deadline < as_of, True),
        needs={
            "checked": ibis.ifelse(found, as_of, looked),
            "disc_item.weight": cases.weight,
        },
        faults={"last seen before it was first seen": cases.last_seen < cases.first_seen},
        hit=there,
        value=score,
        keep={"part": score * cases.weight, "whole": cases.weight},
        when=cases.deadline,
    )

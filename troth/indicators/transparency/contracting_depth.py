"""How deep the open data of contracts go: whether they hold together, and reach to the end."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, mean, outcome
from troth.indicators.shared import how_many

#: What is published of carrying a contract out.
FIELDS = ("has_milestones", "has_transactions", "has_changes", "has_final_status")


@mean(
    code="T12",
    title="Contracting depth",
    question="How well do open data of contracts hold together and follow them to their end?",
    unit="mean of the share of checks passed and the share of four kinds of data that are there",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS T12; Pelican of the Open Contracting Partnership for the checks; the mean of "
    "checks and of four kinds of data is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=50,
    version=1,
    status=Status.PUBLISHED,
    value_unit="mean of the two shares",
    window=None,
    confounds=(
        "Many publishers give no data on carrying contracts out, whatever the body does.",
        "A contract that was signed lately has no end yet.",
    ),
    beside=("T06",),
)
def contracting_depth(publication_depth: Table) -> Outcome:
    """A case is a contracting process; listed first where nothing is said of how it went on."""
    cases = publication_depth
    there = how_many([cases[name] for name in FIELDS])
    run = ibis.ifelse(cases.checks_run > 0, cases.checks_run, None)
    passed = cases.checks_passed.cast("float64") / run.cast("float64").nullif(0)
    covered = there.cast("float64") / float(len(FIELDS))
    return outcome(
        cases,
        needs={
            "checks_run": run,
            "checks_passed": cases.checks_passed,
            **{name: cases[name] for name in FIELDS},
        },
        faults={"more checks passed than run": cases.checks_passed > cases.checks_run},
        hit=there == 0,
        value=(passed + covered) / 2.0,
    )

"""Whether a body's own report on requests adds up."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import how_many, report_end, report_start

PARTS = ("granted", "partial", "refused", "unable", "not_processed", "other")
WITH_GROUNDS = ("refused", "unable", "not_processed", "other")


@share(
    code="T05",
    title="Report adds up",
    question="How many of the checks that a report on requests must pass does it pass?",
    unit="share of checks that the numbers of the report allow",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS T05; the identity stated in State Council General Office 2021 no. 30, table 3; "
    "the other checks are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=1,
    version=1,
    status=Status.PUBLISHED,
    value_unit="checks not passed",
    window=12,
    confounds=(
        "A report that gives few numbers allows few checks, and can pass them all.",
        "What was carried over may have been corrected in the meantime.",
    ),
    beside=("T03",),
    optional=("foi_annual_reason",),
)
def report_adds_up(foi_annual: Table, foi_annual_reason: Table) -> Outcome:
    """A case is a report; it adds the checks that it allows, and as hits those that it passes.

    The checks: new and carried in are total and carried out; what was carried in is what the report
    before carried out; the total is its parts; each part with grounds is the sum of its grounds.
    """
    cases = _with_grounds(_with_the_one_before(foi_annual), foi_annual_reason)
    total = sum((cases[name] for name in PARTS[1:]), start=cases[PARTS[0]])
    checks = [
        cases.new + cases.carried_in == cases.total + cases.carried_out,
        cases.carried_in == cases.carried_out_before,
        cases.total == total,
        *(cases[name] == cases[f"grounds_of_{name}"] for name in WITH_GROUNDS),
    ]
    made = how_many([check.notnull() for check in checks])
    passed = how_many([ibis.coalesce(check, False) for check in checks])
    # Where no check can be made, the first of the numbers of the stated one is named.
    needed = ("new", "carried_in", "total", "carried_out")
    return outcome(
        cases,
        needs={name: ibis.ifelse(made > 0, 0, cases[name]) for name in needed},
        of=made,
        hits=passed,
        value=made - passed,
        when=report_end(cases),
    )


def _with_the_one_before(reports: Table) -> Table:
    """The reports with what the report on the time right before carried out; null without one."""
    ends = report_end(reports).epoch_days()
    before = reports.group_by(of_body=reports.body_no, next_day=ends + 1).agg(
        least=reports.carried_out.min(), most=reports.carried_out.max()
    )
    # A year and its last half end on one day; where they say different things, neither is taken.
    before = before.select(
        "of_body",
        "next_day",
        carried_out_before=ibis.ifelse(before.least == before.most, before.most, None),
    )
    cases = reports.mutate(begins=report_start(reports).epoch_days())
    joined = cases.left_join(
        before, [cases.body_no == before.of_body, cases.begins == before.next_day]
    )
    return joined.drop("of_body", "next_day", "begins")


def _with_grounds(reports: Table, grounds: Table) -> Table:
    """The reports with the sums of their grounds; null where one is missing or there are none."""
    part = ibis.coalesce(grounds.period_end.epoch_days(), 0)
    counted = grounds.requests
    sums = grounds.group_by(of_body=grounds.body_no, of_year=grounds.year, of_part=part).agg(
        **{f"sum_{name}": counted.sum(where=grounds.outcome == name) for name in WITH_GROUNDS},
        **{
            f"gaps_{name}": ((grounds.outcome == name) & counted.isnull()).any()
            for name in WITH_GROUNDS
        },
    )
    sums = sums.select(
        "of_body",
        "of_year",
        "of_part",
        **{
            f"grounds_of_{name}": ibis.ifelse(
                sums[f"gaps_{name}"], None, sums[f"sum_{name}"].cast("int64")
            )
            for name in WITH_GROUNDS
        },
    )
    cases = reports.mutate(part=ibis.coalesce(reports.period_end.epoch_days(), 0))
    joined = cases.left_join(
        sums,
        [
            cases.body_no == sums.of_body,
            cases.year == sums.of_year,
            cases.part == sums.of_part,
        ],
    )
    return joined.drop("of_body", "of_year", "of_part", "part")

"""How many of the reports on arrears that are due come in time, and whole."""

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
from troth.indicators.shared import last_day_of

#: How the duty of an item begins where it is a part of a report on arrears.
PARTS = ("arrears stock", "arrears age", "arrears composition")

#: So many days after the period, or a day of the year after it, as month and day.
DAYS_AFTER, DAY_OF_YEAR = (
    "^[0-9]{1,3} days$",
    "^((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)$",
)


@statistic(
    by="whole_reports",
    code="D14",
    title="Reports on arrears",
    question="How many reports on arrears were published in time with stock, age and composition?",
    unit="share of reports due",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS D14; PEFA 2016, PI-22.2; China, overdue sums of the year before by 31 March; "
    "United Kingdom, Procurement Act 2023 section 69, 30 days; the codes are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=2,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days after the deadline, up to the day of judgement while it was not found",
    thresholds={"DAYS_AFTER": "as many days as the rule itself names"},
    window=36,
    confounds=(
        "A report that was published and not found counts as none.",
        "Reports are due once a year in some countries and each quarter in others.",
    ),
)
def arrears_reports(disc_obs: Table, disc_item: Table, as_of: Day) -> Outcome:
    """A case is one part of one report that was due; a hit was not there by its deadline."""
    item = disc_item.select(
        of_item=disc_item.item_id,
        duty_source=disc_item.duty_source,
        rule=disc_item.deadline_rule,
    )
    seen = disc_obs.inner_join(item, disc_obs.item_id == item.of_item)
    end = last_day_of(seen.period)
    in_days = seen.rule.re_search(DAYS_AFTER)
    on_day = seen.rule.re_search(DAY_OF_YEAR)
    days = in_days.ifelse(seen.rule.re_extract("^[0-9]+", 0), None).cast("int64")
    month = on_day.ifelse(seen.rule.substr(0, 2), None).cast("int32")
    day = on_day.ifelse(seen.rule.re_extract("[0-9]+$", 0), None).cast("int32")
    same = ibis.date(end.year().cast("int32"), month, day)
    next_one = ibis.date((end.year() + 1).cast("int32"), month, day)
    fixed = (same > end).ifelse(same, next_one)
    deadline = in_days.ifelse(end + days.as_interval("D"), fixed)
    found = seen.first_seen.notnull() & (seen.first_seen <= as_of)
    known_on = found.ifelse(seen.first_seen, as_of)
    late = known_on.delta(deadline, unit="day")
    law = seen.duty_source.re_replace("^arrears (stock|age|composition)[ :]*", "")
    part = ibis.cases(
        *((seen.duty_source.startswith(name), number) for number, name in enumerate(PARTS)),
        else_=None,
    )
    return outcome(
        seen,
        applies=part.notnull(),
        needs={"period": end, "disc_item.deadline_rule": deadline},
        hit=~found | (late > 0),
        value=(late > 0).ifelse(late, 0),
        keep={"part": part, "report": seen.period + " " + law},
        when=deadline,
    )

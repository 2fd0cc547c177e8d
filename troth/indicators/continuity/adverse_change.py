"""How often inherited contracts are cut or suspended, against the year before the change."""

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
from troth.indicators.shared import (
    CUT,
    SCOPE,
    SOON_DAYS,
    VALUE,
    contract_faults,
    contract_needs,
    days_from,
    in_office,
    part_lost,
    said_unless,
    suspended_long,
)


@statistic(
    by="gap_of_shares",
    code="C06",
    title="Adverse change of inherited contracts",
    question="How many more of the inherited contracts are cut after a change of office than before?",
    unit="share cut or suspended in the year after a change less that of the year before it",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C06; OC4IDS for modifications; Newcombe 1998 for the interval; our own"
    " definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=30,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.PERCENTAGE_POINTS,
    value_unit="days from the change of office to the first adverse change of the contract",
    thresholds={
        "CUT": "a value that falls by more than 10 % (0.1) is a cut",
        "SUSPENDED_DAYS": "a suspension without end of more than 180 days",
        "SOON_DAYS": "365 days after the change of office, and 365 days before it",
        "ACTING_DAYS": "an acting term of fewer than 60 days opens no change of office",
    },
    confounds=(
        "The end of a fiscal year and cuts of the budget may fall into one of the two years only.",
    ),
)
def adverse_change(
    registered_contract: Table, registered_change: Table, term: Table, as_of: Day
) -> Outcome:
    """A case is a contract open at the first change of office after its signature, or 365 days
    before that; it is listed when it was cut or suspended within 365 days after the change.
    """
    case = in_office(registered_contract, "date_signed", term, as_of)
    over = case.final_status.notnull() & (case.final_status_date <= as_of)
    final_on = over.ifelse(case.final_status_date, ibis.null("date"))
    change = suspended_long(registered_change, as_of)
    lost = part_lost(change)
    cut = ((change.kind == VALUE) & (lost > CUT)) | ((change.kind == SCOPE) & (lost > 0))
    unclear = change.kind.isin((VALUE, SCOPE)) & lost.isnull()
    adverse = ibis.coalesce(cut, False) | change.long
    change = change.mutate(adverse=adverse, unclear=unclear)
    change = change.select("date", "adverse", "unclear", changed_of="registered_contract_id")
    seen = case.select("registered_contract_id", change_of_office=case.until)
    told = seen.join(change, seen.registered_contract_id == change.changed_of)
    away = days_from(told.change_of_office, told.date)
    after = (away > 0) & (away <= SOON_DAYS)
    before = (away > -SOON_DAYS) & (away <= 0)
    told = told.mutate(
        adverse_after=(after & told.adverse).cast("int8"),
        adverse_before=(before & told.adverse).cast("int8"),
        unclear_then=((after | before) & told.unclear).cast("int8"),
        days_after=(after & told.adverse).ifelse(away, ibis.null("int64")),
    )
    drawn = told.group_by("changed_of").agg(
        adverse_after=told.adverse_after.max(),
        adverse_before=told.adverse_before.max(),
        unclear_then=told.unclear_then.max(),
        days_after=told.days_after.min(),
    )
    case = case.left_join(drawn, case.registered_contract_id == drawn.changed_of)
    open_at = final_on.isnull() | (final_on > case.until)
    year_before = days_from(case.date_signed, case.until) > SOON_DAYS
    open_before = year_before & (final_on.isnull() | (days_from(final_on, case.until) < SOON_DAYS))
    complete = days_from(case.until, as_of) >= SOON_DAYS
    hit = open_at & (ibis.coalesce(case.adverse_after, 0) > 0)
    return outcome(
        case,
        applies=case.date_signed.isnull()
        | case.since.isnull()
        | ibis.coalesce(case.final_status_date < case.date_signed, False)
        | (ibis.coalesce(complete, False) & ibis.coalesce(open_at | open_before, False)),
        needs={
            **contract_needs(case),
            "term.start_date": case.since,
            "registered_change.new_amount": said_unless(ibis.coalesce(case.unclear_then, 0) > 0),
        },
        faults=contract_faults(case),
        hit=hit,
        value=case.days_after,
        keep={
            "first": open_at,
            "first_hit": hit,
            "second": open_before,
            "second_hit": open_before & (ibis.coalesce(case.adverse_before, 0) > 0),
        },
        when=case.date_signed,
    )

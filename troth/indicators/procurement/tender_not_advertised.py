"""Competitive tenders whose notice was not published when the time for bids began."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, TIME_ZONE, competes, is_after, known, unless, wanted


@share(
    code="P004",
    title="Tender not advertised in time",
    question="How often was no tender notice published by the start of the time for bids?",
    unit="share of competitive tenders whose documents are listed",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R004 (name and fields); "
    "the comparison of the two dates is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="tender notices",
)
def tender_not_advertised(tender: Table) -> Outcome:
    """Hit without a notice among the documents, or with one published after the start."""
    listed = tender.notices > 0
    late = is_after(
        tender.notice_at, tender.notice_at_form, tender.period_start, tender.period_start_form
    )
    return outcome(
        tender,
        applies=competes(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/documents": tender.documents,
            "tender/documents/documentType": unless(~listed & (tender.documents_untold > 0)),
            "tender/documents/datePublished": wanted(tender.notice_at, listed),
            "tender/tenderPeriod/startDate": wanted(tender.period_start, listed),
            TIME_ZONE: wanted(late, listed),
        },
        hit=ibis.ifelse(listed, late, True),
        value=tender.notices,
    )

"""Competitive tenders without the documents that a bidder needs, at the time when they are needed."""

import ibis

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, outcome, share
from troth.indicators.shared import METHODS, TIME_ZONE, competes, is_after, known, unless, wanted

#: Our own definition for R005: the notice, the bidding documents, the technical specifications and
#: the criteria of the evaluation.
KINDS_NEEDED = 4


@share(
    code="P005",
    title="Key tender documents not available",
    question="How often are key documents missing when the time for bids begins?",
    unit="share of competitive tenders whose documents are listed",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R005 (name and fields); "
    "the four kinds of documents are our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.ON_TRIAL,
    value_unit="of the four kinds, how many are listed",
    thresholds={
        "KINDS_NEEDED": "4 kinds: tenderNotice, biddingDocuments, technicalSpecifications, "
        "evaluationCriteria"
    },
)
def key_documents_missing(tender: Table) -> Outcome:
    """Hit when a kind is not listed, or the last of them was first published after the start."""
    complete = tender.key_kinds == KINDS_NEEDED
    late = is_after(
        tender.key_kinds_at, tender.key_kinds_at_form, tender.period_start, tender.period_start_form
    )
    return outcome(
        tender,
        applies=competes(tender),
        needs={
            "tender/procurementMethod": known(tender.method, METHODS),
            "tender/documents": tender.documents,
            "tender/documents/documentType": unless(~complete & (tender.documents_untold > 0)),
            "tender/documents/datePublished": wanted(tender.key_kinds_at, complete),
            "tender/tenderPeriod/startDate": wanted(tender.period_start, complete),
            TIME_ZONE: wanted(late, complete),
        },
        hit=ibis.ifelse(complete, late, True),
        value=tender.key_kinds,
    )

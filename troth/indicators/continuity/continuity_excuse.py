"""How often the reason given for not performing is that offices or people changed."""

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
from troth.indicators.shared import said_unless

#: The question of the codebook: which reason the body stated.
QUESTION = "stated_reason"

#: Its answers: another reason; a change of person; a reorganisation; an internal process.
ANSWERS = (0, 1, 2, 3)
OTHER_REASON = 0


@statistic(
    by="coded_share",
    settings={"question": QUESTION},
    additive=True,
    code="C11",
    title="Change as the reason",
    question="How often is a change of people or offices the stated reason for not performing?",
    unit="share of documented non-performances, each coded by two assessors",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS C11; NDRC 发改财金〔2023〕1103号; State Council Regulation 802 (2025) Art. 14;"
    " Krippendorff 2011; the coding is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=10,
    version=1,
    status=Status.PUBLISHED,
    thresholds={
        "OTHER_REASON": "0 is any other reason, 1 a change of person, 2 a reorganisation, 3 an"
        " internal process",
        "TENTATIVE": "withheld where Krippendorff's alpha of all codings is below 0.667",
    },
    window=12,
    confounds=("Bodies that state no reason have no non-performance that can be coded.",),
)
def continuity_excuse(assessment: Table, as_of: Day) -> Outcome:
    """A case is a changed contract, a suspended bill or a changed promise of which the stated reason
    was coded; it is hit when more than half of its assessors found one of the three reasons.
    """
    coded = assessment.filter(assessment.code == QUESTION, assessment.date <= as_of)
    item = [coded.body_no, coded.item_id]
    latest = ibis.window(
        group_by=[*item, coded.assessor], order_by=[coded.date.desc(), coded.entry.desc()]
    )
    coded = coded.mutate(superseded=ibis.row_number().over(latest))
    coded = coded.filter(coded.superseded == 0)
    known = coded.value.isin(ANSWERS)
    coded = coded.mutate(
        given=known.ifelse(1, 0),
        excuse=(known & (coded.value != OTHER_REASON)).ifelse(1, 0),
        odd=(coded.value.notnull() & ~known).ifelse(1, 0),
    )
    of_item = ibis.window(group_by=[coded.body_no, coded.item_id])
    first = ibis.window(group_by=[coded.body_no, coded.item_id], order_by=[coded.date, coded.entry])
    case = coded.mutate(
        codings=ibis.coalesce(coded.given, 0).sum().over(of_item),
        excuses=ibis.coalesce(coded.excuse, 0).sum().over(of_item),
        odds=ibis.coalesce(coded.odd, 0).sum().over(of_item),
        place=ibis.row_number().over(first),
    )
    case = case.filter(case.place == 0)
    return outcome(
        case,
        needs={
            "assessor": said_unless((case.codings < 2) & (case.odds == 0)),
            "value": said_unless((case.excuses * 2 == case.codings) & (case.odds == 0)),
        },
        faults={"an answer that the codebook does not have": case.odds > 0},
        hit=case.excuses * 2 > case.codings,
        value=case.excuses,
        when=case.date,
    )

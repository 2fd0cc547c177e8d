"""Whether what was promised is changed with a reason, a legal basis and compensation."""

import ibis

from troth.indicators.base import (
    Direction,
    Outcome,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)
from troth.indicators.shared import SCOPE, SUSPENSION, VALUE, is_blank, part_lost, said_unless

#: Changes that may take something from the supplier.
WORSE = (VALUE, SCOPE, SUSPENSION)


@statistic(
    by="lawful_change",
    tables=("commitment_rev", "commitment"),
    additive=True,
    code="C10",
    title="Lawful change",
    question="How often does a change of a promise come with reason, legal basis and compensation?",
    unit="share of cut or suspended contracts and of withdrawn or changed promises",
    direction=Direction.HIGHER_IS_BETTER,
    source="METHODS C10; 优化营商环境条例 (2019) Art. 31, not compared with its text; our own"
    " definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=5,
    version=1,
    status=Status.PUBLISHED,
    window=12,
    confounds=("What a body publishes nowhere counts as absent, though it may lie in a file.",),
    optional=("registered_change", "registered_contract", "commitment_rev", "commitment"),
)
def lawful_change(registered_change: Table, registered_contract: Table) -> Outcome:
    """A case is a change that cut or suspended a contract; it is hit when reason, legal basis and
    compensation are all published. Promises that were withdrawn or changed are counted beside them.
    """
    contract = registered_contract.select(
        contract_of="registered_contract_id", contract_body="body_no"
    )
    change = registered_change.drop("body_no")
    case = change.left_join(contract, change.registered_contract_id == contract.contract_of)
    case = case.rename(body_no="contract_body")
    lost = part_lost(case)
    by_amount = case.kind != SUSPENSION
    all_three = (
        ~is_blank(case.rationale) & ~is_blank(case.legal_basis) & ~is_blank(case.compensation)
    )
    return outcome(
        case,
        applies=case.kind.isin(WORSE) & (~by_amount | lost.isnull() | (lost > 0)),
        needs={
            "new_amount": said_unless(by_amount & lost.isnull()),
            "registered_contract.body_id": case.contract_of,
        },
        hit=all_three & ibis.coalesce(case.published, True),
        when=case.date,
    )

"""Awards decided much later than comparable awards."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import Fence, decision_period


@share(
    code="P062",
    title="Long decision period",
    question="How often does a decision take far longer than comparable decisions?",
    unit="share of active awards with a known deadline and award date",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R062 (name and fields); "
    "the fence is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from deadline to award",
    thresholds={
        "fence": "upper Tukey fence of log(1 + days) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all"
    },
)
def decision_period_long(award: Table, tender: Table) -> Outcome:
    """Open for every active award whose two dates are known; the fence of comparable awards decides."""
    return decision_period(award, tender)


#: Longer than the upper fence of comparable awards.
decision_period_long.compared(Fence("log", "high"))

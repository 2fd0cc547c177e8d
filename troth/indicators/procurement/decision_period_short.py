"""Awards decided much sooner than comparable awards."""

from troth.indicators.base import Direction, Outcome, Status, Table, Verified, share
from troth.indicators.shared import Fence, decision_period


@share(
    code="P061",
    title="Short decision period",
    question="How often is a decision taken far sooner than comparable decisions?",
    unit="share of active awards with a known deadline and award date",
    direction=Direction.LOWER_IS_BETTER,
    source="Open Contracting Partnership 2024, red flag R061 (name and fields); "
    "the fence is our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=20,
    version=1,
    status=Status.PUBLISHED,
    value_unit="days from deadline to award",
    thresholds={
        "fence": "lower Tukey fence of log(1 + days) among at least 20 peers: class of 4 digits, "
        "of 2 digits, category, all"
    },
)
def decision_period_short(award: Table, tender: Table) -> Outcome:
    """Open for every active award whose two dates are known; the fence of comparable awards decides."""
    return decision_period(award, tender)


#: Shorter than the lower fence of comparable awards.
decision_period_short.compared(Fence("log", "low"))

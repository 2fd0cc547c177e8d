"""The recipe `kept-word`: five pillars, and goalposts in each indicator's own unit.

C continuity, I implementation, D debt, T transparency, P procurement. Weights are equal inside pillars
and across them, the mean across pillars is geometric, and a level needs four pillars with C or D
among them (METHODS B.3, B.4, B.8). Goalposts of C, I, D and T are those of METHODS, section E; those
of P are the ends of a share, as in `open-competition`. What a version of Troth or a run does not have
takes no part (`Recipe.among`).

Few goalposts are anchored in law. All others are our own proposal, and each says so.
"""

from __future__ import annotations

from troth.score.recipe import FIRST, SHARE, Goalposts, Recipe

DATED = "2026-11-24"

OWN = "our own proposal"

DAYS, MONTHS, RATIO = "days", "months", "ratio"
PERCENTAGE_POINTS, BASIS_POINTS = "percentage points", "basis points"


def _posts(worst: float, best: float, unit: str = SHARE, anchor: str = "") -> Goalposts:
    """Goalposts with their reason: the law that one of them stands on, or that they are ours.

    Shares and percentage points are parts of 1.
    """
    reason = f"{anchor}; the rest is {OWN}" if anchor else OWN
    return Goalposts(worst, best, f"{reason} (METHODS E)", DATED, unit)


_LAW_OF_PAYING = (
    "legal anchor: 30 days to pay (Directive 2011/7/EU Art. 4, China's Regulation 802, UK "
    "Procurement Act 2023 s. 68)"
)

#: METHODS E, whose two optional indicators (C02, D07) are weighed like the others.
GOALPOSTS = {
    # Continuity
    "C01": _posts(3.0, 1.0, RATIO),
    "C02": _posts(6.0, 0.0, MONTHS),
    "C03": _posts(0.60, 0.0),
    "C04": _posts(180.0, 0.0, DAYS),
    "C05": _posts(
        60.0, 0.0, DAYS,
        "legal anchor: a change of office is no ground to pay later (China's Regulation 802, Art. 14)",
    ),
    "C06": _posts(0.20, 0.0, PERCENTAGE_POINTS),
    "C07": _posts(0.30, 0.0),
    "C08": _posts(0.33, 0.0),
    "C09": _posts(0.50, 1.0),
    "C10": _posts(
        0.0, 1.0, SHARE,
        "legal anchor: a promise may be changed only by law and with compensation (China's Regulation "
        "on Optimising the Business Environment, Art. 31)",
    ),
    "C11": _posts(
        0.30, 0.0, SHARE,
        "legal anchor: a change of office is no ground not to perform (China's Regulation 802, Art. 14)",
    ),
    "C12": _posts(0.0, 1.0),
    # Implementation
    "I01": _posts(0.0, 1.0),
    "I02": _posts(0.20, 0.95),
    "I03": _posts(0.50, 0.0, PERCENTAGE_POINTS),
    "I04": _posts(1.0, 0.0, RATIO),
    "I05": _posts(0.2, 0.9),
    "I06": _posts(0.50, 0.0),
    "I07": _posts(0.50, 0.0, PERCENTAGE_POINTS),
    "I08": _posts(0.20, 0.0),
    "I09": _posts(0.5, 0.05, RATIO),
    "I10": _posts(3.0, 1.0, RATIO),
    "I11": _posts(0.20, 0.0),
    "I12": _posts(0.40, 0.95),
    "I13": _posts(0.60, 0.0),
    "I14": _posts(0.30, 1.0),
    # Debt
    "D01": _posts(120.0, 30.0, DAYS, _LAW_OF_PAYING),
    "D02": _posts(60.0, 0.0, DAYS, "legal anchor: 0 is the due date (DPCM 22 September 2014, Art. 9)"),
    "D03": _posts(90.0, 20.0, DAYS),
    "D04": _posts(
        0.10, 0.0, SHARE, "10 % is the standard's own lowest pass (PEFA PI-22.1, grade C; no law)"
    ),
    "D05": _posts(0.50, 0.0),
    "D06": _posts(0.2, 1.0, RATIO),
    "D07": _posts(50.0, 0.0, BASIS_POINTS),
    "D08": _posts(0.50, 0.0),
    "D09": _posts(0.40, 0.0),
    "D10": _posts(0.15, 0.0),
    "D11": _posts(30.0, 0.0, DAYS),
    "D12": _posts(0.30, 0.0),
    "D13": _posts(0.05, 0.0),
    "D14": _posts(
        0.0, 1.0, SHARE,
        "legal anchor: every report that the law asks for, in time (UK Procurement Act 2023 s. 69, "
        "China's Regulation 802)",
    ),
    # Transparency
    "T01": _posts(0.50, 0.99),
    "T02": _posts(0.30, 0.0),
    "T03": _posts(0.20, 0.90),
    "T04": _posts(0.40, 0.0),
    "T05": _posts(0.80, 1.0),
    "T06": _posts(0.20, 1.0),
    "T07": _posts(
        90.0, 0.0, DAYS, "legal anchor: 0 is the day by which the law asks for publication"
    ),
    "T08": _posts(0.10, 0.0),
    "T09": _posts(0.05, 0.0),
    "T10": _posts(0.2, 1.0),
    "T11": _posts(0.3, 0.0),
    "T12": _posts(0.0, 0.90),
    # Procurement: as in open-competition
    **FIRST.goalposts,
}  # fmt: skip

KEPT_WORD = Recipe(
    name="kept-word",
    version=1,
    title="Kept word: continuity, implementation, debt, transparency and procurement, all alike",
    goalposts=GOALPOSTS,
    weights=dict.fromkeys(GOALPOSTS, 1.0),
)

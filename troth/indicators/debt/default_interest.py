"""The interest that the law gives for late payment, compared with what a body spends."""

import ibis

from troth.indicators.base import (
    Direction,
    Outcome,
    Scale,
    Status,
    Table,
    Verified,
    outcome,
    statistic,
)

#: Countries under Directive 2011/7/EU, by the two letters that begin an identifier (ISO 3166-1).
EUROPE = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)

#: Those under Regulation 802/2025 of the State Council.
CHINA = ("CN",)

#: The currencies in which the rates of the two are known.
EURO, YUAN = "EUR", "CNY"

#: How many letters of an identifier name the country (org-id.guide).
COUNTRY_LETTERS = 2


@statistic(
    by="default_interest",
    settings={"EU": "EUR", "CN": "CNY"},
    tables=("invoice", "invoice_suspension"),
    code="D07",
    title="Interest for late payment",
    question="How much interest for late payment has accrued, compared with a year's expenditure?",
    unit="basis points of total expenditure of the latest fiscal year known",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D07; Directive 2011/7/EU articles 4 and 6: reference rate and 8 points, and "
    "40 euro a claim; China, 0.05 % a day where nothing is agreed; set against expenditure it is "
    "our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=1,
    version=1,
    status=Status.PUBLISHED,
    scale=Scale.BASIS_POINTS,
    value_unit="total expenditure of the fiscal year, in its currency",
    thresholds={
        "COUNTRY_LETTERS": "the first 2 letters of the body's identifier name its country",
        "DEFAULT_TERM": "due 30 days after receipt where no due date is stated",
        "EU_POINTS": "8 points above the reference rate of each half-year (Directive 2011/7/EU)",
        "EU_FIXED": "40 euro for each late claim (Directive 2011/7/EU, article 6)",
        "CN_DAILY": "0.05 % for each late day (METHODS A.3)",
    },
    window=36,
    confounds=(
        "Interest that a body paid is not known, so all that accrued is counted.",
        "Rates agreed in contracts are not known; the statutory one stands for all.",
        "Reference rates are known for the euro only, and for the half-years of the table.",
    ),
    beside=("D04", "D05"),
    optional=("invoice_suspension",),
)
def default_interest(body_year: Table) -> Outcome:
    """A case is one of the last three fiscal years, where a rate is known for country and currency."""
    country = body_year.body_id.substr(0, COUNTRY_LETTERS)
    in_europe = country.isin(EUROPE) & (body_year.currency == EURO)
    in_china = country.isin(CHINA) & (body_year.currency == YUAN)
    regime = in_europe.ifelse("EU", in_china.ifelse("CN", None))
    return outcome(
        body_year,
        needs={
            "expenditure_total": body_year.expenditure_total,
            "currency": regime,
        },
        faults={"the expenditure is 0": body_year.expenditure_total == 0},
        value=body_year.expenditure_total,
        keep={"currency": body_year.currency},
        when=ibis.date(body_year.fiscal_year.cast("int32"), 1, 1),
    )

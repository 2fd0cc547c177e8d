"""What a body owes past its due date, as a share of what it spends in a year."""

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


@statistic(
    by="arrears_ratio",
    tables=("invoice", "invoice_suspension"),
    code="D04",
    title="Arrears ratio",
    question="How large is what is overdue, compared with a year's expenditure?",
    unit="overdue amount over total expenditure of the latest fiscal year known",
    direction=Direction.LOWER_IS_BETTER,
    source="METHODS D04; PEFA 2016, PI-22.1; years counted back from the day of judgement are "
    "our own definition",
    verified=Verified.OUR_DEFINITION,
    minimum_cases=1,
    version=1,
    status=Status.PUBLISHED,
    value_unit="total expenditure of the fiscal year, in its currency",
    thresholds={
        "DEFAULT_TERM": "due 30 days after receipt where no due date is stated (PEFA PI-22.1)",
    },
    window=36,
    confounds=(
        "A fiscal year that does not end near the day of judgement fits the stock less well.",
        "Arrears that never entered the register of invoices are not seen; D12 looks for them.",
        "Only invoices in the currency of the expenditure can be set against it; a body with "
        "others has no figure.",
    ),
    beside=("D05", "D09", "D12"),
    optional=("invoice_suspension",),
)
def arrears_ratio(body_year: Table) -> Outcome:
    """A case is one of the last three fiscal years; the figure sets the arrears against them."""
    first_day = ibis.date(body_year.fiscal_year.cast("int32"), 1, 1)
    return outcome(
        body_year,
        needs={
            "expenditure_total": body_year.expenditure_total,
            "currency": body_year.currency,
        },
        faults={"the expenditure is 0": body_year.expenditure_total == 0},
        value=body_year.expenditure_total,
        keep={"currency": body_year.currency},
        when=first_day,
    )

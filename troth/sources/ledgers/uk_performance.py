"""United Kingdom: how fast a body paid in six months, as its payments compliance notice says.

Procurement Act 2023 section 69: mean days to pay, and the shares of payments made within 30 days,
on day 31 to 60, and later, and not within the agreed time. The notice is a form and not a file;
these are the names that the register of payment practices has for the same figures.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Translated, renamed

_CALLED = {
    "body_name": "Contracting authority",
    "period_start": "Start date",
    "period_end": "End date",
    "average_days": "Average time to pay",
    "share_within_30": "% Invoices paid within 30 days",
    "share_31_to_60": "% Invoices paid between 31 and 60 days",
    "share_over_60": "% Invoices paid later than 60 days",
    "share_on_time": "% Invoices not paid within agreed terms",
    "invoices": "Number of invoices",
    "interest_paid": "Interest paid",
}

_IDENTIFIER = "Contracting authority identifier"

BODY = "name:GB:"


def _rest(texts: pa.Array) -> pa.Array:
    """What is not in a share is in the other."""
    encoded = texts.dictionary_encode()
    rests = []
    for text in encoded.dictionary.to_pylist():
        try:
            rests.append(format(1 - Decimal(text), "f"))
        except InvalidOperation:
            rests.append(text)
    return pa.array(rests, pa.string()).take(encoded.indices)


def _read(cells: Cells) -> Translated:
    shares = {
        name: written.percent(cells[_CALLED[name]])
        for name in ("share_within_30", "share_31_to_60", "share_over_60")
    }
    named = written.after(BODY, cells[_CALLED["body_name"]])
    return Translated(
        (
            renamed(
                "payment_performance",
                cells,
                _CALLED,
                body_id=pc.coalesce(cells[_IDENTIFIER], named),
                period_start=written.day_month_year(cells[_CALLED["period_start"]]),
                period_end=written.day_month_year(cells[_CALLED["period_end"]]),
                regime=cells.always("Procurement Act 2023 section 69"),
                share_on_time=_rest(written.percent(cells[_CALLED["share_on_time"]])),
                currency=cells.always("GBP"),
                **shares,
            ),
        )
    )


UK_PERFORMANCE = Format(
    name="uk_payment_performance",
    meaning="Mean days to pay and shares paid within 30, 31 to 60 and over 60 days, by body and half"
    " year; percentages from 0 to 100.",
    source="UK contracting authorities, Procurement Act 2023 section 69, under the column names of the"
    " register of payment practices; without an identifier the body is `name:GB:` and its name",
    fills=("payment_performance",),
    needed=("Contracting authority", "Start date", "End date", "Average time to pay", "% Invoices paid within 30 days"),
    optional=(
        "Contracting authority identifier", "% Invoices paid between 31 and 60 days",
        "% Invoices paid later than 60 days", "% Invoices not paid within agreed terms",
        "Number of invoices", "Interest paid",
    ),
    read=_read,
)  # fmt: skip

"""United Kingdom: what councils and departments publish of their spending, payment by payment.

There is no invoice and no day on which anything was due in such a file, so that nothing late can be
seen in it: it fills `spend` and never `invoice`. A row has no number of its own that can be relied
on, so that a payment is known by its file and line, and two equal rows are two payments.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Entries, Format, Translated, renamed

#: A name that a publisher blacked out is nobody's; `Redactive Publishing` is somebody's.
_REDACTED = r"(?i)\b(?:redacted|redaction|withheld)\b"

BODY = "name:GB:"


def _amounts(texts: pa.Array) -> pa.Array:
    return written.grouped_by_commas(pc.replace_substring(texts, "£", ""))


def _days(texts: pa.Array) -> pa.Array:
    return written.spreadsheet_day(written.day_month_year(texts))


def _suppliers(texts: pa.Array) -> pa.Array:
    redacted = pc.match_substring_regex(texts, _REDACTED)
    return pc.if_else(redacted, pa.scalar(None, pa.string()), texts)


def _spend(cells: Cells, called: dict[str, str], body: pa.Array) -> Entries:
    return renamed(
        "spend",
        cells,
        called,
        spend_id=written.key_of(cells.file, cells.lines),
        body_id=body,
        paid_date=_days(cells[called["paid_date"]]),
        amount=_amounts(cells[called["amount"]]),
        currency=cells.always("GBP"),
        supplier=_suppliers(cells[called["supplier"]]),
    )


_COUNCIL = {
    "paid_date": "Payment Date",
    "amount": "Amount",
    "supplier": "Beneficiary Name",
    "unit": "Organisational Unit",
    "category": "Expenditure Category",
}

_DEPARTMENT = {
    "body_name": "Entity",
    "paid_date": "Date",
    "amount": "Amount",
    "supplier": "Supplier",
    "unit": "Expense area",
    "category": "Expense type",
}


def _read_council(cells: Cells) -> Translated:
    return Translated((_spend(cells, _COUNCIL, cells.always(cells.body)),))


def _read_department(cells: Cells) -> Translated:
    return Translated((_spend(cells, _DEPARTMENT, written.after(BODY, cells["Entity"])),))


UK_COUNCIL_SPEND = Format(
    name="uk_council_spend",
    meaning="Payments of one council. Days as 2024-05-31, 31/05/2024 or a spreadsheet's number; a"
    " month or a span of months is no day. Amounts may be negative; a blacked-out name is nobody.",
    source="English councils, Local Government Transparency Code 2015; column names as ODI Leeds"
    " brought them into line (council-spending-data, OGL 3.0)",
    fills=("spend",),
    needed=("Payment Date", "Amount", "Beneficiary Name"),
    optional=("Organisational Unit", "Expenditure Category"),
    read=_read_council,
    needs_body=True,
)

UK_DEPARTMENT_SPEND = Format(
    name="uk_department_spend",
    meaning="Payments of departments and their bodies above 25,000 pounds, written as those above.",
    source="UK departments, HM Treasury guidance on publishing spend over 25,000 pounds; the body is"
    " named and has no identifier (`name:GB:` and its name)",
    fills=("spend",),
    needed=("Entity", "Date", "Expense type", "Expense area", "Supplier", "Amount"),
    read=_read_department,
)

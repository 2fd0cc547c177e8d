"""United Kingdom: the register of contracts that a council publishes (Salford's columns).

A snapshot: it says which options to extend a contract were taken, and not when, so that nothing of
it is a dated change of a contract. References are those of a tender, and its lots share one, so that
a contract is known by its file and line.
"""

from __future__ import annotations

import calendar
import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Translated, renamed

#: A body is only named: this and its name.
BODY = "name:GB:"

#: A number of the companies' register has 8 signs; spreadsheets lose the zeros in front of digits.
_COMPANY = r"^(?:[0-9]{6,8}|[A-Z]{2}[0-9]{6}|IP[0-9]{5}R)$"
_SEVERAL = r"(?i)^various\b"

_CALLED = {
    "body_name": "Purchasing Body",
    "classification": "ProClass Classification",
    "title": "Contract Title",
    "amount": "Total Contract Value (including extensions)",
    "period_start": "Start Date",
    "period_end": "Current Expiry Date",
    "supplier": "Supplier Company Name",
    "supplier_sme": "SME Supplier?",
    "option_taken": "Extension 1 Taken?",
}

_FIRST_END, _MONTHS = "End Date", "Contract Duration (months)"
_OPTION, _OPTIONS = "Option to extend (months)", "How many extensions"


def _suppliers(cells: Cells) -> pa.Array:
    names, numbers = cells["Supplier Company Name"], cells["Company Number"]
    is_number = pc.match_substring_regex(numbers, _COMPANY)
    padded = pc.utf8_lpad(pc.if_else(is_number, numbers, None), width=8, padding="0")
    one = pc.if_else(pc.match_substring_regex(names, _SEVERAL), None, names)
    return pc.coalesce(written.after("GB-COH-", padded), one)


def _latest(cells: Cells) -> pa.Array:
    """The last day of one option, where the end it is counted from is sure to be the first one:
    it is as far from the first day as the contract was to run without options."""
    columns = ("Start Date", _FIRST_END, _MONTHS, _OPTION, _OPTIONS)
    rows = zip(*(cells[name].to_pylist() for name in columns), strict=True)
    return pa.array([_of_one_option(*row) for row in rows], pa.string())


def _of_one_option(
    start: str | None, end: str | None, months: str | None, option: str | None, options: str | None
) -> str | None:
    if options != "1" or not (months and months.isdigit() and option and option.isdigit()):
        return None
    try:
        first, last = dt.date.fromisoformat(start or ""), dt.date.fromisoformat(end or "")
    except ValueError:
        return None
    if int(option) == 0 or _months_later(first, int(months)) != last + dt.timedelta(days=1):
        return None
    return (_months_later(last + dt.timedelta(days=1), int(option)) - dt.timedelta(days=1)).isoformat()  # fmt: skip


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _read(cells: Cells) -> Translated:
    taken = [cells[name] for name in ("Extension 1 Taken?", "Extension 2 Taken?")]
    either = pc.coalesce(*(written.or_nothing(one, "N/A") for one in taken))
    return Translated(
        (
            renamed(
                "registered_contract",
                cells,
                _CALLED,
                registered_contract_id=written.key_of(cells.file, cells.lines),
                body_id=written.after(BODY, cells["Purchasing Body"]),
                supplier=_suppliers(cells),
                supplier_sme=written.or_nothing(cells["SME Supplier?"], "Various"),
                amount=written.or_nothing(cells[_CALLED["amount"]], "-"),
                currency=cells.always("GBP"),
                period_start=written.or_nothing(cells["Start Date"], "TBC"),
                period_end=written.or_nothing(cells["Current Expiry Date"], "TBC"),
                extension_until_max=_latest(cells),
                option_taken=either,
            ),
        )
    )


UK_CONTRACT_REGISTER = Format(
    name="uk_contract_register",
    meaning="Contracts of a council and those it buys for: first and last day as it stands now, whether"
    " an option to extend was taken (an empty cell says nothing), whether the supplier is a small or"
    " medium enterprise. The amount is with all extensions. The days of changes are not published, so"
    " that no change is made up; how far one option reaches is known where the months add up.",
    source="Salford City Council's contract register by the Local Government Transparency Code 2015"
    " (OGL 3.0), as gathered by ODI Leeds (council-spending-data); the purchasing body is named and"
    " has no identifier (`name:GB:` and its name), a supplier is its company number (`GB-COH-`) or"
    " its name",
    fills=("registered_contract",),
    needed=("Purchasing Body", "Contract Title", "Start Date", _FIRST_END, "Current Expiry Date"),
    optional=(
        "Contract Reference",
        _CALLED["amount"],
        _MONTHS,
        _OPTION,
        _OPTIONS,
        "Extension 1 Taken?",
        "Extension 2 Taken?",
        "Supplier Company Name",
        "Company Number",
        "SME Supplier?",
        "ProClass Classification",
    ),
    read=_read,
)

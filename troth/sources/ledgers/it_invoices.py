"""Italy: invoices with the dates that the indicator of timely payment (ITP) is reckoned from.

The column names are the terms of DPCM 22 September 2014 article 9 in plain Italian, not those of an
official file: bodies publish the indicator, and invoices only where they choose to.
"""

from __future__ import annotations

import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Entries, Format, Translated, renamed

_INVOICE = {
    "body_id": "Codice fiscale amministrazione",
    "body_name": "Amministrazione",
    "supplier": "Codice fiscale fornitore",
    "amount": "Importo",
    "received_date": "Data ricezione",
    "accepted_date": "Data accettazione",
    "due_date": "Data scadenza",
    "paid_date": "Data pagamento",
    "contract_id": "CIG",
}

_SUSPENSION = {"from_date": "Sospesa dal", "to_date": "Sospesa al", "reason": "Motivo sospensione"}

_DATES = ("received_date", "accepted_date", "due_date", "paid_date")


def _read(cells: Cells) -> Translated:
    # The number of an invoice is its supplier's, who may be a person: the exchange's own number is
    # what tells invoices apart, and the place in the file where there is none.
    numbers = pc.coalesce(
        pc.binary_join_element_wise("SDI", cells["Identificativo SDI"], ":"),
        written.key_of(cells.file, cells.lines),
    )
    dates = {name: written.day_month_year(cells[_INVOICE[name]]) for name in _DATES}
    invoice = renamed(
        "invoice",
        cells,
        _INVOICE,
        invoice_id=numbers,
        body_id=written.after("IT-CF-", cells[_INVOICE["body_id"]]),
        supplier=written.after("IT-CF-", cells[_INVOICE["supplier"]]),
        amount=written.decimal_comma(cells["Importo"]),
        currency=cells.always("EUR"),
        **dates,
    )
    return Translated((invoice, _suspensions(cells, invoice)))


def _suspensions(cells: Cells, invoice: Entries) -> Entries:
    suspended = pc.is_valid(cells["Sospesa dal"])
    some = cells.where(suspended)
    return renamed(
        "invoice_suspension",
        some,
        _SUSPENSION,
        invoice_id=invoice.columns["invoice_id"].filter(suspended),
        suspension_no=some.always("0"),
        from_date=written.day_month_year(some["Sospesa dal"]),
        to_date=written.day_month_year(some["Sospesa al"]),
    )


IT_INVOICES = Format(
    name="it_invoices",
    meaning="Invoices with the days of receipt, acceptance, due and payment, and one stretch of"
    " suspension each.",
    source="Italian bodies, in the terms of DPCM 22 September 2014 article 9 (our column names: there"
    " is no official file of single invoices); dates 31/12/2024, amounts 1.234,50",
    fills=("invoice", "invoice_suspension"),
    needed=("Codice fiscale amministrazione", "Importo", "Data ricezione", "Data scadenza", "Data pagamento"),
    optional=(
        "Amministrazione", "Identificativo SDI", "Codice fiscale fornitore", "CIG",
        "Data accettazione", "Sospesa dal", "Sospesa al", "Motivo sospensione",
    ),
    read=_read,
)  # fmt: skip

"""Italian invoices: their dates, and the stretch in which the term did not run."""

from pathlib import Path

from tests.sources.ledgers.published import faults, published, rows
from troth.sources.fields import keyed_hash

HEADER = "Codice fiscale amministrazione;Identificativo SDI;Codice fiscale fornitore;Importo;Data ricezione;Data scadenza;Data pagamento;Sospesa dal;Sospesa al\n"


def test_dates_amounts_and_identifiers_are_italys(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "00215150236;77;00354730392;1.234,50;05/01/2025;04/02/2025;30/01/2025;10/01/2025;12/01/2025\n"
        + "00215150236;;RSSMRA80A01H501U;10;5/1/2025;04/02/2025;;;\n",
    )
    assert rows(found, "invoice", "invoice_id", "body_id", "amount", "received_date", "paid_date") == [
        ("SDI:77", "IT-CF-00215150236", 1234.5, "2025-01-05", "2025-01-30"),
        ("published.csv:3", "IT-CF-00215150236", 10.0, "2025-01-05", None),
    ]  # fmt: skip
    assert rows(found, "invoice_suspension", "invoice_id", "from_date", "to_date", "line") == [
        ("SDI:77", "2025-01-10", "2025-01-12", 2)
    ]
    first = found.tables["invoice"]["supplier_key"][0].as_py()
    assert first == keyed_hash("IT-CF-00354730392", b"sixteen letters.")
    assert "RSSMRA" not in str(found)


def test_a_row_whose_suspension_cannot_be_used_goes_as_a_whole(tmp_path: Path) -> None:
    found = published(tmp_path, HEADER + "00215150236;77;;1;05/01/2025;04/02/2025;;soon;\n")
    assert faults(found) == [("E061", 2, "Sospesa dal", "soon")]
    assert found.tables["invoice"].num_rows == 0

"""Spain's mean payment periods: what was published, in its own method."""

from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from troth.sources.ledgers.read import read

HEADER = "Ejercicio;Periodo;Entidad;Ratio de operaciones pagadas;Importe pagos realizados;Ratio de operaciones pendientes;Importe pagos pendientes;PMP\n"


def test_the_period_decides_the_method_and_commas_are_decimals(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "2018;T1;Rubi;-16,51;47.916,25;4;10455,2;-17,93\n"
        + "2018;T2;Rubi;1;2;3;4;5\n2020;2;Rubi;1;2;3;4;5\n",
    )
    assert rows(found, "payment_period", "period_start", "period_end", "method") == [
        ("2018-01-01", "2018-03-31", "RD635"),
        ("2018-04-01", "2018-06-30", "RD1040"),
        ("2020-02-01", "2020-02-29", "RD1040"),
    ]
    assert rows(found, "payment_period", "body_id", "paid_days", "paid_amount", "published_days")[0] == (
        "name:ES:Rubi", -16.51, 47916.25, -17.93,
    )  # fmt: skip
    assert found.bodies == {"name:ES:Rubi": "Rubi"}


def test_a_period_that_is_none_rejects_the_row(tmp_path: Path) -> None:
    found = published(tmp_path, HEADER + "2018;T5;Rubi;1;2;3;4;5\n2018;;Rubi;1;2;3;4;5\n")
    assert {(f[0], f[1], f[2]) for f in faults(found)} >= {
        ("E061", 2, "Periodo"),
        ("E060", 3, "Periodo"),
    }
    assert found.input["rows_rejected"].to_pylist() == [2]


def test_the_published_rows_that_the_method_is_checked_with_are_read() -> None:
    found = read([shared("conformance/methods/payments/pmp_published_es.csv")], b"secret")
    table = found.tables["payment_period"]
    assert table.num_rows == 20
    assert found.rejected.num_rows == 0
    for row in table.to_pylist():
        paid, pending = row["paid_amount"], row["pending_amount"]
        mean = (row["paid_days"] * paid + row["pending_days"] * pending) / (paid + pending)
        assert abs(mean - row["published_days"]) <= 0.011, row

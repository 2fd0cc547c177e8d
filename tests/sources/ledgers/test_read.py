"""Ledgers from file to table: what is kept, what is not and why, and an account that balances."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import InputError, UsageError
from troth.sources.fields import keyed_hash
from troth.sources.ledgers.read import Given, Ledgers, read
from troth.tables import LEDGERS
from troth.tables.body import FIRM
from troth.tables.check import check
from troth.tables.results import INPUT, REJECTED

SECRET = b"sixteen letters."

HEADER = "invoice_id,body_id,supplier,supplier_sme,amount,currency,received_date,paid_date\n"
GOOD = "I1,XX-A-1,XX-B-9,yes,10.50,EUR,2024-01-05,2024-02-01\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def invoices(folder: Path, rows: str, header: str = HEADER) -> Ledgers:
    return read([written(folder, "invoices.csv", header + rows)], SECRET)


def faults(found: Ledgers) -> list[tuple[str, int | None, str]]:
    return [(f["code"], f["line"], f["path"]) for f in found.rejected.to_pylist()]


def counts(found: Ledgers) -> tuple[int, int, int, int]:
    (account,) = found.input.to_pylist()
    names = ("rows_in", "rows_kept", "rows_rejected", "fields_rejected")
    return tuple(account[name] for name in names)


def kept_promises(found: Ledgers) -> None:
    """Every table is as it is declared, and every row of the files is accounted for."""
    bodies = pa.table({"body_id": pa.array(list(found.bodies), pa.string())})
    nothing = {name: table.empty() for name, table in LEDGERS.items()}
    plain = {n: t.drop_columns(["file", "line"]) for n, t in found.tables.items()}
    others = {**nothing, **plain, "body": bodies, "firm": found.firms}
    for name, table in plain.items():
        assert check(LEDGERS[name], table, others) == [], name
    assert check(FIRM, found.firms) == []
    assert check(INPUT, found.input) == []
    assert check(REJECTED, found.rejected) == []
    for one in found.input.to_pylist():
        assert one["rows_in"] == one["rows_kept"] + one["rows_rejected"]
        mine = [f for f in found.rejected.to_pylist() if f["file"] == one["file"]]
        assert sum(f["level"] == "field" for f in mine) == one["fields_rejected"]
        lines = {f["line"] for f in mine if f["level"] == "record"}
        assert len(lines) == one["rows_rejected"]


def test_an_invoice_is_read_with_its_place_and_without_its_suppliers_name(tmp_path: Path) -> None:
    found = invoices(tmp_path, GOOD)
    (row,) = found.tables["invoice"].to_pylist()
    assert row["amount"] == 10.5
    assert row["supplier_sme"] is True
    assert str(row["paid_date"]) == "2024-02-01"
    assert (row["file"], row["line"]) == ("invoices.csv", 2)
    assert row["supplier_key"] == keyed_hash("XX-B-9", SECRET)
    assert row["accepted_date"] is None
    assert found.bodies == {"XX-A-1": None}
    assert "XX-B-9" not in str(found.tables) + str(found.firms.to_pylist())
    assert list(found.tables) == ["invoice"]
    kept_promises(found)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("I1,A,,,,,05/01/2024,\n", [("E064", 2, "received_date")]),
        ("I1,A,,,,,2024-02-30,\n", [("E064", 2, "received_date")]),
        ("I1,A,,,,,0001-01-01,\n", [("E064", 2, "received_date")]),
        ("I1,A,,,,,2301-01-01,\n", [("E064", 2, "received_date")]),
        ('I1,A,,,"1,000",EUR,,\n', [("E065", 2, "amount")]),
        ("I1,A,,,1e5,EUR,,\n", [("E065", 2, "amount")]),
        ("I1,A,,,1000000000000000,EUR,,\n", [("E065", 2, "amount")]),
        ("I1,A,,,nan,EUR,,\n", [("E065", 2, "amount")]),
        ("I1,A,,perhaps,,,,\n", [("E066", 2, "supplier_sme")]),
        ("I1,A,,,5,euro,,\n", [("E032", 2, "currency")]),
        ("I1,A,,,x,euro,y,\n", [("E065", 2, "amount"), ("E032", 2, "currency"), ("E064", 2, "received_date")]),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_null_and_the_entry_stays(
    tmp_path: Path, row: str, expected: list[tuple[str, int, str]]
) -> None:
    found = invoices(tmp_path, row)
    assert faults(found) == expected
    assert counts(found) == (1, 1, 0, len(expected))
    assert found.tables["invoice"].column(expected[0][2]).to_pylist() == [None]
    kept_promises(found)


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        (",A,,,,,,\n", "E060", "invoice_id"),
        ("I1,,,,,,,\n", "E060", "body_id"),
        ("I1,N/A,,,,,,\n", "E061", "body_id"),
        ("I1,IT-CF-RSSMRA80A01H501U,,,,,,\n", "E061", "body_id"),
        ("I1,A,,,,,\n", "E072", "$"),
        ("I1,A,,,,,,,\n", "E072", "$"),
    ],
)
def test_an_entry_that_lacks_what_it_must_have_is_rejected_with_its_row(
    tmp_path: Path, row: str, code: str, path: str
) -> None:
    found = invoices(tmp_path, row + GOOD)
    assert faults(found) == [(code, 2, path)]
    assert counts(found) == (2, 1, 1, 0)
    assert "RSSMRA" not in str(found.rejected.to_pylist())
    kept_promises(found)


def test_faults_of_values_are_not_counted_where_the_entry_itself_is_gone(tmp_path: Path) -> None:
    found = invoices(tmp_path, ",A,,,x,,,\n")
    assert faults(found) == [("E060", 2, "invoice_id")]
    assert counts(found) == (1, 0, 1, 0)


def test_the_first_of_two_with_one_key_stands_in_a_file_and_across_files(tmp_path: Path) -> None:
    first = written(tmp_path, "a.csv", HEADER + GOOD + GOOD)
    second = written(tmp_path, "b.csv", HEADER + GOOD + "I2,A,,,,,,\n")
    found = read([second, first], SECRET)
    assert [(f["code"], f["file"], f["line"]) for f in found.rejected.to_pylist()] == [
        ("E062", "a.csv", 3),
        ("E062", "b.csv", 2),
    ]
    assert found.tables["invoice"].column("invoice_id").to_pylist() == ["I1", "I2"]
    kept_promises(found)


def test_what_belongs_to_nothing_is_rejected_and_so_is_what_belongs_to_that(tmp_path: Path) -> None:
    judgments = written(tmp_path, "j.csv", "judgment_id,body_id\nJ1,A\nJ2,\n")
    payments = written(
        tmp_path,
        "p.csv",
        "judgment_id,payment_no,date,amount\nJ1,0,2024-01-01,5\nJ2,0,2024-01-01,5\nJ9,0,2024-01-01,5\n",
    )
    handed = "handover_id,body_id,item_table,item_id,listed_on\n"
    handed += (
        "H1,A,judgment,J1,2024-01-01\nH2,A,judgment,J2,2024-01-01\nH3,A,invoice,J1,2024-01-01\n"
    )
    found = read([judgments, payments, written(tmp_path, "h.csv", handed)], SECRET)
    assert found.tables["judgment_payment"].column("judgment_id").to_pylist() == ["J1"]
    assert found.tables["handover"].column("handover_id").to_pylist() == ["H1"]
    lost = [f for f in found.rejected.to_pylist() if f["code"] == "E063"]
    assert [(f["file"], f["line"], f["message"]) for f in lost] == [
        ("h.csv", 3, "no entry of judgment has this identifier"),
        ("h.csv", 4, "no ledger of invoice was given"),
        ("p.csv", 3, "no entry of judgment has this identifier"),
        ("p.csv", 4, "no entry of judgment has this identifier"),
    ]
    kept_promises(found)


def test_a_reference_that_need_not_be_there_becomes_null(tmp_path: Path) -> None:
    text = "commitment_id,body_id,origin,text,parent_id\nK1,A,plan,a road,\n"
    text += "K2,A,plan,its bridge,K1\nK3,A,plan,its lights,K7\n"
    found = read([written(tmp_path, "k.csv", text)], SECRET)
    assert found.tables["commitment"].column("parent_id").to_pylist() == [None, "K1", None]
    assert faults(found) == [("E070", 4, "parent_id")]
    kept_promises(found)


def test_the_order_of_columns_and_of_files_does_not_matter(tmp_path: Path) -> None:
    one = written(
        tmp_path, "1.csv", "amount,currency,body_name,body_id,invoice_id\n5,EUR,Town,A,I1\n"
    )
    two = written(
        tmp_path, "2.csv", "invoice_id;body_id;body_name\nI2;A;Town of A\nI3;A;Town of A\n"
    )
    first, second = read([one, two], SECRET), read([two, one], SECRET)
    assert first.bodies == {"A": "Town of A"}
    assert first.tables["invoice"].equals(second.tables["invoice"])
    assert first.input.equals(second.input)


@pytest.mark.parametrize("packed", ["plain", "gz", "zst", "marked", "windows"])
def test_packing_a_mark_at_the_beginning_and_line_ends_change_nothing(
    tmp_path: Path, packed: str
) -> None:
    data = ("# a comment\n\n" + HEADER + GOOD).encode()
    path = tmp_path / "invoices.csv"
    if packed == "gz":
        path, data = tmp_path / "invoices.csv.gz", gzip.compress(data)
    elif packed == "zst":
        path, data = tmp_path / "invoices.csv.zst", zstandard.compress(data)
    elif packed == "marked":
        data = b"\xef\xbb\xbf" + data
    elif packed == "windows":
        data = data.replace(b"\n", b"\r\n")
    path.write_bytes(data)
    found = read([path], SECRET)
    (row,) = found.tables["invoice"].to_pylist()
    assert (row["invoice_id"], row["line"], str(row["paid_date"])) == ("I1", 4, "2024-02-01")
    kept_promises(found)


def test_json_lines_say_the_same_as_csv(tmp_path: Path) -> None:
    text = '{"invoice_id":"I1","body_id":"XX-A-1","supplier":"XX-B-9","supplier_sme":true,'
    text += (
        '"amount":10.5,"currency":"EUR","received_date":"2024-01-05","paid_date":"2024-02-01"}\n'
    )
    found = read([written(tmp_path, "i.jsonl", text)], SECRET)
    expected = invoices(tmp_path, GOOD)
    plain = ["file", "line"]
    assert (
        found.tables["invoice"]
        .drop_columns(plain)
        .equals(expected.tables["invoice"].drop_columns(plain))
    )


def test_what_a_json_line_has_too_much_or_in_a_wrong_shape_is_told(tmp_path: Path) -> None:
    text = '{"invoice_id":"I1","body_id":"A"}\n{"invoice_id":"I2","body_id":"A","amount":[1],"tax":5}\n'
    text += '[1]\nnonsense\n{"invoice_id":"I3","body_id":"A","amount":1e21}\n'
    found = read([written(tmp_path, "i.jsonl", text)], SECRET)
    assert faults(found) == [
        ("E071", 2, "amount"), ("E073", 2, "tax"), ("E001", 3, "$"), ("E001", 4, "$"), ("E065", 5, "amount"),
    ]  # fmt: skip
    assert counts(found) == (5, 3, 2, 3)
    kept_promises(found)


def test_bytes_that_are_no_text_cost_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_bytes(HEADER.encode() + b"I0,A,\xe9,,,,,\n" + GOOD.encode())
    found = read([path], SECRET)
    assert faults(found) == [("E002", 2, "$")]
    assert found.tables["invoice"].column("line").to_pylist() == [3]
    kept_promises(found)


def test_a_packed_file_that_breaks_off_gives_what_it_still_holds(tmp_path: Path) -> None:
    rows = "".join(f"I{n},A,{n * 7919 % 10007},,{n},EUR,,\n" for n in range(20_000))
    path = tmp_path / "i.csv.gz"
    whole = gzip.compress((HEADER + rows).encode())
    path.write_bytes(whole[: len(whole) // 2])
    found = read([path], SECRET)
    kept = found.tables["invoice"].num_rows
    assert 5_000 < kept < 15_000
    assert faults(found) == [("E010", kept + 2, "$")]
    kept_promises(found)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("invoice_id,body,amount", r"line 1: .*closest is `invoice`: it needs body_id and it does not have body\."),
        ("invoice_id,body_id,complainant", "line 1: the column complainant would name a person"),
        ("invoice_id,body_id,supplier_name", "the column supplier_name would name a person"),
        ("case_id,body_id,channel,received,holder", "the column holder would name a person"),
        ("invoice_id,body_id,amount,amount", "line 1: the column amount is there twice"),
    ],
)  # fmt: skip
def test_a_header_that_is_no_ledgers_is_an_error_that_says_what_is_closest(
    tmp_path: Path, header: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read([written(tmp_path, "x.csv", header + "\n")], SECRET)


def test_a_format_given_by_name_must_fit(tmp_path: Path) -> None:
    path = written(tmp_path, "x.csv", HEADER + GOOD)
    assert read([("invoice", path)], SECRET).tables["invoice"].num_rows == 1
    assert read([Given(path, "invoice")], SECRET).tables["invoice"].num_rows == 1
    with pytest.raises(InputError, match="not judgment: it needs judgment_id"):
        read([("judgment", path)], SECRET)
    with pytest.raises(UsageError, match="no format is called 'invoices'"):
        read([("invoices", path)], SECRET)
    with pytest.raises(UsageError, match="given twice"):
        read([path, path], SECRET)


def test_a_file_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read([tmp_path / "none.csv"], SECRET)
    for data, said in (
        (b"", "no line of column names"),
        (b"# only a comment\n", "no line of column names"),
        (b"PK\x03\x04", "an archive"),
        (b"\xff\xfei\0", "UTF-16"),
        (b"invoice_id,body_id\xe9\n", "line 1: not UTF-8"),
        (b'{"a": [', "not JSON"),
        (b'invoice_id,body_id\nI1,"A\nI2,B\n', "line 2: .*opened here and never closed"),
    ):
        path = tmp_path / "x.csv"
        path.write_bytes(data)
        with pytest.raises(InputError, match=said):
            read([path], SECRET)


def test_no_files_are_no_ledgers() -> None:
    found = read([], SECRET)
    assert found.tables == {}
    kept_promises(found)


CELL = st.sampled_from(
    [
        "",
        "I1",
        "I2",
        "A",
        "N/A",
        "2024-01-01",
        "2024-13-01",
        "5",
        "-1",
        "x;y",
        "yes",
        "EUR",
        '5"',
        " ",
    ]
)


@given(st.lists(st.lists(CELL, min_size=7, max_size=9), max_size=12))
def test_the_account_balances_and_promises_hold_whatever_stands_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    found = invoices(folder, "".join(",".join(row) + "\n" for row in rows))
    kept_promises(found)
    (account,) = found.input.to_pylist()
    blank = sum(all(not cell.strip() for cell in row) and len(row) == 8 for row in rows)
    assert account["rows_in"] == len(rows) - blank

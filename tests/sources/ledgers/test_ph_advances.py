"""Philippine advances: what a program read out of reports, with its slips caught."""

from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from troth.sources.ledgers.read import read

HEADER = '"lgu","province","year","unliquidated"\n'


def test_a_year_without_four_digits_is_refused_and_a_huge_amount_is_marked(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + '"Aborlan","Palawan","2018",999999999.99\n"Cebu","Cebu","2019",1000000000\n'
        + '"Aborlan","Palawan","20131",5\n"Aborlan","Palawan","10",5\n"Aborlan","Palawan","NA",5\n'
        + '"Aborlan","Palawan","2017",NA\n',
    )
    assert rows(found, "arrears_stock", "body_id", "date", "amount", "doubtful") == [
        ("name:PH:Palawan:Aborlan", "2018-12-31", 999999999.99, False),
        ("name:PH:Cebu:Cebu", "2019-12-31", 1e9, True),
        ("name:PH:Palawan:Aborlan", "2017-12-31", None, None),
    ]
    assert faults(found) == [
        ("E061", 4, "year", "20131"), ("E061", 5, "year", "10"), ("E060", 6, "year", None),
    ]  # fmt: skip


def test_of_what_was_published_the_slips_are_found() -> None:
    found = read([shared("data/audits/philippines-coa/unliquidata1024.csv")], b"secret")
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_rejected"]) == (5_440, 11)
    values = [
        f["value"]
        for f in found.rejected.to_pylist()
        if f["code"] == "E061" and f["path"] == "year"
    ]
    assert sorted(values) == ["10", "20", "20", "20131", "20131", "39"]
    assert sum(found.tables["arrears_stock"]["doubtful"].to_pylist()) == 13

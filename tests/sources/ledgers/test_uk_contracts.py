"""A British register of contracts: what it says as it stands, and no change without a day."""

from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from troth.sources.fields import keyed_hash
from troth.sources.ledgers.read import read

HEADER = (
    "Purchasing Body,Contract Reference,Contract Title,Supplier Company Name,"
    "Total Contract Value (including extensions),Start Date,End Date,Contract Duration (months),"
    "Option to extend (months),How many extensions,Extension 1 Taken?,Extension 2 Taken?,"
    "Current Expiry Date,SME Supplier?,ProClass Classification,Company Number\n"
)

# Rows of Salford City Council's register of July 2022, OGL 3.0.
SURVEYS = "Salford City Council,S1417,3No. Underwater Dive Surveys for Principal Inspections,Underwater Diving Services Ltd,5015.20,2022-03-07,2022-03-07,0.3,0,0,N/A,N/A,2022-03-07,Yes,231810,2535986\n"
LEISURE = "Salford City Council,S1152,Active Lifestyle Service for Adults & Physical Activities in Schools,Salford Community Leisure Ltd,380000.00,2021-04-01,2022-03-31,12,12,1,Yes,,2023-03-31,No,290000,IP29627R\n"
SCHOOL = "Salford City Council,S1161,After School and Holiday Activities for 11 to 18 year olds with Complex Disabilities,Chatsworth School,125000.00,2017-04-01,2023-03-31,60,12,1,,,2023-03-31,Yes,321100,GBML4119704\n"


def test_an_option_taken_is_known_and_how_far_it_reaches_where_the_months_add_up(
    tmp_path: Path,
) -> None:
    found = published(tmp_path, HEADER + SURVEYS + LEISURE + SCHOOL)
    names = ("period_start", "period_end", "option_taken", "extension_until_max", "supplier_sme")
    assert rows(found, "registered_contract", *names) == [
        ("2022-03-07", "2022-03-07", None, None, True),
        ("2021-04-01", "2023-03-31", True, "2023-03-31", False),
        # 60 months from April 2017 end a year before: its last day has an extension in it or not.
        ("2017-04-01", "2023-03-31", None, None, True),
    ]
    assert list(found.tables) == ["registered_contract"]
    assert rows(found, "registered_contract", "amount", "currency")[0] == (5015.2, "GBP")
    assert found.bodies == {"name:GB:Salford City Council": "Salford City Council"}


def test_a_supplier_is_its_company_number_with_the_zeros_that_spreadsheets_lose(
    tmp_path: Path,
) -> None:
    several = SURVEYS.replace("Underwater Diving Services Ltd", "Various Providers")
    several = several.replace("2535986", "Various").replace(",Yes,", ",Various,")
    found = published(tmp_path, HEADER + SURVEYS + LEISURE + SCHOOL + several)
    keys = [key for (key,) in rows(found, "registered_contract", "supplier_key")]
    secret = b"sixteen letters."
    assert keys[:2] == [keyed_hash(f"GB-COH-{one}", secret) for one in ("02535986", "IP29627R")]
    assert keys[2] == keyed_hash("name:name:GB:Salford City Council:Chatsworth School", secret)
    assert keys[3] is None
    assert faults(found) == []


def test_what_is_still_open_is_empty_and_what_is_no_day_is_a_fault(tmp_path: Path) -> None:
    waiting = SURVEYS.replace("2022-03-07", "TBC").replace("5015.20", "-")
    wrong = SURVEYS.replace("2022-03-07", "2022-09-31")
    found = published(tmp_path, HEADER + waiting + wrong)
    assert rows(found, "registered_contract", "period_start", "period_end") == [(None, None)] * 2
    assert [(code, line) for code, line, _, _ in faults(found)] == [("E064", 3), ("E064", 3)]


def test_the_whole_register_is_accounted_for() -> None:
    path = "data/payments/uk-contract-register/salford_contract_register_2022-07.csv"
    found = read([shared(path)], b"secret")
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (360, 360, 0)
    assert faults(found) == [
        ("E064", 80, "Start Date", "X"),
        ("E064", 118, "Current Expiry Date", "2022-09-31"),
    ]
    table = found.tables["registered_contract"]
    filled = {name: 360 - table[name].null_count for name in table.column_names}
    assert filled["option_taken"] == 79
    assert filled["extension_until_max"] == 24
    assert filled["supplier_key"] == 341
    assert len(found.bodies) == 15

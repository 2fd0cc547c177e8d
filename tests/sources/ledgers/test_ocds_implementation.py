"""Contracts being carried out, out of OCDS: what is dated becomes an entry, what was paid is summed."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tests.shared import shared
from tests.sources.ledgers.published import faults, rows
from tests.sources.ledgers.test_read import SECRET, kept_promises
from troth.sources.fields import keyed_hash
from troth.sources.ledgers.read import Ledgers, read
from troth.sources.ocds.whole import see

# A lot of the municipality of Cagliari as onData publishes it (CC-BY-4.0), without its title.
POSTAGE = '{"ocid":"ocds-bxokds-6631760D77","date":"2020-02-15T00:00:00Z","tag":["tender","award","contract","implementation"],"buyer":{"id":"IT-CF-00147990923","name":"Comune di Cagliari"},"parties":[{"id":"IT-CF-00147990923","name":"Comune di Cagliari","roles":["buyer","procuringEntity"]},{"id":"IT-CF-03447720925","name":"SHARDANA MULTIMEDIA SRL SEMPLIFICATA","roles":["tenderer","supplier"]}],"tender":{"id":"6631760D77","contractPeriod":{"startDate":"2016-03-18T00:00:00Z","endDate":"2016-04-08T00:00:00Z"}},"awards":[{"id":"6631760D77","value":{"amount":5000,"currency":"EUR"},"suppliers":[{"id":"IT-CF-03447720925","name":"SHARDANA MULTIMEDIA SRL SEMPLIFICATA"}]}],"contracts":[{"id":"6631760D77","awardID":"6631760D77","period":{"startDate":"2016-03-18T00:00:00Z","endDate":"2016-04-08T00:00:00Z"},"implementation":{"transactions":[{"id":"6631760D77","value":{"amount":2389.23,"currency":"EUR"}}]}}]}'


def made(folder: Path, text: str, name: str = "releases.jsonl") -> Ledgers:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = read([("ocds_implementation", path)], SECRET)
    kept_promises(found)
    return found


def release(**contract: Any) -> dict[str, Any]:
    """A process with one award and one contract."""
    return {
        "ocid": "ocds-xxxxxx-1",
        "date": "2024-06-30T00:00:00Z",
        "buyer": {"id": "XX-A-1"},
        "tender": {"mainProcurementCategory": "works"},
        "awards": [
            {
                "id": "W",
                "date": "2022-01-10T00:00:00Z",
                "value": {"amount": 100.0, "currency": "EUR"},
            }
        ],
        "contracts": [{"id": "C", "awardID": "W", **contract}],
    }


def test_what_italian_towns_paid_so_far_has_no_day_and_stands_beside_the_contract(
    tmp_path: Path,
) -> None:
    found = made(tmp_path, POSTAGE + "\n")
    (one,) = found.tables["registered_contract"].to_pylist()
    assert one["registered_contract_id"] == "ocds-bxokds-6631760D77/6631760D77"
    assert one["body_id"] == "IT-CF-00147990923"
    assert (one["amount"], one["currency"], one["paid_amount"]) == (5000.0, "EUR", 2389.23)
    # Ended, and not fully paid nearly four years later: a proxy of arrears.
    assert str(one["period_end"]) < str(one["stated_on"]) == "2020-02-15"
    assert found.tables["registered_payment"].num_rows == 0
    assert faults(found) == [("E074", 1, "/contracts/0/implementation/transactions/0", None)]
    assert rows(found, "publication_depth", "has_transactions", "has_changes") == [(True, False)]
    assert "SHARDANA" not in str(found)


def test_bodies_and_suppliers_are_those_of_the_records(tmp_path: Path) -> None:
    found = made(tmp_path, POSTAGE)
    seen = see(json.loads(POSTAGE), 0, SECRET)
    key = keyed_hash("IT-CF-03447720925", SECRET)
    assert rows(found, "registered_contract", "supplier_key") == [(key,)]
    assert [row["supplier_key"] for row in seen.rows["award"]] == [key]
    assert list(seen.bodies.values()) == list(found.bodies)
    (firm,) = found.firms.to_pylist()
    assert (firm["kind"], firm["name"], firm["scheme"]) == ("legal_person", None, "IT-CF")


def test_dated_payments_changes_and_milestones_are_entries(tmp_path: Path) -> None:
    one = release(
        value={"amount": 120.0, "currency": "EUR"},
        dateSigned="2022-02-01T00:00:00+08:00",
        period={"startDate": "2022-02-01", "durationInDays": 30, "maxExtentDate": "2022-12-31"},
        finalStatus="incomplete",
        finalStatusDate="2022-11-30",
        amendments=[
            {"id": "1", "date": "2022-03-01", "rationale": "More asked for",
             "value": {"amount": 120.0, "currency": "EUR"}, "period": {"endDate": "2022-04-01"}},
            {"id": "2", "date": "2022-05-01",
             "changes": [{"property": "contracts/0/value/amount", "former_value": 100}]},
            {"id": "3", "date": "2022-06-01", "description": "of what is not said"},
            {"id": "4", "value": {"amount": 1.0, "currency": "EUR"}},
        ],
        milestones=[{"id": "M", "type": "payment", "status": "met", "dueDate": "2022-04-01",
                     "dateMet": "2022-05-02", "value": {"amount": 60, "currency": "EUR"}}],
        implementation={
            "transactions": [
                {"id": "T1", "date": "2022-05-20", "value": {"amount": 40.1, "currency": "EUR"}},
                {"id": "T2", "date": "2022-07-20", "value": {"amount": 0.2, "currency": "EUR"}},
            ],
            "milestones": [{"id": "N", "type": "reporting", "status": "late"}],
        },
    )  # fmt: skip
    found = made(tmp_path, json.dumps({"records": [{"ocid": "x", "compiledRelease": one}]}))
    names = ("date_signed", "period_end", "extension_until_max", "final_status", "paid_amount")
    assert rows(found, "registered_contract", *names, "amount", "kind") == [
        ("2022-02-01", "2022-03-03", "2022-12-31", "incomplete", 40.3, 120.0, "works")
    ]
    changed = ("change_no", "date", "kind", "old_amount", "new_amount", "new_end")
    assert rows(found, "registered_change", *changed) == [
        (0, "2022-03-01", "value", None, 120.0, None),
        (1, "2022-03-01", "duration", None, None, "2022-04-01"),
        (2, "2022-05-01", "value", 100.0, None, None),
    ]
    assert rows(found, "registered_milestone", "kind", "status", "date_met", "amount") == [
        ("payment", "met", "2022-05-02", 60.0),
        ("other", None, None, None),
    ]
    assert rows(found, "registered_payment", "payment_no", "date", "amount") == [
        (0, "2022-05-20", 40.1),
        (1, "2022-07-20", 0.2),
    ]
    assert [(code, path) for code, _, path, _ in faults(found)] == [
        ("E074", "/contracts/0/amendments/2"),
        ("E074", "/contracts/0/amendments/3"),
        ("E067", "status"),
    ]


def test_terminated_says_nothing_and_cancelled_does(tmp_path: Path) -> None:
    for status, said in (("terminated", None), ("cancelled", "cancelled"), ("active", None)):
        found = made(tmp_path, json.dumps(release(status=status)))
        assert rows(found, "registered_contract", "final_status") == [(said,)]


def test_checks_are_run_where_there_is_something_to_compare(tmp_path: Path) -> None:
    bare = made(tmp_path, json.dumps(release()))
    names = ("checks_run", "checks_passed", "has_changes", "has_final_status")
    # The award is from before the release, and the contract names it.
    assert rows(bare, "publication_depth", *names) == [(2, 2, False, False)]
    wrong = release(
        awardID="V",
        status="pending",
        dateSigned="2022-01-01T00:00:00Z",
        amendments=[],
        value={"amount": 100.0, "currency": "EUR"},
        implementation={
            "transactions": [{"date": "2021-12-31", "value": {"amount": 101, "currency": "EUR"}}]
        },
    )
    found = made(tmp_path, json.dumps(wrong))
    # Dates before the release stand; paid before it was signed, while pending, above its value, and
    # no such award do not.
    assert rows(found, "publication_depth", *names) == [(5, 1, True, False)]


def test_bids_are_offers_and_lots_are_tenders_of_their_own(tmp_path: Path) -> None:
    def bid(name: str, supplier: str, amount: float, **others: Any) -> dict[str, Any]:
        money = {"amount": amount, "currency": "EUR"}
        return {
            "id": name,
            "status": "valid",
            "value": money,
            "tenderers": [{"id": supplier}],
            **others,
        }

    one = {
        "ocid": "ocds-xxxxxx-2",
        "buyer": {"id": "XX-A-1"},
        "tender": {
            "value": {"amount": 12, "currency": "EUR"},
            "tenderPeriod": {"endDate": "2024-02-01T12:00:00Z"},
            "items": [{"classification": {"scheme": "CPV", "id": "45000000"}}],
        },
        "bids": {
            "details": [
                bid("1", "XX-B-1", 10.0, date="2024-01-31"),
                bid("2", "XX-B-2", 11.0),
                bid("3", "XX-B-3", 9.0, status="withdrawn"),
                bid("4", "XX-B-1", 5.0, relatedLots=["L"]),
            ]
        },
        "awards": [{"id": "W", "status": "active", "suppliers": [{"id": "XX-B-1"}]}],
    }
    found = made(tmp_path, json.dumps(one))
    names = ("offer_id", "tender_id", "date", "amount", "estimate", "won", "classification")
    assert rows(found, "offer", *names) == [
        ("ocds-xxxxxx-2/bid/1", "ocds-xxxxxx-2", "2024-01-31", 10.0, 12.0, True, "45000000"),
        ("ocds-xxxxxx-2/bid/2", "ocds-xxxxxx-2", "2024-02-01", 11.0, 12.0, False, "45000000"),
        ("ocds-xxxxxx-2/bid/4", "ocds-xxxxxx-2/lot/1", "2024-02-01", 5.0, None, True, "45000000"),
    ]
    assert rows(found, "offer", "supplier_key")[0] == (keyed_hash("XX-B-1", SECRET),)
    assert found.tables["publication_depth"].num_rows == 0


def test_what_is_no_record_of_a_contract_is_refused_with_its_reason(tmp_path: Path) -> None:
    lines = [
        json.dumps(release()),
        "{",
        "[]",
        '{"ocid": "a", "releases": []}',
        '{"contracts": [{}]}',
        '{"ocid": "b", "contracts": []}',
        '{"ocid": "c", "contracts": [{}]}',
        json.dumps(release()),
        "",
    ]
    found = made(tmp_path, "\n".join(lines))
    assert [(code, line) for code, line, _, _ in faults(found)] == [
        ("E001", 2), ("E004", 3), ("E005", 4), ("E005", 5), ("E069", 6), ("E060", 7), ("E060", 7),
        ("E062", 8),
    ]  # fmt: skip
    assert found.input["rows_kept"].to_pylist() == [1]


#: Of the real records every so many are read here. All of them (97,507 = 88,236 kept + 9,271 rejected; 29,836
#: ended with a known sum, 4,088 of them not fully paid) take most of a minute.
ONE_IN = 20


def test_real_records_are_accounted_for_and_show_what_ended_and_was_not_fully_paid(
    tmp_path: Path,
) -> None:
    with gzip.open(shared("data/ocds/real.jsonl.gz")) as file:
        lines = file.readlines()[::ONE_IN]
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"".join(lines))
    found = read([("ocds_implementation", path)], SECRET)
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (
        4_876, 4_411, 465,
    )  # fmt: skip
    sizes = {name: table.num_rows for name, table in found.tables.items()}
    assert sizes == {
        "registered_contract": 4_414,
        "registered_change": 5,
        "registered_milestone": 16,
        "registered_payment": 3,
        "offer": 110,
        "publication_depth": 4_402,
    }
    contracts = found.tables["registered_contract"]
    ended = pc.less(contracts["period_end"], contracts["stated_on"])
    told = pc.and_(
        ended, pc.and_(pc.is_valid(contracts["paid_amount"]), pc.greater(contracts["amount"], 0))
    )
    short = pc.less(contracts["paid_amount"], pc.multiply(contracts["amount"], 0.9))
    assert (_count(told), _count(pc.and_(told, short))) == (1_471, 210)


def _count(chosen: pa.ChunkedArray) -> int:
    return int(pc.sum(chosen).as_py())

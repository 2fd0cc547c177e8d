"""Natural persons are pseudonymised at the door, and still count as one supplier each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.sources.loading import Store, loaded, written
from troth.publish.select import records_for_release
from troth.sources.records import load_whole, records

PERSONS = [
    # identifier, name, what else the parties say
    ("IT-CF-RSSMRA80A01H501U", "Zaccaria Quaglioni", {}),
    ("PE-RUC-10445566771", "Wilfredo Quispealaya", {}),
    ("XX-ID-556677", "Bonifacio Tupayachi", {"details": {"legalEntityType": "Persona Natural"}}),
    (
        "local-445566",
        "Gualtiero Pizzirani",
        {"identifier": {"scheme": "IT-CF", "id": "PZZGTR70B02F257X"}},
    ),
    ("XX-99887766", "Impresa Sconosciuta", {}),  # nothing shows what it is
    (None, "Ermenegilda Buonocore", {}),
]
LEGAL = ("IT-CF-00215150236", "Costruzioni Alfa S.r.l.")

SECRETS = [
    "Quaglioni", "RSSMRA80A01H501U", "Quispealaya", "10445566771", "Tupayachi", "556677", "Pizzirani", "445566",
    "PZZGTR70B02F257X", "Sconosciuta", "99887766", "Buonocore", "Rapisarda", "rapisarda@example.org", "Vittorini",
]  # fmt: skip


def organisation(identifier: str | None, name: str) -> dict[str, Any]:
    return {"name": name} | ({} if identifier is None else {"id": identifier})


def record(number: int) -> dict[str, Any]:
    """A process in which all of them bid and win, with everything that must not be kept."""
    everybody = [organisation(identifier, name) for identifier, name, _ in PERSONS] + [
        organisation(*LEGAL)
    ]
    contact = {
        "name": "Onofrio Rapisarda",
        "email": "rapisarda@example.org",
        "telephone": "+39 06 1",
    }
    value = {"amount": 10 * number, "currency": "EUR"}
    return {
        "ocid": f"ocds-aaaaaa-{number}",
        "id": "1",
        "date": f"2024-01-{number:02}T00:00:00Z",
        "tag": ["award"],
        "buyer": {"id": "IT-CF-00125680033", "name": "Comune di Novara", "contactPoint": contact},
        "parties": [
            {
                **organisation(identifier, name),
                **more,
                "contactPoint": contact,
                "roles": ["supplier"],
            }
            for identifier, name, more in PERSONS
        ],
        "tender": {
            "title": "Incarico a ZACCARIA QUAGLIONI (c.f. RSSMRA80A01H501U)",
            "status": "complete",
            "procuringEntity": {
                "id": "IT-CF-00125680033",
                "name": "Comune di Novara",
                "contactPoint": contact,
            },
            "tenderers": everybody,
            "enquiries": [
                {
                    "id": "1",
                    "author": everybody[0],
                    "title": "Quaglioni Zaccaria chiede",
                    "date": "2024-01-01",
                }
            ],
        },
        "bids": {
            "details": [
                {"id": str(n), "status": "valid", "tenderers": [one], "value": value}
                for n, one in enumerate(everybody)
            ]
        },
        "awards": [
            {
                "id": str(n),
                "suppliers": [one],
                "value": value,
                "items": [{"id": "1", "description": f"per {one['name']}"}],
            }
            for n, one in enumerate(everybody)
        ],
        "contracts": [
            {
                "id": "1",
                "awardID": "0",
                "signatories": [{"name": "Calogero Vittorini"}],
                "documents": [
                    {
                        "id": "1",
                        "title": "Curriculum Buonocore Ermenegilda.pdf",
                        "author": "Calogero Vittorini",
                    }
                ],
                "implementation": {
                    "transactions": [
                        {
                            "id": "1",
                            "payee": everybody[1],
                            "value": value,
                            "payer": {"name": "Comune"},
                        }
                    ]
                },
            }
        ],
        "judge": "Calogero Vittorini",
    }


@pytest.fixture(params=["one file", "two files", "merged", "carefully"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """The same people in two processes, read in every way there is."""
    one, two = json.dumps(record(1)), json.dumps(record(2))
    if request.param == "one file":
        return loaded(tmp_path, written(tmp_path, f"{one}\n{two}\n"))
    if request.param == "two files":
        return loaded(
            tmp_path,
            written(tmp_path, f"[{one}]", "a.json"),
            written(tmp_path, f"{two}\n", "b.jsonl"),
        )
    if request.param == "merged":
        again = json.dumps({**record(2), "date": "2024-02-02T00:00:00Z"})
        return loaded(tmp_path, written(tmp_path, f"{one}\n{two}\n{again}\n"))
    return loaded(tmp_path, written(tmp_path, f"{one}\n{two}\n"), audit=True)


def texts(folder: Path) -> dict[str, str]:
    """Everything that stands in the Parquet files of a store, as text."""
    return {
        str(path.relative_to(folder)): repr(pq.read_table(path).to_pylist())
        for path in sorted(folder.rglob("*.parquet"))
    }


def test_no_name_and_no_identifier_of_a_person_stands_in_a_working_table(store: Store) -> None:
    found = texts(store.path)
    assert "00215150236" in "".join(found.values())  # the legal person's does
    leaks = [
        (name, secret)
        for name, text in found.items()
        for secret in SECRETS
        if secret.lower() in text.lower()
    ]
    assert leaks == []


def test_a_person_counts_as_one_supplier_across_processes_and_parts(store: Store) -> None:
    found = store.ask(
        "SELECT role, firm_key, count(DISTINCT pid) AS processes FROM party GROUP BY ALL"
    )
    suppliers = [row for row in found if row["role"] == "supplier"]
    # Who has no identifier is told apart by name, within one publisher.
    assert [row["processes"] for row in suppliers] == [2] * (len(PERSONS) + 1)
    bidders = {row["firm_key"] for row in found if row["role"] == "tenderer"}
    assert {row["firm_key"] for row in suppliers} >= bidders
    assert len(bidders) == len(PERSONS)  # all but the one without identifier


def test_kinds_are_told_by_scheme_form_and_statement(store: Store) -> None:
    kinds = sorted((row["kind"], row["shown_by"], row["name"]) for row in store.rows("firm"))
    assert kinds == [
        ("legal_person", "identifier", LEGAL[1]),
        ("natural_person", "identifier", None),
        ("natural_person", "identifier", None),
        ("natural_person", "identifier", None),
        ("natural_person", "stated", None),
        ("unknown", "nothing", None),
        ("unknown", "nothing", None),
    ]


def test_no_record_that_is_shown_tells_who_they_are(store: Store) -> None:
    pids = [row["pid"] for row in store.rows("process")]
    shown = [one.json for one in records(store.generation, store.engine(), pids)]
    assert len(shown) == 2
    leaks = [secret for text in shown for secret in SECRETS if secret.lower() in text.lower()]
    assert leaks == []
    assert LEGAL[1] in shown[0]
    assert "Comune di Novara" in shown[0]
    assert '"amount":10' in shown[0]


def test_no_record_of_a_release_tells_who_they_are(store: Store) -> None:
    from troth.tables.results import EVIDENCE

    keys = {row["body_key"]: row["body_id"] for row in store.rows("body_id")}
    found = records_for_release(store.generation, store.engine(), EVIDENCE.empty(), keys, 10)
    assert found.num_rows == 2
    text = repr(found.to_pylist())
    assert [secret for secret in SECRETS if secret.lower() in text.lower()] == []


def test_the_tables_of_a_whole_record_do_not_tell_either(store: Store) -> None:
    pids = [row["pid"] for row in store.rows("process")]
    tables = load_whole(store.generation, store.engine(), pids)
    text = repr({name: rows.to_pylist() for name, rows in tables.items()})
    assert [secret for secret in SECRETS if secret.lower() in text.lower()] == []
    assert tables["item"].num_rows == 2 * (len(PERSONS) + 1)
    assert tables["enquiry"].num_rows == tables["transaction"].num_rows == 2


def test_another_store_gives_other_pseudonyms(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(record(1)))
    one, other = loaded(tmp_path, path), loaded(tmp_path, path)
    keys, other_keys = ({row["firm_key"] for row in store.rows("firm")} for store in (one, other))
    assert len(keys) == len(other_keys) == len(PERSONS) + 1
    assert keys.isdisjoint(other_keys)
    assert one.path.joinpath("secret").stat().st_mode & 0o777 == 0o600


#: Ways in which a name gets where a value of another kind was expected.
MISPLACED: list[dict[str, Any]] = [
    {"awards": ["Zaccaria Quaglioni"]},
    {"awards": "Zaccaria Quaglioni"},
    {"awards": [{"suppliers": "Zaccaria Quaglioni"}]},
    {"awards": [{"suppliers": ["Zaccaria Quaglioni", {"name": 5, "id": ["RSSMRA80A01H501U"]}]}]},
    {"awards": [{"suppliers": {"name": "Zaccaria Quaglioni"}}]},
    {"tender": {"tenderers": {"name": "Zaccaria Quaglioni"}}},
    {"tender": {"tenderers": [["Zaccaria Quaglioni"]]}},
    {"tender": {"status": {"name": "Zaccaria Quaglioni"}}},
    {"bids": {"details": [{"tenderers": "Zaccaria Quaglioni"}]}},
    {"buyer": {"id": "IT-CF-RSSMRA80A01H501U", "name": "Zaccaria Quaglioni"}},
    {"releases": "Zaccaria Quaglioni"},
    {"Zaccaria Quaglioni": 1, "date": 5},
]


@pytest.mark.parametrize("odd", MISPLACED, ids=lambda odd: json.dumps(odd)[:60])
def test_what_is_rejected_does_not_tell_a_name(tmp_path: Path, odd: dict[str, Any]) -> None:
    store = loaded(
        tmp_path, written(tmp_path, json.dumps({"ocid": "ocds-aaaaaa-1", **odd}) + "\n"), audit=True
    )
    assert store.rejected()
    found = "".join(texts(store.path).values())
    assert [secret for secret in ("Quaglioni", "RSSMRA80A01H501U") if secret in found] == []


BROKEN = [
    b'{"ocid":"ocds-aaaaaa-1","awards":[{"suppliers":[{"name":"Zaccaria Quaglioni"',
    '{"ocid":"ocds-aaaaaa-1","name":"Zaccaria Quaglioni ü"}'.encode("latin-1"),
    b'{"ocid":"ocds-aaaaaa-1","x":Zaccaria Quaglioni}',
    b"Zaccaria Quaglioni;RSSMRA80A01H501U;5000",
    b'"Zaccaria Quaglioni"',
    b'{"ocid":"ocds-aaaaaa-1","Zaccaria Quaglioni":1,"Zaccaria Quaglioni":2}',
    b'["Zaccaria Quaglioni"]',
]


@pytest.mark.parametrize("raw", BROKEN)
def test_what_is_no_json_does_not_tell_a_name(tmp_path: Path, raw: bytes) -> None:
    store = loaded(
        tmp_path, written(tmp_path, b'{"ocid":"ocds-aaaaaa-2"}\n' + raw + b"\n"), audit=True
    )
    assert store.rejected()
    found = "".join(texts(store.path).values())
    assert [secret for secret in ("Quaglioni", "RSSMRA80A01H501U") if secret in found] == []
